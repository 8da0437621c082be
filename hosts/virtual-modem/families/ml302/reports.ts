// The client's reports as an ML302 prints them, and how they end the commands that wait: S3 2.3, 2.4 and 3.4, dialects 4.3 to 4.5.

import type { CmiotClient } from "../../cmiot/client";
import type { Failure, Reports } from "../../cmiot/family";
import type { Lines } from "../../cmiot/lines";
import type { Modem } from "../../engine/family";
import type { Operation, QoS } from "../../mqtt-types";
import { codes, malformedCodes, openCode, timeoutCode } from "./codes";
import type { Outcome } from "./outcome";

/** SUBACK's code for a refused subscription: MQTT 3.1.1, 3.9.3, and S3 2.3.4. */
const refused = 128;

export function makeReports(modem: Modem, lines: Lines, outcome: Outcome, client: () => CmiotClient): Reports {
  const { urc, variant } = modem;

  const failed = (failure: Failure, retrying: boolean): void => {
    // A try of the client's own is not reported, nor one after which the command still waits.
    if (retrying || client().tries > 0) return;
    const handshake = client().settings?.encrypt && typeof failure !== "object";
    if (handshake && variant("tlsFailure") === "qmtopen") urc("+QMTOPEN: 0,-1");
    if (variant("openFail") === "present") urc(`${lines.head("OPEN")}FAIL`);
    outcome.failed(variant("openError") === "bare" ? "+CME ERROR" : openCode(failure));
  };

  const subscribed = (id: number, code: number, requested: QoS, topic: string): void => {
    const wrong = code === refused ? variant("refusedSuback") === "605" : code < requested && variant("downgrade") === "605";
    if (wrong) {
      client().subscriptions.delete(topic);
      return outcome.failed(codes.suback);
    }
    urc(lines.suback(id, code, topic));
    outcome.done();
  };

  const unanswered = (operation: Operation, qos: QoS): void => {
    urc(lines.timeout(operation));
    // An MQTTOPEN ends with `failed`, which follows.
    if (operation === "connect") return;
    const final = variant("ackTimeoutFinal");
    if (final === "ok") outcome.done();
    else outcome.failed(final === "specific" ? timeoutCode(operation, qos) : codes.ackTimeout);
  };

  return {
    connected: () => {
      urc(`${lines.head("OPEN")}OK`);
      outcome.done();
    },
    failed,
    reconnecting: (attempt) => urc(`${lines.head("REC")}${attempt}`),
    gaveUp: (tried) => {
      // 615 also ends an MQTTOPEN that waits for the client's tries: dialects 6.5.
      if (tried && variant("giveUpError") === "present") outcome.failed(codes.reconnectFailed);
      else outcome.abandon(codes.reconnectFailed);
      urc(`${lines.head("LOST")}OK`);
    },
    disconnected: () => {
      urc(`${lines.head("DISC")}OK`);
      outcome.done();
    },
    unanswered,
    pingMissed: () => urc(lines.pingTimeout()),
    pong: () => {
      if (client().pingEcho) urc(`${lines.head("PING")}OK`);
    },
    notSent: () => outcome.failed(codes.sendFailed),
    lost: () => outcome.abandon(codes.connectionLost),
    subscribed,
    unsubscribed: (id, topic) => {
      urc(lines.unsuback(id, topic));
      outcome.done();
    },
    sent: () => outcome.done(),
    step: (step, id) => {
      urc(lines.acknowledgement(step, id));
      if (step !== "PUBREC") outcome.done();
    },
    message: (message) => lines.message(message),
    stray: (step, id) => urc(lines.acknowledgement(step, id)),
    released: (id) => urc(lines.acknowledgement("PUBREL", id)),
    malformed: (packet) => {
      const code = malformedCodes[packet] ?? codes.unknownData;
      // No command waits for packets that the broker sends by itself: dialects 4.2.
      if (["publish", "pubrel"].includes(packet) || code === codes.unknownData) outcome.report(code);
      else outcome.failed(code);
      return true;
    },
  };
}
