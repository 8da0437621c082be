import assert from "node:assert/strict";
import { FORMS, loadProvided } from "./support/host";
import { Uart } from "./support/models";
import { Board } from "../core/support/board";

for (const form of FORMS) describe(`The provider on Moddable, from its ${form}`, () => {
  const provided = (config: object, drivers?: readonly string[]) => loadProvided(config, drivers, form);
  const serial = { transmit: 17, receive: 16, port: 1, baud: 9600 };
  after(() => { delete (globalThis as { device?: unknown }).device; });

  it("gives the driver with care where that is in flash, and its pins the board's class", async () => {
    const board = new Board(), { Digital } = board;
    const { mqtt } = await loadProvided({ modem: { name: "m531x", serial, power: { key: { pin: 4, activeLow: true } } } }, ["m531x", "modem-mqtt/care/m531x"], form, { Digital });
    const client = new mqtt.io({ ...mqtt, host: "broker.example" });
    assert.deepEqual(board.events, ["open 4 output 1", "4 is 1"]);
    client.close();
    assert.equal(board.events.at(-1), "close 4");
  });

  it("gives device.network.mqtt as Moddable and as the standard have it, beside what was there", async () => {
    const { mqtt } = await provided({ modem: { name: "bc35g", serial } });
    assert.equal(mqtt.client.io, mqtt.io);
    assert.equal(mqtt.client.modem, mqtt.modem);
    for (const options of [mqtt, mqtt.client]) {
      const client = new mqtt.io({ ...options, host: "broker.example" });
      const { transmit, receive, port, baud } = Uart.last.options as Record<string, unknown>;
      assert.deepEqual({ transmit, receive, port, baud }, serial);
      client.close();
      assert(Uart.last.closed);
    }
  });

  it("gives the driver what else stands in config.modem", async () => {
    const { mqtt } = await provided({ modem: { name: "m531x", serial, ackTimeout: 61 } }, ["m531x"]);
    assert.throws(() => new mqtt.io({ ...mqtt, host: "broker.example" }), { code: "ARGUMENT_RANGE", argument: "modem.ackTimeout" });
  });

  it("refuses a second client of a modem that has one only, while the first one is there", async () => {
    const { mqtt } = await provided({ modem: { name: "bc35g", serial } });
    const client = new mqtt.io({ ...mqtt, host: "broker.example" });
    assert.throws(() => new mqtt.io({ ...mqtt, host: "broker.example" }), { code: "BUSY" });
    client.close();
    new mqtt.io({ ...mqtt, host: "broker.example" }).close();
  });

  it("takes the only driver that there is where config.modem names none", async () => {
    const { mqtt } = await provided({ modem: { serial, ackTimeout: 61 } }, ["m531x"]);
    assert.throws(() => new mqtt.io({ ...mqtt, host: "broker.example" }), { code: "ARGUMENT_RANGE", argument: "modem.ackTimeout" });
  });

  const INCLUDE = /include modem-mqtt's hosts\/moddable\/modems\/NAME\/manifest\.json, NAME being one of bc35g, m531x, ml302, nm28/;
  const WRONG: readonly (readonly [what: string, name: string | undefined, drivers: readonly string[], says: RegExp])[] = [
    ["no driver", "bc35g", [], INCLUDE],
    ["no driver and no name", undefined, [], INCLUDE],
    ["no name where there are two drivers", undefined, ["bc35g", "nm28"], /is included: bc35g, nm28; got /],
    ["another's driver", "nm28", ["bc35g"], /is included: bc35g; got /],
    ["a modem that there is not", "bg96", ["bc35g"], /is included: bc35g; got /],
  ];
  for (const [what, name, drivers, message] of WRONG)
    it(`says what is missing: ${what}`, () =>
      assert.rejects(provided({ modem: { name, serial } }, drivers), { code: "ARGUMENT_RANGE", argument: "config.modem.name", message }));

  it("says what is missing: no config.modem", () => assert.rejects(provided({}), { code: "ARGUMENT_TYPE", argument: "config.modem" }));

  it("gives the older class its client, which refuses what would be a connection that is not safe", async () => {
    const { Older } = await provided({ modem: { name: "bc35g", serial } });
    for (const option of ["secure", "Socket", "path", "socket"])
      assert.throws(() => new Older({ host: "broker.example", [option]: {} }), { code: "ARGUMENT_RANGE", argument: option });
    const client = new Older({ host: "broker.example", user: "u", password: Uint8Array.of(112).buffer, will: { topic: "t", message: "m", quality: 1 } });
    assert(!Uart.last.closed);
    client.close();
    assert(Uart.last.closed);
  });
});
