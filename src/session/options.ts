import type { MQTTModemError } from "../errors";
import type { DriverClass } from "../modem/link";
import type { ModemOptions } from "../modem/options";
import type { MQTTClient, MQTTClientOptions } from "../mqtt/client";
import type { ReadableOptions } from "../mqtt/options";
import type { StageName } from "../mqtt/stages";
import type { RetryOptions } from "./retry";
import type { SessionState } from "./states";
import type { Store } from "./store";

/** What waits for a connection, and for its acknowledgement. */
export interface QueueOptions {
  /** Operations that wait or are under way at the most, 1–65534; default 16. Their places are made once. */
  count?: number;
  /** Bytes of all their payloads together; default 4096, and never less than the modem's longest message. Allocated once. */
  bytes?: number;
  /**
   * What happens to a message that there is no room for: "refuse" (default) throws BUSY, "drop oldest" drops the oldest
   * messages that the modem does not have yet, "drop newest" drops this one. What is dropped is reported with DROPPED.
   */
  policy?: "refuse" | "drop oldest" | "drop newest";
  /** Whether messages at QoS 0 wait while there is no connection; default true. Otherwise they are refused with NOT_CONNECTED. */
  QoSZero?: boolean;
  /** Keeps messages over a power cut: those at QoS 1 and 2, and with `keepQoSZero` all. */
  store?: Store;
  keepQoSZero?: boolean;
}

/** What a session is made with. `Session` is the class, which this file must not import. */
export interface OptionsOfSession<Session = any> extends Omit<MQTTClientOptions, "modem" | "onWritable" | "onControl" | "onClose" | "onError" | "onDone" | "onReadable" | "onStage" | "onOverflow" | "target" | "format"> {
  /** As for MQTTClient; `recover` is the session's own affair. */
  modem: Partial<ModemOptions> & {
    io: DriverClass;
    /** Another session, or a client, whose modem and serial port this one uses too (NM28). */
    shared?: Session | MQTTClient;
    link?: number;
    [option: string]: any;
  };
  retry?: RetryOptions;
  queue?: QueueOptions;
  /** Topic filters at the most, 1–1000; default 32. */
  subscriptions?: number;
  /** Whether to subscribe again, on a new connection, to all that was subscribed. Default true. */
  resubscribe?: boolean;
  /** From 0 to less than 1; makes pauses differ between devices, and ids between sessions. Without it they do not. */
  random?(): number;
  /** Pulls the modem's reset pin, where the host can: the last resort. It may come back before the modem has started. */
  reset?(): void;
  /** Makes the client of one connection; default `new MQTTClient(options)`. */
  open?(options: MQTTClientOptions): MQTTClient;
  /** The session has entered a state; `error` is why, where something has failed. After "closed" nothing is called any more. */
  onState?(this: Session, state: SessionState, error: MQTTModemError | null): void;
  /** As MQTTClient's; `read` reads. */
  onReadable?(this: Session, count: number, options: ReadableOptions): void;
  /**
   * What `publish`, `subscribe` or `unsubscribe` was asked for has ended, with `error` null when it ended well; `granted`
   * has, for a subscription, the granted QoS of each topic, or 128 for a refusal.
   */
  onDone?(this: Session, id: number, error: MQTTModemError | null, granted: readonly number[] | null): void;
  /** Something has failed, and the session goes on as it was: a subscription that is refused now, a store that fails. */
  onError?(this: Session, error: MQTTModemError): void;
  /** What is being done, in more detail than `onState`. */
  onStage?(this: Session, stage: StageName): void;
  /** As MQTTClient's. */
  onOverflow?(this: Session): void;
}

export interface SessionPublishOptions {
  topic: string;
  /** 0–2; default 0. */
  QoS?: number;
  retain?: boolean;
  /** 1–65534; one is chosen when it is left out. */
  id?: number;
}
