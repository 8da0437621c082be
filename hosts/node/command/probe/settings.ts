import { randomBytes } from "node:crypto";
import type { Family } from "../../../../src/modem/family";
import type { Settings } from "./question";

/** The broker as the modem reaches it. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
}

/** Seconds. The acknowledgement's must be less than the keep-alive time. */
export interface Paces {
  readonly keepAlive: number;
  readonly ackTimeout: number;
}

const PACES: Paces = { keepAlive: 15, ackTimeout: 5 };
/** A port at which nobody listens, as a rule. */
const CLOSED_PORT = "1";
/** In place of a broker, where a command only wants a name. */
const NOWHERE: BrokerAddress = { host: "broker.invalid", port: 1883 };

/** What the steps of the tables have in braces. */
export function settingsFor({ limits }: Family, broker: BrokerAddress = NOWHERE, paces: Paces = PACES): Settings {
  const { host, port, user, password } = broker;
  const mark = randomBytes(4).toString("hex");
  const topic = `modem-mqtt/probe/${mark}`;
  const payload = "y".repeat(limits.payload);
  return {
    host,
    port: String(port),
    user: user ?? "",
    password: password ?? "",
    hasUser: user === undefined ? "0" : "1",
    hasPassword: password === undefined ? "0" : "1",
    credentials: user === undefined ? "" : `,"${user}"${password === undefined ? "" : `,"${password}"`}`,
    id: `mmq-${mark}`,
    topic,
    topicFill: "x".repeat(Math.max(1, limits.topic - topic.length - 1)),
    payloadLimit: String(limits.payload),
    payloadFill: payload,
    payloadFillHex: Buffer.from(payload).toString("hex").toUpperCase(),
    closedPort: CLOSED_PORT,
    keepAlive: String(paces.keepAlive),
    ackTimeout: String(paces.ackTimeout),
  };
}
