import type { ModemMQTTClient } from "modem-mqtt/node";
import type { ConnectionFlags } from "./options";

/** Milliseconds: what is left of a message that was cut comes right behind it. */
const REST_TIMEOUT = 1000;

/** Whether the modem tells no length, and a message is thought to end at its first line end. */
export function endsAtLineEnd({ receiving = "line" }: ConnectionFlags, modem: string): boolean {
  return modem === "bc35g" && receiving === "line";
}

/**
 * Finds out whether a message was cut at its first line end. Nothing marks it; but what is left of it comes next, and is no
 * line that a modem says.
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

  /** A message has come. */
  received(topic: string): void {
    this.look();
    this.#topic = topic;
    this.#unknown = this.#client.counters?.unknownLines ?? 0;
    this.#timer = setTimeout(() => this.look(), REST_TIMEOUT);
    this.#timer.unref();
  }

  /** Says what there is to say of the last message. */
  look(): void {
    clearTimeout(this.#timer);
    const topic = this.#topic;
    this.#topic = undefined;
    if (topic === undefined || (this.#client.counters?.unknownLines ?? 0) <= this.#unknown) return;
    this.#say(`the message on ${JSON.stringify(topic)} was cut at its first line end, it seems: what came behind it is nothing that a modem says. ` +
      "--receiving idle takes messages of several lines");
  }
}
