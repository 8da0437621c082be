import { Chat } from "../at/chat/chat";
import type { ChatListener } from "../at/chat/listener";
import { Slot } from "../at/chat/slots";
import type { Command } from "../at/commands/command";
import { LinkNumber, Outcome, type Request } from "../at/requests/request";
import type { Fields } from "../at/responses/fields";
import { CommonResponse, type Line } from "../at/responses/response-table";
import { Match } from "../at/framing/subscribed";
import { frozen } from "../bytes/frozen";
import { Text } from "../bytes/text";
import { integer } from "../checks";
import { ArgumentError, ModemError, StateError, wordsOf, type MQTTModemError } from "../errors";
import { portableBytes, type Port, type PortOptions, type PortReceiver } from "../platform";
import { Timers, type TimerListener } from "../timers";
import { ATTENTION, ECHO_OFF, ERROR_NUMBERS } from "./common";
import type { Family } from "./family";
import { limitsOf, type Limits } from "./limits";
import { Network } from "./network";
import type { ModemOptions } from "./options";
import { Timeout } from "./timeouts";
import { Level } from "./recovery";
import { Kind } from "./script";
import { Stage } from "./stage";

/** One MQTT connection, as its modem knows it. */
export interface ModemLink {
  /** The modem's own number for it. */
  readonly number: number;
  readonly stage: Stage;
  /** It has nothing to do any more but to leave. */
  readonly isLeaving: boolean;
  /** Who takes its place when it has left. */
  successor: ModemLink | null;
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
  onDoubt(): void;
  onOverflow(): void;
  onUnsolicitedError(code: number): void;
  onReport(line: Line, fields: Fields): void;
  onAnswer(request: Request, line: Line, fields: Fields): void;
  /** A line of the answer to the question how the connections are. */
  onPolled(line: Line, fields: Fields): void;
  onText(request: Request, start: number, end: number): void;
  onMessage(line: Line, fields: Fields): void;
  onMessageAgain(): boolean;
  onFragment(): void;
  onDone(request: Request, outcome: Outcome, code: number): void;
  isSubscribed(start: number, end: number): Match;
}

const READY = frozen(new Text("READY", "READY", 5));

const PREPARE: readonly Command[] = frozen([ECHO_OFF, ERROR_NUMBERS]);

/** In place of a step's number. */
const enum Step {
  /** Of recovering: the modem is asked for its network first. */
  Asking = -2,
}

/** How many of something there may be. */
const enum Most {
  /** Restarts while it is brought up, before its power supply is suspected. */
  Restarts = 5,
  /** Requests of a driver beside its publishes: two of the client's, one of its own, and one that has ended and is being told of. */
  DriverOperations = 4,
}

/**
 * One modem on one serial port: brings it up, and gives each line to the MQTT connection that it is about. Connections
 * that come while it is being brought up wait for it together.
 */
export class Modem implements ChatListener, TimerListener {
  readonly family: Family;
  readonly limits: Limits;
  readonly timers: Timers;
  readonly chat: Chat;
  /** Until the port is open. */
  private serial: PortOptions | null;
  private readonly bootTimeout: number;
  private readonly attachTimeout: number;
  private readonly links: (ModemLink | null)[];
  /** The driver whose message is being read. */
  private reader: ModemLink | null = null;

  /** `Idle` before it is wanted, then as far as `Attaching`; `Online` means that it is ready. */
  private stage: Stage = Stage.Idle;
  /** Which of the stage's commands, or {@link Step}. */
  private step = 0;
  private readonly network = new Network();
  /** It has told that its SIM cannot be used. */
  private simGone = false;
  /** Between two rounds of questions about the network. */
  private pausing = false;
  private deadline = 0;
  /** Bit/s: those of the serial port, and those that the modem may have after a restart; 0 where they are not known, or the same. */
  private readonly rate: number = 0;
  private readonly factoryRate: number = 0;
  /** It is looked for at the factory's rate, or has been found there. */
  private atFactoryRate = false;
  private otherTried = false;
  /** The CMEE setting that the modem has really taken. */
  private cmee = -1;
  private restarts = 0;
  /** What is to be done once the modem answers, and what is being done. */
  private recover: Level = Level.Connect;
  private recovering: Level = Level.Connect;

