/// <reference path="../host.d.ts" />
/** Moddable's `modules`, as far as this package uses it. */
export default class Modules {
  static has(name: string): boolean {
    return host.has(name);
  }

  static importNow(name: string): unknown {
    return host.importNow(name);
  }
}
