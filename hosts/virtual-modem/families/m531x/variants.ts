// Points where S2 contradicts itself or leaves a choice open. The first value is the documented form, or our reading of it.

import { sharedVariants } from "../../cmiot/variants";
import type { VariantChoices, VariantTable } from "../../variants";

export const variants = {
  model: {
    values: ["m5310a", "m5311", "m5312", "m5313"],
    about: "which modem it is: its name, banner, blanks, restart command, and whether MQTTCFG takes `encrypt` (not M5310-A)",
  },
  spacing: {
    values: ["model", "m5310a", "m5311", "tables"],
    about: "blanks after the colon of +MQTT lines: as the model prints them, as one of the two, or as the MQTT guide's tables",
  },
  okOrder: {
    values: ["before", "after"],
    about: "OK before the URC that tells the outcome, or after it, as the MQTT guide's worked session can be read",
  },
  openResult: {
    values: ["words", "conack", "codes"],
    about: "a refused CONNECT: `+MQTTOPEN:FAIL`, `+MQTTCONACK: FAIL`, or `+MQTTOPEN: <rc>,<session>` for success too",
  },
  topicQuotes: {
    values: ["bare", "quoted"],
    about: "+MQTTPUBLISH: the topic bare, or in quotes, as in the ancestor's firmware",
  },
  ackOrder: {
    values: ["id-first", "dup-first"],
    about: "+MQTTPUBACK, PUBREC, PUBREL, PUBCOMP: `<packId>,<dup>`, or the other way round, as in the MQTT guide's last example",
  },
  unsubackTopic: {
    values: ["bare", "quoted", "absent"],
    about: "+MQTTUNSUBACK: the topic bare, in quotes, or not there",
  },
  pingWord: {
    values: ["PINGRESP", "PINGRSP"],
    about: "spelling of the ping URC: as an M5310-A sends it, or as the MQTT guide's tables have it",
  },
  cfgRead: {
    values: ["example", "table", "mixed"],
    about: 'MQTTCFG?: `+MQTTCFG:…,***,1`, `AT+MQTTCFG:…,"*****",1,0`, or `+MQTTCFG:…,"***",1,0`',
  },
  msgLen: {
    values: ["required", "optional"],
    about: "MQTTPUB without msg_len: refused since revision 1.4, or taken as text, as before",
  },
  statAfterDisc: {
    values: ["disconnected", "initialised"],
    about: "MQTTSTAT? after +MQTTDISC: 2, or 1 as on an ML302",
  },
  ...sharedVariants,
} as const satisfies VariantTable;

/** The variants of the M531X modems, as an option. */
export type M531xVariants = VariantChoices<typeof variants>;
