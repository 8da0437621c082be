// Every fault that the modem can have, as one table.

import { unescape } from "../engine/bytes";
import type { Faults } from "./armed";
import { type Place, places } from "./places";

/** The modem, as the faults of the table act on it. */
export interface FaultTarget {
  /** How many MQTT clients the modem has; `name@client` applies a fault to one of them. */
  readonly clients: number;
  readonly faults: Pick<Faults, "arm" | "setChance">;
  /** Runs `action` after `delay` milliseconds; with 0 at once. */
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
  /** A number within a range (ends included), one of some words, or the rest of the text. */
  readonly type: { readonly least: number; readonly most: number } | readonly string[] | "text";
  /** The value when the parameter is left out; without it the parameter must be given. */
  readonly fallback?: string;
}

/** One kind of fault. */
export interface FaultSpec {
  readonly parameters: readonly FaultParameter[];
  /** One line for the help text. */
  readonly about: string;
  /** Whether `name@client` is allowed. */
  readonly perClient?: boolean;
  /** Makes the fault happen, or arms it. `values` are the checked parameters. */
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
    "any",
    "connect",
    "connack",
    "publish",
    "puback",
    "pubrec",
    "pubrel",
    "pubcomp",
    "subscribe",
    "suback",
    "unsubscribe",
    "unsuback",
    "pingreq",
    "pingresp",
    "disconnect",
  ],
};

/** Arms `name` for `times` times; 0: always. */
const armed =
  (name: string, value = ""): FaultSpec["apply"] =>
  (target, times) =>
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
    parameters: [
      { name: "place", type: places },
      { name: "bytes", type: "text" },
    ],
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
    about:
      "in the next report of a publish's end one bit of a field's first digit is wrong, or the field is empty; the second field is the packet id on BC35-G and NM28",
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
