import type { Channel } from "../at/channel/channel";
import type { Command } from "../at/commands/command";
import { Missing, Outcome, Wire, type Operation, type OperationOwner } from "../at/commands/operation";
import type { Fields } from "../at/lines/fields";
import type { Line } from "../at/lines/lexicon";
import { Match } from "../at/messages/header";
import { decodableLength, encodedLength, encodeInPlace, ENCODINGS, Encoding } from "../bytes/encoding";
import { frozen } from "../bytes/frozen";
import { choice } from "../checks";
import { BrokerError, NetworkError, StateError, type MQTTModemError } from "../errors";
import type { Dialect, DriverOptions, ModemClient } from "./dialect";
import { failure } from "./failure";
import { Inquirer } from "./inquirer";
import type { Limits } from "./limits";
import type { Modem } from "./modem";
import { Patience } from "./patience";
import { Level, LEVELS } from "./recovery";
import { Kind } from "./script";
import { refusedService } from "./sim";
import type { Settings } from "./settings";
import { Stage } from "./stage";

/** In place of settings that are needed no more: nothing keeps a password longer than it must. */
const GONE = frozen({} as Settings);
const USUAL_VERSION = 4;
/** Seconds that nobody has to have asked for: ECMA-419's default, that of `connect()`, and the modems' own. */
const USUAL_KEEP_ALIVE: readonly number[] = frozen([0, 60, 120]);
/** `+CME ERROR` for a command that does not fit the modem's state: 27.007 9.2.1. */
const NOT_ALLOWED = 3;
/** Milliseconds: a final that may take so long waits for the broker itself. */
const FINAL_WAITS = 30_000;
/** Of {@link LEVELS}, what a modem can be told. */
const RECOVERIES = Object.freeze(LEVELS.slice(0, Level.Reset));

/** What all drivers share: one MQTT connection over a modem, its stages and operations, and telling its client. */
export abstract class Driver extends Inquirer implements OperationOwner {
  readonly modem: Modem;
  readonly channel: Channel;
  readonly link: number;
  /** What it connects with; let go of once it is online. */
  settings: Settings = GONE;
  /** How many publishes are not over. */
  publishing = 0;
  /** Who takes this one's place when it has left. */
  heir: Driver | null = null;
  /** What is to be done before the connection is made; `Connect` once it has been. */
  recover: Level;
  readonly limits: Limits;
  /** Bytes that one message can have. */
  readonly longestPayload: number;
  readonly #encoding: Encoding;
  #client: ModemClient | null;

  #stage: Stage = Stage.Idle;
  /** The modem may have a connection to the broker. */
  #open = false;
  #reason: MQTTModemError | null = null;

