/**
 * Moddable's preferences, as SDK 8.2 has them on ESP32: values of four kinds; names of 15 characters at the most; what is given
 * out is a copy. They are where a test can find them, for a module in flash keeps nothing.
 */
type Value = string | boolean | number | ArrayBuffer;
type Domains = Map<string, Map<string, Value>>;

const LONGEST = 15;

const kept = (): Domains => ((globalThis as { preferences?: Domains }).preferences ??= new Map());
const copied = (value: Value): Value => (value instanceof ArrayBuffer ? value.slice(0) : value);

export default class Preference {
  static set(domain: string, name: string, value: Value): void {
    if (domain.length > LONGEST || name.length > LONGEST) throw new Error("nvs set fail");
    if (typeof value === "object" && !(value instanceof ArrayBuffer)) throw new Error("unsupported type");
    if (!kept().has(domain)) kept().set(domain, new Map());
    kept().get(domain)!.set(name, copied(value));
  }

  static get(domain: string, name: string): Value | undefined {
    const value = kept().get(domain)?.get(name);
    return value === undefined ? undefined : copied(value);
  }

  static delete(domain: string, name: string): void {
    kept().get(domain)?.delete(name);
  }

  static keys(domain: string): string[] {
    return [...(kept().get(domain)?.keys() ?? [])];
  }
}
