import { ArgumentError } from "../errors";
import { Text } from "../bytes/text";

/** A topic to publish to. @throws ArgumentError when it is empty, too long, not quotable, or has wildcards */
export function topicName(name: string, value: unknown, limit: number): Text {
  const text = present(name, value, limit);
  if (text.string.includes("#") || text.string.includes("+"))
    throw new ArgumentError("ARGUMENT_WILDCARD", name, value, "must not hold the wildcards # and +: a message is published to one topic");
  return text;
}

/** A topic filter to subscribe to. @throws ArgumentError also when a wildcard stands where MQTT 3.1.1 4.7.1 forbids it */
export function topicFilter(name: string, value: unknown, limit: number): Text {
  const text = present(name, value, limit);
  const levels = text.string.split("/");
  for (let i = 0; i < levels.length; i++) {
    const level = levels[i]!;
    if (level.includes("#") && (level !== "#" || i !== levels.length - 1))
      throw new ArgumentError("ARGUMENT_WILDCARD", name, value, "may hold # only as its whole last level");
    if (level.includes("+") && level !== "+")
      throw new ArgumentError("ARGUMENT_WILDCARD", name, value, "may hold + only as a whole level");
  }
  return text;
}

function present(name: string, value: unknown, limit: number): Text {
  const text = new Text(name, value, limit);
  if (text.bytes.length === 0) throw new ArgumentError("ARGUMENT_LENGTH", name, value, `must have 1 to ${limit} bytes`);
  return text;
}