  /**
   * @throws ArgumentError; nothing is opened yet
   */
  constructor(family: Family, options: ModemOptions) {
    if (typeof options.serial?.io !== "function")
      throw new ArgumentError("ARGUMENT_TYPE", "modem.serial.io", options.serial?.io, "must be the class of a serial port");
    if (typeof options.clock?.now !== "function")
      throw new ArgumentError("ARGUMENT_TYPE", "modem.clock", options.clock, "must be a clock (on Moddable the manifest provides it)");
    this.family = family;
    const factoryRate = family.baud;
    const rate = options.serial.baud ?? options.serial.baudRate;
    if (typeof rate === "number" && factoryRate > 0 && rate !== factoryRate) {
      this.rate = rate;
      this.factoryRate = factoryRate;
    }
    this.limits = limitsOf(family.limits, options.limits);
    this.bootTimeout = integer("modem.bootTimeout", options.bootTimeout ?? 30_000, 0, Timeout.Longest);
    this.attachTimeout = integer("modem.attachTimeout", options.attachTimeout ?? 600_000, 0, Timeout.Longest);
    this.links = new Array(family.links).fill(null);
    this.serial = options.serial;
    this.timers = new Timers(options.clock, this, Slot.Link + family.links);
    this.chat = new Chat(this, {
      timers: this.timers,
      bytes: options.bytes ?? portableBytes,
      family,
      receiveBuffer: options.receiveBuffer ?? 1024,
      commandBuffer: family.commandBuffer + extra(family.limits, this.limits),
      payloadBuffer: this.limits.payload + (family.payloadTail ?? 0),
    });
  }

  openPort(receiver: PortReceiver): Port {
    const { io, ...own } = this.serial!;
    const port = new io({ ...own, receiver });
    this.serial = null;
    return port;
  }

  // ---- for drivers

  /**
   * A place for one more MQTT connection.
   * @param wanted the modem's own number for it, or undefined for any
   * @param before one that it takes over from, if that has ended
   * @throws StateError BUSY when there is none; ArgumentError when there is no such number
   */
  place(wanted: number | undefined, before: ModemLink | null): number {
    if (this.chat.closed) throw new StateError("CLOSED", "this modem's last client has gone, and its port is closed; open it anew");
    const drivers = this.links;
    if (wanted !== undefined) {
      integer("modem.link", wanted, 0, drivers.length - 1);
      if (this.isFree(wanted)) return wanted;
      throw new StateError("BUSY", `client ${wanted} of this modem is in use`);
    }
    if (before !== null && before.isLeaving && this.isFree(before.number)) return before.number;
    for (let link = 0; link < drivers.length; link++) if (drivers[link] === null) return link;
    for (let link = 0; link < drivers.length; link++) if (this.isFree(link)) return link;
    throw new StateError("BUSY", `a ${this.family.name} has ${drivers.length === 1 ? "one MQTT client" : `${drivers.length} MQTT clients`}, and all are in use`);
  }

  /** Nobody is there, or one who only has to leave, and whom nobody waits for. */
  private isFree(link: number): boolean {
    const driver = this.links[link]!;
    return driver === null || (driver.isLeaving && driver.successor === null);
  }

  /** Takes a driver into its place, with the requests that it needs, as soon as whoever is there has left. */
  admit(driver: ModemLink): void {
    const present = this.links[driver.number]!;
    if (present !== null) {
      present.successor = driver;
      return;
    }
    this.links[driver.number] = driver;
    this.chat.decoder.message.headerCache.invalidate();
    const each = this.family.limits.window + Most.DriverOperations;
    let needed = 0;
    for (let link = 0; link < this.links.length; link++) if (this.links[link] !== null) needed += each;
    this.chat.allow(needed);
  }

