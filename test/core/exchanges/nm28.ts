import type { Exchange } from "../support/exchange";
import { READY } from "./ready";

/** As far as the command that opens the connection, with the options that all exchanges have by default. */
export const CONFIGURED = `${READY}
  → AT+MQTTCLOSE=0\\r
  ← \\r\\nERROR\\r\\n
  → AT+MQTTCFG="version",0,4\\r
  ← \\r\\nOK\\r\\n
  → AT+MQTTCFG="pdpcid",0,1\\r
  ← \\r\\nOK\\r\\n
  → AT+MQTTCFG="ssl",0,0,0\\r
  ← \\r\\nOK\\r\\n
  → AT+MQTTCFG="keepalive",0,120\\r
  ← \\r\\nOK\\r\\n
  → AT+MQTTCFG="session",0,1\\r
  ← \\r\\nOK\\r\\n
  → AT+MQTTCFG="timeout",0,10,3,1\\r
  ← \\r\\nOK\\r\\n
  → AT+MQTTCFG="will",0,0\\r
  ← \\r\\nOK\\r\\n
  → AT+MQTTCFG="recv/mode",0,0,1\\r
  ← \\r\\nOK\\r\\n
  → AT+MQTTCFG="cached",0,0\\r
  ← \\r\\nERROR\\r\\n
  → AT+MQTTOPEN=0,"broker.example.com",1883\\r
`;

/** As far as the command that sends CONNECT. */
export const UP = `${CONFIGURED}
  ← \\r\\n+MQTTOPEN:0,0\\r\\n
  ← \\r\\nOK\\r\\n
  → AT+MQTTCONN=0,"dev-1","u1","p1"\\r
`;

/** The same, connected. */
export const ONLINE = `${UP}
  ← \\r\\n+MQTTCONN:0,0,0\\r\\n
  ← \\r\\nOK\\r\\n
  = connack 0
`;

/** A publish as far as its payload; its type is 0, 1 or 2. */
export const hello = (id: number, type = 0, QoS = 1) =>
  `! publish t/a qos=${QoS} id=${id} : hello\n→ AT+MQTTPUBEX=0,${id},${QoS},0,${type},"t/a",5\\r\n← \\r\\nCONNECT\\r\\n\n→ hello`;
export const subscribe = (topic: string, id: number) => `
  ! subscribe ${topic} 1 id=${id}
  → AT+MQTTSUB=0,${id},"${topic}",1\\r
  ← \\r\\n+MQTTSUB:0,${id},0,1\\r\\n
  ← \\r\\nOK\\r\\n
  = suback ${id} [1]
  = done ${id}`;

/** Every result before its OK, changed to every OK before its result. */
const okFirst = (script: string) => script.replace(/← (\\r\\n\+MQTT\w+:.*)\n(\s*)← \\r\\nOK\\r\\n/g, "← \\r\\nOK\\r\\n\n$2← $1");

