import type { MQTTModemError } from "../errors";
import type { ModemStep } from "./steps";
import type { ModemIdentity, ModemSignal, NetworkState, Signal, SimState, Supply, ToldTime } from "../modem/told";
import { timeOf } from "./clock";
import { lineOf } from "./fields";
import { iccidOf, imeiOf, imsiOf } from "./identity";
import { addressOf, operatorOf, textOf } from "./readings";
import { causeWords, readRegistration, statusWords, technologyWords } from "./registration";
import type { Wanted } from "./options";
import { CSQ, type CareRows, type Question } from "./rows";
import { signalWord } from "./signal";
import { simState } from "./sim-steps";
import { decodeActiveTime, decodePeriodicUpdate } from "./sleep-timers";

/** What can be asked of the modem as a device. */
export type CareQuestion = "identity" | "sim" | "network" | "signal" | "time" | "supply";

/** What is asked of a modem: the steps, and the object that they fill. */
export interface Inquiry<T> {
  readonly steps: readonly ModemStep<any>[];
  readonly told: T;
  /** What the application gets. */
  readonly result: () => unknown;
}

/** What a question of the application's needs of the modem. */
export interface InquiredState {
  readonly rows: CareRows;
  readonly grantedCycle: number | null;
  readonly wanted: Pick<Wanted, "psm" | "edrx">;
}

/** A question of the application's as steps. */
export function inquiry(what: CareQuestion, state: InquiredState): Inquiry<unknown> {
  switch (what) {
    case "identity":
      return identity(state.rows);
    case "sim":
      return sim(state.rows);
    case "network":
      return network(state);
    case "signal":
      return signal(state.rows);
    case "time":
      return time(state.rows);
    default:
      return supply(state.rows);
  }
}

/** A step that goes on whatever the modem refuses; but not without the modem. */
function step<T>(ask: string, read: (told: T, lines: readonly string[], error: MQTTModemError | null) => void, isLeftOut?: (told: T) => boolean): ModemStep<T> {
  return {
    ask: (told) => (isLeftOut?.(told) === true ? null : ask),
    then(told, lines, error) {
      if (error !== null && error.code !== "COMMAND_REFUSED" && error.code !== "COMMAND_TIMEOUT") return error;
      read(told, lines, error);
    },
  };
}

function steps<T>(questions: readonly Question<T>[]): ModemStep<T>[] {
  return questions.map(({ ask, read }) => step<T>(ask, (told, lines, error) => error === null && read(lines, told)));
}

/** The answer without its name, and without quotes. */
function text(lines: readonly string[], name: string): string | undefined {
  return textOf(lines, name)?.replace(/^"(.*)"$/, "$1");
}

function identity({ firmware }: CareRows): Inquiry<ModemIdentity> {
  const told: ModemIdentity = { maker: undefined, model: undefined, firmware: undefined, imei: undefined };
  const imei = (ask: string): ModemStep<ModemIdentity> =>
    step(
      ask,
      (_, lines) => {
        told.imei ??= imeiOf(lines);
      },
      () => told.imei !== undefined,
    );
  return {
    told,
    result: () => told,
    steps: [
      step<ModemIdentity>("AT+CGMI", (_, lines) => {
        told.maker = text(lines, "+CGMI");
      }),
      step<ModemIdentity>("AT+CGMM", (_, lines) => {
        told.model = text(lines, "+CGMM");
      }),
      ...steps([firmware]),
      imei("AT+CGSN=1"),
      imei("AT+GSN"), // where CGSN takes no number
      imei("AT+CGSN"),
    ],
  };
}

/** By the number of `+CME ERROR`, or 0 where it is ready. */
function simWord(number: number): SimState["state"] {
  if (number === 0) return "ready";
  if (number === 10 || number === 310) return "absent";
  if (number === 11 || number === 311) return "pin";
  if (number === 12 || number === 316) return "puk";
  if (number === 14 || number === 314) return "busy";
  return number === 13 || number === 15 || number === 313 || number === 315 ? "failed" : "unknown";
}

