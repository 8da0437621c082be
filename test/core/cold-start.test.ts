// From a module as it comes out of its box to a connection: off, at another rate than the host's port, with its echo on, its radio off,
// a SIM that wants its PIN, no access point, and a first search of five minutes.
import { equal, sameLines } from "./support/check";
import { ALL, ColdStart, KINDS, type Coldness } from "./support/cold";
import { bytesOf } from "./support/exchange";

/** It is online, and messages go through. */
function mustWork(cold: ColdStart, what: string): void {
  equal(cold.session.state, "online", `${what}: ${cold.events.join(", ")}`);
  cold.session.publish(new Uint8Array(bytesOf("21.5")), { topic: "meter/1", QoS: 1 });
  cold.pass(1000);
  equal(cold.published.at(-1), "21.5", what);
  equal(cold.tooEarly, 0, `${what}: MQTT before there is a network`);
  equal(cold.pins <= cold.starts, true, `${what}: ${cold.pins} times the PIN`);
}

for (const kind of KINDS) describe(`${kind.name}, cold start`, () => {
  it("off, another rate, echo, radio off, PIN, access point, and five minutes of searching: it ends connected", () => {
    const cold = new ColdStart(kind, ALL);
    cold.pass(60_000);
    equal(cold.events.every((event) => /^(connecting|waiting MODEM_SILENT)$/.test(event)), true, cold.events.join());
    equal(cold.commands.length, 0, "commands to a modem that is off");
    cold.start();
    cold.pass(150_000);
    equal(cold.pins, 1, "times the PIN was given");
    cold.pass(100_000);
    equal(cold.registrations.at(-1), "searching");
    equal(cold.longest > 150, true, `${cold.longest} seconds told`);
    cold.pass(200_000);
    mustWork(cold, "all at once");
    equal(cold.pins, 1, "times the PIN was given");
    equal(cold.commands.filter((line) => line === kind.context).length, 1, "times the access point was set");
    equal(cold.commands.filter((line) => line === kind.restart || /CGATT=/.test(line)).length, 0, "times the search was begun anew");
  });

  for (const [what, coldness] of Object.entries<Coldness>({
    "a modem that is at work": {}, "another rate": { otherRate: true }, "its echo": { echo: true }, "a radio that is off": { radioOff: true }, "a locked SIM": { locked: true },
    "no access point": { noAPN: true }, "five minutes of searching": { search: 300_000 }, "a locked SIM and no access point": { locked: true, noAPN: true },
    "a radio that is off, and no access point": { radioOff: true, noAPN: true },
  }))
    it(`${what} alone`, () => {
      const cold = new ColdStart(kind, coldness);
      cold.pass(420_000);
      mustWork(cold, what);
      sameLines(cold.events.filter((event) => event.includes(" ")), [], "errors");
    });

  it("switched on at any moment of the host's looking for it", () => {
    for (let at = 0; at <= 72_000; at += 4500) {
      const cold = new ColdStart(kind, { ...ALL, search: 20_000 });
      cold.pass(at);
      cold.start();
      cold.pass(240_000);
      mustWork(cold, `after ${at} ms`);
      equal(cold.pins, 1, `after ${at} ms: times the PIN was given`);
    }
  });

  it("a SIM that was busy for so long that the network was waited for already has its PIN entered all the same", () => {
    const cold = new ColdStart(kind, { locked: true, busy: 30_000, search: 20_000 });
    cold.pass(120_000);
    mustWork(cold, "a busy SIM");
    sameLines(cold.events, ["restoring", "online"]);
    equal(cold.pins, 1, "times the PIN was given");
  });

  it("another locked SIM that is put in while the network is waited for has its PIN entered, once", () => {
    const cold = new ColdStart(kind, { locked: true, search: 60_000 });
    cold.pass(30_000);
    cold.starts++; // the other card may be given the PIN, too
    cold.changeCard();
    cold.pass(120_000);
    mustWork(cold, "another SIM");
    sameLines(cold.events, ["restoring", "online"]);
    equal(cold.pins, 2, "times the PIN was given");
  });

  it("losing its power in the middle of the search: all is done again, the PIN too, for the card asks again", () => {
    const cold = new ColdStart(kind, { ...ALL, off: false, otherRate: false });
    cold.pass(100_000);
    equal(cold.pins, 1, "times the PIN was given");
    cold.start();
    cold.pass(420_000);
    mustWork(cold, "after a second start");
    equal(cold.pins, 2, "times the PIN was given");
  });

  it("what the application's setup says is done once in each start, before the network is waited for", () => {
    const cold = new ColdStart(kind, { ...ALL, off: false, otherRate: false }, { setup: ["AT+CSCON=1", { command: "AT+CTZR=1", optional: true }] });
    cold.pass(420_000);
    mustWork(cold, "with setup");
    const own = cold.commands.filter((line) => /CSCON|CTZR/.test(line));
    sameLines(own, ["AT+CSCON=1", "AT+CTZR=1"]);
    equal(cold.commands.indexOf("AT+CTZR=1") < cold.commands.indexOf("AT+CEREG?"), true, "before the network is waited for");
  });
});
