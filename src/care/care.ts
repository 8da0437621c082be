import { NetworkError, type MQTTModemError } from "../errors";
import type { Care, CareCallback, CareHost, CareQuestion, Progress } from "../modem/care";
import type { CareOptions } from "../modem/care-options";
import { StepsRun, type ModemStep } from "../modem/steps";
import type { Signal } from "../modem/told";
import { wantedOf } from "./options";
import { lineOf } from "./fields";
import { CONTEXT_STEPS, DATA_STEPS, OPERATOR_STEPS, RADIO_STEPS, REPORT_STEPS } from "./network-steps";
import { inquiry } from "./questions";
import { operatorOf } from "./readings";
import { causeWords, isHome, isRoaming, readRegistration, statusWords } from "./registration";
import { CSQ, type CareRows } from "./rows";
import { SIM_STEPS } from "./sim-steps";
import { ATTACHED_SLEEP_STEPS, SLEEP_STEPS } from "./sleep-steps";
import { CareState } from "./state";

/** Milliseconds to the final of a question. */
const QUESTION = 5000;

/** The care of one modem, whatever its family: the rows say what is otherwise. */
export class ModemCare implements Care {
  readonly state: CareState;
  readonly before: readonly ModemStep[];
  readonly after: readonly ModemStep[];
  readonly progress: { -readonly [name in keyof Progress]: Progress[name] } = {
    seconds: 0,
    registration: statusWords(-1),
    cause: undefined,
    operator: undefined,
    rssi: undefined,
    rsrp: undefined,
  };
  private readonly host: CareHost;
  private readonly signal: Signal = { rsrp: undefined, rsrq: undefined, sinr: undefined, rssi: undefined };
  /** On the clock: when the wait for the network began. */
  private begun = 0;
  /** How many questions of a round are not answered yet. */
  private asked = 0;

  /** @param variant finds out which rows are those of this very modem @throws ArgumentError */
  constructor(
    host: CareHost,
    options: CareOptions,
    setup: readonly ModemStep[],
    rows: CareRows,
    variant: readonly ModemStep<CareState>[],
    takesBands: boolean,
  ) {
    this.host = host;
    this.state = new CareState(wantedOf(options, { bands: takesBands, radio: rows.radio }), rows);
    this.before = [...variant, ...RADIO_STEPS, ...SIM_STEPS, ...CONTEXT_STEPS, ...OPERATOR_STEPS, ...setup, ...SLEEP_STEPS, ...REPORT_STEPS];
    this.after = [...ATTACHED_SLEEP_STEPS, ...DATA_STEPS];
  }

  get roams(): boolean {
    return this.state.wanted.roaming;
  }

  onWaking(): void {
    this.state.begin();
    this.host.forget(this);
    this.asked = 0;
  }

  // ---- waiting for the network

  onAttaching(): void {
    const { progress, signal, host } = this;
    this.begun = host.clock.now();
    progress.seconds = 0;
    progress.registration = statusWords(-1);
    progress.cause = progress.operator = progress.rssi = progress.rsrp = undefined;
    signal.rsrp = signal.rsrq = signal.sinr = signal.rssi = undefined;
  }

  onRegistration(line: string): void {
    const registration = readRegistration(line),
      { progress } = this;
    if (registration === null) return;
    this.state.registration = registration;
    progress.registration = statusWords(registration.status);
    progress.cause = causeWords(registration) ?? (registration.status === 3 ? progress.cause : undefined);
  }

  onRound(isUnknown: boolean): void {
    this.tell();
    if (this.asked > 0) return; // the modem is slow
    const { rows, registration } = this.state;
    for (const { ask, read } of [CSQ, ...rows.signal]) this.look(ask, (lines) => read(lines, this.signal));
    if (isUnknown) this.look("AT+CREG?", (lines) => this.onOtherRegistration(lines));
    if (registration !== null && (isHome(registration.status) || isRoaming(registration.status)))
      this.look("AT+COPS?", (lines) => {
        this.progress.operator = operatorOf(lines)?.name || undefined;
      });
  }

  /** Some firmware has no `AT+CEREG?`. */
  private onOtherRegistration(lines: readonly string[]): void {
    const line = lineOf(lines, "+CREG");
    if (line !== undefined) this.onRegistration(line);
  }

  /** Asks for something that is told with the progress, once all of the round has been answered. */
  private look(line: string, read: (lines: readonly string[]) => void): void {
    this.asked++;
    this.host.ask(
      line,
      QUESTION,
      (_error, lines) => {
        read(lines);
        if (--this.asked > 0) return;
        this.progress.rssi = this.signal.rssi;
        this.progress.rsrp = this.signal.rsrp;
        this.tell();
      },
      this,
    );
  }

  private tell(): void {
    const { host, progress, begun } = this;
    progress.seconds = Math.floor(((host.clock.now() - begun) | 0) / 1000);
    host.onProgress();
  }

  // ---- failures

  denied(plain: MQTTModemError): MQTTModemError {
    const { registration } = this.state,
      cause = this.progress.cause;
    return cause === undefined || plain.code !== "REGISTRATION_DENIED"
      ? plain
      : new NetworkError("REGISTRATION_DENIED", `${plain.message}; it says why: ${cause}`, registration!.cause >= 0 ? registration!.cause : plain.modemCode);
  }

  late(plain: MQTTModemError, seconds: number): MQTTModemError {
    const { registration, wanted } = this.state,
      { rssi, rsrp } = this.progress;
    if (registration === null || plain.code !== "NOT_ATTACHED") return plain;
    const { status } = registration,
      signal = rsrp !== undefined ? `RSRP ${rsrp} dBm` : rssi !== undefined ? `RSSI ${rssi} dBm` : "no signal",
      said = `within ${seconds} s (${statusWords(status)}; ${signal})`;
    if (status === 0 || status === 2 || status === 4)
      return new NetworkError(
        "NO_COVERAGE",
        `the modem has found no network ${said}; check the antenna, the coverage, the bands and the operator, or give it longer (attachTimeout)`,
        plain.modemCode,
      );
    if (isRoaming(status) && !wanted.roaming)
      return new NetworkError("NOT_ATTACHED", `the modem has found a foreign network alone ${said}, and may not use it (option roaming)`, plain.modemCode);
    if (status === 3 || status === 8) return plain;
    return new NetworkError(
      "ATTACH_FAILED",
      `the modem is registered, and has no data service ${said}; check the APN (option apn) and the SIM's data plan`,
      plain.modemCode,
    );
  }

  // ---- questions

  inquire(what: CareQuestion, done: CareCallback<unknown>, owner: unknown): void {
    const { host } = this,
      { steps, told, result } = inquiry(what, this.state);
    const run = new StepsRun({ ask: (line, timeout, answered) => host.ask(line, timeout, answered, owner), pause() {} }, told);
    run.begin(steps, (error) => done(error, error === null ? result() : undefined));
  }
}
