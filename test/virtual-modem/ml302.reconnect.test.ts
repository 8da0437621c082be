// What an ML302 does when something goes wrong, in virtual time: S3 2.2 and 3.4, dialects 4.2 to 4.5, 7.4 and the
// failures of 16.3. The broker in memory acknowledges with PUBACK, echoes each publish, and is 50 ms away.

import assert from "node:assert/strict";
import ml302 from "../../hosts/virtual-modem/families/ml302";
import type { ModemOptions } from "../../hosts/virtual-modem/modem";
import { frame, peerNetwork, silentNetwork, simulate, type Simulation } from "./cmiot-bench";

const OK = frame("OK");
const error = (code: number): string => frame(`+CME ERROR: ${code}`);
const open = 'AT+MQTTOPEN=1,1,0,0,0,"",""';

function configured(options?: ModemOptions, host = "somewhere"): Simulation {
  const simulation = simulate(ml302, options);
  simulation.say("AT+CMEE=1");
  assert.equal(simulation.say(`AT+MQTTCFG="${host}",1883,"c",60,"u","p",1,"",0`), OK);
  return simulation;
}

function online(options?: ModemOptions): Simulation {
  const simulation = configured(options);
  const said = simulation.say(open);
  assert.ok([frame("+MQTTOPEN:OK") + OK, OK + frame("+MQTTOPEN:OK")].includes(said), said);
  return simulation;
}

const fault = ({ modem }: Simulation, ...specs: readonly string[]): void => specs.forEach((spec) => modem.fault(spec));
const state = (simulation: Simulation): string => /\+MQTTSTAT: (\d)/.exec(simulation.say("AT+MQTTSTAT?", 50))?.[1] ?? "";
const lines = (simulation: Simulation, duration: number): string[] => simulation.watch(duration).map(([, line]) => line);

