/**
 * Yuge NM28 5G. The source is "NM28 5G MQTT application guide", V1.0 (S4), whose pages for disconnecting and subscribing
 * are missing, with what dialects.md, chapters 5 and 12, has filled in. Six MQTT clients at once.
 */
import { Byte } from "../at/bytes";
import { command, type Argument, type Command } from "../at/command";
import { FieldKind, type Fields } from "../at/fields";
import { Common, Follow, Framing, lexicon, says, type Line } from "../at/lexicon";
import { Outcome, ResultCode, type Operation } from "../at/operation";
import { frozen } from "../bytes/frozen";
import { ArgumentError, BrokerError, NetworkError, type MQTTModemError } from "../errors";
import { ARGUMENTS as SHARED_ARGUMENTS } from "../modem/arguments";
import type { Dialect, ModemClient } from "../modem/dialect";
import { ATTACH, DETACH, rouse } from "../modem/common";
import type { Limits } from "../modem/limits";
import type { Modem } from "../modem/modem";
import { QMT, Result, type QMTOptions } from "./shared/qmt";
import { Level, type Recovery } from "../modem/recovery";
import { Kind, Tolerates, type Script } from "../modem/script";
import { Stage } from "../modem/stage";
import { choice, flag, integer } from "../mqtt/arguments";

/** What an NM28 can be told beyond what all modems can. */
export interface NM28Options extends QMTOptions {
  /** Which of the modem's six clients this is, 0–5; the first free one when left out. */
  link?: number;
  /** PDP context, 1–16. Default 1. */
  pdpContext?: number;
  /** TLS with this SSL context, 0–5, which must have been set up: S4 does not say how. Left out: no TLS. */
  sslContext?: number;
  /**
   * What a publish is on OneNET: 0 a message alone (default, and on all other platforms), 1 a data point alone, 2 both; for
   * 1 and 2 the payload is JSON in the platform's form.
   */
  type?: 0 | 1 | 2;
  /**
   * Whether Ctrl-Z is sent after the payload: "fallback" (default) when the modem has not answered in 300 ms, for the
   * document says both that it ends the data and that it may be left out.
   */
  ctrlZ?: "never" | "fallback" | "always";
  /** CTWing: reports the firmware version once connected, so that upgrades can come. Default false. */
  reportVersion?: boolean;
}

// ---- what the modem says (S4 chapter 1)

const enum Say {
  Open = 16,
  Close,
  Conn,
  Disc,
  Sub,
  Uns,
  Pub,
  Cfg,
  Stat,
  PostVersion,
  Message,
  Restart,
}

const LINES: readonly Line[] = frozen([
  says(Say.Open, "+MQTTOPEN"),
  says(Say.Close, "+MQTTCLOSE"),
  says(Say.Conn, "+MQTTCONN"),
  says(Say.Disc, "+MQTTDISC"),
  says(Say.Sub, "+MQTTSUB"),
  says(Say.Uns, "+MQTTUNS"),
  says(Say.Pub, "+MQTTPUBEX"),
  says(Say.Cfg, "+MQTTCFG"),
  says(Say.Stat, "+MQTTSTAT"), // not in S4; Quectel's set has it (5.3)
  says(Say.PostVersion, "+CTWINGPOSTVER"),
  says(Say.PostVersion, "AT+CTWINGPOSTVER"), // as the guide prints it (D-11)
  says(Say.Message, "+MQTTRECV", { framing: Framing.Counted, topic: 2, lengthOptional: true }),
  says(Common.Prompt, "CONNECT", { follow: Follow.End }),
  // In no document: what related modules print when they are ready.
  says(Say.Restart, "RDY", { follow: Follow.End }),
  says(Say.Restart, "*ATREADY"),
]);

// ---- what it is told

const CTRL_Z = new Uint8Array([0x1a]);
const NUDGE = 300;

const ARGUMENTS: Readonly<Record<string, Argument<NM28>>> = frozen({
  ...(SHARED_ARGUMENTS as Record<string, Argument<NM28>>),
  link: (writer, _, modem) => writer.int(modem.link),
  ssl: (writer, _, modem) => {
    writer.int(modem.sslContext < 0 ? 0 : 1);
    writer.byte(Byte.Comma);
    writer.int(modem.sslContext < 0 ? 0 : modem.sslContext);
  },
  type: (writer, _, modem) => writer.int(modem.type),
  // Ctrl-Z is not part of the message.
  length: (writer, operation, modem) => writer.int(modem.ctrlZ === CtrlZ.Always ? operation.length - CTRL_Z.length : operation.length),
});

// S4 gives no times; these are dialects.md 9's. Results come before the final here, so the final waits for them.
const say = (template: string, final: number, more: object = {}) => command<NM28>(template, ARGUMENTS, { final, ...more });
const asks = (answer: Say, line: string, more: object = {}) => say(line, 2000, { answer, ...more });

