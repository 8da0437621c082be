/**
 * Quectel BC35-G and BC28. The source is "BC35-G&BC28 MQTT application guide", V1.0 (S1), with what dialects.md,
 * chapters 2 and 12, has found out about its gaps.
 */
import { NOTHING } from "../at/commands/command";
import { WireId, type Request } from "../at/requests/request";
import { Byte } from "../at/responses/bytes";
import { FieldKind, type Fields } from "../at/responses/fields";
import { Follow, Framing, responseTable, responses, type Line } from "../at/responses/response-table";
import { frozen } from "../bytes/frozen";
import { Text } from "../bytes/text";
import { choice, integer, known } from "../checks";
import { ArgumentError, NetworkError, type MQTTModemError } from "../errors";
import { codes, meaning } from "../modem/codes";
import { tables } from "../modem/commands";
import { REATTACH, wakeUp } from "../modem/common";
import type { Family, DriverOptions, LinkListener } from "../modem/family";
import { linkLost } from "../modem/failure";
import type { Limits } from "../modem/limits";
import type { Modem } from "../modem/modem";
import { Level } from "../modem/recovery";
import { Kind, Tolerates } from "../modem/script";
import type { Settings } from "../modem/settings";
import { Stage } from "../modem/stage";
import { QMT, QMT_OPTIONS, Result, Say, type QMTOptions } from "./shared/qmt";

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

const ALIBABA_NAMES = frozen({ productKey: 1, deviceName: 1, deviceSecret: 1 } satisfies Record<keyof NonNullable<BC35GOptions["alibaba"]>, 1>);
const TENCENT_NAMES = frozen({ productId: 1, deviceName: 1, deviceSecret: 1, expire: 1, url: 1 } satisfies Record<keyof NonNullable<BC35GOptions["tencent"]>, 1>);

// ---- what the modem says (S1 chapters 3 and 4)

const LINES = responses(
  Say.Open, "+QMTOPEN", { numbers: [2, 2] },
  Say.Close, "+QMTCLOSE", { numbers: [2, 2] },
  Say.Conn, "+QMTCONN", { numbers: [2, 3] },
  Say.Disc, "+QMTDISC", { numbers: [2, 2] },
  Say.Sub, "+QMTSUB", { numbers: [3, 8] }, // of five topics at the most
  Say.Uns, "+QMTUNS", { numbers: [3, 8] },
  Say.Pub, "+QMTPUB", { numbers: [3, 4] },
  Say.PubRel, "+QMTPUBREL", { numbers: [2, 4] }, // PUBREL is being sent again; figure 1 only
  Say.Cfg, "+QMTCFG",
  Say.Auth, "+QMTTENAUTH", { numbers: [1, 1] }, "+QMTENAUTH", { numbers: [1, 1] },
  Say.Stat, "+QMTSTAT", { numbers: [2, 2] },
  Say.Message, "+QMTRECV", { framing: Framing.Response, topic: 2 },
  "+QMTRCV", { framing: Framing.Response, topic: 2 }, // figure 1
  // The banner of a BC28: "Boot: Unsigned … REBOOT_CAUSE_SECURITY_PMU_POWER_ON_RESET, Neul, OK" (public captures).
  Say.Restart, "REBOOT_CAUSE_", { follow: Follow.Anything },
);

// ---- what it is told

// Times: S1 gives 300 ms for what stays in the modem, 75 s for QMTOPEN, 195 s for the password; the finals and the
// margins are those of dialects.md 9.
const { say, all } = tables<BC35G>(LINES, {
  credentials: (writer, _, modem) => {
    const user = modem.settings.user;
    const password = modem.fetchedPassword ?? modem.settings.password;
    if (user === null && password === null) return;
    writer.byte(Byte.Comma);
    writer.quoted(user ?? NOTHING);
    if (password === null) return;
    writer.byte(Byte.Comma);
    writer.quoted(password);
  },
  filters: (writer, request) => {
    for (let i = 0; i < request.items!.length; i++) {
      const item = request.items![i]!;
      writer.byte(Byte.Comma);
      writer.quoted(item.text);
      if (request.kind !== Kind.Subscribe) continue;
      writer.byte(Byte.Comma);
      writer.int(item.QoS);
    }
  },
});

const CTRL_Z = new Uint8Array([0x1a]);
const EXPIRE_MOST = 60;
const TENCENT = "{tencent.productId},{tencent.deviceName},{tencent.clientId},{tencent.deviceSecret}{,tencent.expire}{,tencent.url}";

