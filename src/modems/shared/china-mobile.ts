/**
 * What M531X and ML302 share: their MQTT clients descend from one code base (dialects.md 0.2, P11), and print the same
 * reports. How they are told what to do, and in which order they answer, is each family's own.
 */
import type { Command } from "../../at/commands/command";
import { Outcome, ResultCode, WireId, type Request } from "../../at/requests/request";
import { Byte } from "../../at/responses/bytes";
import { FieldKind, type Fields } from "../../at/responses/fields";
import { Follow, Framing, responses, type Line } from "../../at/responses/response-table";
import { frozen } from "../../bytes/frozen";
import { Text } from "../../bytes/text";
import { flag, integer } from "../../checks";
import { ArgumentError, BrokerError, ModemError, NetworkError, type MQTTModemError } from "../../errors";
import { CONNACK_CODES, meaning, type CodeTable } from "../../modem/codes";
import { tables } from "../../modem/commands";
import type { DriverOptions, LinkListener } from "../../modem/family";
import { Link } from "../../modem/link";
import { linkLost } from "../../modem/failure";
import type { InquiryCallback } from "../../modem/inquiries";
import type { Modem } from "../../modem/modem";
import { Kind, Tolerates, type Step } from "../../modem/script";
import type { Settings } from "../../modem/settings";
import { Stage } from "../../modem/stage";
import { IDS, PacketIds } from "./packet-ids";

/** What both families can be told beyond what all modems can. */
export interface ChinaMobileOptions extends DriverOptions {
  /** Seconds that the modem waits for an acknowledgement, 1–60, default 10; must be less than the keep-alive. */
  ackTimeout?: number;
  /** Whether the modem shows the broker's PINGRESPs. Default false. */
  showPings?: boolean;
}

/** Their names. */
export const OPTIONS = frozen({ ackTimeout: 1, showPings: 1 } satisfies Record<Exclude<keyof ChinaMobileOptions, keyof DriverOptions>, 1>);

/** What they say; some of it only one of them. */
export const enum Say {
  Open = 16,
  SubAck,
  UnsubAck,
  PubAck,
  PubRec,
  PubRel,
  PubComp,
  PingResp,
  AckTimeout,
  Reconnect,
  Disconnected,
  Stat,
  Cfg,
  SubList,
  Ping,
  Message,
  Restart,
  TLSFailed,
}

export const LINES = responses(
  Say.Open, "+MQTTOPEN",
  "+MQTTCONACK", // the M5311's manual: `+MQTTCONACK: FAIL` (B-17)
  Say.TLSFailed, "+QMTOPEN", // a stray `+QMTOPEN: 0,-1` of the ML302's client (4.5)
  Say.SubAck, "+MQTTSUBACK", { numbers: [1, 1] },
  Say.UnsubAck, "+MQTTUNSUBACK", { numbers: [1, 1] },
  Say.PubAck, "+MQTTPUBACK",
  Say.PubRec, "+MQTTPUBREC",
  Say.PubRel, "+MQTTPUBREL",
  Say.PubComp, "+MQTTPUBCOMP",
  Say.PingResp, "+MQTTPINGRSP",
  "+MQTTPINGRESP", // B-4, C-2; what an M5310-A really sends
  Say.AckTimeout, "+MQTTTO", { numbers: [1, 1] },
  Say.Reconnect, "+MQTTREC", { numbers: [1, 2] },
  Say.Disconnected, "+MQTTDISC",
  Say.Stat, "+MQTTSTAT", { numbers: [1, 1] },
  Say.Cfg, "+MQTTCFG",
  "AT+MQTTCFG", // as S2's table prints the answer (B-7)
  Say.SubList, "+MQTTSUB",
  // What a start prints: an M5311 these, and `+CPIN: READY` (dialects.md 1, rule 10), an M5310-A what its chip family does; no document
  // has an ML302's, and the first is the one of the maker's next module.
  Say.Restart, "+MATREADY", { follow: Follow.End },
  "*ATREADY",
  "REBOOT_CAUSE_", { follow: Follow.Anything },
  Say.Message, "+MQTTPUBLISH", { framing: Framing.Counted, topic: 4 },
);

const BACKSLASH = 0x5c;

