import assert from "node:assert/strict";
import { load } from "./support/host";
import { FIFO, Timers, Uart } from "./support/models";

describe("MQTTClient on Moddable", () => {
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
