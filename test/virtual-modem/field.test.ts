// Modems, SIMs and networks that are not as documents say: faults and variants that stand for what was seen in the field.

import assert from "node:assert/strict";
import type { Packet } from "mqtt-packet";
import bc35g from "../../hosts/virtual-modem/families/bc35g";
import m531x from "../../hosts/virtual-modem/families/m531x";
import ml302 from "../../hosts/virtual-modem/families/ml302";
import nm28 from "../../hosts/virtual-modem/families/nm28";
import { peerNetwork, simulate } from "./cmiot-bench";

const families = { bc35g, m531x, ml302, nm28 };
const OK = "\r\nOK\r\n";
const ERROR = "\r\nERROR\r\n";

/** A broker that acknowledges every publish so often. */
const repeating = (times: number) => peerNetwork((packet): Packet[] => {
  const messageId = packet.messageId!;
  switch (packet.cmd) {
    case "connect": return [{ cmd: "connack", returnCode: 0, sessionPresent: false }];
    case "subscribe": return [{ cmd: "suback", messageId, granted: packet.subscriptions.map(({ qos }) => qos) }];
    case "publish": return Array.from({ length: times }, () => ({ cmd: "puback", messageId }));
    default: return [];
  }
});

describe("virtual modem: what was seen in the field", () => {
  for (const [name, family] of Object.entries(families)) {
    describe(name, () => {
      for (const [form, answer] of [["error", ERROR], ["cme", /^\r\n\+CME ERROR: ?4\r\n$/], ["ok", OK]] as const)
        it(`AT+CMEE? is answered as the variant cmee=${form} says, and AT+CMEE=1 is taken`, () => {
          const modem = simulate(family, { variants: { cmee: form } });
          assert.equal(modem.say("AT+CMEE=1"), OK);
          const said = modem.say("AT+CMEE?");
          if (typeof answer === "string") assert.equal(said, answer);
          else assert.match(said, answer);
        });

      it("cmee=unknown: neither form is known", () => {
        const modem = simulate(family, { variants: { cmee: "unknown" } });
        assert.equal(modem.say("AT+CMEE=1"), ERROR);
        assert.equal(modem.say("AT+CMEE?"), ERROR);
      });

      it("refuse: so many commands that begin so are answered with ERROR, and no other", () => {
        const modem = simulate(family, { faults: ["refuse:2,+CGATT?"] });
        assert.equal(modem.say("AT+CGATT?"), ERROR);
        assert.match(modem.say("AT+CSQ"), /OK/);
        assert.equal(modem.say("at+cgatt?"), ERROR);
        assert.match(modem.say("AT+CGATT?"), /\+CGATT: ?1\r\n\r\nOK/);
      });

      it("search: a scan is as long as it is, and begins anew for who leaves", () => {
        const modem = simulate(family, { faults: ["search:300000"] });
        assert.match(modem.say("AT+CGATT?", 200_000), /: ?0\r\n/);
        assert.match(modem.say("AT+CEREG?"), /0,2\r\n/);
        modem.say("AT+CGATT=0");
        modem.say("AT+CGATT=1", 250_000);
        assert.match(modem.say("AT+CGATT?", 50_000), /: ?0\r\n/);
        assert.match(modem.say("AT+CGATT?"), /: ?1\r\n/);
      });

      it("deny: the registration is denied for a while", () => {
        const modem = simulate(family, { faults: ["deny:60000"] });
        assert.match(modem.say("AT+CEREG?"), /0,3\r\n/);
        assert.match(modem.say("AT+CGATT?", 60_000), /: ?0\r\n/);
        assert.match(modem.say("AT+CGATT?"), /: ?1\r\n/);
      });

      it("registration=unknown: AT+CEREG? is an error", () => assert.equal(simulate(family, { variants: { registration: "unknown" } }).say("AT+CEREG?"), ERROR));

      for (const [simErrors, code] of [["300", "310"], ["10", "10"], ["words", "SIM not inserted"]] as const)
        it(`sim:absent is told as +CME ERROR: ${code} by simErrors=${simErrors}, until it is back`, () => {
          const modem = simulate(family, { variants: { simErrors, simReports: "present" }, faults: ["sim:absent,60000"] });
          modem.say("AT+CMEE=1");
          for (const command of ["AT+CGATT?", "AT+CPIN?"]) assert.match(modem.say(command), new RegExp(`^\r\n\\+CME ERROR: ?${code}\r\n$`));
          assert.ok(modem.watch(60_000).some(([, line]) => line === "+CPIN: READY"));
          assert.match(modem.say("AT+CGATT?"), /: ?1\r\n/);
        });

      it("sim:pin is a state of AT+CPIN?, and an error of AT+CGATT?", () => {
        const modem = simulate(family, { faults: ["sim:pin,60000"] });
        modem.say("AT+CMEE=1");
        assert.equal(modem.say("AT+CPIN?"), `\r\n+CPIN: SIM PIN\r\n${OK}`);
        assert.match(modem.say("AT+CGATT?"), /\+CME ERROR: ?311/);
      });
    });
  }

  it("a SIM that is taken out is reported", () => {
    const modem = simulate(m531x, { variants: { simReports: "present" }, faults: ["sim:absent,60000,2000", "sim:failure,60000,120000"] });
    const reports = modem.watch(200_000).map(([, line]) => line);
    assert.deepEqual(reports, ["+CPIN: SIM REMOVED", "+CPIN: READY", "+CPIN: NOT READY", "+CPIN: READY"]);
  });

  const config = 'AT+MQTTCFG="h",1883,"c",60,"u","p",1';
  const open = 'AT+MQTTOPEN=1,1,0,0,0,"",""';
  const china = (family: typeof m531x, variants: Record<string, string>, faults: string[] = [], times = 1): ReturnType<typeof simulate> => {
    const modem = simulate(family, { variants, faults }, repeating(times));
    for (const command of ["AT+CMEE=1", config, open]) modem.say(command);
    return modem;
  };
  const acks = (said: string): string[] => said.split("\r\n").filter((line) => line.startsWith("+MQTTPUBACK"));

  it("M531X: subackGranted=hex prints the codes of the guide's table", () =>
    assert.match(china(m531x, { subackGranted: "hex" }).say('AT+MQTTSUB="a",1'), /\+MQTTSUBACK: ?\d+,0x01,a\r\n/));

  for (const [name, family, publish] of [["M531X", m531x, 'AT+MQTTPUB="a",1,0,0,0,"x"'], ["ML302", ml302, 'AT+MQTTPUB="a",1,0,0,"x"']] as const) {
    const id = (line: string): string => /[:,] ?([^,: ]*)$/.exec(name === "M531X" ? line.replace(/,0$/, "") : line)![1];
    it(`${name}: packetIds=same shows 1 for each publish`, () => {
      const modem = china(family, { packetIds: "same" });
      assert.deepEqual([1, 2, 3].map(() => acks(modem.say(publish)).map(id)), [["1"], ["1"], ["1"]]);
    });

    it(`${name}: strayAcks=printed shows what the broker repeats, silent does not`, () => {
      assert.deepEqual(acks(china(family, { strayAcks: "printed" }, [], 3).say(publish)).map(id), ["1", "1", "1"]);
      assert.deepEqual(acks(china(family, {}, [], 3).say(publish)).map(id), ["1"]);
    });

    it(`${name}: repeat-ack writes the report twice`, () => {
      const modem = china(family, {}, ["repeat-ack"]);
      assert.deepEqual(acks(modem.say(publish)).map(id), ["1", "1"]);
      assert.deepEqual(acks(modem.say(publish)).map(id), ["2"]);
    });

    it(`${name}: damage-ack changes one bit of the id, or leaves it out`, () => {
      const field = name === "M531X" ? 1 : 2;
      const modem = china(family, {}, [`damage-ack:1,bit,${field}`]);
      assert.deepEqual(acks(modem.say(publish)).map(id), ["q"]);
      modem.modem.fault(`damage-ack:1,empty,${field}`);
      assert.deepEqual(acks(modem.say(publish)).map(id), [""]);
    });
  }

  it("ML302: AT+MQTTREC? has one field in older firmware", () => {
    assert.equal(simulate(ml302, { variants: { recQuery: "one-field" } }).say("AT+MQTTREC?"), `\r\n+MQTTREC: 1\r\n${OK}`);
    assert.equal(simulate(ml302).say("AT+MQTTREC?"), `\r\n+MQTTREC: 1,0\r\n${OK}`);
  });

  for (const [pubNotice, wanted] of [["none", []], ["result", ["+MQTTPUBEX:0,7,1,1", "+MQTTPUBEX:0,7,1,2"]], ["value", ["+MQTTPUBEX:0,7,,,1", "+MQTTPUBEX:0,7,,,2"]]] as const)
    it(`NM28: a publish that is sent again is reported as pubNotice=${pubNotice} says`, () => {
      const modem = simulate(nm28, { variants: { pubNotice } }, repeating(0));
      for (const command of ['AT+MQTTCFG="timeout",0,5,3,1', 'AT+MQTTOPEN=0,"h",1883', 'AT+MQTTCONN=0,"c","",""']) assert.match(modem.say(command), /OK/);
      modem.say('AT+MQTTPUBEX=0,7,1,0,0,"t",1', 100);
      modem.modem.receive(Buffer.from("x"));
      assert.deepEqual(modem.watch(12_000).map(([, line]) => line), wanted);
    });
});
