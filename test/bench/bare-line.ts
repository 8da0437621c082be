import { SerialPort } from "serialport";
import { BAUD, wireTime } from "./wire-time";

/** To a command that no modem knows. */
const ANSWER = "\r\nERROR\r\n".length;
const TIMES = 20;

/** The same line without a client: what this machine, Node and the `serialport` package take to turn it round. */
export class BareLine {
  readonly #port: SerialPort;
  #owed = 0;
  #answered = (): void => {};

  private constructor(port: SerialPort) {
    this.#port = port;
    port.on("data", ({ length }: Buffer) => {
      this.#owed -= length;
      if (this.#owed === 0) this.#answered();
    });
  }

  static async open(path: string): Promise<BareLine> {
    const port = new SerialPort({ path, baudRate: BAUD, autoOpen: false });
    await new Promise<void>((resolve, reject) => port.open((error) => (error === null ? resolve() : reject(error))));
    return new BareLine(port);
  }

  /** Milliseconds, beyond what the bytes need, from a command of `length` bytes to its answer and on to the next command. */
  async turn(length: number): Promise<number> {
    const command = Buffer.from(`AT+${"X".repeat(length - 4)}\r`);
    const start = performance.now();
    for (let i = 0; i < TIMES; i++) {
      this.#owed = ANSWER;
      const answered = new Promise<void>((resolve) => { this.#answered = resolve; });
      this.#port.write(command);
      await answered;
    }
    return (performance.now() - start) / TIMES - wireTime(length + ANSWER);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#port.close(() => resolve()));
  }
}
