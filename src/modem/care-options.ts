import type { PowerOptions } from "./power-options";

/** A command of the application's own that is sent each time the modem is brought up. */
export interface SetupCommand {
  /** As the modem's manual prints it, without a line's end: `AT+SM=LOCK_FOREVER`. */
  command: string;
  /** The modem may refuse it, or not answer it. Default false: then the modem is not worked with. */
  optional?: boolean;
  /** Milliseconds until its final at the most, 100–3600000. Default 10000. */
  timeout?: number;
}

/** After how long the next thing is done, in seconds. */
export interface WatchdogOptions {
  /** Without an answer to `AT`: the reset pin is pulled, then the power key pressed. At least 5, and shorter than `bootTimeout`. */
  answer?: number;
  /**
   * Without a network: the modem leaves it and joins it, has its radio off and on, restarts, is reset, is switched off and on, as far as
   * that can be done. At least 30, and shorter than `attachTimeout`. A first search takes up to ten minutes on NB-IoT.
   */
  registration?: number;
}

/** A clock that can be set. */
export interface SystemClock {
  /** @param seconds since 1970, UTC */
  set(seconds: number): void;
}

/** A network's access point, where its name alone is not enough. */
export interface APNOptions {
  /** At most 63 bytes, which is what a BC35-G takes. */
  name: string;
  /** At most 60 bytes each. */
  user?: string;
  password?: string;
  /** Default "pap" where there is a user. */
  authentication?: "none" | "pap" | "chap";
  /** The IP version. What the modem has, when left out. */
  type?: "IP" | "IPV6" | "IPV4V6";
}

/** A PIN that was sent, and of which nobody knows yet whether the SIM has taken it: it may have been one of three. */
export interface PINMemory {
  isInDoubt: boolean;
  /** How often it could be tried before, or −1. */
  tries: number;
}

/**
 * What the modem is told as a device, before MQTT. All of it needs the driver with care: `modem-mqtt/care/bc35g` in place of
 * `modem-mqtt/modems/bc35g`. Nothing is changed about what is left out.
 */
export interface CareOptions {
  /** The access point; set only where the modem has another one. */
  apn?: string | APNOptions;
  /** The SIM's PIN, 4–8 digits. It is never tried again after a refusal, nor where the modem tells that one try is left. */
  pin?: string;
  /** @internal A session's: it outlives the clients to which the PIN is given one after the other. */
  pinMemory?: PINMemory;
  /** "auto", or MCC and MNC: "46000". */
  operator?: string;
  /** Frequency bands, for families whose documents say how. */
  bands?: readonly number[];
  /** Whether a foreign network is good enough. Default true. */
  roaming?: boolean;
  /** Whether the radio is switched on where it is off. Default true. */
  radio?: boolean;
  /**
   * Power saving mode: seconds that the modem stays reachable after it was active (1–11160, rounded down), and seconds after which
   * it wakes at the latest (1–35712000, rounded up). False switches it off.
   */
  psm?: false | { active: number; periodic: number };
  /** The eDRX cycle in seconds; the nearest one that there is is taken. False switches eDRX off. */
  edrx?: false | number | { cycle: number; window?: number };
  /** The modem's pins, as far as the board has them: a modem that is off is switched on, and one that hangs is reset. */
  power?: PowerOptions;
  /**
   * The bit rate at which modem and host are to go on, where the port is opened at another one that the modem has now. For families
   * whose documents say how. Modem and host are at the old rate where the change is refused or lost.
   */
  changeBaud?: number;
  /** What is done about a modem that stays silent, or without a network, during one attempt. Default: nothing. */
  watchdog?: WatchdogOptions;
  /** Is set by the network's time, once the modem is attached: on Moddable the module `time`. Default: nothing is set. */
  systemClock?: SystemClock;
  /**
   * Pulses the modem's wake-up pin, and returns at once: for a board that has connected it. It is called before a modem that sleeps is
   * sent anything, and whenever the modem is looked for.
   */
  wake?: () => void;
  /** AT commands of the application's own, sent each time the modem is brought up, after a restart too, before its network is waited for. */
  setup?: readonly (string | SetupCommand)[];
}
