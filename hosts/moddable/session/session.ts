/** `modem-mqtt/session` on Moddable: the session, with this platform's timer, serial port and chance already bound. */
import { MQTTClient, type MQTTClientOptions } from "modem-mqtt";
import { clock } from "modem-mqtt/host/clock";
import type { SessionOptions as CoreOptions } from "modem-mqtt/session/session";
import { Session as Core } from "modem-mqtt/session/session";

export type { QueueOptions, SessionPublishOptions } from "modem-mqtt/session/options";
export type * from "modem-mqtt/session/index";

/** The options of {@link Session}. */
export interface SessionOptions extends Omit<CoreOptions, "modem"> {
  /** As for MQTTClient: driver, and serial port with its pins. `shared` may be a session. */
  modem: MQTTClientOptions["modem"];
}

/** An MQTT session over a modem that outlives its connections. Options may be frozen; those that are not known are ignored. */
export class Session extends Core {
  /** Begins to connect. @throws ArgumentError before anything is sent; what the store throws */
  constructor(options: SessionOptions) {
    super({
      random: Math.random,
      open: (told) => new MQTTClient(told as MQTTClientOptions),
      ...options,
      modem: { clock, ...options.modem } as CoreOptions["modem"],
    });
  }
}

export default Session;
