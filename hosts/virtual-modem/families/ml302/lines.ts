// Which lines of S3 have a blank after the colon.

import type { Line, Spaced } from "../../cmiot/lines";
import type { Modem } from "../../engine/family";

const forms: Readonly<Record<string, Spaced>> = {
  // The examples of S3 2.3, 2.4 and chapter 3; where a line has no example, its table.
  examples: ["CFG", "STAT", "PUBREL", "PUBLISH", "DISC", "TO", "PING"] satisfies readonly Line[],
  // UNSUBACK is the one that has none in its table.
  tables: [
    "CFG",
    "OPEN",
    "STAT",
    "SUBACK",
    "PUBACK",
    "PUBREC",
    "PUBCOMP",
    "PUBREL",
    "PUBLISH",
    "DISC",
    "LOST",
    "TO",
    "PINGTO",
    "PING",
  ] satisfies readonly Line[],
};

export const spacing = (modem: Modem): Spaced => forms[modem.variant("spacing")];
