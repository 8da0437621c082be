import { bc35g, m531x, ml302, nm28, online, type Answering } from "./support/answering";
import { equal, sameLines } from "./support/check";
import { online as bc35gOnline, Session, type Obedient, type SessionOptions } from "./support/session";

type Connect = (options?: SessionOptions) => { session: Session; modem: Answering | Obedient };

const FAMILIES: [name: string, connect: Connect][] = [
  ["BC35-G", bc35gOnline],
  ...[m531x, ml302, nm28].map((family): [string, Connect] => [family.name, (options) => online(family, options)]),
];

const IO: Record<string, any> = Object.fromEntries([bc35g, m531x, ml302, nm28].map(({ name, io }) => [name, io]));

type Publish = [payload: string, options?: Record<string, any>];

interface Case {
  name: string;
  publishes: readonly Publish[];
  /** Done before the last of them. */
  between?: (session: Session, modem: Answering | Obedient) => void;
  modem?: Record<string, any>;
}

const same = (...all: Record<string, any>[]): Publish[] => all.map((options) => ["hello", options]);

/** A command that is not answered, so that a marker goes out. */
function silence(session: Session, modem: Answering | Obedient): void {
  const command = session.client.limits.window === 5 ? "AT+QMTSUB" : /SUB/; // BC35-G's modem takes a string
  modem.deaf = command as any;
  session.subscribe("a/b");
  for (let second = 0; second < 46; second++) {
    modem.serve();
    session.pass(1000);
  }
  modem.deaf = null;
}

/** How a publish that is like the one before fails: what is said in place of its answer, or behind its prompt. */
const FAILURES: [name: string, fail: (session: Session, modem: Answering | Obedient, QoS: number) => void][] = [
  ["at once", (session, _, QoS) => failed(session, QoS, false, "\\r\\nERROR\\r\\n")],
  ["at once, with a number", (session, _, QoS) => failed(session, QoS, false, "\\r\\n+CME ERROR: 50\\r\\n")],
  ["behind its prompt", (session, _, QoS) => failed(session, QoS, true, "\\r\\nERROR\\r\\n")],
  ["for it was never answered", (session, modem, QoS) => {
    modem.deaf = (session.client.limits.window === 5 ? "AT+QMTPUB" : /PUB/) as any;
    session.publish("hello", { QoS, id: 100 });
    for (let second = 0; second < 300 && session.events.at(-1) !== "failed 100 COMMAND_TIMEOUT"; second++) {
      modem.serve();
      session.pass(1000);
    }
    modem.deaf = null;
    modem.serve();
    session.says("\\r\\n+MQTTTO: 2\\r\\n"); // none will come where none says whose it is
  }],
];

function failed(session: Session, QoS: number, prompted: boolean, text: string): void {
  session.publish("hello", { QoS, id: 100 });
  session.sent();
  if (prompted) session.says("\\r\\n>[sp]\\r\\nCONNECT\\r\\n");
  session.sent();
  session.says(text);
  equal(session.events.pop()!.startsWith("failed 100 "), true, "it has failed");
}

