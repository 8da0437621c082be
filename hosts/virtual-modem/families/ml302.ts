// China Mobile ML302. "S3" is its MQTT AT manual, chapters 2 and 3, read as dialects chapter 13 deciphers it; "P11" the
// vendor's published source of the client (472907136/ML302, SDK 1.0.0), "P13" the vendor's OneOS driver, "P14" hobby
// drivers, "P15" the ancestor's firmware, "dialects" this project's reference (chapters 4, 7.4, 12, 13 and 16.3; its
// register of inconsistencies is C-n).

import { CmiotClient } from "../cmiot/client";
import { Held } from "../cmiot/held";
import { Lines } from "../cmiot/lines";
import type { Family } from "../engine/family";
import { clientCommands } from "./ml302/commands";
import { deviceCommands } from "./ml302/device";
import { spacing } from "./ml302/lines";
import { messageCommands } from "./ml302/messages";
import { Outcome } from "./ml302/outcome";
import { makeReports } from "./ml302/reports";
import { variants } from "./ml302/variants";

/** By the variant `banner`. S3 has no banner, and drivers only wait for an answer to AT. */
const banners: Readonly<Record<string, string>> = {
  matready: "\r\n+MATREADY\r\n",
  cpin: "\r\n+CPIN: READY\r\n",
  silent: "",
};

const ml302: Family = {
  name: "ml302",
  title: "China Mobile ML302",
  // The firmware is the one in Espressif's list of modems that its USB driver was tested with; no source prints the
  // answers of CGMI, CGMM and ATI: the maker's and the model's names.
  identity: {
    maker: "CMIOT",
    model: "ML302",
    firmware: ["ML302-CNLM_MBRH0S00"],
    product: ["CMIOT", "ML302", "ML302-CNLM_MBRH0S00"],
    imei: "866714040000018",
    imsi: "460081237000001",
    iccid: "89860492192070000001",
  },
  dialect: {
    // Captures of CSQ, ICCID and CGACT (mo4tech's TCP walk-through, P14's drivers).
    colon: ": ",
    cmeeModes: [0, 1, 2],
    iccidCommand: "+ICCID",
    parameterError: 50,
    // An inline message of 1024 bytes, each of which may be escaped, and a topic of 512.
    maximumLine: 2688,
    banner: (_cause, variant) => banners[variant("banner")],
    bootCauses: { power: "", pin: "", command: "", watchdog: "" },
    // A desktop driver restarts it so, and waits for OK (LTE_ML302 in a Qt application).
    rebootCommand: { name: "+TRB", answer: "", ok: true },
    pdpContext: 1,
    registrationCommands: ["+CEREG", "+CGREG", "+CREG"],
    // No AT command for its power saving mode is known.
    device: { powerSaving: false },
  },
  variants,
  powerOn(modem) {
    const lines = new Lines(modem, spacing(modem));
    const outcome = new Outcome(modem, new Held(modem.variant("okOrder") === "before"));
    // S3 2.3.9: on by default.
    const reconnection = { on: true };
    const encrypted = (): boolean => client.settings?.encrypt ?? false;
    const client: CmiotClient = new CmiotClient(
      modem,
      makeReports(modem, lines, outcome, () => client),
      {
        retriesOpen: () => modem.variant("openRetry") === "before-final" && reconnection.on && !encrypted(),
        // P12: a connection with TLS is not made again.
        reconnects: () => reconnection.on && !encrypted(),
        pingInterval: (keepalive) => (modem.variant("pingInterval") === "half" ? keepalive / 2 : keepalive),
        // P11 looks for the same QoS, and lets any other answer pass.
        matches: (code, requested) => modem.variant("downgrade") !== "timeout" || code === requested,
      },
    );
    return {
      commands: [...clientCommands({ modem, client, lines, outcome, reconnection }), ...messageCommands(modem, client, outcome)],
      device: deviceCommands(modem),
      networkLost: () => client.linkLost(),
      linkLost: () => client.linkLost(),
      powerOff: () => client.powerOff(),
    };
  },
};

export default ml302;
