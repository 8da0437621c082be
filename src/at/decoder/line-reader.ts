import type { Ring } from "../../bytes/ring";
import { Entry, type ResponseCache, type ResponseKind } from "../commands/response-cache";
import { Byte } from "../responses/bytes";
import { afterBlanks } from "../responses/delimiters";
import type { Fields } from "../responses/fields";
import { CommonResponse, Follow, Framing, NO_RESPONSE, type Line } from "../responses/response-table";
import { Opening, type Message } from "../framing/message";
import type { DecoderListener } from "./listener";
import { DecoderState } from "./state";

/**
 * Knows what begins: a prompt, the answer that is expected, a message like the last one, or a line of the response table, whose tree
 * it walks byte by byte. Learns on the way how the modem ends its lines.
 *
 * A line ends at CR or at LF, whichever comes first, so `\r\n`, `\r\r\n`, `\n` and `\r` all do; what is left of the
 * ending is skipped as the blank beginning of the next line. Only a payload looks for the whole ending.
 */
export abstract class LineReader {
  abstract readonly fields: Fields;
  /** The message under way, or the last one. */
  abstract readonly message: Message;
  protected abstract readonly ring: Ring;
  protected abstract readonly listener: DecoderListener;
  /** What the modem is likely to say to the publish under way. */
  protected abstract readonly cache: ResponseCache;

  protected state: DecoderState = DecoderState.Start;
  /** The next byte to look at. The ring's head stays at the line's first byte until the line has been dealt with. */
  protected at = 0;
  private line: Line | null = null;
  /** The fields that are being read: the message's own, or {@link fields}. */
  private reading: Fields | null = null;
  /** Where the blanks before the line began; where they came apart, only the last of them are there. */
  private blank = 0;
  private node = 0;
  /** The report that came last: the index of its line. */
  private likely = 0;
  /** Carriage returns since the last final, or −1 when they are not counted. */
  private counting = -1;

  /**
   * Whether finals tell how this modem ends its lines. On while a modem is brought up, when no message comes but the rest of
   * an earlier client's, and all that look like one are suspect.
   */
  learning = false;

  /**
   * What comes may still belong to a message: to one whose topic has a line's end in it, whose header did not fit into the ring,
   * or whose length is in doubt. Lines are told as such, and messages are suspect, until nothing has come for a while: a modem
   * prints a message in one piece.
   */
  doubtful = false;

  /**
   * The message that is in doubt has a topic that is subscribed by its name. Then its header is the modem's, and only the length
   * is wrong: firmware that counts wrongly does so with every message, and is to be of use all the same.
   */
  miscounted = false;

  /** A message has come that may go on in the next line, and no pause since; {@link DecoderListener.onCertain} follows. */
  exposed = false;

  /** What was received up to here, a position in the ring, came before the last command went out whole: nothing in it is its answer. */
  answersFrom = 0;

  /** Whether a `>` at the beginning of a line is a prompt. */
  promptExpected = false;

  /** A line is over: another one may begin, or what was in the middle of an echo gives way to the rest of it. */
  protected abstract lineOver(): void;

  /** Between two lines: skips blanks, and sees what begins. Returns, as for all states, whether there is more to look at. */
  protected start(): boolean {
    const ring = this.ring, tail = ring.tail;
    let at = this.at;
    if (at === tail) return false;
    const expected = this.doubtful || this.exposed || ((at - this.answersFrom) | 0) < 0 ? 0 : this.cache.expected;
    if (expected > 0) {
      const found = this.answers(expected, at, 0);
      if (found !== Opening.Different) return found === Opening.Same;
    }
    const bytes = ring.bytes, mask = ring.mask;
    this.blank = at;
    let byte = 0;
    if (this.counting >= 0) at = this.learn(at);
    while (at !== tail && (byte = bytes[at & mask]!) <= Byte.Blank) at = (at + 1) | 0;
    this.at = ring.head = at;
    if (at === tail) return false;
    this.counting = -1;
    if (byte === Byte.Prompt && this.promptExpected && ((at - this.answersFrom) | 0) >= 0 && (!this.doubtful || this.miscounted)) {
      this.promptExpected = false;
      this.at = ring.head = (at + 1) | 0;
      this.listener.onPrompt();
      return this.at !== tail;
    }
    // What stands before it has come apart from it, or with something else.
    if (expected > 0) {
      const found = this.answers(expected, at, this.cache.bytes[expected + Entry.Blanks]!);
      if (found !== Opening.Different) return found === Opening.Same;
    }
    if (byte === Byte.Plus) {
      const opening = this.message.opens(at);
      if (opening === Opening.Undecided) return false;
      if (opening === Opening.Same) {
        this.state = DecoderState.Message;
        return true;
      }
    }
    this.node = 0;
    this.state = DecoderState.Name;
    return true;
  }

  // ---- the answer that is expected

  /**
   * Whether the line that is expected is at `at`, or all that is expected; then it is told of. `Undecided` also when nothing
   * is behind it.
   * @param left out of its bytes at its beginning
   */
  private answers(note: number, at: number, left: number): Opening {
    const cache = this.cache, buffer = cache.bytes, ring = this.ring, tail = ring.tail;
    const has = (tail - at) | 0;
    let length = buffer[note + Entry.Rest]! - left;
    const whole = length > 0 && has >= length;
    if (!whole) {
      length = buffer[note + Entry.Length]! - left;
      if (has <= buffer[note + Entry.Blanks]! - left) return Opening.Different;
    }
    if (!ring.same(at, buffer, note + buffer[note + Entry.From]! + left, has < length ? has : length)) return Opening.Different;
    if (has < length) return Opening.Undecided;
    // The rest of its ending, where nothing else is there, would be skipped before the next line.
    const end = (at + length) | 0;
    this.at = has === length + 1 && ring.bytes[end & ring.mask] === Byte.LF ? tail : (end - 1) | 0;
    if (!whole) {
      cache.next();
      this.listener.onAnswered(buffer[note + Entry.Kind]!);
    } else if (!this.listener.onAnsweredWhole()) {
      this.at = at;
      return Opening.Different;
    }
    ring.head = this.at;
    return this.at === tail ? Opening.Undecided : Opening.Same;
  }

