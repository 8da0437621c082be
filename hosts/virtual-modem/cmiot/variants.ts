// Variants that China Mobile's modems share. The rest, and those with another default, are in each family's own table.

import type { VariantTable } from "../variants";

export const sharedVariants = {
  publishStart: {
    values: ["crlf", "none"],
    about: "+MQTTPUBLISH: a `\\r\\n` before it, or none, as captured (dialects 1, rule 2, and 16.2)",
  },
  publishEnd: {
    values: ["crlf", "none"],
    about: "+MQTTPUBLISH: `\\r\\n` after the payload, or none, as before revision 1.1 of S2",
  },
  publishComma: {
    values: ["present", "missing"],
    about: "+MQTTPUBLISH: the comma between topic and length, or a blank, as in S3's second example (C-5)",
  },
  publishLength: {
    values: ["exact", "escaped", "long", "short"],
    about: "+MQTTPUBLISH: the length is right, counts a backslash for each quote, is 5 too many, or one too few (C-6)",
  },
  payloadPlace: {
    values: ["line", "next-line"],
    about: "+MQTTPUBLISH: the payload after a comma, or on the next line, as in the ancestor's firmware (P15)",
  },
  subackRefused: {
    values: ["128", "0x80", "80"],
    about: "+MQTTSUBACK: how a refused subscription is spelled (S2 prints 0x80 in its table, S3 128)",
  },
  packetIds: {
    values: ["one-counter", "per-kind"],
    about: "packet ids: one counter for all, or one for publishes and one for the rest, so that both begin with 1 (B-13, C-15)",
  },
  ackTimeout: {
    values: ["reconnects", "stays"],
    about: "an acknowledgement that does not come: the modem reconnects (S2 1.2, S3 2.3.2), or only reports it (P11)",
  },
  reconfigure: {
    values: ["allowed", "refused"],
    about: "MQTTCFG once more without MQTTDEL: allowed (P11), or refused, as S2 2.3 can be read",
  },
} as const satisfies VariantTable;
