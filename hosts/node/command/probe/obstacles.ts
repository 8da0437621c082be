import type { Consents } from "./consents";
import type { Need } from "./question";

/** What a probe has, and what it may do. */
export interface Conditions {
  readonly hasSIM: boolean;
  readonly broker: boolean;
  /** The broker is this program's own. */
  readonly own: boolean;
  /** The modem's MQTT client is set up or in use. */
  readonly isBusy: boolean;
  readonly consents: Consents;
}

export const usesBroker = (needs: readonly Need[]): boolean => needs.includes("broker") || needs.includes("own-broker");
export const usesNetwork = (needs: readonly Need[]): boolean => needs.includes("network") || usesBroker(needs);

/** What stands against an exchange, the first that applies. */
const OBSTACLES: readonly (readonly [applies: (needs: readonly Need[], has: Conditions) => boolean, why: string])[] = [
  [(needs, { hasSIM }) => needs.includes("no-sim") && hasSIM, "the SIM can be used: probe once more without one"],
  [(needs, { hasSIM }) => (needs.includes("sim") || needs.includes("network")) && !hasSIM, "there is no SIM that can be used"],
  [(needs, { broker }) => usesBroker(needs) && !broker, "there is no broker: -h"],
  [(needs, { own }) => needs.includes("own-broker") && !own, "it needs a broker that misbehaves: --listen"],
  [
    (needs, { isBusy, consents }) => isBusy && (usesBroker(needs) || needs.includes("replace")) && !consents.has("replace"),
    "the modem's MQTT client is set up or in use, and was to be left so",
  ],
  [(needs, { consents }) => usesBroker(needs) && !consents.has("data"), "it sends data, which was not agreed to"],
  [(needs, { consents }) => needs.includes("restart") && !consents.has("restart"), "it restarts the modem, which was not agreed to"],
  [(needs, { consents }) => needs.includes("sleep") && !consents.has("sleep"), "it has the modem sleep, which was not agreed to"],
];

/** Why an exchange with these needs cannot take place, or undefined. */
export function obstacle(needs: readonly Need[], conditions: Conditions): string | undefined {
  return OBSTACLES.find(([applies]) => applies(needs, conditions))?.[1];
}
