/** `modem-mqtt/at` on Moddable: AT commands without MQTT, with this platform's timer, serial port and native bytes already bound. */
import { ATClient as Core, type ATClientOptions as CoreOptions } from "modem-mqtt/at/own/at-client";
import { bytes } from "modem-mqtt/host/bytes";
import { clock } from "modem-mqtt/host/clock";
import { portOptions, type SerialOptions } from "modem-mqtt/host/board-port";

export type { CommandCallback, CommandSettings } from "modem-mqtt/at/own/own-commands";

/** The options of {@link ATClient}. */
export interface ATClientOptions extends Omit<CoreOptions, "serial" | "clock"> {
  /** As for MQTTClient: on ESP32 `transmit`, `receive` (pins), `port` and `baud`. */
  serial: SerialOptions;
}

/** A modem on a serial port, to which AT commands are given one at a time. */
export class ATClient extends Core {
  /** Opens the port. Nothing is sent. @throws ArgumentError; what the serial port's class throws */
  constructor(options: ATClientOptions) {
    super({ bytes, ...options, clock, serial: portOptions(options.serial) });
  }
}

export default ATClient;
