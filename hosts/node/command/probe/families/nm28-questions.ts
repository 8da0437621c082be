// What NM28 is asked: dialects.md, chapters 5, 12 and 14.
import type { Question } from "../question";
import { linesOf } from "../recording";
import { FINAL } from "../wire";
import { colonQuestion } from "./common";
import { result } from "./nm28-result";
import { verbQuestions, type Verbs } from "./verbs";

const loop = (id: string, asks: string, fact: string, tells: Question["tells"], assumes: string, label?: string): Question => ({
  id,
  asks,
  fact,
  scene: "loop",
  in: label,
  tells,
  assumes,
});

/** @param verbs those of the family */
export const nm28Questions = (verbs: Verbs): readonly Question[] => [
  colonQuestion("blanks"),
  loop(
    "resultOrder",
    "Does the result come before OK?",
    "dialects.md 5.1",
    [
      ["before", /\+MQTTSUB:[^]*[\r\n]OK/],
      ["after", /OK[\r\n][^]*\+MQTTSUB:/],
    ],
    "before",
    "sub",
  ),
  {
    id: "failedFinal",
    asks: "Which final follows a bad result?",
    fact: "dialects.md 5.1, 14 no. 5",
    scene: "failures",
    tells: (recording) => {
      const ends = (label: string): boolean => /(?:^|[\r\n])(?:ERROR|\+CME ERROR)/.test(recording.received(label));
      if (!recording.has("refused")) return undefined;
      return ends("failed") ? (ends("refused") ? "error" : "by-result") : "ok";
    },
    assumes: "by-result",
  },
  {
    id: "mqttErrors",
    asks: "Are the errors of MQTT commands as AT+CMEE says?",
    fact: "dialects.md 5.2, 14 no. 5",
    scene: "not connected",
    in: "refused",
    tells: [
      ["cme", /\+CME ERROR/],
      ["plain", /[\r\n]ERROR/],
    ],
    assumes: "plain",
  },
  loop(
    "resultSpace",
    "Does a blank follow the commas of a result?",
    "dialects.md 5.2",
    [
      ["spaced", /\+MQTTOPEN: ?5, \d/],
      ["none", /\+MQTTOPEN: ?5,\d/],
    ],
    "none",
    "open",
  ),
  loop(
    "recvSpace",
    "Do blanks stand in +MQTTRECV?",
    "dialects.md 5.3",
    [
      ["none", /\+MQTTRECV:5,\d/],
      ["session", /\+MQTTRECV: 5,\d/],
      ["table", /\+MQTTRECV: 5, \d/],
    ],
    "none",
  ),
  loop(
    "recvTopic",
    "Does the topic of a message stand in quotes?",
    "dialects.md 5.3",
    [
      ["quoted", /\+MQTTRECV: ?5, ?\d+, ?"/],
      ["bare", /\+MQTTRECV: ?5, ?\d+, ?[^"\s]/],
    ],
    "bare",
  ),
  loop(
    "recvLength",
    "Does the length of a message count its blanks?",
    "dialects.md 5.3",
    [
      ["exact", /, ?8, ?a "b" c!/],
      ["blanks-uncounted", /, ?6, ?a "b" c!/],
    ],
    "exact",
  ),
  loop(
    "recvId",
    "Which packet id has a message at QoS 0?",
    "dialects.md 5.3",
    [
      ["zero", /\+MQTTRECV: ?5, ?0,/],
      ["positive", /\+MQTTRECV: ?5, ?\d/],
    ],
    "positive",
  ),
  {
    id: "recvDefault",
    asks: 'What is the default of "recv/mode"?',
    fact: "dialects.md 14 no. 5",
    scene: "defaults",
    in: "settings",
    tells: [
      ["length", /\+MQTTCFG: ?5\b[^]*?msg_len_enable: ?1/],
      ["no-length", /\+MQTTCFG: ?5\b[^]*?msg_len_enable: ?0/],
    ],
  },
  {
    id: "connRetCode",
    asks: "When has +MQTTCONN a return code?",
    fact: "dialects.md 5.2.4",
    scene: "failures",
    tells: (recording) => {
      if (!result("CONN", "").test(recording.received("silent"))) return undefined;
      if (!result("CONN", "\\d, ?\\d").test(recording.received("refused"))) return "absent";
      return result("CONN", "2, ?\\d").test(recording.received("silent")) ? "always" : "answered";
    },
    assumes: "answered",
  },
  loop(
    "connQuery",
    "For which clients has AT+MQTTCONN? a line?",
    "not documented",
    (recording) => {
      const count = linesOf(recording.received("query")).filter((line) => line.startsWith("+MQTTCONN:")).length;
      return count === 0 ? undefined : count > 5 ? "all" : "opened";
    },
    "opened",
  ),
  loop(
    "subValue",
    "Does +MQTTSUB tell the granted QoS?",
    "dialects.md 5.2.6",
    [
      ["present", result("SUB", "1, ?0, ?\\d")],
      ["absent", result("SUB", "1, ?0")],
    ],
    "present",
    "sub",
  ),
  loop(
    "unsValue",
    "Has +MQTTUNS a value behind its result?",
    "dialects.md 5.2.7",
    [
      ["present", result("UNS", "3, ?0, ?\\d")],
      ["absent", result("UNS", "3, ?0")],
    ],
    "absent",
    "uns",
  ),
  loop(
    "pubValue",
    "Has +MQTTPUBEX a value behind its result?",
    "dialects.md 5.2.8",
    [
      ["present", result("PUBEX", "2, ?0, ?\\d")],
      ["absent", result("PUBEX", "2, ?0")],
    ],
    "absent",
  ),
  {
    id: "pubNotice",
    asks: "How is it reported that a publish is sent again?",
    fact: "dialects.md 5.2.8",
    scene: "no acknowledgement",
    in: "again",
    tells: [
      ["result", result("PUBEX", "31, ?1, ?\\d")],
      ["value", result("PUBEX", "31, ?, ?, ?\\d")],
      ["none", result("PUBEX", "31")],
    ],
    assumes: "none",
  },
  {
    ...loop(
      "ctrlZ",
      "Must Ctrl-Z follow the counted data?",
      "dialects.md 5.4, 14 no. 5",
      [
        ["optional", FINAL],
        ["needed", /^/],
      ],
      "optional",
      "counted",
    ),
    option: "ctrlZ",
    advice: { needed: 'ctrlZ: "always"' },
  },
  {
    id: "ctrlZInside",
    asks: "Does a Ctrl-Z inside the data end them?",
    fact: "dialects.md 5.4, 14 no. 5",
    scene: "Ctrl-Z inside",
    in: "inside",
    tells: [
      ["ends", /ERROR|PUBEX: ?5, ?2, ?-1/],
      ["data", /a\x1ab/],
    ],
    assumes: "data",
  },
  {
    id: "linkLoss",
    asks: "Is a lost link reported?",
    fact: "dialects.md 5.3, 14 no. 5",
    scene: "link lost",
    in: "loss",
    tells: [
      ["stat", /\+MQTTSTAT:/],
      ["disc", /\+MQTTDISC:/],
      ["conn", /\+MQTTCONN:/],
      ["close", /\+MQTTCLOSE:/],
      ["silent", /^/],
    ],
    assumes: "silent",
  },
  {
    id: "afterUnanswered",
    asks: "Is the connection still open after a publish that nobody acknowledged?",
    fact: "not documented",
    scene: "no acknowledgement",
    in: "after",
    tells: [
      ["open", verbs.state.connected],
      ["closed", /OK/],
    ],
    assumes: "closed",
  },
  {
    id: "openAfterLoss",
    asks: "May AT+MQTTOPEN follow a lost link without AT+MQTTCLOSE?",
    fact: "not documented",
    scene: "link lost",
    in: "reopen",
    tells: [
      ["allowed", result("OPEN", "0")],
      ["in-use", result("OPEN", "2")],
    ],
    assumes: "allowed",
  },
  {
    id: "openFailure",
    asks: "Which result has a connection that fails other than by its name?",
    fact: "dialects.md 5.2.2",
    scene: "closed port",
    in: "failed",
    tells: [
      ["connection", result("OPEN", "5")],
      ["general", result("OPEN", "-1")],
    ],
    assumes: "connection",
  },
  {
    id: "tls",
    asks: 'Does "ssl" with 1 make a TLS connection without further settings?',
    fact: "dialects.md 5.2.1",
    scene: "TLS",
    tells: (recording) =>
      recording.notes.includes("the beginning of TLS") ? "connects" : result("OPEN", "-1").test(recording.received("tls")) ? "no-context" : undefined,
    assumes: "connects",
  },
  {
    id: "ctwingPrefix",
    asks: "How is the report of AT+CTWINGPOSTVER spelled?",
    fact: "dialects.md D-11, 14 no. 5",
    scene: "version",
    in: "version",
    tells: [
      ["at", /(?:^|[\r\n])AT\+CTWINGPOSTVER:/],
      ["plus", /(?:^|[\r\n])\+CTWINGPOSTVER:/],
    ],
    assumes: "plus",
  },
  {
    id: "banner",
    asks: "What is the first line after a start?",
    fact: "not documented",
    scene: "restart",
    in: ["AT+CFUN=1,1", "restart"], // a fast start prints it behind the OK at once
    tells: [
      ["rdy", /[\r\n]RDY/],
      ["atready", /\*ATREADY/],
      ["nothing known", /^/],
    ],
  },
  ...verbQuestions(verbs),
];
