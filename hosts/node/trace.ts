import type { Direction } from "./serial-port";

/** Shorter secrets are masked only where they stand in quotes: a `1` is everywhere. */
const SHORTEST_BARE = 4;
/** A line that has not ended is shown after this many milliseconds of silence. */
const PATIENCE = 50;

const ARROWS: Readonly<Record<Direction, string>> = { sent: "→", received: "←" };

/**
 * Makes lines of the serial port's traffic for people: time since the start, direction, control bytes made visible and
 * secrets masked.
 */
export class TrafficTrace {
  readonly #write: (line: string) => void;
  readonly #secrets: string[];
  readonly #start = performance.now();
  #direction: Direction = "sent";
  #pending = "";
  /** When the first byte of `#pending` went by. */
  #time = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(write: (line: string) => void, secrets: readonly (string | undefined)[]) {
    this.#write = write;
    this.#secrets = secrets.filter((secret): secret is string => secret !== undefined && secret !== "");
  }

  /** What `connect` takes as `trace`. */
  readonly trace = (direction: Direction, bytes: Uint8Array): void => {
    if (direction !== this.#direction) this.flush();
    this.#direction = direction;
    if (this.#pending === "") this.#time = performance.now() - this.#start;
    this.#pending += Buffer.from(bytes).toString("utf8");
    let end: number;
    while ((end = this.#pending.search(direction === "sent" ? /\r/ : /\n/)) >= 0) {
      this.#show(this.#pending.slice(0, end + 1));
      this.#pending = this.#pending.slice(end + 1);
    }
    clearTimeout(this.#timer);
    if (this.#pending !== "") this.#timer = setTimeout(() => this.flush(), PATIENCE);
  };

  /** Shows a line that has not ended. */
  flush(): void {
    clearTimeout(this.#timer);
    if (this.#pending !== "") this.#show(this.#pending);
    this.#pending = "";
  }

  #show(text: string): void {
    if (text === "\r\n") return; // the blank line that begins every answer
    this.#write(`${(this.#time / 1000).toFixed(3).padStart(8)} ${ARROWS[this.#direction]} ${visible(this.#masked(text))}\n`);
  }

  #masked(text: string): string {
    for (const secret of this.#secrets) {
      text = text.replaceAll(`"${secret}"`, '"***"');
      if (secret.length >= SHORTEST_BARE) text = text.replaceAll(secret, "***");
    }
    return text;
  }
}

/** Control bytes as `\r`, `\n` and `<1A>`. */
export function visible(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, (character) =>
    character === "\r" ? "\\r" : character === "\n" ? "\\n" : `<${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}>`);
}
