// Which faults are armed. A part of the modem asks for its fault when it gets to the point where the fault happens.

/** The armed faults, each with how often it is still to happen, and the probabilities of the byte faults. */
export class Faults {
  readonly #armed = new Map<string, { left: number; value: string }>();
  readonly #chances = new Map<string, number>();

  /** Arms `name` for `times` times; 0: always. */
  arm(name: string, times: number, value = ""): void {
    this.#armed.set(name, { left: times === 0 ? Infinity : times, value });
  }

  /** Uses up one of `name`. @returns its value, or undefined when it is not armed */
  take(name: string): string | undefined {
    const fault = this.#armed.get(name);
    if (!fault) return undefined;
    fault.left -= 1;
    if (fault.left <= 0) this.#armed.delete(name);
    return fault.value;
  }

  /** The faults of one client: those armed for it, and those armed for any client. */
  ofClient(client: number): Pick<Faults, "take"> {
    return { take: (name) => this.take(`${name}@${client}`) ?? this.take(name) };
  }

  /** Whether a `refuse` fault is armed for the command; uses it up. */
  refuses(command: string): boolean {
    const upper = command.toUpperCase();
    for (const name of this.#armed.keys())
      if (name.startsWith("refuse ") && upper.startsWith(name.slice("refuse ".length))) return this.take(name) !== undefined;
    return false;
  }

  setChance(name: string, chance: number, direction: string): void {
    for (const way of direction === "both" ? ["tx", "rx"] : [direction]) this.#chances.set(`${name} ${way}`, chance);
  }

  chance(name: string, direction: "tx" | "rx"): number {
    return this.#chances.get(`${name} ${direction}`) ?? 0;
  }

  /** Disarms everything. */
  clear(): void {
    this.#armed.clear();
    this.#chances.clear();
  }
}
