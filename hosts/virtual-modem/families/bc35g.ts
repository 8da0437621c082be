// Quectel BC35-G and BC28. "S1" is the BC35-G&BC28 MQTT application guide V1.0, "P3" the BC35-G&BC28&BC95 R2.0 AT
// manual V1.0, "dialects" this project's reference (chapters 2, 12 and 16.1; its register of inconsistencies is A-n).

import type { Family } from "../engine/family";
import { platformCommands, powerSavingReport } from "../hi2115/commands";
import { hi2115, wakeCauses } from "../hi2115/dialect";
import { Client, clientCommands } from "./bc35g/client";
import { configCommand, defaultSettings } from "./bc35g/config";
import { bc28, quectelCommands } from "./bc35g/device";
import { messageCommands } from "./bc35g/messages";
import { tencentCommands } from "./bc35g/tencent";
import { variants } from "./bc35g/variants";

const bc35g: Family = {
  name: "bc35g",
  title: "Quectel BC35-G and BC28",
  identity: {
    maker: "Quectel",
    // P3 2.4, example.
    model: "BC35GJB-02-STD",
    // P3 2.5, example: a response for each core.
    firmware: [
      "SSB,V150R100C10B200SP1",
      "SECURITY_A,V150R100C20B300SP2",
      "PROTOCOL_A,V150R100C20B300SP2",
      "APPLICATION_A,V150R100C20B300SP2",
      "SECURITY_B,V150R100C20B300SP2",
      "RADIO,Hi2115_RF1",
    ],
    // P3 2.1, example.
    product: ["Quectel", "BC35-G", "Revision:BC35GJBR01A01"],
    imei: "490154203237511",
    imsi: "460001357924680",
    iccid: "44123456789012345678",
  },
  dialect: {
    // P3 chapter 2 prints no blank, S1 one.
    colon: ":",
    // P3 2.18.
    cmeeModes: [0, 1],
    iccidCommand: "+NCCID",
    parameterError: 50,
    // Neither document gives one; this holds the longest set form of S1 with every string at its limit.
    maximumLine: 1536,
    // P3 chapters 1 and 7, and the example of 8.1.1: the cause, `Neul ` with its blank, and an OK that ends no command.
    banner: (cause) => `\r\n${cause}\r\nNeul \r\nOK\r\n`,
    // P3 table 6.
    bootCauses: {
      power: "REBOOT_CAUSE_SECURITY_PMU_POWER_ON_RESET",
      pin: "REBOOT_CAUSE_SECURITY_RESET_PIN",
      command: "REBOOT_CAUSE_APPLICATION_AT",
      watchdog: "REBOOT_CAUSE_APPLICATION_WATCHDOG",
    },
    // P3 4.1.
    rebootCommand: { name: "+NRB", answer: "REBOOTING" },
    // P3 2.32.
    blockedState: "SIM PUK BLOCKED",
    wakeCauses,
    device: hi2115,
  },
  models: { bc28 },
  variants,
  powerOn(modem) {
    // S1 3.2: settings take effect at once and are lost at power-off.
    const settings = defaultSettings();
    const client = new Client(modem, settings);
    return {
      commands: [configCommand(modem, settings), ...tencentCommands(modem), ...clientCommands(client), ...messageCommands(client)],
      device: [...platformCommands(modem), ...quectelCommands(modem)],
      networkLost: () => client.linkLost(7),
      linkLost: (code) => client.linkLost(code),
      powerOff: () => client.powerOff(),
      sleeping: () => powerSavingReport(modem, 1),
      woken: () => powerSavingReport(modem, 0),
    };
  },
};

export default bc35g;
