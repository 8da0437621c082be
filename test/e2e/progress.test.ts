import assert from "node:assert/strict";
import { spawn } from "@lydell/node-pty";
import { createVirtualModem, type VirtualModem } from "modem-mqtt/virtual-modem";
import { startAedes, type Broker } from "./support/brokers";
import { COMMAND, modemMqtt } from "./support/process";

/** Runs `modem-mqtt …` on a terminal of 60 columns, and gives what the terminal was sent. Calls `then` as soon as that fits `shows`. */
function onTerminal(args: readonly string[], shows: RegExp, then: () => void): Promise<{ status: number; output: string }> {
  const terminal = spawn(process.execPath, [COMMAND, ...args], { cols: 60, rows: 24 });
  let output = "", shown = false;
  terminal.onData((data) => {
    output += data;
    if (shown || !shows.test(output)) return;
    shown = true;
    then();
  });
  return new Promise((resolve) => terminal.onExit(({ exitCode }) => resolve({ status: exitCode, output })));
}

/** What is on the terminal in the end, of a command that writes nothing but lines and clears the last. */
const left = (output: string): string => output.replace(/[^\r\n]*\x1b\[1G\x1b\[2K/g, "");

// What is waited for comes when the terminal has shown enough, and not after a time: a slow machine may show 1 s and then 3 s.
describe("what is waited for, on a terminal", () => {
  let broker: Broker;
  let modem: VirtualModem;
  const publish = (): string[] => ["pub", "--serial", modem.path, "--modem", "bc35g", "-h", "127.0.0.1", "-p", String(broker.port), "-t", "t", "-m", "x"];
  /** The modem, which is not attached, attaches. */
  const attach = (): void => modem.fault("detach:1");

  before(async () => { broker = await startAedes(); });
  after(() => broker.stop());
  beforeEach(async () => { modem = await createVirtualModem({ modem: "bc35g", attachTime: 3_600_000 }); });
  afterEach(() => modem.close());

  it("says after a second what is waited for and for how long, on one line, and leaves nothing behind", async () => {
    const { status, output } = await onTerminal(publish(), /network … ([1-9]\d*) s[^]*network … (?!\1 )\d+ s/, attach);
    assert.equal(status, 0, output);
    assert.match(output, /attaching to the network … \d+ s[^\x1b]*\x1b\[1G\x1b\[2Kattaching to the network … \d+ s[^\x1b]*\x1b\[1G\x1b\[2K/);
    const seconds = [...output.matchAll(/network … (\d+) s/g)].map(([, count]) => Number(count));
    assert.ok(seconds[0] >= 1, output);
    assert.deepEqual(seconds, [...seconds].sort((a, b) => a - b));
    assert.equal(left(output), "");
  });

  it("shows what is known of the network while the modem searches, no wider than the terminal", async () => {
    await modem.close();
    modem = await createVirtualModem({ modem: "bc35g", attachTime: 3_600_000, mobile: { searchTime: 3_600_000 } });
    const { status, output } = await onTerminal(publish(), /network … \d+ s: searching/, attach);
    assert.equal(status, 0, output);
    for (const shown of output.matchAll(/attaching to the network[^\x1b]*/g)) assert.ok(shown[0].length < 60, shown[0]);
    assert.equal(left(output), "");
  });

  it("is above no traffic: -d's lines are whole, and the line below them is written again", async () => {
    const { status, output } = await onTerminal([...publish(), "-d"], /network … \d+ s[^]*→[^]*network … \d+ s/, attach);
    assert.equal(status, 0, output);
    for (const line of left(output).split("\r\n")) assert.match(line, /^( +\d+\.\d{3} [→←] .*)?$/u);
  });

  it("is no wider than the terminal, and gone before the results", async () => {
    await modem.close();
    let silent = true;
    // Whatever the modem is told, it is silent from before that.
    modem = await createVirtualModem({ modem: "bc35g", attachTime: 0, trace: () => { if (silent) modem.fault("silence:1000"); } });
    const { status, output } = await onTerminal(["info", "--serial", modem.path, "--modem", "bc35g", "--json"], /looking for the modem on \S+ at 9600 bit\/s … ([1-9]\d*) s/, () => { silent = false; });
    assert.equal(status, 0, output);
    for (const shown of output.matchAll(/looking for the modem[^\x1b]*/g)) assert.ok(shown[0].length < 60, shown[0]);
    assert.equal(JSON.parse(left(output)).driver, "bc35g");
  });

  it("writes nothing of it where stderr is no terminal", async () => {
    // Attached after a second at the earliest, counted from the first command.
    await modem.close();
    let begun = false;
    modem = await createVirtualModem({
      modem: "bc35g", attachTime: 3_600_000,
      trace: () => {
        if (!begun) setTimeout(attach, 1500);
        begun = true;
      },
    });
    const { status, stdout, stderr } = await modemMqtt(publish());
    assert.deepEqual({ status, stdout: stdout.toString(), stderr }, { status: 0, stdout: "", stderr: "" });
  });
});
