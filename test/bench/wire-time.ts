/** Bit/s of the line. */
export const BAUD = 115_200;
/** Start, eight data bits, stop. */
const BITS = 10;

/** Milliseconds that so many bytes are on the line. */
export const wireTime = (bytes: number): number => (bytes * BITS * 1000) / BAUD;