// What the transmit buffer still has of the last publish is not written again.
const CASES: Case[] = [
  { name: "of the same payload", publishes: [["hello"], ["hello"]] },
  { name: "of another payload of the same length", publishes: [["hello"], ["world"]] },
  { name: "of another length", publishes: [["hello"], ["hello, world"], ["hello"]] },
  { name: "on another topic of the same length", publishes: same({ topic: "t/1" }, { topic: "t/2" }) },
  { name: "on the topic before the last one", publishes: same({ topic: "t/1" }, { topic: "t/2" }, { topic: "t/1" }) },
  { name: "at a higher QoS", publishes: same({ QoS: 0 }, { QoS: 1 }) },
  { name: "at a lower QoS", publishes: same({ QoS: 1 }, { QoS: 0 }) },
  { name: "to be retained", publishes: same({ retain: false }, { retain: true }) },
  { name: "not to be retained", publishes: same({ retain: true }, { retain: false }) },
  ...[[0, 1, 2], [2, 1, 0], [0, 2], [1, 2], [2, 0], [2, 1]].map((all) => ({
    name: `at QoS ${[...all].reverse().join(" after ")}`, publishes: same(...all.map((QoS) => ({ QoS }))),
  })),
  { name: "at a QoS that is twice the retain flag before", publishes: same({ QoS: 1, retain: false }, { QoS: 0, retain: true }) },
  ...[[1, 2], [9, 10], [10, 9], [99, 100], [1009, 1010], [1010, 1100], [9999, 10_000], [65_535, 1], [20_000, 10_000], [12_345, 54_321], [5, 5]].flatMap((ids) =>
    [0, 1].map((QoS) => ({ name: `with id ${ids[1]} after id ${ids[0]}, QoS ${QoS}`, publishes: same(...ids.map((id) => ({ QoS, id }))) }))),
  { name: "after a subscription", publishes: [["hello"], ["hello"]], between: (session) => void session.subscribe("a/b") },
  { name: "after a marker", publishes: [["hello"], ["hello"]], between: silence },
  ...[0, 1, 2].flatMap((QoS) => FAILURES.map(([name, fail]): Case => ({
    name: `after one that failed ${name}, QoS ${QoS}`, publishes: same({ QoS }, { QoS }, { QoS, id: 101 }), between: (session, modem) => fail(session, modem, QoS),
  }))),
  { name: "in hex", publishes: [["hello"], ["world"]], modem: { payloadEncoding: "hex" } },
  { name: "as it is after one in parts", publishes: [["hello"], ["hello"]], between: (session) => {
    session.publish("he", { byteLength: 5 });
    session.client.write(new Uint8Array(3));
  } },
];

for (const [family, connect] of FAMILIES) describe(`${family}: a publish after others`, () => {
  for (const { name, publishes, between, modem: options } of CASES)
    it(`${name} is sent as a new client would send it`, () => {
      const sent = (each: readonly Publish[], meanwhile?: Case["between"]): string => {
        const { session, modem } = connect({ modem: { pollInterval: 3_600_000, ...options } });
        each.forEach(([payload, options], index) => {
          if (index > 0 && index === each.length - 1) {
            meanwhile?.(session, modem);
            modem.serve();
          }
          session.publish(payload, { id: 100, ...options });
          modem.serve();
          equal(session.events.pop(), `done ${options?.id ?? 100}`, "the last event");
        });
        return `${modem.commands.at(-1)} ${modem.published.at(-1)}`;
      };
      equal(sent(publishes, between), sent(publishes.slice(-1)));
    });
});

/** What a modem says to a publish: its prompt, and the report that tells how it went, behind `OK` or before it. */
interface Said {
  prompt: string;
  report: (QoS: number, id: number) => string;
  reportsFirst?: boolean;
}
const line = (text: string): string => (text === "" ? "" : `\\r\\n${text}\\r\\n`);
const acknowledgement = (QoS: number): string => ["", "+MQTTPUBACK:7,0", "+MQTTPUBCOMP:7,0"][QoS];
const SAID: Record<string, Said> = {
  "BC35-G": { prompt: "\\r\\n>", report: (QoS, id) => line(`+QMTPUB: 0,${QoS === 0 ? 0 : id},0`) },
  M531X: { prompt: "", report: (QoS) => line(acknowledgement(QoS)) },
  ML302: { prompt: "\\r\\n>[sp]", report: (QoS) => line(acknowledgement(QoS)), reportsFirst: true },
  NM28: { prompt: "\\r\\nCONNECT\\r\\n", report: (_, id) => line(`+MQTTPUBEX:0,${id},0`), reportsFirst: true },
};
const OK = line("OK");
const answerOf = ({ report, reportsFirst }: Said, QoS: number, id: number): string => (reportsFirst ? report(QoS, id) + OK : OK + report(QoS, id));

