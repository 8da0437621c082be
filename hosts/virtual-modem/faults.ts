// Faults on demand: the one table of what can be made to go wrong, and the store of what is armed. A fault either
// happens at once or lies in wait until the modem gets to the place that it is about.

import { unescape } from "./engine/bytes";
import { VirtualModemError } from "./engine/errors";

/** The places of a command's life where bytes can be injected. */
export const places = ["now", "before-answer", "before-final", "after-final", "before-prompt", "after-prompt"] as const;
export type Place = (typeof places)[number];

/** What the table's faults act on. */
export interface FaultTarget {
  /** How many MQTT clients the modem has: `name@client` makes a fault one client's. */
  readonly clients: number;
  readonly faults: Pick<Faults, "arm" | "setChance">;
  /** Runs `action` in `delay` milliseconds, at once if 0. */
  later(delay: number, action: () => void): void;
  restart(cause: string): void;
  silence(duration: number): void;
  detach(duration: number): void;
  search(duration: number): void;
  deny(duration: number): void;
  sim(state: string, duration: number): void;
  linkLost(code: number, client?: number): void;
  inject(place: Place, bytes: Uint8Array): void;
}

/** One parameter of a fault. */
export interface FaultParameter {
  readonly name: string;
  /** What it may be: a number within a range (ends included), one of some words, or the rest of the text. */
  readonly type: { readonly least: number; readonly most: number } | readonly string[] | "text";
  /** Taken when the parameter is left out; without it the parameter must be given. */
  readonly fallback?: string;
}

export interface FaultSpec {
  readonly parameters: readonly FaultParameter[];
  readonly about: string;
  /** Whether `name@client` is taken. */
  readonly perClient?: boolean;
  readonly apply: (target: FaultTarget, ...values: readonly string[]) => void;
}

const milliseconds = { least: 0, most: 86_400_000 } as const;
const after: FaultParameter = { name: "after", type: milliseconds, fallback: "0" };
const count: FaultParameter = { name: "count", type: { least: 0, most: 1e6 }, fallback: "1" };
const probability: FaultParameter = { name: "probability", type: { least: 0, most: 1 } };
const direction: FaultParameter = { name: "direction", type: ["both", "tx", "rx"], fallback: "both" };
const packet: FaultParameter = {
  name: "packet",
  type: [
    "any", "connect", "connack", "publish", "puback", "pubrec", "pubrel", "pubcomp", "subscribe", "suback",
    "unsubscribe", "unsuback", "pingreq", "pingresp", "disconnect",
  ],
};

/** Lies in wait under `name`, `times` times (0: always). */
const armed = (name: string, value = ""): FaultSpec["apply"] => (target, times) =>
  target.faults.arm(name, Number(times), value);

const byteFault = (name: string, verb: string): FaultSpec => ({
  parameters: [probability, direction],
  about: `${verb} each byte with this probability (0 to 1), from the modem (tx), to it (rx) or both`,
  apply: (target, chance, where) => target.faults.setChance(name, Number(chance), where),
});

