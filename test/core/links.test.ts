import { equal, sameLines, thrown } from "./support/check";
import { Answering, nm28, online } from "./support/answering";
import { bytesOf } from "./support/exchange";
import { Session, type SessionOptions } from "./support/session";

/** One more client on the first one's modem and port. */
function joined(first: Session, link?: number, { client, modem, ...rest }: SessionOptions = {}): Session {
  const session = new Session({ ...rest, client: { id: `dev-${link ?? "x"}`, ...client }, modem: { io: nm28.io, shared: first.client, link, ...modem } });
  session.port = first.port;
  return session;
}

/** Six clients, all connected; their bring-up is forgotten. */
function six(options: (link: number) => SessionOptions = () => ({})): { sessions: Session[]; modem: Answering } {
  const { session, modem } = online(nm28, options(0));
  const sessions = [session];
  for (let link = 1; link < 6; link++) sessions.push(joined(session, link, options(link)));
  modem.serve();
  for (const other of sessions.slice(1)) other.mustTell("control 2");
  modem.commands.splice(0);
  return { sessions, modem };
}

const message = (session: Session, link: number, topic: string, payload: string) =>
  session.says(`\\r\\n+MQTTRECV:${link},1,${topic},${bytesOf(payload).length},${payload}\\r\\n`);

function nothing(sessions: readonly Session[], ...but: number[]): void {
  sessions.forEach((session, link) => { if (!but.includes(link)) sameLines(session.events.splice(0), [], `events of client ${link}`); });
}

describe("NM28: six clients on one modem and one port", () => {
  it("brings the modem up once, and connects each with its own settings", () => {
    const { session: first, modem } = online(nm28);
    const second = joined(first, 3, {
      client: { host: "other.example", port: 8883, protocolVersion: 3, id: "x", user: undefined, password: undefined, keepAlive: 60_000, clean: false, will: { topic: "w", message: "m", QoS: 2, retain: true } },
      modem: { pdpContext: 2, sslContext: 1, packetTimeout: 20, retries: 5 },
    });
    modem.serve();
    second.mustTell("control 2");
    sameLines(modem.commands, [
      "AT+MQTTCLOSE=3", 'AT+MQTTCFG="version",3,3', 'AT+MQTTCFG="pdpcid",3,2', 'AT+MQTTCFG="ssl",3,1,1', 'AT+MQTTCFG="keepalive",3,60',
      'AT+MQTTCFG="session",3,0', 'AT+MQTTCFG="timeout",3,20,5,1', 'AT+MQTTCFG="will",3,1,2,1,"w","m"', 'AT+MQTTCFG="recv/mode",3,0,1',
      'AT+MQTTCFG="cached",3,0', 'AT+MQTTOPEN=3,"other.example",8883', 'AT+MQTTCONN=3,"x","",""',
    ], "commands");
  });

  it("lets clients that come during the bring-up wait for it together", () => {
    const first = new Session({ modem: { io: nm28.io } });
    const others = [5, 2].map((link) => joined(first, link));
    const modem = new Answering(first, nm28);
    modem.serve();
    for (const session of [first, ...others]) session.mustTell("control 2");
    equal(modem.commands.filter((command) => command === "ATE0").length, 1, "bring-ups");
    sameLines([...modem.connected].sort(), ["0", "2", "5"]);
  });

  it("takes the first free number when none is named", () => {
    const { session: first, modem } = online(nm28, { modem: { link: 1 } });
    for (let i = 0; i < 2; i++) joined(first);
    modem.serve();
    sameLines([...modem.connected].sort(), ["0", "1", "2"]);
  });

  it("gives each message and each result to the client that it is for, though ids are the same", () => {
    const { sessions, modem } = six();
    for (const session of sessions) session.subscribe("a/#", 1, { id: 7 });
    modem.serve();
    for (const session of sessions) session.mustTell("control 9 7", "done 7");
    for (const session of sessions) session.publish("p", { QoS: 1, id: 9 });
    modem.serve();
    for (const session of sessions) session.mustTell("control 4 9", "done 9");
    for (let link = 5; link >= 0; link--) {
      message(sessions[0], link, "a/b", `for ${link}`);
      sessions[link].mustTell(`message a/b for ${link}`);
      nothing(sessions);
    }
  });

  it("reads a topic by what the client has subscribed that the message is for, and by no other's", () => {
    const { sessions, modem } = six();
    sessions[1].subscribe("a", 0, { id: 1 });
    sessions[2].subscribe("a,7", 0, { id: 1 });
    modem.serve();
    for (const [link, told] of [[1, "message a 5,hello"], [2, "message a,7 hello"], [3, "message a 5,hello"]] as const) {
      sessions[link].events.splice(0);
      sessions[0].says(`\\r\\n+MQTTRECV:${link},1,a,7,5,hello\\r\\n`);
      sessions[link].mustTell(told);
    }
    nothing(sessions);
  });

  it("sends one command at a time, whoever asks", () => {
    const { sessions } = six();
    for (const [link, session] of sessions.entries()) session.subscribe(`t/${link}`, 0, { id: link + 1 });
    for (let link = 0; link < 6; link++) {
      sessions[0].mustSend(`AT+MQTTSUB=${link},${link + 1},"t/${link}",0\\r`);
      sessions[0].says(`\\r\\n+MQTTSUB:${link},${link + 1},0,0\\r\\n`);
      sessions[0].mustSend("");
      sessions[0].says("\\r\\nOK\\r\\n");
      sessions[link].mustTell(`control 9 ${link + 1}`, `done ${link + 1}`);
    }
  });

  it("keeps a window for each client", () => {
    const { sessions, modem } = six();
    for (const session of sessions) {
      session.publish("one");
      equal(thrown(() => session.publish("two")).code, "BUSY");
    }
    modem.serve();
    for (const session of sessions) session.mustTell("done 1");
    sameLines(modem.published, sessions.map(() => "one"));
  });

  it("says BUSY to a seventh, to a number in use, and refuses a number that does not exist", () => {
    const { sessions } = six();
    equal(thrown(() => joined(sessions[0])).code, "BUSY");
    equal(thrown(() => joined(sessions[0], 4)).code, "BUSY");
    const { session } = online(nm28);
    for (const link of [-1, 6, 1.5]) equal(thrown(() => joined(session, link)).code, "ARGUMENT_RANGE");
    nothing(sessions);
  });
});

