/// <reference path="host.d.ts" />
/** The test host's `embedded:io/serial` is to behave as SDK 8.2's on ESP32; then the port of this package over it. */
import Serial from "embedded:io/serial";
import Timer from "timer";
import SerialPort from "../../hosts/moddable/serial-port";
import { equal, thrown } from "../core/support/check";

const FIFO = 128;
const numbered = (length: number, from = 0) => Uint8Array.from({ length }, (_, i) => (from + i) & 0xff);
const digits = (bytes: Iterable<number>) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const wait = (milliseconds = 20) => new Promise<void>((resolve) => void Timer.set(() => resolve(), milliseconds));

/** Much work: at 115200 baud some 2,900 bytes go over the line meanwhile. */
function dawdle(): void {
  for (let i = 0; i < 100_000; i++);
}

interface Uart {
  read(buffer: Uint8Array): number | undefined;
  write(buffer: Uint8Array): void;
  close(): void;
}

function open(callbacks: object): Uart {
  return new (Serial as any)({ device: host.terminal(), baud: 115_200, format: "buffer", ...callbacks });
}

describe("embedded:io/serial as on ESP32", () => {
  it("reads into a buffer as far as it goes, and tells when nothing waits", async () => {
    const told: string[] = [], buffer = new Uint8Array(3);
    const uart = open({
      onReadable(this: Uart, count: number) {
        told.push(`${count}: ${this.read(buffer)} ${digits(buffer)}, ${this.read(buffer)} ${digits(buffer)}, ${this.read(buffer)}`);
      },
    });
    host.say(numbered(5));
    await wait();
    equal(told.join(), "5: 3 000102, 2 030402, undefined");
    uart.close();
  });

  it("interrupts before the FIFO is full, and what comes meanwhile is there to be read", async () => {
    const told: string[] = [], buffer = new Uint8Array(FIFO), got: number[] = [];
    const uart = open({
      onReadable(count: number) {
        told.push(String(count));
        for (let some; (some = uart.read(buffer)) !== undefined; ) got.push(...buffer.subarray(0, some));
      },
    });
    host.say(numbered(1000));
    await wait();
    equal(told[0], "96");
    equal(digits(got), digits(numbered(1000)));
    uart.close();
  });

  it("loses without a word what finds the FIFO full, because the script was slow", async () => {
    let first = true;
    const buffer = new Uint8Array(FIFO), got: number[] = [];
    const uart = open({
      onReadable() {
        if (first) dawdle();
        first = false;
        for (let some; (some = uart.read(buffer)) !== undefined; ) got.push(...buffer.subarray(0, some));
      },
    });
    host.say(numbered(1000));
    await wait();
    equal(digits(got), digits(numbered(FIFO)));
    host.say(numbered(10, 77));
    await wait();
    equal(digits(got.slice(FIFO)), digits(numbered(10, 77)));
    uart.close();
  });

  it("does not tell again of what was left in the FIFO, until more comes", async () => {
    const told: number[] = [];
    const uart = open({ onReadable: (count: number) => void told.push(count) });
    host.say(numbered(5));
    await wait();
    equal(told.join(), "5");
    host.say(numbered(2));
    await wait();
    equal(told.join(), "5,7");
    uart.close();
  });

  it("takes at most what the FIFO has room for, and tells when it is nearly empty", async () => {
    const told: number[] = [];
    const uart = open({ onWritable: (count: number) => void told.push(count) });
    equal(String(thrown(() => uart.write(numbered(FIFO + 1)))).includes("output full"), true, "too long");
    await wait();
    equal(told.join(), "128");
    uart.write(numbered(FIFO));
    equal(String(thrown(() => uart.write(numbered(FIFO)))).includes("output full"), true, "full");
    await wait();
    equal(told.join(), "128,128");
    equal(digits(new Uint8Array(host.heard())), digits(numbered(FIFO)));
    uart.close();
  });

  it("calls with itself as `this`, and keeps the option `target`", async () => {
    const target = {};
    let found: unknown;
    const uart = open({
      target,
      onReadable(this: { target: object }) {
        found = this.target;
      },
    });
    host.say(numbered(1));
    await wait();
    equal(found === target, true);
    uart.close();
  });

  it("must not be closed from its own callback", async () => {
    let error: unknown;
    const uart = open({ onReadable: () => void (error = thrown(() => uart.close())) });
    host.say(numbered(1));
    await wait();
    equal(String(error).includes("closed from its own callback"), true);
    uart.close();
  });
});

describe("the ESP32's serial port over it", () => {
  it("passes every byte both ways", async () => {
    const sent = numbered(900), target = new Uint8Array(1200), got: number[] = [], heard: number[] = [];
    let at = 0;
    const port = new SerialPort({
      Serial: Serial as any, device: host.terminal(), baud: 115_200,
      receiver: {
        onReadable() {
          for (let some; (some = port.read(target, 7, 100)) > 0; ) got.push(...target.subarray(7, 7 + some));
        },
        onWritable: () => void (at += port.write(sent, at, sent.length - at)),
        onError() {},
      },
    });
    host.say(numbered(1000, 3));
    for (let i = 0; i < 100 && heard.length < sent.length; i++) {
      await wait(5);
      heard.push(...new Uint8Array(host.heard()));
    }
    equal(digits(got), digits(numbered(1000, 3)), "received");
    equal(digits(heard), digits(sent), "sent");
    port.close();
  });

  it("can be closed from its own callback, and is silent then", async () => {
    let calls = 0;
    const target = new Uint8Array(8);
    const port = new SerialPort({
      Serial: Serial as any, device: host.terminal(), baud: 115_200,
      receiver: {
        onReadable() {
          calls++;
          port.close();
        },
        onWritable() {},
        onError() {},
      },
    });
    host.say(numbered(1));
    await wait();
    host.say(numbered(4));
    await wait();
    equal(calls, 1);
    equal(port.read(target, 0, 8), 0);
    equal(port.write(target, 0, 8), 0);
  });

  it("reads and writes without allocating, behind a collection too", async () => {
    const counts = [new Int32Array(4), new Int32Array(4)], target = new Uint8Array(256), source = numbered(256);
    let difference = "";
    const port = new SerialPort({
      Serial: Serial as any, device: host.terminal(), baud: 115_200,
      receiver: {
        onReadable() {
          port.read(target, 0, 1);
          host.collect(); // chunks lie closely together then, each as long as it is
          host.count(counts[0]!.buffer as ArrayBuffer);
          port.read(target, 0, 99);
          port.write(source, 3, 77);
          host.count(counts[1]!.buffer as ArrayBuffer);
          difference = `${counts[1]![0]! - counts[0]![0]!} slots, ${counts[1]![1]! - counts[0]![1]!} bytes`;
        },
        onWritable() {},
        onError() {},
      },
    });
    await wait();
    host.say(numbered(100));
    await wait();
    equal(difference, "0 slots, 0 bytes");
    port.close();
  });
});
