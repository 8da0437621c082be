/**
 * The other end of the line, in a process of its own so that it takes no time from what is measured: virtual modems on
 * paced pseudo-terminals, and a broker behind them. Arguments: the modem's name and the rate.
 */
import { createServer, type AddressInfo } from "node:net";
import { Aedes } from "aedes";
import { createVirtualModem } from "modem-mqtt/virtual-modem";

/** What the benchmark asks for: so many messages for whoever has subscribed. */
export interface Order {
  count: number;
  topic: string;
  length: number;
}

/** Where the other end is. */
export interface Place {
  /** The client's modem. */
  path: string;
  /** Another one, to measure the line by itself. */
  bare: string;
  /** The broker's. */
  port: number;
}

const [name, baud] = process.argv.slice(2);
const broker = await Aedes.createBroker();
const server = createServer(broker.handle);
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
// The modem itself takes no time: what is left is the line's, and the client's.
const makeModem = () => createVirtualModem({ modem: name, baud: Number(baud), latencyScale: 0, attachTime: 0 });
const modem = await makeModem(), bare = await makeModem();

process.on("message", ({ count, topic, length }: Order) => {
  const payload = Buffer.alloc(length, "0123456789abcdef");
  for (let i = 0; i < count; i++) broker.publish({ cmd: "publish", topic, payload, qos: 0, retain: false, dup: false }, () => {});
});
process.once("disconnect", () => {
  void modem.close();
  void bare.close();
  broker.close();
  server.close();
});
process.send!({ path: modem.path, bare: bare.path, port: (server.address() as AddressInfo).port } satisfies Place);
