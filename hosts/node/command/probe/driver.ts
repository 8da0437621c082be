import { loadDriver } from "modem-mqtt/node";
import type { Family } from "../../../../src/modem/family";

/** The driver of that name, with care where there is one. @throws ArgumentError for an unknown name */
export async function driverOf(modem: string): Promise<Family> {
  const plain = await loadDriver(modem);
  try {
    return ((await import(`modem-mqtt/care/${modem}`)) as { default: Family }).default;
  } catch {
    return plain;
  }
}
