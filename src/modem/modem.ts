import { Chat } from "../at/chat/chat";
import type { ChatListener } from "../at/chat/listener";
import { Slot } from "../at/chat/slots";
import { Outcome, type Request } from "../at/requests/request";
import type { Fields } from "../at/responses/fields";
import { CommonResponse, type Line } from "../at/responses/response-table";
import type { Message } from "../at/framing/message";
import { Match } from "../at/framing/subscribed";
import { integer } from "../checks";
import { ArgumentError, ModemError, StateError, wordsOf, type MQTTModemError } from "../errors";
import { portableBytes, type Port, type PortOptions, type PortReceiver } from "../platform";
import { Timers, type TimerListener } from "../timers";
import { BringUp, type BringUpHost } from "./bring-up";
import type { Care, CareHost } from "./care";
import type { Family } from "./family";
import { extraBytes, limitsOf, type Limits } from "./limits";
import type { Repeater } from "./receivers";
import { Links, type PlacedLink } from "./links";
import type { ModemOptions } from "./options";
import { Level } from "./recovery";
import { RestartWatch, type RestartListener } from "./restart-watch";
import { Kind } from "./script";
import { Stage } from "./stage";
import { Timeout } from "./timeouts";

/** One MQTT connection, as its modem knows it. */
export interface ModemLink extends PlacedLink<ModemLink> {
  /** What is to be done before the connection is made. */
  recover: Level;
  /** What comes for its number may be another client's, of an earlier run. */
  readonly mayBeStale: boolean;
  onModemStage(stage: Stage): void;
  /** The modem is up and attached. */
  onReady(): void;
  /** The modem is gone, or has forgotten everything. */
  onModemLost(error: MQTTModemError, forgotten: boolean): void;
  onTimer(): void;
  onRoom(): void;
  onSleep(isAsleep: boolean): void;
  onOverflow(): void;
  onUnsolicitedError(code: number): void;
  onReport(line: Line, fields: Fields): void;
  onAnswer(request: Request, line: Line, fields: Fields): void;
  onText(request: Request, start: number, end: number): void;
  isSubscribed(start: number, end: number): Match;
  readonly incoming: MessageReader;
  readonly poller: {
    /** A line of the answer to the question how the connections are. */
    onAnswer(line: Line, fields: Fields): void;
    onDoubt(): void;
  };
}

/** Who reads a link's messages. */
interface MessageReader {
  readonly repeater: Repeater;
  onMessage(line: Line, message: Message): void;
  onFragment(): void;
}

/** Requests of a link beside its publishes: two of the client's, one of the link's own, and one that has ended while the client is told so. */
const OTHER_REQUESTS = 4;
/** For care, which has one command under way at a time. */
const CARE_REQUESTS = 1;

/**
 * One modem on one serial port, and the links that share it: gives each line, message and request to the link that it is about.
 * The modem is brought up by a part of its own. Links that come meanwhile wait for that together.
 */
export class Modem implements ChatListener, TimerListener, BringUpHost, RestartListener, CareHost {
  readonly chat: Chat;
  /** Who reads the present message. Nobody else sets it. */
  reader: MessageReader | null = null;
  /** By their numbers. */
  private readonly all: readonly (ModemLink | null)[];
  readonly links: Links<ModemLink>;
  readonly family: Family;
  readonly limits: Limits;
  readonly timers: Timers;
  private readonly bringUp: BringUp;
  /** Null with a plain driver. */
  readonly care: Care | null;
  readonly restarts: RestartWatch;
  /** Until the port is open. */
  private serial: PortOptions | null;

  /** @throws ArgumentError; nothing is opened yet */
  constructor(family: Family, options: ModemOptions) {
    const { serial, clock, limits, bootTimeout = 30_000, attachTimeout = 600_000 } = options;
    if (typeof serial?.io !== "function") throw new ArgumentError("ARGUMENT_TYPE", "modem.serial.io", serial?.io, "must be the class of a serial port");
    if (typeof clock?.now !== "function")
      throw new ArgumentError("ARGUMENT_TYPE", "modem.clock", clock, "must be a clock (on Moddable the manifest provides it)");
    this.family = family;
    this.serial = serial;
    this.limits = limitsOf(family.limits, limits);
    this.links = new Links(family.links);
    this.all = this.links.all;
    this.timers = new Timers(clock, this, Slot.Link + family.links);
    this.chat = new Chat(this, {
      timers: this.timers,
      bytes: options.bytes ?? portableBytes,
      family,
      receiveBuffer: options.receiveBuffer ?? 1024,
      commandBuffer: family.commandBuffer + extraBytes(family.limits, this.limits),
      payloadBuffer: this.limits.payload + (family.payloadTail ?? 0),
    });
    this.restarts = new RestartWatch(this);
    this.care = family.care === undefined ? null : family.care.make(this, options);
    this.bringUp = new BringUp(
      this,
      integer("modem.bootTimeout", bootTimeout, 0, Timeout.Longest),
      integer("modem.attachTimeout", attachTimeout, 0, Timeout.Longest),
      serial.baud ?? serial.baudRate,
    );
  }

