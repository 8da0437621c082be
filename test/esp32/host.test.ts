// The host for Moddable, on Node, over models of the SDK's serial classes and timer: what these do was read in SDK 8.2.3.

import assert from "node:assert/strict";
import { resolve } from "node:path";
import { build, type Plugin } from "esbuild";
import fc from "fast-check";
import type { Alarm, Clock, Port, PortReceiver } from "../../src/platform";

// ---- models

interface TimerRecord {
  callback: (timer: TimerRecord) => void;
  at: number;
  repeat: number;
  scheduled: boolean;
  alive: boolean;
}

/** The SDK's timers, on a clock that the test turns. */
class Timers {
  now = 0x7fffff00; // soon past 31 bits, as after 24 days
  #all: TimerRecord[] = [];

  readonly set = (callback: TimerRecord["callback"], delay = 0, repeat = 0): TimerRecord => {
    const timer = { callback, at: this.now + delay, repeat, scheduled: true, alive: true };
    this.#all.push(timer);
    return timer;
  };
  readonly repeat = (callback: TimerRecord["callback"], interval: number): TimerRecord => this.set(callback, interval, interval);
  readonly schedule = (timer: TimerRecord, delay?: number, repeat = 0): void => {
    assert(timer.alive, "a timer that has gone");
    timer.scheduled = delay !== undefined;
    if (delay === undefined) return;
    timer.at = this.now + delay;
    timer.repeat = repeat;
  };
  readonly clear = (timer: TimerRecord): void => {
    timer.alive = false;
    this.#all = this.#all.filter((each) => each !== timer);
  };

  pass(milliseconds: number): void {
    for (const end = this.now + milliseconds; this.now <= end; this.now++) {
      for (const timer of [...this.#all]) {
        if (!timer.alive || !timer.scheduled || timer.at > this.now) continue;
        timer.at += timer.repeat;
        timer.callback(timer);
        if (timer.alive && timer.repeat === 0) this.clear(timer); // in the simulators even when it has been stopped meanwhile
      }
    }
    this.now--;
  }
}

interface SerialOptions {
  format?: string;
  onReadable?: (count: number) => void;
  onWritable?: (count: number) => void;
  onError?: () => void;
}

const FIFO = 128;

/** `embedded:io/serial` on ESP32: the hardware's FIFOs and nothing else. */
class Uart {
  static last: Uart;
  readonly options: SerialOptions;
  readonly received: number[] = [];
  readonly sending: number[] = [];
  readonly sent: number[] = [];
  closed = false;
  #empty = true; // the interrupt "transmit FIFO is nearly empty" is on
  #inside = false;

  constructor(options: SerialOptions) {
    assert.equal(options.format, "buffer");
    this.options = options;
    Uart.last = this;
  }

  read(buffer: Uint8Array): number | undefined {
    assert(!this.closed);
    if (this.received.length === 0) return undefined;
    assert(buffer.length > 0, "invalid");
    const bytes = this.received.splice(0, buffer.length);
    buffer.set(bytes);
    return bytes.length;
  }

  write(buffer: Uint8Array): void {
    assert(!this.closed);
    if (buffer.length > FIFO - this.sending.length) throw new Error("output full");
    this.sending.push(...buffer);
    this.#empty = true;
  }

  close(): void {
    assert(!this.#inside, "freed while its callback runs");
    this.closed = true;
  }

  /** `count` bytes leave; then the interrupts. */
  drain(count: number): void {
    this.sent.push(...this.sending.splice(0, count));
    if (!this.#empty || this.sending.length > 10) return;
    this.#empty = false;
    this.#tell(this.options.onWritable!, FIFO - this.sending.length);
  }

  /** Bytes arrive, no more than there is room for. */
  arrive(bytes: readonly number[]): void {
    this.received.push(...bytes);
    if (this.received.length > 0) this.#tell(this.options.onReadable!, this.received.length);
  }

  #tell(callback: (count: number) => void, count: number): void {
    this.#inside = true;
    callback(count);
    this.#inside = false;
  }
}

/** `embedded:io/serial` on Linux, which can do the least. */
class Device {
  static last: Device;
  readonly options: SerialOptions;
  waiting: number[] = [];
  readonly sent: number[] = [];
  closed = false;
  fails = false;
  #busy = false;

