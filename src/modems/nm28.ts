/**
 * Yuge NM28 5G. The source is "NM28 5G MQTT application guide", V1.0 (S4), whose pages for disconnecting and subscribing
 * are missing, with what dialects.md, chapters 5 and 12, has filled in. Six MQTT clients at once.
 */
import { Outcome, ResultCode, WireId, type Request } from "../at/requests/request";
import { FieldKind, type Fields } from "../at/responses/fields";
import { CommonResponse, Follow, Framing, responseTable, responses, type Line } from "../at/responses/response-table";
import { frozen } from "../bytes/frozen";
import { choice, flag, integer } from "../checks";
import { ArgumentError, BrokerError, type MQTTModemError } from "../errors";
import { tables } from "../modem/commands";
import { REATTACH, wakeUp } from "../modem/common";
import type { Family, DriverOptions, LinkListener } from "../modem/family";
import { linkLost } from "../modem/failure";
import type { Modem } from "../modem/modem";
import { Level } from "../modem/recovery";
import { Kind, Tolerates } from "../modem/script";
import { Stage } from "../modem/stage";
import { QMT, QMT_OPTIONS, Result, Say, type QMTOptions } from "./shared/qmt";

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

const LINES = responses(
  Say.Open, "+MQTTOPEN", { numbers: [2, 2] },
  Say.Close, "+MQTTCLOSE", { numbers: [2, 2] },
  Say.Conn, "+MQTTCONN", { numbers: [2, 3] },
  Say.Disc, "+MQTTDISC", { numbers: [2, 2] },
  Say.Sub, "+MQTTSUB", { numbers: [3, 4] },
  Say.Uns, "+MQTTUNS", { numbers: [3, 4] },
  Say.Pub, "+MQTTPUBEX", { numbers: [2, 2] },
  Say.Cfg, "+MQTTCFG",
  Say.Stat, "+MQTTSTAT", { numbers: [2, 2] }, // not in S4; Quectel's set has it (5.3)
  Say.PostVersion, "+CTWINGPOSTVER",
  "AT+CTWINGPOSTVER", // as the guide prints it (D-11)
  Say.Message, "+MQTTRECV", { framing: Framing.Counted, topic: 2 },
  CommonResponse.Prompt, "CONNECT", { follow: Follow.End },
  // In no document: what related modules print when they are ready.
  Say.Restart, "RDY", { follow: Follow.End },
  "*ATREADY",
);

// ---- what it is told

const CTRL_Z = new Uint8Array([0x1a]);

// S4 gives no times; these are dialects.md 9's. Results come before the final here, so the final waits for them.
const { say, all } = tables<NM28>(LINES, {
  // Ctrl-Z is not part of the message.
  length: (writer, request, modem) => writer.int(modem.ctrlZ === CtrlZ.Always ? request.length - CTRL_Z.length : request.length),
});

/** The final waits for the acknowledgement, so it has the request's patience. */
const ACKNOWLEDGED = 0;

const PUBLISH = say("AT+MQTTPUBEX={number},{id},{QoS},{retain},{type},{topic},{length}", { final: ACKNOWLEDGED, result: Say.Pub, resultId: 1, prompt: 5000 });
const PUBLISH_NUDGED = frozen({ ...PUBLISH, nudge: 300 });

// Two fields: a state; a result has three, or comes while a connection is being made (6.5).
const POLL = say("AT+MQTTCONN?", { final: 5000, takes: (fields) => fields.count === 2 && fields.areNumbers(2, 2) });

const CLOSE = say("AT+MQTTCLOSE={number}", { kind: Kind.Close, final: 10_000, patience: 1000 });

