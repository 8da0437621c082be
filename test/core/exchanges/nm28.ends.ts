import type { Exchange } from "../support/exchange";
import { CONFIGURED, hello, ONLINE, subscribe, UP } from "./nm28";
import { IN_STEP } from "./ready";

/** What is sent when the client goes. */
const GOES = `
  → AT+MQTTCLOSE=0\\r
  ← \\r\\nERROR\\r\\n`;

/** `+MQTTPUBEX` after the id, by type: what it means (D-6). */
const RESULTS: [type: number, fields: string, good: boolean][] = [
  [0, ",0", true], [0, ",0,1", true], [0, ",0,,1", true], [0, "", true], [0, ",-1", false], [0, ",-1,3", false],
  [1, ",0", true], [1, ",,0", true], [1, ",,0,1", true], [1, ",0,1", true], [1, ",-1", false], [1, ",,-1", false], [1, ",,-1,3", false],
  [2, ",0,0", true], [2, ",0,0,1", true], [2, ",0,-1", false], [2, ",-1,0", false], [2, ",-1,-1", false], [2, ",0,-1,3", false], [2, ",-1", false],
];

/** The same where the modem has asked for notices and sends a packet again: 1 in a result's place, or how often behind them. */
const PROGRESS: [type: number, fields: string][] = [
  [0, ",1,1"], [0, ",1"], [0, ",,,1"], [0, ",1,,1"], [1, ",,1,1"], [1, ",1,1"], [1, ",,,1"], [2, ",1,,1"], [2, ",1,1,1"], [2, ",0,1,2"], [2, ",,1"], [2, ",,,3"],
];

const POLL = `
  ~ 30000
  → AT+MQTTCONN?\\r`;
/** What says nothing of the client is asked again at once. */
const AGAIN = `
  → AT+MQTTCONN?\\r`;
/** A loss that is told of while the poll's OK is owed. */
const LOST_WHILE_ASKING = `
  = error LINK_LOST${IN_STEP}${GOES}`;

