import { MQTTClient } from "../../src/index";
import BC35G from "../../src/modems/bc35g";
import { equal, thrown } from "./support/check";
import { TestPort, VirtualClock } from "./support/stage";
import { online } from "./support/session";

const long = (length: number) => "x".repeat(length);
/** 3 bytes each in UTF-8. */
const chinese = (bytes: number) => "中".repeat(bytes / 3);

/** What must not stand between quotes, and what would be a command of its own if it did. */
const INJECTIONS = ['a"\r\nAT+QMTCLOSE=0\r', "a\rAT+CFUN=0\r", "a\nb", '"', "a\0b", "\x1a", "\x1b", "\x7f", 'x",1\rAT'];

const SECRET = /password|Secret/;

type Refusal = [argument: string, value: unknown, code: string, inMessage?: string];

function checkError(error: any, [argument, , code, inMessage]: Refusal): void {
  equal(error.name, "ArgumentError", "class");
  equal(error.argument, argument, "argument");
  equal(error.code, code, `code of ${argument}`);
  equal(error.message.startsWith(argument), true, `message names the argument: ${error.message}`);
  if (inMessage !== undefined) equal(error.message.includes(inMessage), true, `message has ${inMessage}: ${error.message}`);
}

const name = ([argument, value, code]: Refusal) =>
  `${argument} = ${typeof value !== "string" ? value : value.length > 30 ? `${value.length} characters` : JSON.stringify(value)}: ${code}`;

const TEXTS: [argument: string, limit: number][] = [
  ["host", 100], ["id", 256], ["user", 256], ["password", 256], ["will.topic", 255], ["will.message", 255],
  ["modem.alibaba.productKey", 256], ["modem.alibaba.deviceName", 256], ["modem.alibaba.deviceSecret", 256],
  ["modem.tencent.productId", 256], ["modem.tencent.deviceName", 256], ["modem.tencent.deviceSecret", 256], ["modem.tencent.url", 256],
];

/** Options of a client that are good, but for one at `path`. */
function optionsWith(path: string, value: unknown): any {
  const options: any = {
    host: "h", will: { topic: "w", message: "m" },
    modem: {
      alibaba: { productKey: "k", deviceName: "d", deviceSecret: "s" },
      tencent: { productId: "p", deviceName: "d", deviceSecret: "s", url: "u" },
    },
  };
  const keys = path.split(".");
  const last = keys.pop()!;
  keys.reduce((object, key) => object[key], options)[last] = value;
  return options;
}