describe("virtual modem, ML302: losing the connection", () => {
  it("loses three pings, tries after 4, 8 and 16 s, and gives up", () => {
    const simulation = online();
    fault(simulation, "drop-in:pingresp,0", "refused:0");
    assert.deepEqual(simulation.watch(600_000), [
      [119.1, "+MQTTTO:5"],
      [179.1, "+MQTTTO:5"],
      [239.1, "+MQTTTO:5"],
      [243.1, "+MQTTREC:0"],
      [251.1, "+MQTTREC:1"],
      [267.1, "+MQTTREC:2"],
      [267.1, "+CME ERROR: 615"],
      [267.1, "+MQTTDISC:OK"],
    ]);
    assert.equal(state(simulation), "0");
  });

  it("gives up without 615 (variant), and its lines have blanks (variant)", () => {
    const simulation = configured({ variants: { giveUpError: "absent", spacing: "tables" } });
    simulation.say(open);
    fault(simulation, "refused:0", "link-loss:1");
    assert.deepEqual(lines(simulation, 60_000), ["+MQTTREC:0", "+MQTTREC:1", "+MQTTREC:2", "+MQTTDISC: OK"]);
  });

  it("reconnects, forgetting the subscriptions, and counts its tries", () => {
    const simulation = online();
    simulation.say('AT+MQTTSUB="t",1');
    assert.equal(simulation.say('AT+MQTTSUB="t",1'), error(606));
    fault(simulation, "dns:2", "link-loss:1");
    assert.deepEqual(simulation.watch(13_000), [[4, "+MQTTREC:0"], [12, "+MQTTREC:1"]]);
    assert.equal(state(simulation), "0");
    assert.equal(simulation.say("AT+MQTTREC?", 50), frame("+MQTTREC: 1,2") + OK);
    assert.deepEqual(lines(simulation, 60_000), ["+MQTTREC:2", "+MQTTOPEN:OK"]);
    assert.equal(simulation.say("AT+MQTTREC?"), frame("+MQTTREC: 1,0") + OK);
    assert.equal(simulation.say("AT+MQTTSUB?"), frame("+MQTTSUB:") + OK);
    assert.equal(simulation.say('AT+MQTTSUB="t",1'), frame("+MQTTSUBACK:2,1,t") + OK);
  });

  it("does not reconnect when it is told not to, also in between", () => {
    const simulation = online();
    assert.equal(simulation.say("AT+MQTTREC=0"), OK);
    fault(simulation, "link-loss:1");
    // Nothing passed: the line came with the fault.
    assert.equal(state(simulation), "0");
    assert.equal(simulation.say(open), frame("+MQTTOPEN:OK") + OK);
    simulation.say("AT+MQTTREC=1");
    fault(simulation, "refused:0", "link-loss:1");
    assert.deepEqual(lines(simulation, 5000), ["+MQTTREC:0"]);
    simulation.say("AT+MQTTREC=0");
    assert.deepEqual(lines(simulation, 60_000), ["+CME ERROR: 615", "+MQTTDISC:OK"]);
  });

  it("says that it is gone at once when it does not reconnect", () => {
    const simulation = online();
    simulation.say("AT+MQTTREC=0");
    fault(simulation, "link-loss:1,500");
    assert.deepEqual(simulation.watch(60_000), [[0.5, "+MQTTDISC:OK"]]);
  });

  it("does not reconnect where TLS was asked for", () => {
    const simulation = simulate(ml302);
    simulation.say('AT+MQTTCFG="somewhere",1883,"c",60,"u","p",1,"2018-10-31",1');
    assert.equal(simulation.say(open), frame("+MQTTOPEN:OK") + OK);
    fault(simulation, "link-loss:1,500");
    assert.deepEqual(lines(simulation, 60_000), ["+MQTTDISC:OK"]);
  });

  for (const [tlsFailure, before] of [["silent", []], ["qmtopen", ["+QMTOPEN: 0,-1"]]] as const) {
    it(`fails to open with TLS: ${tlsFailure}`, () => {
      const simulation = simulate(ml302, { variants: { tlsFailure }, faults: ["refused"] });
      simulation.say("AT+CMEE=1");
      simulation.say('AT+MQTTCFG="somewhere",1883,"c",60,"u","p",1,"2018-10-31",1');
      assert.equal(simulation.say(open), frame(...before, "+CME ERROR: 603"));
    });
  }

  it("refuses what cannot be while it is at it", () => {
    const simulation = online();
    fault(simulation, "refused:0", "link-loss:1");
    assert.equal(simulation.say(open, 50), error(603));
    for (const command of ['AT+MQTTSUB="t",1', 'AT+MQTTUNSUB="t"', 'AT+MQTTPUB="t",0,0,0,"x"']) {
      assert.equal(simulation.say(command, 50), error(600), command);
    }
    assert.equal(simulation.say("AT+MQTTDISC", 50), frame("ERROR"));
    assert.equal(simulation.say('AT+MQTTCFG="h",1,"c",60,"u","p",1', 50), frame("ERROR"));
    assert.equal(simulation.say("AT+MQTTDEL", 50), OK);
    assert.deepEqual(lines(simulation, 60_000), []);
  });

  it("shows pings when asked to, in either spelling, after the keep-alive time or half of it", () => {
    for (const [variants, ping, times] of [
      [{}, "+MQTTPINGRSP: OK", 10],
      [{ pingWord: "PINGRESP", colon: "none" }, "+MQTTPINGRESP:OK", 10],
      [{ pingInterval: "half" }, "+MQTTPINGRSP: OK", 20],
    ] as const) {
      const simulation = configured({ variants });
      simulation.say(open);
      assert.equal(simulation.say("AT+MQTTPING=1"), OK);
      const pings = lines(simulation, 602_000);
      assert.deepEqual([...new Set(pings)], [ping]);
      assert.ok(Math.abs(pings.length - times) <= 1, `${pings.length} pings`);
    }
  });

  it("has states of its own", () => {
    const seen = new Set<string>();
    // OPEN holds its OK back, so a query can only come in the modem's own tries.
    for (let wait = -20; wait < 200; wait += 4) {
      const simulation = online();
      fault(simulation, "link-loss:1");
      simulation.watch(3990 + wait);
      seen.add(state(simulation));
    }
    assert.deepEqual([...seen].join(), "0,2,3,4,1");
  });
});

