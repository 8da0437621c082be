// What a UART reads when bytes come at another rate than its own.

/** Start, eight data bits, stop. */
const frame = 10;

/**
 * Reads bytes at another rate.
 * @param sender the sender's bits a second; the bytes follow each other without a pause, then the line is idle
 * @param receiver the receiver's bits a second; it waits for a falling edge and samples the middle of each of its own bits
 * @returns the bytes that the receiver reads; a frame without a stop bit becomes 0, as a terminal in raw mode has it
 */
export function readAtOtherRate(bytes: Uint8Array, sender: number, receiver: number): Uint8Array {
  if (sender === receiver) return bytes;
  const bits = bytes.length * frame;
  // All times are in bits of the sender.
  const level = (time: number): number => {
    const bit = Math.floor(time);
    const place = bit % frame;
    if (bit >= bits || place === frame - 1) return 1;
    return place === 0 ? 0 : (bytes[Math.floor(bit / frame)] >> (place - 1)) & 1;
  };
  const width = sender / receiver;
  const read: number[] = [];
  let time = 0;
  while (time < bits) {
    if (level(time) === 1) {
      time = Math.floor(time) + 1;
      continue;
    }
    // A start bit that has ended before its middle is noise.
    if (level(time + width / 2) === 1) {
      time += width / 2;
      continue;
    }
    let byte = 0;
    for (let i = 0; i < 8; i++) byte |= level(time + (1.5 + i) * width) << i;
    time += 9.5 * width;
    if (level(time) === 1) read.push(byte);
    else {
      read.push(0);
      while (time < bits && level(time) === 0) time = Math.floor(time) + 1;
    }
  }
  return Uint8Array.from(read);
}
