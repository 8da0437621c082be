import { ml302, nm28, online as counted, type Family } from "./support/answering";
import { equal } from "./support/check";
import { online as bc35g, type Session } from "./support/session";
import { isSafeInCommandMode } from "../../src/at/chat/safe";
import { bytesOf } from "./support/exchange";

/** A publish at QoS 1 with id 1, whose prompt has not come. */
interface Counted {
  readonly name: string;
  readonly prompt: string;
  /** What is answered to the payload. */
  readonly result: string;
  /** Bytes that are sent when it is silent for a moment after a payload. */
  readonly nudge: string;
  /** What leaves a data phase, as far as anybody knows. */
  readonly cancel: string;
  /** Milliseconds until what has no answer fails, at the most. */
  readonly patience: number;
  online(options?: object): { session: Session; serve(): void };
}

const of = (family: Family) => (options = {}) => {
  const { session, modem } = counted(family, options);
  return { session, serve: () => modem.serve() };
};

const FAMILIES: readonly Counted[] = [
  {
    name: "BC35-G", prompt: "\\r\\n>[sp]", result: "\\r\\nOK\\r\\n\\r\\n+QMTPUB: 0,1,0\\r\\n", nudge: "", cancel: "<1B>", patience: 2_100,
    online: (options = {}) => {
      const { session, modem } = bc35g(options);
      return { session, serve: () => modem.serve() };
    },
  },
  { name: "ML302", prompt: "\\r\\n>[sp]", result: "\\r\\n+MQTTPUBACK:0,1\\r\\n\\r\\nOK\\r\\n", nudge: "", cancel: "", patience: 15_000, online: of(ml302) },
  { name: "NM28", prompt: "\\r\\nCONNECT\\r\\n", result: "\\r\\n+MQTTPUBEX:0,1,0\\r\\n\\r\\nOK\\r\\n", nudge: "<1A>", cancel: "", patience: 45_000, online: of(nm28) },
];

const MARKER = "AT+CMEE?\\r";
const IN_STEP = "\\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n";

/** No command, wherever a modem looks for one. */
const HARMLESS = ['{"t":21.5}', "21.5", "x", "status", "late at night", "one\\r\\ntwo\\r\\n", "A", "é中", "<00><01><02>", ">", "OK", "\\r\\n+CME ERROR: 3\\r\\n", "tap/at", "x<1A>", "x<1A><1A>", "on", "$GPGGA,1=2", "t: 21+", "one\\ntwo=2"];
const COMMANDS = [
  "AT", "at+cfun=0", "AT+CFUN=0\\r", "A/", "a/", "[sp]AT", "<00>AT", "<C3>AT", "one\\rAT", "one\\nat", "one\\r\\n[sp]AT", "A\\nT", "A<00>T", "xAT+CFUN=0", "AxT<08><08>T", "x<7F>AT", "+++", "x+++y",
  "1;+CFUN=0", "a<1A>b", "a<1B>b",
  // Behind what may be left of a command that lost its end: AT, AT+, A.
  "+CFUN=0", "CFUN=0", "cgatt[sp]=0", "CFUN?", "E0+CFUN=0", "*X=1", "&F", "/",
];

describe("a payload that nobody has asked for is sent only if it is no command", () => {
  for (const [payloads, harmless] of [[HARMLESS, true], [COMMANDS, false]] as const)
    for (const payload of payloads)
      it(`${payload}: ${harmless ? "none" : "perhaps"}`, () => {
        // Where it stands in the buffer changes nothing.
        const bytes = bytesOf(payload);
        equal(isSafeInCommandMode(new Uint8Array([0x41, ...bytes, 0x54]), 1, bytes.length), harmless);
      });
});

/** What a modem says to a message that it reads as lines, the last of which has not ended. */
const ECHOES: readonly (readonly [how: string, echoed: (lines: readonly string[]) => string])[] = [
  ["all at once", (lines) => lines.join("\\r\\n")],
  ["without line feeds", (lines) => lines.join("\\r")],
  ["all at once, then an ERROR for each line", (lines) => lines.join("\\r\\n") + "\\r\\nERROR\\r\\n".repeat(lines.length - 1)],
  ["each line before its ERROR", (lines) => lines.join("\\r\\r\\nERROR\\r\\n")],
  ["each line with its line feed before its ERROR", (lines) => lines.join("\\r\\n\\r\\nERROR\\r\\n")],
];

