import { frozen } from "../bytes/frozen";
import { NetworkError, type MQTTModemError } from "../errors";
import { timeOf } from "./clock";
import { lineOf } from "./fields";
import { Outlook, type ModemStep } from "./steps";
import { contextOf, firstNumber, isActive, numbersOf, operatorOf } from "./readings";
import { addressIn } from "./rows";
import type { CareState } from "./state";

/** Milliseconds to finals, as far as the documents give them; of several families the longest. */
const enum Time {
  /** `AT+CFUN=1` of a BC35-G: 85 s; `AT+CFUN=0` of an M5311: 90 s. */
  Radio = 90_000,
  /** `AT+COPS=1` of a BC35-G. */
  Operator = 630_000,
  /** `AT+CGACT=1` of an EC200. */
  Context = 150_000,
}

/** The modem is told to go on at another bit rate, and is looked for there. */
export const RATE_STEPS: readonly ModemStep<CareState>[] = frozen([
  {
    ask({ rates, rows }) {
      const baud = rates === null || rows.rate === undefined ? 0 : rates.change;
      return baud === 0 ? null : rows.rate!.set(baud);
    },
    then({ rates }, _lines, error) {
      if (error !== null) return rates!.onRefused(); // both are where they were
      rates!.onTold();
      return Outlook.Anew;
    },
  },
]);

/** What a modem does not answer to that, the next commands show. */
const CYCLE: ModemStep<CareState> = frozen({ ask: () => null, timeout: Time.Radio, then() {} });

/** The radio is switched off and on, to have the network back. */
export const RADIO_CYCLE_STEPS: readonly ModemStep<CareState>[] = frozen([
  { ...CYCLE, ask: ({ isRadioCycled }) => (isRadioCycled ? "AT+CFUN=0" : null) },
  { ...CYCLE, ask: ({ isRadioCycled }) => (isRadioCycled ? "AT+CFUN=1" : null) },
]);

/** The host's clock is set by the network's time, which may come a moment after the attachment. */
export const CLOCK_STEPS: readonly ModemStep<CareState>[] = frozen([
  {
    ask: ({ wanted }) => (wanted.systemClock === null ? null : "AT+CCLK?"),
    then({ wanted, rows }, lines, error) {
      const line = lineOf(lines, "+CCLK"),
        time = line === undefined ? undefined : timeOf(line, rows.hour);
      if (error !== null) return;
      if (time === undefined) return Outlook.Again;
      wanted.systemClock!.set(Math.round(time.utc / 1000));
    },
    tries: 5,
  },
]);

/** The radio is switched on where the modem says that it is off. */
export const RADIO_STEPS: readonly ModemStep<CareState>[] = frozen([
  {
    ask: () => "AT+CFUN?",
    then(state, lines) {
      state.functions = firstNumber(lines, "+CFUN");
    },
  },
  { ask: ({ wanted, functions }) => (wanted.radio && functions >= 0 && functions !== 1 ? "AT+CFUN=1" : null), timeout: Time.Radio },
]);

/** APN and bands, where the modem has others. */
export const CONTEXT_STEPS: readonly ModemStep<CareState>[] = frozen([
  {
    ask: ({ wanted }) => (wanted.apn === null ? null : "AT+CGDCONT?"),
    then(state, lines) {
      const { name, type } = state.wanted.apn!,
        context = (state.context = contextOf(lines, state.rows.cid));
      state.changesContext = context === null || !isSameAPN(context.apn, name) || (type !== null && context.type !== type);
    },
  },
  {
    ask: ({ wanted, rows }) => (wanted.bands === null ? null : rows.bands!.ask),
    then(state, lines) {
      state.changesBands = sorted(numbersOf(lines, state.rows.bands!.name)) !== sorted(state.wanted.bands!);
    },
  },
  {
    ask(state) {
      state.isOffline = state.changesBands || (state.changesContext && state.rows.setsContextOffline);
      return state.isOffline ? "AT+CFUN=0" : null;
    },
    timeout: Time.Radio,
  },
  {
    ask({ changesContext, context, rows, wanted }) {
      const { apn } = wanted;
      if (!changesContext) return null;
      return rows.context(rows.cid, apn!, apn!.type ?? (context === null || context.type === "" ? rows.type : context.type));
    },
    then: (_state, _lines, error) => (error === null ? undefined : Outlook.Again),
    tries: 3, // a modem that has just left the network may refuse it for some seconds (public drivers of BC28)
    pause: 3000,
    givenUp: (state, error) => afterRadio(state, contextError(state, error!)),
  },
  {
    ask: ({ rows, wanted, refusal }) =>
      refusal !== null || wanted.apn?.authentication == null || rows.credentials === undefined ? null : rows.credentials(rows.cid, wanted.apn),
    then: (state, _lines, error) => (error === null ? undefined : afterRadio(state, contextError(state, error))),
  },
  // A network that was joined before knows the old access point until it is joined anew: 27.007 has a context used as it is when it is activated.
  {
    ask: ({ changesContext, isOffline }) => (changesContext && !isOffline ? "AT+CGATT?" : null),
    then(state, lines) {
      state.joinsAnew = firstNumber(lines, "+CGATT") === 1;
    },
  },
  { ask: ({ joinsAnew }) => (joinsAnew ? "AT+CGATT=0" : null), timeout: Time.Radio, then() {} },
  { ask: ({ joinsAnew }) => (joinsAnew ? "AT+CGATT=1" : null), timeout: Time.Context, then() {} },
  {
    ask: ({ changesBands, refusal, rows, wanted }) => (changesBands && refusal === null ? rows.bands!.set(wanted.bands!) : null),
    then: (state, _lines, error) => (error === null ? undefined : afterRadio(state, error)),
  },
  {
    ask: (state) => (comesBack(state) ? "AT+CFUN=1" : null),
    timeout: Time.Radio,
    then: ({ refusal }, _lines, error) => refusal ?? error ?? undefined,
  },
]);

