// Where S1 contradicts itself or leaves a choice open. The first value is the documented form, or our reading of it.

import type { VariantChoices, VariantTable } from "../../variants";

export const variants = {
  recvSpace: {
    values: ["none", "spaced"],
    about: "+QMTRECV: a blank before topic and payload, as in S1's first example (A-2)",
  },
  recvQuotes: {
    values: ["raw", "quoted"],
    about: "+QMTRECV: payload as it is, or in quotes as in S1's first example (A-2)",
  },
  recvName: {
    values: ["QMTRECV", "QMTRCV"],
    about: "spelling of the message URC; the second is that of S1's figure (A-3)",
  },
  discResult: {
    values: ["present", "absent"],
    about: "QMTDISC: `+QMTDISC: 0,0` after OK, or nothing as in S1's example (A-7)",
  },
  discStat: {
    values: ["present", "absent"],
    about: "`+QMTSTAT: 0,5` once the broker has closed after QMTDISC (A-7, dialects 14 item 2)",
  },
  subValues: {
    values: ["one", "list"],
    about: "QMTSUB with several topics: the first granted QoS only, or all of them (A-12)",
  },
  tenAuthName: {
    values: ["documented", "one-t", "two-t"],
    about: "QMTENAUTH for test and query and QMTTENAUTH to set, or one spelling for all three (A-1)",
  },
  tenAuthQuotes: {
    values: ["quoted", "raw"],
    about: "quotes around the password in +QMTTENAUTH (dialects 16.1: unknown)",
  },
  cfgQuotes: {
    values: ["quoted", "raw"],
    about: "quotes around the strings of QMTCFG's query answers (S1 prints none, but it prints none for +QMTOPEN either)",
  },
  escapeAnswer: {
    values: ["ok", "error"],
    about: "answer to a publish cancelled with ESC (dialects 14 item 1: unknown)",
  },
  emptyPublish: {
    values: ["sent", "error"],
    about: "Ctrl-Z at once: an empty message, or ERROR (dialects 2.4: unknown)",
  },
  windowFull: {
    values: ["cme", "error"],
    about: "a sixth publish in flight: error 159, or a bare ERROR (S1 3.2.9 remark 1 gives the limit only)",
  },
  closeAfterStat: {
    values: ["done", "failed", "error"],
    about: "QMTCLOSE after +QMTSTAT: result 0, result -1, or ERROR (dialects 16.1)",
  },
  refusedStat: {
    values: ["absent", "present"],
    about: "`+QMTSTAT: 0,1` after the broker refused CONNECT (dialects 16.1: may follow)",
  },
  pubrelNotice: {
    values: ["present", "absent"],
    about: "`+QMTPUBREL: 0,<msgID>,1` when PUBREL is sent again and notices are on (S1's figure, A-3)",
  },
} as const satisfies VariantTable;

/** The variants of BC35-G and BC28, as an option. */
export type Bc35gVariants = VariantChoices<typeof variants>;
