import { equal, sameLines, thrown } from "./support/check";
import { type Answering, type Family, m531x, ml302, nm28, online as connected, reconnects } from "./support/answering";
import { online as connectedBC35G, type Obedient, type Session, type SessionOptions } from "./support/session";

interface Bench {
  session: Session;
  /** Answers what it is asked, the question about the connection like this from now on, or not at all. */
  says(state: string | null): void;
  serve(): void;
}

interface Subject {
  name: string;
  question: string;
  /** What the modem answers of a connection that is gone, and of one that is there. */
  gone: string[];
  there: string;
  start(options?: SessionOptions): Bench;
}

const framed = (family: Family, question: string, gone: string[], there: string): Subject => ({
  name: family.name, question, gone, there,
  start(options) {
    const { session, modem } = connected(family, options);
    const ask = (state: string | null) => (modem.instead = (command) => (command !== question ? undefined : state === null ? [] : state === "" ? ["OK"] : state === "ERROR" ? [state] : [state, "OK"]));
    return { session, says: ask, serve: () => modem.serve() };
  },
});

const SUBJECTS: Subject[] = [
  {
    name: "BC35-G", question: "AT+QMTCONN?", gone: ["", "+QMTCONN: 0,1", "+QMTCONN: 0,2", "+QMTCONN: 0,4"], there: "+QMTCONN: 0,3",
    start(options) {
      const { session, modem } = connectedBC35G(options);
      return { session, says: (state) => ((modem as Obedient).state = state), serve: () => modem.serve() };
    },
  },
  framed(m531x, "AT+MQTTSTAT?", ["+MQTTSTAT:0", "+MQTTSTAT: 1", "+MQTTSTAT:2", "ERROR"], "+MQTTSTAT:5"),
  framed(ml302, "AT+MQTTSTAT?", ["+MQTTSTAT: 0", "+MQTTSTAT:0", "ERROR"], "+MQTTSTAT: 1"),
  framed(nm28, "AT+MQTTCONN?", ["+MQTTCONN:0,0", "", "ERROR"], "+MQTTCONN:0,1"),
];

/** Lets time pass, and the modem answer, second by second. */
function live({ session, serve }: Bench, seconds: number): void {
  for (let i = 0; i < seconds; i++) {
    session.pass(1000);
    serve();
  }
}

for (const { name, question, gone, there, start } of SUBJECTS) describe(`${name}: how the connection is`, () => {
  for (const state of gone)
    it(`a loss whose report was lost was not noticed while nothing was written: ${state === "" ? "no line" : state}`, () => {
      const bench = start({ modem: { pollInterval: 60_000 } });
      bench.says(state);
      live(bench, 59);
      bench.session.mustTell();
      live(bench, 2);
      bench.session.mustTell("error LINK_LOST");
    });

  it("is asked for again and again, and nothing is told while it is there", () => {
    const bench = start({ modem: { pollInterval: 10_000 } });
    bench.says(there);
    live(bench, 200);
    bench.session.mustTell();
  });

  it("a modem that has fallen silent was not noticed while nothing was written", () => {
    const bench = start({ modem: { pollInterval: 60_000 } });
    bench.session.pass(60_000 + 5000 + 5 * 2000);
    bench.session.mustTell("error MODEM_SILENT");
  });

  it("is asked for by default after the keep-alive time, by an NM28 after 30 s", () => {
    const bench = start({ client: { keepAlive: 200_000 } });
    bench.session.pass(name === "NM28" ? 29_999 : 199_999);
    bench.session.mustSend("");
    bench.session.pass(1);
    bench.session.mustSend(`${question}\\r`);
  });

  it("is never asked for with pollInterval 0, not after a write that has failed either", () => {
    const { session } = start({ modem: { pollInterval: 0 } });
    session.subscribe("a", 0, { id: 1 });
    session.sent();
    session.says("\\r\\nERROR\\r\\n");
    session.events.splice(0);
    if (name === "ML302") session.says("\\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n");
    session.sent();
    session.pass(3_600_000);
    session.mustSend("");
  });

  it("a write that was refused, the connection being gone, left the next ones to be refused too", () => {
    const bench = start();
    bench.session.subscribe("a", 0, { id: 1 });
    bench.session.sent();
    bench.says(gone[0]);
    bench.session.says("\\r\\nERROR\\r\\n");
    bench.serve();
    bench.session.mustTell("failed 1 COMMAND_REFUSED");
    live(bench, 6);
    bench.session.mustTell("error LINK_LOST");
  });

  it("a write that timed out, the connection being gone, left the next ones to time out too", () => {
    const bench = start();
    bench.session.subscribe("a", 0, { id: 1 });
    bench.session.sent();
    bench.says(gone[0]);
    live(bench, 60);
    equal(bench.session.events.includes("failed 1 COMMAND_TIMEOUT"), true, "failed");
    equal(bench.session.events.at(-1)!, "error LINK_LOST", "last event");
  });

  it("writes that fail faster than the question comes do not put it off", () => {
    const bench = start();
    bench.says(gone[0]);
    for (let i = 0; i < 6; i++) {
      if (bench.session.events.includes("error LINK_LOST")) return;
      bench.session.subscribe("a", 0, { id: 1 });
      bench.session.sent();
      bench.session.says("\\r\\nERROR\\r\\n");
      live(bench, 1);
    }
    equal(bench.session.events.at(-1)!, "error LINK_LOST", "last event");
  });
});

