import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Store } from "../../src/session/store";

const RECORD = /^(\d+)\.message$/;

/**
 * Keeps messages in a folder, which is made if it must be: one file each, written beside its place, flushed to the disk and
 * renamed, so that it is there whole or not at all. One process at a time may use a folder.
 */
export async function openStore(folder: string): Promise<Store> {
  // Only who keeps messages needs it.
  const { default: writeFileAtomic } = await import("write-file-atomic");
  mkdirSync(folder, { recursive: true });
  const path = (key: number): string => join(folder, `${key}.message`);
  return {
    load(each) {
      for (const name of readdirSync(folder)) {
        const key = RECORD.exec(name)?.[1];
        if (key !== undefined) each(Number(key), new Uint8Array(readFileSync(join(folder, name))));
        // What a process that was ended in the middle of a write has left behind.
        else if (/^\d+\.message\./.test(name)) rmSync(join(folder, name), { force: true });
      }
    },
    put: (key, bytes) => writeFileAtomic.sync(path(key), Buffer.from(bytes)),
    remove: (key) => rmSync(path(key), { force: true }),
  };
}
