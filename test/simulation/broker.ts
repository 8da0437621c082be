// A model of an MQTT 3.1.1 broker, with sessions, that keeps a ledger of what it has received, acknowledged and sent.

import { generate, parser as createParser, type IPublishPacket, type Packet } from "mqtt-packet";
import type { SimulatedClock } from "./clock";
import type { Server, ServerConnection } from "./network";

type QoS = 0 | 1 | 2;

/** One message, as the key of what is known of it: payloads carry a mark of their own, so no two are the same. */
export const keyOf = (topic: string, payload: Uint8Array): string => `${topic}\0${Buffer.from(payload).toString("latin1")}`;

/** A message for a client. */
interface Outgoing {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: QoS;
  readonly retain: boolean;
  id: number;
  /** QoS 2: PUBREC has come. */
  released: boolean;
  sent: boolean;
}

interface Session {
  readonly id: string;
  clean: boolean;
  readonly subscriptions: Map<string, QoS>;
  /** At QoS 1 and 2: not acknowledged yet. */
  outgoing: Outgoing[];
  /** Ids at QoS 2 that the client has published and not released. */
  readonly incoming: Map<number, string>;
  nextId: number;
  link: Link | null;
}

/** What the broker has sent to clients, in the order in which it did. */
export interface Sent {
  readonly order: number;
  times: number;
}

export class Broker implements Server {
  /** By {@link keyOf}: how often it has come, and how often its last acknowledgement was sent. */
  readonly received = new Map<string, { times: number; acknowledged: number }>();
  readonly sent = new Map<string, Sent>();
  /** By {@link keyOf}: taken at QoS 2 for another message with the same packet id, of an earlier connection, and given to nobody. */
  readonly mistaken = new Set<string>();
  /** Packets that were no MQTT. */
  malformed = 0;
  readonly #clock: SimulatedClock;
  readonly #sessions = new Map<string, Session>();
  readonly #links = new Set<Link>();
  #order = 0;
  #down = false;
  /** CONNACK's return code for those who come. */
  refusing = 0;
  /** Milliseconds until it answers anything. */
  thinking = 0;
  /** It takes everything and answers nothing. */
  mute = false;
  /** It sends and acknowledges everything twice. */
  duplicating = false;
  /** Told of everyone who wants to connect. */
  onConnect: (id: string, user: string | undefined, password: string | undefined) => void = () => {};
  /** Told of everything that is published, and how often it has been; at QoS 2 a repeat is not told of. */
  onPublish: (topic: string, payload: string, QoS: number, retain: number, times: number) => void = () => {};
  /** What waits for a client comes in one piece with its CONNACK, and what is retained with its SUBACK. */
  gluing = false;
  readonly #retained = new Map<string, { readonly payload: Buffer; readonly qos: QoS }>();
  /** It does not end connections that are silent for too long. */
  patient = false;
  /** Subscriptions are refused. */
  forbidding = false;

  constructor(clock: SimulatedClock) {
    this.#clock = clock;
  }

