// The M5311's own commands for the device: P5 chapters 3.2.2.43, 3.5.2 and 4.1.1. M5312 and M5313 are taken for the same.

import { periodicSeconds } from "../../device/timers";
import { cme, CmeError, PlainError } from "../../engine/errors";
import type { CommandSpec, Modem } from "../../engine/family";

/** P5 3.2.2.43; 0 finds the host's rate. */
const rates: readonly number[] = [0, 110, 300, 1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600];
/** P5 3.5.2.10, the example: the periodic update without power saving mode, in seconds. */
const usualUpdate = 3240;
/** P5 3.5.2.14, the example. */
const example = { earfcn: 3701, offset: 3, pci: 69, coverageLevel: 0, transmitPower: -35 } as const;

const tenths = (value: number | "unknown"): number | string => (value === "unknown" ? "" : Math.round(value * 10));

/** A switch for a report. */
function reportSwitch({ device }: Modem, name: string): CommandSpec {
  const { own } = device.watched;
  return {
    name,
    test: [`${name}: (0-1)`],
    read: (call) => call.line(`${name}: ${Number(own.has(name))}`),
    set: ({ args }) => {
      if (args.expect(1).integer(0, 0, 1) === 1) own.add(name);
      else own.delete(name);
    },
  };
}

function powerCommands({ device, urc }: Modem): CommandSpec[] {
  return [
    {
      name: "+CPOF",
      test: ["+CPOF:"],
      execute: (call) =>
        call.afterOk(() => {
          urc("POWER OFF");
          device.switchOff();
        }),
    },
    {
      name: "+COLDRB",
      test: ["+COLDRB:"],
      execute: (call) =>
        call.afterOk(() => {
          urc("COLD REBOOTING..");
          device.restart();
        }),
    },
    {
      name: "+IPR",
      test: [`+IPR: (),(${rates.join(",")})`],
      read: (call) => call.line(`+IPR: ${device.rate.automatic ? 0 : device.rate.told}`),
      set: ({ args, afterOk }) => {
        const rate = args.expect(1).integer(0, 0, 921_600);
        if (!rates.includes(rate)) args.refuse();
        afterOk(() => device.rate.fix(rate));
      },
    },
  ];
}

function sleepCommands(modem: Modem): CommandSpec[] {
  const { kept, saving, sleep } = modem.device;
  const locks: Readonly<Record<string, () => void>> = {
    LOCK: () => (sleep.locked = true),
    UNLOCK: () => (sleep.locked = false),
    LOCK_FOREVER: () => (kept.sleepLocked = true),
    UNLOCK_FOREVER: () => (kept.sleepLocked = false),
  };
  return [
    {
      name: "+SM",
      set: ({ args }) => {
        const word = args.expect(1).text(0).toUpperCase();
        if (!Object.hasOwn(locks, word)) throw new PlainError();
        locks[word]();
        sleep.refresh();
      },
    },
    reportSwitch(modem, "*SLEEP"),
    reportSwitch(modem, "*MATWAKEUP"),
    {
      name: "*WAKETIME",
      test: ["*WAKETIME: (1-300)"],
      read: (call) => call.line(`*WAKETIME: ${sleep.wakeSeconds}`),
      set: ({ args }) => void (sleep.wakeSeconds = args.expect(1).integer(0, 1, 300)),
    },
    { name: "*ENTERSLEEP", execute: (call) => call.afterOk(() => sleep.enter()) },
    {
      name: "+TAUAC",
      test: ["+TAUAC: (0-1116000)"],
      read: (call) => {
        const { granted } = saving;
        call.line(`+TAUAC: ${(granted && periodicSeconds(granted.periodic)) ?? usualUpdate}`);
      },
    },
  ];
}

