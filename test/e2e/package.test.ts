// The package as npm packs it, unpacked in a folder of its own: what a user installs.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { modemNames } from "modem-mqtt/node";

const root = fileURLToPath(new URL("./", import.meta.resolve("modem-mqtt/package.json")));
const run = promisify(execFile);
const json = async (path: string) => JSON.parse(await readFile(path, "utf8"));

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
    for (const name of [...Object.keys(dependencies), "@types/node"]) {
      const link = join(folder, "node_modules", name);
      await mkdir(dirname(link), { recursive: true });
      await symlink(join(root, "node_modules", name), link);
    }
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  });
  after(() => rm(folder, { recursive: true }));

  const specifiers = async (): Promise<string[]> => {
    const { exports } = await json(join(installed, "package.json"));
    return Object.keys(exports).filter((name) => !name.includes("*")).map((name) => `modem-mqtt${name.slice(1)}`);
  };

  it("has what can be imported and what belongs to it, and nothing of its own tests", async () => {
    const { exports } = await json(join(installed, "package.json"));
    const files = await readdir(installed, { recursive: true });
    for (const target of Object.values(exports).flatMap((each) => Object.values(typeof each === "string" ? [each] : (each as object))))
      assert.ok(target.includes("*") || files.includes(target.slice(2)), target);
    for (const name of await modemNames()) assert.equal(exports[`./modems/${name}`]?.moddable, `./dist/modems/${name}.js`, `${name} for moddable`);
    const folders = new Set(files.filter((name) => name.includes("/")).map((name) => name.split("/").slice(0, name.startsWith("dist/") ? 2 : 1).join("/")));
    assert.deepEqual([...folders].filter((name) => !/\.(js|d\.ts)$/.test(name)).sort(),
      ["clouds", "dist/families", "dist/modems", "dist/types", "docs", "hosts", "modems", "session", "src"]);
  });

  it("is imported by each of its names", async () => {
    const names = await specifiers();
    const script = names.map((name) => `await import(${JSON.stringify(name)}${name.endsWith(".json") ? ', { with: { type: "json" } }' : ""});`).join("\n");
    await writeFile(join(folder, "imports.js"), `${script}\nprocess.stdout.write("all");\n`);
    const { stdout, stderr } = await run(process.execPath, ["--disable-warning=ExperimentalWarning", "imports.js"], { cwd: folder });
    assert.deepEqual({ stdout, stderr }, { stdout: "all", stderr: "" });
  });

  it("runs its command: the demo", async () => {
    const { bin } = await json(join(installed, "package.json"));
    const { stdout, stderr } = await run(process.execPath, [join(installed, bin["modem-mqtt"]), "demo", "--modem", "m531x"], { cwd: folder });
    assert.equal(stderr, "");
    assert.match(stdout, /# disconnected; that was all\n$/);
  });

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
