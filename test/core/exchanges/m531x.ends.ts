import type { Exchange } from "../support/exchange";
import { HELLO, ONLINE, subscribe, UP } from "./m531x";

/** What is sent when the client goes, and nothing is open any more. */
const GOES = `
  → AT+MQTTDISC\\r
  ← \\r\\n+CME ERROR: 3\\r\\n
  → AT+MQTTDEL\\r
  ← \\r\\nOK\\r\\n`;
const PINGS_LOST = "← \\r\\n+MQTTTO:5\\r\\n\n".repeat(3);
const restore = (topic: string, id: number) => `
  → AT+MQTTSUB="${topic}",1\\r
  ← \\r\\nOK\\r\\n
  ← \\r\\n+MQTTSUBACK:${id},1,${topic}\\r\\n`;

/** How connections and sessions end, or come back: dialects.md 16.2, every variant of chapter 12, B, and S2. */
export const ENDS: Exchange[] = [
  ...["+MQTTDISC:OK", "+MQTTDISC: OK", "+MQTTDISC:"].map((line) => ({
    name: `disconnects with ${line}`,
    script: `${ONLINE}
      ! disconnect
      → AT+MQTTDISC\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n${line}\\r\\n
      → AT+MQTTDEL\\r
      ← \\r\\nOK\\r\\n
      = close`,
  })),
  {
    name: "disconnects although the modem is not connected any more, and its +MQTTDISC never comes",
    script: `${ONLINE}
      ! disconnect
      → AT+MQTTDISC\\r
      ← \\r\\n+CME ERROR: 3\\r\\n
      → AT+MQTTDEL\\r
      ← \\r\\nERROR\\r\\n
      = close`,
  },
  {
    name: "disconnects although +MQTTDISC never comes",
    script: `${ONLINE}
      ! disconnect
      → AT+MQTTDISC\\r
      ← \\r\\nOK\\r\\n
      ~ 10000
      → AT+MQTTDEL\\r
      ← \\r\\nOK\\r\\n
      = close`,
  },
  ...["+MQTTOPEN:FAIL", "+MQTTOPEN: FAIL", "+MQTTCONACK: FAIL", "+QMTOPEN: 0,-1"].map((line) => ({
    name: `says that it could not connect: ${line}`,
    script: `${UP}
      ← \\r\\n${line}\\r\\n
      = error OPEN_FAILED${GOES}`,
  })),
  ...[1, 2, 3, 4, 5].map((code) => ({
    name: `says that the broker refuses the connection with ${code}`,
    script: `${UP}
      ← \\r\\n+MQTTOPEN: ${code},0\\r\\n
      = error CONNECTION_REFUSED ${code}${GOES}`,
  })),
  {
    name: "says that the connection could not be opened when the modem has given up",
    script: `${UP}
      ← \\r\\n+MQTTTO:1\\r\\n
      ← \\r\\n+MQTTREC:0\\r\\n
      ~ 50000
      ← \\r\\n+MQTTREC:1\\r\\n
      ~ 50000
      ← \\r\\n+MQTTREC:2\\r\\n
      ← \\r\\n+MQTTDISC:OK\\r\\n
      = error OPEN_FAILED${GOES}`,
  },
  {
    name: "connects with the modem's second try",
    script: `${UP}
      ← \\r\\n+MQTTTO:1\\r\\n
      ← \\r\\n+MQTTREC:0\\r\\n
      ← \\r\\n+MQTTREC:1\\r\\n
      ← \\r\\n+MQTTOPEN:OK\\r\\n
      = connack 0`,
  },
  {
    name: "says that a publish was not acknowledged in time, and that a late answer to DISC is nobody's",
    script: `${ONLINE}
      ${HELLO}
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTTO:2\\r\\n
      = failed 7 ACK_TIMEOUT
      ! disconnect
      → AT+MQTTDISC\\r
      ← \\r\\n+CME ERROR: 3\\r\\n
      → AT+MQTTDEL\\r
      ← \\r\\nOK\\r\\n
      = close`,
  },
  {
    name: "tells of the answers to pings, in either spelling (B-4), and is not moved by lost ones",
    options: { modem: { showPings: true } },
    script: `${ONLINE.replace("MQTTPING=0", "MQTTPING=1")}
      ← \\r\\n+MQTTPINGRESP:OK\\r\\n
      ← \\r\\n+MQTTPINGRSP:OK\\r\\n
      ← \\r\\n+MQTTPINGRSP: OK\\r\\n
      = pingresp
      = pingresp
      = pingresp
      ${PINGS_LOST}${subscribe("a", 1)}`,
  },
  {
    name: "loses the connection, has it back, and subscribes again to what was subscribed, in order",
    script: `${ONLINE}${subscribe("a", 1)}${subscribe("b/#", 2)}${subscribe("c", 3)}
      ! unsubscribe b/#
      → AT+MQTTUNSUB="b/#"\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTUNSUBACK:4,b/#\\r\\n
      = unsuback 4
      = done 4
      ${PINGS_LOST}
      ← \\r\\n+MQTTREC:0\\r\\n
      = stage reconnecting
      ← \\r\\n+MQTTOPEN:OK\\r\\n${restore("a", 5)}${restore("c", 6)}
      = stage online
      ! publish t/a id=9 : hello
      → AT+MQTTPUB="t/a",0,0,0,5,"68656C6C6F"\\r
      ← \\r\\nOK\\r\\n
      = done 9`,
  },
  {
    name: "fails what is under way when the connection is lost, and is told when the modem gives up",
    script: `${ONLINE}
      ${HELLO}
      ← \\r\\nOK\\r\\n
      ${PINGS_LOST}
      ← \\r\\n+MQTTREC:0\\r\\n
      = failed 7 LINK_LOST
      = stage reconnecting
      ← \\r\\n+MQTTREC:1\\r\\n
      ← \\r\\n+MQTTREC: 2\\r\\n
      ← \\r\\n+MQTTDISC:OK\\r\\n
      = error LINK_LOST${GOES}`,
  },
  {
    name: "loses the connection for good without a try",
    script: `${ONLINE}
      ${HELLO}
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTDISC: OK\\r\\n
      = failed 7 LINK_LOST
      = error LINK_LOST${GOES}`,
  },
  {
    name: "has the connection back without having said that it was lost",
    script: `${ONLINE}${subscribe("a", 1)}
      ${HELLO}
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTOPEN: OK\\r\\n
      = failed 7 LINK_LOST
      = stage reconnecting${restore("a", 8)}
      = stage online
      ! publish t/a id=9 : hello
      → AT+MQTTPUB="t/a",0,0,0,5,"68656C6C6F"\\r
      ← \\r\\nOK\\r\\n
      = done 9`,
  },
  ...["*ATREADY: 1", "+CFUN: 1\\r\\n\\r\\n+CPIN: READY", "+MATREADY", "REBOOT_CAUSE_SECURITY_RESET_PIN"].map((line) => ({
    name: `is told that the modem has started anew (1, rule 10): ${line}`,
    script: `${ONLINE}
      ${HELLO}
      ← \\r\\n${line}\\r\\n
      = failed 7 MODEM_RESTARTED
      = error MODEM_RESTARTED`,
  })),
  {
    name: "says why the modem refused a publish, with its number, in words, and with nothing",
    script: `${ONLINE}
      ${["+CME ERROR: 50", "+CME ERROR: incorrect parameters", "ERROR", "+CME ERROR"].map((final, index) => `
      ! publish t/a : hello
      → AT+MQTTPUB="t/a",0,0,0,5,"68656C6C6F"\\r
      ← \\r\\n${final}\\r\\n
      = failed ${index + 1} COMMAND_REFUSED${index === 0 ? " 50" : ""}`).join("")}`,
  },
];
