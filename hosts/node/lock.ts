import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { StateError } from "../../src/errors";
import { removeFile, writeWhole } from "./folder";

/** The name of a claim file. Each name is used only once, so removing the claim of a dead process cannot remove another process's claim. */
const CLAIM = /^lock-[0-9a-f-]{36}$/;
export const isLock = (name: string): boolean => name.startsWith("lock-");

/** Two processes that claim a folder at the same time see each other's claim, and both give up. Each tries again after a random pause. */
const ATTEMPTS = 4;
/** Milliseconds: the longest pause after the first attempt. */
const PAUSE = 100;

interface Claim {
  readonly pid: number;
  readonly host: string;
  /** When the process began, if the system tells it: the system may give the number to another process later. */
  readonly began: string | null;
}

/** Which start of the system a process belongs to, and when it began. @returns undefined when there is no such process; null when the beginning is not known */
function beginning(pid: number): string | null | undefined {
  if (process.platform === "linux") {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
      // The process's name is in parentheses and may itself hold blanks and parentheses. After it, the state is the first field, the start time the 20th.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (fields[0] === "Z" || fields[0] === "X") return undefined; // a zombie: the process has ended
      return `${readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()} ${fields[19]}`;
    } catch {
      // There is no /proc, or it hides other users' processes: a signal finds out below.
    }
  }
  try {
    process.kill(pid, 0);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH" ? undefined : null;
  }
}

/** Whether the process that made a claim may still exist. */
function holds(claim: Claim): boolean {
  if (claim.host !== hostname()) return true; // a process of another machine: assume that it exists
  const began = beginning(claim.pid);
  return began !== undefined && (began === null || claim.began === null || began === claim.began);
}

function read(folder: string, name: string): Claim | undefined {
  try {
    const claim = JSON.parse(readFileSync(join(folder, name), "utf8")) as Claim;
    return Number.isSafeInteger(claim.pid) && claim.pid > 0 && typeof claim.host === "string" ? claim : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined && code !== "ENOENT")
      throw new StateError("STORE_LOCKED", `another user's process seems to have ${folder}: ${(error as Error).message}`, undefined, error);
    return undefined; // the file was removed meanwhile, or is no claim
  }
}

/** Another process's claim to the folder, if there is one. Removes the claims of processes that have ended. */
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
 * Claims a folder for this process: writes a claim, then looks for another one. Of two processes that do this at the same time, at
 * least one sees the other's claim.
 * @returns a function that releases the folder
 * @throws StateError `STORE_LOCKED`, which names the process that has the folder
 */
export async function lock(folder: string): Promise<() => void> {
  for (let attempt = 1; ; attempt++) {
    const release = claim(folder);
    if (typeof release === "function") return release;
    if (attempt === ATTEMPTS) throw release;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * PAUSE * attempt));
  }
}

/** One attempt of {@link lock}. @returns the error rather than throwing it */
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
  const who =
    host !== own.host
      ? `process ${pid} on ${host} has it; if it is not there any more, remove ${join(folder, other.name)}`
      : pid === own.pid
        ? `this process (${pid}) has it: use the store that it has opened, or end the client that uses it`
        : `process ${pid} has it: end that first, or use another folder`;
  return new StateError("STORE_LOCKED", `messages cannot be kept in ${folder}: ${who}`);
}
