import fc from "../support/properties";
import { deepEqual, equal, ok } from "node:assert/strict";
import { visible } from "./support/exchange";
import { Obedient, Session, stillWorks } from "./support/session";

/** A topic: no CR, LF or NUL, and no quote before a comma, which would end it. */
const topic = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 })
  .filter((text) => !/[\0\r\n\ud800-\udfff]/u.test(text) && !/" *(,|$)/.test(text));
/** A topic that can be written without quotes. */
const bareTopic = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !/[",\0\r\n]/.test(text) && text.trim() === text);
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.uint8Array({ minLength: 200, maxLength: 1500 }),
  fc.constantFrom("OK", "ERROR", "> ", '"', '""', ",", " x", "x ", "+QMTSTAT: 0,1", "REBOOT_CAUSE_").map((text) => new TextEncoder().encode(text)),
).map((bytes) => [...bytes].filter((byte) => byte !== 13 && byte !== 10));

interface Written {
  topic: string;
  payload: number[];
  quoted: boolean;
  short: boolean;
  afterColon: number;
  spaced: boolean;
  id: number;
}
const message: fc.Arbitrary<Written> = fc.boolean().chain((quoted) => fc.record({
  topic: quoted ? topic : bareTopic, payload, quoted: fc.constant(quoted), short: fc.boolean(),
  afterColon: fc.nat(1), spaced: fc.boolean(), id: fc.nat(65_535),
}));

/** Lines that say nothing of this session. */
const noise = fc.constantFrom("+CSQ: 20,99", "+QMTPUBREL: 0,4,1", "+QMTSUB: 0,9,1,1", "+QMTPUB: 0,77,0", "*ATREADY: 1", "OK", "", "\0\0", "> ",
  "ERROR", "+QMTCLOSE: 0,0", "+QMTRECV: 0,0", "Neul ", "x".repeat(100)).map((text) => ({ noise: text }));

/** Prints as the documents' examples do, and knows nothing of how the core reads. */
function print(item: Written | { noise: string }, end: string): Buffer {
  if ("noise" in item) return Buffer.from(`${end}${item.noise}${end}`);
  const comma = item.spaced ? ", " : ",";
  const name = item.quoted ? `"${item.topic}"` : item.topic;
  return Buffer.concat([
    Buffer.from(`${end}${item.short ? "+QMTRCV" : "+QMTRECV"}:${" ".repeat(item.afterColon)}0,${item.id}${comma}${name}${comma}`),
    Buffer.from(item.payload), Buffer.from(end),
  ]);
}

/** Gives the bytes in pieces whose lengths are these, over and over. */
function deliver(session: Session, bytes: Buffer, cuts: number[]): void {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = cuts[i % cuts.length];
    session.port.receive([...bytes.subarray(at, at + length)]);
    at += length;
  }
}

/** A connected session whose modem ends its lines so, with everything that is read noted. */
function connected(end: string, receiveBuffer: number) {
  const received: { topic: string; payload: number[] }[] = [];
  const session = new Session({ modem: { receiveBuffer }, on: { readable: (self, count, options) => {
    if (options.topic !== undefined) received.push({ topic: options.topic, payload: [] });
    const bytes = new Uint8Array(count);
    if (count > 0) equal(self.client.read(bytes), count);
    for (const byte of bytes) received.at(-1)!.payload.push(byte);
  } } });
  const modem = new Obedient(session, end);
  modem.serve();
  deepEqual(session.events.splice(0), ["control 2"]);
  return { session, modem, received };
}

describe("any messages, in any pieces, among anything else", () => {
  it("arrive exactly as they were sent", () => fc.assert(fc.property(
    fc.array(fc.oneof({ weight: 3, arbitrary: message }, noise), { minLength: 1, maxLength: 12 }),
    fc.array(fc.oneof(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 3000 })), { minLength: 1, maxLength: 6 }),
    fc.constantFrom("\\r\\n", "\\r\\r\\n", "\\n"), fc.constantFrom(256, 512, 2048),
    (items, cuts, end, size) => {
      const { session, received } = connected(end, size);
      const lineEnd = end.replaceAll("\\r", "\r").replaceAll("\\n", "\n");
      deliver(session, Buffer.concat(items.map((item) => print(item, lineEnd))), cuts);
      const expected = items.filter((item) => !("noise" in item)) as Written[];
      deepEqual(received.map(({ topic, payload }) => `${topic} ${visible(payload)}`), expected.map(({ topic, payload }) => `${topic} ${visible(payload)}`));
      deepEqual(received.map(({ payload }) => payload), expected.map(({ payload }) => payload));
      deepEqual(session.events, []);
    },
  ), { numRuns: 1500 }));
});

