import type { Clock } from "../platform";
import { frozen } from "../bytes/frozen";

/** Where a modem is between two sleeps. */
const enum Phase {
  Awake,
  /** Nothing is sent to it. */
  Asleep,
  /** It is wanted: it is knocked at until it answers. */
  Waking,
  /** It has answered, and both ends come into step. */
  Greeting,
  Count,
}

/** What happens to it. */
const enum Happening {
  /** It sleeps: it has said so, or has been silent for so long; no command is on the wire. */
  Sleeps,
  /** A command waits for it. */
  Wanted,
  /** It has answered, or has said that it is awake. */
  Answers,
  /** The timer. */
  Due,
  /** Both ends are in step, and it has not forgotten what it was told. */
  InStep,
  Count,
}

/** What is done about it. */
const enum Does {
  Nothing,
  FallAsleep,
  BeginToKnock,
  KnockAgain,
  Greet,
  Ask,
  Listen,
}

/** By phase and happening: the next phase, and what is done. What has no row changes nothing. */
type Row = readonly [from: Phase, on: Happening, to: Phase, does: Does];
const ROWS: readonly Row[] = frozen([
  [Phase.Awake, Happening.Sleeps, Phase.Asleep, Does.FallAsleep],
  [Phase.Awake, Happening.Due, Phase.Awake, Does.Listen],
  [Phase.Asleep, Happening.Wanted, Phase.Waking, Does.BeginToKnock],
  [Phase.Asleep, Happening.Answers, Phase.Greeting, Does.Greet],
  [Phase.Waking, Happening.Answers, Phase.Greeting, Does.Greet],
  [Phase.Waking, Happening.Due, Phase.Waking, Does.KnockAgain],
  [Phase.Greeting, Happening.InStep, Phase.Awake, Does.Ask],
]);

/** At `phase * Happening.Count + happening`: the next phase, and above it, in steps of 8, what is done. */
const TABLE: Uint8Array = (() => {
  const table = new Uint8Array(Phase.Count * Happening.Count);
  for (let at = 0; at < table.length; at++) table[at] = Math.floor(at / Happening.Count);
  for (const [from, on, to, does] of ROWS) table[from * Happening.Count + on] = does * 8 + to;
  return table;
})();

/**
 * How a sleeping modem is knocked at, in milliseconds and numbers. Public drivers: ubxlib once with 100 ms, then with 333; dozens of `AT`
 * without an answer are reported as normal of a BC28.
 */
const enum Knocks {
  First = 100,
  Next = 300,
  /** So many come that fast; then the wake-up pin is pulsed once more. */
  Fast = 10,
  Slow = 1000,
  /** So many there are in all: half a minute. */
  Most = 37,
}

/** Whose sleep it is: see {@link SleepCare}. */
export interface SleepHost {
  readonly clock: Clock;
  readonly chat: {
    readonly isAsleep: boolean;
    readonly isWanted: boolean;
    sleep(): boolean;
    knock(): void;
    wake(): void;
    forgetSleep(): void;
  };
  /** {@link Sleep.onTimer} is to be called after so many milliseconds, and not when it was to be before. */
  setSleepTimer(milliseconds: number): void;
  /** The modem has been set up, and is not being restarted. */
  readonly isPrepared: boolean;
  /** It is up: nothing is done to it but what clients want. */
  readonly isUp: boolean;
  /** Milliseconds of silence after which the modem sleeps without a word, or −1: it says so, or does not sleep. */
  readonly silence: number;
  /** On the clock: when something has gone through the air last, as far as is known. */
  readonly trafficAt: number;
  /** The wake-up pin is pulsed, where the board has one. */
  beginPulse(): void;
  /** @returns milliseconds until it is to be called again; 0 or less: the pulse is over */
  pulse(): number;
  endPulse(): void;
  onAsleep(): void;
  /** It has answered. */
  onWoken(): void;
  /** It is awake, and in step: what has become of its connections is to be asked. */
  onAwake(): void;
  /** It cannot be woken. */
  onNeverWoken(): void;
}

