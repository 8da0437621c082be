import type { Ring } from "../../bytes/ring";
import type { PortReceiver } from "../../platform";
import { Thrown } from "../../thrown";
import type { Timers } from "../../timers";
import type { Command } from "../commands/command";
import { ResponseCache } from "../commands/response-cache";
import { Writer } from "../commands/writer";
import { Decoder } from "../decoder/decoder";
import { Pipe, type PipeListener } from "../pipe";
import { Payloads } from "../requests/payloads";
import { Missing, Outcome, ResultCode, RequestState, type Request } from "../requests/request";
import { Requests } from "../requests/requests";
import { Completion, isOf, isUnsettled } from "./completion";
import { Exchange } from "./exchange";
import { Lines } from "./lines";
import type { ChatListener } from "./listener";
import type { ChatOptions } from "./options";
import { Resync } from "./resync";
import { Silence } from "./silence";
import { Slot } from "./slots";
import { Event, isAfterOk, isInData, isSent, State } from "./states";
import { Timeout } from "./timeouts";
import { Unconfirmed } from "./unconfirmed";

/**
 * The conversation with one modem: commands go out one at a time, and what comes in is given to whom it belongs.
 *
 * The chat makes the parts that do this, and is the face of them all: to the modem and its links, which have requests, to the
 * port, and to the timers. What happens to the command on the wire is in exchange.ts and states.ts, what a line means in lines.ts.
 */
export class Chat implements PortReceiver, PipeListener {
  // What each message needs comes first: XS looks for a property from the first one on.
  private readonly pipe: Pipe;
  readonly decoder: Decoder;
  /** What callbacks of the application have thrown. */
  readonly thrown = new Thrown();
  private readonly silence: Silence;
  private readonly exchange: Exchange;
  readonly requests: Requests;
  readonly payloads: Payloads;
  readonly timers: Timers;
  readonly ring: Ring;
  readonly writer: Writer;
  private readonly listener: ChatListener;
  private readonly lines: Lines;
  private readonly completion: Completion;
  private readonly probe: Resync;
  private readonly unconfirmed: Unconfirmed;

  /** @throws ArgumentError */
  constructor(listener: ChatListener, options: ChatOptions) {
    const { timers, bytes, family } = options;
    const pipe = new Pipe(this, options.receiveBuffer, bytes);
    const writer = new Writer(options.commandBuffer, bytes),
      cache = new ResponseCache(writer);
    const lines = new Lines(listener, family);
    const decoder = new Decoder(pipe.ring, family.responses, cache, lines);
    const requests = new Requests(timers, Slot.Request),
      payloads = new Payloads(requests, options.payloadBuffer, bytes);
    const resync = new Resync(writer, cache, decoder, pipe, timers, family.cancel);
    const completion = new Completion(listener, requests, payloads, cache, pipe);
    const unconfirmed = new Unconfirmed(requests, decoder, cache);
    const exchange = new Exchange(listener, family, { requests, payloads, writer, cache, pipe, decoder, resync, completion, unconfirmed });
    lines.connect({ requests, writer, cache, pipe, decoder, resync, unconfirmed, exchange });
    this.timers = timers;
    this.ring = pipe.ring;
    this.decoder = decoder;
    this.writer = writer;
    this.requests = requests;
    this.payloads = payloads;
    this.listener = listener;
    this.pipe = pipe;
    this.exchange = exchange;
    this.lines = lines;
    this.completion = completion;
    this.probe = resync;
    this.unconfirmed = unconfirmed;
    this.silence = new Silence(decoder, timers);
  }

  // ---- the port

  /** Whether the port goes on at another bit rate. @throws what the port's class throws */
  setRate(baud: number): boolean {
    return this.pipe.setRate(baud);
  }

  get isOpen(): boolean {
    return this.pipe.isOpen;
  }

  get closed(): boolean {
    return this.pipe.closed;
  }

  /** Opens the port. @throws what the port's class throws */
  open(): void {
    if (!this.pipe.isOpen && !this.pipe.closed) this.pipe.open(this.listener.openPort(this));
  }

  /** Releases the port. Nothing is called afterwards; what was under way is forgotten. */
  close(): void {
    if (this.pipe.closed) return;
    this.pipe.close();
    this.decoder.reset();
  }

  onReadable(): void {
    this.receive();
    if (this.thrown.hasKept) this.thrown.rethrow();
  }

  onWritable(): void {
    if (this.pipe.left > 0 && this.pipe.drain()) this.exchange.onWritten();
  }

