// MQTT 3.1 and 3.1.1 as a modem's firmware speaks it, in single steps: TCP apart from CONNECT, packet ids that the host or
// the modem chooses, retransmission, pings. Uses the modem's network and clock; mqtt-packet reads and writes the packets.

import type { Packet, Parser } from "mqtt-packet";
import type { Clock, Timer } from "./clock";
import type { Faults } from "./faults";
import { load } from "./installed";
import { KeepAlive } from "./keep-alive";
import type { CloseReason, ConnectOptions, Message, Operation, QoS, SessionEvents } from "./mqtt-types";
import type { Connection, Network, OpenFailure } from "./network";
import { Unacknowledged } from "./unacknowledged";

export interface SessionOptions {
  readonly clock: Clock;
  readonly network: Network;
  readonly faults: Pick<Faults, "take">;
  readonly events: SessionEvents;
  /** How many milliseconds to wait for an acknowledgement, and how often to send again. Called for each packet. */
  readonly retry: () => { readonly timeout: number; readonly times: number };
  /** How many pings in a row may stay unanswered. Without it, one that is not answered within `retry`'s timeout ends the connection. See `KeepAlive`. */
  readonly missedPings?: number;
}

/** One MQTT client. It can be opened again after it has been closed. */
export class MqttSession {
  readonly #options: SessionOptions;
  readonly #packets = load<typeof import("mqtt-packet")>("mqtt-packet");
  #connection: Connection | undefined;
  #parser: Parser | undefined;
  #openTimer: Timer;
  readonly #keepAlive: KeepAlive;
  readonly #unacknowledged: Unacknowledged;
  /** Ids of messages at QoS 2 that were delivered and not released yet: a repeat is not delivered again. */
  readonly #received = new Set<number>();

