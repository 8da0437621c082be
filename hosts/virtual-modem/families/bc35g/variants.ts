// Points where S1 contradicts itself or leaves a choice open. The first value is the documented form, or our reading of it.

import type { VariantChoices, VariantTable } from "../../variants";

export const variants = {
  recvSpace: {
    values: ["none", "spaced"],
    about: "+QMTRECV: a blank before topic and payload, as in the MQTT guide's first example",
  },
  recvQuotes: {
    values: ["raw", "quoted"],
    about: "+QMTRECV: payload as it is, or in quotes as in the MQTT guide's first example",
  },
  recvName: {
    values: ["QMTRECV", "QMTRCV"],
    about: "spelling of the message URC; the second is that of the MQTT guide's figure",
  },
  discResult: {
    values: ["present", "absent"],
    about: "QMTDISC: `+QMTDISC: 0,0` after OK, or nothing as in the MQTT guide's example",
  },
  discStat: {
    values: ["present", "absent"],
    about: "`+QMTSTAT: 0,5` once the broker has closed after QMTDISC",
  },
  subValues: {
    values: ["one", "list"],
    about: "QMTSUB with several topics: the first granted QoS only, or all of them",
  },
  tenAuthName: {
    values: ["documented", "one-t", "two-t"],
    about: "QMTENAUTH for test and query and QMTTENAUTH to set, or one spelling for all three",
  },
  tenAuthQuotes: {
    values: ["quoted", "raw"],
    about: "quotes around the password in +QMTTENAUTH (not documented)",
  },
  cfgQuotes: {
    values: ["quoted", "raw"],
    about: "quotes around the strings of QMTCFG's query answers (the MQTT guide prints none, but it prints none for +QMTOPEN either)",
  },
  escapeAnswer: {
    values: ["ok", "error"],
    about: "answer to a publish cancelled with ESC (not documented)",
  },
  emptyPublish: {
    values: ["sent", "error"],
    about: "Ctrl-Z at once: an empty message, or ERROR (not documented)",
  },
  windowFull: {
    values: ["cme", "error"],
    about: "a sixth publish in flight: error 159, or a bare ERROR (the MQTT guide gives the limit only)",
  },
  closeAfterStat: {
    values: ["done", "failed", "error"],
    about: "QMTCLOSE after +QMTSTAT: result 0, result -1, or ERROR",
  },
  refusedStat: {
    values: ["absent", "present"],
    about: "`+QMTSTAT: 0,1` after the broker refused CONNECT (may follow)",
  },
  pubrelNotice: {
    values: ["present", "absent"],
    about: "`+QMTPUBREL: 0,<msgID>,1` when PUBREL is sent again and notices are on (the MQTT guide's figure)",
  },
} as const satisfies VariantTable;

/** The variants of BC35-G and BC28, as an option. */
export type Bc35gVariants = VariantChoices<typeof variants>;
