// China Mobile M5310-A, M5311, M5312 and M5313. "S2" is the M531X MQTT command guide 1.4, "P4" its revision 1.3, "P5"
// the M5311 AT Command Interface Specification v2.4 (both in 2484874936/STM32F103C6T6_M5311), "P11" the source of the
// client that was ported from it, "dialects" this project's reference (chapters 3, 12 and 16.2; its register is B-n).

import { CmiotClient } from "../cmiot/client";
import { Held } from "../cmiot/held";
import { Lines } from "../cmiot/lines";
import type { Family } from "../engine/family";
import { platformCommands, powerSavingReport } from "../hi2115/commands";
import { hi2115, wakeCauses } from "../hi2115/dialect";
import { clientCommands } from "./m531x/commands";
import { m5311Commands, signalReport, sleepReport, wakeReport } from "./m531x/device";
import { messageCommands } from "./m531x/messages";
import { models, spacing } from "./m531x/models";
import { makeReports } from "./m531x/reports";
import { variants } from "./m531x/variants";

const m531x: Family = {
  name: "m531x",
  title: "China Mobile M5310-A, M5311, M5312 and M5313",
  // No document prints the answers of CGMI, CGMM and ATI (P5 3.3.2 leaves them to the maker): the maker's and the
  // models' names, and for the other numbers ones of the right form.
  identity: {
    maker: "CMIOT",
    model: "M5310-A",
    firmware: ["M5310-A_V150R100C10B300"],
    product: ["CMIOT", "M5310-A", "Revision:M5310-A_V150R100C10B300"],
    imei: "864345030000015",
    imsi: "460040123456789",
    iccid: "89860401101730612345",
  },
  dialect: {
    // TencentOS-tiny's driver waits for `+CFUN:1`, AliOS Things' for `+CSQ:` and a number.
    colon: ":",
    cmeeModes: [0, 1],
    iccidCommand: "+NCCID",
    // S2 names code 3 alone; the table of P5 is that of 27.007.
    parameterError: 50,
    // Room for a message of 1024 characters (P11's buffer) and a topic at its limit.
    maximumLine: 1664,
    // After AT+NRB TencentOS-tiny's driver waits for `M5310-A`, and AliOS Things' for that and OK; where other modems
    // of this chip print `Neul`.
    banner: (cause) => `\r\n${cause}\r\nM5310-A\r\nOK\r\n`,
    // The words of the chip that M5310-A and BC35-G share; the qsdk driver waits for `REBOOT_` and two of them (P7).
    bootCauses: {
      power: "REBOOT_CAUSE_SECURITY_PMU_POWER_ON_RESET",
      pin: "REBOOT_CAUSE_SECURITY_RESET_PIN",
      command: "REBOOT_CAUSE_APPLICATION_AT",
      watchdog: "REBOOT_CAUSE_APPLICATION_WATCHDOG",
    },
    rebootCommand: { name: "+NRB", answer: "REBOOTING" },
    wakeCauses,
    device: hi2115,
  },
  models,
  variants,
  powerOn(modem) {
    const lines = new Lines(modem, spacing(modem));
    const held = new Held(modem.variant("okOrder") === "before");
    const client: CmiotClient = new CmiotClient(
      modem,
      makeReports(modem, lines, held, () => client),
      {
        retriesOpen: () => !client.settings?.encrypt,
        // P12: a connection with TLS is not made again.
        reconnects: () => !client.settings?.encrypt,
        pingInterval: (keepalive) => keepalive,
        matches: () => true,
      },
    );
    const isM5310a = modem.model === "m5310a";
    return {
      commands: [...clientCommands(modem, client, lines, held), ...messageCommands(modem, client, held)],
      device: isM5310a ? platformCommands(modem) : m5311Commands(modem),
      networkLost: () => client.linkLost(),
      linkLost: () => client.linkLost(),
      powerOff: () => client.powerOff(),
      sleeping: () => (isM5310a ? powerSavingReport(modem, 1) : sleepReport(modem)),
      woken: () => (isM5310a ? powerSavingReport(modem, 0) : wakeReport(modem)),
      settingsChanged: (names) => {
        if (!isM5310a) signalReport(modem, names);
      },
    };
  },
};

export default m531x;
