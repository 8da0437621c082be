import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { findBaud, findModem, readModemInfo } from "modem-mqtt/node";
import { createVirtualModem, type VirtualModem, type VirtualModemOptions } from "modem-mqtt/virtual-modem";
import { openSerial } from "../support/serial";
import { startAedes, type Broker } from "./support/brokers";
import { families } from "./support/families";
import { modemMqtt, start } from "./support/process";

/** Of all of them while they are attached; the time is looked at by itself. */
const MORE = { radio: true, strength: "excellent", rsrq: -11, sinr: null, rsrp: -85, cause: null, technology: null, area: null, cell: null, band: null, address: "10.169.241.248", psm: null, zone: 0, temperature: null, voltage: null };
/** Modules of the Hi2115 chip tell tenths, and the band. */
const HI2115 = { rsrp: -84.2, rsrq: -10.8, sinr: 22.6, band: 8 };
const ATTACHED = { sim: "ready", signal: -67, registration: "registered at home", attached: true, operator: "46000" };

/** What the virtual modems say of themselves: their families' files, where the sources are. */
const KNOWN: Readonly<Record<string, object>> = {
  bc35g: {
    ...HI2115, imsi: "460001357924680", temperature: 30, voltage: 3816,
    maker: "Quectel", model: "BC35GJB-02-STD", product: "Quectel\nBC35-G\nRevision:BC35GJBR01A01", imei: "490154203237511", iccid: "44123456789012345678",
    firmware: "SSB,V150R100C10B200SP1\nSECURITY_A,V150R100C20B300SP2\nPROTOCOL_A,V150R100C20B300SP2\nAPPLICATION_A,V150R100C20B300SP2\nSECURITY_B,V150R100C20B300SP2\nRADIO,Hi2115_RF1",
  },
  m531x: { ...HI2115, imsi: "460040123456789", maker: "CMIOT", model: "M5310-A", product: "CMIOT\nM5310-A\nRevision:M5310-A_V150R100C10B300", firmware: "M5310-A_V150R100C10B300", imei: "864345030000015", iccid: "89860401101730612345" },
  ml302: { imsi: "460081237000001", maker: "CMIOT", model: "ML302", product: "CMIOT\nML302\nML302-CNLM_MBRH0S00", firmware: "ML302-CNLM_MBRH0S00", imei: "866714040000018", iccid: "89860492192070000001" },
  nm28: { imsi: "460113579246801", maker: "YUGE", model: "NM28", product: "Manufacturer: YUGE\nModel: NM28\nRevision: 2024.09.04_1230", firmware: "2024.09.04_1230", imei: "862104061234560", iccid: "89860319740112345672" },
};

