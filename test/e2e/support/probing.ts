import { createVirtualModem, type VirtualModem, type VirtualModemOptions } from "modem-mqtt/virtual-modem";
import { loadDriver } from "modem-mqtt/node";
import { OwnBroker } from "../../../hosts/node/command/probe/own-broker";
import { probeModem } from "../../../hosts/node/command/probe/probe-modem";
import type { Probed, ProbeOptions } from "../../../hosts/node/command/probe/probe-options";
import { TABLES } from "../../../hosts/node/command/probe/tables";
import { FINAL, Wire } from "../../../hosts/node/command/probe/wire";

/** What a modem answers to each line, echo and line ends included; empty where it does not within two seconds. */
export async function answers(path: string, lines: readonly string[]): Promise<string[]> {
  const wire = new Wire({ path, baudRate: 9600, signal: new AbortController().signal });
  await wire.open();
  try {
    const result: string[] = [];
    for (const line of lines) {
      wire.mark();
      wire.send(`${line}\r`);
      await wire.until((text) => FINAL.test(text), 2000);
      result.push(wire.text);
    }
    return result;
  } finally {
    await wire.close();
  }
}

/** Probes a virtual modem over its pseudo-terminal, the probe's own broker behind it. */
export async function probed(
  options: VirtualModemOptions & { modem: string },
  more: Partial<ProbeOptions> & { withBroker?: boolean; onModem?: (modem: VirtualModem) => unknown; beforeEnd?: () => Promise<void> } = {},
): Promise<Probed> {
  const { withBroker = true, onModem, beforeEnd, ...rest } = more;
  const modem = await createVirtualModem({ attachTime: 0, bootTime: 100, latencyScale: 0.1, ...options, sleep: { idleTime: 300, ...options.sleep } });
  const own = withBroker ? new OwnBroker() : undefined;
  try {
    await onModem?.(modem);
    const port = await own?.listen(0, "127.0.0.1");
    const result = await probeModem({
      serial: modem.path, baud: 9600, modem: options.modem, family: await loadDriver(options.modem), table: TABLES[options.modem], version: "0.0.0",
      signal: new AbortController().signal, own, broker: port === undefined ? undefined : { host: "127.0.0.1", port, user: "meter", password: "correct horse" },
      consent: async (kind) => kind !== "hands", within: 600_000, attachTimeout: 5000, patience: 3000, paces: { keepAlive: 5, ackTimeout: 3 }, ...rest,
    });
    await beforeEnd?.();
    return result;
  } finally {
    await modem.close();
    await own?.close();
  }
}
