// The terms of an MQTT session: what it sends, and what it reports.

import type { Packet } from "mqtt-packet";
import type { OpenFailure } from "./network";

export type QoS = 0 | 1 | 2;

/** A packet that the broker acknowledges. `pubrel` is the second half of a publish at QoS 2. */
export type Operation = "connect" | "publish" | "pubrel" | "subscribe" | "unsubscribe";

/** Why a connection ended that the modem did not close. */
export type CloseReason =
  /** The peer closed or reset it. */
  | "peer"
  /** The broker did not answer PINGREQ. */
  | "ping"
  /** The peer sent something that is not MQTT. */
  | "protocol";

/** A message from the broker. */
export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly dup: boolean;
  /** Its packet id, 0 at QoS 0. */
  readonly id: number;
}

/** The reports of a session. */
export interface SessionEvents {
  opened(): void;
  openFailed(reason: OpenFailure): void;
  /** The broker has answered CONNECT. With a code other than 0 the session has already closed the connection. */
  connack(code: number, sessionPresent: boolean): void;
  message(message: Message): void;
  /** The broker has acknowledged a packet; a publish at QoS 0 is reported when it is sent. `granted` is SUBACK's list. */
  acknowledged(operation: Operation, id: number, granted: readonly number[]): void;
  /** A packet has been sent again for the `times`th time. */
  retransmitted(operation: Operation, id: number, times: number): void;
  /** The acknowledgement did not come, and the packet is not sent again. The connection is still open. */
  unanswered(operation: Operation, id: number): void;
  closed(reason: CloseReason): void;
  /** The broker has acknowledged a publish at QoS 2 with PUBREC; PUBREL has been sent. */
  pubrec?(id: number): void;
  /** An acknowledgement of a publish has come for which nothing waits: a repeated or a late one. */
  stray?(step: "PUBACK" | "PUBREC" | "PUBCOMP", id: number): void;
  /** The broker has released a message at QoS 2 with PUBREL; PUBCOMP has been sent. */
  released?(id: number): void;
  /** Whether a SUBACK counts as the awaited answer; without this function it does. */
  matches?(id: number, granted: readonly number[]): boolean;
  /** PINGRESP has come. */
  pong?(): void;
  /** A ping had no answer when the next one was due. Only with the option `missedPings`. */
  pingMissed?(): void;
  /** A packet from the broker cannot be read, or is one that only a client sends. Without this function the connection ends. */
  malformed?(packet: NonNullable<Packet["cmd"]>, id: number): void;
}

/** What CONNECT carries. */
export interface ConnectOptions {
  /** 3 is MQTT 3.1, 4 is 3.1.1. */
  readonly version: 3 | 4;
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  /** Seconds; 0 for no pings. */
  readonly keepalive: number;
  /** Seconds between pings, when they are not the keep-alive time. */
  readonly pingInterval?: number;
  readonly clean: boolean;
  readonly will?: { readonly topic: string; readonly payload: string; readonly qos: QoS; readonly retain: boolean };
}