/** Whether the modem may leave the byte out of a topic that it repeats, or put it in. */
function isVague(byte: number): boolean {
  return byte === Byte.Blank || byte === BACKSLASH;
}

const OK = frozen(new Text("OK", "OK", 2));

const { say, all } = tables<ChinaMobile>(LINES, {});

/** Retain comes before QoS here, and what is not used is sent empty. */
export const OPEN = "AT+MQTTOPEN={settings.user?},{settings.password?},{settings.will?},{settings.will.retain?},{settings.will.QoS?},{settings.will.topic},{settings.will.message}";

/** For ML302 in the worked session and in drivers, not in the command chapter (C-3). */
export const DELETE = say("AT+MQTTDEL", { tolerates: Tolerates.Failure });

const STATUS = say("AT+MQTTSTAT?", { takes: (fields) => fields.areNumbers(1, 1) });

/** After the heading, one bare topic a line (6.6). */
export const SUBSCRIPTIONS = say("AT+MQTTSUB?", { text: true });

/** What is alike in both families. @param disconnect sends an MQTT DISCONNECT */
export const family = (disconnect: Step) => ({
  cancel: 0,
  links: 1,
  oneOfAKind: true, // packet ids are the modem's and unannounced (6.4)
  restart: Say.Restart,
  readyAtStart: true,
  poll: STATUS,
  disconnect: all(disconnect, DELETE),
  // First without an MQTT DISCONNECT, so that the broker publishes the will; with one where the modem wants it before MQTTDEL.
  close: all({ ...DELETE, when: "inSession" }, disconnect, DELETE),
});

/** Bytes, and the one protocol level that both have: 3.1 in S2's text, 3.1.1 on the wire (B-11). */
export const LIMITS = frozen({ host: 128, credential: 128, topics: 1, grantsEach: true, protocolVersions: [4], window: 1 });

/** `+MQTTTO: <type>`: what was not acknowledged in time (S2 1.14). */
const enum Timeout {
  Connect = 1,
  Publish = 2,
  Subscribe = 3,
  Unsubscribe = 4,
  Ping = 5,
}

/** Seconds: what the modems have where they are told nothing else. */
const USUAL_ACK_TIMEOUT = 10;

/** Codes of our own for results that have none. */
export const enum Failure {
  /** `+MQTTOPEN:FAIL`, `+MQTTCONACK: FAIL`. */
  Open = 1,
  /** `+MQTTDISC` while a connection was being opened: the modem has given up. */
  GaveUp = 2,
  Timeout = 3,
  /** A CONNACK return code stands behind it. */
  ReturnCode = 256,
}

/** What the drivers for M531X and ML302 share. */
export abstract class ChinaMobile extends Link {
  readonly ackTimeout: number;
  readonly showPings: number;
  /** There is a session, as far as is known. */
  inSession = false;
  /** What the modem shows of the ids that it chooses. */
  private readonly ids = new PacketIds();
  /** This modem reports PUBRECs. Some firmware may report the end of a publish at QoS 2 alone. */
  private reportsReceived = false;
  /** It prints the final of a command before its result, as S2 has it and S3 has not. */
  private finalFirst = false;
  /** How many the modem's list of subscriptions has had. */
  private listed = 0;
  /** Something was subscribed that would read as a line of the modem's own in that list: it is not asked for. */
  private unlistable = false;
  /** The list had fewer than there are, and they were subscribed again: another time that proves nothing. */
  private unlisted = false;

  constructor(modem: Modem, link: number, options: ChinaMobileOptions, client: LinkListener) {
    super(modem, link, options, client);
    this.ackTimeout = integer("modem.ackTimeout", options.ackTimeout ?? USUAL_ACK_TIMEOUT, 1, 60);
    this.showPings = flag("modem.showPings", options.showPings ?? false);
  }

  override start(settings: Settings): void {
    // Otherwise PINGREQ cannot notice that the network is dead (S2 1.2, S3 line 150).
    if (settings.keepAlive !== 0 && settings.keepAlive <= this.ackTimeout)
      throw new ArgumentError("ARGUMENT_RANGE", "keepAlive", settings.keepAlive * 1000, `must be more than modem.ackTimeout, which is ${this.ackTimeout} s`);
    super.start(settings);
  }

