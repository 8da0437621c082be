// A certificate for a TLS server in a test: made on the spot, so that no key lies in the sources.

import { createSign, generateKeyPairSync } from "node:crypto";

/** One element of DER (ITU-T X.690): a tag, the length, the content. */
function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...contents: readonly Uint8Array[]): Buffer => element(0x30, ...contents);
const time = (text: string): Buffer => element(0x17, Buffer.from(text));
/** 1.2.840.10045.4.3.2, ecdsa-with-SHA256 */
const algorithm = sequence(Buffer.from("06082a8648ce3d040302", "hex"));
/** 2.5.4.3, commonName */
const name = sequence(element(0x31, sequence(Buffer.from("0603550403", "hex"), element(0x0c, Buffer.from("test")))));

/** A self-signed certificate (RFC 5280, version 1) for 2000 to 2049, and its key. */
export function makeCertificate(): { readonly cert: string; readonly key: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const toSign = sequence(
    element(0x02, Uint8Array.of(1)),
    algorithm,
    name,
    sequence(time("000101000000Z"), time("491231235959Z")),
    name,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = createSign("sha256").update(toSign).sign(privateKey);
  const certificate = sequence(toSign, algorithm, element(0x03, Uint8Array.of(0), signature));
  const lines = certificate.toString("base64").match(/.{1,64}/g)!;
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  };
}
