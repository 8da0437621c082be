/**
 * What `npm test` runs; docs/testing.md says what is where. What can be done at the same time is: first the library, the types
 * and XS are built, then the tests run on Node and on XS beside each other. Arguments are Mocha's, and choose tests of Node alone.
 *
 * Mocha shows what it does as it goes; each other step says what it has to say when it has ended.
 */
import { spawn } from "node:child_process";
import { setPriority } from "node:os";

const node = process.execPath;
const chosen = process.argv.slice(2);
const started = performance.now();
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(0)} s`;

/** Runs one step; resolves with whether it ended well. `behind`: the tests on Node, of which many wait for real time, come first. */
function step(name, command, args, { show = false, behind = false, shell = false } = {}) {
  const since = performance.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", show ? "inherit" : "pipe", show ? "inherit" : "pipe"], shell });
    if (behind) try { setPriority(child.pid, 2); } catch { /* it is only a wish */ }
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (text) => { said += text; });
    child.once("error", (error) => { said += `${error}\n`; });
    child.once("close", (status) => {
      if (said !== "") process.stdout.write(said);
      console.log(`${name}: ${status === 0 ? "done" : "FAILED"} (${seconds(since)})`);
      resolve(status === 0);
    });
  });
}

const npm = (script) => ["npm", ["run", "--silent", script], { shell: process.platform === "win32" }];

const whole = chosen.length === 0;
const [library, xs, bundled] = await Promise.all([
  step("build", ...npm("build")),
  whole ? step("XS, built", node, ["build/xs.mjs", "host", "--optional", "--quiet"]) : true,
  step("tests, bundled", node, ["build/bundle.mjs", "tests"]),
]);
let passed = library && xs && bundled;
if (passed) {
  const ended = await Promise.all([
    step("tests on Node", node, ["node_modules/mocha/bin/mocha.js", ...chosen], { show: true }),
    whole ? step("types", ...npm("typecheck")) : true,
    whole ? step("tests on XS", node, ["build/xs.mjs", "check", "--optional"], { behind: true }) : true,
  ]);
  passed = ended.every(Boolean);
}
console.log(`npm test: ${passed ? "passed" : "FAILED"} in ${seconds(started)}`);
process.exitCode = passed ? 0 : 1;
