import type { Exchange } from "../support/exchange";
import { HELLO, ONLINE, subscribe } from "./m531x";

/** Each pair of dialects.md 6.3, in which either field may be the packet id. */
export const PAIRS = ["3,0", " 0,3", "0,1", "1,0", " 1,1", "0,0", "1,7", "7,1", "65535,0", "O,1", "3"];

/** What `+MQTTTO` ends, by its type (S2 1.14). */
export const TIMEOUTS: [type: number, what: string][] = [
  [1, "connect"], [2, "publish"], [3, "subscribe"], [4, "unsubscribe"], [5, "ping"], [6, "unknown"],
];

/** What is asked for, as far as its OK, with what answers it and what the application is told. */
const OPERATIONS: [what: string, asked: string, answer: string, told: string][] = [
  ["publish", `${HELLO}\n← \\r\\nOK\\r\\n`, "+MQTTPUBACK:3,0", "= puback 7"],
  ["subscribe", '! subscribe a 1 id=7\n→ AT+MQTTSUB="a",1\\r\n← \\r\\nOK\\r\\n', "+MQTTSUBACK:3,1,a", "= suback 7 [1]"],
  ["unsubscribe", '! unsubscribe a id=7\n→ AT+MQTTUNSUB="a"\\r\n← \\r\\nOK\\r\\n', "+MQTTUNSUBACK:3,a", "= unsuback 7"],
];

const publish = (id: number) => `
  ! publish t/a qos=1 id=${id} : hello
  → AT+MQTTPUB="t/a",1,0,0,5,"68656C6C6F"\\r
  ← \\r\\nOK\\r\\n`;
const says = (line: string) => `
  ← \\r\\n${line}\\r\\n`;
const done = (id: number) => `
  = puback ${id}
  = done ${id}`;
/** A subscription and a publish, by which the modem shows that it counts. */
const COUNTING = `${ONLINE}${subscribe("a", 1)}${publish(11)}${says("+MQTTPUBACK:2,0")}${done(11)}`;