/** The final waits for the acknowledgement, so it has the operation's patience. */
const ACKNOWLEDGED = 0;

// A modem that another run has left in its transparent mode may stay there until Ctrl-Z, which is no part of any message (5.4).
const ROUSE = rouse("\x1a");
const CFG_VERSION = say('AT+MQTTCFG="version",{link},{settings.protocolVersion}', 2000);
const CFG_PDP = say('AT+MQTTCFG="pdpcid",{link},{pdpContext}', 2000);
const CFG_SSL = say('AT+MQTTCFG="ssl",{link},{ssl}', 2000);
const CFG_KEEPALIVE = say('AT+MQTTCFG="keepalive",{link},{settings.keepAlive}', 2000);
const CFG_SESSION = say('AT+MQTTCFG="session",{link},{settings.clean}', 2000);
const CFG_TIMEOUT = say('AT+MQTTCFG="timeout",{link},{packetTimeout},{retries},1', 2000);
const CFG_WILL = say('AT+MQTTCFG="will",{link},1,{settings.will.QoS},{settings.will.retain},{settings.will.topic},{settings.will.message}', 2000);
const CFG_NO_WILL = say('AT+MQTTCFG="will",{link},0', 2000);
// The message in the report, with its length: mode 1 has no command to read it with (5.2.1).
const CFG_RECEIVE = say('AT+MQTTCFG="recv/mode",{link},0,1', 2000);
// Not documented; on a related modem 0 means direct reception.
const CFG_CACHED = say('AT+MQTTCFG="cached",{link},0', 2000);
const OPEN = say("AT+MQTTOPEN={link},{settings.host},{settings.port}", 80_000, { result: Say.Open });
const CONNECT = say("AT+MQTTCONN={link},{settings.id},{settings.user},{settings.password}", 60_000, { result: Say.Conn });
const POST_VERSION = say("AT+CTWINGPOSTVER={link}", 10_000);
const SUBSCRIBE = say("AT+MQTTSUB={link},{id},{filter},{filterQoS}", ACKNOWLEDGED, { result: Say.Sub });
const UNSUBSCRIBE = say("AT+MQTTUNS={link},{id},{filter}", ACKNOWLEDGED, { result: Say.Uns });
const PUBLISH_LINE = "AT+MQTTPUBEX={link},{id},{QoS},{retain},{type},{topic},{length}";
const PUBLISH = say(PUBLISH_LINE, ACKNOWLEDGED, { prompt: 5000, result: Say.Pub, resultId: 1 });
const PUBLISH_NUDGED = say(PUBLISH_LINE, ACKNOWLEDGED, { prompt: 5000, result: Say.Pub, resultId: 1, nudge: NUDGE });
const DISCONNECT = say("AT+MQTTDISC={link}", 10_000, { result: Say.Disc, resultOptional: true });
const CLOSE = say("AT+MQTTCLOSE={link}", 10_000, { result: Say.Close, resultOptional: true });
// Two fields: a state; a result has three, or comes while a connection is being made (6.5).
const isState = (fields: Fields): boolean => fields.count === 2;
const POLL = say("AT+MQTTCONN?", 5000, { answer: Say.Conn, takes: isState });

const INQUIRIES: readonly Command<NM28>[] = frozen([
  asks(Say.Cfg, "AT+MQTTCFG?", { text: true }),
  asks(Say.Cfg, "AT+MQTTCFG=?"),
  asks(Say.Open, "AT+MQTTOPEN?", { takes: (fields: Fields) => fields.kind(1) === FieldKind.Quoted }),
  asks(Say.Open, "AT+MQTTOPEN=?"),
  asks(Say.Close, "AT+MQTTCLOSE=?"),
  POLL,
  asks(Say.Conn, "AT+MQTTCONN=?"),
  asks(Say.Disc, "AT+MQTTDISC=?"),
  asks(Say.Sub, "AT+MQTTSUB=?"),
  asks(Say.Uns, "AT+MQTTUNS=?"),
  asks(Say.Pub, "AT+MQTTPUBEX=?"),
  asks(Say.PostVersion, "AT+CTWINGPOSTVER=?"),
]);

const resultPatience = (modem: NM28) => modem.ackPatience;

const CLOSE_STEP = frozen({ command: CLOSE, kind: Kind.Close, tolerates: Tolerates.Failure, patience: 1000 });

