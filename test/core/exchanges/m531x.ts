import type { Exchange } from "../support/exchange";
import { IN_STEP, READY } from "./ready";

/** As far as the command that opens the connection, with the options that all exchanges have by default. */
export const UP = `${READY}
  → AT+MQTTDISC\\r
  ← \\r\\n+CME ERROR: 3\\r\\n
  → AT+MQTTDEL\\r
  ← \\r\\nOK\\r\\n
  → AT+MQTTCFG="broker.example.com",1883,"dev-1",120,"u1","p1",1\\r
  ← \\r\\nOK\\r\\n
  → AT+MQTTTO=10\\r
  ← \\r\\nOK\\r\\n
  → AT+MQTTPING=0\\r
  ← \\r\\nOK\\r\\n
  → AT+MQTTOPEN=1,1,0,0,0,"",""\\r
  ← \\r\\nOK\\r\\n
`;

/** The same, connected. */
export const ONLINE = `${UP}
  ← \\r\\n+MQTTOPEN:OK\\r\\n
  = connack 0
`;

export const HELLO = '! publish t/a qos=1 id=7 : hello\n→ AT+MQTTPUB="t/a",1,0,0,5,"68656C6C6F"\\r';
export const subscribe = (topic: string, id: number) => `
  ! subscribe ${topic} 1
  → AT+MQTTSUB="${topic}",1\\r
  ← \\r\\nOK\\r\\n
  ← \\r\\n+MQTTSUBACK:${id},1,${topic}\\r\\n
  = suback ${id} [1]
  = done ${id}`;

