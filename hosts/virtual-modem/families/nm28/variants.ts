// Points where S4 contradicts itself, leaves a choice open, or lacks a page. The first value is the documented form, or our
// reading of it.

import type { VariantChoices, VariantTable } from "../../variants";

export const variants = {
  resultOrder: {
    values: ["before", "after"],
    about: "result line before OK, as in the MQTT guide, or after it, as in the QMT set that the guide's is made after",
  },
  failedFinal: {
    values: ["by-result", "ok", "error"],
    about: "final after a bad result: ERROR unless the broker refused, or always OK, or always ERROR (not documented)",
  },
  mqttErrors: {
    values: ["plain", "cme"],
    about: "the MQTT commands' errors: ERROR whatever AT+CMEE says, as the MQTT guide has it, or as AT+CMEE says",
  },
  resultSpace: {
    values: ["none", "spaced"],
    about: "blanks after the commas of result lines, as in some of the MQTT guide's tables",
  },
  recvSpace: {
    values: ["none", "session", "table"],
    about: "+MQTTRECV: no blanks, or three as in the MQTT guide's session, or after every comma as in its table",
  },
  recvTopic: {
    values: ["bare", "quoted"],
    about: "+MQTTRECV: topic as in the MQTT guide's examples, or in quotes as the MQTT guide has it in commands",
  },
  recvLength: {
    values: ["exact", "blanks-uncounted"],
    about: "+MQTTRECV: the length counts every byte, or not the payload's blanks, as the MQTT guide's examples are printed",
  },
  recvId: {
    values: ["positive", "zero"],
    about: "+MQTTRECV: packet id of a message at QoS 0: 1, as the MQTT guide says that it is greater than 0, or 0 as in the QMT set",
  },
  recvDefault: {
    values: ["length", "no-length"],
    about: 'default of "recv/mode": 0,1 as the MQTT guide\'s session shows it, or 0,0 as in the QMT set (not documented)',
  },
  connRetCode: {
    values: ["answered", "always", "absent"],
    about: "+MQTTCONN: <ret_code> if the broker answered, or always, or never; then a refusal is result 2",
  },
  connQuery: {
    values: ["opened", "all"],
    about: "MQTTCONN?: a line for each client that MQTTOPEN has opened, or for all six (not documented)",
  },
  subValue: {
    values: ["present", "absent"],
    about: "+MQTTSUB: the granted QoS as <value> (the MQTT guide's table 1.6 makes it optional)",
  },
  unsValue: {
    values: ["absent", "present"],
    about: "+MQTTUNS: a <value> though there is no QoS to tell",
  },
  pubValue: {
    values: ["absent", "present"],
    about: "+MQTTPUBEX: the count of retransmissions as <value> (not explained)",
  },
  pubNotice: {
    values: ["none", "result", "value"],
    about:
      "MQTTPUBEX sent again, with notices on: no report, `+MQTTPUBEX:<idx>,<msgID>,1,<n>` as its relatives print, or `…,,,<n>` with both results left out (the MQTT guide does not explain <value>)",
  },
  ctrlZ: {
    values: ["optional", "needed"],
    about: "MQTTPUBEX: Ctrl-Z may follow the counted data, or must",
  },
  ctrlZInside: {
    values: ["data", "ends"],
    about: "MQTTPUBEX: an early Ctrl-Z is data, or ends them so that the publish fails (not documented)",
  },
  linkLoss: {
    values: ["silent", "stat", "disc", "conn", "close"],
    about: "a lost link: no report, as in the MQTT guide, or `+MQTTSTAT:<idx>,<err>`, or `+MQTTDISC:<idx>,0` and the like",
  },
  afterUnanswered: {
    values: ["closed", "open"],
    about: "connection after a packet that nobody acknowledged: closed as in the QMT set, or open (the MQTT guide does not say)",
  },
  openAfterLoss: {
    values: ["allowed", "in-use"],
    about: "MQTTOPEN after a lost link, before MQTTCLOSE: allowed as in the QMT set, or result 2 (the MQTT guide does not say)",
  },
  openFailure: {
    values: ["connection", "general"],
    about: "MQTTOPEN: a connection that fails other than by its name is result 5, or -1 (the MQTT guide words both alike)",
  },
  tls: {
    values: ["connects", "no-context"],
    about: '"ssl" with 1: TLS without a check of the server, or result -1 for want of an SSL context, which the MQTT guide cannot set up',
  },
  ctwingPrefix: {
    values: ["plus", "at"],
    about: "CTWINGPOSTVER: `+CTWINGPOSTVER:`, or `AT+CTWINGPOSTVER:` as the MQTT guide prints it",
  },
  banner: {
    values: ["rdy", "atready"],
    about: "first line after a start: `RDY` or `*ATREADY: 1`; a driver of the same maker's CLR970 knows both",
  },
} as const satisfies VariantTable;

/** The variants of the NM28, as an option. */
export type Nm28Variants = VariantChoices<typeof variants>;
