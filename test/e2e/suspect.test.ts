import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "modem-mqtt/node";
import { createVirtualModem } from "modem-mqtt/virtual-modem";
import { startAedes } from "./support/brokers";
import { within } from "./support/conformance/bench";

describe("connect()", () => {
  for (const [publishLength, suspect] of [["exact", false], ["long", true]] as const)
    it(`tells that a message is ${suspect ? "suspect, where the modem lies about its length" : "not suspect"}`, async () => {
      const broker = await startAedes();
      const modem = await createVirtualModem({ modem: "m531x", attachTime: 0, latencyScale: 0.1, variants: suspect ? { publishLength } : {} });
      const client = await connect({ serial: modem.path, modem: "m531x", host: "127.0.0.1", port: broker.port });
      await client.subscribe("a");
      const message = once(client, "message");
      await client.publish("a", "hello");
      const [, , packet] = await within(message, "no message");
      assert.equal(packet.suspect, suspect);
      await client.end();
      await modem.close();
      await broker.stop();
    });
});
