/**
 * Runs the tests again and again, and says how each run went: `npm run test:again -- [N] [--busy] [--install]`.
 *
 * N: how many runs, 10 by default. `--busy`: beside as many processes as there are processors, which never rest.
 * `--install`: each run begins with `npm ci`. What a run printed is in the file that the table names.
 */
import { spawn } from "node:child_process";
import { createWriteStream, mkdtempSync, readFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";

const words = process.argv.slice(2);
const flags = words.filter((word) => word.startsWith("--"));
const [count = "10", ...rest] = words.filter((word) => !word.startsWith("--"));
if (!/^[1-9]\d*$/.test(count) || rest.length > 0 || flags.some((flag) => !["--busy", "--install"].includes(flag))) {
  console.error("npm run test:again -- [N] [--busy] [--install]");
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), "modem-mqtt-tests-"));
const busy = flags.includes("--busy") ? Array.from({ length: availableParallelism() }, () => spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" })) : [];
process.once("exit", () => busy.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

const run = (args, log) => new Promise((resolve) => {
  const child = spawn("npm", args, { stdio: ["ignore", "pipe", "pipe"], shell: process.platform === "win32" });
  for (const stream of [child.stdout, child.stderr]) stream.pipe(log, { end: false });
  child.once("close", resolve);
});

let red = 0;
console.log("run   result  Node: passed failed pending   XS: passed failed   seconds   load   log");
for (let number = 1; number <= Number(count); number++) {
  const file = join(folder, `${number}.log`), log = createWriteStream(file), started = performance.now();
  const status = (flags.includes("--install") ? await run(["ci"], log) : 0) || await run(["test"], log);
  await new Promise((resolve) => log.end(resolve));
  const text = readFileSync(file, "utf8");
  const counted = (pattern) => (pattern.exec(text)?.[1] ?? "0").padStart(6);
  if (status !== 0) red++;
  console.log([
    String(number).padStart(3), status === 0 ? "passed" : "FAILED", "     ",
    counted(/^ +(\d+) passing/m), counted(/^ +(\d+) failing/m), counted(/^ +(\d+) pending/m), "      ",
    counted(/^XS, .*?(\d+) passed/m), counted(/^XS, .*?(\d+) failed/m),
    ((performance.now() - started) / 1000).toFixed(0).padStart(9), loadavg()[0].toFixed(1).padStart(6), ` ${file}`,
  ].join(" "));
}
console.log(`${count} runs${busy.length > 0 ? `, beside ${busy.length} busy processes` : ""}: ${Number(count) - red} passed, ${red} failed`);
process.exit(red === 0 ? 0 : 1);
