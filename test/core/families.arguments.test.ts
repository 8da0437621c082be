import { MQTTClient } from "../../src/index";
import { Answering, m531x, ml302, nm28, online, type Family } from "./support/answering";
import { equal, sameLines, thrown } from "./support/check";
import { Session } from "./support/session";
import { TestPort, VirtualClock } from "./support/stage";

const long = (length: number) => "x".repeat(length);
/** 3 bytes each in UTF-8, filled up with ASCII. */
const chinese = (bytes: number) => "中".repeat(Math.floor(bytes / 3)) + "x".repeat(bytes % 3);

interface Subject {
  family: Family;
  /** dialects.md 8: bytes, and seconds. */
  texts: [argument: string, limit: number, empty: boolean][];
  topic: number;
  payload: number;
  keepAlive: [least: number, most: number];
  /** Numbers among the driver's own options, from and to. */
  numbers: [option: string, least: number, most: number][];
  /** Values that other options refuse. */
  others: [option: string, value: unknown, code: string][];
}

const texts = (host: number, credential: number, will: number): Subject["texts"] => [
  ["host", host, false], ["id", credential, true], ["user", credential, true], ["password", credential, true],
  ["will.topic", will, false], ["will.message", will, true],
];

const SUBJECTS: Subject[] = [
  {
    family: m531x, texts: texts(128, 128, 255), topic: 255, payload: 512, keepAlive: [0, 65_535], numbers: [["ackTimeout", 1, 60]],
    others: [["model", "M5314", "ARGUMENT_RANGE"], ["encrypt", "yes", "ARGUMENT_TYPE"], ["encrypt", 2, "ARGUMENT_TYPE"], ["showPings", "x", "ARGUMENT_TYPE"]],
  },
  {
    family: ml302, texts: [...texts(128, 128, 512), ["modem.version", 128, true]], topic: 512, payload: 1024, keepAlive: [0, 43_200], numbers: [["ackTimeout", 1, 60]],
    others: [
      ["version", 20181031, "ARGUMENT_TYPE"], ["encrypt", "yes", "ARGUMENT_TYPE"], ["modemReconnects", 2, "ARGUMENT_TYPE"],
      ["publishing", "hex", "ARGUMENT_RANGE"], ["showPings", "x", "ARGUMENT_TYPE"],
    ],
  },
  {
    family: nm28, texts: texts(127, 256, 255), topic: 255, payload: 2048, keepAlive: [10, 290],
    numbers: [["pdpContext", 1, 16], ["sslContext", 0, 5], ["packetTimeout", 1, 60], ["retries", 1, 10], ["type", 0, 2], ["pollInterval", 1000, 3_600_000]],
    others: [["ctrlZ", "sometimes", "ARGUMENT_RANGE"], ["reportVersion", "yes", "ARGUMENT_TYPE"]],
  },
];

const INJECTIONS = ['a"\r\nAT+CFUN=0\r', "a\rb", "a\nb", '"', "a\0b", "\x1a", "\x1b", "\x7f", 'x",1\rAT'];

/** Options of a client that are good, but for those at the paths. */
function optionsWith(changes: Record<string, unknown>): any {
  const options: any = { host: "h", id: "i", user: "u", password: "p", keepAlive: 120_000, will: { topic: "w", message: "m" }, modem: {} };
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split(".");
    const last = keys.pop()!;
    keys.reduce((object, key) => object[key], options)[last] = value;
  }
  return options;
}

function refuses({ family }: Subject, changes: Record<string, unknown>, argument: string, code: string): void {
  let opened = false;
  const { modem, ...rest } = optionsWith(changes);
  const error = thrown(() => new MQTTClient({
    ...rest, modem: { io: family.io, clock: new VirtualClock(), ...modem, serial: { io: TestPort, attach: () => { opened = true; } } },
  }));
  equal(error.name, "ArgumentError", `class of ${error.message}`);
  equal(error.argument, argument, "argument");
  equal(error.code, code, "code");
  equal(opened, false, "port opened");
}

/** What is sent from power-on to a session. */
function sentBy({ family }: Subject, changes: Record<string, unknown>): string[] {
  const { modem: options, ...client } = optionsWith(changes);
  const session = new Session({ client, modem: { io: family.io, ...options } });
  const modem = new Answering(session, family);
  modem.serve();
  session.mustTell("control 2");
  return modem.commands;
}

