import { frozen } from "../bytes/frozen";
import { Channel, type ChannelOwner } from "../at/channel";
import type { Command } from "../at/command";
import type { Fields } from "../at/fields";
import { Common, type Lexicon, type Line } from "../at/lexicon";
import { Outcome, type Operation } from "../at/operation";
import { ArgumentError, ModemError, NetworkError, StateError, type MQTTModemError } from "../errors";
import { copyBytes, type Clock, type CopyBytes, type PortOptions } from "../platform";
import { ATTACHED, ATTENTION, ECHO_OFF, ERROR_NUMBERS } from "./common";
import { failure } from "./failure";
import type { Limits } from "./limits";
import { integer } from "../mqtt/arguments";
import { Kind, Tolerates, type Script, type Step } from "./script";
import type { Settings } from "./settings";

/** What a driver needs of its surroundings, and what can be changed about it. */
export interface ModemOptions {
  /** The serial port's class and that class's own options. */
  serial: PortOptions;
  clock: Clock;
  /** The host's bulk copy; a portable one when left out. */
  copy?: CopyBytes;
  /** Bytes of the receive ring, a power of two from 64 to 65536. Default 2048. */
  receiveBuffer?: number;
  /** Milliseconds that the modem may take until it answers `AT` at first. Default 30000. */
  bootTimeout?: number;
  /** Milliseconds that the modem may take to attach to the network. Default 120000. */
  attachTimeout?: number;
}

/** A modem family, as data. */
export interface Dialect<D = any> {
  /** For messages to people. */
  readonly name: string;
  readonly lexicon: Lexicon;
  readonly limits: Limits;
  /** Bytes of the transmit buffer for the longest command line. */
  readonly commandBuffer: number;
  /** The byte that leaves a data phase without sending, or 0. */
  readonly cancel: number;
  /** The line that a restart of the modem prints. */
  readonly restart: number;
  /** From an attached modem to an MQTT session. */
  readonly connect: Script<D>;
  /** From an MQTT session to a closed connection, in good order. */
  readonly disconnect: Script<D>;
  /** From anything to a closed connection. */
  readonly close: Script<D>;
  readonly subscribe: Command<D>;
  readonly unsubscribe: Command<D>;
}

/** Where a modem is on its way. */
export const enum Stage {
  /** Nothing is wanted of the modem. */
  Idle,
  /** Waiting until it answers at all. */
  Waking,
  /** Echo off, error numbers on, and both ends in step. */
  Preparing,
  /** Waiting for the network. */
  Attaching,
  /** Opening the connection to the broker. */
  Connecting,
  Online,
  Disconnecting,
  /** The application has gone; only the connection is still to be closed. */
  Closing,
}

/** The MQTT client, as a driver knows it. */
export interface ModemClient {
  /** The modem has reached a stage. */
  onStage(stage: Stage): void;
  /** The broker has answered CONNECT; 0 is acceptance, and `Stage.Online` has been reached. */
  onConnack(returnCode: number): void;
  /** The session is over: `error` says why, or is null when it was asked for. Nothing is under way any more. */
  onDown(error: MQTTModemError | null): void;
  /**
   * A message begins. The topic is field `topic` of `fields`, valid until this returns; the rest is told by the channel's
   * `scanner.message`. `QoS` and the flags are −1 where the modem does not tell them.
   */
  onMessage(fields: Fields, topic: number, QoS: number, retain: number, duplicate: number): void;
  onFragment(): void;
  /** A publish, subscribe or unsubscribe has ended; `error` is null when it ended well. */
  onDone(operation: Operation, error: MQTTModemError | null): void;
  /** Received bytes were lost. */
  onOverflow(): void;
}

const PREPARE: Script = frozen([
  { command: ECHO_OFF, tolerates: Tolerates.Failure },
  { command: ERROR_NUMBERS, tolerates: Tolerates.Failure },
]);
/** Milliseconds; the clock wraps at twice this. */
const LONGEST_WAIT = 0x3fffffff;
const PROBE_PAUSE = 500;
const ATTACH_PAUSE = 2000;
const CLOSE_PATIENCE = 5000;
/** Restarts while it is brought up, before its power supply is suspected. */
const RESTARTS = 5;