describe("NM28: one client's end is not the others'", () => {
  it("closes one, the first one at that, while others go on; the port is released with the last", () => {
    const { sessions, modem } = six();
    for (const [link, session] of sessions.entries()) {
      session.client.close();
      modem.serve();
      equal(modem.commands.pop(), `AT+MQTTCLOSE=${link}`, "sent");
      equal(session.port.closed, link === 5, "port closed");
      if (link === 5) break;
      sessions[5].publish("still", { QoS: 1, id: 100 + link });
      modem.serve();
      sessions[5].mustTell(`control 4 ${100 + link}`, `done ${100 + link}`);
    }
    nothing(sessions);
  });

  it("ends one in good order", () => {
    const { sessions, modem } = six();
    sessions[2].disconnect();
    modem.serve();
    sessions[2].mustTell("close");
    sameLines(modem.commands.splice(0), ["AT+MQTTDISC=2", "AT+MQTTCLOSE=2"]);
    nothing(sessions);
    equal(sessions[0].port.closed, false, "port closed");
  });

  for (const [how, line] of [["+MQTTSTAT", "+MQTTSTAT:4,1"], ["+MQTTCONN", "+MQTTCONN:4,0"], ["+MQTTDISC", "+MQTTDISC:4,0"], ["+MQTTCLOSE", "+MQTTCLOSE: 4,0"]])
    it(`loses one by ${how} while others go on`, () => {
      const { sessions, modem } = six();
      sessions[4].subscribe("lost", 1, { id: 5 });
      sessions[3].publish("kept", { QoS: 1, id: 5 });
      sessions[0].says(`\\r\\n${line}\\r\\n`);
      sessions[4].mustTell("failed 5 LINK_LOST", "error LINK_LOST");
      modem.serve();
      sessions[3].mustTell("control 4 5", "done 5");
      nothing(sessions);
    });

  it("loses one by its poll, and takes the answer of any client's poll for all", () => {
    const { sessions, modem } = six();
    modem.connected.delete("3");
    modem.instead = (command) => (command === "AT+MQTTCONN?" ? ["+MQTTCONN:0,1", "+MQTTCONN:1,1", "+MQTTCONN:2,1", "+MQTTCONN:3,0", "+MQTTCONN:4,1", "+MQTTCONN:5,1", "OK"] : undefined);
    sessions[0].pass(30_000);
    modem.serve();
    sessions[3].mustTell("error LINK_LOST");
    nothing(sessions);
  });

  it("takes a number again that has become free", () => {
    const { sessions, modem } = six();
    sessions[2].client.close();
    modem.serve();
    const next = joined(sessions[0]);
    modem.serve();
    next.mustTell("control 2");
    message(sessions[0], 2, "t", "hello");
    next.mustTell("message t hello");
    nothing(sessions);
  });

  it("drops a message for a client that is gone", () => {
    const { sessions, modem } = six();
    sessions[1].client.close();
    modem.serve();
    message(sessions[0], 1, "t", "too late\\r\\nOK\\r\\n+MQTTDISC:0,0");
    message(sessions[0], 0, "t", "next");
    sessions[0].mustTell("message t next");
    nothing(sessions);
  });

  it("ends all when the modem restarts, and releases the port", () => {
    const { sessions } = six();
    sessions[1].publish("p", { id: 3 });
    sessions[0].says("\\r\\nRDY\\r\\n");
    for (const [link, session] of sessions.entries()) session.mustTell(...(link === 1 ? ["failed 3 MODEM_RESTARTED"] : []), "error MODEM_RESTARTED");
    equal(sessions[0].port.closed, true, "port closed");
  });

  it("ends all when the modem falls silent", () => {
    const { sessions } = six();
    sessions[5].subscribe("a", 0, { id: 1 });
    sessions[0].pass(800_000);
    for (const [link, session] of sessions.entries()) session.mustTell(...(link === 5 ? ["failed 1 COMMAND_TIMEOUT"] : []), "error MODEM_SILENT");
    sessions[0].pass(10_000);
    equal(sessions[0].port.closed, true, "port closed");
  });
});

