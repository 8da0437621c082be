import { ArgumentError } from "../errors";
import type { Limits } from "../modem/limits";
import type { Wanted } from "./options";

/** A broker ends a connection on which nothing has come for one and a half keep-alive times (MQTT 3.1.1, 3.1.2.10). */
const PATIENCE = 1.5;

/**
 * Refuses a keep-alive time that a sleep of full length outlasts: in power saving mode the radio is off, so that the modem cannot send
 * its PINGREQ.
 * @param keepAlive in seconds, 0 for none
 * @throws ArgumentError
 */
export function checkKeepAlive(psm: Wanted["psm"], keepAlive: number, { keepAlive: [least, most] }: Limits): void {
  if (psm === null || psm === false || keepAlive === 0 || keepAlive * PATIENCE >= psm.periodic.seconds) return;
  const { seconds } = psm.periodic,
    enough = Math.ceil(seconds / PATIENCE);
  const choices: string[] = [];
  if (least === 0) choices.push("0");
  if (enough <= most) choices.push(`from ${Math.max(enough, least)}000 to ${most}000 milliseconds`);
  const why = `asleep for up to ${seconds} s (modem.psm.periodic), the modem sends no PINGREQ, and the broker ends the connection after one and a half keep-alive times`;
  if (choices.length === 0)
    throw new ArgumentError(
      "ARGUMENT_RANGE",
      "modem.psm.periodic",
      seconds,
      `must be at most ${Math.floor(most * PATIENCE)} seconds: this modem has no longer keep-alive, and ${why}`,
    );
  throw new ArgumentError("ARGUMENT_RANGE", "keepAlive", keepAlive * 1000, `must be ${choices.join(", or ")}: ${why}`);
}
