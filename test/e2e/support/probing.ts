import { loadDriver } from "modem-mqtt/node";
import { createVirtualModem, type VirtualModem, type VirtualModemOptions } from "modem-mqtt/virtual-modem";
import { OwnBroker } from "../../../hosts/node/command/probe/own-broker";
import { probeModem, type ProbeOptions, type Probed } from "../../../hosts/node/command/probe/probe-modem";
import { TABLES } from "../../../hosts/node/command/probe/tables";

/** Probes a virtual modem over its pseudo-terminal, the probe's own broker behind it. */
export async function probed(
  options: VirtualModemOptions & { modem: string },
  more: Partial<ProbeOptions> & { withBroker?: boolean; onModem?: (modem: VirtualModem) => void } = {},
): Promise<Probed> {
  const { withBroker = true, onModem, ...rest } = more;
  const modem = await createVirtualModem({ attachTime: 0, bootTime: 100, latencyScale: 0.1, ...options });
  const own = withBroker ? new OwnBroker() : undefined;
  try {
    onModem?.(modem);
    const port = await own?.listen(0, "127.0.0.1");
    return await probeModem({
      serial: modem.path, baud: 9600, modem: options.modem, family: await loadDriver(options.modem), table: TABLES[options.modem], version: "0.0.0",
      signal: new AbortController().signal, own, broker: port === undefined ? undefined : { host: "127.0.0.1", port, user: "meter", password: "correct horse" },
      consent: async () => true, within: 600_000, attachTimeout: 5000, paces: { keepAlive: 2, ackTimeout: 1 }, ...rest,
    });
  } finally {
    await modem.close();
    await own?.close();
  }
}
