import type { TopicItem } from "../at/commands/command";
import { utf8Decode, utf8Encode } from "../bytes/utf8";
import { integer } from "../checks";
import { ArgumentError } from "../errors";
import type { Limits } from "../modem/limits";
import { topicFilter } from "../modem/topic";
import type { Bytes } from "../platform";
import type { ByteBuffer, WriteOptions } from "./options";

/** A port, which a URL gives as a string, as a number. Anything else is returned as it is, and refused later. */
export function portOf(port: number | string | undefined): number | undefined {
  return String(Number(port)) === port ? Number(port) : (port as number | undefined);
}

/** @internal The topics of a SUBSCRIBE or UNSUBSCRIBE, checked. @param native the host's operations, where they are at hand @throws ArgumentError */
export function itemsOf(items: WriteOptions["items"], { topic: longest, escapes }: Limits, native?: Bytes): TopicItem[] {
  if (!Array.isArray(items)) throw new ArgumentError("ARGUMENT_TYPE", "items", items, "must be an array of topics");
  if (items.length < 1) throw new ArgumentError("ARGUMENT_LENGTH", "items", items.length, "must have one topic at least");
  return items.map((item, index) => ({
    text: topicFilter(`items[${index}].topic`, textOf(item?.topic, `items[${index}].topic`), longest, escapes, native),
    QoS: item.QoS === undefined ? 0 : integer(`items[${index}].QoS`, item.QoS, 0, 2),
    id: 0,
  }));
}

/**
 * A text that ECMA-419 lets the application give as a string or as bytes of UTF-8.
 * @param shown what an error shows as the value
 * @throws ArgumentError
 */
export function textOf(value: string | ByteBuffer | null | undefined, name: string, shown: unknown = value): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  if (!(value instanceof ArrayBuffer || ArrayBuffer.isView(value))) throw notBytes(name, shown);
  const bytes = bytesOf(value, name);
  const text = utf8Decode(bytes);
  const back = utf8Encode(text);
  // Decoding replaces bytes that are not UTF-8; the modem would be given another text.
  if (back.length !== bytes.length || back.some((byte, index) => byte !== bytes[index]))
    throw new ArgumentError("ARGUMENT_CHARACTER", name, shown, "must be UTF-8");
  return text;
}

/** @internal A view of the caller's bytes, not a copy. @throws ArgumentError */
export function bytesOf(value: ByteBuffer, name: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  throw notBytes(name, value);
}

function notBytes(name: string, shown: unknown): ArgumentError {
  return new ArgumentError("ARGUMENT_TYPE", name, shown, "must be bytes: an ArrayBuffer, or a view of one (or a string, where it is a text)");
}
