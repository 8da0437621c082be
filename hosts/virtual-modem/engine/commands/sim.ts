// What the SIM card wants: 3GPP TS 27.007 8.3 and 8.65.

import { type CodeResult, fullTries, type SimState } from "../../device/sim-card";
import { cme, CmeError } from "../errors";
import type { Call, CommandSpec } from "../family";
import { type CommonHost, requireSim } from "./host";

/** 27.007 8.3: a SIM that waits for a code is reported as a state, any other problem as an error. */
const asked: Readonly<Partial<Record<SimState, string>>> = { pin: "SIM PIN", puk: "SIM PUK" };

/** The errors of 27.007 9.2.1 for a code. */
const refusals: Readonly<Record<Exclude<CodeResult, "right">, number>> = {
  wrong: cme.wrongPassword,
  blocked: cme.wrongPassword,
  format: cme.wrongPassword,
  disabled: cme.notAllowed,
  unusable: cme.notAllowed,
};

export function simCommands(host: CommonHost): CommandSpec[] {
  const { device, dialect, rows } = host;
  const { card, radio } = device;
  // Quectel AT manual 2.32, remark 1: only while the radio is on.
  const requirePower = (): void => {
    if (radio.functionality === 0) throw new CmeError(cme.notAllowed);
  };
  const code = (result: CodeResult, call: Call): void => {
    if (result === "right") return call.afterOk(() => device.simChanged());
    // The last try changes what the card wants.
    if (result === "blocked") device.simChanged();
    throw new CmeError(refusals[result]);
  };
  const tries = (wanted: string) => (call: Call) => {
    requirePower();
    const codes = [
      ["SIM PIN", card.pinTries, fullTries.pin],
      ["SIM PUK", card.pukTries, fullTries.puk],
    ] as const;
    // A `*` stands for any text: M5311 specification, AT+CPINR.
    const pattern = new RegExp(`^${wanted.replace(/[^A-Z0-9* ]/g, "").replaceAll("*", ".*")}$`);
    for (const [name, left, all] of codes) if (pattern.test(name)) call.line(`+CPINR: ${rows.codeQuoted ? `"${name}"` : name},${left},${all}`);
  };
  return [
    {
      name: "+CPIN",
      test: (call) => call.ok(),
      // The blank after the colon is the manuals'.
      read: (call) => {
        requirePower();
        const { sim } = radio;
        if (sim === "blocked" && dialect.blockedState !== undefined) return call.line(`+CPIN: ${dialect.blockedState}`);
        if (asked[sim] === undefined) requireSim(host);
        call.line(`+CPIN: ${asked[sim] ?? "READY"}`);
      },
      set: (call) => {
        requirePower();
        const { args } = call;
        const [first, next] = [args.expect(1, 3).text(0), args.text(1)];
        // Manual 2.32: an error while no code is asked for.
        if (radio.sim === "pin") code(card.verify(first), call);
        else if (radio.sim === "puk") code(card.unblock(first, next), call);
        else throw new CmeError(cme.notAllowed);
      },
    },
    { name: "+CPINR", test: (call) => call.ok(), execute: tries("*"), set: (call) => tries(call.args.expect(1).text(0))(call) },
  ];
}
