/** How a broker is named: by host and port, or by mosquitto's URL; and what is said of TLS. */
import { InvalidArgumentError, Option, type Command, type OptionValueSource } from "commander";

/** The flags of mosquitto's commands that are about TLS. */
const TLS_FLAGS: readonly string[] = [
  "--cafile [path]", "--capath [path]", "--cert [path]", "--key [path]", "--keyform [form]", "--ciphers [list]", "--insecure",
  "--psk [key]", "--psk-identity [name]", "--tls [version]", "--tls-version [version]", "--tls-alpn [protocol]", "--tls-engine [name]",
  "--tls-engine-kpass-sha1 [hash]", "--tls-use-os-certs", "--tls-keylog [path]",
];

const TLS = "it is the modem that makes the connection, and no modem here takes certificates or keys from this command. " +
  "What TLS there is, a program can switch on, with modemOptions of connect(): M5311, M5312, M5313: encrypt, with the CA in the modem's flash; " +
  "ML302: encrypt and version, for OneNET; NM28: sslContext, which must have been set up in the modem before. BC35-G, BC28 and M5310-A have none";

/** Answers each of mosquitto's flags about TLS with what TLS there is. */
export function addTLSFlags(command: Command): Command {
  for (const flags of TLS_FLAGS) {
    const option = new Option(flags).hideHelp();
    command.addOption(option)
      .on(`option:${option.name()}`, () => command.error(`error: ${option.long}: ${TLS}`))
      .on(`config:${option.name()}`, () => { throw new InvalidArgumentError(TLS); });
  }
  return command;
}

/**
 * Adds mosquitto's `-L`. What the URL tells counts as if it had been said with the flags that it stands for, at its place among
 * them: of two that say the same the last one is taken.
 * @param topic takes the URL's topic
 */
export function addURL(command: Command, topic: (text: string, source: OptionValueSource) => void): Command {
  const take = (text: string, source: OptionValueSource): void => {
    const { topic: path, ...rest } = brokerURL(text);
    for (const [name, value] of Object.entries({ ...rest, pw: rest.password }))
      if (value !== undefined) command.setOptionValueWithSource(name, value, source);
    if (path !== undefined) topic(path, source);
  };
  return command
    .option("-L, --url <url>", "broker, user and topic in one: mqtt://[user[:password]@]host[:port][/topic]")
    // Without a parser: commander would repeat the text, and with it the password.
    .on("option:url", (text: string) => {
      try {
        take(text, "cli");
      } catch (error) {
        if (!(error instanceof InvalidArgumentError)) throw error;
        command.error(`error: -L: ${error.message}`);
      }
    })
    .on("config:url", (text: string) => take(text, "config"));
}

/** A host's name or address. */
export function host(text: string): string {
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(text)) throw new InvalidArgumentError("It is a URL, and must be a host's name or address; a URL goes behind -L.");
  if (text === "") throw new InvalidArgumentError("It must not be empty.");
  if (/^[^:]+:\d+$/.test(text)) throw new InvalidArgumentError("It must be a host's name or address alone; the port goes behind -p.");
  if (/[\s/]/.test(text)) throw new InvalidArgumentError("It must be a host's name or address.");
  return text;
}

/** What mosquitto's `-L` tells. What it does not tell is undefined. */
export interface BrokerURL {
  host: string;
  port: number;
  username?: string;
  password?: string;
  topic?: string;
}

const FORM = "It must be mqtt://[user[:password]@]host[:port][/topic].";

/** @throws InvalidArgumentError, which does not repeat the URL's password */
export function brokerURL(text: string): BrokerURL {
  // Not by the class URL: in a topic `#` and `?` are characters as others.
  const parts = /^([a-z][a-z\d+.-]*):\/\/(?:([^/@:]*)(?::([^/]*))?@)?(\[[^\]/]+\]|[^/:@]+)(?::(\d{1,5}))?(?:\/(.*))?$/is.exec(text);
  if (parts === null) throw new InvalidArgumentError(FORM);
  const [, scheme, username, password, name, port, topic] = parts;
  switch (scheme!.toLowerCase()) {
    case "mqtt": break;
    case "mqtts": throw new InvalidArgumentError(`mqtts is MQTT over TLS: ${TLS}.`);
    default: throw new InvalidArgumentError(FORM);
  }
  const number = port === undefined ? 1883 : Number(port);
  if (number < 1 || number > 65535) throw new InvalidArgumentError("Its port must be from 1 to 65535.");
  return {
    host: name!.replace(/^\[|\]$/g, ""), port: number,
    username: username && decoded(username), password: password && decoded(password), topic: topic === "" ? undefined : topic,
  };
}

/** `%40` as `@`. A percent sign that begins no such code is one. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
