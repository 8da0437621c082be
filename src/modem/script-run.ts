import type { Chat } from "../at/chat/chat";
import { Outcome, type Request } from "../at/requests/request";
import { Kind, Tolerates, type Script, type Step } from "./script";

/** For whom a script runs: a link. */
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
  /** A step has failed that the script needs. */
  onScriptFailed(request: Request, outcome: Outcome, code: number): void;
}

/** One run of a script: sends a command when the one before is over. */
export class ScriptRun {
  private readonly host: ScriptHost;
  private readonly script: Script;
  private step = -1;
  /** The modem has refused the step before, and the script tolerates that. */
  private refused = false;

  constructor(host: ScriptHost, script: Script) {
    this.host = host;
    this.script = script;
  }

  /** Sends the first command, unless a poll is under way: polls and steps share one request. Then {@link onPollEnd} does that. */
  begin(): void {
    const { chat, number } = this.host;
    if (chat.requests.count(number, Kind.Poll) === 0) this.advance();
  }

  /** A poll is over: its request is free. */
  onPollEnd(): void {
    if (this.step < 0) this.advance();
  }

  /** A step is over. */
  onDone(request: Request, outcome: Outcome, code: number): void {
    if (outcome === Outcome.Aborted) return;
    this.refused = outcome === Outcome.Refused;
    if (outcome === Outcome.Done || this.tolerates(outcome)) this.advance();
    else this.host.onScriptFailed(request, outcome, code);
  }

  private advance(): void {
    const { script } = this;
    while (++this.step < script.length) {
      const step = script[this.step];
      if ((step.when === undefined || this.host.value(step.when)) && (step.otherwise === undefined || this.refused)) return this.submit(step);
      this.refused = false;
    }
    this.host.onScriptEnd();
  }

  private submit(step: Step): void {
    const { host } = this,
      { resultTimeout = 0 } = step;
    const request = host.take(step.kind ?? Kind.Step)!; // the client leaves one free
    request.wireId = -1;
    request.resultTimeout = typeof resultTimeout === "number" ? resultTimeout : host.value(resultTimeout);
    host.chat.submit(request, step);
  }

  /** Whether the script goes on although its step has failed. */
  private tolerates(outcome: Outcome): boolean {
    const { needed, tolerates = Tolerates.Nothing } = this.script[this.step];
    if (needed !== undefined) return outcome === Outcome.Refused && !this.host.value(needed);
    return tolerates === Tolerates.Failure || (tolerates === Tolerates.Refusal && outcome === Outcome.Refused);
  }
}
