// What an M531X does when something is lost, in virtual time: S2 2.4, dialects 3.6 and the failures of 16.2. The
// broker in memory acknowledges with PUBACK, echoes each publish, and is 50 ms away.

import assert from "node:assert/strict";
import type { Packet } from "mqtt-packet";
import m531x from "../../hosts/virtual-modem/families/m531x";
import type { ModemOptions } from "../../hosts/virtual-modem/modem";
import { frame, peerNetwork, silentNetwork, simulate, type Simulation } from "./cmiot-bench";

const OK = frame("OK");
const connack: Packet = { cmd: "connack", returnCode: 0, sessionPresent: false };

function online(options?: ModemOptions, { keepalive = 60, clean = 1, model = "" } = {}): Simulation {
  const simulation = simulate(m531x, options);
  simulation.say("AT+CMEE=1");
  assert.equal(simulation.say(`AT+MQTTCFG="somewhere",1883,"c",${keepalive},"u","p",${clean}${model}`), OK);
  assert.equal(simulation.say('AT+MQTTOPEN=1,1,0,0,0,"",""'), OK + frame("+MQTTOPEN:OK"));
  return simulation;
}

const fault = ({ modem }: Simulation, ...specs: readonly string[]): void => specs.forEach((spec) => modem.fault(spec));
const state = (simulation: Simulation): string => /\+MQTTSTAT:(\d)/.exec(simulation.say("AT+MQTTSTAT?", 50))?.[1] ?? "";

