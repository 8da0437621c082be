/// <reference path="host.d.ts" />
import { bytes as native } from "../../hosts/moddable/bytes";
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
});
