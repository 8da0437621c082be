import { errorNumber } from "../at/responses/error-text";
import { frozen } from "../bytes/frozen";
import { ModemError, type MQTTModemError } from "../errors";
import { Outlook, type ModemStep } from "./steps";
import { refusedService } from "../modem/sim";
import { fieldsOf, lineOf, unquoted } from "./fields";
import { triesOf } from "./readings";
import type { CareState } from "./state";

/** What `+CPIN` says, and what the numbers of `+CME ERROR` say in its place: 27.007 8.3 and 9.2. */
const enum Sim {
  Ready = 0,
  Unknown = -1,
  Pin = 11,
  Busy = 14,
  USIMPin = 311,
  USIMBusy = 314,
}

/** The second PIN: nothing that attaching needs asks for it. */
const READY_ALL_THE_SAME: readonly number[] = frozen([17, 18]);
/** So many tries are not spent by a program: the last one is for a person. */
const LAST_TRY = 1;

/** The state of the SIM by the answer to `AT+CPIN?`: a number of `+CME ERROR`, or one of {@link Sim}. */
export function simState(lines: readonly string[], error: MQTTModemError | null): number {
  if (error !== null) return error.modemCode ?? Sim.Unknown;
  const line = lineOf(lines, "+CPIN");
  if (line === undefined) return Sim.Unknown;
  const said = unquoted(fieldsOf(line)[0]);
  const number = said === "READY" ? Sim.Ready : errorNumber(said);
  return READY_ALL_THE_SAME.includes(number) ? Sim.Ready : number;
}

const isPin = (number: number): boolean => number === Sim.Pin || number === Sim.USIMPin;
const isBusy = (number: number): boolean => number === Sim.Busy || number === Sim.USIMBusy;

function said(lines: readonly string[], error: MQTTModemError | null): string | undefined {
  const line = lineOf(lines, "+CPIN");
  return error === null && line !== undefined ? `AT+CPIN? says ${unquoted(fieldsOf(line)[0])}` : undefined;
}

/** What the SIM's state means before a PIN has been entered. */
function asked(state: CareState, lines: readonly string[], error: MQTTModemError | null): MQTTModemError | Outlook | undefined {
  const number = simState(lines, error);
  if (isBusy(number)) return Outlook.Again;
  state.isLocked = isPin(number) && state.wanted.pin !== null;
  state.isOpened = false;
  if (state.isLocked) return state.pinRefusal ?? undefined;
  return refusedService(number, said(lines, error)) ?? undefined;
}

/** The modem has refused the PIN. */
function refuse(state: CareState, tries: number, code?: number): MQTTModemError {
  const left = tries >= 0 ? `; it can be tried ${tries === 1 ? "once" : `${tries} times`} more` : "";
  return (state.pinRefusal = new ModemError(
    "PIN_REFUSED",
    `the SIM refuses the PIN (option pin)${left}. It is not tried again: a third wrong PIN blocks the SIM`,
    code,
  ));
}

/** From a SIM in any state to one that can be used. A SIM that never gets ready is left to those who wait for the network. */
export const SIM_STEPS: readonly ModemStep<CareState>[] = frozen([
  { ask: () => "AT+CPIN?", then: asked },
  {
    ask: ({ isLocked }) => (isLocked ? "AT+CPINR" : null),
    then(state, lines) {
      const tries = (state.tries = triesOf(lines)),
        memory = state.wanted.pinMemory;
      // The answer was lost, with the modem or the client. As many tries as before: it was not refused.
      if (memory.isInDoubt && (tries < 0 || tries < memory.tries || memory.tries < 0))
        return (state.pinRefusal = new ModemError(
          "PIN_REFUSED",
          "the PIN was sent once, and its answer was lost: whether the SIM has refused it is not known. It is not tried again: a third wrong PIN blocks the SIM. Enter it by hand, or begin anew if it is right",
        ));
      if (tries >= 0 && tries <= LAST_TRY)
        return new ModemError(
          "PIN_REFUSED",
          `the SIM's PIN was not tried: it can be tried ${tries === 0 ? "no more" : "once more"}, and then the SIM is blocked. Enter it by hand, in a telephone for example`,
        );
    },
  },
  {
    ask({ isLocked, rows, wanted, tries }) {
      if (!isLocked) return null;
      wanted.pinMemory.isInDoubt = true;
      wanted.pinMemory.tries = tries;
      return rows.pin(wanted.pin!);
    },
    timeout: 15_000,
    then(state, lines, error) {
      const { tries, rows } = state;
      const refused = rows.pinRefused?.(lines) ?? null;
      if (refused !== null) return refuse(state, refused);
      // Silence is no refusal, but the PIN may have been tried: it is not tried a second time.
      if (error !== null) return refuse(state, error.code === "COMMAND_TIMEOUT" || tries < 0 ? -1 : tries - 1, error.modemCode);
      state.isOpened = true;
    },
  },
  {
    ask: ({ isOpened }) => (isOpened ? "AT+CPIN?" : null),
    then(state, lines, error) {
      const number = simState(lines, error),
        refused = state.rows.pinRefused?.(lines) ?? null; // AT+NPIN tells it behind its OK
      if (refused !== null) return refuse(state, refused);
      state.isLocked = isPin(number);
      if (number === Sim.Ready) state.isOpened = state.wanted.pinMemory.isInDoubt = false;
      else if (state.isLocked || isBusy(number) || number === Sim.Unknown) return Outlook.Again;
      else return refusedService(number, said(lines, error)) ?? undefined;
    },
    // Whatever the modem has said to the PIN: a SIM that goes on asking for it has not taken it.
    givenUp: (state) => (state.isLocked ? refuse(state, state.tries < 0 ? -1 : state.tries - 1) : undefined),
  },
]);
