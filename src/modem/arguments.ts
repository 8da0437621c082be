import type { Argument } from "../at/commands/command";
import { frozen } from "../bytes/frozen";

/** What the commands of all families tell, by the names that their templates use. */
export const ARGUMENTS: Readonly<Record<string, Argument<unknown>>> = frozen({
  filter: (writer, operation) => writer.quoted(operation.items![0]!.text),
  filterQoS: (writer, operation) => writer.int(operation.items![0]!.QoS),
  id: (writer, operation) => writer.id(operation.wire),
  topic: (writer, operation) => writer.quoted(operation.topic!),
  QoS: (writer, operation) => writer.int(operation.QoS),
  retain: (writer, operation) => writer.int(operation.retain),
  length: (writer, operation) => writer.int(operation.length),
});
