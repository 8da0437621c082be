import { chmodSync, closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { join } from "node:path";

/** The rights of a folder and a file that hold messages: only their owner may read and write them. */
export const FOLDER_MODE = 0o700;
export const FILE_MODE = 0o600;

/** Flushes a folder's list of names, so that a rename or a removal survives a power cut. Windows cannot do it. */
export function flushFolder(folder: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Writes a file so that it exists whole or not at all, even after a power cut: writes another file, flushes it, renames it and flushes the folder. */
export function writeWhole(folder: string, name: string, bytes: Uint8Array): void {
  const beside = join(folder, `${name}.${randomUUID()}`);
  const descriptor = openSync(beside, "wx", FILE_MODE);
  try {
    try {
      if (process.platform !== "win32") fchmodSync(descriptor, FILE_MODE);
      for (let offset = 0; offset < bytes.length; ) offset += writeSync(descriptor, bytes, offset);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(beside, join(folder, name));
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  flushFolder(folder);
}

export function removeFile(folder: string, name: string): void {
  rmSync(join(folder, name), { force: true });
  flushFolder(folder);
}

/** Takes away the rights of other users, if they have any. A file of another user stays as it is. */
export function restrict(path: string, mode: number, present: number): void {
  if ((present & 0o077) === 0 || process.platform === "win32") return;
  try {
    chmodSync(path, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
  }
}
