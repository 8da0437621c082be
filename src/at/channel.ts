import { frozen } from "../bytes/frozen";
import { Ring } from "../bytes/ring";
import type { Bytes, Clock, Port, PortReceiver } from "../platform";
import { write, type Command } from "./command";
import { Byte } from "./bytes";
import { Exchange, KEEPING, Meaning } from "./exchange";
import type { Fields } from "./fields";
import { isHarmless } from "./harmless";
import { Common, type Lexicon, type Line } from "./lexicon";
import { NOWHERE, Outcome, OWED, Stage, UNTOLD, type Operation } from "./operation";
import { Scanner, type ScannerSink } from "./scanner";
import { StagedOperations } from "./staging";
import { LINE } from "./writer";
import { Wakers } from "./wakers";

/** The driver, as the channel knows it. All of it is called with the channel ready for the next call. */
export interface ChannelOwner {
  /** @throws what the port's class throws */
  openPort(receiver: PortReceiver): Port;
  /** A line that `operation` asked for. */
  onAnswer(operation: Operation, line: Line, fields: Fields): void;
  /** A line of the lexicon that nobody asked for. */
  onUrc(line: Line, fields: Fields): void;
  /** A line without a known beginning, while `operation` takes such lines. It is in the ring from `start` to `end`. */
  onText(operation: Operation, start: number, end: number): void;
  /** A message begins: the channel's `scanner.message` tells of it; its topic is among the fields. */
  onMessage(line: Line, fields: Fields): void;
  /** The message goes on. */
  onFragment(): void;
  /** Whether a topic is subscribed by whom `fields`, which end before it, are about. It is in the ring from `start` to `end`. */
  isSubscribed(fields: Fields, start: number, end: number): boolean;
  /** The operation has ended; it is used again once this returns, unless it is still to be settled: see {@link Channel.giveUp}. */
  onDone(operation: Operation, outcome: Outcome, code: number): void;
  /** Bytes were lost: a line longer than the ring, or a message that was not read in time. */
  onOverflow(): void;
  /** The modem and the channel agree again which answer belongs to which command; `cmee` is its CMEE setting. */
  onSynchronised(cmee: number): void;
  /** The modem gives no answer at all. @param swallowing it may be taking what it is sent for a payload */
  onSilent(swallowing: boolean): void;
  /** What {@link Channel.wake} asked for. */
  onWake(waker: number): void;
  /** A `+CME ERROR` that ends no command. */
  onUnsolicitedError(code: number): void;
  onPortError(error: unknown): void;
}

/** What differs from modem to modem. */
export interface ChannelDialect {
  readonly lexicon: Lexicon;
  /** The byte that leaves a data phase without sending, or 0 where the modem has none. */
  readonly cancel: number;
  /** It does not tell which acknowledgement is whose: one operation of a kind at a time on each connection. */
  readonly oneOfAKind?: boolean;
  /** `+CME ERROR` codes that end no command. */
  readonly unsolicitedErrors?: readonly number[];
}

export interface ChannelOptions {
  clock: Clock;
  bytes: Bytes;
  dialect: ChannelDialect;
  /** Bytes of the ring. */
  receiveBuffer: number;
  /** Bytes at the most of a command line, and of the payloads that wait. */
  commandBuffer: number;
  payloadBuffer: number;
  /** How many can be woken. */
  wakers: number;
}

const enum Phase {
  Idle,
  /** The command line is going out. */
  Sending,
  /** The prompt is owed. */
  Prompt,
  /** The payload is going out. */
  Payload,
  /** The final is owed. */
  Final,
  /** An answer may be on its way that belongs to no command: nothing is sent but the marker. */
  Doubt,
}

/** In place of a connection's number: those of all. */
const ALL = -2;
/** How long a final may come after its result (dialects.md 3.1). */
const GRACE = 1000;
/**
 * Milliseconds that the final of a payload may take which the modem has not asked for: as long as that of any command that it
 * does by itself (dialects.md 9; S1 gives 300 ms), and a byte at 2000 bit/s.
 */
