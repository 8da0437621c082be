// How a modem is, beside what every modem answers: asked and told with the rows of its family's care, and without a client.
import type { CareAbout } from "../../../src/care/care";
import { CONTEXT_STEPS, OPERATOR_STEPS, RADIO_STEPS } from "../../../src/care/network-steps";
import { imsiOf } from "../../../src/care/identity";
import { wantedOf } from "../../../src/care/options";
import { inquiry, type CareQuestion } from "../../../src/care/questions";
import { firstNumber } from "../../../src/care/readings";
import { setupSteps } from "../../../src/care/setup";
import { SIM_STEPS } from "../../../src/care/sim-steps";
import { SLEEP_STEPS } from "../../../src/care/sleep-steps";
import { CareState } from "../../../src/care/state";
import { Outlook, type ModemStep } from "../../../src/care/steps";
import { ModemError, type MQTTModemError } from "../../../src/errors";
import type { Family } from "../../../src/modem/family";
import type { ModemSignal, NetworkState, SignalWord, Supply, ToldTime } from "../../../src/modem/told";
import type { CareOfModem } from "../care-options";
import type { ATSession } from "./at-session";

/** What a modem reports of itself, its SIM and the network beyond `ModemInfo`. What it does not report is null. */
export interface MoreInfo {
  imsi: string | null;
  /** Whether the radio is on. */
  radio: boolean | null;
  /** The signal in a word: by RSRP where that is known. "none" where neither that nor the received power is known. */
  strength: SignalWord;
  /** dBm. */
  rsrp: number | null;
  /** dB. */
  rsrq: number | null;
  /** dB. */
  sinr: number | null;
  /** Why the network has refused the modem. */
  cause: string | null;
  technology: string | null;
  /** Hexadecimal. */
  area: string | null;
  /** Hexadecimal. */
  cell: string | null;
  band: number | null;
  address: string | null;
  /** What the network has granted, in seconds. */
  psm: { active: number | null; periodic: number | null } | null;
  /** The network's time, UTC: `2026-11-30T17:05:09Z`. */
  time: string | null;
  /** Minutes that local time is ahead of UTC. */
  zone: number | null;
  /** Degrees Celsius. */
  temperature: number | null;
  /** Millivolts. */
  voltage: number | null;
}

/** `<fun>` of `+CFUN`: 27.007 8.2. */
const FULL = 1;
/** Milliseconds: those of the core's steps where they do not say. */
const TIMEOUT = 5000;
const PAUSE = 1000;
const TRIES = 10;

const orNull = <T>(value: T | undefined): T | null => value ?? null;

/** A modem with which an AT session is open, and what is known of it. */
export class ToldModem {
  readonly #session: ATSession;
  readonly #state: CareState;
  readonly #about: CareAbout;
  readonly #setup: readonly ModemStep[];

  /** @param family with care @throws ArgumentError for what this family cannot be told */
  constructor(session: ATSession, family: Family, care: CareOfModem) {
    const about = family.care!.about as CareAbout;
    this.#session = session;
    this.#about = about;
    this.#setup = setupSteps(about, care.setup);
    this.#state = new CareState(wantedOf(care, { bands: about.takesBands, radio: about.rows.radio }), about.rows);
  }

  /** Finds out which of its family's modems it is. @throws ModemError */
  async recognise(): Promise<void> {
    await this.#perform(this.#about.variant, this.#state);
  }

  /** Tells it what the options say. @throws ModemError or NetworkError */
  async tell(): Promise<void> {
    await this.#perform([...RADIO_STEPS, ...SIM_STEPS, ...CONTEXT_STEPS, ...OPERATOR_STEPS, ...this.#setup, ...SLEEP_STEPS], this.#state);
  }

  /** Asks how it is. */
  async more(): Promise<MoreInfo> {
    const functions = firstNumber((await this.#session.ask("AT+CFUN?")).lines, "+CFUN");
    const imsi = imsiOf((await this.#session.ask("AT+CIMI")).lines);
    const signal = await this.#inquire<ModemSignal>("signal");
    const network = await this.#inquire<NetworkState>("network");
    const time = await this.#inquire<ToldTime | undefined>("time");
    const supply = await this.#inquire<Supply>("supply");
    return {
      imsi: orNull(imsi),
      radio: functions < 0 ? null : functions === FULL,
      strength: signal.word,
      rsrp: orNull(signal.rsrp),
      rsrq: orNull(signal.rsrq),
      sinr: orNull(signal.sinr),
      cause: orNull(network.cause),
      technology: orNull(network.technology),
      area: orNull(network.area),
      cell: orNull(network.cell),
      band: orNull(network.band),
      address: orNull(network.address),
      psm: network.psm === undefined ? null : { active: orNull(network.psm.active), periodic: orNull(network.psm.periodic) },
      time: time === undefined ? null : new Date(time.utc).toISOString().replace(".000", ""),
      zone: orNull(time?.zone),
      temperature: orNull(supply.temperature),
      voltage: orNull(supply.voltage),
    };
  }

  async #inquire<T>(what: CareQuestion): Promise<T> {
    const { steps, told, result } = inquiry(what, this.#state);
    await this.#perform(steps, told);
    return result() as T;
  }

  /** Does steps one after the other. @throws the error that ends them */
  async #perform<S>(steps: readonly ModemStep<S>[], state: S): Promise<void> {
    for (const step of steps)
      for (let tries = 1; ; tries++) {
        const line = step.ask(state);
        if (line === null) break;
        const { outcome, code, lines } = await this.#session.ask(line, step.timeout ?? TIMEOUT);
        const error = outcome === "ok" ? null : errorOf(line, outcome, code);
        let outlook = step.then === undefined ? error : step.then(state, lines, error);
        const isAgain = outlook === Outlook.Again;
        if (isAgain && tries >= (step.tries ?? TRIES)) outlook = step.givenUp?.(state, error);
        else if (isAgain) {
          await this.#session.pause(step.pause ?? PAUSE);
          continue;
        }
        if (outlook instanceof Error) throw outlook;
        break;
      }
  }
}

/** @param line only its name is shown, for it may have a PIN */
function errorOf(line: string, outcome: "error" | "silence", code: number): MQTTModemError {
  const [name] = /^AT(?:[+*]\w+)?/.exec(line)!;
  return outcome === "silence"
    ? new ModemError("COMMAND_TIMEOUT", `the modem does not answer ${name} in time`)
    : new ModemError("COMMAND_REFUSED", `the modem refuses ${name}${code < 0 ? "" : ` (+CME ERROR: ${code})`}`, code < 0 ? undefined : code);
}
