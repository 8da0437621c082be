// The modem's MQTT client by itself, against a peer that says what a test wants.

import assert from "node:assert/strict";
import { generate, type Packet } from "mqtt-packet";
import { MqttSession } from "../../hosts/virtual-modem/mqtt-session";
import type { SessionEvents } from "../../hosts/virtual-modem/mqtt-types";
import type { ConnectionEvents } from "../../hosts/virtual-modem/network";
import { VirtualClock } from "./virtual-time";

describe("virtual modem: MQTT session", () => {
  /** Connects to a broker that says whether it has kept the session, is sent a message at QoS 2, and never its PUBREL. */
  function received(sessionPresent: boolean): string[] {
    const messages: string[] = [];
    let peer!: ConnectionEvents;
    const nothing = (): void => {};
    const events: SessionEvents = {
      opened: nothing, openFailed: nothing, connack: nothing, acknowledged: nothing, retransmitted: nothing, unanswered: nothing, closed: nothing,
      message: ({ payload }) => void messages.push(Buffer.from(payload).toString()),
    };
    const session = new MqttSession({
      clock: new VirtualClock(), faults: { take: () => undefined }, events, retry: () => ({ timeout: 1000, times: 1 }),
      network: { open: (_host, _port, events) => { peer = events; return { write: nothing, close: nothing, abort: nothing }; } },
    });
    const says = (packet: Packet): void => peer.received(generate(packet));
    for (const payload of ["one", "two"]) {
      session.open("h", 1883, 1000);
      peer.opened();
      session.connect({ version: 4, clientId: "c", keepalive: 0, clean: false });
      says({ cmd: "connack", returnCode: 0, sessionPresent: sessionPresent && payload === "two" });
      says({ cmd: "publish", topic: "t", payload, qos: 2, messageId: 7, retain: false, dup: false });
      session.close("abort");
    }
    return messages;
  }

  it("takes an id of QoS 2 for a new message where the broker has forgotten the session (3.2.2.2)", () => assert.deepEqual(received(false), ["one", "two"]));
  it("and for a repetition where it has kept it", () => assert.deepEqual(received(true), ["one"]));
});
