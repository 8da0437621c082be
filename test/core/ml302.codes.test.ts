import { MQTTClient } from "../../src/index";
import { equal, sameLines } from "./support/check";
import { Answering, ml302, online } from "./support/answering";
import { Session } from "./support/session";

/** dialects.md 7.4: what each number means as the final of an opening and of a publish. */
const CODES: [code: number, opening: string | null, publish: string | null][] = [
  [600, "NOT_ATTACHED", "NOT_ATTACHED"], [601, "COMMAND_REFUSED", "COMMAND_REFUSED"], [602, null, "COMMAND_REFUSED"],
  [603, "OPEN_FAILED", "LINK_LOST"], [604, "OPEN_FAILED", "LINK_LOST"], [605, "COMMAND_REFUSED", "COMMAND_REFUSED"],
  [606, "COMMAND_REFUSED", "COMMAND_REFUSED"], [607, "OPEN_FAILED", "COMMAND_REFUSED"], [608, "OPEN_FAILED", "COMMAND_REFUSED"],
  [610, "OPEN_FAILED", "COMMAND_REFUSED"], [611, "OPEN_FAILED", "COMMAND_REFUSED"], [612, "OPEN_FAILED", "COMMAND_REFUSED"],
  [613, "OPEN_FAILED", "LINK_LOST"], [614, "CONNECTION_REFUSED", "CONNECTION_REFUSED"], [616, "ACK_TIMEOUT", "ACK_TIMEOUT"],
  [618, "OPEN_FAILED", "COMMAND_REFUSED"], [620, "COMMAND_REFUSED", "COMMAND_REFUSED"], [621, "COMMAND_REFUSED", "COMMAND_REFUSED"],
];
const UNSOLICITED = [609, 615, 619];

/** A session whose next command is `command`, unanswered. */
function upTo(command: string): { session: Session; modem: Answering } {
  const session = new Session({ modem: { io: ml302.io } });
  const modem = new Answering(session, ml302);
  modem.deaf = new RegExp(`^${command}`);
  modem.serve();
  equal(modem.deaf.test(modem.commands.at(-1)!), true, "last command");
  modem.deaf = null;
  return { session, modem };
}

