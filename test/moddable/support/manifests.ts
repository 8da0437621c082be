// Reads manifests as the SDK's mcconfig does (tools/mcmanifest.js), without the SDK: what they bring into an app.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

interface Manifest {
  include?: string | string[];
  modules?: Record<string, string | string[]>;
  preload?: string | string[];
  platforms?: Record<string, Manifest & { error?: string }>;
}

export interface Brought {
  /** A module's file by its name; its declarations; files in C. */
  modules: Map<string, string>;
  declarations: Map<string, string>;
  native: Set<string>;
  /** Names of modules that stay in flash. */
  preload: Set<string>;
  /** The SDK's manifests. */
  sdk: Set<string>;
}

const list = <T>(value: T | T[] | undefined): T[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const isOwn = (path: string): boolean => !path.startsWith("$("); // else the SDK's

/** What is said for this platform: `esp32/esp32c3`, else `esp32`, else `...`. */
function ofPlatform(platforms: NonNullable<Manifest["platforms"]>, platform: string): Manifest & { error?: string } {
  for (let parts = platform.split("/"); parts.length > 0; parts = parts.slice(0, -1)) {
    const name = parts.join("/");
    for (const [key, value] of Object.entries(platforms))
      if (key === name || (key.endsWith("/*") && name.startsWith(key.slice(0, -1)))) return value;
  }
  return platforms["..."] ?? {};
}

/** Fails when a manifest names a file that is not there, or refuses the platform. */
export function brought(path: string, platform: string): Brought {
  const found: Brought = { modules: new Map(), declarations: new Map(), native: new Set(), preload: new Set(), sdk: new Set() };
  const patterns: string[] = [], seen = new Set<string>();
  const open = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const manifest: Manifest = JSON.parse(readFileSync(file, "utf8"));
    const own = ofPlatform(manifest.platforms ?? {}, platform);
    assert.equal(own.error, undefined);
    for (const part of [manifest, own])
      for (const other of list(part.include)) {
        if (isOwn(other)) open(join(dirname(file), other));
        else found.sdk.add(other);
      }
    for (const part of [manifest, own]) {
      for (const [target, sources] of Object.entries(part.modules ?? {})) for (const source of list(sources)) add(target, resolve(dirname(file), source), found);
      patterns.push(...list(part.preload));
    }
  };
  open(path);
  for (const pattern of patterns)
    for (const [name, file] of found.modules)
      // A wildcard is for JavaScript alone.
      if (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) && file.endsWith(".js") : name === pattern) found.preload.add(name);
  return found;
}

const EXTENSION = /(\.d)?\.\w+$/;

function add(target: string, source: string, { modules, declarations, native }: Brought): void {
  const star = source.endsWith("*"), wanted = basename(source, "*"), folder = star && source.endsWith("/*") ? source.slice(0, -2) : dirname(source);
  const prefix = star && source.endsWith("/*") ? "" : wanted;
  let count = 0;
  for (const file of readdirSync(folder)) {
    const stem = file.replace(EXTENSION, ""), extension = file.slice(stem.length);
    if (star ? !stem.startsWith(prefix) : stem !== prefix && file !== prefix) continue;
    const path = join(folder, file), name = target.replace("*", target.endsWith("*") && star ? stem.slice(prefix.length) : stem);
    if (extension === ".d.ts") declarations.set(name, path);
    else if (extension === ".js" || extension === ".ts") modules.set(name, path);
    else if (extension === ".c") native.add(path);
    else continue;
    count++;
  }
  assert(count > 0, `no file for ${target}: ${source}`);
}
