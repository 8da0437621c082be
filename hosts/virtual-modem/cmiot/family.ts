// The interface between the client of China Mobile's modems and each of its families: the client's states, the reports that the
// family prints, and the decisions that the family makes.

import type { Message, Operation, QoS } from "../mqtt-types";
import type { OpenFailure } from "../network";

export type State = "none" | "ready" | "opening" | "opened" | "connecting" | "connected" | "reconnecting" | "disconnecting" | "disconnected";

/** Why a connection was not made. */
export type Failure = OpenFailure | "pdp" | "socket" | "dropped" | "unanswered" | { readonly connack: number };

/** The acknowledgements of a publish. */
export type Step = "PUBACK" | "PUBREC" | "PUBCOMP";

/** Reports of the client; the family prints them. */
export interface Reports {
  /** The client is connected, by MQTTOPEN or by its own reconnection. */
  connected(sessionPresent: boolean): void;
  /** An attempt has failed. @param retrying whether the client tries again by itself */
  failed(failure: Failure, retrying: boolean): void;
  reconnecting(attempt: number): void;
  /** The client makes no further try. @param tried whether it made any */
  gaveUp(tried: boolean): void;
  /** The connection has ended after MQTTDISC. */
  disconnected(): void;
  unanswered(operation: Operation, qos: QoS): void;
  pingMissed(): void;
  pong(): void;
  /** A packet could not be sent. */
  notSent(): void;
  /** The connection is lost; commands that wait for the broker get no answer. */
  lost(): void;
  subscribed(id: number, code: number, requested: QoS, topic: string): void;
  unsubscribed(id: number, topic: string): void;
  /** A publish at QoS 0 has been sent. */
  sent(): void;
  step(step: Step, id: number): void;
  /** An acknowledgement has come for which nothing waits. */
  stray(step: Step, id: number): void;
  message(message: Message): void;
  released(id: number): void;
  /** A packet cannot be read. @returns whether this ends the command that waits for it */
  malformed(packet: string): boolean;
}

/** Decisions of the family. */
export interface Policy {
  /** Whether the client tries again by itself after a failed MQTTOPEN. */
  retriesOpen(): boolean;
  /** Whether the client reconnects after a loss. Called before each try. */
  reconnects(): boolean;
  /** Seconds between pings. */
  pingInterval(keepalive: number): number;
  /** Whether a SUBACK with this code counts as an answer. */
  matches(code: number, requested: QoS): boolean;
}