  // ---- to whom lines, messages and requests belong

  onMessage(line: Line, message: Message): void {
    const isAgain = message.sameHeader,
      reader = isAgain ? this.reader : (this.reader = this.readerOf(message));
    if (reader === null) this.skip();
    else if (!isAgain || !reader.repeater.onMessageAgain()) reader.onMessage(line, message);
  }

  /** One of the modem's own requests has ended. */
  onDone(_request: Request, outcome: Outcome, code: number): void {
    if (outcome !== Outcome.Aborted) this.bringUp.onDone(outcome, code);
  }

  /** Reports of a modem with several MQTT clients begin with the client's number. */
  private linkOf(fields: Fields): ModemLink | null {
    const { all } = this;
    if (all.length === 1) return all[0]!;
    const number = fields.int(0);
    return number >= 0 && number < all.length ? all[number]! : null;
  }

  /**
   * Before host and modem are in step it may be the rest of an earlier client's message, whose beginning nobody has heard. What
   * another client's connection of the same number still reports is nobody's.
   */
  private readerOf(message: Message): MessageReader | null {
    if (this.chat.decoder.learning) {
      message.suspect = true;
      message.headerCache.invalidate();
    }
    const link = this.linkOf(message.fields);
    if (link === null) return null;
    if (!link.mayBeStale || this.links.isAlone(link)) return link.incoming;
    message.headerCache.invalidate();
    return null;
  }

  onFragment(): void {
    if (this.reader === null) this.skip();
    else this.reader.onFragment();
  }

  isSubscribed(fields: Fields, start: number, end: number): Match {
    const link = this.linkOf(fields);
    return link === null ? Match.None : link.isSubscribed(start, end);
  }

  /** Nobody is there to read the message. */
  private skip(): void {
    this.reader = null;
    this.chat.decoder.skip();
    this.chat.released();
  }

  onAnswer(request: Request, line: Line, fields: Fields): void {
    // A poll's answer has a line for every connection.
    if (request.kind === Kind.Poll) this.linkOf(fields)?.poller.onAnswer(line, fields);
    else if (request.listener !== null) request.listener.onAnswer(request, line, fields);
    else this.bringUp.onAnswer(line, fields);
  }

  onText(request: Request, start: number, end: number): void {
    request.listener?.onText(request, start, end);
  }

  onUrc(line: Line, fields: Fields): void {
    const { id } = line;
    if (id === this.family.restart) {
      if (this.care === null || !this.care.sleep.onStart()) this.restarts.onReport();
    } else if (id >= CommonResponse.Family) {
      if (id < CommonResponse.Care) this.linkOf(fields)?.onReport(line, fields);
      else this.care!.sleep.onReport(line, fields);
    } else if (id === CommonResponse.Registration) {
      this.care?.sleep.onRegistration();
      this.bringUp.onNetworkChanged(false);
    } else if (id === CommonResponse.Sim) {
      // What a start prints may be a wake-up's: CMEE tells.
      if (this.care?.sleep.isOn === true) this.care.sleep.onHeard();
      else this.bringUp.onNetworkChanged(!this.restarts.onSim(fields));
    }
  }

  onUnsolicitedError(code: number): void {
    this.all[0]?.onUnsolicitedError(code);
  }

  onDoubt(lines: boolean): void {
    if (this.bringUp.stage !== Stage.Online) return; // what is under way shows it
    if (lines) this.chat.resyncWhenIdle(); // the value of CMEE shows a restart
    const { all } = this;
    for (let i = 0; i < all.length; i++) all[i]?.poller.onDoubt();
  }

  onOverflow(): void {
    const { all } = this;
    for (let i = 0; i < all.length; i++) all[i]?.onOverflow();
  }

  // ---- for links

  /**
   * A place for one more link: see {@link Links.choose}.
   * @throws StateError; ArgumentError
   */
  place(wanted: number | undefined, before: ModemLink | null): number {
    if (this.chat.closed) throw new StateError("CLOSED", "this modem's last client has gone, and its port is closed; open it anew");
    return this.links.choose(wanted, before, this.family.title);
  }

  /** Gives the link its place, with the requests that it needs, as soon as the link that has the place has released it. */
  admit(link: ModemLink): void {
    if (!this.links.put(link)) return;
    this.chat.decoder.message.headerCache.invalidate();
    this.chat.allow(this.links.count * (this.family.limits.window + OTHER_REQUESTS) + CARE_REQUESTS);
  }

  /** Whether the link has its place. */
  has(link: ModemLink): boolean {
    return this.links.has(link);
  }