const DIALECT: Family<NM28> = frozen({
  name: "NM28",
  options: { ...QMT_OPTIONS, link: 1, pdpContext: 1, sslContext: 1, type: 1, ctrlZ: 1, reportVersion: 1 } satisfies Record<Exclude<keyof NM28Options, keyof DriverOptions>, 1>,
  responses: responseTable(LINES),
  limits: {
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
  },
  commandBuffer: 1024,
  payloadTail: CTRL_Z.length,
  cancel: 0,
  // A modem that another run has left in its transparent mode may stay there until Ctrl-Z, which is no part of any message (5.4).
  wakeUp: wakeUp("\x1a"),
  links: 6,
  poll: POLL,
  oneOfAKind: true,
  restart: Say.Restart,
  connect: all(
    CLOSE, // what an earlier run of the host may have left open
    say('AT+MQTTCFG="version",{number},{settings.protocolVersion}', { needed: "wantsVersion" }),
    say('AT+MQTTCFG="pdpcid",{number},{pdpContext}', { needed: "wantsContext" }),
    say('AT+MQTTCFG="ssl",{number},{ssl},{sslContext?}', { needed: "ssl" }),
    say('AT+MQTTCFG="keepalive",{number},{settings.keepAlive}', { needed: "wantsKeepAlive" }),
    say('AT+MQTTCFG="session",{number},{settings.clean}', { needed: "wantsSession" }),
    say('AT+MQTTCFG="timeout",{number},{packetTimeout},{retries},1', { needed: "wantsTimeout" }),
    say('AT+MQTTCFG="will",{number},{settings.will?}{,settings.will.QoS}{,settings.will.retain}{,settings.will.topic}{,settings.will.message}', { needed: "wantsWill" }),
    // The message in the report, with its length: mode 1 has no command to read it with (5.2.1).
    say('AT+MQTTCFG="recv/mode",{number},0,1', { tolerates: Tolerates.Refusal }),
    // Not documented; on a related modem 0 means direct reception.
    say('AT+MQTTCFG="cached",{number},0', { tolerates: Tolerates.Failure }),
    say("AT+MQTTOPEN={number},{settings.host},{settings.port}", { kind: Kind.Open, final: 80_000, patience: 80_000 }),
    say("AT+MQTTCONN={number},{settings.id},{settings.user},{settings.password}", { kind: Kind.Connect, final: 60_000, patience: "ackPatience" }),
    say("AT+CTWINGPOSTVER={number}", { when: "reportVersion", final: 10_000, tolerates: Tolerates.Failure }),
  ),
  disconnect: all(say("AT+MQTTDISC={number}", { kind: Kind.Disconnect, final: 10_000, patience: 1000 }), CLOSE),
  close: all(CLOSE),
  subscribe: say("AT+MQTTSUB={number},{id},{filter},{filterQoS}", { final: ACKNOWLEDGED, result: Say.Sub }),
  unsubscribe: say("AT+MQTTUNS={number},{id},{filter}", { final: ACKNOWLEDGED, result: Say.Uns }),
  inquiries: all(
    say("AT+MQTTCFG?", { text: true }), "AT+MQTTCFG=?",
    say("AT+MQTTOPEN?", { takes: (fields) => fields.kind(1) === FieldKind.Quoted }), "AT+MQTTOPEN=?",
    "AT+MQTTCLOSE=?",
    POLL, "AT+MQTTCONN=?",
    "AT+MQTTDISC=?",
    "AT+MQTTSUB=?",
    "AT+MQTTUNS=?",
    "AT+MQTTPUBEX=?",
    "AT+CTWINGPOSTVER=?",
  ),
  recovery: {
    attach: REATTACH,
    restart: all(say("AT+CFUN=1,1", { final: 15_000, probe: true })), // 27.007 8.2: full functionality, after a restart
    causes: [["OPEN_FAILED", 3, Level.Attach]], // the PDP context could not be activated (S4 1.2)
  },
});

// ---- what its numbers mean

/** In place of a result of a publish that the modem has left out (D-6). */
const LEFT_OUT = -2;

/** Whether a result of a publish, which the modem has not left out, tells of a failure: −1, and 2 as its relatives have it. */
function isFailure(result: number): boolean {
  return result !== LEFT_OUT && result !== Result.Acknowledged && result !== Result.Retransmission;
}

/** A code of our own: the message arrived and the data point did not (OneNET, type 2). */
const DATA_POINT = 100;

/** The modem's own, where it is told of no other. */
const PDP_CONTEXT = 1;

/** When Ctrl-Z is sent behind a payload. */
const enum CtrlZ {
  Never,
  /** When the modem has not answered without it. */
  Fallback,
  Always,
}

/** The driver for NM28: each is one of the modem's six MQTT clients. */
export class NM28 extends QMT {
  static readonly family: Family = DIALECT;
  /** Bit/s from the factory, usual for 5G modules; S4 does not say. */
  static readonly baud = 115_200;

  readonly pdpContext: number;
  /** Null for no TLS. */
  readonly sslContext: number | null;
  readonly type: number;
  readonly ctrlZ: CtrlZ;
  readonly reportVersion: boolean;
  /** Its number is the first free one. */
  private readonly byChance: boolean;
  /** Where the last payload was. */
  private lastOffset = 0;

  constructor(modem: Modem, link: number, options: NM28Options, client: LinkListener) {
    super(modem, link, options, client, 1);
    this.byChance = options.link === undefined;
    this.pdpContext = integer("modem.pdpContext", options.pdpContext ?? PDP_CONTEXT, 1, 16);
    this.sslContext = options.sslContext === undefined ? null : integer("modem.sslContext", options.sslContext, 0, 5);
    this.type = integer("modem.type", options.type ?? 0, 0, 2);
    this.ctrlZ = CTRL_Z_USES.indexOf(choice("modem.ctrlZ", options.ctrlZ ?? "fallback", CTRL_Z_USES));
    this.reportVersion = flag("modem.reportVersion", options.reportVersion ?? false) === 1;
  }

  get wantsContext(): boolean {
    return this.pdpContext !== PDP_CONTEXT;
  }

