import type { Chat } from "../at/chat/chat";
import { Slot } from "../at/chat/slots";
import type { Command } from "../at/commands/command";
import { Missing, Outcome, WireId, type Request, type RequestListener } from "../at/requests/request";
import type { Fields } from "../at/responses/fields";
import type { Line } from "../at/responses/response-table";
import { Match } from "../at/framing/header";
import { decodableLength, encodedLength, encodeInPlace, ENCODINGS, Encoding } from "../bytes/encoding";
import { frozen } from "../bytes/frozen";
import { choice } from "../checks";
import { BrokerError, NetworkError, StateError, type MQTTModemError } from "../errors";
import type { Family, DriverOptions, LinkListener } from "./family";
import { failure } from "./failure";
import { Inquiries } from "./inquiries";
import type { Limits } from "./limits";
import type { Modem } from "./modem";
import { Timeout } from "./timeouts";
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

/** What all drivers share: one MQTT connection over a modem, its stages and requests, and telling its client. */
export abstract class Link extends Inquiries implements RequestListener {
  readonly modem: Modem;
  readonly chat: Chat;
  readonly number: number;
  /** What it connects with; let go of once it is online. */
  settings: Settings = GONE;
  /** How many publishes are not over. */
  publishing = 0;
  /** Who takes this one's place when it has left. */
  successor: Link | null = null;
  /** What is to be done before the connection is made; `Connect` once it has been. */
  recover: Level;
  readonly limits: Limits;
  /** Bytes that one message can have. */
  readonly longestPayload: number;
  readonly #encoding: Encoding;
  #client: LinkListener | null;

  #stage: Stage = Stage.Idle;
  /** The modem may have a connection to the broker. */
  #open = false;
  #reason: MQTTModemError | null = null;

