import assert from "node:assert/strict";
import { inspect } from "node:util";
import { connect } from "modem-mqtt/node";
import { createVirtualModem } from "modem-mqtt/virtual-modem";
import { startAedes, type Broker } from "./support/brokers";
import { modemMqtt } from "./support/process";

const SECRET = "s3cr3t-Pa55";

// test/simulation/secrets.test.ts has every command and every failure; this is the way to people's eyes.
for (const modem of ["bc35g", "m531x", "ml302", "nm28"]) describe(`${modem}: a password is shown to nobody`, function () {
  let broker: Broker;

  before(async () => {
    broker = await startAedes();
  });

  after(() => broker.stop());

  for (const fault of [null, "connack:4", "dns:1", "no-final:1"]) it(`by modem-mqtt pub -d, ${fault === null ? "when all goes well" : `with the fault ${fault}`}`, async () => {
    const virtual = await createVirtualModem({ modem, attachTime: 0, latencyScale: 0.1, echo: true, faults: fault === null ? [] : [fault] });
    const { status, stdout, stderr } = await modemMqtt(
      ["pub", "--serial", virtual.path, "--modem", modem, "-h", "127.0.0.1", "-p", String(broker.port), "-i", "meter-1", "-u", "u", "-P", SECRET, "-t", "t", "-m", "x", "-d"]);
    await virtual.close();
    if (fault === null || fault.startsWith("connack")) assert.equal(status, fault === null ? 0 : 1, stderr);
    assert.match(stderr, /→ AT/);
    if (fault !== "dns:1") assert.match(stderr, /\*\*\*/);
    assert.ok(!`${stdout}${stderr}`.includes(SECRET), stderr);
  });

  it("by the client of connect(), its options and its errors, to whoever prints them", async () => {
    const virtual = await createVirtualModem({ modem, attachTime: 0, latencyScale: 0.1 });
    const options = { serial: virtual.path, modem, host: "127.0.0.1", port: broker.port, username: "u", password: SECRET, reconnectPeriod: 0 };
    const client = await connect(options);
    const printed = [inspect(client, { depth: Infinity, showHidden: true }), JSON.stringify(client), String(client)];
    virtual.fault("restart");
    printed.push(await client.publish("t", "x", { qos: 1 }).then(() => "", (error) => inspect(error, { depth: Infinity, showHidden: true })));
    await client.end(true);
    virtual.fault("connack:5");
    printed.push(await connect(options).then(() => "", (error) => inspect(error, { depth: Infinity, showHidden: true })));
    assert.notEqual(printed.at(-1), "");
    await virtual.close();
    for (const text of printed) assert.ok(!text.includes(SECRET), text);
  });
});
