// What drivers of the ML302 send beside 3GPP TS 27.007 to get an address, in the manner of its ancestor's platform: the APN with AT+CSTT,
// the connection with AT+CIICR.

import { CmeError } from "../../engine/errors";
import type { CommandSpec, Modem } from "../../engine/family";

export function deviceCommands({ device, rows }: Modem): CommandSpec[] {
  const { kept, radio } = device;
  const { contexts } = kept;
  return [
    {
      name: "+CSTT",
      set: ({ args }) => {
        const apn = args.expect(1, 3).string(0, 0, 63);
        const [user, password] = [1, 2].map((index) => (args.omitted(index) ? "" : args.string(index, 0, 60)));
        contexts.define(contexts.first, { apn, authentication: user === "" ? undefined : { protocol: 1, user, password } });
      },
    },
    {
      name: "+CIICR",
      execute: () => {
        if (!radio.attached || !radio.activate(contexts.first)) throw new CmeError(rows.contextRefused);
      },
    },
  ];
}
