// Where S3 contradicts itself, cannot be read, or is contradicted by the vendor's source. The first value is the
// documented form, or our reading of it.

import { sharedVariants } from "../../cmiot/variants";
import type { VariantChoices, VariantTable } from "../../variants";

export const variants = {
  spacing: {
    values: ["examples", "tables"],
    about: "blanks after the colon of +MQTT lines: as S3's examples have them, or as its tables do (C-1, C-20)",
  },
  okOrder: {
    values: ["after", "before"],
    about: "OK after the line that tells the outcome, or before it, as captured on a sibling (P16)",
  },
  okPause: {
    values: ["none", "pause"],
    about: "OK at once after that line, or 100 ms later, so that a message can come between (C-14)",
  },
  openFail: {
    values: ["absent", "present"],
    about: "`+MQTTOPEN:FAIL` before the error of an MQTTOPEN that failed (P11)",
  },
  openError: {
    values: ["numbered", "bare"],
    about: "error of MQTTOPEN: with its code, or `+CME ERROR` alone, as S3's table prints it (C-10)",
  },
  openRetry: {
    values: ["none", "before-final"],
    about: "MQTTOPEN that fails ends at once, or after the client's own tries, with 615 (P13 waits 150 s for it)",
  },
  statUnconfigured: {
    values: ["zero", "error"],
    about: "MQTTSTAT? before MQTTCFG: 0, or the failure that S3's table has without a reason",
  },
  topicQuotes: {
    values: ["quoted", "bare"],
    about: "+MQTTPUBLISH: the topic in quotes, or bare, as in S3's worked session (C-4)",
  },
  ackOrder: {
    values: ["dup-first", "id-first"],
    about: "+MQTTPUBACK, PUBREC, PUBREL, PUBCOMP: `<dup>,<packId>`, or the order of the M531X (C-1)",
  },
  unsubackTopic: {
    values: ["quoted", "bare", "absent"],
    about: "+MQTTUNSUBACK: the topic in quotes, as in S3's examples, bare, or not there (C-8)",
  },
  subList: {
    values: ["topics", "with-qos", "same-line"],
    about: "MQTTSUB?: a topic a line, `<topic>,<qos>` a line, or `+MQTTSUB: <topic>,<qos>` a line (C-7)",
  },
  pingWord: {
    values: ["PINGRSP", "PINGRESP"],
    about: "spelling of the ping URC: of S3's heading, or of its disconnect chapter and P11 (C-2)",
  },
  pingInterval: {
    values: ["keepalive", "half"],
    about: "pings after the keep-alive time (S3 2.3.8), or after half of it (S3 2.4.2, P15) (C-16)",
  },
  downgrade: {
    values: ["granted", "605", "timeout"],
    about: "a QoS granted below the one asked for: reported, error 605, or taken for no answer at all (P11)",
  },
  refusedSuback: {
    values: ["line", "605"],
    about: "a refused subscription: `+MQTTSUBACK: <id>,128,<topic>` and OK, or error 605 (dialects 16.3)",
  },
  ackTimeoutFinal: {
    values: ["616", "specific", "ok"],
    about: "end of a command whose acknowledgement does not come: 616, the packet's own code such as 612, or OK",
  },
  discError: {
    values: ["plain", "620"],
    about: "MQTTDISC without a connection: ERROR (S3 2.3.7), or 620",
  },
  giveUpError: {
    values: ["present", "absent"],
    about: "`+CME ERROR: 615` before +MQTTDISC when the last try has failed (S3 2.2, P11), or not (S3 3.4)",
  },
  toQuery: {
    values: ["TO", "REC"],
    about: "MQTTTO? answers `+MQTTTO:`, or by mistake `+MQTTREC:`, as the ancestor does (P15)",
  },
  tlsFailure: {
    values: ["silent", "qmtopen"],
    about: "a connection with TLS that fails: nothing more, or the stray line `+QMTOPEN: 0,-1` too (P11)",
  },
  banner: {
    values: ["matready", "cpin", "silent"],
    about: "after a start: `+MATREADY`, as the maker's next module ML307 prints, `+CPIN: READY`, or nothing (no document says)",
  },
  ...sharedVariants,
} as const satisfies VariantTable;

/** The variants of ML302, as an option. */
export type Ml302Variants = VariantChoices<typeof variants>;