describe("M531X and ML302: a connection that was lost and had back while nothing of it could be heard", () => {
  for (const [family, busy] of [[m531x, [3, 4, 6, 7]], [ml302, [2, 3, 4]]] as [Family, number[]][]) {
    const start = (): Bench & { modem: Answering; stages: string[] } => {
      const stages: string[] = [];
      const { session, modem } = connected(family, { modem: { ...reconnects(family), pollInterval: 60_000 }, on: { stage: (_, stage) => stages.push(stage) } });
      stages.splice(0);
      return { session, modem, stages, says: () => {}, serve: () => modem.serve() };
    };

    for (const state of busy)
      it(`${family.name}: the modem is at it: +MQTTSTAT:${state}`, () => {
        const bench = start();
        bench.modem.instead = (command) => (command === "AT+MQTTSTAT?" ? [`+MQTTSTAT:${state}`, "OK"] : undefined);
        live(bench, 61);
        sameLines(bench.stages, ["reconnecting"]);
      });

    it(`${family.name}: nothing was subscribed any more, for ever`, () => {
      const bench = start();
      bench.session.subscribe("a", 1, { id: 1 });
      bench.session.subscribe("b", 0, { id: 2 });
      bench.serve();
      bench.modem.commands.splice(0);
      bench.session.events.splice(0);
      let subscribed = 0;
      bench.modem.instead = (command) => {
        if (command.startsWith("AT+MQTTSUB=")) subscribed++;
        return command === "AT+MQTTSUB?" ? ["+MQTTSUB:", ...(subscribed > 0 ? ["a", "b"] : []), "OK"] : undefined;
      };
      live(bench, 61);
      sameLines(bench.stages, ["reconnecting", "online"], "stages");
      equal(subscribed, 2, "subscribed again");
      bench.session.mustTell();
      live(bench, 200);
      equal(subscribed, 2, "subscribed again");
      // And another time.
      subscribed = 0;
      live(bench, 61);
      equal(subscribed, 2, "subscribed once more");
    });

    it(`${family.name}: the first of two was not subscribed any more, and the second one anew, in a list that was taken for whole`, () => {
      const bench = start();
      bench.session.subscribe("a", 1, { id: 1 });
      bench.session.subscribe("b", 0, { id: 2 });
      bench.serve();
      bench.modem.commands.splice(0);
      bench.session.events.splice(0);
      const subscribed = ["b"];
      bench.modem.instead = (command) => {
        const filter = /^AT\+MQTTSUB="(.*?)"/.exec(command);
        if (filter !== null) subscribed.push(filter[1]);
        return command === "AT+MQTTSUB?" ? ["+MQTTSUB:", ...new Set(subscribed), "OK"] : undefined;
      };
      live(bench, 200);
      sameLines(subscribed, ["b", "a", "b"]);
      sameLines(bench.stages, ["reconnecting", "online"], "stages");
      bench.session.mustTell();
    });

    it(`${family.name}: firmware whose list is always empty is believed once`, () => {
      const bench = start();
      bench.session.subscribe("a", 1, { id: 1 });
      bench.serve();
      bench.modem.instead = (command) => (command === "AT+MQTTSUB?" ? ["+MQTTSUB:", "OK"] : undefined);
      live(bench, 1000);
      sameLines(bench.stages, ["reconnecting", "online"], "stages");
      equal(bench.modem.commands.filter((command) => command.startsWith("AT+MQTTSUB=")).length, 2, "subscribed");
    });

    it(`${family.name}: a list on its heading's line is a list`, () => {
      const bench = start();
      bench.session.subscribe("a", 1, { id: 1 });
      bench.serve();
      bench.modem.instead = (command) => (command === "AT+MQTTSUB?" ? ["+MQTTSUB: a,1", "OK"] : undefined);
      live(bench, 200);
      sameLines(bench.stages, []);
    });

    for (const topic of ["OK", " OK ", "ERROR", "REBOOT_CAUSE_X", "*ATREADY: 1"]) // a filter has a + as a whole level only, so it is no name with one
      it(`${family.name}: a subscribed topic forged a line of the modem's own in the list: "${topic}"`, () => {
        const bench = start();
        bench.session.subscribe("b", 1, { id: 1 });
        bench.session.subscribe(`b/${topic}`, 1, { id: 2 });
        bench.serve();
        bench.session.events.splice(0);
        bench.modem.instead = (command) => (command === "AT+MQTTSUB?" ? ["+MQTTSUB:", "b", `b/${topic}`, "OK"] : undefined);
        live(bench, 61);
        equal(bench.modem.commands.includes("AT+MQTTSUB?"), true, "asked while all can be listed");
        bench.session.subscribe(topic, 1, { id: 3 });
        bench.serve();
        bench.session.events.splice(0);
        bench.modem.commands.splice(0);
        live(bench, 200);
        sameLines(bench.stages, []);
        bench.session.mustTell();
        equal(bench.modem.commands.includes("AT+MQTTSUB?"), false, "asked");
        equal(thrown(() => bench.session.client.inquire("AT+MQTTSUB?", () => {})).argument, "inquiry");
      });

    it(`${family.name}: without a subscription the list is not asked for`, () => {
      const bench = start();
      live(bench, 100);
      equal(bench.modem.commands.includes("AT+MQTTSUB?"), false);
    });
  }
});
