import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createVirtualModem, type VirtualModem } from "modem-mqtt/virtual-modem";
import type { Report } from "../../hosts/node/command/probe/report";
import { startAedes, type Broker } from "./support/brokers";
import { modemMqtt, start } from "./support/process";
import { answers } from "./support/probing";

// What it asks of each family, and what it puts back, takes minutes: test/thorough/probe.test.ts.

describe("modem-mqtt probe", function () {
  let broker: Broker;
  before(async () => {
    broker = await startAedes();
  });
  after(() => broker.stop());

  describe("the command", () => {
    let folder: string, modem: VirtualModem;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "modem-mqtt-"));
      modem = await createVirtualModem({ modem: "bc35g", attachTime: 0 });
    });
    afterEach(async () => {
      await modem.close();
      await rm(folder, { recursive: true });
    });
    const command = (...args: string[]) => ["probe", "--serial", modem.path, "--modem", "bc35g", ...args];

    it("writes a report, and says on stderr where it is", async () => {
      const file = join(folder, "report.md");
      const { status, stdout, stderr } = await modemMqtt(command("-o", file, "--only", "cmee"));
      assert.deepEqual({ status, stdout: stdout.toString(), stderr }, { status: 0, stdout: "", stderr: `modem-mqtt: 1 confirmed, 0 different, 0 not tried; the report is in ${file}\n` });
      const text = await readFile(file, "utf8");
      assert.match(text, /^# modem-mqtt probe: BC35GJB-02-STD\n/);
      assert.match(text, /^\| `cmee` \| What does AT\+CMEE\? answer\? \(27\.007 9\.1; field reports\) \| `known` \| `known` \| errors \|$/m);
      assert.match(text, /^ +\d+\.\d{3} → AT\+CMEE\?\\r$/m);
    });

    it("--json -o - prints the report as its schema has it", async () => {
      const { status, stdout, stderr } = await modemMqtt(command("--json", "-o", "-", "--only", "cmee", "--only", "clock"));
      assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
      const report = JSON.parse(stdout.toString()) as Report;
      assert.deepEqual(Object.keys(report), ["schema", "version", "date", "ended", "modem", "had", "counts", "facts", "unknownLines", "putBack", "exchanges"]);
      assert.equal(report.schema, 1);
      assert.match(report.date, /^\d{4}-\d\d-\d\d$/);
      assert.deepEqual(Object.keys(report.modem), ["driver", "maker", "model", "firmware", "product", "baud"]);
      assert.deepEqual(Object.keys(report.facts[0]).sort(), ["advice", "asks", "assumed", "exchange", "found", "id", "kind", "source", "verdict", "why"]);
      assert.deepEqual(Object.keys(report.exchanges[0].lines[0]), ["at", "who", "text"]);
    });

    it("without a terminal and without --yes neither sends data nor restarts the modem", async () => {
      const { status, stdout } = await modemMqtt(command("--json", "-o", "-", "-h", "127.0.0.1", "-p", String(broker.port), "--only", "recvSpace", "--only", "restartLine"));
      assert.equal(status, 0);
      assert.deepEqual((JSON.parse(stdout.toString()) as Report).facts.map(({ why }) => why).sort(), ["it restarts the modem, which was not agreed to", "it sends data, which was not agreed to"]);
    });

    it("--yes and --listen ask a misbehaving broker's questions", async () => {
      const { status, stdout } = await modemMqtt(command("--json", "-o", "-", "-h", "127.0.0.1", "--listen", "0", "--yes", "--only", "refusedStat"));
      assert.equal(status, 0);
      assert.equal((JSON.parse(stdout.toString()) as Report).facts[0].found, "absent");
    });

    it("Ctrl-C puts settings back, writes what there is, and ends with status 1", async () => {
      await answers(modem.path, ["ATE1", 'AT+QMTCFG="timeout",0,7,2,0']);
      const file = join(folder, "report.json");
      const running = start(...command("--json", "-o", file, "-h", "127.0.0.1", "--listen", "0", "--yes", "-d", "--only", "windowFull"));
      await running.until(({ stderr }) => /→ AT\+QMTPUB=/.test(stderr));
      const { status, stderr } = await running.stop("SIGINT");
      assert.equal(status, 1);
      assert.match(stderr, /^modem-mqtt: interrupted$/m);
      assert.equal((JSON.parse(await readFile(file, "utf8")) as Report).ended, "interrupted");
      assert.deepEqual(await answers(modem.path, ['AT+QMTCFG="timeout",0']), ['AT+QMTCFG="timeout",0\r\r\n+QMTCFG: "timeout",7,2,0\r\n\r\nOK\r\n']);
    });

    it("wrong usage is found before the port is opened", async () => {
      for (const [args, message] of [
        [["--listen", "1883"], /--listen needs -h/],
        [["-p", "1883"], /-p and -u need a broker/],
        [["-h", "broker.example", "-P", "x"], /a password needs a user name/],
        [["-h", "broker.example", "-u", 'a"b'], /no quotes/],
        [["--modem", "bc35g", "--only", "clok"], /bc35g is asked no question "clok"; there are: .*clock, /],
      ] as const) {
        const { status, stderr } = await modemMqtt(["probe", "--serial", "/dev/nowhere", ...args]);
        assert.equal(status, 2, stderr);
        assert.match(stderr, message);
      }
    });

    it("a modem that does not answer is status 1, and no report", async () => {
      modem.fault("silence:600000");
      const { status, stdout, stderr } = await modemMqtt(command("--baud", "9600", "--boot-timeout", "1", "-o", "-"));
      assert.equal(status, 1);
      assert.equal(stdout.toString(), "");
      assert.match(stderr, /^modem-mqtt: no modem answers AT/);
    });
  });
});
