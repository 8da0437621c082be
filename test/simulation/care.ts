// A modem as it comes out of its box, in one run: what it is like at first, what the application wants of it, and what becomes of its SIM
// and of its network. Dice of its own draw it, so that a run without care is the run that it was before there was care.

import type { SomeSettings } from "../../hosts/virtual-modem/device/settings";
import type { ModemOptions } from "../../hosts/virtual-modem/modem";
import type { CareOptions } from "../../src/modem/care-options";
import type { CareQuestion } from "../../src/care/questions";
import type { SetupCommand } from "../../src/modem/care-options";
import type { Dice } from "./dice";
import type { FamilyName } from "./families";

/** What happens to the modem as a device, and what the application asks of it. */
export type DeviceEvent = { readonly at: number } & (
  /** Somebody presses the power key. */
  | { readonly do: "power key"; readonly duration: number }
  | { readonly do: "device"; readonly set: SomeSettings }
  | { readonly do: "command"; readonly line: string }
  | { readonly do: "ask"; readonly what: CareQuestion }
);

export interface CarePlan {
  /** What the application wants: `modem: { apn, pin … }`. */
  readonly options: CareOptions & { readonly setup?: readonly (string | SetupCommand)[] };
  /** The modem, and what is around it, at first. */
  readonly device: ModemOptions;
  /** The rate at which the host opens its port, where that is not the modem's; 0: it is. */
  readonly hostRate: number;
  /** Until then nothing can help, and the application must be told this, and nothing else. */
  readonly hopeless: { readonly codes: readonly (string | undefined)[]; readonly until: number } | null;
  /** What is set when the last fault is over. */
  readonly mended: SomeSettings;
}

/** The texts that the application gives. */
export const APN = "meter.example";
export const APN_USER = "apn-user";
export const APN_PASSWORD = "s3cr3t-Apn";
/** No number that anything else has in it. */
export const PIN = "28463719";
const OTHER_PIN = "00005555";
/** What the modem says of itself. */
export const IDENTITY = { maker: "Maker 7", imei: "867730050000017", imsi: "460001234567890", iccid: "89860012345678901234" } as const;

/** A command that no modem has. */
export const UNKNOWN_COMMAND = "AT+NOSUCH=1";
/** What the application has reported, to see later whether it still is. */
export const REPORTED = "AT+CSCON=1";
export const IS_REPORTED = "AT+CSCON?";
/** What the application asks, and the word that stands in the answer's one line; null: the modem refuses it. */
export const OWN_COMMANDS: Readonly<Record<string, string | null>> = {
  "AT+CGMI": IDENTITY.maker, "AT+CGSN=1": IDENTITY.imei, "AT+CIMI": IDENTITY.imsi, [UNKNOWN_COMMAND]: null,
};
const questions: readonly CareQuestion[] = ["identity", "sim", "network", "signal", "time", "supply"];

/** Families whose modems have power saving mode. */
const sleepers: ReadonlySet<FamilyName> = new Set(["bc35g", "m531x", "nm28"]);

const setups: readonly CarePlan["options"]["setup"][] = [
  undefined, [REPORTED], [REPORTED, { command: UNKNOWN_COMMAND, optional: true }], [{ command: "AT+CGMR", timeout: 20_000 }, REPORTED, "AT+CTZR=1"],
];

/** A world in which nothing helps, until it is mended. */
interface Hopeless {
  readonly code: string;
  /** What may be told as well: it means the same. */
  readonly or?: string;
  readonly device: SomeSettings;
  readonly options: CareOptions;
  /** Of these families alone; of an M531X those of its modules that are told of. */
  readonly modems?: readonly FamilyName[];
  readonly model?: string;
}

