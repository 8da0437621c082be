import type { Argument } from "../at/commands/command";
import { frozen } from "../bytes/frozen";

/** What the commands of all families tell, by the names that their templates use. */
export const ARGUMENTS: Readonly<Record<string, Argument<unknown>>> = frozen({
  filter: (writer, request) => writer.quoted(request.items![0].text),
  filterQoS: (writer, request) => writer.int(request.items![0].QoS),
  id: (writer, request) => writer.id(request.wireId),
  topic: (writer, request) => writer.quoted(request.topic!),
  QoS: (writer, request) => writer.int(request.QoS),
  retain: (writer, request) => writer.int(request.retain),
  length: (writer, request) => writer.int(request.length),
});
