// The platform of BC35-G, BC28 and M5310-A (Hi2110 and Hi2115): its rows for the device. "P3" is the Quectel BC35-G&BC28&BC95 R2.0 AT
// manual V1.0.

import type { DeviceDialect } from "../engine/device-dialect";

export const hi2115: Partial<DeviceDialect> = {
  technology: 9,
  // Captures of BC28-CNV, and the fields of public drivers: no quotes, and commas for what is not there.
  registrationForm: { quoted: false, trailing: true, routingArea: false },
  // P3 2.17: the second argument is ignored.
  levels: [0, 1],
  // P3 2.19. Drivers of BC28 and M5310-A add the zone to the hour.
  clockQuoted: false,
  clockUtc: true,
  // P3 2.24; AT+NITZ in place of AT+CTZU.
  zoneUpdate: false,
  // P3 2.16.
  contextNumbers: [0, 10],
  contextTypes: ["IP", "NONIP", "IPV6", "IPV4V6"],
  contextType: "IPV4V6",
  contextLine: (type, apn) => `"${type}",${apn === "" ? "" : `"${apn}"`},,0,0,,,,,0,0`,
  contextTest: ",,,(0),(0,1),,,,,(0,1),(0,1)",
  // P3 chapter 6 has no code for a context that the network refuses.
  contextRefused: 100,
  // P3 2.12.
  operatorFormats: [2],
  // P3 has no AT+CESQ; AT+NUESTATS tells more.
  signal: "none",
  // P3 2.20 and 2.21.
  bitsQuoted: false,
  edrxTechnology: 5,
  edrxOffNeedsTechnology: true,
  rate: 9600,
  // P3 4.18 does not give the rate; the low-power UARTs of this chip end at 9600 in every example.
  highestSleepRate: 9600,
  // Boards with BC28 press the key for 300 ms; none is known to switch off with it.
  pulses: { on: 300, off: 0 },
  // P3 4.15.
  bands: [5, 8, 3, 28, 20, 1],
};

/** What the newer chip of BC28-type modules (XY1100) prints when it is woken from deep sleep. */
export const wakeCauses = {
  uart: "REBOOT_CAUSE_SECURITY_EXTERNAL_PIN",
  pin: "REBOOT_CAUSE_WAKEUP_DSLEEP",
  timer: "REBOOT_CAUSE_APPLICATION_RTC",
} as const;
