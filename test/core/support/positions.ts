/** On XS, which takes thirty times as long as Node, the thorough run alone tries every one (`npm run test:thorough`; docs/testing.md). */
const EVERY = "host" in globalThis && (globalThis as any).host.argument(1) !== "thorough" ? 7 : 1;

let met = 0;

/** Whether this is one of the many like it that are tried: each on Node, each seventh on XS, over all that a test file has. */
export const isTried = (): boolean => met++ % EVERY === 0;

/** The positions from `first` to before `end` at which a test cuts what comes: all of them, or as many as are tried. */
export function positions(first: number, end: number): number[] {
  const tried: number[] = [];
  for (let at = first; at < end; at++) if (isTried()) tried.push(at);
  return tried;
}
