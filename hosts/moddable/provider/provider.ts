/** ECMA-419's `device.network.mqtt` for a modem that the app's manifest describes in `config.modem`. */
import config from "mc/config";
import Modules from "modules";
import { ArgumentError, MQTTClient, type MQTTClientOptions } from "modem-mqtt";

/** Drivers that may be in flash: those whose manifests the app includes. */
const NAMES = Object.freeze(["bc35g", "m531x", "ml302", "nm28"]);
/** The driver with care where the app includes that. */
const specifierOf = (name: string): string | undefined => [`modem-mqtt/care/${name}`, `modem-mqtt/modems/${name}`].find((each) => Modules.has(each));

/** The driver of that name; without one, the only driver that there is. */
function driver(name: string | undefined): MQTTClientOptions["modem"]["io"] {
  const there = NAMES.filter((each) => specifierOf(each) !== undefined);
  const chosen = name ?? (there.length === 1 ? there[0] : undefined);
  if (chosen !== undefined && there.includes(chosen)) return Modules.importNow(specifierOf(chosen)!) as MQTTClientOptions["modem"]["io"];
  throw new ArgumentError(
    "ARGUMENT_RANGE",
    "config.modem.name",
    name,
    there.length === 0
      ? `needs its driver: include modem-mqtt's hosts/moddable/modems/NAME/manifest.json, NAME being one of ${NAMES.join(", ")}`
      : `must be one whose hosts/moddable/modems/NAME/manifest.json is included: ${there.join(", ")}`,
  );
}

/** JSON has no class: that of the modem's pins is the board's, where none is named. */
function pinsOf(power: Record<string, object>): object {
  const { device } = globalThis as { device?: { io?: { Digital?: unknown } } };
  return Object.fromEntries(Object.entries(power).map(([pin, options]) => [pin, { io: device?.io?.Digital, ...options }]));
}

/** `name` is one of the modem's; `serial` has the options of `embedded:io/serial`; the rest is the driver's. */
if (typeof config.modem !== "object") throw new ArgumentError("ARGUMENT_TYPE", "config.modem", config.modem, "must describe the modem: { name, serial }");
const { name, ...described } = config.modem;
if (typeof described.power === "object") described.power = pinsOf(described.power);
const modem = Object.freeze({ ...described, io: driver(name) }) as MQTTClientOptions["modem"];

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
