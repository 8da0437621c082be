// The command, built as the package builds it (families as files of their own), run as a process.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { openSerial } from "../support/serial";

const sources = "hosts/virtual-modem";

describe("virtual modem: command", () => {
  let folder: string;
  let child: ChildProcess | undefined;
  let out = "";
  let err = "";

  before(async () => {
    folder = await mkdtemp(join(process.cwd(), "node_modules", ".virtual-modem-"));
    const families = readdirSync(join(sources, "families")).filter((file) => file.endsWith(".ts"));
    await build({
      entryPoints: [join(sources, "command.ts"), ...families.map((file) => join(sources, "families", file))],
      outbase: sources,
      outdir: folder,
      bundle: true,
      // Each family has its own copy of what it shares with the command: the worst case of a build.
      splitting: false,
      format: "esm",
      platform: "node",
      packages: "external",
      logLevel: "error",
    });
    await writeFile(
      join(folder, "main.js"),
      'import { virtualModemCommand } from "./command.js";\nawait virtualModemCommand().parseAsync(process.argv);\n',
    );
    await writeFile(join(folder, "package.json"), '{"type":"module"}');
  });
  afterEach(() => {
    child?.kill("SIGKILL");
    child = undefined;
  });
  after(() => rm(folder, { recursive: true }));

  const run = (...args: readonly string[]): ChildProcess => {
    out = "";
    err = "";
    child = spawn(process.execPath, [join(folder, "main.js"), ...args], { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout!.on("data", (bytes) => (out += String(bytes)));
    child.stderr!.on("data", (bytes) => (err += String(bytes)));
    return child;
  };
  const ended = (): Promise<number | null> =>
    new Promise((done) => child!.once("close", (code) => done(code)));
  const listening = async (): Promise<string> => {
    for (let tries = 0; tries < 10_000 && !out.includes("\n"); tries++) await new Promise((done) => setTimeout(done, 10));
    const path = /^listening (\S+)\n$/.exec(out)?.[1];
    assert.ok(path, `stdout ${out}, stderr ${err}`);
    return path;
  };
  /** The modem's answer, up to its final result code. */
  const ask = async (path: string, command: string): Promise<string> => {
    const port = await openSerial(path, 9600);
    let answer = "";
    const whole = new Promise<void>((resolve) => port.on("data", (bytes: Buffer) => {
      answer += bytes.toString("latin1");
      if (/\r\n(OK|ERROR|\+CME ERROR: \d+)\r\n$/.test(answer)) resolve();
    }));
    port.write(command);
    await whole;
    await new Promise<void>((done) => port.close(() => done()));
    return answer;
  };

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`listens until ${signal}, then removes its link and exits 0`, async () => {
      const link = join(folder, "modem");
      run("--modem", "bc35g", "--link", link, "--echo", "--variant", "colon=space", "--fault", "late:20", "--trace");
      const path = await listening();
      assert.equal(path, link);
      assert.equal(await ask(path, "AT+CFUN?\r"), "AT+CFUN?\r\r\n+CFUN: 1\r\n\r\nOK\r\n");
      const over = ended();
      child!.kill(signal);
      assert.equal(await over, 0);
      assert.equal(existsSync(link), false);
      assert.match(err, /^ *\d+\.\d{3} → AT\+CFUN\?\\r$/m);
      assert.match(err, /^ *\d+\.\d{3} ← OK\\r\\n$/m);
    });
  }

  it("--trace shows no password, and times that do not go backwards", async () => {
    run("--trace", "--echo", "--baud", "115200");
    const path = await listening();
    await ask(path, 'AT+QMTCONN=0,"id","user","s3cr3t"\r');
    await ask(path, "AT+CFUN?\r");
    const over = ended();
    child!.kill("SIGTERM");
    assert.equal(await over, 0);
    assert.match(err, /→ AT\+QMTCONN=0,"id","user","\*\*\*"/);
    assert.ok(!err.includes("s3cr3t"), err);
    const times = err.trimEnd().split("\n").map((line) => Number(line.slice(0, 9)));
    assert.deepEqual(times, times.toSorted((a, b) => a - b));
  });

  it("prints the pseudo-terminal when there is no link", async () => {
    run();
    const path = await listening();
    assert.equal(await ask(path, "AT\r"), "\r\nOK\r\n");
    assert.equal(await ask(path, "AT+QMTCFG=1\r"), "\r\nERROR\r\n");
    assert.equal(await ask(path, 'AT+CMEE=1;+QMTSUB=0,1,"t",0\r'), "\r\n+CME ERROR: 3\r\n");
    assert.equal(err, "");
  });

  it("is the model that it is told to be, with its SIM, its network and its identity", async () => {
    run("--model", "bc28", "--set", "sim.state=pin", "--set", "sim.pin=0007", "--set", "mobile.rssi=-57", "--identity", "imei=123456789012345", "--identity", "firmware=A|B");
    const path = await listening();
    assert.equal(await ask(path, "AT+CGMM\r"), "\r\nQuectel_BC28-CNV\r\n\r\nOK\r\n");
    assert.equal(await ask(path, "AT+CPIN?\r"), "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n");
    assert.equal(await ask(path, "AT+CPIN=0007\r"), "\r\nOK\r\n");
    assert.equal(await ask(path, "AT+CGSN=1\r"), "\r\n+CGSN:123456789012345\r\n\r\nOK\r\n");
    assert.equal(await ask(path, "AT+CGMR\r"), "\r\nA\r\n\r\nB\r\n\r\nOK\r\n");
  });

  const wrong: [string[], RegExp][] = [
    [["--modem", "nosuch"], /no modem "nosuch"; there are: .*bc35g/],
    [["--modem", "../index"], /no modem/],
    [["--baud", "fast"], /--baud/],
    [["--baud", "1"], /^modem-mqtt virtual-modem: --baud must be from 300 to 4000000, not 1/],
    [["--strict-baud"], /: --strict-baud needs --baud/],
    [["--fault", "nosuch"], /no fault "nosuch"/],
    [["--fault", "connack:9"], /connack: code must be a number from 0 to 5, not "9"/],
    [["--variant", "prompt"], /NAME=VALUE/],
    [["--variant", "prompt=loud"], /variant prompt is one of spaced, unspaced, bare, not "loud"/],
    [["--set", "sim"], /a setting is written PART\.NAME=VALUE/],
    [["--set", "sim.state=lost"], /sim\.state must be one of ready, absent/],
    [["--set", "mobile.nosuch=1"], /no setting "mobile\.nosuch"/],
    [["--model", "bc95"], /no model "bc95"; there are: bc35g, bc28/],
    [["--identity", "imei"], /--identity takes NAME=VALUE/],
    [["--identity", "nosuch=1"], /identity\.nosuch/],
    [["--start", "never"], /--start/],
    [["--nosuch"], /unknown option '--nosuch'/],
    [["--link", ""], /: --link must not be empty/],
    [["--link", "/nonexistent/modem"], /cannot link/],
    [["surplus"], /too many arguments/],
  ];
  for (const [args, message] of wrong) {
    it(`refuses ${args.join(" ")}`, async () => {
      run(...args);
      assert.equal(await ended(), 2);
      assert.equal(out, "");
      assert.match(err, message);
      assert.equal(err.split("\n").length, 2, `one line: ${err}`);
      assert.match(err, /^modem-mqtt virtual-modem: /);
    });
  }

  it("prints every fault and variant with --help", async () => {
    run("--help");
    assert.equal(await ended(), 0);
    for (const word of ["--modem", "drop-out:packet", "prompt=spaced|unspaced|bare", "recvQuotes=raw|quoted", "Quectel BC35-G", "sim.state: one of", "--model bc28"]) {
      assert.ok(out.includes(word), `${word} in ${out}`);
    }
    assert.doesNotMatch(out, /anchors|field class|dialects|\.md\b|\bS\d\b/, "it cites what the package does not have");
    assert.equal(err, "");
  });
});
