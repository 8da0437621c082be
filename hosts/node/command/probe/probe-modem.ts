import { ModemError } from "modem-mqtt/node";
import type { Family } from "../../../../src/modem/family";
import { Consents, type AskConsent } from "./consents";
import { driverFacts, driverQuestions, driverScenes, RESTART, strangers, type Evidence } from "./driver-facts";
import { judge, type Fact } from "./fact";
import { common } from "./families/common";
import { Keeper } from "./keeper";
import { mask, maskFields, shown } from "./mask";
import { obstacle, usesBroker } from "./obstacles";
import type { OwnBroker } from "./own-broker";
import { Performer } from "./performer";
import type { Question, Scene, Table } from "./question";
import type { Recording } from "./recording";
import { maskedFact, reported, type Recorded, type Report } from "./report";
import { settingsFor, type BrokerAddress, type Paces } from "./settings";
import { Wire } from "./wire";

export interface ProbeOptions {
  readonly serial: string;
  /** Bit/s. */
  readonly baud: number;
  /** The driver's name, and the driver. */
  readonly modem: string;
  readonly family: Family;
  readonly table: Table;
  readonly version: string;
  /** Ends the probe; what was changed is put back. */
  readonly signal: AbortSignal;
  readonly trace?: (direction: "sent" | "received", bytes: Uint8Array) => void;
  /** The broker as the modem reaches it; none: what needs one is not tried. */
  readonly broker?: BrokerAddress;
  /** This program's own broker, where `broker` leads to it. */
  readonly own?: OwnBroker;
  /** Asks a person. */
  readonly consent: AskConsent;
  /** Only these questions. */
  readonly only?: readonly string[];
  /** Milliseconds after which no further exchange begins. */
  readonly within: number;
  /** Milliseconds that the modem may take until it is attached. */
  readonly attachTimeout: number;
  readonly paces?: Paces;
  /** Tells what is being done. */
  readonly onProgress?: (what: string) => void;
}

/** A probe's report, and the error that ended it too early. */
export interface Probed {
  readonly report: Report;
  readonly error: unknown;
}

/**
 * Asks a modem everything that the tables have, as far as it can.
 * @throws ModemError PORT_FAILED or MODEM_SILENT, when there is nothing to report
 */
export async function probeModem(options: ProbeOptions): Promise<Probed> {
  const { serial, baud, signal, trace } = options;
  const wire = new Wire({ path: serial, baudRate: baud, trace, signal });
  try {
    await wire.open();
    return await new Probe(options, wire).run();
  } finally {
    await wire.close();
  }
}

const REPORT: Readonly<Record<string, string>> = { maker: "AT+CGMI", model: "AT+CGMM", firmware: "AT+CGMR", product: "ATI" };
const OK = /(?:^|[\r\n])OK *[\r\n]/;
/** Milliseconds between two questions whether the modem is attached. */
const ATTACH_PAUSE = 2000;
/** Exchanges with these come last, in this order. */
const LAST: readonly string[] = ["sleep", "hands", "restart"];

/** One probe of one modem. */
class Probe {
  readonly #options: ProbeOptions;
  readonly #wire: Wire;
  readonly #performer: Performer;
  readonly #keeper: Keeper;
  readonly #consents: Consents;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #scenes: readonly Scene[];
  readonly #questions: readonly Question[];
  readonly #recorded: Recorded[] = [];
  readonly #outcomes = new Map<string, Recording | string>();
  readonly #identity: Record<string, string | null> = { maker: null, model: null, firmware: null, product: null };
  #hasSIM = false;
  #isAttached: boolean | undefined;
  #isBusy = false;

