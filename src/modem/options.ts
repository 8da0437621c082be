import type { Bytes, Clock, PortOptions } from "../platform";
import type { CareOptions } from "./care-options";
import type { OwnLimits } from "./limits";
import type { LevelName } from "./recovery";

/** What a modem needs of its surroundings, and what can be changed about it. */
export interface ModemOptions extends CareOptions {
  /** The serial port's class and that class's own options. */
  serial: PortOptions;
  clock: Clock;
  /** The host's native ones; portable ones when left out. */
  bytes?: Bytes;
  /** Bytes of the receive ring, a power of two from 64 to 65536. Default 1024. A longer message comes in parts; a longer topic is lost; an ML302 that
   * is to subscribe a topic of more than 480 bytes has 2048. */
  receiveBuffer?: number;
  /** Milliseconds that the modem may take until it answers `AT` at first. Default 30000. */
  bootTimeout?: number;
  /** Milliseconds that the modem may take to attach to the network. Default 600000: the first search of an NB-IoT module takes up to ten minutes. */
  attachTimeout?: number;
  /** Other limits than the family's, where the documents state none, or hardware has shown others. */
  limits?: OwnLimits;
}

/** The options of every driver: those of the modem, and those of the connection. */
export interface DriverOptions extends Partial<ModemOptions> {
  /**
   * How payloads are written on the wire, both ways, if both ends have agreed on it: "raw" (default), "hex" or "base64".
   * For modems that do not frame what they receive. What is received and is no such text is handed on as it is, suspect.
   */
  payloadEncoding?: "raw" | "hex" | "base64";
  /**
   * What is done first, where an earlier connection was lost and a new one alone has not helped: "attach" leaves the network
   * and attaches again, "restart" restarts the modem. With care also "radio", which switches its radio off and on, and where
   * `power` has the pins, "reset" and "power". Nothing where the family has no command for it, nor while another client of the
   * modem is online. Default "connect": none of it.
   */
  recover?: LevelName;
  /**
   * Milliseconds between looks at the connection while nothing shows that it is gone, 1000–3600000; 0: it is never asked for,
   * not even when a write has failed. Default: the keep-alive time, 120000 where there is none; NM28, which announces no
   * loss, 30000.
   */
  pollInterval?: number;
}
