import assert from "node:assert/strict";
import { loadDriver } from "modem-mqtt/node";
import { rowsOf } from "../../hosts/node/command/probe/care-scenes";
import type { CareAbout } from "../../src/care/care";
import { loadFamily, type VirtualModem } from "modem-mqtt/virtual-modem";
import type { Consent } from "../../hosts/node/command/probe/question";
import { markdown, type Report } from "../../hosts/node/command/probe/report";
import { startAedes, type Broker } from "../e2e/support/brokers";
import { families } from "../e2e/support/families";
import { Lives } from "../e2e/support/lives";
import { answers, probed } from "../e2e/support/probing";

const PASSWORD = "correct horse";
const ADDRESS = "10.169.241.248"; // the virtual modems' own

/** What a report must not hold: numbers of device and SIM in any part of eight characters (shorter ones are timers too), and whole names. */
async function secretsIn(report: Report, family: string, ...names: readonly string[]): Promise<string[]> {
  const text = `${markdown(report)}\n${JSON.stringify(report)}`;
  const { imei, imsi, iccid } = (await loadFamily(family)).identity;
  const parts = [imei, imsi, iccid].flatMap((number) => Array.from({ length: number.length - 7 }, (_, at) => number.slice(at, at + 8)));
  return [...parts, ...names, PASSWORD, ADDRESS, "127.0.0.1"].filter((secret) => text.includes(secret));
}

const factOf = (report: Report, id: string) => {
  const fact = report.facts.find((one) => one.id === id);
  assert.ok(fact, `no fact ${id}`);
  return fact;
};

