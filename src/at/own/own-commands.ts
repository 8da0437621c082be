import { integer, known } from "../../checks";
import { ModemError, StateError, type MQTTModemError } from "../../errors";
import type { Chat } from "../chat/chat";
import type { Command } from "../commands/command";
import { failure } from "../failure";
import { withoutSecrets } from "./own-command";
import { LinkNumber, Outcome, Refusal, type Request, type RequestListener } from "../requests/request";
import { textBetween } from "./text";

/** Receives the lines of the answer, without the final. Where there is an error, they are those that came before it. */
export type CommandCallback = (error: MQTTModemError | null, lines: readonly string[]) => void;

/** What can be said of a command beside its line. */
export interface CommandSettings {
  /** Milliseconds until the final at the most, 100–3600000. Default 10000. */
  timeout?: number;
}

const NAMES = Object.freeze({ timeout: 1 } satisfies Record<keyof CommandSettings, 1>);

/** Milliseconds. */
const enum Time {
  Usual = 10_000,
  Least = 100,
  Most = 3_600_000,
}

/** How many commands may wait. */
const MOST_WAITING = 32;

/** The timeout that is asked for. @param name its own, for errors @throws ArgumentError */
export function timeoutOf(name: string, timeout: unknown): number {
  return integer(name, timeout ?? Time.Usual, Time.Least, Time.Most);
}

/** @throws ArgumentError */
export function checkedSettings(name: string, options: CommandSettings | undefined): number {
  if (options !== undefined) known(name, options, NAMES);
  return timeoutOf(name === "" ? "timeout" : `${name}.timeout`, options?.timeout);
}

/** On whose channel: the modem's. */
export interface OwnCommandsHost {
  readonly chat: Chat;
  /** Modem and host are in step, and the modem is not being restarted. */
  readonly takesCommands: boolean;
}

/** A command that waits, or is under way. */
interface OwnCommand {
  readonly command: Command;
  /** Null when nobody wants to know any more. */
  done: CommandCallback | null;
  readonly owner: unknown;
  readonly lines: string[];
}

/** AT commands whose answers are wanted as text: one is under way at a time, in its turn among all others of the chat. */
export class OwnCommands implements RequestListener {
  readonly number = LinkNumber.Modem;
  window = 0;
  private readonly host: OwnCommandsHost;
  private readonly waiting: OwnCommand[] = [];
  private current: OwnCommand | null = null;
  /** What was under way when everything was aborted: {@link lose} tells why. */
  private lost: OwnCommand | null = null;

  constructor(host: OwnCommandsHost) {
    this.host = host;
  }

  /**
   * Sends the command as soon as it is its turn.
   * @param owner for {@link forget}
   */
  run(command: Command, done: CommandCallback, owner: unknown): void {
    this.waiting.push({ command, done, owner, lines: [] });
    this.pump();
  }

  /** An application may ask for one more. @throws StateError BUSY where so many wait already */
  mustTakeMore(): void {
    if (this.waiting.length >= MOST_WAITING) throw new StateError("BUSY", `${MOST_WAITING} commands wait for the modem already`);
  }

  /** Sends the next command, if the modem can be asked. */
  pump(): void {
    const { chat } = this.host;
    if (this.current !== null || this.waiting.length === 0 || !this.host.takesCommands) return;
    const request = chat.requests.take(this, 0, 0);
    if (request === null) return; // the end of another request makes room
    this.current = this.waiting.shift()!;
    request.wireId = 0;
    request.resultTimeout = 0;
    chat.submit(request, this.current.command);
  }

  // ---- what becomes of the request

  onSending(): void {}

  onAnswer(request: Request): void {
    const { lineStart, lineEnd } = this.host.chat.decoder;
    this.onText(request, lineStart, lineEnd);
  }

  onText(_request: Request, start: number, end: number): void {
    this.current?.lines.push(textBetween(this.host.chat.ring, start, end));
  }

  onDone(request: Request, outcome: Outcome, code: number): void {
    const { current } = this;
    this.current = null;
    if (outcome === Outcome.Aborted) {
      this.lost = current;
      return;
    }
    if (current !== null) this.tell(current, outcome === Outcome.Done ? null : errorOf(request, outcome, code));
    this.pump();
  }

  // ---- the end of all of them

  /** What was aborted is lost: whether the modem has carried it out is not known. */
  lose(error: MQTTModemError): void {
    const { lost } = this;
    this.lost = null;
    if (lost !== null) this.tell(lost, error);
  }

  /** Nothing is done any more of what was asked for. */
  fail(error: MQTTModemError): void {
    const { current } = this,
      waiting = this.waiting.splice(0); // who is told may ask for something else
    this.lose(error);
    if (current !== null) this.tell(current, error);
    if (current !== null) current.done = null;
    for (let i = 0; i < waiting.length; i++) this.tell(waiting[i], error);
  }

  /** Nothing is told to this owner any more, and what waits for it is not sent. */
  forget(owner: unknown): void {
    for (let i = this.waiting.length - 1; i >= 0; i--) if (this.waiting[i].owner === owner) this.waiting.splice(i, 1);
    if (this.current !== null && this.current.owner === owner) this.current.done = null;
    if (this.lost !== null && this.lost.owner === owner) this.lost = null;
  }

  /** The owner has come to its end: it is told so in place of answers, and what waits for it is not sent. */
  leave(owner: unknown, error: MQTTModemError): void {
    const { current, lost } = this,
      left = this.waiting.filter((each) => each.owner === owner);
    if (lost !== null && lost.owner === owner) left.unshift({ ...lost });
    if (current !== null && current.owner === owner) left.unshift({ ...current });
    this.forget(owner);
    for (let i = 0; i < left.length; i++) this.tell(left[i], error);
  }

  private tell({ done, lines }: OwnCommand, error: MQTTModemError | null): void {
    try {
      done?.(error, lines);
    } catch (thrown) {
      this.host.chat.thrown.keep(thrown);
    }
  }
}

function errorOf(request: Request, outcome: Outcome, code: number): MQTTModemError {
  const name = withoutSecrets(request.command!.line);
  if (outcome === Outcome.Refused && code === Refusal.Prompt)
    return new ModemError("COMMAND_REFUSED", `the modem asks for data behind ${name}, which a command cannot have here; it was told that there is none`);
  return failure(name, outcome, code);
}