for (const { name, prompt, result, nudge, cancel, patience, online } of FAMILIES) describe(`${name}: the prompt does not come`, () => {
  /** A publish that has waited for its prompt in vain. */
  const waited = (payload: string, options?: object): ReturnType<Counted["online"]> => {
    const bench = online(options);
    bench.session.publish(payload, { QoS: 1, id: 1 });
    bench.session.sent();
    bench.session.pass(5000);
    return bench;
  };
  const subscribes = ({ session, serve }: ReturnType<Counted["online"]>): void => {
    session.subscribe("a", 0, { id: 2 });
    serve();
    session.mustTell("control 9 2", "done 2");
  };
  /** Until all that can be waited for has been. */
  const fails = (session: Session, code = "COMMAND_TIMEOUT"): void => {
    session.pass(patience + 300);
    session.mustTell(`failed 1 ${code}`);
  };

  it("it was lost, and the modem waits for the message: that is published as it was meant", () => {
    const bench = waited('{"t":21.5}');
    bench.session.mustSend('{"t":21.5}');
    bench.session.says(result);
    bench.session.mustTell("control 4 1", "done 1");
    bench.session.mustSend("");
    subscribes(bench);
  });

  it("the command was lost: the message is a line that is ended before anything else is sent", () => {
    const bench = waited("message");
    bench.session.mustSend("message");
    fails(bench.session);
    bench.session.mustSend(`${nudge}\\r${MARKER}`);
    bench.session.says(`\\r\\nERROR\\r\\n${IN_STEP}`);
    subscribes(bench);
  });

  it("the command was lost, and a modem that answers nothing to such a line misses the marker too: the next one is on a line of its own", () => {
    const bench = waited("message");
    fails(bench.session);
    bench.session.sent();
    bench.session.pass(2000);
    bench.session.mustSend(`\\r${MARKER}`);
    bench.session.says(IN_STEP);
    subscribes(bench);
  });

  it("the command was lost, and the message has several lines: each one's ERROR is told from the next command's", () => {
    const bench = waited("one\\r\\ntwo\\r\\nthree");
    bench.session.mustSend("one\\r\\ntwo\\r\\nthree");
    bench.session.says("\\r\\nERROR\\r\\n");
    bench.session.mustTell("failed 1 COMMAND_REFUSED");
    bench.session.mustSend(`\\r${MARKER}`);
    bench.session.says("\\r\\nERROR\\r\\n\\r\\nERROR\\r\\n");
    bench.session.mustTell();
    bench.session.says(IN_STEP);
    subscribes(bench);
  });

  it("the command was refused late: the message behind it is not the beginning of the next command", () => {
    const bench = waited("message");
    bench.session.sent();
    bench.session.says("\\r\\n+CME ERROR: 3\\r\\n");
    bench.session.mustTell("failed 1 COMMAND_REFUSED 3");
    bench.session.mustSend(`\\r${MARKER}`);
    bench.session.says(IN_STEP);
    subscribes(bench);
  });

  it("it comes while the message is being sent, or after it: the message is sent once", () => {
    for (const gulp of [3, Infinity]) {
      const bench = waited("message", { gulp });
      const { session } = bench;
      const before = session.port.sent.length;
      session.says(prompt);
      equal(before, gulp === 3 ? 3 : 7, "sent before the prompt");
      session.mustSend("message");
      session.says(result);
      session.mustTell("control 4 1", "done 1");
      session.mustSend("");
      subscribes(bench);
    }
  });

  if (name === "NM28") it("a line that began with > was taken for it: a message that may be a command was sent where the modem had not asked for one", () => {
    const { session } = online();
    session.publish("AT+CFUN=0", { QoS: 1, id: 1 });
    session.sent();
    session.says("\\r\\n>[sp]\\r\\n");
    session.mustSend("");
    session.says(prompt);
    session.mustSend("AT+CFUN=0");
    session.says(result);
    session.mustTell("control 4 1", "done 1");
  });

  it("the modem restarts meanwhile: the message fails, and no more of it is sent", () => {
    const { session } = waited("message", { gulp: 3 });
    const banner = name === "NM28" ? "RDY" : name === "ML302" ? "+MATREADY" : "Neul \\r\\nOK";
    session.says(`\\r\\n${banner}\\r\\n`);
    session.pass(patience + 1000);
    equal(session.events.includes("done 1"), false, "done");
    equal(session.events.some((event) => event.startsWith("failed 1 ")), true, `told: ${session.events}`);
    equal(session.sent().includes("message"), false, "the whole message");
  });

  it("the client is closed meanwhile: the modem is given what it waits for", () => {
    const { session } = online();
    session.publish("message", { QoS: 1, id: 1 });
    session.sent();
    session.pass(1000);
    session.client.close();
    session.pass(3999);
    session.mustSend("");
    session.pass(1);
    equal(session.sent(), "message", "sent");
  });

  it("OK came in place of the prompt, and no other: the next command was glued to the message, which may be a line", () => {
    const bench = online();
    const { session } = bench;
    session.publish("message", { QoS: 1, id: 1 });
    session.subscribe("a", 0, { id: 2 });
    session.sent();
    session.says("\\r\\nOK\\r\\n");
    session.pass(5000);
    session.mustSend("message");
    session.pass(nudge === "" ? 1000 : patience + 1000);
    session.mustSend(`${nudge}\\r${MARKER}`);
    session.says(IN_STEP);
    bench.serve();
    session.mustTell("control 9 2", "done 2");
    session.says(result.replace("\\r\\nOK\\r\\n", ""));
    session.mustTell("control 4 1", "done 1");
  });

  for (const [how, echoed] of ECHOES)
    it(`the modem has restarted and echoes again, ${how}: the message is taken for reports`, () => {
      const lines = ["x", "+QMTRECV: 0,0,\"cmd/a\",forged", "+MQTTPUBLISH:0,0,0,1,cmd/a,6,forged", "+MQTTRECV:0,1,cmd/a,6,forged", "OK", "+QMTPUB: 0,1,0", "+MQTTPUBACK:0,1", "+MQTTPUBEX:0,1,0", "OK", "end"];
      const { session } = waited(lines.join("\\r\\n"));
      session.mustSend(lines.join("\\r\\n"));
      session.says(echoed(lines));
      session.pass(1000);
      if (session.events.length === 0) session.pass(patience);
      const told = session.events.splice(0);
      equal(["failed 1 COMMAND_TIMEOUT", "failed 1 COMMAND_REFUSED"].includes(told.join()), true, `told: ${told}`);
      equal(session.sent().endsWith(`\\r${MARKER}`), true, "the line is ended");
    });

  it("a line that was given up half-way later was ended by a carriage return, and half of a command done", () => {
    const bench = waited("message");
    const { session } = bench;
    session.says(result);
    session.sent();
    session.port.gulp = 4;
    session.publish("more", { QoS: 1, id: 3 });
    session.port.gulp = 0;
    session.pass(5000);
    session.mustTell("control 4 1", "done 1", "failed 3 COMMAND_TIMEOUT");
    session.port.gulp = Infinity;
    session.port.receiver.onWritable();
    equal(session.sent(), `AT+${name === "BC35-G" ? "Q" : "M"}${MARKER}`, "sent");
  });

  for (const payload of ["AT", "AT+CFUN=0\\r", "one\\rAT+CFUN=0\\r"]) describe(`${payload} may be a command`, () => {
    /** As long as the message, and nobody's. */
    const filler = (cancel + "~".repeat(bytesOf(payload).length)).slice(0, (cancel.length === 0 ? 0 : cancel.length - 1) + bytesOf(payload).length);

    it("commands were sent that filled it, and subscribers got them: in its place goes what nobody takes for a message", () => {
      const bench = waited(payload);
      bench.session.mustTell("failed 1 COMMAND_TIMEOUT");
      bench.session.mustSend(filler);
      bench.session.says(result);
      bench.session.mustTell();
      subscribes(bench);
    });

    it("its command was lost: what is sent in its place is a line that is ended before anything else is sent", () => {
      const bench = waited(payload);
      bench.session.mustTell("failed 1 COMMAND_TIMEOUT");
      bench.session.mustSend(filler);
      bench.session.pass(patience + 300);
      bench.session.mustSend(`${nudge}\\r${MARKER}`);
      // An ML302's acknowledgement, which does not say whose it is, may still come.
      if (name === "ML302") return bench.session.mustTell("error LINK_LOST");
      bench.session.says(`\\r\\nERROR\\r\\n${IN_STEP}`);
      subscribes(bench);
    });

    it("its command was refused late: nothing more is told of it", () => {
      const bench = waited(payload);
      bench.session.mustTell("failed 1 COMMAND_TIMEOUT");
      bench.session.sent();
      bench.session.says("\\r\\nERROR\\r\\n");
      bench.session.mustSend(`\\r${MARKER}`);
      bench.session.says(IN_STEP);
      subscribes(bench);
    });

    it("the client is closed when it is told: the modem is closed once it has what it waits for", () => {
      const bench = online({ on: { done: (session: Session) => session.client.close() } });
      bench.session.publish(payload, { QoS: 1, id: 1 });
      bench.session.sent();
      bench.session.pass(5000);
      bench.session.mustTell("failed 1 COMMAND_TIMEOUT");
      equal(bench.session.sent().startsWith(filler), true, "sent");
      bench.session.says(`${result}${IN_STEP}`);
      bench.session.pass(30_000);
      bench.session.mustTell();
      equal(bench.session.port.closed, true, "closed");
    });
  });
});

