import type { Chat } from "../at/chat/chat";
import { Outcome, type Request } from "../at/requests/request";
import { Kind, Tolerates, type Script, type Step } from "./script";

/** For whom scripts run: a link. */
export interface ScriptHost {
  readonly chat: Chat;
  /** The modem's number for the link. */
  readonly number: number;
  /** A free request of the link's, or null when all are in use. */
  take(kind: Kind): Request | null;
  /** The value that a step names. */
  value(name: PropertyKey): any;
  /** The last step of the script is over. */
  onScriptEnd(): void;
  /** A step has failed that the script needs. The script has ended. */
  onScriptFailed(request: Request, outcome: Outcome, code: number): void;
}

/** Runs a script: sends a command when the one before is over. */
export class ScriptRunner {
  private readonly host: ScriptHost;
  private script: Script | null = null;
  private step = 0;
  /** The modem has refused the step before, and the script tolerates that. */
  private refused = false;

  constructor(host: ScriptHost) {
    this.host = host;
  }

  get isRunning(): boolean {
    return this.script !== null;
  }

  /** Begins the script, or waits for {@link onPollEnd} where a poll is under way: polls and steps share one request. */
  run(script: Script): void {
    const { chat, number } = this.host;
    this.script = script;
    this.step = -1;
    this.refused = false;
    if (chat.count(number, Kind.Poll) === 0) this.advance();
  }

  /** A poll is over: its request is free. */
  onPollEnd(): void {
    if (this.step < 0) this.advance();
  }

  /** Ends the script. The command that is under way is not aborted. */
  cancel(): void {
    this.script = null;
  }

  /** A step is over. */
  onDone(request: Request, outcome: Outcome, code: number): void {
    if (outcome === Outcome.Aborted || this.script === null) return;
    this.refused = outcome === Outcome.Refused;
    if (outcome === Outcome.Done || this.tolerates(outcome)) return this.advance();
    this.script = null;
    this.host.onScriptFailed(request, outcome, code);
  }

  private advance(): void {
    const script = this.script!;
    while (++this.step < script.length) {
      const step = script[this.step]!;
      if ((step.when === undefined || this.host.value(step.when)) && (step.otherwise === undefined || this.refused)) return this.submit(step);
      this.refused = false;
    }
    this.script = null;
    this.host.onScriptEnd();
  }

  private submit(step: Step): void {
    const { host } = this, { resultTimeout = 0 } = step;
    const request = host.take(step.kind ?? Kind.Step)!; // the client leaves one free
    request.wireId = -1;
    request.resultTimeout = typeof resultTimeout === "number" ? resultTimeout : host.value(resultTimeout);
    host.chat.submit(request, step);
  }

  /** Whether the script goes on although its step has failed. */
  private tolerates(outcome: Outcome): boolean {
    const { needed, tolerates = Tolerates.Nothing } = this.script![this.step]!;
    if (needed !== undefined) return outcome === Outcome.Refused && !this.host.value(needed);
    return tolerates === Tolerates.Failure || (tolerates === Tolerates.Refusal && outcome === Outcome.Refused);
  }
}
