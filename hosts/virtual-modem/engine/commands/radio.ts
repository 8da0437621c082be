// The radio, and whether the modem is registered: 3GPP TS 27.007 8.2, 10.1.9, 10.1.20, 10.1.22, 10.1.30 and 7.3.

import { cme, CmeError } from "../errors";
import type { CommandSpec } from "../family";
import { registrationFields } from "../registration";
import type { CommonHost } from "./host";
import { requireSim } from "./host";

/** Operators of `AT+COPS=?`: 27.007 7.3. */
const current = 2;

export function radioCommands(host: CommonHost): CommandSpec[] {
  const { device, dialect, rows, variant } = host;
  const { kept, radio, settings, sleep, watched } = device;
  const { colon } = dialect;
  const registration = (name: string): CommandSpec => {
    const modes = rows.registrationModes[name] ?? (name === "+CEREG" ? [0, 1, 2, 3, 4, 5] : [0, 1, 2]);
    return {
      name,
      test: [`${name}${colon}(${modes.join(",")})`],
      read: (call) => {
        const mode = watched.registration.get(name) ?? 0;
        call.line(`${name}${colon}${mode},${registrationText(host, name, mode)}`);
      },
      set: ({ args }) => {
        const mode = args.expect(1).integer(0, 0, 5);
        if (!modes.includes(mode)) args.refuse();
        watched.registration.set(name, mode);
      },
    };
  };
  /** How the operator is told: AT+COPS=3. */
  let format = rows.operatorFormats.at(-1) as number;
  return [
    {
      name: "+CFUN",
      test: [`+CFUN${colon}(${rows.levels.join(",")}),(${rows.levelReset.join(",")})`],
      read: (call) => call.line(`+CFUN${colon}${radio.functionality}`),
      latency: {
        test: 100,
        read: 100,
        get set() {
          return settings.radio.switchTime;
        },
      },
      set: ({ args, afterOk }) => {
        const level = args.expect(1, 2).integer(0, 0, 127);
        const reset = args.integer(1, 0, rows.levelReset.length - 1, 0);
        if (!rows.levels.includes(level)) args.refuse();
        if (reset > 0 && rows.storesLevel) kept.functionality = level;
        const wasOff = radio.functionality === 0;
        radio.switch(level);
        // M5311 specification 3.5.2.34, its examples: a card that cannot be used is reported then.
        if (wasOff && level !== 0 && radio.sim !== "ready") afterOk(() => device.reportSim());
        if (reset === 1 && dialect.restartsByCfun) afterOk(() => host.restart());
      },
    },
    ...(variant("registration") === "known" ? (dialect.registrationCommands ?? ["+CEREG"]) : []).map(registration),
    {
      name: "+CGATT",
      test: [`+CGATT${colon}(0,1)`],
      read: (call) => {
        requireSim(host);
        call.line(`+CGATT${colon}${radio.attached ? 1 : 0}`);
      },
      latency: 50,
      set: ({ args }) => {
        const attach = args.expect(1).integer(0, 0, 1) === 1;
        if (!radio.on) throw new CmeError(cme.notAllowed);
        requireSim(host);
        // Manual 2.13: attaching selects the operator automatically.
        if (attach) radio.select(radio.selection === 2 ? 0 : radio.selection, radio.wanted);
        else radio.detach();
      },
    },
    {
      name: "+CSCON",
      test: [`+CSCON${colon}(0,1)`],
      read: (call) => call.line(`+CSCON${colon}${Number(watched.connection)},${Number(sleep.connected)}`),
      set: ({ args }) => {
        watched.connection = args.expect(1).integer(0, 0, 1) === 1;
        sleep.refresh(watched.connection);
      },
    },
    {
      name: "+COPS",
      read: (call) => {
        if (!radio.registered) return call.line(`+COPS${colon}${radio.selection}`);
        const { operator, operatorName } = settings.mobile;
        const technology = rows.operatorTechnology ? `,${technologyOf(host)}` : "";
        call.line(`+COPS${colon}${radio.selection},${format},"${format < 2 && operatorName !== "" ? operatorName : operator}"${technology}`);
      },
      test: (call) => {
        // Manual 2.12: only without a connection.
        if (rows.operatorFormats.length === 1 && sleep.connected) throw new CmeError(cme.notAllowed);
        const { coverage, operator, operatorName } = settings.mobile;
        const name = rows.operatorFormats.length === 1 || operatorName === "" ? "" : `"${operatorName}"`;
        const found = coverage && radio.on ? `(${radio.registered ? current : 1},${name},${name},"${operator}")` : "";
        call.line(`+COPS${colon}${found},,(0-2),(${rows.operatorFormats.join(",")})`);
      },
      set: ({ args }) => {
        const mode = args.expect(1, 4).integer(0, 0, 3);
        if (mode === 3) {
          format = args.integer(1, 0, 2);
          if (!rows.operatorFormats.includes(format)) args.refuse();
        } else if (mode === 1) radio.select(mode, args.expect(3, 4).text(2));
        else radio.select(mode, "");
      },
    },
  ];
}

/** The access technology of the cell. */
export function technologyOf({ device, rows }: CommonHost): number {
  const { technology } = device.settings.mobile;
  return technology === "family" ? rows.technology : technology;
}

/** What a registration command or its report tells from the status on. */
export function registrationText(host: CommonHost, name: string, mode: number): string {
  const { radio, saving, settings } = host.device;
  const { area, cell } = settings.mobile;
  const facts = { stat: radio.registration, area, cell, technology: technologyOf(host), cause: radio.cause, granted: saving.granted };
  return registrationFields(name, mode, host.rows.registrationForm, facts);
}
