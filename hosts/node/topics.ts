import { ArgumentError } from "../../src/errors";
import type { QoS } from "./packet";

/** What the broker granted for one topic. */
export interface Granted {
  topic: string;
  qos: QoS;
}

/** One topic filter, several, or several with a QoS each. */
export type Topics = string | readonly string[] | Readonly<Record<string, { qos: QoS }>>;

/** @throws ArgumentError ARGUMENT_TYPE, or ARGUMENT_LENGTH where there is none */
export function filters(topics: Topics, qos: QoS): Granted[] {
  const asked = asFilters(topics, qos);
  if (asked.length === 0) throw new ArgumentError("ARGUMENT_LENGTH", "topics", 0, "must have at least one topic");
  return asked;
}

function asFilters(topics: Topics, qos: QoS): Granted[] {
  if (typeof topics === "string") return [{ topic: topics, qos }];
  if (Array.isArray(topics)) return (topics as readonly string[]).map((topic) => ({ topic, qos }));
  if (topics !== null && typeof topics === "object")
    return Object.entries(topics as Record<string, { qos: QoS }>).map(([topic, options]) => ({ topic, qos: options.qos }));
  throw new ArgumentError("ARGUMENT_TYPE", "topics", topics, "must be a topic, an array of topics, or an object of topics and options");
}
