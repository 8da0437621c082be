import { decodeInPlace, type Encoding } from "../../bytes/encoding";
import type { Ring } from "../../bytes/ring";
import { FieldKind, Fields } from "../responses/fields";
import type { NameTree } from "../responses/name-tree";
import { HeaderCache } from "./header-cache";
import type { LengthHeader } from "./length-header";
import type { Subscribed } from "./subscribed";

/** What looking for a message's end has come to. */
export const enum Found {
  /** More bytes are needed, or silence. */
  Nothing,
  /** `available` bytes can be read. */
  Part,
  /** The line is no message; it ends at `at`. */
  NoMessage,
}

/** How a family's messages begin, and what tells where they end: functions over a {@link Message}. A row of the response table names its own. */
export interface Framing {
  /** The line tells the payload's length behind the topic. The framing then reads both; otherwise the topic is one of the fields. */
  readonly hasLength: boolean;
  /** Gives the message what this framing needs to keep; called once. */
  prepare(message: Message): void;
  /** A message begins, and its fields before the framing's own part have been read. */
  begin(message: Message): void;
  /** A message begins like the last one, up to `at`. @param style what the header cache keeps for the framing */
  resume(message: Message, at: number, style: boolean): Found;
  /** The first part of a message that began otherwise has been found: the topic becomes a field, and {@link Message.byName} is decided. */
  finishHeader(message: Message): void;
}

/** Looks for the end of the message under way: functions over the message. Where another way is needed, they put that into {@link Message.end}. */
export interface Ending {
  /** Goes on looking for the end, or for the next part. */
  find(message: Message): Found;
  /** Nothing has come for a while: decides what only that can decide. */
  silence(message: Message): Found;
  /** The ring is full, and nothing was found. */
  overflow(message: Message): Found;
  /** Whether silence would decide something. */
  waits(message: Message): boolean;
}

/**
 * The message that is being received, or the last one (dialects.md 6.1, 6.2): where its parts are in the ring, and what has been
 * found out about it. Its bytes stay in the ring until they are read.
 */
export class Message {
  /** The next byte to look at; when the message is over, the first byte behind it. */
  at = 0;
  /** Where the unread bytes of the payload begin, or are thought to begin. */
  payload = 0;
  /** Bytes that can be read now. */
  available = 0;
  /** Whether the part that can be read is the message's first. */
  first = true;
  /** Whether further parts follow. */
  more = false;
  /** The payload's whole length, or −1 while it is not known. */
  length = -1;
  /** The end is a guess, or the payload is not written as was agreed. */
  suspect = false;
  /** Lines behind the message may be its own, as long as they come without a pause. */
  mayContinue = false;
  /** The modem paused before the end was known. */
  silent = false;
  /** The header did not fit into the ring: the message is not handed on. */
  truncated = false;
  /** The message begins as the last one did: for the same reader, with the same topic and flags. */
  sameHeader = false;
  /** The topic is subscribed by its name, and the line tells a length: the message does not go on in the next line. */
  byName = false;
  /** The length was wrong though the topic is subscribed by its name. Firmware that counts wrongly does so with every message. */
  miscounted = false;

  readonly ring: Ring;
  end!: Ending;
  framing!: Framing;
  /** Where the topic begins in the ring, and ends. */
  topic = 0;
  topicEnd = 0;
  /** The fields before the topic, then the topic. */
  readonly fields: Fields;
  /** The number of the topic's field. */
  topicField = 0;
  readonly headerCache: HeaderCache;
  /** What a framing that reads lengths keeps. */
  header: LengthHeader | null = null;
  readonly names: NameTree;
  readonly subscribed: Subscribed;

  /** Carriage returns that this modem puts before a line feed. */
  crCount = 1;
  /** Option: takes one pair of quotes away from around a payload without a length, for firmware that puts it there. */
  stripQuotes = false;
  /** Option: a payload without a length ends only where a known line or silence follows, so that it may have several lines. */
  untilSilence = false;
  /** The firmware may have put a blank before the payload. */
  blankBefore = false;
  /** The firmware's quote before the payload has been taken away. */
  quoteTaken = false;

