import type { Kept } from "./question";

/** Sends a command and returns what the modem answers. */
export type Ask = (line: string) => Promise<string>;

/** What became of a setting. */
export interface PutBack {
  readonly name: string;
  readonly command: string;
  readonly isDone: boolean;
}

/** Remembers settings before they are changed, and writes them back in the end. */
export class Keeper {
  readonly #ask: Ask;
  readonly #rows: readonly Kept[];
  readonly #commands = new Map<string, string>();

  constructor(ask: Ask, rows: readonly Kept[]) {
    this.#ask = ask;
    this.#rows = rows;
  }

  /** Reads the settings of these names that have not been read yet. @returns the names of those that could not be read */
  async keep(names: readonly string[]): Promise<string[]> {
    const unknown: string[] = [];
    for (const row of this.#rows) {
      if (!names.includes(row.name) || this.#commands.has(row.name)) continue;
      const found = row.value.exec(await this.#ask(row.read));
      const command = found === null ? row.otherwise : row.restore(found);
      if (command === undefined) unknown.push(row.name);
      else this.#commands.set(row.name, command);
    }
    return unknown;
  }

  /** Remembers a command that puts something back. */
  remember(name: string, command: string): void {
    if (!this.#commands.has(name)) this.#commands.set(name, command);
  }

  /** Writes all back, the last first. */
  async putBack(): Promise<PutBack[]> {
    const done: PutBack[] = [];
    for (const [name, command] of [...this.#commands].reverse()) done.push({ name, command, isDone: /(?:^|[\r\n])OK *[\r\n]/.test(await this.#ask(command)) });
    this.#commands.clear();
    return done;
  }
}
