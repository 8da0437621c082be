import type { Chat } from "../at/chat/chat";
import { Slot } from "../at/chat/slots";
import type { Command } from "../at/commands/command";
import { LinkNumber, Outcome } from "../at/requests/request";
import type { Fields } from "../at/responses/fields";
import type { Line } from "../at/responses/response-table";
import { frozen } from "../bytes/frozen";
import { ModemError, type MQTTModemError } from "../errors";
import type { Timers } from "../timers";
import { BitRates } from "./bit-rates";
import { ATTENTION, ECHO_OFF, ERROR_NUMBERS } from "./common";
import type { Care, CareListener } from "./care";
import { linkLost } from "./failure";
import type { Family } from "./family";
import { Network, type NetworkQuestions } from "./network";
import { Level } from "./recovery";
import { Kind } from "./script";
import { Stage } from "./stage";
import { Timeout } from "./timeouts";

/** How far the modem is. What ends a phase is told in {@link BringUp}. */
const enum Phase {
  /** Nobody wants it. */
  Idle,
  /** `AT` is sent until the modem answers. */
  Waking,
  /** The settings that every family needs. */
  Preparing,
  /** The probe shows that modem and host are in step. */
  Synchronising,
  /** Care tells the modem what it is to know before its network is waited for. */
  Equipping,
  /** The modem is asked for its network before anything is done to bring that back. */
  Asking,
  /** The commands that bring the network or the modem back. */
  Recovering,
  /** The modem has accepted the command to restart. */
  Restarting,
  /** A round of questions about the network. */
  Attaching,
  /** Between two rounds. */
  Pausing,
  /** The same once it is attached. */
  Completing,
  Ready,
}

/** The stage that links are told, by phase. */
const STAGES: readonly Stage[] = frozen([
  Stage.Idle,
  Stage.Waking,
  Stage.Preparing,
  Stage.Preparing,
  Stage.Preparing,
  Stage.Recovering,
  Stage.Recovering,
  Stage.Recovering,
  Stage.Attaching,
  Stage.Attaching,
  Stage.Attaching,
  Stage.Online,
]);

/** A modem that refuses one of these can be worked with all the same. */
const PREPARE: readonly Command[] = frozen([ECHO_OFF, ERROR_NUMBERS]);

/** Restarts while the modem is brought up, before its power supply is suspected. */
const MOST_RESTARTS = 5;

/** For whom a modem is brought up. */
export interface BringUpHost {
  readonly chat: Chat;
  readonly timers: Timers;
  readonly family: Family;
  /** Null with a plain driver. */
  readonly care: Care | null;
  /** The modem is looked for anew: what was known of its state is not true any more. */
  onWaking(): void;
  onStage(stage: Stage): void;
  /** The modem is up and attached. */
  onReady(): void;
  /** The modem cannot be worked with. @param forgotten it owes no answer any more */
  onFailed(error: MQTTModemError, forgotten: boolean): void;
}

/** Brings the modem up: from a silent port to a modem that is attached to the network. */
export class BringUp implements CareListener {
  private readonly host: BringUpHost;
  /** Milliseconds. */
  private readonly bootTimeout: number;
  private readonly attachTimeout: number;
  /** Null where the modem can have one rate alone. */
  private readonly rates: BitRates | null;
  /** What the modem says of its network. Made when it is to be asked, and let go of when it is up. */
  private network: NetworkQuestions | null = null;
  private phase: Phase = Phase.Idle;
  /** Which of the phase's commands. */
  private step = 0;
  /** On the clock: until then the modem must have answered, or be attached. */
  private deadline = 0;
  private restarts = 0;
  /** What is to be done once the modem answers, but for what care does before; and what is being done. */
  wanted: Level = Level.Connect;
  private level: Level = Level.Connect;

  /** @param rate the port's, in bit/s, where that is known */
  constructor(host: BringUpHost, bootTimeout: number, attachTimeout: number, rate: unknown) {
    const {
      chat,
      family: { baud },
    } = host;
    this.host = host;
    this.bootTimeout = bootTimeout;
    this.attachTimeout = attachTimeout;
    this.rates = typeof rate === "number" && rate !== baud ? new BitRates(chat, rate, baud) : null;
  }

  get stage(): Stage {
    return STAGES[this.phase];
  }

  /** Brings the modem up, unless that is being done. @returns whether it is up already, and nothing is to be done to it */
  want(level: Level): boolean {
    if (level > this.wanted) this.wanted = level;
    if (this.phase === Phase.Ready && level === Level.Connect) return true;
    if (this.phase === Phase.Ready || this.phase === Phase.Idle) {
      this.restarts = 0;
      this.wake();
    }
    return false;
  }

