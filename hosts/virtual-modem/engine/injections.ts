// Bytes that are written when a command comes to a certain moment of its life.

import type { Place } from "../faults";

export class Injections {
  #waiting: { readonly place: Place; readonly bytes: Uint8Array }[] = [];

  add(place: Place, bytes: Uint8Array): void {
    this.#waiting.push({ place, bytes });
  }

  /** Removes and returns the bytes that wait for `place`, in the order in which they were added. */
  take(place: Place): Uint8Array[] {
    const due = this.#waiting.filter((injection) => injection.place === place);
    this.#waiting = this.#waiting.filter((injection) => injection.place !== place);
    return due.map(({ bytes }) => bytes);
  }

  clear(): void {
    this.#waiting = [];
  }
}
