// China Mobile M5310-A, M5311, M5312 and M5313: dialects.md, chapters 3, 12 and 14.
import type { Question, Scene, Table } from "../question";
import { blanksOf, chinaMobileQuestions, chinaMobileScenes, CONNECT, LEAVE, subscribe, type Publish } from "./china-mobile";
import { colonQuestion } from "./common";
import type { Verbs } from "./verbs";

const hex = (text: string): string => Buffer.from(text, "latin1").toString("hex").toUpperCase();

const publish: Publish = (topic, payload, QoS, as, then) => {
  const isFill = payload === "{payloadFill}";
  return [
    {
      at: `AT+MQTTPUB="${topic}",${QoS},0,0,${isFill ? "{payloadLimit}" : payload.length},"${isFill ? "{payloadFillHex}" : hex(payload)}"`,
      final: 30_000,
      then,
      within: 20_000,
      as,
    },
  ];
};

const verbs: Verbs = {
  connect: CONNECT,
  leave: LEAVE,
  subscribe: (filter) => [{ ...subscribe(filter, 1, "subscribed"), must: /SUBACK/ }],
  publish: (topic, payload, as, then) => publish(topic, payload, 0, as, then),
  state: { at: "AT+MQTTSTAT?", connected: /\+MQTTSTAT: ?5/ },
};

const scenes: readonly Scene[] = [
  { id: "model", steps: [{ at: "AT+CGMM" }, { at: "ATI" }] },
  ...chinaMobileScenes(publish, verbs, []),
  {
    id: "texts",
    needs: ["broker"],
    steps: [
      ...CONNECT,
      ...verbs.subscribe("{topic}"),
      { at: 'AT+MQTTPUB="{topic}",0,0,0,"x"', as: "no length", then: /PUBLISH/, within: 1000 },
      { at: 'AT+MQTTPUB="{topic}",0,0,0,0,"a\\"b"', then: /a\\*"b/, within: 10_000, as: "text" },
      { at: 'AT+MQTTPUB="{topic}",0,0,0,0,""', then: /\+MQTTPUBLISH[^\r\n]*,0,/, within: 10_000, as: "empty" },
    ],
    leave: LEAVE,
  },
];

const questions: readonly Question[] = [
  colonQuestion("loop"),
  {
    id: "model",
    asks: "Which module is it?",
    fact: "dialects.md 0.2",
    scene: "model",
    tells: [
      ["m5310a", /M5310-?A/],
      ["m5311", /M5311/],
      ["m5312", /M5312/],
      ["m5313", /M5313/],
    ],
    assumes: "m5311",
    option: "model",
    advice: { m5310a: 'model: "M5310-A"', m5312: 'model: "M5312"', m5313: 'model: "M5313"' },
  },
  {
    id: "spacing",
    asks: "Which reports have a blank behind the colon?",
    fact: "dialects.md B-5",
    scene: "loop",
    tells: (recording) => {
      const blanks = blanksOf(recording, "SUBACK", "PUBACK");
      return blanks && (blanks[0] ? (blanks[1] ? "m5311" : "tables") : "m5310a");
    },
  },
  {
    id: "openResult",
    asks: "How is a refused CONNECT told?",
    fact: "dialects.md B-17, 14 no. 3",
    scene: "refused connection",
    in: "refused",
    tells: [
      ["conack", /CONACK/],
      ["codes", /\+MQTTOPEN: ?\d/],
      ["words", /\+MQTTOPEN: ?FAIL/],
    ],
    assumes: "words",
  },
  {
    id: "errorNumbers",
    asks: "Are the errors of MQTT commands numbered?",
    fact: "dialects.md 14 no. 3",
    scene: "settings",
    in: "idle",
    tells: [
      ["numbered", /\+CME ERROR: ?\d/],
      ["bare", /ERROR/],
    ],
    assumes: "numbered",
  },
  {
    id: "cfgRead",
    asks: "How does AT+MQTTCFG? answer?",
    fact: "dialects.md B-7",
    scene: "settings",
    in: "settings",
    tells: [
      ["table", /AT\+MQTTCFG:/],
      ["mixed", /\+MQTTCFG: ?"[^\r\n]*,"\*+"/],
      ["example", /\+MQTTCFG: ?"[^\r\n]*,\*+,/],
    ],
    assumes: "example",
  },
  {
    id: "msgLen",
    asks: "Must AT+MQTTPUB have msg_len?",
    fact: "dialects.md 3.3",
    scene: "texts",
    in: "no length",
    tells: [
      ["optional", /OK/],
      ["required", /ERROR/],
    ],
    assumes: "required",
  },
  {
    id: "textQuotes",
    asks: "Is a backslash before a quote an escape in a message of text?",
    fact: "dialects.md 3.3, 14 no. 3",
    scene: "texts",
    in: "text",
    tells: [
      ["escape", /3,\s*a"b/],
      ["kept", /a\\"b/],
      ["refused", /ERROR/],
    ],
  },
  {
    id: "emptyPublish",
    asks: 'Is an empty message sent by 0,""?',
    fact: "dialects.md 3.3",
    scene: "texts",
    in: "empty",
    tells: [
      ["error", /ERROR/],
      ["sent", /\+MQTTPUBLISH[^\r\n]*,0,/],
    ],
    assumes: "sent",
  },
  {
    id: "statAfterDisc",
    asks: "What is AT+MQTTSTAT? after +MQTTDISC?",
    fact: "dialects.md 3.4",
    scene: "loop",
    in: "behind",
    tells: [
      ["disconnected", /STAT: ?2/],
      ["initialised", /STAT: ?1/],
    ],
    assumes: "disconnected",
  },
  ...chinaMobileQuestions(verbs, {
    okOrder: "before",
    topicQuotes: "bare",
    ackOrder: "id-first",
    unsubackTopic: "bare",
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
    pingWord: "PINGRESP",
  }),
];

/** Set up, or more. */
const busy = { at: "AT+MQTTSTAT?", when: /\+MQTTSTAT: ?[1-9]/ };

export const m531x: Table = { busy, kept: [], scenes, questions };