  onError(error: unknown): void {
    if (this.pipe.closed) return;
    this.listener.onPortError(error);
    this.thrown.rethrow();
  }

  /** Takes everything that the port has, and has the decoder look at it. */
  private receive(): void {
    const pipe = this.pipe,
      decoder = this.decoder;
    try {
      decoder.makeRoom();
      let more: boolean;
      do {
        more = pipe.take();
        decoder.scan();
      } while (more && this.ring.free !== 0 && !pipe.closed); // a message that fills the ring is to be read first
    } catch (thrown) {
      // What onReadable throws goes to the host at once; the decoder looks at the rest from the timer.
      decoder.breakOff();
      this.resume();
      throw thrown;
    }
    if (decoder.isInside && !pipe.closed) this.silence.restart();
  }

  /** The decoder looks at the rest from the timer. */
  private resume(): void {
    if (!this.pipe.closed) this.timers.set(Slot.Resume, 0);
  }

  /** Bytes have come in the middle of other work: the decoder, if it is at work, comes to them. */
  onFilled(): void {
    if (!this.decoder.scanning) this.resume();
  }

  /** A reader has read: the decoder goes on, from the timer unless it is at work already. */
  released(): void {
    if (!this.decoder.scanning && this.decoder.held && this.decoder.message.available === 0) this.resume();
  }

  // ---- time

  /** One of the chat's slots of the timers. */
  onTimer(slot: Slot): void {
    if (this.pipe.closed) return;
    try {
      this.act(slot);
    } finally {
      this.decoder.breakOff();
      if (!this.pipe.closed) {
        this.silence.review();
        if (slot === Slot.Request) this.requests.rearm();
      }
    }
    this.thrown.rethrow();
  }

  private act(slot: Slot): void {
    switch (slot) {
      case Slot.Resume:
        this.decoder.scan();
        this.receive();
        return this.exchange.pump();
      case Slot.Silence:
        return this.silence.onTimer();
      case Slot.Probe:
        return this.onProbeTimeout();
      case Slot.Request:
        for (let late = this.requests.overdue(); late !== null && !this.pipe.closed; late = this.requests.overdue()) this.onTimeout(late);
    }
  }

  private onProbeTimeout(): void {
    if (this.exchange.state !== State.Resync) return;
    if (this.silence.extendsWait()) this.timers.set(Slot.Probe, Timeout.Grace);
    else this.exchange.onProbeTimeout();
  }

  private onTimeout(request: Request): void {
    if (request.state === RequestState.TooLong) return this.completion.finish(request, Outcome.TooLong, 0);
    if (this.silence.extendsWait()) return this.requests.wait(request, Timeout.Grace);
    if (request.state !== RequestState.Awaiting) return this.exchange.onTimeout();
    this.completion.endWithoutResult(request, Missing.Result);
    this.exchange.pump();
  }

  // ---- requests

  /** Allows so many requests at once. The number never falls: requests of a link that has left may still be under way. */
  allow(count: number): void {
    if (count > this.requests.capacity) this.requests.capacity = count;
  }

  /** Hands a request to the chat, behind those that wait already. A request that has just ended may be submitted again while its end is reported. */
  submit(request: Request, command: Command): void {
    request.command = command;
    request.result = ResultCode.Pending;
    request.state = RequestState.Queued;
    this.exchange.pump();
  }

  /** Nothing is on the wire, and nothing waits. */
  get idle(): boolean {
    return this.exchange.state === State.Idle && this.requests.oldest(RequestState.Queued) === null;
  }

  /** The oldest request of a kind that has been sent whole and whose result is to come, with this id on the wire, or `WireId.Any`. */
  find(link: number, kind: number, wire: number): Request | null {
    // What had come before the command went out is no answer to it, but a repetition of the one before.
    const exchange = this.exchange;
    return this.requests.pending(link, kind, wire, isSent(exchange.state) && !exchange.isOlder ? exchange.current : null);
  }

  /** Whether the final of a request that has been sent is still to come. */
  awaitsFinal(request: Request): boolean {
    return request === this.exchange.current && !isAfterOk(this.exchange.state);
  }

  /** The request's result line is in: `code` 0 is good, and so is `ResultCode.Unspecified` if the final is. */
  resolve(request: Request, code: number): void {
    this.exchange.resolve(request, code);
  }

  /** The request is not over, but the modem shows that it works on it: waits as long again. */
  extend(request: Request): void {
    if (request.state === RequestState.Awaiting) this.requests.wait(request, request.resultTimeout);
    else if (request === this.exchange.current) this.exchange.happens(Event.Progress, 0);
  }

