import { modemNames, type QoS } from "modem-mqtt/node";

/** What a link that drops leads to. */
export interface LinkLoss {
  /** For the test's title. */
  readonly when: string;
  readonly modemOptions?: Readonly<Record<string, unknown>>;
  /** "told": the client ends with LINK_LOST. "back": the modem gets the connection back by itself. */
  readonly then: "told" | "back";
}

/** What a family can do, where families differ: dialects.md, chapters 8 and 15. */
export interface Facts {
  /** The command that has the client id, when meter-1 connects as u, as the trace shows it. */
  readonly connects: RegExp;
  /** Bytes of payload that one publish can carry. */
  readonly maxPayload: number;
  readonly canSendEmpty: boolean;
  /** Bytes of a topic, in both directions. */
  readonly maxTopic: number;
  readonly maxWillMessage: number;
  /** MQTT versions that the modem can be told to speak; 3 is 3.1, 4 is 3.1.1. */
  readonly versions: readonly number[];
  /** Received messages have a length. Without one, a message ends at its first CR LF, and what follows may be anything. */
  readonly framed: boolean;
  /** What is told about the QoS of a received message. */
  readonly receivedQoS: (qos: QoS) => QoS | undefined;
  /** Whether the retain and dup flags of a received message are told. */
  readonly receivedFlags: boolean;
  /** How a wrong password ends: not every modem tells why a broker has refused. */
  readonly wrongPassword: { readonly name: string; readonly code: string };
  readonly linkLoss: readonly LinkLoss[];
  readonly failures: Failures;
}

/** The error codes that failures end with, and what is set so that they come soon. */
export interface Failures {
  readonly modemOptions: Readonly<Record<string, unknown>>;
  /** The network's side of MQTTOPEN, where it is not OPEN_FAILED. */
  readonly noContext?: string;
  /** CONNACK with these return codes. */
  readonly refused: Readonly<Record<1 | 2 | 3 | 4 | 5, string>>;
  /** No acknowledgement, ever. */
  readonly unanswered: Readonly<Record<"connect" | "subscribe" | "unsubscribe" | "publish", string>>;
  /** What is not acknowledged is sent again. */
  readonly sendsAgain: boolean;
  /** No answer to PINGREQ: as in {@link LinkLoss}. */
  readonly pings: { readonly keepalive: number; readonly then: LinkLoss["then"] };
}

const exactly = (qos: QoS): QoS => qos;

const refusedAs = (code: string): Failures["refused"] => ({ 1: code, 2: code, 3: code, 4: code, 5: code });
/** The modem sends again, tells when it gives up, and tells what the broker has answered. */
const PERSISTENT: Omit<Failures, "modemOptions" | "pings"> = {
  refused: refusedAs("CONNECTION_REFUSED"), sendsAgain: true,
  unanswered: { connect: "CONNECT_FAILED", subscribe: "SUBSCRIBE_FAILED", unsubscribe: "UNSUBSCRIBE_FAILED", publish: "PUBLISH_FAILED" },
};
/** The modem reports that an acknowledgement has not come. */
const REPORTING: Omit<Failures, "modemOptions" | "pings"> = {
  refused: refusedAs("OPEN_FAILED"), sendsAgain: false,
  unanswered: { connect: "OPEN_FAILED", subscribe: "ACK_TIMEOUT", unsubscribe: "ACK_TIMEOUT", publish: "ACK_TIMEOUT" },
};

const FACTS: Readonly<Record<string, Facts>> = {
  bc35g: {
    connects: /→ AT\+QMTCONN=0,"meter-1","u","\*\*\*"\\r/,
    maxPayload: 1024, canSendEmpty: true, maxTopic: 255, maxWillMessage: 255,
    versions: [3, 4], framed: false, receivedQoS: (qos) => (qos === 0 ? 0 : 1), receivedFlags: false,
    wrongPassword: { name: "BrokerError", code: "CONNECTION_REFUSED" },
    linkLoss: [{ when: "the modem reports it", then: "told" }],
    failures: { ...PERSISTENT, modemOptions: { packetTimeout: 1, retries: 1 }, pings: { keepalive: 2, then: "told" } },
  },
  m531x: {
    connects: /→ AT\+MQTTCFG="127\.0\.0\.1",\d+,"meter-1",60,"u","\*\*\*",1\\r/,
    maxPayload: 512, canSendEmpty: true, maxTopic: 255, maxWillMessage: 255,
    versions: [4], framed: true, receivedQoS: exactly, receivedFlags: true,
    wrongPassword: { name: "NetworkError", code: "OPEN_FAILED" },
    linkLoss: [{ when: "the modem connects again", then: "back" }],
    failures: { ...REPORTING, modemOptions: { ackTimeout: 1 }, pings: { keepalive: 2, then: "back" } },
  },
  ml302: {
    connects: /→ AT\+MQTTCFG="127\.0\.0\.1",\d+,"meter-1",60,"u","\*\*\*",1\\r/,
    maxPayload: 1024, canSendEmpty: true, maxTopic: 512, maxWillMessage: 512,
    versions: [4], framed: true, receivedQoS: exactly, receivedFlags: true,
    // mosquitto refuses with 5; the modem has a code for 2 and 4 alone (7.4).
    wrongPassword: { name: "NetworkError", code: "OPEN_FAILED" },
    linkLoss: [
      { when: "the modem reports it", then: "told" },
      { when: "the modem connects again", modemOptions: { modemReconnects: true }, then: "back" },
    ],
    // 614 stands for 2 and 4; 600 is what the modem says without a PDP context.
    failures: {
      ...REPORTING, refused: { ...REPORTING.refused, 2: "CONNECTION_REFUSED", 4: "CONNECTION_REFUSED" }, noContext: "NOT_ATTACHED",
      modemOptions: { ackTimeout: 1 }, pings: { keepalive: 2, then: "told" },
    },
  },
  nm28: {
    connects: /→ AT\+MQTTCONN=0,"meter-1","u","\*\*\*"\\r/,
    maxPayload: 2048, canSendEmpty: false, maxTopic: 255, maxWillMessage: 255,
    versions: [3, 4], framed: true, receivedQoS: () => undefined, receivedFlags: false,
    wrongPassword: { name: "BrokerError", code: "CONNECTION_REFUSED" },
    linkLoss: [{ when: "the modem is asked", modemOptions: { pollInterval: 1000 }, then: "told" }],
    failures: { ...PERSISTENT, modemOptions: { packetTimeout: 1, retries: 1, pollInterval: 1000 }, pings: { keepalive: 10, then: "told" } },
  },
};

/** Every family that there is a driver for, with its facts; a family without a row of its own fails here. */
export const families: readonly (readonly [name: string, facts: Facts])[] = (await modemNames()).map((name) => {
  const facts = FACTS[name];
  if (facts === undefined) throw new Error(`there is a driver for ${name}, and no row in test/e2e/support/families.ts`);
  return [name, facts];
});