/** Connecting, and what a session consists of: dialects.md 16.4, every variant of chapter 12, D, and S4. */
export const SESSIONS: Exchange[] = [
  { name: "connects", script: ONLINE },
  { name: "connects where blanks follow colons and commas (D-8)", script: ONLINE.replace("OPEN:0,0", "OPEN: 0, 0").replace("CONN:0,0,0", "CONN: 0, 0, 0") },
  { name: "connects although every OK comes before its result (X-1)", script: okFirst(ONLINE) },
  {
    name: "connects where an earlier run's connection is still open, and the modem knows \"cached\"",
    script: ONLINE.replace("← \\r\\nERROR\\r\\n", "← \\r\\n+MQTTCLOSE:0,0\\r\\n\n  ← \\r\\nOK\\r\\n").replace('"cached",0,0\\r\n  ← \\r\\nERROR', '"cached",0,0\\r\n  ← \\r\\nOK'),
  },
  {
    name: "connects with a will (qos before retain), with TLS, and with all else that can be set",
    options: {
      protocolVersion: 3, keepAlive: 60_000, clean: false, will: { topic: "dev-1/state", message: "offline", QoS: 1, retain: false },
      modem: { pdpContext: 2, sslContext: 5, packetTimeout: 60, retries: 10 },
    },
    script: ONLINE.replace('"version",0,4', '"version",0,3').replace('"pdpcid",0,1', '"pdpcid",0,2').replace('"ssl",0,0,0', '"ssl",0,1,5')
      .replace('"keepalive",0,120', '"keepalive",0,60').replace('"session",0,1', '"session",0,0').replace("0,10,3,1", "0,60,10,1")
      .replace('"will",0,0', '"will",0,1,1,0,"dev-1/state","offline"'),
  },
  {
    name: "connects with an empty will of QoS 2, retained, without user and password, and as client 5",
    options: { user: undefined, password: undefined, will: { topic: "w", message: "", QoS: 2, retain: true }, modem: { link: 5 } },
    script: ONLINE.replace(/(AT\+MQTT\w+=(?:"[\w/]+",)?|\+MQTT\w+:)0/g, "$15").replace('"will",5,0', '"will",5,1,2,1,"w",""').replace('"u1","p1"', '"",""'),
  },
  ...["+CTWINGPOSTVER:0", "+CTWINGPOSTVER: 0", "AT+CTWINGPOSTVER:0"].map((line) => ({
    name: `connects to CTWing as S4's session does, is sent a command before it subscribes, and reports its version: ${line} (D-11)`,
    options: {
      host: "mqtt.ctwing.cn", id: "1701491811", user: "15312630", password: "LB-LoWsiCJI1txEujy4ZQLbbmssx2G5YdkMAUYv5yVo", modem: { reportVersion: true },
    },
    script: `${ONLINE.replace("broker.example.com", "mqtt.ctwing.cn").replace('"dev-1","u1","p1"', '"1701491811","15312630","LB-LoWsiCJI1txEujy4ZQLbbmssx2G5YdkMAUYv5yVo"')
      .replace("= connack 0", `→ AT+CTWINGPOSTVER=0\\r\n  ← \\r\\n${line}\\r\\n\n  ← \\r\\nOK\\r\\n\n  = connack 0`)}
      ← \\r\\n+MQTTRECV: 0,1, valve_onoff_cmd, 40, {"taskId":5,"payload":{"valve_onoff":1}}\\r\\n
      = message valve_onoff_cmd {"taskId":5,"payload":{"valve_onoff":1}}
      ! subscribe data_report 1
      → AT+MQTTSUB=0,1,"data_report",1\\r
      ← +MQTTSUB:0,1,0,1\\r\\n
      ← OK\\r\\n
      = suback 1 [1]
      = done 1
      ! publish data_report qos=1 retain id=1 : {"water_flow":1}
      → AT+MQTTPUBEX=0,1,1,1,0,"data_report",16\\r
      ← CONNECT\\r\\n
      → {"water_flow":1}
      ← +MQTTPUBEX:0,1,0\\r\\n
      ← OK\\r\\n
      = puback 1
      = done 1
      ! disconnect
      → AT+MQTTDISC=0\\r
      ← +MQTTDISC:0,0\\r\\n
      ← OK\\r\\n
      → AT+MQTTCLOSE=0\\r
      ← +MQTTCLOSE:0,0\\r\\n
      ← OK\\r\\n
      = close`,
  })),
  ...["+CTWINGPOSTVER:1\\r\\n\\r\\nOK", "ERROR", "+CME ERROR: 3"].map((answer) => ({
    name: `connects though its version cannot be reported: ${answer.replace(/\\r\\n/g, " ")}`,
    options: { modem: { reportVersion: true } },
    script: ONLINE.replace("= connack 0", `→ AT+CTWINGPOSTVER=0\\r\n  ← \\r\\n${answer}\\r\\n\n  = connack 0`),
  })),
  {
    name: "subscribes and unsubscribes, in every written form (D-8, D-18), retransmissions being no end, or OK first",
    script: `${ONLINE}${subscribe("cmd/dev-1", 1)}${okFirst(subscribe("a", 2))}
      ! subscribe b 2
      → AT+MQTTSUB=0,1,"b",2\\r
      ← \\r\\n+MQTTSUB: 0, 1, 1, 1\\r\\n
      ~ 40000
      ← \\r\\n+MQTTSUB: 0, 1, 1, 2\\r\\n
      ~ 40000
      ← \\r\\n+MQTTSUB: 0, 1, 0, 2\\r\\n
      ← \\r\\nOK\\r\\n
      = suback 1 [2]
      = done 1
      ${["0,5,0", " 0,5,0,1", "0,5,1,1\\r\\n+MQTTUNS:0,5,0"].map((result) => `
      ! unsubscribe cmd/dev-1 id=5
      → AT+MQTTUNS=0,5,"cmd/dev-1"\\r
      ← \\r\\n+MQTTUNS:${result}\\r\\n
      ← \\r\\nOK\\r\\n
      = unsuback 5
      = done 5`).join("")}`,
    options: { modem: { pollInterval: 3_600_000 } },
  },
  {
    name: "publishes QoS 0, 1 and 2, and takes a retransmission count for what it is",
    script: `${ONLINE}
      ! publish t/a : hello
      → AT+MQTTPUBEX=0,1,0,0,0,"t/a",5\\r
      ← \\r\\nCONNECT\\r\\n
      → hello
      ← \\r\\n+MQTTPUBEX:0,1,0\\r\\n
      ← \\r\\nOK\\r\\n
      = done 1
      ! publish t/a qos=1 : {"t":21.5}
      → AT+MQTTPUBEX=0,2,1,0,0,"t/a",10\\r
      ← CONNECT\\r\\n
      → {"t":21.5}
      ← \\r\\n+MQTTPUBEX: 0, 2, 0, 1\\r\\n
      ← \\r\\nOK\\r\\n
      = puback 2
      = done 2
      ! publish t/a qos=2 retain : bye
      → AT+MQTTPUBEX=0,3,2,1,0,"t/a",3\\r
      ← \\r\\nCONNECT\\r\\n
      → bye
      ← \\r\\n+MQTTPUBEX:0,3,0\\r\\n
      ← \\r\\nOK\\r\\n
      = pubrec 3
      = pubcomp 3
      = done 3`,
  },
  {
    name: "publishes although OK comes before the result (X-1)",
    script: `${ONLINE}
      ${hello(7)}
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTPUBEX:0,7,0\\r\\n
      = puback 7
      = done 7${subscribe("a", 1)}`,
  },
  {
    name: "sends Ctrl-Z when the modem does not answer to the payload (D-10)",
    script: `${ONLINE}
      ${hello(7)}
      ~ 300
      → <1A>
      ~ 1000
      ← \\r\\n+MQTTPUBEX:0,7,0\\r\\n
      ← \\r\\nOK\\r\\n
      = puback 7
      = done 7${subscribe("a", 1)}`,
  },
  {
    name: "sends no Ctrl-Z for a subscription that is not answered, although a message before it might have had one",
    options: { modem: { pollInterval: 3_600_000 } },
    script: `${ONLINE}
      ${hello(7)}
      ← \\r\\n+MQTTPUBEX:0,7,0\\r\\n
      ← \\r\\nOK\\r\\n
      = puback 7
      = done 7
      ! subscribe a 0
      → AT+MQTTSUB=0,1,"a",0\\r
      ~ 45000
      = failed 1 COMMAND_TIMEOUT
      → AT+CMEE?\\r
      ← \\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n`,
  },
  {
    name: "never sends Ctrl-Z when told so (D-10)",
    options: { modem: { ctrlZ: "never" } },
    script: `${ONLINE}
      ${hello(7)}
      ~ 20000
      ← \\r\\n+MQTTPUBEX:0,7,0\\r\\n
      ← \\r\\nOK\\r\\n
      = puback 7
      = done 7${subscribe("a", 1)}`,
  },
  {
    name: "always sends Ctrl-Z when told so, and does not count it (D-10)",
    options: { modem: { ctrlZ: "always" } },
    script: `${ONLINE}
      ${hello(7)}<1A>
      ~ 20000
      ← \\r\\n+MQTTPUBEX:0,7,0\\r\\n
      ← \\r\\nOK\\r\\n
      = puback 7
      = done 7
      ! publish t/a : <1A>x<1A>
      → AT+MQTTPUBEX=0,1,0,0,0,"t/a",3\\r
      ← \\r\\nCONNECT\\r\\n
      → <1A>x<1A><1A>
      ← \\r\\n+MQTTPUBEX:0,1,0\\r\\n
      ← \\r\\nOK\\r\\n
      = done 1`,
  },
  {
    name: "receives in every written form (D-8, D-9)",
    script: `${ONLINE}
      ← \\r\\n+MQTTRECV:0,1,cmd/dev-1,17,{"on":true,"n":1}\\r\\n
      = message cmd/dev-1 {"on":true,"n":1}
      ← \\r\\n+MQTTRECV: 0,1,[sp]cmd/dev-1,[sp]17,[sp]{"on":true,"n":1}\\r\\n
      = message cmd/dev-1 {"on":true,"n":1}
      ← +MQTTRECV:0, 1, TESTDOWN, 39, {"taskId":41,"payload":{"TESTINT1":10}}\\r\\n
      = message TESTDOWN {"taskId":41,"payload":{"TESTINT1":10}}
      ← \\r\\n+MQTTRECV:0,1,"quoted, twice",5,a\\r\\nOK\\r\\n
      = message quoted, twice a\\r\\nOK
      ← \\r\\n+MQTTRECV:0,65535,a,b,5,hello\\r\\n
      = message a,b hello
      ← \\r\\n+MQTTRECV:0,1,cmd/dev-1,hello\\r\\n
      ~ 200
      = message cmd/dev-1 hello
      ← \\r\\n+MQTTRECV:0,1,"cmd/dev-1",{"on":true,"n":1}\\r\\n
      ~ 200
      = message cmd/dev-1 {"on":true,"n":1}${subscribe("a", 1)}`,
  },
  {
    name: "delivers what S4 prints with blanks in the payload that its length does not count, marked, without the firmware's own (D-9)",
    suspects: true,
    script: `${ONLINE}
      ← \\r\\n+MQTTRECV: 0,1, valve_onoff_cmd, 40, {"taskId":5, "payload":{"valve_onoff":1}}\\r\\n
      ~ 200
      = suspect valve_onoff_cmd {"taskId":5, "payload":{"valve_onoff":1}}${subscribe("a", 1)}`,
  },
  {
    name: "receives while it publishes, at every place where the modem may say something",
    script: `${ONLINE}
      ! publish t/a qos=1 id=7 : hello
      ← \\r\\n+MQTTRECV:0,1,a,1,1\\r\\n
      = message a 1
      → AT+MQTTPUBEX=0,7,1,0,0,"t/a",5\\r
      ← \\r\\nCONNECT\\r\\n
      → hello
      ← \\r\\n+MQTTRECV:0,2,a,1,2\\r\\n
      = message a 2
      ~ 200
      ← \\r\\n+MQTTPUBEX:0,7,0\\r\\n
      ← \\r\\n+MQTTRECV:0,3,a,1,3\\r\\n
      = message a 3
      ← \\r\\nOK\\r\\n
      = puback 7
      = done 7`,
  },
];