// With a length every byte from 0 to 255 passes; without it 0x1A ends and 0x1B cancels (2.4).
const PUBLISH = say("AT+QMTPUB=0,{id},{QoS},{retain},{topic},{length}", { final: 10_000, result: Say.Pub, resultId: 1, prompt: 5000 });
// The length starts at 1: an empty payload can only be one that ends at once.
const PUBLISH_EMPTY = say("AT+QMTPUB=0,{id},{QoS},{retain},{topic}", { final: 10_000, result: Say.Pub, resultId: 1, prompt: 5000 });

const POLL = say("AT+QMTCONN?", { takes: (fields) => fields.count === 2 && fields.areNumbers(2, 2) });

const CLOSE = say("AT+QMTCLOSE=0", { kind: Kind.Close, patience: 1000 });

const CFG_ANSWER = frozen({ answer: Say.Cfg });

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

const DIALECT: Family<BC35G> = frozen({
  name: "BC35-G/BC28",
  options: { ...QMT_OPTIONS, alibaba: 1, tencent: 1, payloadQuotes: 1, receiving: 1 } satisfies Record<Exclude<keyof BC35GOptions, keyof DriverOptions>, 1>,
  responses: responseTable(LINES),
  limits: LIMITS,
  commandBuffer: 1024,
  cancel: Byte.Escape,
  wakeUp: wakeUp("\x1b"),
  links: 1,
  restart: Say.Restart,
  poll: POLL,
  connect: all(
    CLOSE, // what an earlier run of the host may have left open
    say('AT+QMTCFG="version",0,{settings.protocolVersion}', { needed: "wantsVersion" }), // S1 marks no default, so it is always set
    say('AT+QMTCFG="keepalive",0,{settings.keepAlive}', { needed: "wantsKeepAlive" }),
    say('AT+QMTCFG="session",0,{settings.clean}', { needed: "wantsSession" }),
    // The notices of a retransmission are asked for (last argument): they show that the modem is still at it.
    say('AT+QMTCFG="timeout",0,{packetTimeout},{retries},1', { needed: "wantsTimeout" }),
    say('AT+QMTCFG="will",0,{settings.will?}{,settings.will.QoS}{,settings.will.retain}{,settings.will.topic}{,settings.will.message}', { needed: "wantsWill" }),
    say('AT+QMTCFG="aliauth",0,{alibaba.productKey},{alibaba.deviceName},{alibaba.deviceSecret}', { when: "alibaba" }),
    // The document spells it both ways; the set form with two Ts.
    say(`AT+QMTTENAUTH=${TENCENT}`, { kind: Kind.Authorise, when: "tencent", tolerates: Tolerates.Refusal, final: 5000, patience: 200_000 }),
    say(`AT+QMTENAUTH=${TENCENT}`, { kind: Kind.Authorise, when: "isFetching", final: 5000, patience: 200_000 }),
    say("AT+QMTOPEN=0,{settings.host},{settings.port}", { kind: Kind.Open, final: 5000, patience: 80_000 }),
    // At once: brokers drop a connection that stays silent (dialects.md 2.2.3).
    say("AT+QMTCONN=0,{settings.id}{credentials}", { kind: Kind.Connect, final: 5000, patience: "connectPatience" }),
  ),
  // The example ends at OK, without the result line that the format promises.
  disconnect: all(say("AT+QMTDISC=0", { kind: Kind.Disconnect, patience: 1000 }), CLOSE),
  close: all(CLOSE),
  subscribe: say("AT+QMTSUB=0,{id}{filters}", { final: 5000, result: Say.Sub }),
  unsubscribe: say("AT+QMTUNS=0,{id}{filters}", { final: 5000, result: Say.Uns }),
  // Read forms and test forms (S1 3.2); QMTCFG's read form is the set form without its values.
  inquiries: all(
    say('AT+QMTCFG="version",0', CFG_ANSWER),
    say('AT+QMTCFG="keepalive",0', CFG_ANSWER),
    say('AT+QMTCFG="session",0', CFG_ANSWER),
    say('AT+QMTCFG="timeout",0', CFG_ANSWER),
    say('AT+QMTCFG="will",0', CFG_ANSWER),
    say('AT+QMTCFG="aliauth",0', CFG_ANSWER),
    "AT+QMTCFG=?",
    "AT+QMTENAUTH?", "AT+QMTENAUTH=?",
    // Only an answer has the host in quotes; `+QMTOPEN: 0,0` is a result (6.5).
    say("AT+QMTOPEN?", { takes: (fields) => fields.kind(1) === FieldKind.Quoted }), "AT+QMTOPEN=?",
    "AT+QMTCLOSE=?",
    POLL, "AT+QMTCONN=?",
    "AT+QMTDISC=?",
    "AT+QMTSUB=?",
    "AT+QMTUNS=?",
    "AT+QMTPUB=?",
  ),
  recovery: {
    attach: REATTACH,
    // REBOOTING, then the banner, and no OK before it (AT manual V1.0, 4.1).
    restart: all(say("AT+NRB", { final: 10_000, probe: true })),
    // The context could not be activated (3.2.3). S1 advises the same behind +QMTSTAT: 0,2 (4.1, table 3), which is what a broker
    // that has gone without a word looks like: a new connection is tried, and the modem asked for its network before that.
    causes: [["OPEN_FAILED", 3, Level.Attach]],
  },
});

