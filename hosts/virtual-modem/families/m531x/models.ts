// The models, and where they differ.

import type { Line, Spaced } from "../../cmiot/lines";
import type { Model, Modem } from "../../engine/family";

/**
 * P5 3.5.2.3: the lines that an M5311 prints when it has started. Only `*ATREADY` comes at every start (3.5.2.35); the other two come
 * when the modem has found its SIM. It does not print the cause of the start.
 */
const banner = (): string => "\r\n*ATREADY: 1\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n";

const named = (name: string): Model => ({
  identity: { model: name, firmware: [`${name}_V1.0`], product: ["CMIOT", name, `Revision:${name}_V1.0`] },
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
  },
});

/** By the values of the variant `model`. The family's own data are those of M5310-A. We assume that P5 holds for M5312 and M5313 too. */
export const models: Readonly<Record<string, Model>> = {
  m5311: named("M5311"),
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
