import type { Direction } from "./serial-port";

/** Secrets that are shorter are masked only inside quotes: a bare `1` occurs everywhere. */
const SHORTEST_BARE = 4;
/** After this many milliseconds of silence an incomplete line is shown. */
const LINE_TIMEOUT = 50;
const MASK = "***";

const ARROWS: Readonly<Record<Direction, string>> = { sent: "→", received: "←" };
const ENDS: Readonly<Record<Direction, RegExp>> = { sent: /\r/, received: /\n/ };

/** A field: for modems to which a backslash is an ordinary character, and for modems to which it escapes a quote. */
const FIELDS = ['(?:"[^"\\r\\n]*"?|[^,\\r\\n]*)', '(?:"(?:[^"\\\\\\r\\n]|\\\\.)*"?|[^,\\r\\n]*)'] as const;

/**
 * Commands and answers that carry a secret, whoever set it: how they begin, and how many fields stand before the secret. The commands
 * are those of the vendors' documents; an echoing modem repeats them. In `AT+MQTTCFG`, an NM28 has the name of a setting and the number
 * of a client where an M531X or ML302 has host and port; the pattern tells them apart, because a host may have any name.
 */
const SECRET_FIELDS: readonly RegExp[] = (
  [
    ["\\+QMTCONN *=", 3],
    ["\\+MQTTCONN *=", 3],
    ['\\+MQTTCFG *[=:] *(?!"?(?:version|pdpcid|ssl|keepalive|session|timeout|will|recv/mode|cached)"? *, *[0-5] *(?:[,\\r\\n]|$))', 5],
    ['\\+QMTCFG *= *"aliauth" *,', 3],
    ['\\+QMTCFG: *"aliauth" *,', 2],
    ["\\+QMTT?ENAUTH *=", 3],
    // A result followed by the password; or, for the query, the password alone.
    ["\\+QMTT?ENAUTH: ?\\d,", 0],
    ["\\+QMTT?ENAUTH:(?! ?-?\\d+[\\s,]) ?", 0],
    // The SIM's codes, and an access point's password.
    ["\\+CPIN *=(?!\\?)", 0],
    ["\\+CPIN *=", 1],
    ["\\+NPIN *=", 1],
    ["\\+NPIN *=", 2],
    ["\\+CPWD *=", 1],
    ["\\+CPWD *=", 2],
    ["\\+CLCK *=", 2],
    ["\\+CGAUTH *[=:]", 3],
    ["\\*CGDEFCONT *[=:]", 3],
    ["\\+CSTT *[=:]", 2],
  ] as const
).flatMap(([begin, before]) => FIELDS.map((field) => new RegExp(`(${begin}(?: *${field} *,){${before}} *)(${field})`, "i")));

/** What follows the first part of a secret when the modem has written a report in the middle of it. */
const CUT = /^(?:[\r\n]|$|[+*][A-Z])/;
/** A shorter first part of a secret is not masked: it reveals little, and many lines end like it. */
const SHORTEST_PIECE = 2;
/** After so many lines the rest of a cut secret is no longer expected. */
const REPORTS = 8;
const FINALS = /^\s*(?:OK|ERROR)\s*$/;

