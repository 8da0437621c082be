// What happens in one run, drawn from a seed: all of it is decided before the run begins, so that a run can be
// repeated with parts of it left out.

import { places } from "../../hosts/virtual-modem/faults";
import { seededRandom } from "../../hosts/virtual-modem/random";
import { commonVariants, type VariantTable } from "../../hosts/virtual-modem/variants";
import { asleep, careOf, coldStart, SLEEPY, type CarePlan, type DeviceEvent } from "./care";
import { hostileTexts, hostileTopic, strangers } from "./corpus";
import { Dice } from "./dice";
import { families, type FamilyName } from "./families";

/** One thing that happens; payloads have one character a byte. */
export type Event = DeviceEvent | { readonly at: number } & (
  /** One of the virtual modem's own faults. */
  | { readonly do: "modem"; readonly fault: string }
  /** It stays as slow as this for a while. */
  | { readonly do: "slow modem"; readonly factor: number; readonly duration: number }
  | { readonly do: "noise"; readonly kind: "lose" | "change" | "double"; readonly way: "tx" | "rx" | "both"; readonly probability: number; readonly duration: number }
  | { readonly do: "hold the line"; readonly duration: number }
  | { readonly do: "busy"; readonly duration: number }
  | { readonly do: "network"; readonly how: "reset" | "hole" | "slow" | "dns" | "refused" | "unreachable" | "timeout"; readonly duration: number }
  | { readonly do: "broker"; readonly how: "restart" | "forget" | "refuse" | "slow" | "mute" | "duplicate" | "forbid"; readonly value: number; readonly duration: number }
  | { readonly do: "far"; readonly topic: string; readonly payload: string; readonly QoS: number; readonly retain: boolean }
  | { readonly do: "publish"; readonly topic: string; readonly payload: string; readonly QoS: number; readonly retain: boolean; readonly parts: number }
  | { readonly do: "subscribe" | "unsubscribe"; readonly topic: string; readonly QoS: number }
  | { readonly do: "inquire" | "close" | "disconnect" }
  /** Of the machine that runs the client, now or after so much of the next record has been stored. */
  | { readonly do: "power cut"; readonly torn: number | null }
  /** What the application does at its next callback of that name. */
  | { readonly do: "at callback"; readonly name: CallbackName; readonly act: "throw" | "close" | "disconnect" | "publish" | "subscribe" | "ignore"; readonly times: number }
);

export const callbackNames = ["onReadable", "onWritable", "onControl", "onDone", "onStage", "onError", "onClose", "onOverflow"] as const;
export type CallbackName = (typeof callbackNames)[number];

/**
 * What goes wrong, and so what must not happen at all:
 * "any" thing; or "strangers" publish whatever they like, and nothing else is wrong; or the broker is "away", for long; or the modem
 * has no "network" for long, or no SIM; or it is "cold": off, at a rate of its own, with its radio off, a locked SIM, and no APN; or it is in "sleep"
 * whenever there is nothing to do.
 */
export type World = "any" | "strangers" | "away" | "network" | "cold" | "sleep";
const worlds: readonly World[] = ["any", "any", "any", "any", "any", "strangers", "strangers", "away", "network"];

export interface Plan {
  readonly seed: number;
  readonly modem: FamilyName;
  readonly world: World;
  /** How the bytes that have come reach the client: as many as there are, or one at a time. */
  readonly pieces: "whole" | "bytes";
  /** The broker sends what waits for a client in one piece with its CONNACK, and what is retained with its SUBACK. */
  readonly glued: boolean;
  /** What is subscribed from the start, beside {@link firstFilter}. */
  readonly filters: readonly string[];
  /** No byte is lost or changed between client and modem. */
  readonly exact: boolean;
  readonly baud: number;
  readonly fifo: number;
  readonly variants: Readonly<Record<string, string>>;
  readonly echo: boolean;
  readonly bootTime: number;
  readonly attachTime: number;
  /** Of the core's clock. */
  readonly clock: number;
  readonly client: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
  /** The application is over a session; null: over a client. */
  readonly session: {
    readonly count: number;
    readonly policy: "refuse" | "drop oldest" | "drop newest";
    readonly store: boolean;
    /** Attempts before more is done than before. */
    readonly escalate: number;
    /** The host has the modem's reset pin. */
    readonly reset: boolean;
  } | null;
  /** The driver is the one with care; null: the plain one. */
  readonly care: CarePlan | null;
  readonly events: readonly Event[];
  /** When the last fault is over. */
  readonly calm: number;
}