describe("arguments of the constructor: refused before the port is opened", () => {
  const refused = (refusal: Refusal, path = refusal[0]) => it(name(refusal), () => {
    let opened = false;
    const { modem, ...rest } = optionsWith(path, refusal[1]);
    const error = thrown(() => new MQTTClient({
      ...rest, modem: { io: BC35G, clock: new VirtualClock(), ...modem, serial: { io: TestPort, attach: () => { opened = true; } } },
    }));
    checkError(error, refusal);
    equal(opened, false, "port opened");
    if (SECRET.test(refusal[0]) && String(refusal[1]).length > 3) equal(error.message.includes(String(refusal[1])), false, "secret in the message");
  });

  for (const [argument, limit] of TEXTS) {
    refused([argument, long(limit + 1), "ARGUMENT_LENGTH", String(limit)]);
    refused([argument, chinese(Math.ceil((limit + 1) / 3) * 3), "ARGUMENT_LENGTH", String(limit)]);
    for (const text of INJECTIONS) refused([argument, text, "ARGUMENT_CHARACTER"]);
    refused([argument, "\ud800", "ARGUMENT_CHARACTER"]);
    refused([argument, 42, "ARGUMENT_TYPE", SECRET.test(argument) ? undefined : "42"]);
  }
  refused(["host", "", "ARGUMENT_LENGTH"]);
  refused(["host", undefined, "ARGUMENT_TYPE"]);
  refused(["will.topic", "", "ARGUMENT_LENGTH", "255"]);
  for (const topic of ["#", "a/+/b", "a+"]) refused(["will.topic", topic, "ARGUMENT_WILDCARD"]);
  for (const port of [0, -1, 65_536, 1.5, NaN, Infinity]) refused(["port", port, "ARGUMENT_RANGE", "65535"]);
  refused(["port", "1883\rAT", "ARGUMENT_TYPE"]);
  for (const keepAlive of [-1, 3_600_001, NaN, Infinity]) refused(["keepAlive", keepAlive, "ARGUMENT_RANGE", String(keepAlive)]);
  refused(["keepAlive", "60", "ARGUMENT_TYPE"]);
  for (const QoS of [3, -1, 0.5]) refused(["will.QoS", QoS, "ARGUMENT_RANGE", "2"]);
  refused(["will.retain", "yes", "ARGUMENT_TYPE"]);
  refused(["clean", 2, "ARGUMENT_TYPE"]);
  for (const version of [2, 5]) refused(["protocolVersion", version, "ARGUMENT_RANGE"]);
  for (const seconds of [0, 61, 1.5]) refused(["modem.packetTimeout", seconds, "ARGUMENT_RANGE", "60"]);
  for (const times of [-1, 11]) refused(["modem.retries", times, "ARGUMENT_RANGE", "10"]);
  for (const days of [0, 61]) refused(["modem.tencent.expire", days, "ARGUMENT_RANGE", "60"]);
  for (const milliseconds of [-1, NaN, Infinity, 2 ** 31]) {
    refused(["modem.bootTimeout", milliseconds, "ARGUMENT_RANGE"]);
    refused(["modem.attachTimeout", milliseconds, "ARGUMENT_RANGE"]);
  }
  refused(["modem.bootTimeout", "30000", "ARGUMENT_TYPE"]);
  refused(["modem.payloadQuotes", "both", "ARGUMENT_RANGE"]);
  for (const size of [0, 63, 100, 131_072, -64, NaN, 64.5]) refused(["modem.receiveBuffer", size, "ARGUMENT_RANGE", "65536"]);
});

describe("arguments of write: refused, and nothing is sent", () => {
  const refused = (refusal: Refusal, options: any, data: any = new Uint8Array(1)) => it(name(refusal), () => {
    const { session, modem } = online();
    checkError(thrown(() => session.client.write(data, options)), refusal);
    session.mustSend("");
    session.mustTell();
    // What was refused took nothing away.
    for (let i = 0; i < 5; i++) session.publish("x", { QoS: 1 });
    session.subscribe("a");
    session.subscribe("b");
    modem.serve();
    equal(modem.published.length, 5, "published");
  });
  const { SUBSCRIBE, UNSUBSCRIBE } = MQTTClient;

  for (const topic of INJECTIONS) {
    refused(["topic", topic, "ARGUMENT_CHARACTER"], { topic });
    refused(["items[0].topic", topic, "ARGUMENT_CHARACTER"], { operation: SUBSCRIBE, items: [{ topic }] }, null);
    refused(["items[1].topic", topic, "ARGUMENT_CHARACTER"], { operation: UNSUBSCRIBE, items: [{ topic: "a" }, { topic }] }, null);
  }
  refused(["topic", "", "ARGUMENT_LENGTH", "255"], { topic: "" });
  refused(["topic", undefined, "ARGUMENT_TYPE"], {});
  refused(["topic", 42, "ARGUMENT_TYPE", "42"], { topic: 42 });
  refused(["topic", "256 bytes", "ARGUMENT_LENGTH", "255"], { topic: long(256) });
  refused(["topic", "86 × 3 bytes", "ARGUMENT_LENGTH", "255"], { topic: chinese(258) });
  refused(["topic", "not UTF-8", "ARGUMENT_CHARACTER"], { topic: new Uint8Array([0x61, 0xff, 0x62]) });
  for (const topic of ["#", "+", "a/#", "a/+/b"]) refused(["topic", topic, "ARGUMENT_WILDCARD"], { topic });
  for (const topic of ["a#", "#/a", "a/#/b", "a+/b", "a/b+"])
    refused(["items[0].topic", topic, "ARGUMENT_WILDCARD"], { operation: SUBSCRIBE, items: [{ topic }] }, null);
  refused(["items[0].topic", 7, "ARGUMENT_TYPE", "7"], { operation: SUBSCRIBE, items: [{ topic: 7 }] }, null);
  refused(["items[0].topic", "", "ARGUMENT_LENGTH"], { operation: UNSUBSCRIBE, items: [{ topic: "" }] }, null);
  refused(["items[0].QoS", 3, "ARGUMENT_RANGE", "3"], { operation: SUBSCRIBE, items: [{ topic: "a", QoS: 3 }] }, null);
  refused(["items", 0, "ARGUMENT_LENGTH", "one"], { operation: SUBSCRIBE, items: [] }, null);
  refused(["items", "a string", "ARGUMENT_TYPE"], { operation: SUBSCRIBE, items: "a" }, null);
  for (const QoS of [3, -1, 1.5, NaN]) refused(["QoS", QoS, "ARGUMENT_RANGE", "2"], { topic: "t", QoS });
  refused(["QoS", "1", "ARGUMENT_TYPE"], { topic: "t", QoS: "1" });
  refused(["QoS", "0,0,\"x\"\\r", "ARGUMENT_TYPE"], { topic: "t", QoS: '0,0,"x"\r' });
  refused(["retain", 2, "ARGUMENT_TYPE"], { topic: "t", retain: 2 });
  for (const id of [0, -1, 65_536, 1.5]) refused(["id", id, "ARGUMENT_RANGE", "65535"], { topic: "t", id });
  refused(["id", "1\\rAT", "ARGUMENT_TYPE"], { topic: "t", id: "1\rAT" });
  refused(["data", "1025 bytes", "ARGUMENT_LENGTH", "1024"], { topic: "t" }, new Uint8Array(1025));
  refused(["data", "a string", "ARGUMENT_TYPE"], { topic: "t" }, "text");
  refused(["byteLength", 0, "ARGUMENT_RANGE"], { topic: "t", byteLength: 0 });
  refused(["byteLength", 1025, "ARGUMENT_LENGTH", "1024"], { topic: "t", byteLength: 1025 });
  for (const operation of [0, 15, MQTTClient.CONNECT, MQTTClient.SUBACK, "3"]) refused(["operation", operation, "ARGUMENT_RANGE"], { operation });
  refused(["options", undefined, "ARGUMENT_TYPE"], undefined);
  refused(["options", null, "ARGUMENT_TYPE"], null);
});

