/**
 * What a test leaves behind does not fail the next one. Loaded by Mocha (`require` in .mocharc.json) into each of its workers.
 *
 * A failed test may not have come to its own cleaning up: the processes, servers and connections that were begun during
 * the test are ended. Where the tests of a file run side by side (test/e2e/support/lives.ts) they may be another test's, and stay
 * until the end of the file. What a file has left, whether it failed or not, is ended after the file, for the worker's next file starts there.
 */
import { ChildProcess } from "node:child_process";
import { Server, Socket } from "node:net";

/** What keeps a process alive: children, servers and connections; not this worker's own channel and streams. */
const handles = () => process._getActiveHandles().filter((handle) => handle instanceof ChildProcess || handle instanceof Server || handle instanceof Socket);

const SIDE_BY_SIDE = Symbol.for("modem-mqtt: tests side by side");

let atStart = new Set(handles());
let before = atStart;

function end(handle) {
  if (handle instanceof ChildProcess) handle.kill("SIGKILL");
  else if (handle instanceof Server) handle.close();
  else handle.destroy();
}

const describe = (handle) => (handle instanceof ChildProcess ? `process ${handle.pid} (${handle.spawnargs.slice(0, 6).join(" ")})` : handle.constructor.name);

export const mochaHooks = {
  beforeAll() {
    // One that was ended by the last file may need a turn to go.
    atStart = new Set(handles());
    globalThis[SIDE_BY_SIDE] = false;
  },
  beforeEach() {
    before = new Set(handles());
  },
  afterEach() {
    if (this.currentTest?.state !== "failed" || globalThis[SIDE_BY_SIDE]) return;
    for (const handle of handles()) if (!before.has(handle)) end(handle);
  },
  afterAll() {
    for (const handle of handles()) {
      if (atStart.has(handle)) continue;
      if (handle instanceof ChildProcess) console.error(`left behind by the last test file, and ended: ${describe(handle)}`);
      end(handle);
    }
  },
};