  /** The link has nothing more to do. The port is released with the last one. */
  release(link: ModemLink): void {
    const { number, successor } = link;
    if (!this.links.remove(link)) return;
    this.skipUnread(link);
    this.chat.decoder.message.headerCache.invalidate();
    if (successor !== null) {
      this.admit(successor);
      this.timers.set(Slot.Link + number, 0); // on an empty stack, for the application may have called
    } else if (this.links.count === 0) {
      this.bringUp.stop();
      this.timers.stop();
      this.chat.close();
    }
  }

  /** Brings the modem up, unless it is up; then the link's `onReady`, or its `onModemLost`. @throws what the port's class throws */
  want(link: ModemLink): void {
    if (!this.links.has(link)) return;
    if (!this.chat.isOpen) {
      this.timers.start();
      this.chat.open();
    }
    const level = this.links.isAnotherUp(link) ? Level.Connect : link.recover;
    link.recover = Level.Connect;
    if (this.bringUp.want(level)) link.onReady();
  }

  openPort(receiver: PortReceiver): Port {
    const { io, ...own } = this.serial!;
    const port = new io({ ...own, receiver }),
      { care } = this;
    this.serial = null;
    return care === null ? port : care.port(port);
  }

  /** Skips what is to be read yet, if it is this link's. */
  skipUnread(link: ModemLink): void {
    if (this.reader === link.incoming) this.skip();
  }

  /** A request of this link has ended, and may have left the others room in the transmit buffer, which they share. */
  tellOthersOfRoom(number: number): void {
    const { all } = this;
    for (let other = 0; other < all.length; other++) if (other !== number) all[other]?.onRoom();
  }

  /** Tells every client that waits for it how much it can write, on an empty stack. */
  tellRoom(): void {
    this.timers.set(Slot.Modem, 0);
  }

  /** Whether the modem says by a number why it refuses something. */
  get tellsReasons(): boolean {
    return this.restarts.tellsReasons;
  }

  // ---- the modem's state

  onTimer(slot: number): void {
    if (slot < Slot.Chat) return this.chat.onTimer(slot);
    if (slot >= Slot.Link) this.all[slot - Slot.Link]?.onTimer();
    else if (slot === Slot.Sleep) this.care?.sleep.onTimer();
    else if (this.bringUp.stage !== Stage.Online) this.bringUp.onTimer();
    else for (let i = 0; i < this.all.length; i++) this.all[i]?.onRoom();
    this.chat.thrown.rethrow();
  }

  onWaking(): void {
    this.restarts.begin();
    this.care?.onWaking();
  }

  onStage(stage: Stage): void {
    for (const link of this.all) link?.onModemStage(stage);
  }

  onReady(): void {
    this.care?.sleep.onUp();
    for (const link of this.all) link?.onReady();
  }

  // ---- sleep

  get isUp(): boolean {
    return this.bringUp.stage === Stage.Online;
  }

  onSleep(isAsleep: boolean): void {
    for (const link of this.all) link?.onSleep(isAsleep);
  }

  onSleeping(): void {
    this.care?.sleep.onSleeping();
  }

  onWanted(): void {
    this.care?.sleep.onWanted();
  }

  onHeard(): void {
    this.care?.sleep.onHeard();
  }

  fail(error: MQTTModemError): void {
    this.bringUp.fail(error, true);
  }

  // ---- the modem's state

  onResynced(cmee: number): void {
    if (this.bringUp.isSynchronising) {
      this.restarts.onPrepared(cmee);
      this.bringUp.onResynced();
    } else {
      this.restarts.onCmee(cmee, this.bringUp.isPrepared);
      this.care?.sleep.onInStep();
    }
  }

  onRestart(): void {
    this.bringUp.onRestart(this.care?.onRestart() === true);
  }

  /**
   * The modem does not answer the probe.
   * @param swallowing it may take what it is sent for a payload: then it owes no answers
   * @param speaking it answers, but refuses all probes
   */
  onSilent(swallowing: boolean, speaking: boolean): void {
    const { title } = this.family;
    this.bringUp.fail(
      speaking
        ? new ModemError(
            "COMMAND_REFUSED",
            `the ${title} answers, but refuses AT+CMEE?, AT+CFUN? and AT+CGATT?, so that its answers cannot be told apart; is it the family that was named?`,
          )
        : new ModemError("MODEM_SILENT", `the ${title} does not answer any more; check its power and its wiring, or reset it`),
      swallowing,
    );
  }

  onPortError(error: unknown): void {
    const failure = new ModemError("PORT_FAILED", `the serial port has failed: ${wordsOf(error)}`, undefined, error);
    // Whoever waits for a place on this port waits in vain.
    for (const link of this.all) link?.successor?.onModemLost(failure, true);
    this.bringUp.fail(failure, true);
  }

  /** Every connection is gone with the modem. */
  onFailed(error: MQTTModemError, forgotten: boolean): void {
    this.care?.onFailed(error);
    for (const link of this.all) link?.onModemLost(error, forgotten);
  }
}