/** Bytes as a modem, a line fault or an enemy might send them. */
const anything = fc.array(fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => [...bytes]),
  fc.constantFrom("\r\n", "\r", "\n", ">", '"', ",", ": ", "OK\r\n", "ERROR\r\n", "+CME ERROR: 3\r\n", '+QMTRECV: 0,0,"t",', "+QMTRCV:", "+QMTPUB: 0,1,0\r\n",
    "+QMTSUB: 0,2,0,0\r\n", "+QMTSUB: 0,", "+QMTPUB: 0,0,", "+CMEE: 1\r\n", "AT+QMTPUB=0,0\r\r\n", "+QMTCONN: 0,0,0\r\n", "+QMTOPEN: 0,\"x\"\r\n", "REBOOT_CAUS", " ".repeat(300), "\0".repeat(300))
    .map((text) => [...Buffer.from(text)]),
), { maxLength: 40 });

describe("any bytes at all", () => {
  it("throw nothing, grow nothing, and the next exchange is right", () => fc.assert(fc.property(
    anything, anything, fc.constantFrom(64, 256, 2048), fc.integer({ min: 1, max: 50 }),
    (before, during, size, piece) => {
      const { session, modem, received } = connected("\\r\\n", size);
      const say = (parts: number[][]) => deliver(session, Buffer.from(parts.flat()), [piece]);
      say(before);
      session.publish("one", { QoS: 1, id: 1 });
      session.subscribe("s", 0, { id: 2 });
      say(during);
      // Ends whatever line or message is open; then time enough for every timeout and for the markers.
      session.says("\\r\\n");
      for (let i = 0; i < 120; i++) {
        modem.serve();
        session.pass(500);
      }
      const told = session.events.splice(0).filter((event) => event !== "overflow");
      equal(told.filter((event) => /^(done|failed) 1\b/.test(event)).length, 1, `publish: ${told}`);
      equal(told.filter((event) => /^(done|failed) 2\b/.test(event)).length, 1, `subscribe: ${told}`);
      ok(!told.some((event) => event.startsWith("error") || event === "close"), `still connected: ${told}`);
      modem.forget();
      received.length = 0;
      session.publish("fine", { QoS: 1, id: 60_001 });
      session.subscribe("s/#", 0, { id: 60_002 });
      modem.serve();
      session.says('\\r\\n+QMTRECV: 0,0,"t",still here\\r\\n');
      deepEqual(session.events.splice(0), ["control 4 60001", "done 60001", "control 9 60002", "done 60002"]);
      deepEqual(received.map(({ topic, payload }) => `${topic} ${visible(payload)}`), ["t still here"]);
    },
  ), { numRuns: 1500 }));

  it("while the modem is brought up: it ends connected or with an error, never in between", () => fc.assert(fc.property(
    fc.array(fc.tuple(fc.nat(12), anything), { maxLength: 4 }), (bursts) => {
      const session = new Session({ modem: { receiveBuffer: 128 } });
      const modem = new Obedient(session);
      for (const [turns, bytes] of bursts) {
        modem.serve(turns);
        session.port.receive(bytes.flat());
      }
      session.says("\\r\\n");
      for (let i = 0; i < 400 && !session.port.closed; i++) {
        modem.serve();
        session.pass(500);
      }
      const told = session.events.filter((event) => event !== "overflow" && !event.startsWith("message"));
      equal(told.filter((event) => event === "control 2" || event.startsWith("error")).length >= 1, true, `told ${told}`);
      if (!session.port.closed) {
        modem.forget();
        stillWorks(session, modem);
      }
    },
  ), { numRuns: 500 }));
});
