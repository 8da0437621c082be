import { Ring } from "../../src/bytes/ring";
import { decodableLength, decodeInPlace, encodedLength, encodeInPlace, Encoding } from "../../src/bytes/encoding";
import { portableBytes } from "../../src/platform";
import BC35G from "../../src/modems/bc35g";
import { equal } from "./support/check";
import { ONLINE } from "./exchanges/bc35g";
import { play } from "./support/exchange";

const ascii = (text: string): number[] => [...text].map((char) => char.charCodeAt(0));

/** RFC 4648, chapter 10. */
const VECTORS: readonly (readonly [encoding: Encoding, plain: string, text: string])[] = [
  [Encoding.Hex, "", ""], [Encoding.Hex, "f", "66"], [Encoding.Hex, "foobar", "666F6F626172"],
  [Encoding.Base64, "", ""], [Encoding.Base64, "f", "Zg=="], [Encoding.Base64, "fo", "Zm8="], [Encoding.Base64, "foo", "Zm9v"],
  [Encoding.Base64, "foob", "Zm9vYg=="], [Encoding.Base64, "fooba", "Zm9vYmE="], [Encoding.Base64, "foobar", "Zm9vYmFy"],
];

describe("payloads written as text", () => {
  for (const [encoding, plain, text] of VECTORS) {
    it(`"${plain}" is "${text}", and back, wherever it lies in the ring`, () => {
      const room = encodedLength(encoding, plain.length);
      equal(room, text.length);
      const buffer = new Uint8Array(room + 4).fill(0x2a);
      buffer.set(ascii(plain), 2 + room - plain.length);
      encodeInPlace(encoding, buffer, 2, plain.length);
      equal(String.fromCharCode(...buffer), `**${text}**`);
      for (let start = 50; start < 66; start++) {
        const ring = new Ring(64, portableBytes);
        ring.head = ring.tail = start;
        for (const byte of ascii(text)) ring.bytes[ring.tail++ & ring.mask] = byte;
        const length = decodeInPlace(encoding, ring, start, text.length);
        let back = "";
        for (let i = 0; i < length; i++) back += String.fromCharCode(ring.bytes[(start + i) & ring.mask]);
        equal(back, plain);
      }
    });
  }

  for (const [encoding, text] of [[Encoding.Hex, "6"], [Encoding.Hex, "6G"], [Encoding.Base64, "Zg="], [Encoding.Base64, "Z*=="], [Encoding.Base64, "===="]] as const) {
    it(`"${text}" is no such text, and is left as it is`, () => {
      const ring = new Ring(64, portableBytes);
      for (const byte of ascii(text)) ring.bytes[ring.tail++] = byte;
      equal(decodeInPlace(encoding, ring, 0, text.length), -1);
      equal(String.fromCharCode(...ring.bytes.slice(0, text.length)), text);
    });
  }

  it("what fits into a payload fits when it is written", () => {
    for (const encoding of [Encoding.Raw, Encoding.Hex, Encoding.Base64])
      for (let limit = 0; limit < 100; limit++) equal(encodedLength(encoding, decodableLength(encoding, limit)) <= limit, true);
  });

  it("a BC35-G carries every byte both ways in hex", () => play({
    name: "hex",
    options: { modem: { payloadEncoding: "hex" } },
    script: `${ONLINE}
      ! publish t/a : a\\r\\nOK\\r\\n
      → AT+QMTPUB=0,0,0,0,"t/a",14\\r
      ← \\r\\n>[sp]
      → 610D0A4F4B0D0A
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTPUB: 0,0,0\\r\\n
      = done 1
      ← \\r\\n+QMTRECV: 0,0,"t/b",610d0A4F4B0D0A\\r\\n
      = message t/b a\\r\\nOK\\r\\n`,
  }, BC35G));

  it("a BC35-G in base64, and an empty message", () => play({
    name: "base64",
    options: { modem: { payloadEncoding: "base64" } },
    script: `${ONLINE}
      ! publish t/a : foob
      → AT+QMTPUB=0,0,0,0,"t/a",8\\r
      ← \\r\\n>[sp]
      → Zm9vYg==
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTPUB: 0,0,0\\r\\n
      = done 1
      ! publish t/a :${" "}
      → AT+QMTPUB=0,0,0,0,"t/a"\\r
      ← \\r\\n>[sp]
      → <1A>
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTPUB: 0,0,0\\r\\n
      = done 2
      ← \\r\\n+QMTRECV: 0,0,"t/b",\\r\\n
      = message t/b
      ← \\r\\n+QMTRECV: 0,0,"t/b",not base64\\r\\n
      = message t/b not base64`,
  }, BC35G));
});

describe("a BC35-G that receives until silence", () => {
  const idle = { modem: { receiving: "idle" } };
  it("a message of several lines is one message, finals in it included", () => play({
    name: "idle", options: idle,
    script: `${ONLINE}
      ← \\r\\n+QMTRECV: 0,0,"t",a\\r\\nOK\\r\\n\\r\\nb\\r\\n
      ~ 150
      = message t a\\r\\nOK\\r\\n\\r\\nb`,
  }, BC35G));
  it("a report behind it ends it at once", () => play({
    name: "idle", options: idle,
    script: `${ONLINE}
      ← \\r\\n+QMTRECV: 0,0,"t",a\\r\\nb\\r\\n\\r\\n+QMTRECV: 0,0,"u",c\\r\\n
      = message t a\\r\\nb
      ~ 150
      = message u c
      ← \\r\\n+QMTRECV: 0,0,"t",a\\r\\n+QMTSTAT: none\\r\\n
      ~ 150
      = message t a\\r\\n+QMTSTAT: none
      ← \\r\\n+QMTSTAT: 0,1\\r\\n
      = error LINK_LOST 1
      → AT+QMTCLOSE=0\\r
      ← \\r\\nERROR\\r\\n`,
  }, BC35G));
  it("an OK that comes during the silence is the command's, not the message's", () => play({
    name: "idle", options: idle,
    script: `${ONLINE}
      ← \\r\\n+QMTRECV: 0,0,"t",a\\r\\n
      ~ 150
      = message t a
      ! subscribe b 0
      → AT+QMTSUB=0,1,"b",0\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTSUB: 0,1,0,0\\r\\n
      = suback 1 [0]
      = done 1`,
  }, BC35G));
});
