// What the process holds: its heap after a collection, and its open files.

import { readdirSync } from "node:fs";
import { memoryUsage } from "node:process";

export interface Sample {
  /** Bytes, buffers outside of the heap included. */
  readonly heap: number;
  /** Null where the system does not tell. */
  readonly files: number | null;
}

/** `node --expose-gc`. */
export function sample(): Sample {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, external } = memoryUsage();
  return { heap: heapUsed + external, files: openFiles() };
}

function openFiles(): number | null {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return null;
  }
}

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
