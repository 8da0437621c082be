// Hides numbers of SIM and device, addresses and passwords. A masked text has as many characters as the text: it can be cut anywhere.

/** Stands for one hidden character; shown as {@link HIDDEN}. */
const MASK = "\ue000"; // no byte
const HIDDEN = "<hidden>";

/** What is hidden wherever it stands: of each match all characters but those of the first group. */
const PATTERNS: readonly RegExp[] = [
  // IMEI, IMSI, telephone numbers; the SIM's number (ICCID), which some operators write with A to F; the same with blanks or hyphens.
  /\d{9,}[A-F]?/gi,
  /\b\d\d[\dA-F]{16,20}\b/gi,
  /\+\d{6,}/g,
  /\d(?:[ -]?\d){9,}/g,
  // A telephone number of any length stands in quotes.
  /(\+C(?:NUM|LIP|MT|LCC)\b[^"\r\n]*)"[^\r\n]*/g,
  // Addresses. Four numbers of a firmware's version look the same.
  /\d{1,3}(?:\.\d{1,3}){3,15}/g,
  /\b(?:[\dA-F]{1,4}:){3,7}[\dA-F:]{1,4}\b/gi,
  /\b(?:[\dA-F]{1,4}:)+(?::[\dA-F]{1,4})+\b/gi,
  // Where the modem is: area and cell.
  /(\+C(?:5G|E|G)?REG: ?(?:\d,)?\d,)(?="?[\dA-F]{4})[^\r\n]*?(?=,\d{1,2}(?:[,\r\n]|$)|[\r\n]|$)/g,
  /(\bCell ID: ?)[^\r\n]*/gi,
  /(?<=\*ENGINFOSC: ?[^"\r\n]*"[^"\r\n]*",(?:[^,\r\n]*,){5})[^,\r\n]+/g,
  /(\*ENGINFO[SN]C: ?[^"\r\n]*)"[^"\r\n]*"/g,
  // A serial number: letters, then digits.
  /(?<=\bS\/?N: ?)[A-Z\d]{6,}/gi,
  // Names of people and of devices, and what opens something, in whatever line.
  /(\b(?:pass(?:word|wd)?|pwd|pin|puk|secret|token|key|user(?:name)?|login|apn|imei|imsi|iccid|msisdn)\b["']?\s*[:=]\s*)(?:"[^"\r\n]*"|[^\s",;]+)/gi,
  /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g,
  /(\/\/)[^\s/@"]+(?=@)/g,
  /\b(?:[\dA-F]{2}[:-]){5}[\dA-F]{2}\b/gi,
  // Keys and tokens: a long word with small and capital letters and digits.
  /(?<![\w+/=-])(?=[\w+/.-]*[a-z])(?=[\w+/.-]*[A-Z])(?=[\w+/.-]*\d)[\w+/.-]{24,}={0,2}/g,
];

/** @param secrets texts that are hidden wherever they stand */
export function mask(text: string, secrets: readonly string[] = []): string {
  let masked = text;
  for (const secret of secrets) if (secret !== "") masked = masked.replaceAll(secret, MASK.repeat(secret.length));
  for (const pattern of PATTERNS)
    masked = masked.replace(pattern, (match: string, ...rest: unknown[]) => {
      const kept = typeof rest[0] === "string" ? rest[0] : "";
      return kept + MASK.repeat(match.length - kept.length);
    });
  return masked;
}

/** How a line begins whose fields may be shown: a report, a command, a setting in an NM28's list. */
const HEAD =
  /^((?:AT)?[+*^][A-Z\d]+(?:: ?|=)|(?:version|pdpcid|sslenable|keepalive|session|pkt_timeout|retry_time|timeout_notice|will_fg|will_retain|will_topic|will_msg|msg_rcv_mode|msg_len_enable|product_key):)(.*)$/;
const FINAL = /^(?:OK|ERROR|\+CM[ES] ERROR.*|AT.*\?)$/;
/** A field that may be shown: a setting's name, a small number, stars, or nothing. */
const OPEN =
  /^(?:READY|SIM|PIN|PUK|IP|IPV6|IPV4V6|NON-?IP|ON|OFF|TRUE|FALSE|[01]{4}|[01]{8}|version|pdpcid|ssl|keepalive|session|timeout|will|recv\/mode|cached|aliauth|\(null\)|\*+|-?\d{1,5}|\([\d,-]*\)|<\w+>|[a-z]+_[a-z_]+:(?:\d{1,5})?|)$/i;

/** An answer or a command where texts may be what a user has set: all but names, small numbers and stars is hidden, and lines of another form. */
export function maskFields(text: string, secrets: readonly string[] = []): string {
  return mask(text, secrets).replace(/[^\r\n]+/g, (line) => {
    if (FINAL.test(line)) return line;
    const parts = HEAD.exec(line);
    if (parts === null) return MASK.repeat(line.length);
    const [, head, fields] = parts;
    const isSecret = /ENAUTH|aliauth/i.test(line) && !/[?(<]/.test(line);
    return head + (isSecret ? fields.replace(/[^",]/g, MASK) : fields.replace(/"([^"]*)"|[^\s,"]+/g, fieldMasked));
  });
}

/** Hides the fields of lines whose form nobody knows: a text may be anything. */
export function maskStrangers(text: string, lines: readonly string[]): string {
  const unknown = new Set(lines);
  return unknown.size === 0 ? text : text.replace(/[^\r\n]+/g, (line) => (unknown.has(line) ? maskFields(line) : line));
}

/** Hides messages, numbers in them as well. @param names those of the reports that bring them */
export function maskMessages(text: string, names: readonly string[]): string {
  if (names.length === 0) return text;
  const report = new RegExp(`((?:${names.map((name) => name.replaceAll(/\W/g, "\\$&")).join("|")}) ?:)[^\r\n]*`, "g");
  return text.replace(report, (line: string, head: string) => head + MASK.repeat(line.length - head.length));
}

function fieldMasked(field: string, quoted: string | undefined): string {
  if (OPEN.test(quoted ?? field)) return field;
  return quoted === undefined ? MASK.repeat(field.length) : `"${MASK.repeat(quoted.length)}"`;
}

/** Control bytes made visible, what was hidden as one word. */
export function shown(text: string): string {
  return text
    .replaceAll(/\ue000+/g, HIDDEN)
    .replaceAll("\r", "\\r")
    .replaceAll("\n", "\\n")
    .replaceAll(/[\x00-\x1f\x7f-\xff]/g, (character) => `<${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}>`);
}
