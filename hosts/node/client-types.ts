import type { MQTTModemError } from "../../src/errors";
import type { Progress } from "../../src/modem/care";
import type { StageName } from "../../src/modem/stage";
import type { SessionOptions } from "../../src/session/session";
import type { SessionState } from "../../src/session/states";
import type { Callback } from "./callback";
import { boolean, elsewhere, integer, never, signal, type Shape } from "./options";
import type { Packet, QoS } from "./packet";
import type { Granted } from "./topics";

/** The events of a client, and what their listeners get. */
export interface ClientEvents {
  /** The client is connected to the broker, for the first time or again. */
  connect: [];
  /** A message has been received. While nobody listens, up to `heldMessages` messages are held for the next listener or iteration. */
  message: [topic: string, payload: Buffer, packet: Packet];
  /** The client, or the modem by itself where it can, begins to connect again; `connect` or `error` follows. */
  reconnect: [];
  /** The connection is lost, and the application did not end it. */
  offline: [];
  /** A connection, or an attempt to make one, has ended. */
  close: [];
  /**
   * A connection was lost or could not be made, or something else has failed for which no promise is rejected. Without a listener
   * the error is not thrown: a failed promise has it too.
   */
  error: [error: MQTTModemError];
  /** The client has ended: `end` was called, or there is no further attempt. */
  end: [];
  /**
   * Beyond MQTT.js: what the modem is doing. `attaching` comes again and again, with what is known of the network so far; `progress` is
   * null with all other stages.
   */
  stage: [stage: StageName, progress: Progress | null];
  /** Beyond MQTT.js: the session has entered a state; docs/sessions.md has the diagram. */
  state: [state: SessionState];
  /** Beyond MQTT.js: a message that an earlier process stored has ended; `error` is null when it succeeded. */
  stored: [id: number, error: MQTTModemError | null];
}

/** The options of `connect`, prepared for the client. */
export interface ClientSettings {
  readonly session: Omit<SessionOptions, "modem" | "queue" | `on${string}`>;
  readonly queue: NonNullable<SessionOptions["queue"]>;
  readonly driverOptions: Readonly<Record<string, unknown>> | undefined;
  readonly highWaterMark: number;
  readonly heldMessages: number;
}

export interface OperationOptions {
  /**
   * Aborting removes the operation from the queue while it waits. An operation that the modem already has is carried out all the
   * same. In both cases the promise is rejected with the signal's reason.
   */
  signal?: AbortSignal;
}

export interface PublishOptions extends OperationOptions {
  qos?: QoS;
  retain?: boolean;
  /** Accepted for MQTT.js's sake, but only false: the modem sets the flag. */
  dup?: false;
}

export interface SubscribeOptions extends OperationOptions {
  qos?: QoS;
}

/** MQTT.js's options of `end` belong to MQTT 5, so here there are none. */
export type EndOptions = Readonly<Record<string, never>>;

export type DoneCallback = Callback;
export type PublishCallback = Callback<Packet>;
export type SubscribeCallback = Callback<Granted[]>;

export const OPERATION: Shape<OperationOptions> = { signal };
export const PUBLISH: Shape<PublishOptions> = {
  ...OPERATION,
  qos: integer(0, 2),
  retain: boolean,
  dup: never("the modem sets it where it sends a message again"),
};
export const SUBSCRIBE: Shape<SubscribeOptions> = { ...OPERATION, qos: integer(0, 2) };
export const MQTT_5 = elsewhere("nl, rap, rh, properties, reasonCode", "it belongs to MQTT 5, which no modem's client speaks");
export const PUBLISH_ELSEWHERE = { ...MQTT_5, QoS: "it is qos here", cbStorePut: "see the option store of connect()" };
