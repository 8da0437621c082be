// How the MQTT commands answer: result line and final in the order and with the final that the variants choose (dialects
// 5.1), and errors as S4 has them.

import { commandError, PlainError } from "../../engine/errors";
import type { Call, CommandSpec, Handler, Modem } from "../../engine/family";

/** How a command came out: done, refused by the broker, or failed in the modem or on the way. */
export type Ending = "done" | "refused" | "failed";

/** The answer to one command that takes its time. */
export interface Reply {
  /** Does what the command is for: before its final, or after OK. */
  begin(action: () => void): void;
  /** A result that is not the last: a retransmission. */
  notice(line: string): void;
  /** The last result; ends the command, unless OK has. */
  end(line: string, ending: Ending): void;
}

export function replyTo(modem: Modem, call: Call): Reply {
  if (modem.variant("resultOrder") === "after") {
    return {
      begin(action) {
        call.afterOk(action);
        call.ok();
      },
      notice: (line) => modem.urc(line),
      end: (line) => modem.urc(line),
    };
  }
  const failedFinal = modem.variant("failedFinal");
  const isError = (ending: Ending): boolean =>
    failedFinal === "by-result" ? ending === "failed" : failedFinal === "error" && ending !== "done";
  return {
    begin(action) {
      call.defer();
      action();
    },
    notice: (line) => call.line(line),
    end(line, ending) {
      call.line(line);
      if (isError(ending)) call.fail();
      else call.ok();
    },
  };
}

/** `+NAME:<idx>,<value>,…` */
export function resultLine(modem: Modem, name: string, ...values: readonly (string | number | undefined)[]): string {
  const comma = modem.variant("resultSpace") === "spaced" ? ", " : ",";
  return `${name}:${values.filter((value) => value !== undefined).join(comma)}`;
}

/** Makes every error of these commands a bare ERROR: S4 has no codes. */
export function plainErrors(modem: Modem, commands: readonly CommandSpec[]): CommandSpec[] {
  if (modem.variant("mqttErrors") === "cme") return [...commands];
  const plain = (handler: Handler | undefined): Handler | undefined =>
    handler &&
    ((call) => {
      try {
        handler(call);
      } catch (error) {
        throw commandError(error) ? new PlainError() : error;
      }
    });
  return commands.map((command) => ({ ...command, parameterError: "plain", set: plain(command.set) }));
}
