import { sameLines } from "./check";
import { online, type Answering, type Family } from "./answering";
import { visible } from "./exchange";
import type { Session, Hooks } from "./session";

/** What was received: topic, payload and, where the length was wrong, a mark. */
export interface Inbox {
  session: Session;
  modem: Answering;
  messages: string[];
}

export function inbox(family: Family, modemOptions: Record<string, any> = {}, on: Hooks = {}): Inbox {
  const messages: string[] = [];
  let topic = "";
  let parts: number[] = [];
  const { session, modem } = online(family, {
    modem: modemOptions,
    on: {
      ...on,
      readable(session, count, options) {
        if (options.topic !== undefined) {
          topic = options.topic;
          parts = [];
        }
        const bytes = new Uint8Array(count);
        if (count > 0) session.client.read(bytes);
        parts.push(...bytes);
        if (!options.more) messages.push(`${options.suspect ? "suspect " : ""}${topic}: ${visible(parts)}`);
      },
    },
  });
  return { session, modem, messages };
}

/** The channel is in step: a publish, a subscription and a message go well. */
export function stillWorks({ session, modem, messages }: Inbox, family: Family, what: string): void {
  messages.splice(0);
  session.events.splice(0);
  session.publish("fine", { QoS: 1, id: 60_001 });
  session.subscribe("s/#", 0, { id: 60_002 });
  modem.serve();
  sameLines(session.events.splice(0), ["control 4 60001", "done 60001", "control 9 60002", "done 60002"], what);
  session.says(`${family.header("t", 5)}still\\r\\n`);
  sameLines(messages.splice(0), ["t: still"], what);
}