  constructor(options: SerialOptions) {
    this.options = options;
    Device.last = this;
  }

  read(count?: number): ArrayBuffer | undefined {
    assert(!this.closed, "used after it has closed itself");
    assert.equal(count, undefined);
    if (this.waiting.length === 0) return undefined;
    const bytes = new Uint8Array(this.waiting);
    this.waiting = [];
    return bytes.buffer;
  }

  write(buffer: ArrayBuffer): void {
    assert(!this.closed, "used after it has closed itself");
    assert(buffer instanceof ArrayBuffer);
    if (this.fails) throw new Error("Input/output error");
    if (this.#busy || buffer.byteLength > 1024) throw new Error("would overflow");
    this.#busy = true;
    this.sent.push(...new Uint8Array(buffer));
  }

  close(): void {
    this.closed = true;
  }

  flush(): void {
    this.#busy = false;
    this.options.onWritable!(1024);
  }

  unplug(): void {
    this.options.onError!();
    this.close();
  }
}

/** The functions of bytes.c; test/xs/bytes.test.ts tests the real ones. */
const NATIVE: Record<string, (target: Uint8Array, offset: number, source: Uint8Array, start: number, length: number) => void> = {
  xs_modem_mqtt_copy: (target, offset, source, start, length) => {
    assert(start + length <= source.length);
    target.set(source.subarray(start, start + length), offset);
  },
  xs_modem_mqtt_same: () => assert.fail("no port compares"),
  xs_modem_mqtt_find: () => assert.fail("no port searches"),
  xs_modem_mqtt_hex: () => assert.fail("no port writes hex"),
};

// ---- the host, built as mcconfig maps its modules

interface Host {
  MQTTClient: { new (options: object): { close(): void }; readonly PUBLISH: number };
  BC35G: unknown;
  clock: Clock;
  SerialPort: new (options: { receiver: PortReceiver } & Record<string, unknown>) => Port;
}

const CONTENTS = `export { MQTTClient } from "modem-mqtt";
  export { default as BC35G } from "modem-mqtt/modems/bc35g";
  export { clock } from "modem-mqtt/host/clock";
  export { default as SerialPort } from "modem-mqtt/host/serial-port";`;
/** As the manifests beside them name them. */
const PROVIDED: Record<string, string> = {
  mqtt: "mqtt/mqtt.ts", "setup/modem-mqtt": "provider/setup.ts", "modem-mqtt/provider": "provider/provider.ts",
};
const SCOPE = "modem-mqtt test of the host for Moddable";
const scope: Record<string, unknown> = ((globalThis as Record<string, unknown>)[SCOPE] = {});

/** What an app with the provider sees: the setup module has run. */
interface Provided {
  mqtt: { io: Host["MQTTClient"]; modem: object; client: { io: unknown; modem: object } };
  Older: new (dictionary: object) => { close(immediate?: boolean): void };
}

async function loadProvided(config: object): Promise<Provided> {
  const host = globalThis as { device?: { io?: object; network?: { wifi?: object; mqtt: Provided["mqtt"] } } };
  host.device = Object.freeze({ io: { kept: true }, network: Object.freeze({ wifi: { kept: true } }) }) as typeof host.device;
  scope["mc/config"] = config;
  const { setup, Older } = await load<{ setup(done: () => void): void; Older: Provided["Older"] }>("serial-port", new Timers(), Uart, `
    export { default as setup } from "setup/modem-mqtt"; export { default as Older } from "mqtt";`);
  let done = false;
  setup(() => { done = true; });
  assert(done);
  const { io, network } = host.device!;
  assert.deepEqual([io, network!.wifi], [{ kept: true }, { kept: true }]);
  return { mqtt: network!.mqtt, Older };
}

async function load<T = Host>(port: "serial-port" | "simulator-port", timers: Timers, serial: unknown, contents = CONTENTS): Promise<T> {
  scope.timer = timers;
  scope.time = { get ticks() { return timers.now; } };
  scope["embedded:io/serial"] = serial;
  scope.native = (name: string) => NATIVE[name];
  const modules: Plugin = {
    name: "manifest",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^(timer|time|mc\/config|embedded:io\/serial)$/ }, ({ path }) => ({ path, namespace: "sdk" }));
      onLoad({ filter: /./, namespace: "sdk" }, ({ path }) => ({ contents: `export default globalThis[${JSON.stringify(SCOPE)}][${JSON.stringify(path)}]` }));
      onResolve({ filter: /^(mqtt|setup\/modem-mqtt|modem-mqtt\/provider)$/ }, ({ path }) => ({ path: resolve("hosts/esp32", PROVIDED[path]!) }));
      onResolve({ filter: /^modem-mqtt$/ }, () => ({ path: resolve("hosts/esp32/modem-mqtt.ts") }));
      onResolve({ filter: /^modem-mqtt\/host\/(bytes|clock)$/ }, ({ path }) => ({ path: resolve(`hosts/esp32/${path.slice("modem-mqtt/host/".length)}.ts`) }));
      onResolve({ filter: /^modem-mqtt\/host\/serial-port$/ }, () => ({ path: resolve(`hosts/esp32/${port}.ts`) }));
      onResolve({ filter: /^modem-mqtt\// }, ({ path }) => ({ path: resolve(`src/${path.slice("modem-mqtt/".length)}.ts`) }));
    },
  };
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd() },
    bundle: true, write: false, format: "esm", target: "es2022", tsconfigRaw: {}, plugins: [modules],
    banner: { js: `const { native } = globalThis[${JSON.stringify(SCOPE)}];` },
  });
  const source = Buffer.from(`${outputFiles[0]!.text}\n// ${Math.random()}`).toString("base64"); // a new module each time
  return (await import(`data:text/javascript;base64,${source}`)) as T;
}

