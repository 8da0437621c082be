/** What test/xs/host gives to scripts. */
declare const host: {
  argument(index: number): string | undefined;
  exit(status: number): void;
  /** Slots, chunk bytes, metered units and collections, as four 32-bit integers. */
  count(counts: ArrayBuffer): void;
  /** Prints who allocates, until it is called with false. */
  nameAllocations(name: boolean): void;
  collect(): void;
  /** From now on it is seen how deep the stacks become: slots of scripts' own, bytes of C's (0 where that is not known). */
  paintStacks(): void;
  stackDepths(depths: ArrayBuffer): void;
  /** Milliseconds, 32 bits that wrap. */
  now(): number;
  /** Makes a timer, which `set` starts and which fires once. */
  timer(callback: () => void): number;
  set(timer: number, milliseconds: number): void;
  clear(timer: number): void;
  free(timer: number): void;
  /** Whether there is a module of this name; and its default export, imported at once. */
  has(name: string): boolean;
  importNow(name: string): unknown;
  /** Bytes of slots, of chunks, or collections, by 0, 1 and 2. */
  instrument(index: number): number;
  /** `embedded:io/serial` of ESP32, over the terminal `device`. */
  Serial: new (options: object) => {
    read(buffer?: Uint8Array | number): number | ArrayBuffer | undefined;
    write(buffer: Uint8Array): void;
    close(): void;
  };
  /** Makes a pseudo-terminal, of which a test is the other end; the path is what a port opens. One at a time. */
  terminal(): string;
  say(bytes: Uint8Array): void;
  /** What has come there since it was asked last. */
  heard(): ArrayBuffer;
  /** The socket of the peer's measurement: what is read next, and a socket's two methods. */
  wireFill(bytes: Uint8Array): void;
  wireRead(this: { format: string }, wanted?: number | Uint8Array): unknown;
  wireWrite(bytes: Uint8Array): number;
  /** From now on the time without a read counts; the longest since then, in units (on a device's instruction set: instructions). */
  wireMark(): void;
  wireGap(): number;
  /**
   * Bytes come `times` times without a pause, and `port.onReadable` is called as an ESP32's UART interrupts, while one unit takes so
   * many picoseconds. Returns how many found the FIFO full.
   */
  wirePlay(port: object, bytes: Uint8Array, times: number, baud: number, picoseconds: number): number;
  /** Plain TCP to a port of this machine. */
  tcpOpen(port: number): number;
  /** How many bytes have come; undefined before it is connected, −1 when it has ended. */
  tcpRead(socket: number, buffer: Uint8Array): number | undefined;
  tcpWrite(socket: number, data: Uint8Array): void;
  tcpClose(socket: number): void;
};
