import type { LevelName } from "./recovery";
import type { ErrorCode } from "../errors";

/** What a modem tells of itself: what an application is given. */

/** Who the modem is. What it does not tell is undefined, here and below. */
export interface ModemIdentity {
  maker: string | undefined;
  model: string | undefined;
  firmware: string | undefined;
  /** 15 digits. */
  imei: string | undefined;
}

/** How the SIM is. */
export interface SimState {
  state: "ready" | "pin" | "puk" | "absent" | "busy" | "failed" | "unknown";
  /** Its number. */
  iccid: string | undefined;
  imsi: string | undefined;
}

/** Where the modem is registered. */
export interface NetworkState {
  /** In words: "registered", "searching", "denied". */
  registration: string;
  /** `<stat>` of 27.007, or −1. */
  status: number;
  cause: string | undefined;
  operator: string | undefined;
  technology: string | undefined;
  /** Hexadecimal. */
  area: string | undefined;
  cell: string | undefined;
  band: number | undefined;
  address: string | undefined;
  /** What the network has granted, in seconds. */
  psm: { active: number | undefined; periodic: number | undefined } | undefined;
  edrx: number | undefined;
  /** What was asked for, as it was rounded, in seconds; undefined where that is nothing. */
  asked: { psm: { active: number; periodic: number } | undefined; edrx: number | undefined } | undefined;
}

/** How strong the signal is. What is not known is left undefined: that is not the same as weak. */
export interface Signal {
  /** The reference signal's power, in dBm: what counts on LTE and NB-IoT. Off by 1 dB at the most where the modem tells it in steps. */
  rsrp: number | undefined;
  /** The reference signal's quality, in dB. */
  rsrq: number | undefined;
  /** The ratio of signal to interference and noise, in dB. */
  sinr: number | undefined;
  /** All power that is received, in dBm. It says little on NB-IoT. */
  rssi: number | undefined;
}

/** The signal in a word that people use. */
export type SignalWord = "none" | "weak" | "fair" | "good" | "excellent";

/** The network's time. */
export interface ToldTime {
  /** Milliseconds since 1970, UTC. */
  readonly utc: number;
  /** Minutes that local time is ahead of UTC; undefined where the modem has not told it. */
  readonly zone: number | undefined;
}

/** Temperature and supply. */
export interface Supply {
  /** Degrees Celsius. */
  temperature: number | undefined;
  /** Millivolts. */
  voltage: number | undefined;
}

/** {@link Signal}, with a word for people. */
export interface ModemSignal extends Signal {
  word: SignalWord;
}

/** What has happened since the modem's port was opened. One object: each look fills it anew, so copy what must stay. */
export interface StatisticsView {
  /** Over the serial port. */
  bytesReceived: number;
  bytesSent: number;
  /** MQTT messages that were received, and publishes that ended well. */
  messagesReceived: number;
  messagesSent: number;
  /** Sessions with the broker that came about; those among them that the modem had back by itself are not counted. */
  connections: number;
  /** How often the modem had a connection back by itself. */
  reconnections: number;
  /** Why sessions have ended or did not come about, by the error's code. */
  failures: Partial<Record<ErrorCode, number>>;
  /** Restarts of the modem that were noticed. */
  restarts: number;
  /** How often the modem has been woken, or has woken up by itself and said so. */
  wakeUps: number;
  /** How often which was done to have the modem or its network back. */
  recoveries: Record<Exclude<LevelName, "connect">, number>;
  /** How often the modem was switched on by its power key, because it did not answer. */
  switchedOn: number;
  /** Received messages whose end is doubtful, lines and messages that were lost, finals that came too late, and lines that nobody knows. */
  suspects: number;
  overflows: number;
  lateReplies: number;
  unknownLines: number;
  /** Seconds that the first client has been in each stage. */
  seconds: Record<string, number>;
}
