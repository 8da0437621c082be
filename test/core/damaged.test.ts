import { bc35g, m531x, ml302, nm28, online, type Family } from "./support/answering";
import { equal, sameLines } from "./support/check";
import type { Session } from "./support/session";

interface Subject {
  family: Family;
  what: string;
  ask(session: Session): void;
  /** What the modem says until it owes the result, each time when the host has sent what it has to. */
  before: string[];
  /** The result, with how many of its fields are numbers and must be. */
  result: [line: string, numbers: number];
  /** Fields that would be somebody else's. */
  others: [field: number, values: string[]][];
  after: string[];
  told: string[];
}

const publish = (session: Session) => session.publish("x", { QoS: 1, id: 7 });
const subscribe = (session: Session) => session.subscribe("a", 1, { id: 7 });
const unsubscribe = (session: Session) => session.client.write(null, { operation: 10, items: [{ topic: "a" }], id: 7 });
const OK = "\\r\\nOK\\r\\n";

const SUBJECTS: Subject[] = [
  { family: bc35g, what: "publish", ask: publish, before: ["\\r\\n>", OK], result: ["+QMTPUB: 0,7,0", 3], others: [[0, ["1", "-1"]], [1, ["-1", "0", "8", "70"]]], after: [], told: ["control 4 7", "done 7"] },
  { family: bc35g, what: "subscribe", ask: subscribe, before: [OK], result: ["+QMTSUB: 0,7,0,1", 4], others: [[0, ["1", "-1"]], [1, ["-1", "0", "8", "70"]]], after: [], told: ["control 9 7", "done 7"] },
  { family: bc35g, what: "unsubscribe", ask: unsubscribe, before: [OK], result: ["+QMTUNS: 0,7,0", 3], others: [[0, ["1", "-1"]], [1, ["-1", "0", "8", "70"]]], after: [], told: ["control 11 7", "done 7"] },
  { family: nm28, what: "publish", ask: publish, before: ["\\r\\nCONNECT\\r\\n"], result: ["+MQTTPUBEX:0,7,0", 2], others: [[0, ["1", "5", "6", "-1"]], [1, ["-1", "0", "8", "70"]], [2, ["x", "0<C2><B2>", '"0"', "0.0"]]], after: [OK], told: ["control 4 7", "done 7"] },
  { family: nm28, what: "subscribe", ask: subscribe, before: [], result: ["+MQTTSUB:0,7,0,1", 4], others: [[0, ["1", "5", "6", "-1"]], [1, ["-1", "0", "8", "70"]]], after: [OK], told: ["control 9 7", "done 7"] },
  { family: nm28, what: "unsubscribe", ask: unsubscribe, before: [], result: ["+MQTTUNS:0,7,0", 3], others: [[0, ["1", "5", "6", "-1"]], [1, ["-1", "0", "8", "70"]]], after: [OK], told: ["control 11 7", "done 7"] },
  { family: m531x, what: "publish", ask: publish, before: [OK], result: ["+MQTTPUBACK:7,0", 2], others: [[0, ["65536", "99999"]]], after: [], told: ["control 4 7", "done 7"] },
  { family: m531x, what: "subscribe", ask: subscribe, before: [OK], result: ["+MQTTSUBACK:7,1,a", 2], others: [[2, ["b", "aa"]]], after: [], told: ["control 9 7", "done 7"] },
  { family: m531x, what: "unsubscribe", ask: unsubscribe, before: [OK], result: ["+MQTTUNSUBACK:7,a", 1], others: [[1, ["b", "aa"]]], after: [], told: ["control 11 7", "done 7"] },
  { family: ml302, what: "publish", ask: publish, before: ["\\r\\n>[sp]"], result: ["+MQTTPUBACK:0,7", 2], others: [[1, ["65536", "99999"]]], after: [OK], told: ["control 4 7", "done 7"] },
  { family: ml302, what: "subscribe", ask: subscribe, before: [], result: ["+MQTTSUBACK:7,1,a", 2], others: [[2, ["b", "aa"]]], after: [OK], told: ["control 9 7", "done 7"] },
  { family: ml302, what: "unsubscribe", ask: unsubscribe, before: [], result: ["+MQTTUNSUBACK:7,a", 1], others: [[1, ["b", "aa"]]], after: [OK], told: ["control 11 7", "done 7"] },
];