describe("modem-mqtt probe", function () {
  let broker: Broker;
  const lives = new Lives(6);
  before(async () => {
    broker = await startAedes();
    lives.start();
  });
  after(() => broker.stop());

  for (const [name] of families)
    it(`asks a ${name} all that an ordinary broker can answer, and says of every row of the driver's tables what has come out`, lives.add(async () => {
      const asked: Consent[] = [];
      const { report, error } = await probed({ modem: name }, {
        withBroker: false, broker: { host: "127.0.0.1", port: broker.port, user: "meter-77", password: PASSWORD },
        consent: async (kind) => {
          asked.push(kind);
          return kind !== "hands" && kind !== "sleep"; // probe.settings.test.ts has them sleep
        },
      });
      assert.equal(error, undefined);
      assert.equal(report.ended, "all that could be asked was asked");
      assert.deepEqual(report.had, { sim: true, network: true, broker: "another" });
      assert.deepEqual(asked.filter((kind) => kind !== "hands").sort(), ["data", "restart", "sleep"]);
      assert.deepEqual(await secretsIn(report, name, "meter-77"), []);
      assert.deepEqual(report.unknownLines, []);
      for (const { isDone, command } of report.putBack) assert.ok(isDone, command);

      const { responses, limits, options, inquiries, care } = await loadDriver(name);
      const { rows } = rowsOf(care!.about as CareAbout, report.modem.product ?? "");
      for (const row of Object.keys(rows)) {
        if (rows[row as keyof typeof rows] === undefined || [rows[row as keyof typeof rows]].flat().length === 0) continue;
        assert.ok(report.facts.some(({ id, kind }) => kind === "care" && (id === `care ${row}` || id.startsWith(`care ${row}:`))), `no fact of care about ${row}`);
      }
      for (const { text } of responses.responses) factOf(report, `line ${text}`);
      for (const limit of Object.keys(limits)) factOf(report, `limit ${limit}`);
      for (const option of Object.keys(options ?? {})) factOf(report, `option ${option}`);
      for (const { line } of inquiries) assert.equal(factOf(report, line).found, "answered");
      for (const fact of report.facts) {
        assert.equal(fact.verdict === "not tried", fact.why !== null, fact.id);
        if (fact.exchange !== null) assert.ok(report.exchanges.some(({ id }) => id === fact.exchange), `${fact.id}: no exchange ${fact.exchange}`);
        if (fact.why?.includes("--listen") !== true) assert.ok(!/nothing in the exchange shows it/.test(fact.why ?? ""), `${fact.id}: ${fact.why}`);
      }
      const ids = report.facts.map(({ id }) => id);
      assert.deepEqual(ids.filter((id, index) => ids.indexOf(id) !== index), []);
      for (const verdict of ["confirmed", "different", "not tried"] as const)
        assert.equal(report.counts[verdict], report.facts.filter((fact) => fact.verdict === verdict).length);
      for (const id of ["longTopic", "payloadLimit", "binaryPayload", "otherLettersInTopic", "connectedState", "restartCommand", "restartLine"])
        assert.equal(factOf(report, id).verdict, "confirmed", id);
    }));

  describe("what it may not do is not tried, and said so", () => {
    it("without a broker nothing is sent over the air", async () => {
      const { report } = await probed({ modem: "bc35g" }, { withBroker: false });
      assert.equal(factOf(report, "recvSpace").why, "there is no broker: -h");
      assert.equal(factOf(report, "windowFull").why, "there is no broker: -h");
      assert.ok(!report.exchanges.some(({ lines }) => lines.some(({ text }) => /AT\+QMTOPEN=0/.test(text))));
    });

    it("without a SIM", async () => {
      const { report } = await probed({ modem: "bc35g", faults: ["sim:absent,600000"] }, { attachTimeout: 0 });
      assert.equal(report.had.sim, false);
      assert.equal(factOf(report, "clock").why, "there is no SIM that can be used");
      assert.equal(factOf(report, "recvSpace").why, "the modem is not attached to the network");
      assert.equal(factOf(report, "simErrors").found, "300");
      assert.ok(!report.exchanges.some(({ lines }) => lines.some(({ text }) => /AT\+N?C?PIN=[^?]/.test(text))), "a PIN was tried");
    });

    it("without leave", async () => {
      let restarts = 0;
      const { report } = await probed({ modem: "bc35g" }, { consent: async () => false, trace: (_, bytes) => { restarts += Number(Buffer.from(bytes).includes("AT+NRB")); } });
      assert.equal(restarts, 0);
      assert.equal(factOf(report, "restartLine").why, "it restarts the modem, which was not agreed to");
      assert.equal(factOf(report, "recvSpace").why, "it sends data, which was not agreed to");
      assert.equal(factOf(report, "simReports").why, "it needs somebody at the board");
    });

    it("an ordinary broker does not misbehave", async () => {
      const { report } = await probed({ modem: "bc35g" }, { withBroker: false, broker: { host: "127.0.0.1", port: broker.port }, only: ["windowFull", "recvSpace"] });
      assert.deepEqual(report.facts.map(({ id, found, why }) => [id, found ?? why]).sort(), [["recvSpace", "none"], ["windowFull", "it needs a broker that misbehaves: --listen"]]);
    });

    it("an MQTT client that was set up before is left alone", async () => {
      let serial = "";
      const { report } = await probed({ modem: "m531x" }, {
        consent: async (kind) => kind !== "replace", only: ["reconfigure", "topicQuotes"],
        onModem: async ({ path }) => {
          serial = path;
          await answers(path, ['AT+MQTTCFG="home.example",1883,"meter-5",60,"me","hush",1']);
        },
        beforeEnd: async () => assert.match((await answers(serial, ["AT+MQTTCFG?"]))[0], /home\.example/),
      });
      for (const fact of report.facts) assert.equal(fact.why, "the modem's MQTT client is set up or in use, and was to be left so");
      assert.deepEqual(await secretsIn(report, "m531x", "home.example", "meter-5", "hush"), []);
    });
  });

  describe("whatever it changes is put back", () => {
    /** Settings that a user has, and the questions that show them. */
    const USERS: Readonly<Record<string, readonly [set: readonly string[], read: readonly string[]]>> = {
      bc35g: [
        ["ATE1", "AT+CMEE=0", "AT+CEREG=1", 'AT+QMTCFG="will",0,1,1,0,"home/555123","gone, alas"', 'AT+QMTCFG="timeout",0,7,2,0', 'AT+QMTCFG="session",0,0', 'AT+QMTCFG="aliauth",0,"product","device-9","hush-hush"'],
        ["AT+CMEE?", "AT+CEREG?", ...["will", "timeout", "session", "version", "keepalive", "aliauth"].map((name) => `AT+QMTCFG="${name}",0`)],
      ],
      nm28: [
        ["ATE1", "AT+CMEE=2", "AT+CEREG=1", 'AT+MQTTCFG="timeout",5,7,2,0', 'AT+MQTTCFG="session",5,0', 'AT+MQTTCFG="recv/mode",5,0,0', 'AT+MQTTCFG="will",1,1,1,0,"home/555123","gone"'],
        ["AT+CMEE?", "AT+CEREG?", "AT+MQTTCFG?"],
      ],
      ml302: [["ATE1", "AT+CMEE=2", "AT+CEREG=1", "AT+MQTTREC=0"], ["AT+CMEE?", "AT+CEREG?", "AT+MQTTREC?", "AT+MQTTSTAT?", "AT+MQTTCFG?"]],
      m531x: [["ATE1", "AT+CMEE=0", "AT+CEREG=1"], ["AT+CMEE?", "AT+CEREG?", "AT+MQTTSTAT?", "AT+MQTTCFG?"]],
    };
    /** Without the restart, which loses everything anyway. */
    const ONLY = [
      "cmee", "echo", "cereg5", "cfgQuotes", "windowFull", "retransmissionNotice", "emptyPublish", "escapeAnswer", "recvSpace", "recvDefault", "ctrlZ", "tls", "mqttErrors",
      "reconfigure", "okOrder", "publishEnd", "openAfterReconnection", "discError", "AT+QMTCFG=?", "AT+MQTTCFG?", 'AT+QMTCFG="will",0', 'AT+QMTCFG="aliauth",0',
    ];

    /** Ends a probe at some moment. */
    type Ending = (abort: (reason: Error) => void) => { trace?: (direction: "sent" | "received", bytes: Uint8Array) => void; onProgress?: (what: string) => void; within?: number };
    const interrupted = new Error("interrupted");
    const ENDINGS: Readonly<Record<string, Ending>> = {
      "when all has been asked": () => ({}),
      "when time runs out": () => ({ within: 500 }),
      "when it is interrupted while it connects": (abort) => ({ trace: (_, bytes) => void (/QMTOPEN=|MQTTOPEN=/.test(String(bytes && Buffer.from(bytes))) && abort(interrupted)) }),
      "when it is interrupted in a data phase": (abort) => ({ trace: (direction, bytes) => void (direction === "received" && /^(\r\n)?> ?$|CONNECT\r\n$/.test(Buffer.from(bytes).toString()) && abort(interrupted)) }),
      "when it is interrupted between two exchanges": (abort) => ({ onProgress: (what) => void (/exchange 4 /.test(what) && abort(interrupted)) }),
    };

    for (const [family, [set, read]] of Object.entries(USERS))
      for (const [when, ending] of Object.entries(ENDINGS))
        it(`${family}, ${when}`, lives.add(async () => {
          const controller = new AbortController();
          let before: string[] = [],
            after: string[] = [],
            path = "";
          const { report } = await probed({ modem: family }, {
            only: ONLY, signal: controller.signal, ...ending((reason) => controller.abort(reason)),
            onModem: async (modem: VirtualModem) => {
              path = modem.path;
              await answers(path, set);
              before = await answers(path, read);
            },
            beforeEnd: async () => { after = await answers(path, read); },
          });
          assert.match(before[0], /^AT\+/, "the echo is on");
          assert.deepEqual(after, before);
          for (const { isDone, command } of report.putBack) assert.ok(isDone, command);
          assert.equal(report.ended, controller.signal.aborted ? "interrupted" : "all that could be asked was asked");
          assert.deepEqual(await secretsIn(report, family, "home/555123", "alas", "hush", "device-9"), []);
        }));
  });
});
