import { ModemError } from "modem-mqtt/node";
import { Consents } from "./consents";
import { common } from "./families/common";
import { reportOf } from "./findings";
import { Keeper } from "./keeper";
import { mask, shown } from "./mask";
import { obstacle, usesBroker, usesNetwork } from "./obstacles";
import { Performer } from "./performer";
import { planOf } from "./plan";
import type { Probed, ProbeOptions } from "./probe-options";
import { OK, type Need, type Question, type Scene } from "./question";
import { Readiness } from "./readiness";
import { answerOf, type Recording } from "./recording";
import type { Recorded, Report } from "./report";
import { hasRestarted } from "./restarted";
import { settingsFor } from "./settings";
import { Wire } from "./wire";

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

/** What is asked first: for the report's head, and to see how the modem is. */
const IDENTITY: Readonly<Record<string, string>> = { maker: "AT+CGMI", model: "AT+CGMM", firmware: "AT+CGMR", product: "ATI" };
const BEGINNING = "beginning";
/** Milliseconds. */
const PATIENCE = 60_000;
/** Exchanges in which the modem may restart, or lose what it has been told. */
const RESTARTING: readonly Need[] = ["sleep", "hands", "restart"];

/** One probe of one modem. */
class Probe {
  readonly #options: ProbeOptions;
  readonly #wire: Wire;
  readonly #performer: Performer;
  readonly #consents: Consents;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #recorded: Recorded[] = [];
  readonly #outcomes = new Map<string, Recording | string>();
  readonly #identity: Record<string, string | null> = { maker: null, model: null, firmware: null, product: null };
  readonly #keeper: Keeper;
  readonly #readiness: Readiness;
  #scenes: readonly Scene[] = [];
  #questions: readonly Question[] = [];
  /** The modem's MQTT client is an application's. */
  #isBusy = false;
  /** The echo is off, so that an echo tells a restart. */
  #isMute = false;

  constructor(options: ProbeOptions, wire: Wire) {
    const { family, broker, own, consent, paces } = options;
    this.#options = options;
    this.#wire = wire;
    this.#settings = settingsFor(family, broker, paces);
    this.#consents = new Consents(consent);
    this.#performer = new Performer(wire, this.#settings, own, (what) => this.#consents.person(what));
    this.#keeper = new Keeper((line, timeout) => this.#performer.ask(line, timeout), common.kept);
    this.#readiness = new Readiness(options, wire, this.#performer, this.#keeper, this.#consents);
  }

