// What goes wrong, one thing after the other.

import type { VirtualModem } from "modem-mqtt/virtual-modem";
import { setTimeout as pause } from "node:timers/promises";
import type { Mosquitto } from "./broker";

export interface Fault {
  readonly name: string;
  begin(modem: VirtualModem, broker: Mosquitto, random: () => number): Promise<void> | void;
}

const modemFault = (name: string, spec: (random: () => number) => string): Fault => ({ name, begin: (modem, _, random) => modem.fault(spec(random)) });
const upTo = (random: () => number, milliseconds: number): number => Math.round(milliseconds * random()) + 1;

export const faults: readonly Fault[] = [
  ...(["power", "pin", "command", "watchdog"] as const).map((cause): Fault => ({ name: `modem restarts (${cause})`, begin: (modem) => modem.restart(cause) })),
  {
    name: "broker restarts",
    async begin(_, broker, random) {
      await broker.halt();
      await pause(upTo(random, 8000));
      await broker.begin();
    },
  },
  modemFault("link lost", () => "link-loss:1"),
  modemFault("no network", (random) => `detach:${upTo(random, 15_000)}`),
  modemFault("silent modem", (random) => `silence:${upTo(random, 15_000)}`),
  modemFault("late answer", (random) => `late:${upTo(random, 30_000)},1`),
  modemFault("no prompt", () => "no-prompt:1"),
  modemFault("no final", () => "no-final:1"),
  modemFault("unknown line", () => "inject:before-answer,\\r\\n+CEREG: 1\\r\\n"),
  modemFault("PUBLISH lost", () => "drop-out:publish,1"),
  modemFault("PUBACK lost", () => "drop-in:puback,1"),
  modemFault("PUBREC lost", () => "drop-in:pubrec,1"),
  modemFault("PUBCOMP lost", () => "drop-in:pubcomp,1"),
  { name: "link lost, and DNS fails twice", begin: (modem) => ["dns:2", "link-loss:1"].forEach((spec) => modem.fault(spec)) },
  { name: "link lost, and connections are refused", begin: (modem) => ["refused:3", "link-loss:1"].forEach((spec) => modem.fault(spec)) },
];