/** One modem's sleep: while it sleeps, nothing is sent to it; before anything is, it is woken. */
export class Sleep {
  private readonly host: SleepHost;
  private phase: Phase = Phase.Awake;
  private knocks = 0;
  /** It has said that it was asleep, and has not been asked yet what it has forgotten. */
  private hasSlept = false;

  constructor(host: SleepHost) {
    this.host = host;
  }

  /** It sleeps, or has slept and is not in step yet. */
  get isOn(): boolean {
    return this.phase !== Phase.Awake;
  }

  // ---- what is heard of it

  /** It says that it goes to sleep. */
  onLeaving(): void {
    if (this.host.isPrepared && this.phase === Phase.Awake && this.host.chat.sleep()) this.happens(Happening.Sleeps);
  }

  /** What was on the wire when it said so has not been answered. */
  onSleeping(): void {
    this.happens(Happening.Sleeps);
  }

  /** It says that it is awake. */
  onReturning(): void {
    this.happens(Happening.Answers);
  }

  /** It says that it was asleep, and is awake. What it has forgotten is to be found out, once what is on the wire is over. */
  onBanner(): void {
    this.onLeaving();
    this.hasSlept = this.phase === Phase.Awake && this.host.isPrepared;
    if (this.hasSlept) this.host.setSleepTimer(Knocks.Slow);
    else this.happens(Happening.Answers);
  }

  onHeard(): void {
    this.happens(Happening.Answers);
  }

  onWanted(): void {
    this.happens(Happening.Wanted);
  }

  onInStep(): void {
    this.happens(Happening.InStep);
  }

  onTimer(): void {
    this.happens(Happening.Due);
  }

  /** The modem is up. */
  onUp(): void {
    this.listen();
  }

  /** The modem is looked for anew, or cannot be worked with: that it sleeps is not true any more. */
  forget(): void {
    this.phase = Phase.Awake;
    this.hasSlept = false;
    this.host.chat.forgetSleep();
  }

  // ---- what is done

  private happens(happening: Happening): void {
    const { host } = this,
      row = TABLE[this.phase * Happening.Count + happening];
    this.phase = row % 8;
    switch (Math.floor(row / 8) as Does) {
      case Does.FallAsleep:
        this.hasSlept = false;
        host.onAsleep();
        if (host.chat.isWanted) this.happens(Happening.Wanted); // an answer is owed: the modem may have it once it is awake
        return;
      case Does.BeginToKnock:
        this.knocks = 0;
        host.beginPulse();
        return this.knock();
      case Does.KnockAgain:
        return this.knock();
      case Does.Greet:
        host.endPulse();
        host.onWoken();
        return host.chat.wake();
      case Does.Ask:
        host.onAwake();
        return this.listen();
      case Does.Listen:
        return this.listen();
    }
  }

  private knock(): void {
    const { host } = this,
      pause = host.pulse();
    if (pause > 0) return host.setSleepTimer(pause);
    const count = ++this.knocks;
    if (count > Knocks.Most) return host.onNeverWoken();
    if (count === Knocks.Fast) host.beginPulse();
    host.chat.knock();
    host.setSleepTimer(count === 1 ? Knocks.First : count <= Knocks.Fast ? Knocks.Next : Knocks.Slow);
  }

  /** A modem that says nothing of it is taken to be asleep when it has been silent for long enough. */
  private listen(): void {
    const { host } = this,
      { silence } = host;
    if (this.hasSlept) return this.onBanner();
    if (silence < 0 || this.phase !== Phase.Awake) return;
    const left = (host.trafficAt + silence - host.clock.now()) | 0;
    if (left > 0) return host.setSleepTimer(left);
    if (host.isUp && !host.chat.isWanted) this.onLeaving();
    if (this.phase === Phase.Awake) host.setSleepTimer(Knocks.Slow);
  }
}
