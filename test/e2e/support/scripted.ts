import { openPty, type Pty } from "../../../hosts/virtual-modem/pty";
import { bc35g, m531x, ml302, nm28, type Family } from "../../core/support/answering";

/** By the names that `connect` takes. */
export const FAMILIES: Readonly<Record<string, Family>> = { bc35g, m531x, ml302, nm28 };

/** A modem on a pseudo-terminal that answers from a table, and says in the same write what a test wants it to. */
export class ScriptedModem {
  readonly commands: string[] = [];
  /** Written with the answer to a command that matches, behind it: once. */
  #glued: { command: RegExp; text: string } | null = null;
  readonly #family: Family;
  readonly #state = { id: 0, published: [] as string[], connected: new Set<string>() };
  #heard = "";
  #owed: { length: number; then: string[] } | null = null;
  #pty!: Pty;

  private constructor(family: Family) {
    this.#family = family;
  }

  static async open(name: string): Promise<ScriptedModem> {
    const modem = new ScriptedModem(FAMILIES[name]);
    modem.#pty = await openPty((bytes) => modem.#hear(bytes));
    return modem;
  }

  get path(): string {
    return this.#pty.path;
  }

  glue(command: RegExp, text: string): void {
    this.#glued = { command, text };
  }

  /** A received message, as the family prints it. */
  message(topic: string, payload: string): string {
    return `${this.#family.header(topic, payload.length).replaceAll("\\r\\n", "\r\n")}${payload}\r\n`;
  }

  say(text: string): void {
    this.#pty.write(Buffer.from(text, "latin1"));
  }

  close(): Promise<void> {
    return this.#pty.close();
  }

  #hear(bytes: Uint8Array): void {
    this.#heard += Buffer.from(bytes).toString("latin1");
    while (this.#turn());
  }

  #turn(): boolean {
    if (this.#owed !== null) {
      const { length, then } = this.#owed;
      if (this.#heard.length < length) return false;
      this.#heard = this.#heard.slice(length);
      this.#owed = null;
      this.#lines(then);
      return true;
    }
    const at = this.#heard.indexOf("\r");
    if (at < 0) return false;
    const command = this.#heard.slice(0, at).replace("\x1a", "");
    this.#heard = this.#heard.slice(at + 1);
    this.commands.push(command);
    const reply = command === "AT+CMEE?" ? ["+CMEE: 1", "OK"] : command === "AT+CGATT?" ? ["+CGATT: 1", "OK"] : this.#family.answer(command, this.#state as any);
    if (!Array.isArray(reply)) {
      this.#owed = reply;
      this.say(reply.prompt.replaceAll("\\r\\n", "\r\n").replaceAll("[sp]", " "));
      return true;
    }
    const glued = this.#glued?.command.test(command) ? this.#glued.text : "";
    if (glued !== "") this.#glued = null;
    this.#lines(reply, glued);
    return true;
  }

  #lines(lines: readonly string[], behind = ""): void {
    this.say(lines.map((line) => `\r\n${line.replace(/<([0-9A-F]{2})>/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)))}\r\n`).join("") + behind);
  }
}
