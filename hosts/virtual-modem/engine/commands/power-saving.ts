// Power saving mode and eDRX: 3GPP TS 27.007 7.38, 7.40 and 7.41.

import type { Args } from "../args";
import { CmeError, PlainError, cme } from "../errors";
import type { CommandSpec } from "../family";
import type { CommonHost } from "./host";

const octet = /^[01]{8}$/;
const nibble = /^[01]{4}$/;

/** Bits, in quotes or bare; "" when they are left out. */
function bits(args: Args, index: number, form: RegExp): string {
  if (args.omitted(index)) return "";
  const text = args.text(index);
  return form.test(text) ? text : args.refuse();
}

export function powerSavingCommands({ device, dialect, rows }: CommonHost): CommandSpec[] {
  if (!rows.powerSaving) return [];
  const { radio, saving, settings, sleep } = device;
  const { colon } = dialect;
  const text = (value: string): string => (value === "" ? "" : rows.bitsQuoted ? `"${value}"` : value);
  const technology = rows.edrxTechnology;
  return [
    {
      name: "+CPSMS",
      test: [`+CPSMS${colon}(0,1,2),,,${rows.bitsQuoted ? '("00000000"-"11111111"),("00000000"-"11111111")' : "(00000000-11111111),(00000000-11111111)"}`],
      read: (call) => {
        const { activeTime, on, periodicTime } = saving;
        // Quectel AT manual 2.20: the defaults are told where nothing was asked for.
        const { activeTime: active, periodicTime: periodic } = rows.bitsQuoted ? { activeTime: "", periodicTime: "" } : settings.sleep;
        call.line(`+CPSMS${colon}${Number(on)},,,${text(periodicTime || periodic)},${text(activeTime || active)}`);
      },
      set: ({ args }) => {
        const mode = args.expect(1, 5).integer(0, 0, 2);
        if (mode === 2) saving.forget();
        else {
          saving.periodicTime = bits(args, 3, octet) || saving.periodicTime;
          saving.activeTime = bits(args, 4, octet) || saving.activeTime;
          saving.on = mode === 1;
        }
        sleep.refresh();
      },
    },
    {
      name: "+CEDRXS",
      test: [`+CEDRXS${colon}(0,1,2,3),(${technology}),("0000"-"1111")`],
      read: (call) => {
        if (saving.edrx) call.line(`+CEDRXS${colon}${technology},"${saving.edrxCycle || "0101"}"`);
      },
      set: ({ args, afterOk }) => {
        const mode = args.expect(1, 3).integer(0, 0, 3);
        if (mode === 0 && args.omitted(1) && rows.edrxOffNeedsTechnology) throw new PlainError();
        if (!args.omitted(1)) args.integer(1, technology, technology);
        if (mode === 3) saving.edrxCycle = "";
        else saving.edrxCycle = bits(args, 2, nibble) || saving.edrxCycle;
        const before = saving.grantedEdrx;
        saving.edrx = mode === 1 || mode === 2;
        saving.edrxReports = mode === 2;
        const granted = saving.grantedEdrx;
        if (saving.edrxReports && radio.registered && granted && granted.cycle !== before?.cycle) afterOk(() => device.report(edrxText("+CEDRXP", colon)));
      },
    },
    {
      name: "+CEDRXRDP",
      test: (call) => call.ok(),
      execute: (call) => {
        if (!radio.registered) throw new CmeError(cme.noNetwork);
        call.line(edrxText("+CEDRXRDP", colon));
      },
    },
  ];

  function edrxText(name: string, separator: string): string {
    const granted = saving.grantedEdrx;
    if (!granted) return `${name}${separator}0`;
    return `${name}${separator}${technology},"${saving.edrxCycle || "0101"}","${granted.cycle}","${granted.window}"`;
  }
}
