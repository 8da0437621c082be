import type { Family } from "../../../../src/modem/family";
import { linesOf, type Recording } from "./recording";

/** Lines that a modem prints when it has started, beside those that its driver knows. */
const BANNER = /^(?:REBOOT_CAUSE_\w+|Neul *|RDY|APP RDY|\*ATREADY.*|\+MATREADY|REBOOTING.*|COLD REBOOTING.*|POWERED DOWN|NORMAL POWER DOWN)$/;

/**
 * Whether the modem has restarted during an exchange: by the lines of a start, or because it echoes again what it had been told not to.
 * @param isMute whether its echo had been switched off
 */
export function hasRestarted({ events }: Recording, { responses, restart }: Family, isMute: boolean): boolean {
  const banners = responses.responses.filter(({ id, text }) => id === restart && !text.startsWith("+C")).map(({ text }) => text);
  const all = linesOf(events.map(({ who, text }) => (who === "received" ? text : "")).join(""));
  if (all.some((line) => BANNER.test(line) || banners.some((text) => line.startsWith(text)))) return true;
  const sent = new Set(events.flatMap(({ who, text }) => (who === "sent" ? linesOf(text) : [])));
  return isMute && all.some((line) => /^AT\S/.test(line) && sent.has(line));
}
