// How a family's commands for the device differ from 3GPP TS 27.007.

import type { RegistrationForm } from "./registration";

/** The rows of a family; what is left out is the norm's. */
export interface DeviceDialect {
  /** The access technology of its cells: 7 LTE, 9 NB-IoT, 11 5G. */
  readonly technology: number;
  /** The modes of a registration command, where they are not 0 to 5 (`+CEREG`) or 0 to 2 (others). */
  readonly registrationModes: Readonly<Record<string, readonly number[]>>;
  readonly registrationForm: RegistrationForm;
  /** The values of `AT+CFUN`. */
  readonly levels: readonly number[];
  /** The second argument of `AT+CFUN`: `resets` as the norm has it, `stores` for the next start, or `ignored`. */
  readonly levelReset: readonly number[];
  readonly storesLevel: boolean;
  /** `AT+CCLK?`: quoted; and whether the hour is UTC, with the zone as information only. */
  readonly clockQuoted: boolean;
  readonly clockUtc: boolean;
  /** The modes of `AT+CTZR`; whether there is `AT+CTZU`. */
  readonly zoneModes: readonly number[];
  readonly zoneUpdate: boolean;
  /** The contexts: their numbers, their types, the first one's type, and those from the factory. */
  readonly contextNumbers: readonly [least: number, most: number];
  readonly contextTypes: readonly string[];
  readonly contextType: string;
  readonly factoryContexts: Readonly<Record<number, { readonly type: string; readonly apn: string }>>;
  /** What follows the number in `+CGDCONT`. */
  readonly contextLine: (type: string, apn: string) => string;
  /** What follows the types in the test form of `AT+CGDCONT`. */
  readonly contextTest: string;
  /** The error of a context that the network refuses. */
  readonly contextRefused: number;
  readonly addressQuoted: boolean;
  /** `AT+COPS`: the formats of the operator; whether the answer tells the technology. */
  readonly operatorFormats: readonly number[];
  readonly operatorTechnology: boolean;
  /** `AT+CESQ`: not there, as the norm has it for LTE, or with the received level as well. */
  readonly signal: "none" | "lte" | "with-level";
  /** Whether there are `AT+CPSMS` and `AT+CEDRXS`; whether their bits are quoted; what `AT+CEDRXS` is for. */
  readonly powerSaving: boolean;
  readonly bitsQuoted: boolean;
  readonly edrxTechnology: 4 | 5;
  /** Whether `AT+CEDRXS=0` needs the technology, too. */
  readonly edrxOffNeedsTechnology: boolean;
  /** `AT+CPINR`: the code in quotes. */
  readonly codeQuoted: boolean;
  /** Whether the modem reports `+CPIN` by itself when a code has been given. */
  readonly reportsPin: boolean;
  /** The line that reports a SIM card that no code opens any more. */
  readonly blockedReport?: string;
  /** Whether `+CIMI: ` comes before the subscriber's number. */
  readonly subscriberNamed: boolean;
  /** The UART's rate from the factory. */
  readonly rate: number;
  /** The rates above which the modem does not sleep deeply. */
  readonly highestSleepRate: number;
  /** Milliseconds of the power key's pulses; `off` 0: none switches it off. */
  readonly pulses: { readonly on: number; readonly off: number };
  /** Milliseconds for which a command keeps it awake. */
  readonly awakeAfterCommand: number;
  /** The bands from the factory; empty: all. */
  readonly bands: readonly number[];
}

/** 3GPP TS 27.007; where it leaves a choice, what most modems have. */
export const norm: DeviceDialect = {
  technology: 7,
  registrationModes: {},
  registrationForm: { quoted: true, trailing: false, routingArea: false },
  levels: [0, 1, 4],
  levelReset: [0, 1],
  storesLevel: false,
  clockQuoted: true,
  clockUtc: false,
  zoneModes: [0, 1, 2, 3],
  zoneUpdate: true,
  contextNumbers: [1, 10],
  contextTypes: ["IP", "IPV6", "IPV4V6"],
  contextType: "IP",
  factoryContexts: {},
  contextLine: (type, apn) => `"${type}","${apn}","",0,0`,
  contextTest: ",,,(0),(0)",
  contextRefused: 148,
  addressQuoted: false,
  operatorFormats: [0, 1, 2],
  operatorTechnology: false,
  signal: "lte",
  powerSaving: true,
  bitsQuoted: true,
  edrxTechnology: 4,
  edrxOffNeedsTechnology: false,
  codeQuoted: false,
  reportsPin: false,
  subscriberNamed: false,
  rate: 115_200,
  highestSleepRate: Infinity,
  pulses: { on: 500, off: 2500 },
  awakeAfterCommand: 500,
  bands: [],
};
