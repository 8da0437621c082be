// The interface between the engine and a modem family. A family is data (names, forms, ranges, texts), and functions for commands
// that do something. The engine knows no family by name.

import type { Clock } from "../clock";
import type { Device } from "../device/device";
import type { SomeSettings } from "../device/settings";
import type { Faults } from "../faults";
import type { Network } from "../network";
import type { VariantTable } from "../variants";
import type { Args } from "./args";
import type { DeviceDialect } from "./device-dialect";
import type { Form } from "./parse";

/** The command that is being processed, for its handler. */
export interface Call {
  readonly args: Args;
  /** Writes one information response: `\r\n`, the lines with `\r\n` between them, `\r\n`. */
  line(...lines: readonly string[]): void;
  /** Ends the command with `OK`. Called by the engine when the handler returns and has neither deferred nor asked for data. */
  ok(): void;
  /** Ends the command with an error: a code, in the form that `AT+CMEE` chooses; a line; or nothing for a bare `ERROR`. */
  fail(code?: number | string): void;
  /** The handler will end the command later. */
  defer(): void;
  /** Runs `action` once the command has ended with `OK`, after the modem's usual pause. */
  afterOk(action: () => void): void;
  /** Writes a prompt and reads raw bytes; the command continues in `phase`. */
  data(phase: DataPhase): void;
}

/** The data after a prompt. `received` or `cancelled` must end the command. */
export interface DataPhase {
  /** The prompt; by default the one of the variant `prompt`. */
  readonly prompt?: string;
  /** The number of bytes. Without it Ctrl-Z ends the data, and ESC cancels. */
  readonly length?: number;
  /** Without `length`: this number of bytes ends the data too, and bytes that follow at once are ignored. */
  readonly maximum: number;
  /**
   * With `length`: the data end after so many milliseconds of silence. Until then Ctrl-Z ends them at once, and any other byte is surplus.
   * `Infinity`: only Ctrl-Z ends them.
   */
  readonly settle?: number;
  /** With `length`: whether Ctrl-Z ends the data before the count is reached, too. */
  readonly ctrlZEnds?: boolean;
  /** The data are complete. `surplus`: how many bytes too many came in the settle time. */
  readonly received: (bytes: Uint8Array, surplus: number) => void;
  /** The host cancelled with ESC. */
  readonly cancelled: () => void;
}

export type Handler = (call: Call) => void;

/** One command and its forms. The engine answers a missing form with the error "not supported". */
export interface CommandSpec {
  /** With its `+`, upper case; a single letter for a basic command such as `E`. */
  readonly name: string;
  /** `AT+NAME=?`: the lines to print, or a function. */
  readonly test?: readonly string[] | Handler;
  /** `AT+NAME?` */
  readonly read?: Handler;
  /** `AT+NAME=…`; for a basic command with its number as the only argument. */
  readonly set?: Handler;
  /** `AT+NAME` */
  readonly execute?: Handler;
  /** Milliseconds until the modem answers, of all forms or of each; 10 by default. */
  readonly latency?: number | Partial<Readonly<Record<Form, number>>>;
  /** Whether `\` escapes the next character inside this command's quotes. */
  readonly escapes?: boolean;
  /** The error code for wrong arguments; by default the dialect's. `plain`: a bare `ERROR`. */
  readonly parameterError?: number | "plain";
}

/** The modem's answers about its identity. */
export interface Identity {
  readonly maker: string;
  readonly model: string;
  /** `AT+CGMR`, one information response each. */
  readonly firmware: readonly string[];
  /** `ATI`, one information response. */
  readonly product: readonly string[];
  /** 15 digits. */
  readonly imei: string;
  /** 15 digits. */
  readonly imsi: string;
  /** 19 or 20 digits. */
  readonly iccid: string;
  /** `AT+CGSN`, where it tells another number than the IMEI. */
  readonly serial?: string;
  /** The two digits at the end of an IMEISV; 00 by default. */
  readonly softwareVersion?: string;
  /** The hardware's version, where a command tells it. */
  readonly hardware?: string;
}

