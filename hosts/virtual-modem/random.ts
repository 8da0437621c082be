// Random numbers for byte faults. The same seed gives the same run.

/** Returns evenly distributed numbers from 0 (included) to 1 (excluded). */
export type Random = () => number;

/**
 * Makes a repeatable source of random numbers.
 * @param seed any integer; only its low 32 bits count
 */
export function seededRandom(seed: number): Random {
  // "mulberry32": 32 bits of state, full period, public domain.
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
