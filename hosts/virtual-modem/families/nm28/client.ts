// One of the six MQTT clients: its TCP connection, its MQTT session, and the exchanges that wait for the broker's answer. The commands'
// output is not made here.

import type { Faults } from "../../faults";
import { MqttSession } from "../../mqtt-session";
import type { CloseReason, ConnectOptions, Operation, QoS } from "../../mqtt-types";
import type { Modem } from "../../engine/family";
import type { Timer } from "../../clock";
import { defaultSettings, type Settings } from "./settings";
import { lossReport, messageReport } from "./reports";

/** S4 gives no limit; that of the QMT set (dialects 9). */
const openTimeout = 75_000;
/** Milliseconds after DISCONNECT in which the broker can close the connection; then the modem closes it. */
const disconnectTimeout = 2000;
const highestId = 65535;

/** Results of MQTTOPEN: S4 1.2. */
export const openResults = { failed: -1, opened: 0, parameter: 1, inUse: 2, pdp: 3, dns: 4, connection: 5 } as const;

type State =
  | "closed"
  | "opening"
  | "open"
  | "connecting"
  | "connected"
  | "disconnecting"
  /** The connection is lost, and MQTTCLOSE has not come. */
  | "lost";

/** How an exchange with the broker ended. */
export interface Outcome {
  readonly acknowledged: boolean;
  /** How often a packet was sent again. */
  readonly sentAgain: number;
  /** CONNACK's return code. */
  readonly code?: number;
  /** SUBACK's codes. */
  readonly granted: readonly number[];
}

/** The outcome of a packet that could not be sent. */
export const unsent: Outcome = { acknowledged: false, sentAgain: 0, granted: [] };

/** The command's functions for an exchange that waits for the broker. */
export interface Exchange {
  /** A packet has been sent again for the `times`th time. */
  readonly again?: (times: number) => void;
  readonly done: (outcome: Outcome) => void;
}

/** What CONNECT carries beside the settings. */
export type Credentials = Pick<ConnectOptions, "clientId" | "username" | "password">;

export class Client {
  readonly index: number;
  readonly settings: Settings;
  readonly faults: Pick<Faults, "take">;
  /** Those of the last MQTTCONN: OneNET's topics contain them. */
  credentials: Credentials | undefined;
  readonly #modem: Modem;
  readonly #session: MqttSession;
  readonly #waiting = new Map<string, Exchange & { sentAgain: number }>();
  #state: State = "closed";
  #address = { host: "", port: 0 };
  #opened: ((result: number) => void) | undefined;
  #disconnectTimer: Timer;

