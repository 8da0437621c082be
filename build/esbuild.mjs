// What all that esbuild makes has in common.
import { readdirSync } from "node:fs";
import { join } from "node:path";

export const common = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  // Not tsconfig.json: its `paths` are for the type checker, and would put the library's sources into the bundles.
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
  logLevel: "warning",
};

/** All files of a folder, and of those in it, whose names end so. */
export const filesIn = (folder, ending) =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((file) => file.isFile() && file.name.endsWith(ending))
    .map((file) => join(file.parentPath, file.name));
