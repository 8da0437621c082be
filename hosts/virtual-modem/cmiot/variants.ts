// Variants that China Mobile's modems share. Others, and those with different defaults, are in each family's own table.

import type { VariantTable } from "../variants";

export const sharedVariants = {
  publishStart: {
    values: ["crlf", "none"],
    about: "+MQTTPUBLISH: a `\\r\\n` before it, or none, as captured",
  },
  publishEnd: {
    values: ["crlf", "none"],
    about: "+MQTTPUBLISH: `\\r\\n` after the payload, or none, as before revision 1.1 of the MQTT guide",
  },
  publishComma: {
    values: ["present", "missing"],
    about: "+MQTTPUBLISH: the comma between topic and length, or a blank, as in the ML302 manual's second example",
  },
  publishLength: {
    values: ["exact", "escaped", "long", "short"],
    about: "+MQTTPUBLISH: the length is right, counts a backslash for each quote, is 5 too many, or one too few",
  },
  payloadPlace: {
    values: ["line", "next-line"],
    about: "+MQTTPUBLISH: the payload after a comma, or on the next line, as in the ancestor's firmware",
  },
  subackRefused: {
    values: ["128", "0x80", "80"],
    about: "+MQTTSUBACK: how a refused subscription is spelled (the M531X guide prints 0x80 in its table, the ML302 manual 128)",
  },
  packetIds: {
    values: ["one-counter", "per-kind", "same"],
    about: "packet ids: one counter for all, or one for publishes and one for the rest, so that both begin with 1; or every report shows 1",
  },
  subackGranted: {
    values: ["decimal", "hex"],
    about: "+MQTTSUBACK: a granted QoS as in the examples of both documents, or `0x00`, `0x01`, `0x02`, as the M531X guide's table prints them",
  },
  strayAcks: {
    values: ["silent", "printed"],
    about: "an acknowledgement that nothing waits for, repeated by the broker or late: nothing, or its report once more (not documented)",
  },
  ackTimeout: {
    values: ["reconnects", "stays"],
    about: "an acknowledgement that does not come: the modem reconnects, or only reports it",
  },
  reconfigure: {
    values: ["allowed", "refused"],
    about: "MQTTCFG once more without MQTTDEL: allowed, or refused, as the MQTT guide can be read",
  },
} as const satisfies VariantTable;