/** Connecting, and what a session consists of: dialects.md 16.2, every variant of chapter 12, B, and S2. */
export const SESSIONS: Exchange[] = [
  { name: "connects", script: ONLINE },
  { name: "connects as an M5311 prints it (B-5)", script: ONLINE.replace("+MQTTOPEN:OK", "+MQTTOPEN: OK") },
  { name: "connects where leftovers are refused with ERROR (B-16)", script: ONLINE.replace("+CME ERROR: 3", "ERROR") },
  {
    name: "connects with a will (retain before qos), with pings shown",
    options: { keepAlive: 60_000, will: { topic: "dev-1/state", message: "offline", QoS: 1, retain: false }, modem: { showPings: true } },
    script: ONLINE.replace(",120,", ",60,").replace("MQTTPING=0", "MQTTPING=1").replace('1,1,0,0,0,"",""', '1,1,1,0,1,"dev-1/state","offline"'),
  },
  {
    name: "connects as S2's session does: OneNET's numbers, a retained will of QoS 1",
    options: {
      host: "183.230.40.39", port: 6002, id: "4069959", keepAlive: 10_000, user: "75829", password: "IIOu0oFUg1guk20ornTK1uzAcnM=",
      will: { topic: "mywill", message: "001bye", QoS: 1, retain: true }, modem: { model: "M5310-A", ackTimeout: 9 },
    },
    script: ONLINE.replace('"broker.example.com",1883,"dev-1",120,"u1","p1",1', '"183.230.40.39",6002,"4069959",10,"75829","IIOu0oFUg1guk20ornTK1uzAcnM=",1')
      .replace("MQTTTO=10", "MQTTTO=9").replace('1,1,0,0,0,"",""', '1,1,1,1,1,"mywill","001bye"'),
  },
  { name: "connects with TLS", options: { modem: { encrypt: true } }, script: ONLINE.replace('"p1",1\\r', '"p1",1,1\\r') },
  { name: "connects without TLS, and says so", options: { modem: { encrypt: false } }, script: ONLINE.replace('"p1",1\\r', '"p1",1,0\\r') },
  {
    name: "connects without user and password, and keeps the session",
    options: { user: undefined, password: undefined, clean: false },
    script: ONLINE.replace('"u1","p1",1\\r', '"","",0\\r').replace("MQTTOPEN=1,1,", "MQTTOPEN=0,0,"),
  },
  {
    name: "is told by number that the connection is accepted (B-17)",
    script: ONLINE.replace("+MQTTOPEN:OK", "+MQTTOPEN: 0,0"),
  },
  {
    name: "connects although the result comes before OK (X-1)",
    script: ONLINE.replace('"",""\\r\n  ← \\r\\nOK\\r\\n', '"",""\\r').replace("← \\r\\n+MQTTOPEN:OK\\r\\n", "← \\r\\n+MQTTOPEN:OK\\r\\n\n  ← \\r\\nOK\\r\\n"),
  },
  {
    name: "subscribes, in every written form of the acknowledgement (B-5)",
    script: `${ONLINE}${subscribe("cmd/dev-1", 1)}
      ! subscribe dev/gsm/u 2
      → AT+MQTTSUB="dev/gsm/u",2\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTSUBACK: 8,2,dev/gsm/u\\r\\n
      = suback 2 [2]
      = done 2
      ! subscribe pyr 1
      → AT+MQTTSUB="pyr",1\\r
      ← \\r\\nOK\\r\\n
      ← +MQTTSUBACK:1,0,"pyr"\\r\\n
      = suback 3 [0]
      = done 3`,
  },
  ...["128", "0x80", "80"].map((code) => ({
    name: `tells of a subscription that was refused with ${code}`,
    script: `${ONLINE}
      ! subscribe forbidden/# 1
      → AT+MQTTSUB="forbidden/#",1\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTSUBACK:2,${code},forbidden/#\\r\\n
      = suback 1 [128]
      = done 1`,
  })),
  {
    name: "publishes QoS 0, 1 and 2 in hex, the fields of the acknowledgements in either order (B-3)",
    script: `${ONLINE}
      ! publish t/a : hello
      → AT+MQTTPUB="t/a",0,0,0,5,"68656C6C6F"\\r
      ← \\r\\nOK\\r\\n
      = done 1
      ! publish t/a qos=1 : {"t":21.5}
      → AT+MQTTPUB="t/a",1,0,0,10,"7B2274223A32312E357D"\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTPUBACK:3,0\\r\\n
      = puback 2
      = done 2
      ! publish t/a qos=1 : {"t":21.5}
      → AT+MQTTPUB="t/a",1,0,0,10,"7B2274223A32312E357D"\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTPUBACK: 0,3\\r\\n
      = puback 3
      = done 3
      ! publish t/a qos=2 retain : bye
      → AT+MQTTPUB="t/a",2,1,0,3,"627965"\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTPUBREC:4,0\\r\\n
      ← \\r\\n+MQTTPUBCOMP:4,0\\r\\n
      = pubrec 4
      = pubcomp 4
      = done 4
      ! publish t/a qos=2 retain : bye
      → AT+MQTTPUB="t/a",2,1,0,3,"627965"\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTPUBREC: 0,14\\r\\n
      ← \\r\\n+MQTTPUBCOMP: 0,14\\r\\n
      = pubrec 5
      = pubcomp 5
      = done 5`,
  },
  {
    name: "publishes an empty message as text, and bytes that no text could hold",
    script: `${ONLINE}
      ! publish t/a retain :${" "}
      → AT+MQTTPUB="t/a",0,1,0,0,""\\r
      ← \\r\\nOK\\r\\n
      = done 1
      ! publish pyr qos=1 : ~zz"\\r\\n<1A>\\0
      → AT+MQTTPUB="pyr",1,0,0,8,"7E7A7A220D0A1A00"\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTPUBACK:3,0\\r\\n
      = puback 2
      = done 2`,
  },
  {
    name: "follows S2's session, which prints an OK only where it opens (B-8, B-13)",
    script: `${ONLINE}
      ! subscribe pyr 1
      → AT+MQTTSUB="pyr",1\\r
      ← +MQTTSUBACK:1,1,pyr\\r\\n
      ~ 1000
      = suback 1 [1]
      = done 1
      ${IN_STEP}
      ! publish dev/gsm/u qos=1 retain : abc
      → AT+MQTTPUB="dev/gsm/u",1,1,0,3,"616263"\\r
      ← +MQTTPUBACK:1,0\\r\\n
      ~ 1000
      = puback 2
      = done 2
      ${IN_STEP}
      ! publish pyr qos=1 : ~zz
      → AT+MQTTPUB="pyr",1,0,0,3,"7E7A7A"\\r
      ← +MQTTPUBACK:3,0\\r\\n
      ← +MQTTPUBLISH:0,1,0,1,pyr,3,~zz\\r\\n
      = message pyr ~zz
      ~ 1000
      = puback 3
      = done 3
      ${IN_STEP}
      ! unsubscribe pyr
      → AT+MQTTUNSUB="pyr"\\r
      ← +MQTTUNSUBACK:5,pyr\\r\\n
      ~ 1000
      = unsuback 4
      = done 4
      ${IN_STEP}
      ! publish pyr qos=1 : abcdef
      → AT+MQTTPUB="pyr",1,0,0,6,"616263646566"\\r
      ← +MQTTPUBACK:6,0\\r\\n
      ~ 1000
      = puback 5
      = done 5
      ${IN_STEP}`,
  },
  {
    name: "takes an OK that comes late for the command whose result has come",
    script: `${ONLINE}
      ${HELLO}
      ← \\r\\n+MQTTPUBACK:1,0\\r\\n
      ~ 900
      ← \\r\\nOK\\r\\n
      = puback 7
      = done 7${subscribe("a", 1)}`,
  },
  {
    name: "receives in every written form",
    script: `${ONLINE}
      ← +MQTTPUBLISH:0,0,0,0,cmd/dev-1,17,{"on":true,"n":1}\\r\\n
      = message cmd/dev-1 {"on":true,"n":1}
      ← \\r\\n+MQTTPUBLISH: 0,2,0,9,cmd/dev-1,5,hello\\r\\n
      = message cmd/dev-1 hello
      ← \\r\\n+MQTTPUBREL:9,0\\r\\n
      ← \\r\\n+MQTTPUBLISH:0,1,0,12,cmd/dev-1,5,a\\r\\nOK\\r\\n
      = message cmd/dev-1 a\\r\\nOK
      ← \\r\\n+MQTTPUBLISH:0,0,0,0,a,b,5,hello\\r\\n
      = message a,b hello
      ← +MQTTPUBLISH: 0,2,0,9,dev/gsm/u,14,update message\\r\\n
      = message dev/gsm/u update message
      ← +MQTTPUBLISH:0,1,0,1,pyr,6,abcdef\\r\\n
      = message pyr abcdef
      ← \\r\\n+MQTTPUBLISH: 0,0,0,0,"t",5\\r\\nhello\\r\\n
      = message t hello`,
  },
  {
    name: "receives from firmware that ends no message with a line end",
    script: `${ONLINE}
      ← +MQTTPUBLISH:0,0,0,0,t,5,hello
      ~ 200
      = message t hello
      ${HELLO}
      ← +MQTTPUBLISH:0,0,0,0,t,5,again
      ~ 200
      = message t again
      ← OK\\r\\n
      ← +MQTTPUBACK:1,0\\r\\n
      = puback 7
      = done 7`,
  },
  {
    name: "unsubscribes, in every written form of the acknowledgement (B-6), and disconnects",
    script: `${ONLINE}
      ${["5,cmd/dev-1", ' 5,"cmd/dev-1"', " 8"].map((ack, index) => `
      ! unsubscribe cmd/dev-1
      → AT+MQTTUNSUB="cmd/dev-1"\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTUNSUBACK:${ack}\\r\\n
      = unsuback ${index + 1}
      = done ${index + 1}`).join("")}
      ! disconnect
      → AT+MQTTDISC\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTDISC: OK\\r\\n
      → AT+MQTTDEL\\r
      ← \\r\\nOK\\r\\n
      = close`,
  },
];
