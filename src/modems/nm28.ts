/**
 * Yuge NM28 5G. The source is "NM28 5G MQTT application guide", V1.0 (S4), whose pages for disconnecting and subscribing
 * are missing, with what dialects.md, chapters 5 and 12, has filled in. Six MQTT clients at once.
 */
import type { Command, Sendable } from "../at/commands/command";
import { COUNTED } from "../at/framing/counted";
import { Outcome, ResultCode, type Request } from "../at/requests/request";
import { FieldKind, type Fields } from "../at/responses/fields";
import { Follow } from "../at/responses/name-tree";
import { CommonResponse, responseTable, responses, type Line } from "../at/responses/response-table";
import { frozen } from "../bytes/frozen";
import { BrokerError, type MQTTModemError } from "../errors";
import type { CodeText } from "../at/responses/codes";
import { commands } from "../modem/commands";
import { REATTACH, wakeUp } from "../modem/common";
import { linkLost } from "../modem/failure";
import { IdsFrom, type FailedLink, type Family } from "../modem/family";
import type { Hook, HookedLink } from "../modem/hook";
import { Level } from "../modem/recovery";
import { Does, reports, type ReportRow } from "../modem/reports";
import { Kind, Tolerates } from "../modem/script";
import type { Settings } from "../modem/settings";
import type { OwnOptions } from "./shared/own-options";
import { QMT_REPORTS, qmtOptions, qmtResultError, Report, Result, resultOfRefused, settleQMT, type QMTOptions, type QMTValues } from "./shared/qmt";

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

interface NM28Values extends QMTValues {
  readonly pdpContext: number;
  readonly wantsContext: boolean;
  /** Null for no TLS. */
  readonly sslContext: number | null;
  readonly ssl: number;
  readonly type: number;
  readonly ctrlZ: number;
  readonly reportVersion: number;
}

/** The modem's default. */
const PDP_CONTEXT = 1;
const CTRL_Z = new Uint8Array([0x1a]);

/** When Ctrl-Z is sent behind a payload: the places of the option's texts. */
const enum CtrlZ {
  Never,
  /** When the modem has not answered without it. */
  Fallback,
  Always,
}

function settle(values: NM28Values): NM28Values {
  return Object.assign(settleQMT(values), {
    wantsContext: values.pdpContext !== PDP_CONTEXT,
    ssl: values.sslContext === null ? 0 : 1,
    tail: values.ctrlZ === CtrlZ.Always ? CTRL_Z.length : 0,
  });
}

// ---- what the modem says (S4 chapter 1)

// biome-ignore format: the table reads like the manual
const LINES = responses(
  Report.Open, "+MQTTOPEN", { numbers: [2, 2] },
  Report.Close, "+MQTTCLOSE", { numbers: [2, 2] },
  Report.Conn, "+MQTTCONN", { numbers: [2, 3] },
  Report.Disc, "+MQTTDISC", { numbers: [2, 2] },
  Report.Sub, "+MQTTSUB", { numbers: [3, 4] },
  Report.Uns, "+MQTTUNS", { numbers: [3, 4] },
  Report.Pub, "+MQTTPUBEX", { numbers: [2, 2] },
  Report.Cfg, "+MQTTCFG",
  Report.Stat, "+MQTTSTAT", { numbers: [2, 2] }, // not in S4; Quectel's set has it (5.3)
  Report.PostVersion, "+CTWINGPOSTVER",
  "AT+CTWINGPOSTVER", // as the guide prints it (D-11)
  Report.Message, "+MQTTRECV", { framing: COUNTED, topic: 2 },
  CommonResponse.Prompt, "CONNECT", { follow: Follow.End },
  // In no document: what related modules print when they are ready.
  Report.Restart, "RDY", { follow: Follow.End },
  "*ATREADY",
);

// ---- what its numbers mean

/** Stands for a result of a publish that the modem has left out (D-6). */
const LEFT_OUT = -2;

/** Whether the modem has printed this result of a publish, and it is a failure: −1, or 2 as with related modems. */
function isFailure(result: number): boolean {
  return result !== LEFT_OUT && result !== Result.Acknowledged && result !== Result.Retransmission;
}

/** A code of our own: the message arrived and the data point did not (OneNET, type 2). */
const DATA_POINT = 100;

/** `<state>` behind `AT+MQTTCONN?`. */
const STATES: CodeText = `
  0 disconnected
  1 connected
`;

function lost(on: number, how: string, takes?: (fields: Fields) => boolean): ReportRow {
  const report = on,
    line = how; // parameters could be assigned, and XS would not keep in flash what refers to them
  return { on, does: Does.Lose, takes, error: (fields) => linkLost(`is gone (${line}${report === Report.Stat ? ` ${fields.int(1)}` : ""})`) };
}

