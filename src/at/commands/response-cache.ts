import type { Ring } from "../../bytes/ring";
import type { Text } from "../../bytes/text";
import type { Command, Sendable } from "./command";
import { renumber } from "./digits";
import type { Writer } from "./writer";

/** What a line of the answer means for the publish. */
export const enum ResponseKind {
  /** The modem asks for the payload. */
  Prompt,
  /** The final result code, a good one. */
  Final,
  /** The result, a good one. */
  Result,
}

/** What an entry keeps of a line, a byte each. */
const enum Entry {
  Kind,
  /** Where the line is, counted from its entry: the line endings before it, the line itself, and the first byte of its own ending. */
  From,
  Length,
  /** How many of these bytes are line endings before it. */
  Blanks,
  /** Bytes up to the end of the answer, where all that is still to come came in one piece; 0 where it did not. */
  Rest,
  SIZE,
}

/** The cache's bytes. An NM28's answer is the longest: `CONNECT`, `OK` and `+MQTTPUBEX:0,65535,0`. */
const enum Cache {
  /** An entry for each line of the answer. No position, nor its negative, is one of {@link Expected}. */
  Entries = 2,
  /** Lines that an answer may have. */
  LINES = 3,
  /** The lines' text. */
  Text = Entries + LINES * Entry.SIZE,
  SIZE = 64,
}

/** How what has come compares with the expected answer. */
export const enum Answer {
  Different,
  /** So far it is the same. */
  Undecided,
  /** The expected line has come. */
  Line,
  /** All lines that are expected have come. */
  All,
}

/** In place of an entry. */
export const enum Expected {
  /** No line is expected. */
  None = 0,
  /** The lines are not known, and are kept. */
  Keeping = -1,
}

/**
 * Remembers the last publish: that its line is still in the writer's buffer, and the lines with which the modem answered it if
 * that went well, byte by byte. The next publish is likely to have the same but for its id. Then its line need not be written
 * anew, and each line of its answer is recognised by one comparison, without reading its name and its fields.
 *
 * That is as certain as reading the answer. The lines are expected for one request alone, the oldest one, in the order in which
 * they came the last time, until another line comes in between or another command is sent.
 */
export class ResponseCache {
  /**
   * Where the expected line's entry is in {@link bytes}, or {@link Expected}. While the modem still has to ask for the payload with
   * a prompt that is no line, the entry's negative position, which is below {@link Expected.Keeping}.
   */
  expected: number = Expected.None;
  /** Bytes that {@link compare} has found the same. */
  matched = 0;
  private readonly bytes = new Uint8Array(Cache.SIZE);
  private readonly writer: Writer;
  /** How many lines of the answer are kept; 0 where the answer is not whole. */
  private count = 0;
  /** Where the id in the answer ends; 0 where it has none. */
  private answerIdEnd = 0;
  /** Where the last line of the answer ended in the ring. */
  private ended = 0;

  /** The publish whose line is in the writer's buffer, up to its payload; null where none is. */
  private command: Command | null = null;
  /** Each client has texts of its own, so the same text means the same client. */
  private topic: Text | null = null;
  /** The payload's length, QoS and the retain flag, as {@link recall} was asked for them last. */
  private shape = 0;
  private id = 0;
  /** How much of the line is kept, in bytes. */
  length = 0;
  /** Where the command's part behind this line begins; 0 where none is. */
  partsAt = 0;

  constructor(writer: Writer) {
    this.writer = writer;
  }

  /** Another line is written: the publish's line is lost. */
  clear(): void {
    this.command = null;
    this.expected = Expected.None;
  }

  /**
   * The writer has the line, up to its payload, of a publish for which {@link recall} has been asked: it finds it there for the next
   * one like it. The answer is kept as well.
   * @param partsAt where the command's next part begins, or 0 where the line is whole
   * @param alone no older request is under way
   */
  keep(command: Command, request: Sendable, partsAt: number, alone: boolean): void {
    const writer = this.writer;
    if (writer.length > writer.most) return;
    this.command = command;
    this.partsAt = partsAt;
    this.topic = request.topic;
    this.id = request.wireId;
    this.length = writer.length;
    this.count = 0;
    if (alone) this.keepAnswer();
  }

