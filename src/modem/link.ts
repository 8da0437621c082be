import type { Chat } from "../at/chat/chat";
import { Slot } from "../at/chat/slots";
import type { Command } from "../at/commands/command";
import { Outcome, WireId, type Request, type RequestListener } from "../at/requests/request";
import type { Fields } from "../at/responses/fields";
import { CommonResponse, type Line } from "../at/responses/response-table";
import { Match } from "../at/framing/subscribed";
import { ENCODINGS, type Encoding } from "../bytes/encoding";
import { frozen } from "../bytes/frozen";
import { choice } from "../checks";
import { NetworkError, type MQTTModemError } from "../errors";
import { linkLost } from "./failure";
import { IdsFrom, type Family } from "./family";
import { checkedOptions, type LinkOptions } from "./family-options";
import type { Hook, HookedLink } from "./hook";
import { Incoming } from "./incoming";
import { Inquiry, type InquiryCallback, type InquiryHost } from "./inquiry";
import type { Limits } from "./limits";
import { errorOf, type FailingLink } from "./link-errors";
import type { LinkListener } from "./link-listener";
import type { Modem, ModemLink } from "./modem";
import type { DriverOptions } from "./options";
import { Outgoing, type OutgoingLink } from "./outgoing";
import { Poller, type PollHost } from "./poller";
import { Level, LEVELS } from "./recovery";
import { apply, Does, type ReportedLink } from "./reports";
import { Kind, type Script } from "./script";
import { ScriptRun, type ScriptHost } from "./script-run";
import type { Settings } from "./settings";
import { Stage } from "./stage";
import { Timeout } from "./timeouts";

/** In place of settings that are needed no more: nothing keeps a password longer than it must. */
const GONE = frozen({} as Settings);
/** Of {@link LEVELS}, what a plain driver can be asked for. */
const RECOVERIES = Object.freeze(["connect", "attach", "restart"]);

/**
 * One MQTT connection over a modem: its stage, its requests, and what its family's tables make of the modem's reports. Messages,
 * scripts, polls and the application's inquiry are parts of their own.
 */
export class Link implements RequestListener, ModemLink, ScriptHost, PollHost, InquiryHost, OutgoingLink, ReportedLink, HookedLink, FailingLink {
  // What each message needs comes first: XS looks for a property from the first one on.
  readonly chat: Chat;
  stage: Stage = Stage.Idle;
  readonly number: number;
  /** How many more publishes may be under way. */
  window: number;
  private client: LinkListener | null;
  readonly incoming: Incoming;
  readonly outgoing: Outgoing;
  readonly limits: Limits;
  readonly modem: Modem;
  readonly options: LinkOptions;
  readonly hook: Hook | null;
  readonly family: Family;

  /** What the connection is made with; let go of once the link is online. */
  settings: Settings = GONE;
  reason: MQTTModemError | null = null;
  /** Who takes this link's place when it has left. */
  successor: ModemLink | null = null;
  /** What is to be done before the connection is made; `Connect` once it has been. */
  recover: Level;
  /** The application has not named the number. */
  private readonly isAnyNumber: boolean;
  /** The modem may have a connection to the broker. */
  private isOpen = false;
  private script: ScriptRun | null = null;
  readonly poller: Poller;
  /** Made for the first one. */
  private inquiry: Inquiry | null = null;

  /**
   * @param number the modem's number for this connection
   * @throws ArgumentError
   */
  constructor(modem: Modem, number: number, options: DriverOptions & { link?: number }, client: LinkListener) {
    const { family } = modem;
    this.poller = new Poller(this, options.pollInterval);
    const encoding: Encoding = ENCODINGS.indexOf(choice("modem.payloadEncoding", options.payloadEncoding ?? "raw", ENCODINGS) as "raw");
    this.recover = LEVELS.indexOf(choice("modem.recover", options.recover ?? LEVELS[Level.Connect], modem.care?.recoveries ?? RECOVERIES) as "connect");
    this.modem = modem;
    this.chat = modem.chat;
    this.number = number;
    this.isAnyNumber = options.link === undefined;
    this.limits = modem.limits;
    this.window = modem.limits.window;
    this.client = client;
    this.family = family;
    this.options = family.settle(checkedOptions(family.options ?? {}, options as {}), options);
    this.hook = family.hook === undefined ? null : family.hook(this);
    this.incoming = new Incoming(modem.chat.decoder, family.message, encoding, client.inbox);
    this.outgoing = new Outgoing(this, encoding);
  }

