import type { Direction } from "./serial-port";

/** Shorter secrets are masked only where they stand in quotes: a `1` is everywhere. */
const SHORTEST_BARE = 4;
/** A line that has not ended is shown after this many milliseconds of silence. */
const LINE_TIMEOUT = 50;
const MASK = "***";

const ARROWS: Readonly<Record<Direction, string>> = { sent: "→", received: "←" };
const ENDS: Readonly<Record<Direction, RegExp>> = { sent: /\r/, received: /\n/ };

/** A field, as modems read it to which a backslash is a character, and as those read it to which it makes a quote one. */
const FIELDS = ['(?:"[^"\\r\\n]*"?|[^,\\r\\n]*)', '(?:"(?:[^"\\\\\\r\\n]|\\\\.)*"?|[^,\\r\\n]*)'] as const;

/**
 * Commands and answers that carry a secret, whoever has set it: how they begin, and how many fields stand between that and the
 * secret. The commands are those of the vendors' documents; a modem that echoes repeats them. `AT+MQTTCFG` of an NM28 has the name
 * of a setting and a client's number where an M531X or ML302 has host and port. A host may have any name.
 */
const SECRET_FIELDS: readonly RegExp[] = ([
  ['\\+QMTCONN *=', 3],
  ['\\+MQTTCONN *=', 3],
  ['\\+MQTTCFG *[=:] *(?!"?(?:version|pdpcid|ssl|keepalive|session|timeout|will|recv/mode|cached)"? *, *[0-5] *(?:[,\\r\\n]|$))', 5],
  ['\\+QMTCFG *= *"aliauth" *,', 3],
  ['\\+QMTCFG: *"aliauth" *,', 2],
  ['\\+QMTT?ENAUTH *=', 3],
  // A result and the password; or what was fetched before, alone.
  ['\\+QMTT?ENAUTH: ?\\d,', 0],
  ['\\+QMTT?ENAUTH:(?! ?-?\\d+[\\s,]) ?', 0],
] as const).flatMap(([begin, before]) => FIELDS.map((field) => new RegExp(`(${begin}(?: *${field} *,){${before}} *)(${field})`, "i")));

/** What stands behind the beginning of a secret in a line where a report has come into the middle of it. */
const CUT = /^(?:[\r\n]|$|[+*][A-Z])/;
/** A shorter beginning of a secret is left as it is: it says too little, and many a line ends so. */
const SHORTEST_PIECE = 2;
/** So many lines later the rest of a secret is not waited for any more. */
const REPORTS = 8;
const FINALS = /^\s*(?:OK|ERROR)\s*$/;

