// MQTT 3.1 and 3.1.1 as a modem's firmware speaks it, step by step: TCP and CONNECT apart, packet ids chosen by the
// host or the modem, acknowledgements waited for and packets sent again, pings. Built on the modem's network and
// clock; the packets themselves are mqtt-packet's.

import type { Packet, Parser } from "mqtt-packet";
import type { Clock, Timer } from "./clock";
import type { Faults } from "./faults";
import { load } from "./installed";
import { KeepAlive } from "./keep-alive";
import type { Connection, Network, OpenFailure } from "./network";

export type QoS = 0 | 1 | 2;

/** What waits for an acknowledgement. `pubrel` is the second half of a publish at QoS 2. */
export type Operation = "connect" | "publish" | "pubrel" | "subscribe" | "unsubscribe";

/** Why a connection ended that the modem had not asked to end. */
export type CloseReason =
  /** The peer closed or reset it. */
  | "peer"
  /** No answer to a PINGREQ. */
  | "ping"
  /** The peer sent something that is not MQTT. */
  | "protocol";

/** A message from the broker. */
export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly dup: boolean;
  /** Its packet id, 0 at QoS 0. */
  readonly id: number;
}

/** What a session reports. */
export interface SessionEvents {
  opened(): void;
  openFailed(reason: OpenFailure): void;
  /** The broker answered CONNECT; with a code other than 0 the connection is closed by now. */
  connack(code: number, sessionPresent: boolean): void;
  message(message: Message): void;
  /** At QoS 0 as soon as it is sent. `granted` is SUBACK's list. */
  acknowledged(operation: Operation, id: number, granted: readonly number[]): void;
  /** A packet was sent again, for the `times`th time. */
  retransmitted(operation: Operation, id: number, times: number): void;
  /** The last wait for an acknowledgement ran out. The connection is still open. */
  unanswered(operation: Operation, id: number): void;
  closed(reason: CloseReason): void;
  /** The broker has a publish at QoS 2; PUBREL is on its way. */
  pubrec?(id: number): void;
  /** An acknowledgement of a publish came that nothing waits for: a repeated or a late one. */
  stray?(step: "PUBACK" | "PUBREC" | "PUBCOMP", id: number): void;
  /** The broker released a message at QoS 2; PUBCOMP is on its way. */
  released?(id: number): void;
  /** Whether SUBACK is taken for the answer that is waited for; without this it is. */
  matches?(id: number, granted: readonly number[]): boolean;
  /** PINGRESP came. */
  pong?(): void;
  /** A ping had no answer when the next one was due; only with `missedPings`. */
  pingMissed?(): void;
  /** A packet from the broker cannot be read, or is one that only a client sends. Without this the connection ends. */
  malformed?(packet: NonNullable<Packet["cmd"]>, id: number): void;
}

export interface ConnectOptions {
  /** 3 is MQTT 3.1, 4 is 3.1.1. */
  readonly version: 3 | 4;
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  /** Seconds; 0 for no pings. */
  readonly keepalive: number;
  /** Seconds between pings, where the modem does not wait for the whole keep-alive time. */
  readonly pingInterval?: number;
  readonly clean: boolean;
  readonly will?: { readonly topic: string; readonly payload: string; readonly qos: QoS; readonly retain: boolean };
}

export interface SessionOptions {
  readonly clock: Clock;
  readonly network: Network;
  readonly faults: Pick<Faults, "take">;
  readonly events: SessionEvents;
  /** How long to wait for an acknowledgement, in milliseconds, and how often to send again. Asked at each packet. */
  readonly retry: () => { readonly timeout: number; readonly times: number };
  /** How many pings in a row may stay unanswered; without it none, in `retry`'s time. See `KeepAlive`. */
  readonly missedPings?: number;
}

interface Pending {
  readonly operation: Operation;
  readonly id: number;
  readonly packet: Packet;
  sentAgain: number;
  timer: Timer;
}

/** One MQTT client. It can be opened again after it was closed. */
export class MqttSession {
  readonly #options: SessionOptions;
  readonly #packets = load<typeof import("mqtt-packet")>("mqtt-packet");
  #connection: Connection | undefined;
  #parser: Parser | undefined;
  #openTimer: Timer;
  readonly #keepAlive: KeepAlive;
  readonly #pending = new Map<string, Pending>();
  /** Ids of messages at QoS 2 that were delivered and not yet released: a repeat is not delivered again. */
  readonly #received = new Set<number>();

