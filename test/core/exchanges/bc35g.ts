import type { Exchange } from "../support/exchange";
import { READY } from "./ready";

/** From power-on to an MQTT session, with the options that all exchanges have by default. */
export const UP = `${READY}
  → AT+QMTCLOSE=0\\r
  ← \\r\\nERROR\\r\\n
  → AT+QMTCFG="version",0,4\\r
  ← \\r\\nOK\\r\\n
  → AT+QMTCFG="keepalive",0,120\\r
  ← \\r\\nOK\\r\\n
  → AT+QMTCFG="session",0,1\\r
  ← \\r\\nOK\\r\\n
  → AT+QMTCFG="timeout",0,10,3,1\\r
  ← \\r\\nOK\\r\\n
  → AT+QMTCFG="will",0,0\\r
  ← \\r\\nOK\\r\\n
  → AT+QMTOPEN=0,"broker.example.com",1883\\r
  ← \\r\\nOK\\r\\n
  ← \\r\\n+QMTOPEN: 0,0\\r\\n
`;

/** The same, connected. */
export const ONLINE = `${UP}
  → AT+QMTCONN=0,"dev-1","u1","p1"\\r
  ← \\r\\nOK\\r\\n
  ← \\r\\n+QMTCONN: 0,0,0\\r\\n
  = connack 0
`;