  onDone(request: Request, outcome: Outcome, code: number): void {
    if (outcome === Outcome.Done && code === 0 && request.kind === Kind.Publish && !request.reported) this.client?.publisher.onPublished(request);
    else this.end(request, outcome, code);
    if (this.modem.links.count > 1) this.modem.tellOthersOfRoom(this.number);
  }

  /** A request has ended that is no publish, or in another way than well. */
  private end(request: Request, outcome: Outcome, code: number): void {
    const { kind } = request,
      { hook } = this;
    if (hook?.beforeDone?.(request, outcome, code) === true) return;
    if (kind < Kind.Inquiry) this.tellDone(request, outcome, code);
    else if (kind === Kind.Inquiry) this.inquiry!.onDone(outcome === Outcome.Done ? null : errorOf(this, request, outcome, code));
    else if (kind > Kind.Poll) this.script?.onDone(request, outcome, code);
    else if (this.script !== null) this.script.onPollEnd();
    else this.poller.onDone(request.command!, outcome);
    hook?.afterDone?.(request, outcome, code);
  }

  /** Tells the client how its request has ended. */
  private tellDone(request: Request, outcome: Outcome, code: number): void {
    if (request.reported && outcome !== Outcome.TimedOut && outcome !== Outcome.Aborted) return this.settle(outcome);
    if (outcome === Outcome.Done) return this.client?.onModemDone(request, null);
    const { chat } = this;
    // `ERROR` without a number, though numbers were asked for: has the modem restarted? The probe's answer tells.
    if (outcome === Outcome.Refused && code < 0 && this.family.restartsSilently === true && chat.idle) chat.resync();
    this.client?.onModemDone(request, errorOf(this, request, outcome, code));
    if (outcome === Outcome.Refused || outcome === Outcome.TimedOut) this.poller.pollSoon();
  }

  take(kind: Kind): Request | null {
    return this.chat.requests.take(this, kind, 0);
  }

  // ---- what the client asks

  /**
   * Brings the modem up where that is still to be done, and connects with `settings`; ends in `Stage.Online`, or in the
   * client's `onModemDown`.
   * @throws ArgumentError; what the port's class throws
   */
  start(settings: Settings): void {
    const { family, modem } = this;
    family.check?.(settings, this.options);
    modem.care?.sleep.check(settings, this.limits);
    this.settings = settings;
    this.poller.prepare(family.pollInterval ?? (settings.keepAlive === 0 ? Timeout.Poll : settings.keepAlive * 1000));
    this.reason = null;
    this.stage = Stage.Waking;
    modem.admit(this);
    modem.want(this);
  }

  subscribe(request: Request): void {
    this.submitTopics(request, this.family.subscribe);
  }

  unsubscribe(request: Request): void {
    this.submitTopics(request, this.family.unsubscribe);
  }

  private submitTopics(request: Request, command: Command): void {
    const items = request.items!;
    this.hook?.onSubscribe?.(request);
    request.wireId = this.family.packetIds === IdsFrom.Modem ? -1 : request.id;
    request.resultTimeout = this.options.resultTimeout;
    // What was asked for, until the broker's answer is seen.
    request.granted = 0;
    for (let i = 0; i < items.length; i++) request.grant(i, items[i].QoS);
    this.chat.submit(request, command);
  }

  /** Asks the modem for the application: see {@link Inquiry.ask}. @throws ArgumentError; StateError */
  inquire(line: string, done: InquiryCallback): void {
    (this.inquiry ??= new Inquiry(this)).ask(line, done);
  }

  /** Ends the session in good order, then the client's `onModemDown(null)`. */
  disconnect(): void {
    if (this.stage !== Stage.Online && this.stage !== Stage.Reconnecting) return;
    this.stage = Stage.Disconnecting;
    this.run(this.family.disconnect);
  }