/** The forms of a secret on the wire: as it is, in JSON, in a URL, in hexadecimal, and in Base64 at each of the three positions in a group. */
function formsOf(secret: string): string[] {
  if (secret.length < SHORTEST_BARE) return [secret];
  const bytes = Buffer.from(secret, "latin1"),
    hex = bytes.toString("hex");
  const base64 = [0, 1, 2].map((before) => {
    const bits = 8 * (before + bytes.length);
    return Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .slice(Math.ceil((8 * before) / 6), Math.floor(bits / 6));
  });
  const text = bytes.toString();
  const quoted = [JSON.stringify(text).slice(1, -1), encodeURIComponent(text)].map((form) => Buffer.from(form).toString("latin1"));
  return [secret, ...quoted, hex, hex.toUpperCase(), ...base64, ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"))];
}

/** The commands that carry a secret. They may begin anywhere, because several commands may share a line. A line that may become one of them is not shown before it is complete. */
const SECRET_COMMANDS: readonly string[] = [
  "+QMTCONN",
  "+MQTTCONN",
  "+MQTTCFG",
  "+QMTCFG",
  "+QMTTENAUTH",
  "+QMTENAUTH",
  "+CPIN",
  "+NPIN",
  "+CPWD",
  "+CLCK",
  "+CGAUTH",
  "*CGDEFCONT",
  "+CSTT",
];
/** These carry codes of four to eight digits, which are masked with their quotes alone: a `***` in the middle of a known number would tell them. */
const CODE_COMMANDS = /\+(?:CPIN|NPIN|CPWD|CLCK)\b/i;
const BEGUN = new RegExp(`(?:${SECRET_COMMANDS.flatMap((name) => Array.from(name, (_, index) => `\\${name.slice(0, index + 1)}`)).join("|")})$`);

/**
 * Turns the serial port's traffic into lines for people: time since the start in seconds, direction, control bytes made visible, secrets
 * masked.
 */
export class TrafficTrace {
  readonly #write: (line: string) => void;
  /** The secrets in all their forms, one character for each byte: those given to the constructor and those seen in commands. */
  readonly #secrets = new Set<string>();
  /** Secrets of which a line ended with, or may have ended with, the first part; the rest may follow after a report. */
  readonly #cut: Readonly<Record<Direction, { secret: string; rest: string; lines: number }[]>> = { sent: [], received: [] };
  readonly #start = performance.now();
  /** The bytes that have not been shown yet, one character each, and when the first of them came. */
  readonly #pending: Readonly<Record<Direction, { text: string; time: number }>> = {
    sent: { text: "", time: 0 },
    received: { text: "", time: 0 },
  };
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The time of the last line that was shown: the times of lines never go back. */
  #last = 0;

  /** @param secrets texts to mask wherever they occur, beside the passwords that commands carry */
  constructor(write: (line: string) => void, secrets: readonly (string | undefined)[] = []) {
    this.#write = write;
    for (const secret of secrets) if (secret !== undefined) this.#know(Buffer.from(secret).toString("latin1"));
  }

  #know(secret: string): void {
    if (secret === "" || secret.includes(MASK)) return;
    this.#remember(formsOf(secret));
  }

  #remember(all: readonly string[]): void {
    const forms = all.filter((form) => !this.#secrets.has(form));
    if (forms.length === 0) return;
    // The longest first: one may begin with another.
    const sorted = [...this.#secrets, ...forms].sort((one, other) => other.length - one.length);
    this.#secrets.clear();
    for (const each of sorted) this.#secrets.add(each);
  }

  /** The function for the option `trace` of `connect`. */
  readonly trace = (direction: Direction, bytes: Uint8Array): void => {
    this.#pause(direction === "sent" ? "received" : "sent");
    const pending = this.#pending[direction];
    if (pending.text === "") pending.time = performance.now() - this.#start;
    pending.text += Buffer.from(bytes).toString("latin1");
    for (let end; (end = pending.text.search(ENDS[direction])) >= 0; ) this.#show(direction, end + 1);
    clearTimeout(this.#timer);
    if (pending.text !== "") this.#timer = setTimeout(() => this.#pause(direction), LINE_TIMEOUT);
  };

  /** Shows all incomplete lines. */
  flush(): void {
    clearTimeout(this.#timer);
    for (const direction of ["sent", "received"] as const) {
      this.#pause(direction);
      if (this.#pending[direction].text !== "") this.#line(direction, MASK);
      this.#pending[direction].text = "";
    }
  }

  /** Shows an incomplete line, without a last part that may be the beginning of a secret. */
  #pause(direction: Direction): void {
    const { text } = this.#pending[direction];
    if (text === "" || mayHoldSecret(text) || this.#cut[direction].some(({ rest }) => rest.startsWith(text.trimStart()))) return;
    this.#show(direction, text.length - this.#beginning(text));
  }

  /** How many bytes at the end of `text` may be the beginning of a secret. */
  #beginning(text: string): number {
    let longest = 0;
    for (const secret of this.#secrets)
      for (let length = Math.min(secret.length - 1, text.length); length > longest; length--) if (text.endsWith(secret.slice(0, length))) longest = length;
    return longest;
  }

  #show(direction: Direction, length: number): void {
    const pending = this.#pending[direction];
    const text = pending.text.slice(0, length);
    pending.text = pending.text.slice(length);
    // Not shown: the blank line before every answer, and the line end of a line that came in two pieces.
    if (!/^\r?\n?$/.test(text)) this.#line(direction, Buffer.from(this.#masked(direction, text), "latin1").toString());
  }

  #line(direction: Direction, text: string): void {
    // A line that was held back, because it might have held a secret, began before lines that were shown meanwhile.
    this.#last = Math.max(this.#last, this.#pending[direction].time);
    this.#write(`${(this.#last / 1000).toFixed(3).padStart(8)} ${ARROWS[direction]} ${visible(text)}\n`);
  }

  /** Masks a text. After a carriage return inside it a new line begins, which may be the rest of a secret. */
  #masked(direction: Direction, text: string): string {
    return text
      .split(/(?<=\r)(?![\r\n]|$)/)
      .map((line) => this.#lineMasked(direction, line))
      .join("");
  }

  #lineMasked(direction: Direction, text: string): string {
    let shown = text;
    for (const field of SECRET_FIELDS)
      shown = shown.replace(field, (_, before: string, secret: string) => {
        if (/^"?"?$/.test(secret)) return before + secret;
        // A value without a closing quote, or in the modem's echo, may be only a part of the secret.
        if (CODE_COMMANDS.test(before)) {
          if (direction === "sent" && /^"\d{4,8}"$/.test(secret)) this.#remember([secret]);
        } else if (direction === "sent" ? /^(?:[^"].*|".*")$/.test(secret) : !/^"|"$/.test(secret)) this.#know(secret.replace(/^"|"$/g, ""));
        return before + (secret.startsWith('"') ? `"${MASK}"` : MASK);
      });
    shown = this.#restsMasked(direction, shown);
    for (const secret of this.#secrets) {
      shown = shown.replaceAll(`"${secret}"`, `"${MASK}"`);
      if (secret.length >= SHORTEST_BARE) shown = shown.replaceAll(secret, MASK);
    }
    return this.#beginningsMasked(direction, text, shown);
  }

  /** Masks the rest of a cut secret at the beginning of a line, and remembers what is still missing. */
  #restsMasked(direction: Direction, text: string): string {
    const waiting = this.#cut[direction];
    const bare = text.trim(),
      begin = text.length - text.trimStart().length;
    let masked = 0;
    for (const cut of waiting.splice(0)) {
      const { secret, rest } = cut;
      if (bare.startsWith(rest) && (secret.length >= SHORTEST_BARE || bare[rest.length] === '"')) masked = Math.max(masked, rest.length);
      else if (bare !== "" && rest.startsWith(bare)) {
        masked = Math.max(masked, bare.length);
        waiting.push({ secret, rest: rest.slice(bare.length), lines: REPORTS });
      } else {
        // A further report may follow directly after a further part.
        const end = /[+*][A-Z]/.exec(bare)?.index ?? 0;
        if (end > 0 && rest.startsWith(bare.slice(0, end))) {
          masked = Math.max(masked, end);
          waiting.push({ secret, rest: rest.slice(end), lines: REPORTS });
        } else if (cut.lines > 1) waiting.push({ secret, rest, lines: cut.lines - 1 });
      }
    }
    return masked === 0 ? text : text.slice(0, begin) + MASK + text.slice(begin + masked);
  }

  /** Masks the first part of a secret that a report has cut. @param text the received text @param shown the text as masked so far */
  #beginningsMasked(direction: Direction, text: string, shown: string): string {
    if (!/[\r\n]$/.test(text)) return shown; // an incomplete line holds no report
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
    character === "\r" ? "\\r" : character === "\n" ? "\\n" : `<${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}>`,
  );
}
