// Every report, final and prompt that a family knows, as a payload and inside one, both ways: none is taken for the modem's,
// and each message is what it was.

import assert from "node:assert/strict";
import { Follow } from "../../src/at/responses/name-tree";
import { MQTTClient, type ReadableOptions } from "../../src/index";
import { Bench } from "./bench";
import { hostileTexts } from "./corpus";
import { families, familyNames, type FamilyName } from "./families";

interface Message {
  readonly text: string;
  readonly suspect: boolean;
}

/** A client that is connected and subscribed, and what it receives. */
function subscribed(modem: FamilyName, driver: Readonly<Record<string, unknown>> = {}): { bench: Bench; received: Message[] } {
  const received: Message[] = [];
  let parts: Buffer[] = [];
  const bench = new Bench({
    modem, driver,
    client: {
      onReadable(count: number, { more, suspect }: ReadableOptions) {
        const bytes = Buffer.alloc(count);
        if (count > 0) this.read(bytes);
        parts.push(bytes);
        if (more) return;
        received.push({ text: Buffer.concat(parts).toString("latin1"), suspect });
        parts = [];
      },
    },
  });
  bench.pass(100_000, () => bench.connected);
  bench.client!.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic: "cmd/a", QoS: 1 }], id: 1000 });
  bench.pass(100_000, () => bench.done.has(1000));
  assert.deepEqual(bench.errors, []);
  return { bench, received };
}

const latin1 = (text: string): string => Buffer.from(text).toString("latin1");

/** A BC35-G gives no length: a message ends at its first CR LF, and what follows is dropped, but for what is a message (docs/limits.md). */
function told(modem: FamilyName, text: string): Message[] {
  const texts = families[modem].framed ? [text] : [text.split("\r\n")[0], ...(/\r\n\+QMTRC?E?C?V: 0,\d,"cmd\/a",forged\r\n/.test(text) ? ["forged"] : [])];
  return texts.map((each) => ({ text: latin1(each), suspect: families[modem].framed && holdsLine(modem, text) }));
}

/**
 * Whether a line of the modem's stands in a text behind a line's end. Firmware that counts too much would print the same, so that
 * such a message is handed on as it came, and marked (docs/limits.md).
 */
function holdsLine(modem: FamilyName, text: string): boolean {
  const known = families[modem].driver.responses.responses;
  return text.split("\r\n").slice(1).some((each) => known.some(({ text, follow }) =>
    follow === Follow.End ? each.trimEnd() === text : each.replaceAll(" ", "").startsWith(follow === Follow.Fields ? `${text}:` : text)));
}

for (const modem of familyNames) describe(`${modem}: what looks like the modem's own words in a payload`, () => {
  const texts = hostileTexts(modem).filter((text) => text !== "");

  it("all of its lines are tried", () => {
    const tried = texts.map((text) => text.replaceAll(" ", ""));
    const missing = families[modem].driver.responses.responses.map(({ text }) => text)
      .filter((text) => !tried.some((each) => each.startsWith(text)) || !tried.some((each) => each.includes(`\r\n${text}`)));
    assert.deepEqual(missing, []);
  });

  it("is received as it was sent, while nothing is under way", () => {
    const { bench, received } = subscribed(modem);
    for (const text of texts) {
      received.length = 0;
      bench.broker.publish("cmd/a", Buffer.from(text), 1);
      bench.pass(10_000, () => received.length > 0);
      bench.pass(2000);
      assert.deepEqual(received, told(modem, text), JSON.stringify(text));
      assert.deepEqual(bench.errors, [], JSON.stringify(text));
      assert.ok(!bench.over, JSON.stringify(text));
    }
    bench.end();
  });

  it("ends no publish, and no other command: each is done when the broker has acknowledged it, and not before", () => {
    const { bench, received } = subscribed(modem);
    let id = 0;
    for (const text of texts) {
      received.length = 0;
      const mark = `{${++id}}`;
      bench.broker.thinking = 5000;
      bench.client!.write(Buffer.from(mark), { topic: "out", QoS: 1, id });
      bench.pass(500);
      bench.broker.publish("cmd/a", Buffer.from(text), 0);
      bench.pass(1500);
      const forged = !families[modem].framed && text.includes("\r\n");
      if (!forged) assert.ok(!bench.done.has(id), `${JSON.stringify(text)} has ended it`);
      bench.broker.thinking = 0;
      bench.pass(100_000, () => bench.done.has(id) || bench.over);
      assert.ok(!bench.over, JSON.stringify(text));
      if (!forged) assert.equal(bench.done.get(id), null, JSON.stringify(text));
      bench.pass(30_000);
      assert.deepEqual(received, told(modem, text), JSON.stringify(text));
    }
    bench.end();
  });

  it("is published as it was given, at each QoS", () => {
    const { bench } = subscribed(modem);
    const published: string[] = [];
    bench.broker.onPublish = (_topic, payload) => void published.push(payload);
    let id = 0;
    for (const text of texts) for (const QoS of [0, 1, 2]) {
      bench.client!.write(Buffer.from(text), { topic: "out", QoS, id: ++id });
      bench.pass(100_000, () => bench.done.has(id) || bench.over);
      bench.pass(100);
      assert.deepEqual(published.splice(0), [latin1(text)], `${JSON.stringify(text)} at QoS ${QoS}`);
      assert.deepEqual(bench.errors, []);
    }
    bench.end();
  });
});