/** Results by type, failures, polls, losses, and how sessions end: dialects.md 16.4, every variant of chapter 12, D, and S4. */
export const ENDS: Exchange[] = [
  ...["+MQTTDISC:0,0", "+MQTTDISC: 0, 0", "+MQTTDISC:0,-1"].map((line) => ({
    name: `disconnects with ${line}`,
    script: `${ONLINE}
      ! disconnect
      → AT+MQTTDISC=0\\r
      ← \\r\\n${line}\\r\\n
      ← \\r\\nOK\\r\\n
      → AT+MQTTCLOSE=0\\r
      ← \\r\\n+MQTTCLOSE:0,0\\r\\n
      ← \\r\\nOK\\r\\n
      = close`,
  })),
  {
    name: "disconnects although every OK comes first (X-1), and closing fails",
    script: `${ONLINE}
      ! disconnect
      → AT+MQTTDISC=0\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTDISC:0,0\\r\\n
      → AT+MQTTCLOSE=0\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTCLOSE:0,-1\\r\\n
      = close`,
  },
  {
    name: "disconnects although neither +MQTTDISC nor +MQTTCLOSE ever comes",
    script: `${ONLINE}
      ! disconnect
      → AT+MQTTDISC=0\\r
      ← \\r\\nOK\\r\\n
      ~ 1000
      → AT+MQTTCLOSE=0\\r
      ← \\r\\nOK\\r\\n
      ~ 1000
      = close`,
  },
  {
    name: "disconnects although the modem refuses it all",
    script: `${ONLINE}
      ! disconnect
      → AT+MQTTDISC=0\\r
      ← \\r\\nERROR\\r\\n
      → AT+MQTTCLOSE=0\\r
      ← \\r\\n+MQTTCLOSE:0,-1\\r\\n
      ← \\r\\nERROR\\r\\n
      = close`,
  },
  ...[-1, 1, 2, 3, 4, 5].flatMap((result) => ["ERROR", "OK"].map((final) => ({
    name: `says that it could not connect: +MQTTOPEN:0,${result}, then ${final}`,
    script: `${CONFIGURED}
      ← \\r\\n+MQTTOPEN:0,${result}\\r\\n
      ← \\r\\n${final}\\r\\n
      = error OPEN_FAILED ${result}${GOES}`,
  }))),
  ...[1, 2, 3, 4, 5].flatMap((code) => ["ERROR", "OK"].map((final) => ({
    name: `says that the broker refuses the connection with ${code}, then ${final} (D-7)`,
    script: `${UP}
      ← \\r\\n+MQTTCONN:0,0,${code}\\r\\n
      ← \\r\\n${final}\\r\\n
      = error CONNECTION_REFUSED ${code}${GOES}`,
  }))),
  ...["0,2", "0,2,0", " 0, 2"].map((fields) => ({
    name: `says that the broker never answered CONNECT: +MQTTCONN:${fields}, retransmissions being no end`,
    script: `${UP}
      ← \\r\\n+MQTTCONN:0,1\\r\\n
      ~ 40000
      ← \\r\\n+MQTTCONN:0,1,2\\r\\n
      ~ 40000
      ← \\r\\n+MQTTCONN:${fields}\\r\\n
      ← \\r\\nERROR\\r\\n
      = error CONNECT_FAILED 2${GOES}`,
  })),
  {
    name: "tells of a refused subscription, of one that was never acknowledged, and of the same without a code",
    script: `${ONLINE}
      ! subscribe forbidden/# 1 id=6
      → AT+MQTTSUB=0,6,"forbidden/#",1\\r
      ← \\r\\n+MQTTSUB:0,6,0,128\\r\\n
      ← \\r\\nOK\\r\\n
      = suback 6 [128]
      = done 6
      ! subscribe a 1 id=7
      → AT+MQTTSUB=0,7,"a",1\\r
      ← \\r\\n+MQTTSUB:0,7,1,1\\r\\n
      ← \\r\\n+MQTTSUB:0,7,2\\r\\n
      ← \\r\\nERROR\\r\\n
      = failed 7 SUBSCRIBE_FAILED 2
      ! unsubscribe a id=8
      → AT+MQTTUNS=0,8,"a"\\r
      ← \\r\\n+MQTTUNS:0,8,2\\r\\n
      ← \\r\\nOK\\r\\n
      = failed 8 UNSUBSCRIBE_FAILED 2
      ! subscribe a 1 id=9
      → AT+MQTTSUB=0,9,"a",1\\r
      ← \\r\\nERROR\\r\\n
      = failed 9 COMMAND_REFUSED${subscribe("b", 1)}`,
  },
  ...RESULTS.map(([type, fields, good]) => ({
    name: `takes +MQTTPUBEX:0,4${fields} for ${good ? "success" : "a failure"} of a publish of type ${type}`,
    options: { modem: { type } },
    script: `${ONLINE}
      ${hello(4, type)}
      ← \\r\\n+MQTTPUBEX:0,4${fields}\\r\\n
      ← \\r\\nOK\\r\\n
      ${good ? "= puback 4\n= done 4" : "= failed 4 PUBLISH_FAILED -1"}${subscribe("b", 1)}`,
  })),
  ...PROGRESS.map(([type, fields]) => ({
    name: `+MQTTPUBEX:0,4${fields}, a notice that the packet is sent again, ended a publish of type ${type}`,
    options: { modem: { type, pollInterval: 0 } },
    script: `${ONLINE}
      ${hello(4, type)}
      ~ 300
      → <1A>
      ~ 39700
      ← \\r\\n+MQTTPUBEX:0,4${fields}\\r\\n
      ~ 40000
      ← \\r\\n+MQTTPUBEX:0,4${fields}\\r\\n
      ~ 40000
      ← \\r\\n+MQTTPUBEX:0,4${type === 1 ? "," : ""},0${type === 2 ? ",0" : ""}\\r\\n
      ← \\r\\nOK\\r\\n
      = puback 4
      = done 4${subscribe("b", 1)}`,
  })),
  ...[0, 1, 2].flatMap((type) => [["ERROR", ""], ["+CME ERROR: 3", " 3"]].map(([final, code]) => ({
    name: `a report without a result, then ${final}, was taken for success of a publish of type ${type}`,
    options: { modem: { type } },
    script: `${ONLINE}
      ${hello(7, type)}
      ← \\r\\n+MQTTPUBEX:0,7\\r\\n
      ← \\r\\n${final}\\r\\n
      = failed 7 COMMAND_REFUSED${code}${subscribe("b", 1)}`,
  }))),
  {
    name: "a report without a result, then nothing, was taken for success",
    script: `${ONLINE}
      ${hello(7)}
      ← \\r\\n+MQTTPUBEX:0,7\\r\\n
      ~ 1000
      = failed 7 COMMAND_TIMEOUT${IN_STEP}${subscribe("b", 1)}`,
  },
  {
    name: "takes a report without a result for success where OK came first",
    script: `${ONLINE}
      ${hello(7)}
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTPUBEX:0,7\\r\\n
      = puback 7
      = done 7${subscribe("b", 1)}`,
  },
  {
    name: "says that the modem took the payload for longer or shorter than it was",
    script: `${ONLINE}
      ${hello(7)}
      ← \\r\\n+MQTTPUBEX:0,7,-1\\r\\n
      ← \\r\\nERROR\\r\\n
      = failed 7 PUBLISH_FAILED -1${subscribe("b", 1)}`,
  },
  {
    name: "says that the modem refuses a length that the application has allowed",
    options: { modem: { limits: { payload: 2049 } } },
    script: `${ONLINE}
      ! publish t/a qos=1 id=8 : ${"x".repeat(2049)}
      → AT+MQTTPUBEX=0,8,1,0,0,"t/a",2049\\r
      ← \\r\\nERROR\\r\\n
      = failed 8 COMMAND_REFUSED${subscribe("b", 1)}`,
  },
  ...["0,1", " 0, 1"].map((fields) => ({
    name: `asks how the connection is, and is told that it is there: +MQTTCONN:${fields}`,
    script: `${ONLINE}${`${POLL}
      ← \\r\\n+MQTTCONN:${fields}\\r\\n\\r\\n+MQTTCONN:1,0\\r\\n\\r\\nOK\\r\\n`.repeat(2)}${subscribe("a", 1)}`,
  })),
  {
    name: "asks how the connection is, and is told that it is lost",
    script: `${ONLINE}${POLL}
      ← \\r\\n+MQTTCONN:0,0\\r\\n\\r\\nOK\\r\\n${LOST_WHILE_ASKING}`,
  },
  {
    name: "asks how the connection is after a message that only looks like an answer",
    script: `${ONLINE}${POLL}
      ← \\r\\n+MQTTRECV:0,1,t,17,\\r\\n+MQTTCONN:0,0\\r\\n\\r\\n
      = message t \\r\\n+MQTTCONN:0,0\\r\\n
      ← \\r\\n+MQTTCONN:0,1\\r\\n\\r\\nOK\\r\\n${subscribe("a", 1)}`,
  },
  ...["OK", "+MQTTCONN:1,1\\r\\n\\r\\nOK", "ERROR", "+CME ERROR: 3"].map((answer) => ({
    name: `asks how the connection is, and takes ${answer.replace(/\\r\\n/g, " ")} three times in a row for its loss`,
    script: `${ONLINE}${POLL}
      ← \\r\\n${answer}\\r\\n${`${AGAIN}
      ← \\r\\n${answer}\\r\\n`.repeat(2)}
      = error LINK_LOST${GOES}`,
  })),
  {
    name: "asks how the connection is, and counts anew what says nothing once it is told that the connection is there",
    script: `${ONLINE}${["OK", "ERROR", "+MQTTCONN:0,1\\r\\n\\r\\nOK", "ERROR", "OK", "+MQTTCONN:0,1\\r\\n\\r\\nOK"].map((answer, index) => `${index % 3 === 0 ? POLL : AGAIN}
      ← \\r\\n${answer}\\r\\n`).join("")}${subscribe("a", 1)}`,
  },
  ...["+MQTTSTAT:0,1", "+MQTTSTAT: 0, 7", "+MQTTDISC:0,0", "+MQTTCLOSE:0,0", "+MQTTCONN:0,0"].map((line) => ({
    name: `loses the connection while a publish is acknowledged: ${line}`,
    script: `${ONLINE}
      ${hello(7)}
      ← \\r\\n+MQTTPUBEX:0,7,0\\r\\n
      ← \\r\\nOK\\r\\n
      = puback 7
      = done 7
      ← \\r\\n${line}\\r\\n
      = error LINK_LOST${GOES}`,
  })),
  {
    name: "loses the connection while a publish is under way",
    script: `${ONLINE}
      ${hello(7)}
      ← \\r\\n+MQTTSTAT:0,1\\r\\n
      = failed 7 LINK_LOST
      = error LINK_LOST
      → AT+CMEE?\\r
      ← \\r\\n+MQTTPUBEX:0,7,-1\\r\\n
      ← \\r\\nERROR\\r\\n
      ← \\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n${GOES}`,
  },
  ...["RDY", "*ATREADY: 1"].map((line) => ({
    name: `is told that the modem has started anew: ${line}`,
    script: `${ONLINE}
      ! subscribe a 1 id=3
      → AT+MQTTSUB=0,3,"a",1\\r
      ← \\r\\n${line}\\r\\n
      = failed 3 MODEM_RESTARTED
      = error MODEM_RESTARTED`,
  })),
];
