// The MQTT client and the commands that open and close it: QMTOPEN, QMTCLOSE, QMTCONN, QMTDISC (S1 3.2.3 to 3.2.6,
// dialects 2.2.3 to 2.2.6), and +QMTSTAT (S1 4.1).

import { createHmac } from "node:crypto";
import { cme, CmeError, PlainError } from "../../engine/errors";
import type { CommandSpec, Modem } from "../../engine/family";
import { MqttSession } from "../../mqtt-session";
import type { CloseReason, Message, Operation } from "../../mqtt-types";
import type { Settings } from "./config";

/** S1 3.2.3: QMTOPEN answers within 75 s. */
const openTimeout = 75_000;
/** Milliseconds after DISCONNECT in which the broker can close the connection; then the modem closes it. */
const disconnectTimeout = 2000;
/** Our limit: neither document has one for client id, user name and password. */
const maximumCredential = 512;

/** The states in the answer to `QMTCONN?`; in other states there is no answer line (S1 3.2.5). */
const states: Readonly<Record<string, number>> = { open: 1, connecting: 2, connected: 3, disconnecting: 4 };

type State =
  | "closed"
  | "opening"
  | "open"
  | "connecting"
  | "connected"
  | "disconnecting"
  /** +QMTSTAT was reported and QMTCLOSE has not been sent. QMTOPEN may come at once: S1 table 3. */
  | "lost";

/** Results of QMTOPEN by what went wrong: S1 3.2.3. */
const openResults = { parameter: 1, inUse: 2, pdp: 3, dns: 4, dropped: 5, failed: -1 } as const;

/** The credentials for Alibaba Cloud, computed as its documents say from the settings "aliauth". */
function alibabaCredentials(
  clientId: string,
  { productKey, deviceName, deviceSecret }: NonNullable<Settings["ali"]>,
): { clientId: string; username: string; password: string } {
  const content = `clientId${clientId}deviceName${deviceName}productKey${productKey}`;
  return {
    clientId: `${clientId}|securemode=3,signmethod=hmacsha1|`,
    username: `${deviceName}&${productKey}`,
    password: createHmac("sha1", deviceSecret).update(content).digest("hex"),
  };
}

/** The modem's only MQTT client: S1 has a single `<TCP_connectID>`, 0. */
export class Client {
  readonly modem: Modem;
  readonly settings: Settings;
  readonly session: MqttSession;
  state: State = "closed";
  #address = { host: "", port: 0 };

  constructor(modem: Modem, settings: Settings) {
    this.modem = modem;
    this.settings = settings;
    this.session = new MqttSession({
      clock: modem.clock,
      network: modem.network,
      faults: modem.faults,
      retry: () => ({ timeout: settings.packetTimeout * 1000, times: settings.retryTimes }),
      events: {
        opened: () => this.#opened("open", 0),
        openFailed: (reason) => this.#opened("closed", reason === "dns" ? openResults.dns : openResults.failed),
        connack: (code) => this.#connack(code),
        message: (message) => this.#message(message),
        acknowledged: (operation, id, granted) => this.#acknowledged(operation, id, granted),
        retransmitted: (operation, id, times) => this.#retransmitted(operation, id, times),
        unanswered: (operation, id) => this.#unanswered(operation, id),
        closed: (reason) => this.#connectionClosed(reason),
      },
    });
  }

  /** Ends the command unless the client is connected to a broker. */
  requireConnected(): void {
    if (this.state !== "connected") throw new CmeError(cme.notAllowed);
  }

  /** The line that answers QMTOPEN?, if there is one. */
  get openLine(): string | undefined {
    const { host, port } = this.#address;
    return this.state in states ? `+QMTOPEN: 0,"${host}",${port}` : undefined;
  }

  open(host: string, port: number): void {
    const { faults, attached, urc } = this.modem;
    if (this.state !== "closed" && this.state !== "lost") return urc(`+QMTOPEN: 0,${openResults.inUse}`);
    if (port === 0 || host === "") return urc(`+QMTOPEN: 0,${openResults.parameter}`);
    if (!attached) return urc(`+QMTOPEN: 0,${openResults.pdp}`);
    this.state = "opening";
    this.#address = { host, port };
    const forced = faults.take("open");
    if (forced === undefined) this.session.open(host, port, openTimeout);
    else this.#opened("closed", forced in openResults ? openResults[forced as "dns"] : openResults.failed);
  }

