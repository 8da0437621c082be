import BC35G from "../../src/modems/bc35g";
import { ONLINE, UP } from "./exchanges/bc35g";
import { modemLines, play, type Exchange } from "./support/exchange";
import { positions } from "./support/positions";

/** What comes in another order, or written otherwise, than the manual prints it. */
const BEFORE_CONNECT = UP;
const CONNECT = '→ AT+QMTCONN=0,"dev-1","u1","p1"\\r';

const ORDER: Exchange[] = [
  {
    name: "+QMTCONN: 0,2 is the failure of CONNECT, not the state that a query would tell",
    script: `${BEFORE_CONNECT}
      ${CONNECT}
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTCONN: 0,2\\r\\n
      = error CONNECT_FAILED 2
      → AT+QMTCLOSE=0\\r
      ← \\r\\nERROR\\r\\n`,
  },
  {
    name: "result lines of a connection that is up already change nothing",
    script: `${ONLINE}
      ← \\r\\n+QMTCONN: 0,2\\r\\n
      ← \\r\\n+QMTOPEN: 0,"broker.example.com",1883\\r\\n
      ← \\r\\n+QMTCLOSE: 0,0\\r\\n
      ← \\r\\n+CMEE: 0\\r\\n
      ← \\r\\n+CGATT: 0\\r\\n
      ! publish t/a : x
      → AT+QMTPUB=0,0,0,0,"t/a",1\\r
      ← \\r\\n>[sp]
      → x
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTPUB: 0,0,0\\r\\n
      = done 1`,
  },
  {
    name: "a result that comes before OK is the command's",
    script: `${ONLINE}
      ! subscribe a 1
      → AT+QMTSUB=0,1,"a",1\\r
      ← \\r\\n+QMTSUB: 0,1,0,1\\r\\n
      ← \\r\\nOK\\r\\n
      = suback 1 [1]
      = done 1
      ! publish t/a qos=1 : x
      → AT+QMTPUB=0,2,1,0,"t/a",1\\r
      ← \\r\\n>[sp]
      → x
      ← \\r\\n+QMTPUB: 0,2,0\\r\\n
      ← \\r\\nOK\\r\\n
      = puback 2
      = done 2`,
  },
  {
    name: "a failure that comes before OK is the command's",
    script: `${ONLINE}
      ! publish t/a qos=1 : x
      → AT+QMTPUB=0,1,1,0,"t/a",1\\r
      ← \\r\\n>[sp]
      → x
      ← \\r\\n+QMTPUB: 0,1,2\\r\\n
      ← \\r\\nOK\\r\\n
      = failed 1 PUBLISH_FAILED 2`,
  },
  {
    name: "results come in another order than the publishes went",
    script: `${ONLINE}
      ! publish t/a qos=1 : a
      ! publish t/a qos=1 : b
      → AT+QMTPUB=0,1,1,0,"t/a",1\\r
      ← \\r\\n>[sp]
      → a
      ← \\r\\nOK\\r\\n
      → AT+QMTPUB=0,2,1,0,"t/a",1\\r
      ← \\r\\n>[sp]
      → b
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTPUB: 0,2,0\\r\\n
      = puback 2
      = done 2
      ← \\r\\n+QMTPUB: 0,1,0\\r\\n
      = puback 1
      = done 1`,
  },
  {
    name: "the result of the first publish comes between the second's command and its prompt",
    script: `${ONLINE}
      ! publish t/a qos=1 : a
      ! publish t/a qos=1 : b
      → AT+QMTPUB=0,1,1,0,"t/a",1\\r
      ← \\r\\n>[sp]
      → a
      ← \\r\\nOK\\r\\n
      → AT+QMTPUB=0,2,1,0,"t/a",1\\r
      ← \\r\\n+QMTPUB: 0,1,0\\r\\n
      = puback 1
      = done 1
      ← \\r\\n>[sp]
      → b
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTPUB: 0,2,0\\r\\n
      = puback 2
      = done 2`,
  },
  {
    name: "OK before the prompt, with another after the payload and without",
    script: `${ONLINE}
      ! publish t/a qos=1 : a
      → AT+QMTPUB=0,1,1,0,"t/a",1\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n>[sp]
      → a
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTPUB: 0,1,0\\r\\n
      = puback 1
      = done 1
      ! publish t/a qos=1 : b
      → AT+QMTPUB=0,2,1,0,"t/a",1\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n>[sp]
      → b
      ← \\r\\n+QMTPUB: 0,2,0\\r\\n
      = puback 2
      = done 2`,
  },
  {
    name: "messages and URCs between a command, its OK, its prompt, its payload and its result",
    script: `${ONLINE}
      ! publish t/a qos=1 : hello
      → AT+QMTPUB=0,1,1,0,"t/a",5\\r
      ← \\r\\n+QMTRECV: 0,0,"m",1\\r\\n
      = message m 1
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTRECV: 0,0,"m",> 2\\r\\n
      = message m > 2
      ← \\r\\n+CSQ: 20,99\\r\\n
      ← \\r\\n>[sp]
      → hello
      ← \\r\\n+QMTRECV: 0,0,"m",OK\\r\\n
      = message m OK
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTRECV: 0,0,"m",+QMTPUB: 0,1,2\\r\\n
      = message m +QMTPUB: 0,1,2
      ~ 200
      ← \\r\\n+QMTPUB: 0,1,0\\r\\n
      = puback 1
      = done 1
      ! subscribe a 0
      → AT+QMTSUB=0,2,"a",0\\r
      ← \\r\\n+QMTRECV: 0,0,"m",ERROR\\r\\n
      = message m ERROR
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTRECV: 0,0,"m",4\\r\\n
      = message m 4
      ← \\r\\n+QMTSUB: 0,2,0,0\\r\\n
      = suback 2 [0]
      = done 2`,
  },
  {
    name: "result 1 is a retransmission, not the end: of CONNECT, SUB, UNS and PUB",
    options: { modem: { pollInterval: 0 } },
    script: `${BEFORE_CONNECT}
      ${CONNECT}
      ← \\r\\nOK\\r\\n
      ~ 40000
      ← \\r\\n+QMTCONN: 0,1\\r\\n
      ~ 40000
      ← \\r\\n+QMTCONN: 0,0,0\\r\\n
      = connack 0
      ! subscribe a 1
      → AT+QMTSUB=0,1,"a",1\\r
      ← \\r\\nOK\\r\\n
      ~ 40000
      ← \\r\\n+QMTSUB: 0,1,1,1\\r\\n
      ~ 40000
      ← \\r\\n+QMTSUB: 0,1,0,1\\r\\n
      = suback 1 [1]
      = done 1
      ! unsubscribe a
      → AT+QMTUNS=0,2,"a"\\r
      ← \\r\\nOK\\r\\n
      ~ 40000
      ← \\r\\n+QMTUNS: 0,2,1\\r\\n
      ~ 40000
      ← \\r\\n+QMTUNS: 0,2,0\\r\\n
      = unsuback 2
      = done 2
      ! publish t/a qos=1 : x
      → AT+QMTPUB=0,3,1,0,"t/a",1\\r
      ← >
      → x
      ← \\r\\nOK\\r\\n
      ~ 40000
      ← \\r\\n+QMTPUB: 0,3,1,1\\r\\n
      ~ 40000
      ← \\r\\n+QMTPUB: 0,3,0\\r\\n
      = puback 3
      = done 3`,
  },
  {
    name: "a retransmission of PUBREL shows that the modem is still at it",
    script: `${ONLINE}
      ! publish t/a qos=2 : x
      → AT+QMTPUB=0,1,2,0,"t/a",1\\r
      ← >
      → x
      ← \\r\\nOK\\r\\n
      ~ 40000
      ← \\r\\n+QMTPUBREL: 0,1,1\\r\\n
      ~ 40000
      ← \\r\\n+QMTPUB: 0,1,0\\r\\n
      = pubrec 1
      = pubcomp 1
      = done 1`,
  },
  {
    name: "a slow acknowledgement after an OK that came before the prompt",
    script: `${ONLINE}
      ! publish t/a qos=1 : x
      → AT+QMTPUB=0,1,1,0,"t/a",1\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n>[sp]
      → x
      ~ 9000
      ← \\r\\n+QMTPUB: 0,1,1,1\\r\\n
      ~ 9000
      ← \\r\\n+QMTPUB: 0,1,0\\r\\n
      = puback 1
      = done 1`,
  },
  {
    name: "blanks after the colon and after commas, before them, inside the name, or none at all",
    script: `${ONLINE}
      ! subscribe a 1 b 1
      → AT+QMTSUB=0,1,"a",1,"b",1\\r
      ← \\r\\nOK[sp][sp]\\r\\n
      ← \\r\\n+QMTSUB:0, 1,0 , 0, 1[sp]\\r\\n
      = suback 1 [0,1]
      = done 1
      ! publish t/a qos=1 : x
      → AT+QMTPUB=0,2,1,0,"t/a",1\\r
      ← \\r\\n+CMEERROR:3\\r\\n
      = failed 2 COMMAND_REFUSED 3
      ! publish t/a qos=1 : x
      → AT+QMTPUB=0,3,1,0,"t/a",1\\r
      ← \\r\\n+CMS ERROR : 300\\r\\n
      = failed 3 COMMAND_REFUSED 300`,
  },
  {
    name: "NULs before lines, empty lines, and lines that nobody knows",
    script: `${ONLINE}
      ! subscribe a 0
      → AT+QMTSUB=0,1,"a",0\\r
      ← \\0\\0\\r\\n\\0OK\\r\\n
      ← \\r\\n\\r\\n\\0\\r\\n
      ← +QMTSUBX: 0,1,2\\r\\n
      ← +CSQ: 10,99\\r\\nOKAY\\r\\nERRORS\\r\\n+QMTSUB 0,1,2\\r\\n*ATREADY: 1\\r\\n+\\r\\n
      ← \\0+QMTSUB: 0,1,0,0\\r\\n
      = suback 1 [0]
      = done 1`,
  },
  ...["\\r\\n>[sp]", "\\r\\n>", ">", ">[sp]", "\\r\\n>[sp]\\r\\n", "\\n>", "\\r\\r\\n>[sp]"].map((prompt) => ({
    name: `takes the prompt ${prompt}`,
    script: `${ONLINE}
      ! publish t/a : hi
      → AT+QMTPUB=0,0,0,0,"t/a",2\\r
      ← ${prompt}
      → hi
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTPUB: 0,0,0\\r\\n
      = done 1`,
  })),
  {
    name: "a > that nobody waits for is no prompt",
    script: `${ONLINE}
      ← >[sp]
      ← \\r\\n>\\r\\n
      ! subscribe a 0
      → AT+QMTSUB=0,1,"a",0\\r
      ← \\r\\n> quoted mail\\r\\n
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTSUB: 0,1,0,0\\r\\n
      = suback 1 [0]
      = done 1`,
  },
  {
    name: "an empty message, between others",
    script: `${ONLINE}
      ← \\r\\n+QMTRECV: 0,0,"t",\\r\\n
      = message t
      ← \\r\\n+QMTRECV: 0,3,"t",x\\r\\n
      = message t x
      ← \\r\\n+QMTRECV: 0,0,[sp]"t",[sp]\\r\\n
      = message t
      ← \\r\\n+QMTRECV: 0,0\\r\\n
      ← \\r\\n+QMTRECV:\\r\\n
      ← \\r\\n+QMTRECV: 0,0,bare/topic,y\\r\\n
      = message bare/topic y
      ← \\r\\n+QMTRECV: 0,0,"t"\\r\\n
      = overflow`,
  },
];

