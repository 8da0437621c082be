import type { Bytes, Clock, PortOptions } from "../platform";
import type { OwnLimits } from "./limits";

/** What a modem needs of its surroundings, and what can be changed about it. */
export interface ModemOptions {
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