  get wantsAckTimeout(): boolean {
    return this.ackTimeout !== USUAL_ACK_TIMEOUT;
  }

  get ackPatience(): number {
    return this.ackTimeout * 1000 + 5000;
  }

  protected override onOnline(): void {
    this.inSession = true;
    this.unlisted = this.unlistable = false;
    this.ids.reset();
    super.onOnline();
  }

  override down(error: MQTTModemError | null): void {
    this.inSession = false;
    super.down(error);
  }

  protected override reconnected(): void {
    this.inSession = true;
    this.ids.reset();
    super.reconnected();
  }

  /** The modem's own, and unannounced (6.4). */
  protected override idOnWire(): number {
    return -1;
  }

  protected publish(request: Request): boolean {
    request.wireId = -1;
    request.resultTimeout = request.QoS === 2 ? this.ackPatience * 2 : this.ackPatience;
    this.chat.submit(request, this.publishCommand(request));
    return true;
  }

  override subscribe(request: Request): void {
    if (!isListable(request.items![0]!.text.string, this.family.responses.responses)) this.unlistable = true;
    super.subscribe(request);
  }

  /** @throws ArgumentError also when the modem's answer could not be told from lines of its own */
  override inquire(line: string, done: InquiryCallback): void {
    if (line === SUBSCRIPTIONS.line && this.unlistable)
      throw new ArgumentError("ARGUMENT_RANGE", "inquiry", line, "must not be asked in this connection, in which a topic was subscribed that looks like a line of the modem's own: the list would have it without quotes");
    super.inquire(line, done);
  }

  override onSending({ kind, QoS }: Request): void {
    if (kind < Kind.Inquiry) this.ids.sent(kind, kind !== Kind.Publish || QoS > 0);
  }

  /** What sends it, by its QoS and as its payload asks for. */
  protected abstract publishCommand(request: Request): Command;

  /** `+MQTTPUBLISH: <dup>,<qos>,<retained>,<packId>,<topic>,<msg_len>,<message>`. */
  onMessage(_line: Line, fields: Fields): void {
    this.deliver(fields, 4, upTo(2, fields.int(1)), upTo(1, fields.int(2)), upTo(1, fields.int(0)));
  }

  onLine(line: Line, fields: Fields): void {
    switch (line.id) {
      case Say.PubAck: return this.acknowledged(fields, 1);
      case Say.PubComp: return this.acknowledged(fields, 2);
      case Say.PubRec: return this.halfway(fields);
      case Say.PingResp: return this.pinged();
      case Say.SubAck: return this.subscribed(fields);
      case Say.UnsubAck: return this.unsubscribed(fields);
      case Say.Open: return this.opened(fields);
      case Say.TLSFailed: return this.resolve(Kind.Open, WireId.Any, Failure.Open);
      case Say.Disconnected: return this.disconnected();
      case Say.AckTimeout:
      case Say.Reconnect: return fields.count > 1 ? undefined : this.reported(line.id, fields.int(0)); // two are a late answer to AT+MQTTREC? (6.5)
    }
  }

  /** `+MQTTTO: <type>` or `+MQTTREC:<n>`. */
  protected reported(line: number, value: number): void {
    if (line === Say.AckTimeout) this.timedOut(value);
    else this.tries(value);
  }

  /** `+MQTTPUBACK:<packId>,<dup>`, or the other way round; the one publish under way is meant, unless it is an earlier one's. */
  private acknowledged(fields: Fields, QoS: number): void {
    const request = this.chat.find(this.number, Kind.Publish, WireId.Any), id = packetId(fields);
    if (request === null || request.QoS !== QoS || id < 0) return;
    const early = this.chat.awaitsFinal(request);
    if (this.isRepetition(request, id, early)) return this.ids.doubt(Kind.Publish);
    if (!this.ids.isOf(Kind.Publish, id)) return;
    if (!early && !request.reported) this.finalFirst = true;
    this.chat.resolve(request, 0);
  }

  /**
   * Whether what acknowledges the publish is the last one's acknowledgement, printed again, though its id does not tell. At QoS 2
   * the PUBREC is missing; and a modem that prints finals first prints no acknowledgement before the final.
   */
  private isRepetition(request: Request, id: number, early: boolean): boolean {
    if (this.ids.tells(Kind.Publish)) return false;
    if (request.QoS === 2 && request.granted === 0 && this.reportsReceived) return true;
    return early && this.finalFirst && this.ids.isLast(Kind.Publish, id);
  }

