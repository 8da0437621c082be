/**
 * `npm run bench` measures two things on Node: how fast decoder and link read, beside what would be written instead; and
 * how close the client comes, over a paced pseudo-terminal, to the time that the bytes alone need. `-- --json` prints the
 * figures as JSON. An idle machine is wanted: the client, the modem and the broker need two processors between them.
 */
import { parseArgs } from "node:util";
import { FAMILIES } from "./families";
import { measureLine, type LineFigure } from "./line";
import { measureParsing, type ParsingFigure } from "./parsing";
import { BAUD } from "./wire-time";

const ROUNDS = 9;
/** Milliseconds. */
const DURATION = 500;

const { values: { json } } = parseArgs({ options: { json: { type: "boolean", default: false } } });

const parsing = await measureParsing(ROUNDS);
const line: LineFigure[] = [];
for (const family of FAMILIES) line.push(...await measureLine(family, { rounds: ROUNDS, duration: DURATION }));

if (json) console.log(JSON.stringify({ node: process.version, rounds: ROUNDS, baud: BAUD, parsing, line }, null, 1));
else {
  console.log(`Node ${process.version}; medians of ${ROUNDS} rounds, the worst and the best behind them\n`);
  console.log("Bytes a second, 64-byte messages and reports taking turns");
  print(["", "decoder and link", "readline and RegExp", "ratio"], parsing.map(parsingRow));
  console.log(`\nThe bytes' own time at ${BAUD} baud, of the time that a QoS 0 message took`);
  print(["", "", "payload", "bytes to / from the modem", "share", "possible with this machine's turns"], line.map(lineRow));
}

function parsingRow({ family, core, readline, ratio, from, to }: ParsingFigure): string[] {
  const mega = (rate: number): string => `${(rate / 1e6).toFixed(1)} MB/s`;
  return [family, mega(core), mega(readline), `${ratio.toFixed(2)} (${from.toFixed(2)}–${to.toFixed(2)})`];
}

function lineRow({ family, direction, length, sent, received, share, from, to, possible }: LineFigure): string[] {
  const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
  return [family, direction, String(length), `${sent} / ${received}`, `${percent(share)} (${percent(from)}–${percent(to)})`, percent(possible)];
}

function print(head: readonly string[], rows: readonly string[][]): void {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  for (const row of [head, ...rows]) console.log(row.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd());
}
