/**
 * What a device executes and keeps in flash, against what was reached (test/xs/device.json) and the project's limits.
 *
 *   npm run bench:device        in instructions of RV32IMC, which an ESP32-C3 executes, over the ESP32's own serial port
 *     [-- --json]               as JSON
 *     [-- --update]             takes today's figures as those that were reached, and writes the tables of docs/performance.md
 *     [-- --moddable DIR]       beside Moddable's own MQTT client, of the SDK checkout there
 *
 * Exit status: 0; 1, a figure is worse than what was reached by more than 3 %; 2, wrong usage; 3, a tool is missing.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { device, emulate, NoDevice } from "./xs-device.mjs";
import { compileModules, each, host, modules, preloaded, root, run, sdkPreloaded } from "./xs.mjs";
import { PEER } from "./xs-bench.mjs";
import { flashOf, keptOf, shippedModules, sourcesOf } from "./xs-sizes.mjs";

/** A family's name, and its module's. */
const FAMILIES = { "BC35-G": "bc35g", M531X: "m531x", ML302: "ml302", NM28: "nm28" };
/** Memory as ESP32 targets commonly have it, with this package's own stack (manifest.json). */
const MEMORY = ["--chunk", "78848,0", "--heap", "4928,0", "--stack", "640"];
/** Linking other C moves a count by up to 0.7 %. */
export const ROOM = 1.03;

const INSTRUCTIONS = 2;
/** `limit`: the project's, of BC35-G; that of the others is a tenth more where `tenth` is set. `peer`: Moddable's own client has it too. */
export const FIGURES = [
  { name: "inbound: instructions", of: ({ inbound }) => inbound[INSTRUCTIONS], limit: 90_000, tenth: true, peer: ({ inbound64 }) => inbound64[INSTRUCTIONS] },
  { name: "outbound: instructions", of: ({ outbound }) => outbound[INSTRUCTIONS], limit: 140_000, tenth: true, peer: ({ outbound64 }) => outbound64[INSTRUCTIONS] },
  { name: "first message on a topic: instructions", of: ({ firstInbound }) => firstInbound[0], limit: 200_000, tenth: true },
  { name: "first publish: instructions", of: ({ firstOutbound }) => firstOutbound[0], limit: 350_000, tenth: true },
  { name: "connecting and subscribing: instructions, the most for one line", of: ({ connectingLine }) => connectingLine[0] },
  { name: "connecting and subscribing: instructions, in all", of: ({ connecting }) => connecting[0] },
  { name: "`new MQTTClient`: instructions", of: (all) => all.new[0] },
  { name: "a collection: instructions", of: ({ collection }) => collection[0] },
  { name: "longest time without a read of the port: instructions, inbound", of: ({ inboundGap }) => inboundGap[0], limit: 60_000, tenth: true },
  { name: "… outbound", of: ({ outboundGap }) => outboundGap[0], limit: 60_000, tenth: true },
  { name: "… first message on a topic", of: ({ firstInboundGap }) => firstInboundGap[0], limit: 120_000, tenth: true },
  { name: "… connecting and subscribing", of: ({ connectingGap }) => connectingGap[0], limit: 120_000, tenth: true },
  { name: "slots and chunk bytes of a message, in and out", of: ({ inbound, outbound }) => inbound[0] + inbound[1] + outbound[0] + outbound[1], limit: 0 },
  { name: "RAM of a connected client: bytes", of: ({ ram: [slots, chunks] }) => slots * 16 + chunks, limit: 8192, peer: ({ ram: [slots, chunks] }) => slots * 16 + chunks },
  { name: "C stack: bytes", of: ({ stack }) => stack[1] },
  { name: "JavaScript stack: slots", of: ({ stack }) => stack[0] },
  { name: "flash: bytecode, bytes", of: ({ flash }) => flash.bytes, limit: 65_536, tenth: true, peer: ({ flash }) => flash.bytes },
  { name: "flash: preloaded slots of 16 bytes", of: ({ flash }) => flash.slots, limit: 5000, tenth: true, peer: ({ flash }) => flash.slots },
];
const limitOf = ({ limit, tenth }, family) => (limit === undefined ? null : tenth && family !== "BC35-G" ? Math.round(limit * 1.1) : limit);

