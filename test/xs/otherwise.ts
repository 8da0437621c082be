/// <reference path="host.d.ts" />
/**
 * What bench.ts leaves out. Its messages are like the one before, an answer comes in one piece, and its port and clock are
 * next to nothing. Here they are not, or the port is the ESP32's own. Argument: the family's name. Prints `name value` lines.
 */
import { bytes } from "../../hosts/moddable/bytes";
import { MQTTClient as DeviceClient } from "../../hosts/moddable/modem-mqtt";
import { MQTTClient, type ReadableOptions } from "../../src/index";
import { cost, living, nothing, tell } from "./cost";
import { ascii, FAMILIES, LinkPort, serve, StillClock } from "./link";
import { Uart } from "./uart";

const family = FAMILIES.find(({ name }) => name === host.argument(0))!;
const TOPICS = ["meter/cmd", "meter/two"];
const buffer = new Uint8Array(1024);
const payload = new Uint8Array(64).fill(0x61);
const messages = TOPICS.map((topic) => family.message(topic, payload.length)).map(([before, after]) => ascii(before + "a".repeat(payload.length) + after));
const publishes = TOPICS.map((topic) => ({ topic }));
const prompt = family.prompt === null ? null : ascii(family.prompt);
let received = 0, ended = 0, times = 0;

function onReadable(this: MQTTClient, _count: number, _options: ReadableOptions): void {
  received += this.read(buffer)!;
}
function onDone(_id: number, error: unknown): void {
  if (error === null) ended++;
}
function onError(error: unknown): void {
  throw error;
}

/** The answer to the next publish, whole or a line at a time; an id in it is that of the operation. */
let answer: Uint8Array[] = [];
const inOnePiece = (text: string): Uint8Array[] => [ascii(text)];
const byLines = (text: string): Uint8Array[] => text.split(/(?<=[^\r\n]\r\n)/).map(ascii);
const nextAnswer = (pieces: (text: string) => Uint8Array[]): void => {
  answer = pieces(family.published.replace("#", String(ended + 1).padStart(5, "0")));
};

/** A client that is connected and has one subscription. */
function subscribed(client: MQTTClient, clock: StillClock, line: () => LinkPort | Uart): void {
  serve(family, clock, line);
  client.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic: TOPICS[0]!, QoS: 0 }] });
  serve(family, clock, line);
}

function outbound(name: string, client: MQTTClient, line: LinkPort | Uart, topics: number, pieces: (text: string) => Uint8Array[]): void {
  const before = ended;
  const first = times;
  tell(name, ...cost(() => {
    client.write(payload, publishes[times % topics]!);
    if (line instanceof Uart) line.drain();
    if (prompt !== null) line.receive(prompt);
    for (let i = 0; i < answer.length; i++) line.receive(answer[i]!);
  }, () => {
    line.sentLength = 0;
    times++;
    nextAnswer(pieces);
  }));
  if (ended - before !== times - first) throw new Error(`${name}: ${ended - before} of ${times - first} ended`);
}

function inbound(name: string, line: LinkPort | Uart, topics: number): void {
  received = 0;
  const first = times;
  tell(name, ...cost(() => line.receive(messages[times % topics]!), () => void times++));
  if (received !== payload.length * (times - first)) throw new Error(`${name}: received ${received} bytes`);
}

const options = { host: "broker.example", id: "dev-1", keepAlive: 60_000, onReadable, onWritable: nothing, onDone, onError };

function otherMessages(): void {
  const clock = new StillClock();
  const client = new MQTTClient({ ...options, modem: { io: family.io, clock, serial: { io: LinkPort } as any, bytes } });
  subscribed(client, clock, () => LinkPort.latest);
  const line = LinkPort.latest;
  outbound("outboundByLines", client, line, 1, byLines);
  outbound("outboundOtherTopic", client, line, 2, inOnePiece);
  client.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic: TOPICS[1]!, QoS: 0 }] });
  serve(family, clock, () => line);
  inbound("inboundOtherTopic", line, 2);
}

/** Over this package's port for the ESP32; the timer is still none. */
function overPort(): void {
  const clock = new StillClock();
  ended = 0;
  const before = living();
  const client = new DeviceClient({ ...options, modem: { io: family.io, clock, serial: { io: Uart, baud: 9600, transmit: 17, receive: 16, port: 1 } } } as any);
  subscribed(client, clock, () => Uart.latest);
  const after = living();
  tell("ramOverPort", after[0]! - before[0]!, after[1]! - before[1]!);
  outbound("outboundOverPort", client, Uart.latest, 1, inOnePiece);
  inbound("inboundOverPort", Uart.latest, 1);
}

if (host.argument(1) === "port") overPort();
else otherMessages();
host.exit(0);
