// The models, and where they differ.

import type { Line, Spaced } from "../../cmiot/lines";
import type { DeviceDialect } from "../../engine/device-dialect";
import type { Dialect, Identity, Model, Modem } from "../../engine/family";

/**
 * P5 3.5.2.3: the lines that an M5311 prints when it has started. Only `*ATREADY` comes at every start (3.5.2.35); the other two come
 * when the modem has found its SIM. It does not print the cause of the start.
 */
const banner: Dialect["banner"] = (_cause, _variant, { functionality, sim }) => {
  const card = functionality === 0 ? "" : `\r\n+CPIN: ${sim}\r\n`;
  return `\r\n*ATREADY: 1\r\n\r\n+CFUN: ${functionality}\r\n${card}`;
};

/** The rows of P5, chapter 3. */
const device: Partial<DeviceDialect> = {
  technology: 9,
  // P5 3.3.2.15.
  registrationForm: { quoted: true, trailing: false, routingArea: true },
  // P5 3.3.2.3: the second argument stores the level for the next starts.
  levels: [0, 1, 4, 7],
  levelReset: [0, 1, 2],
  storesLevel: true,
  clockQuoted: false,
  zoneModes: [0, 1, 2],
  // P5 3.5.2.17.
  contextTypes: ["IP", "IPV6", "IPV4V6", "Non-IP"],
  addressQuoted: true,
  // P5 3.3.2.22: names are not supported, and the technology is 9.
  operatorFormats: [2],
  operatorTechnology: true,
  // P5 3.3.2.23, its example.
  signal: "with-level",
  edrxTechnology: 5,
  codeQuoted: true,
  reportsPin: true,
  blockedReport: "*SMPUKBLKD",
  // The pulses of RT-Thread's driver.
  pulses: { on: 500, off: 2100 },
  // P5 3.5.2.28.
  awakeAfterCommand: 10_000,
  bands: [3, 5, 8],
};

const named = (name: string, identity: Partial<Identity> = {}): Model => ({
  identity: { model: name, firmware: [`${name}_V1.0`], product: ["CMIOT", name, `Revision:${name}_V1.0`], ...identity },
  dialect: {
    colon: ": ",
    // P5 3.3.2.20: words too.
    cmeeModes: [0, 1, 2],
    // P5 3.5.2.11.
    iccidCommand: "+ICCID",
    pdpContext: 1,
    banner,
    // P5 3.5.2.3: OK, then the line.
    rebootCommand: { name: "+CMRB", answer: "REBOOTING..", ok: true },
    registrationCommands: ["+CEREG", "+CGREG", "+CREG"],
    device,
  },
});

/** By the values of the variant `model`. The family's own data are those of M5310-A. We assume that P5 holds for M5312 and M5313 too. */
export const models: Readonly<Record<string, Model>> = {
  // P5 3.2.2.4 and 3.5.2.1.
  m5311: named("M5311", { firmware: ["M5311-MLVH0S00"], product: ["CMCC", "M5311", "M5311-MLVH0S00", "V1.0"], hardware: "V1.0" }),
  m5312: named("M5312"),
  m5313: named("M5313"),
};

/** Lines with a blank after the colon. */
const forms: Readonly<Record<string, Spaced>> = {
  // S2 chapter 2, P7, P8; the answer to MQTTDISC is printed in 1.7 only.
  m5310a: ["DISC"],
  // P6.
  m5311: "all",
  // The syntax tables of S2 chapter 1.
  tables: ["OPEN", "SUBACK", "TO", "PINGTO", "DISC"] satisfies readonly Line[],
};

/** There are no captures of M5312 and M5313, so they print as S2's examples do. */
export function spacing(modem: Modem): Spaced {
  const chosen = modem.variant("spacing");
  const model = modem.variant("model") === "m5311" ? "m5311" : "m5310a";
  return forms[chosen === "model" ? model : chosen];
}
