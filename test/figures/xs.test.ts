/**
 * Holds what was reached on XS: a figure that is above its ceiling in test/xs/figures.json fails.
 * `npm run bench:xs` shows them beside the limits; `npm run bench:xs -- --update` takes today's as the ceilings.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";

interface Row { family: string; figure: string; value: number }

/** How build/xs.mjs ends where there is no C compiler. */
const NO_COMPILER = 3;

function bench(): Promise<{ status: number; bits?: number; rows: Row[]; table?: string; said: string }> {
  return new Promise((resolve) => execFile(process.execPath, ["build/xs.mjs", "bench", "--json"], { maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
    const status = error === null ? 0 : Number(error.code);
    resolve({ status, said: stderr, ...(stdout.startsWith("{") ? JSON.parse(stdout) : { rows: [] }) });
  }));
}

describe("figures on XS, 32-bit (test/xs/figures.json; needs a C compiler that links for 32 bits)", () => {
  const { ceilings }: { ceilings: Record<string, Record<string, number>> } = JSON.parse(readFileSync("test/xs/figures.json", "utf8"));
  let rows: Row[], table: string;

  before(async function () {
    const { status, bits, rows: measured, table: quoted, said } = await bench();
    if (status === NO_COMPILER || bits === 64) this.skip();
    assert(measured.length > 0, said);
    rows = measured;
    table = quoted!;
  });

  for (const [family, figures] of Object.entries(ceilings))
    for (const [figure, ceiling] of Object.entries(figures))
      it(`${family}, ${figure}: at most ${ceiling}`, () => {
        const row = rows.find((each) => each.family === family && each.figure === figure);
        assert(row !== undefined, "this figure is not measured any more");
        assert(row.value <= ceiling, `${row.value}, and it was ${ceiling}`);
      });

  it("docs/performance.md quotes the ceilings as they are", () => {
    assert(readFileSync("docs/performance.md", "utf8").includes(`\n${table}\n`), "npm run bench:xs -- --update writes the table anew");
  });

  it("every figure has a ceiling", () => {
    for (const { family, figure } of rows) assert(ceilings[family]?.[figure] !== undefined, `${family}, ${figure}`);
  });
});
