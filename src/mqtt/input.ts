import type { TopicItem } from "../at/commands/command";
import { utf8Decode, utf8Encode } from "../bytes/utf8";
import { integer } from "../checks";
import { ArgumentError } from "../errors";
import type { Limits } from "../modem/limits";
import { topicFilter } from "../modem/topic";
import type { ByteBuffer, WriteOptions } from "./options";

/** A URL has its port as a string. */
export function portOf(port: number | string | undefined): number | undefined {
  return String(Number(port)) === port ? Number(port) : port as number | undefined;
}

/** @internal What is to be subscribed or unsubscribed, checked. @throws ArgumentError */
export function itemsOf(items: WriteOptions["items"], { topic: longest, escapes }: Limits): TopicItem[] {
  if (!Array.isArray(items)) throw new ArgumentError("ARGUMENT_TYPE", "items", items, "must be an array of topics");
  if (items.length < 1) throw new ArgumentError("ARGUMENT_LENGTH", "items", items.length, "must have one topic at least");
  return items.map((item, index) => ({
    text: topicFilter(`items[${index}].topic`, textOf(item?.topic, `items[${index}].topic`), longest, escapes),
    QoS: item.QoS === undefined ? 0 : integer(`items[${index}].QoS`, item.QoS, 0, 2),
    id: 0,
  }));
}

/**
 * ECMA-419 takes strings and byte buffers alike in many places.
 * @param shown what errors show
 */
export function textOf(value: string | ByteBuffer | null | undefined, name: string, shown: unknown = value): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  if (!(value instanceof ArrayBuffer || ArrayBuffer.isView(value))) throw notBytes(name, shown);
  const bytes = bytesOf(value, name);
  const text = utf8Decode(bytes);
  const back = utf8Encode(text);
  // What is not UTF-8 has been replaced, and would go out as something else.
  if (back.length !== bytes.length || back.some((byte, index) => byte !== bytes[index]))
    throw new ArgumentError("ARGUMENT_CHARACTER", name, shown, "must be UTF-8");
  return text;
}

/** @internal */
export function bytesOf(value: ByteBuffer, name: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  throw notBytes(name, value);
}

function notBytes(name: string, shown: unknown): ArgumentError {
  return new ArgumentError("ARGUMENT_TYPE", name, shown, "must be bytes: an ArrayBuffer, or a view of one (or a string, where it is a text)");
}
