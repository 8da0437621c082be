// The commands of 3GPP TS 27.007 and ITU-T V.250 that every family has. Forms and examples are from the Quectel BC35-G&BC28&BC95 R2.0
// AT manual V1.0, chapter 2. A family's dialect says whether a blank follows the colon, and where it differs from the norm.

import { clockCommands } from "./commands/clock";
import { contextCommands } from "./commands/contexts";
import type { CommonHost } from "./commands/host";
import { identityCommands } from "./commands/identity";
import { powerSavingCommands } from "./commands/power-saving";
import { radioCommands } from "./commands/radio";
import { signalCommands } from "./commands/signal";
import { simCommands } from "./commands/sim";
import { cme, CmeError, PlainError } from "./errors";
import type { CommandSpec } from "./family";

/** Echo and error codes. */
function interfaceCommands(host: CommonHost): CommandSpec[] {
  const { colon, cmeeModes } = host.dialect;
  return [
    {
      name: "E",
      set: ({ args }) => void (host.echo = args.expect(1).integer(0, 0, 1) === 1),
      // V.250 6.2.4: an omitted number is 0.
      execute: () => void (host.echo = false),
    },
    {
      name: "+CMEE",
      test: [`+CMEE${colon}(${cmeeModes.join(",")})`],
      read: (call) => {
        const form = host.variant("cmee");
        if (form === "unknown" || form === "error") throw new PlainError();
        if (form === "cme") throw new CmeError(cme.notSupported);
        if (form === "known") call.line(`+CMEE${colon}${host.errorMode}`);
      },
      set: ({ args }) => {
        if (host.variant("cmee") === "unknown") throw new PlainError();
        const mode = args.expect(1).integer(0, 0, 2);
        if (!cmeeModes.includes(mode)) args.refuse();
        host.errorMode = mode;
      },
    },
  ];
}

/** The command that restarts the modem. */
function rebootCommands({ dialect, restart }: CommonHost): CommandSpec[] {
  const { rebootCommand } = dialect;
  if (!rebootCommand) return [];
  return [
    {
      name: rebootCommand.name,
      execute: (call) => {
        const go = (): void => {
          if (rebootCommand.answer !== "") call.line(rebootCommand.answer);
          restart();
        };
        if (rebootCommand.ok) return call.afterOk(go);
        // Manual 4.1: no OK, and no further command is processed.
        call.defer();
        go();
      },
    },
  ];
}

/** The common commands of one power-on. */
export function basicCommands(host: CommonHost): CommandSpec[] {
  return [
    ...interfaceCommands(host),
    ...identityCommands(host),
    ...simCommands(host),
    ...radioCommands(host),
    ...contextCommands(host),
    ...signalCommands(host),
    ...clockCommands(host),
    ...powerSavingCommands(host),
    ...rebootCommands(host),
  ];
}