/** What the packet ids show that the modem chooses (dialects.md 6.4). */
const IDS: Exchange[] = [
  {
    name: "a repeated acknowledgement ended the next publish",
    script: `${COUNTING}${publish(12)}${says("+MQTTPUBACK:2,0")}${says("+MQTTPUBACK: 0,2")}${says("+MQTTPUBACK:3,0")}${done(12)}
      ${publish(13)}${says("+MQTTPUBACK:3,0")}${says("+MQTTPUBACK:4,0")}${done(13)}`,
  },
  {
    name: "firmware that counts the ids of each kind by itself did not get on from a second subscription to a publish",
    script: `${ONLINE}${subscribe("a", 1)}${subscribe("b", 2)}${publish(11)}${says("+MQTTPUBACK:1,0")}${done(11)}
      ${publish(12)}${says("+MQTTPUBACK:2,0")}${done(12)}${publish(13)}${says("+MQTTPUBACK:2,0")}${says("+MQTTPUBACK:3,0")}${done(13)}`,
  },
  {
    name: "an acknowledgement that came after +MQTTTO:2 ended the next publish",
    script: `${COUNTING}${publish(12)}${says("+MQTTTO:2")}
      = failed 12 ACK_TIMEOUT${publish(13)}${says("+MQTTPUBACK:3,0")}${says("+MQTTPUBACK:4,0")}${done(13)}`,
  },
  {
    name: "an acknowledgement that came after +MQTTTO:2 ended the next publish, where the modem had shown nothing of its ids",
    script: `${ONLINE}${publish(12)}${says("+MQTTTO:2")}
      = failed 12 ACK_TIMEOUT${publish(13)}${says("+MQTTPUBACK:7,0")}${says("+MQTTPUBACK:8,0")}${done(13)}`,
  },
  {
    name: "after +MQTTTO:2 the one acknowledgement that comes may be either's: the publish is in doubt, and the next one goes",
    script: `${ONLINE}${publish(12)}${says("+MQTTTO:2")}
      = failed 12 ACK_TIMEOUT${publish(13)}${says("+MQTTPUBACK:0,0")}
      ~ 15000
      = failed 13 COMMAND_TIMEOUT${publish(14)}${says("+MQTTPUBACK:0,0")}${done(14)}`,
    options: { modem: { pollInterval: 0 } },
  },
  {
    name: "an id that one damaged bit has made too low is not believed, and too low for ever is a modem that has begun again",
    script: `${COUNTING}${publish(12)}${says("+MQTTPUBACK:1,0")}
      ~ 15000
      = failed 12 COMMAND_TIMEOUT${publish(13)}${says("+MQTTPUBACK:1,0")}${done(13)}${publish(14)}${says("+MQTTPUBACK:2,0")}${done(14)}`,
    options: { modem: { pollInterval: 0 } },
  },
  {
    name: "a publish that the modem refused may have had an id, or none",
    script: `${COUNTING}${["3", "5"].map((id, index) => `
      ! publish t/a qos=1 id=${20 + index} : hello
      → AT+MQTTPUB="t/a",1,0,0,5,"68656C6C6F"\\r
      ← \\r\\nERROR\\r\\n
      = failed ${20 + index} COMMAND_REFUSED${publish(30 + index)}${says(`+MQTTPUBACK:${id},0`)}${done(30 + index)}`).join("")}`,
  },
  ...[true, false].map((counted) => ({
    name: `publishes at QoS 0 ${counted ? "count" : "do not count"}`,
    script: `${COUNTING}${[1, 2, 3].map((turn) => `
      ! publish t/a id=${20 + turn} : hello
      → AT+MQTTPUB="t/a",0,0,0,5,"68656C6C6F"\\r
      ← \\r\\nOK\\r\\n
      = done ${20 + turn}${publish(30 + turn)}${says(`+MQTTPUBACK:${2 + (counted ? 2 * turn : turn)},0`)}${done(30 + turn)}`).join("")}`,
  })),
  {
    name: "ids that come in another order than they were given",
    script: `${COUNTING}${publish(12)}
      ! subscribe b 1 id=13
      → AT+MQTTSUB="b",1\\r
      ← \\r\\nOK\\r\\n${says("+MQTTSUBACK:4,1,b")}
      = suback 13 [1]
      = done 13${says("+MQTTPUBACK:3,0")}${done(12)}${publish(14)}${says("+MQTTPUBACK:3,0")}${says("+MQTTPUBACK:5,0")}${done(14)}`,
  },
  ...["0,0", "1,0", "0,1", "7,0"].map((pair) => ({
    name: `firmware that always prints ${pair} goes on working`,
    script: `${ONLINE}${[1, 2, 3, 4].map((id) => `${publish(id)}${says(`+MQTTPUBACK:${pair}`)}${done(id)}`).join("")}`,
  })),
  {
    name: "ids that go on from 1 behind 65535, or before",
    script: `${ONLINE}${["65534", "65535", "1", "2", "255", "256", "1", "2"].map((pair, index) => `${publish(index + 1)}${says(`+MQTTPUBACK:${pair},0`)}${done(index + 1)}`).join("")}`,
  },
  ...["", ",0", "7,", "x,0", "7;0", "7<C2><B2>,0", "-7,0", "7,3", "99999999999,0"].map((pair) => ({
    name: `a damaged +MQTTPUBACK:${pair} is nobody's`,
    script: `${COUNTING}${publish(12)}${says(`+MQTTPUBACK:${pair}`)}${says("+MQTTPUBACK:3,0")}${done(12)}
      ! publish t/a qos=2 id=13 : bye
      → AT+MQTTPUB="t/a",2,0,0,3,"627965"\\r
      ← \\r\\nOK\\r\\n${says(`+MQTTPUBREC:${pair}`)}${says(`+MQTTPUBCOMP:${pair}`)}${says("+MQTTPUBREC:4,0")}${says("+MQTTPUBCOMP:4,0")}
      = pubrec 13
      = pubcomp 13
      = done 13`,
  })),
  {
    name: "a repeated PUBREC or PUBCOMP was taken for the next publish's",
    script: `${COUNTING}${[12, 13].map((id) => `
      ! publish t/a qos=2 id=${id} : bye
      → AT+MQTTPUB="t/a",2,0,0,3,"627965"\\r
      ← \\r\\nOK\\r\\n${says("+MQTTPUBREC:2,0")}${says("+MQTTPUBCOMP:2,0")}${id === 13 ? says("+MQTTPUBREC:3,0") + says("+MQTTPUBCOMP:3,0") : ""}${says(`+MQTTPUBREC:${id - 9},0`)}${says(`+MQTTPUBCOMP:${id - 9},0`)}
      = pubrec ${id}
      = pubcomp ${id}
      = done ${id}`).join("")}`,
  },
  {
    name: "a repeated SUBACK or UNSUBACK was taken for that of the same topic's next one",
    script: `${COUNTING}
      ! subscribe b 1 id=12
      → AT+MQTTSUB="b",1\\r
      ← \\r\\nOK\\r\\n${says("+MQTTSUBACK:3,1,b")}
      = suback 12 [1]
      = done 12
      ! unsubscribe b id=13
      → AT+MQTTUNSUB="b"\\r
      ← \\r\\nOK\\r\\n${says("+MQTTUNSUBACK:4,b")}
      = unsuback 13
      = done 13
      ! subscribe b 2 id=14
      → AT+MQTTSUB="b",2\\r
      ← \\r\\nOK\\r\\n${says("+MQTTSUBACK:3,1,b")}${says("+MQTTSUBACK:5,2,b")}
      = suback 14 [2]
      = done 14
      ! unsubscribe b id=15
      → AT+MQTTUNSUB="b"\\r
      ← \\r\\nOK\\r\\n${says("+MQTTUNSUBACK:4,b")}${says("+MQTTUNSUBACK:6,b")}
      = unsuback 15
      = done 15`,
  },
  ...[["0x00", 0], ["0x01", 1], ["0x02", 2], ["0", 0], ["2", 2], ["0x80", 128], ["128", 128], ["80", 128], ["3", 128]].map(([code, granted]) => ({
    name: `SUBACK's code ${code} grants ${granted}`,
    script: `${ONLINE}
      ! subscribe b 2 id=12
      → AT+MQTTSUB="b",2\\r
      ← \\r\\nOK\\r\\n${says(`+MQTTSUBACK:1,${code},b`)}
      = suback 12 [${granted}]
      = done 12`,
  })),
  ...["", "x", "0x", "1<C2><B2>", "0x0", "-1"].map((code) => ({
    name: `a SUBACK whose code is "${code}" is nobody's`,
    script: `${ONLINE}
      ! subscribe b 2 id=12
      → AT+MQTTSUB="b",2\\r
      ← \\r\\nOK\\r\\n${says(`+MQTTSUBACK:1,${code},b`)}${says("+MQTTSUBACK:1<C2><B2>,2,b")}${says("+MQTTSUBACK:1,2,b")}
      = suback 12 [2]
      = done 12`,
  })),
];

