// The modem's pins on a device: over models of the SDK's serial class, timer and digital pins.
import assert from "node:assert/strict";
import { Board } from "../core/support/board";
import { FORMS, load } from "./support/host";
import { FIFO, Timers, Uart } from "./support/models";

const CONTENTS = `export { MQTTClient } from "modem-mqtt"; export { default as BC35G } from "modem-mqtt/care/bc35g";`;

for (const form of FORMS) describe(`Power on Moddable, from its ${form}`, () => {
  it("a mute modem is asked at both rates, and its key is pressed for as long as its family's documents say", async () => {
    const timers = new Timers(), board = new Board();
    const { MQTTClient, BC35G } = await load("serial-port", timers, Uart, CONTENTS, form);
    const rates = new Set<number>();
    let pressedAt = 0, released = 0;
    board.onWrite = (_pin, level) => {
      if (level === 0) pressedAt = timers.now;
      else if (pressedAt > 0) released = timers.now;
    };
    const client = new MQTTClient({
      host: "broker.example",
      modem: { io: BC35G, serial: { transmit: 17, receive: 16, port: 1, baud: 115_200 }, power: { key: { io: board.Digital, pin: 4, activeLow: true } } },
    });
    for (let passed = 0; passed < 10_000 && released === 0; passed += 10) {
      rates.add((Uart.last.options as { baud: number }).baud);
      Uart.last.drain(FIFO);
      timers.pass(10);
      if (pressedAt > 0 && rates.size < 2) assert.fail("pressed before the modem was asked at both rates");
    }
    assert.deepEqual([...rates], [115_200, 9600]);
    assert.ok(released - pressedAt >= 300 && released - pressedAt < 320, `pressed for ${released - pressedAt} ms`);
    client.close();
    assert.deepEqual([board.events.at(-1), Uart.last.closed], ["close 4", true]);
  });
});
