import type { Chat } from "../at/chat/chat";
import type { Decoder } from "../at/decoder/decoder";
import type { Message } from "../at/framing/message";
import type { Fields } from "../at/responses/fields";
import { utf8Decode } from "../bytes/utf8";
import { integer } from "../checks";
import type { Application } from "./application";
import { bytesOf } from "./input";
import { TopicCache, type CachedTopic } from "./topic-cache";
import type { ByteBuffer, ReadableOptions } from "./options";
import type { MessageReceiver } from "../modem/receivers";

// Hoisted, because a literal in a function of a preloaded module allocates at every evaluation (xs-notes.md).
const BUFFER = "buffer";
const NUMBER = "number";
/** Looking up a global costs as much as four steps. */
const BYTES = Uint8Array;

/** Reports each received message to the application, and reads its bytes out of the receive ring. */
export class Inbox implements MessageReceiver {
  // What each message needs comes first: XS looks for a property from the first one on.
  private readonly message: Message;
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
  private readonly application: Application;
  private readonly decoder: Decoder;
  private readonly chat: Chat;
  private readonly topics = new TopicCache<CachedTopic>();

  constructor(chat: Chat, application: Application) {
    this.chat = chat;
    this.decoder = chat.decoder;
    this.message = chat.decoder.message;
    this.application = application;
  }

  /** See `MQTTClient.read`. */
  read(wanted: number | ByteBuffer | undefined): ArrayBuffer | number | undefined {
    const message = this.message;
    if (message.available === 0) return undefined;
    let result: ArrayBuffer | number;
    if (wanted instanceof BYTES) result = message.read(wanted, 0, wanted.length);
    else if (wanted === undefined || typeof wanted === NUMBER) result = this.readAnew(wanted as number | undefined);
    else {
      const bytes = bytesOf(wanted as ByteBuffer, BUFFER);
      result = message.read(bytes, 0, bytes.length);
    }
    if (!this.decoder.scanning) this.chat.released();
    return result;
  }

  private readAnew(count: number | undefined): ArrayBuffer {
    const message = this.message,
      available = message.available,
      length = count === undefined ? available : integer("count", count, 0, 0x7fffffff);
    const bytes = new Uint8Array(length < available ? length : available);
    message.read(bytes, 0, bytes.length);
    return bytes.buffer;
  }

  onMessage(fields: Fields, topic: number, QoS: number, retain: number, duplicate: number): void {
    const { options, message } = this,
      ring = this.chat.ring;
    const start = fields.start(topic),
      length = fields.length(topic);
    let cached = this.topics.byBytes(ring, start, length);
    if (cached === null) {
      const bytes = new Uint8Array(length);
      ring.copy(start, bytes, 0, length);
      cached = this.topics.keep({ string: utf8Decode(bytes, ring.native), bytes });
    }
    options.topic = cached.string;
    options.QoS = QoS < 0 ? undefined : QoS;
    options.retain = retain < 0 ? undefined : retain === 1;
    options.duplicate = duplicate < 0 ? undefined : duplicate === 1;
    options.byteLength = message.length < 0 ? undefined : message.length;
    this.readable();
  }

  onMessageAgain(): boolean {
    const options = this.options,
      message = this.message,
      length = message.length;
    if (options.topic === undefined) return false;
    options.byteLength = length < 0 ? undefined : length;
    options.more = message.more;
    options.suspect = message.suspect;
    if (!this.application.readable(message.available, options)) this.decoder.skip();
    return true;
  }

  onFragment(): void {
    const { options } = this;
    options.topic = options.QoS = options.byteLength = options.retain = options.duplicate = undefined;
    this.readable();
  }

  private readable(): void {
    const options = this.options,
      message = this.message;
    options.more = message.more;
    options.suspect = message.suspect;
    if (!this.application.readable(message.available, options)) this.decoder.skip();
  }
}
