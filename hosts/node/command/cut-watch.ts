import type { ModemMQTTClient } from "modem-mqtt/node";
import type { ConnectionFlags } from "./options";

/** Milliseconds: the rest of a cut message follows at once. */
const REST_TIMEOUT = 1000;

/** Whether the modem gives no length and the driver takes a message to end at its first line end. */
export function endsAtLineEnd({ receiving = "line" }: ConnectionFlags, modem: string): boolean {
  return modem === "bc35g" && receiving === "line";
}

/**
 * Finds out whether a message was cut at its first line end. The modem does not mark it, but the rest of the message follows as lines
 * that no modem writes, and these are counted.
 */
export class CutWatch {
  readonly #client: ModemMQTTClient;
  readonly #say: (text: string) => void;
  #topic: string | undefined;
  #unknown = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: ModemMQTTClient, say: (text: string) => void) {
    this.#client = client;
    this.#say = say;
  }

  /** A message has been received. */
  received(topic: string): void {
    this.look();
    this.#topic = topic;
    this.#unknown = this.#client.counters?.unknownLines ?? 0;
    this.#timer = setTimeout(() => this.look(), REST_TIMEOUT);
    this.#timer.unref();
  }

  /** Warns if unknown lines followed the last message. */
  look(): void {
    clearTimeout(this.#timer);
    const topic = this.#topic;
    this.#topic = undefined;
    if (topic === undefined || (this.#client.counters?.unknownLines ?? 0) <= this.#unknown) return;
    this.#say(
      `the message on ${JSON.stringify(topic)} was cut at its first line end, it seems: what came behind it is nothing that a modem says. ` +
        "--receiving idle takes messages of several lines",
    );
  }
}
