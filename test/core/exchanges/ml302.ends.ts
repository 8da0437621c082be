import type { Exchange } from "../support/exchange";
import { HELLO, ONLINE, RECONNECTING, subscribe, UP } from "./ml302";
import { IN_STEP } from "./ready";

/** What is sent when the client goes, and nothing is open any more. */
const GOES = `
  → AT+MQTTDISC\\r
  ← \\r\\nERROR\\r\\n
  → AT+MQTTDEL\\r
  ← \\r\\nOK\\r\\n`;
const PINGS_LOST = "← \\r\\n+MQTTTO:5\\r\\n\n".repeat(3);
const restore = (topic: string, id: number) => `
  → AT+MQTTSUB="${topic}",1\\r
  ← \\r\\n+MQTTSUBACK:${id},1,${topic}\\r\\n
  ← \\r\\nOK\\r\\n`;
/** A subscription whose acknowledgement is owed: OK came first. */
const SUBSCRIBING = '! subscribe a 1\n→ AT+MQTTSUB="a",1\\r\n← \\r\\nOK\\r\\n';
const RECONNECTS = { modem: { modemReconnects: true } };

/** How connections and sessions end, or come back: dialects.md 16.3, every variant of chapter 12, C, and S3. */
export const ENDS: Exchange[] = [
  ...["+MQTTDISC:OK", "+MQTTDISC: OK", "+MQTTDISC:"].map((line) => ({
    name: `disconnects with ${line}`,
    script: `${ONLINE}
      ! disconnect
      → AT+MQTTDISC\\r
      ← \\r\\n${line}\\r\\n
      ← \\r\\nOK\\r\\n
      → AT+MQTTDEL\\r
      ← \\r\\nOK\\r\\n
      = close`,
  })),
  ...["ERROR", "+CME ERROR: 620", "+CME ERROR"].map((final) => ({
    name: `disconnects although the modem is not connected any more: ${final} (C-10)`,
    script: `${ONLINE}
      ! disconnect
      → AT+MQTTDISC\\r
      ← \\r\\n${final}\\r\\n
      → AT+MQTTDEL\\r
      ← \\r\\nERROR\\r\\n
      = close`,
  })),
  {
    name: "disconnects although +MQTTDISC never comes",
    script: `${ONLINE}
      ! disconnect
      → AT+MQTTDISC\\r
      ← \\r\\nOK\\r\\n
      ~ 15000
      → AT+MQTTDEL\\r
      ← \\r\\nOK\\r\\n
      = close`,
  },
  ...["ERROR", "+CME ERROR: 601", "+CME ERROR"].map((final) => ({
    name: `says that the modem refuses MQTTCFG: ${final} (C-10)`,
    script: `${UP.slice(0, UP.indexOf("  ← \\r\\nOK\\r\\n\n  → AT+MQTTTO"))}
      ← \\r\\n${final}\\r\\n
      = error COMMAND_REFUSED${final.includes(":") ? " 601" : ""}${GOES}`,
  })),
  ...([["603", "OPEN_FAILED 603"], ["604", "OPEN_FAILED 604"], ["613", "OPEN_FAILED 613"], ["614", "CONNECTION_REFUSED 614"], ["600", "NOT_ATTACHED 600"]] as const).map(([code, error]) => ({
    name: `says that it could not connect: ${code}`,
    script: `${UP}
      ← \\r\\n+CME ERROR: ${code}\\r\\n
      = error ${error}${GOES}`,
  })),
  {
    name: "says that it could not connect: +CME ERROR without a number, as S3 prints it (C-10)",
    script: `${UP}
      ← \\r\\n+CME ERROR\\r\\n
      = error OPEN_FAILED${GOES}`,
  },
  ...["+MQTTOPEN:FAIL", "+MQTTOPEN: FAIL", "+MQTTCONACK: FAIL"].map((line) => ({
    name: `says that it could not connect: ${line}, then why`,
    script: `${UP}
      ← \\r\\n${line}\\r\\n
      ← \\r\\n+CME ERROR: 614\\r\\n
      = error CONNECTION_REFUSED 614${GOES}`,
  })),
  ...["ERROR", "+CME ERROR", "OK"].map((final) => ({
    name: `says that it could not connect: +MQTTOPEN:FAIL, then ${final}`,
    script: `${UP}
      ← \\r\\n+MQTTOPEN:FAIL\\r\\n
      ← \\r\\n${final}\\r\\n
      = error OPEN_FAILED${GOES}`,
  })),
  {
    name: "says that it could not connect: +QMTOPEN: 0,-1, which a failed TLS handshake prints (4.5)",
    options: { modem: { encrypt: true, version: "2018-10-31" } },
    script: `${UP.replace('"p1",1\\r', '"p1",1,"2018-10-31",1\\r')}
      ← \\r\\n+QMTOPEN: 0,-1\\r\\n
      ~ 1000
      = error OPEN_FAILED${IN_STEP}${GOES}`,
  },
  {
    name: "says that it could not connect when the modem has given up",
    options: RECONNECTS,
    script: `${UP.replace("MQTTREC=0", "MQTTREC=1")}
      ← \\r\\n+MQTTTO:1\\r\\n
      ← \\r\\n+MQTTREC:0\\r\\n
      ~ 100000
      ← \\r\\n+MQTTREC:1\\r\\n
      ~ 100000
      ← \\r\\n+MQTTREC:2\\r\\n
      ← \\r\\n+MQTTDISC:OK\\r\\n
      ← \\r\\nERROR\\r\\n
      = error OPEN_FAILED${GOES}`,
  },
  {
    name: "connects with the modem's second try",
    options: RECONNECTS,
    script: `${UP.replace("MQTTREC=0", "MQTTREC=1")}
      ← \\r\\n+MQTTTO:1\\r\\n
      ← \\r\\n+MQTTREC:0\\r\\n
      ← \\r\\n+MQTTREC:1\\r\\n
      ← \\r\\n+MQTTOPEN:OK\\r\\n
      ← \\r\\nOK\\r\\n
      = connack 0`,
  },
  ...["OK", "+CME ERROR: 605"].map((final) => ({
    name: `tells of a refused subscription: 128, then ${final}`,
    script: `${ONLINE}
      ! subscribe forbidden/# 1
      → AT+MQTTSUB="forbidden/#",1\\r
      ← \\r\\n+MQTTSUBACK: 7,128,forbidden/#\\r\\n
      ← \\r\\n${final}\\r\\n
      = suback 1 [128]
      = done 1`,
  })),
  {
    name: "says that a subscription, an unsubscription and a publish were refused, with their numbers, and goes on",
    script: `${ONLINE}
      ! subscribe a 1
      → AT+MQTTSUB="a",1\\r
      ← \\r\\n+CME ERROR:605\\r\\n
      = failed 1 SUBSCRIPTION_REFUSED 605
      ! unsubscribe a
      → AT+MQTTUNSUB="a"\\r
      ← \\r\\n+CME ERROR: 621\\r\\n
      = failed 2 COMMAND_REFUSED 621
      ! publish t/a qos=1 : hello
      → AT+MQTTPUB="t/a",1,0,0,5\\r
      ← \\r\\n+CME ERROR: 608\\r\\n
      = failed 3 COMMAND_REFUSED 608
      ! publish t/a qos=1 : hello
      → AT+MQTTPUB="t/a",1,0,0,5\\r
      ← \\r\\n>[sp]
      → hello
      ← \\r\\n+CME ERROR: 612\\r\\n
      = failed 4 COMMAND_REFUSED 612${subscribe("b", 5)}`,
  },
  ...([["+CME ERROR: 616", " 616"], ["+CME ERROR: 612", " 612"], ["OK", ""]] as const).map(([final, code]) => ({
    name: `says that a publish was not acknowledged: +MQTTTO: 2, then ${final}`,
    script: `${ONLINE}
      ${HELLO}
      ← \\r\\n+MQTTTO: 2\\r\\n
      ← \\r\\n${final}\\r\\n
      = failed 7 ${code === " 612" ? "COMMAND_REFUSED" : "ACK_TIMEOUT"}${code}${subscribe("b", 1)}`,
  })),
  {
    name: "takes 609, 615 and 619 for nobody's final (6.5)",
    script: `${ONLINE}
      ! subscribe x 1
      → AT+MQTTSUB="x",1\\r
      ← \\r\\n+CME ERROR: 609\\r\\n
      ← \\r\\n+MQTTSUBACK:8,1,x\\r\\n
      ← \\r\\n+CME ERROR: 619\\r\\n
      ← \\r\\nOK\\r\\n
      = suback 1 [1]
      = done 1
      ← \\r\\n+CME ERROR: 609\\r\\n
      ← \\r\\n+CME ERROR:619\\r\\n
      ! publish t/a qos=1 id=7 : hello
      → AT+MQTTPUB="t/a",1,0,0,5\\r
      ← \\r\\n+CME ERROR: 619\\r\\n
      ← \\r\\n>[sp]
      → hello
      ← \\r\\n+CME ERROR: 609\\r\\n
      ← \\r\\n+MQTTPUBACK:0,9\\r\\n
      ← \\r\\nOK\\r\\n
      = puback 7
      = done 7`,
  },
  ...["+MQTTDISC:OK", "+MQTTDISC: OK"].map((line) => ({
    name: `loses the connection where the modem is not to reconnect: ${line}`,
    script: `${ONLINE}
      ${PINGS_LOST}
      ← \\r\\n${line}\\r\\n
      = error LINK_LOST${GOES}`,
  })),
  ...[617, 615].map((code) => ({
    name: `loses the connection where the modem is not to reconnect: ${code}`,
    script: `${ONLINE}
      ← \\r\\n+CME ERROR: ${code}\\r\\n
      ← \\r\\n+MQTTDISC:OK\\r\\n
      = error LINK_LOST ${code}${GOES}`,
  })),
  ...["+MATREADY", "+CPIN: READY", "*ATREADY: 1", "REBOOT_CAUSE_UNKNOWN"].map((line) => ({
    name: `is told that the modem has started anew: ${line}`,
    script: `${ONLINE}
      ${HELLO}
      ← \\r\\n${line}\\r\\n
      = failed 7 MODEM_RESTARTED
      = error MODEM_RESTARTED`,
  })),
  {
    name: "loses the connection while a publish is under way, where the modem is not to reconnect",
    script: `${ONLINE}
      ${HELLO}
      ← \\r\\n+MQTTDISC:OK\\r\\n
      = failed 7 LINK_LOST
      = error LINK_LOST
      → AT+CMEE?\\r
      ← \\r\\n+CME ERROR: 617\\r\\n
      ← \\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n${GOES}`,
  },
  {
    name: "follows a modem that reconnects although it is not to",
    script: `${ONLINE}${subscribe("a", 1)}
      ← \\r\\n+MQTTREC:0\\r\\n
      = stage reconnecting
      ← \\r\\n+MQTTOPEN:OK\\r\\n${restore("a", 2)}
      = stage online`,
  },
  {
    name: "loses the connection, has it back, and subscribes again to what was subscribed, in order",
    options: RECONNECTS,
    script: `${RECONNECTING}${subscribe("a", 1)}${subscribe("b/#", 2)}${subscribe("c", 3)}
      ! unsubscribe b/#
      → AT+MQTTUNSUB="b/#"\\r
      ← \\r\\n+MQTTUNSUBACK:4,"b/#"\\r\\n
      ← \\r\\nOK\\r\\n
      = unsuback 4
      = done 4
      ${PINGS_LOST}
      ← \\r\\n+CME ERROR: 617\\r\\n
      = stage reconnecting
      ← \\r\\n+MQTTREC:0\\r\\n
      ← \\r\\n+MQTTREC:1\\r\\n
      ← \\r\\n+MQTTOPEN:OK\\r\\n${restore("a", 5)}${restore("c", 6)}
      = stage online
      ! publish t/a id=9 : hello
      → AT+MQTTPUB="t/a",0,0,0,5\\r
      ← \\r\\n>[sp]
      → hello
      ← \\r\\nOK\\r\\n
      = done 9`,
  },
  {
    name: "fails what is under way when the connection is lost, and is told when the modem gives up",
    options: RECONNECTS,
    script: `${RECONNECTING}
      ${HELLO}
      ${PINGS_LOST}
      ← \\r\\n+MQTTREC:0\\r\\n
      = failed 7 LINK_LOST
      = stage reconnecting
      → AT+CMEE?\\r
      ← \\r\\n+CME ERROR: 616\\r\\n
      ← \\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n
      ← \\r\\n+MQTTREC:1\\r\\n
      ← \\r\\n+MQTTREC: 2\\r\\n
      ← \\r\\n+CME ERROR: 615\\r\\n
      ← \\r\\n+MQTTDISC:OK\\r\\n
      = error LINK_LOST 615${GOES}`,
  },
  {
    name: "is told when the modem gives up, by +MQTTDISC alone",
    options: RECONNECTS,
    script: `${RECONNECTING}
      ← \\r\\n+MQTTREC:0\\r\\n
      = stage reconnecting
      ← \\r\\n+MQTTREC:1\\r\\n
      ← \\r\\n+MQTTREC:2\\r\\n
      ← \\r\\n+MQTTDISC: OK\\r\\n
      = error LINK_LOST${GOES}`,
  },
  {
    name: "has the connection back without having said that it was lost",
    options: RECONNECTS,
    script: `${RECONNECTING}${subscribe("a", 1)}
      ← \\r\\n+MQTTOPEN:OK\\r\\n
      = stage reconnecting${restore("a", 2)}
      = stage online
      ${HELLO}
      ← \\r\\n+MQTTPUBACK:0,3\\r\\n
      ← \\r\\nOK\\r\\n
      = puback 7
      = done 7`,
  },
  {
    name: "disconnects while the modem is at its tries",
    options: RECONNECTS,
    script: `${RECONNECTING}
      ← \\r\\n+MQTTREC:0\\r\\n
      = stage reconnecting
      ! close
      → AT+MQTTDISC\\r
      ← \\r\\n+MQTTREC:1\\r\\n
      ← \\r\\n+MQTTDISC:OK\\r\\n
      ← \\r\\nOK\\r\\n
      → AT+MQTTDEL\\r
      ← \\r\\nOK\\r\\n`,
  },
  {
    name: "asks how things are, and takes no report for the answer (C-17)",
    options: RECONNECTS,
    script: `${RECONNECTING}
      ! inquire AT+MQTTREC?
      → AT+MQTTREC?\\r
      ← \\r\\n+MQTTREC:0\\r\\n
      ← \\r\\n+MQTTREC: 1,0\\r\\n
      = unanswered LINK_LOST
      = stage reconnecting${IN_STEP}
      ! inquire AT+MQTTREC?
      → AT+MQTTREC?\\r
      ← \\r\\n+MQTTREC:1\\r\\n
      ← \\r\\n+MQTTREC: 1,2\\r\\n
      ← \\r\\nOK\\r\\n
      = answer +MQTTREC: 1,2`,
  },
  {
    name: "AT+MQTTREC? answered with one field, as by older firmware, ended a healthy connection",
    options: RECONNECTS,
    script: `${RECONNECTING}
      ! inquire AT+MQTTREC?
      → AT+MQTTREC?\\r
      ← \\r\\n+MQTTREC: 1\\r\\n
      ← \\r\\nOK\\r\\n
      = answer +MQTTREC: 1
      ! inquire AT+MQTTREC?
      → AT+MQTTREC?\\r
      ← \\r\\n+MQTTREC:0\\r\\n
      ← \\r\\nOK\\r\\n
      = answer +MQTTREC:0${subscribe("b", 1)}`,
  },
  {
    name: "a report was lost when ERROR took the place of the answer to AT+MQTTREC?",
    options: RECONNECTS,
    script: `${RECONNECTING}
      ! inquire AT+MQTTREC?
      → AT+MQTTREC?\\r
      ← \\r\\n+MQTTREC:0\\r\\n
      ← \\r\\nERROR\\r\\n
      = stage reconnecting
      = unanswered COMMAND_REFUSED`,
  },
  {
    name: "a report before the answer to AT+MQTTTO? was handed over as a line of it (6.5)",
    script: `${ONLINE}
      ${SUBSCRIBING}
      ! inquire AT+MQTTTO?
      → AT+MQTTTO?\\r
      ← \\r\\n+MQTTTO: 5\\r\\n
      ← \\r\\n+MQTTTO: 3\\r\\n
      ← \\r\\n+MQTTTO: 10\\r\\n
      = failed 1 ACK_TIMEOUT
      ← \\r\\nOK\\r\\n
      = answer +MQTTTO: 10${subscribe("b", 2)}`,
  },
  ...["ERROR", "+CME ERROR: 4"].map((final) => ({
    name: `a report was lost when ${final} took the place of the answer to AT+MQTTTO?`,
    script: `${ONLINE}
      ${SUBSCRIBING}
      ! inquire AT+MQTTTO?
      → AT+MQTTTO?\\r
      ← \\r\\n+MQTTTO: 3\\r\\n
      ← \\r\\n${final}\\r\\n
      = failed 1 ACK_TIMEOUT
      = unanswered COMMAND_REFUSED${subscribe("b", 2)}`,
  })),
  {
    name: "asks how long acknowledgements may take, and is answered under the wrong name, as by the ancestor (4.3.7)",
    script: `${ONLINE}
      ! inquire AT+MQTTTO?
      → AT+MQTTTO?\\r
      ← \\r\\n+MQTTREC: 10\\r\\n
      ← \\r\\nOK\\r\\n
      = answer +MQTTREC: 10${subscribe("b", 1)}`,
  },
  {
    name: "such an answer was taken for a lost connection when it came late",
    script: `${ONLINE}
      ! inquire AT+MQTTTO?
      → AT+MQTTTO?\\r
      ~ 2000
      = unanswered COMMAND_TIMEOUT
      → AT+CMEE?\\r
      ← \\r\\n+MQTTREC: 10\\r\\n\\r\\nOK\\r\\n
      ← \\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n${subscribe("b", 1)}
      ← \\r\\n+MQTTREC: 10\\r\\n${subscribe("c", 2)}`,
  },
];
