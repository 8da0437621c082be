// The commands of 3GPP TS 27.007 and ITU-T V.250 that every family has, as one table. Forms and examples are from the Quectel
// BC35-G&BC28&BC95 R2.0 AT manual V1.0, chapter 2. A family's dialect says whether a blank follows the colon.

import { cme, CmeError, LineError, PlainError } from "./errors";
import type { Call, CommandSpec, Dialect, Identity } from "./family";
import type { RadioState, SimState } from "./radio";

/** The modem, as the common commands act on it. */
export interface BasicsHost {
  readonly identity: Identity;
  readonly dialect: Dialect;
  readonly radio: RadioState;
  variant(name: string): string;
  errorMode: number;
  echo: boolean;
  /** Unix time in milliseconds. */
  now(): number;
  restart(): void;
}

/** The errors for a SIM that cannot be used: 27.005 3.2.5 (`code`), 27.007 9.2.1 (`old`). */
const simErrors: Readonly<Record<Exclude<SimState, "ready">, { readonly code: number; readonly old: number; readonly words: string }>> = {
  absent: { code: 310, old: 10, words: "SIM not inserted" },
  pin: { code: 311, old: 11, words: "SIM PIN required" },
  puk: { code: 316, old: 12, words: "SIM PUK required" },
  failure: { code: 313, old: 13, words: "SIM failure" },
  busy: { code: 314, old: 14, words: "SIM busy" },
};

const twoDigits = (value: number): string => String(value).padStart(2, "0");

/** `yy/MM/dd,hh:mm:ss±zz`; the zone is in quarters of an hour, here always 0. */
function clockText(now: number): string {
  const date = new Date(now);
  const day = [date.getUTCFullYear() % 100, date.getUTCMonth() + 1, date.getUTCDate()].map(twoDigits).join("/");
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(twoDigits).join(":");
  return `${day},${time}+00`;
}

