// What a modem family tells the engine. A family is data (names, forms, ranges, texts) and, where a command does
// something, a function. The engine knows no family by name.

import type { Clock } from "../clock";
import type { Faults } from "../faults";
import type { Network } from "../network";
import type { VariantTable } from "../variants";
import type { Args } from "./args";

/** One command being processed, as its handler sees it. */
export interface Call {
  readonly args: Args;
  /** Writes one information response: `\r\n`, the lines with `\r\n` between them, `\r\n`. */
  line(...lines: readonly string[]): void;
  /** Ends the command with `OK`. A handler that neither defers nor asks for data is ended so by itself. */
  ok(): void;
  /** Ends the command with an error: a code as `AT+CMEE` wants it, none for a bare `ERROR`, or a line of its own. */
  fail(code?: number | string): void;
  /** Says that the handler will end the command itself, later. */
  defer(): void;
  /** Runs `action` once the command has ended with `OK`, after the modem's usual pause. */
  afterOk(action: () => void): void;
  /** Writes a prompt and takes raw bytes; the command goes on in `phase`. */
  data(phase: DataPhase): void;
}

/** What follows a prompt. Both ends leave the command open: the function called must end it. */
export interface DataPhase {
  /** What to write before the bytes are taken; the `prompt` variant's `>` by default. */
  readonly prompt?: string;
  /** Exactly this many bytes, whatever they are; without it Ctrl-Z ends the data and ESC cancels. */
  readonly length?: number;
  /** Without `length`: as many bytes end the data by themselves, and what follows at once is ignored. */
  readonly maximum: number;
  /**
   * With `length`: how many milliseconds of silence after the last of them end the data. Until then Ctrl-Z ends
   * them at once, and any other byte is surplus. `Infinity`: only Ctrl-Z ends them.
   */
  readonly settle?: number;
  /** With `length`: whether Ctrl-Z ends the data before the count is reached, too. */
  readonly ctrlZEnds?: boolean;
  /** `surplus` is how many bytes too many came within the settle time. */
  readonly received: (bytes: Uint8Array, surplus: number) => void;
  readonly cancelled: () => void;
}

export type Handler = (call: Call) => void;

/** One command and its forms. A form that is missing is answered as not supported. */
export interface CommandSpec {
  /** With its `+`, upper case; a single letter for a basic command such as `E`. */
  readonly name: string;
  /** `AT+NAME=?`: the lines to print, or a function. */
  readonly test?: readonly string[] | Handler;
  /** `AT+NAME?` */
  readonly read?: Handler;
  /** `AT+NAME=…`; for a basic command its number, as the only argument. */
  readonly set?: Handler;
  /** `AT+NAME` */
  readonly execute?: Handler;
  /** How long the modem thinks before it answers, in milliseconds; 10 by default. */
  readonly latency?: number;
  /** Whether `\` escapes inside this command's quotes. */
  readonly escapes?: boolean;
  /** The error code for its arguments, where it is not the dialect's; `plain` for a bare `ERROR`. */
  readonly parameterError?: number | "plain";
}

/** Who the modem says it is. */
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
}

/** Where a family's common commands differ from the others'. */
export interface Dialect {
  /** What stands between the name and the values in the common commands' answers. */
  readonly colon: ":" | ": ";
  /** The modes that `AT+CMEE` takes. */
  readonly cmeeModes: readonly number[];
  /** The command that reads the SIM's number, with its `+`. */
  readonly iccidCommand: string;
  /** The error code for arguments out of range. */
  readonly parameterError: number;
  /** The longest command line in bytes, without its end. */
  readonly maximumLine: number;
  /** What the modem prints when it has started, `\r\n` and all; `cause` is one of its own words. */
  readonly banner: (cause: string, variant: (name: string) => string) => string;
  /** The usual causes: switched on, reset pin, `AT+NRB` or the like, crashed. */
  readonly bootCauses: Readonly<Record<"power" | "pin" | "command" | "watchdog", string>>;
  /** The command that restarts the modem, with its `+`, and what it prints first: after an `OK`, or without one. */
  readonly rebootCommand?: { readonly name: string; readonly answer: string; readonly ok?: boolean };
  /** Whether `AT+CFUN=1,1` restarts the modem, as 3GPP TS 27.007 8.2 has it; false by default. */
  readonly restartsByCfun?: boolean;
  /** The number of the PDP context that exists from the start; 0 by default. */
  readonly pdpContext?: number;
  /** The commands that tell the registration, with their `+`; `+CEREG` alone by default. */
  readonly registrationCommands?: readonly string[];
}

/** Where one of a family's models differs from what the family says of itself. */
export interface Model {
  readonly identity?: Partial<Identity>;
  readonly dialect?: Partial<Dialect>;
}

/** Which line ends a written line has; both by default. */
export interface Frame {
  readonly before?: boolean;
  readonly after?: boolean;
}

/** What the modem gives a family for one run, from power-on to power-off. */
export interface Modem {
  /** Its timers are gone at power-off. */
  readonly clock: Clock;
  readonly network: Network;
  readonly faults: Faults;
  /** Who the modem says it is, as the user's options have it. */
  readonly identity: Identity;
  /** The value chosen for a variant of the engine's or the family's table. */
  variant(name: string): string;
  /** A time of the modem's own doing, in milliseconds, as the `latencyScale` option and the `slow` fault have it. */
  scaled(milliseconds: number): number;
  /** Whether the modem is attached to the network, so that a connection can be made. */
  readonly attached: boolean;
  /** Writes an unsolicited line, framed. */
  urc(...parts: readonly (string | Uint8Array)[]): void;
  /** Writes an unsolicited line whose frame is not whole, as some firmware does. */
  framed(frame: Frame, ...parts: readonly (string | Uint8Array)[]): void;
}

/** A family at work, from power-on to power-off. */
export interface FamilySession {
  readonly commands: readonly CommandSpec[];
  /** The network is gone: detached, radio off, or PDP context deactivated. */
  networkLost(): void;
  /** The link to the broker is lost, of one client or of all, and reported as the family reports `code`. */
  linkLost(code: number, client?: number): void;
  /** Power is gone: connections drop without a word. */
  powerOff(): void;
}

/** A modem family: the default export of `families/NAME.ts`. */
export interface Family {
  /** As in `--modem NAME`. */
  readonly name: string;
  /** The modems it stands for. */
  readonly title: string;
  /** How many MQTT clients it has; 1 by default. */
  readonly clients?: number;
  readonly identity: Identity;
  readonly dialect: Dialect;
  /** The family's own variants, beside the engine's. */
  readonly variants: VariantTable;
  /** What differs between models, by the values of the family's variant `model`. */
  readonly models?: Readonly<Record<string, Model>>;
  /** Called at every power-on: what it keeps is lost at power-off. */
  powerOn(modem: Modem): FamilySession;
}
