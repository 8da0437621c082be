// A pseudo-terminal that behaves like a modem's serial port: raw in both directions, and existing before and after a client has it
// open.

import type { Stats } from "node:fs";
import { lstat, readlink, stat, symlink, unlink } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { ReadStream } from "node:tty";
import { SerialPort } from "serialport";
import { VirtualModemError } from "./engine/errors";
import { load } from "./installed";

/** The result of node-pty's `open()`, which its types do not have. */
interface PtyPair {
  readonly master: ReadStream;
  readonly slave: ReadStream;
  readonly ptsName: string;
}

interface NodePty {
  open(options: { encoding: null }): PtyPair;
}

/** While more than this many bytes wait for a client to read them, output is dropped, as it is lost on a UART. */
const maximumUnread = 16_384;

/** The modem's end of a pseudo-terminal. */
export interface Pty {
  /** The path that a client opens, such as `/dev/pts/7`. */
  readonly path: string;
  write(bytes: Uint8Array): void;
  /** The rate that the client has set, in bits a second. A pseudo-terminal stores it and ignores it. */
  rate(): Promise<number>;
  close(): Promise<void>;
}

function openPair(): PtyPair {
  try {
    // Loaded here, because the modem's core also runs on machines without pseudo-terminals.
    const nodePty = load<NodePty>("@lydell/node-pty");
    return nodePty.open({ encoding: null });
  } catch (cause) {
    throw new VirtualModemError("NO_PTY", `no pseudo-terminal: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Opens a pseudo-terminal.
 * @param received is called with the bytes that a client writes, which then belong to it
 * @throws VirtualModemError `NO_PTY` when this machine has none
 */
export async function openPty(received: (bytes: Uint8Array) => void): Promise<Pty> {
  const pair = openPair();
  const { master, slave, ptsName: path } = pair;
  // node-pty also reads from the client's side, which would take the modem's bytes away from the client.
  slave.pause();
  master.pause();
  // A new terminal echoes, edits lines and translates line ends, also in what the modem writes before a client has opened it. So
  // serialport's binding opens it, which sets it raw, and keeps it open: the terminal then keeps its settings, and the modem's end gets
  // no end-of-file, while clients come and go. It is not locked, because the client locks it.
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
      // Reading a closed terminal fails with EIO, which is no error here.
      master.on("error", () => undefined);
      master.destroy();
      await holder.close();
    },
  };
}

/**
 * Makes a symbolic link to the terminal. Replaces a link that an earlier modem has left behind.
 * @throws VirtualModemError `BAD_OPTION` when a link of this name leads to an existing terminal, when something else has the name, or
 * when the link cannot be made
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
 * Whether a link leads to the terminal that it was made for. The system uses the numbers of pseudo-terminals again: a terminal that is
 * newer than the link is another one.
 * @param own the terminal for the new link
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

/** Removes the link if it still leads to the terminal. */
export async function removeLink(link: string, target: string): Promise<void> {
  const leadsTo = await readlink(link).catch(() => undefined);
  if (leadsTo === target) await unlink(link);
}
