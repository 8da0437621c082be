import BC35G from "../../src/modems/bc35g";
import { ONLINE } from "./exchanges/bc35g";
import { equal, sameLines, thrown } from "./support/check";
import { play } from "./support/exchange";
import { Obedient, online, Session, type Hooks } from "./support/session";

/** Everything that a session does, until it ends or is closed. */
function life(session: Session, modem: Obedient, gone: () => boolean): void {
  const steps = [
    () => session.subscribe("s/#", 1),
    () => session.publish("payload", { QoS: 1 }),
    () => session.message("hello"),
    () => session.publish("", { retain: true }),
    () => { session.publish("payload"); session.publish("payload", { QoS: 2 }); },
    () => session.disconnect(),
  ];
  modem.serve();
  for (const step of steps) {
    if (gone()) return;
    step();
    modem.serve();
  }
}

/** After close(): no callback, the port closed in the end, nothing sent but what closes, nothing published but what was. */
function mustBeGone(session: Session, modem: Obedient, told: number, commands: number, connected: boolean, what: string): void {
  for (let i = 0; i < 12; i++) {
    modem.serve();
    session.pass(500);
  }
  equal(session.port.closed, true, `${what}: port closed within 6 s`);
  sameLines(session.events.slice(told), [], `${what}: callbacks after close()`);
  const sent = modem.commands.slice(commands);
  equal(sent.filter((line) => line !== "AT+QMTCLOSE=0" && line !== "AT+CMEE?").slice(1).join(), "", `${what}: commands after close()`);
  if (connected) equal(sent.includes("AT+QMTCLOSE=0"), true, `${what}: AT+QMTCLOSE=0 sent after [${sent}]`);
  for (const payload of modem.published) equal(payload === "payload" || payload === "<1A>", true, `${what}: published ${payload}`);
  session.pass(600_000);
  sameLines(session.events.slice(told), [], `${what}: callbacks after close()`);
}