  constructor(options: ProbeOptions, wire: Wire) {
    const { table, family, broker, own, consent, only, paces } = options;
    this.#options = options;
    this.#wire = wire;
    this.#settings = settingsFor(family, broker, paces);
    this.#consents = new Consents(consent);
    this.#performer = new Performer(wire, this.#settings, own, (what) => this.#consents.person(what));
    this.#keeper = new Keeper((line) => this.#performer.ask(line), [...common.kept, ...table.kept]);
    const questions = [...common.questions, ...driverQuestions(family), ...table.questions];
    this.#questions = only === undefined ? questions : questions.filter(({ id }) => only.includes(id));
    const wanted = new Set(this.#questions.map(({ scene }) => scene));
    const rank = ({ needs = [] }: Scene): number =>
      Math.max(...needs.map((need) => LAST.indexOf(need)), needs.includes("own-broker") || needs.includes("broker") ? -0.5 : -1);
    this.#scenes = [...common.scenes, ...driverScenes(family), ...table.scenes]
      .filter(({ id }) => wanted.has(id))
      .sort((one, other) => rank(one) - rank(other));
  }

  async run(): Promise<Probed> {
    let error: unknown;
    try {
      await this.#begin();
      await this.#all();
    } catch (thrown) {
      error = thrown;
    }
    const { maker, model, product } = this.#identity;
    if (error !== undefined && maker === null && model === null && product === null && this.#recorded.length === 0) {
      await this.#putBack();
      throw error;
    }
    return { report: this.#report(error, await this.#putBack()), error };
  }

  async #begin(): Promise<void> {
    const { table, serial } = this.#options;
    const recording = this.#wire.record();
    if (!(await this.#performer.settle())) throw new ModemError("MODEM_SILENT", `the modem on ${serial} does not answer AT; check its power and its wiring`);
    const isEchoing = /AT\r/.test(recording.received());
    await this.#keeper.keep(["cmee"]);
    if (isEchoing && OK.test(await this.#performer.ask("ATE0"))) this.#keeper.remember("echo", "ATE1");
    await this.#performer.ask("AT+CMEE=1");
    for (const [name, line] of Object.entries(REPORT)) this.#identity[name] = this.#words(await this.#performer.ask(line));
    this.#hasSIM = /READY/.test(await this.#performer.ask("AT+CPIN?"));
    if (table.busy !== undefined) this.#isBusy = table.busy.when.test(await this.#performer.ask(table.busy.at));
    const needs = new Set(this.#scenes.flatMap(({ needs = [] }) => needs));
    await this.#consents.ask(needs, this.#options.broker !== undefined, this.#isBusy);
  }

  /** The lines of an answer without echo, names and final; null where the modem has refused. */
  #words(text: string): string | null {
    if (!OK.test(text)) return null;
    const lines = text.split(/[\r\n]+/).map((line) => line.replace(/^\+CGM[IMR]: ?/, "").trim());
    return shown(mask(lines.filter((line) => line !== "" && line !== "OK" && !/^(AT|\+)/.test(line)).join("; "), this.#secrets)) || null;
  }

  get #secrets(): string[] {
    const { host, user, password } = this.#options.broker ?? {};
    return [host ?? "", user ?? "", password ?? ""];
  }

  async #all(): Promise<void> {
    const { within, onProgress, signal } = this.#options;
    for (const [index, scene] of this.#scenes.entries()) {
      signal.throwIfAborted();
      const late = this.#wire.now > within ? "time ran out" : undefined;
      const why = late ?? (await this.#obstacle(scene));
      if (why !== undefined) {
        this.#outcomes.set(scene.id, why);
        continue;
      }
      onProgress?.(`exchange ${index + 1} of ${this.#scenes.length}: ${scene.id}`);
      await this.#perform(scene);
    }
  }

  async #perform(scene: Scene): Promise<void> {
    const { id, changes = [], isPrivate = false } = scene;
    this.#wire.record(); // what a user has set is read, and shown nowhere
    const unknown = await this.#keeper.keep(changes);
    if (unknown.length > 0) {
      this.#outcomes.set(id, `it changes a setting that cannot be read, and so not be put back: ${unknown.join(", ")}`);
      return;
    }
    this.#outcomes.set(id, "it was interrupted");
    try {
      const { recording, stopped } = await this.#performer.perform(scene);
      this.#outcomes.set(id, stopped ?? recording);
    } finally {
      // What was recorded until an interruption is kept too.
      this.#recorded.push({ id, recording: this.#wire.recording, isPrivate });
      this.#wire.record();
    }
    if (id === RESTART) await this.#afterRestart();
  }

  /** A restart has lost echo and numbers. */
  async #afterRestart(): Promise<void> {
    await this.#performer.settle();
    for (const line of ["ATE0", "AT+CMEE=1"]) await this.#performer.ask(line);
  }

  /** Why a scene cannot be performed, or undefined. */
  async #obstacle({ needs = [] }: Scene): Promise<string | undefined> {
    const { broker, own } = this.#options;
    const why = obstacle(needs, { hasSIM: this.#hasSIM, broker: broker !== undefined, own: own !== undefined, isBusy: this.#isBusy, consents: this.#consents });
    if (why !== undefined || !usesBroker(needs)) return why;
    return (await this.#attached()) ? undefined : "the modem is not attached to the network";
  }

  /** Waits until the modem is attached; only once. */
  async #attached(): Promise<boolean> {
    if (this.#isAttached !== undefined) return this.#isAttached;
    const { attachTimeout, onProgress } = this.#options;
    const deadline = this.#wire.now + attachTimeout;
    for (;;) {
      if (/\+CGATT: ?1/.test(await this.#performer.ask("AT+CGATT?"))) return (this.#isAttached = true);
      if (this.#wire.now > deadline || !this.#hasSIM) return (this.#isAttached = false);
      onProgress?.("waiting for the modem to attach to the network");
      await this.#wire.listen(ATTACH_PAUSE);
    }
  }

  /** Whatever has happened: as much as the modem still takes. */
  async #putBack(): Promise<Report["putBack"]> {
    this.#options.onProgress?.("putting settings back");
    this.#wire.ignoreSignal();
    try {
      await this.#performer.settle();
      const last = this.#scenes.find(({ id }) => id === this.#recorded.at(-1)?.id);
      if (last?.leave !== undefined && this.#options.signal.aborted) await this.#performer.perform({ id: "leaving", steps: last.leave });
      return (await this.#keeper.putBack()).map((row) => ({ ...row, command: shown(maskFields(row.command, this.#secrets)) }));
    } catch {
      return []; // the port is gone
    }
  }

  #report(error: unknown, putBack: Report["putBack"]): Report {
    const { family, modem, version, baud, broker, own } = this.#options;
    const answered = this.#questions.map((question) => judge(question, this.#outcomes.get(question.scene) ?? "the probe ended before", this.#settings));
    const recordings = new Map(this.#recorded.flatMap(({ id, recording, isPrivate }) => (isPrivate ? [] : [[id, recording] as const])));
    const evidence: Evidence = { family, recordings, answered, questions: this.#questions, baud };
    const facts = [...answered.map(withKind(family)), ...(this.#options.only === undefined ? driverFacts(evidence) : [])].map((fact) =>
      maskedFact(fact, this.#secrets),
    );
    const count = (verdict: Fact["verdict"]): number => facts.filter((fact) => fact.verdict === verdict).length;
    const { maker, model, firmware, product } = this.#identity;
    return {
      schema: 1,
      version,
      date: new Date().toISOString().slice(0, 10),
      ended: error === undefined ? "all that could be asked was asked" : shown(mask((error as Error).message, this.#secrets)),
      modem: { driver: modem, maker, model, firmware, product, baud },
      had: { sim: this.#hasSIM, network: this.#isAttached === true, broker: broker === undefined ? "none" : own === undefined ? "another" : "own" },
      counts: { confirmed: count("confirmed"), different: count("different"), "not tried": count("not tried") },
      facts,
      unknownLines: strangers(evidence).map((line) => shown(mask(line, this.#secrets))),
      putBack,
      exchanges: this.#recorded.map((one) => reported(one, this.#secrets)),
    };
  }
}

/** A question about an inquiry of the driver's is a fact of its table. */
const withKind =
  ({ inquiries }: Family) =>
  (fact: Fact): Fact =>
    inquiries.some(({ line }) => line === fact.id) ? { ...fact, kind: "inquiry" } : fact;