export const farTopics = ["cmd/a", "cmd/b", "cmd/c/x", "cmd/é"] as const;
const filters = ["cmd/a", "cmd/b", "cmd/+/x", "cmd/#", "cmd/é"] as const;
/** What is subscribed from the start. */
export const firstFilter = "cmd/a";

/** Settings that a connection can be without. */
export const optionalSettings: Readonly<Record<FamilyName, readonly string[]>> = {
  bc35g: ['+QMTCFG="keepalive"', '+QMTCFG="timeout"', '+QMTCFG="version"'],
  m531x: ["+MQTTPING=", "+MQTTTO="],
  ml302: ["+MQTTPING=", "+MQTTTO=", "+MQTTREC="],
  nm28: ['+MQTTCFG="keepalive"', '+MQTTCFG="timeout"', '+MQTTCFG="version"', '+MQTTCFG="pdpcid"'],
};

const simFault = (dice: Dice, most: number): string => `sim:${dice.pick(["absent", "pin", "failure", "busy"])},${dice.duration(most)}`;

/** The packet id of a publish's end cannot be read. */
const damage = (dice: Dice, modem: FamilyName, times: number): string =>
  `damage-ack:${times},${dice.pick(["bit", "empty"])},${modem === "m531x" ? 1 : 2}`;

/** Every fault of the virtual modem that a family has, with what it is given. */
function modemFault(dice: Dice, modem: FamilyName): string {
  const packets = ["connect", "connack", "publish", "puback", "pubrec", "pubrel", "pubcomp", "subscribe", "suback", "unsubscribe", "unsuback", "pingreq", "pingresp"];
  const times = dice.pick([1, 1, 1, 2, 4]);
  const stranger = `\\r\\n${dice.pick(strangers)}\\r\\n`;
  const choices: (() => string)[] = [
    () => `silence:${dice.duration(60_000)}`,
    () => `late:${dice.duration(20_000)},${times}`,
    () => `late:${dice.duration(90_000)},${times}`,
    () => `no-prompt:${times}`,
    () => `no-final:${times}`,
    () => `inject:${dice.pick(places)},${stranger}`,
    () => `inject:${dice.pick(places)},${stranger}`,
    () => `restart:0,${dice.pick(["power", "pin", "command", "watchdog"])}`,
    () => `detach:${dice.duration(120_000)}`,
    () => `${dice.pick(["search", "deny"])}:${dice.duration(120_000)}`,
    () => simFault(dice, 120_000),
    () => `refuse:${times},${dice.pick(optionalSettings[modem])}`,
    () => `repeat-ack:${times}`,
    () => `repeat-ack:${times}`,
    () => damage(dice, modem, times),
    () => `link-loss:${dice.from(1, 7)}`,
    ...["dns", "refused", "pdp", "dropped", "socket"].map((name) => () => `${name}:${times}`),
    () => `connack:${dice.from(1, 5)},${times}`,
    () => `suback:${times},128`,
    () => `drop-out:${dice.pick(packets)},${times}`,
    () => `drop-in:${dice.pick(packets)},${times}`,
    ...(modem === "bc35g" ? [] : [() => `send:${times}`]),
    () => `malformed:${dice.pick(["publish", "puback", "pubrec", "pubcomp", "suback", "unsuback"])},${times}`,
  ];
  return dice.pick(choices)();
}

function disturbance(dice: Dice, modem: FamilyName, exact: boolean, at: number, left: number): Event {
  const duration = Math.min(left, dice.duration(120_000));
  const choices: (() => Event)[] = [
    ...Array.from({ length: 8 }, () => (): Event => ({ at, do: "modem", fault: clipped(modemFault(dice, modem), left) })),
    () => ({ at, do: "slow modem", factor: dice.pick([2, 10, 40]), duration }),
    () => ({ at, do: "hold the line", duration: Math.min(left, dice.duration(5000)) }),
    () => ({ at, do: "hold the line", duration: Math.min(left, dice.duration(40_000)) }),
    () => ({ at, do: "network", how: dice.pick(["reset", "hole", "slow", "dns", "refused", "unreachable", "timeout"]), duration }),
    () => ({ at, do: "network", how: dice.pick(["reset", "hole"]), duration }),
    () => ({ at, do: "broker", how: dice.pick(["restart", "forget", "refuse", "slow", "mute", "duplicate", "forbid"]), value: dice.from(1, 5), duration }),
    () => ({ at, do: "busy", duration: Math.min(left, dice.duration(exact ? 60_000 : 3000)) }),
  ];
  const noise = (): Event => ({
    at, do: "noise", kind: dice.pick(["lose", "change", "double"]), way: dice.pick(["tx", "rx", "both"]), probability: dice.pick([0.0005, 0.003, 0.02, 0.2]), duration,
  });
  if (!exact) choices.push(noise, noise, noise, noise);
  return dice.pick(choices)();
}

