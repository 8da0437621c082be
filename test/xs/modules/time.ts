/// <reference path="../host.d.ts" />
export default Object.freeze({
  get ticks(): number {
    return host.now();
  },
});