const UNASKED = 2000;
const UNASKED_BYTE = 5;
/** Nothing for so many milliseconds is silence: a USB adapter may hold bytes back for 16 (dialects.md 6.1, step 2). */
const SILENCE = 130;
/** So many more are listened for what came while the host was too busy to look: its alarm may ring first. */
const LISTENING = 20;
const TILDE = 0x7e;
const CTRL_Z = new Uint8Array([0x1a]);
const MARKER_PATIENCE = 2000;
const MARKER_TRIES = 5;
/** In place of the marker's answer. */
const UNSEEN = -2;
/** Asks for something that no other command's answer looks like, so what came before it is late and what follows is not. */
const MARKER = new Uint8Array([0x41, 0x54, 0x2b, 0x43, 0x4d, 0x45, 0x45, 0x3f, 0x0d]); // AT+CMEE?\r

/** In place of what a callback has thrown. */
const NOTHING = frozen({});
/** Before {@link Channel.open}. */
const NO_PORT: Port = frozen({ read: () => 0, write: () => 0, close() {} });

/**
 * One command at a time: sends it, gives it the lines that are its own, waits for its final and its result, and keeps
 * every other line for the driver. After a timeout it trusts no final until the modem has answered a marker.
 */
export class Channel extends Wakers implements ScannerSink, PortReceiver {
  readonly scanner: Scanner;
  readonly ring: Ring;
  readonly writer: Exchange;
  /** Those under way, and where their payloads wait. */
  readonly operations: StagedOperations;
  /** Lines that nothing here knows. */
  unknownLines = 0;
  /** Finals that belonged to no command any more. */
  strayFinals = 0;
  /** Lines that did not fit into the ring, and messages that nobody read in time. */
  overflows = 0;
  /** Messages whose end is a guess, or whose text is not written as was agreed. */
  suspects = 0;

  readonly #owner: ChannelOwner;
  #port: Port = NO_PORT;
  readonly #dialect: ChannelDialect;
  #closed = false;

  #phase: Phase = Phase.Idle;
  #current: Operation | null = null;
  /** Up to here the port has taken what is being sent, in its own buffer. */
  #sent = 0;
  /** `OK` came before the prompt. */
  #earlyOk = false;
  /** The data phase needs no nudge, or has had it. */
  #nudged = true;
  /** A payload has been sent without a prompt since the last marker: it may be a line without an end. */
  #unasked = false;
  /** A marker has been answered that was not waited for any more. */
  #lateMarker = false;
  /** The modem repeats what it is sent. */
  #echoing = false;

  /** What the marker's answer has told, or `UNSEEN`. */
  #markerValue = UNSEEN;
  #markerTries = 0;
  /** Markers that were sent and not answered. */
  #markersOwed = 0;
  #markerDeadline = 0;

  #resuming = false;
  #silenceDeadline = 0;
  /** It has been silent for long enough, as far as the host has heard. */
  #silent = false;
  /** What a callback has thrown, for the host. */
  #thrown: unknown = NOTHING;

  constructor(owner: ChannelOwner, options: ChannelOptions) {
    super(options.clock, options.wakers);
    this.#owner = owner;
    this.#dialect = options.dialect;
    this.ring = new Ring(options.receiveBuffer, options.bytes);
    this.writer = new Exchange(options.commandBuffer, options.bytes);
    this.scanner = new Scanner(this.ring, options.dialect.lexicon, this.writer, this);
    this.operations = new StagedOperations(options.payloadBuffer, options.bytes);
  }