  private halfway(fields: Fields): void {
    const request = this.chat.find(this.number, Kind.Publish, WireId.Any), id = packetId(fields);
    if (id < 0 || request === null || request.QoS !== 2 || !this.ids.mayBe(Kind.Publish, id)) return;
    this.reportsReceived = true;
    this.received(WireId.Any);
    request.granted = 1;
  }

  /** `+MQTTSUBACK: <packId>,<code>,<topic>`. */
  private subscribed(fields: Fields): void {
    const request = this.chat.find(this.number, Kind.Subscribe, WireId.Any);
    const code = grantOf(fields, 1);
    if (request === null || code < 0 || this.isAnothers(request, fields, 2) || !this.ids.isOf(Kind.Subscribe, fields.int(0))) return;
    request.granted = 0;
    request.grant(0, code);
    this.chat.resolve(request, 0);
  }

  /** `+MQTTUNSUBACK:<packId>,<topic>`. */
  private unsubscribed(fields: Fields): void {
    const request = this.chat.find(this.number, Kind.Unsubscribe, WireId.Any);
    if (request !== null && !this.isAnothers(request, fields, 1) && this.ids.isOf(Kind.Unsubscribe, fields.int(0))) this.chat.resolve(request, 0);
  }

  /**
   * Whether the line ends with another topic than the request's, so that it is late, and of an earlier one (dialects.md 6.4).
   * The topic may be missing, have quotes, and blanks and backslashes where the command had none.
   */
  private isAnothers(request: Request, fields: Fields, field: number): boolean {
    if (fields.length(field) === 0) return false;
    const { ring, decoder: decoder } = this.chat, bytes = ring.bytes, mask = ring.mask, end = decoder.lineEnd;
    const topic = request.items![0]!.text.bytes;
    let at = fields.start(field), matched = 0;
    for (;;) {
      while (at !== end && isVague(bytes[at & mask]!)) at = (at + 1) | 0;
      while (matched < topic.length && isVague(topic[matched]!)) matched++;
      if (at === end || matched === topic.length || bytes[at & mask] !== topic[matched]) break;
      at = (at + 1) | 0;
      matched++;
    }
    return matched < topic.length || (at !== end && bytes[at & mask] !== Byte.Quote);
  }

  /** `+MQTTOPEN:OK`, `+MQTTOPEN:FAIL`, `+MQTTOPEN: <connack_rc>,<sessionPresent>`, `+MQTTCONACK: FAIL`. */
  private opened(fields: Fields): void {
    const returnCode = fields.int(0);
    const good = returnCode === 0 || fields.is(0, OK);
    if (this.isOwed(Kind.Open)) this.resolve(Kind.Open, WireId.Any, good ? 0 : returnCode > 0 ? Failure.ReturnCode + returnCode : Failure.Open);
    // Nobody asked: the modem has connected again by itself, and forgotten the subscriptions (3.6).
    else if (good) {
      // Its report of the loss may have been lost itself: what was under way has failed all the same.
      if (this.stage === Stage.Online) this.reconnecting(linkLost("was gone; the modem has it back (+MQTTOPEN)"));
      if (this.stage === Stage.Reconnecting) this.reconnected();
    }
  }

  /** `+MQTTDISC:OK`: the answer to the host's own, or the end of a connection or of the attempts at one. */
  private disconnected(): void {
    if (this.isOwed(Kind.Disconnect)) return this.resolve(Kind.Disconnect, WireId.Any, 0);
    if (this.isOwed(Kind.Open)) return this.resolve(Kind.Open, WireId.Any, Failure.GaveUp);
    if (this.stage === Stage.Online || this.stage === Stage.Reconnecting)
      this.down(linkLost("is gone, and the modem has given up having it back (+MQTTDISC)"));
  }

  /** `+MQTTTO: <type>`. */
  private timedOut(type: number): void {
    switch (type) {
      case Timeout.Publish: return this.ackTimedOut(Kind.Publish);
      case Timeout.Subscribe: return this.ackTimedOut(Kind.Subscribe);
      case Timeout.Unsubscribe: return this.ackTimedOut(Kind.Unsubscribe);
    }
  }