/** What may come of a field that was a number: nothing, a bit more or less, a byte more or less. */
const damages = (value: string): string[] => ["", `${value}<C2><B2>`, "x", `${value}x`, `<80>${value}`, "99999999999", `"${value}"`, `${value} ${value}`, "<00>"];

/** The line with field `index` in another form. */
function changed(line: string, index: number, value: string): string {
  const [name, fields] = line.split(/:(.*)/) as [string, string];
  const list = fields.trim().split(",");
  list[index] = value;
  return `${name}:${list.join(",")}`;
}

for (const { family, what, ask, before, result: [result, numbers], others, after, told } of SUBJECTS) describe(`${family.name}: a damaged result of a ${what}`, () => {
  const fields = result.split(/: ?/)[1].split(",");
  const lines = fields.slice(0, numbers).flatMap((value, index) => damages(value).map((damaged) => changed(result, index, damaged)));
  for (const [index, values] of others) for (const value of values) lines.push(changed(result, index, value));
  // Its end was lost, as far as it leaves a number out.
  for (let count = 0; count < Math.min(numbers, 3); count++) if (what !== "publish" || family === bc35g) lines.push(`${result.split(/: ?/)[0]}:${fields.slice(0, count).join(",")}`);

  for (const line of lines)
    it(`acknowledged the one under way: ${line}`, () => {
      const { session } = online(family);
      ask(session);
      session.sent();
      for (const said of before) {
        session.says(said);
        session.sent();
      }
      session.says(`\\r\\n${line}\\r\\n`);
      sameLines(session.events, [], "told");
      session.says(`\\r\\n${result}\\r\\n`);
      for (const said of after) session.says(said);
      session.mustTell(...told);
    });
});

describe("a damaged flag of a message", () => {
  for (const family of [m531x, ml302]) it(`${family.name}: was handed on as the QoS that it never is`, () => {
    const told: unknown[] = [];
    const { session } = online(family, { on: { readable: (each, count, { QoS, retain, duplicate }) => void (each.client.read(count), told.push(QoS, retain, duplicate)) } });
    const topic = family === ml302 ? '"t"' : "t";
    session.says(`\\r\\n+MQTTPUBLISH:3,3,7,1,${topic},5,hello\\r\\n`);
    sameLines(told.map(String), ["undefined", "undefined", "undefined"]);
  });
});

describe("NM28: a result that stands in another's place", () => {
  it("of a publish of type 0, a failure in the second place was told done", () => {
    const { session } = online(nm28);
    publish(session);
    session.sent();
    session.says("\\r\\nCONNECT\\r\\n");
    session.sent();
    session.says("\\r\\n+MQTTPUBEX:0,7,,-1\\r\\n\\r\\nOK\\r\\n");
    equal(session.events.at(-1)!.startsWith("failed 7 PUBLISH_FAILED"), true, session.events.join());
  });
});

describe("a damaged report of the connection", () => {
  for (const [family, lines] of [
    [bc35g, ["+QMTSTAT: 0,", "+QMTSTAT: 0,1x", "+QMTSTAT: x,1", "+QMTSTAT: 1,1"]],
    [nm28, ["+MQTTSTAT:0,", "+MQTTSTAT:x,1", "+MQTTDISC:0,", "+MQTTDISC:,0", "+MQTTCLOSE:0,0<C2><B2>", "+MQTTCONN:0,", "+MQTTCONN:0,x", "+MQTTCONN:1,0"]],
    [m531x, ["+MQTTREC:", "+MQTTREC:x", "+MQTTREC: 0<B0>", "+MQTTTO:", "+MQTTTO:2x"]],
    [ml302, ["+MQTTREC:", "+MQTTREC:x", "+MQTTREC: 0<B0>", "+MQTTTO:", "+MQTTTO:2x"]],
  ] as [Family, string[]][]) for (const line of lines)
    it(`${family.name}: ended something: ${line}`, () => {
      const { session, modem } = online(family);
      const { unknownLines } = session.client.counters;
      session.says(`\\r\\n${line}\\r\\n`);
      sameLines(session.events, [], "told");
      if (!/:1,|: 1,/.test(line)) equal(session.client.counters.unknownLines, unknownLines + 1, "counted as unknown");
      session.subscribe("a", 1, { id: 7 });
      modem.serve();
      session.mustTell("control 9 7", "done 7");
    });
});
