import assert from "node:assert/strict";
import { findBaud, findModem, readModemInfo } from "modem-mqtt/node";
import { createVirtualModem, type VirtualModem, type VirtualModemOptions } from "modem-mqtt/virtual-modem";
import { openSerial } from "../support/serial";
import { startAedes, type Broker } from "./support/brokers";
import { families } from "./support/families";
import { modemMqtt, start } from "./support/process";

const ATTACHED = { sim: "ready", signal: -67, registration: "registered at home", attached: true, operator: "46000" };

/** What the virtual modems say of themselves: their families' files, where the sources are. */
const KNOWN: Readonly<Record<string, object>> = {
  bc35g: {
    maker: "Quectel", model: "BC35GJB-02-STD", product: "Quectel\nBC35-G\nRevision:BC35GJBR01A01", imei: "490154203237511", iccid: "44123456789012345678",
    firmware: "SSB,V150R100C10B200SP1\nSECURITY_A,V150R100C20B300SP2\nPROTOCOL_A,V150R100C20B300SP2\nAPPLICATION_A,V150R100C20B300SP2\nSECURITY_B,V150R100C20B300SP2\nRADIO,Hi2115_RF1",
  },
  m531x: { maker: "CMIOT", model: "M5310-A", product: "CMIOT\nM5310-A\nRevision:M5310-A_V150R100C10B300", firmware: "M5310-A_V150R100C10B300", imei: "864345030000015", iccid: "89860401101730612345" },
  ml302: { maker: "CMIOT", model: "ML302", product: "CMIOT\nML302\nML302-CNLM_MBRH0S00", firmware: "ML302-CNLM_MBRH0S00", imei: "866714040000018", iccid: "89860492192070000001" },
  nm28: { maker: "YUGE", model: "NM28", product: "Manufacturer: YUGE\nModel: NM28\nRevision: 2024.09.04_1230", firmware: "2024.09.04_1230", imei: "862104061234560", iccid: "89860319740112345672" },
};