  get ssl(): number {
    return this.sslContext === null ? 0 : 1;
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

  protected publish(request: Request): boolean {
    request.wireId = request.id;
    request.resultTimeout = this.ackPatience;
    this.lastOffset = request.offset;
    if (this.ctrlZ === CtrlZ.Always) this.chat.requests.fill(request, CTRL_Z, CTRL_Z.length);
    this.chat.submit(request, this.ctrlZ === CtrlZ.Fallback ? PUBLISH_NUDGED : PUBLISH);
    return true;
  }

  /** Until the modem has answered the first command, which closes what an earlier run has left open. */
  override get mayBeStale(): boolean {
    return this.byChance && this.stage <= Stage.Connecting && (this.stage < Stage.Connecting || this.chat.count(this.number, Kind.Close) > 0);
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
      case Say.Open: return this.resolve(Kind.Open, WireId.Any, fields.int(1));
      case Say.Conn: return this.told(fields);
      case Say.Disc: return this.ended(Kind.Disconnect, fields.int(1));
      case Say.Close: return this.ended(Kind.Close, fields.int(1));
      case Say.Stat: return this.lost(`+MQTTSTAT ${fields.int(1)}`);
    }
  }

  /** `+MQTTPUBEX:<idx>,<msgID>[,<result0>][,<result1>][,<value>]`: by type, message and data point (D-6). */
  private published(fields: Fields): void {
    const id = fields.int(1), count = fields.count;
    for (let i = 2; i < count; i++) if (fields.kind(i) !== FieldKind.Integer && fields.kind(i) !== FieldKind.Empty) return; // damaged
    // A data point alone has its result in its own place, or in the first, the other one being left out.
    const first = fields.int(this.type === 1 && fields.kind(2) === FieldKind.Empty ? 3 : 2, LEFT_OUT);
    const dataPoint = this.type === 2 || first === LEFT_OUT ? fields.int(3, LEFT_OUT) : 0;
    if (isFailure(first)) return this.resolve(Kind.Publish, id, first);
    if (isFailure(dataPoint)) return this.resolve(Kind.Publish, id, DATA_POINT);
    if (first === Result.Retransmission || dataPoint === Result.Retransmission) return this.extend(Kind.Publish, id);
    if (first === Result.Acknowledged && dataPoint === Result.Acknowledged) return this.resolve(Kind.Publish, id, 0);
    // A result is left out. A number behind their places is how often the packet was sent again, which is progress.
    for (let i = 4; i < count; i++) if (fields.kind(i) === FieldKind.Integer) return this.extend(Kind.Publish, id);
    this.resolve(Kind.Publish, id, ResultCode.Unspecified);
  }

  /** `+MQTTSUB:<idx>,<msgID>,<result>[,<value>]`. */
  private subscribed(fields: Fields): void {
    const request = this.chat.find(this.number, Kind.Subscribe, fields.int(1));
    if (request !== null && fields.int(2) === Result.Acknowledged && fields.count > 3) {
      request.granted = 0;
      request.grant(0, fields.int(3));
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
    if (this.isOwed(kind)) this.resolve(kind, WireId.Any, result);
    else this.lost("+MQTTDISC");
  }

  private lost(how: string): void {
    if (this.stage === Stage.Online) this.down(linkLost(`is gone (${how})`));
  }

  /** `+MQTTCONN:<idx>,<state>`: 0 disconnected, 1 connected. */
  protected onState(_line: Line, fields: Fields): void {
    if (fields.int(1) === 0) this.lost("+MQTTCONN 0");
  }

  /**
   * Firmware that takes a Ctrl-Z inside a payload for its end (5.4: unknown) fails the publish, and has the rest on its command
   * line: the next command would be lost.
   */
  protected override onFailed(request: Request, outcome: Outcome): void {
    if ((outcome === Outcome.Failed || outcome === Outcome.Refused) && request.kind === Kind.Publish && this.hasCtrlZ(request)) this.chat.resyncWhenIdle();
  }

  /** Its payload has left its place; what it was is still there, unless another connection has sent one since. */
  private hasCtrlZ(request: Request): boolean {
    const bytes = this.chat.requests.payloads;
    const start = this.lastOffset, end = start + request.length - this.tail;
    for (let i = start; i < end; i++) if (bytes[i] === CTRL_Z[0]) return true;
    return false;
  }

  protected override resultError(request: Request, code: number): MQTTModemError {
    if (request.kind !== Kind.Publish || code !== DATA_POINT) return super.resultError(request, code);
    return new BrokerError("PUBLISH_FAILED", "the message arrived, and OneNET did not take its data point; is the payload JSON in the platform's form?", -1);
  }
}

/** In the order of {@link CtrlZ}. */
const CTRL_Z_USES = Object.freeze(["never", "fallback", "always"]);

export default NM28;