function contextCommands({ device, urc }: Modem): CommandSpec[] {
  const { kept, radio, settings } = device;
  const { contexts } = kept;
  return [
    {
      name: "*CGDEFCONT",
      test: ['*CGDEFCONT: ("IP","IPV6","IPV4V6","Non-IP")'],
      read: (call) => {
        const { apn = "", authentication, type = "IP" } = contexts.get(contexts.first) ?? {};
        call.line(`*CGDEFCONT: "${type}","${apn}","${authentication?.user ?? ""}","${authentication?.password ?? ""}"`);
      },
      set: ({ args }) => {
        const type = args.expect(1, 4).string(0, 1, 8);
        const [apn, user, password] = [1, 2, 3].map((index) => (args.omitted(index) ? "" : args.string(index, 0, 63)));
        // P5 3.5.2.17: its examples begin in CFUN=0.
        if (radio.functionality !== 0) throw new CmeError(cme.notAllowed);
        contexts.define(contexts.first, { type, apn, authentication: user === "" ? undefined : { protocol: 1, user, password } });
      },
    },
    {
      name: "+EGACT",
      set: (call) => {
        const { args } = call;
        const activate = args.expect(2, 7).integer(0, 0, 1) === 1;
        const cid = contexts.first;
        call.line(`+EGACT:${cid}`);
        if (!activate) {
          call.afterOk(() => {
            radio.deactivate(cid);
            urc(`+EGACT:${cid},0,1`);
          });
          return;
        }
        const type = args.integer(1, 1, 4);
        const [apn, user, password] = [2, 3, 4].map((index) => args.string(index, 0, 63));
        call.afterOk(() => {
          contexts.define(cid, { apn, authentication: user === "" ? undefined : { protocol: 1, user, password } });
          if (!radio.attached || !radio.activate(cid)) return urc(`+EGACT:${cid},1,0`);
          urc(`+EGACT:${cid},1,1,${type}`);
          urc(`+IP: ${settings.mobile.address}`);
        });
      },
    },
  ];
}

function cellCommands({ device, rows }: Modem): CommandSpec[] {
  const { kept, radio, settings, watched } = device;
  return [
    {
      name: "*ENGINFO",
      test: ["*ENGINFO: (0,1)"],
      set: (call) => {
        const mode = call.args.expect(1).integer(0, 0, 1);
        if (!radio.on) throw new PlainError();
        if (mode === 1 || !radio.registered) return;
        const { area, band, cell, rsrp, rsrq, rssi, sinr } = settings.mobile;
        const measured = [rsrp, rsrq, rssi, sinr].map(tenths).join(",");
        const { coverageLevel, earfcn, offset, pci, transmitPower } = example;
        call.line(`*ENGINFOSC: ${earfcn},${offset},${pci},"${cell}",${measured},${band},${parseInt(area, 16)},${coverageLevel},0,${transmitPower}`);
      },
    },
    {
      name: "*CMUNSOL",
      set: ({ args }) => {
        if (args.expect(2).text(0).toUpperCase() !== "SQ") args.refuse();
        if (args.integer(1, 0, 1) === 1) watched.own.add("*MSQN");
        else watched.own.delete("*MSQN");
      },
    },
    {
      name: "*CMBAND",
      test: [`*CMBAND: (0,${rows.bands.join(",")})`],
      read: (call) => call.line(`*CMBAND: ${kept.bands.join(",")}`),
      set: ({ args }) => {
        args.expect(1, rows.bands.length);
        const bands = Array.from({ length: args.count }, (_, index) => args.integer(index, 0, 255));
        const all = bands.length === 1 && bands[0] === 0;
        if (!all && !bands.every((band) => rows.bands.includes(band))) args.refuse();
        // P5 3.5.2.24: after a restart.
        kept.atStart(() => (kept.bands = all ? rows.bands : bands));
      },
    },
  ];
}

export function m5311Commands(modem: Modem): CommandSpec[] {
  const { identity } = modem;
  return [
    { name: "+SWVER", execute: (call) => call.line(...identity.firmware) },
    { name: "+GSN", test: (call) => call.ok(), execute: (call) => call.line(identity.imei) },
    ...powerCommands(modem),
    ...sleepCommands(modem),
    ...contextCommands(modem),
    ...cellCommands(modem),
  ];
}

/** P5 3.5.2.26. */
export function sleepReport({ device, urc }: Modem): void {
  if (device.watched.own.has("*SLEEP")) urc("*GOTOSLEEP");
}

/** P5 3.5.2.25. */
export function wakeReport({ device, urc }: Modem): void {
  if (device.watched.own.has("*MATWAKEUP")) urc(`*${device.settings.sleep.wakeReport}`);
}

/** P5 3.5.2.23: the signal has been measured anew. */
export function signalReport({ device, urc }: Modem, names: readonly string[]): void {
  if (!device.watched.own.has("*MSQN") || !device.radio.registered) return;
  if (!["mobile.rssi", "mobile.rsrp", "mobile.rsrq"].some((name) => names.includes(name))) return;
  const { rsrp, rsrq, rssi } = device.settings.mobile;
  urc(`*MSQN: ${[rssi, rsrq, rsrp].map((value) => (value === "unknown" ? "" : Math.round(value))).join(",")}`);
}
