// README and docs: every block of code is run, compiled, or named here with the reason why it is not.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Aedes } from "aedes";
import { transform } from "esbuild";
import { loadDriver, modemNames } from "modem-mqtt/node";
import { createVirtualModem, type VirtualModem } from "modem-mqtt/virtual-modem";
import { EVENTS, State, STATES, TRANSITIONS } from "../../src/session/states";
import { drawChat } from "../support/chat-states";
import { startAedes, type Broker } from "./support/brokers";
import { COMMAND, modemMqtt, Running } from "./support/process";

const root = fileURLToPath(new URL("./", import.meta.resolve("modem-mqtt/package.json")));
const PAGES = ["README.md", ...readdirSync(join(root, "docs")).filter((file) => file.endsWith(".md")).map((file) => `docs/${file}`)];
const page = (path: string): string => readFileSync(join(root, path), "utf8");

interface Block {
  /** For the test's title: page and line. */
  readonly place: string;
  readonly language: string;
  readonly text: string;
}

const BLOCKS: readonly Block[] = PAGES.flatMap((path) => {
  const text = page(path);
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map((match) =>
    ({ place: `${path}:${text.slice(0, match.index).split("\n").length}`, language: match[1], text: match[2] }));
});
/** A page's mermaid diagrams. */
const pictures = (path: string): string[] => blocks("mermaid").filter(({ place }) => place.startsWith(`${path}:`)).map(({ text }) => text);
const blocks = (language: string): readonly Block[] => BLOCKS.filter((block) => block.language === language);

/** Lines for a shell that are not run. */
const NOT_RUN: readonly (readonly [line: RegExp, why: string])[] = [
  [/^npm ci && npm (start|test)\b/, "this is how the tests are run; the demo has its own"],
  [/^npm install (modem-mqtt|mqtt-packet @lydell\/node-pty aedes)$/, "test/e2e/package.test.ts installs the package as it is packed"],
  [/^npm run bench\b/, "takes minutes, and its figures are the machine's"],
  [/^npm run simulate\b/, "takes minutes; npm test runs 30 seeds of each family"],
  [/^npm install -g xs-dev/, "installs the Moddable SDK"],
  [/^xs-dev setup/, "installs the Moddable SDK"],
  [/^cd \S+( && mcconfig .*)?$/, "needs the Moddable SDK"],
  [/^mcconfig /, "needs the Moddable SDK"],
  [/^npx modem-mqtt probe --serial \S+( -h \S+ --listen 1883)? -o (first|second)\.md$/, "takes minutes; test/thorough/probe.test.ts has it"],
];

/** Blocks without a language: pictures, and what something prints that cannot be run here. */
const SHOWN: readonly RegExp[] = [/^--serial \/dev\/ttyUSB0$/m, /^ host +modem +internet$/m, /^modem: preparing$/m, /^MODEM_SILENT: no modem answers AT/];

const run = promisify(execFile);

