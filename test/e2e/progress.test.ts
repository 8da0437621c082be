import assert from "node:assert/strict";
import { spawn } from "@lydell/node-pty";
import { createVirtualModem, type VirtualModem } from "modem-mqtt/virtual-modem";
import { startAedes, type Broker } from "./support/brokers";
import { COMMAND, modemMqtt } from "./support/process";

/** Runs `modem-mqtt …` on a terminal of 60 columns, and gives what the terminal was sent. */
function onTerminal(...args: string[]): Promise<{ status: number; output: string }> {
  const terminal = spawn(process.execPath, [COMMAND, ...args], { cols: 60, rows: 24 });
  let output = "";
  terminal.onData((data) => { output += data; });
  return new Promise((resolve) => terminal.onExit(({ exitCode }) => resolve({ status: exitCode, output })));
}

/** What is on the terminal in the end, of a command that writes nothing but lines and clears the last. */
const left = (output: string): string => output.replace(/[^\r\n]*\x1b\[1G\x1b\[2K/g, "");

describe("what is waited for, on a terminal", function () {
  this.timeout(20_000);
  let broker: Broker;
  let modem: VirtualModem;
  const publish = (): string[] => ["pub", "--serial", modem.path, "--modem", "bc35g", "-h", "127.0.0.1", "-p", String(broker.port), "-t", "t", "-m", "x"];

  before(async () => { broker = await startAedes(); });
  after(() => broker.stop());
  beforeEach(async () => { modem = await createVirtualModem({ modem: "bc35g", attachTime: 3200 }); });
  afterEach(() => modem.close());

  it("says after a second what is waited for and for how long, on one line, and leaves nothing behind", async () => {
    const { status, output } = await onTerminal(...publish());
    assert.equal(status, 0, output);
    assert.match(output, /waiting for the modem to attach to the network … 1 s\x1b\[1G\x1b\[2Kwaiting for the modem to attach to the network … 2 s\x1b\[1G\x1b\[2K/);
    assert.equal(left(output), "");
  });

  it("is above no traffic: -d's lines are whole, and the line below them is written again", async () => {
    const { status, output } = await onTerminal(...publish(), "-d");
    assert.equal(status, 0, output);
    assert.match(output, /network … 1 s/);
    for (const line of left(output).split("\r\n")) assert.match(line, /^( +\d+\.\d{3} [→←] .*)?$/u);
  });

  it("is no wider than the terminal, and gone before the results", async () => {
    await modem.close();
    modem = await createVirtualModem({ modem: "bc35g", attachTime: 0 });
    modem.fault("silence:3500");
    const { status, output } = await onTerminal("info", "--serial", modem.path, "--modem", "bc35g", "--json");
    assert.equal(status, 0, output);
    for (const shown of output.matchAll(/looking for the modem[^\x1b]*/g)) assert.ok(shown[0].length < 60, shown[0]);
    assert.match(output, /looking for the modem on \S+ at 9600 bit\/s … 2 s/);
    assert.equal(JSON.parse(left(output)).driver, "bc35g");
  });

  it("writes nothing of it where stderr is no terminal", async () => {
    const { status, stdout, stderr } = await modemMqtt(publish());
    assert.deepEqual({ status, stdout: stdout.toString(), stderr }, { status: 0, stdout: "", stderr: "" });
  });
});