  /** The line that is being told of means this to the request whose answer is kept. @param id the field with its id, or −1 */
  keepAnswer(meaning: ResponseKind, id: number): void {
    const head = this.ring.head;
    this.cache.store(meaning, this.ring, this.blank, head, this.at, id < 0 ? head : this.fields.end(id));
  }

  // ---- the name of a line

  /** Walks the tree on. A report like the one that came last is compared as a whole. */
  protected name(): boolean {
    const ring = this.ring, bytes = ring.bytes, mask = ring.mask, tail = ring.tail;
    const table = this.message.responses, labels = table.byte, below = table.below, beside = table.beside;
    let at = this.at;
    let node = this.node;
    if (node === 0 && bytes[at & mask] === Byte.Plus) {
      const text = table.texts[this.likely]!;
      if (((tail - at) | 0) > text.length && ring.matches(at, text)) {
        at = (at + text.length) | 0;
        node = table.ends[this.likely]!;
      }
    }
    while (at !== tail) {
      const byte = bytes[at & mask]!;
      let next = below[node]!;
      while (next !== 0 && labels[next] !== byte) next = beside[next]!;
      if (next !== 0) node = next;
      // `+MQTT PUBREL` is `+MQTTPUBREL` (dialects.md 6.8).
      else if (byte !== Byte.Blank || bytes[ring.head & mask] !== Byte.Plus) {
        this.at = at;
        this.named(table.line[node]!, byte);
        return true;
      }
      at = (at + 1) | 0;
    }
    this.at = at;
    this.node = node;
    return false;
  }

  /** The name is over, at `byte`, which does not go on with it; it is that of the response table's line `index`. */
  private named(index: number, byte: number): void {
    this.state = DecoderState.Text;
    if (index === NO_RESPONSE) return;
    const line = this.line = this.message.responses.responses[index]!;
    if (line.follow === Follow.End) this.state = DecoderState.End;
    else if (line.follow === Follow.Anything) {
      this.fields.begin(this.at);
      this.state = DecoderState.Discard;
      this.tell(line);
    } else {
      this.likely = index;
      if (byte === Byte.Colon) this.at = (this.at + 1) | 0;
      // ML302 prints a bare `+CME ERROR` after some commands (dialects.md C-10).
      else if (line.id !== CommonResponse.CmeError || (byte !== Byte.CR && byte !== Byte.LF)) return;
      if (line.topic !== undefined) this.message.forget();
      const fields = this.reading = line.topic === undefined ? this.fields : this.message.fields;
      fields.begin(this.at);
      this.state = DecoderState.Fields;
    }
  }

  /** Behind the colon. */
  protected readFields(): boolean {
    const fields = this.reading!, line = this.line!, topic = line.topic;
    // As many fields stand before a message's own part.
    const byte = fields.read(topic === undefined ? -1 : line.framing === Framing.Counted ? topic : topic + 1);
    this.at = fields.at;
    if (byte === 0) return false;
    if (byte === Byte.Comma) {
      this.message.begin(line);
      this.state = DecoderState.Message;
    } else {
      // A message whose payload never began is not a message. Its topic may have a line's end in it.
      this.state = DecoderState.Text;
      if (topic !== undefined && fields.count > topic) this.tear();
      if (topic === undefined) this.finish();
    }
    return true;
  }

  /** Behind a name that only the end of the line may follow. */
  protected end(): boolean {
    const at = this.at = afterBlanks(this.ring, this.at);
    if (at === this.ring.tail) return false;
    const byte = this.ring.bytes[at & this.ring.mask]!;
    this.state = DecoderState.Text;
    if (byte === Byte.CR || byte === Byte.LF) {
      this.fields.begin(at);
      this.finish();
    }
    return true;
  }

  /** The line is whole: tells of it, then lets go of its bytes. `at` is at its CR or LF. */
  private finish(): void {
    const line = this.line!;
    this.lineOver();
    if (this.learning && line.id <= CommonResponse.CmsError) this.counting = 0;
    this.tell(line);
    this.ring.head = this.at;
  }

  private tell(line: Line): void {
    if (this.doubtful) this.listener.onDoubtful(line);
    else this.listener.onLine(line);
  }

  /** The header of a message has broken off: what follows may be the rest of its topic. */
  protected tear(): void {
    this.doubtful = true;
    this.miscounted = false;
    this.listener.onOverflow();
  }

  /** Whether the line that is being read is a message, up to its topic. */
  protected get isMessage(): boolean {
    return this.state === DecoderState.Fields && this.line!.topic !== undefined;
  }

  /**
   * Counts the carriage returns that stand before a line feed, in blanks from `at` on: of what may be several line ends in one
   * piece, in the first alone. Returns what is behind it, or not counted yet.
   */
  private learn(at: number): number {
    const ring = this.ring, bytes = ring.bytes, mask = ring.mask, tail = ring.tail;
    let byte = 0;
    while (this.counting >= 0 && at !== tail && (byte = bytes[at & mask]!) <= Byte.Blank) {
      at = (at + 1) | 0;
      if (byte === Byte.CR) this.counting++;
      else {
        if (byte === Byte.LF) this.message.crCount = this.counting > 2 ? 2 : this.counting;
        this.counting = -1;
      }
    }
    return at;
  }
}
