/// <reference path="host.d.ts" />
/** Mocha's words on XS, as far as the core's tests use them: runs the test module that is this program's argument. */

type Body = () => unknown;
interface Case { name: string; body: Body | null; group: Group }
interface Group { name: string; outer: Group | null; before: Body[]; after: Body[]; beforeEach: Body[]; afterEach: Body[] }

const newGroup = (name: string, outer: Group | null): Group => ({ name, outer, before: [], after: [], beforeEach: [], afterEach: [] });
const cases: Case[] = [];
let group = newGroup("", null);

function within(name: string, body: Body): void {
  group = newGroup(name, group);
  body();
  group = group.outer!;
}

const describeIt = Object.assign(within, { skip() {} });
const testIt = Object.assign((name: string, body?: Body) => void cases.push({ name, body: body ?? null, group }), {
  skip: (name: string) => void cases.push({ name, body: null, group }),
});
Object.assign(globalThis, {
  describe: describeIt, context: describeIt, it: testIt, specify: testIt,
  before: (body: Body) => group.before.push(body), after: (body: Body) => group.after.push(body),
  beforeEach: (body: Body) => group.beforeEach.push(body), afterEach: (body: Body) => group.afterEach.push(body),
});

const path = (inner: Group): Group[] => (inner.outer === null ? [inner] : [...path(inner.outer), inner]);
/** What a test's `this` may be asked for. */
const self = { timeout() { return self; }, slow() { return self; }, retries() { return self; } };

async function run(): Promise<void> {
  let passed = 0, failed = 0, skipped = 0;
  let open: Group[] = [];
  const enter = async (groups: Group[]) => {
    while (open.length > 0 && open[open.length - 1] !== groups[open.length - 1]) for (const body of open.pop()!.after) await body.call(self);
    while (open.length < groups.length) {
      const next = groups[open.length]!;
      open.push(next);
      for (const body of next.before) await body.call(self);
    }
  };
  for (const { name, body, group: inner } of cases) {
    if (body === null) {
      skipped++;
      continue;
    }
    const groups = path(inner);
    try {
      await enter(groups);
      for (const each of groups) for (const first of each.beforeEach) await first.call(self);
      await body.call(self);
      for (const each of [...groups].reverse()) for (const last of each.afterEach) await last.call(self);
      passed++;
    } catch (error) {
      failed++;
      const { stack } = error as Error;
      trace(`  failed: ${[...groups.slice(1).map((each) => each.name), name].join(" > ")}\n    ${error}\n${stack ?? ""}\n`);
    }
  }
  await enter([]);
  trace(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  host.exit(failed === 0 ? 0 : 1);
}

import(host.argument(0)!).then(run).catch((error: Error) => {
  trace(`${error}\n${error.stack ?? ""}\n`);
  host.exit(1);
});