  constructor(options: SessionOptions) {
    const { clock, events, missedPings, retry } = options;
    this.#options = options;
    this.#keepAlive = new KeepAlive({
      clock,
      missedPings,
      timeout: () => retry().timeout,
      send: () => this.#send({ cmd: "pingreq" }),
      missed: () => events.pingMissed?.(),
      lost: () => this.#lose("ping"),
    });
  }

  /** Whether something of that kind waits for its acknowledgement. A publish counts until it is complete. */
  waiting(operation: "publish" | "subscribe" | "unsubscribe", id: number): boolean {
    return this.#pending.has(`${operation} ${id}`) || (operation === "publish" && this.#pending.has(`pubrel ${id}`));
  }

  /** How many publishes wait for their acknowledgement. */
  get publishing(): number {
    let count = 0;
    for (const { operation } of this.#pending.values()) if (operation === "publish" || operation === "pubrel") count++;
    return count;
  }

  /** Makes the TCP connection, with TLS if `secure`. @param timeout milliseconds until it is given up */
  open(host: string, port: number, timeout: number, secure = false): void {
    const { clock, events, network } = this.#options;
    const parser = this.#packets.parser();
    parser.on("packet", (packet) => this.#receive(packet));
    parser.on("error", () => this.#lose("protocol"));
    this.#parser = parser;
    this.#openTimer = clock.setTimer(() => this.#openFailed("timeout"), timeout);
    this.#connection = network.open(host, port, {
      opened: () => {
        clock.clearTimer(this.#openTimer);
        events.opened();
      },
      // mqtt-packet wants a Buffer; `Buffer.from` an array buffer does not copy.
      received: (bytes) => void parser.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
      failed: (reason) => this.#openFailed(reason),
      closed: () => this.#lose("peer"),
    }, secure);
  }

  #openFailed(reason: OpenFailure): void {
    this.close("abort");
    this.#options.events.openFailed(reason);
  }

  connect({ version, clientId, username, password, keepalive, pingInterval, clean, will }: ConnectOptions): void {
    this.#keepAlive.start(pingInterval ?? keepalive);
    if (clean) this.#received.clear();
    this.#sendAndWait("connect", 0, {
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
      this.#sendAndWait("publish", id, packet);
      return;
    }
    this.#send(packet);
    this.#options.events.acknowledged("publish", id, []);
  }

  subscribe(id: number, subscriptions: readonly { readonly topic: string; readonly qos: QoS }[]): void {
    this.#sendAndWait("subscribe", id, { cmd: "subscribe", messageId: id, subscriptions: [...subscriptions] });
  }

  unsubscribe(id: number, topics: readonly string[]): void {
    this.#sendAndWait("unsubscribe", id, { cmd: "unsubscribe", messageId: id, unsubscriptions: [...topics] });
  }

  /** Sends DISCONNECT; the peer is expected to close. */
  disconnect(): void {
    this.#stop();
    this.#send({ cmd: "disconnect" });
  }

  /** Ends the connection without a report: in order, or as if power were gone. */
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

  /** Nothing is waited for any more. */
  #stop(): void {
    const { clock } = this.#options;
    for (const { timer } of this.#pending.values()) clock.clearTimer(timer);
    this.#pending.clear();
    this.#keepAlive.stop();
  }

  #send(packet: Packet): void {
    const { faults } = this.#options;
    this.#keepAlive.sent();
    if (faults.take(`drop-out ${packet.cmd}`) !== undefined || faults.take("drop-out any") !== undefined) return;
    this.#connection?.write(this.#packets.generate(packet));
  }

  #sendAndWait(operation: Operation, id: number, packet: Packet): void {
    const pending: Pending = { operation, id, packet, sentAgain: 0, timer: undefined };
    this.#pending.set(`${operation} ${id}`, pending);
    this.#send(packet);
    this.#wait(pending);
  }

  #wait(pending: Pending): void {
    const { clock, events, retry } = this.#options;
    const { operation, id, packet } = pending;
    pending.timer = clock.setTimer(() => {
      if (pending.sentAgain >= retry().times) {
        this.#pending.delete(`${operation} ${id}`);
        events.unanswered(operation, id);
        return;
      }
      pending.sentAgain += 1;
      this.#send(packet.cmd === "publish" ? { ...packet, dup: true } : packet);
      this.#wait(pending);
      events.retransmitted(operation, id, pending.sentAgain);
    }, retry().timeout);
  }

  /** @returns whether it had been waited for */
  #settle(operation: Operation, id: number): boolean {
    const pending = this.#pending.get(`${operation} ${id}`);
    if (!pending) return false;
    this.#pending.delete(`${operation} ${id}`);
    this.#options.clock.clearTimer(pending.timer);
    return true;
  }

  #acknowledge(operation: Operation, id: number, granted: readonly number[] = []): void {
    if (this.#settle(operation, id)) this.#options.events.acknowledged(operation, id, granted);
  }

  /** Something that was waited for is not any more, as after an answer that could not be read. */
  forget(operation: Operation, id: number): void {
    this.#settle(operation, id);
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
        if (!this.#settle("connect", 0)) return;
        const forced = faults.take("connack");
        const code = forced === undefined ? (packet.returnCode ?? 0) : Number(forced);
        // MQTT-3.2.2-5: the server closes; the modem does not wait for it.
        if (code !== 0) this.close("order");
        // MQTT-3.2.2-2: where the server has kept nothing, the client keeps nothing either.
        else if (!packet.sessionPresent) this.#received.clear();
        events.connack(code, packet.sessionPresent);
        return;
      }
      case "publish":
        this.#message(packet.qos, { ...packet, id });
        return;
      case "puback":
        if (!this.#pending.has(`publish ${id}`)) events.stray?.("PUBACK", id);
        this.#acknowledge("publish", id);
        return;
      case "pubrec":
        // A repeated PUBREC is answered too: MQTT 3.1.1, 4.3.3.
        if (this.#settle("publish", id)) {
          this.#sendAndWait("pubrel", id, { cmd: "pubrel", messageId: id });
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
        if (this.#settle("pubrel", id)) events.acknowledged("publish", id, []);
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