describe("BC35-G: lines in another order, or written otherwise", () => {
  for (const exchange of ORDER) {
    it(exchange.name, () => play(exchange, BC35G));
    it(`${exchange.name}: in other pieces`, () => {
      play(exchange, BC35G, { bytewise: true });
      play(exchange, BC35G, { merged: true });
      play(exchange, BC35G, { gulp: 1, clock: 0x7fffffff - 20_000 });
      modemLines(exchange).forEach((length, line) => {
        for (const at of positions(1, length)) play(exchange, BC35G, { line, at });
      });
    });
  }
});

describe("BC35-G: line ends", () => {
  const WORK = `${ONLINE}
    ← \\r\\n+QMTRECV: 0,0,"t",one\\r\\n
    = message t one
    ! publish t/a qos=1 : hi
    → AT+QMTPUB=0,1,1,0,"t/a",2\\r
    ← \\r\\n>[sp]
    → hi
    ← \\r\\nOK\\r\\n
    ← \\r\\n+QMTPUB: 0,1,0\\r\\n
    = puback 1
    = done 1
    ← \\r\\n+QMTRECV: 0,0,"t",\\r\\n
    = message t
    ← \\r\\n+QMTRECV: 0,0,"t",two\\r\\n
    = message t two`;
  for (const end of ["\\r\\n", "\\r\\r\\n", "\\n"]) {
    const exchange = { name: `lines that end in ${end}`, script: WORK.split("\n").map((line) => (line.trim()[0] === "←" ? line.split("\\r\\n").join(end) : line)).join("\n") };
    it(exchange.name, () => play(exchange, BC35G));
    it(`${exchange.name}: in other pieces`, () => {
      play(exchange, BC35G, { bytewise: true });
      play(exchange, BC35G, { merged: true });
    });
    // One byte less or more before the line feed is the payload's own.
    if (end !== "\\n") it(`a payload that ends in CR, with ${end}`, () => play({ name: end, script: `${exchange.script}
      ← ${end}+QMTRECV: 0,0,"t",x\\r${end}
      = message t x\\r` }, BC35G, { merged: true }));
  }
});