  /** The modem waits no more for the acknowledgement of the one of this kind. */
  private ackTimedOut(kind: Kind): void {
    const request = this.chat.find(this.number, kind, WireId.Any);
    if (request === null) return;
    // One that the host has given up before has had its time: nothing comes for it any more.
    if (kind === Kind.Publish && !request.reported) this.ids.late();
    this.chat.resolve(request, Failure.Timeout);
  }

  override onDone(request: Request, outcome: Outcome, code: number): void {
    super.onDone(request, outcome, code);
    const kind = request.kind;
    if (kind > Kind.Unsubscribe || (kind === Kind.Publish && request.QoS === 0)) return;
    if (request.reported && outcome !== Outcome.TimedOut) return; // its time limit has told the ids of it
    if (outcome === Outcome.Refused && code === ACK_TIMEOUT) {
      if (kind === Kind.Publish && request.result === ResultCode.Pending) this.ids.late(); // otherwise +MQTTTO has told of it
    } else if (outcome === Outcome.Refused || (outcome === Outcome.Failed && code !== Failure.Timeout) || (outcome === Outcome.Done && code !== 0)) this.ids.unsent(kind);
    else if (outcome === Outcome.TimedOut) {
      // The modem has accepted it, so that it has had an id, which is none of the next one's.
      const tells = this.ids.tells(kind) && (request.answerSkipped || !this.chat.inDoubt);
      if (!tells) this.ids.unsent(kind);
      this.ids.timedOut(kind);
      // It is told from the next one's acknowledgement, or what has come for it was perhaps its own: nothing is to be waited for.
      if (kind === Kind.Publish && (tells || request.answerSkipped || this.ids.hasDoubted(kind)) && this.chat.find(this.number, kind, WireId.Any) === request) this.chat.resolve(request, Failure.Timeout);
    }
  }

  /** `+MQTTREC:<n>`: the modem begins its n-th try, counted from 0. */
  private tries(attempt: number): void {
    if (this.isOwed(Kind.Open)) return this.extend(Kind.Open, WireId.Any);
    this.reconnecting(linkLost(`is gone; the modem tries to have it back (+MQTTREC ${attempt})`));
  }

  /** Every try gives the modem as long again. */
  protected override reconnecting(error: MQTTModemError): void {
    this.inSession = false;
    super.reconnecting(error);
    if (this.stage === Stage.Reconnecting) this.wake(RECONNECT_PATIENCE);
  }

  protected override onPollTimer(): void {
    if (this.stage !== Stage.Reconnecting) return super.onPollTimer();
    this.down(linkLost(`is gone, and the modem has said nothing more of having it back for ${RECONNECT_PATIENCE / 1000} s`));
  }

  // ---- a report that nobody could hear

  /** What `+MQTTSTAT` says. */
  protected abstract get states(): States;

  /** The command that lists the subscriptions, where the modem may have had a connection back; it has lost them then (3.6). */
  protected abstract get listing(): Command | null;

  protected onState(line: Line, fields: Fields): void {
    if (line.id === Say.SubList) {
      if (fields.count > 0) this.listed++; // on the heading's own line
      else this.listed = 0;
      return;
    }
    const { connected, gone, meanings } = this.states;
    const state = fields.int(0);
    if (state === connected) return;
    const error = linkLost(`is gone, and no report of it has come: ${meaning(meanings, state)} (+MQTTSTAT ${state})`);
    if (state <= gone) this.down(error);
    else this.reconnecting(error);
  }

  protected override onStateText(): void {
    this.listed++;
  }

  protected override onPollEnd(command: Command, outcome: Outcome): void {
    const { listing } = this;
    if (command === this.family.poll) {
      super.onPollEnd(command, outcome);
      if (listing === null || this.unlistable || !this.isSubscribing) return;
      this.listed = 0;
      this.ask(listing);
    } else if (outcome !== Outcome.Done) return; // it was not answered, and tells nothing
    else if (this.listed >= this.subscriptions) this.unlisted = false;
    else if (this.isSubscribing && !this.unlisted) {
      this.unlisted = true;
      this.reconnecting(linkLost("was gone, and no report of it has come; the modem has it back, and has not all subscriptions any more (AT+MQTTSUB?)"));
      this.reconnected();
      this.watch(RECHECK);
    }
  }

