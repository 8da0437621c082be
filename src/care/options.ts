import { frozen } from "../bytes/frozen";
import { Text } from "../bytes/text";
import { choice, integer, known } from "../checks";
import { ArgumentError } from "../errors";
import type { APNOptions, CareOptions, PINMemory, SystemClock } from "../modem/care-options";
import { encodeActiveTime, encodeCycle, encodePeriodicUpdate, type EncodedTime, type Radio } from "./sleep-timers";

/** What the application wants of the modem as a device, checked: null where it has not said, so that nothing is changed. */
export interface Wanted {
  readonly apn: WantedAPN | null;
  readonly pin: string | null;
  readonly pinMemory: PINMemory;
  /** MCC and MNC, or "auto". */
  readonly operator: string | null;
  readonly bands: readonly number[] | null;
  readonly roaming: boolean;
  readonly radio: boolean;
  /** False: PSM is switched off. */
  readonly psm: { readonly active: EncodedTime; readonly periodic: EncodedTime } | false | null;
  /** False: eDRX is switched off. */
  readonly edrx: EncodedTime | false | null;
  /** Pulses the wake-up pin. */
  readonly wake: (() => void) | null;
  readonly systemClock: SystemClock | null;
}

export interface WantedAPN {
  readonly name: string;
  /** `IP`, `IPV6`, `IPV4V6`, or null for what the modem has. */
  readonly type: string | null;
  readonly user: string;
  readonly password: string;
  /** 0 none, 1 PAP, 2 CHAP: 27.007 10.1.31. Null where the application has not said. */
  readonly authentication: number | null;
}

/** What of this a family can be told. */
export interface CareLimits {
  /** The command that sets the bands is documented. */
  readonly bands: boolean;
  readonly radio: Radio;
}

/** What an application can tell a driver with care, beyond what it can tell the plain one. */
export const CARE_OPTIONS = frozen({
  apn: 1,
  pin: 1,
  pinMemory: 1,
  operator: 1,
  bands: 1,
  roaming: 1,
  radio: 1,
  psm: 1,
  edrx: 1,
  wake: 1,
  setup: 1,
  power: 1,
  changeBaud: 1,
  watchdog: 1,
  systemClock: 1,
} satisfies Record<keyof CareOptions, 1>);

const APN_NAMES = frozen({ name: 1, user: 1, password: 1, authentication: 1, type: 1 } satisfies Record<keyof APNOptions, 1>);
const PSM_NAMES = frozen({ active: 1, periodic: 1 });
const EDRX_NAMES = frozen({ cycle: 1, window: 1 });
const AUTHENTICATIONS = frozen(["none", "pap", "chap"]);
const PAP = 1;
const TYPES = frozen(["IP", "IPV6", "IPV4V6"]);

/** Bytes. */
const enum Most {
  Apn = 63, // of a BC35-G; 27.007 has 100
  Credential = 60, // of a BC35-G
}

/** @throws ArgumentError */
export function wantedOf(options: CareOptions, limits: CareLimits): Wanted {
  const { apn, pin, pinMemory, operator, bands, psm, edrx, wake } = options;
  if (pin !== undefined && !(typeof pin === "string" && /^\d{4,8}$/.test(pin)))
    throw new ArgumentError("ARGUMENT_RANGE", "modem.pin", "a secret", "must be a string of 4 to 8 digits");
  if (operator !== undefined && !(typeof operator === "string" && /^(auto|\d{5,6})$/.test(operator)))
    throw new ArgumentError("ARGUMENT_RANGE", "modem.operator", operator, 'must be "auto", or the 5 or 6 digits of MCC and MNC');
  if (wake !== undefined && typeof wake !== "function")
    throw new ArgumentError("ARGUMENT_TYPE", "modem.wake", wake, "must be a function, which pulses the wake-up pin and returns at once");
  return {
    wake: wake ?? null,
    apn: apn === undefined ? null : wantedAPN(apn),
    pin: pin ?? null,
    pinMemory: pinMemory ?? { isInDoubt: false, tries: -1 },
    operator: operator ?? null,
    bands: bands === undefined ? null : wantedBands(bands, limits.bands),
    roaming: isTrue("modem.roaming", options.roaming),
    radio: isTrue("modem.radio", options.radio),
    psm: psm === undefined ? null : psm === false ? false : wantedPSM(psm),
    edrx: edrx === undefined ? null : edrx === false ? false : wantedEDRX(edrx, limits.radio),
    systemClock: wantedClock(options.systemClock),
  };
}

