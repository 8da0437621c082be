import { equal, sameLines, thrown } from "./support/check";
import { Obedient, online, Session, stillWorks, type Hooks } from "./support/session";

function readAll(session: Session, count: number): void {
  if (count > 0) session.client.read(new Uint8Array(count));
}

describe("callbacks that act", () => {
  it("onReadable publishes and subscribes in the middle of a message's chunk", () => {
    const { session, modem } = online({ on: { readable: (self, count) => {
      readAll(self, count);
      self.publish("reply", { QoS: 1 });
      self.subscribe("more");
    } } });
    session.says('\\r\\n+QMTRECV: 0,0,"t",hi\\r\\n\\r\\n+CSQ: 1,99\\r\\n');
    modem.serve();
    session.mustTell("control 4 1", "done 1", "control 9 2", "done 2");
    sameLines(modem.published, ["reply"]);
  });

  it("onReadable publishes while another publish waits for its prompt", () => {
    const { session, modem } = online({ on: { readable: (self, count) => {
      readAll(self, count);
      self.publish("second", { QoS: 1 });
    } } });
    session.publish("first", { QoS: 1 });
    session.message("hi");
    session.pass(200);
    modem.serve();
    session.mustTell("control 4 1", "done 1", "control 4 2", "done 2");
    sameLines(modem.published, ["first", "second"]);
  });

  it("onDone and onControl publish again, a hundred times", () => {
    let left = 100;
    const again = (self: Session) => { if (left-- > 0) self.publish(String(left), { QoS: 1 }); };
    const { session, modem } = online({ on: { done: again } });
    again(session);
    for (let i = 0; i < 10; i++) modem.serve();
    equal(modem.published.length, 100, "published");
    equal(session.events.filter((event) => event.startsWith("done")).length, 100, "done");
    left = 10;
    const other = new Session({ on: { control: again } });
    new Obedient(other).serve();
    equal(other.events.filter((event) => event.startsWith("done")).length, 10, "done");
  });

  it("onWritable fills the window again and again", () => {
    let left = 200;
    const session = new Session({ on: { writable: (self) => {
      try {
        while (left > 0) {
          self.publish("0123456789", { QoS: 0 });
          left--;
        }
      } catch (error: any) {
        equal(error.code, "BUSY", "error");
      }
    } } });
    const modem = new Obedient(session);
    for (let i = 0; i < 20; i++) modem.serve();
    equal(modem.published.length, 200, "published");
    stillWorks(session, modem);
  });

  for (const name of ["readable", "control", "done", "writable"] as (keyof Hooks)[])
    it(`${name}: disconnects`, () => {
      let count = 0;
      const session = new Session({ on: { [name]: (self: Session, bytes: number) => {
        if (name === "readable") readAll(self, bytes);
        // The first call of onControl and onWritable is about the connection.
        if (++count === (name === "control" || name === "writable" ? 2 : 1)) self.disconnect();
      } } });
      const modem = new Obedient(session);
      modem.serve();
      session.subscribe("a");
      session.message("x");
      modem.serve();
      equal(session.events.at(-1), "close", "last event");
      equal(session.port.closed, true, "closed");
    });

  it("onError and onClose call everything that there is", () => {
    const tries = (self: Session) => {
      equal(thrown(() => self.publish("x")).code === "NOT_CONNECTED", true, "publish");
      equal(thrown(() => self.disconnect()).code === "NOT_CONNECTED", true, "disconnect");
      equal(self.client.read(), undefined, "read");
      self.client.close();
    };
    for (const end of ["\\r\\n+QMTSTAT: 0,1\\r\\n", "\\r\\nREBOOT_CAUSE_X\\r\\n", null]) {
      const { session, modem } = online({ on: { error: tries, close: tries } });
      if (end === null) session.disconnect();
      else session.says(end);
      modem.serve();
      equal(session.events.length, 1, "events");
      session.pass(10_000);
      equal(session.port.closed, true, "closed");
    }
  });

  it("onDone of a lost publish closes: the others are not told of any more", () => {
    const { session } = online({ on: { done: (self) => self.client.close() } });
    for (let i = 0; i < 5; i++) session.publish("x", { QoS: 1 });
    session.says("\\r\\n+QMTSTAT: 0,1\\r\\n");
    session.mustTell("failed 1 LINK_LOST 1");
    session.pass(20_000);
    equal(session.port.closed, true, "closed");
    session.mustTell();
  });
});

/** Each callback throws once, at a line that has others behind it in the same chunk. */
const CHUNKS: { name: keyof Hooks; before?(session: Session): void; chunk: string; told: string[] }[] = [
  { name: "readable", chunk: '\\r\\n+QMTRECV: 0,0,"t",a\\r\\n\\r\\nOK\\r\\n\\r\\n+QMTSUB: 0,1,0,0\\r\\n', told: ["control 9 1", "done 1"] },
  { name: "control", chunk: "\\r\\nOK\\r\\n\\r\\n+QMTSUB: 0,1,0,0\\r\\n", told: ["control 9 1", "done 1"] },
  { name: "done", chunk: "\\r\\nOK\\r\\n\\r\\n+QMTSUB: 0,1,0,0\\r\\n", told: ["control 9 1", "done 1"] },
  { name: "writable", chunk: "\\r\\nOK\\r\\n\\r\\n+QMTSUB: 0,1,0,0\\r\\n", told: ["control 9 1", "done 1"] },
  { name: "overflow", chunk: `${"x".repeat(3000)}\\r\\n\\r\\nOK\\r\\n\\r\\n+QMTSUB: 0,1,0,0\\r\\n`, told: ["overflow", "control 9 1", "done 1"] },
];