  /**
   * Whether the writer still has the publish's line up to its payload. Its id, and that of the answer, which is expected from now
   * on, are then the request's.
   * @param alone no older request is under way
   */
  recall(command: Command, request: Sendable, alone: boolean): boolean {
    const shape = request.length * 8 + request.QoS * 2 + request.retain;
    if (this.command !== command || this.topic !== request.topic || this.shape !== shape) {
      this.shape = shape;
      return false;
    }
    if (this.id !== request.wireId) {
      const writer = this.writer,
        id = request.wireId;
      if (!renumber(writer.buffer, writer.idEnd, this.bytes, this.answerIdEnd, this.id, id)) return false;
      this.id = id;
    }
    if (this.expected === Expected.Keeping) this.count = 0; // the answer to the request before is not whole
    if (!alone) this.expected = Expected.None;
    else if (this.count === 0) this.keepAnswer();
    else this.expected = command.prompt === undefined || this.bytes[Cache.Entries + Entry.Kind] === ResponseKind.Prompt ? Cache.Entries : -Cache.Entries;
    return true;
  }

  private keepAnswer(): void {
    this.answerIdEnd = 0;
    this.expected = Expected.Keeping;
  }

  /** Compares what has come, from `at` on, with the expected line and those behind it. @param withoutBlanks the line endings before the line are left out */
  compare(ring: Ring, at: number, withoutBlanks: boolean): Answer {
    const bytes = this.bytes,
      entry = this.expected,
      has = (ring.tail - at) | 0,
      left = withoutBlanks ? bytes[entry + Entry.Blanks] : 0;
    let length = bytes[entry + Entry.Rest] - left;
    const all = length > 0 && has >= length;
    if (!all) {
      length = bytes[entry + Entry.Length] - left;
      if (has <= bytes[entry + Entry.Blanks] - left) return Answer.Different;
    }
    if (!ring.same(at, bytes, entry + bytes[entry + Entry.From] + left, has < length ? has : length)) return Answer.Different;
    if (has < length) return Answer.Undecided;
    this.matched = length;
    return all ? Answer.All : Answer.Line;
  }

  /** The expected line has come: the one behind it is expected next. Returns what the line means. */
  next(): ResponseKind {
    const entry = this.expected,
      next = entry + Entry.SIZE;
    this.expected = next === Cache.Entries + this.count * Entry.SIZE ? Expected.None : next;
    return this.bytes[entry + Entry.Kind];
  }

  /** Another line has come in place of the expected one. */
  invalidate(): void {
    if (this.expected !== Expected.Keeping) this.end(false);
  }

  /** Keeps the line in the ring from `start` to `end`. The blanks before it begin at `blank`. Its id ends at `idEnd`; where that is `start`, it has none. */
  store(kind: ResponseKind, ring: Ring, blank: number, start: number, end: number, idEnd: number): void {
    const bytes = this.bytes,
      count = this.count;
    const entry = Cache.Entries + count * Entry.SIZE,
      length = (end - blank + 1) | 0;
    // A line that follows at once has the last one's end as the first of its blanks.
    const follows = count > 0 && blank === this.ended;
    const before = entry - Entry.SIZE;
    let at = count === 0 ? Cache.Text : before + bytes[before + Entry.From] + bytes[before + Entry.Length];
    if (follows) at--;
    if (count === Cache.LINES || at + length > Cache.SIZE) return this.end(false);
    bytes[entry + Entry.Kind] = kind;
    bytes[entry + Entry.From] = at - entry;
    bytes[entry + Entry.Length] = length;
    bytes[entry + Entry.Blanks] = (start - blank) | 0;
    // A whole answer is a final and a result, or a final where there is no result.
    bytes[entry + Entry.Rest] = kind === ResponseKind.Final && this.command!.result === undefined ? length : 0;
    if (count > 0)
      bytes[before + Entry.Rest] =
        follows && bytes[before + Entry.Kind] + kind === ResponseKind.Final + ResponseKind.Result ? at + length - before - bytes[before + Entry.From] : 0;
    ring.copy(blank, bytes, at, length);
    if (idEnd !== start) this.answerIdEnd = at + ((idEnd - blank) | 0);
    this.count = count + 1;
    this.ended = end;
  }

  /** The request whose answer is expected or kept is over. */
  end(good: boolean): void {
    this.expected = Expected.None;
    if (!good) this.count = 0;
  }
}