function isTrue(name: string, value: unknown): boolean {
  if (value === undefined || typeof value === "boolean") return value !== false;
  throw new ArgumentError("ARGUMENT_TYPE", name, value, "must be true or false");
}

function wantedClock(clock: SystemClock | undefined): SystemClock | null {
  if (clock === undefined) return null;
  if (typeof clock?.set === "function") return clock;
  throw new ArgumentError("ARGUMENT_TYPE", "modem.systemClock", clock, "must have a function set(seconds), as Moddable's module time has");
}

function wantedAPN(apn: string | APNOptions): WantedAPN {
  const isName = typeof apn === "string";
  if (!isName) known("modem.apn", apn, APN_NAMES);
  const { name, user, password, authentication, type } = isName ? ({ name: apn } as APNOptions) : apn;
  const text = (what: string, value: unknown, most: number, secret = false): string => new Text(`modem.apn${what}`, value, most, secret).string;
  const checked = text(isName ? "" : ".name", name, Most.Apn);
  if (checked === "")
    throw new ArgumentError(
      "ARGUMENT_LENGTH",
      isName ? "modem.apn" : "modem.apn.name",
      checked,
      "must not be empty; leave the APN out where the network knows it",
    );
  if (user === undefined && (password !== undefined || (authentication !== undefined && authentication !== "none")))
    throw new ArgumentError("ARGUMENT_TYPE", "modem.apn.user", user, "must be given with a password, or an authentication");
  return {
    name: checked,
    type: type === undefined ? null : choice("modem.apn.type", type, TYPES),
    user: user === undefined ? "" : text(".user", user, Most.Credential),
    password: password === undefined ? "" : text(".password", password, Most.Credential, true),
    authentication:
      authentication !== undefined
        ? AUTHENTICATIONS.indexOf(choice("modem.apn.authentication", authentication, AUTHENTICATIONS))
        : user === undefined
          ? null
          : PAP,
  };
}

function wantedBands(bands: unknown, isDocumented: boolean): readonly number[] {
  if (!isDocumented) throw new ArgumentError("ARGUMENT_RANGE", "modem.bands", bands, "must be left out: no document says how this modem is told its bands");
  if (!Array.isArray(bands) || bands.length === 0)
    throw new ArgumentError("ARGUMENT_TYPE", "modem.bands", bands, "must be an array of numbers, one at the least");
  return bands.map((band, index) => integer(`modem.bands[${index}]`, band, 1, 256));
}

function wantedPSM(psm: unknown): Wanted["psm"] {
  known("modem.psm", psm, PSM_NAMES);
  const { active, periodic } = psm as { active: unknown; periodic: unknown };
  return { active: encodeActiveTime("modem.psm.active", active), periodic: encodePeriodicUpdate("modem.psm.periodic", periodic) };
}

function wantedEDRX(edrx: unknown, radio: Radio): EncodedTime {
  if (typeof edrx === "number") return encodeCycle("modem.edrx", edrx, radio);
  known("modem.edrx", edrx, EDRX_NAMES);
  const { cycle, window } = edrx as { cycle: unknown; window: unknown };
  if (window !== undefined)
    throw new ArgumentError("ARGUMENT_RANGE", "modem.edrx.window", window, "must be left out: no document says how this modem is told the paging time window");
  return encodeCycle("modem.edrx.cycle", cycle, radio);
}