describe("ML302: what its numbers mean", () => {
  for (const [code, opening, publish] of CODES) {
    it(`${code} as the final of an opening: ${opening ?? "done"}`, () => {
      const { session } = upTo("AT\\+MQTTOPEN");
      session.says(`\\r\\n+CME ERROR: ${code}\\r\\n`);
      session.mustTell(opening === null ? "control 2" : `error ${opening} ${code}`);
    });
    it(`${code} as the final of a publish: ${publish}`, () => {
      const { session, modem } = online(ml302);
      // It shows its packet ids, so that no late acknowledgement can be taken for the next one's.
      session.subscribe("s", 0, { id: 9 });
      modem.serve();
      session.mustTell("control 9 9", "done 9");
      session.publish("x", { QoS: 1, id: 1 });
      if (code === 616) modem.id++; // it was sent
      session.sent();
      session.says("\\r\\n>[sp]");
      session.sent();
      session.says(`\\r\\n+CME ERROR: ${code}\\r\\n`);
      session.mustTell(`failed 1 ${publish} ${code}`);
      session.publish("y", { QoS: 1, id: 2 });
      modem.serve();
      session.mustTell("control 4 2", "done 2");
    });
  }

  it("606: the topic is subscribed already, so the subscription is there", () => {
    const { session, modem } = online(ml302);
    modem.instead = (command) => (command.startsWith("AT+MQTTSUB") ? ["+CME ERROR: 606"] : undefined);
    session.subscribe("a", 1, { id: 1 });
    modem.serve();
    session.mustTell("control 9 1", "done 1");
  });

  for (const listed of [true, false])
    it(`ERROR in place of 606, by a modem without numbers: a topic in its list was refused for ever${listed ? "" : "; one that the broker refuses is refused"}`, () => {
      const session = new Session({ modem: { io: ml302.io } }), modem = new Answering(session, ml302);
      let there = listed;
      modem.instead = (command) => {
        if (command.startsWith("AT+CMEE")) return ["ERROR"];
        if (command === "AT+CFUN?") return ["+CFUN: 1", "OK"];
        if (command.startsWith("AT+MQTTUNSUB")) {
          there = false;
          return listed ? undefined : ["ERROR"];
        }
        return command.startsWith("AT+MQTTSUB=") && (there || !listed) ? ["ERROR"] : undefined;
      };
      for (let i = 0; i < 10 && !session.events.includes("control 2"); i++) {
        modem.serve();
        session.pass(3000);
      }
      session.mustTell("control 2");
      session.subscribe("a", 1, { id: 1 });
      modem.serve();
      sameLines(modem.commands.filter((command) => /SUB=/.test(command)), ['AT+MQTTSUB="a",1', 'AT+MQTTUNSUB="a"', 'AT+MQTTSUB="a",1']);
      if (listed) session.mustTell("control 9 1", "done 1");
      else session.mustTell("failed 1 COMMAND_REFUSED");
    });

  for (const how of ["\\r\\n+CME ERROR: 618\\r\\n", "\\r\\nOK\\r\\n\\r\\n+CME ERROR: 618\\r\\n"])
    it(`618 behind an unsubscription, which the broker had done: 606 was taken for a subscription that there was no more: ${how}`, () => {
      const { session, modem } = online(ml302);
      session.subscribe("a", 1, { id: 1 });
      modem.serve();
      session.mustTell("control 9 1", "done 1");
      session.client.write(null, { operation: MQTTClient.UNSUBSCRIBE, id: 2, items: [{ topic: "a" }] });
      session.sent();
      session.says(how);
      session.mustTell("failed 2 COMMAND_REFUSED 618", "error LINK_LOST 618");
      modem.serve();
      equal(session.port.closed, true, "port closed");
    });

  it("620: disconnected already, so it is disconnected", () => {
    const { session, modem } = online(ml302);
    modem.instead = (command) => (command === "AT+MQTTDISC" ? ["+CME ERROR: 620"] : undefined);
    session.disconnect();
    modem.serve();
    session.mustTell("close");
  });

  it("605 or OK behind a refused subscription: the SUBACK tells of the refusal", () => {
    for (const final of ["OK", "+CME ERROR: 605"]) {
      const payloads: unknown[] = [];
      const { session, modem } = online(ml302, { on: { control: (_, control) => payloads.push(control.payload) } });
      modem.instead = (command) => (command.startsWith("AT+MQTTSUB") ? ["+MQTTSUBACK: 7,128,a", final] : undefined);
      session.subscribe("a", 1, { id: 1 });
      modem.serve();
      session.mustTell("control 9 1", "done 1");
      sameLines((payloads.at(-1) as number[]).map(String), ["128"]);
    }
  });

  for (const [final, code] of [["+CME ERROR: 616", " 616"], ["OK", ""], ["ERROR", ""]])
    it(`+MQTTTO: 2, then ${final}: not acknowledged in time`, () => {
      const { session } = online(ml302);
      session.publish("x", { QoS: 1, id: 1 });
      session.says("\\r\\n>[sp]");
      session.says(`\\r\\n+MQTTTO: 2\\r\\n\\r\\n${final}\\r\\n`);
      session.mustTell(`failed 1 ACK_TIMEOUT${code}`);
    });

  it("617 as a final is the loss of the connection as well", () => {
    const { session } = online(ml302);
    session.subscribe("a", 1, { id: 1 });
    session.says("\\r\\n+CME ERROR: 617\\r\\n");
    session.mustTell("failed 1 LINK_LOST 617", "error LINK_LOST 617");
  });

  it("617 by itself is the loss of the connection", () => {
    const { session } = online(ml302);
    session.says("\\r\\n+CME ERROR: 617\\r\\n");
    session.mustTell("error LINK_LOST 617");
  });

  it("617 by itself, where the modem reconnects, is not the end", () => {
    const { session, modem } = online(ml302, { modem: { modemReconnects: true } });
    session.says("\\r\\n+CME ERROR: 617\\r\\n\\r\\n+MQTTREC:0\\r\\n\\r\\n+MQTTOPEN:OK\\r\\n");
    session.mustTell();
    session.publish("x", { QoS: 1, id: 1 });
    modem.serve();
    session.mustTell("control 4 1", "done 1");
  });
});

