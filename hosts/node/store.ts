import { type Dirent, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { ArgumentError, MQTTModemError, StateError, wordsOf } from "../../src/errors";
import type { Store } from "../../src/session/store";
import { FILE_MODE, FOLDER_MODE, removeFile, restrict, writeWhole } from "./folder";
import { claim, isLock, lock } from "./lock";
import { filled } from "./options";

const RECORD = /^([1-9]\d{0,14})\.message$/;
/** A file that a process left behind when it was killed in the middle of a write. */
const UNFINISHED = /^\d+\.message\./;

const nameOf = (key: number): string => `${key}.message`;
const isOurs = (name: string): boolean => RECORD.test(name) || UNFINISHED.test(name) || isLock(name);

/** Makes the folder and takes other users' rights away. A shared folder, such as `/tmp`, keeps its rights; the files have their own. */
function prepare(folder: string): void {
  if (mkdirSync(folder, { recursive: true, mode: FOLDER_MODE }) === undefined && !readdirSync(folder).every(isOurs)) return;
  const { mode } = lstatSync(folder);
  if ((mode & 0o1000) === 0) restrict(folder, FOLDER_MODE, mode);
}

/**
 * Opens a store that keeps each message in a file of a folder, which is made if it does not exist. A file is written under another name,
 * flushed to the disk and then renamed, so that it exists whole or not at all. One client may use a folder at a time, and releases it
 * when it ends.
 * @throws ArgumentError; StateError `STORE_LOCKED`, which names the process that has the folder, or `STORE_FAILED` when the folder cannot
 * be made or written to; each as a rejection
 */
export async function openStore(folder: string): Promise<Store> {
  filled("folder", folder);
  if (folder.includes("\0")) throw new ArgumentError("ARGUMENT_CHARACTER", "folder", folder, "must be the path of a folder, without the character 0");
  const path = resolve(folder);
  let release: (() => void) | undefined;
  try {
    prepare(path);
    release = await lock(path);
  } catch (error) {
    throw error instanceof MQTTModemError
      ? error
      : new StateError(
          "STORE_FAILED",
          `messages cannot be kept in ${path} (${wordsOf(error)}); give a folder that this user may write to, or one that can be made`,
          undefined,
          error,
        );
  }
  let isUsed = false;
  return {
    load(each, left) {
      // Two clients would both send the stored messages.
      if (isUsed) throw new StateError("STORE_LOCKED", `another client of this process uses the store in ${path}: end that first, or open another folder`);
      // An earlier client has released the folder; another one uses the same store now.
      if (release === undefined) {
        const claimed = claim(path);
        if (typeof claimed !== "function") throw claimed;
        release = claimed;
      }
      isUsed = true;
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
      isUsed = false;
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
