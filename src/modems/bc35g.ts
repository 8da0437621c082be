/**
 * Quectel BC35-G and BC28. The source is "BC35-G&BC28 MQTT application guide", V1.0 (S1), with what dialects.md,
 * chapters 2 and 12, has found out about its gaps.
 */
import { NOTHING, type Command } from "../at/commands/command";
import { LINE } from "../at/framing/line";
import type { Request } from "../at/requests/request";
import { Byte } from "../at/responses/bytes";
import { FieldKind, type Fields } from "../at/responses/fields";
import { Follow } from "../at/responses/name-tree";
import { responseTable, responses, type Line } from "../at/responses/response-table";
import { frozen } from "../bytes/frozen";
import { Text } from "../bytes/text";
import { integer, known } from "../checks";
import { ArgumentError, NetworkError, type MQTTModemError } from "../errors";
import { meaning, type CodeText } from "../at/responses/codes";
import { commands } from "../modem/commands";
import { REATTACH, wakeUp } from "../modem/common";
import { linkLost } from "../modem/failure";
import { IdsFrom, type FailedLink, type Family } from "../modem/family";
import type { Hook, HookedLink } from "../modem/hook";
import type { Limits } from "../modem/limits";
import { Level } from "../modem/recovery";
import { Does, reports } from "../modem/reports";
import { Kind, Tolerates } from "../modem/script";
import type { Settings } from "../modem/settings";
import type { OwnOptions } from "./shared/own-options";
import { QMT_REPORTS, qmtOptions, qmtResultError, Report, Result, resultOfRefused, settleQMT, type QMTOptions, type QMTValues } from "./shared/qmt";

/** What a BC35-G can be told beyond what all modems can. */
export interface BC35GOptions extends QMTOptions {
  /** Alibaba Cloud: the modem computes user name and password itself (S1 3.2.1). */
  alibaba?: { productKey: string; deviceName: string; deviceSecret: string };
  /** Tencent Cloud: the modem fetches the password over HTTP before it connects (S1 3.2.2). */
  tencent?: { productId: string; deviceName: string; deviceSecret: string; expire?: number; url?: string };
  /**
   * Firmware that puts quotes around payloads exists (dialects.md A-2). "raw" (default) hands on what comes;
   * "strip" takes one pair away.
   */
  payloadQuotes?: "raw" | "strip";
  /**
   * Where a received message ends, for the modem gives no length: "line" (default) at the first CR LF, the rest being
   * dropped; "idle" where a known report or silence follows, so that messages may have several lines, come later, and may
   * have a report glued to them (dialects.md 6.2).
   */
  receiving?: "line" | "idle";
}

const LIMITS: Limits = frozen({
  host: 100,
  credential: 256,
  topic: 255,
  topics: 5,
  grantsEach: false, // S1 documents one value, even for several topics
  willTopic: 255,
  willMessage: 255,
  payload: 1024,
  protocolVersions: [3, 4],
  keepAlive: [0, 3600],
  window: 5,
});

const ALIBABA_NAMES = frozen({ productKey: 1, deviceName: 1, deviceSecret: 1 } satisfies Record<keyof NonNullable<BC35GOptions["alibaba"]>, 1>);
const TENCENT_NAMES = frozen({ productId: 1, deviceName: 1, deviceSecret: 1, expire: 1, url: 1 } satisfies Record<
  keyof NonNullable<BC35GOptions["tencent"]>,
  1
>);

/** What the modem computes user name and password from. */
interface AlibabaTexts {
  productKey: Text;
  deviceName: Text;
  deviceSecret: Text;
}

/** What the modem fetches the password with. */
interface TencentTexts extends Omit<AlibabaTexts, "productKey"> {
  productId: Text;
  clientId: Text;
  /** Days. */
  expire: number | null;
  url: Text | null;
}

interface BC35GValues extends QMTValues {
  readonly connectTimeout: number;
  readonly alibaba: AlibabaTexts | null;
  readonly tencent: TencentTexts | null;
  readonly payloadQuotes: number;
  readonly receiving: number;
}

const EXPIRE_MOST = 60;

function settle(values: BC35GValues, { alibaba, tencent }: BC35GOptions): BC35GValues {
  if (alibaba !== undefined) known("modem.alibaba", alibaba, ALIBABA_NAMES);
  if (tencent !== undefined) known("modem.tencent", tencent, TENCENT_NAMES);
  return Object.assign(settleQMT(values), {
    connectTimeout: (values.packetTimeout + 2) * (values.retries + 1) * 1000,
    alibaba:
      alibaba === undefined
        ? null
        : {
            productKey: new Text("modem.alibaba.productKey", alibaba.productKey, LIMITS.credential),
            deviceName: new Text("modem.alibaba.deviceName", alibaba.deviceName, LIMITS.credential),
            deviceSecret: new Text("modem.alibaba.deviceSecret", alibaba.deviceSecret, LIMITS.credential, true),
          },
    tencent: tencent === undefined ? null : tencentTexts(tencent),
  });
}

