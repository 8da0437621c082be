import assert from "node:assert/strict";
import { commonVariants, loadFamily, type VirtualModem } from "modem-mqtt/virtual-modem";
import { families } from "../e2e/support/families";
import { Lives } from "../e2e/support/lives";
import { probed } from "../e2e/support/probing";

// The probe tells whatever a virtual modem can do otherwise: each value of each variant of each family, by the question that has its name.

/** Variants that make no difference to a family, by family and name. */
const NOTHING_TO_TELL: Readonly<Record<string, string>> = {
  "m531x prompt": "no command has a data phase",
  "nm28 prompt": "its prompt is CONNECT",
  "m531x urcInData": "no command has a data phase",
};

/** Values that look like another one on the wire. */
const SAME: Readonly<Record<string, string>> = { "m531x spacing=model": "m5310a" };

/** What has to be so that a variant shows. */
const SITUATIONS: Readonly<Record<string, { faults?: string[]; latencyScale?: number; hands?: (modem: VirtualModem) => void }>> = {
  simErrors: { faults: ["sim:absent,600000"] },
  simReports: { hands: (modem) => modem.fault("sim:absent,300") },
  okPause: { latencyScale: 1 },
};

const tables = await Promise.all(families.map(async ([name]) => ({ name, variants: { ...commonVariants, ...(await loadFamily(name)).variants } })));

describe("the probe tells every variant of every virtual modem", function () {
  const lives = new Lives(6);

  async function told(family: string, variant: string, value: string): Promise<void> {
    const { hands, ...situation } = SITUATIONS[variant] ?? {};
    let modem: VirtualModem | undefined;
    const { report, error } = await probed({ modem: family, variants: { [variant]: value }, ...situation }, {
      only: [variant],
      onModem: (one) => { modem = one; },
      consent: async (kind) => {
        if (kind === "hands") hands?.(modem!);
        return true;
      },
    });
    assert.equal(error, undefined);
    const [fact, ...others] = report.facts;
    assert.deepEqual(others, []);
    assert.equal(fact?.found, SAME[`${family} ${variant}=${value}`] ?? value, JSON.stringify({ fact, exchanges: report.exchanges }, null, 1));
    assert.equal(fact.verdict, fact.assumed === null || fact.assumed === fact.found ? "confirmed" : "different");
  }

  for (const { name, variants } of tables)
    describe(name, () => {
      for (const [variant, { values }] of Object.entries(variants)) {
        if (NOTHING_TO_TELL[`${name} ${variant}`] !== undefined) continue;
        for (const value of values) it(`${variant}=${value}`, lives.add(() => told(name, variant, value)));
      }
    });

  before(() => lives.start());
});