  /** Nobody wants the modem any more. */
  stop(): void {
    this.phase = Phase.Idle;
    this.network = null;
  }

  // ---- what is heard of the modem

  /** The command under way is over. @param code the number of the `+CME ERROR`, or −1 */
  onDone(outcome: Outcome, code: number): void {
    switch (this.phase) {
      case Phase.Waking:
        return this.woken(outcome);
      case Phase.Preparing:
        if (++this.step < PREPARE.length) return this.submit(PREPARE[this.step]);
        this.phase = Phase.Synchronising;
        return this.host.chat.resync();
      case Phase.Recovering:
        return this.recoverNext(outcome);
      case Phase.Asking:
      case Phase.Attaching:
        return this.asked(outcome === Outcome.Refused ? code : -1);
    }
  }

  /** A line of the answer to the command under way. */
  onAnswer(line: Line, fields: Fields): void {
    this.network?.answered(line, fields);
  }

  /** Whether the bring-up waits until modem and host are in step. */
  get isSynchronising(): boolean {
    return this.phase === Phase.Synchronising;
  }

  /** Modem and host are in step, and the modem has been set up since it was looked for. */
  get isPrepared(): boolean {
    return this.phase > Phase.Synchronising;
  }

  /** Modem and host are in step. */
  onResynced(): void {
    this.host.chat.decoder.learning = false;
    this.level = this.wanted;
    this.wanted = Level.Connect;
    if (this.level === Level.Connect) this.equip();
    else if (this.enter(Phase.Asking)) this.ask();
  }

  /** The modem has forgotten everything: it has restarted. @param hasSlept or has only slept */
  onRestart(hasSlept: boolean): void {
    const { chat, timers, family, care } = this.host;
    if (this.phase === Phase.Idle || (care !== null && care.isRousing)) return;
    if (this.phase === Phase.Ready || (!hasSlept && this.stage !== Stage.Recovering && ++this.restarts > MOST_RESTARTS))
      return this.fail(
        hasSlept
          ? linkLost(`is gone: the ${family.title} has slept, and has forgotten everything`)
          : new ModemError("MODEM_RESTARTED", `the ${family.title} has restarted, and its connection is gone; a supply that is too weak is the usual reason`),
        true,
      );
    timers.clear(Slot.Modem);
    chat.abort(LinkNumber.All, true);
    this.wake();
  }

  /** Something has changed about the network: a modem that is waited for is asked at once. @param sim it is that the SIM cannot be used */
  onNetworkChanged(sim: boolean): void {
    this.network?.reported(sim);
    if (this.phase === Phase.Pausing) this.host.timers.set(Slot.Modem, 0);
  }

  onTimer(): void {
    const { care, family } = this.host;
    switch (this.phase) {
      case Phase.Waking:
        return care !== null && care.isRousing ? care.onTimer() : this.submit(family.wakeUp ?? ATTENTION);
      case Phase.Restarting:
        return this.wake();
      case Phase.Pausing:
        this.phase = Phase.Attaching;
        return this.submit(this.network!.first());
      case Phase.Equipping:
      case Phase.Completing:
        care!.onTimer();
    }
  }

  /** The modem cannot be worked with. @param forgotten it owes no answer any more */
  fail(error: MQTTModemError, forgotten: boolean): void {
    const { host } = this;
    this.phase = Phase.Idle;
    this.wanted = Level.Connect;
    this.network = null;
    host.timers.clear(Slot.Modem);
    host.chat.abort(LinkNumber.Modem, forgotten);
    host.onFailed(error, forgotten);
  }

  // ---- the phases

  /** False when all that wanted the modem have gone meanwhile. */
  private enter(phase: Phase): boolean {
    this.phase = phase;
    this.host.onStage(STAGES[phase]);
    return this.phase === phase;
  }

  private submit(command: Command): void {
    const { chat } = this.host;
    chat.submit(chat.requests.take(null, Kind.Step, 0)!, command); // nothing of the links' is under way yet, so one is free
  }

  /** The modem is looked for. */
  wake(): void {
    const { host } = this,
      { care } = host;
    host.onWaking();
    this.rates?.begin();
    if (!this.enter(Phase.Waking)) return;
    this.setDeadline(this.bootTimeout);
    host.chat.decoder.learning = true;
    if (care === null || !care.rouses(this)) this.submit(ATTENTION);
  }

