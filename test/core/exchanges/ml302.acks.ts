import type { Exchange } from "../support/exchange";
import { PAIRS, TIMEOUTS } from "./m531x.acks";
import { HELLO, ONLINE, subscribe } from "./ml302";

const OPERATIONS: [what: string, asked: string, answer: string, told: string][] = [
  ["publish", HELLO, "+MQTTPUBACK:0,3", "= puback 7"],
  ["subscribe", '! subscribe a 1 id=7\n→ AT+MQTTSUB="a",1\\r', "+MQTTSUBACK:3,1,a", "= suback 7 [1]"],
  ["unsubscribe", '! unsubscribe a id=7\n→ AT+MQTTUNSUB="a"\\r', "+MQTTUNSUBACK:3,a", "= unsuback 7"],
];

const publish = (id: number, ...answer: string[]) => `
  ! publish t/a qos=1 id=${id} : hello
  → AT+MQTTPUB="t/a",1,0,0,5\\r
  ← \\r\\n>[sp]
  → hello${answer.map((line) => `
  ← \\r\\n${line}\\r\\n`).join("")}`;
const done = (id: number) => `
  = puback ${id}
  = done ${id}`;
/** A subscription and a publish, by which the modem shows that it counts. */
const COUNTING = `${ONLINE}${subscribe("a", 1)}${publish(11, "+MQTTPUBACK:0,2", "OK")}${done(11)}`;

/** What the packet ids show that the modem chooses (dialects.md 6.4). */
const IDS: Exchange[] = [
  {
    name: "a repeated acknowledgement ended the next publish",
    script: `${COUNTING}${publish(12, "+MQTTPUBACK:0,2", "+MQTTPUBACK:0,3", "OK")}${done(12)}`,
  },
  ...["+CME ERROR: 616", "+MQTTTO:2"].map((late) => ({
    name: `an acknowledgement that came after ${late} ended the next publish`,
    script: `${COUNTING}${late === "+MQTTTO:2" ? publish(12, late, "+CME ERROR: 616") : publish(12, late)}
      = failed 12 ACK_TIMEOUT 616${publish(13, "+MQTTPUBACK:0,3", "+MQTTPUBACK:0,4", "OK")}${done(13)}`,
  })),
  ...["0,0", "0,1", "0,7"].map((pair) => ({
    name: `firmware that always prints ${pair} goes on working`,
    script: `${ONLINE}${[1, 2, 3, 4].map((id) => `${publish(id, `+MQTTPUBACK:${pair}`, "OK")}${done(id)}`).join("")}`,
  })),
];

/** Whose acknowledgement is whose (dialects.md 6.3, 6.4), and what is not acknowledged. */
export const ACKNOWLEDGEMENTS: Exchange[] = [
  ...IDS,
  ...PAIRS.map((pair) => ({
    name: `takes "${pair}" for the acknowledgement of the publish that waits for one (C-1)`,
    script: `${ONLINE}
      ${HELLO}
      ← \\r\\n+MQTTPUBACK:${pair}\\r\\n
      ← \\r\\nOK\\r\\n
      = puback 7
      = done 7
      ! publish t/a qos=2 id=8 : bye
      → AT+MQTTPUB="t/a",2,0,0,3\\r
      ← \\r\\n>[sp]
      → bye
      ← \\r\\n+MQTTPUBREC:${pair}\\r\\n
      ← \\r\\n+MQTTPUBCOMP:${pair}\\r\\n
      ← \\r\\nOK\\r\\n
      = pubrec 8
      = pubcomp 8
      = done 8`,
  })),
  {
    name: "waits as long again for PUBCOMP when PUBREC has come",
    script: `${ONLINE}
      ! publish t/a qos=2 id=8 : bye
      → AT+MQTTPUB="t/a",2,0,0,3\\r
      ← \\r\\n>[sp]
      → bye
      ~ 29000
      ← \\r\\n+MQTTPUBREC:0,4\\r\\n
      ~ 29000
      ← \\r\\n+MQTTPUBCOMP:0,4\\r\\n
      ← \\r\\nOK\\r\\n
      = pubrec 8
      = pubcomp 8
      = done 8`,
  },
  {
    name: "sends the next command only when the final has come",
    script: `${ONLINE}
      ! subscribe a 1
      ! subscribe b 2
      → AT+MQTTSUB="a",1\\r
      ← \\r\\n+MQTTSUBACK:1,1,a\\r\\n
      ~ 900
      ← \\r\\nOK\\r\\n
      = suback 1 [1]
      = done 1
      → AT+MQTTSUB="b",2\\r
      ← \\r\\n+MQTTSUBACK:2,2,b\\r\\n
      ← \\r\\nOK\\r\\n
      = suback 2 [2]
      = done 2`,
  },
  ...TIMEOUTS.flatMap(([type, ended]) => OPERATIONS.map(([what, asked, answer, told]) => ({
    name: what === ended ? `fails to ${what} at +MQTTTO ${type}` : `goes on to ${what} at +MQTTTO ${type} (${ended})`,
    script: what === ended
      ? `${ONLINE}
        ${asked}
        ← \\r\\n+MQTTTO:${type}\\r\\n
        ← \\r\\n+CME ERROR: 616\\r\\n
        = failed 7 ACK_TIMEOUT 616${subscribe("c", 1)}`
      : `${ONLINE}
        ${asked}
        ← \\r\\n+MQTTTO: ${type}\\r\\n
        ← \\r\\n${answer}\\r\\n
        ← \\r\\nOK\\r\\n
        ${told}
        = done 7`,
  }))),
];
