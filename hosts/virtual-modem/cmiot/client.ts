// The MQTT client of China Mobile's modems. The ML302's client was ported from the M5310-A's, and its published source (P11,
// and P12, an earlier revision) answers what both documents leave open. This file has what the client does. Each family decides
// what the client prints, and when a command gets its final result.

import type { Modem } from "../engine/family";
import { MqttSession } from "../mqtt-session";
import type { Operation, QoS } from "../mqtt-types";
import { type Exchange, Exchanges, type Kind } from "./exchanges";
import type { Failure, Policy, Reports, State } from "./family";
import type { OpenFlags, Settings } from "./settings";

/** S2 2.4 and S3 3.4: three tries, and three pings in a row without an answer. */
const maximumTries = 3;
const maximumMissedPings = 3;
/** P12: 4 s before the first try, and twice as long before each further one; here in milliseconds. */
const backOff = 4000;
/** Milliseconds from the TCP connection to CONNECT, so that a host can see state 7 (3 on ML302). */
const connectPause = 20;
/** Milliseconds after DISCONNECT in which the broker can close the connection; then the modem closes it. */
const disconnectTimeout = 2000;
/** S2 1.9, S3 2.3.10: seconds. */
const defaultTimeout = 10;
/** CONNACK codes for wrong credentials, after which another try does not help (S2 1.2, S3 2.3.2; P11 for 2). */
const credentialsRefused: readonly number[] = [2, 4, 5];

/** For an acknowledgement that cannot be read: the operation that it would have ended. */
const waits: Readonly<Record<string, Operation>> = {
  puback: "publish",
  pubrec: "publish",
  pubcomp: "pubrel",
  suback: "subscribe",
  unsuback: "unsubscribe",
};

/** The one client of the modem. */
export class CmiotClient {
  settings: Settings | undefined;
  state: State = "none";
  /** MQTTTO, in seconds. */
  timeout = defaultTimeout;
  pingEcho = false;
  /** How many tries the client has made since it was last connected. */
  tries = 0;
  readonly subscriptions = new Map<string, Exchange>();
  readonly #modem: Modem;
  readonly #reports: Reports;
  readonly #policy: Policy;
  readonly #session: MqttSession;
  readonly #exchanges = new Exchanges();
  #flags: OpenFlags = { user: false, password: false };
  #timer: unknown;

