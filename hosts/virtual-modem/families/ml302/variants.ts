// Points where S3 contradicts itself, cannot be read, or is contradicted by the vendor's source. The first value is the
// documented form, or our reading of it.

import { sharedVariants } from "../../cmiot/variants";
import type { VariantChoices, VariantTable } from "../../variants";

export const variants = {
  spacing: {
    values: ["examples", "tables"],
    about: "blanks after the colon of +MQTT lines: as the MQTT manual's examples have them, or as its tables do",
  },
  okOrder: {
    values: ["after", "before"],
    about: "OK after the line that tells the outcome, or before it, as captured on a sibling",
  },
  okPause: {
    values: ["none", "pause"],
    about: "OK at once after that line, or 100 ms later, so that a message can come between",
  },
  openFail: {
    values: ["absent", "present"],
    about: "`+MQTTOPEN:FAIL` before the error of an MQTTOPEN that failed",
  },
  openError: {
    values: ["numbered", "bare"],
    about: "error of MQTTOPEN: with its code, or `+CME ERROR` alone, as the MQTT manual's table prints it",
  },
  openRetry: {
    values: ["none", "before-final"],
    about: "MQTTOPEN that fails ends at once, or after the client's own tries, with 615 (a driver of the vendor waits 150 s for it)",
  },
  statUnconfigured: {
    values: ["zero", "error"],
    about: "MQTTSTAT? before MQTTCFG: 0, or the failure that the MQTT manual's table has without a reason",
  },
  topicQuotes: {
    values: ["quoted", "bare"],
    about: "+MQTTPUBLISH: the topic in quotes, or bare, as in the MQTT manual's worked session",
  },
  ackOrder: {
    values: ["dup-first", "id-first"],
    about: "+MQTTPUBACK, PUBREC, PUBREL, PUBCOMP: `<dup>,<packId>`, or the order of the M531X",
  },
  unsubackTopic: {
    values: ["quoted", "bare", "absent"],
    about: "+MQTTUNSUBACK: the topic in quotes, as in the MQTT manual's examples, bare, or not there",
  },
  subList: {
    values: ["topics", "with-qos", "same-line"],
    about: "MQTTSUB?: a topic a line, `<topic>,<qos>` a line, or `+MQTTSUB: <topic>,<qos>` a line",
  },
  pingWord: {
    values: ["PINGRSP", "PINGRESP"],
    about: "spelling of the ping URC: of the MQTT manual's heading, or of its disconnect chapter",
  },
  pingInterval: {
    values: ["keepalive", "half"],
    about: "pings after the keep-alive time, or after half of it",
  },
  downgrade: {
    values: ["granted", "605", "timeout"],
    about: "a QoS granted below the one asked for: reported, error 605, or taken for no answer at all",
  },
  refusedSuback: {
    values: ["line", "605"],
    about: "a refused subscription: `+MQTTSUBACK: <id>,128,<topic>` and OK, or error 605",
  },
  ackTimeoutFinal: {
    values: ["616", "specific", "ok"],
    about: "end of a command whose acknowledgement does not come: 616, the packet's own code such as 612, or OK",
  },
  discError: {
    values: ["plain", "620"],
    about: "MQTTDISC without a connection: ERROR, or 620",
  },
  giveUpError: {
    values: ["present", "absent"],
    about: "`+CME ERROR: 615` before +MQTTDISC when the last try has failed, or not",
  },
  recQuery: {
    values: ["two-fields", "one-field"],
    about: "MQTTREC? answers `+MQTTREC: <recon>,<reconnum>`, or the first of them alone, as older firmware does",
  },
  toQuery: {
    values: ["TO", "REC"],
    about: "MQTTTO? answers `+MQTTTO:`, or by mistake `+MQTTREC:`, as the ancestor does",
  },
  tlsFailure: {
    values: ["silent", "qmtopen"],
    about: "a connection with TLS that fails: nothing more, or the stray line `+QMTOPEN: 0,-1` too",
  },
  banner: {
    values: ["matready", "cpin", "silent"],
    about: "after a start: `+MATREADY`, as the maker's next module ML307 prints, `+CPIN: READY`, or nothing (no document says)",
  },
  ...sharedVariants,
} as const satisfies VariantTable;

/** The variants of ML302, as an option. */
export type Ml302Variants = VariantChoices<typeof variants>;