describe("virtual modem, ML302: commands that fail", () => {
  const timeouts: [command: string, drop: string, type: number, specific: number][] = [
    ['AT+MQTTSUB="u",1', "drop-in:suback", 3, 605],
    ['AT+MQTTUNSUB="t"', "drop-in:unsuback", 4, 618],
    ['AT+MQTTPUB="x",1,0,0,"m"', "drop-out:publish", 2, 612],
    ['AT+MQTTPUB="x",2,0,0,"m"', "drop-out:publish", 2, 610],
    ['AT+MQTTPUB="x",2,0,0,"m"', "drop-in:pubcomp", 2, 611],
  ];
  for (const [command, drop, type, specific] of timeouts) {
    it(`${command}: no acknowledgement`, () => {
      for (const [ackTimeoutFinal, final] of [["616", error(616)], ["specific", error(specific)], ["ok", OK]]) {
        for (const ackTimeout of ["reconnects", "stays"]) {
          const simulation = online({ variants: { ackTimeoutFinal, ackTimeout } });
          assert.match(simulation.say('AT+MQTTSUB="t",1'), /OK/);
          simulation.say("AT+MQTTTO=7");
          fault(simulation, drop);
          const before = drop === "drop-in:pubcomp" ? frame("+MQTTPUBREC:0,2", '+MQTTPUBLISH: 0,0,0,0,"x",1,m') : "";
          assert.equal(simulation.say(command, 6900), before);
          const after = ackTimeout === "stays" ? [] : ["+MQTTREC:0", "+MQTTOPEN:OK"];
          assert.deepEqual(lines(simulation, 60_000), [`+MQTTTO: ${type}`, final.trim(), ...after]);
        }
      }
    });
  }

  it("MQTTOPEN: the connection or CONNACK does not come", () => {
    const simulation = configured();
    fault(simulation, "drop-in:connack");
    assert.equal(simulation.say(open, 20_000), frame("+MQTTTO: 1") + error(604));
    assert.equal(simulation.say(open), frame("+MQTTOPEN:OK") + OK);
    assert.equal(configured({}, "nowhere").say(open, 20_000), error(603));
    const silent = simulate(ml302, {}, silentNetwork);
    silent.say("AT+CMEE=1");
    silent.say('AT+MQTTCFG="h",1883,"c",60,"u","p",1');
    assert.equal(silent.say(open, 20_000), frame("+MQTTTO: 1") + error(604));
  });

  it("MQTTOPEN: goes on by itself before it answers (variant)", () => {
    const options = { variants: { openRetry: "before-final" } };
    const failing = configured(options, "nowhere");
    assert.equal(failing.say(open, 60_000), frame("+MQTTREC:0", "+MQTTREC:1", "+MQTTREC:2") + error(615) + frame("+MQTTDISC:OK"));
    const silent = configured({ variants: { ...options.variants, giveUpError: "absent" } }, "nowhere");
    assert.equal(silent.say(open, 60_000), failing.say(open, 60_000));
    const late = configured({ ...options, faults: ["dns:2"] });
    assert.equal(late.say(open, 60_000), frame("+MQTTREC:0", "+MQTTREC:1", "+MQTTOPEN:OK") + OK);
    const refused = configured({ ...options, faults: ["connack:4"] });
    assert.equal(refused.say(open, 60_000), error(614));
  });

  it("is connected already, subscribed already, not subscribed, disconnected already", () => {
    const simulation = online();
    assert.equal(simulation.say(open), error(602));
    simulation.say('AT+MQTTSUB="t",1');
    assert.equal(simulation.say('AT+MQTTSUB="t",0'), error(606));
    assert.equal(simulation.say('AT+MQTTUNSUB="u"'), error(621));
    assert.equal(simulation.say("AT+MQTTDISC"), frame("+MQTTDISC: OK") + OK);
    assert.equal(simulation.say("AT+MQTTDISC"), frame("ERROR"));
    assert.equal(configured({ variants: { discError: "620" } }).say("AT+MQTTDISC"), error(620));
  });

  it("is refused a subscription, or granted less", () => {
    const sub = 'AT+MQTTSUB="t",1';
    const table: [variants: ModemOptions["variants"], fault: string, said: string, listed: boolean][] = [
      [{}, "suback", frame("+MQTTSUBACK:1,128,t") + OK, false],
      [{ subackRefused: "0x80" }, "suback", frame("+MQTTSUBACK:1,0x80,t") + OK, false],
      [{ refusedSuback: "605" }, "suback", error(605), false],
      [{}, "suback:1,0", frame("+MQTTSUBACK:1,0,t") + OK, true],
      [{ downgrade: "605" }, "suback:1,0", error(605), false],
      [{ downgrade: "timeout", ackTimeout: "stays" }, "suback:1,0", frame("+MQTTTO: 3") + error(616), false],
    ];
    for (const [variants, spec, said, listed] of table) {
      const simulation = online({ variants });
      fault(simulation, spec);
      assert.equal(simulation.say(sub, 11_000), said, JSON.stringify(variants));
      assert.equal(simulation.say("AT+MQTTSUB?"), frame(listed ? "+MQTTSUB:\r\nt" : "+MQTTSUB:") + OK);
    }
  });

  it("reports packets from the broker that cannot be read", () => {
    const table: [packet: string, command: string, said: string][] = [
      ["publish", 'AT+MQTTPUB="t",1,0,0,"m"', frame("+MQTTPUBACK:0,2") + OK + error(609)],
      ["puback", 'AT+MQTTPUB="x",1,0,0,"m"', error(612) + frame('+MQTTPUBLISH: 0,0,0,0,"x",1,m')],
      ["suback", 'AT+MQTTSUB="u",1', error(605)],
      ["pubrel", "AT", OK],
    ];
    for (const [packet, command, said] of table) {
      const simulation = online();
      simulation.say('AT+MQTTSUB="t",1');
      fault(simulation, `malformed:${packet}`);
      assert.equal(simulation.say(command), said);
      // Nothing else follows, and the connection is as it was.
      assert.deepEqual(lines(simulation, 60_000), []);
      assert.equal(state(simulation), "1");
    }
  });

  it("reports a packet that only a client sends", () => {
    const peer = peerNetwork(({ cmd }) => {
      if (cmd === "connect") return [{ cmd: "connack", returnCode: 0, sessionPresent: false }, { cmd: "pingreq" }];
      return cmd === "publish" ? [{ cmd: "pubrec", messageId: 77 }, { cmd: "pubrel", messageId: 78 }] : [];
    });
    const simulation = simulate(ml302, {}, peer);
    simulation.say('AT+MQTTCFG="h",1883,"c",60,"u","p",1');
    assert.equal(simulation.say(open), frame("+MQTTOPEN:OK") + OK + error(607));
    // PUBREC and PUBREL of something unknown are answered, as MQTT asks, and are no news.
    assert.equal(simulation.say('AT+MQTTPUB="t",0,0,0,"x"'), OK);
    assert.equal(state(simulation), "1");
  });

  it("says OK first, and reports the failure alone (variant)", () => {
    const simulation = configured({ variants: { okOrder: "before", openError: "bare" }, faults: ["refused"] });
    assert.equal(simulation.say(open), OK + frame("+CME ERROR"));
    assert.equal(simulation.say(open), OK + frame("+MQTTOPEN:OK"));
    fault(simulation, "drop-in:puback");
    assert.equal(simulation.say('AT+MQTTPUB="t",1,0,0,"x"'), OK + frame('+MQTTPUBLISH: 0,0,0,0,"t",1,x'));
    assert.deepEqual(lines(simulation, 60_000), ["+MQTTTO: 2", "+CME ERROR: 616", "+MQTTREC:0", "+MQTTOPEN:OK"]);
  });

  it("loses the link with the network", () => {
    const simulation = online();
    assert.equal(simulation.say("AT+CGATT=0"), OK);
    assert.deepEqual(lines(simulation, 60_000), ["+MQTTREC:0", "+MQTTREC:1", "+MQTTREC:2", "+CME ERROR: 615", "+MQTTDISC:OK"]);
    assert.equal(simulation.say(open), error(600));
  });

  it("reports a packet that cannot be sent, and the loss of the link to what waits", () => {
    const simulation = online();
    fault(simulation, "send");
    assert.equal(simulation.say('AT+MQTTPUB="t",1,0,0,"m"'), error(608));
    assert.deepEqual(lines(simulation, 60_000), ["+MQTTREC:0", "+MQTTOPEN:OK"]);
    fault(simulation, "drop-in:puback", "link-loss:1,500");
    assert.equal(simulation.say('AT+MQTTPUB="t",1,0,0,"m"'), frame('+MQTTPUBLISH: 0,0,0,0,"t",1,m') + error(617));
  });

  it("609 comes between a command and its result", () => {
    const simulation = online({ faults: ["inject:before-answer,\\r\\n+CME ERROR: 609\\r\\n"], start: "running" });
    assert.equal(simulation.say('AT+MQTTSUB="x",1'), frame("+MQTTSUBACK:1,1,x") + OK);
    simulation.modem.inject(Buffer.from(error(609)), "before-answer");
    assert.equal(simulation.say('AT+MQTTSUB="y",1'), error(609) + frame("+MQTTSUBACK:2,1,y") + OK);
  });

  it("a message comes between the result and OK (variant)", () => {
    const simulation = online({ variants: { okPause: "pause" } });
    assert.equal(
      simulation.say('AT+MQTTPUB="pyr",1,0,0,"{\\"t\\":21.5}"'),
      frame("+MQTTPUBACK:0,1", '+MQTTPUBLISH: 0,0,0,0,"pyr",10,{"t":21.5}') + OK,
    );
  });

  it("the link goes while the host types", () => {
    const simulation = online();
    assert.equal(simulation.say('AT+MQTTPUB="t",0,0,0,5'), "\r\n> ");
    fault(simulation, "link-loss:1");
    assert.equal(simulation.say("hell"), error(600));
    assert.deepEqual(lines(simulation, 60_000), ["+MQTTREC:0", "+MQTTOPEN:OK"]);
  });

  it("a packet is longer than the modem's buffer", () => {
    const simulation = online();
    simulation.say('AT+MQTTPUB="t",1,0,0,2048');
    assert.equal(simulation.say("x".repeat(2047)), error(608));
    assert.equal(state(simulation), "1");
  });
});