/** Every fault, by name. `count` says how often it happens (0: always); times are in milliseconds. */
export const faultTable: Readonly<Record<string, FaultSpec>> = {
  lose: byteFault("lose", "lose"),
  change: byteFault("change", "flip one bit of"),
  double: byteFault("double", "double"),
  silence: {
    parameters: [{ name: "duration", type: milliseconds }, after],
    about: "the modem neither reads nor writes for this long; what would have passed is lost",
    apply: (target, duration, delay) => target.later(Number(delay), () => target.silence(Number(duration))),
  },
  late: {
    parameters: [{ name: "delay", type: milliseconds }, count],
    about: "the answer to the next command comes this much later",
    apply: (target, delay, times) => target.faults.arm("late", Number(times), delay),
  },
  slow: {
    parameters: [{ name: "factor", type: { least: 0, most: 10_000 } }],
    about: "the modem's own times are multiplied by this from now on",
    apply: (target, factor) => target.faults.arm("slow", 0, factor),
  },
  "no-prompt": {
    parameters: [count],
    about: "the next prompt is not written, though the modem waits for data",
    apply: armed("no-prompt"),
  },
  "no-final": {
    parameters: [count],
    about: "the next OK or ERROR is not written, though the command is done",
    apply: armed("no-final"),
  },
  inject: {
    parameters: [{ name: "place", type: places }, { name: "bytes", type: "text" }],
    about: `the modem writes these bytes (\\r, \\n, \\\\ and \\xHH are read) at the next such place: ${places.join(", ")}`,
    apply: (target, place, bytes) => target.inject(place as Place, unescape(bytes)),
  },
  restart: {
    parameters: [after, { name: "cause", type: ["power", "pin", "command", "watchdog"], fallback: "watchdog" }],
    about: "the modem restarts: settings and connections are gone, the banner is printed",
    apply: (target, delay, cause) => target.later(Number(delay), () => target.restart(cause)),
  },
  detach: {
    parameters: [{ name: "duration", type: milliseconds }, after],
    about: "the modem loses the network for this long",
    apply: (target, duration, delay) => target.later(Number(delay), () => target.detach(Number(duration))),
  },
  search: {
    parameters: [{ name: "duration", type: milliseconds }, after],
    about: "the modem loses the network, and finds one again only in a scan of this length; who makes it leave and attach begins the scan anew",
    apply: (target, duration, delay) => target.later(Number(delay), () => target.search(Number(duration))),
  },
  deny: {
    parameters: [{ name: "duration", type: milliseconds }, after],
    about: "the network denies the registration for this long (+CEREG: 3); then the modem attaches again",
    apply: (target, duration, delay) => target.later(Number(delay), () => target.deny(Number(duration))),
  },
  sim: {
    parameters: [{ name: "state", type: ["absent", "pin", "puk", "failure", "busy"] }, { name: "duration", type: milliseconds }, after],
    about: "there is no SIM, or it cannot be used, for this long; the variants simErrors and simReports say how it is told",
    apply: (target, state, duration, delay) => target.later(Number(delay), () => target.sim(state, Number(duration))),
  },
  refuse: {
    parameters: [count, { name: "command", type: "text" }],
    about: 'the next commands that begin so, such as +MQTTREC= or +QMTCFG="keepalive", are answered with ERROR',
    apply: (target, times, command) => target.faults.arm(`refuse ${command.toUpperCase().replace(/^AT/, "")}`, Number(times)),
  },
  "repeat-ack": {
    parameters: [count],
    about: "the modem writes its next report of a publish's end twice",
    apply: armed("repeat-ack"),
  },
  "damage-ack": {
    parameters: [count, { name: "how", type: ["bit", "empty"], fallback: "bit" }, { name: "field", type: { least: 1, most: 9 }, fallback: "2" }],
    about: "in the next report of a publish's end one bit of a field's first digit is wrong, or the field is empty; the second field is the packet id on BC35-G and NM28",
    apply: (target, times, how, field) => target.faults.arm("damage-ack", Number(times), `${how} ${field}`),
  },
  "link-loss": {
    perClient: true,
    parameters: [{ name: "code", type: { least: 0, most: 255 } }, after],
    about: "the link to the broker drops and is reported with the family's code (BC35-G: +QMTSTAT 1 to 7; NM28: as linkLoss says)",
    apply: (target, code, delay) => target.later(Number(delay), () => target.linkLost(Number(code))),
  },
  dns: {
    perClient: true,
    parameters: [count],
    about: "the next connection fails: the name is not found",
    apply: armed("open", "dns"),
  },
  refused: {
    perClient: true,
    parameters: [count],
    about: "the next connection fails: refused by the peer",
    apply: armed("open", "refused"),
  },
  pdp: {
    perClient: true,
    parameters: [count],
    about: "the next connection fails: the PDP context cannot be activated",
    apply: armed("open", "pdp"),
  },
  dropped: {
    perClient: true,
    parameters: [count],
    about: "the next connection fails: the network drops while it is being made",
    apply: armed("open", "dropped"),
  },
  connack: {
    perClient: true,
    parameters: [{ name: "code", type: { least: 0, most: 5 } }, count],
    about: "the broker's next CONNACK is read with this return code",
    apply: (target, code, times) => target.faults.arm("connack", Number(times), code),
  },
  suback: {
    perClient: true,
    parameters: [count, { name: "code", type: { least: 0, most: 255 }, fallback: "128" }],
    about: "the broker's next SUBACK is read with this code for every topic: 128 is refused, 0 to 2 granted",
    apply: (target, times, code) => target.faults.arm("suback", Number(times), code),
  },
  socket: {
    perClient: true,
    parameters: [count],
    about: "the next connection fails: the modem has no socket for it",
    apply: armed("open", "socket"),
  },
  send: {
    perClient: true,
    parameters: [count],
    about: "the next subscribe, unsubscribe or publish cannot be sent, and the link is lost (M531X, ML302, NM28)",
    apply: armed("send"),
  },
  malformed: {
    perClient: true,
    parameters: [packet, count],
    about: "the broker's next such MQTT packet cannot be read (ML302 reports 605 to 619; others lose the link or ignore it)",
    apply: (target, type, times) => target.faults.arm(`malformed ${type}`, Number(times)),
  },
  "drop-out": {
    perClient: true,
    parameters: [packet, count],
    about: "the next such MQTT packet to the broker is lost",
    apply: (target, type, times) => target.faults.arm(`drop-out ${type}`, Number(times)),
  },
  "drop-in": {
    perClient: true,
    parameters: [packet, count],
    about: "the next such MQTT packet from the broker is lost",
    apply: (target, type, times) => target.faults.arm(`drop-in ${type}`, Number(times)),
  },
  "data-point": {
    perClient: true,
    parameters: [count],
    about: "the platform does not take the next data point (NM28: +MQTTPUBEX with type 1 or 2)",
    apply: armed("data-point"),
  },
  token: {
    parameters: [{ name: "result", type: { least: 0, most: 6 } }, count],
    about: "the next Tencent Cloud password request ends with this result (BC35-G: +QMTTENAUTH 0 to 6)",
    apply: (target, result, times) => target.faults.arm("token", Number(times), result),
  },
};

