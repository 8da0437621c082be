// What goes over the port, byte by byte and with its times. A string holds bytes here: one character for each byte.

/** Who wrote it: this program, the modem, or nobody: a note about what happened beside the port. */
export type Who = "sent" | "received" | "note";

export interface Event {
  /** Milliseconds since the probe began. */
  readonly at: number;
  readonly who: Who;
  /** One character for each byte. */
  readonly text: string;
}

/** Bytes of one exchange that are kept: a modem that never stops writing fills no report. */
const MOST = 65_536;

/** One exchange, from its first step to its last one. */
export class Recording {
  readonly events: Event[] = [];
  #left = MOST;
  /** The text that the modem wrote during each labelled step. */
  readonly #labels = new Map<string, string>();

  add(event: Event): void {
    if (this.#left < 0) return;
    this.#left -= event.text.length;
    this.events.push(this.#left < 0 ? { ...event, who: "note", text: `more than ${MOST} bytes: the rest is left out` } : event);
  }

  label(name: string, text: string): void {
    this.#labels.set(name, (this.#labels.get(name) ?? "") + text);
  }

  /** What the modem wrote: during the steps of this label, or in all. */
  received(label?: string): string {
    if (label !== undefined) return this.#labels.get(label) ?? "";
    return this.events.map(({ who, text }) => (who === "received" ? text : "")).join("");
  }

  has(label: string): boolean {
    return this.#labels.has(label);
  }

  /** What happened beside the port, a line for each note. */
  get notes(): string {
    return this.events.map(({ who, text }) => (who === "note" ? `${text}\n` : "")).join("");
  }

  /** When the first received piece came with which the text fits `pattern`, in milliseconds, or undefined. */
  timeOf(pattern: RegExp): number | undefined {
    let text = "";
    for (const event of this.events) {
      if (event.who !== "received") continue;
      text += event.text;
      if (pattern.test(text)) return event.at;
    }
    return undefined;
  }

  /** The times of the notes that fit. */
  timesOf(note: RegExp): number[] {
    return this.events.flatMap(({ at, who, text }) => (who === "note" && note.test(text) ? [at] : []));
  }
}

/** The lines of a received text, without line ends and empty lines. */
export const linesOf = (text: string): string[] => text.split(/[\r\n]+/).filter((line) => line.trim() !== "");
/** The lines with which a command is answered: without echo and final. */
export const answerOf = (text: string): string[] => linesOf(text).filter((line) => !/^(?:AT.*|OK *|ERROR *|\+CM[ES] ERROR.*)$/.test(line));