/** Whose acknowledgement is whose (dialects.md 6.3, 6.4), and what is not acknowledged. */
export const ACKNOWLEDGEMENTS: Exchange[] = [
  ...IDS,
  ...PAIRS.map((pair) => ({
    name: `takes "${pair}" for the acknowledgement of the publish that waits for one`,
    script: `${ONLINE}
      ${HELLO}
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTPUBACK:${pair}\\r\\n
      = puback 7
      = done 7
      ! publish t/a qos=2 id=8 : bye
      → AT+MQTTPUB="t/a",2,0,0,3,"627965"\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTPUBREC:${pair}\\r\\n
      ← \\r\\n+MQTTPUBCOMP:${pair}\\r\\n
      = pubrec 8
      = pubcomp 8
      = done 8`,
  })),
  {
    name: "takes no acknowledgement of the other QoS for the publish's own",
    script: `${ONLINE}
      ${HELLO}
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTPUBCOMP:3,0\\r\\n
      ← \\r\\n+MQTTPUBREL:3,0\\r\\n
      ← \\r\\n+MQTTPUBACK:3,0\\r\\n
      = puback 7
      = done 7
      ! publish t/a qos=2 id=8 : bye
      → AT+MQTTPUB="t/a",2,0,0,3,"627965"\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTPUBACK:4,0\\r\\n
      ← \\r\\n+MQTTPUBREC:4,0\\r\\n
      ← \\r\\n+MQTTPUBCOMP:4,0\\r\\n
      = pubrec 8
      = pubcomp 8
      = done 8`,
  },
  {
    name: "waits as long again for PUBCOMP when PUBREC has come",
    script: `${ONLINE}
      ! publish t/a qos=2 id=8 : bye
      → AT+MQTTPUB="t/a",2,0,0,3,"627965"\\r
      ← \\r\\nOK\\r\\n
      ~ 29000
      ← \\r\\n+MQTTPUBREC:4,0\\r\\n
      ~ 29000
      ← \\r\\n+MQTTPUBCOMP:4,0\\r\\n
      = pubrec 8
      = pubcomp 8
      = done 8`,
  },
  {
    name: "matches the acknowledgements of all kinds that wait at once",
    script: `${ONLINE}
      ${HELLO}
      ← \\r\\nOK\\r\\n
      ! subscribe a 1 id=8
      → AT+MQTTSUB="a",1\\r
      ← \\r\\nOK\\r\\n
      ! unsubscribe b id=9
      → AT+MQTTUNSUB="b"\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTUNSUBACK:3,b\\r\\n
      = unsuback 9
      = done 9
      ← \\r\\n+MQTTPUBACK:1,0\\r\\n
      = puback 7
      = done 7
      ← \\r\\n+MQTTSUBACK:2,1,a\\r\\n
      = suback 8 [1]
      = done 8`,
  },
  {
    name: "keeps the second of a kind until the first is acknowledged",
    script: `${ONLINE}
      ! subscribe a 1
      ! subscribe b 2
      → AT+MQTTSUB="a",1\\r
      ← \\r\\nOK\\r\\n
      ~ 5000
      ← \\r\\n+MQTTSUBACK:1,1,a\\r\\n
      = suback 1 [1]
      = done 1
      → AT+MQTTSUB="b",2\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTSUBACK:2,2,b\\r\\n
      = suback 2 [2]
      = done 2`,
  },
  ...TIMEOUTS.flatMap(([type, ended]) => OPERATIONS.map(([what, asked, answer, told]) => ({
    name: what === ended ? `fails to ${what} at +MQTTTO ${type}` : `goes on to ${what} at +MQTTTO ${type} (${ended})`,
    script: what === ended
      ? `${ONLINE}
        ${asked}
        ← \\r\\n+MQTTTO:${type}\\r\\n
        = failed 7 ACK_TIMEOUT${subscribe("c", 1)}`
      : `${ONLINE}
        ${asked}
        ← \\r\\n+MQTTTO: ${type}\\r\\n
        ← \\r\\n${answer}\\r\\n
        ${told}
        = done 7`,
  }))),
];