  constructor(modem: Modem, index: number) {
    this.index = index;
    this.settings = defaultSettings(modem.variant("recvDefault") === "length");
    this.faults = modem.faults.ofClient(index);
    this.#modem = modem;
    this.#session = new MqttSession({
      clock: modem.clock,
      network: modem.network,
      faults: this.faults,
      retry: () => ({ timeout: this.settings.packetTimeout * 1000, times: this.settings.retryTimes }),
      events: {
        opened: () => this.#openEnded("open", openResults.opened),
        openFailed: (reason) => this.#openEnded("closed", this.#openFailure(reason)),
        connack: (code) => {
          this.#state = code === 0 ? "connected" : "lost";
          this.#settle("connect", 0, { acknowledged: true, code });
        },
        message: (message) => modem.urc(...messageReport(modem, this.index, this.settings, message)),
        acknowledged: (operation, id, granted) => this.#settle(operation, id, { acknowledged: true, granted }),
        retransmitted: (operation, id) => this.#sentAgain(operation, id),
        unanswered: (operation, id) => this.#unanswered(operation, id),
        closed: (reason) => this.#closed(reason),
      },
    });
  }

  get connected(): boolean {
    return this.#state === "connected";
  }

  /** Whether the TCP connection is made and CONNECT has not been sent. */
  get open(): boolean {
    return this.#state === "open";
  }

  /** Whether MQTTOPEN has opened the client and MQTTCLOSE has not closed it, even if the connection is lost. */
  get inUse(): boolean {
    return this.#state !== "closed" && this.#state !== "opening";
  }

  /** The address of the open connection. */
  get peer(): { readonly host: string; readonly port: number } | undefined {
    return this.inUse && this.#state !== "lost" ? this.#address : undefined;
  }

  /** Makes the TCP connection. @param opened is called once, with a result of MQTTOPEN */
  connectTcp(host: string, port: number, opened: (result: number) => void): void {
    const { attached, variant } = this.#modem;
    const reopened = this.#state === "lost" && variant("openAfterLoss") === "allowed";
    if (this.#state !== "closed" && !reopened) return opened(openResults.inUse);
    // 1.2: the test form has a port 0, the table has not (D-3).
    if (port === 0 || host === "") return opened(openResults.parameter);
    if (!attached) return opened(openResults.pdp);
    if (this.settings.ssl && variant("tls") === "no-context") return opened(openResults.failed);
    this.#state = "opening";
    this.#address = { host, port };
    this.#opened = opened;
    const forced = this.faults.take("open");
    if (forced === undefined) this.#session.open(host, port, openTimeout, this.settings.ssl);
    else this.#openEnded("closed", this.#openFailure(forced));
  }

  #openFailure(reason: string): number {
    if (reason === "dns" || reason === "pdp") return openResults[reason];
    return this.#modem.variant("openFailure") === "general" ? openResults.failed : openResults.connection;
  }

  #openEnded(state: "open" | "closed", result: number): void {
    this.#state = state;
    const opened = this.#opened;
    this.#opened = undefined;
    opened?.(result);
  }

  /** Sends CONNECT. */
  connect(credentials: Credentials, exchange: Exchange): void {
    const { version, keepalive, clean, will } = this.settings;
    this.#state = "connecting";
    this.credentials = credentials;
    this.#begin("connect", 0, exchange);
    this.#session.connect({ version, keepalive, clean, will, ...credentials });
  }

  /** Sends DISCONNECT. @returns false when the client is not connected */
  disconnect(): boolean {
    if (!this.connected) return false;
    this.#state = "disconnecting";
    this.#session.disconnect();
    this.#failWaiting();
    this.#disconnectTimer = this.#modem.clock.setTimer(() => this.linkLost(5), disconnectTimeout);
    return true;
  }

  /** Closes the TCP connection. @returns false when the client is closed */
  close(): boolean {
    if (!this.inUse) return false;
    this.#drop("order", "closed");
    this.#failWaiting();
    return true;
  }

  subscribe(id: number, topic: string, qos: QoS, exchange: Exchange): void {
    this.#begin("subscribe", id, exchange);
    this.#send(() => this.#session.subscribe(id, [{ topic, qos }]));
  }

  unsubscribe(id: number, topic: string, exchange: Exchange): void {
    this.#begin("unsubscribe", id, exchange);
    this.#send(() => this.#session.unsubscribe(id, [topic]));
  }

  publish(id: number, qos: QoS, retain: boolean, topic: string, payload: Uint8Array, exchange: Exchange): void {
    this.#begin("publish", id, exchange);
    this.#send(() => this.#session.publish(id, qos, retain, topic, payload));
  }

  /** Whether an exchange of this kind and id waits. */
  waiting(operation: Operation, id: number): boolean {
    return this.#waiting.has(`${operation} ${id}`);
  }

  /** A free packet id for a packet that the modem sends by itself. */
  ownId(operation: Operation): number {
    let id = highestId;
    while (this.waiting(operation, id)) id--;
    return id;
  }

  #begin(operation: Operation, id: number, exchange: Exchange): void {
    this.#waiting.set(`${operation} ${id}`, { ...exchange, sentAgain: 0 });
  }

  #send(send: () => void): void {
    if (this.faults.take("send") === undefined) send();
    else this.linkLost(6);
  }

  #settle(operation: Operation, id: number, outcome: Partial<Outcome> & Pick<Outcome, "acknowledged">): void {
    const key = `${operation} ${id}`;
    const exchange = this.#waiting.get(key);
    this.#waiting.delete(key);
    exchange?.done({ granted: [], sentAgain: exchange.sentAgain, ...outcome });
  }

  /** Reports a retransmission. Both halves of a publish at QoS 2 belong to one exchange. */
  #sentAgain(operation: Operation, id: number): void {
    const exchange = this.#waiting.get(`${operation === "pubrel" ? "publish" : operation} ${id}`);
    if (!exchange) return;
    exchange.sentAgain += 1;
    exchange.again?.(exchange.sentAgain);
  }

  #unanswered(operation: Operation, id: number): void {
    // Without a CONNACK the connection is useless.
    if (operation === "connect") this.linkLost(4);
    else if (this.#modem.variant("afterUnanswered") === "closed") this.linkLost(6);
    else this.#settle(operation === "pubrel" ? "publish" : operation, id, { acknowledged: false });
  }

  #closed(reason: CloseReason): void {
    if (this.#state === "disconnecting") this.linkLost(5);
    else this.linkLost(reason === "ping" ? 2 : 1);
  }

  /** The connection is lost. All exchanges fail; a variant chooses what is reported besides. */
  linkLost(code: number): void {
    if (this.#state === "closed" || this.#state === "lost") return;
    if (this.#state === "opening") {
      this.#session.close("abort");
      return this.#openEnded("closed", this.#openFailure("dropped"));
    }
    this.#drop("abort", "lost");
    this.#failWaiting();
    const report = lossReport(this.#modem, this.index, code);
    if (report !== undefined) this.#modem.urc(report);
  }

  powerOff(): void {
    this.#opened = undefined;
    this.#waiting.clear();
    this.#drop("abort", "closed");
  }

  #drop(how: "order" | "abort", state: "closed" | "lost"): void {
    this.#modem.clock.clearTimer(this.#disconnectTimer);
    this.#session.close(how);
    this.#state = state;
  }

  #failWaiting(): void {
    const exchanges = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { done, sentAgain } of exchanges) done({ acknowledged: false, granted: [], sentAgain });
  }
}
