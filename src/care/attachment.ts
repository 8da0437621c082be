import type { Chat } from "../at/chat/chat";
import type { Command } from "../at/commands/command";
import { textCommand } from "../at/own/own-command";
import type { CommandCallback } from "../at/own/own-commands";
import { textBetween } from "../at/own/text";
import type { Fields } from "../at/responses/fields";
import { CommonResponse, type Line } from "../at/responses/response-table";
import { NetworkError, type MQTTModemError } from "../errors";
import type { Progress } from "../modem/care";
import type { NetworkQuestions } from "../modem/network";
import type { Signal } from "../modem/told";
import type { Clock } from "../platform";
import { lineOf } from "./fields";
import { operatorOf } from "./readings";
import { causeWords, isHome, isRoaming, readRegistration, statusWords } from "./registration";
import { CSQ } from "./rows";
import type { OwnLines } from "./own-command-of";
import type { CareState } from "./state";

/** Milliseconds to the final of a question. */
const QUESTION = 5000;

/** Who waits for the network. */
export interface AttachmentHost {
  readonly chat: Chat;
  readonly clock: Clock;
  readonly state: CareState;
  readonly own: OwnLines;
  /** Sends a command in its turn. @param owner for whom */
  ask(line: string, timeout: number, done: CommandCallback, owner: unknown): void;
  /** There is something new in {@link Attachment.progress}. */
  onProgress(): void;
}

/**
 * The wait for the network: the questions that every modem is asked, where the network is, why it refuses the modem, and how strong
 * the signal is.
 */
export class Attachment implements NetworkQuestions {
  readonly progress: { -readonly [name in keyof Progress]: Progress[name] } = {
    seconds: 0,
    registration: statusWords(-1),
    cause: undefined,
    operator: undefined,
    rssi: undefined,
    rsrp: undefined,
  };
  private readonly host: AttachmentHost;
  private readonly signal: Signal = { rsrp: undefined, rsrq: undefined, sinr: undefined, rssi: undefined };
  /** What the plain driver asks and makes of the answers. */
  private plain!: NetworkQuestions;
  /** The registration is asked for, and told, in this round. */
  private isAsked = false;
  private told = -1;
  /** What `AT+CREG?` tells where that is asked; null while it has not been. */
  private otherwise: number | null = null;
  /** On the clock: when the wait began. */
  private begun = 0;
  /** How many of {@link onRound}'s questions are not answered yet. */
  private left = 0;

  constructor(host: AttachmentHost) {
    this.host = host;
  }

  /** None of the questions between rounds will be answered. */
  lose(): void {
    this.left = 0;
  }

  /** The modem is to be asked, and nothing is known. */
  about(plain: NetworkQuestions): NetworkQuestions {
    this.plain = plain;
    return this;
  }

  /** The network is waited for from now on. */
  begin(): void {
    const { progress, signal, host } = this;
    this.begun = host.clock.now();
    this.otherwise = null;
    progress.seconds = 0;
    progress.registration = statusWords(-1);
    progress.cause = progress.operator = progress.rssi = progress.rsrp = undefined;
    signal.rsrp = signal.rsrq = signal.sinr = signal.rssi = undefined;
  }

  // ---- the questions of a round

  get attached(): boolean {
    const { told, otherwise } = this;
    if (!this.plain.attached || this.host.state.wanted.roaming || isHome(told)) return this.plain.attached;
    // Where that is not told, the modem may be registered otherwise (2G, 3G, or firmware without AT+CEREG?): it is asked before.
    return !isRoaming(told) && otherwise !== null && !isRoaming(otherwise);
  }

  get isSearching(): boolean {
    return this.plain.isSearching;
  }

  first(): Command {
    this.isAsked = false;
    this.told = -1;
    return this.plain.first();
  }

  /** A modem that is attached is asked for its registration all the same: the network may be a foreign one. */
  next(code: number): Command | null {
    const { plain } = this,
      next = plain.next(code),
      isLeftOut = next === null && !this.isAsked && plain.attached && plain.failure === null;
    this.isAsked = true; // a modem that is not attached is asked that next
    return isLeftOut ? textCommand("AT+CEREG?", this.host.own.table, QUESTION) : next;
  }

  answered(line: Line, fields: Fields): void {
    this.plain.answered(line, fields);
    if (line.id === CommonResponse.Registration) this.told = this.registered(this.line());
  }

  reported(sim: boolean): void {
    this.plain.reported(sim);
    if (!sim) this.registered(this.line());
  }

  /** The line that is being told. */
  private line(): string {
    const { ring, decoder } = this.host.chat;
    return textBetween(ring, decoder.lineStart, decoder.lineEnd);
  }

  /** @returns the status that the line tells, or −1 */
  private registered(line: string): number {
    const registration = readRegistration(line),
      { progress } = this;
    if (registration === null) return -1;
    this.host.state.registration = registration;
    progress.registration = statusWords(registration.status);
    progress.cause = causeWords(registration) ?? (registration.status === 3 ? progress.cause : undefined);
    return registration.status;
  }

  // ---- between the rounds

  onRound(): void {
    this.tell();
    if (this.left > 0) return; // the modem is slow
    const { rows, registration, wanted } = this.host.state,
      isTold = isHome(this.told) || isRoaming(this.told);
    for (const { ask, read } of [CSQ, ...rows.signal]) this.look(ask, (lines) => read(lines, this.signal));
    if (this.told < 0 || (!wanted.roaming && !isTold)) this.look("AT+CREG?", (lines) => this.registeredOtherwise(lines));
    if (registration !== null && (isHome(registration.status) || isRoaming(registration.status)))
      this.look("AT+COPS?", (lines) => {
        this.progress.operator = operatorOf(lines)?.name || undefined;
      });
  }

  /** Some firmware has no `AT+CEREG?`. */
  private registeredOtherwise(lines: readonly string[]): void {
    const line = lineOf(lines, "+CREG");
    this.otherwise = line === undefined ? -1 : this.registered(line);
  }

  /** Asks for something that is told with the progress, once all of the round has been answered. */
  private look(line: string, read: (lines: readonly string[]) => void): void {
    this.left++;
    this.host.ask(
      line,
      QUESTION,
      (_error, lines) => {
        read(lines);
        if (--this.left > 0) return;
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

  /** The network's refusal, with what the modem has told of the cause. */
  get failure(): MQTTModemError | null {
    const { failure } = this.plain,
      { cause } = this.progress,
      { registration } = this.host.state;
    return failure === null || cause === undefined || failure.code !== "REGISTRATION_DENIED"
      ? failure
      : new NetworkError(
          "REGISTRATION_DENIED",
          `${failure.message}; it says why: ${cause}`,
          registration!.cause >= 0 ? registration!.cause : failure.modemCode,
        );
  }

  late(seconds: number): MQTTModemError {
    const plain = this.plain.late(seconds),
      { registration, wanted } = this.host.state,
      { rssi, rsrp } = this.progress;
    if (registration === null) return plain;
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
}
