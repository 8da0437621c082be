import type { Chat } from "../at/chat/chat";
import { Outcome, type Request } from "../at/requests/request";
import { Kind, Tolerates, type Script, type Step } from "./script";

/** Runs scripts over one connection: a command after the other, each when the one before is over. */
export abstract class ScriptRunner {
  abstract readonly chat: Chat;
  /** The modem's number for this connection. */
  abstract readonly number: number;
  private script: Script | null = null;
  private step = 0;

  /** A free request of this connection's, or null when all are under way. */
  abstract take(kind: Kind): Request | null;

  /** The last step of a script is over. */
  protected abstract onScriptEnd(): void;

  protected get isRunning(): boolean {
    return this.script !== null;
  }

  protected run(script: Script): void {
    this.script = script;
    this.step = -1;
    if (this.chat.count(this.number, Kind.Poll) === 0) this.advance(); // they share a place
  }

  /** A poll is over: a script that has waited for its place begins. */
  protected begin(): void {
    if (this.step < 0) this.advance();
  }

  protected advance(): void {
    const script = this.script!;
    while (++this.step < script.length) {
      const step = script[this.step]!;
      if (step.when === undefined || this.kept(step.when)) return this.submitStep(step);
    }
    this.script = null;
    this.onScriptEnd();
  }

  private submitStep(step: Step): void {
    const request = this.take(step.kind ?? Kind.Step)!; // the client leaves one free
    request.wireId = -1;
    request.resultTimeout = typeof step.patience === "number" ? step.patience : step.patience === undefined ? 0 : this.kept(step.patience);
    this.chat.submit(request, step);
  }

  /** What this driver has, by a name in its tables. */
  private kept(name: PropertyKey): any {
    return this[name as keyof this];
  }

  /** Whether the script goes on although its step has not ended well. */
  protected tolerates(outcome: Outcome): boolean {
    const { needed, tolerates = Tolerates.Nothing } = this.script![this.step]!;
    if (needed !== undefined) return outcome === Outcome.Refused && !this.kept(needed);
    return tolerates === Tolerates.Failure || (tolerates === Tolerates.Refusal && outcome === Outcome.Refused);
  }

  protected stop(): void {
    this.script = null;
  }
}