/** What docs/command.md says of each name in the JSON: its types. */
const documented = new Map(
  [...readFileSync(new URL("docs/command.md", new URL("./", import.meta.resolve("modem-mqtt/package.json"))), "utf8").matchAll(/^\| `(\w+)` \| ((?:string|number|boolean|object)(?: or null)?) \|/gm)].map(([, name, types]) => [name, types.split(" or ")]),
);

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
      const { time, ...told } = JSON.parse(stdout.toString());
      assert.deepEqual(told, { ...MORE, ...KNOWN[name], ...ATTACHED, driver: name, baud: 9600 });
      assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.ok(Math.abs(Date.parse(time) - Date.now()) < 120_000, time);
      assert.deepEqual(Object.keys({ ...told, time }).sort(), [...documented.keys()].sort(), "the table in docs/command.md");
      for (const [key, value] of Object.entries({ ...told, time })) assert.ok(documented.get(key)!.includes(value === null ? "null" : typeof value), `${key}: ${value} is no ${documented.get(key)}`);
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
      "maker         CMIOT", "model         ML302", "firmware      ML302-CNLM_MBRH0S00", "IMEI          86671404*******", "SIM           ready",
      "ICCID         898604**************", "IMSI          46008**********", "signal        not known", "registration  searching", "attached      no", "operator      not known",
      "driver        ml302", "rate          9600 bit/s", "",
    ].join("\n"));
  });

  it("info of a modem that tells all there is", async () => {
    const serial = await begin({ modem: "bc35g", mobile: { zone: 32, rsrp: -108 }, identity: { firmware: ["V1"] } });
    const { status, stdout } = await modemMqtt(["info", "--serial", serial, "--numbers", "full"]);
    assert.equal(status, 0);
    assert.equal(stdout.toString().replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, "NOW"), [
      "maker         Quectel", "model         BC35GJB-02-STD", "firmware      V1", "IMEI          490154203237511", "SIM           ready", "ICCID         44123456789012345678",
      "IMSI          460001357924680", "signal        weak: RSRP -108 dBm, RSRQ -10.8 dB, SINR 22.6 dB, RSSI -67 dBm", "registration  registered at home", "attached      yes",
      "operator      46000", "band          8", "address       10.169.241.248", "time          NOW UTC, local time +08:00", "temperature   30 °C", "supply        3816 mV",
      "driver        bc35g", "rate          9600 bit/s", "",
    ].join("\n"));
  });

  it("info --json masks numbers for others to see where that is asked for", async () => {
    const { stdout } = await modemMqtt(["info", "--serial", await begin({ modem: "bc35g" }), "--json", "--numbers", "masked"]);
    const { imei, iccid, imsi } = JSON.parse(stdout.toString());
    assert.deepEqual([imei, iccid, imsi], ["49015420*******", "441234**************", "46000**********"]);
  });

  it("info changes nothing; with --pin it has the radio on and opens the SIM first, and -d does not show the PIN", async () => {
    const serial = await begin({ modem: "bc35g", sim: { state: "pin", pin: "2468" }, radio: { on: false } });
    const closed = await modemMqtt(["info", "--serial", serial]);
    assert.equal(closed.status, 0);
    assert.match(closed.stdout.toString(), /\nradio {9}off\n/);
    const { status, stdout, stderr } = await modemMqtt(["info", "--serial", serial, "--pin", "2468", "--json", "-d"]);
    assert.equal(status, 0, stderr);
    const { sim, imsi } = JSON.parse(stdout.toString());
    assert.deepEqual([sim, imsi], ["ready", "460001357924680"]);
    assert.doesNotMatch(stderr, /2468"/);
  });

  it("info with a wrong PIN: status 1, and it is tried once", async () => {
    const { status, stdout, stderr } = await modemMqtt(["info", "--serial", await begin({ modem: "ml302", sim: { state: "pin", pin: "2468" } }), "--pin", "1357", "-d"]);
    assert.deepEqual({ status, stdout: stdout.toString() }, { status: 1, stdout: "" });
    assert.match(stderr, /\nmodem-mqtt: the SIM refuses the PIN \(--pin\)/);
    assert.equal(stderr.match(/CPIN=/g)!.length, 1, stderr);
    assert.doesNotMatch(stderr, /1357/);
  });

  it("info tells why the network has refused the modem, and what it was refused to be told", async () => {
    const info = await readModemInfo({ serial: await begin({ modem: "m531x", model: "m5311", mobile: { denied: 15 } }), apn: "a.example" });
    assert.equal(info.registration, "denied");
    await assert.rejects(readModemInfo({ serial: modem!.path, setup: ["AT+NONSENSE"] }), { code: "COMMAND_REFUSED" });
    await assert.rejects(readModemInfo({ serial: modem!.path, pin: "no" }), { name: "ArgumentError", argument: "pin" });
    await assert.rejects(readModemInfo({ serial: modem!.path, pim: "1234" } as object as { serial: string }), { name: "ArgumentError", message: /did you mean pin/ });
  });

  it("info prints no password: it does not ask for the settings", async () => {
    const { stderr } = await modemMqtt(["info", "--serial", await begin({ modem: "bc35g" }), "-d"]);
    assert.match(stderr, /→ AT\+CGMM\\r/);
    assert.doesNotMatch(stderr, /QMTC|CGAUTH/);
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
