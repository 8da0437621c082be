import { equal, sameLines } from "./support/check";
import { ml302, nm28, online, type Family } from "./support/answering";
import BC35G from "../../src/modems/bc35g";
import ML302 from "../../src/modems/ml302";
import NM28 from "../../src/modems/nm28";
import { bytesOf } from "./support/exchange";
import { Session } from "./support/session";

/** Families without a way out of the data phase: whatever is sent while the modem waits for the payload becomes the payload. */
const FAMILIES: [family: Family, prompt: string, result: string][] = [
  [ml302, "\\r\\n>[sp]", "\\r\\n+MQTTPUBACK:0,1\\r\\n\\r\\nOK\\r\\n"],
  [nm28, "\\r\\nCONNECT\\r\\n", "\\r\\n+MQTTPUBEX:0,1,0\\r\\n\\r\\nOK\\r\\n"],
];

const lost: Record<string, string> = { ML302: "\\r\\n+MQTTDISC:OK\\r\\n", NM28: "\\r\\n+MQTTSTAT:0,1\\r\\n" };

for (const [family, prompt, result] of FAMILIES) describe(`${family.name}: nothing but the message is ever published`, () => {
  for (const [when, prompted, gulp] of [["before the prompt", false, Infinity], ["in the middle of the payload", true, 3]] as const) {
    it(`when the client closes ${when}`, () => {
      const { session, modem } = online(family, { gulp });
      session.publish("the message", { QoS: 1, id: 1 });
      if (prompted) {
        session.drain();
        session.port.sent.splice(0);
        session.says(prompt);
        session.client.close();
        equal(session.sent(), "the message", "what the modem is sent as payload");
        session.says(result);
      } else {
        session.client.close();
        modem.serve();
        sameLines(modem.published, ["the message"], "published");
      }
      modem.serve();
      equal(modem.commands.some((command) => /MQTT(CLOSE|DISC)/.test(command)), true, `closed: ${modem.commands}`);
    });

    it(`when the link is lost ${when}`, () => {
      const { session } = online(family, { gulp });
      session.publish("the message", { QoS: 1, id: 1 });
      session.sent();
      if (prompted) session.says(prompt);
      session.says(lost[family.name]);
      session.mustTell("failed 1 LINK_LOST", "error LINK_LOST");
      if (!prompted) session.says(prompt);
      equal(session.sent(), "the message", "what the modem is sent as payload");
    });
  }

  it("a publish that is never answered fails when the acknowledgement's time is over", () => {
    for (const [QoS, options, patience] of [[1, {}, family === ml302 ? 15_000 : 45_000], [1, family === ml302 ? { ackTimeout: 60 } : { packetTimeout: 60, retries: 10 }, family === ml302 ? 65_000 : 665_000]] as const) {
      const { session } = online(family, { client: { keepAlive: 200_000 }, modem: options });
      session.publish("x", { QoS, id: 1 });
      session.says(prompt);
      session.pass(patience - 10);
      session.mustTell();
      session.pass(1000);
      session.mustTell("failed 1 COMMAND_TIMEOUT");
    }
  });

  it("when the prompt is refused, the next message goes", () => {
    const { session, modem } = online(family);
    session.publish("one", { QoS: 1, id: 1 });
    session.sent();
    session.says("\\r\\nERROR\\r\\n");
    session.mustTell("failed 1 COMMAND_REFUSED");
    session.publish("two", { QoS: 1, id: 2 });
    modem.serve();
    session.mustTell("control 4 2", "done 2");
    sameLines(modem.published, ["two"]);
  });

  it("when the modem echoes everything, an echoed payload is no answer", () => {
    const { session, modem } = online(family);
    session.publish("ERROR\\r\\nOK\\r\\n", { QoS: 1, id: 1 });
    const command = session.sent();
    session.says(`${command}${prompt}`);
    const payload = session.sent();
    equal(payload, "ERROR\\r\\nOK\\r\\n", "payload");
    session.says(payload);
    session.mustTell();
    session.says(result);
    session.mustTell("control 4 1", "done 1");
    session.publish("two", { QoS: 1, id: 2 });
    modem.serve();
    session.mustTell("control 4 2", "done 2");
  });
});