  constructor(modem: Modem, link: number, options: DriverOptions, client: LinkListener) {
    super(options.pollInterval);
    this.#encoding = ENCODINGS.indexOf(choice("modem.payloadEncoding", options.payloadEncoding ?? "raw", ENCODINGS) as "raw");
    this.recover = LEVELS.indexOf(choice("modem.recover", options.recover ?? LEVELS[Level.Connect], RECOVERIES) as "connect");
    this.modem = modem;
    this.chat = modem.chat;
    this.number = link;
    this.limits = modem.limits;
    this.longestPayload = decodableLength(this.#encoding, modem.limits.payload);
    this.#client = client;
  }

  get family(): Family {
    return this.modem.family;
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
    this.run(this.family.disconnect);
  }

  /** Lets go of the client at once, closes the connection if there may be one, then leaves the modem. */
  shut(): void {
    if (this.#client === null) return;
    this.#client = null;
    this.forgetInquiry();
    if (!this.modem.has(this)) return this.modem.detach(this); // it has never had its turn, or has left already
    this.chat.timers.clear(this.waker);
    if (this.chat.closed || !this.#open) return this.leave();
    if (this.#stage === Stage.Disconnecting) {
      this.modem.dropUnread(this);
      return this.chat.timers.set(this.waker, Timeout.Disconnect);
    }
    this.#stage = Stage.Closing;
    this.chat.abort(this.number, false);
    this.modem.dropUnread(this);
    this.chat.timers.set(this.waker, Timeout.Close);
    this.run(this.family.close);
  }

  private leave(): void {
    this.#stage = Stage.Idle;
    this.stop();
    this.chat.abort(this.number, false);
    this.modem.detach(this);
  }

  take(kind: Kind): Request | null {
    const request = this.chat.requests.take();
    if (request !== null) {
      request.listener = this;
      request.kind = kind;
      if (kind === Kind.Publish) {
        request.inWindow = true;
        this.publishing++;
      }
    }
    return request;
  }

  /** A publish whose topic, QoS and payload are set; false when there is no room for it now. */
  protected abstract publish(request: Request): boolean;

  /** An request whose id the modem chooses is sent now. */
  onSending(_operation: Request): void {}

  subscribe(request: Request): void {
    this.acknowledgeable(request, this.family.subscribe);
  }

  unsubscribe(request: Request): void {
    this.acknowledgeable(request, this.family.unsubscribe);
  }

  private acknowledgeable(request: Request, command: Command): void {
    request.wireId = this.idOnWire(request);
    request.resultTimeout = this.ackPatience;
    // What was asked for, until the broker's answer is seen.
    request.granted = 0;
    const items = request.items!;
    for (let i = 0; i < items.length; i++) request.grant(i, items[i]!.QoS);
    this.chat.submit(request, command);
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
    const room = this.chat.room - this.tail;
    return room <= 0 ? 0 : this.#encoding === Encoding.Raw ? room : decodableLength(this.#encoding, room);
  }

  protected get defaultPollInterval(): number {
    return this.settings.keepAlive === 0 ? Timeout.Poll : this.settings.keepAlive * 1000;
  }

  /** Bytes that stand behind a payload. */
  protected get tail(): number {
    return 0;
  }

  /** Keeps a place in the transmit buffer for a payload of `length` bytes; false when there is no room now. */
  reserve(request: Request, length: number): boolean {
    const size = this.#encoding === Encoding.Raw ? length : encodedLength(this.#encoding, length);
    return this.chat.reserve(request, size + this.tail);
  }

  /**
   * Adds a part to a payload of which `left` bytes are still to come. What it is encoded to will begin before it.
   * @returns how many are to come then
   */
  fill(request: Request, bytes: Uint8Array, left: number): number {
    const length = bytes.length;
    if (length > 0) this.chat.requests.fill(request, bytes, left + this.tail);
    return left - length;
  }

  /** Sends a publish whose payload of `length` bytes is there; false when there is no room for it now. */
  send(request: Request, length: number): boolean {
    if (this.#encoding !== Encoding.Raw) encodeInPlace(this.#encoding, this.chat.requests.payloads, request.offset, length);
    return this.publish(request);
  }

  /** The session has begun. */
  protected onOnline(): void {
    this.watchOn();
  }

  /** The id that an request's result line will carry, or −1 where the modem chooses it. */
  protected idOnWire(request: Request): number {
    return request.id;
  }

  /** Milliseconds until the broker's acknowledgement, with all that the modem may send again. */
  abstract get ackPatience(): number;

  /** A line of the family's own that nobody asked for. */
  abstract onLine(line: Line, fields: Fields): void;

  /** What comes for its number may be another client's, of an earlier run. */
  get mayBeStale(): boolean {
    return false;
  }

  /** A message begins; a family reads its fields and calls {@link deliver}. */
  abstract onMessage(line: Line, fields: Fields): void;

  /** The error for the code of a result line. */
  protected abstract resultError(request: Request, code: number): MQTTModemError;

  /** The error for a `+CME ERROR` that means something in this family, or null for the common meaning. */
  protected refusal(_operation: Request, _code: number): MQTTModemError | null {
    return null;
  }

  onUnsolicitedError(_code: number): void {}

  protected wake(milliseconds: number): void {
    if (this.#stage !== Stage.Closing) this.chat.timers.set(this.waker, milliseconds);
  }

  /** Hands a message to the client, or drops it when the client has gone. */
  protected deliver(fields: Fields, topic: number, QoS: number, retain: number, duplicate: number): void {
    this.chat.decoder.message.decode(this.#encoding);
    if (this.#client === null) this.chat.decoder.skip();
    else this.#client.inbox.onMessage(fields, topic, QoS, retain, duplicate);
  }

  /** A message that begins as the one before: what its fields mean is known. False when it has to be read all the same. */
  onMessageAgain(): boolean {
    if (this.#client === null || this.#encoding !== Encoding.Raw) return false;
    return this.#client.inbox.onMessageAgain();
  }

  /** Ends the oldest request of a kind, with this id on the wire, or `Wire.Any`. */
  protected resolve(kind: Kind, wire: number, code: number): void {
    const request = this.chat.find(this.number, kind, wire);
    if (request !== null) this.chat.resolve(request, code);
  }

  /** Shows that the modem is still at it. */
  protected extend(kind: Kind, wire: number): void {
    const request = this.chat.find(this.number, kind, wire);
    if (request !== null) this.chat.extend(request);
  }

  /** PUBREC has come for the oldest publish: it is not over, and waits as long again. */
  protected received(wire: number): void {
    const request = this.chat.find(this.number, Kind.Publish, wire);
    if (request === null) return;
    this.chat.extend(request);
    if (request.QoS === 2 && !request.reported && !request.mayBeForged) this.#client?.onModemReceived(request);
  }

  /** PINGRESP has come. */
  protected pinged(): void {
    this.#client?.onModemPinged();
  }

  protected isOwed(kind: Kind): boolean {
    return this.chat.find(this.number, kind, WireId.Any) !== null;
  }

  /** What tells of a loss may be a message's line: then it is not believed, and the modem is asked. */
  private get isAlleged(): boolean {
    return this.#stage === Stage.Online && this.chat.mayBeForged();
  }

  down(error: MQTTModemError | null): void {
    if (error === null || !this.isAlleged) this.goDown(error, false);
  }

  /** The connection is lost, and the modem tries to have it back: what was under way has failed. */
  protected reconnecting(error: MQTTModemError): void {
    if (this.#stage !== Stage.Online || this.isAlleged) return;
    this.#reason = error;
    this.#stage = Stage.Reconnecting;
    this.chat.abort(this.number, false, true);
    if (this.#stage === Stage.Reconnecting) this.#client?.onModemStage(Stage.Reconnecting);
  }

  protected reconnected(): void {
    if (this.#stage !== Stage.Online && this.#stage !== Stage.Reconnecting) return;
    this.#reason = null;
    this.#stage = Stage.Online;
    this.chat.settle(this.number);
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
    if (this.enter(Stage.Connecting)) this.run(this.family.connect);
  }

  /** The modem is gone, or has forgotten everything. */
  onModemLost(error: MQTTModemError, forgotten: boolean): void {
    if (forgotten) this.#open = false;
    if (this.#stage === Stage.Closing) return this.leave();
    this.goDown(error, forgotten);
  }

  onTimer(): void {
    if (this.#client === null) this.leave();
    else if (this.#stage === Stage.Waking) this.modem.want(this);
    else this.onPollTimer();
  }

  onFragment(): void {
    if (this.#client === null) this.chat.decoder.skip();
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

  /** Another connection's request is over, and may have left room in the transmit buffer. */
  onRoom(): void {
    if (this.#stage === Stage.Online) this.#client?.onModemRoom();
  }

  onAnswer(request: Request, line: Line, fields: Fields): void {
    if (request.kind !== Kind.Inquiry) return this.onLine(line, fields);
    this.answered(request, line, fields);
  }

  onText(request: Request, start: number, end: number): void {
    if (request.kind === Kind.Poll) this.onStateText();
    else this.keepLine(request, start, end);
  }

  onDone(request: Request, outcome: Outcome, code: number): void {
    const kind = request.kind;
    if (kind < Kind.Inquiry) {
      if (outcome !== Outcome.Done) this.onFailed(request, outcome);
      if (request.reported && outcome !== Outcome.TimedOut && outcome !== Outcome.Aborted) return this.settled(outcome);
      if (outcome === Outcome.Done) return this.#client?.onModemDone(request, null);
      // `ERROR` without a number, though numbers were asked for: has it restarted? The marker's answer tells.
      if (outcome === Outcome.Refused && code < 0 && this.family.restartsSilently === true && this.chat.idle) this.chat.resync();
      this.#client?.onModemDone(request, this.error(request, outcome, code));
      if (outcome === Outcome.Refused || outcome === Outcome.TimedOut) this.pollSoon();
      return;
    }
    if (kind === Kind.Poll) return this.polled(request.command!, outcome);
    if (kind === Kind.Inquiry) return this.inquired(outcome === Outcome.Done ? null : this.error(request, outcome, code));
    if (outcome === Outcome.Aborted || !this.isRunning) return;
    if (outcome !== Outcome.Done && this.#stage !== Stage.Closing && !this.tolerates(outcome)) {
      return this.goDown(this.error(request, outcome, code), false);
    }
    this.advance();
  }

  /** A publish, subscribe or unsubscribe has failed; its client is told behind this. */
  protected onFailed(_operation: Request, _outcome: Outcome): void {}

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
    return Slot.Link + this.number;
  }

  private goDown(error: MQTTModemError | null, forgotten: boolean): void {
    if (this.#stage === Stage.Idle || this.#stage === Stage.Closing) return;
    this.#stage = Stage.Idle;
    this.#reason = error;
    this.stop();
    this.chat.timers.clear(this.waker);
    this.chat.abort(this.number, forgotten);
    if (this.#client === null) this.leave();
    else this.#client.onModemDown(error);
  }

  private error(request: Request, outcome: Outcome, code: number): MQTTModemError {
    switch (outcome) {
      case Outcome.Failed: return this.resultError(request, code);
      case Outcome.Refused: return this.refusal(request, code) ?? this.refusedStep(request, code) ?? failure(request, outcome, code);
      case Outcome.Aborted:
        return this.#reason ?? new StateError("CLOSED", "the session was ended before this was done; whether it was done is not known");
      case Outcome.TimedOut: return this.unansweredStep(request, code) ?? failure(request, outcome, code);
      default: return failure(request, outcome, code);
    }
  }

  /** The error for a step of a script that was refused for the SIM's sake, or without a reason where it was to make the connection. */
  private refusedStep(request: Request, code: number): MQTTModemError | null {
    if (request.kind < Kind.Step) return null;
    // Where the TCP connection is gone again, CONNECT is not allowed.
    if (code >= 0 && !(code === NOT_ALLOWED && request.kind === Kind.Connect)) return refusedService(code);
    // Some firmware says no more where the broker cannot be reached (ML302: C-10), or has closed the TCP connection at once.
    return this.noConnection(request, "and the modem does not say why");
  }

  /**
   * The error for a step that was to make the connection, where the modem has said nothing of its outcome: it is the broker that it
   * waits for. A modem that has not taken the command at all is one that does not work.
   * @param missing {@link Missing}
   */
  private unansweredStep(request: Request, missing: number): MQTTModemError | null {
    const waits = missing === Missing.Result || request.command!.final >= FINAL_WAITS;
    return waits ? this.noConnection(request, "and the modem has not said in time what came of it") : null;
  }

  /** The error for a step that was to make the connection; null for another one. */
  private noConnection({ kind }: Request, why: string): MQTTModemError | null {
    const { host, port } = this.settings;
    if (kind === Kind.Open)
      return new NetworkError("OPEN_FAILED", `no connection to ${host.string}:${port}, ${why}; check host, port, coverage, user name and password`);
    return kind !== Kind.Connect ? null
      : new BrokerError("CONNECT_FAILED", `the broker at ${host.string}:${port} has not accepted the connection, ${why}; check that an MQTT broker listens there`);
  }
}

/** What a driver module exports: `BC35G` and its like. One instance is one MQTT connection over a modem. */
export interface DriverClass<O = any> {
  new (modem: Modem, link: number, options: O, client: LinkListener): Link;
  readonly family: Family;
  /** Bit/s of the modem's UART from the factory. */
  readonly baud: number;
}