/** What all drivers share: bringing the modem up, running scripts, and telling the client. */
export abstract class Modem implements ChannelOwner {
  readonly dialect: Dialect;
  readonly channel: Channel;
  settings!: Settings;
  protected client: ModemClient;
  readonly #clock: Clock;
  readonly #bootTimeout: number;
  readonly #attachTimeout: number;

  #stage: Stage = Stage.Idle;
  #script: Script = PREPARE;
  #step = 0;
  #deadline = 0;
  #attached = false;
  /** The CMEE setting that the modem has really taken. */
  #cmee = -1;
  #restarts = 0;
  /** The modem may have a connection to the broker. */
  #open = false;
  #reason: MQTTModemError | null = null;

  constructor(dialect: Dialect, options: ModemOptions, client: ModemClient) {
    if (options === null || typeof options !== "object" || typeof options.serial?.io !== "function")
      throw new ArgumentError("ARGUMENT_TYPE", "modem.serial.io", options?.serial?.io, "must be the class of a serial port");
    if (typeof options.clock?.now !== "function")
      throw new ArgumentError("ARGUMENT_TYPE", "modem.clock", options.clock, "must be a clock (on Moddable the manifest provides it)");
    this.dialect = dialect;
    this.client = client;
    this.#clock = options.clock;
    this.#bootTimeout = integer("modem.bootTimeout", options.bootTimeout ?? 30_000, 0, LONGEST_WAIT);
    this.#attachTimeout = integer("modem.attachTimeout", options.attachTimeout ?? 120_000, 0, LONGEST_WAIT);
    const { io, ...serial } = options.serial;
    this.channel = new Channel(this, {
      openPort: (callbacks) => new io({ ...serial, ...callbacks }),
      clock: options.clock,
      copy: options.copy ?? copyBytes,
      lexicon: dialect.lexicon,
      receiveBuffer: options.receiveBuffer ?? 2048,
      commandBuffer: dialect.commandBuffer,
      payloadBuffer: dialect.limits.payload,
      cancel: dialect.cancel,
    });
  }

  get stage(): Stage {
    return this.#stage;
  }

  // ---- what the client asks

  /**
   * Opens the port, brings the modem up and connects with `settings`; ends in `Stage.Online` or in `onDown`.
   * @throws what the port's class throws
   */
  start(settings: Settings): void {
    this.channel.open();
    this.settings = settings;
    this.#reason = null;
    this.#restarts = 0;
    this.#wake();
  }

