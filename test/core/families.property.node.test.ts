import fc from "../support/properties";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { MQTTClient } from "../../src/index";
import BC35G from "../../src/modems/bc35g";
import { Answering, m531x, ml302, nm28, type Family } from "./support/answering";
import { Session, type SessionOptions } from "./support/session";

// ---- what each dialect looks like on the wire, written from dialects.md and not from the drivers

interface Publish {
  topic: string;
  payload: Uint8Array;
  QoS: number;
  retain: boolean;
  id: number;
}

interface Model {
  name: string;
  /** A connected session, and its modem. */
  connect(options: SessionOptions): { session: Session; modem: Answering };
  longest: number;
  shortest: number;
  /** Its modem takes a backslash in a quoted text for an escape, so that no text may hold one. */
  escapes?: boolean;
  publish(publish: Publish): string;
  subscribe(topic: string, QoS: number, id: number): string;
  unsubscribe(topic: string, id: number): string;
  /** The lines that carry the texts of a connection. */
  connection(texts: Texts): string[];
}

interface Texts {
  host: string;
  id: string;
  user: string;
  password: string;
  willTopic: string;
  willMessage: string;
}

const bytesOf = (text: string): string => Buffer.from(text).toString("latin1");
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex").toUpperCase();

function answering(family: Family) {
  return (options: SessionOptions) => {
    const session = new Session({ ...options, modem: { io: family.io, ...options.modem } });
    const modem = new Answering(session, family);
    modem.serve();
    return { session, modem };
  };
}

/** A BC35-G that does what it is told. */
const bc35g: Family = {
  name: "BC35-G",
  io: BC35G,
  header: (name, length) => { throw new Error(`a BC35-G tells no length: ${name}, ${length}`); },
  answer(command) {
    const publish = /^AT\+QMTPUB=0,(\d+),\d,\d,".*",(\d+)$/.exec(command);
    const packet = /^AT\+QMT(SUB|UNS)=0,(\d+)/.exec(command);
    if (publish !== null) return { prompt: "\\r\\n>", length: Number(publish[2]), then: ["OK", `+QMTPUB: 0,${publish[1]},0`] };
    if (packet !== null) return ["OK", `+QMT${packet[1]}: 0,${packet[2]},0${packet[1] === "SUB" ? ",0" : ""}`];
    if (command === "AT+QMTCLOSE=0") return ["OK", "+QMTCLOSE: 0,0"];
    if (command.startsWith("AT+QMTOPEN=")) return ["OK", "+QMTOPEN: 0,0"];
    if (command.startsWith("AT+QMTCONN=")) return ["OK", "+QMTCONN: 0,0,0"];
    return ["OK"];
  },
};

const chinaMobile = (publish: Model["publish"], family: Family): Omit<Model, "longest" | "shortest"> => ({
  name: family.name,
  connect: answering(family),
  publish,
  subscribe: (topic, QoS) => `AT+MQTTSUB="${topic}",${QoS}`,
  unsubscribe: (topic) => `AT+MQTTUNSUB="${topic}"`,
  connection: ({ host, id, user, password, willTopic, willMessage }) => [
    `AT+MQTTCFG="${host}",1883,"${id}",120,"${user}","${password}",1`, `AT+MQTTOPEN=${user === "" ? 0 : 1},${password === "" ? 0 : 1},1,0,0,"${willTopic}","${willMessage}"`,
  ],
});

const MODELS: Model[] = [
  {
    name: "BC35-G", longest: 1024, shortest: 1, connect: answering(bc35g),
    publish: ({ topic, payload, QoS, retain, id }) => `AT+QMTPUB=0,${QoS === 0 ? 0 : id},${QoS},${Number(retain)},"${topic}",${payload.length}`,
    subscribe: (topic, QoS, id) => `AT+QMTSUB=0,${id},"${topic}",${QoS}`,
    unsubscribe: (topic, id) => `AT+QMTUNS=0,${id},"${topic}"`,
    connection: ({ host, id, user, password, willTopic, willMessage }) => [
      `AT+QMTOPEN=0,"${host}",1883`, `AT+QMTCONN=0,"${id}"${password !== "" ? `,"${user}","${password}"` : user !== "" ? `,"${user}"` : ""}`,
      `AT+QMTCFG="will",0,1,0,0,"${willTopic}","${willMessage}"`,
    ],
  },
  { ...chinaMobile(({ topic, payload, QoS, retain }) => `AT+MQTTPUB="${topic}",${QoS},${Number(retain)},0,${payload.length},"${hexOf(payload)}"`, m531x), longest: 512, shortest: 1 },
  { ...chinaMobile(({ topic, payload, QoS, retain }) => `AT+MQTTPUB="${topic}",${QoS},${Number(retain)},0,${payload.length}`, ml302), longest: 1024, shortest: 1, escapes: true },
  {
    name: "NM28", longest: 2048, shortest: 1, connect: answering(nm28),
    publish: ({ topic, payload, QoS, retain, id }) => `AT+MQTTPUBEX=0,${id},${QoS},${Number(retain)},0,"${topic}",${payload.length}`,
    subscribe: (topic, QoS, id) => `AT+MQTTSUB=0,${id},"${topic}",${QoS}`,
    unsubscribe: (topic, id) => `AT+MQTTUNS=0,${id},"${topic}"`,
    connection: ({ host, id, user, password, willTopic, willMessage }) => [
      `AT+MQTTOPEN=0,"${host}",1883`, `AT+MQTTCONN=0,"${id}","${user}","${password}"`, `AT+MQTTCFG="will",0,1,0,0,"${willTopic}","${willMessage}"`,
    ],
  },
];

