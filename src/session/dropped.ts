/** Ids of messages that the queue dropped to make room. They wait here until a timer reports them: `publish` must not call `onDone` itself. */
export class Dropped {
  readonly #ids: Uint16Array;
  #first = 0;
  #count = 0;

  constructor(capacity: number) {
    this.#ids = new Uint16Array(capacity);
  }

  get isFull(): boolean {
    return this.#count === this.#ids.length;
  }

  has(id: number): boolean {
    for (let i = 0; i < this.#count; i++) if (this.#ids[(this.#first + i) % this.#ids.length] === id) return true;
    return false;
  }

  add(id: number): void {
    this.#ids[(this.#first + this.#count++) % this.#ids.length] = id;
  }

  /** Removes and returns the oldest id; 0 when there is none. */
  take(): number {
    if (this.#count === 0) return 0;
    const id = this.#ids[this.#first];
    this.#first = (this.#first + 1) % this.#ids.length;
    this.#count--;
    return id;
  }
}
