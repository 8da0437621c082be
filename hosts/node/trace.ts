import type { Direction } from "./serial-port";

/** Shorter secrets are masked only where they stand in quotes: a `1` is everywhere. */
const SHORTEST_BARE = 4;
/** A line that has not ended is shown after this many milliseconds of silence. */
const PATIENCE = 50;
const MASK = "***";

const ARROWS: Readonly<Record<Direction, string>> = { sent: "→", received: "←" };
const ENDS: Readonly<Record<Direction, RegExp>> = { sent: /\r/, received: /\n/ };

const FIELD = '(?:"[^"\\r\\n]*"?|[^,\\r\\n]*)';

/**
 * Lines that carry a secret, whoever has set it: how they begin, and how many fields stand between that and the secret.
 * The commands are dialects.md's 2.2 (BC35-G), 3.2 and 4.2 (M531X, ML302) and 5.2 (NM28, whose settings have other names
 * than a host's); a modem that echoes repeats them.
 */
const SECRET_FIELDS: readonly RegExp[] = ([
  ['AT\\+QMTCONN=', 3],
  ['AT\\+MQTTCONN=', 3],
  ['(?:AT)?\\+MQTTCFG[=:] ?(?!"?(?:version|pdpcid|ssl|keepalive|session|timeout|will|recv/mode|cached)\\b)', 5],
  ['AT\\+QMTCFG="aliauth",', 3],
  ['\\+QMTCFG: ?"aliauth",', 2],
  ['AT\\+QMTT?ENAUTH=', 3],
  // A result and the password; or what was fetched before, alone.
  ['\\+QMTT?ENAUTH: ?\\d,', 0],
  ['\\+QMTT?ENAUTH:(?! ?-?\\d+[\\s,]) ?', 0],
] as const).map(([begin, before]) => new RegExp(`^(\\s*${begin}(?:${FIELD},){${before}})(${FIELD})`, "i"));

/** How they begin. A line that may become one of them is not shown before it has ended. */
const CARRIERS: readonly string[] = ["+QMTCONN", "+MQTTCONN", "+MQTTCFG", "+QMTCFG", "+QMTTENAUTH", "+QMTENAUTH"].flatMap((name) => [name, `AT${name}`]);

/**
 * Makes lines of the serial port's traffic for people: time since the start, direction, control bytes made visible and
 * secrets masked.
 */
export class TrafficTrace {
  readonly #write: (line: string) => void;
  /** As they are on the wire, a character for each byte. */
  readonly #secrets: readonly string[];
  readonly #start = performance.now();
  /** What has not been shown yet, a character for each byte, and when its first byte went by. */
  readonly #pending: Readonly<Record<Direction, { text: string; time: number }>> = {
    sent: { text: "", time: 0 },
    received: { text: "", time: 0 },
  };
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The time of the line that was shown last: times do not go backwards. */
  #last = 0;

  /** @param secrets what is to be masked wherever it stands, beside the passwords that commands carry */
  constructor(write: (line: string) => void, secrets: readonly (string | undefined)[] = []) {
    this.#write = write;
    this.#secrets = secrets.filter((secret) => secret !== undefined && secret !== "").map((secret) => Buffer.from(secret!).toString("latin1"));
  }

  /** What `connect` takes as `trace`. */
  readonly trace = (direction: Direction, bytes: Uint8Array): void => {
    this.#pause(direction === "sent" ? "received" : "sent");
    const pending = this.#pending[direction];
    if (pending.text === "") pending.time = performance.now() - this.#start;
    pending.text += Buffer.from(bytes).toString("latin1");
    for (let end; (end = pending.text.search(ENDS[direction])) >= 0;) this.#show(direction, end + 1);
    clearTimeout(this.#timer);
    if (pending.text !== "") this.#timer = setTimeout(() => this.#pause(direction), PATIENCE);
  };

  /** Shows what has not ended. */
  flush(): void {
    clearTimeout(this.#timer);
    for (const direction of ["sent", "received"] as const) {
      this.#pause(direction);
      if (this.#pending[direction].text !== "") this.#line(direction, MASK);
      this.#pending[direction].text = "";
    }
  }

  /** Shows what has come of a line, but for what may be the beginning of a secret. */
  #pause(direction: Direction): void {
    const { text } = this.#pending[direction];
    if (text === "" || mayCarry(text)) return;
    this.#show(direction, text.length - this.#beginning(text));
  }

  /** How many bytes at the end may be the beginning of a secret. */
  #beginning(text: string): number {
    const longest = Math.max(0, ...this.#secrets.map((secret) => secret.length - 1));
    for (let length = Math.min(longest, text.length); length > 0; length--)
      if (this.#secrets.some((secret) => secret.length > length && text.endsWith(secret.slice(0, length)))) return length;
    return 0;
  }

  #show(direction: Direction, length: number): void {
    const pending = this.#pending[direction];
    const text = pending.text.slice(0, length);
    pending.text = pending.text.slice(length);
    // The blank line that begins every answer is left out, and the end of one that came in two pieces.
    if (!/^\r?\n?$/.test(text)) this.#line(direction, Buffer.from(this.#masked(text), "latin1").toString());
  }

  #line(direction: Direction, text: string): void {
    // A line that was held back, because it may have become one with a secret, has begun before others that were shown meanwhile.
    this.#last = Math.max(this.#last, this.#pending[direction].time);
    this.#write(`${(this.#last / 1000).toFixed(3).padStart(8)} ${ARROWS[direction]} ${visible(text)}\n`);
  }

  #masked(text: string): string {
    for (const field of SECRET_FIELDS)
      text = text.replace(field, (_, before: string, secret: string) => before + (/^"?"?$/.test(secret) ? secret : secret.startsWith('"') ? `"${MASK}"` : MASK));
    for (const secret of this.#secrets) {
      text = text.replaceAll(`"${secret}"`, `"${MASK}"`);
      if (secret.length >= SHORTEST_BARE) text = text.replaceAll(secret, MASK);
    }
    return text;
  }
}

function mayCarry(text: string): boolean {
  const begun = text.trimStart().toUpperCase();
  return begun !== "" && CARRIERS.some((carrier) => carrier.startsWith(begun) || begun.startsWith(carrier));
}

/** Control bytes as `\r`, `\n` and `<1A>`. */
export function visible(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, (character) =>
    character === "\r" ? "\\r" : character === "\n" ? "\\n" : `<${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}>`);
}
