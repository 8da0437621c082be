// What so many runs amounted to.

import type { Figures } from "./simulation";

const LONGEST = new Set(["longestWrite", "longestRecovery"]);

/** Sums, and the longest of the longest. */
export function addUp(all: readonly Figures[]): Figures {
  const total: Record<string, any> = { faults: {} };
  for (const figures of all)
    for (const [name, value] of Object.entries(figures)) {
      if (name === "faults") for (const [kind, count] of Object.entries(value as object)) total.faults[kind] = (total.faults[kind] ?? 0) + count;
      else total[name] = LONGEST.has(name) ? Math.max(total[name] ?? 0, value as number) : (total[name] ?? 0) + (value as number);
    }
  return total as Figures;
}

export function report(modem: string, runs: number, figures: Figures): void {
  const { answered, cared, clients, cold, delivered, done, failed, faults, garbled, longestRecovery, longestWrite, mistaken, published, refused, resets, sentAgain, simulated, sleeps, suspect, tantrums, bytesLost } = figures;
  const kinds = Object.entries(faults).sort(([, a], [, b]) => b - a);
  console.log(`\n${modem}: ${runs} runs, ${(simulated / 3_600_000).toFixed(1)} simulated hours, ${clients} clients made`);
  console.log(`  published ${published}: done ${done}, reported failed ${failed}; refused at once ${refused} (other writes included); given to the modem again ${sentAgain}; taken by the broker for an earlier connection's ${mistaken}; the longest write took ${(longestWrite / 1000).toFixed(0)} s`);
  console.log(`  delivered ${delivered}: suspect ${suspect}, changed by the line and not noticed ${garbled}; ${bytesLost} bytes lost in a full FIFO`);
  console.log(`  well again at most ${(longestRecovery / 1000).toFixed(0)} s after the last fault; ${tantrums} exceptions of the application's own; ${resets} resets by the modem's pin`);
  console.log(`  with care ${cared}, of which ${cold} began with a cold modem; ${answered} commands and questions of the application's own were answered; the modem fell asleep ${sleeps} times`);
  console.log(`  faults ${kinds.reduce((sum, [, count]) => sum + count, 0)}: ${kinds.map(([kind, count]) => `${kind} ${count}`).join(", ")}`);
}
