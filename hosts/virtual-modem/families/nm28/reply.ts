// The answers of the MQTT commands. The variants choose the order of result line and final result, and which final result a failure
// has (dialects 5.1). Errors are those of S4.

import { commandError, PlainError } from "../../engine/errors";
import type { Call, CommandSpec, Handler, Modem } from "../../engine/family";

/** The outcome of a command: done, refused by the broker, or failed in the modem or the network. */
export type Ending = "done" | "refused" | "failed";

/** The answer to a command that waits for the broker. */
export interface Reply {
  /** Runs the command's action: before its final result, or after OK. */
  begin(action: () => void): void;
  /** Writes a result that is not the last: the report of a retransmission. */
  notice(line: string): void;
  /** Writes the last result, and ends the command unless OK has ended it. */
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
  const isError = (ending: Ending): boolean => (failedFinal === "by-result" ? ending === "failed" : failedFinal === "error" && ending !== "done");
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

/** Replaces every error of these commands by a bare ERROR, because S4 has no codes. */
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
