import { equal, sameLines } from "./support/check";
import { Obedient, online, Session, stillWorks } from "./support/session";

/** As public captures of a BC28 show it; the last line is what makes it dangerous. */
const BANNER = "\\r\\nBoot: Unsigned\\r\\nSecurity B.. Verified\\r\\nProtocol A.. Verified\\r\\nApps A...... Verified\\r\\n\\r\\n" +
  "REBOOT_CAUSE_SECURITY_PMU_POWER_ON_RESET\\r\\nNeul \\r\\nOK\\r\\n";
const BRING_UP = ["AT", "ATE0", "AT+CMEE=1", "AT+CMEE?", "AT+CGATT?", "AT+QMTCLOSE=0", 'AT+QMTCFG="version",0,4',
  'AT+QMTCFG="keepalive",0,120', 'AT+QMTCFG="session",0,1', 'AT+QMTCFG="timeout",0,10,3,1', 'AT+QMTCFG="will",0,0',
  'AT+QMTOPEN=0,"broker.example.com",1883', 'AT+QMTCONN=0,"dev-1","u1","p1"'];
/** The first command after which the modem may have a connection. */
const CONNECTING = BRING_UP.indexOf("AT+QMTCLOSE=0");

/** The banner at once, byte by byte, or with a pause before its OK. */
const DELIVERIES: Record<string, (session: Session) => void> = {
  "at once": (session) => session.says(BANNER),
  "byte by byte": (session) => { for (const byte of BANNER.match(/\\.|[^]/g)!) session.says(byte); },
  "its OK late": (session) => {
    session.says(BANNER.slice(0, -6));
    session.pass(300);
    session.says(BANNER.slice(-6));
  },
};

describe("BC35-G: restarts while it is brought up", () => {
  BRING_UP.forEach((command, index) => {
    for (const [how, deliver] of Object.entries(DELIVERIES))
      it(`the banner, ${how}, in place of the answer to ${command}`, () => {
        const session = new Session();
        const modem = new Obedient(session);
        modem.serve(index);
        modem.forget();
        session.mustTell();
        modem.commands.splice(0);
        deliver(session);
        if (index >= CONNECTING) {
          session.mustTell("error MODEM_RESTARTED");
          equal(session.port.closed, true, "port closed");
          return;
        }
        modem.serve();
        session.mustTell("control 2");
        sameLines(modem.commands.slice(modem.commands.lastIndexOf("AT")), BRING_UP, "commands after the restart");
        stillWorks(session, modem);
      });
  });

  it("restarts again and again: MODEM_RESTARTED at the sixth time", () => {
    const session = new Session();
    for (let i = 0; i < 6; i++) {
      session.mustTell();
      session.says(BANNER);
    }
    session.mustTell("error MODEM_RESTARTED");
    equal(session.port.closed, true, "port closed");
  });

  it("a restart in the pause before the next AT+CGATT? leaves one probe at a time under way", () => {
    const session = new Session();
    const modem = new Obedient(session);
    modem.serve(4);
    session.mustSend("AT+CGATT?\\r");
    session.says("\\r\\n+CGATT: 0\\r\\n\\r\\nOK\\r\\n");
    session.mustSend("AT+CEREG?\\r");
    session.says("\\r\\nERROR\\r\\n");
    session.mustSend("AT+CPIN?\\r");
    session.says("\\r\\n+CPIN: READY\\r\\n\\r\\nOK\\r\\n");
    session.pass(1_500);
    session.says("\\r\\nREBOOT_CAUSE_WATCHDOG\\r\\n");
    session.mustSend("AT\\r");
    session.pass(600);
    session.says("\\r\\nOK\\r\\n");
    session.mustSend("ATE0\\r");
  });

  it("a restart in the pause before the next AT leaves one probe at a time under way", () => {
    const session = new Session();
    session.mustSend("AT\\r");
    session.pass(1_100);
    session.says("\\r\\nREBOOT_CAUSE_WATCHDOG\\r\\n");
    session.mustSend("AT\\r");
    session.pass(500);
    session.says("\\r\\nOK\\r\\n");
    session.mustSend("ATE0\\r");
  });
});