const hopelessWorlds: readonly Hopeless[] = [
  { code: "NO_SIM", device: { sim: { state: "absent" } }, options: {} },
  { code: "PIN_REQUIRED", device: { sim: { state: "pin", pin: PIN } }, options: { pin: undefined } },
  { code: "PIN_REFUSED", device: { sim: { state: "pin", pin: OTHER_PIN } }, options: { pin: PIN } },
  { code: "PUK_REQUIRED", device: { sim: { state: "puk" } }, options: {} },
  { code: "SIM_FAILED", device: { sim: { state: "failure" } }, options: {} },
  { code: "REGISTRATION_DENIED", device: { sim: { state: "ready" }, mobile: { denied: 15 } }, options: {} },
  { code: "NO_COVERAGE", device: { sim: { state: "ready" }, mobile: { coverage: false } }, options: {} },
  { code: "ATTACH_FAILED", or: "PDP_FAILED", device: { sim: { state: "ready" }, mobile: { apn: "other.example", wrongApn: "sms-only" } }, options: { apn: APN }, modems: ["bc35g", "m531x", "ml302"], model: "m5311" },
  { code: "REGISTRATION_DENIED", device: { sim: { state: "ready" }, mobile: { apn: "other.example", wrongApn: "denied" } }, options: { apn: APN } },
  { code: "PDP_FAILED", device: { sim: { state: "ready" }, mobile: { apn: "other.example", wrongApn: "no-address" } }, options: { apn: APN }, modems: ["bc35g", "m531x", "ml302"], model: "m5311" },
  { code: "NOT_ATTACHED", device: { sim: { state: "ready" }, mobile: { roaming: true } }, options: { roaming: false } },
];

/** From a hopeless world to one that helps: longer than two searches that find nothing. */
const HOPELESS = 1_500_000;

const models: Readonly<Partial<Record<FamilyName, readonly string[]>>> = { bc35g: ["bc28"], m531x: ["m5310a", "m5311", "m5312", "m5313"] };

/** Care in a world that something else is wrong with: a card that wants its PIN, an APN, commands of the application's own. */
export function careOf(dice: Dice, calm: number): { readonly care: CarePlan; readonly events: readonly DeviceEvent[] } {
  const isLocked = dice.happens(0.5);
  const options = {
    ...(dice.happens(0.5) ? { apn: APN } : {}), ...(isLocked ? { pin: PIN } : {}), ...(dice.happens(0.3) ? { operator: "auto" } : {}), setup: dice.pick(setups),
  };
  const device: ModemOptions = { identity: IDENTITY, sim: isLocked ? { state: "pin", pin: PIN } : {} };
  return { care: { options, device, hostRate: 0, hopeless: null, mended: {} }, events: asked(dice, calm) };
}

/** What the application asks of its own. */
function asked(dice: Dice, calm: number): DeviceEvent[] {
  const at = (): number => Math.round(dice.random() * calm);
  return [
    ...Array.from({ length: dice.pick([0, 3, 10]) }, (): DeviceEvent => ({ at: at(), do: "command", line: dice.pick(Object.keys(OWN_COMMANDS)) })),
    ...Array.from({ length: dice.pick([0, 3, 10]) }, (): DeviceEvent => ({ at: at(), do: "ask", what: dice.pick(questions) })),
  ];
}

/** @param rate the family's from the factory */
export function coldStart(dice: Dice, modem: FamilyName, rate: number): { readonly care: CarePlan; readonly events: readonly DeviceEvent[]; readonly calm: number } {
  const fitting = hopelessWorlds.filter(({ modems }) => modems === undefined || modems.includes(modem));
  const world = dice.happens(0.35) ? dice.pick(fitting) : null;
  const calm = world === null ? dice.pick([600_000, 2_400_000]) : HOPELESS;
  const isLocked = dice.happens(0.6), hasAPN = dice.happens(0.6), hasUser = dice.happens(0.3), hasPowerSaving = sleepers.has(modem) && dice.happens(0.3);
  const start = dice.pick(["running", "booting", "off", "off"] as const);
  const model = world?.model !== undefined && modem === "m531x" ? world.model : dice.happens(0.7) && models[modem] !== undefined ? dice.pick(models[modem]) : undefined;
  const options: CarePlan["options"] = {
    ...(hasAPN ? { apn: hasUser ? { name: APN, user: APN_USER, password: APN_PASSWORD, authentication: dice.pick(["pap", "chap", undefined] as const) } : APN } : {}),
    ...(isLocked ? { pin: PIN } : {}),
    ...(dice.happens(0.3) ? { operator: dice.pick(["auto", "46000"]) } : {}),
    ...(modem === "bc35g" && dice.happens(0.3) ? { bands: dice.pick([[8], [5, 8]]) } : {}),
    ...(dice.happens(0.3) ? { roaming: true } : {}),
    ...(hasPowerSaving ? { psm: false, edrx: false } : {}),
    setup: dice.pick(setups),
    ...world?.options,
  };
  const { sim, mobile }: SomeSettings = world?.device ?? {};
  const card = { state: isLocked ? "pin" : "ready", pin: PIN } as const;
  const device: ModemOptions = {
    identity: IDENTITY, start, ...(model === undefined ? {} : { model }),
    radio: { on: dice.happens(0.5) },
    sim: { ...card, busyTime: dice.pick([0, 0, 5000, 30_000]), ...sim },
    mobile: {
      searchTime: dice.pick([500, 8000, 60_000, 300_000, 540_000]), ...(dice.happens(0.2) ? { rssi: "unknown", rsrp: "unknown" } : {}),
      ...(hasAPN && dice.happens(0.8) ? { apn: APN, ...(hasUser ? { user: APN_USER, password: APN_PASSWORD } : {}) } : {}),
      ...mobile,
    },
    // BC28-CNV: power saving mode is on again whenever it attaches.
    sleep: { factory: hasPowerSaving && modem === "bc35g" },
  };
  const events: DeviceEvent[] = asked(dice, calm);
  if (start === "off") events.push({ at: dice.from(0, 240_000), do: "power key", duration: 700 });
  const mended: SomeSettings = {
    ...(sim === undefined && !isLocked ? {} : { sim: { state: world === null || world.options.pin === undefined && options.pin !== undefined ? card.state : "ready", pin: PIN, tries: 3 } }),
    mobile: { coverage: true, denied: 0, roaming: false, ...(world?.device.mobile?.apn === undefined ? {} : { apn: "" }) },
  };
  if (world === null) events.push(...changes(dice, calm, card.state));
  return {
    care: { options, device, hostRate: dice.happens(0.3) ? (rate === 9600 ? 115_200 : 9600) : 0, hopeless: world === null ? null : { codes: [world.code, world.or], until: HOPELESS }, mended },
    events, calm,
  };
}