  accept(connection: ServerConnection): { received(bytes: Uint8Array): void; closed(): void } | null {
    if (this.#down) return null;
    const link = new Link(this, connection);
    this.#links.add(link);
    return { received: (bytes) => link.parse(bytes), closed: () => this.closed(link) };
  }

  /** Stops, and starts again after a while; sessions that are to be kept are kept, unless it forgets them. */
  restart(duration: number, forgets: boolean): void {
    this.#down = true;
    for (const link of [...this.#links]) link.hangUp();
    if (forgets) this.#sessions.clear();
    this.#clock.setTimer(() => void (this.#down = false), duration);
  }

  heal(): void {
    this.#down = this.mute = this.duplicating = this.forbidding = false;
    this.refusing = this.thinking = 0;
  }

  /** Somebody else publishes. */
  publish(topic: string, payload: Buffer, qos: QoS, retain = false): void {
    if (retain) this.#retained.set(topic, { payload, qos });
    for (const session of this.#sessions.values()) {
      let granted = -1;
      for (const [filter, most] of session.subscriptions) if (matches(filter, topic)) granted = Math.max(granted, most);
      if (granted >= 0) this.#queue(session, topic, payload, Math.min(granted, qos) as QoS, false);
    }
  }

  #queue(session: Session, topic: string, payload: Buffer, qos: QoS, retain: boolean): void {
    const outgoing: Outgoing = { topic, payload, qos, retain, id: 0, released: false, sent: false };
    if (qos > 0) {
      outgoing.id = session.nextId = (session.nextId % 65535) + 1;
      session.outgoing.push(outgoing);
    }
    if (session.link !== null) this.#send(session, outgoing);
  }

  /** MQTT 3.1.1, 3.8.4: what is retained is sent for each subscription, a new one or not. */
  #sendRetained(session: Session, filter: string, granted: number): void {
    if (granted > 2) return;
    for (const [topic, { payload, qos }] of this.#retained)
      if (matches(filter, topic)) this.#queue(session, topic, payload, Math.min(granted, qos) as QoS, true);
  }

  /** Whether a client is connected and would be sent this. */
  serves(clientId: string, filter: string): boolean {
    const session = this.#sessions.get(clientId);
    return session !== undefined && session.link !== null && session.subscriptions.has(filter);
  }

  #send(session: Session, outgoing: Outgoing): void {
    const { topic, payload, qos, retain, id } = outgoing;
    const packet: IPublishPacket = { cmd: "publish", topic, payload, qos, retain, dup: outgoing.sent, messageId: qos === 0 ? undefined : id };
    outgoing.sent = true;
    this.#note(topic, payload);
    session.link?.send(packet);
    if (!this.duplicating || qos === 0) return;
    this.#note(topic, payload);
    session.link?.send({ ...packet, dup: true });
  }

  #note(topic: string, payload: Buffer): void {
    const key = keyOf(topic, payload);
    const known = this.sent.get(key);
    if (known === undefined) this.sent.set(key, { order: this.#order++, times: 1 });
    else known.times++;
  }

  // ---- for links

  answer(link: Link, ...packets: Packet[]): void {
    if (this.mute) return;
    this.#clock.setTimer(() => packets.forEach((packet) => {
      link.send(packet);
      if (this.duplicating && packet.cmd !== "connack") link.send(packet);
    }), this.thinking);
  }

  handle(link: Link, packet: Packet): void {
    const { session } = link;
    if (packet.cmd === "connect") this.onConnect(packet.clientId, packet.username, packet.password?.toString());
    if (packet.cmd === "connect") return this.#connect(link, packet.clientId, packet.clean ?? true, packet.keepalive ?? 0);
    if (session === null) return link.hangUp();
    this.#watch(link);
    const id = packet.messageId ?? 0;
    switch (packet.cmd) {
      case "publish": return this.#published(link, session, packet, id);
      case "pubrel": {
        const key = session.incoming.get(id);
        if (key !== undefined && !this.mute) {
          session.incoming.delete(id);
          this.received.get(key)!.acknowledged++;
        }
        return this.answer(link, { cmd: "pubcomp", messageId: id });
      }
      case "puback":
      case "pubcomp":
        session.outgoing = session.outgoing.filter((outgoing) => outgoing.id !== id);
        return;
      case "pubrec": {
        const outgoing = session.outgoing.find((each) => each.id === id);
        if (outgoing !== undefined) outgoing.released = true;
        return this.answer(link, { cmd: "pubrel", messageId: id });
      }
      case "subscribe": {
        const granted = packet.subscriptions.map(({ topic, qos }) => {
          if (this.forbidding) return 128;
          session.subscriptions.set(topic, qos);
          return qos;
        });
        this.answer(link, { cmd: "suback", messageId: id, granted });
        if (this.mute) return;
        this.#clock.setTimer(() => {
          if (session.link === link) packet.subscriptions.forEach(({ topic }, index) => this.#sendRetained(session, topic, granted[index]));
        }, this.thinking + (this.gluing ? 0 : 1));
        return;
      }
      case "unsubscribe":
        for (const topic of packet.unsubscriptions) session.subscriptions.delete(topic);
        return this.answer(link, { cmd: "unsuback", messageId: id, granted: [] });
      case "pingreq": return this.answer(link, { cmd: "pingresp" });
      case "disconnect": return link.hangUp();
    }
  }

  #published(link: Link, session: Session, { topic, payload, qos, retain }: IPublishPacket, id: number): void {
    const key = keyOf(topic, Buffer.from(payload as Buffer));
    // MQTT 3.1.1, 4.3.3: whatever is in it, it is the message with this id that was not released yet.
    const repeated = qos === 2 && session.incoming.has(id);
    if (repeated && session.incoming.get(id) !== key) this.mistaken.add(key);
    if (repeated) return this.answer(link, { cmd: "pubrec", messageId: id });
    const known = this.received.get(key) ?? { times: 0, acknowledged: 0 };
    this.received.set(key, known);
    this.onPublish(topic, Buffer.from(payload as Buffer).toString("latin1"), qos, Number(retain), ++known.times);
    if (qos === 0) {
      known.acknowledged++;
    } else if (qos === 1) {
      if (!this.mute) known.acknowledged++;
      this.answer(link, { cmd: "puback", messageId: id });
    } else {
      session.incoming.set(id, key);
      this.answer(link, { cmd: "pubrec", messageId: id });
    }
  }

  #connect(link: Link, clientId: string, clean: boolean, keepalive: number): void {
    if (this.refusing !== 0) {
      this.answer(link, { cmd: "connack", returnCode: this.refusing, sessionPresent: false });
      this.#clock.setTimer(() => link.hangUp(), this.thinking + 1);
      return;
    }
    let session = this.#sessions.get(clientId);
    const kept = session !== undefined && !clean && !session.clean;
    session?.link?.hangUp();
    if (!kept) {
      session = { id: clientId, clean, subscriptions: new Map(), outgoing: [], incoming: new Map(), nextId: 0, link: null };
      this.#sessions.set(clientId, session);
    }
    session!.link = link;
    link.session = session!;
    link.keepalive = keepalive;
    this.#watch(link);
    this.answer(link, { cmd: "connack", returnCode: 0, sessionPresent: kept });
    if (!kept) return;
    this.#clock.setTimer(() => {
      if (session!.link === link) for (const outgoing of session!.outgoing) if (!outgoing.released) this.#send(session!, outgoing);
    }, this.thinking + (this.gluing ? 0 : 1));
  }

  /** MQTT 3.1.1, 3.1.2.10: one and a half keep-alive times. */
  #watch(link: Link): void {
    this.#clock.clearTimer(link.watchdog);
    if (link.keepalive > 0 && !this.patient) link.watchdog = this.#clock.setTimer(() => link.hangUp(), link.keepalive * 1500);
  }

  closed(link: Link): void {
    this.#links.delete(link);
    this.#clock.clearTimer(link.watchdog);
    const { session } = link;
    if (session?.link !== link) return;
    session.link = null;
    if (session.clean) this.#sessions.delete(session.id);
  }
}

/** One client's connection. */
class Link {
  session: Session | null = null;
  keepalive = 0;
  watchdog: unknown;
  readonly #broker: Broker;
  readonly #connection: ServerConnection;
  readonly #parser = createParser();
  #open = true;

  constructor(broker: Broker, connection: ServerConnection) {
    this.#broker = broker;
    this.#connection = connection;
    this.#parser.on("packet", (packet) => {
      if (this.#open) broker.handle(this, packet);
    });
    this.#parser.on("error", () => {
      broker.malformed++;
      this.hangUp();
    });
  }

  parse(bytes: Uint8Array): void {
    if (this.#open) this.#parser.parse(Buffer.from(bytes));
  }

  send(packet: Packet): void {
    if (this.#open) this.#connection.send(generate(packet));
  }

  hangUp(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#connection.close();
    this.#broker.closed(this);
  }
}

/** MQTT 3.1.1, 4.7. */
export function matches(filter: string, topic: string): boolean {
  const wanted = filter.split("/"), levels = topic.split("/");
  for (let i = 0; i < wanted.length; i++) {
    if (wanted[i] === "#") return true;
    if (i >= levels.length || (wanted[i] !== "+" && wanted[i] !== levels[i])) return false;
  }
  return wanted.length === levels.length;
}
