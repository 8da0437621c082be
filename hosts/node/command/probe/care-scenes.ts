// The exchanges that show what the driver's care takes for granted.
import { CSQ, type CareRows } from "../../../../src/care/rows";
import type { CareAbout } from "../../../../src/care/care";
import { nameOf } from "./driver-facts";
import type { Scene } from "./question";

export const READINGS = "readings";
export const SIGNAL = "readings of the signal";
export const SETTINGS = "test forms of what care sets";

/** In place of an APN, a PIN and bands: only the command's name is used. */
const APN = { name: "apn", type: null, user: "user", password: "password", authentication: 1 } as const;

/** The commands that care sets something with, by their row. */
export function setters({ pin, context, credentials, bands, rate, cid, type }: CareRows): Readonly<Record<string, string | undefined>> {
  return {
    pin: nameOf(pin("0000")),
    context: nameOf(context(cid, APN, type)),
    credentials: credentials && nameOf(credentials(cid, APN)),
    bands: bands && nameOf(bands.set([8])),
    rate: rate && nameOf(rate.set(9600)),
  };
}

const unique = (lines: readonly string[]): string[] => [...new Set(lines)];

/** The exchanges that answer the questions. */
export function careScenes(rows: CareRows): readonly Scene[] {
  const { firmware, supply, signal, cell, bands, iccid } = rows;
  const forms = Object.values(setters(rows)).flatMap((name) => (name === undefined ? [] : `${name}=?`));
  const at = (line: string) => ({ at: line, as: line });
  return [
    { id: READINGS, steps: unique([firmware, ...supply].map(({ ask }) => ask)).map(at) },
    { id: SIGNAL, needs: ["network"], steps: unique([CSQ, ...signal, ...cell].map(({ ask }) => ask)).map(at) },
    { id: SETTINGS, steps: unique([...forms, ...(bands === undefined ? [] : [bands.ask])]).map(at) },
    { id: "the SIM's number", needs: ["sim"], isPrivate: true, steps: iccid.map(at) },
  ];
}

/** Which of the tables are this modem's, by what `ATI` says. */
export function rowsOf(
  { rows, variants }: Pick<CareAbout, "rows" | "variants">,
  product: string,
): { readonly rows: CareRows; readonly word: string | undefined } {
  const found = variants.find(([word]) => product.includes(word));
  return { rows: found?.[1] ?? rows, word: found?.[0] };
}
