import { Kept, type Ring } from "../../bytes/ring";
import { FieldKind, Fields } from "../responses/fields";
import { Framing, type ResponseTable, type Line } from "../responses/response-table";
import { Counted } from "./counted";
import type { Subscribed } from "./header";
import { Found, Mode } from "./payload";

/** Whether a line begins as the last message did. */
export const enum Opening {
  Different,
  Same,
  /** So far. */
  Undecided,
}

/**
 * The message that is being received (dialects.md 6.1, 6.2): where it begins, and in which way its end is looked for. The bytes
 * stay in the ring until they are read.
 *
 * The last message's line up to its length, or to its payload where it has none, is kept: the next one is likely to begin so,
 * and then its fields are the same and need not be read.
 */
export class Message extends Counted {
  protected readonly ring: Ring;
  readonly responses: ResponseTable;
  /** The fields before the topic, then the topic. */
  readonly fields: Fields;
  protected readonly subscribed: Subscribed;

  /** 0 where nothing is kept. */
  private openingLength = 0;
  /** With a length: the topic has quotes. Without: there are blanks after commas. */
  private openingStyle = false;
  /** Where the topic is, from the line's beginning on. */
  private topicFrom = 0;
  private topicTo = 0;

  /** @param fields those of other lines */
  constructor(ring: Ring, table: ResponseTable, subscribed: Subscribed, fields: Fields) {
    super();
    this.ring = ring;
    this.responses = table;
    this.subscribed = subscribed;
    this.fields = new Fields(ring, fields);
  }

  /** The fields of `line` before the message's own part have been read: the topic, or a payload without a length, follows. */
  begin(line: Line): void {
    const fields = this.fields, at = fields.at, topic = line.topic!;
    this.line = line;
    this.clear();
    if (line.framing === Framing.Counted) {
      this.at = at;
      this.mode = Mode.Topic;
    } else {
      this.topic = fields.start(topic);
      this.topicEnd = fields.end(topic);
      // Firmware that puts blanks after commas puts one before the payload.
      if (fields.kind(topic) === FieldKind.Quoted) this.remember(at, fields.spaced);
      this.beginPayload(at, fields.spaced);
    }
  }

  /** Whether the line that begins at `start` begins as the last message did; the message has then begun. */
  opens(start: number): Opening {
    const ring = this.ring;
    const length = this.openingLength;
    if (length === 0) return Opening.Different;
    const has = (ring.tail - start) | 0;
    if (has < length) return ring.hasKept(start, has) ? Opening.Undecided : Opening.Different;
    if (!ring.hasKept(start, length)) return Opening.Different;
    const line = this.line!, fields = this.fields;
    const at = (start + length) | 0;
    this.clear();
    this.opened = true;
    this.topic = this.lead = (start + this.topicFrom) | 0;
    this.topicEnd = (start + this.topicTo) | 0;
    fields.count = line.topic!;
    if (line.framing === Framing.Response) {
      fields.add(FieldKind.Quoted, 0, this.topic, this.topicEnd);
      this.beginPayload(at, this.openingStyle);
    } else {
      this.mode = Mode.Length;
      this.candidates = 0;
      this.quoted = this.openingStyle;
      this.segment = this.firstSegment = at;
      this.digits = 0;
    }
    return Opening.Same;
  }

  /** Nothing is known of the message yet. */
  private clear(): void {
    this.first = true;
    this.length = -1;
    this.suspect = this.opened = this.silent = this.leaves = this.truncated = false;
  }

  /** The fields are another line's now, or who reads, or what is subscribed, has changed. */
  forget(): void {
    this.openingLength = 0;
  }

  /** Remembers the line up to `end`, and where its topic is. Positions of other texts among the fields would not be known again. */
  protected remember(end: number, style: boolean): void {
    const ring = this.ring, fields = this.fields;
    const length = (end - ring.head) | 0;
    if (length > Kept.SIZE) return;
    for (let i = 0; i < this.line!.topic!; i++) if (fields.kind(i) > FieldKind.Integer) return;
    ring.keep(ring.head, length);
    this.openingLength = length;
    this.openingStyle = style;
    this.topicFrom = (this.topic - ring.head) | 0;
    this.topicTo = (this.topicEnd - ring.head) | 0;
  }

  /** Puts the topic of a message with a header of its own where the others have it: among the fields. */
  protected keepTopic(): void {
    if (!this.first || this.line!.framing !== Framing.Counted) return;
    const fields = this.fields;
    if (fields.count !== this.line!.topic || this.truncated) return;
    if (this.quoted && !this.opened && !this.suspect && this.candidates === 1) this.remember(this.segment, true);
    fields.add(this.quoted ? FieldKind.Quoted : FieldKind.Bare, 0, this.topic, this.topicEnd);
  }

  // ---- where it ends

  /** Goes on looking for the end, or for the next part. */
  find(): Found {
    for (;;) {
      const mode = this.mode;
      const found = mode === Mode.Length ? this.readLength() : mode === Mode.Line || mode === Mode.Silence ? this.untilLineEnd()
        : mode === Mode.Topic ? this.beginTopic() : mode === Mode.Quoted ? this.quotedTopic()
        : mode === Mode.Stream ? this.stream() : this.frame();
      if (found !== Found.Nothing || this.mode === mode) return found;
    }
  }

  /** Whether silence would decide something. */
  get waitsForSilence(): boolean {
    return this.mode > Mode.Length || (this.candidates > 0 && this.mode > Mode.Topic);
  }

  /** Whether its header is still coming. */
  get inHeader(): boolean {
    return this.mode === Mode.Topic || this.mode === Mode.Quoted || this.mode === Mode.Length;
  }
}
