// What stands between the client that China Mobile's modems share and each of its families: the client's state, what
// the family prints of it, and what the family decides.

import type { Message, Operation, QoS } from "../mqtt-types";
import type { OpenFailure } from "../network";

export type State =
  | "none"
  | "ready"
  | "opening"
  | "opened"
  | "connecting"
  | "connected"
  | "reconnecting"
  | "disconnecting"
  | "disconnected";

/** Why a connection was not made. */
export type Failure = OpenFailure | "pdp" | "socket" | "dropped" | "unanswered" | { readonly connack: number };

/** What a publish goes through. */
export type Step = "PUBACK" | "PUBREC" | "PUBCOMP";

/** What the family prints. */
export interface Reports {
  /** Connected, by MQTTOPEN or by the modem's own doing. */
  connected(sessionPresent: boolean): void;
  /** An attempt came to nothing. `retrying`: the client goes on by itself. */
  failed(failure: Failure, retrying: boolean): void;
  reconnecting(attempt: number): void;
  /** The last try has failed, or there is none. */
  gaveUp(tried: boolean): void;
  /** After MQTTDISC. */
  disconnected(): void;
  unanswered(operation: Operation, qos: QoS): void;
  pingMissed(): void;
  pong(): void;
  /** A packet could not be sent. */
  notSent(): void;
  /** The connection is gone, and what waited for an answer gets none. */
  lost(): void;
  subscribed(id: number, code: number, requested: QoS, topic: string): void;
  unsubscribed(id: number, topic: string): void;
  /** At QoS 0: it is sent. */
  sent(): void;
  step(step: Step, id: number): void;
  /** An acknowledgement that nothing waits for. */
  stray(step: Step, id: number): void;
  message(message: Message): void;
  released(id: number): void;
  /** @returns whether that ends what waited for the packet */
  malformed(packet: string): boolean;
}

/** What the family decides. */
export interface Policy {
  /** Whether an MQTTOPEN that failed leads into the client's own tries. */
  retriesOpen(): boolean;
  /** Whether a lost connection is made again. Asked before each try. */
  reconnects(): boolean;
  /** Seconds between pings. */
  pingInterval(keepalive: number): number;
  /** Whether SUBACK with this code is taken for an answer. */
  matches(code: number, requested: QoS): boolean;
}