/** Every exchange of dialects.md 16.1 and of S1 chapter 6, from the bytes to what the application sees. */
export const EXCHANGES: Exchange[] = [
  { name: "connects", script: ONLINE },
  {
    name: "connects with a will (qos before retain)",
    options: { will: { topic: "dev-1/state", message: "offline", QoS: 1, retain: false } },
    script: ONLINE.replace('AT+QMTCFG="will",0,0\\r', 'AT+QMTCFG="will",0,1,1,0,"dev-1/state","offline"\\r'),
  },
  {
    name: "connects to Alibaba Cloud without user and password",
    options: { user: undefined, password: undefined, modem: { alibaba: { productKey: "pk", deviceName: "dev-1", deviceSecret: "secret" } } },
    script: ONLINE.replace('  → AT+QMTOPEN', '  → AT+QMTCFG="aliauth",0,"pk","dev-1","secret"\\r\n  ← \\r\\nOK\\r\\n\n  → AT+QMTOPEN')
      .replace(',"u1","p1"', ""),
  },
  {
    name: "fetches a Tencent Cloud password and connects with it",
    options: { user: "u1", password: undefined, modem: { tencent: { productId: "prod", deviceName: "dev-1", deviceSecret: "secret", expire: 30 } } },
    script: ONLINE.replace("  → AT+QMTOPEN", '  → AT+QMTTENAUTH="prod","dev-1","prod@dev-1","secret",30\\r\n  ← \\r\\nOK\\r\\n\n  ← \\r\\n+QMTTENAUTH: 0,"pw"\\r\\n\n  → AT+QMTOPEN')
      .replace('"p1"', '"pw"'),
  },
  {
    name: "fetches the password with the command's other spelling (A-1), answered under it, unquoted",
    options: { user: "u1", password: undefined, modem: { tencent: { productId: "prod", deviceName: "dev-1", deviceSecret: "secret" } } },
    script: ONLINE.replace("  → AT+QMTOPEN", '  → AT+QMTTENAUTH="prod","dev-1","prod@dev-1","secret"\\r\n  ← \\r\\n+CME ERROR: 4\\r\\n\n  → AT+QMTENAUTH="prod","dev-1","prod@dev-1","secret"\\r\n  ← \\r\\nOK\\r\\n\n  ← \\r\\n+QMTENAUTH: 0,pw\\r\\n\n  → AT+QMTOPEN')
      .replace('"p1"', '"pw"'),
  },
  {
    name: "says that the password could not be fetched",
    options: { user: "u1", password: undefined, modem: { tencent: { productId: "prod", deviceName: "dev-1", deviceSecret: "secret" } } },
    script: `${UP.slice(0, UP.indexOf("  → AT+QMTOPEN"))}
      → AT+QMTTENAUTH="prod","dev-1","prod@dev-1","secret"\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTTENAUTH: 1\\r\\n
      = error CREDENTIALS_FETCH_FAILED 1
      → AT+QMTCLOSE=0\\r
      ← \\r\\nERROR\\r\\n`,
  },
  {
    name: "subscribes to one topic, then to two",
    script: `${ONLINE}
      ! subscribe cmd/dev-1 1
      → AT+QMTSUB=0,1,"cmd/dev-1",1\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTSUB: 0,1,0,1\\r\\n
      = suback 1 [1]
      = done 1
      ! subscribe cfg/# 2 ota/dev-1 2
      → AT+QMTSUB=0,2,"cfg/#",2,"ota/dev-1",2\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTSUB: 0,2,0,2\\r\\n
      = suback 2 [2,2]
      = done 2
      ! subscribe cfg/# 2 ota/dev-1 2
      → AT+QMTSUB=0,3,"cfg/#",2,"ota/dev-1",2\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTSUB: 0,3,0,0,2\\r\\n
      = suback 3 [0,2]
      = done 3`,
  },
  {
    name: "publishes QoS 0, 1 and 2 by length, a retransmission in between",
    script: `${ONLINE}
      ! publish t/a : hello
      → AT+QMTPUB=0,0,0,0,"t/a",5\\r
      ← \\r\\n>[sp]
      → hello
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTPUB: 0,0,0\\r\\n
      = done 1
      ! publish t/a qos=1 id=3 : {"t":21.5}
      → AT+QMTPUB=0,3,1,0,"t/a",10\\r
      ← \\r\\n>
      → {"t":21.5}
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTPUB: 0,3,1,1\\r\\n
      ← \\r\\n+QMTPUB: 0,3,0\\r\\n
      = puback 3
      = done 3
      ! publish t/a qos=2 retain id=4 : bye
      → AT+QMTPUB=0,4,2,1,"t/a",3\\r
      ← >
      → bye
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTPUBREL: 0,4,1\\r\\n
      ← \\r\\n+QMTPUB: 0,4,0\\r\\n
      = pubrec 4
      = pubcomp 4
      = done 4`,
  },
  {
    name: "publishes an empty message without a length, ended at once",
    script: `${ONLINE}
      ! publish t/a retain :${" "}
      → AT+QMTPUB=0,0,0,1,"t/a"\\r
      ← \\r\\n>[sp]
      → <1A>
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTPUB: 0,0,0\\r\\n
      = done 1`,
  },
  {
    name: "receives in every written form (A-2, A-3)",
    script: `${ONLINE}
      ← \\r\\n+QMTRECV: 0,0,"cmd/dev-1",{"on":true,"n":1}\\r\\n
      = message cmd/dev-1 {"on":true,"n":1}
      ← \\r\\n+QMTRECV: 0,0,[sp]"topic/example",[sp]"This is the payload related to topic"\\r\\n
      = message topic/example "This is the payload related to topic"
      ← \\r\\n+QMTRECV: 0,0,"topic/pub",这是测试数据, hello MQTT.\\r\\n
      = message topic/pub 这是测试数据, hello MQTT.
      ← \\r\\n+QMTRCV:0,7,"a",b\\r\\n
      = message a b
      ← \\r\\n+QMTRECV: 0,0,"empty",\\r\\n
      = message empty
      ← \\r\\n+QMTRECV: 0,0,"a/"b"/c d", "y",\\r\\n
      = message a/"b"/c d  "y",`,
  },
  {
    name: "takes the firmware's quotes from a payload when told so",
    options: { modem: { payloadQuotes: "strip" } },
    script: `${ONLINE}
      ← \\r\\n+QMTRECV: 0,0,[sp]"t",[sp]"in "quotes""\\r\\n
      = message t in "quotes"
      ← \\r\\n+QMTRECV: 0,0,"t",bare\\r\\n
      = message t bare`,
  },
  {
    name: "unsubscribes, disconnects and closes",
    script: `${ONLINE}
      ! unsubscribe cmd/dev-1 id=5
      → AT+QMTUNS=0,5,"cmd/dev-1"\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTUNS: 0,5,0\\r\\n
      = unsuback 5
      = done 5
      ! disconnect
      → AT+QMTDISC=0\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTDISC: 0,0\\r\\n
      ← \\r\\n+QMTSTAT: 0,5\\r\\n
      → AT+QMTCLOSE=0\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTCLOSE: 0,-1\\r\\n
      = close`,
  },
  {
    name: "disconnects although +QMTDISC and +QMTCLOSE never come (A-7)",
    script: `${ONLINE}
      ! disconnect
      → AT+QMTDISC=0\\r
      ← \\r\\nOK\\r\\n
      ~ 1000
      → AT+QMTCLOSE=0\\r
      ← \\r\\nOK\\r\\n
      ~ 1000
      = close`,
  },
  {
    name: "says that the host is unknown",
    script: `${UP.replace("← \\r\\n+QMTOPEN: 0,0\\r\\n", "← \\r\\n+QMTOPEN: 0,4\\r\\n")}
      = error OPEN_FAILED 4
      → AT+QMTCLOSE=0\\r
      ← \\r\\nERROR\\r\\n`,
  },
  {
    name: "says that the connection is in use",
    script: `${UP.replace("← \\r\\n+QMTOPEN: 0,0\\r\\n", "← \\r\\n+QMTOPEN: 0,2\\r\\n")}
      = error OPEN_FAILED 2
      → AT+QMTCLOSE=0\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTCLOSE: 0,0\\r\\n`,
  },
  {
    name: "says that the password is wrong",
    script: `${UP}
      → AT+QMTCONN=0,"dev-1","u1","p1"\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTCONN: 0,0,4\\r\\n
      = error CONNECTION_REFUSED 4
      → AT+QMTCLOSE=0\\r
      ← \\r\\n+QMTSTAT: 0,1\\r\\n
      ← \\r\\nERROR\\r\\n`,
  },
  {
    name: "says that the broker never answered CONNECT, a retransmission being no end",
    script: `${UP}
      → AT+QMTCONN=0,"dev-1","u1","p1"\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTCONN: 0,1\\r\\n
      ← \\r\\n+QMTCONN: 0,2\\r\\n
      = error CONNECT_FAILED 2
      → AT+QMTCLOSE=0\\r
      ← \\r\\n+QMTSTAT: 0,4\\r\\n
      ← \\r\\nERROR\\r\\n`,
  },
  {
    name: "tells of a refused subscription by its SUBACK",
    script: `${ONLINE}
      ! subscribe forbidden/# 1 id=6
      → AT+QMTSUB=0,6,"forbidden/#",1\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTSUB: 0,6,0,128\\r\\n
      = suback 6 [128]
      = done 6`,
  },
  {
    name: "says that a publish was not acknowledged, and that the link is gone",
    script: `${ONLINE}
      ! publish t/a qos=1 id=7 : hello
      → AT+QMTPUB=0,7,1,0,"t/a",5\\r
      ← \\r\\n>[sp]
      → hello
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTPUB: 0,7,1,1\\r\\n
      ← \\r\\n+QMTPUB: 0,7,1,2\\r\\n
      ← \\r\\n+QMTPUB: 0,7,1,3\\r\\n
      ← \\r\\n+QMTPUB: 0,7,2\\r\\n
      = failed 7 PUBLISH_FAILED 2
      ← \\r\\n+QMTSTAT: 0,6\\r\\n
      = error LINK_LOST 6
      → AT+QMTCLOSE=0\\r
      ← \\r\\nERROR\\r\\n`,
  },
  {
    name: "says why the modem refused a publish, with its number and without one",
    script: `${ONLINE}
      ! publish t/a qos=1 : hello
      → AT+QMTPUB=0,1,1,0,"t/a",5\\r
      ← \\r\\n+CME ERROR: 50\\r\\n
      = failed 1 COMMAND_REFUSED 50
      ! publish t/a qos=1 : hello
      → AT+QMTPUB=0,2,1,0,"t/a",5\\r
      ← \\r\\nERROR\\r\\n
      = failed 2 COMMAND_REFUSED
      ! publish t/a qos=1 : hello
      → AT+QMTPUB=0,3,1,0,"t/a",5\\r
      ← \\r\\n+CME ERROR: incorrect parameters\\r\\n
      = failed 3 COMMAND_REFUSED`,
  },
  ...[1, 2, 3, 4, 5, 6, 7].map((code) => ({
    name: `takes +QMTSTAT ${code} at any time for the end of the connection`,
    script: `${ONLINE}
      ! publish t/a qos=1 id=9 : hello
      → AT+QMTPUB=0,9,1,0,"t/a",5\\r
      ← \\r\\n>[sp]
      → hello
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTSTAT: 0,${code}\\r\\n
      = failed 9 LINK_LOST ${code}
      = error LINK_LOST ${code}
      → AT+QMTCLOSE=0\\r
      ← \\r\\nERROR\\r\\n`,
  })),
];
