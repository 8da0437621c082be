import assert from "node:assert/strict";
import { bytes, type Host, load, NOBODY } from "./support/host";
import { Device, Timers } from "./support/models";

describe("The serial port of a simulator", () => {
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
