// The commands that configure, open and close the client, and its switches: S3 2.3.1 to 2.3.3 and 2.3.7 to 2.3.10,
// dialects 4.3.1 to 4.3.3 and 4.3.7.

import type { CmiotClient } from "../../cmiot/client";
import type { State } from "../../cmiot/family";
import type { Lines } from "../../cmiot/lines";
import { type Limits, readOpen, readSettings } from "../../cmiot/settings";
import type { Args } from "../../engine/args";
import { CmeError, PlainError } from "../../engine/errors";
import type { Call, CommandSpec, Modem } from "../../engine/family";
import { codes } from "./codes";
import type { Outcome } from "./outcome";

/** S3 2.3.1, 2.3.2 and 2.3.4. */
export const limits: Limits = { setting: 128, will: 512, topic: 512 };

/** S3 gives no range. */
const maximumTimeout = 3600;

/** S3 2.3.3. */
const states: Readonly<Record<State, number>> = {
  none: 0,
  ready: 0,
  disconnected: 0,
  disconnecting: 0,
  reconnecting: 0,
  connected: 1,
  opening: 2,
  opened: 3,
  connecting: 4,
};

export interface Parts {
  readonly modem: Modem;
  readonly client: CmiotClient;
  readonly lines: Lines;
  readonly outcome: Outcome;
  /** MQTTREC. */
  readonly reconnection: { on: boolean };
}

/** Ends the command with 600 unless the client is connected (P11). */
export function requireConnected(client: CmiotClient): void {
  if (client.state !== "connected") throw new CmeError(codes.notActive);
}

function configure({ modem, client }: Parts, args: Args): void {
  // S3 2.3.1: 7 or 9 arguments, any other number is an error.
  if (args.count !== 7 && args.count !== 9) args.refuse();
  const settings = readSettings(args, limits);
  const version = args.count === 9 ? args.string(7, 0, limits.setting) : "";
  const encrypt = args.count === 9 && args.integer(8, 0, 1) === 1;
  if (encrypt && version === "") args.refuse();
  if (client.active || (client.settings && modem.variant("reconfigure") === "refused")) throw new PlainError();
  client.configure({ ...settings, version, encrypt });
}

/** P13 reads `(null)` before the client is configured; the rest of that line is our guess (dialects 16.3). */
function readConfig({ client, lines }: Parts, call: Call): void {
  const { settings } = client;
  if (!settings) return call.line('+MQTTCFG:"(null)",0,"(null)",0,"(null)","***",0,"",0');
  const { host, port, clientId, keepalive, username, clean, version, encrypt } = settings;
  const texts = `"${host}",${port},"${clientId}",${keepalive},"${username}","***"`;
  call.line(`${lines.head("CFG")}${texts},${Number(clean)},"${version}",${Number(encrypt)}`);
}

function open({ client, outcome }: Parts, call: Call): void {
  const flags = readOpen(call.args, limits, false);
  if (client.state === "connected") throw new CmeError(codes.connected);
  // The client is not configured. S3 has no code for that; 600 is its "system error".
  if (!client.settings) throw new CmeError(codes.notActive);
  // The client is reconnecting by itself, so the command cannot connect.
  if (client.active) throw new CmeError(codes.connectFailed);
  outcome.begin(call, () => {
    if (!client.active) client.open(flags);
  });
}

/** The commands. S3 has no test form. */
export function clientCommands(parts: Parts): CommandSpec[] {
  const { modem, client, lines, outcome, reconnection } = parts;
  return [
    {
      name: "+MQTTCFG",
      parameterError: "plain",
      read: (call) => readConfig(parts, call),
      set: ({ args }) => configure(parts, args),
    },
    { name: "+MQTTOPEN", parameterError: codes.parameter, set: (call) => open(parts, call) },
    {
      name: "+MQTTSTAT",
      read: (call) => {
        if (client.state === "none" && modem.variant("statUnconfigured") === "error") throw new CmeError(codes.notActive);
        call.line(`${lines.head("STAT")}${states[client.state]}`);
      },
    },
    {
      name: "+MQTTDISC",
      parameterError: "plain",
      execute: (call) => {
        if (client.state !== "connected") {
          throw modem.variant("discError") === "620" ? new CmeError(codes.disconnected) : new PlainError();
        }
        outcome.begin(call, () => {
          // The link may have been lost since an early OK; the loss has its own report.
          if (client.state === "connected") client.disconnect();
        });
      },
    },
    // Only in S3 3.3: C-3.
    { name: "+MQTTDEL", execute: () => client.delete() },
    {
      name: "+MQTTPING",
      parameterError: codes.parameter,
      read: (call) => call.line(`+MQTTPING: ${Number(client.pingEcho)}`),
      set: ({ args }) => {
        const echo = args.expect(1).integer(0, 0, 1) === 1;
        // S3 2.3.8: only after MQTTOPEN.
        if (!client.active) throw new CmeError(codes.notActive);
        client.pingEcho = echo;
      },
    },
    {
      name: "+MQTTREC",
      parameterError: codes.parameter,
      // P11 counts the tries since the client was last connected.
      read: (call) => call.line(`+MQTTREC: ${Number(reconnection.on)}${modem.variant("recQuery") === "one-field" ? "" : `,${client.tries}`}`),
      set: ({ args }) => void (reconnection.on = args.expect(1).integer(0, 0, 1) === 1),
    },
    {
      name: "+MQTTTO",
      parameterError: codes.parameter,
      read: (call) => call.line(`+MQTT${modem.variant("toQuery")}: ${client.timeout}`),
      set: ({ args }) => void (client.timeout = args.expect(1).integer(0, 1, maximumTimeout)),
    },
  ];
}