describe("callbacks that throw", () => {
  for (const { name, chunk, told } of CHUNKS)
    it(`${name}: nothing behind it is lost, and the channel stays usable`, () => {
      let armed = 0;
      const { session, modem } = online({ on: { [name]: (self: Session, count: number) => {
        if (name === "readable") {
          const bytes = new Uint8Array(count);
          self.client.read(bytes);
          if (armed === 0) self.events.push(`message t ${String.fromCharCode(...bytes)}`);
        }
        if (armed === 0) return;
        armed--;
        throw new Error("application");
      } } });
      for (let i = 0; i < 10; i++) {
        session.subscribe("a", 0, { id: 1 });
        session.sent();
        armed = 1;
        equal(thrown(() => session.says(chunk)).message, "application", "thrown");
        session.pass(1);
        sameLines(session.events.splice(0), told, "events");
        stillWorks(session, modem, `after throw ${i + 1}`);
      }
    });

  it("onReadable, before it has read: the message stays, to be read later", () => {
    let armed = true;
    const { session } = online({ on: { readable: () => {
      if (!armed) return;
      armed = false;
      throw new Error("application");
    } } });
    session.subscribe("a");
    session.sent();
    equal(thrown(() => session.says('\\r\\n+QMTRECV: 0,0,"t",abc\\r\\n\\r\\nOK\\r\\n\\r\\n+QMTSUB: 0,1,0,0\\r\\n')).message, "application", "thrown");
    equal(session.client.read()!.byteLength, 3, "bytes");
    session.pass(1);
    session.mustTell("control 9 1", "done 1");
  });

  it("onDone, called from the timer: every other timeout still comes", () => {
    let armed = true;
    const { session, modem } = online({ on: { done: () => {
      if (!armed) return;
      armed = false;
      throw new Error("application");
    } } });
    for (const topic of ["a", "b"]) {
      session.subscribe(topic);
      session.says("\\r\\nOK\\r\\n");
    }
    session.sent();
    equal(thrown(() => session.pass(45_000)).message, "application", "thrown");
    session.pass(1_000);
    session.mustTell("failed 1 COMMAND_TIMEOUT", "failed 2 COMMAND_TIMEOUT");
    stillWorks(session, modem);
  });

  it("onError: the port is closed all the same", () => {
    const { session, modem } = online({ on: { error: () => { throw new Error("application"); } } });
    equal(thrown(() => session.says("\\r\\n+QMTSTAT: 0,1\\r\\n")).message, "application", "thrown");
    session.pass(1);
    modem.serve();
    session.pass(10_000);
    equal(session.port.closed, true, "closed");
  });

  for (const name of ["readable", "control", "done", "writable", "overflow"] as (keyof Hooks)[])
    it(`${name}, after it has closed: nothing of what was closed is used any more`, () => {
      let armed = false;
      const { session, modem } = online({ on: { [name]: (self: Session) => {
        if (!armed) return;
        self.client.close();
        throw new Error("application");
      } } });
      session.subscribe("a");
      armed = true;
      const { chunk } = CHUNKS.find((each) => each.name === name)!;
      equal(thrown(() => session.says(chunk)).message, "application", "thrown");
      modem.serve();
      session.pass(10_000);
      equal(session.port.closed, true, "closed");
    });

  it("onStage, after it has closed while the modem is brought up", () => {
    for (const stage of ["preparing", "attaching", "connecting"]) {
      const session = new Session({ on: { stage: (self, name) => {
        if (name !== stage) return;
        self.client.close();
        throw new Error("application");
      } } });
      const modem = new Obedient(session);
      equal(thrown(() => modem.serve()).message, "application", "thrown");
      modem.serve();
      session.pass(10_000);
      equal(session.port.closed, true, "closed");
      session.mustTell();
    }
  });

  for (const stage of ["preparing", "attaching", "connecting", "online"])
    it(`onStage at "${stage}": the modem is brought up all the same`, () => {
      let told = 0;
      const session = new Session({ on: { stage: (_, name) => {
        if (name !== stage) return;
        told++;
        throw new Error("application");
      } } });
      const modem = new Obedient(session);
      equal(thrown(() => modem.serve()).message, "application", "thrown");
      modem.serve();
      session.mustTell("control 2");
      equal(told, 1, "told");
      stillWorks(session, modem);
    });

  it("the answer of an inquiry: what waited behind it goes out", () => {
    const { session, modem } = online();
    session.client.inquire("AT+QMTCONN?", () => { throw new Error("application"); });
    session.publish("x", { QoS: 1, id: 1 });
    equal(thrown(() => modem.serve()).message, "application", "thrown");
    modem.serve();
    session.mustTell("control 4 1", "done 1");
  });

  it("onDone of each of those that were lost, and onError: the host is given the first exception, and nobody is left untold", () => {
    let number = 0;
    const fail = () => { throw new Error(`${++number}`); };
    const { session } = online({ on: { done: fail, error: fail } });
    for (let i = 0; i < 5; i++) session.publish("x", { QoS: 1 });
    equal(thrown(() => session.says("\\r\\n+QMTSTAT: 0,1\\r\\n")).message, "1", "thrown");
    session.mustTell(...[1, 2, 3, 4, 5].map((id) => `failed ${id} LINK_LOST 1`), "error LINK_LOST 1");
  });
});
