import assert from "node:assert/strict";
import { FORMS, load } from "./support/host";
import { FIFO, Timers, Uart } from "./support/models";

for (const form of FORMS) describe(`MQTTClient on Moddable, from its ${form}`, () => {
  const loaded = (timers: Timers) => load("serial-port", timers, Uart, undefined, form);

  it("takes frozen options, binds timer and port, gives the serial class its own options, and reaches the modem", async () => {
    const timers = new Timers();
    const { MQTTClient, BC35G } = await loaded(timers);
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
    const { MQTTClient } = await loaded(new Timers());
    assert.throws(() => new MQTTClient({ host: "broker.example" }), { code: "ARGUMENT_TYPE", argument: "modem.io" });
  });

  it("takes the board's own port, as device.Serial.default describes it, where no pins are given", async () => {
    const { MQTTClient, BC35G } = await loaded(new Timers());
    const host = globalThis as { device?: object };
    const opened = (serial: object): Record<string, unknown> => {
      new MQTTClient({ host: "broker.example", modem: { io: BC35G, serial } }).close();
      const { transmit, receive, port, baud } = Uart.last.options as Record<string, unknown>;
      return { transmit, receive, port, baud };
    };
    try {
      for (const name of ["Serial", "serial"]) { // as Zephyr's is called
        host.device = { [name]: { default: { io: Uart, transmit: 5, receive: 4, port: 1, baud: 115_200 } } };
        assert.deepEqual(opened({ baud: 9600 }), { transmit: 5, receive: 4, port: 1, baud: 9600 });
        assert.deepEqual(opened({ transmit: 17, receive: 16, baud: 9600 }), { transmit: 17, receive: 16, port: undefined, baud: 9600 });
      }
      for (const device of [{}, { Serial: {} }, undefined]) {
        host.device = device;
        assert.deepEqual(opened({ baud: 9600 }), { transmit: undefined, receive: undefined, port: undefined, baud: 9600 });
      }
    } finally {
      delete host.device;
    }
  });
});
