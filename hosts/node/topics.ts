import { ArgumentError } from "../../src/errors";
import { check, elsewhere, integer, type Shape } from "./options";
import type { QoS } from "./packet";

const EACH: Shape<{ qos?: QoS }> = { qos: integer(0, 2) };
const EACH_ELSEWHERE = elsewhere("nl, rap, rh", "it belongs to MQTT 5, which no modem's client speaks");

/** What the broker granted for one topic. */
export interface Granted {
  topic: string;
  qos: QoS;
}

/** One topic filter, several, or several with their own QoS. */
export type Topics = string | readonly string[] | Readonly<Record<string, { qos: QoS }>>;

/** The filters with their QoS. @param qos for filters that have no QoS of their own @throws ArgumentError ARGUMENT_TYPE, or ARGUMENT_LENGTH when there is no filter */
export function filters(topics: Topics, qos: QoS): Granted[] {
  const asked = asFilters(topics, qos);
  if (asked.length === 0) throw new ArgumentError("ARGUMENT_LENGTH", "topics", 0, "must have one topic at least");
  return asked;
}

function asFilters(topics: Topics, qos: QoS): Granted[] {
  if (typeof topics === "string") return [{ topic: topics, qos }];
  if (Array.isArray(topics))
    return (topics as readonly string[]).map((topic, index) => {
      if (typeof topic !== "string") throw new ArgumentError("ARGUMENT_TYPE", `topics[${index}]`, topic, "must be a string");
      return { topic, qos };
    });
  if (topics === null || typeof topics !== "object")
    throw new ArgumentError("ARGUMENT_TYPE", "topic", topics, "must be a topic, an array of topics, or an object of topics and options");
  return Object.entries(topics as Record<string, { qos: QoS }>).map(([topic, options]) => {
    check(`topics[${JSON.stringify(topic)}]`, options, EACH, EACH_ELSEWHERE);
    return { topic, qos: options.qos ?? qos };
  });
}