function tencentTexts({ productId, deviceName, deviceSecret, expire, url }: NonNullable<BC35GOptions["tencent"]>): TencentTexts {
  return {
    productId: new Text("modem.tencent.productId", productId, LIMITS.credential),
    deviceName: new Text("modem.tencent.deviceName", deviceName, LIMITS.credential),
    clientId: new Text("modem.tencent.clientId", `${productId}@${deviceName}`, LIMITS.credential),
    deviceSecret: new Text("modem.tencent.deviceSecret", deviceSecret, LIMITS.credential, true),
    // Before the URL it cannot be left out.
    expire: expire === undefined ? (url === undefined ? null : EXPIRE_MOST) : integer("modem.tencent.expire", expire, 1, EXPIRE_MOST),
    url: url === undefined ? null : new Text("modem.tencent.url", url, LIMITS.credential),
  };
}

// ---- what the modem says (S1 chapters 3 and 4)

// biome-ignore format: the table reads like the manual
const LINES = responses(
  Report.Open, "+QMTOPEN", { numbers: [2, 2] },
  Report.Close, "+QMTCLOSE", { numbers: [2, 2] },
  Report.Conn, "+QMTCONN", { numbers: [2, 3] },
  Report.Disc, "+QMTDISC", { numbers: [2, 2] },
  Report.Sub, "+QMTSUB", { numbers: [3, 8] }, // of five topics at the most
  Report.Uns, "+QMTUNS", { numbers: [3, 8] },
  Report.Pub, "+QMTPUB", { numbers: [3, 4] },
  Report.PubRel, "+QMTPUBREL", { numbers: [2, 4] }, // PUBREL is being sent again; figure 1 only
  Report.Cfg, "+QMTCFG",
  Report.Auth, "+QMTTENAUTH", { numbers: [1, 1] }, "+QMTENAUTH", { numbers: [1, 1] },
  Report.Stat, "+QMTSTAT", { numbers: [2, 2] },
  Report.Message, "+QMTRECV", { framing: LINE, topic: 2 },
  "+QMTRCV", { framing: LINE, topic: 2 }, // figure 1
  // The banner of a BC28: "Boot: Unsigned … REBOOT_CAUSE_SECURITY_PMU_POWER_ON_RESET, Neul, OK" (public captures).
  Report.Restart, "REBOOT_CAUSE_", { follow: Follow.Anything },
);

// ---- what its numbers mean

/** `+QMTCONN: 0,<state>` behind `AT+QMTCONN?`: S1 3.2.5. */
const STATES: CodeText = `
  1 initialising
  2 connecting
  3 connected
  4 disconnecting
`;

/** `+QMTSTAT: 0,<err_code>`: S1 4.1, table 3. */
const LINK_CODES: CodeText = `
  1 the broker closed or reset the connection
  2 PINGREQ could not be sent or was not answered; deactivate and activate the PDP context
  3 CONNECT could not be sent or timed out; check user name and password, and that no other client has this id
  4 CONNACK did not come; check user name and password, and that no other client has this id
  5 the client disconnected and the broker closed the connection
  6 sending failed again and again, so the modem closed the connection
  7 the link is down or the broker is not available
`;

/** `+QMTTENAUTH: <result_code>`: S1 3.2.2. */
const PASSWORD_RESULTS: CodeText = `
  -1 what it fetched cannot be used as a password
  1 DNS failed
  2 the socket could not be made
  3 HTTP packet error
  4 sending failed
  5 the HTTP answer could not be read
  6 timeout
`;

/** What the reports do, beyond what they do with both families. */
const REPORTS = reports(
  ...QMT_REPORTS,
  // At QoS 0 the id is 0: first sent, first done.
  { on: Report.Pub, does: Does.End, kind: Kind.Publish, id: 1, result: 2, progress: Result.Retransmission },
  { on: Report.PubRel, does: Does.Receive, kind: Kind.Publish, id: 1 }, // PUBREL answers PUBREC
  { on: Report.Auth, does: Does.Hook },
  // Whatever its code, the modem has closed the MQTT connection. While connecting, the result line of the command under way says more, and
  // follows or has come.
  { on: Report.Stat, does: Does.Lose, connecting: Kind.Connect, error: lossOf },
);

function lossOf(fields: Fields): MQTTModemError {
  const code = fields.int(1);
  return linkLost(`is gone: ${meaning(LINK_CODES, code)} (+QMTSTAT ${code})`, code);
}

