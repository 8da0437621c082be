import BC35G from "../../src/modems/bc35g";
import { m531x, ml302, nm28, online, type Family } from "./support/answering";
import { equal, thrown } from "./support/check";
import { online as bc35gOnline, Session } from "./support/session";

/** Bytes of payload that `most` bytes on the wire can carry. */
const PAYLOAD: Record<string, (most: number) => number> = {
  raw: (most) => most, hex: (most) => most >> 1, base64: (most) => (most >> 2) * 3,
};

for (const family of [m531x, ml302, nm28] as Family[]) describe(`${family.name}: what onWritable and write count`, () => {
  for (const payloadEncoding of ["raw", "hex", "base64"]) for (const ctrlZ of family === nm28 ? ["never", "fallback", "always"] : [undefined])
    it(`bytes of payload, however they are written: ${payloadEncoding}${ctrlZ === undefined ? "" : `, Ctrl-Z ${ctrlZ}`}`, () => {
      const most = PAYLOAD[payloadEncoding](family.io.limits.payload);
      const { session, modem } = online(family, { modem: { payloadEncoding, ctrlZ } });
      equal(session.writable.pop(), most, "onWritable");
      equal(session.publish("x".repeat(most)), 0, "write, with one under way");
      modem.serve();
      equal(session.events.pop(), "done 1", "the longest message");
      equal(session.writable.pop(), most, "onWritable afterwards");
      equal(thrown(() => session.publish("x".repeat(most + 1))).code, "ARGUMENT_LENGTH");
      equal(session.subscribe("a"), most, "write, where a publish would go");
    });
});

describe("BC35-G: what onWritable and write count, with several messages in the buffer", () => {
  for (const [payloadEncoding, taken] of [["raw", [1000, 24]], ["hex", [500, 12]], ["base64", [750, 18]]] as const)
    it(`bytes of payload, however they are written: ${payloadEncoding}`, () => {
      const { session } = bc35gOnline({ modem: { io: BC35G, payloadEncoding } });
      const most = PAYLOAD[payloadEncoding](1024);
      equal(session.writable.pop(), most, "onWritable");
      const left = session.publish("x".repeat(taken[0]));
      equal(left, taken[1], "write");
      equal(thrown(() => session.publish("x".repeat(taken[1] + 1))).code, "BUSY", "one byte more");
      equal(session.publish("x".repeat(left)), 0, "write, with the buffer full");
    });
});

describe("NM28: what onWritable and write count, with other clients in the buffer", () => {
  for (const [payloadEncoding, ctrlZ, first, left] of [
    ["raw", "fallback", 2000, 49], ["raw", "always", 2000, 48], ["hex", "fallback", 1000, 24], ["hex", "always", 1000, 24],
    ["base64", "fallback", 1500, 36], ["base64", "always", 1503, 33],
  ] as const)
    it(`${payloadEncoding}, Ctrl-Z ${ctrlZ}: as much as there is room for, and no byte more`, () => {
      const { session: a, modem } = online(nm28);
      const b = new Session({ modem: { io: nm28.io, shared: a.client, payloadEncoding, ctrlZ } });
      b.port = a.port;
      modem.serve();
      b.mustTell("control 2");
      a.subscribe("busy"); // keeps the channel busy
      // Written raw by the other client; what is left is b's.
      a.publish("x".repeat(payloadEncoding === "raw" ? first : payloadEncoding === "hex" ? first * 2 : (first / 3) * 4));
      const room = b.subscribe("b", 0, { id: 1 });
      equal(room, left, "room");
      equal(thrown(() => b.publish("x".repeat(left + (payloadEncoding === "base64" ? 3 : 1)))).code, "BUSY", "more than that");
      b.publish("y".repeat(left), { id: 2 });
      modem.serve();
      b.mustTell("control 9 1", "done 1", "done 2");
    });
});
