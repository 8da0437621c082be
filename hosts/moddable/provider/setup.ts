/** Runs before the app's main module, as Moddable's modules `setup/…` do. */
import mqtt from "modem-mqtt/provider";

export default function (done: () => void): void {
  const host = globalThis as { device?: { network?: object } };
  host.device = Object.freeze({ ...host.device, network: Object.freeze({ ...host.device?.network, mqtt }) });
  done();
}