  constructor(modem: Modem, reports: Reports, policy: Policy) {
    this.#modem = modem;
    this.#reports = reports;
    this.#policy = policy;
    this.#session = new MqttSession({
      clock: modem.clock,
      network: modem.network,
      faults: modem.faults,
      retry: () => ({ timeout: this.timeout * 1000, times: 0 }),
      missedPings: maximumMissedPings,
      events: {
        opened: () => this.#opened(),
        openFailed: (reason) => this.#failed(reason),
        connack: (code, sessionPresent) => this.#connack(code, sessionPresent),
        message: (message) => reports.message(message),
        acknowledged: (operation, id, granted) => this.#acknowledged(operation, id, granted),
        // P11 has no retransmission.
        retransmitted: () => undefined,
        unanswered: (operation, id) => this.#unanswered(operation, id),
        closed: () => this.linkLost(),
        matches: (id, [code]) => policy.matches(code, this.#exchanges.get("subscribe", id)?.qos ?? 0),
        stray: (step, id) => {
          if (modem.variant("strayAcks") === "printed") reports.stray(step, id);
        },
        pubrec: (id) => reports.step("PUBREC", id),
        released: (id) => reports.released(id),
        pong: () => reports.pong(),
        pingMissed: () => reports.pingMissed(),
        malformed: (packet, id) => this.#malformed(packet, id),
      },
    });
  }

  /** Whether the client has a connection, or is making or ending one. */
  get active(): boolean {
    return !["none", "ready", "disconnected"].includes(this.state);
  }

  /** MQTTCFG. P11: resets everything, also MQTTTO and MQTTPING. */
  configure(settings: Settings): void {
    this.#reset();
    this.settings = settings;
    this.state = "ready";
  }

  /** MQTTDEL. */
  delete(): void {
    this.#session.close("order");
    this.#reset();
    this.settings = undefined;
    this.state = "none";
  }

  #reset(): void {
    this.#modem.clock.clearTimer(this.#timer);
    this.timeout = defaultTimeout;
    this.pingEcho = false;
    this.tries = 0;
    this.subscriptions.clear();
    this.#exchanges.reset();
  }

  /** MQTTOPEN, of a client that is configured and not active. */
  open(flags: OpenFlags): void {
    this.#flags = flags;
    this.tries = 0;
    this.#attempt();
  }

  #attempt(): void {
    const { faults, attached } = this.#modem;
    const { host, port, encrypt } = this.#configured;
    this.state = "opening";
    const forced = faults.take("open");
    if (!attached) this.#failed("pdp");
    else if (forced !== undefined) this.#failed(forced as Failure);
    else this.#session.open(host, port, this.timeout * 1000, encrypt);
  }

  get #configured(): Settings {
    if (!this.settings) throw new Error("the client is not configured");
    return this.settings;
  }

  #opened(): void {
    const { clock, scaled } = this.#modem;
    this.state = "opened";
    this.#timer = clock.setTimer(() => this.#connect(), scaled(connectPause));
  }

  #connect(): void {
    const { clientId, keepalive, clean, username, password } = this.#configured;
    const { user, password: withPassword, will } = this.#flags;
    this.state = "connecting";
    this.#session.connect({
      // B-11: the documents refer to 3.1, the client sends 3.1.1 (P11, S3 2.3.2).
      version: 4,
      clientId,
      keepalive,
      pingInterval: this.#policy.pingInterval(keepalive),
      clean,
      will,
      username: user ? username : undefined,
      password: withPassword ? password : undefined,
    });
  }

  #connack(code: number, sessionPresent: boolean): void {
    if (code !== 0) return this.#failed({ connack: code });
    this.state = "connected";
    this.tries = 0;
    // P11: the list of subscriptions is kept only when the server has kept the session.
    if (!sessionPresent || this.#configured.clean) this.subscriptions.clear();
    this.#reports.connected(sessionPresent);
  }

  #failed(failure: Failure): void {
    this.#modem.clock.clearTimer(this.#timer);
    this.#session.close("abort");
    const refused = typeof failure === "object" && credentialsRefused.includes(failure.connack);
    const retrying = !refused && (this.tries > 0 || this.#policy.retriesOpen());
    const first = this.tries === 0;
    // Dialects 16.2: a TCP connection that never comes up is a connect timeout, reported once.
    if (failure === "unanswered" || (failure === "timeout" && first)) this.#reports.unanswered("connect", 0);
    this.state = retrying ? "reconnecting" : "disconnected";
    this.#reports.failed(failure, retrying);
    if (retrying) this.#retry();
    else if (!first) this.#giveUp();
  }

  /** Tries once more after a pause, unless the tries are used up. */
  #retry(): void {
    const { clock, scaled } = this.#modem;
    this.state = "reconnecting";
    if (this.tries >= maximumTries) return this.#giveUp();
    this.#timer = clock.setTimer(
      () => {
        if (!this.#policy.reconnects()) return this.#giveUp();
        this.#reports.reconnecting(this.tries);
        this.tries += 1;
        this.#attempt();
      },
      scaled(backOff * 2 ** this.tries),
    );
  }

  #giveUp(): void {
    const tried = this.tries > 0;
    this.tries = 0;
    this.state = "disconnected";
    this.#reports.gaveUp(tried);
  }

  /** MQTTDISC, of a connected client. */
  disconnect(): void {
    const { clock } = this.#modem;
    this.state = "disconnecting";
    this.#session.disconnect();
    this.#timer = clock.setTimer(() => this.linkLost(), disconnectTimeout);
  }

  /** The connection is lost, or is dropped, in any state. */
  linkLost(): void {
    switch (this.state) {
      case "opening":
      case "opened":
      case "connecting":
        return this.#failed("dropped");
      case "disconnecting":
        this.#modem.clock.clearTimer(this.#timer);
        this.#session.close("order");
        this.#exchanges.clear();
        this.state = "disconnected";
        return this.#reports.disconnected();
      case "connected":
        this.#session.close("abort");
        this.#exchanges.clear();
        this.#reports.lost();
        if (this.#policy.reconnects()) this.#retry();
        else this.#giveUp();
    }
  }

  /** @param hex whether messages of this topic are printed in hexadecimal digits */
  subscribe(topic: string, qos: QoS, hex = false): void {
    this.#start("subscribe", { topic, qos, hex }, (id) => this.#session.subscribe(id, [{ topic, qos }]));
  }

  unsubscribe(topic: string): void {
    this.#start("subscribe", { topic, qos: 0, hex: false }, (id) => this.#session.unsubscribe(id, [topic]));
  }

  publish(topic: string, qos: QoS, retain: boolean, payload: Uint8Array): void {
    this.#start("publish", { topic, qos, hex: false }, (id) => this.#session.publish(id, qos, retain, topic, payload));
  }

  #start(kind: Kind, exchange: Exchange, send: (id: number) => void): void {
    const { faults, variant } = this.#modem;
    // P11: one counter for all packets, also for publishes at QoS 0.
    const id = this.#exchanges.nextId(kind, variant("packetIds") === "per-kind");
    if (faults.take("send") !== undefined) {
      this.#reports.notSent();
      return this.linkLost();
    }
    this.#exchanges.add(kind, id, exchange);
    send(id);
  }

  #acknowledged(operation: Operation, id: number, granted: readonly number[]): void {
    const exchange = this.#exchanges.take(operation, id);
    // An exchange of an earlier connection.
    if (!exchange) return;
    const { topic, qos } = exchange;
    if (operation === "subscribe") {
      const [code] = granted;
      if (code <= 2) this.subscriptions.set(topic, exchange);
      this.#reports.subscribed(id, code, qos, topic);
    } else if (operation === "unsubscribe") {
      this.subscriptions.delete(topic);
      this.#reports.unsubscribed(id, topic);
    } else if (qos === 0) {
      this.#reports.sent();
    } else {
      this.#reports.step(qos === 1 ? "PUBACK" : "PUBCOMP", id);
    }
  }

  /** S2 1.2, S3 2.3.2: a missing acknowledgement leads to a reconnection. P11 only reports it. */
  #unanswered(operation: Operation, id: number): void {
    if (operation === "connect") return this.#failed("unanswered");
    const { qos = 0 } = this.#exchanges.take(operation, id) ?? {};
    this.#reports.unanswered(operation, qos);
    if (this.#modem.variant("ackTimeout") === "reconnects") this.linkLost();
  }

  #malformed(packet: string, id: number): void {
    const wait = Object.hasOwn(waits, packet) ? waits[packet] : undefined;
    if (!this.#reports.malformed(packet) || !wait) return;
    this.#session.forget(wait, id);
    this.#exchanges.take(wait, id);
  }

  powerOff(): void {
    this.state = "none";
    this.#session.close("abort");
  }
}
