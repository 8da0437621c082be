/** What stands between the commas of a line, behind its name; commas in quotes do not count. Quotes stay: see {@link unquoted}. */
export function fieldsOf(line: string): string[] {
  const fields: string[] = [];
  let field = "",
    isQuoted = false;
  for (const character of line.replace(/^[+*]?[A-Z]+ ?:/, "")) {
    if (character === '"') isQuoted = !isQuoted;
    if (character === "," && !isQuoted) {
      fields.push(field.trim());
      field = "";
    } else field += character;
  }
  fields.push(field.trim());
  return fields;
}

/** The field's text without quotes around it. */
export function unquoted(field: string | undefined): string {
  return field === undefined ? "" : field.replace(/^"(.*)"$/, "$1");
}

/** The field's whole number, in quotes or not; NaN where it is none. */
export function numberOf(field: string | undefined): number {
  const text = unquoted(field);
  return /^[+-]?\d+$/.test(text) ? Number(text) : NaN;
}

/** Whether the line has this name: `+CEREG`, before a colon. */
export function hasName(line: string, name: string): boolean {
  return line.startsWith(name) && /^ ?:/.test(line.slice(name.length));
}

/** The first line of that name, or undefined. */
export function lineOf(lines: readonly string[], name: string): string | undefined {
  return lines.find((line) => hasName(line, name));
}