// ---- what its numbers mean

/** `+QMTCONN: 0,<state>` behind `AT+QMTCONN?`: S1 3.2.5. */
const STATES = codes(`
  1 initialising
  2 connecting
  3 connected
  4 disconnecting
`);
const CONNECTED = 3;

/** `+QMTSTAT: 0,<err_code>`: S1 4.1, table 3. */
const LINK_CODES = codes(`
  1 the broker closed or reset the connection
  2 PINGREQ could not be sent or was not answered; deactivate and activate the PDP context
  3 CONNECT could not be sent or timed out; check user name and password, and that no other client has this id
  4 CONNACK did not come; check user name and password, and that no other client has this id
  5 the client disconnected and the broker closed the connection
  6 sending failed again and again, so the modem closed the connection
  7 the link is down or the broker is not available
`);

/** `+QMTTENAUTH: <result_code>`: S1 3.2.2. */
const PASSWORD_RESULTS = codes(`
  -1 what it fetched cannot be used as a password
  1 DNS failed
  2 the socket could not be made
  3 HTTP packet error
  4 sending failed
  5 the HTTP answer could not be read
  6 timeout
`);

/** Not the modem's: it fetched a password that no command can carry. */
const UNUSABLE = -1;

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

/** The driver for BC35-G and BC28. */
export class BC35G extends QMT {
  static readonly family: Family = DIALECT;

  /** Bit/s from the factory. S1 does not say; public drivers open it so (dialects.md 1, rule 12). */
  static readonly baud = 9600;

  readonly alibaba: AlibabaTexts | null;
  readonly tencent: TencentTexts | null;
  fetchedPassword: Text | null = null;
  /** The code of a +QMTSTAT that may have been a message's, and is being looked into; 0 for none. */
  #alleged = 0;

  constructor(modem: Modem, link: number, options: BC35GOptions, client: LinkListener) {
    super(modem, link, options, client, 0);
    this.chat.decoder.message.stripQuotes = choice("modem.payloadQuotes", options.payloadQuotes ?? "raw", ["raw", "strip"]) === "strip";
    this.chat.decoder.message.untilSilence = choice("modem.receiving", options.receiving ?? "line", ["line", "idle"]) === "idle";
    if (options.alibaba !== undefined) known("modem.alibaba", options.alibaba, ALIBABA_NAMES);
    if (options.tencent !== undefined) known("modem.tencent", options.tencent, TENCENT_NAMES);
    this.alibaba = options.alibaba === undefined ? null : {
      productKey: new Text("modem.alibaba.productKey", options.alibaba.productKey, LIMITS.credential),
      deviceName: new Text("modem.alibaba.deviceName", options.alibaba.deviceName, LIMITS.credential),
      deviceSecret: new Text("modem.alibaba.deviceSecret", options.alibaba.deviceSecret, LIMITS.credential, true),
    };
    this.tencent = options.tencent === undefined ? null : tencentTexts(options.tencent);
  }

  override start(settings: Settings): void {
    this.fetchedPassword = null;
    this.#alleged = 0;
    super.start(settings);
  }

  /** It has to have a password from Tencent Cloud, and has none yet. */
  get isFetching(): boolean {
    return this.tencent !== null && this.fetchedPassword === null;
  }

  get connectPatience(): number {
    return (this.packetTimeout + 2) * (this.retries + 1) * 1000;
  }

  protected publish(request: Request): boolean {
    // The id is 0 for QoS 0 and only then (S1 3.2.9).
    request.wireId = request.QoS === 0 ? 0 : request.id;
    request.resultTimeout = this.ackPatience;
    if (request.length > 0) {
      this.chat.submit(request, PUBLISH);
      return true;
    }
    if (!this.chat.reserve(request, CTRL_Z.length)) return false;
    this.chat.requests.fill(request, CTRL_Z, CTRL_Z.length);
    this.chat.submit(request, PUBLISH_EMPTY);
    return true;
  }

  onMessage(_line: Line, fields: Fields): void {
    // The modem tells the packet id, which QoS 0 has not, and no more: 1 stands for 1 or 2.
    this.deliver(fields, 2, fields.int(1, 0) === 0 ? 0 : 1, -1, -1);
  }

