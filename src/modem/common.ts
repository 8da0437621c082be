import type { Command } from "../at/commands/command";
import { isRegistrationAnswer } from "../at/responses/answers";
import { COMMON_RESPONSES } from "../at/responses/response-table";
import { commands } from "./commands";

/** Commands of 27.007 (and V.250) that every family has. */

const { command, script } = commands(COMMON_RESPONSES, {});

/** Does nothing; the answer shows that somebody listens. */
export const ATTENTION = command("AT", { final: 1000, probe: true });
/** Of `AT`, so many in one go: 126 bytes, which an ESP32's transmit FIFO takes at once. */
const TIMES = 42;
/**
 * The same again and again, where the first had no answer. A modem that an earlier run has left in its data phase takes it for
 * the announced payload, and nothing shorter ends that: the longest payload is full in seconds in place of many minutes.
 * A modem that was only booting answers each; the probe that follows shows whose answers they are.
 * @param leave the byte, where there is one, that leaves a data phase whose length was not told
 */
export function wakeUp(leave: string): Command {
  return command(leave + "AT\r".repeat(TIMES - 1) + "AT", { final: 1000, probe: true });
}
/** Command echo off: V.250 6.2.4. */
export const ECHO_OFF = command("ATE0");
/** Errors as numbers: 27.007 9.1. */
export const ERROR_NUMBERS = command("AT+CMEE=1");
/**
 * Leaves the packet domain, and attaches to it again: 27.007 10.1.9. No document of these modems gives a time; an LTE module
 * may answer the second only when it is attached.
 */
export const REATTACH = script(command("AT+CGATT=0", { final: 40_000 }), command("AT+CGATT=1", { final: 75_000 }));
/** The registration with the network: 27.007 10.1.22. */
export const REGISTERED = command("AT+CEREG?", { takes: isRegistrationAnswer });
/** What the SIM wants: 27.007 8.3. */
export const SIM_STATE = command("AT+CPIN?", { final: 5000 });
/** Whether the packet domain service is attached: 27.007 10.1.9. */
export const ATTACHED = command("AT+CGATT?");