/** Texts that may stand between quotes: no quote, no control character, all of Unicode otherwise. */
const text = (minLength: number, maxLength = 30) => fc.string({ unit: "grapheme", minLength, maxLength })
  .filter((each) => !/["\x00-\x1f\x7f]/.test(each) && each.isWellFormed() && Buffer.byteLength(each) <= 120);
const topic = text(1).filter((each) => !/[+#]/.test(each));

for (const model of MODELS) describe(`${model.name}: the wire, against a model of its own`, () => {
  const allowed = (each: string): boolean => model.escapes !== true || !each.includes("\\");
  const someText = (minLength: number) => text(minLength).filter(allowed);
  const someTopic = topic.filter(allowed);

  it("any publish, subscribe and unsubscribe", () => fc.assert(fc.property(
    fc.array(fc.record({
      topic: someTopic, QoS: fc.integer({ min: 0, max: 2 }), retain: fc.boolean(), id: fc.integer({ min: 1, max: 65_535 }),
      payload: fc.oneof({ weight: 3, arbitrary: fc.uint8Array({ minLength: model.shortest, maxLength: 60 }) }, fc.uint8Array({ minLength: model.shortest, maxLength: model.longest })),
    }), { minLength: 1, maxLength: 4 }),
    (publishes) => {
      const { session, modem } = model.connect({});
      const { commands, published } = modem;
      for (const each of publishes) {
        commands.splice(0);
        published.splice(0);
        session.client.write(each.payload, { topic: each.topic, QoS: each.QoS, retain: each.retain, id: each.id });
        each.payload.fill(0x55); // the application may use its buffer again
        modem.serve();
        session.client.write(null, { operation: MQTTClient.SUBSCRIBE, id: each.id, items: [{ topic: each.topic, QoS: each.QoS }] });
        modem.serve();
        session.client.write(null, { operation: MQTTClient.UNSUBSCRIBE, id: each.id, items: [{ topic: each.topic }] });
        modem.serve();
        equal(published.length, 1);
        deepEqual(commands.slice(1), [model.subscribe(each.topic, each.QoS, each.id), model.unsubscribe(each.topic, each.id)].map(bytesOf));
      }
    },
  ), { numRuns: 150 }));

  it("any payload, byte for byte", () => fc.assert(fc.property(
    someTopic, fc.integer({ min: 0, max: 2 }), fc.boolean(), fc.integer({ min: 1, max: 65_535 }), fc.uint8Array({ minLength: model.shortest, maxLength: model.longest }),
    (name, QoS, retain, id, payload) => {
      const { session, modem } = model.connect({});
      const { commands, published } = modem;
      commands.splice(0);
      const copy = payload.slice();
      session.client.write(copy, { topic: name, QoS, retain, id });
      copy.fill(0x55);
      modem.serve();
      deepEqual(commands, [bytesOf(model.publish({ topic: name, payload, QoS, retain, id }))]);
      deepEqual(published, [Buffer.from(payload).toString("latin1")]);
    },
  ), { numRuns: 200 }));

  it("any texts of a connection", () => fc.assert(fc.property(
    fc.record({ host: someText(1), id: someText(0), user: someText(0), password: someText(0), willTopic: someTopic, willMessage: someText(0) }),
    (texts) => {
      const { host, id, user, password, willTopic, willMessage } = texts;
      const { commands } = model.connect({ client: { host, id, user, password, will: { topic: willTopic, message: willMessage } } }).modem;
      for (const line of model.connection(texts)) ok(commands.includes(bytesOf(line)), `${line} is not among ${commands.join("\n")}`);
    },
  ), { numRuns: 150 }));

  if (model.escapes) it("a text with a backslash is refused before a byte is sent", () => fc.assert(fc.property(
    fc.constantFrom("host", "id", "user", "password", "topic", "message"), someText(0), someText(0),
    (place, before, behind) => {
      const texts: Record<string, string> = { host: "h", id: "c", user: "u", password: "p", topic: "t", message: "m", [place]: `${before}\\${behind}`.replace(/[+#]/g, "") };
      const { host, id, user, password, topic, message } = texts;
      throws(() => new Session({ modem: { io: ml302.io }, client: { host, id, user, password, will: { topic, message } } } as SessionOptions), { name: "ArgumentError", code: "ARGUMENT_CHARACTER" });
    },
  ), { numRuns: 100 }));
});

// ---- messages

const FRAMED: [family: Family, header: (topic: string, length: number, id: number) => string][] = [
  [m531x, (name, length, id) => `+MQTTPUBLISH:0,${id % 3},0,${id},${name},${length},`],
  [ml302, (name, length, id) => `+MQTTPUBLISH: 0,${id % 3},0,${id},"${name}",${length},`],
  [nm28, (name, length, id) => `+MQTTRECV:0,${id},${name},${length},`],
];

const noise = fc.constantFrom("+CSQ: 20,99", "+MQTTPUBACK:9,9", "+MQTTSUBACK:9,0,zz", "OK", "ERROR", "", "\0\0", "> ", "+MQTTSUB:0,9,0,1", "+MQTTPUBEX:0,77,0", "Neul", "x".repeat(100));

/**
 * Whether a payload holds what may be another length, of which the line's end and bytes behind it are a part: topic `$` with the payload
 * `3,\0` and the next line look like topic `$,3` with the payload `\0\r\n`. Such a message is marked (docs/limits.md; framing.topics.test.ts).
 */
function holdsLength(payload: Uint8Array): boolean {
  const bytes = Buffer.from(payload).toString("latin1");
  return [...bytes.matchAll(/(\d+)(?=,)/g)].some((match) => Number(match[1]) > bytes.length - match.index - match[1].length - 1);
}
const received = fc.record({
  topic: topic.filter((each) => !/[,]/.test(each) && each.trim() === each),
  payload: fc.oneof(fc.uint8Array({ maxLength: 100 }), fc.uint8Array({ maxLength: 1500 })).filter((each) => !holdsLength(each)), id: fc.nat(65_535),
});

for (const [family, header] of FRAMED) describe(`${family.name}: any messages, in any pieces, among anything else`, () => {
  it("arrive exactly as they were sent, and none is suspect", () => fc.assert(fc.property(
    fc.array(fc.oneof({ weight: 3, arbitrary: received }, noise), { minLength: 1, maxLength: 10 }),
    fc.array(fc.oneof(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 3000 })), { minLength: 1, maxLength: 6 }),
    fc.constantFrom(256, 512, 4096),
    (items, cuts, receiveBuffer) => {
      const got: { topic: string; payload: number[]; suspect: boolean }[] = [];
      const session = new Session({ modem: { io: family.io, receiveBuffer }, on: { readable: (self, count, options) => {
        if (options.topic !== undefined) got.push({ topic: options.topic, payload: [], suspect: false });
        const bytes = new Uint8Array(count);
        if (count > 0) self.client.read(bytes);
        got.at(-1)!.payload.push(...bytes);
        got.at(-1)!.suspect ||= options.suspect;
      } } });
      new Answering(session, family).serve();
      session.events.splice(0);
      const wire = Buffer.concat(items.map((item) => typeof item === "string" ? Buffer.from(`\r\n${item}\r\n`)
        : Buffer.concat([Buffer.from(`\r\n${header(item.topic, item.payload.length, item.id)}`), item.payload, Buffer.from("\r\n")])));
      for (let at = 0, i = 0; at < wire.length; at += cuts[i++ % cuts.length]) session.port.receive([...wire.subarray(at, at + cuts[i % cuts.length])]);
      session.pass(500);
      const expected = items.filter((item) => typeof item !== "string");
      deepEqual(got, expected.map(({ topic: name, payload }) => ({ topic: name, payload: [...payload], suspect: false })));
    },
  ), { numRuns: 400 }));
});

it("NM28: a message that looks like a longer one, with the line behind it, is marked", () => {
  const suspects: boolean[] = [];
  const session = new Session({ modem: { io: nm28.io, receiveBuffer: 256 }, on: { readable: (self, count, { suspect }) => {
    if (count > 0) self.client.read(new Uint8Array(count));
    suspects.push(suspect);
  } } });
  new Answering(session, nm28).serve();
  session.port.receive([...Buffer.from("\r\n+MQTTRECV:0,0,$,3,3,\0\r\n\r\n+MQTTRECV:0,0,$,0,\r\n")]);
  session.pass(500);
  equal(suspects[0], true);
});

// ---- garbage

const GARBAGE: [family: Family, lines: string[]][] = [
  [m531x, ["+MQTTOPEN:OK", "+MQTTOPEN:FAIL", "+MQTTSUBACK:1,1,a", "+MQTTPUBACK:1,0", "+MQTTPUBREC:1,0", "+MQTTPUBCOMP:1,0", "+MQTTTO:2", "+MQTTREC:0", "+MQTTDISC:OK", "+MQTTPUBLISH:0,0,0,0,t,", "+MQTTPUBLISH:0,0,0,0,t,5,he", "+MQTTSTAT:5", "+MATREADY", "REBOOT_CAUS"]],
  [ml302, ["+MQTTOPEN: OK", "+MQTTSUBACK: 1,1,\"a\"", "+MQTTPUBACK: 0,1", "+MQTTPUBCOMP: 0,1", "+MQTTTO: 2", "+MQTTREC: 0", "+MQTTDISC: OK", '+MQTTPUBLISH: 0,0,0,0,"t",', '+MQTTPUBLISH: 0,0,0,0,"t" 14,', "+CME ERROR: 616", "+CME ERROR: 609", "+MATREADY"]],
  [nm28, ["+MQTTOPEN:0,0", "+MQTTCONN:0,1", "+MQTTCONN:0,0", "+MQTTSUB:0,1,0,1", "+MQTTPUBEX:0,1,0", "+MQTTPUBEX:0,1,-1", "+MQTTSTAT:0,1", "+MQTTRECV:0,1,t,", "+MQTTRECV:0,1,t,65535,", "+MQTTRECV:9,1,t,5,hello", "CONNECT", "RDY", "*ATREADY: 1"]],
];
const common = ["\r\n", "\r", "\n", ">", '"', ",", ": ", "OK\r\n", "ERROR\r\n", "+CME ERROR: 3\r\n", "+CMEE: 1\r\n", "+CMEE: 0\r\n", "AT\r\r\n", "\x1a", "\x1b", " ".repeat(300), "\0".repeat(300)];

for (const [family, lines] of GARBAGE) describe(`${family.name}: any bytes at all`, () => {
  const anything = fc.array(fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => [...bytes]),
    fc.constantFrom(...common, ...lines, ...lines.map((line) => `\r\n${line}\r\n`)).map((each) => [...Buffer.from(each)]),
    // A real line with a byte of it lost, changed or doubled.
    fc.tuple(fc.constantFrom(...lines), fc.nat(30), fc.integer({ min: -2, max: 255 })).map(([line, at, change]) => {
      const bytes = [...Buffer.from(`\r\n${line}\r\n`)];
      const place = at % bytes.length;
      bytes.splice(place, 1, ...(change === -2 ? [] : change === -1 ? [bytes[place], bytes[place]] : [change]));
      return bytes;
    }),
  ), { maxLength: 30 });

  it("throw nothing, and every write ends, and what is connected still works or is told of as lost", () => fc.assert(fc.property(
    anything, anything, fc.constantFrom(64, 256, 2048), fc.integer({ min: 1, max: 50 }),
    (before, during, receiveBuffer, piece) => {
      const session = new Session({ modem: { io: family.io, receiveBuffer } });
      const modem = new Answering(session, family);
      modem.serve();
      session.events.splice(0);
      const say = (parts: number[][]): void => {
        const bytes = parts.flat();
        for (let at = 0; at < bytes.length; at += piece) session.port.receive(bytes.slice(at, at + piece));
      };
      const written: number[] = [];
      const write = (what: () => void, id: number): void => {
        try {
          what();
          written.push(id);
        } catch (error) {
          equal((error as Error).name, "StateError");
        }
      };
      const told: string[] = [];
      const isOver = (): boolean => told.some((event) => event.startsWith("error") || event === "close");
      const live = (seconds: number): void => {
        for (let i = 0; i < seconds && !session.port.closed; i++) {
          modem.serve();
          session.pass(1000);
        }
        told.push(...session.events.splice(0));
      };
      say(before);
      write(() => session.publish("one", { QoS: 1, id: 1 }), 1);
      write(() => session.subscribe("s", 0, { id: 2 }), 2);
      say(during);
      session.says("\\r\\n");
      live(700);
      for (const id of written) equal(told.filter((event) => event.startsWith(`done ${id}`) || event.startsWith(`failed ${id}`)).length, 1, `write ${id}: ${told}`);
      ok(told.filter((event) => event.startsWith("error")).length <= 1, `${told}`);
      if (isOver()) return;
      // What the modem still waits for is its own affair: it has been switched off and on.
      session.port.sent.splice(0);
      told.splice(0);
      const fresh = new Answering(session, family);
      write(() => session.publish("fine", { QoS: 1, id: 60_001 }), 60_001);
      for (let i = 0; i < 700 && !session.port.closed; i++) {
        fresh.serve();
        session.pass(1000);
      }
      told.push(...session.events.splice(0));
      if (written.includes(60_001)) equal(told.filter((event) => event === "done 60001" || event.startsWith("failed 60001")).length, 1, `the next write: ${told}`);
    },
  ), { numRuns: 300 }));
});
