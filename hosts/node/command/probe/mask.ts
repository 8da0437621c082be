// Hides numbers of SIM and device, addresses and passwords. A masked text has as many characters as the text: it can be cut anywhere.

/** Stands for one hidden character; shown as {@link HIDDEN}. */
const MASK = "\ue000"; // no byte
const HIDDEN = "<hidden>";

/** What is hidden wherever it stands: of each match all characters but those of the first group. */
const PATTERNS: readonly RegExp[] = [
  // IMEI, IMSI, ICCID with its hexadecimal end, telephone numbers.
  /\d{9,}[A-F]?/gi,
  /\+\d{6,}/g,
  // A telephone number of any length stands in quotes.
  /(\+C(?:NUM|LIP|MT|LCC)\b[^"\r\n]*)"[^\r\n]*/g,
  // Addresses. Four numbers of a firmware's version look the same.
  /\d{1,3}(?:\.\d{1,3}){3,15}/g,
  /\b(?:[\dA-F]{1,4}:){3,7}[\dA-F:]{1,4}\b/gi,
  // Where the modem is: area and cell.
  /(\+C(?:5G|E|G)?REG: ?(?:\d,)?\d,)[^\r\n]*?(?=,\d{1,2}(?:[,\r\n]|$)|[\r\n]|$)/g,
  /(\bCell ID: ?)[^\r\n]*/gi,
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

/** A read form's answer, where texts and fields may be what a user has set: all but names, small numbers and stars is hidden. */
export function maskFields(text: string, secrets: readonly string[] = []): string {
  return mask(text, secrets).replace(/^(\+?\w[\w+]*: ?)(.+?)$/gm, (_, name: string, fields: string) => name + fields.replace(/"([^"\r\n]*)"|[^\s,"]+/g, fieldMasked));
}

/** Keys of settings, and what stands for "nothing". */
const OPEN = /^(?:version|pdpcid|ssl|keepalive|session|timeout|will|recv\/mode|cached|aliauth|\(null\)|\**)$/;

function fieldMasked(field: string, quoted: string | undefined): string {
  const text = quoted ?? field;
  if (OPEN.test(text) || /^-?\d{1,5}$/.test(text) || /^\w+:(?:-?\d{1,5}|"")?$/.test(text)) return field;
  return quoted === undefined ? MASK.repeat(field.length) : `"${MASK.repeat(text.length)}"`;
}

/** Control bytes made visible, what was hidden as one word. */
export function shown(text: string): string {
  return text
    .replaceAll(/\ue000+/g, HIDDEN)
    .replaceAll("\r", "\\r")
    .replaceAll("\n", "\\n")
    .replaceAll(/[\x00-\x1f\x7f-\xff]/g, (character) => `<${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}>`);
}
