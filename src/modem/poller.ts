import type { Command } from "../at/commands/command";
import { Outcome } from "../at/requests/request";
import type { Fields } from "../at/responses/fields";
import type { Line } from "../at/responses/response-table";
import { integer } from "../checks";
import type { MQTTModemError } from "../errors";
import type { Family } from "./family";
import { linkLost } from "./failure";
import { Timeout } from "./timeouts";
import { ScriptRunner } from "./script-runner";
import { Kind } from "./script";
import { Stage } from "./stage";

/** Polls in a row that may say nothing of the connection until it is taken for lost: some firmware lists only what is there. */
const enum Polls {
  Silent = 3,
}

/** Asks for the connection from time to time: its loss may not be reported, or the report be lost. */
export abstract class Poller extends ScriptRunner {
  abstract readonly family: Family;
  abstract readonly stage: Stage;
  /** Milliseconds between polls, 0 for none, or −1 for the default until that is known. */
  private pollInterval: number;
  /** Polls in a row that have said nothing of this connection. */
  private missed = 0;
  /** The next poll comes early. */
  private isSoon = false;

  /** @throws ArgumentError */
  constructor(pollInterval: number | undefined) {
    super();
    this.pollInterval = pollInterval === undefined ? -1 : pollInterval === 0 ? 0 : integer("modem.pollInterval", pollInterval, 1000, 3_600_000);
  }

  /** Milliseconds between polls, where the application does not say. */
  protected abstract get defaultPollInterval(): number;

  /** Has {@link onPollTimer} called after so many milliseconds. */
  protected abstract wake(milliseconds: number): void;

  /** The session is over, because of `error`. */
  abstract down(error: MQTTModemError | null): void;

  /** The default is known. */
  protected prepareWatch(): void {
    if (this.pollInterval < 0) this.pollInterval = this.defaultPollInterval;
  }

  /** There is a connection, or is one again, which is to be watched. */
  protected watchOn(): void {
    this.watch(this.pollInterval);
  }

  /** Looks at the connection after so many milliseconds, if it is to be looked at. */
  protected watch(milliseconds: number): void {
    this.isSoon = false;
    if (this.pollInterval > 0) this.wake(milliseconds);
  }

  /** A write has failed: is the connection still there? */
  protected pollSoon(): void {
    if (this.isSoon || this.stage !== Stage.Online) return;
    this.watch(Timeout.Hurry < this.pollInterval ? Timeout.Hurry : this.pollInterval);
    this.isSoon = true;
  }

  /** What the timer, set with {@link wake}, calls. */
  protected onPollTimer(): void {
    if (this.stage !== Stage.Online || this.pollInterval === 0) return;
    this.ask(this.family.poll);
    this.watch(this.pollInterval);
  }

  /** Asks how the connection is, unless that is being asked. */
  protected ask(command: Command): void {
    if (this.stage !== Stage.Online || this.chat.count(this.number, Kind.Poll) > 0) return;
    const request = this.take(Kind.Poll);
    if (request === null) return; // too much else is under way, and shows how it is
    if (command === this.family.poll) this.missed++; // until it says something
    request.resultTimeout = 0;
    this.chat.submit(request, command);
  }

  /** A report of a loss may have been passed over, because it may have been a message's. */
  onDoubt(): void {
    this.missed = 0; // a poll's answer may have been among it
    this.ask(this.family.poll);
  }

  /** A poll's answer, this driver's or another one's, tells of this connection. */
  onPolled(line: Line, fields: Fields): void {
    this.missed = 0;
    if (this.stage === Stage.Online) this.onState(line, fields);
  }

  /** What a poll has said of a connection that is taken for one. */
  protected abstract onState(line: Line, fields: Fields): void;

  /** A further line of a poll's answer. */
  protected onStateText(): void {}

  /** The request of a poll has ended. */
  protected polled(command: Command, outcome: Outcome): void {
    if (this.isRunning) this.begin();
    else if (outcome !== Outcome.Aborted && this.stage === Stage.Online) {
      this.onPollEnd(command, outcome);
      if (outcome === Outcome.Done && this.missed === 0 && this.stage === Stage.Online) this.chat.confirm(this.number);
    }
  }

  /** A poll is over, and the connection is still taken for one. */
  protected onPollEnd(_command: Command, _outcome: Outcome): void {
    if (this.missed === 0) return;
    if (this.missed < Polls.Silent) this.ask(this.family.poll);
    else this.lostUntold(`${this.family.poll.line} has said nothing of it ${Polls.Silent} times`);
  }

  /** A poll has shown that the connection is gone. */
  protected lostUntold(how: string): void {
    this.down(linkLost(`is gone, and no report of it has come: ${how}`));
  }
}
