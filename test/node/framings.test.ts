// An app has the framing of its driver's messages, and no other.
import assert from "node:assert/strict";
import { build } from "esbuild";
import { familyNames } from "modem-mqtt/virtual-modem";

const FRAMINGS = ["counted", "line"];
const OF: Readonly<Record<string, string>> = { bc35g: "line" };

const names = await familyNames();

describe("An app of one driver", () => {
  for (const name of names)
    it(`has one framing: ${name}`, async () => {
      const { metafile } = await build({
        stdin: { contents: `export * from "./src/index"; export * from "./src/modems/${name}";`, resolveDir: "." },
        bundle: true, format: "esm", write: false, metafile: true, logLevel: "silent",
      });
      const [output] = Object.values(metafile.outputs);
      assert.deepEqual(FRAMINGS.filter((framing) => `src/at/framing/${framing}.ts` in output.inputs), [OF[name] ?? "counted"]);
    });
});