  /** Whether it says why it refuses something: by a number. */
  get tellsReasons(): boolean {
    return this.cmee > 0;
  }

  /** Whether the driver is in its place. */
  has(driver: ModemLink): boolean {
    return this.links[driver.number] === driver;
  }

  /** Whether it is this driver whose message is to be read. */
  isReader(driver: ModemLink): boolean {
    return this.reader === driver;
  }

  /** Drops what is to be read yet, if it is this driver's. */
  skipUnread(driver: ModemLink): void {
    if (this.reader === driver) this.skip();
  }

  /** The driver has nothing more to do. The port is released with the last one. */
  release(driver: ModemLink): void {
    const { number: link, successor: heir } = driver;
    const present = this.links[link]!;
    if (present !== driver) {
      if (present !== null && present.successor === driver) present.successor = null;
      return;
    }
    this.links[link] = null;
    this.skipUnread(driver);
    this.chat.decoder.message.headerCache.invalidate();
    if (heir !== null) {
      this.admit(heir);
      return this.timers.set(Slot.Link + link, 0); // on an empty stack, for the application may have called
    }
    for (let link = 0; link < this.links.length; link++) if (this.links[link] !== null) return;
    this.stage = Stage.Idle;
    this.timers.stop();
    this.chat.close();
  }

  /** Brings the modem up, unless it is; then the driver's `onReady`, or its `onModemLost`. */
  want(driver: ModemLink): void {
    if (!this.has(driver)) return;
    if (!this.chat.isOpen) {
      this.timers.start();
      this.chat.open();
    }
    const recover = this.nobodyElseIsOn(driver) ? driver.recover : Level.Connect;
    driver.recover = Level.Connect;
    if (recover > this.recover) this.recover = recover;
    if (this.stage === Stage.Online && recover === Level.Connect) driver.onReady();
    else if (this.stage === Stage.Online || this.stage === Stage.Idle) {
      this.restarts = 0;
      this.wake();
    }
  }

  /** Where another connection works, it is not the modem that has to be brought back. */
  private nobodyElseIsOn(driver: ModemLink): boolean {
    for (let link = 0; link < this.links.length; link++) {
      const other = this.links[link]!;
      if (other !== null && other !== driver && other.stage >= Stage.Connecting) return false;
    }
    return true;
  }

  // ---- bringing up

  /** False when all that wanted it have gone meanwhile. */
  private enter(stage: Stage): boolean {
    this.stage = stage;
    for (let link = 0; link < this.links.length; link++) this.links[link]?.onModemStage(stage);
    return this.stage === stage;
  }

  private wake(): void {
    this.pausing = this.simGone = this.otherTried = false;
    if (!this.enter(Stage.Waking)) return;
    this.deadline = (this.timers.clock.now() + this.bootTimeout) | 0;
    this.chat.decoder.learning = true;
    this.submit(ATTENTION);
  }

  /** The next command of those that bring the modem back; then the network, or the modem once it has started. */
  private goOnRecovering(outcome: Outcome): void {
    const { attach, restart } = this.family.recovery;
    const commands = this.recovering === Level.Attach ? attach : restart;
    if (this.recovering === Level.Restart && outcome !== Outcome.Refused) return this.timers.set(Slot.Modem, Timeout.Restart);
    if (++this.step < commands.length) this.submit(commands[this.step]!);
    else this.attachNetwork();
  }

  private prepared(): void {
    this.chat.decoder.learning = false;
    this.recovering = this.recover;
    this.recover = Level.Connect;
    if (this.recovering === Level.Connect) return this.attachNetwork();
    if (!this.enter(Stage.Recovering)) return;
    this.step = Step.Asking;
    this.network.begin();
    this.submit(this.network.first());
  }

