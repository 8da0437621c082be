// A broker of the probe's own: it does what no good broker does, as far as a scene asks it to. Its port is open to the Internet: it serves
// one client alone, by its id, and sends away whoever else comes.
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { bytesOf, clientOf, packet, PacketType, readPacket, text16, type Packet } from "./packets";

/** What the broker does otherwise than a good one. */
export interface Manners {
  /** CONNACK's return code. */
  connack: number;
  /** SUBACK: as asked, refused, or QoS 0 whatever was asked. */
  grants: "asked" | "refused" | "0";
  /** Packets that are not answered. */
  silentOn: readonly PacketType[];
  /** New connections are closed at once. */
  isAway: boolean;
}

const GOOD: Manners = { connack: 0, grants: "asked", silentOn: [], isAway: false };
const REFUSED = 0x80;
/** Bytes of a packet, at the most. */
const LARGEST = 65_536;
/** Connections at a time. */
const MOST_CONNECTIONS = 32;
/** Milliseconds until a connection has shown that it is the modem's. */
const PATIENCE = 60_000;
/** What an HTTP client is answered with: a BC35-G fetches a password so. */
const HTTP_BODY = '{"password":"probe-password"}';
const HTTP_ANSWER = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${HTTP_BODY.length}\r\nConnection: close\r\n\r\n${HTTP_BODY}`;

const NAMES: Readonly<Record<number, string>> = Object.fromEntries(Object.entries(PacketType).map(([name, type]) => [type, name.toUpperCase()]));

export class OwnBroker {
  /** Gets a line about each thing that happens. */
  note: (text: string) => void = () => {};
  /** The payloads that have been published, by topic. */
  readonly messages = new Map<string, string[]>();
  manners: Manners = GOOD;
  /** The only client that is served; none: any. */
  client: string | undefined;
  readonly #server: Server;
  /** Of the client; and those that have not shown yet whose they are. */
  readonly #sockets = new Set<Socket>();
  readonly #strangers = new Set<Socket>();
  readonly #subscriptions = new Map<string, number>();
  #lastAnswer: Uint8Array | undefined;
  #lastId = 0;

  constructor() {
    this.#server = createServer((socket) => this.#accept(socket));
    this.#server.maxConnections = MOST_CONNECTIONS;
  }

  /** @param port 0 for any free one @returns the port */
  async listen(port: number, host?: string): Promise<number> {
    this.#server.listen(port, host);
    await once(this.#server, "listening");
    this.#server.on("error", () => {}); // of a connection that could not be accepted
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.drop();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, "close");
  }

  /** A good broker again, without sessions. */
  reset(): void {
    this.drop();
    this.manners = GOOD;
    this.messages.clear();
    this.#subscriptions.clear();
    this.#lastAnswer = undefined;
  }

  behave(manners: Partial<Manners>): void {
    this.manners = { ...GOOD, ...manners };
  }

  /** Breaks all connections. */
  drop(): void {
    for (const socket of [...this.#sockets, ...this.#strangers]) socket.destroy();
    this.#sockets.clear();
  }

  publish(topic: string, payload: string, qos: 0 | 1 | 2 = 0): void {
    this.#lastId = (this.#lastId % 0xffff) + 1;
    const id = qos === 0 ? [] : [this.#lastId >> 8, this.#lastId & 0xff];
    this.#send(packet(PacketType.Publish, [...text16(topic), ...id, ...bytesOf(payload)], qos << 1));
  }

  /** Sends the last acknowledgement once more. */
  repeat(): void {
    if (this.#lastAnswer !== undefined) this.#send(this.#lastAnswer);
  }

  #send(bytes: Uint8Array): void {
    for (const socket of this.#sockets) socket.write(bytes);
  }

  #accept(socket: Socket): void {
    socket.on("error", () => {});
    if (this.manners.isAway) {
      socket.destroy();
      return;
    }
    this.note("broker: a connection");
    this.#strangers.add(socket);
    socket.setTimeout(PATIENCE, () => {
      if (this.#strangers.has(socket)) socket.destroy();
    });
    let received = Buffer.alloc(0),
      isMQTT = false;
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (!isMQTT && !this.#isMQTT(socket, received)) return this.#limit(socket, received.length);
      isMQTT = true;
      try {
        for (let next; !socket.destroyed && (next = readPacket(received)) !== undefined; ) {
          received = received.subarray(next.length);
          this.#packet(socket, next);
        }
      } catch {
        this.#sendAway(socket, "a packet that cannot be read");
      }
      this.#limit(socket, received.length);
    });
    socket.on("close", () => {
      this.#strangers.delete(socket);
      if (this.#sockets.delete(socket)) this.note("broker: the connection is closed");
    });
  }

  #limit(socket: Socket, length: number): void {
    if (length > LARGEST && !socket.destroyed) this.#sendAway(socket, "a packet that is too long");
  }

  #sendAway(socket: Socket, why: string): void {
    this.note(`broker: ${why}; the connection is closed`);
    this.#sockets.delete(socket);
    socket.destroy();
  }

  /** Whether a connection begins with CONNECT. Answers HTTP, and ends what is neither. */
  #isMQTT(socket: Socket, received: Buffer): boolean {
    if (received[0] === PacketType.Connect << 4) return true; // 0x16 begins TLS
    const text = received.toString("latin1");
    if (/^(GET|POST|HEAD) /.test(text)) {
      if (!text.includes("\r\n\r\n")) return false;
      this.note("broker: an HTTP request");
      socket.end(HTTP_ANSWER);
    } else {
      this.note(received[0] === 0x16 ? "broker: the beginning of TLS" : "broker: neither MQTT nor TLS");
      socket.destroy();
    }
    return false;
  }

  #packet(socket: Socket, { type, flags, body }: Packet): void {
    if (this.#strangers.has(socket)) {
      if (type !== PacketType.Connect || (this.client !== undefined && clientOf(body) !== this.client)) return this.#sendAway(socket, "a stranger");
      this.#strangers.delete(socket);
      this.#sockets.add(socket);
    }
    this.note(`broker: ${NAMES[type] ?? type}`);
    if (this.manners.silentOn.includes(type) && type !== PacketType.Publish) return;
    const id = [...body.subarray(0, 2)];
    switch (type) {
      case PacketType.Connect:
        socket.write(packet(PacketType.Connack, [0, this.manners.connack]));
        if (this.manners.connack !== 0) socket.end();
        return;
      case PacketType.Publish:
        return this.#published((flags >> 1) & 3, body);
      case PacketType.Pubrec:
        return this.#send(packet(PacketType.Pubrel, id, 2));
      case PacketType.Pubrel:
        return this.#answer(packet(PacketType.Pubcomp, id));
      case PacketType.Subscribe:
        return this.#subscribed(id, body);
      case PacketType.Unsubscribe:
        return this.#answer(packet(PacketType.Unsuback, id));
      case PacketType.Pingreq:
        return this.#send(packet(PacketType.Pingresp, []));
      case PacketType.Disconnect:
        socket.end();
    }
  }

  #answer(bytes: Uint8Array): void {
    this.#lastAnswer = bytes;
    this.#send(bytes);
  }

  #published(qos: number, body: Buffer): void {
    const end = 2 + body.readUInt16BE(0);
    const topic = body.toString("latin1", 2, end);
    const payload = body.toString("latin1", end + (qos > 0 ? 2 : 0));
    this.messages.set(topic, [...(this.messages.get(topic) ?? []), payload]);
    if (this.manners.silentOn.includes(PacketType.Publish)) return;
    if (qos > 0) this.#answer(packet(qos === 1 ? PacketType.Puback : PacketType.Pubrec, [...body.subarray(end, end + 2)]));
    const granted = this.#granted(topic);
    if (granted !== undefined) this.publish(topic, payload, Math.min(granted, qos) as 0 | 1 | 2);
  }

  /** The QoS of a subscription that the topic fits, or undefined. Of the wildcards only `#` is known. */
  #granted(topic: string): number | undefined {
    for (const [filter, granted] of this.#subscriptions)
      if (filter === topic || (filter.endsWith("/#") && topic.startsWith(filter.slice(0, -1)))) return granted;
    return undefined;
  }

  #subscribed(id: readonly number[], body: Buffer): void {
    const codes: number[] = [];
    for (let at = 2; at + 2 < body.length; ) {
      const end = at + 2 + body.readUInt16BE(at);
      const asked = body[end];
      const granted = this.manners.grants === "asked" ? asked : this.manners.grants === "0" ? 0 : REFUSED;
      if (granted !== REFUSED) this.#subscriptions.set(body.toString("latin1", at + 2, end), granted);
      codes.push(granted);
      at = end + 1;
    }
    this.#answer(packet(PacketType.Suback, [...id, ...codes]));
  }
}
