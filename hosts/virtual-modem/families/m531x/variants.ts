// Where S2 contradicts itself or leaves a choice open. The first value is the documented form, or our reading of it.

import { sharedVariants } from "../../cmiot/variants";
import type { VariantChoices, VariantTable } from "../../variants";

export const variants = {
  model: {
    values: ["m5310a", "m5311", "m5312", "m5313"],
    about: "which modem it is: its name, banner, blanks, restart command, and whether MQTTCFG takes `encrypt` (not M5310-A)",
  },
  spacing: {
    values: ["model", "m5310a", "m5311", "tables"],
    about: "blanks after the colon of +MQTT lines: as the model prints them, as one of the two, or as S2's tables (B-5, B-17)",
  },
  okOrder: {
    values: ["before", "after"],
    about: "OK before the URC that tells the outcome, or after it, as S2's worked session can be read (B-8)",
  },
  openResult: {
    values: ["words", "conack", "codes"],
    about: "a refused CONNECT: `+MQTTOPEN:FAIL` (P11), `+MQTTCONACK: FAIL`, or `+MQTTOPEN: <rc>,<session>` for success too (P5)",
  },
  topicQuotes: {
    values: ["bare", "quoted"],
    about: "+MQTTPUBLISH: the topic bare, or in quotes, as in the ancestor's firmware (P15)",
  },
  ackOrder: {
    values: ["id-first", "dup-first"],
    about: "+MQTTPUBACK, PUBREC, PUBREL, PUBCOMP: `<packId>,<dup>`, or the other way round, as in S2's last example (B-3)",
  },
  unsubackTopic: {
    values: ["bare", "quoted", "absent"],
    about: "+MQTTUNSUBACK: the topic bare, in quotes (S2 1.6), or not there (P4) (B-6)",
  },
  pingWord: {
    values: ["PINGRESP", "PINGRSP"],
    about: "spelling of the ping URC: as an M5310-A sends it (S2 2.4, P7), or as S2's tables have it (B-4)",
  },
  cfgRead: {
    values: ["example", "table", "mixed"],
    about: "MQTTCFG?: `+MQTTCFG:…,***,1`, `AT+MQTTCFG:…,\"*****\",1,0`, or `+MQTTCFG:…,\"***\",1,0` (B-7)",
  },
  msgLen: {
    values: ["required", "optional"],
    about: "MQTTPUB without msg_len: refused since revision 1.4, or taken as text, as before and in P5 (B-2)",
  },
  statAfterDisc: {
    values: ["disconnected", "initialised"],
    about: "MQTTSTAT? after +MQTTDISC: 2, or 1 as in P11 (dialects 10)",
  },
  ...sharedVariants,
} as const satisfies VariantTable;

/** The variants of the M531X modems, as an option. */
export type M531xVariants = VariantChoices<typeof variants>;