for (const subject of SUBJECTS) {
  const { family, topic: longest, payload: most } = subject;

  describe(`${family.name}: arguments of the constructor`, () => {
    for (const [argument, limit, mayBeEmpty] of subject.texts) {
      it(`${argument}: ${limit} bytes are taken, in ASCII and in UTF-8, and one more is refused`, () => {
        for (const make of [long, chinese]) {
          equal(sentBy(subject, { [argument]: make(limit) }).some((line) => line.includes(`"${encoded(make(limit))}"`)), true, `sent with ${limit} bytes`);
          refuses(subject, { [argument]: make(limit + 1) }, argument, "ARGUMENT_LENGTH");
        }
      });
      it(`${argument}: ${mayBeEmpty ? "may be empty" : "must not be empty"}, and holds no quote and no control character`, () => {
        if (mayBeEmpty) sentBy(subject, { [argument]: "" });
        else refuses(subject, { [argument]: "" }, argument, "ARGUMENT_LENGTH");
        for (const text of INJECTIONS) refuses(subject, { [argument]: text }, argument, "ARGUMENT_CHARACTER");
        refuses(subject, { [argument]: 42 }, argument, "ARGUMENT_TYPE");
      });
    }

    it("all of them at their limits at once fit into the command lines", () => {
      const lines = sentBy(subject, Object.fromEntries(subject.texts.map(([argument, limit]) => [argument, long(limit)])));
      for (const [argument, limit] of subject.texts)
        equal(lines.some((line) => line.includes(`"${long(limit)}"`)), true, argument);
    });

    it("will.topic has no wildcard, will.QoS is 0 to 2", () => {
      for (const topic of ["#", "a/+/b", "a+"]) refuses(subject, { "will.topic": topic }, "will.topic", "ARGUMENT_WILDCARD");
      for (const QoS of [-1, 3, 0.5]) refuses(subject, { "will.QoS": QoS }, "will.QoS", "ARGUMENT_RANGE");
    });

    it("port is 1 to 65535", () => {
      for (const port of [1, 65_535]) equal(sentBy(subject, { port }).some((line) => line.includes(`"h",${port}`)), true, String(port));
      for (const port of [0, -1, 65_536, 1.5, NaN]) refuses(subject, { port }, "port", "ARGUMENT_RANGE");
    });

    it("protocolVersion is what the modem has", () => {
      const { protocolVersions } = family.io.limits;
      sameLines(protocolVersions.map(String), family === nm28 ? ["3", "4"] : ["4"]);
      for (const protocolVersion of protocolVersions) sentBy(subject, { protocolVersion });
      for (const protocolVersion of [...(family === nm28 ? [] : [3]), 2, 5, "4", NaN]) refuses(subject, { protocolVersion }, "protocolVersion", "ARGUMENT_RANGE");
    });

    it("keepAlive has its bounds, and is rounded up to seconds", () => {
      const [least, highest] = subject.keepAlive;
      const sends = (milliseconds: number, seconds: number) => {
        const lines = sentBy(subject, { keepAlive: milliseconds });
        equal(lines.some((line) => line.includes(family === nm28 ? `"keepalive",0,${seconds}` : `"i",${seconds},"u"`)), true, `${milliseconds} ms`);
      };
      sends(least * 1000, least);
      sends(highest * 1000, highest);
      sends(highest * 1000 - 999, highest);
      sends(20_001, 21);
      refuses(subject, { keepAlive: highest * 1000 + 1 }, "keepAlive", "ARGUMENT_RANGE");
      refuses(subject, { keepAlive: (least - 1) * 1000 }, "keepAlive", "ARGUMENT_RANGE");
      for (const keepAlive of [-1, NaN, Infinity]) refuses(subject, { keepAlive }, "keepAlive", "ARGUMENT_RANGE");
      refuses(subject, { keepAlive: "60" }, "keepAlive", "ARGUMENT_TYPE");
    });

    for (const [option, least, highest] of subject.numbers)
      it(`modem.${option} is ${least} to ${highest}`, () => {
        for (const value of [least, highest]) sentBy(subject, { [`modem.${option}`]: value });
        for (const value of [least - 1, highest + 1, least + 0.5, NaN]) refuses(subject, { [`modem.${option}`]: value }, `modem.${option}`, "ARGUMENT_RANGE");
        refuses(subject, { [`modem.${option}`]: String(least) }, `modem.${option}`, "ARGUMENT_TYPE");
      });

    for (const [option, value, code] of subject.others)
      it(`modem.${option} is not ${JSON.stringify(value)}`, () => refuses(subject, { [`modem.${option}`]: value }, `modem.${option}`, code));
  });

  describe(`${family.name}: arguments of write`, () => {
    const refuse = (data: any, options: any, argument: string, code: string) => {
      const { session, modem } = online(family);
      const error = thrown(() => session.client.write(data, options));
      equal(error.argument, argument, `argument of ${error.message}`);
      equal(error.code, code, "code");
      session.mustSend("");
      session.mustTell();
      // What was refused took nothing away.
      session.publish("x", { QoS: 1, id: 1 });
      session.subscribe("a", 0, { id: 2 });
      session.subscribe("b", 0, { id: 3 });
      modem.serve();
      session.mustTell("control 4 1", "done 1", "control 9 2", "done 2", "control 9 3", "done 3");
    };
    const { SUBSCRIBE, UNSUBSCRIBE } = MQTTClient;

    it(`a topic of ${longest} bytes is taken everywhere, and one byte more is refused`, () => {
      for (const make of [long, chinese]) {
        const { session, modem } = online(family);
        session.publish("x", { topic: make(longest), id: 1 });
        session.subscribe(make(longest), 0, { id: 2 });
        session.client.write(null, { operation: UNSUBSCRIBE, items: [{ topic: make(longest) }], id: 3 });
        modem.serve();
        session.mustTell("done 1", "control 9 2", "done 2", "control 11 3", "done 3");
        equal(modem.commands.filter((line) => line.includes(`"${encoded(make(longest))}"`)).length, 3, "commands with the topic");
        refuse(new Uint8Array(1), { topic: make(longest + 1) }, "topic", "ARGUMENT_LENGTH");
        for (const operation of [SUBSCRIBE, UNSUBSCRIBE])
          refuse(null, { operation, items: [{ topic: make(longest + 1) }] }, "items[0].topic", "ARGUMENT_LENGTH");
      }
    });

    it("a topic is not empty, has no wildcard out of place, no quote and no control character", () => {
      refuse(new Uint8Array(1), { topic: "" }, "topic", "ARGUMENT_LENGTH");
      for (const topic of ["#", "+", "a/+/b"]) refuse(new Uint8Array(1), { topic }, "topic", "ARGUMENT_WILDCARD");
      for (const topic of ["a#", "#/a", "a+/b"]) refuse(null, { operation: SUBSCRIBE, items: [{ topic }] }, "items[0].topic", "ARGUMENT_WILDCARD");
      for (const topic of INJECTIONS) {
        refuse(new Uint8Array(1), { topic }, "topic", "ARGUMENT_CHARACTER");
        refuse(null, { operation: UNSUBSCRIBE, items: [{ topic }] }, "items[0].topic", "ARGUMENT_CHARACTER");
      }
    });

    it("one topic at the least", () => {
      for (const operation of [SUBSCRIBE, UNSUBSCRIBE]) refuse(null, { operation, items: [] }, "items", "ARGUMENT_LENGTH");
    });

    it(`a payload of ${most} bytes is taken with the longest topic, at once and in parts, and one byte more is refused`, () => {
      const payload = Uint8Array.from({ length: most }, (_, i) => i);
      const { session, modem } = online(family);
      session.client.write(payload, { topic: long(longest), QoS: 1, id: 1 });
      modem.serve();
      session.client.write(payload.subarray(0, 100), { topic: long(longest), byteLength: most, id: 2 });
      session.client.write(payload.subarray(100));
      modem.serve();
      session.mustTell("control 4 1", "done 1", "done 2");
      const characters = Array.from(payload, (byte) => String.fromCharCode(byte)).join("");
      sameLines(modem.published, [characters, characters], "published");
      refuse(new Uint8Array(most + 1), { topic: "t" }, "data", "ARGUMENT_LENGTH");
      refuse(new Uint8Array(1), { topic: "t", byteLength: most + 1 }, "byteLength", "ARGUMENT_LENGTH");
      equal(session.writable.every((count) => count === most), true, `onWritable: ${session.writable}`);
    });

    it(family === nm28 ? "an empty payload is refused" : "an empty payload is taken", () => {
      if (family === nm28) for (const data of [null, undefined, new Uint8Array(0), new ArrayBuffer(0)]) refuse(data, { topic: "t" }, "data", "ARGUMENT_LENGTH");
      else {
        const { session, modem } = online(family);
        session.client.write(null, { topic: "t", QoS: 1, id: 1 });
        modem.serve();
        session.mustTell("control 4 1", "done 1");
        sameLines(modem.published, [""], "published");
      }
    });

    it("QoS is 0 to 2, an id is 1 to 65535", () => {
      for (const QoS of [-1, 3, 1.5]) refuse(new Uint8Array(1), { topic: "t", QoS }, "QoS", "ARGUMENT_RANGE");
      for (const QoS of [-1, 3]) refuse(null, { operation: SUBSCRIBE, items: [{ topic: "a", QoS }] }, "items[0].QoS", "ARGUMENT_RANGE");
      for (const id of [0, 65_536, 1.5]) refuse(new Uint8Array(1), { topic: "t", id }, "id", "ARGUMENT_RANGE");
      refuse(new Uint8Array(1), { topic: "t", retain: "yes" }, "retain", "ARGUMENT_TYPE");
    });
  });
}

