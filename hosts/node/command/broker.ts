// The flags that name the broker: host and port, mosquitto's URL, and an answer for mosquitto's TLS flags.
import { InvalidArgumentError, Option, type Command, type OptionValueSource } from "commander";

/** The TLS flags of mosquitto's commands. */
const TLS_FLAGS: readonly string[] = [
  "--cafile [path]",
  "--capath [path]",
  "--cert [path]",
  "--key [path]",
  "--keyform [form]",
  "--ciphers [list]",
  "--insecure",
  "--psk [key]",
  "--psk-identity [name]",
  "--tls [version]",
  "--tls-version [version]",
  "--tls-alpn [protocol]",
  "--tls-engine [name]",
  "--tls-engine-kpass-sha1 [hash]",
  "--tls-use-os-certs",
  "--tls-keylog [path]",
];

const TLS =
  "it is the modem that makes the connection, and no modem here takes certificates or keys from this command. " +
  "What TLS there is, a program can switch on, with modemOptions of connect(): M5311, M5312, M5313: encrypt, with the CA in the modem's flash; " +
  "ML302: encrypt and version, for OneNET; NM28: sslContext, which must have been set up in the modem before. BC35-G, BC28 and M5310-A have none";

/** Adds mosquitto's TLS flags. Each is refused with a message about the TLS that there is. */
export function addTLSFlags(command: Command): Command {
  for (const flags of TLS_FLAGS) {
    const option = new Option(flags).hideHelp();
    command
      .addOption(option)
      .on(`option:${option.name()}`, () => command.error(`error: ${option.long}: ${TLS}`))
      .on(`config:${option.name()}`, () => {
        throw new InvalidArgumentError(TLS);
      });
  }
  return command;
}

/**
 * Adds mosquitto's `-L`. The URL counts as the flags that it stands for, in its position on the command line: when a value is given
 * twice, the last one counts.
 * @param topic is called with the URL's topic
 */
export function addURL(command: Command, topic: (text: string, source: OptionValueSource) => void): Command {
  const take = (text: string, source: OptionValueSource): void => {
    const { topic: path, ...rest } = brokerURL(text);
    for (const [name, value] of Object.entries({ ...rest, pw: rest.password })) if (value !== undefined) command.setOptionValueWithSource(name, value, source);
    if (path !== undefined) topic(path, source);
  };
  return (
    command
      .option("-L, --url <url>", "broker, user and topic in one: mqtt://[user[:password]@]host[:port][/topic]")
      // No parser for commander, whose error would repeat the URL with its password.
      .on("option:url", (text: string) => {
        try {
          take(text, "cli");
        } catch (error) {
          if (!(error instanceof InvalidArgumentError)) throw error;
          command.error(`error: -L: ${error.message}`);
        }
      })
      .on("config:url", (text: string) => take(text, "config"))
  );
}

/** Reads a host's name or address. @throws InvalidArgumentError */
export function host(text: string): string {
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(text)) throw new InvalidArgumentError("It is a URL, and must be a host's name or address; a URL goes behind -L.");
  if (text === "") throw new InvalidArgumentError("It must not be empty.");
  if (/^[^:]+:\d+$/.test(text)) throw new InvalidArgumentError("It must be a host's name or address alone; the port goes behind -p.");
  if (/[\s/]/.test(text)) throw new InvalidArgumentError("It must be a host's name or address.");
  return text;
}

/** The parts of mosquitto's `-L`; a missing part is undefined. */
export interface BrokerURL {
  host: string;
  port: number;
  username?: string;
  password?: string;
  topic?: string;
}

const FORM = "It must be mqtt://[user[:password]@]host[:port][/topic].";

/** Reads a URL. @throws InvalidArgumentError, which does not repeat the URL's password */
export function brokerURL(text: string): BrokerURL {
  // Not with the class URL: in a topic `#` and `?` are ordinary characters.
  const parts = /^([a-z][a-z\d+.-]*):\/\/(?:([^/@:]*)(?::([^/]*))?@)?(\[[^\]/]+\]|[^/:@]+)(?::(\d{1,5}))?(?:\/(.*))?$/is.exec(text);
  if (parts === null) throw new InvalidArgumentError(FORM);
  const [, scheme, username, password, name, port, topic] = parts;
  switch (scheme.toLowerCase()) {
    case "mqtt":
      break;
    case "mqtts":
      throw new InvalidArgumentError(`mqtts is MQTT over TLS: ${TLS}.`);
    default:
      throw new InvalidArgumentError(FORM);
  }
  const number = port === undefined ? 1883 : Number(port);
  if (number < 1 || number > 65535) throw new InvalidArgumentError("Its port must be from 1 to 65535.");
  return {
    host: name.replace(/^\[|\]$/g, ""),
    port: number,
    username: username && decoded(username),
    password: password && decoded(password),
    topic: topic === "" ? undefined : topic,
  };
}

/** Decodes percent codes: `%40` is `@`. A text with a wrong code stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