/** What the reports do, beyond what they do with both families; a loss where nothing is under way that they could end. */
const REPORTS = reports(
  ...QMT_REPORTS,
  { on: Report.Pub, does: Does.Hook },
  lost(Report.Stat, "+MQTTSTAT"),
  lost(Report.Conn, "+MQTTCONN 0", (fields) => fields.count === 2 && fields.int(1) === 0),
  lost(Report.Disc, "+MQTTDISC"),
  lost(Report.Close, "+MQTTDISC"),
);

function resultError(request: Request, code: number, link: FailedLink): MQTTModemError {
  if (request.kind !== Kind.Publish || code !== DATA_POINT) return qmtResultError(request, code, link);
  return new BrokerError("PUBLISH_FAILED", "the message arrived, and OneNET did not take its data point; is the payload JSON in the platform's form?", -1);
}

// ---- what it is told

// S4 gives no times; these are dialects.md 9's. Results come before the final here, so the final waits for them.
const { command, script } = commands<NM28Values & Settings>(LINES, {
  // Ctrl-Z is not part of the message.
  length: (writer, request: Sendable, { options }: HookedLink<NM28Values>) =>
    writer.int(options.ctrlZ === CtrlZ.Always ? request.length - CTRL_Z.length : request.length),
});

/** The final waits for the acknowledgement, so it has the result's timeout. */
const ACKNOWLEDGED = 0;

const PUBLISH = command("AT+MQTTPUBEX={number},{id},{QoS},{retain},{options.type},{topic},{length}", {
  final: ACKNOWLEDGED,
  result: Report.Pub,
  resultId: 1,
  prompt: 5000,
});
const PUBLISH_WITH_CTRL_Z = frozen({ ...PUBLISH, ctrlZAfter: 300 });

// Two fields: a state; a result has three, or comes while a connection is being made (6.5).
const POLL = command("AT+MQTTCONN?", { final: 5000, takes: (fields) => fields.count === 2 && fields.areNumbers(2, 2) });

const CLOSE = command("AT+MQTTCLOSE={number}", { kind: Kind.Close, final: 10_000, resultTimeout: 1000 });

/** The family of NM28: each link is one of the modem's six MQTT clients. */
export const NM28: Family<NM28Values> = frozen({
  name: "NM28",
  title: "NM28",
  baud: 115_200, // usual for 5G modules; S4 does not say
  options: {
    ...qmtOptions(1),
    link: null, // the modem gives it its place
    pdpContext: { from: 1, to: 16, otherwise: PDP_CONTEXT },
    sslContext: { from: 0, to: 5 },
    type: { from: 0, to: 2, otherwise: 0 },
    ctrlZ: { choices: ["never", "fallback", "always"], otherwise: CtrlZ.Fallback },
    reportVersion: false,
  } satisfies OwnOptions<NM28Options>,
  settle,
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
  numbered: true,
  packetIds: IdsFrom.Host,
  keepAlive: 120_000, // 0 is outside the range (D-2)
  pollInterval: 30_000, // the modem announces no loss (5.3)
  emptyPayload: "must have at least 1 byte for an NM28, which cannot send an empty message",
  reports: REPORTS,
  message: {},
  states: { name: "+MQTTCONN", field: 1, connected: 1, gone: 0, meanings: STATES },
  resultError,
  refusal: resultOfRefused(resultError),
  poll: POLL,
  oneOfAKind: true,
  restart: Report.Restart,
  connect: script(
    CLOSE, // what an earlier run of the host may have left open
    command('AT+MQTTCFG="version",{number},{settings.protocolVersion}', { needed: "wantsVersion" }),
    command('AT+MQTTCFG="pdpcid",{number},{options.pdpContext}', { needed: "wantsContext" }),
    command('AT+MQTTCFG="ssl",{number},{options.ssl},{options.sslContext?}', { needed: "ssl" }),
    command('AT+MQTTCFG="keepalive",{number},{settings.keepAlive}', { needed: "wantsKeepAlive" }),
    command('AT+MQTTCFG="session",{number},{settings.clean}', { needed: "wantsSession" }),
    command('AT+MQTTCFG="timeout",{number},{options.packetTimeout},{options.retries},1', { needed: "wantsTimeout" }),
    command('AT+MQTTCFG="will",{number},{settings.will?}{,settings.will.QoS}{,settings.will.retain}{,settings.will.topic}{,settings.will.message}', {
      needed: "wantsWill",
    }),
    // The message in the report, with its length: mode 1 has no command to read it with (5.2.1).
    command('AT+MQTTCFG="recv/mode",{number},0,1', { tolerates: Tolerates.Refusal }),
    // Not documented; on a related modem 0 means direct reception.
    command('AT+MQTTCFG="cached",{number},0', { tolerates: Tolerates.Failure }),
    command("AT+MQTTOPEN={number},{settings.host},{settings.port}", { kind: Kind.Open, final: 80_000, resultTimeout: 80_000 }),
    command("AT+MQTTCONN={number},{settings.id},{settings.user},{settings.password}", { kind: Kind.Connect, final: 60_000, resultTimeout: "resultTimeout" }),
    command("AT+CTWINGPOSTVER={number}", { when: "reportVersion", final: 10_000, tolerates: Tolerates.Failure }),
  ),
  disconnect: script(command("AT+MQTTDISC={number}", { kind: Kind.Disconnect, final: 10_000, resultTimeout: 1000 }), CLOSE),
  close: script(CLOSE),
  subscribe: command("AT+MQTTSUB={number},{id},{filter},{filterQoS}", { final: ACKNOWLEDGED, result: Report.Sub }),
  unsubscribe: command("AT+MQTTUNS={number},{id},{filter}", { final: ACKNOWLEDGED, result: Report.Uns }),
  inquiries: script(
    command("AT+MQTTCFG?", { text: true }),
    "AT+MQTTCFG=?",
    command("AT+MQTTOPEN?", { takes: (fields) => fields.kind(1) === FieldKind.Quoted }),
    "AT+MQTTOPEN=?",
    "AT+MQTTCLOSE=?",
    POLL,
    "AT+MQTTCONN=?",
    "AT+MQTTDISC=?",
    "AT+MQTTSUB=?",
    "AT+MQTTUNS=?",
    "AT+MQTTPUBEX=?",
    "AT+CTWINGPOSTVER=?",
  ),
  recovery: {
    attach: REATTACH,
    restart: script(command("AT+CFUN=1,1", { final: 15_000, probe: true })), // 27.007 8.2: full functionality, after a restart
    causes: [["OPEN_FAILED", 3, Level.Attach]], // the PDP context could not be activated (S4 1.2)
  },
  hook: (link) => new NM28Hook(link),
});