describe("arguments at their limits are taken", () => {
  it("topics of 255 bytes, 5 topics, 1024 bytes, text of every harmless kind", () => {
    const { session } = online();
    session.publish("x".repeat(1024), { topic: long(255) });
    session.mustSend(`AT+QMTPUB=0,0,0,0,"${long(255)}",1024\\r`);
    session.says("\\r\\nERROR\\r\\n");
    for (const topic of [chinese(255), "a,b;c=d|e&f%g$h{i}", "$SYS/x", " ", "/", "ATE0"]) {
      session.publish("x", { topic });
      session.mustSend(`AT+QMTPUB=0,0,0,0,"${topic}",1\\r`);
      session.says("\\r\\nERROR\\r\\n");
    }
    session.publish("x", { topic: new Uint8Array([0xe4, 0xb8, 0xad]) });
    session.mustSend('AT+QMTPUB=0,0,0,0,"中",1\\r');
    session.says("\\r\\nERROR\\r\\n");
    session.client.write(null, { operation: MQTTClient.SUBSCRIBE, items: ["#", "+", "a/+/#", "/", "+/+"].map((topic) => ({ topic, QoS: 2 })), id: 99 });
    session.mustSend('AT+QMTSUB=0,99,"#",2,"+",2,"a/+/#",2,"/",2,"+/+",2\\r');
  });

  it("a payload may be any view of memory, and may change after write", () => {
    const { session } = online();
    const memory = new Uint8Array([1, 65, 66, 67, 2]);
    for (const data of [new Uint8Array(memory.buffer, 1, 3), memory.slice(1, 4).buffer, new DataView(memory.buffer, 1, 3)]) {
      session.client.write(data, { topic: "t" });
      if (data instanceof Uint8Array) memory.fill(0);
      session.sent();
      session.says("\\r\\n>");
      session.mustSend("ABC");
      memory.set([65, 66, 67], 1);
      session.says("\\r\\nOK\\r\\n\\r\\n+QMTPUB: 0,0,0\\r\\n");
    }
  });
});
