import { utf8Decode } from "../../../../src/bytes/utf8";

/** How many bytes a character has that begins with `byte`; 1 for what begins none. */
const size = (byte: number): number => (byte >= 0xf0 && byte < 0xf8 ? 4 : byte >= 0xe0 && byte < 0xf0 ? 3 : byte >= 0xc0 && byte < 0xe0 ? 2 : 1);

/** UTF-8; with `stream`, a character that is cut waits for its rest. The work is native, as the SDK's is. */
export default class TextDecoder {
  #cut = new Uint8Array(0);

  decode(input?: ArrayBuffer | Uint8Array, { stream = false }: { stream?: boolean } = {}): string {
    const given = input instanceof Uint8Array ? input : new Uint8Array(input ?? new ArrayBuffer(0));
    const bytes = new Uint8Array(this.#cut.length + given.length);
    bytes.set(this.#cut);
    bytes.set(given, this.#cut.length);
    const whole = stream ? bytes.length - cutOff(bytes) : bytes.length;
    this.#cut = bytes.slice(whole);
    const text = bytes.slice(0, whole);
    try {
      return String.fromArrayBuffer(text.buffer);
    } catch {
      return utf8Decode(text); // what is no UTF-8 is replaced
    }
  }
}

/** The bytes of a character at the end whose rest is to come. */
function cutOff(bytes: Uint8Array): number {
  for (let length = 1; length <= 3 && length <= bytes.length; length++) {
    const byte = bytes[bytes.length - length]!;
    if ((byte & 0xc0) !== 0x80) return size(byte) > length ? length : 0;
  }
  return 0;
}