  /**
   * What the modem says of its network decides: one that searches is left alone, for whatever is done to it begins the search
   * anew; and it leaves no network that it is not on.
   */
  private beginRecovering(): void {
    const { network } = this;
    if (network.failure !== null && (this.recovering === Level.Attach || network.failure.code !== "SIM_FAILED")) return this.lost(network.failure, false);
    if (!network.attached && network.isSearching) return this.attachNetwork();
    this.step = this.recovering === Level.Attach && !network.attached ? 0 : -1;
    this.goOnRecovering(Outcome.Refused);
  }

  private attachNetwork(): void {
    if (!this.enter(Stage.Attaching)) return;
    this.deadline = (this.timers.clock.now() + this.attachTimeout) | 0;
    this.network.begin();
    this.submit(this.network.first());
  }

  /** An answer about the network. @param code the number of the `+CME ERROR` in its place, or −1 */
  private goOnAsking(code: number): void {
    const { network } = this, next = network.next(code);
    if (next !== null) return this.submit(next);
    if (this.stage === Stage.Recovering) return this.beginRecovering();
    if (network.failure !== null) return this.lost(network.failure, false);
    if (!network.attached) {
      this.pausing = true;
      return this.again(Timeout.Attach, () => network.late(this.attachTimeout / 1000));
    }
    this.stage = Stage.Online;
    for (let link = 0; link < this.links.length; link++) this.links[link]?.onReady();
  }

  private submit(command: Command): void {
    const request = this.chat.requests.take()!; // nothing of the drivers' is under way yet
    request.listener = null;
    request.kind = Kind.Step;
    this.chat.submit(request, command);
  }

  private onStepDone(outcome: Outcome, code: number): void {
    switch (this.stage) {
      case Stage.Waking:
        if (outcome !== Outcome.Done) return this.notAwake(outcome === Outcome.TimedOut);
        if (!this.enter(Stage.Preparing)) return;
        this.step = 0;
        return this.submit(PREPARE[0]!);
      case Stage.Preparing:
        // A modem that refuses one of these can be worked with all the same.
        if (++this.step < PREPARE.length) return this.submit(PREPARE[this.step]!);
        return this.chat.resync();
      case Stage.Recovering:
      case Stage.Attaching:
        if (this.stage === Stage.Recovering && this.step !== Step.Asking) this.goOnRecovering(outcome);
        else this.goOnAsking(outcome === Outcome.Refused ? code : -1);
    }
  }

  /**
   * It has not said OK to `AT`. Its own restart may have brought the factory's rate back, which is tried before it is called silent.
   * @param silent it has said nothing at all
   */
  private notAwake(silent: boolean): void {
    const over = silent && ((this.deadline - this.timers.clock.now()) | 0) <= 0, other = this.atFactoryRate ? this.rate : this.factoryRate;
    if (over && !this.otherTried && other > 0 && this.chat.setRate(other)) {
      this.otherTried = true;
      this.atFactoryRate = !this.atFactoryRate;
      this.deadline = (this.timers.clock.now() + Timeout.OtherRate) | 0;
    } else if (over && this.otherTried && this.chat.setRate(other)) this.atFactoryRate = !this.atFactoryRate; // as it was
    const rates = this.otherTried ? `, at ${this.rate} and at ${this.factoryRate} bit/s` : "";
    this.again(Timeout.Probe, () => new ModemError("MODEM_SILENT",
      `no modem answers AT on this port after ${this.bootTimeout / 1000} s${rates}; check wiring, power, that the port is the right one, and the baud rate`));
  }

  /** Tries again after a pause, unless the stage's time is over. */
  private again(pause: number, error: () => MQTTModemError): void {
    if (((this.deadline - this.timers.clock.now()) | 0) <= 0) this.lost(error(), false);
    else this.timers.set(Slot.Modem, pause);
  }

  onTimer(slot: number): void {
    if (slot < Slot.Chat) return this.chat.onTimer(slot);
    this.timerOf(slot);
    this.chat.rethrow();
  }

