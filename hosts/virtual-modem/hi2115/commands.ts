// The platform's own commands for the device: P3 chapter 4.

import type { CodeResult } from "../device/sim-card";
import { cme, CmeError } from "../engine/errors";
import type { CommandSpec, Modem } from "../engine/family";
import { radioStatistics } from "./statistics";

/** P3 4.24. */
const pinCommands = { verify: 0, change: 1, enable: 2, disable: 3, unblock: 4 } as const;
/** P3 4.18. */
const rates: readonly number[] = [2400, 4800, 9600, 57_600, 115_200, 230_400, 460_800, 921_600];
const defaultTimeout = 3;
/** P3 4.17: the keys, each with its value from the factory. Only the first has an effect here. */
const configuration: Readonly<Record<string, readonly [value: string, values: string]>> = {
  AUTOCONNECT: ["TRUE", "FALSE,TRUE"],
  CR_0354_0338_SCRAMBLING: ["TRUE", "FALSE,TRUE"],
  CR_0859_SI_AVOID: ["TRUE", "FALSE,TRUE"],
  COMBINE_ATTACH: ["FALSE", "FALSE,TRUE"],
  CELL_RESELECTION: ["TRUE", "FALSE,TRUE"],
  ENABLE_BIP: ["FALSE", "FALSE,TRUE"],
};

/** P3 4.24: how the card's answer is told. */
function pinAnswer(result: CodeResult, left: number): string {
  switch (result) {
    case "right":
      return "OK";
    case "wrong":
      return `ERROR wrong PIN ${left}`;
    case "blocked":
      return "ERROR PIN blocked";
    case "disabled":
      return "ERROR PIN disabled";
    case "format":
      return "ERROR wrong format";
    default:
      return "ERROR";
  }
}

export function platformCommands(modem: Modem): CommandSpec[] {
  const { device, rows } = modem;
  const { card, kept, radio, rate, sleep, watched } = device;
  const value = (key: string): string => kept.values.get(`next ${key}`) ?? kept.values.get(key) ?? configuration[key][0];
  return [
    ...radioStatistics(modem),
    {
      name: "+NPIN",
      test: (call) => call.ok(),
      set: ({ args, afterOk }) => {
        const command = args.expect(2, 3).integer(0, 0, pinCommands.unblock);
        const [first, second] = [args.text(1), args.text(2)];
        if ((args.count === 3) !== (command === pinCommands.change || command === pinCommands.unblock)) args.refuse();
        // P3 2.32, remark 1, of the PIN's other command.
        if (!radio.on) throw new CmeError(cme.notAllowed);
        afterOk(() => {
          const result =
            command === pinCommands.verify
              ? card.verify(first)
              : command === pinCommands.change
                ? card.change(first, second)
                : command === pinCommands.unblock
                  ? card.unblock(first, second)
                  : command === pinCommands.disable && !card.locked
                    ? "disabled"
                    : card.lock(first, command === pinCommands.enable);
          modem.urc(`+NPIN:${pinAnswer(result, command === pinCommands.unblock ? card.pukTries : card.pinTries)}`);
          if (result === "right" || result === "blocked") device.simChanged();
        });
      },
    },
    {
      name: "+NBAND",
      test: [`+NBAND:(${rows.bands.toSorted((a, b) => a - b).join(",")})`],
      read: (call) => call.line(`+NBAND:${kept.bands.join(",")}`),
      set: ({ args }) => {
        args.expect(1, rows.bands.length);
        const bands = Array.from({ length: args.count }, (_, index) => args.integer(index, 0, 255));
        if (!bands.every((band) => rows.bands.includes(band))) args.refuse();
        // P3 4.15: only while the radio is off.
        if (radio.on) throw new CmeError(cme.notAllowed);
        kept.bands = bands;
      },
    },
    {
      name: "+NCONFIG",
      test: Object.entries(configuration).map(([key, [, values]]) => `+NCONFIG:(${key},(${values}))`),
      read: (call) => {
        for (const key of Object.keys(configuration)) call.line(`+NCONFIG:${key},${value(key)}`);
      },
      set: ({ args }) => {
        const key = args.expect(2).text(0).toUpperCase();
        const next = args.text(1).toUpperCase();
        if (!Object.hasOwn(configuration, key) || !configuration[key][1].split(",").includes(next)) args.refuse();
        // The answer tells it at once, but it is effective after AT+NRB.
        kept.values.set(`next ${key}`, next);
        kept.atStart(() => kept.values.set(key, next));
      },
    },
    {
      name: "+NITZ",
      test: ["+NITZ:(0,1)"],
      read: (call) => call.line(`+NITZ:${kept.values.get("NITZ") ?? 1}`),
      set: ({ args }) => void kept.values.set("NITZ", String(args.expect(1).integer(0, 0, 1))),
    },
    {
      name: "+NPSMR",
      test: ["+NPSMR:(0,1)"],
      read: (call) => call.line(`+NPSMR:${watched.own.has("+NPSMR") ? `1,${Number(sleep.asleep)}` : "0"}`),
      set: ({ args }) => {
        if (args.expect(1).integer(0, 0, 1) === 1) watched.own.add("+NPSMR");
        else watched.own.delete("+NPSMR");
      },
    },
    {
      name: "+NCIDSTATUS",
      test: ["+NCIDSTATUS:(0-10)"],
      execute: (call) => {
        for (const [cid] of kept.contexts.all) call.line(`+NCIDSTATUS:${cid},${kept.contexts.isActive(cid) ? 0 : 1}`);
      },
      set: (call) => {
        const cid = call.args.expect(1).integer(0, 0, 10);
        call.line(`+NCIDSTATUS:${cid},${kept.contexts.isActive(cid) ? 0 : 1}`);
      },
    },
    {
      name: "+NATSPEED",
      test: [`+NATSPEED:(${rates.join(",")}),(0-30),(0,1),(0-3),(1,2),(0-2),(0,1)`],
      read: (call) => {
        const { flow, parity, stop, sync } = rate.frame;
        call.line(`+NATSPEED:${rate.told},${sync},${stop},${parity},${flow}`);
      },
      set: (call) => {
        const { args } = call;
        const bits = args.expect(1, 7).integer(0, 0, 4_000_000);
        if (!rates.includes(bits)) args.refuse();
        const timeout = args.integer(1, 0, 30, defaultTimeout) || defaultTimeout;
        const store = args.integer(2, 0, 1, 0) === 1;
        const frame = { sync: args.integer(3, 0, 3, 0), stop: args.integer(4, 1, 2, 1), parity: args.integer(5, 0, 2, 0), flow: args.integer(6, 0, 1, 0) };
        // P3 4.18, remark 1.
        if (bits === 9600 && frame.sync === 1) frame.sync = 2;
        if (bits > rows.highestSleepRate) call.line("+NATSPEED:DISABLE_DEEP_SLEEP");
        call.afterOk(() => {
          rate.frame = frame;
          rate.try(bits, timeout * 1000, store);
          sleep.refresh();
        });
      },
    },
  ];
}

/** P3 4.22: the modem enters power saving mode, or leaves it. */
export function powerSavingReport({ device, urc }: Modem, mode: 0 | 1): void {
  if (device.watched.own.has("+NPSMR")) urc(`+NPSMR:${mode}`);
}
