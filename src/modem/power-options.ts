/** A digital pin as ECMA-419 has it, as far as it is used. */
export interface DigitalPin {
  /** 0 or 1: the level. */
  write(value: number): void;
  read(): number;
  close(): void;
}

/** The class of such pins: `device.io.Digital`, or that of an I/O expander. */
export interface DigitalPinClass {
  new (options: any): DigitalPin;
  /** Values of the option `mode`. */
  readonly Input?: unknown;
  readonly Output?: unknown;
}

/** A pin of the board that leads to a pin of the modem, with ECMA-419's options. */
export interface PinOptions {
  io: DigitalPinClass;
  /** The board's pin, as its class names it. */
  pin: unknown;
  /** Default: `Output`; of `status`, `Input`. `OutputOpenDrain` for a pin that the modem pulls up itself. */
  mode?: unknown;
  /**
   * The host's low level stands for the pressed key, the reset, the wake-up, or for a modem that is on. Default false: its high level
   * does, as behind a transistor.
   */
  activeLow?: boolean;
}

/** The same where it is pressed for a time. */
export interface PulseOptions extends PinOptions {
  /** Milliseconds, 1–60000. Default: what the family's documents say, where they say it. */
  pulse?: number;
}

/** The modem's power key. */
export interface KeyOptions extends PulseOptions {
  /**
   * Milliseconds that the key is pressed to switch the modem off, 1–60000. Default: what the family's documents say. Where they say
   * nothing, the key only switches on.
   */
  off?: number;
}

/** The modem's pins, as far as the board has them. */
export interface PowerOptions {
  /** The power key. A modem that does not answer `AT` is switched on with it. */
  key?: KeyOptions;
  /** The reset pin. */
  reset?: PulseOptions;
  /** Tells whether the modem is on: the host reads it. */
  status?: PinOptions;
  /** Wakes a modem that sleeps. */
  wake?: PulseOptions;
}