// ---- what no row can say

/** What a publish's result is, by type, and what is done about Ctrl-Z. */
class NM28Hook implements Hook {
  private readonly link: HookedLink<NM28Values>;
  /** Where the last payload was. */
  private lastOffset = 0;

  constructor(link: HookedLink<NM28Values>) {
    this.link = link;
  }

  publish(request: Request): Command {
    const {
      chat,
      options: { ctrlZ },
    } = this.link;
    this.lastOffset = request.offset;
    if (ctrlZ === CtrlZ.Always) chat.payloads.fill(request, CTRL_Z, CTRL_Z.length);
    return ctrlZ === CtrlZ.Fallback ? PUBLISH_WITH_CTRL_Z : PUBLISH;
  }

  /** `+MQTTPUBEX:<idx>,<msgID>,[<result0>][,<result1>][,<value>]`: by type, message and data point (D-6). */
  onReport(_line: Line, fields: Fields): void {
    const {
      chat,
      options: { type },
    } = this.link;
    const request = this.link.find(Kind.Publish, fields.int(1)),
      count = fields.count;
    if (request === null) return;
    for (let i = 2; i < count; i++) if (fields.kind(i) !== FieldKind.Integer && fields.kind(i) !== FieldKind.Empty) return; // damaged
    // A data point alone has its result in its own place, or in the first, the other one being left out.
    const first = fields.int(type === 1 && fields.kind(2) === FieldKind.Empty ? 3 : 2, LEFT_OUT);
    const dataPoint = type === 2 || first === LEFT_OUT ? fields.int(3, LEFT_OUT) : 0;
    if (isFailure(first)) return chat.resolve(request, first);
    if (isFailure(dataPoint)) return chat.resolve(request, DATA_POINT);
    if (first === Result.Retransmission || dataPoint === Result.Retransmission) return chat.extend(request);
    if (first === Result.Acknowledged && dataPoint === Result.Acknowledged) return chat.resolve(request, 0);
    // A result is left out. A number behind their places is how often the packet was sent again, which is progress.
    for (let i = 4; i < count; i++) if (fields.kind(i) === FieldKind.Integer) return chat.extend(request);
    chat.resolve(request, ResultCode.Unspecified);
  }

  /**
   * Firmware that takes a Ctrl-Z inside a payload for its end (5.4: unknown) fails the publish, and has the rest on its command
   * line: the next command would be lost.
   */
  beforeDone(request: Request, outcome: Outcome): boolean {
    if ((outcome === Outcome.Failed || outcome === Outcome.Refused) && request.kind === Kind.Publish && this.hasCtrlZ(request)) this.link.chat.resyncWhenIdle();
    return false;
  }

  /** Its payload has left its place; what it was is still there, unless another link has sent one since. */
  private hasCtrlZ(request: Request): boolean {
    const { chat, options } = this.link,
      bytes = chat.payloads.bytes;
    const start = this.lastOffset,
      end = start + request.length - (options.tail ?? 0);
    for (let i = start; i < end; i++) if (bytes[i] === CTRL_Z[0]) return true;
    return false;
  }
}

export default NM28;