const CONNECT_SCRIPT: Script<NM28> = frozen([
  CLOSE_STEP, // what an earlier run of the host may have left open
  { command: CFG_VERSION },
  { command: CFG_PDP },
  { command: CFG_SSL },
  { command: CFG_KEEPALIVE },
  { command: CFG_SESSION },
  { command: CFG_TIMEOUT },
  { command: CFG_WILL, when: (modem) => modem.settings.will !== null },
  { command: CFG_NO_WILL, when: (modem) => modem.settings.will === null },
  { command: CFG_RECEIVE },
  { command: CFG_CACHED, tolerates: Tolerates.Failure },
  { command: OPEN, kind: Kind.Open, patience: 80_000 },
  { command: CONNECT, kind: Kind.Connect, patience: resultPatience },
  { command: POST_VERSION, when: (modem) => modem.reportVersion, tolerates: Tolerates.Failure },
]);

const LIMITS: Limits = frozen({
  host: 127,
  credential: 256,
  topic: 255,
  topics: 1,
  grantsEach: true,
  willTopic: 255,
  willMessage: 255,
  payload: 2048,
  protocolVersions: [3, 4],
  keepAlive: [10, 290],
  window: 1,
});

/** 27.007 8.2: full functionality, after a restart. */
const REBOOT = say("AT+CFUN=1,1", 15_000, { probe: true });

const RECOVERY: Recovery = frozen({
  attach: [DETACH, ATTACH],
  restart: [REBOOT],
  causes: [["OPEN_FAILED", 3, Level.Attach]], // the PDP context could not be activated (S4 1.2)
});

const DIALECT: Dialect<NM28> = frozen({
  name: "NM28",
  lexicon: lexicon(LINES),
  limits: LIMITS,
  commandBuffer: 1024,
  payloadTail: CTRL_Z.length,
  cancel: 0,
  rouse: ROUSE,
  links: 6,
  poll: POLL,
  oneOfAKind: true,
  restart: Say.Restart,
  connect: CONNECT_SCRIPT,
  disconnect: [{ command: DISCONNECT, kind: Kind.Disconnect, tolerates: Tolerates.Failure, patience: 1000 }, CLOSE_STEP],
  close: [CLOSE_STEP],
  subscribe: SUBSCRIBE,
  unsubscribe: UNSUBSCRIBE,
  inquiries: INQUIRIES,
  recovery: RECOVERY,
});

// ---- what its numbers mean

/** A code of our own: the message arrived and the data point did not (OneNET, type 2). */
const DATA_POINT = 100;

/** When Ctrl-Z is sent behind a payload. */
const enum CtrlZ {
  Never,
  /** When the modem has not answered without it. */
  Fallback,
  Always,
}

export class NM28 extends QMT {
  static readonly dialect: Dialect = DIALECT;
  /** Bit/s from the factory, usual for 5G modules; S4 does not say. */
  static readonly baud = 115_200;

  readonly pdpContext: number;
  /** −1 for no TLS. */
  readonly sslContext: number;
  readonly type: number;
  readonly ctrlZ: CtrlZ;
  readonly reportVersion: boolean;
  /** Its number is the first free one. */
  private readonly byChance: boolean;
  /** Where the last payload was. */
  private lastOffset = 0;

  constructor(modem: Modem, link: number, options: NM28Options, client: ModemClient) {
    super(modem, link, options, client, 1);
    this.byChance = options.link === undefined;
    this.pdpContext = integer("modem.pdpContext", options.pdpContext ?? 1, 1, 16);
    this.sslContext = options.sslContext === undefined ? -1 : integer("modem.sslContext", options.sslContext, 0, 5);
    this.type = integer("modem.type", options.type ?? 0, 0, 2);
    this.ctrlZ = CTRL_Z_USES.indexOf(choice("modem.ctrlZ", options.ctrlZ ?? "fallback", CTRL_Z_USES));
    this.reportVersion = flag("modem.reportVersion", options.reportVersion ?? false) === 1;
  }

  override get defaultKeepAlive(): number {
    return 120_000; // 0 is outside the range (D-2)
  }

  /** The modem announces no loss (5.3). */
  protected override get defaultPollInterval(): number {
    return 30_000;
  }

  override checkPublish(length: number): void {
    if (length === 0) throw new ArgumentError("ARGUMENT_LENGTH", "data", length, "must have at least 1 byte for an NM28, which cannot send an empty message");
  }

  protected override get tail(): number {
    return this.ctrlZ === CtrlZ.Always ? CTRL_Z.length : 0;
  }

  protected publish(operation: Operation): boolean {
    operation.wire = operation.id;
    operation.patience = this.ackPatience;
    this.lastOffset = operation.offset;
    if (this.ctrlZ === CtrlZ.Always) this.channel.operations.fill(operation, CTRL_Z, CTRL_Z.length);
    this.channel.submit(operation, this.ctrlZ === CtrlZ.Fallback ? PUBLISH_NUDGED : PUBLISH);
    return true;
  }