  /** @param fields the fields of other lines */
  constructor(ring: Ring, names: NameTree, subscribed: Subscribed, fields: Fields) {
    this.ring = ring;
    this.names = names;
    this.subscribed = subscribed;
    this.fields = new Fields(ring, fields);
    this.headerCache = new HeaderCache(ring);
  }

  /** A message begins, whose fields before the framing's own part have been read. @param topicField the number of the topic's field */
  begin(framing: Framing, topicField: number): void {
    this.framing = framing;
    this.topicField = topicField;
    this.sameHeader = false;
    this.first = true;
    this.length = -1;
    this.suspect = this.mayContinue = this.silent = this.truncated = false;
    framing.begin(this);
  }

  /** The payload, which has no length, begins at `at`. @param blank the firmware may have put a blank there */
  beginPayload(at: number, blank: boolean): void {
    this.payload = this.at = at;
    this.blankBefore = blank;
    this.quoteTaken = false;
  }

  // ---- the header

  /** The line that begins at `start` begins as the last message's did. Its topic is not looked for: see {@link findTopic}. */
  resume(start: number): Found {
    const cache = this.headerCache;
    this.sameHeader = this.first = true;
    this.length = -1;
    this.suspect = this.mayContinue = this.silent = this.truncated = false;
    return this.framing.resume(this, (start + cache.length) | 0, cache.style);
  }

  /** Finds out where the topic is of a message that begins as the last one did, and of which nothing has been read yet. */
  findTopic(): void {
    const cache = this.headerCache,
      start = this.ring.head;
    this.topic = (start + cache.topicFrom) | 0;
    this.topicEnd = (start + cache.topicTo) | 0;
  }

  /** The same, and the topic becomes a field, for a reader that wants to have it once more. */
  addTopic(): void {
    this.findTopic();
    this.fields.count = this.topicField;
    this.fields.add(FieldKind.Quoted, 0, this.topic, this.topicEnd);
  }

  /**
   * The next message may begin as this one does, up to `end`. Not where a field before the topic is a text: a field keeps the
   * position of its text, which is another one in the next line.
   */
  keepHeader(end: number, style: boolean): void {
    const fields = this.fields;
    for (let i = 0; i < this.topicField; i++) if (fields.kind(i) > FieldKind.Integer) return;
    this.headerCache.keep(end, style, this.topic, this.topicEnd);
  }

  /** The line goes on otherwise than the last message's did: it is a message of its own, and the next one is compared with neither. */
  differ(): void {
    this.sameHeader = false;
    this.fields.count = this.topicField;
    this.headerCache.invalidate();
  }

  // ---- what a framing has found

  /** The message ends after `length` bytes of payload, and what is behind it begins at `next`. */
  whole(length: number, next: number): Found {
    this.available = length;
    this.more = false;
    if (this.first) this.length = length;
    this.at = next;
    return Found.Part;
  }

  /** `length` bytes of payload can be handed on, and more follow. */
  part(length: number): Found {
    this.available = length;
    this.more = true;
    this.at = (this.payload + length) | 0;
    return Found.Part;
  }

  /** The length, or what was taken for it, is wrong: the message is suspect, and what follows may belong to it. */
  doubtEnd(): void {
    this.suspect = this.mayContinue = true;
  }

  byte(position: number): number {
    return this.ring.bytes[position & this.ring.mask];
  }

  // ---- reading it out

  /** Moves up to `length` unread bytes into `target[offset…]`. Returns how many. */
  read(target: Uint8Array, offset: number, length: number): number {
    const ring = this.ring,
      available = this.available,
      payload = this.payload;
    if (length > available) length = available;
    if (length <= 0) return 0;
    ring.copy(payload, target, offset, length);
    this.available = available - length;
    this.payload = ring.head = (payload + length) | 0;
    return length;
  }

  /** The bytes that can be read now are not needed any more. */
  skip(): void {
    this.payload = this.ring.head = (this.payload + this.available) | 0;
    this.available = 0;
  }

  /**
   * Decodes a payload that both ends have agreed to write so, which is not raw. A payload that is no such text, or that comes in parts, stays as it
   * is, and the message is suspect.
   */
  decode(encoding: Encoding): void {
    const length = this.more ? -1 : decodeInPlace(encoding, this.ring, this.payload, this.available);
    if (length < 0) this.suspect = true;
    else this.available = this.length = length;
  }
}