/** What may be under way when the modem restarts, and what the application is told of it. */
const SITUATIONS: { name: string; begin(session: Session): void; told: string[] }[] = [
  { name: "nothing", begin() {}, told: [] },
  { name: "a subscription that waits for its final", begin: (session) => session.subscribe("a"), told: ["failed 1 MODEM_RESTARTED"] },
  {
    name: "a subscription that waits for its result, another one queued behind it",
    begin(session) {
      session.subscribe("a");
      session.says("\\r\\nOK\\r\\n");
      session.subscribe("b");
    },
    told: ["failed 1 MODEM_RESTARTED", "failed 2 MODEM_RESTARTED"],
  },
  { name: "a publish that waits for the prompt", begin: (session) => session.publish("x"), told: ["failed 1 MODEM_RESTARTED"] },
  {
    name: "a payload that is going out",
    begin(session) {
      session.publish("0123456789");
      session.port.gulp = 4;
      session.says("\\r\\n>");
    },
    told: ["failed 1 MODEM_RESTARTED"],
  },
  {
    name: "a publish that waits for its final",
    begin(session) {
      session.publish("x");
      session.says("\\r\\n>");
    },
    told: ["failed 1 MODEM_RESTARTED"],
  },
  {
    name: "five publishes",
    begin(session) {
      for (let i = 0; i < 5; i++) session.publish("x", { QoS: 1 });
      session.says("\\r\\n>");
      session.says("\\r\\nOK\\r\\n");
    },
    told: [1, 2, 3, 4, 5].map((id) => `failed ${id} MODEM_RESTARTED`),
  },
  {
    name: "a message that is not complete",
    begin: (session) => session.says('\\r\\n+QMTRECV: 0,0,"t",half'),
    told: ["message t half"],
  },
  { name: "a DISCONNECT", begin: (session) => session.disconnect(), told: [] },
  {
    name: "a marker",
    begin(session) {
      session.subscribe("a");
      session.pass(5_000);
      session.mustTell("failed 1 COMMAND_TIMEOUT");
      session.says("\\r\\n+CMEE: 1\\r\\n");
    },
    told: [],
  },
];

describe("BC35-G: restarts in the middle of", () => {
  for (const { name, begin, told } of SITUATIONS)
    for (const [how, deliver] of Object.entries(DELIVERIES))
      it(`${name} (the banner ${how})`, () => {
        const { session } = online();
        begin(session);
        session.sent();
        deliver(session);
        if (name === "a message that is not complete") {
          // Without a length, the banner may be the message's: CMEE tells.
          session.mustTell(...told);
          session.pass(200);
          session.mustSend("AT+CMEE?\\r");
          session.says("\\r\\n+CMEE: 0\\r\\n\\r\\nOK\\r\\n");
        }
        session.mustTell(...(name === "a message that is not complete" ? [] : told), "error MODEM_RESTARTED");
        session.mustSend("");
        equal(session.port.closed, true, "port closed");
        session.pass(600_000);
        session.mustTell();
      });
});

describe("BC35-G: restarts before the prompt, and its banner may be a message's", () => {
  for (const banner of ["\\r\\nREBOOT_CAUSE_WATCHDOG\\r\\n", BANNER])
    it(`the message that has gone without the prompt is waited for 10 s more: ${banner.endsWith("OK\\r\\n") ? "with OK" : "without"}`, () => {
      const { session } = online();
      session.message("x");
      session.mustTell("message t x");
      session.publish("message", { QoS: 1, id: 1 });
      session.sent();
      session.says(banner);
      session.pass(5_000);
      session.mustSend("message");
      session.pass(2_100);
      session.mustSend("\\rAT+CMEE?\\r");
      session.says("\\r\\n+CMEE: 0\\r\\n\\r\\nOK\\r\\n");
      sameLines(session.events.splice(0).map((event) => event.replace(/^failed 1 .*/, "failed 1")), ["failed 1", "error MODEM_RESTARTED"], "events");
    });
});

const GARBAGE: Record<string, string> = {
  "with no line end": "<E0><FC><80>~".repeat(1500),
  "with line ends": "<E0><FC>\\n<80>+\\r<FE>".repeat(1500),
  "all NUL": "\\0".repeat(5000),
  "all blanks after a plus": `+${" ".repeat(5000)}`,
  "that looks like names": "+QMTRECV+QMT".repeat(500),
  "all prompts": "> ".repeat(3000),
  "all quotes": '+QMTSTAT: "'.repeat(500),
};

describe("BC35-G: wrong-baud garbage that fills the ring", () => {
  for (const [name, garbage] of Object.entries(GARBAGE))
    for (const receiveBuffer of [64, 2048]) {
      it(`at the start, ${name}, ring of ${receiveBuffer}`, () => {
        const session = new Session({ modem: { receiveBuffer } });
        session.sent();
        session.says(garbage);
        session.pass(1_500); // the first AT was lost in it
        const modem = new Obedient(session);
        modem.serve();
        const told = session.events.splice(0).filter((event) => event !== "overflow");
        sameLines(told, ["control 2"], "events");
        stillWorks(session, modem);
      });
      it(`in the middle, ${name}, ring of ${receiveBuffer}`, () => {
        const { session, modem } = online({ modem: { receiveBuffer } });
        session.subscribe("a");
        session.says(garbage);
        session.says("\\r\\n");
        modem.serve();
        const told = session.events.splice(0).filter((event) => event !== "overflow");
        sameLines(told, ["control 9 1", "done 1"], "events");
        stillWorks(session, modem);
      });
    }
});