/** What a secret may look like on the wire: as it is, in JSON, in a URL, in hexadecimal, and in Base64 wherever in the encoded text it begins. */
function formsOf(secret: string): string[] {
  if (secret.length < SHORTEST_BARE) return [secret];
  const bytes = Buffer.from(secret, "latin1"), hex = bytes.toString("hex");
  const base64 = [0, 1, 2].map((before) => {
    const bits = 8 * (before + bytes.length);
    return Buffer.concat([Buffer.alloc(before), bytes]).toString("base64").slice(Math.ceil((8 * before) / 6), Math.floor(bits / 6));
  });
  const text = bytes.toString();
  const quoted = [JSON.stringify(text).slice(1, -1), encodeURIComponent(text)].map((form) => Buffer.from(form).toString("latin1"));
  return [secret, ...quoted, hex, hex.toUpperCase(), ...base64, ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"))];
}

/** How they begin, wherever in a line: several commands may share one. A line that may become one of them is not shown before it has ended. */
const SECRET_COMMANDS: readonly string[] = ["+QMTCONN", "+MQTTCONN", "+MQTTCFG", "+QMTCFG", "+QMTTENAUTH", "+QMTENAUTH"];
const BEGUN = new RegExp(`(?:${SECRET_COMMANDS.flatMap((name) => Array.from(name, (_, index) => `\\${name.slice(0, index + 1)}`)).join("|")})$`);

/**
 * Makes lines of the serial port's traffic for people: time since the start, direction, control bytes made visible and
 * secrets masked.
 */
export class TrafficTrace {
  readonly #write: (line: string) => void;
  /** As they are on the wire, a character for each byte: those that were named, and those that commands have carried. */
  readonly #secrets = new Set<string>();
  /** Secrets that a line has ended in the middle of, or may have, with what is missing: the rest may come behind a report. */
  readonly #cut: Readonly<Record<Direction, { secret: string; rest: string; lines: number }[]>> = { sent: [], received: [] };
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
    for (const secret of secrets) if (secret !== undefined) this.#know(Buffer.from(secret).toString("latin1"));
  }

  #know(secret: string): void {
    if (secret === "" || secret.includes(MASK)) return;
    const forms = formsOf(secret).filter((form) => !this.#secrets.has(form));
    if (forms.length === 0) return;
    // The longest first: one may begin with another one.
    const all = [...this.#secrets, ...forms].sort((one, other) => other.length - one.length);
    this.#secrets.clear();
    for (const each of all) this.#secrets.add(each);
  }

  /** What `connect` takes as `trace`. */
  readonly trace = (direction: Direction, bytes: Uint8Array): void => {
    this.#pause(direction === "sent" ? "received" : "sent");
    const pending = this.#pending[direction];
    if (pending.text === "") pending.time = performance.now() - this.#start;
    pending.text += Buffer.from(bytes).toString("latin1");
    for (let end; (end = pending.text.search(ENDS[direction])) >= 0;) this.#show(direction, end + 1);
    clearTimeout(this.#timer);
    if (pending.text !== "") this.#timer = setTimeout(() => this.#pause(direction), LINE_TIMEOUT);
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
    if (text === "" || mayHoldSecret(text) || this.#cut[direction].some(({ rest }) => rest.startsWith(text.trimStart()))) return;
    this.#show(direction, text.length - this.#beginning(text));
  }

  /** How many bytes at the end may be the beginning of a secret. */
  #beginning(text: string): number {
    let longest = 0;
    for (const secret of this.#secrets)
      for (let length = Math.min(secret.length - 1, text.length); length > longest; length--)
        if (text.endsWith(secret.slice(0, length))) longest = length;
    return longest;
  }

  #show(direction: Direction, length: number): void {
    const pending = this.#pending[direction];
    const text = pending.text.slice(0, length);
    pending.text = pending.text.slice(length);
    // The blank line that begins every answer is left out, and the end of one that came in two pieces.
    if (!/^\r?\n?$/.test(text)) this.#line(direction, Buffer.from(this.#masked(direction, text), "latin1").toString());
  }

  #line(direction: Direction, text: string): void {
    // A line that was held back, because it may have become one with a secret, has begun before others that were shown meanwhile.
    this.#last = Math.max(this.#last, this.#pending[direction].time);
    this.#write(`${(this.#last / 1000).toFixed(3).padStart(8)} ${ARROWS[direction]} ${visible(text)}\n`);
  }

  /** What stands behind a carriage return in the middle of a line is a line of its own: it may be the rest of a secret. */
  #masked(direction: Direction, text: string): string {
    return text.split(/(?<=\r)(?![\r\n]|$)/).map((line) => this.#lineMasked(direction, line)).join("");
  }

  #lineMasked(direction: Direction, text: string): string {
    let shown = text;
    for (const field of SECRET_FIELDS)
      shown = shown.replace(field, (_, before: string, secret: string) => {
        if (/^"?"?$/.test(secret)) return before + secret;
        // Where the quote is not closed, or stands in the modem's echo, it may be a piece of the secret.
        if (direction === "sent" ? /^(?:[^"].*|".*")$/.test(secret) : !/^"|"$/.test(secret)) this.#know(secret.replace(/^"|"$/g, ""));
        return before + (secret.startsWith('"') ? `"${MASK}"` : MASK);
      });
    shown = this.#restsMasked(direction, shown);
    for (const secret of this.#secrets) {
      shown = shown.replaceAll(`"${secret}"`, `"${MASK}"`);
      if (secret.length >= SHORTEST_BARE) shown = shown.replaceAll(secret, MASK);
    }
    return this.#beginningsMasked(direction, text, shown);
  }

  /** Masks what a line begins with that an earlier one has ended in the middle of, and waits for what is missing still. */
  #restsMasked(direction: Direction, text: string): string {
    const waiting = this.#cut[direction];
    const bare = text.trim(), begin = text.length - text.trimStart().length;
    let masked = 0;
    for (const cut of waiting.splice(0)) {
      const { secret, rest } = cut;
      if (bare.startsWith(rest) && (secret.length >= SHORTEST_BARE || bare[rest.length] === '"')) masked = Math.max(masked, rest.length);
      else if (bare !== "" && rest.startsWith(bare)) {
        masked = Math.max(masked, bare.length);
        waiting.push({ secret, rest: rest.slice(bare.length), lines: REPORTS });
      } else {
        // Another report may stand right behind another piece.
        const end = /[+*][A-Z]/.exec(bare)?.index ?? 0;
        if (end > 0 && rest.startsWith(bare.slice(0, end))) {
          masked = Math.max(masked, end);
          waiting.push({ secret, rest: rest.slice(end), lines: REPORTS });
        } else if (cut.lines > 1) waiting.push({ secret, rest, lines: cut.lines - 1 });
      }
    }
    return masked === 0 ? text : text.slice(0, begin) + MASK + text.slice(begin + masked);
  }

  /** Masks the beginnings of secrets that a report has cut short. @param text as it came @param shown what is masked of it by now */
  #beginningsMasked(direction: Direction, text: string, shown: string): string {
    if (!/[\r\n]$/.test(text)) return shown; // the rest of the line is held back: it has no report in it
    for (const secret of this.#secrets)
      for (let length = secret.length - 1; length > 0; length--) {
        const piece = secret.slice(0, length);
        const isIn = (line: string): number => {
          for (let at = line.indexOf(piece); at >= 0; at = line.indexOf(piece, at + 1)) if (CUT.test(line.slice(at + length))) return at;
          return -1;
        };
        if (isIn(text) < 0) continue;
        this.#cut[direction].push({ secret, rest: secret.slice(length), lines: REPORTS });
        const at = isIn(shown);
        if (at >= 0 && length >= SHORTEST_PIECE && !FINALS.test(text)) shown = shown.slice(0, at) + MASK + shown.slice(at + length);
      }
    return shown;
  }
}

function mayHoldSecret(text: string): boolean {
  const upper = text.toUpperCase();
  return BEGUN.test(upper) || SECRET_COMMANDS.some((command) => upper.includes(command));
}

/** Control bytes as `\r`, `\n` and `<1A>`. */
export function visible(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, (character) =>
    character === "\r" ? "\\r" : character === "\n" ? "\\n" : `<${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}>`);
}
