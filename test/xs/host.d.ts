/** What test/xs/host gives to scripts. */
declare const host: {
  argument(index: number): string | undefined;
  exit(status: number): void;
  /** Slots, chunk bytes, metered units and collections, as four 32-bit integers. */
  count(counts: ArrayBuffer): void;
  /** Prints who allocates, until it is called with false. */
  nameAllocations(name: boolean): void;
  collect(): void;
  /** Milliseconds, 32 bits that wrap. */
  now(): number;
  /** Makes a timer, which `set` starts and which fires once. */
  timer(callback: () => void): number;
  set(timer: number, milliseconds: number): void;
  clear(timer: number): void;
  free(timer: number): void;
  /** A UART with two FIFOs of 128 bytes, over a terminal or a file descriptor. */
  open(path: string, onReadable: (count: number) => void, onWritable: (count: number) => void, onError: () => void): number;
  read(port: number, buffer: Uint8Array): number | undefined;
  write(port: number, buffer: Uint8Array): void;
  close(port: number): void;
};
