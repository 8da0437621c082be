import { type Dirent, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Store } from "../../src/session/store";
import { FILE_MODE, FOLDER_MODE, removeFile, restrict, writeWhole } from "./folder";
import { claim, isLock, lock } from "./lock";

const RECORD = /^([1-9]\d{0,14})\.message$/;
/** What a process that was ended in the middle of a write has left behind. */
const UNFINISHED = /^\d+\.message\./;

const nameOf = (key: number): string => `${key}.message`;
const isOurs = (name: string): boolean => RECORD.test(name) || UNFINISHED.test(name) || isLock(name);

/** Makes the folder, and keeps others out of it. One that others use too, as `/tmp`, keeps its rights: the files have their own. */
function prepare(folder: string): void {
  if (mkdirSync(folder, { recursive: true, mode: FOLDER_MODE }) === undefined && !readdirSync(folder).every(isOurs)) return;
  const { mode } = lstatSync(folder);
  if ((mode & 0o1000) === 0) restrict(folder, FOLDER_MODE, mode);
}

/**
 * Keeps messages in a folder, which is made if it must be: one file each, written beside its place, flushed to the disk and
 * renamed, so that it is there whole or not at all. One client may use a folder at a time. It gives the folder back at its end.
 * @throws StateError `STORE_LOCKED` when a process has the folder, which the error names; what the file system throws
 */
export async function openStore(folder: string): Promise<Store> {
  const path = resolve(folder);
  prepare(path);
  let release: (() => void) | undefined = await lock(path);
  return {
    load(each, left) {
      // The client before has given the folder back; this one uses the same store.
      if (release === undefined) {
        const claimed = claim(path);
        if (typeof claimed !== "function") throw claimed;
        release = claimed;
      }
      for (const entry of readdirSync(path, { withFileTypes: true })) {
        const key = RECORD.exec(entry.name)?.[1];
        if (key !== undefined) read(path, entry, Number(key), each, left);
        else if (UNFINISHED.test(entry.name) && entry.isFile()) rmSync(join(path, entry.name), { force: true });
      }
    },
    put: (key, bytes) => writeWhole(path, nameOf(key), bytes),
    remove: (key) => removeFile(path, nameOf(key)),
    close() {
      release?.();
      release = undefined;
    },
  };
}

function read(folder: string, entry: Dirent, key: number, each: (key: number, bytes: Uint8Array) => void, left: (key: number, why: string) => void): void {
  const path = join(folder, entry.name);
  if (!entry.isFile()) return left(key, `${path} is no file`);
  let bytes: Uint8Array;
  try {
    restrict(path, FILE_MODE, lstatSync(path).mode);
    bytes = new Uint8Array(readFileSync(path));
  } catch (error) {
    return left(key, `${path} cannot be read: ${(error as Error).message}`);
  }
  each(key, bytes);
}