/** Ends with the faults' time, where it lasts. */
function clipped(fault: string, left: number): string {
  return fault.replace(/^((?:silence|detach|late|search|deny):|sim:\w+,)(\d+)/, (_, name: string, duration: string) => `${name}${Math.min(Number(duration), left)}`);
}

/** A payload whose mark tells it from all others. */
function payload(dice: Dice, modem: FamilyName, mark: string, longest: number): string {
  const hostile = hostileTexts(modem);
  const kind = dice.below(10);
  const text = kind < 5 ? Buffer.from(dice.pick(hostile), "utf8").toString("latin1")
    : kind < 7 ? Array.from({ length: dice.below(60) }, () => String.fromCharCode(dice.below(256))).join("")
    : kind < 8 ? Array.from({ length: dice.below(longest) }, () => String.fromCharCode(dice.below(256))).join("")
    : "x".repeat(dice.below(40));
  return (dice.happens(0.5) ? text + mark : mark + text).slice(0, longest);
}

/**
 * Forms that no reader can tell apart from others, or that lie about a message's length: what is received is marked then, or
 * has quotes and blanks of the modem's (docs/limits.md). test/e2e/variants.test.ts tries them with payloads without these.
 */
const ambiguous: ReadonlySet<string> = new Set([
  "recvQuotes=quoted", "recvSpace=spaced", "recvSpace=session", "recvSpace=table", "recvLength=blanks-uncounted",
  "publishLength=escaped", "publishLength=long", "publishLength=short", "publishComma=missing", "publishEnd=none", "payloadPlace=next-line",
]);

/** Some choices that are not the default: what documents leave open, and firmware is known to do. */
function variants(dice: Dice, modem: FamilyName): Record<string, string> {
  const table = { ...commonVariants, ...families[modem].modem.variants } as VariantTable;
  const chosen: Record<string, string> = {};
  for (let left = dice.from(1, 3); left > 0; left--) {
    const name = dice.pick(Object.keys(table));
    const value = dice.pick(table[name].values.slice(1));
    if (!ambiguous.has(`${name}=${value}`)) chosen[name] = value;
  }
  // A report that does not begin a line, in the middle of an echo that does not end one.
  if (chosen.echo === "stuck") delete chosen.publishStart;
  return chosen;
}

/** Dice for a seed of this family. @param which for what: others for something else do not change what these throw */
function diceOf(modem: FamilyName, seed: number, which: number): Dice {
  const dice = new Dice(seededRandom(seed * 4 + Object.keys(families).indexOf(modem) + which * 0x1000000));
  for (let i = 0; i < 4; i++) dice.random(); // neighbouring seeds begin alike
  return dice;
}

/**
 * @param hazards worlds that may be drawn; all, when left out
 * @param cares the chance that the driver is the one with care, in worlds where it need not be
 */
export function draw(modem: FamilyName, seed: number, hazards: ReadonlySet<World> = new Set([...worlds, "cold", "sleep"]), cares = 0): Plan {
  const dice = diceOf(modem, seed, 2);
  const warm = worlds.filter((each) => hazards.has(each));
  const sleepy = diceOf(modem, seed, 3);
  // An ML302's virtual modem has no sleep, for no document says how it sleeps.
  if (hazards.has("sleep") && modem !== "ml302" && (hazards.size === 1 || sleepy.happens(0.08))) return sleeping(sleepy, drawIn(modem, seed, ["any"]));
  if (hazards.has("cold") && (warm.length === 0 || dice.happens(0.1))) return cold(dice, drawIn(modem, seed, ["any"]));
  const plan = drawIn(modem, seed, warm.length === 0 ? ["any"] : warm);
  if (!dice.happens(cares)) return plan;
  const { care, events } = careOf(dice, plan.calm);
  return { ...plan, care, events: [...plan.events, ...events].sort(byTime) };
}

const byTime = (one: Event, other: Event): number => one.at - other.at;

