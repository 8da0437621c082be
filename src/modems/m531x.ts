/**
 * China Mobile M5310-A, M5311, M5312 and M5313. The source is "M531X MQTT commands", revision 1.4 (S2), with what
 * dialects.md, chapters 3 and 12, has found out about its gaps.
 */
import { responseTable } from "../at/responses/response-table";
import { frozen } from "../bytes/frozen";
import { flag } from "../checks";
import { ArgumentError } from "../errors";
import { commands } from "../modem/commands";
import { REATTACH } from "../modem/common";
import type { Family } from "../modem/family";
import type { HookedLink } from "../modem/hook";
import { Kind } from "../modem/script";
import type { Settings } from "../modem/settings";
import {
  ChinaMobileHook,
  DELETE,
  family,
  LIMITS,
  LINES,
  OPEN,
  OPTIONS,
  Report,
  settleChinaMobile,
  SUBSCRIPTIONS,
  type ChinaMobileOptions,
  type ChinaMobileValues,
} from "./shared/china-mobile";
import { chinaMobileResultError } from "./shared/failures";
import type { OwnOptions } from "./shared/own-options";

/** What an M531X can be told beyond what all modems can. */
export interface M531XOptions extends ChinaMobileOptions {
  /** Which module it is; the M5310-A has no encryption. Default "M5311". */
  model?: "M5310-A" | "M5311" | "M5312" | "M5313";
  /** TLS. The CA must be in the modem's flash already. Left out of the command where this is left out. */
  encrypt?: boolean;
}

interface M531XValues extends ChinaMobileValues {
  /** 0 or 1, or null to leave it out. */
  readonly encrypt: number | null;
}

/** The place of the M5310-A among the models. */
const M5310A = 0;

function settle(values: M531XValues & { model: number }, { encrypt }: M531XOptions): M531XValues {
  const encrypts = encrypt === undefined ? null : flag("modem.encrypt", encrypt),
    isPlain = values.model === M5310A;
  if (encrypts === 1 && isPlain)
    throw new ArgumentError("ARGUMENT_RANGE", "modem.encrypt", encrypt, "must be left out for an M5310-A, which has no encryption");
  return Object.assign(settleChinaMobile(values), { encrypt: isPlain ? null : encrypts });
}

// ---- what its numbers mean

/** `+MQTTSTAT`: S2 1.3; 7 from a public header. */
const STATES = frozen({
  name: "+MQTTSTAT",
  field: 0,
  connected: 5,
  gone: 2,
  reconnects: true,
  meanings: `
    0 not initialised
    1 initialised
    2 disconnected
    3 CONNECT has been sent
    4 reconnecting
    5 connected
    6 TCP socket connecting
    7 TCP socket connected
  `,
});

// S2 gives no times; these are dialects.md 9's.
const { command, script } = commands<M531XValues & Settings>(LINES, {
  payload: (writer, request, { chat }: HookedLink) => {
    if (request.length > 0) writer.hex(chat.payloads.bytes, request.offset, request.length);
  },
});

// Always as a hex string with its byte count: binary-safe, and nothing needs an escape (3.3). dup is the modem's.
const PUBLISH = command('AT+MQTTPUB={topic},{QoS},{retain},0,{length},"{payload}"', { final: 5000 });
const PUBLISH_ACKNOWLEDGED = frozen({ ...PUBLISH, result: Report.PubAck });

const DISCONNECT = command("AT+MQTTDISC", { kind: Kind.Disconnect, resultTimeout: 10_000 });
const RESPONSES = responseTable(LINES);
const CHINA_MOBILE = family(DISCONNECT);

/** The family of M5310-A, M5311, M5312 and M5313. */
export const M531X: Family<M531XValues> = frozen({
  ...CHINA_MOBILE,
  name: "M531X",
  title: "M531X",
  baud: 9600, // S2 does not say; a public driver opens an M5310-A so
  options: { ...OPTIONS, model: { choices: ["M5310-A", "M5311", "M5312", "M5313"], otherwise: 1 }, encrypt: null } satisfies OwnOptions<M531XOptions>,
  settle,
  responses: RESPONSES,
  states: STATES,
  resultError: chinaMobileResultError,
  limits: {
    ...LIMITS,
    topic: 255,
    willTopic: 255,
    willMessage: 255,
    payload: 512, // 1024 hex digits, the string buffer of the sibling SDK (3.3)
    keepAlive: [0, 65535],
  },
  commandBuffer: 1408, // 1024 hex digits and the longest topic
  connect: script(
    DISCONNECT, // what an earlier run of the host may have left open
    DELETE,
    "AT+MQTTCFG={settings.host},{settings.port},{settings.id},{settings.keepAlive},{settings.user},{settings.password},{settings.clean}{,options.encrypt}",
    // After MQTTCFG, which resets both (dialects.md 10).
    command("AT+MQTTTO={options.ackTimeout}", { needed: "wantsAckTimeout" }),
    command("AT+MQTTPING={options.showPings}", { needed: "showPings" }),
    // The timeout covers the modem's own three tries. Some firmware prints OK behind the result.
    command(OPEN, { kind: Kind.Open, final: 60_000, resultTimeout: 60_000 }),
  ),
  subscribe: command("AT+MQTTSUB={filter},{filterQoS}", { final: 5000, result: Report.SubAck }),
  unsubscribe: command("AT+MQTTUNSUB={filter}", { final: 5000, result: Report.UnsubAck }),
  inquiries: script(CHINA_MOBILE.poll, "AT+MQTTCFG?", SUBSCRIPTIONS),
  recovery: {
    attach: REATTACH,
    restart: script(
      // M5311 (its AT specification v2.4, 3.5.2.3), and taken to hold for M5312 and M5313: OK, then REBOOTING.
      command("AT+CMRB", { final: 10_000, probe: true }),
      // M5310-A, whose chip is a BC35-G's: no OK (public drivers).
      command("AT+NRB", { final: 10_000, probe: true }),
    ),
    causes: [],
  },
  publish: PUBLISH_ACKNOWLEDGED,
  publishQoS0: PUBLISH,
  hook: (link) => new ChinaMobileHook(link, RESPONSES.responses, true), // an M531X always reconnects
});

export default M531X;
