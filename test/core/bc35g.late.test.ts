import BC35G from "../../src/modems/bc35g";
import { ONLINE, UP } from "./exchanges/bc35g";
import { equal, sameLines } from "./support/check";
import type { Exchange } from "./support/exchange";
import { playHoweverTheyCome } from "./support/however";
import { online, Session, stillWorks } from "./support/session";

/** What `AT` becomes where the first has had no answer. */
const ROUSE = `<1B>${"AT\\r".repeat(42)}`;
const MARKER = "→ AT+CMEE?\\r";
const IN_STEP = "← \\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n";
const SUBSCRIBE = '→ AT+QMTSUB=0,1,"a",0\\r';
/** A subscription that goes well although everything before it was late. */
const SECOND = `
  → AT+QMTSUB=0,2,"b",1\\r
  ← \\r\\nOK\\r\\n
  ← \\r\\n+QMTSUB: 0,2,0,1\\r\\n
  = suback 2 [1]
  = done 2`;
const before = (command: string) => UP.slice(0, UP.indexOf(`→ ${command}`));

const LATE: Exchange[] = [
  {
    name: "a final after its timeout is not the next command's, whatever it is",
    script: `${ONLINE}
      ! subscribe a 0
      ${SUBSCRIBE}
      ! subscribe b 1
      ~ 5000
      = failed 1 COMMAND_TIMEOUT
      ${MARKER}
      ← \\r\\nERROR\\r\\n
      ← \\r\\n+CME ERROR: 50\\r\\n
      ← \\r\\nOK\\r\\n
      ${IN_STEP}${SECOND}`,
  },
  {
    name: "a result after its timeout is nobody's",
    script: `${ONLINE}
      ! subscribe a 0
      ${SUBSCRIBE}
      ← \\r\\nOK\\r\\n
      ! subscribe b 1
      → AT+QMTSUB=0,2,"b",1\\r
      ← \\r\\nOK\\r\\n
      ~ 44999
      ~ 1
      = failed 1 COMMAND_TIMEOUT
      = failed 2 COMMAND_TIMEOUT
      ! subscribe b 1 id=7
      → AT+QMTSUB=0,7,"b",1\\r
      ← \\r\\n+QMTSUB: 0,1,2\\r\\n
      ← \\r\\n+QMTSUB: 0,2,2\\r\\n
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTSUB: 0,7,0,1\\r\\n
      = suback 7 [1]
      = done 7`,
  },
  {
    name: "the late result of a QoS 0 publish is not the next one's, which has not been sent yet",
    script: `${ONLINE}
      ! publish t/a : one
      → AT+QMTPUB=0,0,0,0,"t/a",3\\r
      ← \\r\\n>[sp]
      → one
      ← \\r\\nOK\\r\\n
      ~ 45000
      = failed 1 COMMAND_TIMEOUT
      ! publish t/a : two
      → AT+QMTPUB=0,0,0,0,"t/a",3\\r
      ← \\r\\n+QMTPUB: 0,0,2\\r\\n
      ~ 4000
      ← \\r\\n>[sp]
      → two
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTPUB: 0,0,0\\r\\n
      = done 2`,
  },
  {
    name: "a result before the payload has been asked for does not make the publish a success",
    script: `${ONLINE}
      ! publish t/a qos=1 id=9 : at2
      → AT+QMTPUB=0,9,1,0,"t/a",3\\r
      ← \\r\\n+QMTPUB: 0,9,0\\r\\n
      ~ 5000
      = failed 9 COMMAND_TIMEOUT
      → <1B>~~
      ~ 2100
      → \\rAT+CMEE?\\r
      ${IN_STEP}`,
  },
  {
    name: "a publish whose final is late is not sent twice",
    script: `${ONLINE}
      ! publish t/a qos=1 : one
      ! subscribe b 1
      → AT+QMTPUB=0,1,1,0,"t/a",3\\r
      ← \\r\\n>[sp]
      → one
      ~ 10000
      = failed 1 COMMAND_TIMEOUT
      ${MARKER}
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTPUB: 0,1,0\\r\\n
      ${IN_STEP}${SECOND}`,
  },
  {
    name: "a prompt that never comes: the data phase is left before anything else is said",
    script: `${ONLINE}
      ! publish t/a qos=1 : at1
      ! subscribe b 1
      → AT+QMTPUB=0,1,1,0,"t/a",3\\r
      ~ 5000
      = failed 1 COMMAND_TIMEOUT
      → <1B>~~
      ← \\r\\nERROR\\r\\n
      → \\rAT+CMEE?\\r
      ${IN_STEP}${SECOND}`,
  },
  {
    name: "a prompt after its timeout is answered with nothing",
    script: `${ONLINE}
      ! publish t/a qos=1 : at1
      ! publish t/a qos=1 : two
      → AT+QMTPUB=0,1,1,0,"t/a",3\\r
      ~ 5000
      = failed 1 COMMAND_TIMEOUT
      → <1B>~~
      ← \\r\\n>[sp]
      ← \\r\\nOK\\r\\n
      → AT+QMTPUB=0,2,1,0,"t/a",3\\r
      ← \\r\\n>[sp]
      → two
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTPUB: 0,2,0\\r\\n
      = puback 2
      = done 2`,
  },
  {
    name: "the second answer to a marker that was sent twice is not the next command's",
    script: `${ONLINE}
      ! subscribe a 0
      ${SUBSCRIBE}
      ! subscribe b 1
      ~ 5000
      = failed 1 COMMAND_TIMEOUT
      ${MARKER}
      ~ 2000
      ${MARKER}
      ${IN_STEP}
      → AT+QMTSUB=0,2,"b",1\\r
      ${IN_STEP}
      ! subscribe c 0
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTSUB: 0,2,0,1\\r\\n
      = suback 2 [1]
      = done 2
      → AT+QMTSUB=0,3,"c",0\\r
      ← \\r\\n+CME ERROR: 50\\r\\n
      = failed 3 COMMAND_REFUSED 50`,
  },
  {
    name: "the second answer to a marker, a command beginning in the middle of it",
    script: `${ONLINE}
      ! subscribe a 0
      ${SUBSCRIBE}
      ~ 5000
      = failed 1 COMMAND_TIMEOUT
      ${MARKER}
      ~ 2000
      ${MARKER}
      ${IN_STEP}
      ← \\r\\n+CMEE: 1\\r\\n
      ! subscribe b 1
      → AT+QMTSUB=0,2,"b",1\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+CME ERROR: 50\\r\\n
      = failed 2 COMMAND_REFUSED 50`,
  },
  {
    name: "a final that never follows its result",
    script: `${ONLINE}
      ! subscribe a 0
      ${SUBSCRIBE}
      ! subscribe b 1
      ← \\r\\n+QMTSUB: 0,1,0,0\\r\\n
      ~ 1000
      = suback 1 [0]
      = done 1
      ${MARKER}
      ← \\r\\nOK\\r\\n
      ${IN_STEP}${SECOND}`,
  },
  {
    name: "silence after a timeout: MODEM_SILENT after five markers",
    script: `${ONLINE}
      ! subscribe a 0
      ! publish t/a qos=1 : lost
      ${SUBSCRIBE}
      ~ 5000
      = failed 1 COMMAND_TIMEOUT
      ${MARKER}
      ~ 2000
      ${MARKER}
      ~ 2000
      ${MARKER}
      ~ 2000
      ${MARKER}
      ~ 2000
      ${MARKER}
      ~ 1999
      ~ 1
      = failed 2 MODEM_SILENT
      = error MODEM_SILENT
      → AT+QMTCLOSE=0\\r`,
  },
  {
    name: "the modem restarted without a word: CMEE is 0 again at the marker",
    script: `${ONLINE}
      ! subscribe a 0
      ! publish t/a qos=1 : lost
      ${SUBSCRIBE}
      ~ 5000
      = failed 1 COMMAND_TIMEOUT
      ${MARKER}
      ← \\r\\n+CMEE: 0\\r\\n\\r\\nOK\\r\\n
      = failed 2 MODEM_RESTARTED
      = error MODEM_RESTARTED`,
  },
  {
    name: "a modem that never took AT+CMEE=1 has not restarted because CMEE is 0",
    script: `${ONLINE.replace("→ AT+CMEE=1\\r\n  ← \\r\\nOK\\r\\n", "→ AT+CMEE=1\\r\n  ← \\r\\nERROR\\r\\n").replace("+CMEE: 1", "+CMEE: 0")}
      ! subscribe a 0
      ${SUBSCRIBE}
      ! subscribe b 1
      ~ 5000
      = failed 1 COMMAND_TIMEOUT
      ${MARKER}
      ← \\r\\n+CMEE: 0\\r\\n\\r\\nOK\\r\\n${SECOND}`,
  },
  {
    name: "answers to probes that piled up while the modem booted count for nothing later",
    script: `
      ! connect
      → AT\\r
      ~ 1500
      → ${ROUSE}
      ~ 1500
      → ${ROUSE}
      ← \\r\\nOK\\r\\n
      → ATE0\\r
      ← \\r\\nOK\\r\\n
      → AT+CMEE=1\\r
      ← \\r\\nOK\\r\\n
      → AT+CMEE?\\r
      ← \\r\\nOK\\r\\n\\r\\nOK\\r\\n
      ${IN_STEP}
      → AT+CGATT?\\r
      ← \\r\\n+CGATT: 1\\r\\n\\r\\nOK\\r\\n
      → AT+QMTCLOSE=0\\r`,
  },
  {
    name: "attaches at the third time of asking",
    script: `${before("AT+CGATT?")}
      → AT+CGATT?\\r
      ← \\r\\n+CGATT: 0\\r\\n\\r\\nOK\\r\\n
      → AT+CEREG?\\r
      ← \\r\\n+CEREG:0,2\\r\\n\\r\\nOK\\r\\n
      → AT+CPIN?\\r
      ← \\r\\n+CPIN: READY\\r\\n\\r\\nOK\\r\\n
      ~ 2000
      → AT+CGATT?\\r
      ← \\r\\n+CME ERROR: 30\\r\\n
      → AT+CEREG?\\r
      ← \\r\\nERROR\\r\\n
      ~ 2000
      → AT+CGATT?\\r
      ← \\r\\n+CGATT:1\\r\\n\\r\\nOK\\r\\n
      → AT+QMTCLOSE=0\\r`,
  },
];