  constructor(modem: Modem, link: number, options: DriverOptions, client: ModemClient) {
    super(options.pollInterval);
    this.#encoding = ENCODINGS.indexOf(choice("modem.payloadEncoding", options.payloadEncoding ?? "raw", ENCODINGS) as "raw");
    this.recover = LEVELS.indexOf(choice("modem.recover", options.recover ?? LEVELS[Level.Connect], RECOVERIES) as "connect");
    this.modem = modem;
    this.channel = modem.channel;
    this.link = link;
    this.limits = modem.limits;
    this.longestPayload = decodableLength(this.#encoding, modem.limits.payload);
    this.#client = client;
  }

  get dialect(): Dialect {
    return this.modem.dialect;
  }

  get stage(): Stage {
    return this.#stage;
  }

  // ---- what the client asks

  /**
   * Brings the modem up where that is still to be done, and connects with `settings`; ends in `Stage.Online`, or in the
   * client's `onModemDown`.
   * @throws what the port's class throws
   */
  start(settings: Settings): void {
    this.settings = settings;
    this.prepareWatch();
    this.#reason = null;
    this.#stage = Stage.Waking;
    this.modem.attach(this);
    this.modem.want(this);
  }

  /** It has nothing to do any more but to leave. */
  get leaving(): boolean {
    return this.#stage === Stage.Idle || this.#stage === Stage.Closing || (this.#stage === Stage.Disconnecting && this.#client === null);
  }

  /** Ends the session in good order, then the client's `onModemDown(null)`. */
  disconnect(): void {
    if (this.#stage !== Stage.Online && this.#stage !== Stage.Reconnecting) return;
    this.#stage = Stage.Disconnecting;
    this.run(this.dialect.disconnect);
  }

  /** Lets go of the client at once, closes the connection if there may be one, then leaves the modem. */
  shut(): void {
    if (this.#client === null) return;
    this.#client = null;
    this.forgetInquiry();
    if (!this.modem.has(this)) return this.modem.detach(this); // it has never had its turn, or has left already
    this.channel.sleep(this.waker);
    if (this.channel.closed || !this.#open) return this.leave();
    if (this.#stage === Stage.Disconnecting) {
      this.modem.dropUnread(this);
      return this.channel.wake(this.waker, Patience.Disconnect);
    }
    this.#stage = Stage.Closing;
    this.channel.abort(this.link, false);
    this.modem.dropUnread(this);
    this.channel.wake(this.waker, Patience.Close);
    this.run(this.dialect.close);
  }

  private leave(): void {
    this.#stage = Stage.Idle;
    this.stop();
    this.channel.abort(this.link, false);
    this.modem.detach(this);
  }

  take(kind: Kind): Operation | null {
    const operation = this.channel.operations.take();
    if (operation !== null) {
      operation.owner = this;
      operation.kind = kind;
      if (kind === Kind.Publish) {
        operation.counted = true;
        this.publishing++;
      }
    }
    return operation;
  }

  /** A publish whose topic, QoS and payload are set; false when there is no room for it now. */
  protected abstract publish(operation: Operation): boolean;

  /** An operation whose id the modem chooses is sent now. */
  onSending(_operation: Operation): void {}

  subscribe(operation: Operation): void {
    this.acknowledgeable(operation, this.dialect.subscribe);
  }

  unsubscribe(operation: Operation): void {
    this.acknowledgeable(operation, this.dialect.unsubscribe);
  }

  private acknowledgeable(operation: Operation, command: Command): void {
    operation.wire = this.idOnWire(operation);
    operation.patience = this.ackPatience;
    // What was asked for, until the broker's answer is seen.
    operation.granted = 0;
    const items = operation.items!;
    for (let i = 0; i < items.length; i++) operation.grant(i, items[i]!.QoS);
    this.channel.submit(operation, command);
  }

  // ---- settings that the application has asked for, and that are not as a modem has them anyhow

  get wantsWill(): boolean {
    return this.settings.will !== null;
  }

  get wantsSession(): boolean {
    return this.settings.clean === 0;
  }

  get wantsVersion(): boolean {
    return this.settings.protocolVersion !== USUAL_VERSION;
  }

  get wantsKeepAlive(): boolean {
    return !USUAL_KEEP_ALIVE.includes(this.settings.keepAlive);
  }

  // ---- what a family says

  /** Milliseconds, where the application names none. ECMA-419's is 0; a modem may have to have some. */
  get defaultKeepAlive(): number {
    return 0;
  }

  /** Refuses a payload that the family cannot send, beyond what its limits say. @throws ArgumentError */
  checkPublish(_length: number): void {}

  /** Bytes that one message can have now. */
  get room(): number {
    const room = this.channel.room - this.tail;
    return room <= 0 ? 0 : this.#encoding === Encoding.Raw ? room : decodableLength(this.#encoding, room);
  }

  protected get defaultPollInterval(): number {
    return this.settings.keepAlive === 0 ? Patience.Poll : this.settings.keepAlive * 1000;
  }

  /** Bytes that stand behind a payload. */
  protected get tail(): number {
    return 0;
  }

  /** Keeps a place in the transmit buffer for a payload of `length` bytes; false when there is no room now. */
  reserve(operation: Operation, length: number): boolean {
    const size = this.#encoding === Encoding.Raw ? length : encodedLength(this.#encoding, length);
    return this.channel.reserve(operation, size + this.tail);
  }

  /**
   * Adds a part to a payload of which `left` bytes are still to come. What it is encoded to will begin before it.
   * @returns how many are to come then
   */
  fill(operation: Operation, bytes: Uint8Array, left: number): number {
    const length = bytes.length;
    if (length > 0) this.channel.operations.fill(operation, bytes, left + this.tail);
    return left - length;
  }

  /** Sends a publish whose payload of `length` bytes is there; false when there is no room for it now. */
  send(operation: Operation, length: number): boolean {
    if (this.#encoding !== Encoding.Raw) encodeInPlace(this.#encoding, this.channel.operations.payloads, operation.offset, length);
    return this.publish(operation);
  }

  /** The session has begun. */
  protected onOnline(): void {
    this.watchOn();
  }

  /** The id that an operation's result line will carry, or −1 where the modem chooses it. */
  protected idOnWire(operation: Operation): number {
    return operation.id;
  }

  /** Milliseconds until the broker's acknowledgement, with all that the modem may send again. */
  abstract get ackPatience(): number;

  /** A line of the family's own that nobody asked for. */
  abstract onLine(line: Line, fields: Fields): void;

  /** What comes for its number may be another client's, of an earlier run. */
  get isStrange(): boolean {
    return false;
  }

  /** A message begins; a family reads its fields and calls {@link deliver}. */
  abstract onMessage(line: Line, fields: Fields): void;

  /** The error for the code of a result line. */
  protected abstract resultError(operation: Operation, code: number): MQTTModemError;

  /** The error for a `+CME ERROR` that means something in this family, or null for the common meaning. */
  protected refusal(_operation: Operation, _code: number): MQTTModemError | null {
    return null;
  }

  onUnsolicitedError(_code: number): void {}

  protected wake(milliseconds: number): void {
    if (this.#stage !== Stage.Closing) this.channel.wake(this.waker, milliseconds);
  }

  /** Hands a message to the client, or drops it when the client has gone. */
  protected deliver(fields: Fields, topic: number, QoS: number, retain: number, duplicate: number): void {
    this.channel.scanner.message.decode(this.#encoding);
    if (this.#client === null) this.channel.scanner.skip();
    else this.#client.inbox.onMessage(fields, topic, QoS, retain, duplicate);
  }

  /** A message that begins as the one before: what its fields mean is known. False when it has to be read all the same. */
  onMessageAgain(): boolean {
    if (this.#client === null || this.#encoding !== Encoding.Raw) return false;
    return this.#client.inbox.onMessageAgain();
  }

  /** Ends the oldest operation of a kind, with this id on the wire, or `Wire.Any`. */
  protected resolve(kind: Kind, wire: number, code: number): void {
    const operation = this.channel.find(this.link, kind, wire);
    if (operation !== null) this.channel.resolve(operation, code);
  }

  /** Shows that the modem is still at it. */
  protected extend(kind: Kind, wire: number): void {
    const operation = this.channel.find(this.link, kind, wire);
    if (operation !== null) this.channel.extend(operation);
  }

  /** PUBREC has come for the oldest publish: it is not over, and waits as long again. */
  protected received(wire: number): void {
    const operation = this.channel.find(this.link, Kind.Publish, wire);
    if (operation === null) return;
    this.channel.extend(operation);
    if (operation.QoS === 2 && !operation.abandoned && !operation.exposed) this.#client?.onModemReceived(operation);
  }

  /** PINGRESP has come. */
  protected pinged(): void {
    this.#client?.onModemPinged();
  }

  protected isOwed(kind: Kind): boolean {
    return this.channel.find(this.link, kind, Wire.Any) !== null;
  }

  /** What tells of a loss may be a message's line: then it is not believed, and the modem is asked. */
  private get isAlleged(): boolean {
    return this.#stage === Stage.Online && this.channel.alleges();
  }

  down(error: MQTTModemError | null): void {
    if (error === null || !this.isAlleged) this.goDown(error, false);
  }

  /** The connection is lost, and the modem tries to have it back: what was under way has failed. */
  protected reconnecting(error: MQTTModemError): void {
    if (this.#stage !== Stage.Online || this.isAlleged) return;
    this.#reason = error;
    this.#stage = Stage.Reconnecting;
    this.channel.abort(this.link, false, true);
    if (this.#stage === Stage.Reconnecting) this.#client?.onModemStage(Stage.Reconnecting);
  }

  protected reconnected(): void {
    if (this.#stage !== Stage.Online && this.#stage !== Stage.Reconnecting) return;
    this.#reason = null;
    this.#stage = Stage.Online;
    this.channel.settle(this.link);
    this.watchOn();
    this.#client?.onModemReconnected();
  }

  // ---- what the modem tells

  onModemStage(stage: Stage): void {
    if (this.#stage === Stage.Idle || this.#stage >= Stage.Connecting) return;
    this.#stage = stage;
    this.#client?.onModemStage(stage);
  }

  /** The modem is up and attached. */
  onReady(): void {
    if (this.#stage === Stage.Idle || this.#stage >= Stage.Connecting) return;
    this.#open = true;
    if (this.enter(Stage.Connecting)) this.run(this.dialect.connect);
  }

  /** The modem is gone, or has forgotten everything. */
  onModemLost(error: MQTTModemError, forgotten: boolean): void {
    if (forgotten) this.#open = false;
    if (this.#stage === Stage.Closing) return this.leave();
    this.goDown(error, forgotten);
  }

  onWake(): void {
    if (this.#client === null) this.leave();
    else if (this.#stage === Stage.Waking) this.modem.want(this);
    else this.onTimer();
  }

  onFragment(): void {
    if (this.#client === null) this.channel.scanner.skip();
    else this.#client.inbox.onFragment();
  }

  protected get subscriptions(): number {
    return this.#client === null ? 0 : this.#client.subscriptions;
  }

  isSubscribed(start: number, end: number): Match {
    return this.#client === null ? Match.None : this.#client.isSubscribed(start, end);
  }

  onOverflow(): void {
    this.#client?.onModemOverflow();
  }

  /** Another connection's operation is over, and may have left room in the transmit buffer. */
  onRoom(): void {
    if (this.#stage === Stage.Online) this.#client?.onModemRoom();
  }

  onAnswer(operation: Operation, line: Line, fields: Fields): void {
    if (operation.kind !== Kind.Inquiry) return this.onLine(line, fields);
    this.answered(operation, line, fields);
  }

  onText(operation: Operation, start: number, end: number): void {
    if (operation.kind === Kind.Poll) this.onStateText();
    else this.keepLine(operation, start, end);
  }

  onDone(operation: Operation, outcome: Outcome, code: number): void {
    const kind = operation.kind;
    if (kind < Kind.Inquiry) {
      if (outcome !== Outcome.Done) this.onFailed(operation, outcome);
      if (operation.abandoned && outcome !== Outcome.TimedOut && outcome !== Outcome.Aborted) return this.settled(outcome);
      if (outcome === Outcome.Done) return this.#client?.onModemDone(operation, null);
      // `ERROR` without a number, though numbers were asked for: has it restarted? The marker's answer tells.
      if (outcome === Outcome.Refused && code < 0 && this.dialect.restartsSilently === true && this.channel.idle) this.channel.synchronise();
      this.#client?.onModemDone(operation, this.error(operation, outcome, code));
      if (outcome === Outcome.Refused || outcome === Outcome.TimedOut) this.hurry();
      return;
    }
    if (kind === Kind.Poll) return this.polled(operation.command!, outcome);
    if (kind === Kind.Inquiry) return this.inquired(outcome === Outcome.Done ? null : this.error(operation, outcome, code));
    if (outcome === Outcome.Aborted || !this.isRunning) return;
    if (outcome !== Outcome.Done && this.#stage !== Stage.Closing && !this.tolerates(outcome)) {
      return this.goDown(this.error(operation, outcome, code), false);
    }
    this.advance();
  }

  /** A publish, subscribe or unsubscribe has failed; its client is told behind this. */
  protected onFailed(_operation: Operation, _outcome: Outcome): void {}

  /** What a publish that had timed out has come to, where only then the next one can go. */
  private settled(outcome: Outcome): void {
    if (outcome === Outcome.Unsettled)
      this.down(new NetworkError("LINK_LOST", "a publish was never answered, and its acknowledgement could be taken for that of the next one; the connection is given up"));
    else this.#client?.onModemSettled();
  }

  protected onScriptEnd(): void {
    switch (this.#stage) {
      case Stage.Connecting:
        this.settings = GONE;
        if (!this.enter(Stage.Online)) return;
        this.onOnline();
        this.#client?.onModemConnected();
        return;
      case Stage.Disconnecting:
        this.#open = false;
        return this.goDown(null, false);
      case Stage.Closing: return this.leave();
    }
  }

  /** False when the client has ended it all meanwhile. */
  private enter(stage: Stage): boolean {
    this.#stage = stage;
    this.#client?.onModemStage(stage);
    return this.#stage === stage;
  }

  private get waker(): number {
    return this.link + 1;
  }

  private goDown(error: MQTTModemError | null, forgotten: boolean): void {
    if (this.#stage === Stage.Idle || this.#stage === Stage.Closing) return;
    this.#stage = Stage.Idle;
    this.#reason = error;
    this.stop();
    this.channel.sleep(this.waker);
    this.channel.abort(this.link, forgotten);
    if (this.#client === null) this.leave();
    else this.#client.onModemDown(error);
  }

  private error(operation: Operation, outcome: Outcome, code: number): MQTTModemError {
    switch (outcome) {
      case Outcome.Failed: return this.resultError(operation, code);
      case Outcome.Refused: return this.refusal(operation, code) ?? this.refusedStep(operation, code) ?? failure(operation, outcome, code);
      case Outcome.Aborted:
        return this.#reason ?? new StateError("CLOSED", "the session was ended before this was done; whether it was done is not known");
      case Outcome.TimedOut: return this.unansweredStep(operation, code) ?? failure(operation, outcome, code);
      default: return failure(operation, outcome, code);
    }
  }

  /** The error for a step of a script that was refused for the SIM's sake, or without a reason where it was to make the connection. */
  private refusedStep(operation: Operation, code: number): MQTTModemError | null {
    if (operation.kind < Kind.Step) return null;
    // Where the TCP connection is gone again, CONNECT is not allowed.
    if (code >= 0 && !(code === NOT_ALLOWED && operation.kind === Kind.Connect)) return refusedService(code);
    // Some firmware says no more where the broker cannot be reached (ML302: C-10), or has closed the TCP connection at once.
    return this.noConnection(operation, "and the modem does not say why");
  }

  /**
   * The error for a step that was to make the connection, where the modem has said nothing of its outcome: it is the broker that it
   * waits for. A modem that has not taken the command at all is one that does not work.
   * @param missing {@link Missing}
   */
  private unansweredStep(operation: Operation, missing: number): MQTTModemError | null {
    const waits = missing === Missing.Result || operation.command!.final >= FINAL_WAITS;
    return waits ? this.noConnection(operation, "and the modem has not said in time what came of it") : null;
  }

  /** The error for a step that was to make the connection; null for another one. */
  private noConnection({ kind }: Operation, why: string): MQTTModemError | null {
    const { host, port } = this.settings;
    if (kind === Kind.Open)
      return new NetworkError("OPEN_FAILED", `no connection to ${host.string}:${port}, ${why}; check host, port, coverage, user name and password`);
    return kind !== Kind.Connect ? null
      : new BrokerError("CONNECT_FAILED", `the broker at ${host.string}:${port} has not accepted the connection, ${why}; check that an MQTT broker listens there`);
  }
}

/** What a driver module exports: `BC35G` and its like. One instance is one MQTT connection over a modem. */
export interface DriverClass<O = any> {
  new (modem: Modem, link: number, options: O, client: ModemClient): Driver;
  readonly dialect: Dialect;
  /** Bit/s of the modem's UART from the factory. */
  readonly baud: number;
}