  private woken(outcome: Outcome): void {
    if (outcome !== Outcome.Done) return this.notWoken(outcome === Outcome.TimedOut);
    if (!this.enter(Phase.Preparing)) return;
    this.step = 0;
    this.submit(PREPARE[0]);
  }

  /** The modem has not said OK to `AT`. @param silent it has said nothing at all */
  private notWoken(silent: boolean): void {
    const { rates } = this,
      { care } = this.host;
    if (care !== null && care.onMute(silent)) return;
    if (silent && this.isLate && rates !== null) {
      if (rates.tryOther()) this.setDeadline(Timeout.OtherRate);
      else rates.back();
    }
    if (!this.isLate) return this.host.timers.set(Slot.Modem, Timeout.Probe);
    this.fail(
      new ModemError(
        "MODEM_SILENT",
        `no modem answers AT on this port after ${this.bootTimeout / 1000} s${rates === null ? "" : rates.tried}; check wiring, power, that the port is the right one, and the baud rate`,
      ),
      false,
    );
  }

  /**
   * What the modem says of its network decides what is done: a modem that searches is left alone, because whatever is done to it
   * begins the search anew; and it cannot leave a network that it is not on.
   */
  private recover(): void {
    const { level } = this,
      network = this.network!;
    if (network.failure !== null && (level === Level.Attach || network.failure.code !== "SIM_FAILED"))
      return this.host.care === null ? this.fail(network.failure, false) : this.equip(); // care may know the PIN
    if (!network.attached && network.isSearching) return this.equip();
    this.climb(level);
  }

  /** Something is done to a modem that answers. */
  climb(level: Level): void {
    const { care } = this.host;
    if (care !== null) care.onRecovery(level);
    this.level = level;
    this.phase = Phase.Recovering;
    this.step = level === Level.Attach && !this.network!.attached ? 0 : -1;
    this.recoverNext(Outcome.Refused);
  }

  /** The next command that brings the modem back; then the network, or the modem once it has started. */
  private recoverNext(outcome: Outcome): void {
    const {
      family: { recovery },
      timers,
    } = this.host;
    const { level } = this,
      commands = level === Level.Attach ? recovery.attach : recovery.restart;
    if (level === Level.Restart && outcome !== Outcome.Refused) {
      this.phase = Phase.Restarting;
      timers.set(Slot.Modem, Timeout.Restart);
    } else if (level !== Level.Radio && ++this.step < commands.length) this.submit(commands[this.step]);
    else this.equip();
  }

  private equip(): void {
    const { care } = this.host;
    if (care === null) return this.attach();
    if (this.stage !== Stage.Preparing && !this.enter(Phase.Equipping)) return;
    this.phase = Phase.Equipping;
    care.prepare(this);
  }

  onCareDone(error: MQTTModemError | null): void {
    if (error !== null) this.fail(error, false);
    else if (this.phase === Phase.Equipping) this.attach();
    else {
      this.phase = Phase.Ready;
      this.host.onReady();
    }
  }

  private attach(): void {
    if (!this.enter(Phase.Attaching)) return;
    this.setDeadline(this.attachTimeout);
    this.ask();
  }

  /** The modem is asked for its network, of which nothing is known. */
  private ask(): void {
    const { care } = this.host,
      plain = new Network();
    this.network = care === null ? plain : care.network(plain);
    this.submit(this.network.first());
  }

  /** A question about the network is over. @param code the number of the `+CME ERROR` in place of the answer, or −1 */
  private asked(code: number): void {
    const network = this.network!,
      next = network.next(code);
    if (next !== null) return this.submit(next);
    if (this.phase === Phase.Asking) return this.recover();
    if (network.failure !== null) return this.host.care?.helps(network.failure) === true ? this.equip() : this.fail(network.failure, false);
    if (network.attached) return this.complete(this.host.care);
    if (this.isLate) return this.fail(network.late(this.attachTimeout / 1000), false);
    this.phase = Phase.Pausing;
    this.host.timers.set(Slot.Modem, Timeout.Attach);
    this.host.care?.onRound();
  }

  private complete(care: Care | null): void {
    this.phase = Phase.Completing;
    this.network = null;
    if (care === null) this.onCareDone(null);
    else care.complete(this);
  }

  private setDeadline(milliseconds: number): void {
    this.deadline = (this.host.timers.clock.now() + milliseconds) | 0;
  }

  private get isLate(): boolean {
    return ((this.deadline - this.host.timers.clock.now()) | 0) <= 0;
  }
}
