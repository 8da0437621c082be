// What the modem reports unasked about its registration, its clock and its SIM card.

import type { SimState } from "../device/sim-card";
import { zoneReport } from "./commands/clock";
import type { CommonHost } from "./commands/host";
import { registrationText } from "./commands/radio";
import type { StartState } from "./family";

/** How `+CPIN` reports a SIM that has gone or is back. */
const changes = (state: SimState): string => (state === "ready" ? "READY" : state === "absent" ? "SIM REMOVED" : "NOT READY");
/** How `+CPIN` reports a SIM after a start, and after a code. */
const states: Readonly<Partial<Record<SimState, string>>> = { ready: "READY", pin: "SIM PIN", puk: "SIM PUK" };

export class Reports {
  readonly #host: CommonHost;

  constructor(host: CommonHost) {
    this.#host = host;
  }

  #write(line: string): void {
    this.#host.device.report(line);
  }

  /** The registration has changed, or the cell. */
  registration(): void {
    const { device, dialect } = this.#host;
    for (const [name, mode] of device.watched.registration) if (mode > 0) this.#write(`${name}${dialect.colon}${registrationText(this.#host, name, mode)}`);
  }

  /** The network has made the connection, or released it. */
  connection(connected: boolean): void {
    const { device, dialect } = this.#host;
    if (device.watched.connection) this.#write(`+CSCON${dialect.colon}${Number(connected)}`);
  }

  /** The network has told the time zone. */
  zone(): void {
    const line = zoneReport(this.#host);
    if (line !== undefined) this.#write(line);
  }

  /** The SIM card has gone, or is back. */
  sim(state: SimState): void {
    if (this.#host.variant("simReports") === "present") this.#write(`+CPIN: ${changes(state)}`);
  }

  /** What the SIM card wants now: a code was given to it, or the radio was switched on. */
  code(): void {
    const { device, rows } = this.#host;
    const { sim } = device.radio;
    if (rows.reportsPin) this.#write(`+CPIN: ${states[sim] ?? "NOT READY"}`);
    if (sim === "blocked" && rows.blockedReport !== undefined) this.#write(rows.blockedReport);
  }

  /** What a banner tells of this start. */
  get start(): StartState {
    const { functionality, sim } = this.#host.device.radio;
    return { functionality, sim: states[sim] ?? "NOT READY" };
  }
}