  /** Opens the port. @throws what the port's class throws */
  open(): void {
    if (this.#port !== NO_PORT || this.#closed) return;
    this.startAlarm();
    this.#port = this.#owner.openPort(this);
  }

  /** How many operations can be under way at once. */
  get capacity(): number {
    return this.operations.most;
  }

  /** The oldest operation under way; the others are its `next`. */
  get oldest(): Operation | null {
    return this.operations.first;
  }

  /** Allows so many operations at once. */
  provide(count: number): void {
    // What a driver that has left needed is there still.
    if (count > this.operations.most) this.operations.most = count;
  }

  /** Releases the port and the timer. Nothing is called afterwards; what was under way is forgotten. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.stopAlarm();
    this.#port.close();
    this.scanner.reset();
  }

  get closed(): boolean {
    return this.#closed;
  }

  // ---- up: bytes from the port

  onReadable(): void {
    this.receive();
    if (this.#thrown !== NOTHING) this.rethrow();
  }

  onWritable(): void {
    this.transmit();
  }

  onError(error: unknown): void {
    if (this.#closed) return;
    this.#owner.onPortError(error);
    this.rethrow();
  }

  /**
   * An application's callback has thrown. What the channel is at is done to its end, so that nothing is left between two
   * states; then the host is given the exception, the first one where there are several.
   */
  threw(error: unknown): void {
    if (this.#thrown === NOTHING) this.#thrown = error;
  }

  private rethrow(): void {
    const thrown = this.#thrown;
    this.#thrown = NOTHING;
    if (thrown !== NOTHING) throw thrown;
  }

  /** Takes everything that the port has, and looks at it. */
  receive(): void {
    if (this.#closed) return;
    try {
      this.scanner.makeRoom();
      let more: boolean;
      do {
        more = this.ring.fill(this.#port);
        this.scanner.scan();
      } while (more && this.ring.free !== 0 && !this.#closed); // a message that fills it is to be read first
    } catch (thrown) {
      // What onReadable throws goes to the host at once; the rest is taken up from the timer.
      this.scanner.breakOff();
      this.resume();
      throw thrown;
    }
    if (this.scanner.waitsForSilence && !this.#closed) {
      this.#silent = false;
      this.#silenceDeadline = this.armFor(SILENCE);
    }
  }

  /** A reader has read: goes on, from the timer where the scanner is not at work already. */
  released(): void {
    if (this.scanner.scanning || !this.scanner.held || this.scanner.message.available > 0) return;
    this.resume();
  }

  /** Looks at the rest from the timer. */
  private resume(): void {
    if (this.#closed) return;
    this.#resuming = true;
    this.armFor(0);
  }

  onAnswered(meaning: Meaning): void {
    if (meaning === Meaning.Prompt) return this.onPrompt();
    if (meaning === Meaning.Final) return this.final(true, 0);
    const operation = this.operations.first!; // nothing is expected of another one
    // It may come before the payload has gone: then it is not its own.
    if (operation.result === OWED && (operation.stage === Stage.Awaiting || this.#phase === Phase.Final)) this.resolve(operation, 0);
  }

  onAnsweredWhole(): boolean {
    const operation = this.#current;
    if (operation === null || this.#phase !== Phase.Final || operation.result !== OWED || this.#earlyOk || this.#lateMarker) return false;
    this.#current = null;
    this.#phase = Phase.Idle;
    this.writer.expected = 0;
    if (this.#echoing) this.scanner.forgetEcho();
    this.finish(operation, Outcome.Done, 0);
    if (this.operations.first !== null) this.pump();
    return true;
  }

  onLine(line: Line): void {
    const fields = this.scanner.fields;
    if (this.writer.expected !== 0) this.writer.miss();
    if (line.id === Common.Cmee && this.#phase !== Phase.Doubt) {
      // A marker that was sent once too often has been answered late: the final behind this line is its own.
      if (this.#markersOwed > 0) {
        this.#markersOwed--;
        this.#lateMarker = true;
      }
      return;
    }
    switch (line.id) {
      case Common.Ok: return this.final(true, 0);
      case Common.Error: return this.final(false, -1);
      case Common.CmeError:
      case Common.CmsError: return this.error(fields.int(0));
      case Common.Prompt:
        if (this.writer.expected === KEEPING && this.#phase === Phase.Prompt) this.scanner.keepAnswer(Meaning.Prompt, -1);
        return this.onPrompt();
    }
    if (this.#phase === Phase.Doubt) {
      if (line.id === Common.Cmee) {
        // While the marker is still going out, it is the answer to one before it: another try's, or an earlier client's.
        const early = this.#sent < this.writer.length;
        if (!early) this.#markerValue = fields.int(0);
        if (!early || this.#markersOwed > 1) this.#markersOwed--;
        return;
      }
    } else {
      const operation = this.#current;
      if (operation !== null && operation.command!.answer === line.id && this.#phase !== Phase.Sending &&
          (operation.command!.takes === undefined || operation.command!.takes(fields)))
        return this.#owner.onAnswer(operation, line, fields);
    }
    this.#owner.onUrc(line, fields);
  }

  onText(start: number, end: number): void {
    const operation = this.#current;
    const asked = operation !== null && operation.command!.text === true && this.#phase === Phase.Final;
    if (this.isEcho(start, end, asked)) this.#echoing = true;
    else if (asked) this.#owner.onText(operation, start, end);
    else this.unknownLines++;
  }

  /**
   * Whether the line is the echo of a command line. Nothing that a modem says of itself begins like one; a topic that it
   * was `asked` for may.
   */
  private isEcho(start: number, end: number, asked: boolean): boolean {
    const bytes = this.ring.bytes, mask = this.ring.mask;
    if ((bytes[start & mask]! | 0x20) !== 0x61 || (bytes[(start + 1) & mask]! | 0x20) !== 0x74) return false;
    if (!asked) return true;
    const length = this.writer.length - LINE - 1;
    return ((end - start) | 0) === length && this.ring.same(start, this.writer.buffer, LINE, length);
  }

  onMessage(line: Line): void {
    const message = this.scanner.message;
    this.#owner.onMessage(line, message.fields);
    if (message.suspect) this.countSuspect();
  }

  onFragment(): void {
    this.#owner.onFragment();
    this.countSuspect();
  }

  private countSuspect(): void {
    const message = this.scanner.message;
    if (message.suspect && !message.more) this.suspects++; // with its last part
  }

  isSubscribed(start: number, end: number): boolean {
    return this.#owner.isSubscribed(this.scanner.message.fields, start, end);
  }

  onOverflow(): void {
    this.overflows++;
    this.#owner.onOverflow();
  }

  onPrompt(): void {
    if (this.#phase !== Phase.Prompt) return;
    const operation = this.#current!;
    this.#phase = Phase.Payload;
    this.#sent = operation.offset;
    if (this.writer.expected < KEEPING) this.writer.expected = -this.writer.expected;
    const nudges = operation.command!.nudge !== undefined; // the wait for that begins with the payload's end
    if (!nudges) this.wait(operation, finalPatience(operation));
    if (this.#echoing)
      this.scanner.expectEcho(this.operations.payloads, operation.offset, operation.offset + operation.length);
    this.transmitPayload();
    if (nudges && this.#phase === Phase.Payload) this.wait(operation, finalPatience(operation));
  }

  private error(code: number): void {
    if (contains(this.#dialect.unsolicitedErrors, code)) return this.#owner.onUnsolicitedError(code);
    this.final(false, code);
  }

  private final(good: boolean, code: number): void {
    if (this.#phase === Phase.Doubt) {
      if (this.#markerValue === UNSEEN) this.strayFinals++;
      else this.synchronised();
      return;
    }
    const operation = this.#current;
    if (operation === null || this.#lateMarker || this.#phase === Phase.Sending || (this.#phase === Phase.Payload && good)) {
      const nobodys = operation === null && !this.#lateMarker && code > 0;
      this.#lateMarker = false;
      this.strayFinals++;
      if (nobodys) this.#owner.onUnsolicitedError(code);
      return;
    }
    if (this.#phase === Phase.Payload) {
      // The modem gave up in the middle of the payload, or it was the second line of a message and it still waits.
      this.doubt(operation.result === OWED);
      this.finish(operation, Outcome.Refused, code);
      return;
    }
    if (this.#phase === Phase.Prompt && good) {
      // Some firmware accepts the command with OK before it asks for the payload (anchors.md 9).
      this.#earlyOk = true;
      return;
    }
    if (!good && this.#unasked && this.scanner.echoes) {
      // The modem has read a line of it and refused that, and will repeat the others: it is in no data phase.
      this.#nudged = true;
      return this.wait(operation, GRACE);
    }
    if (this.writer.expected === KEEPING && good) this.scanner.keepAnswer(Meaning.Final, -1);
    if (good || !this.#unasked) this.leave();
    else this.doubt(false); // the answer to a line that it does not know, or late, with the payload behind it
    const untold = operation.result === UNTOLD;
    if (operation.result !== OWED && !untold) {
      // A result says more than `ERROR`, and an error's number says more than a result.
      const refused = operation.result !== 0 && code > 0;
      this.finish(operation, operation.result === 0 ? Outcome.Done : refused ? Outcome.Refused : Outcome.Failed, refused ? code : operation.result);
    } else if (!good) this.finish(operation, isGood(operation.command!, code) ? Outcome.Done : Outcome.Refused, code);
    else if (untold || operation.command!.result === undefined) this.finish(operation, Outcome.Done, 0);
    else {
      operation.stage = Stage.Awaiting;
      this.wait(operation, operation.patience);
    }
    this.pump();
  }

  /** Gives up what is under way, and trusts no final until the marker is answered. */
  private doubt(cancel: boolean): void {
    if (this.#phase === Phase.Sending) this.#unasked = false; // a carriage return would have the modem do the half of a command
    this.leave();
    this.#phase = Phase.Doubt;
    this.#lateMarker = false;
    // In a data phase that nothing can end, one and no more: the next ones would become part of a message (dialects.md 6.7).
    this.#markerTries = cancel && this.#dialect.cancel === 0 ? MARKER_TRIES : 0;
    this.mark(cancel);
  }

  /** The channel is done with its current operation. */
  private leave(): void {
    const operation = this.#current!;
    if (operation.offset !== NOWHERE) this.operations.release(operation);
    if (operation.command!.prompt !== undefined) this.scanner.promptExpected = false;
    this.#current = null;
    this.#phase = Phase.Idle;
    if (this.#echoing) this.scanner.forgetEcho();
  }

  // ---- down: operations from the driver

  /** How long a payload {@link reserve} can take now, in bytes. */
  get room(): number {
    return this.operations.room(this.pinned);
  }

  /** The current payload must stay where it is: it is going out, or its echo is compared with it. */
  get pinned(): boolean {
    return this.#phase === Phase.Payload || (this.#echoing && this.#current !== null && this.#current.offset !== NOWHERE);
  }

  /** Keeps `length` bytes of the transmit buffer for the operation's payload; false when there is no room now. */
  reserve(operation: Operation, length: number): boolean {
    return this.operations.reserve(operation, length, this);
  }

  /** Hands the operation to the channel, behind those that wait already. */
  submit(operation: Operation, command: Command): void {
    operation.command = command;
    operation.stage = Stage.Queued;
    this.pump();
  }

  /** Nothing is on its way, and nothing waits. */
  get idle(): boolean {
    return this.#phase === Phase.Idle && this.operations.oldest(Stage.Queued) === null;
  }

  /** Gives back an operation that was taken and not submitted. */
  abandon(operation: Operation): void {
    if (operation.counted) this.discount(operation);
    this.operations.release(operation);
    this.operations.free(operation);
  }

  /** The oldest operation of a kind that has been sent whole and whose outcome is owed, with this id on the wire where `wire` is not negative. */
  find(link: number, kind: number, wire: number): Operation | null {
    return this.operations.owed(link, kind, wire, this.#phase === Phase.Final ? this.#current : null);
  }

  /** How many operations of a kind are not over. */
  count(link: number, kind: number): number {
    return this.operations.count(link, kind);
  }

  /** Whether an operation with this packet id is under way. */
  has(link: number, id: number): boolean {
    return this.operations.has(link, id);
  }

  /** The operation's result line is in: `code` 0 is good, and so is `UNTOLD` if the final is. */
  resolve(operation: Operation, code: number): void {
    if (this.writer.expected === KEEPING && code === 0 && operation === this.operations.first) this.scanner.keepAnswer(Meaning.Result, operation.command!.resultId ?? -1);
    operation.result = code;
    if (operation.stage === Stage.Awaiting || (this.#phase === Phase.Final && this.#earlyOk)) {
      if (operation === this.#current) this.leave();
      this.finish(operation, code === 0 || code === UNTOLD ? Outcome.Done : Outcome.Failed, code);
      this.pump();
    } else this.wait(operation, GRACE);
  }

  /** The operation is not over, but the modem shows that it works on it: wait as long again. */
  extend(operation: Operation): void {
    if (operation.stage === Stage.Awaiting) this.wait(operation, operation.patience);
    else if (operation === this.#current && this.#phase === Phase.Final && !this.#earlyOk && this.#nudged)
      this.wait(operation, finalPatience(operation));
  }

  /**
   * Ends every operation of a connection, or of the modem itself (−1), or of all (−2).
   * @param restarted the modem has forgotten them too; otherwise it may still owe an answer, which is waited for
   * @param goesOn there is another connection already: what the modem has not accepted yet, it may do there
   */
  abort(link: number, restarted: boolean, goesOn = false): void {
    // The modem takes whatever comes next for the payload: it is given the payload.
    const current = this.#current;
    const late = current !== null && goesOn && this.#phase === Phase.Final && current.link === link && isUnsettled(current) ? current : null;
    const kept = current !== null && !restarted && this.inData && (link === ALL || current.link === link) ? current : null;
    for (let operation = this.operations.first, next: Operation | null; operation !== null; operation = next) {
      next = operation.next;
      if (operation === kept || operation === late || (link !== ALL && operation.link !== link)) continue;
      if (operation.stage === Stage.Filling) this.abandon(operation);
      else if (operation.stage !== Stage.Ended) operation.stage = Stage.Aborted;
    }
    const ours = this.#current !== null && this.#current.stage === Stage.Aborted;
    if (restarted) {
      this.#markersOwed = 0;
      if (ours) this.leave();
      if (this.#current === null) this.#phase = Phase.Idle;
    } else if (ours) this.doubt(this.inData);
    if (late !== null) {
      this.doubt(false);
      this.keepPlace(late, Outcome.Aborted);
    }
    if (kept === null || kept.abandoned) return this.finishAborted();
    kept.abandoned = true;
    if (kept.counted) this.discount(kept);
    this.#owner.onDone(kept, Outcome.Aborted, 0);
    this.finishAborted();
  }

  /**
   * The modem has another connection: what it did before can have no acknowledgement any more. While it owes the marker's
   * answer it may have done it since.
   */
  settle(link: number): void {
    if (this.#phase === Phase.Doubt) return;
    let operation = this.operations.first;
    while (operation !== null && !(operation.abandoned && operation.counted && operation.link === link)) operation = operation.next;
    if (operation !== null) this.finish(operation, Outcome.Aborted, 0);
  }

  /** Tells of the aborted ones in their order. */
  private finishAborted(): void {
    let next: Operation | null;
    while ((next = this.operations.oldest(Stage.Aborted)) !== null) this.finish(next, Outcome.Aborted, 0);
  }

  /**
   * Trusts no final until the modem has answered the marker; then `onSynchronised`, or `onSilent` when it never does.
   */
  synchronise(): void {
    this.#phase = Phase.Doubt;
    this.#markerTries = 0;
    this.mark(false);
  }

  /** The same before anything else is sent, where nothing is under way. */
  resynchronise(): void {
    if (this.#phase === Phase.Idle) this.synchronise();
  }

  /** The modem may take what is sent for a payload. */
  private get inData(): boolean {
    return this.#phase === Phase.Prompt || this.#phase === Phase.Payload;
  }

  private mark(cancel: boolean): void {
    this.#markerValue = UNSEEN;
    this.#markerTries++;
    this.#markersOwed++;
    const writer = this.writer;
    writer.begin();
    if (cancel && this.#dialect.cancel !== 0) writer.byte(this.#dialect.cancel);
    if (this.#unasked) writer.byte(Byte.CR);
    writer.literal(MARKER);
    this.#sent = LINE;
    this.#markerDeadline = this.armFor(MARKER_PATIENCE);
    this.transmit();
  }

  private synchronised(): void {
    this.#phase = Phase.Idle;
    this.#unasked = false;
    this.#owner.onSynchronised(this.#markerValue);
    this.pump();
  }

  /** Starts the next operation when there is one and the channel is free. */
  private pump(): void {
    if (this.#phase !== Phase.Idle || this.operations.first === null || this.#closed) return;
    const operation = this.operations.next(this.#dialect.oneOfAKind === true);
    if (operation === null) return;
    const command = operation.command!;
    write(command, this.writer, operation, operation.owner);
    if (this.writer.overflow) {
      // Told from the timer: the application may be in the middle of the call that submitted it.
      operation.stage = Stage.TooLong;
      this.wait(operation, 0);
      this.pump();
      return;
    }
    operation.stage = Stage.Active;
    this.#current = operation;
    this.#phase = Phase.Sending;
    this.#sent = LINE;
    this.#earlyOk = false;
    this.#echoing = false;
    this.#nudged = true;
    this.writer.sending(command, operation === this.operations.first);
    this.wait(operation, command.prompt ?? finalPatience(operation));
    this.transmitLine();
  }

  /** Gives the port what it takes of what is to be sent. */
  private transmit(): void {
    if (this.#closed) return;
    if (this.#phase === Phase.Payload) this.transmitPayload();
    else if (this.#phase === Phase.Sending || (this.#phase === Phase.Doubt && this.#sent < this.writer.length)) this.transmitLine();
  }

  /** The command's line, or the marker, behind the cancelling byte where there is one. */
  private transmitLine(): void {
    const writer = this.writer, end = writer.length;
    const sent = this.#sent += this.#port.write(writer.buffer, this.#sent, end - this.#sent);
    if (sent < end || this.#phase === Phase.Doubt) return;
    if (this.#current!.command!.prompt === undefined) this.#phase = Phase.Final;
    else {
      this.#phase = Phase.Prompt;
      this.scanner.promptExpected = !this.#dialect.lexicon.promptIsLine;
    }
  }

  private transmitPayload(): void {
    const operation = this.#current!, end = operation.offset + operation.length;
    const sent = this.#sent += this.#port.write(this.operations.payloads, this.#sent, end - this.#sent);
    if (sent < end) return;
    this.#phase = Phase.Final;
    const nudge = operation.command!.nudge;
    this.#nudged = nudge === undefined;
    if (nudge !== undefined) this.wait(operation, nudge);
    if (this.#earlyOk || operation.abandoned) this.hasten(operation);
    if (!this.#echoing) this.operations.release(operation);
  }

  /** The payload has gone, and there is little to wait for: a result, or nothing, for nobody is told how it ends. */
  private hasten(operation: Operation): void {
    if (this.#earlyOk || (!operation.counted && this.#nudged)) this.wait(operation, GRACE);
  }

  // ---- time

  private wait(operation: Operation, milliseconds: number): void {
    operation.deadline = this.armFor(milliseconds);
  }

  onTick(): void {
    if (this.#closed) return;
    try {
      this.tock();
    } finally {
      this.scanner.breakOff();
      this.rearm();
    }
    this.rethrow();
  }

  private tock(): void {
    if (this.#resuming) {
      this.#resuming = false;
      this.scanner.scan();
      this.receive();
      this.pump();
    }
    if (this.scanner.waitsForSilence && this.isOver(this.#silenceDeadline)) {
      if (this.#silent) this.scanner.silence();
      this.#silent = !this.#silent;
      this.#silenceDeadline = this.armFor(LISTENING);
    }
    if (this.#phase === Phase.Doubt && this.isOver(this.#markerDeadline)) {
      if (this.#markerTries < MARKER_TRIES) this.mark(false);
      else {
        this.#phase = Phase.Idle;
        this.#owner.onSilent(this.#markerTries > MARKER_TRIES); // the only one, so what is sent may become a payload
      }
    }
    for (let late = this.expired(); late !== null && !this.#closed; late = this.expired()) this.expire(late);
    for (let waker = 0; waker < this.wakers && !this.#closed; waker++) if (this.isDue(waker)) this.#owner.onWake(waker);
  }

  private rearm(): void {
    if (this.#closed) return;
    if (this.#resuming) this.armFor(0);
    if (this.#phase === Phase.Doubt) this.arm(this.#markerDeadline);
    this.rearmWakers();
    if (this.scanner.waitsForSilence) this.arm(this.#silenceDeadline);
    for (let operation = this.operations.first; operation !== null; operation = operation.next)
      if (operation.stage >= Stage.Active) this.arm(operation.deadline);
  }

  private expired(): Operation | null {
    let operation = this.operations.first;
    while (operation !== null && !(operation.stage >= Stage.Active && this.isOver(operation.deadline))) operation = operation.next;
    return operation;
  }

  private expire(operation: Operation): void {
    if (operation.stage === Stage.TooLong) return this.finish(operation, Outcome.TooLong, 0);
    if (operation.stage === Stage.Awaiting) {
      if (operation.command!.resultOptional === true) this.finish(operation, Outcome.Done, 0);
      else this.giveUp(operation, true);
      this.pump();
      return;
    }
    if (this.#phase === Phase.Final && !this.#nudged && operation.result === OWED) {
      // NM28 may stay in its transparent mode until Ctrl-Z (dialects.md 5.4).
      this.#nudged = true;
      this.#port.write(CTRL_Z, 0, CTRL_Z.length);
      this.wait(operation, operation.abandoned && !operation.counted ? GRACE : finalPatience(operation));
      return;
    }
    if (this.#phase === Phase.Final && this.#earlyOk && operation.result === OWED && operation.command!.result !== undefined) {
      // The OK before the prompt was the only one. What has gone unasked may be a line that has not ended.
      if (this.#unasked) this.doubt(false);
      else this.leave();
      operation.stage = Stage.Awaiting;
      this.wait(operation, operation.patience);
      this.pump();
      return;
    }
    if (this.#phase === Phase.Prompt) return this.sendUnasked(operation);
    // Its answer may still come. Nothing new is sent until it is certain to be told apart.
    const sent = this.#phase === Phase.Final;
    if (operation.command!.probe === true) this.leave();
    else this.doubt(this.inData);
    if (operation.result !== OWED && operation.result !== UNTOLD) this.finish(operation, operation.result === 0 ? Outcome.Done : Outcome.Failed, operation.result);
    else this.giveUp(operation, sent);
    this.pump();
  }

  /**
   * Where only the prompt was lost, this is the message; where the command was, it is a line that no modem knows. In place of a
   * message that may be a command goes what nobody takes for one, and as many bytes as were announced.
   */
  private sendUnasked(operation: Operation): void {
    const harmless = isHarmless(this.operations.payloads, operation.offset, operation.length);
    if (!harmless) {
      blot(this.operations.payloads, operation.offset, operation.length, this.#dialect.cancel);
      this.tellEarly(operation, Outcome.TimedOut);
      if (operation !== this.#current || this.#closed) return; // the application may have ended it all
    }
    // It may be echoed, as it is once the modem has restarted.
    this.#unasked = this.#echoing = true;
    this.scanner.promptExpected = false;
    this.onPrompt();
    // A modem that has the payload answers at once, unless its final waits for the broker.
    if (operation.command!.final > 0 && !this.#earlyOk) this.wait(operation, UNASKED + operation.length * UNASKED_BYTE);
  }

  /**
   * Nothing has come in time. An acknowledgement that does not say whose it is (`wire` −1) may still come for it, so it keeps
   * its place, and the next publish waits, until that is in or has had as much time again.
   */
  private giveUp(operation: Operation, sent: boolean): void {
    if (!sent || !isUnsettled(operation)) this.finish(operation, operation.abandoned ? Outcome.Failed : Outcome.TimedOut, 0);
    else if (operation.abandoned) this.finish(operation, Outcome.Unsettled, 0);
    else this.keepPlace(operation, Outcome.TimedOut);
  }

  private keepPlace(operation: Operation, outcome: Outcome): void {
    operation.stage = Stage.Awaiting;
    this.wait(operation, operation.patience);
    this.tellEarly(operation, outcome);
  }

  /** Tells of its end, unless that has been told, before it is over on the wire. */
  private tellEarly(operation: Operation, outcome: Outcome): void {
    if (operation.abandoned) return;
    operation.abandoned = true;
    this.#owner.onDone(operation, outcome, 0);
    if (operation.abandoned) operation.id = 0; // unless it has been aborted meanwhile
  }

  /** The operation is over for its owner. */
  private discount(operation: Operation): void {
    operation.counted = false;
    operation.owner!.publishing--;
  }

  private finish(operation: Operation, outcome: Outcome, code: number): void {
    // One that has timed out, and is settled now, is told of a second time.
    const told = operation.abandoned && (!operation.counted || outcome === Outcome.Aborted);
    operation.stage = Stage.Ended;
    if (this.writer.expected !== 0 && operation === this.operations.first) this.writer.end(outcome === Outcome.Done);
    if (operation.counted) this.discount(operation);
    if (operation.offset !== NOWHERE) this.operations.release(operation);
    if (!told) this.#owner.onDone(operation, outcome, code);
    this.operations.free(operation);
  }
}

/** The line of a modem's that it does not know, a message that no application sends. A Ctrl-Z behind a message is no part of it. */
function blot(payload: Uint8Array, offset: number, length: number, cancel: number): void {
  const end = offset + length;
  payload.fill(TILDE, offset, payload[end - 1] === Byte.CtrlZ ? end - 1 : end);
  if (cancel !== 0) payload[offset] = cancel; // firmware may take it (dialects.md 6.7)
}

/** Milliseconds until the final at the most. */
function finalPatience(operation: Operation): number {
  const final = operation.command!.final;
  return final > 0 ? final : operation.patience;
}

/** Whether an acknowledgement may come that does not say that it is this one's. */
function isUnsettled(operation: Operation): boolean {
  return operation.counted && operation.wire < 0 && operation.QoS > 0;
}

/** Whether the code means that what the command wanted is so already. */
function isGood(command: Command, code: number): boolean {
  return contains(command.goodErrors, code);
}

function contains(codes: readonly number[] | undefined, code: number): boolean {
  if (codes !== undefined) for (let i = 0; i < codes.length; i++) if (codes[i] === code) return true;
  return false;
}
