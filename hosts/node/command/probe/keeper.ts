import { OK, type Kept } from "./question";

/** Sends a command and returns what the modem answers. */
export type Ask = (line: string, timeout?: number) => Promise<string>;

/** What became of a setting. */
export interface PutBack {
  readonly name: string;
  readonly command: string;
  readonly isDone: boolean;
}

/** Remembers settings before they are changed, and writes them back in the end. */
export class Keeper {
  readonly #ask: Ask;
  readonly #rows: Kept[];
  readonly #commands = new Map<string, { readonly command: string; readonly final?: number }>();

  constructor(ask: Ask, rows: readonly Kept[]) {
    this.#ask = ask;
    this.#rows = [...rows];
  }

  /** Knows more settings from now on. */
  add(...rows: readonly Kept[]): void {
    this.#rows.push(...rows);
  }

  /** Whether it is to be put back. */
  has(name: string): boolean {
    return this.#commands.has(name);
  }

  /** Reads the settings of these names that have not been read yet. @returns the names of those that could not be read */
  async keep(names: readonly string[]): Promise<string[]> {
    const unknown: string[] = [];
    for (const row of this.#rows) {
      if (!names.includes(row.name) || this.#commands.has(row.name)) continue;
      const answer = await this.#ask(row.read);
      const found = row.value.exec(answer);
      const command = found === null ? row.otherwise : row.restore(found);
      if (command !== undefined) this.#commands.set(row.name, { command, final: row.final });
      else if (row.ifKnown !== true || !/ERROR/.test(answer)) unknown.push(row.name);
    }
    return unknown;
  }

  /** Remembers a command that puts something back. */
  remember(name: string, command: string): void {
    if (!this.#commands.has(name)) this.#commands.set(name, { command });
  }

  /** Writes all back, the last first. Where the port is gone, nothing is done; it is told all the same. */
  async putBack(): Promise<PutBack[]> {
    const done: PutBack[] = [];
    for (const [name, { command, final }] of [...this.#commands].reverse())
      done.push({ name, command, isDone: OK.test(await this.#ask(command, final).catch(() => "")) });
    this.#commands.clear();
    return done;
  }
}
