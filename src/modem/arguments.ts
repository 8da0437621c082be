import type { Argument } from "../at/command";
import { frozen } from "../bytes/frozen";
import { Text } from "../bytes/text";
import type { Driver } from "./driver";

/** For what is not given where the command has a place for it all the same. */
export const NOTHING = frozen(new Text("nothing", "", 0));

export const COMMA = 0x2c;

/** What the commands of all families tell, by the names that their templates use. */
export const ARGUMENTS: Readonly<Record<string, Argument<Driver>>> = frozen({
  host: (writer, _, modem) => writer.quoted(modem.settings.host),
  port: (writer, _, modem) => writer.int(modem.settings.port),
  clientId: (writer, _, modem) => writer.quoted(modem.settings.id),
  user: (writer, _, modem) => writer.quoted(modem.settings.user ?? NOTHING),
  password: (writer, _, modem) => writer.quoted(modem.settings.password ?? NOTHING),
  keepalive: (writer, _, modem) => writer.int(modem.settings.keepAlive),
  clean: (writer, _, modem) => writer.int(modem.settings.clean),
  filter: (writer, operation) => writer.quoted(operation.items![0]!.text),
  filterQoS: (writer, operation) => writer.int(operation.items![0]!.QoS),
  id: (writer, operation) => writer.id(operation.wire),
  topic: (writer, operation) => writer.quoted(operation.topic!),
  QoS: (writer, operation) => writer.int(operation.QoS),
  retain: (writer, operation) => writer.int(operation.retain),
  length: (writer, operation) => writer.int(operation.length),
});
