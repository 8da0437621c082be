// The commands that configure, open and close the client: S2 1.1 to 1.3 and 1.7 to 1.10, dialects 3.2 and 3.4.

import type { CmiotClient } from "../../cmiot/client";
import type { State } from "../../cmiot/family";
import type { Held } from "../../cmiot/held";
import type { Lines } from "../../cmiot/lines";
import { type Limits, readOpen, readSettings, type Settings } from "../../cmiot/settings";
import { cme, CmeError } from "../../engine/errors";
import type { CommandSpec, Modem } from "../../engine/family";

/** S2 gives no lengths; these are the sizes of P11's buffers, and what ML302 allows for its strings. */
export const limits: Limits = { setting: 128, will: 512, topic: 512 };

const maximumTimeout = 3600;

/** S2 1.3; 7 is of P10 and P11. */
const states: Readonly<Record<State, number>> = {
  none: 0,
  ready: 1,
  disconnected: 2,
  disconnecting: 2,
  connecting: 3,
  reconnecting: 4,
  connected: 5,
  opening: 6,
  opened: 7,
};

/** The forms of the answer to MQTTCFG?, by the variant `cfgRead`: B-7. */
const readForms: Readonly<Record<string, { head?: string; mask: string; encrypt: "as-set" | "always" }>> = {
  example: { mask: "***", encrypt: "as-set" },
  table: { head: "AT+MQTTCFG:", mask: '"*****"', encrypt: "always" },
  mixed: { mask: '"***"', encrypt: "always" },
};

/** Ends a command that the client's state does not allow. S2 has this code for MQTTDISC only. */
function refuseState(): never {
  throw new CmeError(cme.notAllowed);
}

/** Ends the command unless the client is connected. */
export function requireConnected(client: CmiotClient): void {
  if (client.state !== "connected") refuseState();
}

function configLine(modem: Modem, lines: Lines, settings: Settings): string {
  const { host, port, clientId, keepalive, username, clean, encrypt } = settings;
  const { head = lines.head("CFG"), mask, encrypt: shown } = readForms[modem.variant("cfgRead")];
  const end = encrypt === undefined && shown === "as-set" ? "" : `,${Number(encrypt ?? false)}`;
  return `${head}"${host}",${port},"${clientId}",${keepalive},"${username}",${mask},${Number(clean)}${end}`;
}

/** The commands. S2 has a read form for MQTTCFG, MQTTSTAT and MQTTSUB alone, and no test form. */
export function clientCommands(modem: Modem, client: CmiotClient, lines: Lines, held: Held): CommandSpec[] {
  const encrypts = modem.variant("model") !== "m5310a";
  return [
    {
      name: "+MQTTCFG",
      // S2 has no answer for a client that is not configured: here only OK.
      read: (call) => {
        if (client.settings) call.line(configLine(modem, lines, client.settings));
      },
      set: ({ args }) => {
        // S2 1.1: M5310-A does not have `encrypt`.
        args.expect(7, encrypts ? 8 : 7);
        const settings = readSettings(args, limits);
        const encrypt = args.count === 8 ? args.integer(7, 0, 1) === 1 : undefined;
        if (client.active || (client.settings && modem.variant("reconfigure") === "refused")) refuseState();
        client.configure({ ...settings, encrypt });
      },
    },
    {
      name: "+MQTTOPEN",
      set: (call) => {
        // P5 4.3.2: M5311 takes the first three alone.
        const flags = readOpen(call.args, limits, encrypts);
        if (!client.settings || client.active) refuseState();
        held.begin(call, () => {
          if (client.settings && !client.active) client.open(flags);
        });
      },
    },
    {
      name: "+MQTTSTAT",
      read: (call) => {
        const initialised = client.state === "disconnected" && modem.variant("statAfterDisc") === "initialised";
        call.line(`${lines.head("STAT")}${initialised ? states.ready : states[client.state]}`);
      },
    },
    {
      name: "+MQTTDISC",
      execute: (call) => {
        requireConnected(client);
        held.begin(call, () => {
          // The link may have been lost since OK; the loss has its own report.
          if (client.state === "connected") client.disconnect();
        });
      },
    },
    { name: "+MQTTDEL", execute: () => client.delete() },
    {
      name: "+MQTTTO",
      set: ({ args }) => void (client.timeout = args.expect(1).integer(0, 1, maximumTimeout)),
    },
    {
      name: "+MQTTPING",
      set: ({ args }) => void (client.pingEcho = args.expect(1).integer(0, 0, 1) === 1),
    },
  ];
}