describe("virtual modem, M531X: losing the connection", () => {
  it("pings, says so when asked, and keeps a connection for a day", () => {
    const simulation = online();
    assert.deepEqual(simulation.watch(24 * 3_600_000), []);
    simulation.say("AT+MQTTPING=1", 0);
    // Some ping or other comes within a keep-alive time, and then one each.
    const pings = simulation.watch(600_000).map(([, line]) => line);
    assert.deepEqual(new Set(pings), new Set(["OK", "+MQTTPINGRESP:OK"]));
    assert.ok(pings.length >= 10 && pings.length <= 12, pings.join());
    assert.equal(state(simulation), "5");
  });

  it("spells the ping answer as it is told to", () => {
    for (const [variants, line] of [
      [{ pingWord: "PINGRSP" }, "+MQTTPINGRSP:OK"],
      [{ pingWord: "PINGRSP", colon: "space" }, "+MQTTPINGRSP: OK"],
    ] as const) {
      const simulation = simulate(m531x, { variants });
      simulation.say('AT+MQTTCFG="somewhere",1883,"c",60,"u","p",1');
      simulation.say('AT+MQTTOPEN=1,1,0,0,0,"",""');
      simulation.say("AT+MQTTPING=1");
      assert.deepEqual([...new Set(simulation.watch(120_000).map(([, text]) => text))], [line]);
    }
  });

  it("loses three pings, then reconnects by itself", () => {
    const simulation = online();
    fault(simulation, "drop-in:pingresp,3");
    // The first ping went out 60 s after the last packet; each is missed when the next is due.
    assert.deepEqual(simulation.watch(300_000), [
      [119.1, "+MQTTTO:5"],
      [179.1, "+MQTTTO:5"],
      [239.1, "+MQTTTO:5"],
      [243.1, "+MQTTREC:0"],
      [243.3, "+MQTTOPEN:OK"],
    ]);
    assert.equal(state(simulation), "5");
  });

  it("forgets a lost ping when the next is answered", () => {
    const simulation = online();
    fault(simulation, "drop-in:pingresp,1");
    assert.deepEqual(simulation.watch(600_000).map(([, line]) => line), ["+MQTTTO:5"]);
  });

  it("tries after 4, 8 and 16 s, then gives up", () => {
    const simulation = online();
    fault(simulation, "refused:0", "link-loss:1");
    assert.equal(state(simulation), "4");
    assert.deepEqual(simulation.watch(600_000).map(([, line]) => line), ["+MQTTREC:0", "+MQTTREC:1", "+MQTTREC:2", "+MQTTDISC:OK"]);
    assert.equal(state(simulation), "2");
    assert.equal(simulation.say("AT+MQTTDISC"), frame("+CME ERROR: 3"));
    simulation.modem.clearFaults();
    assert.equal(simulation.say('AT+MQTTOPEN=1,1,0,0,0,"",""'), OK + frame("+MQTTOPEN:OK"));
  });

  for (const scale of [1, 0.5, 5]) {
    it(`takes ${scale} times the time with latencyScale ${scale}`, () => {
      const simulation = online({ latencyScale: scale });
      fault(simulation, "refused:0", "link-loss:1");
      assert.deepEqual(simulation.watch(600_000), [
        [4 * scale, "+MQTTREC:0"],
        [12 * scale, "+MQTTREC:1"],
        [28 * scale, "+MQTTREC:2"],
        [28 * scale, "+MQTTDISC:OK"],
      ]);
    });
  }

  it("succeeds at the second try", () => {
    const simulation = online();
    fault(simulation, "dns:1", "link-loss:1");
    assert.deepEqual(simulation.watch(60_000), [[4, "+MQTTREC:0"], [12, "+MQTTREC:1"], [12.1, "+MQTTOPEN:OK"]]);
    // The next loss begins with 4 s again.
    fault(simulation, "link-loss:1");
    assert.deepEqual(simulation.watch(60_000), [[4, "+MQTTREC:0"], [4.1, "+MQTTOPEN:OK"]]);
  });

  it("forgets the subscriptions and what is in flight", () => {
    const simulation = online();
    assert.match(simulation.say('AT+MQTTSUB="t",1'), /\+MQTTSUBACK:1,1,t/);
    fault(simulation, "drop-in:puback,1");
    assert.equal(simulation.say('AT+MQTTPUB="x",1,0,0,0,"m"').startsWith(OK), true);
    assert.match(simulation.say("AT+MQTTSUB?"), /\r\nt\r\n/);
    fault(simulation, "link-loss:1");
    assert.deepEqual(simulation.watch(60_000).map(([, line]) => line), ["+MQTTREC:0", "+MQTTOPEN:OK"]);
    assert.equal(simulation.say("AT+MQTTSUB?"), frame("+MQTTSUB:") + OK);
    // Ids go on.
    assert.match(simulation.say('AT+MQTTSUB="t",1'), /\+MQTTSUBACK:3,1,t/);
  });

  it("gives up at once where TLS was asked for", () => {
    const simulation = online({ variants: { model: "m5311", spacing: "m5310a" } }, { model: ",1" });
    fault(simulation, "link-loss:1");
    assert.deepEqual(simulation.watch(60_000), []);
    assert.equal(state(simulation), "2");
  });

  it("loses the connection with the network, and reconnects when it is back", () => {
    const simulation = online();
    fault(simulation, "detach:10000");
    assert.deepEqual(simulation.watch(60_000), [[4, "+MQTTREC:0"], [12, "+MQTTREC:1"], [12.1, "+MQTTOPEN:OK"]]);
  });

  it("refuses commands of the host while it is at it, but MQTTDEL", () => {
    const simulation = online();
    fault(simulation, "refused:0", "link-loss:1");
    const notAllowed = frame("+CME ERROR: 3");
    for (const command of [
      'AT+MQTTOPEN=1,1,0,0,0,"",""', 'AT+MQTTSUB="t",1', 'AT+MQTTUNSUB="t"', 'AT+MQTTPUB="t",0,0,0,0,"x"', "AT+MQTTDISC",
      'AT+MQTTCFG="h",1,"c",60,"u","p",1',
    ]) {
      assert.equal(simulation.say(command, 100), notAllowed, command);
    }
    assert.equal(simulation.say("AT+MQTTDEL", 100), OK);
    assert.deepEqual(simulation.watch(600_000), []);
    assert.equal(state(simulation), "0");
  });

  const timeouts: [command: string, drop: string, line: string][] = [
    ['AT+MQTTSUB="t",1', "drop-in:suback", "+MQTTTO:3"],
    ['AT+MQTTUNSUB="t"', "drop-in:unsuback", "+MQTTTO:4"],
    ['AT+MQTTPUB="t",1,0,0,0,"x"', "drop-out:publish", "+MQTTTO:2"],
    ['AT+MQTTPUB="t",2,0,0,0,"x"', "drop-out:publish", "+MQTTTO:2"],
  ];
  for (const [command, drop, line] of timeouts) {
    it(`${line} after ${command}: the modem reconnects, or only says so (variant)`, () => {
      for (const ackTimeout of ["reconnects", "stays"]) {
        const simulation = online({ variants: { ackTimeout } });
        assert.equal(simulation.say("AT+MQTTTO=7"), OK);
        fault(simulation, drop);
        assert.equal(simulation.say(command), OK);
        const after = ackTimeout === "stays" ? [] : [[10, "+MQTTREC:0"], [10.1, "+MQTTOPEN:OK"]];
        assert.deepEqual(simulation.watch(60_000), [[6, line], ...after]);
        assert.equal(state(simulation), "5");
      }
    });
  }

  it("MQTTOPEN: a TCP connection that never comes up", () => {
    const simulation = simulate(m531x, {}, silentNetwork);
    simulation.say('AT+MQTTCFG="h",1883,"c",60,"u","p",1');
    assert.equal(simulation.say('AT+MQTTOPEN=1,1,0,0,0,"",""'), OK);
    assert.deepEqual(simulation.watch(200_000), [
      [9, "+MQTTTO:1"], [13, "+MQTTREC:0"], [31, "+MQTTREC:1"], [57, "+MQTTREC:2"], [67, "+MQTTDISC:OK"],
    ]);
  });

  it("MQTTOPEN: a name that is not found", () => {
    const simulation = simulate(m531x);
    simulation.say('AT+MQTTCFG="nowhere",1883,"c",60,"u","p",1');
    assert.equal(simulation.say('AT+MQTTOPEN=1,1,0,0,0,"",""'), OK);
    const lines = simulation.watch(100_000).map(([, line]) => line);
    assert.deepEqual(lines, ["+MQTTREC:0", "+MQTTREC:1", "+MQTTREC:2", "+MQTTDISC:OK"]);
  });

  it("MQTTOPEN: CONNECT that is not answered", () => {
    const simulation = simulate(m531x);
    simulation.say('AT+MQTTCFG="somewhere",1883,"c",60,"u","p",1');
    fault(simulation, "drop-in:connack,4");
    assert.equal(simulation.say('AT+MQTTOPEN=1,1,0,0,0,"",""'), OK);
    assert.deepEqual(simulation.watch(200_000).map(([, line]) => line), [
      "+MQTTTO:1", "+MQTTREC:0", "+MQTTTO:1", "+MQTTREC:1", "+MQTTTO:1", "+MQTTREC:2", "+MQTTTO:1", "+MQTTDISC:OK",
    ]);
  });

  for (const code of [1, 2, 3, 4, 5]) {
    const retried = code === 1 || code === 3;
    it(`MQTTOPEN: CONNACK ${code} ${retried ? "is tried again" : "is the end"}`, () => {
      const simulation = simulate(m531x);
      simulation.say('AT+MQTTCFG="somewhere",1883,"c",60,"u","p",1');
      fault(simulation, `connack:${code}`);
      assert.equal(simulation.say('AT+MQTTOPEN=1,1,0,0,0,"",""'), OK + frame("+MQTTOPEN:FAIL"));
      const after = simulation.watch(60_000).map(([, line]) => line);
      assert.deepEqual(after, retried ? ["+MQTTREC:0", "+MQTTOPEN:OK"] : []);
    });
  }

  it("stops when credentials are refused in between", () => {
    const simulation = online();
    fault(simulation, "connack:5", "link-loss:1");
    assert.deepEqual(simulation.watch(60_000), [[4, "+MQTTREC:0"], [4.1, "+MQTTOPEN:FAIL"], [4.1, "+MQTTDISC:OK"]]);
  });

  it("MQTTOPEN: the link is lost, or the peer closes, before it is connected", () => {
    for (const wait of [30, 60, 100]) {
      const simulation = simulate(m531x);
      simulation.say('AT+MQTTCFG="somewhere",1883,"c",60,"u","p",1');
      simulation.say('AT+MQTTOPEN=0,0,0,0,0,"",""', wait);
      fault(simulation, "link-loss:1");
      assert.deepEqual(simulation.watch(60_000).map(([, line]) => line), ["+MQTTREC:0", "+MQTTOPEN:OK"]);
    }
    const closed = simulate(m531x, {}, peerNetwork(() => ["end"]));
    closed.say('AT+MQTTCFG="somewhere",1883,"c",60,"u","p",1');
    assert.equal(closed.say('AT+MQTTOPEN=0,0,0,0,0,"",""'), OK);
    const lines = closed.watch(60_000).map(([, line]) => line);
    assert.deepEqual(lines, ["+MQTTREC:0", "+MQTTREC:1", "+MQTTREC:2", "+MQTTDISC:OK"]);
  });

  it("MQTTOPEN: fails for good where TLS was asked for", () => {
    for (const [openResult, line] of [["words", "+MQTTOPEN:FAIL"], ["codes", "+MQTTOPEN: 3,0"]]) {
      const simulation = simulate(m531x, { variants: { model: "m5313", openResult }, faults: ["refused"] });
      simulation.say('AT+MQTTCFG="somewhere",1883,"c",60,"u","p",1,1');
      assert.equal(simulation.say('AT+MQTTOPEN=1,1,0,0,0,"",""'), OK + frame(line));
      assert.deepEqual(simulation.watch(60_000), []);
    }
  });

  it("MQTTDISC: closes by itself when the broker does not, and with the network", () => {
    const silent = simulate(m531x, {}, peerNetwork(({ cmd }) => (cmd === "connect" ? [connack] : [])));
    silent.say('AT+MQTTCFG="somewhere",1883,"c",60,"u","p",1');
    silent.say('AT+MQTTOPEN=1,1,0,0,0,"",""');
    assert.equal(silent.say("AT+MQTTDISC", 1000), OK);
    assert.equal(state(silent), "2");
    assert.deepEqual(silent.watch(60_000).map(([, line]) => line), ["+MQTTDISC: OK"]);
    const gone = online();
    gone.say("AT+MQTTDISC", 30);
    fault(gone, "detach:60000,5");
    assert.deepEqual(gone.watch(60_000).map(([, line]) => line), ["+MQTTDISC: OK"]);
  });

  it("goes through every state", () => {
    const seen = new Set<string>();
    // One query each, later and later into the opening: the modem takes 10 ms to answer.
    for (let wait = 1; wait < 200; wait += 4) {
      const simulation = simulate(m531x);
      simulation.say('AT+MQTTCFG="somewhere",1883,"c",60,"u","p",1');
      simulation.say('AT+MQTTOPEN=1,1,0,0,0,"",""', wait);
      seen.add(state(simulation));
    }
    assert.deepEqual([...seen].join(), "6,7,3,5");
  });

  it("does nothing more after it is switched off", () => {
    const simulation = online();
    fault(simulation, "refused:0", "link-loss:1");
    simulation.modem.restart("power");
    const [, ...rest] = simulation.watch(600_000);
    assert.deepEqual(rest, []);
    simulation.modem.close();
    simulation.clock.pass(1e6);
    assert.equal(simulation.clock.waiting, 0);
  });

  it("reports packets that cannot be sent by losing the link", () => {
    const simulation = online();
    fault(simulation, "send");
    assert.equal(simulation.say('AT+MQTTPUB="t",1,0,0,0,"x"'), OK);
    assert.deepEqual(simulation.watch(60_000).map(([, line]) => line), ["+MQTTREC:0", "+MQTTOPEN:OK"]);
  });

  it("drops a packet that cannot be read, and times out", () => {
    const simulation = online({ variants: { ackTimeout: "stays" } });
    fault(simulation, "malformed:puback");
    assert.match(simulation.say('AT+MQTTPUB="t",1,0,0,0,"x"'), /^\r\nOK\r\n\r\n\+MQTTPUBLISH:/);
    assert.deepEqual(simulation.watch(60_000).map(([, line]) => line), ["+MQTTTO:2"]);
  });
});
