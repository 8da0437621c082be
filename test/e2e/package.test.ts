// The package as npm packs it, unpacked in a folder of its own: what a user installs.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { modemNames } from "modem-mqtt/node";
import { brought } from "../moddable/support/manifests";

const root = fileURLToPath(new URL("./", import.meta.resolve("modem-mqtt/package.json")));
const run = promisify(execFile);
const json = async (path: string) => JSON.parse(await readFile(path, "utf8"));

/** Packages that the demo needs, and that are not installed with this one. */
const DEMO = ["mqtt-packet", "@lydell/node-pty", "aedes"];

describe("the package, packed and unpacked", function () {
  let folder: string;
  let installed: string;

  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "modem-mqtt-package-")));
    installed = join(folder, "node_modules/modem-mqtt");
    await mkdir(installed, { recursive: true });
    // What there is was built before the tests: no script of the package's runs.
    await run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: root });
    const archive = (await readdir(folder)).find((name) => name.endsWith(".tgz"))!;
    await run("tar", ["xzf", join(folder, archive), "--strip-components", "1", "-C", installed]);
    // Its dependencies and nothing else can be found from there; Node's types are the user's own.
    const { dependencies } = await json(join(installed, "package.json"));
    for (const name of [...Object.keys(dependencies), "@types/node"]) await install(name);
    // Nor in a folder above: what the demo needs may be there, for this folder is wherever temporary files are.
    for (const name of DEMO) await hide(name);
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  });
  after(() => rm(folder, { recursive: true }));

  async function install(name: string): Promise<void> {
    const link = join(folder, "node_modules", name);
    await mkdir(dirname(link), { recursive: true });
    await rm(link, { recursive: true, force: true });
    await symlink(join(root, "node_modules", name), link);
  }

  /** A package that cannot be loaded, though one of this name be in a folder above. */
  async function hide(name: string): Promise<void> {
    const hidden = join(folder, "node_modules", name);
    await mkdir(hidden, { recursive: true });
    await writeFile(join(hidden, "package.json"), JSON.stringify({ name, exports: {} }));
  }

  /** The command of the installed package, and how it ended. */
  async function command(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const { bin } = await json(join(installed, "package.json"));
    return run(process.execPath, [join(installed, bin["modem-mqtt"]), ...args], { cwd: folder })
      .then(({ stdout, stderr }) => ({ code: 0, stdout, stderr }), (error: { code: number; stdout: string; stderr: string }) => error);
  }

  const specifiers = async (): Promise<string[]> => {
    const { exports } = await json(join(installed, "package.json"));
    return Object.keys(exports).filter((name) => !name.includes("*")).map((name) => `modem-mqtt${name.slice(1)}`);
  };

  it("has what can be imported and what belongs to it, and nothing of its own tests", async () => {
    const { exports } = await json(join(installed, "package.json"));
    const files = await readdir(installed, { recursive: true });
    const targets = (each: object | string): string[] => (typeof each === "string" ? [each] : Object.values(each).flatMap(targets));
    for (const target of targets(exports))
      assert.ok(target.includes("*") || files.includes(target.slice(2)), target);
    for (const name of await modemNames()) assert.equal(exports[`./modems/${name}`]?.moddable, `./dist/moddable/modems/${name}.js`, `${name} for moddable`);
    const folders = new Set(files.filter((name) => name.includes("/")).map((name) => name.split("/").slice(0, name.startsWith("dist/") ? 2 : 1).join("/")));
    assert.deepEqual([...folders].filter((name) => !/\.(js|d\.c?ts)$/.test(name)).sort(),
      ["dist/care", "dist/families", "dist/moddable", "dist/modems", "dist/types", "docs", "hosts", "src"]);
  });

  it("has all files that its manifests for Moddable name, on every platform", async () => {
    const files = await readdir(installed, { recursive: true });
    const manifests = files.filter((file) => /^hosts\/moddable\/.*\.json$|^manifest\.json$/.test(file) && !file.endsWith("tsconfig.json"));
    assert(manifests.length > 20, manifests.join());
    for (const file of manifests) for (const platform of ["esp32", "esp32/esp32c3", "esp", "pico", "nrf52", "zephyr", "lin", "mac", "win"]) brought(join(installed, file), platform);
    const { modules } = brought(join(installed, "hosts/moddable/modems/bc35g/manifest.json"), "esp32");
    for (const file of modules.values()) assert(file.startsWith(join(installed, "dist/moddable/")), file);
  });

  it("is imported by each of its names", async () => {
    const names = await specifiers();
    const script = names.map((name) => `await import(${JSON.stringify(name)}${name.endsWith(".json") ? ', { with: { type: "json" } }' : ""});`).join("\n");
    await writeFile(join(folder, "imports.js"), `${script}\nprocess.stdout.write("all");\n`);
    const { stdout, stderr } = await run(process.execPath, ["--disable-warning=ExperimentalWarning", "imports.js"], { cwd: folder });
    assert.deepEqual({ stdout, stderr }, { stdout: "all", stderr: "" });
  });

  it("is required by each of its names", async () => {
    const script = (await specifiers()).map((name) => `if (Object.keys(require(${JSON.stringify(name)})).length === 0) throw new Error();`).join("\n");
    await writeFile(join(folder, "requires.cjs"), `${script}\nprocess.stdout.write("all");\n`);
    const { stdout } = await run(process.execPath, ["--disable-warning=ExperimentalWarning", "requires.cjs"], { cwd: folder });
    assert.equal(stdout, "all");
  });

  it("a gateway got 80 packages, most of them for the demo alone", async () => {
    const { dependencies } = await json(join(installed, "package.json"));
    const all = new Set<string>();
    const add = async (name: string): Promise<void> => {
      if (all.has(name)) return;
      all.add(name);
      for (const each of Object.keys((await json(join(root, "node_modules", name, "package.json"))).dependencies ?? {})) await add(each);
    };
    for (const name of Object.keys(dependencies)) await add(name);
    assert.deepEqual([...all].filter((name) => /^(aedes|mqtt|ws|bl|write-file-atomic|@types\/|@lydell\/)/.test(name)), []);
    assert.ok(all.size < 30, `${all.size} packages: ${[...all].join(", ")}`);
  });

  it("its command loaded a broker at every start", async () => {
    // None of what only the demo and the virtual modem need is there; whatever loaded it would fail.
    for (const args of [["--help"], ["pub", "--help"], ["sub", "--help"], ["info", "--help"], ["demo", "--help"], ["virtual-modem", "--help"]])
      assert.deepEqual(await command(...args).then(({ code, stderr }) => ({ code, stderr })), { code: 0, stderr: "" }, args.join(" "));
    const { code, stderr } = await command("pub", "--serial", join(folder, "no-port"), "--modem", "bc35g", "-h", "broker.example", "-t", "t", "-m", "x");
    assert.equal(code, 1);
    assert.match(stderr, /^modem-mqtt: [^\n]*no-port[^\n]*\n$/);
  });

  it("its demo and its virtual modem say what is to be installed for them", async () => {
    const { code, stdout, stderr } = await command("demo", "--modem", "m531x");
    assert.deepEqual({ code, stdout, stderr }, {
      code: 1, stdout: "",
      stderr: "modem-mqtt: the demo needs packages that are not installed with modem-mqtt; install them with: npm install mqtt-packet @lydell/node-pty aedes\n",
    });
    const modem = await command("virtual-modem");
    assert.equal(modem.code, 1);
    assert.match(modem.stderr, /^modem-mqtt virtual-modem: a virtual modem needs packages .*: npm install mqtt-packet @lydell\/node-pty\n$/);
  });

  it("runs its demo when they are", async () => {
    for (const name of DEMO) await install(name);
    const { code, stdout, stderr } = await command("demo", "--modem", "m531x");
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.match(stdout, /# disconnected; that was all\n$/);
  });

  // The compiler looks at every declaration file too (`skipLibCheck` is off), and Node's types are all that is there besides.
  for (const module of ["node16"]) { // from node20 on the compiler knows that an ES module can be required
    it(`a .cts file did not compile (TS1479): module ${module}`, async () => {
      const project = join(folder, `commonjs-${module}`);
      await mkdir(project);
      const names = (await specifiers()).filter((name) => !name.endsWith(".json"));
      const all = names.map((name, index) => `import * as each${index} from ${JSON.stringify(name)};\nvoid each${index};\n`).join("");
      const used = `import MQTTClient from "modem-mqtt";
        import { connect, type ModemMQTTClient } from "modem-mqtt/node";
        import BC35G from "modem-mqtt/modems/bc35g";
        const bits: number = MQTTClient.CONNACK;
        const client: Promise<ModemMQTTClient> = connect({ serial: "/dev/ttyUSB0", modem: "bc35g", host: "broker.example" });
        void [bits, client, BC35G];\n`;
      for (const file of ["consumer.cts", "consumer.mts"]) await writeFile(join(project, file), all + used);
      const compilerOptions = { target: "es2020", lib: ["es2020"], types: ["*"], strict: true, noEmit: true, module, moduleResolution: module };
      await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["."] }));
      await run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "--project", project]).catch(({ stdout }: { stdout: string }) => assert.fail(stdout));
    });
  }

  for (const [moduleResolution, module] of [["node16", "node16"], ["bundler", "esnext"]] as const) {
    it(`has types that hold: moduleResolution ${moduleResolution}`, async () => {
      const project = join(folder, moduleResolution);
      await cp(join(root, "test/types"), project, { recursive: true });
      const compilerOptions = { target: "es2022", lib: ["es2024", "esnext.disposable"], types: ["node"], strict: true, noEmit: true, module, moduleResolution };
      await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["."] }));
      const traced = await run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "--project", project, "--listFiles"])
        .catch(({ stdout }: { stdout: string }) => assert.fail(stdout));
      const declarations = traced.stdout.split("\n").filter((name) => name.includes("/modem-mqtt/") || name.startsWith(join(root, "dist")));
      assert.ok(declarations.length > 8 && declarations.every((name) => name.startsWith(installed)), declarations.join("\n"));
    });
  }
});
