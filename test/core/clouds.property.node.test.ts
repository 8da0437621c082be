import fc from "../support/properties";
import { deepEqual, equal } from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { alibaba, base64Decode, base64Encode, hex, hmac, onenet, sha1, sha256, tencent } from "../../src/clouds/index";

// Long enough to cross several blocks, and often of a length beside a block's end.
const message = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.constantFrom(54, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129).chain((length) => fc.uint8Array({ minLength: length, maxLength: length })),
);
const name = fc.stringMatching(/^[0-9A-Za-z_.:@-]{1,32}$/);
const label = fc.stringMatching(/^[0-9A-Za-z]{1,12}$/);
const key = fc.uint8Array({ minLength: 1, maxLength: 80 }).map((bytes) => Buffer.from(bytes).toString("base64"));
const seconds = fc.integer({ min: 1, max: 2 ** 40 });

describe("clouds beside Node's crypto", () => {
  it("hashes", () => fc.assert(fc.property(message, (bytes) => {
    equal(hex(sha256(bytes)), createHash("sha256").update(bytes).digest("hex"));
    equal(hex(sha1(bytes)), createHash("sha1").update(bytes).digest("hex"));
  })));

  it("hashes of a part of a buffer, and of a million bytes", () => {
    const part = new Uint8Array(300).map((_, index) => index).subarray(7, 207);
    equal(hex(sha256(part)), createHash("sha256").update(part).digest("hex"));
    // FIPS 180-4, the long example
    const million = new Uint8Array(1_000_000).fill(0x61);
    equal(hex(sha1(million)), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
    equal(hex(sha256(million)), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  });

  it("HMAC", () => fc.assert(fc.property(message, message, (secret, bytes) => {
    equal(hex(hmac(sha256, secret, bytes)), createHmac("sha256", secret).update(bytes).digest("hex"));
    equal(hex(hmac(sha1, secret, bytes)), createHmac("sha1", secret).update(bytes).digest("hex"));
  })));

  it("Base64, there and back", () => fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
    const text = base64Encode(bytes);
    equal(text, Buffer.from(bytes).toString("base64"));
    deepEqual(base64Decode(text), bytes);
  })));

  it("Base64 of anything is decoded as Node does, or refused", () => fc.assert(fc.property(fc.stringMatching(/^[A-Za-z0-9+/=_-]{0,12}$/), (text) => {
    let decoded: Uint8Array | null;
    try {
      decoded = base64Decode(text);
    } catch {
      decoded = null;
    }
    const valid = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
    deepEqual(decoded, valid ? new Uint8Array(Buffer.from(text, "base64")) : null);
  })));

  it("Alibaba", () => fc.assert(fc.property(label, name, name, fc.option(seconds), fc.constantFrom("hmacsha256" as const, "hmacsha1" as const),
    (productKey, deviceName, deviceSecret, time, signMethod) => {
      const timestamp = time ?? undefined;
      const { id, user, password } = alibaba({ productKey, deviceName, deviceSecret, timestamp, signMethod });
      const parameters: Record<string, unknown> = { productKey, deviceName, clientId: id.split("|")[0], ...(timestamp !== undefined && { timestamp }) };
      const content = Object.keys(parameters).sort().map((parameter) => `${parameter}${parameters[parameter]}`).join("");
      equal(password, createHmac(signMethod.slice(4), deviceSecret).update(content).digest("hex"));
      equal(user, `${deviceName}&${productKey}`);
    })));

  it("Tencent", () => fc.assert(fc.property(label, name, key, label, seconds, fc.constantFrom("hmacsha256" as const, "hmacsha1" as const),
    (productId, deviceName, deviceSecret, connectionId, expiry, signMethod) => {
      const { id, user, password } = tencent({ productId, deviceName, deviceSecret, connectionId, expiry, signMethod });
      deepEqual(user.split(";"), [id, "12010126", connectionId, String(expiry)]);
      equal(password, `${createHmac(signMethod.slice(4), Buffer.from(deviceSecret, "base64")).update(user).digest("hex")};${signMethod}`);
    })));

  it("OneNET", () => fc.assert(fc.property(label, name, key, seconds, fc.constantFrom("sha256" as const, "sha1" as const),
    (productId, deviceName, deviceKey, expiry, method) => {
      const token = new URLSearchParams(onenet({ productId, deviceName, deviceKey, expiry, method }).password);
      const sign = token.get("sign");
      token.delete("sign");
      token.sort();
      equal(sign, createHmac(method, Buffer.from(deviceKey, "base64")).update([...token.values()].join("\n")).digest("base64"));
      equal(token.get("res"), `products/${productId}/devices/${deviceName}`);
    })));
});
