/// <reference path="host.d.ts" />
import { bytes as native } from "../../hosts/moddable/bytes";
import { upTo } from "../../src/at/responses/delimiters";
import { Fields } from "../../src/at/responses/fields";
import { NameLookup } from "../../src/at/responses/name-lookup";
import { Ring } from "../../src/bytes/ring";
import { Text } from "../../src/bytes/text";
import { utf8Decode, utf8Encode } from "../../src/bytes/utf8";
import bc35g from "../../src/modems/bc35g";
import m531x from "../../src/modems/m531x";
import ml302 from "../../src/modems/ml302";
import nm28 from "../../src/modems/nm28";
import { portableBytes } from "../../src/platform";
import { equal, thrown } from "../core/support/check";

const numbered = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);
const digits = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join("");

/** Slots and chunk bytes that `work` allocates. */
function allocated(work: () => void): string {
  const before = new Int32Array(4), after = new Int32Array(4);
  work();
  host.count(before.buffer);
  work();
  host.count(after.buffer);
  return `${after[0]! - before[0]!} slots, ${after[1]! - before[1]!} bytes`;
}

describe("bytes.c, which an ESP32 runs as well", () => {
  describe("copy", () => {
    for (const [offset, start, length] of [[0, 0, 0], [0, 0, 300], [5, 0, 64], [0, 5, 64], [299, 299, 1], [300, 300, 0], [17, 200, 100]] as const)
      it(`moves ${length} bytes from ${start} to ${offset} as the portable one does, and touches nothing else`, () => {
        const moved = new Uint8Array(300).fill(0xee), portable = moved.slice();
        native.copy(moved, offset, numbered(300), start, length);
        portableBytes.copy(portable, offset, numbered(300), start, length);
        equal(digits(moved), digits(portable));
      });

    it("counts from where a view begins", () => {
      const target = new Uint8Array(16).fill(0xee);
      native.copy(target.subarray(4, 12), 1, numbered(32).subarray(8, 24), 2, 3);
      equal(digits(target), digits(Uint8Array.from([...new Array(5).fill(0xee), ...numbered(32).slice(10, 13), ...new Array(8).fill(0xee)])));
    });

    for (const [offset, start] of [[3, 0], [0, 3]] as const)
      it(`moves within one buffer, from ${start} to ${offset}, though the ranges overlap`, () => {
        const bytes = numbered(20), expected = numbered(20);
        native.copy(bytes, offset, bytes, start, 10);
        expected.copyWithin(offset, start, start + 10);
        equal(digits(bytes), digits(expected));
      });
  });

  describe("hex", () => {
    it("writes every byte as two digits", () => {
      const all = Uint8Array.from({ length: 256 }, (_, i) => i), target = new Uint8Array(514).fill(0x2e);
      native.hex(target, 1, all, 0, 256);
      equal(text(target), `.${digits(all)}.`);
    });

    it("writes between two parts of one buffer", () => {
      const bytes = numbered(32);
      native.hex(bytes, 2, bytes, 20, 5);
      equal(text(bytes.subarray(2, 12)), digits(numbered(32).subarray(20, 25)));
      equal(digits(bytes.subarray(12)), digits(numbered(32).subarray(12)));
    });
  });

  describe("same", () => {
    for (const [offset, start, length, expected] of [[0, 0, 0, true], [0, 0, 20, true], [3, 3, 10, true], [3, 4, 10, false], [20, 20, 0, true]] as const)
      it(`compares ${length} bytes from ${offset} with those from ${start}`, () => {
        equal(native.same(numbered(20), offset, numbered(20), start, length), expected);
        equal(portableBytes.same(numbered(20), offset, numbered(20), start, length), expected, "the portable one");
      });

    it("looks at the last byte, and at none behind it", () => {
      const other = numbered(20);
      other[19] = 0xff;
      equal(native.same(numbered(20), 0, other, 0, 20), false);
      equal(native.same(numbered(20), 0, other, 0, 19), true);
    });

    it("refuses ranges that are not there, and what is no bytes", () => {
      for (const [offset, start, length] of [[13, 0, 8], [0, 13, 8], [-1, 0, 1], [0, -1, 1], [0, 0, -1], [21, 0, 0]] as const)
        equal(thrown(() => native.same(numbered(20), offset, numbered(20), start, length)) instanceof RangeError, true, `${offset} ${start} ${length}`);
      equal(thrown(() => native.same("text" as any, 0, numbered(8), 0, 1)) instanceof TypeError, true, "a TypeError");
    });
  });

  describe("find", () => {
    for (const [byte, start, end, expected] of [[0, 0, 20, 0], [7, 0, 20, 1], [7, 2, 20, -1], [133, 0, 20, 19], [133, 0, 19, -1], [0, 0, 0, -1], [1, 0, 20, -1]] as const)
      it(`looks for ${byte} from ${start} to ${end}`, () => {
        equal(native.find(numbered(20), byte, start, end), expected);
        equal(portableBytes.find(numbered(20), byte, start, end), expected, "the portable one");
      });

    it("refuses ranges that are not there, and what is no bytes", () => {
      for (const [start, end] of [[0, 21], [-1, 5], [5, 4], [0, -1]] as const)
        equal(thrown(() => native.find(numbered(20), 0, start, end)) instanceof RangeError, true, `${start} ${end}`);
      equal(thrown(() => native.find("text" as any, 0, 0, 1)) instanceof TypeError, true, "a TypeError");
    });
  });

  for (const [name, work, size] of [["copy", native.copy, 1], ["hex", native.hex, 2]] as const) {
    for (const [what, offset, start, length] of [
      ["ends behind the target", 1, 0, 8 / size], ["begins behind the target", 9, 0, 0], ["ends behind the source", 0, 7, 2], ["begins behind the source", 0, 9, 0],
      ["has a negative offset", -1, 0, 1], ["has a negative start", 0, -1, 1], ["has a negative length", 0, 0, -1], ["wraps at 32 bits", 1, 1, 0x7fffffff],
    ] as const)
      it(`${name} refuses what ${what}, and writes nothing`, () => {
        const target = new Uint8Array(8).fill(0xee);
        equal(thrown(() => work(target, offset, numbered(8), start, length)) instanceof RangeError, true, "a RangeError");
        equal(digits(target), "EE".repeat(8));
      });

    it(`${name} refuses what is no bytes`, () => {
      for (const none of [undefined, null, 5, "text", {}, new Uint16Array(8)] as any[]) {
        equal(thrown(() => work(none, 0, numbered(8), 0, 1)) instanceof TypeError, true, "a TypeError for the target");
        equal(thrown(() => work(new Uint8Array(8), 0, none, 0, 1)) instanceof TypeError, true, "a TypeError for the source");
      }
    });

    it(`${name} allocates nothing`, () => {
      const target = new Uint8Array(512), source = numbered(256);
      equal(allocated(() => work(target, 0, source, 0, 256)), "0 slots, 0 bytes");
    });
  }

  // ---- those that the core does in script where a host leaves them out

  const TEXTS = [
    "", "a", "meter/cmd", "ä€", "\u0080\u07ff\u0800\ud7ff\ue000\uffff", "\0", "a\0b", "\x01", "\x1f", " ", '"', 'a"b', "\x7f", "\\", "a\\b", "😀", "a😀b",
    "\ud83d", "\ude00", "\ude00\ud83d", "\ud83d".concat("\ude00"), "a\ud83db", "\udbff\udfff", "x".repeat(20), "x".repeat(21), "ä".repeat(11), `${"ä".repeat(11)}"`,
  ];
  /** What comes of a text, its bytes or the error. */
  const textOf = (text: unknown, escapes: boolean, host?: typeof native): string => {
    try {
      const { string, bytes } = new Text("topic", text, 20, false, escapes, host);
      return `${string} ${digits(bytes)}`;
    } catch (error) {
      return String(error);
    }
  };

  describe("encode", () => {
    for (const text of TEXTS)
      it(`gives ${JSON.stringify(text)} as script does, or leaves it to script`, () => {
        const bytes = native.encode!(text);
        if (bytes !== undefined) equal(digits(new Uint8Array(bytes)), digits(utf8Encode(text)));
        for (const escapes of [false, true]) equal(textOf(text, escapes, native), textOf(text, escapes));
      });

    it("does what it can: texts of more than ASCII are encoded", () => {
      equal(digits(new Uint8Array(native.encode!("a/ä€")!)), "612FC3A4E282AC");
    });

    it("refuses what is no string", () => {
      for (const none of [undefined, null, 5, {}, new Uint8Array(2), { toString: () => "text" }] as any[])
        equal(thrown(() => native.encode!(none)) instanceof TypeError, true, "a TypeError");
    });
  });

  describe("decode", () => {
    const EDGES = [0x00, 0x01, 0x61, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf4, 0xf5, 0xff];
    it("gives any three bytes as script does, or leaves them to script", () => {
      let decoded = 0;
      const bytes = new Uint8Array(4).fill(0x61);
      for (const one of EDGES)
        for (const two of EDGES)
          for (const three of EDGES) {
            bytes[0] = one;
            bytes[1] = two;
            bytes[2] = three;
            for (let length = 0; length <= 4; length++) {
              const text = native.decode!(bytes.subarray(0, length));
              if (text === undefined) continue;
              decoded++;
              if (text !== utf8Decode(bytes.subarray(0, length))) equal(text, utf8Decode(bytes.subarray(0, length)), digits(bytes));
            }
          }
      equal(decoded > 10_000, true, `${decoded} decoded`);
    });

    for (const text of TEXTS.filter((text) => !textOf(text, false).includes("surrogate")))
      it(`gives ${JSON.stringify(text)} back, as far as script does`, () => {
        equal(utf8Decode(utf8Encode(text), native), utf8Decode(utf8Encode(text)));
      });

    it("reads no byte behind a view", () => {
      equal(native.decode!(utf8Encode("aä€").subarray(0, 5)), undefined);
      equal(native.decode!(utf8Encode("aä€").subarray(1, 3)), "ä");
    });

    it("refuses what is no bytes", () => {
      for (const none of [undefined, null, 5, "text", {}, new Uint16Array(8)] as any[]) equal(thrown(() => native.decode!(none)) instanceof TypeError, true, "a TypeError");
    });
  });

  let state = 1;
  /** The same numbers in each run. */
  const below = (most: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return ((state >>> 8) % most) | 0;
  };
  const pick = <T>(from: ArrayLike<T>): T => from[below(from.length)]!;

  /** Rings of the host's operations and of script's, of the same 64 bytes, in which `line` is still to come. */
  class Pair {
    readonly both = [new Ring(64, native), new Ring(64, portableBytes)];
    readonly start: number;
    private at = 0;
    constructor(readonly line: string) {
      this.start = pick([0, 1, 40, 63, 0x7fffffe0, 0x7fffffff, -0x80000000, -20, -1]);
      for (const ring of this.both) ring.head = ring.tail = this.start;
    }
    /** Some bytes more come. False where all have come. */
    comes(): boolean {
      if (this.at === this.line.length) return false;
      for (let count = below(3) === 0 ? this.line.length : 1 + below(8); count > 0 && this.at < this.line.length; count--, this.at++)
        for (const ring of this.both) {
          ring.bytes[ring.tail & ring.mask] = this.line.charCodeAt(this.at);
          ring.tail = (ring.tail + 1) | 0;
        }
      return true;
    }
  }

  describe("fields", () => {
    /** All that can be asked of them. */
    const shown = (byte: number, fields: Fields): string => {
      if (byte === 0) return "more";
      const { count, at } = fields, all: unknown[] = [];
      for (let i = 0; i < count && i < 6; i++) all.push([fields.kind(i), fields.int(i, -7), fields.length(i), fields.start(i), fields.end(i), fields.isSpaced(i)]);
      return JSON.stringify([byte, count, at, all]);
    };
    const check = (line: string, most: number): number => {
      const pair = new Pair(line), [one, other] = pair.both.map((ring) => new Fields(ring, new Fields(ring)));
      one!.begin(pair.start);
      other!.begin(pair.start);
      for (;;) {
        const byte = one!.read(most), expected = other!.read(most);
        const got = shown(byte, one!), wanted = shown(expected, other!);
        if (got !== wanted) equal(got, wanted, `${JSON.stringify(line)} up to ${most}, from ${pair.start}`);
        if (byte !== 0) return byte;
        if (!pair.comes()) return 0;
      }
    };

    for (const line of [
      "\r", " \r", "0,0\r", " 0,0,\"a/b\",5,", "-1,-0,-,--1\r", "123456789,1234567890,0000000000,12345678901234567890\r", ",,\r", " , , \n", '"a,b",1\r', '"a"b",1\r', '"a" ,1\r',
      '"a\r', '"a" "b" , "c"\r', '""\r', '"\r', '" ",\r', "a b ,c \r", '1"2",3\r', "1 2,3\r", "12 ,13 \n", "+1,2\r", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20\r", "\xff,\xff\r",
    ])
      it(`reads ${JSON.stringify(line)} as script does`, () => {
        for (let i = 0; i < 20; i++) for (const most of [-1, 0, 1, 2, 3]) check(line, most);
      });

    it("reads whatever else comes as script does", () => {
      let whole = 0;
      for (let i = 0; i < 4000; i++) {
        let line = "";
        for (let length = below(40); length > 0; length--) line += pick('0123456789-,,,,""""   ab\r\n\xff');
        if (check(below(4) === 0 ? line : `${line}\r`, below(5) - 1) !== 0) whole++;
      }
      equal(whole > 2000, true, `${whole} lines were whole`);
    });

    it("writes nothing outside its part of the table", () => {
      const table = new ArrayBuffer(64), bytes = utf8Encode("1,2,3,4\r");
      new Uint8Array(table).fill(0xee);
      equal(native.fields!(table, 16, 47, Uint8Array.from([...bytes, ...new Array(8).fill(0)]), 15, 0, 8, -1), (7 << 8) | 4);
      equal(digits(new Uint8Array(table)), `${"EE".repeat(16)}0100000001000000${"00000000"}01000000${"EE".repeat(32)}`);
    });

    it("counts no more than 255", () => {
      const bytes = new Uint8Array(512).fill(0x2c);
      bytes[400] = 0x0d;
      equal(native.fields!(new ArrayBuffer(0), 0, 0, bytes, 511, 0, 401, -1), (400 << 8) | 255);
    });
  });

  describe("name", () => {
    for (const family of [bc35g, m531x, ml302, nm28])
      it(`finds the names of ${family.title} as script does`, () => {
        const { names, responses } = family.responses;
        let found = 0;
        const check = (line: string): void => {
          const pair = new Pair(line), lookups = pair.both.map(() => new NameLookup(names)), at = [pair.start, pair.start];
          lookups.forEach((lookup) => lookup.begin());
          for (;;) {
            const [one, other] = pair.both.map((ring, i) => {
              at[i] = lookups[i]!.walk(ring, at[i]!);
              return at[i] === ring.tail ? "more" : `${lookups[i]!.response} ${(at[i]! - pair.start) | 0}`;
            });
            if (one !== other) equal(one, other, `${JSON.stringify(line)} from ${pair.start}`);
            if (one !== "more") return void (one!.startsWith("255") || found++);
            if (!pair.comes()) return;
          }
        };
        for (const { text } of responses)
          for (const behind of [":", "\r", " :", "X", "", '="'])
            for (let i = 0; i < 4; i++) {
              const at = below(text.length + 1);
              check(text + behind);
              check(`${text.slice(0, at)} ${text.slice(at)}${behind}`);
              check(text.slice(0, at) + behind);
              check(text.slice(0, at) + pick("+AMQTZ \r\0\xff") + text.slice(at + 1) + behind);
            }
        equal(found > 300, true, `${found} found`);
      });

    it("refuses names that are longer than their list", () => {
      equal(thrown(() => native.name!(Uint8Array.from([3, 65, 66]), new Uint8Array(8), 7, 0, 4)) instanceof RangeError, true, "a RangeError");
    });
  });

  describe("upTo", () => {
    it("finds the byte, or the line's end, as script does", () => {
      for (let i = 0; i < 2000; i++) {
        let line = "";
        for (let length = below(60); length > 0; length--) line += pick(i % 2 === 0 ? 'ab ,"\r\n' : "aaaaaaaaaaaaaaa,\xff");
        const pair = new Pair(line), byte = pick([0x2c, 0x22, 0x0d]);
        while (pair.comes());
        const [one, other] = pair.both.map((ring) => upTo(ring, pair.start, byte));
        if (one !== other) equal(one, other, `${JSON.stringify(line)} from ${pair.start}`);
      }
    });
  });

  describe("what reads a line", () => {
    const bytes = numbered(64), table = new ArrayBuffer(64), names = Uint8Array.from([1, 65]);
    const readers: Record<string, (bytes: any, mask: number, at: number, tail: number) => unknown> = {
      name: (ring, mask, at, tail) => native.name!(names, ring, mask, at, tail),
      fields: (ring, mask, at, tail) => native.fields!(table, 0, 64, ring, mask, at, tail, -1),
      upTo: (ring, mask, at, tail) => native.upTo!(0x2c, ring, mask, at, tail),
    };
    for (const [name, read] of Object.entries(readers)) {
      it(`${name} refuses a ring that is not there, and what is no bytes`, () => {
        for (const [mask, at, tail] of [[64, 0, 1], [127, 0, 1], [-1, 0, 1], [63, 0, 65], [63, 1, 0], [63, 0x7fffffff, -0x80000000 + 64]] as const)
          equal(thrown(() => read(bytes, mask, at, tail)) instanceof RangeError, true, `a RangeError for ${mask} ${at} ${tail}`);
        for (const none of [undefined, null, 5, "text", {}, new Uint16Array(64)]) equal(thrown(() => read(none, 63, 0, 1)) instanceof TypeError, true, "a TypeError");
      });

      it(`${name} allocates nothing`, () => {
        equal(allocated(() => read(bytes, 63, 40, 60)), "0 slots, 0 bytes");
      });
    }

    it("fields refuses a table that is not there", () => {
      for (const [offset, end] of [[0, 65], [-1, 16], [32, 16], [0, -1], [65, 65]] as const)
        equal(thrown(() => native.fields!(table, offset, end, bytes, 63, 0, 1, -1)) instanceof RangeError, true, `a RangeError for ${offset} ${end}`);
      equal(thrown(() => native.fields!(undefined as any, 0, 16, bytes, 63, 0, 1, -1)) instanceof TypeError, true, "a TypeError");
    });
  });
});
