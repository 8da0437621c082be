/**
 * The figures of the core on XS, against the ceilings that were reached (test/xs/figures.json) and the project's limits.
 * See `node build/xs.mjs bench`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { flashOf, keptOf, sourcesOf } from "./xs-sizes.mjs";

/** A family's name, and its module's. */
const FAMILIES = { "BC35-G": "bc35g", M531X: "m531x", ML302: "ml302", NM28: "nm28" };
/** As ESP32 targets commonly set them, with this package's own stack (manifest.json). */
const ESP32 = ["--chunk", "78848,0", "--heap", "4928,0", "--stack", "640"];
/** So large that nothing is collected, and every allocation is counted. */
const ROOMY = ["--heap", "1500000,65536", "--chunk", "67108864,1048576"];
const MESSAGES = 100_000;
/** Bytes of a slot, by the machine's bits. */
const SLOT = { 32: 16, 64: 32 };

const SLOTS = 0, CHUNKS = 1, UNITS = 2;
const most = (costs, index) => Math.max(...Object.entries(costs).filter(([name]) => name.startsWith("line:")).map(([, values]) => values[index]));
const slope = (costs, name) => (costs[`${name}192`][UNITS] - costs[`${name}64`][UNITS]) / 128;
const perByte = ({ family }) => (family === "BC35-G" ? 11 : 2.5);

/** `portable`: it makes a difference whether the host has native bytes. `peer`: Moddable's own client has it too. */
const FIGURES = [
  { name: "inbound: slots", of: ({ costs }) => costs.inbound64[SLOTS], limit: () => 0, portable: true, peer: true },
  { name: "inbound: chunk bytes", of: ({ costs }) => costs.inbound64[CHUNKS], limit: () => 0, portable: true, peer: true },
  { name: "inbound: units", of: ({ costs }) => costs.inbound64[UNITS], limit: ({ family, costs }) => (family === "M531X" ? 2000 : 20 * costs.wire64[0]), portable: true, peer: true },
  { name: "inbound: units per further payload byte", of: ({ costs }) => slope(costs, "inbound"), limit: perByte, portable: true, peer: true },
  { name: "outbound: slots", of: ({ costs }) => costs.outbound64[SLOTS], limit: () => 0, portable: true, peer: true },
  { name: "outbound: chunk bytes", of: ({ costs }) => costs.outbound64[CHUNKS], limit: () => 0, portable: true, peer: true },
  { name: "outbound: units", of: ({ costs }) => costs.outbound64[UNITS], limit: () => 4000, portable: true, peer: true },
  { name: "outbound: units per further payload byte", of: ({ costs }) => slope(costs, "outbound"), limit: perByte, portable: true, peer: true },
  { name: "known lines: slots, most", of: ({ costs }) => most(costs, SLOTS), limit: () => 0 },
  { name: "known lines: chunk bytes, most", of: ({ costs }) => most(costs, CHUNKS), limit: () => 0 },
  { name: "unknown line: slots", of: ({ costs }) => costs.unknown[SLOTS], limit: () => 0 },
  { name: "unknown line: chunk bytes", of: ({ costs }) => costs.unknown[CHUNKS], limit: () => 0 },
  { name: "RAM of a connected client, bytes", of: ({ costs, bits }) => costs.ram[SLOTS] * SLOT[bits] + costs.ram[CHUNKS], limit: ({ bits }) => (bits === 32 ? 8192 : null), peer: true },
  { name: "collections in 100,000 messages", of: ({ endured }) => endured.collections[0], limit: () => 0 },
  { name: "bytecode of core and driver, bytes", of: ({ bytecode }) => bytecode, limit: () => 32_768, peer: true },
];

/** What the figures above leave out (test/xs/otherwise.ts): reported, and held by nothing. */
const OTHERWISE = [
  { name: "inbound, another topic than before: units", of: ({ inboundOtherTopic }) => inboundOtherTopic[UNITS] },
  { name: "inbound over the ESP32's port: units", of: ({ inboundOverPort }) => inboundOverPort[UNITS] },
  { name: "outbound, another topic than before: units", of: ({ outboundOtherTopic }) => outboundOtherTopic[UNITS] },
  { name: "outbound, each line of the answer by itself: units", of: ({ outboundByLines }) => outboundByLines[UNITS] },
  { name: "outbound over the ESP32's port: units", of: ({ outboundOverPort }) => outboundOverPort[UNITS] },
  { name: "slots and chunk bytes allocated by any of these", of: ({ ramOverPort, ...costs }) => Object.values(costs).reduce((sum, values) => sum + values[SLOTS] + values[CHUNKS], 0) },
  { name: "RAM with the ESP32's port, bytes", of: ({ ramOverPort: [slots, chunks] }, bits) => slots * SLOT[bits] + chunks },
];

