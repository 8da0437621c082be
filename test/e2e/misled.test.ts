import assert from "node:assert/strict";
import { createVirtualModem, type VirtualModem, type VirtualModemOptions } from "modem-mqtt/virtual-modem";
import { freePort, startAedes, type Broker } from "./support/brokers";
import { modemMqtt } from "./support/process";

describe("errors that misled", function () {
  let broker: Broker;
  let modem: VirtualModem;

  before(async () => {
    broker = await startAedes((aedes) => {
      aedes.authenticate = (_client, _user, password, done) =>
        password?.toString() === "right" ? done(null, true) : done(Object.assign(new Error(), { returnCode: 5 }), false);
    });
  });
  after(() => broker.stop());
  afterEach(() => modem.close());

  const begin = async (name: string, options: Partial<VirtualModemOptions> = {}): Promise<void> => {
    modem = await createVirtualModem({ modem: name, attachTime: 0, latencyScale: 0.1, ...options });
  };
  const fails = async (...args: string[]): Promise<string> => {
    const { status, stderr } = await modemMqtt(["pub", "--serial", modem.path, "-t", "t", "-m", "x", "-u", "u", "-P", "wrong", ...args]);
    assert.equal(status, 1);
    assert.match(stderr, /^modem-mqtt: [^\n]*\n$/);
    return stderr;
  };

  it("ML302: a wrong password, a wrong host and a closed port name host and port, and the credentials among the causes", async () => {
    await begin("ml302");
    const closed = String(await freePort());
    for (const [host, port] of [["127.0.0.1", String(broker.port)], ["no-such-host.invalid", "1883"], ["127.0.0.1", closed]] as const) {
      const said = await fails("--modem", "ml302", "-h", host, "-p", port);
      assert.ok(said.includes(`${host}:${port}`), said);
      assert.match(said, /check .*user name and password.*\(\+CME ERROR: \d+\)\n$/);
    }
  });

  it("M531X: the same", async () => {
    await begin("m531x");
    const said = await fails("--modem", "m531x", "-h", "127.0.0.1", "-p", String(await freePort()));
    assert.match(said, /no connection to 127\.0\.0\.1:\d+.*; check host, port, coverage, user name and password/);
  });

  for (const name of ["bc35g", "nm28"]) it(`${name}: a closed port names host and port, and what to check`, async () => {
    await begin(name, name === "nm28" ? { variants: { openFailure: "general" } } : {});
    const said = await fails("--modem", name, "-h", "127.0.0.1", "-p", String(await freePort()));
    assert.match(said, /no connection to 127\.0\.0\.1:\d+: .*check (host, port and coverage, and )?that the broker listens/);
  });

  it("a rate that is wrong, where the modem is named: which was tried, and how another is found", async () => {
    await begin("bc35g", { baud: 115_200, strictBaud: true });
    const said = await fails("--modem", "bc35g", "-h", "127.0.0.1", "-p", String(broker.port), "--boot-timeout", "2");
    assert.match(said, /no modem answers AT .* 2 s.*; only 9600 bit\/s was tried: --baud auto tries others\n$/);
    const asked = await modemMqtt(["info", "--serial", modem.path, "--modem", "bc35g", "--boot-timeout", "2"]);
    assert.equal(asked.status, 1);
    assert.match(asked.stderr, /no modem answers AT .* 2 s.*; only 9600 bit\/s was tried: --baud auto tries others\n$/);
  });

  it("-V 4 and its like are what help says, and what connect() calls protocolVersion", async () => {
    await begin("bc35g");
    for (const version of ["4", "311", "mqttv311", "3", "31", "mqttv31"]) {
      const { status, stderr } = await modemMqtt(["pub", "--serial", modem.path, "--modem", "bc35g", "-h", "127.0.0.1", "-p", String(broker.port), "-u", "u", "-P", "right",
        "-t", "t", "-m", "x", "-V", version, "-d"]);
      assert.equal(status, 0, stderr);
      assert.match(stderr, new RegExp(`AT\\+QMTCFG="version",0,${/4|311/.test(version) ? 4 : 3}\\\\r`));
    }
    const { stdout } = await modemMqtt(["pub", "--help"]);
    assert.match(stdout.toString().replace(/\s+/g, " "), /mqttv31 \(31, 3\) or mqttv311 \(311, 4\) \(default: mqttv311\)/);
  });

  it("help names the modems, and no document that a user has not got", async () => {
    await begin("bc35g");
    for (const command of [["pub"], ["sub"], ["info"], ["demo"], ["virtual-modem"], []]) {
      const { status, stdout } = await modemMqtt([...command, "--help"]);
      const text = stdout.toString().replace(/\s+/g, " ");
      assert.equal(status, 0);
      if (command.length > 0) assert.match(text, /--modem <name> [^-]*bc35g, m531x, ml302, nm28/, command.join(" "));
      assert.doesNotMatch(text, /\bS[1-4]\b|\bP\d+\b|dialects|\b[A-DX]-\d+\b/);
    }
  });
});