/** Card and network go, and come back. */
function changes(dice: Dice, calm: number, card: "pin" | "ready"): DeviceEvent[] {
  const all: DeviceEvent[] = [];
  for (let left = dice.pick([0, 0, 1, 3]); left > 0; left--) {
    const at = Math.round(dice.random() * calm * 0.8), until = Math.min(calm, at + dice.duration(400_000));
    const [gone, back] = dice.pick<readonly [SomeSettings, SomeSettings]>([
      [{ sim: { state: "absent" } }, { sim: { state: card } }],
      [{ sim: { state: card } }, { sim: { state: card } }], // another card of the same kind
      [{ mobile: { coverage: false } }, { mobile: { coverage: true } }],
      [{ mobile: { denied: 15 } }, { mobile: { denied: 0 } }],
      [{ mobile: { roaming: true } }, { mobile: { roaming: false } }],
    ]);
    all.push({ at, do: "device", set: gone }, { at: until, do: "device", set: back });
  }
  return all;
}

/**
 * A modem on a battery: it sleeps between messages, says so or not, wakes with a banner or without a word, and keeps its connection, or
 * loses it in its sleep. Families whose virtual modems cannot sleep are never drawn.
 */
export function asleep(dice: Dice, modem: FamilyName): { readonly care: CarePlan; readonly events: readonly DeviceEvent[]; readonly keepAlive: number } {
  const model = modem === "m531x" ? dice.pick(["m5310a", "m5311", "m5312"]) : modem === "bc35g" && dice.happens(0.5) ? "bc28" : undefined;
  const isNeul = modem === "bc35g" || model === "m5310a";
  // An NM28's keep-alive time is never 0, and a broker ends the connection after one and a half of it.
  const keepAlive = modem === "nm28" ? 290_000 : 0;
  const options: CarePlan["options"] = { psm: { active: dice.pick([2, 10, 60]), periodic: modem === "nm28" ? 300 : dice.pick([600, 3600, 86_400]) }, setup: dice.pick(setups) };
  const device: ModemOptions = {
    identity: IDENTITY, ...(model === undefined ? {} : { model }),
    sleep: {
      idleTime: dice.pick([1000, 5000, 20_000]), wakeTime: dice.pick([0, 300, 2000]), lostCharacters: dice.pick([1, 4, 10]), keeps: dice.pick(["session", "session", "session", "settings", "nothing"]),
      banner: isNeul && dice.happens(0.3) ? "reboot-cause" : "none", wakeReport: dice.pick(["MATWAKEUP", "WAKEUP"]),
    },
    mobile: dice.happens(0.2) ? { psm: false } : {},
  };
  return { care: { options, device, hostRate: 0, hopeless: null, mended: {} }, events: asked(dice, SLEEPY), keepAlive };
}

/** Milliseconds of a run with a modem that sleeps. */
export const SLEEPY = 1_800_000;
