import { frozen } from "../bytes/frozen";
import { integer, known, type Names } from "../checks";
import { ArgumentError } from "../errors";
import type { DigitalPin, DigitalPinClass, KeyOptions, PinOptions, PowerOptions, PulseOptions } from "../modem/power-options";

/** The modem's pins. */
export const enum Pin {
  Key,
  Reset,
  Wake,
  Status,
}
const PINS = frozen(["key", "reset", "wake", "status"]);

/** How long a family's pins are held, in milliseconds. What no document says is left out. */
export interface Pulses {
  /** The power key, to switch the modem on, and off. */
  readonly on?: number;
  readonly off?: number;
  readonly reset?: number;
}

const enum Time {
  /** The wake-up pin acts by its edge; a BC65's wants 100 ms. */
  Wake = 100,
  /** From the end of the press that switches the modem off to the one that switches it on. An A7670 wants 2 s between the two and 2 s to be off; the others' documents say nothing. */
  Off = 5000,
  Longest = 60_000,
}

/** A level of one pin, and for how long. */
export type PinStep = readonly [pin: Pin, active: boolean, milliseconds: number];

const NO_STEPS: readonly PinStep[] = frozen([]);
const PIN = frozen({ io: 1, pin: 1, mode: 1, activeLow: 1 } satisfies Record<keyof PinOptions, 1>);
const PULSED = frozen({ ...PIN, pulse: 1 } satisfies Record<keyof PulseOptions, 1>);
/** What each pin can be told. */
const OPTIONS: readonly Names[] = frozen([{ ...PULSED, off: 1 }, PULSED, PULSED, PIN]);
const NAMES = frozen({ key: 1, reset: 1, wake: 1, status: 1 } satisfies Record<keyof PowerOptions, 1>);

/**
 * The modem's pins, as the application describes them in `modem.power`. What is to be done with them is a list of levels: whoever has a
 * timer begins one, and calls {@link next} whenever the time that it told has passed.
 */
export class PowerPins {
  /** What is done to switch the modem on; off and on; to reset it; to wake it. Empty where the board has no pin for it. */
  readonly on: readonly PinStep[];
  readonly cycle: readonly PinStep[];
  readonly reset: readonly PinStep[];
  readonly wake: readonly PinStep[];
  /** By {@link Pin}. */
  private readonly told: readonly (PinOptions | undefined)[];
  private pins: (DigitalPin | null)[] = [];
  private steps = NO_STEPS;
  private step = 0;

  /** @throws ArgumentError; nothing is driven yet */
  constructor(options: PowerOptions, { on, off, reset }: Pulses) {
    known("modem.power", options, NAMES);
    const { key } = options;
    this.told = PINS.map((name, pin) => checked(`modem.power.${name}`, options[name as keyof PowerOptions], OPTIONS[pin]));
    const pulse = (pin: Pin, usual: number | undefined): readonly PinStep[] => {
      const told = this.told[pin] as KeyOptions | undefined;
      return told === undefined ? NO_STEPS : pressed(pin, length(`modem.power.${PINS[pin]}.pulse`, told.pulse ?? usual), 0);
    };
    this.on = pulse(Pin.Key, on);
    this.reset = pulse(Pin.Reset, reset);
    this.wake = pulse(Pin.Wake, Time.Wake);
    const offPulse = key === undefined ? undefined : (key.off ?? off);
    this.cycle = offPulse === undefined ? NO_STEPS : [...pressed(Pin.Key, length("modem.power.key.off", offPulse), Time.Off), ...this.on];
  }

  /** Takes the board's pins. Nothing is pressed. @throws what the pins' classes throw */
  open(): void {
    this.close();
    try {
      for (let pin = Pin.Key; pin <= Pin.Status; pin++) this.pins.push(opened(this.told[pin], pin === Pin.Status));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Gives the board's pins back. */
  close(): void {
    this.release();
    const { pins } = this;
    this.pins = [];
    for (const pin of pins) pin?.close();
  }

  /** Whether the modem is on; undefined where no pin tells it. */
  get isOn(): boolean | undefined {
    const pin = this.pins[Pin.Status] ?? null;
    return pin === null ? undefined : (pin.read() === 1) !== (this.told[Pin.Status]!.activeLow === true);
  }

  /** The key is pressed, or the modem is left alone between two presses. */
  get isBusy(): boolean {
    return this.step < this.steps.length;
  }

  /** Something is to be done with the pins, in place of what is being done. */
  begin(steps: readonly PinStep[]): void {
    this.release();
    this.steps = steps;
    this.step = 0;
  }

  /** Does the next thing. @returns milliseconds until {@link next} is to be called again; 0 where that was the last; −1 where nothing is to be done */
  next(): number {
    if (!this.isBusy) return -1;
    const [pin, active, milliseconds] = this.steps[this.step++];
    this.drive(pin, active);
    return milliseconds;
  }

  /** Nothing is pressed any more. */
  release(): void {
    const { steps, step } = this;
    this.steps = NO_STEPS;
    this.step = 0;
    if (step > 0 && step < steps.length) this.drive(steps[step][0], false);
  }

  private drive(pin: Pin, active: boolean): void {
    this.pins[pin]?.write(levelOf(this.told[pin]!, active));
  }
}

/** Presses the pin for so long, and lets go of it for so long. */
function pressed(pin: Pin, milliseconds: number, pause: number): readonly PinStep[] {
  return [
    [pin, true, milliseconds],
    [pin, false, pause],
  ];
}

function levelOf({ activeLow }: PinOptions, active: boolean): number {
  return active !== (activeLow === true) ? 1 : 0;
}

/** @throws ArgumentError */
function length(name: string, milliseconds: unknown): number {
  if (milliseconds === undefined)
    throw new ArgumentError("ARGUMENT_TYPE", name, undefined, "must be given in milliseconds: no document of this modem says how long the pin is held");
  return integer(name, milliseconds, 1, Time.Longest);
}

/** @throws ArgumentError */
function checked(name: string, told: unknown, names: Names): PinOptions | undefined {
  if (told === undefined) return undefined;
  known(name, told, names);
  const { io, pin, activeLow } = told as PinOptions;
  if (typeof io !== "function") throw new ArgumentError("ARGUMENT_TYPE", `${name}.io`, io, "must be the class of a digital pin: device.io.Digital");
  if (pin === undefined) throw new ArgumentError("ARGUMENT_TYPE", `${name}.pin`, pin, "must say which pin of the board it is");
  if (activeLow !== undefined && typeof activeLow !== "boolean")
    throw new ArgumentError("ARGUMENT_TYPE", `${name}.activeLow`, activeLow, "must be true or false");
  return told as PinOptions;
}

/**
 * An output begins at its idle level. The polarity is not the class's affair: not every class knows `activeLow`, and one that does not would
 * hold the modem in its reset.
 */
function opened(told: PinOptions | undefined, isInput: boolean): DigitalPin | null {
  if (told === undefined) return null;
  const io: DigitalPinClass = told.io,
    mode = told.mode ?? (isInput ? io.Input : io.Output);
  if (isInput) return new io({ pin: told.pin, mode });
  const initialValue = levelOf(told, false),
    pin = new io({ pin: told.pin, mode, initialValue });
  pin.write(initialValue); // not every class knows `initialValue` either
  return pin;
}
