import type { DigitalPinClass } from "../../../src/modem/power-options";

/** A board's pins: what is done to them, and what they are. */
export class Board {
  readonly events: string[] = [];
  /** By the pin's number: its level, and the options that its class was given. */
  readonly levels: Record<number, number> = {};
  readonly told: Record<number, any> = {};
  /** This pin is somebody else's. */
  taken: number | undefined;
  /** Called after a pin was written. */
  onWrite: ((pin: number, level: number) => void) | null = null;
  readonly Digital: DigitalPinClass & { readonly OutputOpenDrain: string };

  constructor() {
    const board = this;
    this.Digital = class Digital {
      static readonly Input = "input";
      static readonly Output = "output";
      static readonly OutputOpenDrain = "open drain";
      readonly #pin: number;

      constructor(options: any) {
        const { pin, mode, initialValue } = options;
        if (pin === board.taken) throw new Error("in use");
        this.#pin = pin;
        board.told[pin] = options;
        board.events.push(`open ${pin} ${mode}${initialValue === undefined ? "" : ` ${initialValue}`}`);
      }

      write(value: number): void {
        board.levels[this.#pin] = value;
        board.events.push(`${this.#pin} is ${value}`);
        board.onWrite?.(this.#pin, value);
      }

      read(): number {
        return board.levels[this.#pin] ?? 0;
      }

      close(): void {
        board.events.push(`close ${this.#pin}`);
      }
    };
  }
}
