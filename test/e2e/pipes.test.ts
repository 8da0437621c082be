import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { lstatSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createVirtualModem, type VirtualModem } from "modem-mqtt/virtual-modem";
import { startAedes, type Broker } from "./support/brokers";
import { COMMAND } from "./support/process";

/** A reader that has gone before the first byte: the shell opens the pipe, and waits for the reader's end. */
const NOBODY = "> >(:)";

/** Runs `modem-mqtt …` in bash, where a redirection's reader has ended before it begins. @returns its status and its stderr */
function run(line: string, streams: "stdout" | "stderr" | "both"): Promise<{ status: number; stderr: string }> {
  const redirection = { stdout: ">&3", stderr: "2>&3", both: ">&3 2>&3" }[streams];
  const script = `exec 3${NOBODY}; wait $!; "$0" "$1" ${line} ${redirection}; exit $?`;
  return new Promise((resolve) => execFile("bash", ["-c", script, process.execPath, COMMAND], (error, _stdout, stderr) =>
    resolve({ status: error === null ? 0 : Number(error.code), stderr })));
}

(process.platform === "win32" ? describe.skip : describe)("a pipe whose reader has gone", function () {
  let modem: VirtualModem;
  let broker: Broker;

  before(async () => {
    broker = await startAedes();
    modem = await createVirtualModem({ modem: "bc35g", attachTime: 0, latencyScale: 0.1 });
  });

  after(async () => {
    await modem.close();
    await broker.stop();
  });

  for (const line of ["--help", "--version", "pub --help", "virtual-modem --help", "demo --modem bc35g"])
    it(`ends ${line} quietly`, async () => assert.deepEqual(await run(line, "stdout"), { status: 0, stderr: "" }));

  it("ends info quietly", async () => {
    assert.deepEqual(await run(`info --serial ${modem.path}`, "stdout"), { status: 0, stderr: "" });
  });

  for (const streams of ["stdout", "both"] as const) it(`ends virtual-modem quietly, and its link goes (${streams})`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "modem-mqtt-"));
    assert.deepEqual(await run(`virtual-modem --trace --link ${folder}/modem`, streams), { status: 0, stderr: "" });
    assert.throws(() => lstatSync(join(folder, "modem")));
    await rm(folder, { recursive: true });
  });

  it("does not keep pub -d from publishing where it is stderr's", async () => {
    const line = `pub -d --serial ${modem.path} --modem bc35g -h 127.0.0.1 -p ${broker.port} -t t -m x -q 1`;
    assert.deepEqual(await run(line, "stderr"), { status: 0, stderr: "" });
    assert.deepEqual(await run(line, "both"), { status: 0, stderr: "" });
  });

  it("does not hide wrong usage from the status where it is stderr's", async () => {
    assert.deepEqual(await run("pub --nonsense", "stderr"), { status: 2, stderr: "" });
  });

  (process.platform === "linux" ? it : it.skip)("is not the same as a full disk: what could not be written is told of in one line, with status 1", async () => {
    const full = (line: string): Promise<{ status: number; stderr: string }> => new Promise((resolve) =>
      execFile("bash", ["-c", `"$0" "$1" ${line} > /dev/full`, process.execPath, COMMAND], (error, _stdout, stderr) => resolve({ status: error === null ? 0 : Number(error.code), stderr })));
    const broken = { status: 1, stderr: "modem-mqtt: stdout cannot be written (ENOSPC: no space left on device, write)\n" };
    assert.deepEqual(await full(`info --serial ${modem.path}`), broken);
    assert.deepEqual(await full("--help"), broken);
    const port = `--serial ${modem.path} --modem bc35g -h 127.0.0.1 -p ${broker.port}`;
    assert.equal((await run(`pub ${port} -t full -m x -r -q 1`, "stdout")).status, 0);
    assert.deepEqual(await full(`sub ${port} -t full`), broken);
  });
});
