import type { Exchange } from "../support/exchange";
import { READY } from "./ready";

/** As far as the command that opens the connection, with the options that all exchanges have by default. */
export const UP = `${READY}
  → AT+MQTTDISC\\r
  ← \\r\\nERROR\\r\\n
  → AT+MQTTDEL\\r
  ← \\r\\nOK\\r\\n
  → AT+MQTTCFG="broker.example.com",1883,"dev-1",120,"u1","p1",1\\r
  ← \\r\\nOK\\r\\n
  → AT+MQTTTO=10\\r
  ← \\r\\nOK\\r\\n
  → AT+MQTTREC=0\\r
  ← \\r\\nOK\\r\\n
  → AT+MQTTOPEN=1,1,0,0,0,"",""\\r
`;

/** The same, connected. */
export const ONLINE = `${UP}
  ← \\r\\n+MQTTOPEN:OK\\r\\n
  ← \\r\\nOK\\r\\n
  = connack 0
`;

/** Connected, and the modem is to reconnect by itself. */
export const RECONNECTING = ONLINE.replace("MQTTREC=0", "MQTTREC=1");

/** A publish as far as its payload. */
export const HELLO = '! publish t/a qos=1 id=7 : hello\n→ AT+MQTTPUB="t/a",1,0,0,5\\r\n← \\r\\n>[sp]\n→ hello';
export const subscribe = (topic: string, id: number) => `
  ! subscribe ${topic} 1
  → AT+MQTTSUB="${topic}",1\\r
  ← \\r\\n+MQTTSUBACK:${id},1,${topic}\\r\\n
  ← \\r\\nOK\\r\\n
  = suback ${id} [1]
  = done ${id}`;

const INLINE = { modem: { publishing: "inline" } };