  private timerOf(slot: number): void {
    if (slot >= Slot.Link) this.links[slot - Slot.Link]?.onTimer();
    else if (this.stage === Stage.Waking) this.submit(this.family.wakeUp ?? ATTENTION);
    else if (this.stage === Stage.Recovering) this.wake();
    else if (this.stage === Stage.Attaching) {
      this.pausing = false;
      this.submit(this.network.first());
    }
    else for (let link = 0; link < this.links.length; link++) this.links[link]?.onRoom();
  }

  /** Tells every client that waits for it how much it can write, on an empty stack. */
  tellRoom(): void {
    this.timers.set(Slot.Modem, 0);
  }

  onResynced(cmee: number): void {
    if (this.stage === Stage.Preparing) {
      this.cmee = cmee;
      this.prepared();
    }
    else if (this.cmee < 0) this.cmee = cmee; // asked otherwise until now
    // CMEE falls back to 0 when the modem restarts (27.007 9.1), and everything else that was set with it.
    else if (cmee === 0 && this.cmee !== 0 && this.stage > Stage.Preparing && !this.chat.mayBeForged()) this.restarted();
  }

  // ---- losing it

  private restarted(): void {
    if (this.stage === Stage.Idle) return;
    if (this.stage === Stage.Online || (this.stage !== Stage.Recovering && ++this.restarts > Most.Restarts))
      return this.lost(new ModemError("MODEM_RESTARTED",
        `the ${this.family.name} has restarted, and its connection is gone; a supply that is too weak is the usual reason`), true);
    this.timers.clear(Slot.Modem);
    this.chat.abort(LinkNumber.All, true);
    this.wake();
  }

  onSilent(swallowing: boolean, speaking: boolean): void {
    this.lost(speaking ? new ModemError("COMMAND_REFUSED",
      `the ${this.family.name} answers, but refuses AT+CMEE?, AT+CFUN? and AT+CGATT?, so that its answers cannot be told apart; is it the family that was named?`)
      : new ModemError("MODEM_SILENT", `the ${this.family.name} does not answer any more; check its power and its wiring, or reset it`), swallowing);
  }

  onPortError(error: unknown): void {
    const failure = new ModemError("PORT_FAILED", `the serial port has failed: ${wordsOf(error)}`, undefined, error);
    // Whoever waits for a place on this port waits in vain.
    for (let link = 0; link < this.links.length; link++) this.links[link]?.successor?.onModemLost(failure, true);
    this.lost(failure, true);
  }

  /** Every connection is gone with the modem. @param forgotten it owes no answer any more */
  private lost(error: MQTTModemError, forgotten: boolean): void {
    this.stage = Stage.Idle;
    this.pausing = false;
    this.recover = Level.Connect;
    this.timers.clear(Slot.Modem);
    this.chat.abort(LinkNumber.Modem, forgotten);
    for (let link = 0; link < this.links.length; link++) this.links[link]?.onModemLost(error, forgotten);
  }

  // ---- lines and requests, to whom they belong

  onAnswer(request: Request, line: Line, fields: Fields): void {
    // A poll's answer tells of every connection.
    if (request.kind === Kind.Poll) this.driverOf(fields)?.onPolled(line, fields);
    else if (request.listener !== null) this.links[request.link]?.onAnswer(request, line, fields);
    else this.network.answered(line, fields);
  }

  onText(request: Request, start: number, end: number): void {
    if (request.listener !== null) this.links[request.link]?.onText(request, start, end);
  }

  onUrc(line: Line, fields: Fields): void {
    if (line.id >= CommonResponse.Family && line.id !== this.family.restart) this.driverOf(fields)?.onReport(line, fields);
    else if (line.id === this.family.restart) {
      if (!this.chat.mayBeForged()) this.restarted();
    }
    else if (line.id === CommonResponse.Sim) this.onSim(fields);
    else if (line.id === CommonResponse.Registration) this.askSoon();
  }

  /** It says that it has started. @param doubtful CMEE tells: at once, or when what is under way is not answered */
  private started(doubtful: boolean): void {
    if (!doubtful) this.restarted();
    else if (this.chat.idle) this.chat.resync();
  }

