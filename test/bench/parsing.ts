/** Bytes a second through decoder and link, and through what would be written instead. */
import assert from "node:assert/strict";
import { Core } from "./core";
import { FAMILIES, type Family } from "./families";
import type { Message } from "./message";
import { median } from "./median";
import { Readline } from "./readline";

const TOPIC = "meter/cmd";
/** Bytes of a message's payload. */
const PAYLOAD = 64;
/** Bytes that come at once: as a USB adapter at 115200 baud brings them. */
const PIECE = 64;
/** Of one round. */
const MESSAGES = 5000;

export interface ParsingFigure {
  family: string;
  /** Bytes a second, each the median of its rounds. */
  core: number;
  readline: number;
  /** The median of the rounds' ratios, the worst and the best. */
  ratio: number;
  from: number;
  to: number;
}

/** Messages, each with a report behind it, in pieces as a port would bring them. */
function traffic({ header, reports }: Family, count: number): { pieces: Uint8Array[]; bytes: number; lines: number } {
  let text = "";
  for (let i = 0; i < count; i++) {
    const payload = `{"n":${i},"t":21.5,"on":true}`.padEnd(PAYLOAD, ".");
    text += `\r\n${header(TOPIC, PAYLOAD)}${payload}\r\n\r\n${reports[i % reports.length]}\r\n`;
  }
  const bytes = Buffer.from(text);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += PIECE) pieces.push(bytes.subarray(at, at + PIECE));
  return { pieces, bytes: bytes.length, lines: 2 * count };
}

/** Fails unless both make the same of it, and leave nothing. */
async function compare(family: Family): Promise<void> {
  const { pieces, lines } = traffic(family, 100);
  const ours: Message[] = [], theirs: Message[] = [];
  const core = new Core(family, TOPIC, (message) => ours.push(message));
  const readline = new Readline(family.name, (message) => theirs.push(message));
  core.feed(pieces);
  await readline.feed(pieces, lines);
  assert.equal(ours.length, 100);
  assert.deepEqual(ours, theirs);
  assert.deepEqual([core.unknown, readline.unknown], [0, 0]);
}

/** Measures all families; core and readline take turns. */
export async function measureParsing(rounds: number): Promise<ParsingFigure[]> {
  for (const family of FAMILIES) await compare(family);
  let received = 0;
  const receive = (): void => void received++;
  const lanes = FAMILIES.map((family) => ({
    family: family.name, ...traffic(family, MESSAGES),
    core: new Core(family, TOPIC, receive), readline: new Readline(family.name, receive),
    times: { core: [] as number[], readline: [] as number[] },
  }));
  // The first round is for the compiler.
  for (let round = -1; round < rounds; round++)
    for (const { pieces, lines, core, readline, times } of lanes) {
      const start = performance.now();
      core.feed(pieces);
      const between = performance.now();
      await readline.feed(pieces, lines);
      const end = performance.now();
      if (round < 0) continue;
      times.core.push(between - start);
      times.readline.push(end - between);
    }
  assert.equal(received, 2 * MESSAGES * lanes.length * (rounds + 1));
  return lanes.map(({ family, bytes, times }) => {
    const ratios = times.readline.map((time, round) => time / times.core[round]);
    const rate = (values: number[]): number => Math.round((bytes * 1000) / median(values));
    return { family, core: rate(times.core), readline: rate(times.readline), ratio: median(ratios), from: Math.min(...ratios), to: Math.max(...ratios) };
  });
}
