import { Ring } from "../../src/bytes/ring";
import { portableBytes } from "../../src/platform";
import { equal, thrown } from "./support/check";

/** A port that has these bytes, and gives at most `most` at a time. */
function portWith(bytes: number[], most = Infinity) {
  return {
    read(target: Uint8Array, offset: number, length: number): number {
      const count = Math.min(length, bytes.length, most);
      for (let i = 0; i < count; i++) target[offset + i] = bytes.shift()!;
      return count;
    },
    write: () => 0,
    close() {},
  };
}

const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);
const bytesOf = (string: string) => [...string].map((char) => char.charCodeAt(0));

describe("Ring", () => {
  it("takes sizes that are powers of two from 64 to 65536", () => {
    for (let size = 64; size <= 65_536; size *= 2) equal(new Ring(size, portableBytes).free, size, "size");
    for (const size of [0, 1, 32, 63, 65, 100, 131_072, -64, NaN, Infinity, 64.5, 2 ** 32 + 64]) {
      const error = thrown(() => new Ring(size, portableBytes));
      equal(error.code, "ARGUMENT_RANGE", `code for ${size}`);
      equal(error.message.includes(String(size)), true, "message");
    }
  });

  // From where positions are small, about to be negative, and about to be positive again.
  for (const start of [0, 37, 0x7fffffff - 20, -20, -64, 0x7fffffff])
    describe(`with positions from ${start}`, () => {
      const ringAt = (content: string, skipped = 0) => {
        const ring = new Ring(64, portableBytes);
        ring.head = ring.tail = start;
        ring.fill(portWith(bytesOf("-".repeat(skipped) + content)));
        ring.head = (ring.head + skipped) | 0;
        return ring;
      };

      it("fills up to its size and no further, across its end", () => {
        const bytes = bytesOf("x".repeat(100));
        const ring = ringAt("");
        equal(ring.free, 64, "free");
        equal(ring.fill(portWith(bytes)), true, "the port has more");
        equal(ring.free, 0, "free");
        equal((ring.tail - ring.head) | 0, 64, "used");
        equal(bytes.length, 36, "left in the port");
        equal(ring.fill(portWith(bytes)), true, "the port still has more");
        ring.head = (ring.head + 10) | 0;
        equal(ring.fill(portWith(bytes.slice(0, 3))), false, "the port has no more");
        equal((ring.tail - ring.head) | 0, 57, "used");
        ring.clear();
        equal((ring.tail - ring.head) | 0, 0, "used");
        equal(ring.free, 64, "free");
      });

      it("copies any part, across its end", () => {
        const content = Array.from({ length: 60 }, (_, i) => String.fromCharCode(48 + i)).join("");
        for (const skipped of [0, 3, 4]) {
          const ring = ringAt(content, skipped);
          for (let from = 0; from < 60; from += 7)
            for (let length = 0; from + length <= 60; length += 5) {
              const target = new Uint8Array(length + 2).fill(46);
              ring.copy((ring.head + from) | 0, target, 1, length);
              equal(text(target), `.${content.slice(from, from + length)}.`, "copied");
            }
        }
      });

      it("finds a byte among what it holds, and no stale one", () => {
        const ring = ringAt("z".repeat(64)); // stale, later
        ring.head = ring.tail;
        const content = "abcabc";
        for (let shift = 0; shift < 70; shift++) {
          ring.fill(portWith(bytesOf(content)));
          const at = (byte: string, from: number) => (ring.find(byte.charCodeAt(0), (ring.head + from) | 0) - ring.head) | 0;
          equal(at("a", 0), 0, "a");
          equal(at("a", 1), 3, "a, later");
          equal(at("c", 0), 2, "c");
          equal(at("c", 3), 5, "c, later");
          equal(at("a", 4), 6, "a, not there");
          equal(at("z", 0), 6, "stale");
          equal(at("c", 6), 6, "at the end");
          ring.head = (ring.head + 5) | 0;
          ring.head = ring.tail;
          ring.fill(portWith([120]));
          ring.head = ring.tail;
        }
        const full = ringAt(`${"x".repeat(63)}y`);
        equal((full.find(121, full.head) - full.head) | 0, 63, "last of a full ring");
        equal(full.find(122, full.head), full.tail, "not in a full ring");
      });

      it("knows which bytes a part lacks, across its end", () => {
        for (let skipped = 0; skipped < 32; skipped++) {
          const ring = ringAt("abcdefgh", skipped), end = (ring.head + 8) | 0;
          for (const [one, other, lacks] of [["x", "y", true], ["x", "a", false], ["h", "x", false], ["x", "-", true]] as const)
            equal(ring.lacks(ring.head, end, one.charCodeAt(0), other.charCodeAt(0)), lacks, `${one}, ${other} from ${skipped}`);
          equal(ring.lacks(ring.head, (end - 1) | 0, 0x68, 0x78), true, "up to the end of the part");
          equal(ring.lacks(ring.head, ring.head, 0x61, 0x62), true, "of no part at all");
        }
      });

      it("compares in place, across its end", () => {
        const ring = ringAt("0123456789".repeat(6));
        const at = (index: number) => (ring.head + index) | 0;
        equal(ring.matches(at(25), new Uint8Array(bytesOf("56789012"))), true, "same");
        equal(ring.matches(at(25), new Uint8Array(bytesOf("56789013"))), false, "last differs");
        equal(ring.matches(at(0), new Uint8Array(0)), true, "empty");
      });
    });
});
