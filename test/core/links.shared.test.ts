import { MQTTClient } from "../../src/index";
import { Modem } from "../../src/modem/modem";
import NM28 from "../../src/modems/nm28";
import { equal, thrown } from "./support/check";
import { Answering, nm28, online } from "./support/answering";
import { Session, type SessionOptions } from "./support/session";
import { TestPort, VirtualClock } from "./support/stage";

function joined(first: Session, { modem, ...rest }: SessionOptions = {}): Session {
  const session = new Session({ ...rest, modem: { io: nm28.io, shared: first.client, ...modem } });
  session.port = first.port;
  return session;
}

function two(first: SessionOptions = {}, second: SessionOptions = {}): { a: Session; b: Session; modem: Answering } {
  const { session: a, modem } = online(nm28, first);
  const b = joined(a, second);
  modem.serve();
  b.mustTell("control 2");
  modem.commands.splice(0);
  return { a, b, modem };
}

const full = "x".repeat(2048);

describe("NM28: what clients of one modem share is nobody's loss", () => {
  it("tells a client that it can write when another one's payload has left the transmit buffer", () => {
    const { a, b, modem } = two();
    b.subscribe("busy", 0, { id: 9 }); // keeps the channel busy
    a.publish(full, { id: 1 });
    equal(thrown(() => b.publish("hello")).code, "BUSY");
    b.writable.splice(0);
    modem.serve();
    b.mustTell("control 9 9", "done 9");
    equal(b.writable.pop(), 2048, "what b was told last");
  });

  it("tells a client that comes online while the transmit buffer is full, once it is not", () => {
    const { session: a, modem } = online(nm28);
    const b = joined(a, { modem: { ctrlZ: "always" } });
    modem.deaf = /MQTTCONN=1/;
    modem.serve();
    a.publish(full, { id: 1 });
    modem.deaf = null;
    a.says("\\r\\n+MQTTCONN:1,0,0\\r\\n\\r\\nOK\\r\\n");
    modem.serve();
    b.mustTell("control 2");
    equal(b.writable.pop(), 2048, "what b was told last");
  });

  it("gives no client another's message to read", () => {
    const { a, b, modem } = two({ on: { readable: () => {} } });
    a.says("\\r\\n+MQTTRECV:0,1,t,6,secret\\r\\n");
    equal(b.client.read(), undefined, "what b can read");
    equal(a.client.read()?.byteLength, 6, "what a can read");
    modem.serve();
  });

  it("keeps a client's unread message when another client closes", () => {
    const { a, b, modem } = two({ on: { readable: () => {} } });
    a.says("\\r\\n+MQTTRECV:0,1,t,6,unread\\r\\n");
    b.client.close();
    modem.serve();
    equal(a.client.read()?.byteLength, 6, "what a can read");
  });

  it("drops a client's unread message when that client itself closes, and goes on", () => {
    const { a, b, modem } = two({ on: { readable: () => {} } });
    a.says("\\r\\n+MQTTRECV:0,1,t,6,unread\\r\\n\\r\\n+MQTTRECV:1,1,t,2,hi\\r\\n");
    a.client.close();
    a.pass(0);
    modem.serve();
    b.mustTell("message t hi");
  });

  it("does not take a poll's answer for the answer to CONNECT, where OK comes first", () => {
    const { session: a, modem } = online(nm28, { modem: { pollInterval: 1000 } });
    const b = joined(a);
    modem.instead = (command) => (command.startsWith("AT+MQTTCONN=1") ? ["OK"] : command === "AT+MQTTCONN?" ? ["+MQTTCONN:0,1", "+MQTTCONN:1,0", "OK"] : undefined);
    modem.serve();
    a.pass(1000);
    modem.serve();
    b.mustTell();
    a.says("\\r\\n+MQTTCONN:1,0,4\\r\\n");
    b.mustTell("error CONNECTION_REFUSED 4");
  });

  it("says CLOSED to a client that would share a modem whose last client has gone, and opens it anew if it can", () => {
    const { session } = online(nm28);
    session.says("\\r\\nRDY\\r\\n");
    const options = { host: "h", modem: { io: nm28.io, shared: session.client, clock: session.clock } };
    equal(thrown(() => new MQTTClient(options)).code, "CLOSED");
    let opened = false;
    new MQTTClient({ ...options, modem: { ...options.modem, serial: { io: TestPort, attach: () => { opened = true; } } } });
    equal(opened, true, "opened");
  });

  it("takes no more memory when clients come and go", () => {
    const modem = new Modem(NM28, { clock: new VirtualClock(), serial: { io: TestPort } });
    const driver = (link: number) => ({ number: link, successor: null, onModemStage() {}, onReady() {} }) as any;
    modem.admit(driver(0));
    for (let i = 0; i < 100; i++) {
      const coming = driver(1);
      modem.admit(coming);
      modem.release(coming);
    }
    equal(modem.chat.requests.capacity <= 12, true, `room for two clients: ${modem.chat.requests.capacity} operations`);
  });

  it("lets a client begin anew from its onError, on the modem that the others still hold", () => {
    let next: Session | null = null;
    const { a, b, modem } = two({}, {
      on: { error: () => { if (next === null) next = joined(a, { client: { id: "next" } }); } },
    });
    a.says("\\r\\n+MQTTSTAT:1,1\\r\\n");
    b.mustTell("error LINK_LOST");
    modem.serve();
    next!.mustTell("control 2");
    a.mustTell();
  });
});
