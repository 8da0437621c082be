// Yuge NM28, a 5G module. "S4" is the NM28 5G MQTT application guide V1.0, "dialects" this project's reference (chapters
// 5, 12 and 16.4; its register of inconsistencies is D-n, its public sources are P-n).
//
// S4 has the MQTT commands alone, and no AT manual of the NM28 is public. What is not in S4 is taken from other modules
// of the same maker, as public drivers use them (CLM920, CLR970), from 3GPP TS 27.007, or is our choice. Each line says which.

import type { Family } from "../engine/family";
import { Client } from "./nm28/client";
import { configCommand } from "./nm28/config";
import { connectionCommands } from "./nm28/connection";
import { ctwingCommand } from "./nm28/ctwing";
import { messageCommands } from "./nm28/messages";
import { plainErrors } from "./nm28/reply";
import { variants } from "./nm28/variants";

/** S4 1.1: `<client_idx>` is 0 to 5. */
const clientCount = 6;

const nm28: Family = {
  name: "nm28",
  title: "Yuge NM28 5G",
  clients: clientCount,
  identity: {
    // Our choice: the name in S4's copyright line, shortened as in the maker's own addresses (yuge-info.com).
    maker: "YUGE",
    // S4 has no longer name. The maker's other modules answer with a variant's suffix (CLM920_CDV1 in a public driver).
    model: "NM28",
    // The form is that of the module with S4's commands in P17, which tells its version as `2022.03.04_1230`; the date
    // is S4's own.
    firmware: ["2024.09.04_1230"],
    // Our choice: the lines that many makers print (V.250 leaves the text open).
    product: ["Manufacturer: YUGE", "Model: NM28", "Revision: 2024.09.04_1230"],
    imei: "862104061234560",
    imsi: "460113579246801",
    // China Telecom's issuer, as CTWing's SIM cards have it.
    iccid: "89860319740112345672",
  },
  dialect: {
    // 27.007 and the drivers of the CLM920: one blank.
    colon: ": ",
    // A driver of the CLR970 asks for words.
    cmeeModes: [0, 1, 2],
    // A driver of the CLM920 looks for `ICCID: `.
    iccidCommand: "+ICCID",
    parameterError: 50,
    // S4 gives none; this holds the longest set form here, MQTTCONN with every string at its limit.
    maximumLine: 2048,
    // A driver of the CLR970 takes `RDY` and `*ATREADY` for a restart; the SIM card's line after it is what modules of
    // every maker print. What restarted the module is not said.
    banner: (_cause, variant, { sim }) => {
      const first = variant("banner") === "atready" ? "*ATREADY: 1" : "RDY";
      return `\r\n${first}\r\n\r\n+CPIN: ${sim}\r\n`;
    },
    bootCauses: { power: "", pin: "", command: "", watchdog: "" },
    restartsByCfun: true,
    // The same drivers: contexts are numbered from 1.
    pdpContext: 1,
    // 27.007 10.1.22 and 10.1.47: LTE and 5G.
    registrationCommands: ["+CEREG", "+C5GREG"],
    device: { registrationModes: { "+C5GREG": [0, 1] } },
  },
  variants,
  powerOn(modem) {
    // S4 does not say that anything is kept over power-off: each power-on begins with the defaults.
    const clients = Array.from({ length: clientCount }, (_, index) => new Client(modem, index));
    return {
      commands: plainErrors(modem, [
        configCommand(clients),
        ...connectionCommands(modem, clients),
        ...messageCommands(modem, clients),
        ctwingCommand(modem, clients),
      ]),
      networkLost: () => clients.forEach((client) => client.linkLost(7)),
      linkLost: (code, only) => {
        for (const client of clients) if (only === undefined || only === client.index) client.linkLost(code);
      },
      powerOff: () => clients.forEach((client) => client.powerOff()),
    };
  },
};

export default nm28;
