// Who the modem and its SIM card are: 3GPP TS 27.007 5.1 to 5.6, ITU-T V.250 6.1.

import type { Call, CommandSpec } from "../family";
import { type CommonHost, requireSim } from "./host";

/** Digits of an IMEI without its check digit: the version of the software follows them in an IMEISV. */
const imeiDigits = 14;

export function identityCommands(host: CommonHost): CommandSpec[] {
  const { device, dialect, identity, rows } = host;
  const { colon } = dialect;
  const text = (name: string, value: string): CommandSpec => ({
    name,
    test: (call) => call.ok(),
    execute: (call) => call.line(value),
  });
  const version = identity.softwareVersion ?? "00";
  /** `AT+CGSN=<snt>`. */
  const serials: readonly ((call: Call) => void)[] = [
    (call) => call.line(identity.serial ?? identity.imei),
    (call) => call.line(`+CGSN${colon}${identity.imei}`),
    (call) => call.line(`+CGSN${colon}${identity.imei.slice(0, imeiDigits)}${version}`),
    (call) => call.line(`+CGSN${colon}${version}`),
  ];
  /** Answers that are in the card. A card that asks for its PIN tells its own number, but not the subscriber's. */
  const fromCard =
    (answer: (call: Call) => void): ((call: Call) => void) =>
    (call) => {
      const { sim } = device.radio;
      if (sim === "absent" || sim === "failure" || sim === "busy") requireSim(host);
      answer(call);
    };
  const iccid = fromCard((call) => call.line(`${dialect.iccidCommand}${colon}${identity.iccid}`));
  return [
    { name: "I", execute: (call) => call.line(...identity.product) },
    text("+CGMI", identity.maker),
    text("+CGMM", identity.model),
    {
      name: "+CGMR",
      test: (call) => call.ok(),
      execute: (call) => identity.firmware.forEach((line) => call.line(line)),
    },
    {
      name: "+CGSN",
      test: [`+CGSN${colon}(0,1,2,3)`],
      execute: serials[0],
      set: (call) => serials[call.args.expect(1).integer(0, 0, serials.length - 1)](call),
    },
    {
      name: "+CIMI",
      test: (call) => call.ok(),
      execute: (call) => {
        requireSim(host);
        call.line(rows.subscriberNamed ? `+CIMI${colon}${identity.imsi}` : identity.imsi);
      },
    },
    { name: dialect.iccidCommand, test: (call) => call.ok(), execute: iccid, read: iccid },
  ];
}
