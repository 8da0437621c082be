// A bench with an NM28: its answers come before OK.

import type { AedesPublishPacket, AuthenticateError, Client } from "aedes";
import nm28 from "../../hosts/virtual-modem/families/nm28";
import { Bench, type BenchOptions, type Broker, OK, startBroker } from "./bench";

export class Nm28Bench extends Bench {
  constructor(options: BenchOptions = {}) {
    super({ family: nm28, ...options });
  }

  /** A command, its result line and OK. */
  async done(command: string, line: string): Promise<void> {
    await this.exchange(command, `\r\n${line}\r\n${OK}`);
  }

  async open(port: number, client = 0): Promise<void> {
    await this.done(`AT+MQTTOPEN=${client},"127.0.0.1",${port}`, `+MQTTOPEN:${client},0`);
  }

  /** Opens and connects one client. */
  async online(port: number, client = 0, credentials = `"dev-${client}","",""`): Promise<void> {
    await this.open(port, client);
    await this.done(`AT+MQTTCONN=${client},${credentials}`, `+MQTTCONN:${client},0,0`);
  }

  /** So many lines, whichever comes first; sorted. */
  async lines(count: number, timeout = 100_000): Promise<string[]> {
    const deadline = Date.now() + timeout;
    let said = "";
    let lines: string[] = [];
    while (lines.length < count && Date.now() < deadline) {
      await new Promise((done) => setTimeout(done, 5));
      said += this.drain().toString("latin1");
      // The last piece may be half a line.
      lines = said.split("\r\n").slice(0, -1).filter((line) => line !== "");
    }
    return lines.sort();
  }

  /** Begins a publish, up to the data. */
  async prompt(args: string): Promise<void> {
    this.say(`AT+MQTTPUBEX=${args}\r`);
    await this.expect("\r\nCONNECT\r\n");
  }
}

/** A broker that remembers what was published, and refuses the password "wrong" and topics under "forbidden/". */
export interface WatchedBroker extends Broker {
  readonly published: AedesPublishPacket[];
  readonly connected: Client[];
}

export async function startWatchedBroker(): Promise<WatchedBroker> {
  const published: AedesPublishPacket[] = [];
  const connected: Client[] = [];
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
  broker.aedes.on("client", (client) => connected.push(client));
  return { ...broker, published, connected };
}