  constructor(options: SessionOptions) {
    const { clock, events, missedPings, retry } = options;
    this.#options = options;
    this.#unacknowledged = new Unacknowledged({
      clock,
      retry,
      send: (packet) => this.#send(packet),
      sentAgain: (operation, id, times) => events.retransmitted(operation, id, times),
      gaveUp: (operation, id) => events.unanswered(operation, id),
    });
    this.#keepAlive = new KeepAlive({
      clock,
      missedPings,
      timeout: () => retry().timeout,
      send: () => this.#send({ cmd: "pingreq" }),
      missed: () => events.pingMissed?.(),
      lost: () => this.#lose("ping"),
    });
  }

  /** Whether such a packet waits for its acknowledgement. A publish at QoS 2 waits until PUBCOMP. */
  waiting(operation: "publish" | "subscribe" | "unsubscribe", id: number): boolean {
    return this.#unacknowledged.has(operation, id) || (operation === "publish" && this.#unacknowledged.has("pubrel", id));
  }

  /** How many publishes wait for their acknowledgement. */
  get publishing(): number {
    return this.#unacknowledged.count("publish") + this.#unacknowledged.count("pubrel");
  }

  /** Makes the TCP connection, with TLS if `secure`. @param timeout milliseconds until the attempt fails */
  open(host: string, port: number, timeout: number, secure = false): void {
    const { clock, events, network } = this.#options;
    const parser = this.#packets.parser();
    parser.on("packet", (packet) => this.#receive(packet));
    parser.on("error", () => this.#lose("protocol"));
    this.#parser = parser;
    this.#openTimer = clock.setTimer(() => this.#openFailed("timeout"), timeout);
    this.#connection = network.open(
      host,
      port,
      {
        opened: () => {
          clock.clearTimer(this.#openTimer);
          events.opened();
        },
        // mqtt-packet needs a Buffer; `Buffer.from` with an ArrayBuffer does not copy.
        received: (bytes) => void parser.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
        failed: (reason) => this.#openFailed(reason),
        closed: () => this.#lose("peer"),
      },
      secure,
    );
  }

  #openFailed(reason: OpenFailure): void {
    this.close("abort");
    this.#options.events.openFailed(reason);
  }

  connect({ version, clientId, username, password, keepalive, pingInterval, clean, will }: ConnectOptions): void {
    this.#keepAlive.start(pingInterval ?? keepalive);
    if (clean) this.#received.clear();
    this.#unacknowledged.send("connect", 0, {
      cmd: "connect",
      protocolId: version === 3 ? "MQIsdp" : "MQTT",
      protocolVersion: version,
      clientId,
      clean,
      keepalive,
      username,
      password: password === undefined ? undefined : Buffer.from(password),
      will: will && { ...will, payload: Buffer.from(will.payload) },
    });
  }

  publish(id: number, qos: QoS, retain: boolean, topic: string, payload: Uint8Array): void {
    const packet = {
      cmd: "publish",
      topic,
      payload: Buffer.from(payload),
      qos,
      retain,
      dup: false,
      messageId: qos === 0 ? undefined : id,
    } as const satisfies Packet;
    if (qos > 0) {
      this.#unacknowledged.send("publish", id, packet);
      return;
    }
    this.#send(packet);
    this.#options.events.acknowledged("publish", id, []);
  }

  subscribe(id: number, subscriptions: readonly { readonly topic: string; readonly qos: QoS }[]): void {
    this.#unacknowledged.send("subscribe", id, { cmd: "subscribe", messageId: id, subscriptions: [...subscriptions] });
  }

  unsubscribe(id: number, topics: readonly string[]): void {
    this.#unacknowledged.send("unsubscribe", id, { cmd: "unsubscribe", messageId: id, unsubscriptions: [...topics] });
  }

  /** Sends DISCONNECT. The peer should then close the connection. */
  disconnect(): void {
    this.#stop();
    this.#send({ cmd: "disconnect" });
  }

  /** Ends the connection without a report, in order or as after a power loss. */
  close(how: "order" | "abort"): void {
    this.#stop();
    this.#options.clock.clearTimer(this.#openTimer);
    const connection = this.#connection;
    this.#connection = undefined;
    this.#parser?.removeAllListeners();
    this.#parser = undefined;
    if (how === "order") connection?.close();
    else connection?.abort();
  }

  #lose(reason: CloseReason): void {
    this.close("abort");
    this.#options.events.closed(reason);
  }

  #stop(): void {
    this.#unacknowledged.clear();
    this.#keepAlive.stop();
  }

  #send(packet: Packet): void {
    const { faults } = this.#options;
    this.#keepAlive.sent();
    if (faults.take(`drop-out ${packet.cmd}`) !== undefined || faults.take("drop-out any") !== undefined) return;
    this.#connection?.write(this.#packets.generate(packet));
  }

  #acknowledge(operation: Operation, id: number, granted: readonly number[] = []): void {
    if (this.#unacknowledged.settle(operation, id)) this.#options.events.acknowledged(operation, id, granted);
  }

  /** Stops waiting for an acknowledgement, for example after one that could not be read. */
  forget(operation: Operation, id: number): void {
    this.#unacknowledged.settle(operation, id);
  }

  #receive(packet: Packet): void {
    const { events, faults } = this.#options;
    if (faults.take(`drop-in ${packet.cmd}`) !== undefined || faults.take("drop-in any") !== undefined) return;
    this.#keepAlive.received();
    const id = packet.messageId ?? 0;
    if (faults.take(`malformed ${packet.cmd}`) !== undefined || faults.take("malformed any") !== undefined) {
      return this.#malformed(packet.cmd, id);
    }
    switch (packet.cmd) {
      case "connack": {
        if (!this.#unacknowledged.settle("connect", 0)) return;
        const forced = faults.take("connack");
        const code = forced === undefined ? (packet.returnCode ?? 0) : Number(forced);
        // MQTT-3.2.2-5: the server closes the connection; the modem does not wait for that.
        if (code !== 0) this.close("order");
        // MQTT-3.2.2-2: when the server has no session state, the client discards its own.
        else if (!packet.sessionPresent) this.#received.clear();
        events.connack(code, packet.sessionPresent);
        return;
      }
      case "publish":
        this.#message(packet.qos, { ...packet, id });
        return;
      case "puback":
        if (!this.#unacknowledged.has("publish", id)) events.stray?.("PUBACK", id);
        this.#acknowledge("publish", id);
        return;
      case "pubrec":
        // MQTT 3.1.1, 4.3.3: a repeated PUBREC is answered too.
        if (this.#unacknowledged.settle("publish", id)) {
          this.#unacknowledged.send("pubrel", id, { cmd: "pubrel", messageId: id });
          events.pubrec?.(id);
        } else {
          this.#send({ cmd: "pubrel", messageId: id });
          events.stray?.("PUBREC", id);
        }
        return;
      case "pubrel": {
        const known = this.#received.delete(id);
        this.#send({ cmd: "pubcomp", messageId: id });
        if (known) events.released?.(id);
        return;
      }
      case "pubcomp":
        if (this.#unacknowledged.settle("pubrel", id)) events.acknowledged("publish", id, []);
        else events.stray?.("PUBCOMP", id);
        return;
      case "suback": {
        const granted = packet.granted.map(Number);
        const forced = faults.take("suback");
        const codes = forced === undefined ? granted : granted.map(() => Number(forced));
        if (events.matches?.(id, codes) !== false) this.#acknowledge("subscribe", id, codes);
        return;
      }
      case "unsuback":
        this.#acknowledge("unsubscribe", id);
        return;
      case "pingresp":
        this.#keepAlive.answered();
        events.pong?.();
        return;
      default:
        // A packet that only a client may send.
        this.#malformed(packet.cmd, id);
    }
  }

  #malformed(packet: NonNullable<Packet["cmd"]>, id: number): void {
    const { events } = this.#options;
    if (events.malformed) events.malformed(packet, id);
    else this.#lose("protocol");
  }

  #message(qos: QoS, message: Omit<Message, "payload"> & { readonly payload: string | Uint8Array }): void {
    const { events } = this.#options;
    const { id, topic, retain, dup, payload } = message;
    const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
    const repeated = qos === 2 && this.#received.has(id);
    if (qos === 1) this.#send({ cmd: "puback", messageId: id });
    if (qos === 2) {
      this.#received.add(id);
      this.#send({ cmd: "pubrec", messageId: id });
    }
    if (!repeated) events.message({ topic, payload: bytes, qos, retain, dup, id });
  }
}
