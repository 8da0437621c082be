import { hasMosquitto, startMosquitto, type Broker } from "./support/brokers";
import { Bench, Listener } from "./support/conformance/bench";
import { losses } from "./support/conformance/losses";
import { messages } from "./support/conformance/messages";
import { sessions } from "./support/conformance/sessions";
import { families } from "./support/families";

// One suite for all families: what is different about one is a row of support/families.ts.

const suite = hasMosquitto ? describe : describe.skip;

suite("conformance: connect(), serial port, virtual modem, mosquitto and its clients", function () {
  let broker: Broker;
  let listener: Listener;

  before(async () => {
    broker = await startMosquitto();
    listener = new Listener(broker.port, "-t", "out/#");
    await listener.ready();
  });

  after(async () => {
    await listener.stop();
    await broker.stop();
  });

  for (const [name, facts] of families) {
    describe(name, () => {
      let bench: Bench;

      before(() => {
        bench = new Bench(name, broker, listener);
      });

      // Nothing of one test is left for the next one.
      afterEach(() => void listener.rest());

      after(async () => {
        await bench.end(true);
        await bench.kill();
      });

      describe("sessions", () => sessions(facts, () => bench));
      describe("messages", () => messages(facts, () => bench));
      describe("losses", () => losses(facts, () => bench));
    });
  }
});