playHoweverTheyCome("BC35-G: too late, or never", LATE, BC35G);

describe("BC35-G: what comes too late, or never", () => {
  it("no modem at all: AT every 1.5 s, MODEM_SILENT when the time to boot is over, the port closed", () => {
    const session = new Session({ modem: { bootTimeout: 10_000 } });
    session.pass(9_999);
    session.mustTell();
    equal(session.sent(), `AT\\r${ROUSE.repeat(6)}`, "probes");
    session.pass(1_500);
    session.mustTell("error MODEM_SILENT");
    equal(session.port.closed, true, "closed");
    session.pass(100_000);
    session.mustTell();
  });

  it("a modem whose restart has brought its factory rate back was called silent: that rate is tried before", () => {
    const session = new Session({ modem: { bootTimeout: 10_000, serial: { baud: 115_200 } } });
    session.pass(9_000);
    sameLines(session.port.rates.map(String), []);
    session.pass(2_500);
    sameLines(session.port.rates.map(String), ["9600"]);
    session.mustTell();
    session.sent();
    while (session.sent() === "") session.pass(100);
    session.says("\\r\\nOK\\r\\n");
    session.mustSend("ATE0\\r");
    for (const answer of ["OK", "OK", "+CMEE: 1\\r\\n\\r\\nOK", "+CGATT: 1\\r\\n\\r\\nOK"]) session.says(`\\r\\n${answer}\\r\\n`);
    equal(session.sent().endsWith("AT+QMTCLOSE=0\\r"), true, "it goes on");
    sameLines(session.port.rates.map(String), ["9600"]);
  });

  it("a modem that answers at neither rate is silent, and both are named", () => {
    let message = "";
    const session = new Session({ modem: { bootTimeout: 5_000, serial: { baudRate: 57_600 } }, on: { error: (_, error) => { message = error.message; } } });
    session.pass(14_000);
    session.mustTell("error MODEM_SILENT");
    sameLines(session.port.rates.map(String), ["9600", "57600"]);
    equal(message.includes("at 57600 and at 9600 bit/s"), true, message);
    const same = new Session({ modem: { bootTimeout: 5_000, serial: { baud: 9600 } } });
    same.pass(7_000);
    same.mustTell("error MODEM_SILENT");
    sameLines(same.port.rates.map(String), []);
  });

  it("never attaches: NOT_ATTACHED when the time is over, the port closed", () => {
    const session = new Session({ modem: { attachTimeout: 9_000 } });
    for (const answer of ["OK", "OK", "OK", "+CMEE: 1\\r\\n\\r\\nOK"]) session.says(`\\r\\n${answer}\\r\\n`);
    const notYet = (): void => {
      session.mustTell();
      for (const answer of ["+CGATT: 0\\r\\n\\r\\nOK", "ERROR", "ERROR"]) session.says(`\\r\\n${answer}\\r\\n`);
    };
    for (let i = 0; i < 5; i++) {
      notYet();
      session.pass(2_000);
    }
    notYet();
    session.mustTell("error NOT_ATTACHED");
    equal(session.port.closed, true, "closed");
  });

  for (const when of ["before", "around"])
    it(`the marker was half sent when an earlier one was answered (${when} its end): the next command was glued to it`, () => {
      const session = new Session();
      session.says("\\r\\nOK\\r\\n");
      session.says("\\r\\nOK\\r\\n");
      session.sent();
      session.port.gulp = 7;
      session.says("\\r\\nOK\\r\\n");
      session.port.gulp = 0;
      session.says("\\r\\n+CMEE: 1\\r\\n");
      if (when === "before") session.says("\\r\\nOK\\r\\n");
      session.port.gulp = Infinity;
      session.port.receiver.onWritable();
      if (when === "around") session.says("\\r\\nOK\\r\\n");
      session.mustSend("AT+CMEE?\\r");
      session.says("\\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n");
      session.mustSend("AT+CGATT?\\r");
    });

  it("the port takes nothing in the middle of the payload: the publish fails, the data phase is left, the rest works", () => {
    const { session, modem } = online();
    session.publish("0123456789", { QoS: 1 });
    session.mustSend('AT+QMTPUB=0,1,1,0,"t/a",10\\r');
    session.port.gulp = 4;
    session.says("\\r\\n> ");
    equal(String.fromCharCode(...session.port.sent.splice(0)), "0123", "the first piece");
    session.port.gulp = 0;
    session.pass(10_000);
    session.mustTell("failed 1 COMMAND_TIMEOUT");
    session.port.gulp = Infinity;
    session.port.receiver.onWritable();
    session.mustSend("<1B>AT+CMEE?\\r");
    session.says("\\r\\nERROR\\r\\n\\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n");
    stillWorks(session, modem);
  });

  it("OK in the middle of the payload does not cut it off", () => {
    const { session } = online();
    session.publish("0123456789", { QoS: 1 });
    session.sent();
    session.port.gulp = 4;
    session.says("\\r\\n> ");
    session.message("two lines\\r\\nOK");
    session.mustTell("message t two lines");
    session.mustSend("0123456789");
    session.pass(200);
    session.says("\\r\\nOK\\r\\n\\r\\n+QMTPUB: 0,1,0\\r\\n");
    session.mustTell("control 4 1", "done 1");
  });

  it("times out many times, and works as soon as the modem answers again", () => {
    const { session, modem } = online();
    for (let i = 0; i < 20; i++) {
      modem.deaf = "AT+QMTSUB";
      session.subscribe("a", 0, { id: 100 + i });
      modem.serve();
      session.pass(5_000);
      session.mustTell(`failed ${100 + i} COMMAND_TIMEOUT`);
      modem.deaf = null;
      modem.serve();
      stillWorks(session, modem, `after timeout ${i + 1}`);
    }
  });
});

describe("a host that has been asleep", () => {
  it("hears what the modem has said meanwhile before it takes it for silent", () => {
    const { session, modem } = online();
    session.sent();
    session.subscribe("a", 0, { id: 1 });
    session.mustSend('AT+QMTSUB=0,1,"a",0\\r');
    session.clock.sleep(60_000);
    session.pass(0);
    session.mustTell();
    session.says("\\r\\nOK\\r\\n\\r\\n+QMTSUB: 0,1,0,0\\r\\n");
    session.mustTell("control 9 1", "done 1");
    stillWorks(session, modem);
  });

  it("takes it for silent after a moment, if it has said nothing", () => {
    const { session, modem } = online();
    session.sent();
    session.subscribe("a", 0, { id: 1 });
    session.sent();
    session.clock.sleep(60_000);
    session.pass(100);
    session.mustTell("failed 1 COMMAND_TIMEOUT");
    stillWorks(session, modem);
  });
});
