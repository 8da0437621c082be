import type { Chat } from "../at/chat/chat";
import type { Command } from "../at/commands/command";
import { Outcome, type Request } from "../at/requests/request";
import type { Fields } from "../at/responses/fields";
import type { Line } from "../at/responses/response-table";
import { integer } from "../checks";
import type { MQTTModemError } from "../errors";
import { meaning } from "../at/responses/codes";
import { linkLost } from "./failure";
import type { Family } from "./family";
import type { Hook } from "./hook";
import { Kind } from "./script";
import { Stage } from "./stage";
import { Timeout } from "./timeouts";

/** Whose connection is asked for: a link. */
export interface PollHost {
  readonly chat: Chat;
  readonly number: number;
  readonly stage: Stage;
  readonly family: Family;
  readonly hook: Hook | null;
  take(kind: Kind): Request | null;
  /** The slot of the link's timer, which calls {@link Poller.onTimer} while the link is online. */
  readonly timer: number;
  /** The connection has outlasted the modem's sleep. */
  onAwake(): void;
  /** The connection is lost. */
  lose(error: MQTTModemError): void;
  /** The connection is lost, and the modem tries to have it back. */
  interrupt(error: MQTTModemError): void;
}

/** After so many polls in a row without a line about the connection, it is taken for lost: some firmware lists only connections that exist. */
const enum Polls {
  Silent = 3,
}

/** Asks the modem from time to time how the connection is: the modem may not report a loss, or the report may be lost. */
export class Poller {
  private readonly host: PollHost;
  /** Milliseconds between polls, 0 for none, or −1 for the default until that is known. */
  private interval: number;
  /** Polls in a row whose answer had no line about this connection. */
  private missed = 0;
  /** The next poll comes early. */
  private isSoon = false;
  /** The modem has slept, and has not told yet what has become of the connection: that is asked before anything else is sent. */
  private isUrgent = false;
  /** A report of a loss that was not believed, because it may have been a message's; a poll shows whether it was right. */
  private doubted: MQTTModemError | null = null;

  /** @throws ArgumentError */
  constructor(host: PollHost, interval: number | undefined) {
    this.host = host;
    this.interval = interval === undefined ? -1 : interval === 0 ? 0 : integer("modem.pollInterval", interval, 1000, 3_600_000);
  }

  /** A connection is to be made. @param interval milliseconds between polls where the application names none */
  prepare(interval: number): void {
    this.doubted = null;
    this.isUrgent = false;
    if (this.interval < 0) this.interval = interval;
  }

  /** There is a connection, or there is one again. */
  start(): void {
    this.pollIn(this.interval);
  }

  /** Polls after so many milliseconds, unless the application wants no polls. */
  pollIn(milliseconds: number): void {
    const { chat, stage, timer } = this.host;
    this.isSoon = false;
    if (this.interval > 0 && stage === Stage.Online) chat.timers.set(timer, milliseconds);
  }

  /** A write has failed: polls soon. */
  pollSoon(): void {
    if (this.isSoon || this.host.stage !== Stage.Online) return;
    this.pollIn(Timeout.Hurry < this.interval ? Timeout.Hurry : this.interval);
    this.isSoon = true;
  }

  onTimer(): void {
    const { host } = this;
    if (host.stage !== Stage.Online || this.interval === 0 || host.chat.isAsleep) return;
    this.ask(host.family.poll);
    this.pollIn(this.interval);
  }

  /** The modem has slept. Nothing had been asked meanwhile. */
  onWoken(): void {
    const { chat, number, family } = this.host;
    this.missed = 0;
    this.isUrgent = true;
    chat.requests.hurry(number, Kind.Poll);
    this.pollIn(this.interval);
    this.ask(family.poll);
  }

  /** Sends a question about the connection, unless another one is under way. */
  ask(command: Command): void {
    const { host } = this;
    if (host.stage !== Stage.Online || host.chat.requests.count(host.number, Kind.Poll) > 0) return;
    const request = host.take(Kind.Poll);
    if (request === null) return; // so much else is under way that it shows how the connection is
    if (command === host.family.poll) this.missed++; // until the answer says something
    request.resultTimeout = 0;
    if (this.isUrgent) host.chat.requests.hurry(host.number, Kind.Poll);
    host.chat.submit(request, command);
  }

  /** A report of a loss was not believed. */
  doubt(error: MQTTModemError): void {
    this.doubted = error;
  }

  /** Lines were not believed, because they may have been a message's. One of them may have reported a loss. */
  onDoubt(): void {
    this.missed = 0; // the answer to a poll may have been among them
    this.ask(this.host.family.poll);
  }

  /** A line of the answer is about this connection. The poll may have been another link's. */
  onAnswer(line: Line, fields: Fields): void {
    const { host } = this,
      { poll, states } = host.family;
    this.missed = 0;
    if (host.stage !== Stage.Online) return;
    if (line.id !== poll.answer) return host.hook?.onPollAnswer?.(line, fields);
    const state = fields.int(states.field);
    if (state === states.connected) this.doubted = null;
    else if (state <= states.gone) this.loseUnreported(`${meaning(states.meanings, state)} (${states.name} ${state})`);
    else if (states.reconnects === true) host.interrupt(unreported(`${meaning(states.meanings, state)} (${states.name} ${state})`));
  }

  /** A line of the answer that no response table has. */
  onText(): void {
    this.host.hook?.onPollText?.();
  }

  /** A poll is over. */
  onDone(command: Command, outcome: Outcome): void {
    const { host } = this,
      { poll } = host.family;
    if (outcome === Outcome.Aborted || host.stage !== Stage.Online) return;
    if (command === poll && this.missed > 0) {
      if (this.missed < Polls.Silent) this.ask(poll);
      else this.loseUnreported(`${poll.line} has said nothing of it ${Polls.Silent} times`);
    }
    host.hook?.onPollDone?.(command, outcome);
    if (outcome !== Outcome.Done || this.missed > 0 || host.stage !== Stage.Online) return;
    host.chat.confirm(host.number);
    if (!this.isUrgent) return;
    this.isUrgent = false;
    host.onAwake();
  }

  /** A poll has shown that the connection is gone. */
  private loseUnreported(how: string): void {
    this.host.lose(this.doubted ?? unreported(how));
  }
}

function unreported(how: string): MQTTModemError {
  return linkLost(`is gone, and no report of it has come: ${how}`);
}
