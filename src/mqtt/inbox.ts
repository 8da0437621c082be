import type { Chat } from "../at/chat/chat";
import type { Fields } from "../at/responses/fields";
import { utf8Decode } from "../bytes/utf8";
import { integer } from "../checks";
import type { MessageReceiver } from "../modem/incoming";
import type { Application } from "./application";
import { bytesOf } from "./input";
import { TopicCache, type CachedTopic } from "./topic-cache";
import type { ByteBuffer, ReadableOptions } from "./options";

// Hoisted, because a literal in a function of a preloaded module allocates at every evaluation (xs-notes.md).
const BUFFER = "buffer";
const NUMBER = "number";

/** Reports each received message to the application, and reads its bytes out of the receive ring. */
export class Inbox implements MessageReceiver {
  private readonly chat: Chat;
  private readonly application: Application;
  private readonly topics = new TopicCache<CachedTopic>();
  /** One options object for all messages. */
  private readonly options: { -readonly [option in keyof ReadableOptions]: ReadableOptions[option] } = {
    topic: undefined,
    QoS: undefined,
    byteLength: undefined,
    more: false,
    retain: undefined,
    duplicate: undefined,
    suspect: false,
  };

  constructor(chat: Chat, application: Application) {
    this.chat = chat;
    this.application = application;
  }

  /** See `MQTTClient.read`. */
  read(wanted: number | ByteBuffer | undefined): ArrayBuffer | number | undefined {
    const { chat } = this,
      { decoder } = chat,
      { available } = decoder.message;
    if (available === 0) return undefined;
    let result: ArrayBuffer | number;
    if (wanted === undefined || typeof wanted === NUMBER) {
      const length = wanted === undefined ? available : integer("count", wanted, 0, 0x7fffffff);
      const bytes = new Uint8Array(length < available ? length : available);
      decoder.read(bytes, 0, bytes.length);
      result = bytes.buffer;
    } else {
      const bytes = wanted instanceof Uint8Array ? wanted : bytesOf(wanted as ByteBuffer, BUFFER);
      result = decoder.read(bytes, 0, bytes.length);
    }
    if (!decoder.scanning) chat.released();
    return result;
  }

  onMessage(fields: Fields, topic: number, QoS: number, retain: number, duplicate: number): void {
    const { options } = this,
      { ring, decoder } = this.chat;
    const start = fields.start(topic),
      length = fields.length(topic);
    let cached = this.topics.byBytes(ring, start, length);
    if (cached === null) {
      const bytes = new Uint8Array(length);
      ring.copy(start, bytes, 0, length);
      cached = this.topics.keep({ string: utf8Decode(bytes), bytes });
    }
    options.topic = cached.string;
    options.QoS = QoS < 0 ? undefined : QoS;
    options.retain = retain < 0 ? undefined : retain === 1;
    options.duplicate = duplicate < 0 ? undefined : duplicate === 1;
    options.byteLength = decoder.message.length < 0 ? undefined : decoder.message.length;
    this.readable();
  }

  onMessageAgain(): boolean {
    const { options } = this;
    if (options.topic === undefined) return false;
    const { length } = this.chat.decoder.message;
    options.byteLength = length < 0 ? undefined : length;
    this.readable();
    return true;
  }

  onFragment(): void {
    const { options } = this;
    options.topic = options.QoS = options.byteLength = options.retain = options.duplicate = undefined;
    this.readable();
  }

  private readable(): void {
    const { options } = this,
      { decoder } = this.chat,
      { available, more, suspect } = decoder.message;
    options.more = more;
    options.suspect = suspect;
    if (!this.application.readable(available, options)) decoder.skip();
  }
}
