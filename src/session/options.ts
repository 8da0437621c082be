import type { MQTTModemError } from "../errors";
import type { Family } from "../modem/family";
import type { ModemOptions } from "../modem/options";
import type { MQTTClient, MQTTClientOptions } from "../mqtt/client";
import type { ReadableOptions } from "../mqtt/options";
import type { Progress } from "../modem/care";
import type { StageName } from "../modem/stage";
import type { RetryOptions } from "./retry";
import type { SessionState } from "./states";
import type { Store } from "./store";

/** The queue of operations that wait for a connection or are in flight. */
export interface QueueOptions {
  /** The most operations that may wait or be in flight, 1–65534; default 16. Their entries are allocated once. */
  count?: number;
  /** Bytes for all their payloads together; default 4096, and at least the modem's longest message. Allocated once. */
  bytes?: number;
  /**
   * What happens when there is no room for a message: with "refuse" (default) `publish` throws BUSY, "drop oldest" drops the oldest
   * messages that the modem does not have yet, "drop newest" drops this message. `onDone` reports each dropped message with DROPPED.
   */
  policy?: "refuse" | "drop oldest" | "drop newest";
  /** Whether messages at QoS 0 wait while there is no connection; default true. With false `publish` throws NOT_CONNECTED. */
  QoSZero?: boolean;
  /** Keeps messages over a power cut: those at QoS 1 and 2, and those at QoS 0 too when `keepQoSZero` is true. */
  store?: Store;
  /** Whether the store keeps messages at QoS 0 too; default false. */
  keepQoSZero?: boolean;
}

/** A session's options. The class is a type parameter, because this file must not import it: the import would run in a circle. */
export interface OptionsOfSession<Session = any>
  extends Omit<
    MQTTClientOptions,
    "modem" | "onWritable" | "onControl" | "onClose" | "onError" | "onDone" | "onReadable" | "onStage" | "onOverflow" | "target" | "format"
  > {
  /** As for MQTTClient, but without `recover`: the session sets it. */
  modem: Partial<ModemOptions> & {
    io: Family;
    /** Another session, or a client, whose modem and serial port this one uses too (NM28). */
    shared?: Session | MQTTClient;
    link?: number;
    [option: string]: any;
  };
  retry?: RetryOptions;
  queue?: QueueOptions;
  /** The most topic filters, 1–1000; default 32. */
  subscriptions?: number;
  /** Whether the session subscribes again to all filters on each new connection. Default true. */
  resubscribe?: boolean;
  /** Returns a random number, 0 ≤ n < 1. It makes pauses differ between devices and ids between sessions; without it they do not differ. */
  random?(): number;
  /** Pulls the modem's reset pin, where the host can; called when nothing else helped. It may return before the modem has started. */
  reset?(): void;
  /** Makes the client for one connection; default `new MQTTClient(options)`. */
  open?(options: MQTTClientOptions): MQTTClient;
  /** The session has entered a state. `error` is the reason when something has failed, else null. After "closed" no callback comes. */
  onState?(this: Session, state: SessionState, error: MQTTModemError | null): void;
  /** As MQTTClient's; the session's `read` reads the bytes. */
  onReadable?(this: Session, count: number, options: ReadableOptions): void;
  /**
   * An operation of `publish`, `subscribe` or `unsubscribe` has ended; `error` is null when it succeeded. For a subscription `granted`
   * has the granted QoS of each topic, or 128 where the broker refused it; otherwise it is null.
   */
  onDone?(this: Session, id: number, error: MQTTModemError | null, granted: readonly number[] | null): void;
  /** Something has failed and the session goes on: the broker refused to renew a subscription, or the store failed. */
  onError?(this: Session, error: MQTTModemError): void;
  /** What the modem is doing, in more detail than `onState`; `progress` as MQTTClient has it. */
  onStage?(this: Session, stage: StageName, progress: Progress | null): void;
  /** As MQTTClient's. */
  onOverflow?(this: Session): void;
}

export interface SessionPublishOptions {
  topic: string;
  /** 0–2; default 0. */
  QoS?: number;
  retain?: boolean;
  /** 1–65534; the session chooses one when it is left out. */
  id?: number;
}