  /** Whether the line that is being told may be a message's: see {@link Unconfirmed}. */
  mayBeForged(): boolean {
    return this.unconfirmed.mayBeForged();
  }

  /** The modem has been asked, and the connection is there: results that were held back are believed. */
  confirm(link: number): void {
    for (let request = this.unconfirmed.confirmed(link); request !== null; request = this.unconfirmed.confirmed(link)) {
      const code = request.unconfirmed;
      request.unconfirmed = ResultCode.Pending;
      this.exchange.resolve(request, code);
    }
  }

  /** Gives back a request that was taken and not submitted. */
  abandon(request: Request): void {
    this.completion.abandon(request);
  }

  // ---- the connection, and the modem

  /**
   * Ends every request of a connection, or of the modem itself, or of all.
   * @param link its number, or `LinkNumber`
   * @param restarted the modem has forgotten them too; otherwise it may still owe an answer, which is waited for
   * @param goesOn there is another connection already: what the modem has not accepted yet, it may do there
   */
  abort(link: number, restarted: boolean, goesOn = false): void {
    const { exchange, completion } = this;
    const current = exchange.current !== null && isOf(exchange.current, link) ? exchange.current : null;
    // In a data phase the modem takes whatever comes next for the payload, so it gets the payload.
    const isKept = current !== null && !restarted && isInData(exchange.state);
    const isLate = current !== null && goesOn && isSent(exchange.state) && isUnsettled(current);
    completion.markAborted(link, isKept || isLate ? current : null);
    if (restarted) {
      this.probe.forget();
      if (current === exchange.current) exchange.happens(Event.Restart, 0);
    } else if (current !== null) exchange.happens(Event.Abort, 0);
    if (isLate) completion.keepPlace(current, Outcome.Aborted);
    if (isKept) completion.reportAborted(current);
    completion.finishAborted();
  }

  /**
   * The modem has another connection: what it did before can have no acknowledgement any more. While it owes the probe's
   * answer it may have done it since.
   */
  settle(link: number): void {
    if (this.exchange.state !== State.Resync) this.completion.settle(link);
  }

  /** An answer may be on its way that belongs to no command. */
  get inDoubt(): boolean {
    return this.exchange.state === State.Resync;
  }

  /** Makes certain that the next answer belongs to the next command; then `onResynced`, or `onSilent`. No command may be on the wire. */
  resync(): void {
    this.exchange.happens(Event.Resync, 0);
  }

  /** The same, where nothing is on the wire, not even the probe. */
  resyncWhenIdle(): void {
    if (this.exchange.state === State.Idle) this.resync();
  }

  // ---- sleep

  /**
   * The modem says that it goes to sleep, or is taken to be asleep. From now on nothing is sent to it but {@link knock}. A command that
   * is on the wire has its time: where it is answered, the modem is awake; where it is not, `onSleeping` comes.
   * @returns whether it is asleep
   */
  sleep(): boolean {
    const exchange = this.exchange;
    if (exchange.current !== null) exchange.isDrowsy = true;
    else exchange.happens(Event.Sleep, 0);
    return exchange.state === State.Asleep;
  }

  get isAsleep(): boolean {
    return this.exchange.state === State.Asleep;
  }

  /** A request waits, or its answer is to come. */
  get isWanted(): boolean {
    return this.requests.first !== null;
  }

  /** Sends what wakes the modem; then `onHeard`, where it answers. */
  knock(): void {
    if (this.isAsleep) this.probe.knock();
  }

  /** The modem is awake: makes certain that the next answer belongs to the next command, and goes on. */
  wake(): void {
    this.exchange.happens(Event.Woken, 0);
  }

  /** The modem is looked for anew: that it sleeps is not true any more. */
  forgetSleep(): void {
    this.exchange.isDrowsy = false;
    if (this.isAsleep) this.exchange.happens(Event.Restart, 0);
  }

  // ---- counters

  /** Finals that belonged to no command any more. */
  get lateFinals(): number {
    return this.probe.lateFinals;
  }

  /** Lines that nothing here knows, or that are damaged. */
  get unknownLines(): number {
    return this.lines.unknown;
  }

  /** Lines that did not fit into the ring, and messages that nobody read in time. */
  get overflows(): number {
    return this.lines.overflows;
  }

  /** Messages whose end is a guess, or whose text is not written as was agreed. */
  get suspects(): number {
    return this.lines.suspects;
  }
}