describe("ML302: errors that come by themselves end no command", () => {
  for (const code of UNSOLICITED) {
    // 615 ends an opening, and a session.
    for (const command of ["AT", "ATE0", "AT+CMEE=1", "AT+CMEE?", "AT+CGATT?", "AT+MQTTDISC", "AT+MQTTDEL", "AT+MQTTCFG", "AT+MQTTTO", "AT+MQTTREC", "AT+MQTTOPEN"]) {
      if (code === 615 && command === "AT+MQTTOPEN") continue;
      it(`${code} while ${command} waits`, () => {
        const { session, modem } = upTo(`${command.replace(/[+?]/g, "\\$&")}${command.includes("=") || command.includes("?") ? "" : "(=|$)"}`);
        session.says(`\\r\\n+CME ERROR: ${code}\\r\\n`);
        session.mustTell();
        modem.instead = () => undefined;
        const reply = command === "AT+CMEE?" ? "+CMEE: 1" : command === "AT+CGATT?" ? "+CGATT: 1" : command === "AT+MQTTOPEN" ? "+MQTTOPEN:OK" : command === "AT+MQTTDISC" ? "+MQTTDISC: OK" : null;
        if (reply !== null) session.says(`\\r\\n${reply}\\r\\n`);
        session.says("\\r\\nOK\\r\\n");
        modem.serve();
        session.mustTell("control 2");
      });
    }
    if (code === 615) continue;
    it(`${code} at every place of a subscription, a publish and an unsubscription`, () => {
      const { session } = online(ml302);
      const error = `\\r\\n+CME ERROR: ${code}\\r\\n`;
      session.subscribe("a", 1, { id: 1 });
      for (const line of ["", "+MQTTSUBACK:1,1,a", "OK"]) session.says(`${line === "" ? "" : `\\r\\n${line}\\r\\n`}${error}`);
      session.mustTell("control 9 1", "done 1");
      session.publish("x", { QoS: 2, id: 2 });
      session.says(error);
      for (const line of ["\\r\\n>[sp]", "\\r\\n+MQTTPUBREC:0,2\\r\\n", "\\r\\n+MQTTPUBCOMP:0,2\\r\\n", "\\r\\nOK\\r\\n"]) session.says(`${line}${error}`);
      session.mustTell("control 5 2", "control 7 2", "done 2");
      session.client.write(null, { operation: 10, items: [{ topic: "a" }], id: 3 });
      for (const line of ["", "+MQTTUNSUBACK:3,a", "OK"]) session.says(`${line === "" ? "" : `\\r\\n${line}\\r\\n`}${error}`);
      session.mustTell("control 11 3", "done 3");
    });
  }

  it("615 ends an opening", () => {
    const { session, modem } = upTo("AT\\+MQTTOPEN");
    session.says("\\r\\n+CME ERROR: 615\\r\\n");
    session.pass(1000);
    session.mustTell("error OPEN_FAILED");
    modem.serve();
  });

  it("615 ends a session whose connection the modem could not have back", () => {
    const { session } = online(ml302, { modem: { modemReconnects: true } });
    session.says("\\r\\n+MQTTREC:0\\r\\n\\r\\n+MQTTREC:1\\r\\n\\r\\n+MQTTREC:2\\r\\n\\r\\n+CME ERROR: 615\\r\\n\\r\\n+MQTTDISC:OK\\r\\n");
    session.mustTell("error LINK_LOST 615");
  });

  it("615 does not spoil an end in good order", () => {
    const { session, modem } = online(ml302);
    session.disconnect();
    session.says("\\r\\n+CME ERROR: 615\\r\\n");
    modem.serve();
    session.mustTell("close");
  });
});

describe("ML302: one prefix, several meanings", () => {
  it("a late answer to AT+MQTTREC? is no lost connection", () => {
    const { session, modem } = online(ml302);
    let answer = "";
    session.client.inquire("AT+MQTTREC?", (error) => { answer = error?.code ?? "answered"; });
    session.sent();
    session.pass(2000);
    equal(answer, "COMMAND_TIMEOUT");
    session.says("\\r\\n+MQTTREC: 1,0\\r\\n\\r\\nOK\\r\\n");
    modem.serve();
    session.publish("x", { QoS: 1, id: 1 });
    modem.serve();
    session.mustTell("control 4 1", "done 1");
  });

  it("topics that begin like a command are listed", () => {
    const { session, modem } = online(ml302);
    let lines: readonly string[] = [];
    session.client.inquire("AT+MQTTSUB?", (_, answer) => { lines = answer; });
    modem.instead = (command) => (command === "AT+MQTTSUB?" ? ["+MQTTSUB:", "attic/1", "AT/2", "+/status", "at", "#", "OK"] : undefined);
    modem.serve();
    sameLines(lines, ["+MQTTSUB:", "attic/1", "AT/2", "+/status", "at", "#"]);
  });

  it("an inline message whose quotes make it too long for the line goes counted", () => {
    const { session, modem } = online(ml302, { modem: { publishing: "inline" } });
    for (const payload of ['"'.repeat(1024), `${'"'.repeat(513)}${"x".repeat(511)}`, '"'.repeat(512)]) {
      session.client.write(new Uint8Array([...payload].map((char) => char.charCodeAt(0))), { topic: "t".repeat(512) });
      modem.serve();
      equal(session.events.pop()?.startsWith("done"), true, "done");
      equal(modem.published.pop(), payload, "published");
    }
  });
});