function resultError(request: Request, code: number, link: FailedLink): MQTTModemError {
  if (request.kind !== Kind.Authorise) return qmtResultError(request, code, link);
  return new NetworkError(
    "CREDENTIALS_FETCH_FAILED",
    `the modem could not fetch the password from Tencent Cloud: ${meaning(PASSWORD_RESULTS, code)} (+QMTTENAUTH ${code})`,
    code,
  );
}

// ---- what it is told

// Times: S1 gives 300 ms for what stays in the modem, 75 s for QMTOPEN, 195 s for the password; the finals and the
// margins are those of dialects.md 9.
const { command, script } = commands<BC35GValues & Settings>(LINES, {
  credentials: (writer, _, { settings: { user, password } }: { settings: Settings }) => {
    if (user === null && password === null) return;
    writer.byte(Byte.Comma);
    writer.quoted(user ?? NOTHING);
    if (password === null) return;
    writer.byte(Byte.Comma);
    writer.quoted(password);
  },
  filters: (writer, request) => {
    for (let i = 0; i < request.items!.length; i++) {
      const item = request.items![i];
      writer.byte(Byte.Comma);
      writer.quoted(item.text);
      if (request.kind !== Kind.Subscribe) continue;
      writer.byte(Byte.Comma);
      writer.int(item.QoS);
    }
  },
});

const TENCENT =
  "{options.tencent.productId},{options.tencent.deviceName},{options.tencent.clientId},{options.tencent.deviceSecret}{,options.tencent.expire}{,options.tencent.url}";

// With a length every byte from 0 to 255 passes; without it 0x1A ends and 0x1B cancels (2.4).
const PUBLISH = command("AT+QMTPUB=0,{id},{QoS},{retain},{topic},{length}", { final: 10_000, result: Report.Pub, resultId: 1, prompt: 5000 });
// The length starts at 1: an empty payload can only be one that ends at once.
const PUBLISH_EMPTY = command("AT+QMTPUB=0,{id},{QoS},{retain},{topic}", { final: 10_000, result: Report.Pub, resultId: 1, prompt: 5000 });

const POLL = command("AT+QMTCONN?", { takes: (fields) => fields.count === 2 && fields.areNumbers(2, 2) });

const CLOSE = command("AT+QMTCLOSE=0", { kind: Kind.Close, resultTimeout: 1000 });

const CFG_ANSWER = frozen({ answer: Report.Cfg });

