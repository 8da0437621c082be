/**
 * China Mobile M5310-A, M5311, M5312 and M5313. The source is "M531X MQTT commands", revision 1.4 (S2), with what
 * dialects.md, chapters 3 and 12, has found out about its gaps.
 */
import type { Command } from "../at/commands/command";
import type { Request } from "../at/requests/request";
import { responseTable } from "../at/responses/response-table";
import { frozen } from "../bytes/frozen";
import { choice, flag } from "../checks";
import { ArgumentError } from "../errors";
import { codes } from "../modem/codes";
import { tables } from "../modem/commands";
import { REATTACH } from "../modem/common";
import type { Family, DriverOptions, LinkListener } from "../modem/family";
import type { Modem } from "../modem/modem";
import { Kind } from "../modem/script";
import { ChinaMobile, DELETE, family, LIMITS, LINES, OPEN, OPTIONS, Say, SUBSCRIPTIONS, type ChinaMobileOptions, type States } from "./shared/china-mobile";

/** What an M531X can be told beyond what all modems can. */
export interface M531XOptions extends ChinaMobileOptions {
  /** Which module it is; the M5310-A has no encryption. Default "M5311". */
  model?: "M5310-A" | "M5311" | "M5312" | "M5313";
  /** TLS. The CA must be in the modem's flash already. Left out of the command where this is left out. */
  encrypt?: boolean;
}

// S2 gives no times; these are dialects.md 9's.
const { say, all } = tables<M531X>(LINES, {
  payload: (writer, request, modem) => {
    if (request.length > 0) writer.hex(modem.chat.requests.payloads, request.offset, request.length);
  },
});

// Always as a hex string with its byte count: binary-safe, and nothing needs an escape (3.3). dup is the modem's.
const PUBLISH = say('AT+MQTTPUB={topic},{QoS},{retain},0,{length},"{payload}"', { final: 5000 });
const PUBLISH_ACKNOWLEDGED = frozen({ ...PUBLISH, result: Say.PubAck });

const DISCONNECT = say("AT+MQTTDISC", { kind: Kind.Disconnect, patience: 10_000 });
const CHINA_MOBILE = family(DISCONNECT);

const DIALECT: Family<M531X> = frozen({
  ...CHINA_MOBILE,
  name: "M531X",
  options: { ...OPTIONS, model: 1, encrypt: 1 } satisfies Record<Exclude<keyof M531XOptions, keyof DriverOptions>, 1>,
  responses: responseTable(LINES),
  limits: {
    ...LIMITS,
    topic: 255,
    willTopic: 255,
    willMessage: 255,
    payload: 512, // 1024 hex digits, the string buffer of the sibling SDK (3.3)
    keepAlive: [0, 65535],
  },
  commandBuffer: 1408, // 1024 hex digits and the longest topic
  connect: all(
    DISCONNECT, // what an earlier run of the host may have left open
    DELETE,
    "AT+MQTTCFG={settings.host},{settings.port},{settings.id},{settings.keepAlive},{settings.user},{settings.password},{settings.clean}{,encrypt}",
    // After MQTTCFG, which resets both (dialects.md 10).
    say("AT+MQTTTO={ackTimeout}", { needed: "wantsAckTimeout" }),
    say("AT+MQTTPING={showPings}", { needed: "showPings" }),
    // The patience covers the modem's own three tries. Some firmware prints OK behind the result.
    say(OPEN, { kind: Kind.Open, final: 60_000, patience: 60_000 }),
  ),
  subscribe: say("AT+MQTTSUB={filter},{filterQoS}", { final: 5000, result: Say.SubAck }),
  unsubscribe: say("AT+MQTTUNSUB={filter}", { final: 5000, result: Say.UnsubAck }),
  inquiries: all(CHINA_MOBILE.poll, "AT+MQTTCFG?", SUBSCRIPTIONS),
  recovery: {
    attach: REATTACH,
    restart: all(
      // M5311 (its AT specification v2.4, 3.5.2.3), and taken to hold for M5312 and M5313: OK, then REBOOTING.
      say("AT+CMRB", { final: 10_000, probe: true }),
      // M5310-A, whose chip is a BC35-G's: no OK (public drivers).
      say("AT+NRB", { final: 10_000, probe: true }),
    ),
    causes: [],
  },
});

// ---- what its numbers mean

/** `+MQTTSTAT`: S2 1.3; 7 from a public header. */
const STATES: States = frozen({
  connected: 5,
  gone: 2,
  meanings: codes(`
    0 not initialised
    1 initialised
    2 disconnected
    3 CONNECT has been sent
    4 reconnecting
    5 connected
    6 TCP socket connecting
    7 TCP socket connected
  `),
});

/** The driver for M5310-A, M5311, M5312 and M5313. */
export class M531X extends ChinaMobile {
  static readonly family: Family = DIALECT;
  /** Bit/s from the factory; S2 does not say, a public driver opens an M5310-A so. */
  static readonly baud = 9600;

  /** 0 or 1, or null to leave it out. */
  readonly encrypt: number | null;

  constructor(modem: Modem, link: number, options: M531XOptions, client: LinkListener) {
    super(modem, link, options, client);
    const model = choice("modem.model", options.model ?? "M5311", ["M5310-A", "M5311", "M5312", "M5313"]);
    const encrypt = options.encrypt === undefined ? null : flag("modem.encrypt", options.encrypt);
    if (encrypt === 1 && model === "M5310-A")
      throw new ArgumentError("ARGUMENT_RANGE", "modem.encrypt", options.encrypt, "must be left out for an M5310-A, which has no encryption");
    this.encrypt = model === "M5310-A" ? null : encrypt;
  }

  protected get states(): States {
    return STATES;
  }

  /** It always reconnects. */
  protected get listing(): Command {
    return SUBSCRIPTIONS;
  }

  protected publishCommand(request: Request): Command {
    return request.QoS === 0 ? PUBLISH : PUBLISH_ACKNOWLEDGED;
  }
}

export default M531X;