const [M531X, ML302] = SUBJECTS as [Subject, Subject, Subject];

for (const subject of [M531X, ML302]) describe(`${subject.family.name}: keepAlive and modem.ackTimeout`, () => {
  it("keepAlive must be more than ackTimeout, or 0", () => {
    refuses(subject, { keepAlive: 10_000 }, "keepAlive", "ARGUMENT_RANGE");
    refuses(subject, { keepAlive: 1 }, "keepAlive", "ARGUMENT_RANGE");
    refuses(subject, { keepAlive: 60_000, "modem.ackTimeout": 60 }, "keepAlive", "ARGUMENT_RANGE");
    for (const [keepAlive, ackTimeout] of [[10_001, 10], [2000, 1], [61_000, 60], [0, 60]]) sentBy(subject, { keepAlive, "modem.ackTimeout": ackTimeout });
  });
});

/** The arguments of the MQTTCFG that is sent. */
function configuration(subject: Subject, modem: Record<string, unknown>): string {
  return sentBy(subject, Object.fromEntries(Object.entries(modem).map(([option, value]) => [`modem.${option}`, value])))
    .find((line) => line.startsWith("AT+MQTTCFG="))!.slice(11);
}

describe("M531X: encrypt", () => {
  it("is left out, 0 or 1", () => {
    for (const [modem, last] of [[{}, ""], [{ encrypt: false }, ",0"], [{ encrypt: true }, ",1"], [{ encrypt: true, model: "M5312" }, ",1"], [{ encrypt: true, model: "M5313" }, ",1"]] as const)
      equal(configuration(M531X, modem), `"h",1883,"i",120,"u","p",1${last}`);
  });

  it("is refused for an M5310-A, which is not even told that there is none", () => {
    refuses(M531X, { "modem.model": "M5310-A", "modem.encrypt": true }, "modem.encrypt", "ARGUMENT_RANGE");
    for (const modem of [{}, { encrypt: false }]) equal(configuration(M531X, { model: "M5310-A", ...modem }), '"h",1883,"i",120,"u","p",1');
  });
});

describe("ML302: version and encrypt", () => {
  it("MQTTCFG has seven arguments or nine, never eight (C-11)", () => {
    for (const [modem, more] of [
      [{}, ""], [{ encrypt: false }, ""], [{ version: "" }, ',"",0'], [{ version: "any, text" }, ',"any, text",0'],
      [{ version: "2018-10-31", encrypt: false }, ',"2018-10-31",0'], [{ version: "2018-10-31", encrypt: true }, ',"2018-10-31",1'],
    ] as const) equal(configuration(ML302, modem), `"h",1883,"i",120,"u","p",1${more}`);
  });

  it("encrypt without a version is refused (4.3.1)", () => {
    refuses(ML302, { "modem.encrypt": true }, "modem.version", "ARGUMENT_LENGTH");
    refuses(ML302, { "modem.encrypt": true, "modem.version": "" }, "modem.version", "ARGUMENT_LENGTH");
  });
});

/** Text as the answering modem reads it: one character a byte. */
function encoded(text: string): string {
  return text.replace(/中/g, "\xe4\xb8\xad");
}
