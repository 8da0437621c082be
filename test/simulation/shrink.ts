// Makes a failing plan as short as it can be: leaves out what is not needed for the same promise to be broken.

import type { Event, Plan } from "./plan";
import { simulate } from "./simulation";

/** Runs that shrinking may take. */
const RUNS = 1500;

export function shrink(plan: Plan, promise: string): Plan {
  let best = plan;
  let runs = 0;
  const fails = (candidate: Plan): boolean => ++runs <= RUNS && simulate(candidate).violation?.promise === promise;
  const attempt = (candidate: Plan): boolean => {
    if (!fails(candidate)) return false;
    best = candidate;
    return true;
  };
  // Halves, quarters and so on, down to one by one.
  for (let size = Math.ceil(best.events.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = 0; at < best.events.length;) {
      const events = best.events.filter((_, index) => index < at || index >= at + size);
      if (!attempt({ ...best, events })) at += size;
    }
  for (const simpler of [
    { echo: false }, { variants: {} }, { bootTime: 0 }, { attachTime: 0 }, { clock: 0 }, { baud: 0, fifo: Infinity }, { options: {} },
    { client: { clean: true, keepAlive: 60_000 } }, { exact: true },
  ]) attempt({ ...best, ...simpler });
  // Payloads and times, where they do not matter.
  best.events.forEach((event, index) => {
    const replaced = (other: object): Plan => ({ ...best, events: best.events.map((each, at) => (at === index ? ({ ...each, ...other } as typeof each) : each)) });
    if ("payload" in event) attempt(replaced({ payload: `{${event.do} ${index}}` }));
    if ("parts" in event && event.parts > 1) attempt(replaced({ parts: 1 }));
    if ("retain" in event && event.retain) attempt(replaced({ retain: false }));
  });
  attempt({ ...best, calm: Math.min(best.calm, Math.max(0, ...best.events.map(endOf)) + 10_000) });
  return best;
}

/** When a fault is over. */
function endOf(event: Event): number {
  if ("duration" in event) return event.at + event.duration;
  return event.at + ("fault" in event ? Number(/:(\d+)/.exec(event.fault)?.[1] ?? 0) : 0);
}
