import type { Ring } from "../../bytes/ring";
import type { Message } from "../framing/message";
import { Byte } from "../responses/bytes";
import { afterBlanks, upTo } from "../responses/delimiters";
import type { Fields } from "../responses/fields";
import { NameLookup } from "../responses/name-lookup";
import { Follow, NO_RESPONSE } from "../responses/name-tree";
import { CommonResponse, type Line, type ResponseTable } from "../responses/response-table";

/** Which part of a line comes next. */
const enum LinePart {
  Name,
  /** After a name behind which the line's end is waited for. */
  End,
  /** After the colon. */
  Fields,
}

/** What a line has turned out to be. */
export const enum Parsed {
  /** More bytes are needed. */
  Nothing,
  /** A line of the response table, whole. */
  Response,
  /** The same, and what else is in the line means nothing. */
  Prefix,
  /** A message, up to the fields before its own part. */
  Message,
  /** A message that ended before its payload began, so that it is no message. Its topic may have a line's end in it. */
  BrokenMessage,
  /** A line that the response table does not have. */
  Text,
}

/** Reads the line that begins at the ring's head: its name, which the response table has, and its fields. */
export class LineParser {
  private part: LinePart = LinePart.Name;
  /** Where the line has been read up to. */
  at = 0;
  /** The response table's line that it is. */
  line: Line | null = null;
  private readonly ring: Ring;
  private readonly names: NameLookup;
  private readonly responses: readonly Line[];
  private readonly fields: Fields;
  private readonly message: Message;

  /** @param message it has fields of its own, which stay what they are while other lines are read */
  constructor(ring: Ring, table: ResponseTable, fields: Fields, message: Message) {
    this.ring = ring;
    this.names = new NameLookup(table.names);
    this.responses = table.responses;
    this.fields = fields;
    this.message = message;
  }

  /** A line begins at `at`. */
  begin(at: number): void {
    this.at = at;
    this.part = LinePart.Name;
    this.names.begin();
  }

  /** Whether the line is a message, up to its topic. */
  get isMessage(): boolean {
    return this.part === LinePart.Fields && this.line!.framing !== undefined;
  }

  /** Reads on. */
  read(): Parsed {
    let parsed: Parsed = Parsed.Nothing;
    if (this.part === LinePart.Name) {
      parsed = this.readName();
      if (parsed !== Parsed.Nothing || this.part === LinePart.Name) return parsed;
    }
    return this.part === LinePart.End ? this.readEnd() : this.readFields();
  }

  /** Reads the name. Where it is whole, and more of the line is to be read, the line has another part then. */
  private readName(): Parsed {
    const ring = this.ring,
      names = this.names;
    const at = (this.at = names.walk(ring, this.at));
    if (at === ring.tail) return Parsed.Nothing;
    if (names.response === NO_RESPONSE) return Parsed.Text;
    const byte = ring.bytes[at & ring.mask],
      line = (this.line = this.responses[names.response]);
    if (line.follow !== Follow.Fields) {
      this.fields.begin(at);
      if (line.follow === Follow.Anything) return Parsed.Prefix;
      this.part = LinePart.End;
      return Parsed.Nothing;
    }
    if (byte === Byte.Colon) this.at = (at + 1) | 0;
    // ML302 prints a bare `+CME ERROR` after some commands (dialects.md C-10).
    else if (line.id !== CommonResponse.CmeError || (byte !== Byte.CR && byte !== Byte.LF)) return Parsed.Text;
    if (line.framing === undefined) this.fields.begin(this.at);
    else {
      this.message.headerCache.invalidate();
      this.message.fields.begin(this.at);
    }
    this.part = LinePart.Fields;
    return Parsed.Nothing;
  }

  private readEnd(): Parsed {
    const ring = this.ring,
      at = (this.at = this.line!.follow === Follow.Line ? upTo(ring, this.at, Byte.CR) : afterBlanks(ring, this.at));
    if (at === ring.tail) return Parsed.Nothing;
    const byte = ring.bytes[at & ring.mask];
    if (byte !== Byte.CR && byte !== Byte.LF) return Parsed.Text;
    this.fields.begin(at);
    return Parsed.Response;
  }

  private readFields(): Parsed {
    const line = this.line!,
      framing = line.framing,
      fields = framing === undefined ? this.fields : this.message.fields;
    // Before a message's own part stand `topic` fields, and the topic where the framing does not read it.
    const byte = fields.read(framing === undefined ? -1 : framing.hasLength ? line.topic! : line.topic! + 1);
    this.at = fields.at;
    if (byte === 0) return Parsed.Nothing;
    if (framing === undefined) return Parsed.Response;
    if (byte === Byte.Comma) return Parsed.Message;
    return fields.count > line.topic! ? Parsed.BrokenMessage : Parsed.Text;
  }
}
