/// <reference path="host.d.ts" />
/**
 * The same measurements of Moddable's own MQTT client over TCP, which the SDK has as an example: module `mqttclient`,
 * found in a checkout of the SDK. Prints the lines of bench.ts that both have.
 */
import MQTTClient from "mqttclient";
import { cost, FIRST, living, nothing, tell, TIMES } from "./cost";
import { ascii } from "./link";

const TOPIC = "meter/cmd";

/** What the client takes for TCP: all that is measured of it is native. */
class Wire {
  static latest: Wire;
  format = "buffer";
  declare read: unknown;
  declare write: unknown;
  constructor(readonly options: any) {
    Wire.latest = this;
  }
  close(): void {}
}
Object.assign(Wire.prototype, { read: host.wireRead, write: host.wireWrite });

class Names {
  resolve({ host, onResolved }: { host: string; onResolved(host: string, address: string): void }): void {
    onResolved(host, "127.0.0.1");
  }
}

function receive(bytes: Uint8Array): void {
  host.wireFill(bytes);
  Wire.latest.options.onReadable(bytes.length);
}

let received = 0;
// The application's functions are its code; what they hold does not count as the client's.
function onReadable(this: any, count: number): void {
  received += this.read(count).byteLength;
}
function onError(): void {
  throw new Error("the peer has failed");
}

const before = living();
const client = new MQTTClient({
  host: "broker.example", id: "dev-1", keepAlive: 60_000, dns: { io: Names }, socket: { io: Wire },
  onReadable, onWritable: nothing, onControl: nothing, onError,
});
Wire.latest.options.onWritable(1440);
receive(Uint8Array.of(0x20, 2, 0, 0)); // CONNACK
client.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic: TOPIC, QoS: 0 }] });
receive(Uint8Array.of(0x90, 3, 0, 2, 0)); // SUBACK
const after = living();
tell("ram", after[0]! - before[0]!, after[1]! - before[1]!);

for (const length of [64, 192]) {
  const payload = new Uint8Array(length).fill(0x61), rest = 2 + TOPIC.length + length;
  const message = Uint8Array.from([0x30, ...(rest < 128 ? [rest] : [0x80 | (rest & 127), rest >> 7]), 0, TOPIC.length, ...ascii(TOPIC), ...payload]);
  received = 0;
  tell(`inbound${length}`, ...cost(() => receive(message)));
  tell(`wire${length}`, message.length);
  if (received !== length * (TIMES + FIRST)) throw new Error(`received ${received} bytes`);
  const publish = { topic: TOPIC };
  tell(`outbound${length}`, ...cost(() => {
    client.write(payload, publish);
    Wire.latest.options.onWritable(1440);
  }));
}
host.exit(0);
