import assert from "node:assert/strict";
import fc from "../support/properties";
import { bytes, type Host, load, NOBODY } from "./support/host";
import { ExactUart, FIFO, Timers, Uart } from "./support/models";

describe("The serial port of a microcontroller", () => {
  let host: Host;
  const timers = new Timers();
  before(async () => { host = await load("serial-port", timers, Uart); });

  for (const [platforms, Serial] of [["ESP8266, ESP32 and Zephyr", Uart], ["Pico and nRF52, whose class is to be asked for no more than waits", ExactUart]] as const)
  it(`reads every byte, whatever arrives and wherever it is to go, and touches nothing else: ${platforms}`, () => {
    fc.assert(fc.property(
      fc.array(fc.record({ arrives: fc.integer({ min: 0, max: FIFO }), offset: fc.nat(300), length: fc.integer({ min: 1, max: 300 }), reads: fc.nat(3) })),
      (steps) => {
        const port = new host.SerialPort({ receiver: NOBODY, Serial });
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

  it("reads what comes while its callback runs, where the class tells how much it has read", () => {
    const target = bytes(FIFO), counts: number[] = [];
    for (const Serial of [Uart, ExactUart]) {
      const port = new host.SerialPort({
        Serial, receiver: {
          ...NOBODY,
          onReadable() {
            counts.push(port.read(target, 0, FIFO));
            uart.received.push(4, 5);
            counts.push(port.read(target, 0, FIFO));
          },
        },
      });
      const uart = Uart.last;
      uart.arrive([1, 2, 3]);
      port.close();
    }
    // The other class announces them anew.
    assert.deepEqual(counts, [3, 2, 3, 0]);
  });

  it("takes its UART anew for another rate, with all other options, and goes on", () => {
    const port = new host.SerialPort({ receiver: NOBODY, Serial: Uart, transmit: 17, baud: 115_200 });
    const before = Uart.last;
    before.drain(0);
    port.setRate!(9600);
    const after = Uart.last as Uart & { options: { baud?: number; transmit?: number } };
    assert(before.closed && after !== before && !after.closed);
    assert.deepEqual([after.options.baud, after.options.transmit], [9600, 17]);
    assert.equal(port.write(bytes(4), 0, 4), 0);
    after.drain(0);
    assert.equal(port.write(bytes(4), 0, 4), 4);
    after.arrive([1, 2, 3]);
    assert.equal(port.read(bytes(8), 0, 8), 3);
    port.close();
    port.setRate!(115_200);
    assert.equal(Uart.last, after);
  });
});