  /** The list must have something: there are subscriptions, and none is under way. */
  private get isSubscribing(): boolean {
    return this.subscriptions > 0 && this.chat.count(this.number, Kind.Subscribe) === 0;
  }

  protected resultError(request: Request, code: number): MQTTModemError {
    const what = request.command!.name;
    if (request.kind === Kind.Open) {
      const where = `${this.settings.host.string}:${this.settings.port}`;
      if (code > Failure.ReturnCode)
        return new BrokerError("CONNECTION_REFUSED", `the broker refused the connection: ${meaning(CONNACK_CODES, code - Failure.ReturnCode)} (return code ${code - Failure.ReturnCode})`, code - Failure.ReturnCode);
      return code === Failure.GaveUp
        ? new NetworkError("OPEN_FAILED", `no connection to ${where}: the modem has given up after its own tries (+MQTTDISC); check host, port, coverage, user name and password`)
        : new NetworkError("OPEN_FAILED", `no connection to ${where} (+MQTTOPEN:FAIL); check host, port, coverage, user name and password`);
    }
    if (code === Failure.Timeout)
      return new BrokerError("ACK_TIMEOUT", `the broker did not acknowledge ${what} within ${this.ackTimeout} s (+MQTTTO); whether it was done is not known`);
    return new ModemError("COMMAND_REFUSED", `${what} failed with the modem's result ${code}`, code);
  }
}

/** Whether the topic filter can stand bare in a line, and be no other line. Blanks do not count: a modem's own may have some. */
function isListable(filter: string, lines: readonly Line[]): boolean {
  const text = filter.replace(/ /g, "");
  return !text.startsWith("AT+") && !lines.some((line) => (line.follow === Follow.End ? text === line.text : text.startsWith(line.text)));
}

/** A value that is no more than `most`; −1 for one that is damaged, as for one that is not told. */
function upTo(most: number, value: number): number {
  return value > most ? -1 : value;
}

const REFUSED = 128;
/** `+CME ERROR` of an ML302 whose acknowledgement has not come in time (7.4). */
const ACK_TIMEOUT = 616;
/** In place of what cannot be read. */
const UNREADABLE = -1;
/** As the scan of S3 prints the dup flag 0 once (C-1). */
const LETTER_O = frozen(new Text("O", "O", 1));

/**
 * The packet id in `<packId>,<dup>` or `<dup>,<packId>`: the flag is 0 or 1, and an id at the least 1 (dialects.md 6.3). 0 where
 * neither is one, `UNREADABLE` where a field is no number.
 */
function packetId(fields: Fields): number {
  const first = pairField(fields, 0), second = fields.count > 1 ? pairField(fields, 1) : 0;
  if (fields.count === 0 || first < 0 || second < 0 || (first > 1 && second > 1)) return UNREADABLE;
  const id = first > second ? first : second;
  return id > IDS ? UNREADABLE : id;
}

function pairField(fields: Fields, index: number): number {
  return fields.is(index, LETTER_O) ? 0 : fields.int(index, UNREADABLE);
}

/** The code of a SUBACK as the modems print it: 0, 1, 2, or anything else for a refusal; or as S2's table does, `0x00` and so on. */
function grantOf(fields: Fields, index: number): number {
  if (fields.kind(index) === FieldKind.Integer) return fields.int(index);
  for (let code = 0; code < HEX_CODES.length; code++) if (fields.is(index, HEX_CODES[code]!)) return code < 3 ? code : REFUSED;
  return UNREADABLE;
}

const HEX_CODES = frozen(["0x00", "0x01", "0x02", "0x80"].map((code) => new Text("code", code, 4)));
/** Milliseconds for one try: the modem's pause before it, 16 s at the most, and an opening that takes its time (3.6). */
const RECONNECT_PATIENCE = 180_000;
/** Milliseconds until the list of subscriptions is looked at again, once all have been made anew. */
const RECHECK = 5000;

/** The numbers of `+MQTTSTAT`, which are each family's own. */
export interface States {
  readonly connected: number;
  /** Up to this one there is no connection, and none is being made. */
  readonly gone: number;
  readonly meanings: CodeTable;
}
