// What was sent in one direction, and what has become of it. Old entries are forgotten, so that hours take no more memory
// than minutes.

export interface Entry {
  readonly number: number;
  readonly payload: Buffer;
  readonly QoS: number;
  /** When it was handed over, and when that was said to be done; milliseconds. */
  readonly at: number;
  doneAt: number | null;
  failed: boolean;
  /** Something else has become the message that the modem was told of. */
  filled: boolean;
  arrived: number;
  /** Something was wrong from a little before it until it was over. */
  disturbed: boolean;
  /** It has been judged. */
  over: boolean;
}

/** Messages that are remembered after they are over, for those that come twice. */
const REMEMBERED = 500;

export class Ledger {
  readonly #entries = new Map<number, Entry>();
  #number = 0;

  /** @param content makes the payload of a message from its mark, which stands at its beginning */
  add(content: (mark: string) => Buffer, QoS: number, disturbed: boolean): Entry {
    const number = ++this.#number;
    const entry: Entry = { number, payload: content(`{${number}}`), QoS, at: performance.now(), doneAt: null, failed: false, filled: false, arrived: 0, disturbed, over: false };
    this.#entries.set(number, entry);
    for (const [old, { over }] of this.#entries) {
      if (this.#entries.size <= REMEMBERED || !over) break;
      this.#entries.delete(old);
    }
    return entry;
  }

  /** The message that this one claims to be. */
  find(payload: Buffer): Entry | undefined {
    const mark = /^\{(\d+)\}/.exec(payload.subarray(0, 20).toString("latin1"));
    return mark === null ? undefined : this.#entries.get(Number(mark[1]));
  }

  first(is: (entry: Entry) => boolean): Entry | undefined {
    for (const entry of this.#entries.values()) if (is(entry)) return entry;
    return undefined;
  }

  get size(): number {
    return this.#entries.size;
  }

  *open(): Generator<Entry> {
    for (const entry of this.#entries.values()) if (!entry.over) yield entry;
  }
}
