/**
 * XS on a device's instruction set: builds the engine and the host of test/xs for RV32IMC, which an ESP32-C3 executes, and
 * runs it bare metal under QEMU. Debian has all that is needed: qemu-system-misc, gcc-riscv64-unknown-elf,
 * picolibc-riscv64-unknown-elf. See build/xs-device-bench.mjs for what is measured.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { cache, each, ENGINE, engineSources, hostSources, LEFT_OUT, nativeSources, root, run } from "./xs.mjs";

const COMPILER = "riscv64-unknown-elf-gcc", EMULATOR = "qemu-system-riscv32";
const deviceSources = join(root, "test", "xs", "device");

/** As the SDK's makefile for ESP32 compiles XS. Debian's default picolibc copies byte by byte: the release one does not. */
const FLAGS = [
  "--specs=picolibc.specs", "--picolibc-buildtype=release", "-march=rv32imc", "-mabi=ilp32", "-std=gnu17", "-Os", "-w",
  "-ffunction-sections", "-fdata-sections", "-falign-functions=4", "-fno-inline-functions", "-fno-jump-tables", "-fno-common",
  "-DINCLUDE_XSPLATFORM", '-DXSPLATFORM="platform.h"', "-DmxParse=1", "-DmxRun=1", "-DmxSloppy=1", "-DmxBoundsCheck=1",
  "-DmxRegExpUnicodePropertyEscapes=1", "-DmxStringNormalize=1", "-DmxMinusZero=1", "-DmxNoConsole=1",
];
/** Code in 4 MB, all else in 240: QEMU's board has 256. */
const LINK = [
  "--crt0=semihost", "--oslib=semihost", "-DPICOLIBC_DOUBLE_PRINTF_SCANF", "-Wl,--gc-sections", "-Wl,--wrap=fxCStackLimit",
  ...["__flash=0x80000000", "__flash_size=0x400000", "__ram=0x80400000", "__ram_size=0xF000000"].map((symbol) => `-Wl,--defsym=${symbol}`),
];
/** They want terminals, sockets and signals; device.c stands for them. */
const NOT_ON_BARE_METAL = new Set(["serial.c", "terminal.c", "tcp.c"]);

export class NoDevice extends Error {}

const runs = (command) => spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0;

/** @throws NoDevice */
function check() {
  const missing = [
    !runs(COMPILER) && "gcc-riscv64-unknown-elf", !existsSync("/usr/lib/picolibc/riscv64-unknown-elf") && "picolibc-riscv64-unknown-elf",
    !runs(EMULATOR) && "qemu-system-misc",
  ].filter(Boolean);
  if (missing.length > 0) throw new NoDevice(`not measured on a device's instructions: Debian's packages ${missing.join(", ")} are missing`);
}

/**
 * The program's path, built if it must be.
 * @throws NoDevice
 */
export async function device() {
  check();
  const sources = await engineSources();
  const flags = [...FLAGS, ...["includes", "platforms", "sources"].map((name) => `-I${join(sources, name)}`), `-I${hostSources}`, `-I${join(deviceSources, "include")}`];
  const key = createHash("sha256").update(JSON.stringify([flags, LINK, ENGINE])).digest("hex").slice(0, 12);
  const objects = join(cache, `rv32-${key}`), program = join(objects, "xs.elf");
  mkdirSync(objects, { recursive: true });
  const c = (folder, wanted = () => true) => readdirSync(folder).filter((name) => name.endsWith(".c") && wanted(name)).map((name) => join(folder, name));
  const engine = c(join(sources, "sources"), (name) => !LEFT_OUT.has(name));
  const own = [...c(hostSources, (name) => !NOT_ON_BARE_METAL.has(name)), ...c(nativeSources), ...c(deviceSources)];
  const headers = [join(hostSources, "host.h"), join(deviceSources, "include", "poll.h")];
  const age = (name) => (existsSync(name) ? statSync(name).mtimeMs : 0);
  const objectOf = (name) => join(objects, basename(name).replace(/\.c$/, ".o"));
  const platform = age(join(hostSources, "platform.h")), newest = Math.max(...[...own, ...headers].map(age));
  const old = [...engine.filter((name) => age(objectOf(name)) < platform), ...own.filter((name) => age(objectOf(name)) < newest)];
  if (old.length === 0 && existsSync(program)) return program;
  if (old.length > 10) console.error(`building XS for RV32IMC from ${ENGINE.name} …`);
  await each(old, async (name) => {
    const object = objectOf(name), unfinished = `${object}.${process.pid}`;
    const made = await run(COMPILER, [...flags, ...(name === join(hostSources, "host.c") ? ["-Dmain=hostMain"] : []), "-c", name, "-o", unfinished]);
    if (made.status !== 0) throw new Error(`${relative(root, name)} does not compile:\n${made.output}`);
    renameSync(unfinished, object);
  });
  const unfinished = `${program}.${process.pid}`;
  const linked = await run(COMPILER, [...flags, ...LINK, "-o", unfinished, ...[...engine, ...own].map(objectOf), "-lm"]);
  if (linked.status !== 0) throw new Error(`the program for RV32IMC does not link:\n${linked.output}`);
  renameSync(unfinished, program);
  return program;
}

/** Runs it with the host's arguments; what it prints comes back. One instruction is one nanosecond of QEMU's clock, so that counts repeat. */
export async function emulate(program, args) {
  const folder = mkdtempSync(join(tmpdir(), "modem-mqtt-device-"));
  try {
    // QEMU's command line ends at 1,024 bytes.
    const file = join(folder, "arguments");
    writeFileSync(file, args.join("\n"));
    const { status, output } = await run(EMULATOR, [
      "-M", "virt", "-cpu", "rv32", "-m", "256M", "-smp", "1", "-bios", "none", "-nographic", "-monitor", "none", "-serial", "none",
      "-icount", "shift=0,sleep=off", "-semihosting-config", `enable=on,target=native,arg=xs,arg=@${file}`, "-kernel", program,
    ]);
    if (status !== 0) throw new Error(`${args.at(-1)} on RV32IMC ended with ${status}:\n${output}`);
    return output;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