/** The family of BC35-G and BC28. */
export const BC35G: Family<BC35GValues> = frozen({
  name: "BC35G",
  title: "BC35-G/BC28",
  baud: 9600, // S1 does not say; public drivers open it so (dialects.md 1, rule 12)
  options: {
    ...qmtOptions(0),
    alibaba: null,
    tencent: null,
    payloadQuotes: { choices: ["raw", "strip"], otherwise: 0 },
    receiving: { choices: ["line", "idle"], otherwise: 0 },
  } satisfies OwnOptions<BC35GOptions>,
  settle,
  responses: responseTable(LINES),
  limits: LIMITS,
  commandBuffer: 1024,
  cancel: Byte.Escape,
  wakeUp: wakeUp("\x1b"),
  links: 1,
  numbered: true,
  packetIds: IdsFrom.HostButZero, // the id is 0 for QoS 0 and only then (S1 3.2.9)
  reports: REPORTS,
  // The modem tells the packet id, which QoS 0 has not, and no more.
  message: { packetId: 1 },
  // Where the connection is gone, no line comes at all (7.2).
  states: { name: "+QMTCONN", field: 1, connected: 3, gone: 0x7fffffff, meanings: STATES },
  restart: Report.Restart,
  resultError,
  refusal: resultOfRefused(resultError),
  poll: POLL,
  connect: script(
    CLOSE, // what an earlier run of the host may have left open
    command('AT+QMTCFG="version",0,{settings.protocolVersion}', { needed: "wantsVersion" }), // S1 marks no default, so it is always set
    command('AT+QMTCFG="keepalive",0,{settings.keepAlive}', { needed: "wantsKeepAlive" }),
    command('AT+QMTCFG="session",0,{settings.clean}', { needed: "wantsSession" }),
    // The notices of a retransmission are asked for (last argument): they show that the modem is still at it.
    command('AT+QMTCFG="timeout",0,{options.packetTimeout},{options.retries},1', { needed: "wantsTimeout" }),
    command('AT+QMTCFG="will",0,{settings.will?}{,settings.will.QoS}{,settings.will.retain}{,settings.will.topic}{,settings.will.message}', {
      needed: "wantsWill",
    }),
    command('AT+QMTCFG="aliauth",0,{options.alibaba.productKey},{options.alibaba.deviceName},{options.alibaba.deviceSecret}', { when: "alibaba" }),
    // The document spells it both ways; the set form with two Ts.
    command(`AT+QMTTENAUTH=${TENCENT}`, { kind: Kind.Authorise, when: "tencent", tolerates: Tolerates.Refusal, final: 5000, resultTimeout: 200_000 }),
    command(`AT+QMTENAUTH=${TENCENT}`, { kind: Kind.Authorise, otherwise: true, final: 5000, resultTimeout: 200_000 }),
    command("AT+QMTOPEN=0,{settings.host},{settings.port}", { kind: Kind.Open, final: 5000, resultTimeout: 80_000 }),
    // At once: brokers drop a connection that stays silent (dialects.md 2.2.3).
    command("AT+QMTCONN=0,{settings.id}{credentials}", { kind: Kind.Connect, final: 5000, resultTimeout: "connectTimeout" }),
  ),
  // The example ends at OK, without the result line that the format promises.
  disconnect: script(command("AT+QMTDISC=0", { kind: Kind.Disconnect, resultTimeout: 1000 }), CLOSE),
  close: script(CLOSE),
  subscribe: command("AT+QMTSUB=0,{id}{filters}", { final: 5000, result: Report.Sub }),
  unsubscribe: command("AT+QMTUNS=0,{id}{filters}", { final: 5000, result: Report.Uns }),
  // Read forms and test forms (S1 3.2); QMTCFG's read form is the set form without its values.
  inquiries: script(
    command('AT+QMTCFG="version",0', CFG_ANSWER),
    command('AT+QMTCFG="keepalive",0', CFG_ANSWER),
    command('AT+QMTCFG="session",0', CFG_ANSWER),
    command('AT+QMTCFG="timeout",0', CFG_ANSWER),
    command('AT+QMTCFG="will",0', CFG_ANSWER),
    command('AT+QMTCFG="aliauth",0', CFG_ANSWER),
    "AT+QMTCFG=?",
    "AT+QMTENAUTH?",
    "AT+QMTENAUTH=?",
    // Only an answer has the host in quotes; `+QMTOPEN: 0,0` is a result (6.5).
    command("AT+QMTOPEN?", { takes: (fields) => fields.kind(1) === FieldKind.Quoted }),
    "AT+QMTOPEN=?",
    "AT+QMTCLOSE=?",
    POLL,
    "AT+QMTCONN=?",
    "AT+QMTDISC=?",
    "AT+QMTSUB=?",
    "AT+QMTUNS=?",
    "AT+QMTPUB=?",
  ),
  recovery: {
    attach: REATTACH,
    // REBOOTING, then the banner, and no OK before it (AT manual V1.0, 4.1).
    restart: script(command("AT+NRB", { final: 10_000, probe: true })),
    // The context could not be activated (3.2.3). S1 advises the same behind +QMTSTAT: 0,2 (4.1, table 3), which is what a broker
    // that has gone without a word looks like: a new connection is tried, and the modem asked for its network before that.
    causes: [["OPEN_FAILED", 3, Level.Attach]],
  },
  hook: (link) => new BC35GHook(link),
});

// ---- what no row can say

const CTRL_Z = new Uint8Array([0x1a]);
/** In place of the modem's result: the password that it has fetched can stand in no command. */
const UNUSABLE = -1;

/** How payloads are framed, what an empty one is, and the password that the modem fetches. */
class BC35GHook implements Hook {
  private readonly link: HookedLink<BC35GValues>;

  constructor(link: HookedLink<BC35GValues>) {
    const {
      options,
      chat: {
        decoder: { message },
      },
    } = link;
    this.link = link;
    message.stripQuotes = options.payloadQuotes === 1;
    message.untilSilence = options.receiving === 1;
  }

  publish(request: Request): Command | null {
    if (request.length > 0) return PUBLISH;
    return this.link.chat.payloads.reserve(request, CTRL_Z.length, CTRL_Z, CTRL_Z.length) ? PUBLISH_EMPTY : null;
  }

  /** `+QMTTENAUTH: <result_code>[,<password>]`. */
  onReport(_line: Line, fields: Fields): void {
    const { link } = this;
    const request = link.pending(Kind.Authorise);
    if (request === null) return;
    let result = fields.int(0);
    if (result === 0) {
      const password = passwordFrom(fields);
      if (password === null) result = UNUSABLE;
      else link.settings = { ...link.settings, password };
    }
    link.chat.resolve(request, result);
  }
}

/** The password in field 1, or null when there is none that can be quoted. */
function passwordFrom(fields: Fields): Text | null {
  try {
    return new Text("the fetched password", fields.string(1), LIMITS.credential, true);
  } catch (error) {
    if (error instanceof ArgumentError) return null;
    throw error;
  }
}

export default BC35G;
