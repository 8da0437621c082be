import type { Ring } from "../../bytes/ring";
import type { Text } from "../../bytes/text";
import type { Command, Sendable } from "./command";
import { renumber } from "./digits";
import { Start, Writer } from "./writer";

/** What a line does to the request that it answers. */
export const enum ResponseKind {
  /** It asks for the payload. */
  Prompt,
  /** It is the final result code, a good one. */
  Final,
  /** It tells of the result, a good one. */
  Result,
}

/** What is noted of a line, a byte each. */
export const enum Entry {
  Kind,
  /** Where the line is, from its note on: the line endings before it, itself, and the first byte of its own ending. */
  From,
  Length,
  /** How many of these bytes are line endings before it. */
  Blanks,
  /** Bytes up to the end of the answer, where all that is still to come came in one piece; 0 where it did not. */
  Rest,
  SIZE,
}

/** What stands in the buffer before the line. An NM28's answer is the longest: `CONNECT`, `OK` and `+MQTTPUBEX:0,65535,0`. */
const enum Cache {
  /** How many lines its answer has, 0 where it is not whole. */
  Count,
  /** Where the id in it ends, 0 where it has none. */
  IdEnd,
  /** Where the last line ended in the ring, its last 8 bits. */
  Ended,
  /** A note for each line. */
  Notes,
  /** Lines that an answer may have. */
  LINES = 3,
  /** The lines, with what ends and begins them. */
  Text = Notes + LINES * Entry.SIZE,
}

/** In place of a note. */
export const enum Expected {
  /** No line is expected. */
  None = 0,
  /** The lines are not known, and are kept. */
  Keeping = -1,
}

/**
 * The last publish's line, and the lines with which the modem answered it if that went well, as they came. The next publish
 * is likely to have the same but for its id: then its line is there already, and a line of its answer is known by one
 * comparison; neither its name nor its fields are read.
 *
 * That is as certain as reading it: it is expected of one request alone, the oldest one, in the order in which it came,
 * until another line comes in between or another command is sent. The answer stands before the line in the buffer.
 */
export class ResponseCache extends Writer {
  /**
   * Where the note of the expected line is in the buffer, or {@link Expected}; negative, and less than that, before a prompt
   * that is no line.
   */
  expected: number = Expected.None;

  // The publish whose line is still there, up to its payload.
  private command: Command | null = null;
  /** A client has its own texts, so it is the same client's. */
  private topic: Text | null = null;
  /** The payload's length, QoS and the retain flag. */
  private shape = 0;
  private lastId = 0;
  private kept = 0;

  override begin(): void {
    super.begin();
    this.command = null;
    this.expected = Expected.None;
  }

  /** The line so far is what {@link again} finds there for a publish like this one. */
  keep(command: Command, request: Sendable): void {
    if (this.overflow) return;
    this.command = command;
    this.topic = request.topic;
    this.shape = request.length * 8 + request.QoS * 2 + request.retain;
    this.lastId = request.wireId;
    this.kept = this.length;
    this.buffer[Cache.Count] = 0;
  }

  /** Whether the publish's line is there, up to its payload, but for an id that has been put in its place now, and in its answer. */
  again(command: Command, request: Sendable): boolean {
    if (this.command !== command || this.topic !== request.topic || this.shape !== request.length * 8 + request.QoS * 2 + request.retain) return false;
    const id = request.wireId;
    if (this.lastId !== id) {
      const buffer = this.buffer, answered = buffer[Cache.IdEnd]!;
      if (!renumber(buffer, this.idEnd, answered === 0 ? this.idEnd : answered, this.lastId, id)) return false;
      this.lastId = id;
    }
    this.length = this.kept;
    return true;
  }

  /** The line is sent now. @param alone no older request is under way */
  sending(command: Command, alone: boolean): void {
    if (this.expected === Expected.Keeping) this.end(false); // that of the request before is not whole
    this.expected = Expected.None;
    if (this.command === null || !alone) return;
    const buffer = this.buffer;
    if (buffer[Cache.Count] !== 0) this.expected = command.prompt === undefined || buffer[Cache.Notes + Entry.Kind] === ResponseKind.Prompt ? Cache.Notes : -Cache.Notes;
    else {
      buffer[Cache.IdEnd] = 0;
      this.expected = Expected.Keeping;
    }
  }

  /** The expected line is told of: the one behind it is expected next. */
  next(): void {
    const next = this.expected + Entry.SIZE;
    this.expected = next === Cache.Notes + this.buffer[Cache.Count]! * Entry.SIZE ? Expected.None : next;
  }

  /** Another line has come in place of the expected one. */
  invalidate(): void {
    if (this.expected !== Expected.Keeping) this.end(false);
  }

  /** The line in the ring from `start` to `end` has this meaning; blanks before it are there from `blank` on, and its id ends at `idEnd`. */
  store(meaning: ResponseKind, ring: Ring, blank: number, start: number, end: number, idEnd: number): void {
    const buffer = this.buffer, count = buffer[Cache.Count]!;
    const note = Cache.Notes + count * Entry.SIZE, length = (end - blank + 1) | 0;
    // Where it follows at once, the end of the line before is the first of its blanks.
    const follows = count > 0 && (blank & 0xff) === buffer[Cache.Ended];
    const before = note - Entry.SIZE;
    let at = count === 0 ? Cache.Text : before + buffer[before + Entry.From]! + buffer[before + Entry.Length]!;
    if (follows) at--;
    if (count === Cache.LINES || at + length > Start.Line) return this.end(false);
    buffer[note + Entry.Kind] = meaning;
    buffer[note + Entry.From] = at - note;
    buffer[note + Entry.Length] = length;
    buffer[note + Entry.Blanks] = (start - blank) | 0;
    // All of it is a final and a result, or a final where there is no result.
    buffer[note + Entry.Rest] = meaning === ResponseKind.Final && this.command!.result === undefined ? length : 0;
    if (count > 0)
      buffer[before + Entry.Rest] = follows && buffer[before + Entry.Kind]! + meaning === ResponseKind.Final + ResponseKind.Result ? at + length - before - buffer[before + Entry.From]! : 0;
    ring.copy(blank, buffer, at, length);
    if (idEnd !== start) buffer[Cache.IdEnd] = at + ((idEnd - blank) | 0);
    buffer[Cache.Count] = count + 1;
    buffer[Cache.Ended] = end;
  }

  /** The request whose answer is expected or kept is over. */
  end(good: boolean): void {
    this.expected = Expected.None;
    if (!good) this.buffer[Cache.Count] = 0;
  }
}