function sim({ iccid }: CareRows): Inquiry<SimState> {
  const told: SimState = { state: "unknown", iccid: undefined, imsi: undefined };
  return {
    told,
    result: () => told,
    steps: [
      step<SimState>("AT+CPIN?", (_, lines, error) => {
        told.state = simWord(simState(lines, error));
      }),
      ...iccid.map((ask) =>
        step<SimState>(
          ask,
          (_, lines) => {
            told.iccid ??= iccidOf(lines);
          },
          () => told.iccid !== undefined,
        ),
      ),
      step<SimState>("AT+CIMI", (_, lines) => {
        told.imsi = imsiOf(lines);
      }),
    ],
  };
}

/** What was asked for of sleep. */
function asked({ psm, edrx }: InquiredState["wanted"]): NetworkState["asked"] {
  const times = psm === null || psm === false ? undefined : { active: psm.active.seconds, periodic: psm.periodic.seconds },
    cycle = edrx === null || edrx === false ? undefined : edrx.seconds;
  return times === undefined && cycle === undefined ? undefined : { psm: times, edrx: cycle };
}

function network({ rows, grantedCycle, wanted }: InquiredState): Inquiry<NetworkState> {
  const told: NetworkState = {
    registration: statusWords(-1),
    status: -1,
    cause: undefined,
    operator: undefined,
    technology: undefined,
    area: undefined,
    cell: undefined,
    band: undefined,
    address: undefined,
    psm: undefined,
    edrx: grantedCycle ?? undefined,
    asked: asked(wanted),
  };
  const register = (name: string) => (_: unknown, lines: readonly string[]) => {
    const line = lineOf(lines, name),
      read = line === undefined ? null : readRegistration(line);
    if (read === null) return;
    told.status = read.status;
    told.registration = statusWords(read.status);
    told.cause = causeWords(read);
    told.technology = technologyWords(read.technology);
    told.area = read.area || undefined;
    told.cell = read.cell || undefined;
    if (read.active !== "" || read.periodic !== "")
      told.psm = { active: decodeActiveTime(read.active) ?? undefined, periodic: decodePeriodicUpdate(read.periodic) ?? undefined };
  };
  return {
    told,
    result: () => told,
    steps: [
      step<NetworkState>("AT+CEREG?", register("+CEREG")),
      step<NetworkState>("AT+CREG?", register("+CREG"), () => told.status >= 0),
      step<NetworkState>("AT+COPS?", (_, lines) => {
        const operator = operatorOf(lines);
        told.operator = operator?.name || undefined;
        told.technology ??= technologyWords(operator?.technology ?? -1);
      }),
      ...steps(rows.cell),
      step<NetworkState>("AT+CGPADDR", (_, lines) => {
        told.address = addressOf(lines);
      }),
    ],
  };
}

function signal(rows: CareRows): Inquiry<Signal> {
  const told: ModemSignal = { rsrp: undefined, rsrq: undefined, sinr: undefined, rssi: undefined, word: "none" };
  return {
    told,
    steps: steps<Signal>([CSQ, ...rows.signal]),
    result: () => {
      told.word = signalWord(told);
      return told;
    },
  };
}

function time({ hour }: CareRows): Inquiry<{ time: ToldTime | undefined }> {
  const told: { time: ToldTime | undefined } = { time: undefined };
  return {
    told,
    result: () => told.time,
    steps: [
      step("AT+CCLK?", (_, lines) => {
        const line = lineOf(lines, "+CCLK");
        told.time = line === undefined ? undefined : timeOf(line, hour);
      }),
    ],
  };
}

function supply(rows: CareRows): Inquiry<Supply> {
  const told: Supply = { temperature: undefined, voltage: undefined };
  return { told, result: () => told, steps: steps(rows.supply) };
}