const round = (value) => Math.round(value * 10) / 10;

/** Lines of `name number…`. */
const numbers = (output) => Object.fromEntries(output.trim().split("\n").map((line) => line.split(" ")).map(([name, ...values]) => [name, values.map(Number)]));

/** What the bench measures, run with the arguments of test/xs/bench.ts, or of another script there. */
function player({ program, modules, preloaded, run }, script = "bench") {
  return async (flags, ...words) => {
    const { status, output } = await run(program, ["--modules", modules, ...flags, ...preloaded(), `test/xs/${script}`, ...words]);
    if (status !== 0) throw new Error(`${script} ${words.join(" ")} ended with ${status}:\n${output}`);
    return output;
  };
}

/** Where Moddable's own MQTT client is in a checkout of the SDK. */
export const PEER = join("examples", "io", "tcp", "mqttclient");

/** That client, on the same host; null without the SDK. */
async function peer({ program, modules, preloaded, run }, sdk) {
  if (sdk === undefined) return null;
  const flags = ["--modules", modules, "--modules", join(sdk, PEER), ...preloaded(), "--preload", "mqttclient"];
  const played = await run(program, [...flags, ...ROOMY, "test/xs/peer"]);
  if (played.status !== 0) throw new Error(`the peer in ${sdk} ended with ${played.status}:\n${played.output}`);
  const kept = await keptOf({ program, run }, [modules, join(sdk, PEER)], ["mqttclient"]);
  return { costs: numbers(played.output), bytecode: kept.get("mqttclient").bytes };
}

/** Measures everything, as many things at a time as there are processors. */
async function measure(host, sdk) {
  const play = player(host), playOtherwise = player(host, "otherwise");
  const families = Object.keys(FAMILIES);
  const all = Object.fromEntries(families.map((family) => [family, { family, bits: host.bits }]));
  let parts, moddable;
  await host.each([
    ...families.map((family) => async () => (all[family].endured = numbers(await play(ESP32, family, "native", "endure", String(MESSAGES))))),
    ...families.map((family) => async () => (all[family].costs = numbers(await play(ROOMY, family, "native", "costs")))),
    ...families.map((family) => async () => (all[family].portable = numbers(await play(ROOMY, family, "portable", "costs")))),
    ...families.map((family) => async () => (all[family].otherwise = numbers((await playOtherwise(ROOMY, family)) + (await playOtherwise(ROOMY, family, "port"))))),
    ...Object.entries(FAMILIES).map(([family, driver]) => async () => (all[family].bytecode = (await flashOf(driver, host)).bytes)),
    async () => (parts = await sourcesOf(Object.values(FAMILIES), host)),
    async () => (moddable = await peer(host, sdk)),
  ], (work) => work());
  return { all, parts, peer: moddable && peerRows(moddable, all, host.bits) };
}

/** Those figures that both have, and how many times the peer's ours is. */
function peerRows(moddable, all, bits) {
  return FIGURES.filter(({ peer }) => peer).map(({ name, of }) => {
    const value = round(of({ ...moddable, bits }));
    return { figure: name, value, ratio: Object.fromEntries(Object.entries(all).map(([family, measured]) => [family, value === 0 ? null : Math.round((of(measured) / value) * 100) / 100])) };
  });
}

function rowsOf(all, ceilings) {
  return Object.values(all).flatMap((measured) => FIGURES.map(({ name, of, limit, portable }) => ({
    family: measured.family, figure: name, value: round(of(measured)),
    ...(portable && { portable: round(of({ ...measured, costs: measured.portable })) }),
    ceiling: ceilings[measured.family]?.[name] ?? null, limit: limit(measured),
  })));
}

function show({ bits, rows, all }) {
  console.log(`XS, ${bits}-bit, the core preloaded; 64 payload bytes on a 9-byte topic; "script": without the host's native bytes`);
  for (const [family, { costs }] of Object.entries(all)) {
    console.log(`\n${`${family} (a message has ${costs.wire64[0]} bytes on the wire)`.padEnd(56)} today    limit  ceiling   script`);
    for (const { figure, value, portable, ceiling, limit } of rows.filter((row) => row.family === family)) {
      const column = (number) => String(number ?? "").padStart(9);
      const words = [ceiling !== null && value > ceiling && "WORSE THAN IT WAS", limit !== null && value > limit && "over the limit"].filter(Boolean);
      console.log(`  ${figure.padEnd(50)}${column(value)}${column(limit)}${column(ceiling)}${column(portable)}  ${words.join(", ")}`.trimEnd());
    }
  }
}

