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

/** Whose acknowledgement is whose (dialects.md 6.3, 6.4), and what is not acknowledged. */
export const ACKNOWLEDGEMENTS: Exchange[] = [
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