describe("close()", () => {
  for (const gulp of [undefined, 5])
    it(`before every line that the modem says${gulp === undefined ? "" : `, a port that takes ${gulp} bytes at once`}`, () => {
      let last = false;
      for (let line = 0; !last; line++) {
        const session = new Session({ gulp });
        const modem = new Obedient(session);
        let count = 0, closed = false, told = 0, commands = 0, connected = false;
        modem.onSay = () => {
          if (count++ !== line) return;
          closed = true;
          connected = modem.commands.includes("AT+QMTCLOSE=0") && !modem.commands.includes("AT+QMTDISC=0");
          told = session.events.length;
          commands = modem.commands.length;
          session.client.close();
        };
        life(session, modem, () => closed);
        last = !closed;
        if (closed) mustBeGone(session, modem, told, commands, connected, `before line ${line + 1}`);
      }
    });

  const CALLBACKS: (keyof Hooks)[] = ["control", "done", "writable", "readable", "close", "stage"];
  for (const name of CALLBACKS)
    it(`inside on${name[0].toUpperCase()}${name.slice(1)}, at each of its calls`, () => {
      let last = false;
      for (let call = 0; !last; call++) {
        let count = 0, closed = false, told = 0, connected = false;
        const hook = (session: Session) => {
          if (count++ !== call) return;
          closed = true;
          told = session.events.length;
          connected = name !== "close" && modem?.commands.includes("AT+CGATT?") === true;
          session.client.close();
        };
        let modem: Obedient | undefined;
        const session = new Session({ on: { [name]: hook } });
        modem = new Obedient(session);
        life(session, modem, () => closed);
        last = !closed;
        // What was sent in the same call, before, does not count: from the last command on.
        if (closed) mustBeGone(session, modem, told, modem.commands.length - 1, false, `call ${call + 1}`);
        if (closed && connected) {
          equal(modem.commands.slice(modem.commands.indexOf("AT+CGATT?")).includes("AT+QMTCLOSE=0"), true, `call ${call + 1}: AT+QMTCLOSE=0`);
          equal(modem.commands.lastIndexOf("AT+QMTCLOSE=0") >= modem.commands.lastIndexOf("AT+QMTCONN=0,\"dev-1\",\"u1\",\"p1\""), true, `call ${call + 1}: closed last`);
        }
      }
    });

  it("a modem that says nothing any more: the port is closed within 5 s all the same", () => {
    for (const busy of [false, true]) {
      const { session } = online();
      if (busy) session.publish("payload");
      session.client.close();
      session.pass(5_000);
      equal(session.port.closed, true, "closed");
      session.mustTell();
    }
  });

  it("before the prompt: nothing but the message becomes the payload", () => play({ name: "close", script: `${ONLINE}
    ! publish t/a : 0123456789
    → AT+QMTPUB=0,0,0,0,"t/a",10\\r
    ! close
    ← \\r\\n>[sp]
    → 0123456789
    ← \\r\\nOK\\r\\n
    → AT+QMTCLOSE=0\\r
    ← \\r\\nOK\\r\\n` }, BC35G));

  it("the end of the link between a publish and its prompt: nothing but the message becomes the payload", () => play({ name: "down", script: `${ONLINE}
    ! publish t/a : 0123456789
    → AT+QMTPUB=0,0,0,0,"t/a",10\\r
    ← \\r\\n+QMTSTAT: 0,1\\r\\n
    = failed 1 LINK_LOST 1
    = error LINK_LOST 1
    ← \\r\\n>[sp]
    → 0123456789
    ← \\r\\nERROR\\r\\n
    → AT+QMTCLOSE=0\\r
    ← \\r\\nERROR\\r\\n` }, BC35G));

  it("inside onDone: the answer to AT+QMTCLOSE is taken in either order", () => {
    const { session, modem } = online({ on: { done: (self) => self.client.close() } });
    session.subscribe("a");
    modem.serve(1);
    session.mustTell("control 9 1", "done 1");
    session.mustSend("AT+QMTCLOSE=0\\r");
    session.says("\\r\\n+QMTCLOSE: 0,0\\r\\n\\r\\nOK\\r\\n");
    equal(session.port.closed, true, "closed at once");
  });

  it("after the port has failed: nothing is sent to it, and it is closed at once", () => {
    const { session } = online();
    session.publish("x");
    session.sent();
    session.port.receiver.onError(new Error("unplugged"));
    session.mustTell("failed 1 PORT_FAILED", "error PORT_FAILED");
    session.mustSend("");
    equal(session.port.closed, true, "closed");
  });

  it("twice, or after the end, does nothing; read and write say so", () => {
    const { session, modem } = online();
    session.client.close();
    session.client.close();
    modem.serve();
    session.client.close();
    equal(session.client.read(), undefined, "read");
    equal(thrown(() => session.publish("x")).code, "CLOSED", "write");
    session.mustTell();
  });

  it("a publish under way when a DISCONNECT is done is not said to be lost to a restart", () => {
    const { session, modem } = online();
    session.publish("x", { QoS: 1 });
    session.mustSend('AT+QMTPUB=0,1,1,0,"t/a",1\\r');
    session.says("\\r\\n>\\r\\nOK\\r\\n");
    session.sent();
    session.disconnect();
    modem.serve();
    const told = session.events.splice(0);
    sameLines([told[0].startsWith("failed 1 ") ? "failed" : told[0], told[1]], ["failed", "close"], "events");
    equal(told[0].includes("MODEM_RESTARTED"), false, `told ${told[0]}`);
  });

  it("DISCONNECT with everything under way that can be", () => {
    const { session } = online();
    for (let i = 0; i < 5; i++) {
      session.publish("x", { QoS: 1 });
      session.says("\\r\\n>\\r\\nOK\\r\\n");
    }
    for (const topic of ["a", "b"]) {
      session.subscribe(topic);
      session.says("\\r\\nOK\\r\\n");
    }
    session.sent();
    session.disconnect();
    session.mustSend("AT+QMTDISC=0\\r");
    session.says("\\r\\nOK\\r\\n\\r\\n+QMTDISC: 0,0\\r\\n");
    session.mustSend("AT+QMTCLOSE=0\\r");
    session.says("\\r\\nOK\\r\\n\\r\\n+QMTCLOSE: 0,0\\r\\n");
    equal(session.events.at(-1), "close", "last event");
  });
});