const otherwiseOf = (all) => Object.values(all).flatMap(({ family, bits, otherwise }) => OTHERWISE.map(({ name, of }) => ({ family, figure: name, value: round(of(otherwise, bits)) })));

function showOtherwise(rows) {
  console.log("\nThose are of a message like the one before, its answer in one piece, over a port that is next to nothing. Otherwise:");
  console.log(`${"".padEnd(50)}${Object.keys(FAMILIES).map((family) => family.padStart(9)).join("")}`);
  for (const { name } of OTHERWISE)
    console.log(`  ${name.padEnd(50)}${rows.filter(({ figure }) => figure === name).map(({ value }) => String(value).padStart(9)).join("")}`);
}

function showParts(parts) {
  console.log("\nBytecode and names, source by source as it is written; what ships is one module with short names:");
  for (const { name, bytes } of parts) console.log(`  ${name.padEnd(50)}${String(bytes).padStart(9)}`);
}

function showPeer(rows) {
  if (rows === null) return console.log("\nModdable's own MQTT client was not run beside it: give the path of an SDK checkout, -- --moddable DIR");
  const families = Object.keys(FAMILIES);
  console.log(`\n${"Moddable's own MQTT client over TCP, on the same host".padEnd(56)}today    times that is ours: ${families.join(", ")}`);
  for (const { figure, value, ratio } of rows)
    console.log(`  ${figure.replace(" of core and driver", "").padEnd(50)}${String(value).padStart(9)}    ${families.map((family) => ratio[family] ?? "-").join(", ")}`);
}

/** Who allocates, each place once. */
async function places(host) {
  const play = player(host);
  for (const family of Object.keys(FAMILIES))
    for (const how of ["native", "portable"])
      console.log(`${family}, ${how}:\n${(await play([], family, how, "where")).replace(/^/gm, "  ").trimEnd()}`);
  return 0;
}

/** The table of docs/performance.md: the ceilings, in brackets the limit of those that are over it, and the peer's figures as they were last measured. */
function tableOf(rows, peer) {
  const families = Object.keys(FAMILIES);
  const cell = ({ ceiling, limit }) => (limit !== null && ceiling > limit ? `${ceiling} (${limit})` : `${ceiling}`);
  return [
    ["", ...families, "Moddable's own, over TCP"], ["---", ...families.map(() => "---"), "---"],
    ...FIGURES.map(({ name }) => [name, ...families.map((family) => cell(rows.find((row) => row.family === family && row.figure === name))), peer?.[name] ?? ""]),
  ].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

const TABLE = /(<!-- npm run bench:xs -- --update writes this table -->\n)[^]*?\n(?=\n)/;

/** @returns 0; 1 when a figure is above its ceiling */
export async function bench(host, flags, { moddable } = {}) {
  if (flags.has("--where")) return places(host);
  const file = join(host.root, "test", "xs", "figures.json"), page = join(host.root, "docs", "performance.md");
  const { all, parts, peer } = await measure(host, moddable);
  let figures = JSON.parse(readFileSync(file, "utf8"));
  if (flags.has("--update")) {
    if (host.bits !== 32) throw new Error("the ceilings are those of 32 bits; this compiler makes programs of 64");
    const today = rowsOf(all, {});
    figures = {
      ceilings: Object.fromEntries(Object.keys(all).map((family) => [family, Object.fromEntries(today.filter((row) => row.family === family).map(({ figure, value }) => [figure, value]))])),
      peer: peer === null ? figures.peer : Object.fromEntries(peer.map(({ figure, value }) => [figure, value])),
    };
    writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`);
    writeFileSync(page, readFileSync(page, "utf8").replace(TABLE, (_, mark) => `${mark}${tableOf(rowsOf(all, figures.ceilings), figures.peer)}\n`));
  }
  // The ceilings are those of 32 bits: with larger slots nothing is worse than it was.
  const rows = rowsOf(all, host.bits === 32 ? figures.ceilings : {}), otherwise = otherwiseOf(all);
  if (flags.has("--json")) console.log(JSON.stringify({ engine: "XS", bits: host.bits, rows, otherwise, parts, peer, table: tableOf(rowsOf(all, figures.ceilings), figures.peer) }, null, 1));
  else {
    show({ bits: host.bits, rows, all });
    showOtherwise(otherwise);
    showParts(parts);
    showPeer(peer);
  }
  return host.bits === 32 && rows.some(({ value, ceiling }) => ceiling === null || value > ceiling) ? 1 : 0;
}
