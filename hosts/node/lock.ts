import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { StateError } from "../../src/errors";
import { removeFile, writeWhole } from "./folder";

/** What a claim to a folder looks like. The name is used once, so whoever removes a dead process's claim removes no other. */
const CLAIM = /^lock-[0-9a-f-]{36}$/;
export const isLock = (name: string): boolean => name.startsWith("lock-");

/** Two processes that come at once see each other's claim and both step back. They try again after a pause by chance. */
const ATTEMPTS = 4;
const PAUSE = 100;

interface Claim {
  readonly pid: number;
  readonly host: string;
  /** Which process it is, where the system tells: a number is given again to another one. */
  readonly began: string | null;
}

/** When a process began, and after which start of the system. @returns undefined when there is no such process, null where that is not known */
function beginning(pid: number): string | null | undefined {
  if (process.platform === "linux") {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
      // The name stands in brackets and may have blanks and brackets in it. The state is the first field behind it, the start the 20th.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (fields[0] === "Z" || fields[0] === "X") return undefined; // it has ended, and its parent has not looked yet
      return `${readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()} ${fields[19]}`;
    } catch {
      // No /proc, or one that hides other users' processes: the signal tells.
    }
  }
  try {
    process.kill(pid, 0);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH" ? undefined : null;
  }
}

/** Whether the process that made a claim may still be there. */
function holds(claim: Claim): boolean {
  if (claim.host !== hostname()) return true; // nobody here can tell
  const began = beginning(claim.pid);
  return began !== undefined && (began === null || claim.began === null || began === claim.began);
}

function read(folder: string, name: string): Claim | undefined {
  try {
    const claim = JSON.parse(readFileSync(join(folder, name), "utf8")) as Claim;
    return Number.isSafeInteger(claim.pid) && claim.pid > 0 && typeof claim.host === "string" ? claim : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined && code !== "ENOENT") throw new StateError("STORE_LOCKED", `another user's process seems to have ${folder}: ${(error as Error).message}`, undefined, error);
    return undefined; // gone meanwhile, or no claim
  }
}

/** Who else has the folder. Claims of processes that have ended are removed. */
function holder(folder: string, own: string): { name: string; claim: Claim } | undefined {
  for (const name of readdirSync(folder)) {
    if (!CLAIM.test(name) || name === own) continue;
    const claim = read(folder, name);
    if (claim !== undefined && holds(claim)) return { name, claim };
    removeFile(folder, name);
  }
  return undefined;
}

/**
 * Claims a folder for this process: writes a claim, then looks whether there is another one. Of two that come at once at least
 * one sees the other.
 * @returns what gives the folder back
 * @throws StateError `STORE_LOCKED`, which says who has it
 */
export async function lock(folder: string): Promise<() => void> {
  for (let attempt = 1; ; attempt++) {
    const release = claim(folder);
    if (typeof release === "function") return release;
    if (attempt === ATTEMPTS) throw release;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * PAUSE * attempt));
  }
}

/** {@link lock}, once. */
export function claim(folder: string): (() => void) | StateError {
  const name = `lock-${randomUUID()}`;
  const own: Claim = { pid: process.pid, host: hostname(), began: beginning(process.pid) ?? null };
  writeWhole(folder, name, Buffer.from(JSON.stringify(own)));
  let other: ReturnType<typeof holder>;
  try {
    other = holder(folder, name);
  } catch (error) {
    removeFile(folder, name);
    throw error;
  }
  if (other === undefined) return () => removeFile(folder, name);
  removeFile(folder, name);
  const { pid, host } = other.claim;
  const who = host !== own.host ? `process ${pid} on ${host} has it; if it is not there any more, remove ${join(folder, other.name)}`
    : pid === own.pid ? `this process (${pid}) has it: use the store that it has opened, or end the client that uses it`
      : `process ${pid} has it: end that first, or use another folder`;
  return new StateError("STORE_LOCKED", `messages cannot be kept in ${folder}: ${who}`);
}