/** Lines of `name value…`. */
const numbers = (output) => Object.fromEntries(output.trim().split("\n").filter((line) => !line.startsWith("fifo ")).map((line) => line.split(" ")).map(([name, ...values]) => [name, values.map(Number)]));
const fifoOf = (output) => [...output.matchAll(/^fifo (\d+) (\S+) (\S+) (\d+) (\d+)$/gm)].map(([, baud, machine, cycles, received, lost]) =>
  ({ baud: Number(baud), machine, cycles: Number(cycles), received: Number(received), lost: Number(lost) }));

async function measure(sdk) {
  const [program, linux] = [await device(), await host()];
  if (linux.bits !== 32) throw new NoDevice("not measured on a device's instructions: flash is counted on a host of 32 bits, for which Debian's package gcc-multilib is missing");
  const all = Object.fromEntries(Object.keys(FAMILIES).map((family) => [family, {}]));
  const sizing = { ...linux, modules, run };
  // What a device executes, and not the sources: its modules come first.
  const { folder, names } = shippedModules(Object.values(FAMILIES));
  const inFlash = [...sdkPreloaded(), ...names.flatMap((name) => ["--preload", name])];
  let parts, peer = null;
  await each([
    ...Object.keys(FAMILIES).map((family) => async () => {
      const output = await emulate(program, ["--modules", folder, "--modules", modules, ...MEMORY, ...inFlash, "test/xs/device", family]);
      const [, line] = /^connectingWorst (\S+)$/m.exec(output);
      Object.assign(all[family], numbers(output), { fifo: fifoOf(output), worstLine: line.replaceAll("_", " ") });
    }),
    ...Object.entries(FAMILIES).map(([family, driver]) => async () => {
      all[family].flash = await flashOf(driver, sizing);
    }),
    async () => (parts = await sourcesOf(Object.values(FAMILIES), sizing)),
    async () => {
      if (sdk === undefined) return;
      const folders = [modules, join(sdk, PEER)];
      const output = await emulate(program, [...folders.flatMap((each) => ["--modules", each]), "--chunk", "262144,0", "--heap", "32768,0", ...preloaded(), "--preload", "mqttclient", "test/xs/peer"]);
      peer = { ...numbers(output), flash: (await keptOf(sizing, folders, ["mqttclient"])).get("mqttclient") };
    },
  ], (work) => work());
  return { all, parts, peer };
}

const rowsOf = (all, reached) => Object.entries(all).flatMap(([family, measured]) => FIGURES.map((figure) =>
  ({ family, figure: figure.name, value: Math.round(figure.of(measured)), reached: reached[family]?.[figure.name] ?? null, limit: limitOf(figure, family) })));
const isWorse = ({ value, reached }) => reached === null || value > reached * ROOM;

const table = (lines) => lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** What was reached; in brackets the limit of those that are over it. */
function figuresTable({ families, peer }) {
  const names = Object.keys(FAMILIES);
  const cell = (figure, family) => {
    const value = families[family][figure.name], limit = limitOf(figure, family);
    return limit !== null && value > limit ? `${value} (${limit})` : `${value}`;
  };
  return table([
    ["", ...names, "Moddable's own, over TCP"], ["---", ...names.map(() => "---"), "---"],
    ...FIGURES.map((figure) => [figure.name, ...names.map((family) => cell(figure, family)), peer[figure.name] ?? ""]),
  ]);
}

const machines = (fifo) => [...new Map(fifo.map(({ machine, cycles }) => [`${machine}, ${cycles}`, { machine, cycles }])).entries()];

/** Messages of 200 that were received, and bytes that were lost, of the family that loses most. */
function fifoTable({ fifo }) {
  const columns = machines(fifo);
  return table([
    ["baud", ...columns.map(([name]) => `${name} ${name.endsWith(" 1") ? "cycle" : "cycles"}`)], ["---", ...columns.map(() => "---")],
    ...[...new Set(fifo.map(({ baud }) => baud))].map((baud) => [baud, ...columns.map(([, { machine, cycles }]) => {
      const { received, lost } = fifo.find((each) => each.baud === baud && each.machine === machine && each.cycles === cycles);
      return lost === 0 && received === 200 ? "none lost" : `${received} / ${lost}`;
    })]),
  ]);
}

