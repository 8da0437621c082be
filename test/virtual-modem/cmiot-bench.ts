// Benches for the modems of China Mobile: one in front of a real broker, one in virtual time.

import assert from "node:assert/strict";
import type { AedesPublishPacket, AuthenticateError, Client } from "aedes";
import { generate, type Packet, parser as createParser } from "mqtt-packet";
import type { Clock } from "../../hosts/virtual-modem/clock";
import type { Family } from "../../hosts/virtual-modem/engine/family";
import { type ModemOptions, VirtualModemCore } from "../../hosts/virtual-modem/modem";
import type { Network } from "../../hosts/virtual-modem/network";
import { seededRandom } from "../../hosts/virtual-modem/random";
import { Bench, type BenchOptions, type Broker, OK, startBroker } from "./bench";
import { memoryNetwork, VirtualClock } from "./virtual-time";

export const frame = (...lines: readonly string[]): string => lines.map((line) => `\r\n${line}\r\n`).join("");

/** A broker that remembers, and refuses the password "wrong" and topics under "forbidden/". */
export interface TestBroker extends Broker {
  readonly published: AedesPublishPacket[];
  readonly clients: Client[];
  /** Publishes to whoever has subscribed. */
  send(topic: string, payload: string | Uint8Array, qos?: 0 | 1 | 2): Promise<void>;
}

export async function startTestBroker(): Promise<TestBroker> {
  const published: AedesPublishPacket[] = [];
  const clients: Client[] = [];
  const broker = await startBroker({
    authenticate: (_client, _user, password, done) => {
      if (password?.toString() !== "wrong") return done(null, true);
      done(Object.assign(new Error("no"), { returnCode: 4 }) as AuthenticateError, false);
    },
    authorizeSubscribe: (_client, subscription, done) =>
      done(null, subscription.topic.startsWith("forbidden/") ? null : subscription),
    authorizePublish: (_client, packet, done) => {
      published.push(packet as AedesPublishPacket);
      done(null);
    },
  });
  broker.aedes.on("client", (client) => clients.push(client));
  return {
    ...broker,
    published,
    clients,
    send: (topic, payload, qos = 0) =>
      new Promise((resolve, reject) =>
        broker.aedes.publish(
          { cmd: "publish", topic, payload: Buffer.from(payload), qos, retain: false, dup: false },
          (error) => (error ? reject(error) : resolve()),
        ),
      ),
  };
}

/** A modem of one of the two families in front of a broker. */
export class CmiotBench extends Bench {
  readonly #okFirst: boolean;

  /** @param okFirst whether the family's OK comes before the result */
  constructor(family: Family, okFirst: boolean, options: BenchOptions = {}) {
    super({ family, ...options });
    this.#okFirst = okFirst;
  }

  /** A command, and its result lines, before or after OK. */
  async does(command: string, ...lines: readonly string[]): Promise<void> {
    const results = frame(...lines);
    await this.exchange(command, ...(this.#okFirst ? [OK, results] : [results, OK]));
  }

  /** Waits until everything that was said and not expected yet matches. */
  async hears(pattern: RegExp, timeout = 100_000): Promise<RegExpExecArray> {
    let text = "";
    for (let waited = 0; ; waited += 5) {
      text += this.drain().toString("latin1");
      const found = pattern.exec(text);
      if (found) return found;
      assert.ok(waited < timeout, `${JSON.stringify(text)} does not match ${String(pattern)}`);
      await new Promise((done) => setTimeout(done, 5));
    }
  }

  async configure(port: number, { keepalive = 60, password = "p1", clean = 1 } = {}): Promise<void> {
    await this.exchange("AT+CMEE=1", OK);
    await this.exchange(`AT+MQTTCFG="127.0.0.1",${port},"dev-1",${keepalive},"u1","${password}",${clean}`, OK);
  }

  override async connect(port: number, opened = "+MQTTOPEN:OK"): Promise<void> {
    await this.configure(port);
    await this.does('AT+MQTTOPEN=1,1,0,0,0,"",""', opened);
  }
}

/** A modem in virtual time, with a broker in memory that is 50 ms away. */
export interface Simulation {
  readonly clock: VirtualClock;
  readonly modem: VirtualModemCore;
  /** The host writes a command, and `wait` milliseconds pass. @returns what the modem has said */
  say(command: string, wait?: number): string;
  /** Milliseconds pass. @returns each line that came, with its time since this began */
  watch(duration: number): [seconds: number, line: string][];
}

type MakeNetwork = (clock: Clock) => Network;

/** A network where nothing ever answers. */
export const silentNetwork: MakeNetwork = () => ({
  open: () => ({ write: () => undefined, close: () => undefined, abort: () => undefined }),
});

/** A network with a peer that answers each packet with these, 50 ms later; `end` closes the connection. */
export function peerNetwork(answers: (packet: Packet) => readonly (Packet | "end")[]): MakeNetwork {
  return (clock) => ({
    open: (_host, _port, events) => {
      let open = true;
      const soon = (action: () => void): unknown => clock.setTimer(() => open && action(), 50);
      const parser = createParser();
      const give = (answer: Packet | "end"): void => (answer === "end" ? events.closed() : events.received(generate(answer)));
      parser.on("packet", (packet) => answers(packet).forEach((answer) => soon(() => give(answer))));
      soon(() => events.opened());
      const close = (): void => void (open = false);
      return { write: (bytes) => void parser.parse(Buffer.from(bytes)), close, abort: close };
    },
  });
}

export function simulate(family: Family, options: ModemOptions = {}, network: MakeNetwork = memoryNetwork): Simulation {
  const clock = new VirtualClock();
  const said: [number, string][] = [];
  const port = { write: (bytes: Uint8Array) => void said.push([clock.now(), Buffer.from(bytes).toString("latin1")]) };
  const host = { clock, network: network(clock), random: seededRandom(1), port };
  const modem = new VirtualModemCore(family, host, options);
  clock.pass(1000);
  const simulation: Simulation = {
    clock,
    modem,
    say(command, wait = 1000) {
      said.length = 0;
      modem.receive(Buffer.from(`${command}\r`));
      clock.pass(wait);
      return said.map(([, text]) => text).join("");
    },
    watch(duration) {
      said.length = 0;
      const start = clock.now();
      clock.pass(duration);
      // To a tenth of a second: the modem's own pauses do not matter here.
      return said.map(([time, text]) => [Math.round((time - start) / 100) / 10, text.trim()]);
    },
  };
  return simulation;
}
