/**
 * Freezes a table with everything in it, and returns it. On a device modules are preloaded into flash, and an object that is not
 * frozen there is aliased into RAM at the first write (xs-notes.md). Typed arrays are left: XS freezes them itself, and
 * `Object.freeze` refuses them.
 */
export function frozen<T>(value: T): T {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return value;
  if (ArrayBuffer.isView(value) || Object.isFrozen(value)) return value;
  Object.freeze(value);
  Reflect.ownKeys(value).forEach((key) => {
    const descriptor = Reflect.getOwnPropertyDescriptor(value, key)!;
    if ("value" in descriptor && typeof value === "object") frozen(descriptor.value);
  });
  return value;
}