/** Whether the radio was switched off for a change, and is to be on. */
function comesBack({ isOffline, functions, wanted }: CareState): boolean {
  return isOffline && (wanted.radio || functions === 1);
}

/** What ends the steps, once the radio is on again where it was. */
function afterRadio(state: CareState, error: MQTTModemError): MQTTModemError | undefined {
  if (!comesBack(state)) return error;
  state.refusal = error;
  return undefined;
}

/** Some firmware shows the whole name of a context that is active, with the operator's identifier behind what it was told (23.003 9.1.2). */
function isSameAPN(shown: string, name: string): boolean {
  const [has, wanted] = [shown.toLowerCase(), name.toLowerCase()];
  return has === wanted || has.replace(/\.mnc\d{2,3}\.mcc\d{3}\.gprs$/, "") === wanted;
}

function sorted(numbers: readonly number[]): string {
  return numbers
    .slice()
    .sort((one, other) => one - other)
    .join();
}

/** The modem takes the APN, or its context, not. */
export function contextError({ wanted, context }: CareState, { message, modemCode }: MQTTModemError): MQTTModemError {
  const apn = wanted.apn?.name ?? context?.apn ?? "";
  const which = apn === "" ? "check whether the SIM's data plan needs an APN (option apn)" : `check the APN "${apn}", its user and password (option apn)`;
  return new NetworkError("PDP_FAILED", `there is no data connection: ${message}; ${which}`, modemCode);
}

/** The network, where the application has said which. */
export const OPERATOR_STEPS: readonly ModemStep<CareState>[] = frozen([
  { ask: ({ wanted, rows }) => (wanted.operator === null || wanted.operator === "auto" ? null : rows.numericOperator), then() {} },
  {
    ask: ({ wanted }) => (wanted.operator === null ? null : "AT+COPS?"),
    then(state, lines) {
      state.operator = operatorOf(lines);
    },
  },
  {
    ask({ wanted, operator }) {
      const mode = operator === null ? -1 : operator.mode;
      if (wanted.operator === null) return null;
      if (wanted.operator === "auto") return mode === 0 ? null : "AT+COPS=0";
      return mode === 1 && operator!.format === 2 && operator!.name === wanted.operator ? null : `AT+COPS=1,2,"${wanted.operator}"`;
    },
    timeout: Time.Operator,
    then: ({ wanted }, _lines, error) =>
      error === null
        ? undefined
        : new NetworkError(
            "NO_COVERAGE",
            `the modem does not find the operator ${wanted.operator}, or may not use it (option operator): ${error.message}`,
            error.modemCode,
          ),
  },
]);

/** With the granted timers: 27.007 10.1.22. */
const TELLS_TIMERS = "AT+CEREG=5";

/** Has registration reported, in the way that stands at this place of the family's list, where none before it was taken. */
function reportStep(place: number): ModemStep<CareState> {
  const at = place; // a parameter could be assigned, and XS would not keep in flash what refers to it
  return {
    ask: ({ reports, rows }) => (reports ? null : (rows.reports[at] ?? null)),
    then(state, _lines, error) {
      state.reports = error === null;
      state.tellsTimers = state.reports && state.rows.reports[at] === TELLS_TIMERS;
    },
  };
}

/** Registration is reported, with as much as the modem tells. */
export const REPORT_STEPS: readonly ModemStep<CareState>[] = frozen([reportStep(0), reportStep(1), reportStep(2)]);

/** Whether a command activates the context. One that was defined while the modem was attached is not active by itself. */
function activates({ rows, changesContext }: CareState): boolean {
  return rows.activates || (changesContext && !rows.setsContextOffline);
}

/** From an attached modem to one with a data connection. */
export const DATA_STEPS: readonly ModemStep<CareState>[] = frozen([
  {
    ask: (state) => (activates(state) ? "AT+CGACT?" : null),
    then(state, lines) {
      state.isActive = isActive(lines, state.rows.cid) === true;
    },
  },
  {
    ask: (state) => (activates(state) && !state.isActive ? `AT+CGACT=1,${state.rows.cid}` : null),
    timeout: Time.Context,
    then: (state, _lines, error) => (error === null ? undefined : contextError(state, error)),
  },
  {
    ask: ({ rows }) => (rows.waitsForAddress ? "AT+CGPADDR" : null),
    then: (_state, lines, error) => (error === null && addressIn(lines) === undefined ? Outlook.Again : undefined),
    tries: 30,
    pause: 2000,
    givenUp: (state) => contextError(state, new NetworkError("PDP_FAILED", "the modem is attached, but has had no IP address for a minute (AT+CGPADDR)")),
  },
]);