  onLine(line: Line, fields: Fields): void {
    if (line.id !== Say.Auth && fields.int(0) !== this.number) return; // damaged: there is no other client
    switch (line.id) {
      case Say.Pub: return this.acknowledged(Kind.Publish, fields);
      case Say.Sub: return this.acknowledged(Kind.Subscribe, fields);
      case Say.Uns: return this.acknowledged(Kind.Unsubscribe, fields);
      case Say.Open: return this.resolve(Kind.Open, WireId.Any, fields.int(1));
      case Say.Conn: return this.connected(fields);
      case Say.Disc: return this.resolve(Kind.Disconnect, WireId.Any, fields.int(1));
      case Say.Close: return this.resolve(Kind.Close, WireId.Any, fields.int(1));
      case Say.PubRel: return this.received(fields.int(1)); // PUBREL answers PUBREC
      case Say.Auth: return this.authorised(fields);
      case Say.Stat: return this.linkChanged(fields.int(1));
    }
  }

  /** `+QMTPUB: 0,<msgID>,<result>[,<value>…]` and its like. QoS 0 has the id 0: first sent, first done. */
  private acknowledged(kind: Kind, fields: Fields): void {
    const request = this.chat.find(this.number, kind, fields.int(1));
    if (request === null) return;
    const result = fields.int(2);
    if (result === Result.Retransmission) return this.chat.extend(request);
    if (kind === Kind.Subscribe && result === Result.Acknowledged) {
      request.granted = 0;
      for (let i = 0; i < request.items!.length; i++) {
        // S1 documents one value even for several topics.
        const value = fields.int(3 + i, fields.int(3, request.items![i]!.QoS));
        request.grant(i, value);
      }
    }
    this.chat.resolve(request, result);
  }

  /** `+QMTTENAUTH: <result_code>[,<password>]`. */
  private authorised(fields: Fields): void {
    const request = this.chat.find(this.number, Kind.Authorise, WireId.Any);
    if (request === null) return;
    const result = fields.int(0);
    if (result === 0) this.fetchedPassword = passwordFrom(fields);
    this.chat.resolve(request, result === 0 && this.fetchedPassword === null ? UNUSABLE : result);
  }

  /** `+QMTSTAT: 0,<err_code>`: whatever it says, the modem has closed the MQTT connection. */
  private linkChanged(code: number): void {
    if (this.stage !== Stage.Online && this.stage !== Stage.Connecting) return;
    // While connecting, the result line of the command under way says it better, and follows or has come.
    if (this.stage === Stage.Connecting && !this.isOwed(Kind.Connect)) return;
    this.#alleged = code; // where it is not believed, the modem is asked (dialects.md 6.2)
    this.gone(code);
  }

  private gone(code: number): void {
    this.down(linkLost(`is gone: ${meaning(LINK_CODES, code)} (+QMTSTAT ${code})`, code));
  }

  /** Where the connection is gone, no line comes at all (7.2). */
  protected onState(_line: Line, fields: Fields): void {
    const state = fields.int(1);
    if (state === CONNECTED) this.#alleged = 0;
    else this.lostUntold(`${meaning(STATES, state)} (+QMTCONN ${state})`);
  }

  protected override lostUntold(how: string): void {
    if (this.#alleged === 0) super.lostUntold(how);
    else this.gone(this.#alleged);
  }

  protected override resultError(request: Request, code: number): MQTTModemError {
    if (request.kind !== Kind.Authorise) return super.resultError(request, code);
    return new NetworkError("CREDENTIALS_FETCH_FAILED", `the modem could not fetch the password from Tencent Cloud: ${meaning(PASSWORD_RESULTS, code)} (+QMTTENAUTH ${code})`, code);
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

function tencentTexts(options: NonNullable<BC35GOptions["tencent"]>): TencentTexts {
  return {
    productId: new Text("modem.tencent.productId", options.productId, LIMITS.credential),
    deviceName: new Text("modem.tencent.deviceName", options.deviceName, LIMITS.credential),
    clientId: new Text("modem.tencent.clientId", `${options.productId}@${options.deviceName}`, LIMITS.credential),
    deviceSecret: new Text("modem.tencent.deviceSecret", options.deviceSecret, LIMITS.credential, true),
    // Before the URL it cannot be left out.
    expire: options.expire === undefined ? options.url === undefined ? null : EXPIRE_MOST : integer("modem.tencent.expire", options.expire, 1, EXPIRE_MOST),
    url: options.url === undefined ? null : new Text("modem.tencent.url", options.url, LIMITS.credential),
  };
}

export default BC35G;
