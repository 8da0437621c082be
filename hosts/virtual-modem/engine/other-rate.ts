// What a UART makes of bytes that come at another rate than its own.

/** Start, eight data bits, stop. */
const frame = 10;

/**
 * @param sender bits a second of who sends; the bytes follow each other without a pause, then the line is idle
 * @param receiver bits a second of who reads: it waits for a falling edge and looks at the middle of each of its own bits
 * @returns what is read; a frame without a stop bit is a 0, as a terminal in raw mode has it
 */
export function readAtOtherRate(bytes: Uint8Array, sender: number, receiver: number): Uint8Array {
  if (sender === receiver) return bytes;
  const bits = bytes.length * frame;
  // Times are counted in the sender's bits.
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
    // A start bit that is over at its middle was noise.
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
