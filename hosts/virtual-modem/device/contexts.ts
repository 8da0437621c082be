// The PDP contexts: their definitions, which the modem keeps without power, and which of them are active.

/** `AT+CGAUTH`: 0 none, 1 PAP, 2 CHAP. */
export interface Authentication {
  readonly protocol: number;
  readonly user: string;
  readonly password: string;
}

/** One context, as `AT+CGDCONT` defines it. */
export interface Context {
  readonly type: string;
  /** Empty: the network chooses. */
  readonly apn: string;
  readonly authentication?: Authentication;
}

export class Contexts {
  /** The context of the attach. It exists from the start and is never undefined. */
  readonly first: number;
  readonly #defined = new Map<number, Context>();
  readonly #active = new Set<number>();

  /** @param others contexts that are defined from the factory */
  constructor(first: number, type: string, others: Readonly<Record<number, Context>> = {}) {
    this.first = first;
    this.#defined.set(first, { type, apn: "" });
    for (const [cid, context] of Object.entries(others)) this.#defined.set(Number(cid), context);
  }

  get(cid: number): Context | undefined {
    return this.#defined.get(cid);
  }

  /** The contexts by their numbers, the lowest first. */
  get all(): readonly (readonly [cid: number, context: Context])[] {
    return [...this.#defined].sort(([a], [b]) => a - b);
  }

  /** Defines a context, or changes what is given of it. */
  define(cid: number, changes: Partial<Context>): void {
    this.#defined.set(cid, { type: "IP", apn: "", ...this.#defined.get(cid), ...changes });
  }

  undefine(cid: number): void {
    if (cid !== this.first) this.#defined.delete(cid);
  }

  isActive(cid: number): boolean {
    return this.#active.has(cid);
  }

  get anyActive(): boolean {
    return this.#active.size > 0;
  }

  activate(cid: number): void {
    this.#active.add(cid);
  }

  /** @param cid all of them when left out */
  deactivate(cid?: number): void {
    if (cid === undefined) this.#active.clear();
    else this.#active.delete(cid);
  }
}
