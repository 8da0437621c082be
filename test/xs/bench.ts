/// <reference path="host.d.ts" />
/**
 * Counts what one message costs. Arguments: the family's name; `portable` or `native`, the bytes that the core is given;
 * `costs`, `where`, or `endure` and a number of messages. Prints `name value` lines.
 */
import { bytes } from "../../hosts/moddable/bytes";
import { MQTTClient, type ReadableOptions } from "../../src/index";
import { collections, cost, FIRST, living, nothing, tell, TIMES } from "./cost";
import { ascii, FAMILIES, LinkPort, serve, StillClock } from "./link";

const family = FAMILIES.find(({ name }) => name === host.argument(0))!;
const native = host.argument(1) === "native";
const TOPIC = "meter/cmd";

/** Says who allocates in one `work`. */
function where(name: string, work: () => void): void {
  trace(`${name}:\n`);
  host.nameAllocations(true);
  work();
  host.nameAllocations(false);
}

// ---- one client

const buffer = new Uint8Array(1024);
let received = 0;
let ended = 0;
let failed = "";
const options: Record<string, any> = native ? { bytes } : {};
const payloads = [64, 192].map((length) => new Uint8Array(length).fill(0x61));
const clock = new StillClock();

// The application's functions are its code; what they hold does not count as the client's.
function onReadable(this: MQTTClient, _count: number, _options: ReadableOptions): void {
  received += this.read(buffer)!;
}
function onError(error: unknown): void {
  failed = String(error);
}
function onClose(): void {
  failed = "closed";
}
function onDone(_id: number, error: unknown): void {
  if (error === null) ended++;
}

const before = living();
const client = new MQTTClient({
  host: "broker.example", id: "dev-1", keepAlive: 60_000,
  modem: { io: family.io, clock, serial: { io: LinkPort } as any, ...options },
  onReadable, onWritable: nothing, onError, onClose, onDone,
});
serve(family, clock);
client.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic: TOPIC, QoS: 0 }] });
serve(family, clock);
const port = LinkPort.latest;
const after = living();

const messages = payloads.map((payload) => {
  const [first, last] = family.message(TOPIC, payload.length);
  const bytes = new Uint8Array(first.length + payload.length + last.length);
  bytes.set(ascii(first));
  bytes.set(payload, first.length);
  bytes.set(ascii(last), first.length + payload.length);
  return bytes;
});

function costs(): void {
  tell("ram", after[0]! - before[0]!, after[1]! - before[1]!);
  // The link's own port, with nothing behind it: to be taken off where the core alone is meant.
  messages.forEach((bytes, index) => {
    tell(`inbound${payloads[index]!.length}`, ...cost(() => port.receive(bytes)));
    tell(`wire${payloads[index]!.length}`, bytes.length);
  });
  if (received !== (64 + 192) * (TIMES + FIRST)) throw new Error(`received ${received} bytes`);
  clock.pause();

  const publish = { topic: TOPIC };
  const prompt = family.prompt === null ? null : ascii(family.prompt);
  const published = ascii(family.published);
  const digits = family.published.indexOf("#") < 0 ? -1 : family.published.indexOf("#");
  const answer = digits < 0 ? published : new Uint8Array(published.length + 4);
  if (digits >= 0) {
    answer.set(published.subarray(0, digits));
    answer.set(published.subarray(digits + 1), digits + 5);
  }
  let id = 1; // the subscription's
  for (const payload of payloads)
    tell(`outbound${payload.length}`, ...cost(() => {
      client.write(payload, publish);
      if (prompt !== null) port.receive(prompt);
      port.receive(answer);
    }, () => {
      port.sentLength = 0;
      id++;
      if (digits >= 0) for (let i = 4, rest = id; i >= 0; i--, rest = (rest / 10) | 0) answer[digits + i] = 0x30 + rest % 10;
    }));
  if (ended !== 1 + 2 * (TIMES + FIRST)) throw new Error(`${ended} operations ended`);
  tell("write64", ...cost(() => {
    client.write(payloads[0]!, publish);
  }, () => {
    if (id > 411) {
      if (prompt !== null) port.receive(prompt);
      port.receive(answer);
    }
    port.sentLength = 0;
    id++;
    if (digits >= 0) for (let i = 4, rest = id; i >= 0; i--, rest = (rest / 10) | 0) answer[digits + i] = 0x30 + rest % 10;
  }));
  if (prompt !== null) port.receive(prompt);
  port.receive(answer);
  for (const line of family.urcs) {
    const bytes = ascii(`\r\n${line}\r\n`);
    tell(`line:${line.replaceAll(" ", "_")}`, ...cost(() => port.receive(bytes)));
    if (failed !== "") throw new Error(`${line} ends the connection: ${failed}`);
  }
  allLinesAreHere();
  const unknown = ascii("\r\n+FOO: 1,\"two\"\r\n");
  tell("unknown", ...cost(() => port.receive(unknown)));
}

/** Every line of the driver's is measured, or known to end or begin a connection. */
function allLinesAreHere(): void {
  const name = (line: string) => /^\+?[^:]*/.exec(line.replaceAll(" ", ""))![0];
  const measured = [...family.urcs, ...family.turns].map(name);
  for (const { text, framing } of family.io.responses.responses)
    if (framing === undefined && !measured.some((line) => line.startsWith(text))) throw new Error(`${text} of the ${family.name} is not measured`);
}

function places(): void {
  const publish = { topic: TOPIC };
  const prompt = family.prompt === null ? null : ascii(family.prompt);
  // The second time: the first one may fill something for good.
  for (let i = 0; i < 2; i++) port.receive(messages[0]!);
  where("inbound", () => port.receive(messages[0]!));
  for (let i = 0; i < 2; i++) {
    const answer = ascii(family.published.replace("#", `0000${i + 2}`));
    const whole = () => {
      client.write(payloads[0]!, publish);
      if (prompt !== null) port.receive(prompt);
      port.receive(answer);
    };
    if (i === 0) whole();
    else where("outbound", whole);
  }
  if (ended !== 3) throw new Error(`${ended} operations ended`);
}

if (host.argument(2) === "costs") costs();
else if (host.argument(2) === "where") places();
else {
  const wanted = Number(host.argument(3));
  received = 0;
  const first = collections();
  for (let i = 0; i < wanted; i++) port.receive(messages[0]!);
  const last = collections();
  if (received !== wanted * 64) throw new Error(`received ${received} bytes`);
  tell("collections", last - first);
}
host.exit(0);