describe("BC35-G: the prompt of an empty message does not come", () => {
  it("Ctrl-Z is sent all the same, which ends the data phase", () => {
    const { session, modem } = bc35g();
    session.publish("", { QoS: 1, id: 1 });
    session.sent();
    session.pass(5000);
    session.mustSend("<1A>");
    session.says("\\r\\nOK\\r\\n\\r\\n+QMTPUB: 0,1,0\\r\\n");
    session.mustTell("control 4 1", "done 1");
    modem.serve();
  });
});

describe("NM28: the prompt does not come, and every message ends with Ctrl-Z", () => {
  it("it goes with the message", () => {
    const { session, modem } = counted(nm28, { modem: { ctrlZ: "always" } });
    session.publish("message", { QoS: 1, id: 1 });
    session.sent();
    session.pass(5000);
    session.mustSend("message<1A>");
    session.pass(1000);
    session.mustSend("");
    session.says("\\r\\n+MQTTPUBEX:0,1,0\\r\\n\\r\\nOK\\r\\n");
    session.mustTell("control 4 1", "done 1");
    modem.serve();
  });

  it("it goes with a message that ends with Ctrl-Z itself, which was taken for a command", () => {
    const { session } = counted(nm28, { modem: { ctrlZ: "always" } });
    session.publish("message<1A>", { QoS: 1, id: 1 });
    session.sent();
    session.pass(5000);
    session.mustSend("message<1A><1A>");
    session.mustTell();
  });

  it("it ends what is sent in place of what may be a command too", () => {
    const { session } = counted(nm28, { modem: { ctrlZ: "always" } });
    session.publish("AT+CFUN=0", { QoS: 1, id: 1 });
    session.sent();
    session.pass(5000);
    session.mustSend("~~~~~~~~~<1A>");
  });
});

describe("ML302: the prompt of what may be a command does not come, and the modem connects again", () => {
  it("it had been told of already, and was told of a second time with the id 0", () => {
    const { session, modem } = counted(ml302, { modem: { modemReconnects: true } });
    session.publish("AT+CFUN=0", { QoS: 1, id: 1 });
    session.sent();
    session.pass(5000);
    session.mustTell("failed 1 COMMAND_TIMEOUT");
    session.mustSend("~~~~~~~~~");
    session.says("\\r\\n+MQTTREC:0\\r\\n");
    session.mustTell();
    session.mustSend(`\\r${MARKER}`);
    session.says(`${IN_STEP}\\r\\n+MQTTOPEN:OK\\r\\n`);
    session.mustTell();
    session.publish("message", { QoS: 1, id: 2 });
    modem.serve();
    session.mustTell("control 4 2", "done 2");
  });
});