for (const [family, connect] of FAMILIES) describe(`${family}: the report of the publish before`, () => {
  const said = SAID[family], { prompt, report } = said;
  const hasIds = family === "BC35-G" || family === "NM28";
  const pairs: [before: Record<string, any>, then: Record<string, any>][] = [0, 1, 2].flatMap((first) => [0, 1, 2].flatMap((second): [Record<string, any>, Record<string, any>][] =>
    first !== second ? [[{ QoS: first }, { QoS: second }]]
      : first === 0 && family !== "NM28" ? [] // no report, or one without an id
        : hasIds ? [{}, { topic: "t/b" }, { retain: true }, { payload: "hello, world" }].map((more) => [{ QoS: first }, { QoS: first, ...more }]) : []));
  for (const [before, then] of pairs)
    for (const ids of [[42], [41, 42]]) for (const first of [true, false])
      it(`${JSON.stringify(before)} is not that of ${JSON.stringify(then)}, where it comes ${first ? "before" : "behind"} its OK, after ${ids.length}`, () => {
        const { session } = connect({ modem: { pollInterval: 3_600_000 } });
        const begin = ({ payload = "hello", ...options }: Record<string, any>, id: number): void => {
          session.publish(payload, { ...options, id });
          session.sent();
          session.says(prompt);
          session.sent();
        };
        for (const id of ids) {
          begin(before, id);
          session.says(answerOf(said, before.QoS, id));
          equal(session.events.pop(), `done ${id}`, "the last event");
        }
        session.events.splice(0);
        begin(then, 43);
        const former = report(before.QoS, 42), own = report(then.QoS, 43);
        if (own === "") session.says(former); // OK is the end of it
        else session.says(first ? former + OK : OK + former);
        sameLines(session.events.splice(0), [], "events at the former report");
        session.says(own === "" ? OK : own);
        sameLines(session.events.splice(0).filter((event) => /^(done|failed|error)/.test(event)), ["done 43"]);
      });
});

const BANNERS: Record<string, string> = { "BC35-G": "REBOOT_CAUSE_APPLICATION_AT", M531X: "*ATREADY: 1", ML302: "+MATREADY", NM28: "RDY" };

for (const [family, connect] of FAMILIES) describe(`${family}: a restart of the modem behind a publish that was answered`, () => {
  for (const underWay of [false, true]) for (const QoS of [0, 1, 2])
    it(`the new client's is its own in all its bytes, QoS ${QoS}${underWay ? ", one like it being under way" : ""}`, () => {
      /** Of a client whose application has begun anew on the same modem, and of one that was the first. */
      const sent = (restarted: boolean): string => {
        let next: Session | null = null;
        const { session, modem } = connect({
          on: { error: () => {
            next = new Session({ modem: { io: IO[family], shared: session.client, pollInterval: 3_600_000 } });
            next.port = session.port;
          } },
          modem: { pollInterval: 3_600_000 },
        });
        if (!restarted) {
          session.publish("hello", { QoS, id: 100 });
          return `${session.sent()} ${saysAll(session, QoS, 100)}`;
        }
        for (const id of [98, 99]) {
          session.publish("hello", { QoS, id });
          modem.serve();
        }
        if (underWay) session.publish("hello", { QoS, id: 100 });
        session.sent();
        session.says(line(BANNERS[family]));
        session.pass(0); // the new one begins on an empty stack
        modem.serve();
        equal(next!.events.pop(), "control 2", "connected anew");
        session.sent();
        next!.publish("hello", { QoS, id: 100 });
        return `${session.sent()} ${saysAll(next!, QoS, 100)}`;
      };
      const saysAll = (session: Session, QoS: number, id: number): string => {
        session.events.splice(0);
        session.says(SAID[family].prompt);
        const payload = session.sent();
        session.says(answerOf(SAID[family], QoS, id));
        return `${payload} ${session.events.filter((event) => event.startsWith("done"))}`;
      };
      equal(sent(true), sent(false));
    });
});

describe("NM28: a publish of one client behind one of another's that is like it", () => {
  it("has its own client's number, and the other's report is not its own", () => {
    const { session: first, modem } = online(nm28);
    const second = new Session({ modem: { io: nm28.io, shared: first.client } });
    second.port = first.port;
    modem.serve();
    for (const [session, link, id] of [[first, 0, 1], [second, 1, 1], [first, 0, 2], [second, 1, 2]] as const) {
      for (const each of [first, second]) each.events.splice(0);
      session.publish("hello", { QoS: 1, id });
      session.mustSend(`AT+MQTTPUBEX=${link},${id},1,0,0,"t/a",5\\r`);
      session.says("\\r\\nCONNECT\\r\\n");
      session.mustSend("hello");
      session.says(line(`+MQTTPUBEX:${1 - link},${id},0`));
      sameLines([...first.events, ...second.events], []);
      session.says(line(`+MQTTPUBEX:${link},${id},0`) + OK);
      session.mustTell(`control 4 ${id}`, `done ${id}`);
    }
  });
});
