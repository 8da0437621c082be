/**
 * All that this package has for Moddable in one app: every driver, the clouds, the session and its store, and what stands in for
 * the SDK's own clients. `npm run build:moddable` links it, so that no module is without a manifest, and none of them cannot be
 * kept in flash. It says that it has started, first through the older class, then through a session.
 */
import config from "mc/config";
import type { DriverClass } from "modem-mqtt";
import { onenet } from "modem-mqtt/clouds";
import BC35G from "modem-mqtt/modems/bc35g";
import M531X from "modem-mqtt/modems/m531x";
import ML302 from "modem-mqtt/modems/ml302";
import NM28 from "modem-mqtt/modems/nm28";
import PreferenceStore from "modem-mqtt/preference";
import Session from "modem-mqtt/session";
import Client from "mqtt";
import Timer from "timer";

const DRIVERS: Readonly<Record<string, DriverClass>> = Object.freeze({ bc35g: BC35G, m531x: M531X, ml302: ML302, nm28: NM28 });
const TOPIC = "modem-mqtt/started";
/** Milliseconds that a client needs to let go of the modem. */
const PAUSE = 10_000;

function first(): void {
  const client = new Client({ host: config.host, id: config.id });
  client.onReady = () => {
    client.publish(TOPIC, "the older class");
    client.close();
    Timer.set(then, PAUSE);
  };
}

function then(): void {
  const { name, serial } = config.modem;
  const session = new Session({
    ...(config.onenet === undefined ? { host: config.host, id: config.id } : onenet(config.onenet)),
    modem: { io: DRIVERS[name]!, serial },
    queue: { store: new PreferenceStore("started") },
    onState: (state) => trace(`session: ${state}\n`),
    onDone: (id, error) => trace(`session: ${id} ${error?.message ?? "done"}\n`),
  });
  session.publish(ArrayBuffer.fromString("a session"), { topic: TOPIC, QoS: 1 });
}

first();
