/// <reference path="../host.d.ts" />
/** What the example app asks for. */
const NAMES = Object.freeze(["XS Slot Heap Used", "XS Chunk Heap Used", "XS Garbage Collection Count"]);

export default Object.freeze({
  map: (name: string): number => NAMES.indexOf(name),
  get: (index: number): number => host.instrument(index),
});
