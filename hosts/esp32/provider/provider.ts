/** ECMA-419's `device.network.mqtt` for a modem that the app's manifest describes in `config.modem`. */
import config from "mc/config";
import { ArgumentError, MQTTClient, type MQTTClientOptions } from "modem-mqtt";
import BC35G from "modem-mqtt/modems/bc35g";
import M531X from "modem-mqtt/modems/m531x";
import ML302 from "modem-mqtt/modems/ml302";
import NM28 from "modem-mqtt/modems/nm28";

const DRIVERS: Readonly<Record<string, MQTTClientOptions["modem"]["io"]>> = Object.freeze({ bc35g: BC35G, m531x: M531X, ml302: ML302, nm28: NM28 });

/** `name` is one of the modem's; `serial` has the options of `embedded:io/serial`; the rest is the driver's. */
const { name, ...described } = config.modem ?? {};
const io = DRIVERS[name];
if (io === undefined) throw new ArgumentError("ARGUMENT_RANGE", "config.modem.name", name, `must be one of ${Object.keys(DRIVERS).join(", ")}`);
const modem = Object.freeze({ ...described, io }) as MQTTClientOptions["modem"];

/** The modem that `modem` describes is this client's. Here, and not in flash, because it changes. */
let last: MQTTClient | undefined;

/**
 * The client that knows the one before it: it takes the modem over as soon as that has closed its connection, or stands
 * beside it where the modem has several MQTT clients.
 */
class ProvidedMQTTClient extends MQTTClient {
  constructor(options: MQTTClientOptions) {
    const ours = options.modem === modem;
    super(ours ? { ...options, modem: { ...modem, shared: last } } : options);
    if (ours) last = this;
  }
}

const options = { io: ProvidedMQTTClient, modem };

/** As Moddable has it, `device.network.mqtt.io`; and as the standard has it, `device.network.mqtt.client.io`. */
export default Object.freeze({ ...options, client: Object.freeze(options) });