  async run(): Promise<Probed> {
    let error: unknown;
    try {
      await this.#begin();
      await this.#all();
    } catch (thrown) {
      error = thrown;
    }
    const putBack = await this.#putBack();
    if (error !== undefined && this.#recorded.length === 0) throw error;
    return { report: this.#report(error, putBack), error };
  }

  // ---- the beginning

  async #begin(): Promise<void> {
    const { serial, table, broker } = this.#options;
    const recording = this.#wire.record();
    if (!(await this.#performer.settle())) throw new ModemError("MODEM_SILENT", `the modem on ${serial} does not answer AT; check its power and its wiring`);
    const isEchoing = /AT\r/.test(recording.received());
    await this.#keeper.keep(["cmee"]);
    if (isEchoing && OK.test(await this.#performer.ask("ATE0"))) this.#keeper.remember("echo", "ATE1");
    await this.#prepare();
    for (const [name, line] of Object.entries(IDENTITY)) {
      const text = await this.#performer.ask(line);
      recording.label(name, text);
      this.#identity[name] = this.#words(text);
    }
    const { questions, scenes, kept } = planOf(this.#options, this.#identity.product ?? "");
    this.#questions = questions;
    this.#scenes = scenes;
    this.#keeper.add(...kept);
    await this.#readiness.begin(this.#needs, recording);
    this.#wire.record(); // what an application has set up is shown nowhere
    if (table.busy !== undefined) this.#isBusy = table.busy.when.test(await this.#performer.ask(table.busy.at));
    this.#recorded.push({ id: BEGINNING, recording, isPrivate: this.#isBusy });
    this.#outcomes.set(BEGINNING, recording);
    await this.#consents.ask(this.#needs, broker !== undefined, this.#isBusy);
  }

  /** No echo, errors with numbers: as the tables want it. */
  async #prepare(): Promise<void> {
    await this.#performer.ask("ATE0");
    this.#isMute = !/AT\+/.test(await this.#performer.ask("AT+CMEE=1"));
  }

  /** The lines of an answer without echo, names and final; null where the modem has refused. */
  #words(text: string): string | null {
    if (!OK.test(text)) return null;
    const lines = answerOf(text).map((line) => line.replace(/^\+CGM[IMR]: ?/, "").trim());
    return shown(mask(lines.filter((line) => !line.startsWith("+")).join("; "), this.#secrets)) || null;
  }

  get #needs(): ReadonlySet<Need> {
    return new Set(this.#scenes.flatMap(({ needs = [] }) => needs));
  }

  // ---- the exchanges

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

  /** Performs a scene, and once more where the modem has restarted in the middle of it, or has not answered. */
  async #perform(scene: Scene): Promise<void> {
    const { id, needs = [], changes = [] } = scene;
    this.#wire.record(); // what a user has set is read, and shown nowhere
    const unknown = await this.#keeper.keep(changes);
    if (unknown.length > 0) {
      this.#outcomes.set(id, `it changes a setting that cannot be read, and so not be put back: ${unknown.join(", ")}`);
      return;
    }
    if ((await this.#once(scene)) === undefined || RESTARTING.some((need) => needs.includes(need))) return;
    this.#recorded.push({ ...this.#recorded.pop()!, id: `${id}, first attempt` });
    if ((await this.#once(scene)) === "restarted") this.#outcomes.set(id, "the modem restarts in the middle of it");
  }

  /** @returns what has gone wrong with the modem meanwhile, if anything */
  async #once(scene: Scene): Promise<"restarted" | "unanswered" | undefined> {
    const { id } = scene;
    let isSilent = false,
      isUnanswered = false;
    this.#outcomes.set(id, "it was interrupted");
    try {
      const performed = await this.#performer.perform(scene);
      this.#outcomes.set(id, performed.stopped ?? performed.recording);
      ({ isSilent, isUnanswered } = performed);
    } finally {
      // What was recorded until an interruption is kept too.
      this.#recorded.push({ id, recording: this.#wire.recording, isPrivate: scene.isPrivate === true || this.#isOthers(scene) });
      if (!isSilent) this.#wire.record();
    }
    const { recording } = this.#recorded.at(-1)!;
    if (isSilent) await this.#comeBack(scene);
    const isRestarted = hasRestarted(recording, this.#options.family, this.#isMute);
    if (isRestarted || isSilent) await this.#afterRestart();
    return isRestarted ? "restarted" : isSilent || isUnanswered ? "unanswered" : undefined;
  }

  /** Whether messages of an application's own connection may come. */
  #isOthers({ needs = [] }: Scene): boolean {
    return this.#isBusy && !(this.#consents.has("replace") && usesBroker(needs));
  }

  /** Waits for a modem that answers nothing any more. @throws ModemError MODEM_SILENT */
  async #comeBack({ id, needs = [] }: Scene): Promise<void> {
    const { patience = PATIENCE, onProgress, serial } = this.#options;
    onProgress?.("the modem has stopped answering; waiting for it");
    const isBack = async (): Promise<boolean> => {
      for (const deadline = this.#wire.now + patience; this.#wire.now < deadline; ) if (await this.#performer.settle()) return true;
      return false;
    };
    if (await isBack()) return;
    if (needs.includes("sleep") && (await this.#consents.person("wake the module: by its wake-up pin, or by its power key")) && (await isBack())) return;
    throw new ModemError("MODEM_SILENT", `the modem on ${serial} has stopped answering in the exchange "${id}"; check its power, and start it anew`);
  }

  /** A restart has lost echo and numbers, and the network. */
  async #afterRestart(): Promise<void> {
    await this.#performer.settle();
    await this.#prepare();
    await this.#readiness.again();
  }

  /** Why a scene cannot be performed, or undefined. */
  async #obstacle({ needs = [] }: Scene): Promise<string | undefined> {
    const { broker, own } = this.#options;
    const why = obstacle(needs, {
      hasSIM: this.#readiness.hasSIM,
      broker: broker !== undefined,
      own: own !== undefined,
      isBusy: this.#isBusy,
      consents: this.#consents,
    });
    if (why !== undefined) return why;
    if (!usesNetwork(needs) && !needs.includes("waited")) return undefined;
    return (await this.#readiness.attached()) || !usesNetwork(needs) ? undefined : "the modem is not attached to the network";
  }

  // ---- the end

  /** Whatever has happened: as much as the modem still takes. */
  async #putBack(): Promise<Report["putBack"]> {
    const { onProgress, signal } = this.#options;
    onProgress?.("putting settings back");
    this.#wire.ignoreSignal();
    try {
      await this.#performer.settle();
      const last = this.#scenes.find(({ id }) => id === this.#recorded.at(-1)?.id);
      if (last?.leave !== undefined && signal.aborted) await this.#performer.perform({ id: "leaving", steps: last.leave });
    } catch {
      // The port is gone. What is not done is told.
    }
    return this.#keeper.putBack();
  }

  get #secrets(): string[] {
    const { host, user, password } = this.#options.broker ?? {};
    return [host ?? "", user ?? "", password ?? ""];
  }

  #report(error: unknown, putBack: Report["putBack"]): Report {
    const { family, modem, version, baud, broker, own, only } = this.#options;
    const { maker, model, firmware, product } = this.#identity;
    return reportOf({
      family,
      modem: { maker, model, firmware, product },
      driver: modem,
      baud,
      version,
      had: { sim: this.#readiness.hasSIM, network: this.#readiness.hadNetwork, broker: broker === undefined ? "none" : own === undefined ? "another" : "own" },
      error,
      questions: this.#questions,
      outcomes: this.#outcomes,
      recorded: this.#recorded,
      settings: this.#settings,
      isPart: only !== undefined,
      secrets: this.#secrets,
      putBack,
    });
  }
}
