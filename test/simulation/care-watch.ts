// What the client promises of the modem as a device: the PIN, the application's own commands, the words for what is wrong.

import type { MQTTModemError } from "../../src/index";
import { IDENTITY, OWN_COMMANDS, REPORTED, type CarePlan } from "./care";
import type { Plan } from "./plan";

/** What is told of a modem that does not come online, and of nothing else. */
const causes: ReadonlySet<string> = new Set([
  "NO_SIM", "PIN_REQUIRED", "PIN_REFUSED", "PUK_REQUIRED", "SIM_FAILED", "REGISTRATION_DENIED", "NO_COVERAGE", "ATTACH_FAILED", "PDP_FAILED", "NOT_ATTACHED",
]);
/** What a PIN's refusal becomes for those who do not give it again. */
const alike: Readonly<Record<string, string>> = { PIN_REQUIRED: "PIN_REFUSED" };
/** The states of a card that a code is about; others are never told of one. */
const states: Readonly<Record<string, readonly string[]>> = {
  NO_SIM: ["absent"], PIN_REQUIRED: ["pin"], PIN_REFUSED: ["pin"], PUK_REQUIRED: ["puk"], SIM_FAILED: ["failure"],
};
const known: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  identity: { maker: IDENTITY.maker, imei: IDENTITY.imei }, sim: { iccid: IDENTITY.iccid, imsi: IDENTITY.imsi }, signal: { rssi: -67 }, supply: { temperature: 30, voltage: 3816 },
};
/** Lines that a fault injects look like answers. */
const injects = (plan: Plan): boolean => plan.events.some((event) => event.do === "modem" && event.fault.startsWith("inject"));

export interface CareWatchOptions {
  readonly plan: Plan;
  readonly care: CarePlan;
  readonly now: () => number;
  violated(promise: string, what: string): void;
}

export class CareWatch {
  readonly #options: CareWatchOptions;
  readonly #states: ReadonlySet<string>;
  readonly #isExact: boolean;
  /** What the modem has said since it was given the PIN; null: it has been judged. */
  #said: string | null = null;
  /** The client or session whose PIN the modem has refused last, by number. */
  #refused = -1;
  #isToldOf = false;
  /** What was asked and answered. */
  answers = 0;

  constructor(options: CareWatchOptions) {
    const { plan, care } = options;
    this.#options = options;
    this.#isExact = plan.exact && !injects(plan);
    this.#states = new Set([
      care.device.sim?.state ?? "ready",
      ...plan.events.flatMap((event) => (event.do === "device" && event.set.sim?.state !== undefined ? [event.set.sim.state] : [])),
      ...plan.events.flatMap((event) => (event.do === "modem" && event.fault.startsWith("sim:") ? [/^sim:(\w+)/.exec(event.fault)![1]] : [])),
    ]);
  }

  /** A command line has gone to the modem. @param life the number of the client or session that has sent it */
  commanded(line: string, life: number): void {
    this.#judge();
    if (!/^AT\+(?:CPIN|NPIN)=/.test(line)) return;
    if (this.#refused === life) this.#options.violated("12", `the modem has refused the PIN, and is given it again: ${line}`);
    this.#said = "";
    this.#refused = -1;
    this.#life = life;
  }

  #life = -1;

  /** The modem says something. */
  read(bytes: Uint8Array): void {
    if (this.#said === null) return;
    this.#said += Buffer.from(bytes).toString("latin1");
    if (/\r\n(?:OK|ERROR|\+CME ERROR:[^\r]*)\r\n/.test(this.#said)) this.#judge();
  }

  #judge(): void {
    if (this.#said !== null && /\r\n(?:ERROR|\+CME ERROR:[^\r]*|\+NPIN: ?"?ERROR[^\r]*)\r\n/.test(this.#said)) this.#refused = this.#life;
    this.#said = null;
  }

  /** The application is told an error. */
  told({ code, message }: MQTTModemError): void {
    const { care, now, violated } = this.#options;
    if (!causes.has(code)) return;
    const ofStates = states[code];
    if (this.#isExact && ofStates !== undefined && !ofStates.some((state) => this.#states.has(state))) violated("13", `there is no such SIM: ${code}: ${message}`);
    if (care.hopeless === null || now() > care.hopeless.until) return;
    const { codes } = care.hopeless;
    this.#isToldOf ||= codes.includes(code);
    if (!codes.includes(code) && !(this.#isToldOf && codes.includes(alike[code]))) violated("13", `it is ${codes[0]}, and told is ${code}: ${message}`);
  }

  /** The world is about to be mended: what is wrong with it must have been told. */
  mustBeTold(): void {
    const { care, now, violated } = this.#options;
    if (care.hopeless !== null && now() >= care.hopeless.until && !this.#isToldOf) violated("13", `${care.hopeless.codes[0]} was not told`);
  }

  /** A command of the application's own is over, or a question. */
  answered(what: string, error: MQTTModemError | null, told: unknown): void {
    this.answers++;
    if (!this.#isExact || error !== null) {
      if (error === null && what in OWN_COMMANDS && OWN_COMMANDS[what] === null) this.#options.violated("14", `the modem does not know ${what}, and it was answered ${JSON.stringify(told)}`);
      return;
    }
    if (what in OWN_COMMANDS) this.#answer(what, told as readonly string[]);
    else this.#facts(what, told as Readonly<Record<string, unknown>> | undefined);
  }

  #answer(line: string, lines: readonly string[]): void {
    const word = OWN_COMMANDS[line];
    if (word === null || lines.length !== 1 || !lines[0].includes(word)) this.#options.violated("14", `${line} was answered ${JSON.stringify(lines)}`);
  }

  #facts(what: string, told: Readonly<Record<string, unknown>> | undefined): void {
    for (const [name, value] of Object.entries(known[what] ?? {}))
      if (told?.[name] !== undefined && told[name] !== value) this.#options.violated("14", `${name} is ${JSON.stringify(value)}, and told is ${JSON.stringify(told[name])}`);
  }

  /** What `setup` has the modem do it still does, over restarts too. */
  get reports(): boolean {
    return this.#options.care.options.setup?.includes(REPORTED) === true;
  }
}