  /** Lets go of the client at once, closes the connection if there may be one, then releases the link's place on the modem. */
  close(): void {
    if (this.client === null) return;
    const { chat, modem, family, stage } = this;
    this.client = null;
    this.incoming.close();
    this.inquiry?.forget();
    if (!modem.has(this)) return modem.release(this); // the link has never had its place, or has left it already
    chat.timers.clear(this.timer);
    if (chat.closed || !this.isOpen) return this.release();
    if (stage === Stage.Disconnecting) {
      modem.skipUnread(this);
      return chat.timers.set(this.timer, Timeout.Disconnect);
    }
    this.stage = Stage.Closing;
    chat.abort(this.number, false);
    modem.skipUnread(this);
    chat.timers.set(this.timer, Timeout.Close);
    this.run(stage === Stage.Online ? (family.abandon ?? family.close) : family.close);
  }

  /** Has nothing more to do. */
  private release(): void {
    this.stage = Stage.Idle;
    this.script = null;
    this.chat.abort(this.number, false);
    this.modem.release(this);
  }

  /** Has nothing to do any more but to release its place. */
  get isLeaving(): boolean {
    return this.stage === Stage.Idle || this.stage === Stage.Closing || (this.stage === Stage.Disconnecting && this.client === null);
  }

  // ---- the modem

  onModemStage(stage: Stage): void {
    if (this.stage === Stage.Idle || this.stage >= Stage.Connecting) return;
    this.stage = stage;
    this.client?.onModemStage(stage);
  }

  /** The modem is up and attached. */
  onReady(): void {
    if (this.stage === Stage.Idle || this.stage >= Stage.Connecting) return;
    this.isOpen = true;
    if (this.enter(Stage.Connecting)) this.run(this.family.connect);
  }

  /** The modem is gone, or has forgotten everything. */
  onModemLost(error: MQTTModemError, forgotten: boolean): void {
    if (forgotten) this.isOpen = false;
    if (this.stage === Stage.Closing) this.release();
    else this.endSession(error, forgotten);
  }

  /** The modem sleeps; or it has been woken, and is asked what has become of the connection: {@link onAwake} tells it. */
  onSleep(isAsleep: boolean): void {
    if (this.stage !== Stage.Online) return;
    if (isAsleep) this.client?.onModemStage(Stage.Asleep);
    else this.poller.onWoken();
  }

  onAwake(): void {
    this.client?.onModemStage(Stage.Online);
  }

  onTimer(): void {
    if (this.client === null) this.release();
    else if (this.stage === Stage.Waking) this.modem.want(this);
    else if (this.stage === Stage.Reconnecting)
      this.lose(linkLost(`is gone, and the modem has said nothing more of having it back for ${Timeout.Reconnect / 1000} s`));
    else this.poller.onTimer();
  }

  /** The slot of the link's timer. */
  get timer(): number {
    return Slot.Link + this.number;
  }

  // ---- the connection

  value(name: PropertyKey): any {
    const { options } = this;
    return name in options ? options[name as string] : this.settings[name as keyof Settings];
  }

  private run(script: Script): void {
    this.script = new ScriptRun(this, script);
    this.script.begin();
  }

  onScriptEnd(): void {
    this.script = null;
    switch (this.stage) {
      case Stage.Connecting:
        this.settings = GONE;
        if (!this.enter(Stage.Online)) return;
        this.hook?.onOnline?.(false);
        this.poller.start();
        this.client?.onModemConnected();
        return;
      case Stage.Disconnecting:
        this.isOpen = false;
        return this.endSession(null, false);
      case Stage.Closing:
        return this.release();
    }
  }

  onScriptFailed(request: Request, outcome: Outcome, code: number): void {
    this.endSession(errorOf(this, request, outcome, code), false);
  }

  /** False when the client has ended it all meanwhile. */
  private enter(stage: Stage): boolean {
    this.stage = stage;
    this.client?.onModemStage(stage);
    return this.stage === stage;
  }

  /** What reports a loss may be a message's line: then it is not believed, and the modem is asked. */
  private get mayBeForged(): boolean {
    return this.stage === Stage.Online && this.chat.mayBeForged();
  }

  loseReported(error: MQTTModemError): void {
    if (this.mayBeForged) this.poller.doubt(error);
    else this.endSession(error, false);
  }

