import type { CommandCallback } from "../at/own-commands";
import type { MQTTModemError } from "../errors";
import type { Clock } from "../platform";
import type { CareOptions } from "./care-options";
import type { ModemCounts } from "./counts";
import type { ModemStep } from "./steps";

/** What is known while the modem is waited for. One object serves all reports, so copy what must outlive the callback. */
export interface Progress {
  /** Since the wait for the network began. */
  readonly seconds: number;
  /** In words: "searching", "denied", "registered"; "unknown" until the modem has told it. */
  readonly registration: string;
  /** Why the network has refused the modem, in words. */
  readonly cause: string | undefined;
  /** MCC and MNC, or a name. */
  readonly operator: string | undefined;
  /** In dBm. */
  readonly rssi: number | undefined;
  readonly rsrp: number | undefined;
}

/** What the care of a modem works with: the modem. */
export interface CareHost {
  readonly clock: Clock;
  /** Sends a command in its turn. @param owner for `forget` */
  ask(line: string, timeout: number, done: CommandCallback, owner: unknown): void;
  /** What waits for this owner is not sent, and its answers are not told. */
  forget(owner: unknown): void;
  /** There is something new in {@link Care.progress}. */
  onProgress(): void;
}

/** Receives what has been asked for, or the error in its place. */
export type CareCallback<T> = (error: MQTTModemError | null, told: T | undefined) => void;

/** The care of one modem: what it is told beside MQTT, and what is made of its answers. */
export interface Care {
  /** What the steps read and write. */
  readonly state: unknown;
  /** Before the network is waited for, and once the modem is attached. */
  readonly before: readonly ModemStep[];
  readonly after: readonly ModemStep[];
  readonly progress: Progress;
  /** The modem is looked for anew: what was known of it is not true any more. */
  onWaking(): void;
  /** The network is waited for from now on. */
  onAttaching(): void;
  /** A round of questions about the network is over, and the modem is not attached. @param isUnknown it does not know `AT+CEREG?` */
  onRound(isUnknown: boolean): void;
  /** A line `+CEREG`, an answer or a report. */
  onRegistration(line: string): void;
  /** Whether a registration in a foreign network is good enough. */
  readonly roams: boolean;
  /** The error for a modem that the network refuses, as `plain` says, with what the modem has told of the cause. */
  denied(plain: MQTTModemError): MQTTModemError;
  /** The error for a modem that has not attached in time, as `plain` says, where more is known. */
  late(plain: MQTTModemError, seconds: number): MQTTModemError;
  /** Asks one of the things that can be asked. @param owner for {@link CareHost.forget} */
  inquire(what: CareQuestion, done: CareCallback<any>, owner: unknown): void;
}

/** What can be asked of the modem as a device. */
export type CareQuestion = "identity" | "sim" | "network" | "signal" | "time" | "supply";

/** What a family has to have its modems cared for. */
export interface CareFamily {
  /** What its care goes by, for those who know src/care: a host that asks a modem without a client. */
  readonly about: object;
  /** @param setup the application's own commands @throws ArgumentError */
  make(host: CareHost, options: CareOptions, setup: readonly ModemStep[]): Care;
  /** What counts what one modem does. */
  counts(clock: Clock): ModemCounts;
}