/** Connecting, and what a session consists of: dialects.md 16.3, every variant of chapter 12, C, and S3. */
export const SESSIONS: Exchange[] = [
  { name: "connects with seven arguments of MQTTCFG (C-11)", script: ONLINE },
  { name: "connects as the table prints it (C-20)", script: ONLINE.replace("+MQTTOPEN:OK", "+MQTTOPEN: OK") },
  {
    name: "connects where DISC was done already, and there is nothing to delete (C-3, C-10)",
    script: ONLINE.replace("ERROR", "+CME ERROR: 620").replace("MQTTDEL\\r\n  ← \\r\\nOK", "MQTTDEL\\r\n  ← \\r\\nERROR"),
  },
  {
    name: "connects where an earlier run's connection is still open",
    script: ONLINE.replace("← \\r\\nERROR\\r\\n", "← \\r\\n+MQTTDISC: OK\\r\\n\n  ← \\r\\nOK\\r\\n"),
  },
  {
    name: "connects with nine arguments of MQTTCFG, a will (retain before qos), and pings shown, which is said after MQTTOPEN",
    options: { keepAlive: 60_000, will: { topic: "dev-1/state", message: "offline", QoS: 1, retain: false }, modem: { version: "", showPings: true } },
    script: ONLINE.replace('120,"u1","p1",1', '60,"u1","p1",1,"",0').replace('1,1,0,0,0,"",""', '1,1,1,0,1,"dev-1/state","offline"')
      .replace("= connack 0", "→ AT+MQTTPING=1\\r\n  ← \\r\\nOK\\r\\n\n  = connack 0"),
  },
  {
    name: "connects to OneNET with TLS and the version that it needs",
    options: { modem: { encrypt: true, version: "2018-10-31" } },
    script: ONLINE.replace('"p1",1\\r', '"p1",1,"2018-10-31",1\\r'),
  },
  {
    name: "connects as S3's session does: OneNET's numbers, a retained will of QoS 1, the modem's own reconnecting",
    options: {
      host: "183.230.40.39", port: 6002, id: "4069959", keepAlive: 10_000, user: "75829", password: "IIOu0oFUg1guk20ornTK1uzAcnM=",
      will: { topic: "mywill", message: "001bye", QoS: 1, retain: true }, modem: { ackTimeout: 9, modemReconnects: true },
    },
    script: RECONNECTING.replace('"broker.example.com",1883,"dev-1",120,"u1","p1",1', '"183.230.40.39",6002,"4069959",10,"75829","IIOu0oFUg1guk20ornTK1uzAcnM=",1')
      .replace("MQTTTO=10", "MQTTTO=9").replace('1,1,0,0,0,"",""', '1,1,1,1,1,"mywill","001bye"'),
  },
  {
    name: "connects without user and password, and keeps the session",
    options: { user: undefined, password: undefined, clean: false },
    script: ONLINE.replace('"u1","p1",1\\r', '"","",0\\r').replace("MQTTOPEN=1,1,", "MQTTOPEN=0,0,"),
  },
  {
    name: "connects although OK comes before the result (X-1)",
    script: ONLINE.replace("← \\r\\n+MQTTOPEN:OK\\r\\n\n  ← \\r\\nOK\\r\\n", "← \\r\\nOK\\r\\n\n  ~ 20000\n  ← \\r\\n+MQTTOPEN:OK\\r\\n"),
  },
  { name: "finds itself connected already (602)", script: ONLINE.replace("← \\r\\n+MQTTOPEN:OK\\r\\n\n  ← \\r\\nOK\\r\\n", "← \\r\\n+CME ERROR: 602\\r\\n") },
  {
    name: "subscribes, the topic bare or quoted, with a blank or without (C-8), or OK first",
    script: `${ONLINE}${subscribe("cmd/dev-1", 1)}
      ! subscribe dev/gsm/u 2
      → AT+MQTTSUB="dev/gsm/u",2\\r
      ← +MQTTSUBACK: 2,2,dev/gsm/u\\r\\n
      ← OK\\r\\n
      = suback 2 [2]
      = done 2
      ! subscribe pyr 1
      → AT+MQTTSUB="pyr",1\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTSUBACK:1,0,"pyr"\\r\\n
      = suback 3 [0]
      = done 3`,
  },
  {
    name: "subscribes to what is subscribed already (606)",
    script: `${ONLINE}${subscribe("cmd/dev-1", 1)}
      ! subscribe cmd/dev-1 1
      → AT+MQTTSUB="cmd/dev-1",1\\r
      ← \\r\\n+CME ERROR: 606\\r\\n
      = suback 2 [1]
      = done 2`,
  },
  {
    name: "publishes QoS 0, 1 and 2 after the prompt, with or without a blank behind it",
    script: `${ONLINE}
      ! publish t/a : hello
      → AT+MQTTPUB="t/a",0,0,0,5\\r
      ← \\r\\n>[sp]
      → hello
      ← \\r\\nOK\\r\\n
      = done 1
      ! publish t/a qos=1 : {"t":21.5}
      → AT+MQTTPUB="t/a",1,0,0,10\\r
      ← \\r\\n>
      → {"t":21.5}
      ← \\r\\n+MQTTPUBACK:0,3\\r\\n
      ← \\r\\nOK\\r\\n
      = puback 2
      = done 2
      ! publish t/a qos=2 retain : bye
      → AT+MQTTPUB="t/a",2,1,0,3\\r
      ← >
      → bye
      ← \\r\\n+MQTTPUBREC:0,4\\r\\n
      ← \\r\\n+MQTTPUBCOMP:0,4\\r\\n
      ← \\r\\nOK\\r\\n
      = pubrec 3
      = pubcomp 3
      = done 3`,
  },
  {
    name: "publishes although OK comes before the acknowledgement (X-1)",
    script: `${ONLINE}
      ${HELLO}
      ← \\r\\nOK\\r\\n
      ~ 5000
      ← \\r\\n+MQTTPUBACK: 0,3\\r\\n
      = puback 7
      = done 7
      ! publish t/a qos=2 id=8 : bye
      → AT+MQTTPUB="t/a",2,0,0,3\\r
      ← \\r\\n>[sp]
      → bye
      ← \\r\\n+MQTTPUBREC: 0,4\\r\\n
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTPUBCOMP: 0,4\\r\\n
      = pubrec 8
      = pubcomp 8
      = done 8${subscribe("a", 1)}`,
  },
  {
    name: "publishes an empty message inline, and bytes that no text could hold after the prompt, though told to publish inline",
    options: INLINE,
    script: `${ONLINE}
      ! publish t/a retain :${" "}
      → AT+MQTTPUB="t/a",0,1,0,""\\r
      ← \\r\\nOK\\r\\n
      = done 1
      ${["\\r\\n", "a\\0", "<1A>", "<7F>", "a\\b", "é"].map((payload, index) => `
      ! publish t/a : ${payload}
      → AT+MQTTPUB="t/a",0,0,0,${[2, 2, 1, 1, 3, 2][index]}\\r
      ← \\r\\n>[sp]
      → ${payload}
      ← \\r\\nOK\\r\\n
      = done ${index + 2}`).join("")}`,
  },
  {
    name: "publishes inline: a text of digits stays a text, quotes are escaped once (C-13), a message comes before the OK (C-14)",
    options: INLINE,
    script: `${ONLINE}
      ! publish t/a qos=1 : {"t":21.5}
      → AT+MQTTPUB="t/a",1,0,0,"{\\"t\\":21.5}"\\r
      ← \\r\\n+MQTTPUBACK:0,5\\r\\n
      ← \\r\\n+MQTTPUBLISH: 0,1,0,1,"t/a",10,{"t":21.5}\\r\\n
      = message t/a {"t":21.5}
      ← \\r\\nOK\\r\\n
      = puback 1
      = done 1
      ! publish dev/gsm/u qos=2 : update message
      → AT+MQTTPUB="dev/gsm/u",2,0,0,"update message"\\r
      ← +MQTTPUBREC:0,2\\r\\n
      ← +MQTTPUBCOMP:0,2\\r\\n
      ← OK\\r\\n
      = pubrec 2
      = pubcomp 2
      = done 2
      ! publish dev/gsm/u qos=1 : 1890
      → AT+MQTTPUB="dev/gsm/u",1,0,0,"1890"\\r
      ← +MQTTPUBACK:0,5\\r\\n
      ← OK\\r\\n
      = puback 3
      = done 3
      ! publish godda : "{"datastreams":[{"id":"4G","datapoints":[{"value":"1"}]}]}"
      → AT+MQTTPUB="godda",0,0,0,"\\"{\\"datastreams\\":[{\\"id\\":\\"4G\\",\\"datapoints\\":[{\\"value\\":\\"1\\"}]}]}\\""\\r
      ← OK\\r\\n
      = done 4`,
  },
  {
    name: "follows S3's session (C-14, C-15)",
    options: INLINE,
    script: `${ONLINE}
      ! subscribe pyr 1
      → AT+MQTTSUB="pyr",1\\r
      ← +MQTTSUBACK:1,1,pyr\\r\\n
      ← OK\\r\\n
      = suback 1 [1]
      = done 1
      ! publish dev/gsm/u qos=1 : abc
      → AT+MQTTPUB="dev/gsm/u",1,0,0,"abc"\\r
      ← +MQTTPUBACK:O,1\\r\\n
      ← OK\\r\\n
      = puback 2
      = done 2
      ${["abc", "abcdef"].map((payload, index) => `
      ! publish pyr qos=1 : ${payload}
      → AT+MQTTPUB="pyr",1,0,0,"${payload}"\\r
      ← +MQTTPUBACK:0,${index + 3}\\r\\n
      ← +MQTTPUBLISH:0,1,0,1,pyr,${payload.length},${payload}\\r\\n
      = message pyr ${payload}
      ← OK\\r\\n
      = puback ${index + 3}
      = done ${index + 3}`).join("")}
      ! unsubscribe pyr
      → AT+MQTTUNSUB="pyr"\\r
      ← +MQTT UNSUBACK:5,"pyr"\\r\\n
      ← OK\\r\\n
      = unsuback 5
      = done 5
      ! publish pyr qos=1 : abcdef
      → AT+MQTTPUB="pyr",1,0,0,"abcdef"\\r
      ← +MQTTPUBACK:0,6\\r\\n
      ← OK\\r\\n
      = puback 6
      = done 6
      ! disconnect
      → AT+MQTTDISC\\r
      ← +MQTTDISC: OK\\r\\n
      ← OK\\r\\n
      → AT+MQTTDEL\\r
      ← OK\\r\\n
      = close`,
  },
  {
    name: "receives, the topic quoted or bare (C-4), and the comma after it printed or not (C-5)",
    script: `${ONLINE}
      ← \\r\\n+MQTTPUBLISH: 0,0,0,0,"cmd/dev-1",17,{"on":true,"n":1}\\r\\n
      = message cmd/dev-1 {"on":true,"n":1}
      ← \\r\\n+MQTTPUBLISH: 0,2,0,1,"cmd/dev-1",5,hello\\r\\n
      = message cmd/dev-1 hello
      ← \\r\\n+MQTTPUBREL: 0,1\\r\\n
      ← \\r\\n+MQTTPUBLISH:0,1,0,1,cmd/dev-1,5,hello\\r\\n
      = message cmd/dev-1 hello
      ← +MQTTPUBLISH: 0,2,0,1,"test",23,{"action":"leave_hbcd"}\\r\\n
      = message test {"action":"leave_hbcd"}
      ← +MQTT PUBREL: 0,1\\r\\n
      ← +MQTTPUBLISH: 0,1,0,61111,"test" 9,abxxxxabc\\r\\n
      = message test abxxxxabc
      ← +MQTTPUBLISH: 0,0,0,0,"test",14,abc\\"xxxx\\"abc\\r\\n
      = message test abc\\"xxxx\\"abc
      ← +MQTTPUBLISH:0,0,0,0,"a,5,b",3,OK\\n\\r\\n
      = message a,5,b OK\\n`,
  },
  {
    name: "delivers what comes with a wrong length, marked (C-5, C-6)",
    suspects: true,
    script: `${ONLINE}
      ← +MQTTPUBLISH: 0,0,0,0,"test",14,abc"xxxx"abc\\r\\n
      ~ 200
      = suspect test abc"xxxx"abc
      ← +MQTTPUBLISH: 0,1,0,1,"test" 14,abxxxxabc\\r\\n
      ~ 200
      = suspect test abxxxxabc
      ← \\r\\n+MQTTPUBLISH: 0,1,0,1,"cmd/dev-1" 14,hello\\r\\n
      ~ 200
      = suspect cmd/dev-1 hello${subscribe("a", 1)}`,
  },
  {
    name: "tells of the pings' answers, in either spelling (C-2), and of nothing else",
    options: { modem: { showPings: true } },
    script: `${ONLINE.replace("= connack 0", "→ AT+MQTTPING=1\\r\n  ← \\r\\nOK\\r\\n\n  = connack 0")}
      ← \\r\\n+MQTTPINGRESP:OK\\r\\n
      ← \\r\\n+MQTTPINGRSP: OK\\r\\n
      = pingresp
      = pingresp
      ${HELLO}
      ← \\r\\n+MQTTPINGRSP: OK\\r\\n
      ← \\r\\n+MQTTPUBACK:0,1\\r\\n
      ← \\r\\n+MQTTPINGRESP:OK\\r\\n
      ← \\r\\nOK\\r\\n
      = pingresp
      = pingresp
      = puback 7
      = done 7`,
  },
  {
    name: "unsubscribes, in every written form of the acknowledgement (C-8), and disconnects",
    script: `${ONLINE}
      ${['6,"cmd/dev-1"', " 6,cmd/dev-1", "6"].map((ack, index) => `
      ! unsubscribe cmd/dev-1
      → AT+MQTTUNSUB="cmd/dev-1"\\r
      ← \\r\\n+MQTTUNSUBACK:${ack}\\r\\n
      ← \\r\\nOK\\r\\n
      = unsuback ${index + 1}
      = done ${index + 1}`).join("")}
      ! disconnect
      → AT+MQTTDISC\\r
      ← \\r\\n+MQTTDISC: OK\\r\\n
      ← \\r\\nOK\\r\\n
      → AT+MQTTDEL\\r
      ← \\r\\nOK\\r\\n
      = close`,
  },
];
