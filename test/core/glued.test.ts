import { bc35g, m531x, ml302, nm28, Answering, type Family } from "./support/answering";
import { equal, sameLines } from "./support/check";
import { characters } from "./support/exchange";
import { Life } from "./support/life";
import { Session, type Hooks } from "./support/session";

// A broker that keeps the session, or has retained messages, delivers right behind CONNACK and SUBACK: in one piece, on a device as on a desktop.

/** The command whose answer means that the broker has accepted the connection, and the one that subscribes. */
const CONNECTS = /^AT\+(QMTCONN|MQTTOPEN|MQTTCONN)=/, SUBSCRIBES = /^AT\+(QMT|MQTT)SUB=/;
/** An NM28 opens with a command of the name that connects an M531X. */
const connects = (family: Family): RegExp => (family === nm28 ? /^AT\+MQTTCONN=/ : CONNECTS);

const messages = (family: Family, ...payloads: string[]): string => payloads.map((payload) => `${family.header("t", payload.length)}${payload}\\r\\n`).join("");

/** Has the modem answer such a command with messages behind the answer, all of it in one piece. */
function glue(modem: Answering, family: Family, command: RegExp, text: string): void {
  modem.instead = (given) => {
    if (!command.test(given)) return undefined;
    modem.instead = null;
    return [`${(family.answer(given, modem) as string[]).join("\\r\\n\\r\\n")}\\r\\n${text}`.slice(0, -"\\r\\n".length)];
  };
}

/** A client that has not begun yet, and a modem that will say these messages behind CONNACK. */
function begun(family: Family, text: string, on: Hooks = {}): { session: Session; modem: Answering } {
  const session = new Session({ modem: { io: family.io }, on });
  const modem = new Answering(session, family);
  glue(modem, family, connects(family), text);
  return { session, modem };
}

for (const family of [bc35g, m531x, ml302, nm28]) describe(`${family.name}: messages in one piece with CONNACK or SUBACK`, () => {
  it("come behind CONNACK", () => {
    const { session, modem } = begun(family, messages(family, "one", "two"));
    modem.serve();
    session.mustTell("control 2", "message t one", "message t two");
  });

  it("come to an application that subscribes and publishes at CONNACK", () => {
    const { session, modem } = begun(family, messages(family, "one", "two"), { control: (session, { operation }) => {
      if (operation === 2) session.subscribe("t", 1);
    }, done: (session, id, error) => {
      if (id === 1 && error === null) session.publish("x", { QoS: 1 });
    } });
    modem.serve();
    const { events } = session;
    sameLines(events.filter((event) => event.startsWith("message")), ["message t one", "message t two"], "messages");
    sameLines(events.filter((event) => event.startsWith("done")), ["done 1", "done 2"], "what was asked for");
    equal(events[0], "control 2");
  });

  it("wait for an application that reads later", () => {
    const counts: number[] = [];
    const { session, modem } = begun(family, messages(family, "one", "two"), { readable: (_, count) => void counts.push(count) });
    modem.serve();
    session.mustTell("control 2");
    const read: string[] = [];
    for (let turn = 0; turn < 5 && counts.length > read.length; turn++) {
      read.push(characters([...new Uint8Array(session.client.read(counts[read.length]) as ArrayBuffer)]));
      session.pass(1);
      modem.serve();
    }
    sameLines(read, ["one", "two"], "read");
  });

  it("come behind SUBACK", () => {
    const { session, modem } = begun(family, "");
    modem.instead = null;
    modem.serve();
    session.mustTell("control 2");
    glue(modem, family, SUBSCRIBES, messages(family, "one", "two"));
    session.subscribe("t", 1);
    modem.serve();
    sameLines(session.events.filter((event) => event.startsWith("message")), ["message t one", "message t two"], "messages");
  });

  it("come to a session, before it has subscribed again and after", () => {
    const life = new Life(family, { clean: false });
    glue(life.modem, family, connects(family), messages(family, "one"));
    life.session.subscribe([{ topic: "t", QoS: 1 }]);
    life.serve();
    const heard = (): string[] => life.events.splice(0).filter((event) => event.startsWith("message"));
    sameLines(heard(), ["message t one"], "behind CONNACK");
    glue(life.modem, family, SUBSCRIBES, messages(family, "two"));
    life.session.subscribe([{ topic: "t/2", QoS: 1 }]);
    life.serve();
    sameLines(heard(), ["message t two"], "behind SUBACK");
  });
});