  /** Ends the session in good order, then `onDown(null)`. */
  disconnect(): void {
    if (this.#stage !== Stage.Online) return;
    this.#stage = Stage.Disconnecting;
    this.#run(this.dialect.disconnect);
  }

  /** Lets go of the client at once, closes the connection if there may be one, then the port. */
  shut(): void {
    this.client = NOBODY;
    if (this.#stage === Stage.Closing) return;
    this.channel.sleep();
    if (this.channel.closed || !this.#open) {
      this.#stage = Stage.Idle;
      this.channel.close();
      return;
    }
    this.#stage = Stage.Closing;
    this.channel.abort(false);
    if (this.channel.scanner.held) this.channel.scanner.skip();
    this.channel.wake(CLOSE_PATIENCE);
    this.#run(this.dialect.close);
  }

  /** Sends a publish whose topic, QoS and payload are set; false when there is no room for it now. */
  abstract publish(operation: Operation): boolean;

  subscribe(operation: Operation): void {
    operation.kind = Kind.Subscribe;
    operation.wire = operation.id;
    operation.patience = this.ackPatience;
    this.channel.submit(operation, this.dialect.subscribe);
  }

  unsubscribe(operation: Operation): void {
    operation.kind = Kind.Unsubscribe;
    operation.wire = operation.id;
    operation.patience = this.ackPatience;
    this.channel.submit(operation, this.dialect.unsubscribe);
  }

  /** Milliseconds until the broker's acknowledgement, with all that the modem may send again. */
  protected abstract get ackPatience(): number;

  // ---- what a driver tells

  /** A line of the family's own. */
  protected abstract onFamilyLine(line: Line, fields: Fields): void;

  abstract onMessage(line: Line, fields: Fields): void;

  /** Hands a message to the client, or drops it when the client has gone. */
  protected deliver(fields: Fields, topic: number, QoS: number, retain: number, duplicate: number): void {
    if (this.client === NOBODY) this.channel.scanner.skip();
    else this.client.onMessage(fields, topic, QoS, retain, duplicate);
  }

  /** The error for a result line's code. */
  protected abstract resultError(operation: Operation, code: number): MQTTModemError;

  /** The session is over, because of `error`. */
  protected down(error: MQTTModemError | null): void {
    if (this.#stage === Stage.Idle) return;
    if (this.#stage === Stage.Closing) return;
    this.#stage = Stage.Idle;
    this.#reason = error;
    this.channel.sleep();
    try {
      this.channel.abort(!this.#open);
    } finally {
      this.client.onDown(error);
    }
  }

  // ---- bringing up

  /** False when the client has ended it all meanwhile. */
  #enter(stage: Stage): boolean {
    this.#stage = stage;
    this.client.onStage(stage);
    return this.#stage === stage;
  }

  #wake(): void {
    if (!this.#enter(Stage.Waking)) return;
    this.#deadline = (this.#clock.now() + this.#bootTimeout) | 0;
    this.channel.scanner.learning = true;
    this.#submit(ATTENTION, Kind.Step, 0);
  }

  #attach(): void {
    this.channel.scanner.learning = false;
    if (!this.#enter(Stage.Attaching)) return;
    this.#deadline = (this.#clock.now() + this.#attachTimeout) | 0;
    this.#attached = false;
    this.#submit(ATTACHED, Kind.Step, 0);
  }

  onWake(): void {
    switch (this.#stage) {
      case Stage.Waking: return this.#submit(ATTENTION, Kind.Step, 0);
      case Stage.Attaching: return this.#submit(ATTACHED, Kind.Step, 0);
      case Stage.Closing: return this.channel.close();
    }
  }

  /** Tries again after a pause, unless the stage's time is over. */
  #again(pause: number, error: () => MQTTModemError): void {
    if (((this.#deadline - this.#clock.now()) | 0) <= 0) this.down(error());
    else this.channel.wake(pause);
  }

  onSynchronised(cmee: number): void {
    if (this.#stage === Stage.Preparing) {
      this.#cmee = cmee;
      this.#attach();
    }
    // CMEE falls back to 0 when the modem restarts (27.007 9.1), and everything else that was set with it.
    else if (cmee === 0 && this.#cmee !== 0 && this.#stage > Stage.Preparing) this.#restarted();
  }

  onSilent(): void {
    if (this.#stage === Stage.Closing) return this.channel.close();
    this.down(new ModemError("MODEM_SILENT", `the ${this.dialect.name} does not answer any more; check its power and its wiring, or reset it`));
  }

  #restarted(): void {
    const error = () => new ModemError("MODEM_RESTARTED",
      `the ${this.dialect.name} has restarted, and its connection is gone; a supply that is too weak is the usual reason`);
    this.#open = false; // and no answer is owed any more
    if (this.#stage === Stage.Closing) return this.channel.close();
    if (this.#stage >= Stage.Connecting || ++this.#restarts > RESTARTS) return this.down(error());
    if (this.#stage === Stage.Idle) return;
    this.channel.sleep();
    this.channel.abort(true);
    this.#wake();
  }

  // ---- scripts

  #run(script: Script): void {
    this.#script = script;
    this.#step = -1;
    this.#advance();
  }

  #advance(): void {
    while (++this.#step < this.#script.length) {
      const step: Step = this.#script[this.#step]!;
      if (step.when === undefined || step.when(this))
        return this.#submit(step.command, step.kind ?? Kind.Step, step.patience === undefined ? 0 : step.patience(this));
    }
    this.#scripted();
  }

  #scripted(): void {
    switch (this.#stage) {
      case Stage.Preparing: return this.channel.synchronise();
      case Stage.Connecting:
        if (this.#enter(Stage.Online)) this.client.onConnack(0);
        return;
      case Stage.Disconnecting:
        this.#open = false;
        return this.down(null);
      case Stage.Closing: return this.channel.close();
    }
  }

  #submit(command: Command, kind: Kind, patience: number): void {
    const operation = this.channel.take()!; // the client leaves one free
    operation.kind = kind;
    operation.patience = patience;
    this.channel.submit(operation, command);
  }

  onDone(operation: Operation, outcome: Outcome, code: number): void {
    if (operation.kind < Kind.Step) {
      this.client.onDone(operation, outcome === Outcome.Done ? null : this.#error(operation, outcome, code));
      return;
    }
    if (outcome === Outcome.Aborted) return;
    switch (this.#stage) {
      case Stage.Idle: return;
      case Stage.Waking:
        if (outcome !== Outcome.Done)
          return this.#again(PROBE_PAUSE, () => new ModemError("MODEM_SILENT",
            `no modem answers AT on this port after ${this.#bootTimeout / 1000} s; check wiring, power, that the port is the right one, and the baud rate`));
        if (this.#enter(Stage.Preparing)) this.#run(PREPARE);
        return;
      case Stage.Attaching:
        if (!this.#attached)
          return this.#again(ATTACH_PAUSE, () => new NetworkError("NOT_ATTACHED",
            `the modem has not attached to the network within ${this.#attachTimeout / 1000} s; check the SIM, the antenna and the coverage`));
        this.#open = true;
        if (!this.#enter(Stage.Connecting)) return;
        return this.#run(this.dialect.connect);
      default:
        if (outcome !== Outcome.Done && !this.#tolerated(outcome)) {
          const error = this.#error(operation, outcome, code);
          if (outcome === Outcome.Failed && error.code === "CONNECTION_REFUSED") this.client.onConnack(error.modemCode!);
          return this.down(error);
        }
        return this.#advance();
    }
  }

  #tolerated(outcome: Outcome): boolean {
    if (this.#stage === Stage.Closing) return true;
    const tolerates = this.#script[this.#step]!.tolerates ?? Tolerates.Nothing;
    return tolerates === Tolerates.Failure || (tolerates === Tolerates.Refusal && outcome === Outcome.Refused);
  }

  #error(operation: Operation, outcome: Outcome, code: number): MQTTModemError {
    if (outcome === Outcome.Failed) return this.resultError(operation, code);
    if (outcome === Outcome.Aborted)
      return this.#reason ?? new StateError("CLOSED", "the session was ended before this was done; whether it was done is not known");
    return failure(operation, outcome, code);
  }

  // ---- lines

  onAnswer(_operation: Operation, line: Line, fields: Fields): void {
    if (line.id === Common.Attach) this.#attached = fields.int(0) === 1;
    else this.onFamilyAnswer(line, fields);
  }

  protected onFamilyAnswer(_line: Line, _fields: Fields): void {}

  onText(_operation: Operation, _start: number, _end: number): void {}

  onUrc(line: Line, fields: Fields): void {
    if (line.id === this.dialect.restart) this.#restarted();
    else if (line.id >= Common.Family) this.onFamilyLine(line, fields);
  }

  onFragment(): void {
    if (this.client === NOBODY) this.channel.scanner.skip();
    else this.client.onFragment();
  }

  onOverflow(): void {
    this.client.onOverflow();
  }

  onPortError(error: unknown): void {
    this.#open = false; // nothing can be closed any more
    this.down(new ModemError("PORT_FAILED", `the serial port has failed: ${error instanceof Error ? error.message : String(error)}`, undefined, error));
  }
}

/** For a client that has gone. */
const NOBODY: ModemClient = frozen({
  onStage() {},
  onConnack() {},
  onDown() {},
  onMessage() {},
  onFragment() {},
  onDone() {},
  onOverflow() {},
});
