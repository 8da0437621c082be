/**
 * Holds what a device executes, keeps in RAM and in flash: a figure that is more than 3 % above the one in test/xs/device.json fails.
 * `npm run bench:device` shows them beside the limits; `npm run bench:device -- --update` takes today's as those that were reached.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";

interface Row { family: string; figure: string; value: number }
interface Loss { baud: number; machine: string; cycles: number; received: number; lost: number }

/** Linking other C moves a count of instructions by up to 0.7 %. */
const ROOM = 1.03;
/** How build/xs-device-bench.mjs ends where a tool is missing. */
const NO_TOOLS = 3;

function bench(): Promise<{ status: number; rows: Row[]; fifo: Loss[]; tables: string[]; said: string }> {
  return new Promise((resolve) => execFile(process.execPath, ["build/xs-device-bench.mjs", "--json"], { maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
    const status = error === null ? 0 : Number(error.code);
    resolve({ status, said: stderr, ...(stdout.startsWith("{") ? JSON.parse(stdout) : { rows: [], fifo: [], tables: [] }) });
  }));
}

describe("figures on a device's instruction set (test/xs/device.json; needs qemu-system-misc, gcc-riscv64-unknown-elf, picolibc-riscv64-unknown-elf)", () => {
  const { families, fifo: reached }: { families: Record<string, Record<string, number>>; fifo: Loss[] } = JSON.parse(readFileSync("test/xs/device.json", "utf8"));
  let measured: Awaited<ReturnType<typeof bench>>;

  before(async function () {
    measured = await bench();
    if (measured.status === NO_TOOLS) this.skip();
    assert(measured.rows.length > 0, measured.said);
  });

  for (const [family, figures] of Object.entries(families))
    for (const [figure, value] of Object.entries(figures))
      it(`${family}, ${figure}: at most ${value} and 3 %`, () => {
        const row = measured.rows.find((each) => each.family === family && each.figure === figure);
        assert(row !== undefined, "this figure is not measured any more");
        assert(row.value <= value * ROOM, `${row.value}, and it was ${value}`);
      });

  for (const { baud, machine, cycles, lost } of reached.filter((each) => each.lost === 0))
    it(`200 messages back to back, ${baud} baud, ${machine} at ${cycles} cycles an instruction: none lost`, () => {
      const now = measured.fifo.find((each) => each.baud === baud && each.machine === machine && each.cycles === cycles);
      assert.equal(now?.lost, lost);
    });

  it("docs/performance.md quotes the figures that were reached", () => {
    const page = readFileSync("docs/performance.md", "utf8");
    assert.equal(measured.tables.length, 2);
    for (const table of measured.tables) assert(page.includes(`\n${table}\n`), "npm run bench:device -- --update writes the tables anew");
  });

  it("every figure has one that was reached", () => {
    for (const { family, figure } of measured.rows) assert(families[family]?.[figure] !== undefined, `${family}, ${figure}`);
  });
});
