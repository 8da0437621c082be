// What the core weighs in a device's flash: bytecode, the names of properties and variables that go with it, and the slots of what
// exists when its modules have been preloaded.
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";

/** Of each module that was loaded: bytes of code, and its names. */
function parse(output) {
  return new Map([...output.matchAll(/^size (\S+) (\d+)(.*)$/gm)].map(([, name, code, names]) => [name, { code: Number(code), names: names.split(" ").filter(Boolean) }]));
}

/** The modules of the host that is built, preloaded; `more` for other flags of it. */
export async function modulesSizes({ program, modules, preloaded, run }, ...more) {
  const { status, output } = await run(program, ["--modules", modules, "--sizes", ...preloaded(), ...more]);
  if (status !== 0) throw new Error(`the modules cannot be preloaded:\n${output}`);
  return parse(output);
}

const weigh = (names) => names.reduce((sum, name) => sum + Buffer.byteLength(name) + 1, 0);

/** One module by itself. */
export const weightOf = ({ code, names }) => code + weigh(names);

/** Several, of which the linker (xsl) keeps each name once. */
export const linkedWeight = (parts) => parts.reduce((sum, { code }) => sum + code, 0) + weigh([...new Set(parts.flatMap(({ names }) => names))]);

/** The slots that each module adds, of an app with this driver: modules are preloaded in the order in which they import each other. */
export async function slotsOf(driver, { program, modules, run }) {
  const names = modulesOf(driver, modules);
  const { status, output } = await run(program, ["--modules", modules, "--sizes", ...names.flatMap((name) => ["--preload", name])]);
  if (status !== 0) throw new Error(`the modules cannot be preloaded:\n${output}`);
  return new Map([...output.matchAll(/^slots (\S+) (-?\d+)$/gm)].map(([, name, slots]) => [name, Number(slots)]));
}

/** The names of all modules that an app with this driver has in its flash: the client, the driver, and all that they import, each before who imports it. */
export function modulesOf(driver, modules) {
  const seen = new Set(), used = [];
  const use = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const [, path] of readFileSync(join(modules, `${name}.js`), "utf8").matchAll(/^(?:import|export) .*?"(\.[^"]+)";$/gm))
      use(posix.join(posix.dirname(name), path));
    used.push(name);
  };
  use("modem-mqtt/index");
  use(`modem-mqtt/modems/${driver}`);
  return used;
}