  #opened(state: "open" | "closed", result: number): void {
    this.state = state;
    this.modem.urc(`+QMTOPEN: 0,${result}`);
  }

  connect(clientId: string, username: string | undefined, password: string | undefined): void {
    const { version, keepalive, clean, will, ali } = this.settings;
    this.state = "connecting";
    const credentials = username === undefined && ali ? alibabaCredentials(clientId, ali) : { clientId, username, password };
    this.session.connect({ version, keepalive, clean, will, ...credentials });
  }

  #connack(code: number): void {
    const { urc, variant } = this.modem;
    this.state = code === 0 ? "connected" : "lost";
    urc(`+QMTCONN: 0,0,${code}`);
    // S1's figure: the TCP connection is dropped after a refused CONNECT.
    if (code !== 0 && variant("refusedStat") === "present") urc("+QMTSTAT: 0,1");
  }

  disconnect(): void {
    const { clock, urc, variant } = this.modem;
    if (this.state !== "connected") return urc("+QMTDISC: 0,-1");
    this.state = "disconnecting";
    this.session.disconnect();
    if (variant("discResult") === "present") urc("+QMTDISC: 0,0");
    clock.setTimer(() => {
      if (this.state === "disconnecting") this.linkLost(5);
    }, disconnectTimeout);
  }

  close(): void {
    const { urc, variant } = this.modem;
    const closed = this.state === "closed" || (this.state === "lost" && variant("closeAfterStat") === "failed");
    this.session.close("order");
    this.state = "closed";
    urc(`+QMTCLOSE: 0,${closed ? -1 : 0}`);
  }

  #message({ id, topic, payload }: Message): void {
    const { urc, variant } = this.modem;
    const blank = variant("recvSpace") === "spaced" ? " " : "";
    const quote = variant("recvQuotes") === "quoted" ? '"' : "";
    urc(`+${variant("recvName")}: 0,${id},${blank}"${topic}",${blank}${quote}`, payload, quote);
  }

  #acknowledged(operation: Operation, id: number, granted: readonly number[]): void {
    const { urc, variant } = this.modem;
    if (operation === "publish") urc(`+QMTPUB: 0,${id},0`);
    else if (operation === "unsubscribe") urc(`+QMTUNS: 0,${id},0`);
    else urc(`+QMTSUB: 0,${id},0,${(variant("subValues") === "list" ? granted : granted.slice(0, 1)).join(",")}`);
  }

  #retransmitted(operation: Operation, id: number, times: number): void {
    const { urc, variant } = this.modem;
    if (!this.settings.timeoutNotice) return;
    // S1 gives QMTCONN no packet id and no count, and +QMTPUBREL in the figure no count.
    if (operation === "connect") urc("+QMTCONN: 0,1");
    else if (operation === "publish") urc(`+QMTPUB: 0,${id},1,${times}`);
    else if (operation === "subscribe") urc(`+QMTSUB: 0,${id},1,${times}`);
    else if (operation === "unsubscribe") urc(`+QMTUNS: 0,${id},1,${times}`);
    else if (variant("pubrelNotice") === "present") urc(`+QMTPUBREL: 0,${id},1`);
  }

  /** The client closes the connection. S1 table 3: 4 for a missing CONNACK, 6 for other packets that were not acknowledged. */
  #unanswered(operation: Operation, id: number): void {
    const { urc } = this.modem;
    if (operation === "connect") urc("+QMTCONN: 0,2");
    else if (operation === "subscribe") urc(`+QMTSUB: 0,${id},2`);
    else if (operation === "unsubscribe") urc(`+QMTUNS: 0,${id},2`);
    else urc(`+QMTPUB: 0,${id},2`);
    this.linkLost(operation === "connect" ? 4 : 6);
  }

  #connectionClosed(reason: CloseReason): void {
    if (this.state === "opening") return this.#opened("closed", openResults.dropped);
    if (this.state === "disconnecting") return this.linkLost(5);
    // A host that waits for the result of QMTCONN gets 2: CONNECT was not acknowledged.
    if (this.state === "connecting") this.modem.urc("+QMTCONN: 0,2");
    this.linkLost(reason === "ping" ? 2 : 1);
  }

  /** S1 4.1: the client closes the connection and reports why. Publishes in flight get no result. */
  linkLost(code: number): void {
    const { urc, variant } = this.modem;
    if (this.state === "closed" || this.state === "lost") return;
    const opening = this.state === "opening";
    this.session.close("abort");
    if (opening) return this.#opened("closed", openResults.dropped);
    this.state = "lost";
    if (code !== 5 || variant("discStat") === "present") urc(`+QMTSTAT: 0,${code}`);
  }

  powerOff(): void {
    this.state = "closed";
    this.session.close("abort");
  }
}

/** The commands. */
export function clientCommands(client: Client): CommandSpec[] {
  const { modem } = client;
  return [
    {
      name: "+QMTOPEN",
      test: ["+QMTOPEN: (0),<host_name>,<port>"],
      read: (call) => {
        if (client.openLine !== undefined) call.line(client.openLine);
      },
      set: ({ args, afterOk }) => {
        args.expect(3).integer(0, 0, 0);
        const host = args.string(1, 0, 100);
        const port = args.integer(2, 0, 65535);
        afterOk(() => client.open(host, port));
      },
    },
    {
      name: "+QMTCLOSE",
      test: ["+QMTCLOSE: (0)"],
      set: ({ args, afterOk }) => {
        args.expect(1).integer(0, 0, 0);
        if (client.state === "lost" && modem.variant("closeAfterStat") === "error") throw new PlainError();
        afterOk(() => client.close());
      },
    },
    {
      name: "+QMTCONN",
      test: ["+QMTCONN: (0),<clientID>,<username>,<password>"],
      read: (call) => {
        const state = states[client.state];
        if (state !== undefined) call.line(`+QMTCONN: 0,${state}`);
      },
      set: ({ args, afterOk }) => {
        args.expect(2, 4).integer(0, 0, 0);
        // MQTT 3.1.1, 3.1.3.1: an empty client id only with a clean session; MQTT 3.1 has none.
        const { version, clean } = client.settings;
        const id = args.string(1, version === 4 && clean ? 0 : 1, maximumCredential);
        const user = args.omitted(2) ? undefined : args.string(2, 0, maximumCredential);
        const password = args.omitted(3) ? undefined : args.string(3, 0, maximumCredential);
        if (user === undefined && password !== undefined) args.refuse();
        if (client.state !== "open") throw new CmeError(cme.notAllowed);
        client.state = "connecting";
        afterOk(() => {
          // The link may have been lost since OK.
          if (client.state === "connecting") client.connect(id, user, password);
        });
      },
    },
    {
      name: "+QMTDISC",
      test: ["+QMTDISC: (0)"],
      set: ({ args, afterOk }) => {
        args.expect(1).integer(0, 0, 0);
        afterOk(() => client.disconnect());
      },
    },
  ];
}
