// The client's reports as an M531X prints them: S2 1.11 and 2.4, dialects 3.5. All of them are URCs. When the variant `okOrder` has
// held back a command's OK, the report of the outcome is followed by it.

import type { CmiotClient } from "../../cmiot/client";
import type { Failure, Reports } from "../../cmiot/family";
import type { Held } from "../../cmiot/held";
import type { Lines } from "../../cmiot/lines";
import type { Modem } from "../../engine/family";

/** How a refused CONNECT is spelled, by the variant `openResult`: B-17. */
const refusals: Readonly<Record<string, (head: string, code: number) => string>> = {
  words: (head) => `${head}FAIL`,
  conack: () => "+MQTTCONACK: FAIL",
  codes: (_head, code) => `+MQTTOPEN: ${code},0`,
};

const refusal = (failure: Failure): number | undefined => (typeof failure === "object" ? failure.connack : undefined);

export function makeReports(modem: Modem, lines: Lines, held: Held, client: () => CmiotClient): Reports {
  const { urc, variant } = modem;
  return {
    connected: (sessionPresent) => {
      const result = variant("openResult") === "codes" ? `+MQTTOPEN: 0,${Number(sessionPresent)}` : `${lines.head("OPEN")}OK`;
      urc(result);
      held.ok();
    },
    failed: (failure, retrying) => {
      const code = refusal(failure);
      // When no further try follows, the host waits for a result. A failure without a code is reported as "server unavailable" (3).
      const shown = code ?? (retrying ? undefined : 3);
      if (shown !== undefined) urc(refusals[variant("openResult")](lines.head("OPEN"), shown));
      held.ok();
    },
    reconnecting: (attempt) => urc(`${lines.head("REC")}${attempt}`),
    gaveUp: () => urc(`${lines.head("LOST")}OK`),
    disconnected: () => {
      urc(`${lines.head("DISC")}OK`);
      held.ok();
    },
    unanswered: (operation) => {
      urc(lines.timeout(operation));
      // An MQTTOPEN ends with `failed`, which follows.
      if (operation !== "connect") held.ok();
    },
    pingMissed: () => urc(lines.pingTimeout()),
    pong: () => {
      if (client().pingEcho) urc(`${lines.head("PING")}OK`);
    },
    notSent: () => held.ok(),
    lost: () => held.ok(),
    subscribed: (id, code, _requested, topic) => {
      urc(lines.suback(id, code, topic));
      held.ok();
    },
    unsubscribed: (id, topic) => {
      urc(lines.unsuback(id, topic));
      held.ok();
    },
    sent: () => held.ok(),
    step: (step, id) => {
      urc(lines.acknowledgement(step, id));
      if (step !== "PUBREC") held.ok();
    },
    message: (message) => lines.message(message, hexWanted(client(), message.topic)),
    stray: (step, id) => urc(lines.acknowledgement(step, id)),
    released: (id) => urc(lines.acknowledgement("PUBREL", id)),
    // S2 has no report for it; the command that waits for the packet times out.
    malformed: () => false,
  };
}

/** Whether the subscription to this topic asked for hexadecimal digits. P11 compares topics without wildcards. */
function hexWanted(client: CmiotClient, topic: string): boolean {
  return client.subscriptions.get(topic)?.hex ?? false;
}