describe("README and docs", function () {

  it("have no block in a language that nothing here looks after", () => {
    assert.deepEqual([...new Set(BLOCKS.map(({ language }) => language))].filter((language) => !["sh", "ts", "json", "text", "mermaid", ""].includes(language)), []);
    for (const { place, text } of blocks("")) assert.ok(SHOWN.some((pattern) => pattern.test(text)), `${place}: ${text}`);
    for (const { place, text } of blocks("json")) assert.doesNotThrow(() => JSON.parse(text), place);
  });

  it("show the session's states as its table has them", () => {
    const arrows = new Map<string, string[]>();
    for (const [from, event, to] of TRANSITIONS) {
      if (from === to) continue;
      const arrow = `${from === State.Idle ? "[*]" : STATES[from]} --> ${STATES[to]}`;
      arrows.set(arrow, [...(arrows.get(arrow) ?? []), EVENTS[event]]);
    }
    const drawn = [...arrows].map(([arrow, events]) => `  ${arrow}: ${events.join(", ")}`);
    assert.deepEqual(pictures("docs/sessions.md"), [["stateDiagram-v2", ...drawn, "  closed --> [*]", ""].join("\n")]);
    for (const state of STATES.slice(1)) assert.ok(page("docs/sessions.md").includes(`| ${state} |`), `${state} is not explained`);
  });

  it("show the chat's states as its table has them", () => {
    assert.deepEqual(pictures("docs/architecture.md"), [drawChat()]);
    assert.equal(blocks("mermaid").length, 2);
  });

  it("link to nothing that is not there", () => {
    for (const path of PAGES)
      for (const [, target] of page(path).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g))
        assert.ok(existsSync(join(root, path, "..", target)), `${path}: ${target}`);
  });

  it("name every flag that the command has, and no other", async () => {
    const text = page("docs/command.md");
    const has = new Set(["--version"]);
    for (const command of ["demo", "pub", "sub", "info", "probe", "virtual-modem"]) {
      const { stdout } = await modemMqtt([command, "--help"]);
      for (const [, short, long] of stdout.toString().matchAll(/^ {2}(?:(-\w), )?(--[\w-]+)/gm)) {
        assert.ok(text.includes(`\`${long}`) || text.includes(`\`${short}\``), `${command} ${long} is not in docs/command.md`);
        assert.ok(short === undefined || text.includes(`\`${short}\``), `${command} ${short} is not in docs/command.md`);
        has.add(long);
      }
    }
    for (const [, flag] of text.slice(0, text.indexOf("## Where it is not mosquitto")).matchAll(/(--[a-z][\w-]+)/g)) assert.ok(has.has(flag), `there is no ${flag}`);
  });

  it("limits.md has the numbers that the drivers enforce", async () => {
    const rows = new Map(page("docs/limits.md").split("\n").filter((line) => line.startsWith("| ")).map((line) => {
      const [what, ...cells] = line.split("|").slice(1, -1).map((cell) => cell.trim().replaceAll(/[*`]/g, ""));
      return [what, cells] as const;
    }));
    const names = rows.get("")!;
    assert.deepEqual([...names].sort(), await modemNames());
    for (const [index, name] of names.entries()) {
      const { limits, links } = await loadDriver(name);
      const expected: Record<string, unknown> = {
        "one message out": limits.payload, topic: limits.topic, "client id, user name, password, each": limits.credential, host: limits.host,
        "will's topic": limits.willTopic, "will's message": limits.willMessage, "keepalive, seconds": limits.keepAlive.join("–"),
        "topics in one subscribe": limits.topics, "publishes without their acknowledgement at once": limits.window,
        "MQTT connections at once": links, "MQTT versions": limits.protocolVersions.map((version) => (version === 3 ? "3.1" : "3.1.1")).join(", "),
      };
      for (const [what, value] of Object.entries(expected)) assert.equal(rows.get(what)![index], String(value), `${name}: ${what}`);
      assert.equal(rows.size, Object.keys(expected).length + 1, "a row that is not looked at");
    }
  });

  describe("ts", () => {
    const folder = join(root, "dist/test/documentation");
    const file = ({ place }: Block): string => place.replaceAll(/\W/g, "-");
    /** A device has globals of its own, and the package without a host's clients. */
    const isDevice = ({ text }: Block): boolean => /\b(trace\(|device\.|serial: \{)/.test(text) || text.includes('from "instrumentation"');

    before(async () => {
      await rm(folder, { recursive: true, force: true });
      const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false };
      for (const [name, base, device] of [["node", "tsconfig.json", false], ["device", "hosts/moddable/tsconfig.json", true]] as const) {
        await mkdir(join(folder, name), { recursive: true });
        await writeFile(join(folder, name, "tsconfig.json"), JSON.stringify({ extends: `../../../../${base}`, compilerOptions, include: ["."], exclude: [] }));
        for (const block of blocks("ts").filter((one) => isDevice(one) === device))
          await writeFile(join(folder, name, `${file(block)}.ts`), `${block.text}export {};\n`);
      }
      const typings = "../../../../node_modules/@moddable/typings";
      await writeFile(join(folder, "device/globals.d.ts"), ["global.d.ts", "embedded_provider/builtin.d.ts"].map((path) => `/// <reference path="${typings}/${path}" />\n`).join(""));
    });

    for (const project of ["node", "device"]) {
      it(`compiles, all that is for ${project}`, async () => {
        await run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "--project", join(folder, project)])
          .catch(({ stdout }: { stdout: string }) => assert.fail(stdout));
      });
    }

    const runnable = blocks("ts").filter((block) => !isDevice(block) && (block.text.includes('"broker.example"') || !block.text.includes("connect(")));
    for (const block of runnable) {
      it(`runs: ${block.place}`, async () => {
        const broker = await startAedes();
        const modem = await createVirtualModem({ modem: "bc35g", attachTime: 0 });
        try {
          const text = block.text.replaceAll("/dev/ttyUSB0", modem.path).replaceAll('"broker.example"', `"127.0.0.1", port: ${broker.port}`);
          const { code } = await transform(text, { loader: "ts", target: "node20" });
          await writeFile(join(folder, `${file(block)}.mjs`), code);
          await run(process.execPath, [join(folder, `${file(block)}.mjs`)], { timeout: 300_000 });
        } finally {
          await modem.close();
          await broker.stop();
        }
      });
    }
  });

  describe("sh", () => {
    let folder: string;
    let broker: Broker;
    let aedes: Aedes;
    let modem: VirtualModem;
    const unused = new Set(NOT_RUN.map(([line]) => line));

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), "modem-mqtt-docs-"));
      await writeFile(join(folder, "npx"), `#!/bin/sh\nshift\nexec ${process.execPath} ${COMMAND} "$@"\n`, { mode: 0o755 });
      await writeFile(join(folder, "config.json"), "{}");
      broker = await startAedes((one) => { aedes = one; });
      // Whoever subscribes is sent a message on a topic that fits each filter.
      aedes.on("subscribe", (subscriptions, client) => {
        for (const { topic } of subscriptions)
          if (client !== null && topic !== "nothing/comes") setTimeout(() => publish(topic.replace("#", "1/cmd").replaceAll("+", "1")), 100);
      });
      modem = await createVirtualModem({ modem: "bc35g", attachTime: 0 });
    });

    after(async () => {
      await modem.close();
      await broker.stop();
      await rm(folder, { recursive: true });
      assert.deepEqual([...unused], [], "NOT_RUN has lines that no page has");
    });

    function publish(topic: string): void {
      aedes.publish({ cmd: "publish", topic, payload: "x", qos: 1, retain: false, dup: false }, () => {});
    }

    const shell = (line: string): Running => {
      const here = line.replaceAll("/dev/ttyUSB0", modem.path).replaceAll("/tmp/", `${folder}/`).replaceAll(/-h (broker\.example|127\.0\.0\.1)/g, `-h 127.0.0.1 -p ${broker.port}`);
      const script = here.includes("|") ? here : `exec ${here}`;
      return new Running("sh", ["-c", `cd ${folder} && PATH=${folder}:$PATH && ${script}`]);
    };

    /** Runs one line to its end, which for `sub` without one is Ctrl-C. */
    async function complete(line: string, status: number): Promise<string> {
      const running = shell(line);
      if (/modem-mqtt sub/.test(line) && !/ -[CW] /.test(line)) {
        await running.until(({ stdout }) => stdout.length > 0);
        running.child.kill("SIGINT");
      }
      const finished = await running.finished;
      assert.deepEqual({ status: finished.status, stderr: status === 0 && !/modem-mqtt probe/.test(line) ? finished.stderr : "" }, { status, stderr: "" }, `${line}: ${finished.stderr}`);
      return finished.stdout.toString();
    }

    for (const block of blocks("sh")) {
      it(block.place, async () => {
        const behind: Running[] = [];
        let printed = "";
        try {
          for (const text of block.text.split("\n").filter((line) => line !== "")) {
            const [, line, comment = ""] = /^(.*?)\s*(\s# .*)?$/.exec(text)!;
            const known = NOT_RUN.find(([pattern]) => pattern.test(line));
            if (known !== undefined) unused.delete(known[0]);
            else if (line.endsWith("&")) {
              const running = shell(line.slice(0, -1));
              behind.push(running);
              await running.until(({ stdout }) => stdout.includes("listening "));
            } else printed = await complete(line, Number(/# status (\d+)/.exec(comment)?.[1] ?? 0));
          }
        } finally {
          for (const running of behind) assert.equal((await running.stop()).status, 0);
        }
        const next = BLOCKS[BLOCKS.indexOf(block) + 1];
        const timeless = (text: string): string => text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/, "now");
        if (next?.language === "text") assert.equal(timeless(printed), timeless(next.text), "what the page shows is not what is printed");
      });
    }
  });
});
