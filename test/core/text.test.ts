import { Ring } from "../../src/bytes/ring";
import { Text } from "../../src/bytes/text";
import { NOT_ENCODABLE, utf8Decode, utf8Encode, utf8Length } from "../../src/bytes/utf8";
import { TopicCache } from "../../src/mqtt/topic-cache";
import { topicFilter, topicName } from "../../src/modem/topic";
import { portableBytes } from "../../src/platform";
import { equal, thrown } from "./support/check";

describe("UTF-8", () => {
  const PAIRS: [string, number[]][] = [
    ["", []], ["a", [0x61]], ["é", [0xc3, 0xa9]], ["中", [0xe4, 0xb8, 0xad]], ["😀", [0xf0, 0x9f, 0x98, 0x80]],
    ["\u07ff\u0800\uffff\u{10ffff}", [0xdf, 0xbf, 0xe0, 0xa0, 0x80, 0xef, 0xbf, 0xbf, 0xf4, 0x8f, 0xbf, 0xbf]],
  ];
  for (const [string, bytes] of PAIRS)
    it(`${JSON.stringify(string)} there and back`, () => {
      equal(utf8Length(string), bytes.length, "length");
      equal([...utf8Encode(string)].join(), bytes.join(), "encoded");
      equal(utf8Decode(new Uint8Array(bytes)), string, "decoded");
    });

  it("halves of surrogate pairs cannot be encoded", () => {
    for (const string of ["\ud800", "a\udc00", "\ud800\ud800", "\udc00\ud800", "\ud83d"]) equal(utf8Length(string), NOT_ENCODABLE, "length");
  });

  it("what is not UTF-8 becomes U+FFFD byte by byte", () => {
    for (const bytes of [[0x80], [0xc0, 0x80], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xf8], [0xe4, 0xb8], [0xff, 0xfe]])
      equal(utf8Decode(new Uint8Array([0x61, ...bytes, 0x62])), `a${"\ufffd".repeat(bytes.length)}b`, bytes.join());
  });
});

describe("Text", () => {
  it("holds every byte but control characters and the quote", () => {
    for (let byte = 0; byte < 128; byte++) {
      const string = `a${String.fromCharCode(byte)}b`;
      if (byte < 0x20 || byte === 0x22 || byte === 0x7f) {
        const error = thrown(() => new Text("host", string, 10));
        equal(error.code, "ARGUMENT_CHARACTER", `code for ${byte}`);
        equal(error.message.includes("at byte 1"), true, "where");
      } else equal(new Text("host", string, 10).bytes[1], byte, "byte");
    }
  });

  it("counts bytes, not characters", () => {
    equal(new Text("host", "中中", 6).bytes.length, 6, "length");
    const error = thrown(() => new Text("host", "中中a", 6));
    equal(error.code, "ARGUMENT_LENGTH", "code");
    for (const part of ["host", "6", "7"]) equal(error.message.includes(part), true, `message has ${part}`);
  });

  it("does not repeat a secret, in the message or in the error", () => {
    for (const secret of ["hunter2\r", "hunter2".repeat(10)]) {
      const error = thrown(() => new Text("password", secret, 20, true));
      equal(error.message.includes("hunter"), false, "message");
      equal(String(error.value).includes("hunter"), false, "value");
    }
  });
});

describe("topics", () => {
  const FILTERS: [string, boolean, boolean][] = [
    // topic, may be published to, may be subscribed to
    ["a", true, true], ["/", true, true], ["a//b", true, true], [" ", true, true], ["$SYS/x", true, true],
    ["#", false, true], ["+", false, true], ["a/#", false, true], ["+/a/+/#", false, true], ["/#", false, true],
    ["a#", false, false], ["#/a", false, false], ["a/#/b", false, false], ["a+", false, false], ["+a", false, false], ["##", false, false], ["a/++", false, false],
    ["", false, false], ['a"b', false, false], ["a\rb", false, false], ["a\nb", false, false], ["a\0b", false, false],
  ];
  for (const [topic, name, filter] of FILTERS)
    it(JSON.stringify(topic), () => {
      if (name) equal(topicName("topic", topic, 20).string, topic, "name");
      else equal(thrown(() => topicName("topic", topic, 20)).name, "ArgumentError", "name");
      if (filter) equal(topicFilter("topic", topic, 20).string, topic, "filter");
      else equal(thrown(() => topicFilter("topic", topic, 20)).argument, "topic", "filter");
    });
});

describe("TopicCache", () => {
  const known = (string: string) => ({ string, bytes: utf8Encode(string) });

  it("finds by string and by bytes in the ring, and forgets the oldest", () => {
    const topics = new TopicCache(3);
    const ring = new Ring(64, portableBytes);
    ring.bytes.set(utf8Encode("a/bcdde/b"), 60 - 5);
    equal(topics.byString("a"), null, "nothing yet");
    for (const string of ["ab", "bc", "cd"]) topics.keep(known(string));
    equal(topics.byString("ab")!.string, "ab", "ab");
    ring.bytes.set(utf8Encode("c"), 63);
    ring.bytes.set(utf8Encode("d"), 0);
    equal(topics.byBytes(ring, 63, 2)!.string, "cd", "across the ring's end");
    equal(topics.byBytes(ring, 63, 1), null, "shorter");
    equal(topics.byBytes(ring, 62, 2), null, "other");
    topics.keep(known("de"));
    equal(topics.byString("ab"), null, "the oldest is forgotten");
    equal(topics.byString("bc")!.string, "bc", "the others are not");
  });

  it("the empty topic is a topic", () => {
    const topics = new TopicCache(2);
    const ring = new Ring(64, portableBytes);
    equal(topics.byBytes(ring, 0, 0), null, "not known");
    topics.keep(known(""));
    equal(topics.byBytes(ring, 5, 0)!.string, "", "known");
  });
});

describe("a text that the host encodes", () => {
  /** As bytes.c does it: a text that has nothing but plain characters; of others the script takes care. */
  const native = {
    ...portableBytes,
    encode: (text: string): ArrayBuffer | undefined => (/^[ !#-~]*$/.test(text) ? utf8Encode(text).buffer as ArrayBuffer : undefined),
  };
  const code = (string: string, limit: number, escapes: boolean): string =>
    (thrown(() => void new Text("topic", string, limit, false, escapes, native)) as { code?: string }).code!;

  it("is what it is in script", () => {
    for (const string of ["", "meter/1", "a\\b", "é/中"]) equal([...new Text("t", string, 100, false, false, native).bytes].join(), [...new Text("t", string, 100).bytes].join(), string);
  });

  it("is refused for the same reasons", () => {
    equal(code("too long", 7, false), "ARGUMENT_LENGTH", "length");
    equal(code("a\\b", 100, true), "ARGUMENT_CHARACTER", "a backslash where the modem escapes");
    equal(code('a"b', 100, false), "ARGUMENT_CHARACTER", "a quote");
    equal(code("a\rb", 100, true), "ARGUMENT_CHARACTER", "a control character");
    equal([...new Text("t", "plain", 100, false, true, native).bytes].length, 5, "no backslash");
  });
});