const NOBODY: PortReceiver = { onReadable() {}, onWritable() {}, onError() {} };
const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff);

// ---- tests

describe("The host for Moddable", () => {
  describe("the serial port of an ESP32", () => {
    let host: Host;
    const timers = new Timers();
    before(async () => { host = await load("serial-port", timers, Uart); });

    it("reads every byte, whatever arrives and wherever it is to go, and touches nothing else", () => {
      fc.assert(fc.property(
        fc.array(fc.record({ arrives: fc.integer({ min: 0, max: FIFO }), offset: fc.nat(300), length: fc.integer({ min: 1, max: 300 }), reads: fc.nat(3) })),
        (steps) => {
          const port = new host.SerialPort({ receiver: NOBODY, Serial: Uart });
          const uart = Uart.last, target = new Uint8Array(640), got: number[] = [], given: number[] = [];
          const take = (offset: number, length: number): number => {
            target.fill(0xee);
            const count = port.read(target, offset, length);
            assert(count <= length);
            got.push(...target.subarray(offset, offset + count));
            assert(target.subarray(0, offset).every((byte) => byte === 0xee));
            assert(target.subarray(offset + length).every((byte) => byte === 0xee));
            return count;
          };
          for (const { arrives, offset, length, reads } of steps) {
            const news = [...bytes(Math.min(arrives, FIFO - uart.received.length))].map((byte) => (byte + given.length) & 0xff);
            given.push(...news);
            uart.arrive(news);
            for (let i = 0; i < reads; i++) take(offset, length);
          }
          while (take(5, 200) > 0);
          assert.deepEqual(got, given);
        }));
    });

    it("sends every byte in order, never more than there is room for, and never stalls", () => {
      fc.assert(fc.property(
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 6 }),
        fc.infiniteStream(fc.integer({ min: 1, max: FIFO })),
        fc.nat(9),
        (messages, drains, start) => {
          const all = bytes(start + messages.reduce((sum, each) => sum + each, 0));
          const source = new Uint8Array(all.buffer, start);
          let at = 0, end = 0;
          const transmit = () => { at += port.write(source, at, end - at); };
          const port = new host.SerialPort({ receiver: { ...NOBODY, onWritable: transmit }, Serial: Uart });
          const uart = Uart.last;
          for (const length of messages) {
            end += length;
            transmit();
            for (let turns = 0; at < end; turns++) {
              assert(turns < 2000, "it has stalled");
              uart.drain(drains.next().value);
            }
          }
          while (uart.sending.length > 0) uart.drain(FIFO);
          assert.deepEqual(uart.sent, [...source]);
        }));
    });

    it("takes nothing before the UART has said that it is ready", () => {
      const port = new host.SerialPort({ receiver: NOBODY, Serial: Uart });
      assert.equal(port.write(bytes(4), 0, 4), 0);
      Uart.last.drain(0);
      assert.equal(port.write(bytes(4), 0, 4), 4);
    });

    it("closes at once, but from its own callback only when that has returned, and is silent then", () => {
      let calls = 0;
      const idle = new host.SerialPort({ receiver: NOBODY, Serial: Uart });
      idle.close();
      idle.close();
      assert(Uart.last.closed);
      const port = new host.SerialPort({ receiver: { ...NOBODY, onReadable: () => { calls++; port.close(); } }, Serial: Uart });
      const uart = Uart.last;
      uart.arrive([1]);
      assert(!uart.closed);
      uart.arrive([2]);
      uart.drain(0);
      timers.pass(1);
      assert(uart.closed);
      assert.equal(calls, 1);
      assert.equal(port.read(bytes(1), 0, 1), 0);
      assert.equal(port.write(bytes(1), 0, 1), 0);
    });
  });

  describe("the serial port of a simulator", () => {
    let host: Host;
    const timers = new Timers();
    before(async () => { host = await load("simulator-port", timers, Device); });

    it("keeps what was read and not taken", () => {
      const port = new host.SerialPort({ receiver: NOBODY, Serial: Device });
      Device.last.waiting = [...bytes(10)];
      const target = new Uint8Array(12);
      assert.equal(port.read(target, 1, 4), 4);
      assert.equal(port.read(target, 5, 7), 6);
      assert.equal(port.read(target, 0, 12), 0);
      assert.deepEqual(target.subarray(1, 11), bytes(10));
    });

    it("writes at most 1024 bytes, and the rest when these have gone", () => {
      const port = new host.SerialPort({ receiver: NOBODY, Serial: Device });
      const data = bytes(1500);
      assert.equal(port.write(data, 0, 1500), 0);
      Device.last.flush();
      assert.equal(port.write(data, 0, 1500), 1024);
      assert.equal(port.write(data, 1024, 476), 0);
      Device.last.flush();
      assert.equal(port.write(data, 1024, 476), 476);
      assert.deepEqual(Device.last.sent, [...data]);
    });

    for (const how of ["unplugged", "written to"] as const) {
      it(`tells once, on an empty stack, that a device is gone when it is ${how}, and leaves it alone`, () => {
        const errors: unknown[] = [];
        const port = new host.SerialPort({ receiver: { ...NOBODY, onError: (error) => errors.push(error) }, Serial: Device });
        const device = Device.last;
        device.flush();
        if (how === "unplugged") device.unplug();
        else {
          device.fails = true;
          assert.equal(port.write(bytes(3), 0, 3), 0);
        }
        assert.equal(port.write(bytes(3), 0, 3), 0);
        assert.equal(port.read(bytes(3), 0, 3), 0);
        assert.equal(errors.length, 0);
        timers.pass(1);
        assert.equal(errors.length, 1);
        port.close();
        assert(device.closed);
      });
    }
  });

  describe("the clock", () => {
    const timers = new Timers();
    let clock: Clock, alarm: Alarm, rings: number;
    before(async () => { ({ clock } = await load("serial-port", timers, Uart)); });
    beforeEach(() => { rings = 0; alarm = clock.alarm({ onAlarm: () => { rings++; } }); });

    it("counts in 32 bits with a sign, and its differences survive the wrap", () => {
      const before = clock.now();
      timers.pass(1000);
      assert.equal((clock.now() - before) | 0, 1000);
      assert.equal(clock.now(), clock.now() | 0);
    });

    it("rings once for each setting, at the last one's time", () => {
      timers.pass(50);
      assert.equal(rings, 0);
      alarm.set(100);
      alarm.set(10);
      timers.pass(9);
      assert.equal(rings, 0);
      timers.pass(200);
      assert.equal(rings, 1);
      alarm.set(0);
      timers.pass(1);
      assert.equal(rings, 2);
      alarm.set(5);
      timers.pass(5);
      assert.equal(rings, 3);
    });

    it("does not ring when it is cleared or closed, and can be set from its own callback, or closed there", () => {
      alarm.set(5);
      alarm.clear();
      timers.pass(20);
      alarm.set(5);
      alarm.close();
      timers.pass(20);
      assert.equal(rings, 0);
      const again: Alarm = clock.alarm({ onAlarm: () => { if (++rings < 3) again.set(5); else again.close(); } });
      again.set(5);
      timers.pass(100);
      assert.equal(rings, 3);
    });
  });

  describe("the provider", () => {
    const serial = { transmit: 17, receive: 16, port: 1, baud: 9600 };
    after(() => { delete (globalThis as { device?: unknown }).device; });

    it("gives device.network.mqtt as Moddable and as the standard have it, beside what was there", async () => {
      const { mqtt } = await loadProvided({ modem: { name: "bc35g", serial } });
      assert.equal(mqtt.client.io, mqtt.io);
      assert.equal(mqtt.client.modem, mqtt.modem);
      for (const options of [mqtt, mqtt.client]) {
        const client = new mqtt.io({ ...options, host: "broker.example" });
        const { transmit, receive, port, baud } = Uart.last.options as Record<string, unknown>;
        assert.deepEqual({ transmit, receive, port, baud }, serial);
        client.close();
        assert(Uart.last.closed);
      }
    });

    it("gives the driver what else stands in config.modem", async () => {
      const { mqtt } = await loadProvided({ modem: { name: "m531x", serial, ackTimeout: 61 } });
      assert.throws(() => new mqtt.io({ ...mqtt, host: "broker.example" }), { code: "ARGUMENT_RANGE", argument: "modem.ackTimeout" });
    });

    it("refuses a second client of a modem that has one only, while the first one is there", async () => {
      const { mqtt } = await loadProvided({ modem: { name: "bc35g", serial } });
      const client = new mqtt.io({ ...mqtt, host: "broker.example" });
      assert.throws(() => new mqtt.io({ ...mqtt, host: "broker.example" }), { code: "BUSY" });
      client.close();
      new mqtt.io({ ...mqtt, host: "broker.example" }).close();
    });

    for (const [config, what] of [[{}, "no modem"], [{ modem: { serial } }, "no name"], [{ modem: { name: "bg96", serial } }, "another name"]] as const)
      it(`says what is missing: ${what}`, () =>
        assert.rejects(loadProvided(config), { code: "ARGUMENT_RANGE", argument: "config.modem.name", message: /bc35g, m531x, ml302, nm28/ }));

    it("gives the older class its client, which refuses what would be a connection that is not safe", async () => {
      const { Older } = await loadProvided({ modem: { name: "bc35g", serial } });
      for (const option of ["secure", "Socket", "path", "socket"])
        assert.throws(() => new Older({ host: "broker.example", [option]: {} }), { code: "ARGUMENT_RANGE", argument: option });
      const client = new Older({ host: "broker.example", user: "u", password: Uint8Array.of(112).buffer, will: { topic: "t", message: "m", quality: 1 } });
      assert(!Uart.last.closed);
      client.close();
      assert(Uart.last.closed);
    });
  });

  describe("MQTTClient", () => {
    it("takes frozen options, binds timer and port, gives the serial class its own options, and reaches the modem", async () => {
      const timers = new Timers();
      const { MQTTClient, BC35G } = await load("serial-port", timers, Uart);
      for (const io of [Uart, undefined]) {
        const serial = Object.freeze({ ...(io && { io }), transmit: 17, receive: 16, port: 1, baud: 9600 });
        const client = new MQTTClient(Object.freeze({ host: "broker.example", something: 1, modem: Object.freeze({ io: BC35G, serial }) }));
        const { io: _, ...own } = serial;
        for (const [name, value] of Object.entries(own)) assert.equal((Uart.last.options as Record<string, unknown>)[name], value);
        Uart.last.drain(0);
        Uart.last.drain(FIFO);
        assert.equal(String.fromCharCode(...Uart.last.sent), "AT\r");
        client.close();
        assert(Uart.last.closed);
      }
      assert.equal(MQTTClient.PUBLISH, 3);
    });

    it("says what is missing when there is no modem in its options", async () => {
      const { MQTTClient } = await load("serial-port", new Timers(), Uart);
      assert.throws(() => new MQTTClient({ host: "broker.example" }), { code: "ARGUMENT_TYPE", argument: "modem.io" });
    });
  });
});
