/** Assertions for the tests that run on XS as well, where Node's are not to be had. */

export function equal(actual: unknown, expected: unknown, what = "value"): void {
  if (Object.is(actual, expected)) return;
  throw new Error(`${what}: expected ${show(expected)}, got ${show(actual)}`);
}

/** Compares lists line by line, and shows both around the first difference. */
export function sameLines(actual: readonly string[], expected: readonly string[], what = "lines"): void {
  const length = Math.max(actual.length, expected.length);
  for (let i = 0; i < length; i++) {
    if (actual[i] === expected[i]) continue;
    throw new Error(`${what}, line ${i + 1}:\n  expected: ${show(expected[i])}\n  got:      ${show(actual[i])}\n  all: ${show(actual)}`);
  }
}

/** The error that `run` throws. */
export function thrown(run: () => unknown): any {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