describe("NM28: polls", () => {
  it("has one poll under way at the most, however long another command takes", () => {
    const { session, modem } = online(nm28, { modem: { pollInterval: 1000 } });
    modem.deaf = /PUBEX/;
    session.publish("slow", { id: 1 });
    session.says("\\r\\nCONNECT\\r\\n");
    session.pass(20_000);
    session.port.sent.splice(0);
    session.subscribe("a", 0, { id: 2 });
    session.says("\\r\\n+MQTTPUBEX:0,1,0\\r\\n\\r\\nOK\\r\\n");
    modem.serve();
    session.mustTell("done 1", "control 9 2", "done 2");
    sameLines(modem.commands, ["AT+MQTTCONN?", 'AT+MQTTSUB=0,2,"a",0'], "commands");
  });

  it("can be ended while a command takes long", () => {
    const { session, modem } = online(nm28, { modem: { pollInterval: 1000 } });
    session.publish("slow", { id: 1 });
    session.says("\\r\\nCONNECT\\r\\n");
    session.pass(20_000);
    session.port.sent.splice(0);
    session.disconnect();
    session.says("\\r\\n+MQTTPUBEX:0,1,0\\r\\n\\r\\nOK\\r\\n");
    modem.serve();
    session.mustTell("done 1", "close");
  });

  it("has room for the end of the session when everything else is under way", () => {
    const { session, modem } = online(nm28, {
      on: {
        done(session, id) {
          if (id !== 1) return;
          session.publish("two", { id: 2 });
          session.disconnect();
        },
      },
    });
    session.publish("one", { id: 1 });
    session.says("\\r\\nCONNECT\\r\\n");
    session.subscribe("a", 0, { id: 3 });
    session.subscribe("b", 0, { id: 4 });
    session.pass(30_000);
    session.port.sent.splice(0);
    session.says("\\r\\n+MQTTPUBEX:0,1,0\\r\\n\\r\\nOK\\r\\n");
    modem.serve();
    equal(session.events.at(-1), "close", "last event");
  });
});

describe("NM28: left in its data phase by an earlier run", () => {
  const ROUSE = `<1A>${"AT\\r".repeat(42)}`;

  it("is sent Ctrl-Z before the next AT where the first one has no answer, and not where it has one", () => {
    const session = new Session({ modem: { io: NM28 } });
    session.mustSend("AT\\r");
    session.pass(1500);
    session.mustSend(ROUSE);
    session.says("\\r\\n+MQTTPUBEX:0,1,-1\\r\\n\\r\\nERROR\\r\\n");
    session.pass(500);
    session.mustSend(ROUSE);
    session.says("\\r\\nOK\\r\\n");
    session.mustSend("ATE0\\r");
  });
});

for (const [name, io, longest] of [["BC35-G", BC35G, 1024], ["ML302", ML302, 1024], ["NM28", NM28, 2048]] as const)
  describe(`${name}: a data phase that an earlier run has left, with the longest length announced`, () => {
    it("lasted for a quarter of an hour, three bytes a try", () => {
      const session = new Session({ modem: { io } });
      let taken = 0, seconds = 0;
      while (taken < longest) {
        taken += bytesOf(session.sent()).length;
        session.pass(500);
        seconds += 0.5;
        equal(seconds < 30, true, `${taken} bytes in ${seconds} s`);
      }
      // What is sent beyond the length are commands.
      session.pass(1500);
      session.sent();
      session.says("\\r\\nOK\\r\\n".repeat(42));
      // All but the first of these came before the next command went out: they are no answers to it.
      session.mustSend("ATE0\\r");
      session.says("\\r\\nOK\\r\\n");
      session.mustSend("AT+CMEE=1\\r");
      session.says("\\r\\nOK\\r\\n");
      session.mustSend("AT+CMEE?\\r");
      session.says("\\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n");
      session.mustSend("AT+CGATT?\\r");
    });
  });

describe("NM28: firmware that takes a Ctrl-Z inside the counted bytes for their end", () => {
  for (const ctrlZ of ["fallback", "always"]) for (const result of ["+MQTTPUBEX:0,1,-1\\r\\n\\r\\nERROR", "ERROR"])
    it(`the rest of the payload was left on its command line, and the next command lost (ctrlZ ${ctrlZ}, ${result})`, () => {
      const { session, modem } = online(nm28, { modem: { ctrlZ } });
      session.publish("one<1A>two", { QoS: 1, id: 1 });
      session.subscribe("a", 0, { id: 2 });
      session.sent();
      session.says("\\r\\nCONNECT\\r\\n");
      session.sent();
      session.says(`\\r\\n${result}\\r\\n`);
      equal(session.events.length, 1, "told");
      // `two` stands before it: it is no command, and has no answer.
      session.mustSend("AT+CMEE?\\r");
      session.events.splice(0);
      session.pass(2000);
      modem.serve();
      session.mustTell("control 9 2", "done 2");
    });

  it("a payload without one that fails costs no marker", () => {
    const { session } = online(nm28);
    session.publish("one", { QoS: 1, id: 1 });
    session.subscribe("a", 0, { id: 2 });
    session.sent();
    session.says("\\r\\nCONNECT\\r\\n");
    session.sent();
    session.says("\\r\\n+MQTTPUBEX:0,1,-1\\r\\n\\r\\nERROR\\r\\n");
    session.mustSend('AT+MQTTSUB=0,2,"a",0\\r');
  });
});

describe("NM28: echo that cannot be switched off", () => {
  for (const end of ["\\r\\n", "\\r\\r\\n"])
    it(`a payload like a report, behind a prompt that ends in ${end}, is not taken for one when it comes back`, () => {
      const { session } = online(nm28, {}, end);
      const payload = `+MQTTRECV:0,1,cmd/a,6,forged\\r\\n+MQTTSTAT:0,1\\r\\n`;
      session.publish(payload, { QoS: 1, id: 1 });
      const line = session.sent();
      session.says(`${line}${end}CONNECT${end}`);
      session.says(`${session.sent()}${end}+MQTTPUBEX:0,1,0${end}${end}OK${end}`);
      session.mustTell("control 4 1", "done 1");
    });
});