  /** Until the modem has answered the first command, which closes what an earlier run has left open. */
  override get isStrange(): boolean {
    return this.byChance && this.stage <= Stage.Connecting && (this.stage < Stage.Connecting || this.channel.count(this.link, Kind.Close) > 0);
  }

  /** `+MQTTRECV:<client_idx>,<packet_id>,<topic>,<payload_len>,<payload>`. */
  onMessage(_line: Line, fields: Fields): void {
    this.deliver(fields, 2, -1, -1, -1);
  }

  onLine(line: Line, fields: Fields): void {
    switch (line.id) {
      case Say.Pub: return this.published(fields);
      case Say.Sub: return this.subscribed(fields);
      case Say.Uns: return this.result(Kind.Unsubscribe, fields);
      case Say.Open: return this.resolve(Kind.Open, -1, fields.int(1));
      case Say.Conn: return this.told(fields);
      case Say.Disc: return this.ended(Kind.Disconnect, fields.int(1));
      case Say.Close: return this.ended(Kind.Close, fields.int(1));
      case Say.Stat: return this.lost(`+MQTTSTAT ${fields.int(1)}`);
    }
  }

  /** `+MQTTPUBEX:<idx>,<msgID>[,<result0>][,<result1>][,<value>]`: by type, message and data point (D-6). */
  private published(fields: Fields): void {
    if (fields.kind(2) !== FieldKind.Integer && fields.kind(3) !== FieldKind.Integer) return this.resolve(Kind.Publish, fields.int(1), ResultCode.Untold);
    // A data point alone has its result in its own place, or in the first, the other one being left out.
    const first = fields.int(this.type === 1 && fields.kind(2) === FieldKind.Empty ? 3 : 2, 0);
    const dataPoint = this.type === 2 ? fields.int(3, 0) : 0;
    this.resolve(Kind.Publish, fields.int(1), first !== 0 ? first : dataPoint !== 0 ? DATA_POINT : 0);
  }

  /** `+MQTTSUB:<idx>,<msgID>,<result>[,<value>]`. */
  private subscribed(fields: Fields): void {
    const operation = this.channel.find(this.link, Kind.Subscribe, fields.int(1));
    if (operation !== null && fields.int(2) === Result.Acknowledged && fields.count > 3) {
      operation.granted = 0;
      operation.grant(0, fields.int(3));
    }
    this.result(Kind.Subscribe, fields);
  }

  private result(kind: Kind, fields: Fields): void {
    const id = fields.int(1);
    const result = fields.int(2);
    if (result === Result.Retransmission) this.extend(kind, id);
    else this.resolve(kind, id, result);
  }

  /** `+MQTTCONN:<idx>,<result>,<ret_code>`, or `<idx>,<state>`: the modem's own, or a poll's. */
  private told(fields: Fields): void {
    if (this.isOwed(Kind.Connect)) this.connected(fields);
    else if (fields.count === 2 && fields.int(1) === 0) this.lost("+MQTTCONN 0");
  }

  private ended(kind: Kind, result: number): void {
    if (this.isOwed(kind)) this.resolve(kind, -1, result);
    else this.lost("+MQTTDISC");
  }

  private lost(how: string): void {
    if (this.stage === Stage.Online) this.down(new NetworkError("LINK_LOST", `the connection to the broker is gone (${how})`));
  }

  /** `+MQTTCONN:<idx>,<state>`: 0 disconnected, 1 connected. */
  protected onState(_line: Line, fields: Fields): void {
    if (fields.int(1) === 0) this.lost("+MQTTCONN 0");
  }

  /**
   * Firmware that takes a Ctrl-Z inside a payload for its end (5.4: unknown) fails the publish, and has the rest on its command
   * line: the next command would be lost.
   */
  protected override onFailed(operation: Operation, outcome: Outcome): void {
    if ((outcome === Outcome.Failed || outcome === Outcome.Refused) && operation.kind === Kind.Publish && this.hasCtrlZ(operation)) this.channel.resynchronise();
  }

  /** Its payload has left its place; what it was is still there, unless another connection has sent one since. */
  private hasCtrlZ(operation: Operation): boolean {
    const bytes = this.channel.operations.payloads;
    const start = this.lastOffset, end = start + operation.length - this.tail;
    for (let i = start; i < end; i++) if (bytes[i] === CTRL_Z[0]) return true;
    return false;
  }

  protected override resultError(operation: Operation, code: number): MQTTModemError {
    if (operation.kind !== Kind.Publish || code !== DATA_POINT) return super.resultError(operation, code);
    return new BrokerError("PUBLISH_FAILED", "the message arrived, and OneNET did not take its data point; is the payload JSON in the platform's form?", -1);
  }
}

/** In the order of {@link CtrlZ}. */
const CTRL_Z_USES = Object.freeze(["never", "fallback", "always"]);

export default NM28;