/** Without care. */
function drawIn(modem: FamilyName, seed: number, hazards: readonly World[]): Plan {
  const family = families[modem];
  const dice = diceOf(modem, seed, 0);
  const exact = dice.happens(0.6);
  const calm = dice.pick([60_000, 240_000, 600_000]);
  const events: Event[] = [];
  const times = (most: number, make: (at: number, index: number) => Event): void => {
    const count = dice.below(most + 1);
    for (let i = 0; i < count; i++) events.push(make(Math.round(dice.random() * calm), i));
  };
  times(dice.pick([0, 3, 10, 25]), (at) => disturbance(dice, modem, exact, at, calm - at));
  times(dice.pick([3, 20, 60]), (at, index) => {
    const text = payload(dice, modem, `{in ${index}}`, family.longestIn);
    return { at, do: "far", topic: dice.pick(farTopics), payload: family.framed ? text : text.replaceAll("\r\n", "\r \n"), QoS: dice.from(0, 2), retain: false };
  });
  times(dice.pick([3, 20, 60]), (at, index) => ({
    at, do: "publish", topic: `out/${dice.below(20)}`, payload: payload(dice, modem, `{out ${index}}`, dice.happens(0.1) ? family.longestOut : 200),
    QoS: dice.from(0, 2), retain: dice.happens(0.1), parts: dice.happens(0.15) ? dice.from(2, 4) : 1,
  }));
  times(6, (at) => ({ at, do: dice.happens(0.7) ? "subscribe" : "unsubscribe", topic: dice.pick(filters), QoS: dice.from(0, 2) }));
  times(2, (at) => ({ at, do: dice.pick(["inquire", "inquire", "close", "disconnect"]) }));
  times(dice.pick([0, 0, 4]), (at) => ({
    at, do: "at callback", name: dice.pick(callbackNames), act: dice.pick(["throw", "throw", "close", "disconnect", "publish", "subscribe", "ignore"]), times: dice.pick([1, 1, 3]),
  }));
  const baud = dice.pick([0, 115_200, 115_200, 9600]);
  const drawn = {
    seed, modem, exact, baud, calm, care: null,
    fifo: exact || baud === 0 ? Infinity : 128,
    variants: dice.happens(0.5) ? variants(dice, modem) : {},
    echo: dice.happens(0.2),
    bootTime: dice.pick([0, 2000, 8000]),
    attachTime: dice.pick([0, 500, 8000]),
    clock: dice.pick([0, 0, 0x7fffffff - 60_000, -30_000]),
    client: {
      clean: dice.happens(0.7), keepAlive: dice.pick([30_000, 60_000, 120_000]),
      ...(dice.happens(0.3) ? { will: { topic: "will/t", message: "gone", QoS: dice.from(0, 2), retain: dice.happens(0.3) } } : {}),
    },
    options: {
      ...(dice.happens(0.3) ? { receiveBuffer: dice.pick([256, 512, 4096]) } : {}),
      ...(modem === "ml302" && dice.happens(0.5) ? { modemReconnects: true } : {}),
      ...(modem === "nm28" && dice.happens(0.3) ? { ctrlZ: "always" } : {}),
    },
  };
  const extra = diceOf(modem, seed, 1);
  const session = dice.happens(0.7) ? {
    count: dice.pick([4, 16, 64]), policy: dice.pick(["refuse", "refuse", "drop oldest", "drop newest"] as const), store: dice.happens(0.6),
    escalate: dice.pick([1, 3]), reset: dice.happens(0.5),
  } : null;
  const world = extra.pick(hazards);
  const glued = extra.happens(0.5);
  const retained = events.map((event) => event.do === "far" && extra.happens(0.1) ? { ...event, retain: true } : event);
  if (world !== "any") return elsewhere(extra, { ...drawn, world, glued, pieces: "whole", filters: [], session, events: retained }, family.framed);
  if (session !== null) times(dice.pick([0, 1, 3]), (at) => ({ at, do: "power cut", torn: dice.happens(0.5) ? dice.random() : null }));
  const all = [...retained, ...events.slice(retained.length)].sort(byTime);
  return { ...drawn, world, glued, pieces: extra.happens(0.2) ? "bytes" : "whole", filters: [], session, events: all };
}

