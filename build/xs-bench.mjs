/** The figures of issue 4, measured on XS; see `node build/xs.mjs bench`. */
const FAMILIES = { "BC35-G": "bc35g", M531X: "m531x", ML302: "ml302", NM28: "nm28" };
/** As ESP32 targets commonly set them, with this package's own stack (manifest.json). */
const ESP32 = ["--chunk", "78848,1024", "--heap", "4928,64", "--stack", "640"];
const MESSAGES = 100_000;
/** Of a slot in bytes, by the engine's word. */
const SLOT = { 32: 16, 64: 32 };

const round = (value) => Math.round(value * 10) / 10;

export async function bench({ program, bits, run, modules, preloaded }, json) {
  const rows = [];
  const row = (family, copy, figure, value, limit) => rows.push({ family, copy, figure, value: round(value), ...(limit === undefined ? {} : { limit, pass: value <= limit }) });
  const play = async (...words) => {
    const flags = words[2] === "endure" ? ESP32 : ["--heap", "1500000,65536", "--chunk", "67108864,1048576"];
    const { status, output } = await run(program, ["--modules", modules, ...flags, ...preloaded(), "test/xs/bench", ...words]);
    if (status !== 0) throw new Error(`bench ${words.join(" ")} ended with ${status}:\n${output}`);
    return Object.fromEntries(output.trim().split("\n").map((line) => line.split(" ")).map(([name, ...values]) => [name, values.map(Number)]));
  };
  for (const family of Object.keys(FAMILIES))
    for (const copy of ["portable", "native"]) {
      const costs = await play(family, copy, "costs");
      const framed = family !== "BC35-G";
      const wire = costs.wire64[0];
      const put = (figure, value, limit) => row(family, copy, figure, value, limit);
      put("inbound: slots", costs.inbound64[0], 0);
      put("inbound: chunk bytes", costs.inbound64[1], 0);
      put(`inbound: units (${wire} bytes on the wire)`, costs.inbound64[2], family === "M531X" ? 2000 : 20 * wire);
      put("inbound: units per further payload byte", (costs.inbound192[2] - costs.inbound64[2]) / 128, framed ? 2.5 : 11);
      put("outbound: slots", costs.outbound64[0], 0);
      put("outbound: chunk bytes", costs.outbound64[1], 0);
      put("outbound: units", costs.outbound64[2], 4000);
      put("outbound: units per further payload byte", (costs.outbound192[2] - costs.outbound64[2]) / 128, framed ? 2.5 : 11);
      for (const [name, values] of Object.entries(costs))
        if (name.startsWith("urc:") && (values[0] !== 0 || values[1] !== 0)) put(`${name}: slots + chunk bytes`, values[0] + values[1], 0);
      const urcs = Object.entries(costs).filter(([name]) => name.startsWith("urc:")).map(([, values]) => values);
      put(`${urcs.length} known URCs: slots, most`, Math.max(...urcs.map((values) => values[0])), 0);
      put("known URCs: chunk bytes, most", Math.max(...urcs.map((values) => values[1])), 0);
      put("unknown line: slots", costs.unknown[0], 0);
      put("unknown line: chunk bytes", costs.unknown[1], 0);
      const [slots, chunks] = costs.ram;
      put(`RAM of a connected client, bytes (${slots} slots, ${chunks} chunk bytes)`, slots * SLOT[bits] + chunks, bits === 32 ? 8192 : undefined);
      put(`collections in ${MESSAGES} messages, ESP32's heap`, (await play(family, copy, "endure", String(MESSAGES))).collections[0], 0);
    }
  const { output } = await run(program, ["--modules", modules, "--sizes", ...preloaded()]);
  const sizes = output.split("\n").filter((line) => line.startsWith("size ")).map((line) => line.split(" ")).map(([, name, code, symbols]) => ({ name, code: Number(code), symbols: Number(symbols) }));
  const drivers = new Set(Object.values(FAMILIES).map((name) => `modem-mqtt/modems/${name}`));
  for (const [family, file] of Object.entries(FAMILIES)) {
    const china = file === "m531x" || file === "ml302";
    const used = sizes.filter(({ name }) => name === `modem-mqtt/modems/${file}` || (!drivers.has(name) && !/\/clouds/.test(name) && (china || name !== "modem-mqtt/modem/china-mobile")));
    row(family, "", "bytecode of core and driver, bytes (names included)", used.reduce((sum, { code, symbols }) => sum + code + symbols, 0), 32768);
  }
  // Who allocates, each place once.
  const places = [];
  for (const family of Object.keys(FAMILIES))
    for (const copy of ["portable", "native"]) {
      const { output } = await run(program, ["--modules", modules, ...preloaded(), "test/xs/bench", family, copy, "where"]);
      let what = "";
      for (const line of output.split("\n"))
        if (line.startsWith("allocates ")) places.push({ family, copy, what, line });
        else if (line !== "") what = line.replace(":", "");
    }
  if (json) console.log(JSON.stringify({ engine: "XS", bits, rows, sizes, places }, null, 1));
  else {
    console.log(`XS, ${bits}-bit, the core preloaded; 64-byte payload, 9-byte topic; "native": the host copies bytes (modem.copy), unmetered`);
    for (const { family, copy, figure, value, limit, pass } of rows)
      console.log(`${family.padEnd(7)} ${copy.padEnd(8)} ${figure.padEnd(66)} ${String(value).padStart(8)}${limit === undefined ? "" : `  ${pass ? "ok  " : "OVER"}  at most ${limit}`}`);
  }
  if (!json) for (const { family, copy, what, line } of places) console.log(`${family.padEnd(7)} ${copy.padEnd(8)} ${what}: ${line}`);
  return 0;
}
