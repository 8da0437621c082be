import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openStore, StateError, type Store } from "modem-mqtt/node";

const root = fileURLToPath(new URL("./", import.meta.resolve("modem-mqtt/package.json")));
const HOLDER = `
  import { openStore } from "modem-mqtt/node";
  const store = await openStore(process.argv[1]).catch((error) => error);
  process.stdout.write((store instanceof Error ? store.code + " " + store.message : "open") + "\\n");
  if (store instanceof Error) process.exit(1);
  setInterval(() => {}, 1000);`;

describe("a store in a folder", function () {
  let folder: string;
  const children: ChildProcess[] = [];
  const stores: Store[] = [];

  beforeEach(async () => { folder = join(await mkdtemp(join(tmpdir(), "modem-mqtt-store-")), "store"); });
  afterEach(async () => {
    for (const store of stores.splice(0)) store.close?.();
    await Promise.all(children.splice(0).map(end));
    await rm(join(folder, ".."), { recursive: true });
  });

  const open = async (path = folder): Promise<Store> => {
    const store = await openStore(path);
    stores.push(store);
    return store;
  };

  function end(child: ChildProcess): Promise<void> {
    return new Promise((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve();
      child.on("exit", () => resolve());
      child.kill("SIGKILL");
    });
  }

  /** Another process that opens the folder. @returns it, and what it says */
  function other(): Promise<{ child: ChildProcess; said: string }> {
    const child = spawn(process.execPath, ["--input-type=module", "-e", HOLDER, folder], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    return new Promise((resolve, reject) => {
      child.stdout.setEncoding("utf8").once("data", (said: string) => resolve({ child, said: said.trim() }));
      child.once("error", reject);
    });
  }

  const loaded = (store: Store): { records: [number, string][]; left: [number, string][] } => {
    const records: [number, string][] = [], left: [number, string][] = [];
    store.load((key, bytes) => void records.push([key, Buffer.from(bytes).toString()]), (key, why) => void left.push([key, why]));
    return { records, left };
  };
  const rights = (path: string): string => (statSync(path).mode & 0o777).toString(8);

  it("two processes overwrote each other: the second one is told who has it", async () => {
    const { child, said } = await other();
    assert.equal(said, "open");
    await assert.rejects(open(), (error: StateError) => {
      assert.ok(error instanceof StateError);
      assert.equal(error.code, "STORE_LOCKED");
      assert.ok(error.message.includes(`process ${child.pid} has it`) && error.message.includes(folder), error.message);
      return true;
    });
    await end(child);
    await open();
    assert.match((await other()).said, new RegExp(`^STORE_LOCKED .*process ${process.pid} has it`));
  });

  it("one process opened it twice", async () => {
    const store = await open();
    await assert.rejects(open(), { code: "STORE_LOCKED", message: /this process/ });
    store.put(1, Buffer.from("one"));
    store.close!();
    const next = await open();
    assert.deepEqual(loaded(next).records, [[1, "one"]]);
    // The first one takes it again only when it is free.
    assert.throws(() => loaded(store), { code: "STORE_LOCKED" });
    next.close!();
    assert.deepEqual(loaded(store).records, [[1, "one"]]);
  });

  it("two clients of one process were given the same store", async () => {
    const store = await open();
    loaded(store);
    assert.throws(() => loaded(store), { name: "StateError", code: "STORE_LOCKED", message: /another client of this process/ });
    store.close!();
    loaded(store);
  });

  it("a folder's path of another type, or an empty one, was taken, or was Node's error", async () => {
    for (const [path, code] of [[undefined, "ARGUMENT_TYPE"], [null, "ARGUMENT_TYPE"], [5, "ARGUMENT_TYPE"], [{}, "ARGUMENT_TYPE"], ["", "ARGUMENT_LENGTH"], ["a\0b", "ARGUMENT_CHARACTER"]])
      await assert.rejects(openStore(path as string), { name: "ArgumentError", code, argument: "folder" });
  });

  it("a folder that cannot be made was the file system's error", async () => {
    writeFileSync(folder, "a file");
    for (const path of [folder, join(folder, "below")])
      await assert.rejects(openStore(path), (error: any) => error instanceof StateError && error.code === "STORE_FAILED" && error.message.includes(path) && error.cause instanceof Error);
  });

  it("of many processes that come at once, one at most gets it", async () => {
    const said = (await Promise.all(Array.from({ length: 6 }, other))).map(({ said }) => said.split(" ")[0]);
    assert.ok(said.filter((each) => each === "open").length <= 1, said.join());
    assert.ok(said.every((each) => each === "open" || each === "STORE_LOCKED"), said.join());
  });

  it("the claim of a process that was ended by kill -9 is taken over, also where its number was given again", async () => {
    const { child } = await other();
    await end(child);
    assert.equal(readdirSync(folder).length, 1);
    const store = await open();
    const [claim] = readdirSync(folder);
    store.close!();
    assert.deepEqual(readdirSync(folder), []);
    if (process.platform !== "linux") return;
    // Of this process's number, and of an earlier start of the system.
    writeFileSync(join(folder, claim), JSON.stringify({ pid: process.pid, host: (await import("node:os")).hostname(), began: "an earlier start 1" }));
    await open();
  });

  it("a claim from another machine, of which nobody here can tell, is kept, and its file is named", async () => {
    mkdirSync(folder);
    const name = "lock-00000000-0000-4000-8000-000000000000";
    writeFileSync(join(folder, name), JSON.stringify({ pid: 1, host: "elsewhere.example", began: null }));
    await assert.rejects(open(), (error: Error) => error.message.includes("process 1 on elsewhere.example") && error.message.includes(join(folder, name)));
    assert.ok(existsSync(join(folder, name)));
  });

  for (const umask of [0o000, 0o022, 0o077]) {
    it(`others could read the messages: umask ${umask.toString(8)}`, async () => {
      const before = process.umask(umask);
      try {
        const store = await open();
        store.put(1, Buffer.from("one"));
        assert.deepEqual([rights(folder), ...readdirSync(folder).map((name) => rights(join(folder, name)))], ["700", "600", "600"]);
      } finally {
        process.umask(before);
      }
    });
  }

  it("others could read the messages of a folder that was there before", async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, "1.message"), "one");
    chmodSync(folder, 0o777);
    chmodSync(join(folder, "1.message"), 0o666);
    loaded(await open());
    assert.deepEqual([rights(folder), rights(join(folder, "1.message"))], ["700", "600"]);
  });

  it("a folder that has other things in it keeps its rights", async () => {
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, "somebody's"), "");
    const store = await open();
    store.put(1, Buffer.from("one"));
    assert.deepEqual([rights(folder), rights(join(folder, "1.message"))], ["755", "600"]);
  });

  it("a directory named like a record made it fail: it is left alone, and told of", async () => {
    mkdirSync(join(folder, "7.message"), { recursive: true });
    writeFileSync(join(folder, "7.message", "mine"), "");
    const { records, left } = loaded(await open());
    assert.deepEqual([records, left.map(([key]) => key)], [[], [7]]);
    assert.ok(left[0][1].includes(join(folder, "7.message")));
    assert.ok(existsSync(join(folder, "7.message", "mine")));
  });

  it("the folder was not flushed after a rename and a removal", async () => {
    const store = await open();
    // What is done to the disk, in its order: seen through the functions that do it.
    const fs = createRequire(import.meta.url)("node:fs") as typeof import("node:fs");
    const done: string[] = [], paths = new Map<number, string>();
    const { openSync, fsyncSync, renameSync, rmSync } = fs;
    fs.openSync = ((path, ...rest) => { const fd = openSync(path, ...rest); paths.set(fd, String(path)); return fd; }) as typeof openSync;
    fs.fsyncSync = (fd) => { done.push(paths.get(fd) === folder ? "flush folder" : "flush file"); fsyncSync(fd); };
    fs.renameSync = (from, to) => { done.push("rename"); renameSync(from, to); };
    fs.rmSync = ((path, options) => { done.push("remove"); rmSync(path, options); }) as typeof rmSync;
    syncBuiltinESMExports();
    try {
      store.put(1, Buffer.from("one"));
      assert.equal(readFileSync(join(folder, "1.message"), "utf8"), "one");
      store.remove(1);
    } finally {
      Object.assign(fs, { openSync, fsyncSync, renameSync, rmSync });
      syncBuiltinESMExports();
    }
    assert.deepEqual(done, ["flush file", "rename", "flush folder", "remove", ...(process.platform === "win32" ? [] : ["flush folder"])]);
  });
});