/** A run in which only certain things go wrong. */
function elsewhere(dice: Dice, plan: Plan, framed: boolean): Plan {
  const { modem, world } = plan;
  const peaceful = plan.events.filter(({ do: kind }) => ["far", "publish", "subscribe"].includes(kind));
  const wrong: Event[] = [];
  const calm = world === "strangers" ? plan.calm : dice.pick([600_000, 2_400_000]);
  const times = (count: number, make: (at: number) => Event): void => {
    for (let i = 0; i < count; i++) wrong.push(make(Math.round(dice.random() * calm * 0.7)));
  };
  if (world === "strangers") {
    times(dice.pick([3, 20, 40]), (at) => {
      // At 9600 bit/s the longest topic would keep the line busy for a minute.
      const { topic, payload } = hostileTopic(modem, dice, `{stranger ${wrong.length}}`, framed, plan.baud === 9600 ? 4200 : 65_535);
      return { at, do: "far", topic, payload, QoS: dice.from(0, 2), retain: dice.happens(0.1) };
    });
    times(dice.pick([0, 3]), (at) => ({ at, do: "hold the line", duration: dice.from(1, 2000) }));
  } else if (world === "away") {
    times(dice.pick([1, 3, 8]), (at) => {
      const duration = Math.min(calm - at, dice.pick([60_000, 600_000, 1_800_000]));
      return dice.happens(0.4) ? { at, do: "network", how: dice.pick(["reset", "hole", "dns", "refused", "unreachable", "timeout"]), duration }
        : { at, do: "broker", how: dice.pick(["restart", "forget", "refuse", "mute"]), value: dice.from(1, 5), duration };
    });
    if (dice.happens(0.5)) wrong.push({ at: 0, do: "broker", how: "restart", value: 1, duration: calm });
  } else {
    times(dice.pick([1, 3, 6]), (at) => ({
      at, do: "modem", fault: clipped(dice.happens(0.4) ? simFault(dice, 600_000) : `${dice.pick(["search", "search", "deny"])}:${dice.duration(900_000)}`, calm - at),
    }));
  }
  // Ctrl-Z in what is published ends it there: no stranger's doing.
  const { ctrlZInside: _, ...variants } = plan.variants;
  return {
    ...plan, variants, exact: true, fifo: Infinity, calm, bootTime: 0,
    attachTime: world === "network" ? dice.pick([500, 60_000, 300_000]) : Math.min(plan.attachTime, 500),
    pieces: dice.happens(0.3) ? "bytes" : "whole",
    filters: world === "strangers" ? ["cmd/#"] : [],
    // A modem that is slow to say things is another one's matter.
    events: [...peaceful, ...wrong].sort(byTime),
  };
}

/** A modem that has just been unpacked. */
function cold(dice: Dice, plan: Plan): Plan {
  const { modem } = plan;
  const { care, events, calm } = coldStart(dice, modem, families[modem].driver.baud);
  const peaceful = plan.events.filter(({ do: kind }) => ["far", "publish", "subscribe"].includes(kind));
  const wrong = Array.from({ length: care.hopeless === null ? dice.pick([0, 0, 2, 8]) : 0 }, () => {
    const at = Math.round(dice.random() * calm);
    return disturbance(dice, modem, true, at, calm - at);
  });
  const { model: _, ...variants } = plan.variants;
  return {
    ...plan, variants: care.hopeless === null ? variants : {}, world: "cold", exact: true, fifo: Infinity, calm, care, echo: dice.happens(0.5),
    // A modem whose rate is another one than the host's has one.
    baud: care.hostRate > 0 ? families[modem].driver.baud : plan.baud,
    bootTime: dice.pick([2000, 8000, 25_000]), attachTime: 500, events: [...peaceful, ...events, ...wrong].sort(byTime),
  };
}

/** A modem that sleeps between messages; in half of the runs nothing else happens to it. */
function sleeping(dice: Dice, plan: Plan): Plan {
  const { modem } = plan;
  const { care, events, keepAlive } = asleep(dice, modem);
  const spread = SLEEPY / plan.calm;
  const peaceful = plan.events.filter(({ do: kind }) => ["far", "publish", "subscribe"].includes(kind)).map((event) => ({ ...event, at: Math.round(event.at * spread) }));
  const wrong = Array.from({ length: dice.pick([0, 0, 2, 6]) }, () => {
    const at = Math.round(dice.random() * SLEEPY);
    return disturbance(dice, modem, true, at, SLEEPY - at);
  });
  return {
    ...plan, variants: {}, world: "sleep", exact: true, fifo: Infinity, calm: SLEEPY, care, client: { ...plan.client, keepAlive },
    // A BC35-G does not sleep at a rate that its low-power UART has not.
    baud: modem === "bc35g" && plan.baud > 0 ? 9600 : plan.baud, bootTime: 0, attachTime: Math.min(plan.attachTime, 500), events: [...peaceful, ...events, ...wrong].sort(byTime),
  };
}