function readParameter(fault: string, parameter: FaultParameter, text: string | undefined): string {
  const value = text === undefined || text === "" ? parameter.fallback : text;
  const { type } = parameter;
  const wrong = (wanted: string): never => {
    throw new VirtualModemError("UNKNOWN_FAULT", `fault ${fault}: ${parameter.name} must be ${wanted}, not "${text ?? ""}"`);
  };
  if (value === undefined) return wrong("given");
  if (type === "text") return value;
  if ("least" in type) {
    const number = Number(value);
    if (!(number >= type.least && number <= type.most)) wrong(`a number from ${type.least} to ${type.most}`);
  } else if (!type.includes(value)) {
    wrong(`one of ${type.join(", ")}`);
  }
  return value;
}

/** The same, for one client. */
function clientTarget(target: FaultTarget, client: number): FaultTarget {
  return {
    ...target,
    faults: {
      arm: (name, times, value) => target.faults.arm(`${name}@${client}`, times, value),
      setChance: (...of) => target.faults.setChance(...of),
    },
    linkLost: (code) => target.linkLost(code, client),
  };
}

/**
 * Reads `name[@client][:arg[,arg]]` and makes it happen, or lie in wait.
 * @throws VirtualModemError `UNKNOWN_FAULT` for a name, a client or an argument that there is not
 */