describe("asking the modem what it is", function () {
  let modem: VirtualModem | undefined;
  const begin = async (options: VirtualModemOptions): Promise<string> => (modem = await createVirtualModem({ attachTime: 0, ...options })).path;
  afterEach(async () => {
    await modem?.close();
    modem = undefined;
  });

  for (const [name] of families) {
    it(`info --json tells what the virtual ${name} says of itself, and the driver that knows it`, async () => {
      const serial = await begin({ modem: name });
      const { status, stdout, stderr } = await modemMqtt(["info", "--serial", serial, "--json"]);
      assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
      assert.deepEqual(JSON.parse(stdout.toString()), { ...KNOWN[name], ...ATTACHED, driver: name, baud: 9600 });
    });
  }

  for (const model of ["m5311", "m5312", "m5313"]) {
    it(`knows an ${model.toUpperCase()}, whose ICCID has another command`, async () => {
      const info = await readModemInfo({ serial: await begin({ modem: "m531x", variants: { model } }) });
      assert.deepEqual([info.driver, info.model, info.iccid], ["m531x", model.toUpperCase(), "89860401101730612345"]);
    });
  }

  it("info is for reading: a line for each thing, what is not known said so", async () => {
    const { status, stdout } = await modemMqtt(["info", "--serial", await begin({ modem: "ml302", attachTime: 60_000 })]);
    assert.equal(status, 0);
    assert.equal(stdout.toString(), [
      "maker         CMIOT", "model         ML302", "firmware      ML302-CNLM_MBRH0S00", "IMEI          866714040000018", "SIM           ready",
      "ICCID         89860492192070000001", "signal        not known", "registration  searching", "attached      no", "operator      not known",
      "driver        ml302", "rate          9600 bit/s", "",
    ].join("\n"));
  });

  it("info prints no password: it does not ask for the settings, and the subscriber's number is not asked for either", async () => {
    const { stderr } = await modemMqtt(["info", "--serial", await begin({ modem: "bc35g" }), "-d"]);
    assert.match(stderr, /→ AT\+CGMM\\r/);
    assert.doesNotMatch(stderr, /CIMI|QMTC/);
  });

  it("reads a modem that echoes and cannot be kept from it, and one that answers late", async () => {
    const serial = await begin({ modem: "bc35g", echo: true, variants: { echo: "stuck" }, faults: ["late:2500,1"] });
    const info = await readModemInfo({ serial, baud: 9600 });
    assert.deepEqual([info.maker, info.model, info.driver], ["Quectel", "BC35GJB-02-STD", "bc35g"]);
  });

  it("an answer that comes after its time is not taken for the next one's", async () => {
    const serial = await begin({ modem: "nm28" });
    // Armed once the modem has been found: what is late is the answer to AT+CMEE=1.
    const info = await readModemInfo({ serial, onFound: () => modem!.fault("late:2300,1") });
    assert.deepEqual([info.maker, info.model], ["YUGE", "NM28"]);
  });

  it("waits for a modem that is starting", async () => {
    const found = await findModem({ serial: await begin({ modem: "m531x", start: "booting", bootTime: 1500 }), baud: 9600 });
    assert.deepEqual(found, { modem: "m531x", baud: 9600 });
  });

  describe("--modem auto", () => {
    let broker: Broker;
    before(async () => { broker = await startAedes(); });
    after(() => broker.stop());
    const publish = (serial: string, ...more: string[]) =>
      modemMqtt(["pub", "--serial", serial, "-h", "127.0.0.1", "-p", String(broker.port), "-t", "t", "-m", "x", "-q", "1", ...more]);

    for (const [name] of families) {
      it(`publishes through a ${name} that nobody has named`, async () => {
        const { status, stderr } = await publish(await begin({ modem: name }));
        assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
      });
    }

    it("a modem that no driver knows: status 1, what it said, and the names that there are", async () => {
      const serial = await begin({ modem: "bc35g", identity: { model: "SIM7020E", product: ["SIM7020E R1752"] } });
      const { status, stdout, stderr } = await publish(serial, "--modem", "auto");
      assert.deepEqual({ status, stdout: stdout.toString() }, { status: 1, stdout: "" });
      assert.match(stderr, /^modem-mqtt: no driver knows this modem: it answers AT\+CGMM with "SIM7020E" and ATI with "SIM7020E R1752"; .*bc35g, m531x, ml302, nm28\n$/);
      assert.equal((await publish(serial, "--modem", "bc35g")).status, 0, "named, it works");
    });
  });

  describe("--baud auto", () => {
    it("finds the rate of a modem that understands no other, and publishes at it", async () => {
      const broker = await startAedes();
      const serial = await begin({ modem: "m531x", baud: 57_600, strictBaud: true });
      const { status, stderr } = await modemMqtt(["pub", "--serial", serial, "-h", "127.0.0.1", "-p", String(broker.port), "-t", "t", "-m", "x", "--modem", "m531x", "--baud", "auto"]);
      await broker.stop();
      assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
    });

    it("a rate that is named is the only one that is tried", async () => {
      const serial = await begin({ modem: "bc35g", baud: 9600, strictBaud: true });
      await assert.rejects(findModem({ serial, baud: 115_200, bootTimeout: 0 }), /at 115200 bit\/s; check wiring/);
      assert.deepEqual(await findModem({ serial, baud: 9600 }), { modem: "bc35g", baud: 9600 });
    });
  });

  it("Ctrl-C ends the search", async () => {
    const serial = await begin({ modem: "bc35g", faults: ["silence:60000"] });
    const info = start("info", "--serial", serial, "-d");
    await info.until(({ stderr }) => stderr.includes("AT\\r"));
    const { status, stdout, stderr } = await info.stop("SIGINT");
    assert.deepEqual({ status, stdout: stdout.toString() }, { status: 1, stdout: "" });
    assert.match(stderr, /\nmodem-mqtt: interrupted\n$/);
  });

  it("a port that another program has, or has had a moment ago", async () => {
    const serial = await begin({ modem: "bc35g" });
    let other = await openSerial(serial, 9600);
    setTimeout(() => other.close(), 300);
    assert.equal((await findModem({ serial, baud: 9600 })).modem, "bc35g");
    other = await openSerial(serial, 9600);
    const taken = findModem({ serial, baud: 9600 });
    await assert.rejects(taken, { name: "ModemError", code: "PORT_FAILED", message: /cannot be opened \(another program uses it\)/ });
    await new Promise((resolve) => other.close(resolve));
  });

  it("ends at once when it is told to, though the modem has fallen silent", async () => {
    const serial = await begin({ modem: "bc35g" });
    const stop = new AbortController();
    const reading = readModemInfo({
      serial, signal: stop.signal,
      onFound: () => {
        modem!.fault("silence:60000");
        setTimeout(() => stop.abort(new Error("enough")), 200);
      },
    });
    // Rejected while it waits for an answer, whose deadline would have another error.
    await assert.rejects(reading, /enough/);
  });

  describe("when nothing answers", () => {
    // Both take their time, so they take it together.
    let gone: Promise<unknown>;
    let none: Promise<unknown>;
    const modems: VirtualModem[] = [];
    before(async () => {
      const [talking, slow] = await Promise.all([{ baud: 0 }, { baud: 1200, strictBaud: true }].map((options) => createVirtualModem({ modem: "bc35g", attachTime: 0, ...options })));
      modems.push(talking, slow);
      gone = readModemInfo({ serial: talking.path, onFound: () => talking.fault("silence:60000") });
      none = findBaud({ serial: slow.path, bootTimeout: 0 });
      for (const promise of [gone, none]) promise.catch(() => {});
    });
    after(() => Promise.all(modems.map((one) => one.close())));

    it("says which rates were tried", () =>
      assert.rejects(none, { code: "MODEM_SILENT", message: /no modem answers AT on .* at 9600, 115200, 57600, 38400, 19200, 4800, 2400, 230400, 460800, 921600 bit\/s/ }));

    it("says that a modem has fallen silent for good", () => assert.rejects(gone, { name: "ModemError", code: "MODEM_SILENT" }));
  });

  for (const args of [["--baud", "fast"], ["--modem", "nosuch"], ["--nonsense"], ["surplus"], []]) {
    it(`info ${args.join(" ")} is wrong usage`, async () => {
      const { status, stdout } = await modemMqtt(["info", ...(args.length > 0 ? ["--serial", "x"] : []), ...args]);
      assert.deepEqual({ status, stdout: stdout.toString() }, { status: 2, stdout: "" });
    });
  }
});
