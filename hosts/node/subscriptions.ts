import { ArgumentError } from "../../src/errors";
import type { QoS } from "./packet";

/** What the broker granted for one topic. */
export interface Granted {
  topic: string;
  qos: QoS;
}

/** One topic filter, several, or several with a QoS each. */
export type Topics = string | readonly string[] | Readonly<Record<string, { qos: QoS }>>;

/** What is subscribed, in the order in which it was, so that it can be subscribed again. */
export class Subscriptions {
  readonly #asked = new Map<string, QoS>();

  note(topic: string, qos: QoS): void {
    this.#asked.set(topic, qos);
  }

  forget(topic: string): void {
    this.#asked.delete(topic);
  }

  get all(): Granted[] {
    return [...this.#asked].map(([topic, qos]) => ({ topic, qos }));
  }
}

/** @throws ArgumentError ARGUMENT_TYPE */
export function filters(topics: Topics, qos: QoS): Granted[] {
  if (typeof topics === "string") return [{ topic: topics, qos }];
  if (Array.isArray(topics)) return (topics as readonly string[]).map((topic) => ({ topic, qos }));
  if (topics !== null && typeof topics === "object")
    return Object.entries(topics as Record<string, { qos: QoS }>).map(([topic, options]) => ({ topic, qos: options.qos }));
  throw new ArgumentError("ARGUMENT_TYPE", "topics", topics, "must be a topic, an array of topics, or an object of topics and options");
}

/** Neighbours, at most `size` of them, and only such as have the same `key`. */
export function* groups<T>(items: readonly T[], size: number, key: (item: T) => unknown = () => 0): Generator<T[]> {
  if (items.length === 0) throw new ArgumentError("ARGUMENT_LENGTH", "topics", 0, "must have at least one topic");
  let group: T[] = [];
  for (const item of items) {
    if (group.length === size || (group.length > 0 && key(group[0]!) !== key(item))) {
      yield group;
      group = [];
    }
    group.push(item);
  }
  yield group;
}