/** The common commands of one power-on. */
export function basicCommands(host: BasicsHost): CommandSpec[] {
  const { identity, dialect, radio } = host;
  const { colon, pdpContext = 0 } = dialect;
  const text = (name: string, value: string): CommandSpec => ({
    name,
    test: (call) => call.ok(),
    execute: (call) => call.line(value),
  });
  const iccid = (call: Call): void => call.line(`${dialect.iccidCommand}${colon}${identity.iccid}`);
  const address = (call: Call): void => {
    if (radio.active) call.line(`+CGPADDR${colon}${pdpContext},${radio.address}`);
  };
  // 27.005 3.2.5 and 27.007 9.2.1: the same states under two sets of numbers.
  const usable = (): void => {
    const { sim } = radio;
    if (sim !== "ready")
      throw host.variant("simErrors") === "words"
        ? new LineError(`+CME ERROR: ${simErrors[sim].words}`)
        : new CmeError(simErrors[sim][host.variant("simErrors") === "10" ? "old" : "code"]);
  };
  const registration = (name: string): CommandSpec => ({
    name,
    test: [`${name}${colon}(0,1)`],
    read: (call) => call.line(`${name}${colon}${radio.registrationReports.has(name) ? 1 : 0},${radio.registration}`),
    set: ({ args }) => {
      if (args.expect(1).integer(0, 0, 1) === 1) radio.registrationReports.add(name);
      else radio.registrationReports.delete(name);
    },
  });
  const commands: CommandSpec[] = [
    {
      name: "E",
      set: ({ args }) => void (host.echo = args.expect(1).integer(0, 0, 1) === 1),
      // V.250 6.2.4: an omitted number is 0.
      execute: () => void (host.echo = false),
    },
    { name: "I", execute: (call) => call.line(...identity.product) },
    {
      name: "+CMEE",
      test: [`+CMEE${colon}(${dialect.cmeeModes.join(",")})`],
      read: (call) => {
        const form = host.variant("cmee");
        if (form === "unknown" || form === "error") throw new PlainError();
        if (form === "cme") throw new CmeError(cme.notSupported);
        if (form === "known") call.line(`+CMEE${colon}${host.errorMode}`);
      },
      set: ({ args }) => {
        if (host.variant("cmee") === "unknown") throw new PlainError();
        const mode = args.expect(1).integer(0, 0, 2);
        if (!dialect.cmeeModes.includes(mode)) args.refuse();
        host.errorMode = mode;
      },
    },
    text("+CGMI", identity.maker),
    text("+CGMM", identity.model),
    {
      name: "+CGMR",
      test: (call) => call.ok(),
      execute: (call) => identity.firmware.forEach((line) => call.line(line)),
    },
    {
      name: "+CGSN",
      test: [`+CGSN${colon}(0,1)`],
      execute: (call) => call.line(identity.imei),
      set: (call) => {
        if (call.args.expect(1).integer(0, 0, 1) === 0) call.line(identity.imei);
        else call.line(`+CGSN${colon}${identity.imei}`);
      },
    },
    text("+CIMI", identity.imsi),
    { name: dialect.iccidCommand, test: (call) => call.ok(), execute: iccid, read: iccid },
    {
      name: "+CSQ",
      test: [`+CSQ${colon}(0-31,99),(99)`],
      execute: (call) => call.line(`+CSQ${colon}${radio.registered ? radio.signal : 99},99`),
    },
    ...(host.variant("registration") === "known" ? (dialect.registrationCommands ?? ["+CEREG"]) : []).map(registration),
    {
      name: "+CGATT",
      test: [`+CGATT${colon}(0,1)`],
      read: (call) => {
        usable();
        call.line(`+CGATT${colon}${radio.attached ? 1 : 0}`);
      },
      latency: 50,
      set: ({ args }) => {
        const attach = args.expect(1).integer(0, 0, 1) === 1;
        if (!radio.on) throw new CmeError(cme.notAllowed);
        usable();
        if (attach) radio.attach();
        else radio.detach();
      },
    },
    {
      name: "+CGACT",
      test: [`+CGACT${colon}(0,1)`],
      read: (call) => call.line(`+CGACT${colon}${pdpContext},${radio.active ? 1 : 0}`),
      latency: 50,
      set: ({ args }) => {
        const activate = args.expect(1, 2).integer(0, 0, 1) === 1;
        // One context exists from the start, number 0 on BC35-G: manual 2.14, remark 1.
        args.integer(1, pdpContext, pdpContext, pdpContext);
        if (!radio.attached) throw new CmeError(cme.noNetwork);
        radio.activate(activate);
      },
    },
    { name: "+CGPADDR", test: [`+CGPADDR${colon}(${pdpContext})`], execute: address, set: address, read: address },
    {
      name: "+COPS",
      read: (call) => call.line(radio.registered ? `+COPS${colon}0,2,"${radio.operator}"` : `+COPS${colon}0`),
      set: ({ args }) => {
        const mode = args.expect(1, 4).integer(0, 0, 2);
        if (mode === 2) radio.detach();
        else radio.attach();
      },
    },
    {
      name: "+CFUN",
      test: [`+CFUN${colon}(0,1),(0,1)`],
      read: (call) => call.line(`+CFUN${colon}${radio.on ? 1 : 0}`),
      latency: 100,
      set: ({ args, afterOk }) => {
        const on = args.expect(1, 2).integer(0, 0, 1) === 1;
        const restart = args.integer(1, 0, 1, 0) === 1;
        radio.switch(on);
        // BC35-G ignores the second argument: manual 2.17.
        if (restart && dialect.restartsByCfun) afterOk(() => host.restart());
      },
    },
    {
      name: "+CPIN",
      test: (call) => call.ok(),
      // Manual 2.32, remark 1: only while the radio is on. The blank after the colon is the manual's.
      read: (call) => {
        if (!radio.on) throw new CmeError(cme.notAllowed);
        // 27.007 8.3: a SIM that waits for a code is reported as a state, any other problem as an error.
        const asked = { pin: "SIM PIN", puk: "SIM PUK" }[radio.sim as "pin"];
        if (asked === undefined) usable();
        call.line(`+CPIN: ${asked ?? "READY"}`);
      },
      // Manual 2.32: an error while no PIN is asked for.
      set: () => {
        throw new CmeError(cme.notAllowed);
      },
    },
    {
      name: "+CCLK",
      test: (call) => call.ok(),
      read: (call) => {
        // Manual 2.19, remark 2: no answer before the network has given the time.
        if (radio.everRegistered) call.line(`+CCLK${colon}${clockText(host.now())}`);
      },
    },
  ];
  const { rebootCommand } = dialect;
  if (rebootCommand) {
    commands.push({
      name: rebootCommand.name,
      execute: (call) => {
        const go = (): void => {
          if (rebootCommand.answer !== "") call.line(rebootCommand.answer);
          host.restart();
        };
        if (rebootCommand.ok) return call.afterOk(go);
        // Manual 4.1: no OK, and no further command is processed.
        call.defer();
        go();
      },
    });
  }
  return commands;
}