export function applyFault(target: FaultTarget, spec: string): void {
  const colon = spec.indexOf(":");
  const [name, client] = splitOnce(colon < 0 ? spec : spec.slice(0, colon), "@");
  const fault = Object.hasOwn(faultTable, name) ? faultTable[name] : undefined;
  if (!fault) {
    throw new VirtualModemError("UNKNOWN_FAULT", `no fault "${name}"; there are: ${Object.keys(faultTable).join(", ")}`);
  }
  const { parameters } = fault;
  const texts = colon < 0 ? [] : spec.slice(colon + 1).split(",");
  // The rest of the text, commas and all, belongs to a last parameter that is text.
  if (parameters.at(-1)?.type === "text") texts.push(texts.splice(parameters.length - 1).join(","));
  if (texts.length > parameters.length) {
    throw new VirtualModemError("UNKNOWN_FAULT", `fault ${name} takes ${parameters.length} argument(s): ${describe(name, fault)}`);
  }
  if (client !== undefined && !(fault.perClient && /^\d$/.test(client) && Number(client) < target.clients)) {
    const wanted = fault.perClient ? `takes a client from 0 to ${target.clients - 1}, not "${client}"` : "is not for one client";
    throw new VirtualModemError("UNKNOWN_FAULT", `fault ${name} ${wanted}`);
  }
  const scope = client === undefined ? target : clientTarget(target, Number(client));
  fault.apply(scope, ...parameters.map((parameter, index) => readParameter(name, parameter, texts[index])));
}

function splitOnce(text: string, at: string): [before: string, after: string | undefined] {
  const found = text.indexOf(at);
  return found < 0 ? [text, undefined] : [text.slice(0, found), text.slice(found + at.length)];
}

function describe(name: string, { parameters }: FaultSpec): string {
  const [first, ...rest] = parameters.map(({ name, fallback }) => (fallback === undefined ? name : `${name}=${fallback}`));
  return first === undefined ? name : `${name}:${[first, ...rest].join(",")}`;
}

/** The table for a reader: one line a fault. */
export function faultHelp(): string[] {
  return Object.entries(faultTable).map(([name, fault]) => `${describe(name, fault)}\n      ${fault.about}`);
}

/** What is armed. */
export class Faults {
  readonly #armed = new Map<string, { left: number; value: string }>();
  readonly #chances = new Map<string, number>();

  /** Lets `name` lie in wait, `times` times (0: always). */
  arm(name: string, times: number, value = ""): void {
    this.#armed.set(name, { left: times === 0 ? Infinity : times, value });
  }

  /** Uses up one of `name`. @returns its value, or undefined if none lies in wait */
  take(name: string): string | undefined {
    const fault = this.#armed.get(name);
    if (!fault) return undefined;
    fault.left -= 1;
    if (fault.left <= 0) this.#armed.delete(name);
    return fault.value;
  }

  /** What lies in wait for one client of several; what is for no one client in particular hits any. */
  ofClient(client: number): Pick<Faults, "take"> {
    return { take: (name) => this.take(`${name}@${client}`) ?? this.take(name) };
  }

  /** Whether a command that begins so is refused, which uses up one of those that lie in wait. */
  refuses(command: string): boolean {
    const upper = command.toUpperCase();
    for (const name of this.#armed.keys())
      if (name.startsWith("refuse ") && upper.startsWith(name.slice("refuse ".length))) return this.take(name) !== undefined;
    return false;
  }

  setChance(name: string, chance: number, direction: string): void {
    for (const way of direction === "both" ? ["tx", "rx"] : [direction]) this.#chances.set(`${name} ${way}`, chance);
  }

  chance(name: string, direction: "tx" | "rx"): number {
    return this.#chances.get(`${name} ${direction}`) ?? 0;
  }

  /** Nothing lies in wait any more. */
  clear(): void {
    this.#armed.clear();
    this.#chances.clear();
  }
}