const worstFifo = (all) => Object.values(all)[0].fifo.map((entry, index) => Object.values(all).map(({ fifo }) => fifo[index]).sort((a, b) => b.lost - a.lost || a.received - b.received)[0]);

const TABLES = /(<!-- npm run bench:device -- --update writes this table -->\n)[^]*?\n(?=\n)/g;

function show(rows, all, parts, peer) {
  console.log("XS on RV32IMC under QEMU, in instructions; core and driver preloaded, over the ESP32's own port; 64 payload bytes on a 9-byte topic");
  for (const family of Object.keys(all)) {
    console.log(`\n${family.padEnd(66)}    today   reached     limit`);
    for (const row of rows.filter((each) => each.family === family)) {
      const words = [isWorse(row) && "WORSE THAN IT WAS", row.limit !== null && row.value > row.limit && "over the limit"].filter(Boolean);
      console.log(`  ${row.figure.padEnd(64)}${[row.value, row.reached, row.limit].map((number) => String(number ?? "").padStart(10)).join("")}  ${words.join(", ")}`.trimEnd());
    }
    console.log(`  the line of connecting that takes longest is the last of: ${all[family].worstLine}`);
  }
  console.log("\n200 messages without a pause, of the family that loses most: messages received / bytes lost, at cycles an instruction; C3 at 160 MHz, ESP32 at 240 MHz\n");
  console.log(fifoTable({ fifo: worstFifo(all) }));
  console.log(`\n${"Flash, source by source as it is written".padEnd(50)} bytecode     slots`);
  for (const { name, bytes, slots } of parts) console.log(`  ${name.padEnd(48)}${String(bytes).padStart(9)}${String(slots).padStart(10)}`);
  if (peer === null) return console.log("\nModdable's own MQTT client was not run beside it: give the path of an SDK checkout, -- --moddable DIR");
  console.log("\nModdable's own MQTT client, over TCP");
  for (const figure of FIGURES) if (figure.peer !== undefined) console.log(`  ${figure.name.padEnd(64)}${String(Math.round(figure.peer(peer))).padStart(10)}`);
}

async function main(words) {
  const at = words.indexOf("--moddable");
  const [, sdk] = at < 0 ? [] : words.splice(at, 2);
  const unknown = words.filter((word) => word !== "--json" && word !== "--update");
  if (unknown.length > 0 || (at >= 0 && !existsSync(join(sdk ?? "", PEER)))) {
    console.error(unknown.length > 0 ? "npm run bench:device -- [--json] [--update] [--moddable DIR]" : `--moddable ${sdk ?? ""}: no checkout of the Moddable SDK, which has ${PEER}`);
    return 2;
  }
  await compileModules();
  const { all, parts, peer } = await measure(sdk);
  const file = join(root, "test", "xs", "device.json"), page = join(root, "docs", "performance.md");
  let kept = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { families: {}, peer: {} };
  if (words.includes("--update")) {
    const today = rowsOf(all, {});
    kept = {
      families: Object.fromEntries(Object.keys(all).map((family) => [family, Object.fromEntries(today.filter((row) => row.family === family).map(({ figure, value }) => [figure, value]))])),
      fifo: worstFifo(all),
      peer: peer === null ? kept.peer : Object.fromEntries(FIGURES.filter((figure) => figure.peer !== undefined).map((figure) => [figure.name, Math.round(figure.peer(peer))])),
    };
    writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`);
    const written = [figuresTable(kept), fifoTable(kept)];
    writeFileSync(page, readFileSync(page, "utf8").replace(TABLES, (_, mark) => `${mark}${written.shift()}\n`));
  }
  const rows = rowsOf(all, kept.families);
  if (words.includes("--json"))
    console.log(JSON.stringify({ rows, fifo: worstFifo(all), parts, peer, tables: "fifo" in kept ? [figuresTable(kept), fifoTable(kept)] : [] }, null, 1));
  else show(rows, all, parts, peer);
  return rows.some(isWorse) ? 1 : 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const missing = error instanceof NoDevice || error?.constructor?.name === "NoCompiler";
  console.error(missing ? error.message : error);
  process.exitCode = missing ? 3 : 1;
}
