// A pseudo-terminal that behaves as a modem's serial port: raw both ways, there before and after a client opens it.

import type { Stats } from "node:fs";
import { lstat, readlink, stat, symlink, unlink } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { ReadStream } from "node:tty";
import { SerialPort } from "serialport";
import { VirtualModemError } from "./engine/errors";
import { load } from "./installed";

/** What node-pty's `open()` gives; its typings leave it out. */
interface PtyPair {
  readonly master: ReadStream;
  readonly slave: ReadStream;
  readonly ptsName: string;
}

interface NodePty {
  open(options: { encoding: null }): PtyPair;
}

/** While more than this many bytes wait for a client to read them, output is dropped: a UART does not keep it either. */
const maximumUnread = 16_384;

/** The modem's end of a pseudo-terminal. */
export interface Pty {
  /** What a client opens, such as `/dev/pts/7`. */
  readonly path: string;
  write(bytes: Uint8Array): void;
  /** Bits a second that the client has set, which a pseudo-terminal keeps and does not heed. */
  rate(): Promise<number>;
  close(): Promise<void>;
}

function openPair(): PtyPair {
  try {
    // Loaded when it is needed: the modem's core runs where there are no pseudo-terminals.
    const nodePty = load<NodePty>("@lydell/node-pty");
    return nodePty.open({ encoding: null });
  } catch (cause) {
    throw new VirtualModemError("NO_PTY", `no pseudo-terminal: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Opens a pseudo-terminal.
 * @param received takes what a client writes; it owns the bytes
 * @throws VirtualModemError `NO_PTY` if this machine has none
 */
export async function openPty(received: (bytes: Uint8Array) => void): Promise<Pty> {
  const pair = openPair();
  const { master, slave, ptsName: path } = pair;
  // node-pty reads the client's side too, and would take the modem's bytes away from the client.
  slave.pause();
  master.pause();
  // A new terminal echoes, edits lines and translates line ends, and would do so to what the modem writes before a
  // client has opened it. serialport's binding sets it raw, and its descriptor stays open: the terminal keeps its
  // settings, and the modem's end no end-of-file, while clients come and go. No lock: that is the client's.
  const holder = await SerialPort.binding.open({ path, baudRate: 115_200, lock: false }).catch((cause: Error) => {
    master.destroy();
    slave.destroy();
    throw new VirtualModemError("NO_PTY", `cannot set ${path} up: ${cause.message}`, { cause });
  });
  slave.destroy();
  let closed = false;
  master.on("data", (bytes: Buffer) => received(bytes));
  master.resume();
  return {
    path,
    write(bytes) {
      if (!closed && master.writableLength <= maximumUnread) master.write(bytes);
    },
    rate: async () => (await holder.getBaudRate()).baudRate,
    async close() {
      if (closed) return;
      closed = true;
      // Reading the closed terminal fails with EIO: that is its end.
      master.on("error", () => undefined);
      master.destroy();
      await holder.close();
    },
  };
}

/**
 * Makes a symbolic link to the terminal, in place of one that a modem has left that is gone.
 * @throws VirtualModemError `BAD_OPTION` if a link of that name leads to something that is there, if something else has the
 * name, or if the link cannot be made
 */
export async function makeLink(link: string, target: string): Promise<void> {
  try {
    const old = await unlessMissing(lstat(link));
    if (old && !old.isSymbolicLink()) throw new Error("something that is not a link is there");
    if (old) {
      const leadsTo = await readlink(link);
      if (await isInUse(old, resolve(dirname(link), leadsTo), target))
        throw new Error(`it leads to ${leadsTo}, which is there; end the modem that has it, or take another name`);
      await unlink(link);
    }
    await symlink(target, link);
  } catch (cause) {
    throw new VirtualModemError("BAD_OPTION", `cannot link ${link}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Whether a link leads to a device that it was made for. Numbers of pseudo-terminals are given again and again: one that
 * was made after the link is another than the link was made for.
 * @param own the terminal that the new link is for
 */
async function isInUse(link: Stats, device: string, own: string): Promise<boolean> {
  if (device === own) return false;
  const found = await unlessMissing(stat(device));
  return found !== undefined && found.ctimeMs <= link.mtimeMs;
}

async function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}

/** Removes the link, if it still leads to the terminal. */
export async function removeLink(link: string, target: string): Promise<void> {
  const leadsTo = await readlink(link).catch(() => undefined);
  if (leadsTo === target) await unlink(link);
}
