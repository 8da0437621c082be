/** The core in one process with an emulated modem, in virtual time: connected, then fed by hand. */
import { MQTTClient, type Alarm, type Clock, type Port, type PortReceiver } from "modem-mqtt";
import { VirtualModemCore } from "../../hosts/virtual-modem/modem";
import { seededRandom } from "../../hosts/virtual-modem/random";
import { memoryNetwork, VirtualClock } from "../virtual-modem/virtual-time";
import type { Family } from "./families";
import type { Message } from "./message";

/** A port whose bytes are handed over by whoever has it. */
class MemoryPort implements Port {
  #bytes: Uint8Array = new Uint8Array(0);
  #taken = 0;
  readonly #options: MemoryPortOptions;

  constructor(options: MemoryPortOptions) {
    this.#options = options;
    options.opened(this);
  }

  receive(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#taken = 0;
    this.#options.receiver.onReadable(bytes.length);
  }

  read(target: Uint8Array, offset: number, length: number): number {
    const part = this.#bytes.subarray(this.#taken, this.#taken + length);
    target.set(part, offset);
    this.#taken += part.length;
    return part.length;
  }

  write(source: Uint8Array, offset: number, length: number): number {
    this.#options.sent(source.slice(offset, offset + length));
    return length;
  }

  close(): void {}
}

interface MemoryPortOptions {
  receiver: PortReceiver;
  opened(port: MemoryPort): void;
  sent(bytes: Uint8Array): void;
}

const clockOf = (time: VirtualClock): Clock => ({
  now: () => time.now() | 0,
  alarm(ringer): Alarm {
    let timer: unknown;
    const clear = (): void => time.clearTimer(timer);
    return { set(milliseconds) { clear(); timer = time.setTimer(() => ringer.onAlarm(), milliseconds); }, clear, close: clear };
  },
});

export class Core {
  #port!: MemoryPort;
  readonly #client: MQTTClient;

  /** Connected and subscribed to `topic`. */
  constructor(family: Family, topic: string, onMessage: (message: Message) => void) {
    const time = new VirtualClock();
    const modem = new VirtualModemCore(family.emulated, {
      clock: time, random: seededRandom(1), network: memoryNetwork(time), port: { write: (bytes) => this.#port.receive(bytes) },
    }, { attachTime: 0 });
    let acknowledged = false;
    this.#client = new MQTTClient({
      host: "broker.example", id: "meter-1", keepAlive: 60_000,
      modem: {
        io: family.driver, clock: clockOf(time),
        serial: { io: MemoryPort, opened: (port: MemoryPort) => { this.#port = port; }, sent: (bytes: Uint8Array) => modem.receive(bytes) } as any,
      },
      onReadable(count, { topic, QoS, retain, duplicate }) {
        const payload = Buffer.alloc(count);
        this.read(payload);
        onMessage({ topic: topic!, payload, qos: QoS, retain, dup: duplicate });
      },
      onControl({ operation }) {
        if (operation === MQTTClient.CONNACK) this.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic, QoS: 1 }] });
        if (operation === MQTTClient.SUBACK) acknowledged = true;
      },
      onError: (error) => { throw error; },
    });
    time.pass(10_000);
    if (!acknowledged) throw new Error(`a ${family.name} has not connected and subscribed in ten seconds`);
  }

  /** Lines that the driver does not know, and what was lost. */
  get unknown(): number {
    const { unknownLines, overflows } = this.#client.counters;
    return unknownLines + overflows;
  }

  feed(pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) this.#port.receive(piece);
  }
}