describe("NM28: what an earlier run's connection of the same number still reported was handed to a new client", () => {
  /** The second client of a modem, joined while the first is online, and what it is told of a message that comes then, and of one later. */
  const received = (message: string): string[] => {
    const { session: first, modem } = online(nm28);
    const second = new Session({ modem: { io: nm28.io, shared: first.client } });
    second.port = first.port;
    modem.instead = (command) => {
      if (command === "AT+MQTTCLOSE=1") first.says(message);
      return undefined;
    };
    modem.serve();
    second.mustTell("control 2");
    first.says("\\r\\n+MQTTRECV:1,2,t,3,own\\r\\n");
    return second.events.splice(0);
  };
  const OLD = "\\r\\n+MQTTRECV:1,1,t,3,old\\r\\n";

  it("it is dropped before the answer of the command that closes the number, and what follows is not", () => {
    sameLines(received(OLD), ["message t own"]);
    sameLines(received(OLD + OLD), ["message t own"]);
  });

  it("one that is longer than the ring as well, with all its parts", () => {
    sameLines(received(`\\r\\n+MQTTRECV:1,1,t,1500,${"o".repeat(1500)}\\r\\n`), ["message t own"]);
  });

  for (const [name, options, before, told] of [
    ["behind that answer it is the client's, though it is not connected yet", {}, /MQTTCONN=1/, "message t old"],
    ["a client with a number of its own has what its own earlier run's connection reports", { link: 1 }, /MQTTCLOSE=1/, "message t old"],
  ] as const)
    it(name, () => {
      const { session: first, modem } = online(nm28);
      const second = new Session({ modem: { io: nm28.io, shared: first.client, ...options } });
      second.port = first.port;
      modem.instead = (command) => {
        if (before.test(command)) first.says(OLD);
        return undefined;
      };
      modem.serve();
      second.mustTell(told, "control 2");
    });
});
