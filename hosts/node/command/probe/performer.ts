import type { OwnBroker } from "./own-broker";
import { OK, type Scene, type Settings, type Step } from "./question";
import { linesOf, type Recording } from "./recording";
import { FINAL, PROMPT, type Wire } from "./wire";

/** Milliseconds for a final, where a step says nothing else. */
const FINAL_TIMEOUT = 5000;
/** Milliseconds for the prompt of a data phase. */
const PROMPT_TIMEOUT = 10_000;
/** Milliseconds for an answer to AT. */
const ANSWER_TIMEOUT = 1000;
/** Milliseconds for answers to AT beyond the first. */
const STRAY = 500;
/** Milliseconds of silence before a scene begins. */
const SILENCE = 50;
/** More than any counted data phase lacks: ends one that nothing else ends. */
const FILLER = "\r".repeat(2100);

/** How a scene has ended. */
export interface Performed {
  readonly recording: Recording;
  /** Why it has not come to its end, or undefined. */
  readonly stopped?: string;
  /** The modem answers nothing any more. */
  readonly isSilent: boolean;
  /** A command has had no answer at all. */
  readonly isUnanswered: boolean;
}

/** Performs scenes on the wire. */
export class Performer {
  readonly #wire: Wire;
  readonly #settings: Settings;
  readonly #broker: OwnBroker | undefined;
  readonly #ask: (what: string) => Promise<boolean>;
  /** Whether the last command has had no final: the modem may still be busy, or in a data phase. */
  #isOwed = false;
  #isUnanswered = false;
  /** What the modem wrote during the last step. */
  #answer = "";

  /** @param ask asks a person to do something */
  constructor(wire: Wire, settings: Settings, broker: OwnBroker | undefined, ask: (what: string) => Promise<boolean>) {
    this.#wire = wire;
    this.#settings = settings;
    this.#broker = broker;
    this.#ask = ask;
    if (broker === undefined) return;
    broker.note = (text) => wire.note(text);
    broker.client = settings.id;
  }

  /** @throws ModemError PORT_FAILED; the signal's reason, after which {@link settle} must follow */
  async perform({ steps, leave = [] }: Scene): Promise<Performed> {
    const wire = this.#wire;
    this.#broker?.reset();
    await wire.listen(SILENCE);
    const recording = wire.record();
    this.#isUnanswered = false;
    const stopped = await this.#all(steps, recording, true);
    this.#broker?.behave({});
    const isUnanswered = this.#isUnanswered;
    if (this.#isOwed && !(await this.settle())) return { recording, stopped, isSilent: true, isUnanswered };
    await this.#all(leave, recording, false);
    const isSilent = this.#isOwed && !(await this.settle());
    return { recording, stopped, isSilent, isUnanswered };
  }

  async #all(steps: readonly Step[], recording: Recording, counts: boolean): Promise<string | undefined> {
    this.#answer = "";
    for (const step of steps) {
      if (step.unless?.test(this.#answer)) continue;
      this.#wire.mark();
      if ("hands" in step && !(await this.#ask(step.hands))) return "it needs somebody at the board";
      await this.#step(step);
      this.#answer = this.#wire.text;
      if (step.as !== undefined) recording.label(step.as, this.#answer);
      if (counts && step.must !== undefined && !step.must.test(this.#answer)) return this.#why(step);
    }
    return undefined;
  }

  #why(step: Step): string {
    const what = "at" in step ? step.at : "prompt" in step ? step.prompt : undefined;
    const said = linesOf(this.#answer).join(", ");
    return `${what === undefined ? "the modem" : `${this.#filled(what)}: the modem`} answers ${said === "" ? "nothing" : said}`;
  }

  async #step(step: Step): Promise<void> {
    const wire = this.#wire;
    if ("at" in step) {
      const { final = FINAL_TIMEOUT, then, within = 0 } = step;
      wire.send(`${this.#filled(step.at)}\r`);
      await this.#ended(final, then, within);
      if (this.#isOwed && wire.text.trim() === "") this.#isUnanswered = true;
    } else if ("prompt" in step) {
      wire.send(`${this.#filled(step.prompt)}\r`);
      this.#isOwed = true;
      await wire.until((text) => PROMPT.test(text) || FINAL.test(text), PROMPT_TIMEOUT);
      if (FINAL.test(wire.text)) this.#isOwed = false;
    } else if ("data" in step) {
      const { final = FINAL_TIMEOUT, then, within = 0 } = step;
      wire.send(this.#filled(step.data));
      await this.#ended(final, then, within);
    } else if ("listen" in step) {
      await wire.until((text) => step.until?.test(text) ?? false, step.listen);
    } else if ("wake" in step) await this.#wake(step.wake, step.window);
    else if ("again" in step) await this.#again(step);
    else if (this.#broker !== undefined) step.broker(this.#broker, this.#settings);
  }

  async #ended(final: number, then: RegExp | undefined, within: number): Promise<void> {
    const wire = this.#wire,
      start = wire.now;
    this.#isOwed = final > 0 && !(await wire.until((text) => FINAL.test(text), final));
    // What a refused command would have led to does not come.
    if (then === undefined || (!this.#isOwed && final > 0 && !OK.test(wire.text))) return;
    await wire.until((text) => then.test(text), Math.max(0, within - (wire.now - start)));
  }

  async #wake(most: number, window: number): Promise<void> {
    const wire = this.#wire,
      start = wire.now;
    for (let tries = 1; tries <= most; tries++) {
      wire.send("AT\r");
      if (!(await wire.until((text) => OK.test(text), window))) continue;
      wire.note(`the modem answers the AT number ${tries}, after ${Math.round(wire.now - start)} ms`);
      await wire.listen(STRAY); // the OK may have been that of a banner, and the answer comes yet
      return;
    }
    wire.note(`the modem answers none of ${most} AT`);
  }

  async #again({ again, until, within, pause }: { again: string; until: RegExp; within: number; pause: number }): Promise<void> {
    const wire = this.#wire,
      start = wire.now;
    for (;;) {
      wire.mark();
      wire.send(`${again}\r`);
      await this.#ended(FINAL_TIMEOUT, undefined, 0);
      const passed = wire.now - start;
      if (until.test(wire.text)) {
        wire.note(`${again} is answered so after ${Math.round(passed / 100) / 10} s`);
        return;
      }
      if (passed + pause > within) return;
      await wire.listen(pause);
    }
  }

  #filled(text: string): string {
    return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => this.#settings[name] ?? whole);
  }

  /** Brings the modem back to where it answers AT, whatever it was doing. @returns whether it answers */
  async settle(): Promise<boolean> {
    for (const way of ["", "", "\x1a", "\x1b", FILLER, "", ""]) {
      if (way !== "") {
        this.#wire.send(way);
        await this.#wire.listen(ANSWER_TIMEOUT / 2);
      }
      this.#wire.mark();
      this.#wire.send("AT\r");
      if (await this.#wire.until((text) => OK.test(text), ANSWER_TIMEOUT)) {
        this.#isOwed = false;
        return true;
      }
    }
    return false;
  }

  /** Sends one command, beside any scene. @returns what the modem answers */
  async ask(line: string, timeout = FINAL_TIMEOUT): Promise<string> {
    this.#wire.mark();
    this.#wire.send(`${line}\r`);
    await this.#wire.until((text) => FINAL.test(text), timeout);
    return this.#wire.text;
  }
}