/** How a family's common commands differ from those of other families. */
export interface Dialect {
  /** What separates the name from the values in the common commands' answers. */
  readonly colon: ":" | ": ";
  /** The modes that `AT+CMEE` takes. */
  readonly cmeeModes: readonly number[];
  /** The command that reads the SIM's number, with its `+`. */
  readonly iccidCommand: string;
  /** The error code for arguments out of range. */
  readonly parameterError: number;
  /** The longest command line in bytes, without its end. */
  readonly maximumLine: number;
  /** What the modem writes when it has started, with its `\r\n`. `cause` is one of `bootCauses`. */
  readonly banner: (cause: string, variant: (name: string) => string, state: StartState) => string;
  /** The modem's words for the causes of a start: switched on, reset pin, restart command, crash. */
  readonly bootCauses: Readonly<Record<"power" | "pin" | "command" | "watchdog", string>>;
  /** The modem's words for a wake-up, where its firmware can write a banner then. */
  readonly wakeCauses?: Readonly<Record<"uart" | "pin" | "timer", string>>;
  /** The command that restarts the modem, with its `+`; what it prints first; and whether an `OK` comes before that. */
  readonly rebootCommand?: { readonly name: string; readonly answer: string; readonly ok?: boolean };
  /** Whether `AT+CFUN=1,1` restarts the modem, as 3GPP TS 27.007 8.2 has it; false by default. */
  readonly restartsByCfun?: boolean;
  /** The number of the PDP context that exists from the start; 0 by default. */
  readonly pdpContext?: number;
  /** The commands that report the registration, with their `+`; only `+CEREG` by default. */
  readonly registrationCommands?: readonly string[];
  /** `+CPIN: ` of a card that no code opens any more; by default that is an error. */
  readonly blockedState?: string;
  /** Where the device's commands differ from 3GPP TS 27.007. */
  readonly device?: Partial<DeviceDialect>;
}

/** What a banner can tell of the modem that has started. */
export interface StartState {
  /** `AT+CFUN?`. */
  readonly functionality: number;
  /** `READY`, `SIM PIN`, `SIM PUK` or `NOT READY`. */
  readonly sim: string;
}

/** How a model differs from the family's identity and dialect. */
export interface Model {
  readonly identity?: Partial<Identity>;
  readonly dialect?: Partial<Dialect>;
  /** Settings that it has from the factory. */
  readonly settings?: SomeSettings;
}

/** Whether a line has `\r\n` before and after it; both by default. */
export interface Frame {
  readonly before?: boolean;
  readonly after?: boolean;
}

/** What a family gets from the modem for the time from power-on to power-off. */
export interface Modem {
  /** Its timers are gone at power-off. */
  readonly clock: Clock;
  readonly network: Network;
  readonly faults: Faults;
  /** The identity, with the user's options. */
  readonly identity: Identity;
  /** The model, where the family has several; empty otherwise. */
  readonly model: string;
  /** The value chosen for a variant of the engine's or the family's table. */
  variant(name: string): string;
  /** One of the modem's own times, in milliseconds, multiplied as the option `latencyScale` and the fault `slow` say. */
  scaled(milliseconds: number): number;
  /** SIM card, radio, contexts, sleep, and what the user has set of them. */
  readonly device: Device;
  /** The family's rows for the device, with the norm's where it has none. */
  readonly rows: DeviceDialect;
  /** Whether the modem has an IP address, so that it can make connections. */
  readonly attached: boolean;
  /** Writes an unsolicited line, framed. */
  urc(...parts: readonly (string | Uint8Array)[]): void;
  /** Writes an unsolicited line without a `\r\n` before or after it, as some firmware does. */
  framed(frame: Frame, ...parts: readonly (string | Uint8Array)[]): void;
}

/** A family from power-on to power-off. */
export interface FamilySession {
  /** The commands of its MQTT client. */
  readonly commands: readonly CommandSpec[];
  /** Its own commands for the device: SIM, radio, sleep and the like; in place of the common ones of the same names. */
  readonly device?: readonly CommandSpec[];
  /** The network is lost: detached, radio off, or PDP context deactivated. */
  networkLost(): void;
  /** The link to the broker is lost, of one client or of all; the family reports it with `code`. */
  linkLost(code: number, client?: number): void;
  /** Power is lost: connections are dropped without a report. */
  powerOff(): void;
  /** The modem falls asleep, and is awake again. */
  sleeping?(): void;
  woken?(): void;
  /** The user has set something about the device while the modem runs. @param names `part.name` each */
  settingsChanged?(names: readonly string[]): void;
}

/** A modem family: the default export of `families/NAME.ts`. */
export interface Family {
  /** As in `--modem NAME`. */
  readonly name: string;
  /** The modems of this family. */
  readonly title: string;
  /** How many MQTT clients it has; 1 by default. */
  readonly clients?: number;
  readonly identity: Identity;
  readonly dialect: Dialect;
  /** The family's own variants, beside the engine's. */
  readonly variants: VariantTable;
  /** The models, by the values of the option `model`, or of the family's variant of that name. */
  readonly models?: Readonly<Record<string, Model>>;
  /** Called at every power-on. The state of the result is lost at power-off. */
  powerOn(modem: Modem): FamilySession;
}