  /** `+CPIN: READY` belongs to a start, unless the SIM had been gone meanwhile; what else is told of the SIM belongs to none. */
  private onSim(fields: Fields): void {
    const ready = fields.is(0, READY), back = this.simGone;
    this.simGone = !ready;
    if (!ready) this.network.simChanged();
    if (ready && this.family.readyAtStart === true && !this.chat.mayBeForged()) this.started(back || this.chat.inDoubt);
    this.askSoon();
  }

  /** Something has changed: what the modem is waited for, it is asked at once. */
  private askSoon(): void {
    if (this.stage === Stage.Attaching && this.pausing) this.timers.set(Slot.Modem, 0);
  }

  onDoubt(lines: boolean): void {
    if (this.stage !== Stage.Online) return; // what is under way shows it
    if (lines) this.chat.resyncWhenIdle(); // CMEE tells of a restart
    for (let link = 0; link < this.links.length; link++) this.links[link]?.onDoubt();
  }

  onUnsolicitedError(code: number): void {
    this.links[0]?.onUnsolicitedError(code);
  }

  onMessage(line: Line, fields: Fields): void {
    const again = this.chat.decoder.message.sameHeader;
    const reader = again ? this.reader : this.readerOf(fields);
    this.reader = reader;
    if (reader === null) this.skip();
    else if (!again || !reader.onMessageAgain()) reader.onMessage(line, fields);
  }

  /**
   * Before host and modem are in step it may be the rest of an earlier client's message, whose beginning nobody has heard. What
   * another client's connection of the same number still reports is nobody's.
   */
  private readerOf(fields: Fields): ModemLink | null {
    const { learning, message } = this.chat.decoder;
    if (learning) {
      message.suspect = true;
      message.headerCache.invalidate();
    }
    const driver = this.driverOf(fields);
    if (driver === null || !driver.mayBeStale || this.isAlone(driver)) return driver;
    message.headerCache.invalidate();
    return null;
  }

  private isAlone(driver: ModemLink): boolean {
    for (let link = 0; link < this.links.length; link++) if (this.links[link] !== null && this.links[link] !== driver) return false;
    return true;
  }

  onFragment(): void {
    if (this.reader === null) this.skip();
    else this.reader.onFragment();
  }

  isSubscribed(fields: Fields, start: number, end: number): Match {
    const driver = this.driverOf(fields);
    return driver === null ? Match.None : driver.isSubscribed(start, end);
  }

  /** Nobody is there to read the message. */
  private skip(): void {
    this.reader = null;
    this.chat.decoder.skip();
    this.chat.released();
  }

  /** Lines of a modem with several MQTT clients begin with the client's number. */
  private driverOf(fields: Fields): ModemLink | null {
    if (this.links.length === 1) return this.links[0]!;
    const link = fields.int(0);
    return link >= 0 && link < this.links.length ? this.links[link]! : null;
  }

  onDone(request: Request, outcome: Outcome, code: number): void {
    if (request.listener !== null) {
      if (this.links.length === 1) return this.links[0]?.onDone(request, outcome, code);
      const own = request.listener.number;
      this.links[own]?.onDone(request, outcome, code);
      // They share the transmit buffer, where there are others.
      if (this.chat.requests.capacity > this.family.limits.window + Most.DriverOperations) for (let link = 0; link < this.links.length; link++) if (link !== own) this.links[link]?.onRoom();
    } else if (outcome !== Outcome.Aborted) this.onStepDone(outcome, code);
  }

  onOverflow(): void {
    for (let link = 0; link < this.links.length; link++) this.links[link]?.onOverflow();
  }
}

/** Bytes more that a command line may have with larger limits; a payload may stand in it in hex. */
function extra(before: Limits, after: Limits): number {
  const more = (from: number, to: number): number => (to > from ? to - from : 0);
  return 2 * more(before.payload, after.payload) + more(before.topic, after.topic) + 3 * more(before.credential, after.credential) +
    more(before.host, after.host) + more(before.willTopic, after.willTopic) + more(before.willMessage, after.willMessage);
}
