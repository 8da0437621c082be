import { frozen } from "../bytes/frozen";
import type { ModemStep } from "./steps";
import { fieldsOf, lineOf, unquoted } from "./fields";
import { decodeCycle } from "./sleep-timers";
import type { CareState } from "./state";

/** What is switched off may be unknown to the modem. */
export const PSM_OFF: ModemStep<CareState> = frozen({ ask: ({ wanted }) => (wanted.psm === false ? "AT+CPSMS=0" : null), then() {} });

/** Has the modem say when it goes to sleep and when it wakes, in the way that stands at this place of the family's list. */
function reportStep(place: number): ModemStep<CareState> {
  const at = place; // a parameter could be assigned, and XS would not keep in flash what refers to it
  return {
    ask: ({ rows }) => rows.sleepReports[at] ?? null,
    then(state, _lines, error) {
      if (at === 0) state.tellsSleep = error === null;
    },
  };
}

/** What the application wants of PSM and eDRX. Texts of bits go in quotes: all read them so, and some only so (M-8). */
export const SLEEP_STEPS: readonly ModemStep<CareState>[] = frozen([
  PSM_OFF,
  { ask: ({ wanted: { psm } }) => (psm === null || psm === false ? null : `AT+CPSMS=1,,,"${psm.periodic.bits}","${psm.active.bits}"`) },
  // With the radio's type: without it some firmware refuses to switch it off (M-7).
  { ask: ({ wanted, rows }) => (wanted.edrx === false ? `AT+CEDRXS=0,${rows.edrx}` : null), then() {} },
  { ask: ({ wanted: { edrx }, rows }) => (edrx === null || edrx === false ? null : `AT+CEDRXS=1,${rows.edrx},"${edrx.bits}"`) },
  reportStep(0),
  reportStep(1),
]);

/** The same once the modem is attached: firmware that switches PSM on again, and what the network has granted. */
export const ATTACHED_SLEEP_STEPS: readonly ModemStep<CareState>[] = frozen([
  { ask: (state) => (state.rows.psmReturns ? PSM_OFF.ask(state) : null), then() {} },
  {
    ask: ({ wanted }) => (wanted.edrx === null || wanted.edrx === false ? null : "AT+CEDRXRDP"),
    then(state, lines) {
      // `+CEDRXRDP: <AcT>,"<asked>","<granted>","<window>"`: 27.007 7.41.
      const line = lineOf(lines, "+CEDRXRDP");
      state.grantedCycle = line === undefined ? null : decodeCycle(unquoted(fieldsOf(line)[2]), state.rows.radio);
    },
  },
]);
