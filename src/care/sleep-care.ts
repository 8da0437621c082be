import type { Chat } from "../at/chat/chat";
import { Slot } from "../at/chat/slots";
import type { CommandCallback } from "../at/own/own-commands";
import { textBetween } from "../at/own/text";
import type { Fields } from "../at/responses/fields";
import type { Line } from "../at/responses/response-table";
import { ModemError, type MQTTModemError } from "../errors";
import type { CareSleep } from "../modem/care";
import type { Limits } from "../modem/limits";
import type { Settings } from "../modem/settings";
import type { Clock } from "../platform";
import type { Timers } from "../timers";
import { checkKeepAlive } from "./keep-alive";
import { isRegistered, readRegistration } from "./registration";
import type { PowerPins } from "./power";
import { Sleep, type SleepHost } from "./sleep";
import { Told, toldBy } from "./sleep-reports";
import { PSM_OFF } from "./sleep-steps";
import { decodeActiveTime } from "./sleep-timers";
import type { CareState } from "./state";

/** Milliseconds. */
const enum Time {
  /** To the final of a command. */
  Command = 5000,
  /** No modem is taken to be asleep after less. */
  LeastSilence = 1000,
}

/** Of which modem: its care. */
export interface SleepCareHost {
  readonly chat: Chat;
  readonly clock: Clock;
  readonly state: CareState;
  /** Null where the board has none. */
  readonly pins: Pick<PowerPins, "wake" | "begin" | "next" | "release"> | null;
  /** The modem has been set up, and is not being restarted. */
  readonly takesCommands: boolean;
  readonly modem: {
    readonly timers: Timers;
    readonly isUp: boolean;
    onSleep(isAsleep: boolean): void;
    fail(error: MQTTModemError): void;
  };
  /** On the clock: when MQTT was last at work. Commands of other kinds send nothing through the air. */
  readonly trafficAt: number;
  ask(line: string, timeout: number, done: CommandCallback): void;
  /** The modem has been woken, or has woken up. */
  onWakeUp(): void;
}

/** What care does about a modem's sleep: what the modem says of it, or does not say, and what {@link Sleep} makes of that. */
export class SleepCare implements CareSleep, SleepHost {
  private readonly host: SleepCareHost;
  private readonly sleep: Sleep;

  constructor(host: SleepCareHost) {
    this.host = host;
    this.sleep = new Sleep(this);
  }

  check(settings: Settings, limits: Limits): void {
    checkKeepAlive(this.host.state.wanted.psm, settings.keepAlive, limits);
  }

  // ---- what is heard

  onReport(line: Line, fields: Fields): void {
    const told = toldBy(line, fields);
    if (told === Told.Nothing || this.chat.mayBeForged()) return;
    if (told === Told.Leaves) this.sleep.onLeaving();
    else this.sleep.onReturning();
  }

  onStart(): boolean {
    if (this.chat.mayBeForged()) return false;
    const isWakeUp = this.host.state.rows.wakes?.(this.line()) === true;
    if (isWakeUp) this.sleep.onBanner();
    else this.sleep.forget();
    return isWakeUp;
  }

  /** PSM that the modem switches on whenever it attaches is switched off again. */
  onRegistration(): void {
    const { state, modem } = this.host,
      now = modem.isUp && !this.chat.mayBeForged() ? readRegistration(this.line()) : null;
    if (now === null) return;
    const before = state.registration,
      off = state.rows.psmReturns ? PSM_OFF.ask(state) : null;
    state.registration = now;
    if (off !== null && isRegistered(now) && before !== null && !isRegistered(before)) this.host.ask(off, Time.Command, () => {});
  }

  /** The line that is being told. */
  private line(): string {
    const { ring, decoder } = this.chat;
    return textBetween(ring, decoder.lineStart, decoder.lineEnd);
  }

  onSleeping(): void {
    this.sleep.onSleeping();
  }

  onWanted(): void {
    this.sleep.onWanted();
  }

  onHeard(): void {
    this.sleep.onHeard();
  }

  onInStep(): void {
    this.sleep.onInStep();
  }

  onTimer(): void {
    this.sleep.onTimer();
  }

  onUp(): void {
    this.sleep.onUp();
  }

  get isOn(): boolean {
    return this.sleep.isOn;
  }

  /** The modem is looked for anew. */
  begin(): void {
    this.sleep.forget();
    this.callWake(); // it may be asleep; pins of care's own are pulsed by whoever looks for it
  }

  /** The modem cannot be worked with. */
  onFailed(): void {
    this.sleep.forget();
  }

  // ---- for the sleep

  get chat(): Chat {
    return this.host.chat;
  }

  get clock(): Clock {
    return this.host.clock;
  }

  get isPrepared(): boolean {
    return this.host.takesCommands;
  }

  get isUp(): boolean {
    return this.host.modem.isUp;
  }

  get trafficAt(): number {
    return this.host.trafficAt;
  }

  get silence(): number {
    const { wanted, registration, tellsSleep, tellsTimers } = this.host.state,
      { psm } = wanted;
    if (psm === null || psm === false || tellsSleep) return -1;
    const granted = registration === null ? "" : registration.active;
    // A modem that tells the granted timers, and has told none, has not been granted any.
    const seconds = granted !== "" ? decodeActiveTime(granted) : tellsTimers && registration !== null ? null : psm.active.seconds;
    return seconds === null ? -1 : Math.max(seconds * 1000, Time.LeastSilence);
  }

  setSleepTimer(milliseconds: number): void {
    this.host.modem.timers.set(Slot.Sleep, milliseconds);
  }

  beginPulse(): void {
    const { pins } = this.host;
    pins?.begin(pins.wake);
    this.callWake();
  }

  pulse(): number {
    return this.host.pins?.next() ?? 0;
  }

  endPulse(): void {
    this.host.pins?.release();
  }

  private callWake(): void {
    const { wake } = this.host.state.wanted;
    if (wake === null) return;
    try {
      wake();
    } catch (thrown) {
      this.chat.thrown.keep(thrown);
    }
  }

  onAsleep(): void {
    this.host.modem.onSleep(true);
  }

  onWoken(): void {
    this.host.onWakeUp();
  }

  onAwake(): void {
    this.host.modem.onSleep(false);
  }

  onNeverWoken(): void {
    this.host.modem.fail(
      new ModemError(
        "MODEM_SILENT",
        "the modem sleeps, and does not wake up when it is sent AT; check whether it needs its wake-up pin (modem.wake), its power and its wiring",
      ),
    );
  }
}