  lose(error: MQTTModemError): void {
    if (!this.mayBeForged) this.endSession(error, false);
  }

  /** What was under way has failed. Every attempt of the modem's has as long again. */
  interrupt(error: MQTTModemError): void {
    if (this.stage === Stage.Online && !this.mayBeForged) {
      this.reason = error;
      this.stage = Stage.Reconnecting;
      this.chat.abort(this.number, false, true);
      if (this.stage === Stage.Reconnecting) this.client?.onModemStage(Stage.Reconnecting);
    }
    if (this.stage === Stage.Reconnecting) this.chat.timers.set(this.timer, Timeout.Reconnect);
  }

  restore(): void {
    if (this.stage !== Stage.Online && this.stage !== Stage.Reconnecting) return;
    this.hook?.onOnline?.(true);
    this.reason = null;
    this.stage = Stage.Online;
    this.chat.settle(this.number);
    this.poller.start();
    this.client?.onModemReconnected();
  }

  /** @param error why, or null where the application has ended it @param forgotten the modem has forgotten what was under way */
  private endSession(error: MQTTModemError | null, forgotten: boolean): void {
    if (this.stage === Stage.Idle || this.stage === Stage.Closing) return;
    this.stage = Stage.Idle;
    this.reason = error;
    this.script = null;
    this.chat.timers.clear(this.timer);
    this.chat.abort(this.number, forgotten);
    if (this.client === null) this.release();
    else this.client.onModemDown(error);
  }

  // ---- requests

  find(kind: Kind, id: number): Request | null {
    return this.chat.find(this.number, kind, id);
  }

  pending(kind: Kind): Request | null {
    return this.chat.find(this.number, kind, WireId.Any);
  }

  /** The publish is not over, and has as long again. */
  received(request: Request): void {
    this.chat.extend(request);
    if (request.QoS === 2 && !request.reported && !request.mayBeForged) this.client?.onModemReceived(request);
  }

  onSending(request: Request): void {
    if (request.kind < Kind.Inquiry) this.hook?.onSending?.(request);
  }

  /** A publish that had timed out is over on the wire: now the next one can go. */
  private settle(outcome: Outcome): void {
    if (outcome === Outcome.Unsettled)
      this.lose(
        new NetworkError(
          "LINK_LOST",
          "a publish was never answered, and its acknowledgement could be taken for that of the next one; the connection is given up",
        ),
      );
    else this.client?.onModemSettled();
  }

  // ---- what the modem says

  /** A report that no command has asked for. */
  onReport(line: Line, fields: Fields): void {
    const { reports, numbered } = this.family,
      rows = reports[line.id - CommonResponse.Family];
    if (rows === undefined) return;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      if (row.does === Does.Hook) return this.hook!.onReport!(line, fields);
      if (numbered && fields.int(0) !== this.number) return; // damaged
      if (apply(row, this, fields)) return;
    }
  }

  pinged(): void {
    this.client?.onModemPinged();
  }

  onUnsolicitedError(code: number): void {
    this.hook?.onUnsolicitedError?.(code);
  }

  onAnswer(request: Request, line: Line, fields: Fields): void {
    if (request.kind === Kind.Inquiry) this.inquiry!.onAnswer(request, line, fields);
    else this.onReport(line, fields);
  }

  onText(request: Request, start: number, end: number): void {
    if (request.kind === Kind.Poll) this.poller.onText();
    else this.inquiry?.keep(request, start, end);
  }

  isSubscribed(start: number, end: number): Match {
    return this.client === null ? Match.None : this.client.isSubscribed(start, end);
  }

  get subscriptions(): number {
    return this.client === null ? 0 : this.client.subscriptions;
  }

  /** What comes for this number may be another client's, of an earlier run, until the modem has answered the first command, which closes what is open. */
  get mayBeStale(): boolean {
    return this.isAnyNumber && this.stage <= Stage.Connecting && (this.stage < Stage.Connecting || this.chat.requests.count(this.number, Kind.Close) > 0);
  }

  onOverflow(): void {
    this.client?.onModemOverflow();
  }

  /** Another link's request is over, and may have left room in the transmit buffer. */
  onRoom(): void {
    if (this.stage === Stage.Online) this.client?.onModemRoom();
  }
}
