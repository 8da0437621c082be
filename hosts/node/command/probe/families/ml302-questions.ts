// What ML302 is asked: dialects.md, chapters 4, 12, 13 and 14.
import type { Question } from "../question";
import { blanksOf, chinaMobileQuestions } from "./china-mobile";
import { colonQuestion } from "./common";
import type { Verbs } from "./verbs";

/** Milliseconds between report and OK: more than two lines of one answer take at 9600 bit/s. */
const PAUSE = 60;

/** @param verbs those of the family */
export const ml302Questions = (verbs: Verbs): readonly Question[] => [
  colonQuestion("blanks"),
  {
    id: "prompt",
    asks: "What does the prompt of a data phase look like?",
    fact: "dialects.md 4.3.6",
    scene: "loop",
    in: "message",
    tells: [
      ["spaced", /[\r\n]> /],
      ["unspaced", /[\r\n]>/],
      ["bare", />/],
    ],
    assumes: "spaced",
  },
  {
    id: "spacing",
    asks: "Which reports have a blank behind the colon?",
    fact: "dialects.md C-1",
    scene: "loop",
    tells: (recording) => {
      const blanks = blanksOf(recording, "SUBACK");
      return blanks && (blanks[0] ? "tables" : "examples");
    },
    assumes: "examples",
  },
  {
    id: "okPause",
    asks: "Does OK follow the report at once?",
    fact: "dialects.md 1, rule 5",
    scene: "loop",
    tells: (recording) => {
      const report = recording.timeOf(/\+MQTTUNSUBACK[^\r\n]*[\r\n]/),
        final = recording.timeOf(/\+MQTTUNSUBACK[^]*[\r\n]OK/);
      if (report === undefined || final === undefined) return undefined;
      return final - report > PAUSE ? "pause" : "none";
    },
    assumes: "none",
  },
  {
    id: "openFail",
    asks: "Does +MQTTOPEN:FAIL come before the error of an MQTTOPEN that failed?",
    fact: "dialects.md 4.3.2",
    scene: "refused connection",
    in: "refused",
    tells: [
      ["present", /\+MQTTOPEN: ?FAIL/],
      ["absent", /ERROR/],
    ],
    assumes: "absent",
  },
  {
    id: "openError",
    asks: "Has the error of an MQTTOPEN that failed a number?",
    fact: "dialects.md 4.2",
    scene: "refused connection",
    in: "refused",
    tells: [
      ["numbered", /\+CME ERROR: ?\d/],
      ["bare", /ERROR/],
    ],
    assumes: "numbered",
  },
  {
    id: "openRetry",
    asks: "Does an MQTTOPEN that fails end at once, or after tries of the modem's own?",
    fact: "dialects.md 3.6",
    scene: "failing connection",
    in: "failing",
    tells: [
      ["before-final", /\+MQTTREC[^]*ERROR/],
      ["none", /ERROR/],
    ],
    assumes: "none",
  },
  {
    id: "statUnconfigured",
    asks: "What is AT+MQTTSTAT? before AT+MQTTCFG?",
    fact: "dialects.md 4.3.3",
    scene: "settings",
    in: "unconfigured",
    tells: [
      ["zero", /STAT: ?0/],
      ["error", /ERROR/],
    ],
    assumes: "zero",
  },
  {
    id: "subList",
    asks: "What does AT+MQTTSUB? list?",
    fact: "dialects.md 4.3.4",
    scene: "loop",
    in: "list",
    tells: [
      ["same-line", /\+MQTTSUB: ?[^\s,]+,\d/],
      ["with-qos", /\+MQTTSUB: *[\r\n]+[^\s,]+,\d/],
      ["topics", /\+MQTTSUB: *[\r\n]+[^\s,]+ *[\r\n]/],
    ],
    assumes: "topics",
  },
  {
    id: "pingInterval",
    asks: "Does the modem ping after the keep-alive time, or after half of it?",
    fact: "dialects.md 4.4",
    scene: "pings",
    tells: (recording, { keepAlive }) => {
      const one = recording.timeOf(/\+MQTTPINGR/),
        two = recording.timeOf(/(?:\+MQTTPINGR[^]*){2}/);
      if (one === undefined || two === undefined) return undefined;
      return two - one < 750 * Number(keepAlive) ? "half" : "keepalive";
    },
    assumes: "keepalive",
  },
  {
    id: "downgrade",
    asks: "What comes of a subscription that is granted a lower QoS than was asked for?",
    fact: "dialects.md 4.3.4",
    scene: "less granted",
    in: "less",
    tells: [
      ["granted", /SUBACK: ?\d+, ?(?:0x0)?0,/],
      ["605", /\+CME ERROR: ?605/],
      ["timeout", /MQTTTO|ERROR/],
    ],
    assumes: "granted",
  },
  {
    id: "refusedSuback",
    asks: "What comes of a subscription that the broker refuses?",
    fact: "dialects.md 16.3",
    scene: "refused subscription",
    in: "refused",
    tells: [
      ["line", /SUBACK: ?\d+, ?(?:128|0x80|80)/],
      ["605", /\+CME ERROR: ?605/],
    ],
    assumes: "line",
  },
  {
    id: "ackTimeoutFinal",
    asks: "How does a publish end whose acknowledgement does not come?",
    fact: "dialects.md 14 no. 4",
    scene: "no acknowledgement",
    in: "unacknowledged",
    tells: [
      ["616", /\+CME ERROR: ?616/],
      ["specific", /\+CME ERROR: ?6\d\d/],
      ["ok", /[\r\n]OK/],
    ],
    assumes: "616",
  },
  {
    id: "discError",
    asks: "What answers AT+MQTTDISC without a connection?",
    fact: "dialects.md 4.2",
    scene: "nothing to do",
    in: "disc",
    tells: [
      ["620", /\+CME ERROR: ?620/],
      ["plain", /[\r\n]ERROR/],
    ],
    assumes: "plain",
  },
  {
    id: "giveUpError",
    asks: "Does error 615 come before +MQTTDISC when the modem gives up?",
    fact: "dialects.md 16.3",
    scene: "broker gone",
    in: "gone",
    tells: [
      ["present", /\+CME ERROR: ?615[^]*MQTTDISC/],
      ["absent", /MQTTDISC/],
    ],
    assumes: "present",
  },
  {
    id: "openAfterReconnection",
    asks: "Does +MQTTOPEN:OK follow a reconnection of the modem's own?",
    fact: "dialects.md 14 no. 4",
    scene: "reconnection",
    in: "back",
    tells: [
      ["present", /\+MQTTOPEN: ?OK/],
      ["absent", /MQTTREC/],
    ],
    assumes: "present",
  },
  {
    id: "recQuery",
    asks: "What does AT+MQTTREC? answer?",
    fact: "dialects.md 4.3.7",
    scene: "switches",
    in: "rec",
    tells: [
      ["two-fields", /\+MQTTREC: ?\d, ?\d/],
      ["one-field", /\+MQTTREC: ?\d/],
    ],
    assumes: "two-fields",
  },
  {
    id: "toQuery",
    asks: "What does AT+MQTTTO? answer?",
    fact: "dialects.md 4.3.7",
    scene: "switches",
    in: "to",
    tells: [
      ["TO", /\+MQTTTO: ?\d/],
      ["REC", /\+MQTTREC: ?\d/],
    ],
    assumes: "TO",
  },
  {
    id: "tlsFailure",
    asks: "Is a stray +QMTOPEN printed when TLS fails?",
    fact: "dialects.md 4.5",
    scene: "refused TLS",
    in: "tls",
    tells: [
      ["qmtopen", /\+QMTOPEN:/],
      ["silent", /ERROR|FAIL|DISC/],
    ],
    assumes: "silent",
  },
  {
    id: "banner",
    asks: "What is printed after a start?",
    fact: "modem-care.md 14 no. 6",
    scene: "restart",
    in: ["AT+TRB", "restart"], // a fast start prints it behind the OK at once
    tells: [
      ["matready", /\+MATREADY/],
      ["cpin", /\+CPIN: ?READY/],
      ["silent", /^/],
    ],
  },
  {
    id: "textQuotes",
    asks: "Is a backslash before a quote an escape in an inline message?",
    fact: "dialects.md 4.3.6",
    scene: "inline messages",
    in: "text",
    tells: [
      ["escape", /3,\s*a"b/],
      ["kept", /a\\"b/],
      ["refused", /ERROR/],
    ],
    assumes: "escape",
    option: "publishing",
  },
  {
    id: "textBackslash",
    asks: "What becomes of a lone backslash in an inline message?",
    fact: "dialects.md 4.3.6",
    scene: "inline messages",
    in: "backslash",
    tells: [
      ["kept", /,a\\b[\r\n]/],
      ["lost", /,ab[\r\n]/],
      ["refused", /ERROR/],
    ],
  },
  {
    id: "emptyPublish",
    asks: 'Is an empty message sent by ""?',
    fact: "dialects.md 4.3.6",
    scene: "inline messages",
    in: "empty",
    tells: [
      ["error", /ERROR/],
      ["sent", /\+MQTTPUBLISH[^\r\n]*,0,/],
    ],
    assumes: "sent",
  },
  ...chinaMobileQuestions(verbs, {
    okOrder: "after",
    topicQuotes: "quoted",
    ackOrder: "dup-first",
    unsubackTopic: "quoted",
    publishStart: "crlf",
    publishEnd: "crlf",
    publishComma: "present",
    publishLength: "exact",
    payloadPlace: "line",
    subackGranted: "decimal",
    subackRefused: "128",
    packetIds: "one-counter",
    qos2Steps: "PUBREC, PUBCOMP, PUBREL",
    strayAcks: "silent",
    ackTimeout: "reconnects",
    reconfigure: "allowed",
    pingWord: "PINGRSP",
  }),
];
