// Modems that sleep: how they are woken, what is sent to them then, and what becomes of what they have swallowed.
import type { ArgumentError } from "../../src/index";
import BC35G from "../../src/care/bc35g";
import M531X from "../../src/care/m531x";
import NM28 from "../../src/care/nm28";
import { Answering, bc35g, m531x, nm28, type Family } from "./support/answering";
import { equal, sameLines, thrown } from "./support/check";
import { Board } from "./support/board";
import { alive, type Life, type LifeOptions } from "./support/life";
import { Session, type SessionOptions } from "./support/session";

interface SleepingFamily extends Family {
  /** What `ATI` says, where the family asks for it. */
  readonly model?: string;
  /** What it prints when it goes to sleep, and when it wakes. */
  readonly leaves: string;
  readonly returns: string;
  /** How it is asked for its connection, and what it says when there is none. */
  readonly poll: string;
  readonly gone: string[];
  readonly publish: RegExp;
}

const FAMILIES: SleepingFamily[] = [
  { ...bc35g, io: BC35G, leaves: "+NPSMR:1", returns: "+NPSMR:0", poll: "AT+QMTCONN?", gone: ["OK"], publish: /^AT\+QMTPUB=/ },
  { ...m531x, name: "M5311", io: M531X, model: "M5311", leaves: "*GOTOSLEEP", returns: "*MATWAKEUP", poll: "AT+MQTTSTAT?", gone: ["+MQTTSTAT:1", "OK"], publish: /^AT\+MQTTPUB=/ },
  { ...m531x, name: "M5311 (its table of reports, B-2)", io: M531X, model: "M5311", leaves: "*GOTOSLEEP", returns: "*WAKEUP", poll: "AT+MQTTSTAT?", gone: ["+MQTTSTAT:1", "OK"], publish: /^AT\+MQTTPUB=/ },
  { ...m531x, name: "M5310-A", io: M531X, model: "M5310-A", leaves: "+NPSMR:1", returns: "+NPSMR:0", poll: "AT+MQTTSTAT?", gone: ["+MQTTSTAT:1", "OK"], publish: /^AT\+MQTTPUB=/ },
];
const PSM = { active: 10, periodic: 36_000 };
const REGISTERED: Readonly<Record<string, string[]>> = { "AT+CEREG?": ['+CEREG: 5,1,"1A2B","01A2D101",9,,,"00000101","01000001"', "OK"] };

/** A modem that sleeps when it is told to, and wakes after it has lost so many lines. */
class Sleeper {
  asleep = false;
  /** How many lines it loses, and what it prints then. */
  loses = 1;
  prints: string[] = [];
  /** Answers of its own to lines, while it is awake. */
  answers: Record<string, string[]> = { ...REGISTERED };
  readonly lost: string[] = [];
  readonly modem: Answering;

  constructor(modem: Answering, family: Pick<SleepingFamily, "model">) {
    this.modem = modem;
    if (family.model !== undefined) this.answers.ATI = ["CMCC", family.model, "OK"];
    modem.instead = (line) => {
      if (!this.asleep) return this.answers[line];
      this.lost.push(line);
      if (this.lost.length < this.loses) return [];
      this.asleep = false;
      return this.prints;
    };
  }

  /** It has gone to sleep, and has said so. */
  sleeps(host: { says(text: string): void }, report: string): void {
    this.lost.length = this.modem.commands.length = 0;
    this.asleep = true;
    host.says(`\\r\\n${report}\\r\\n`);
  }
}

/** A client that is online, on a modem that can sleep. */
function napping(family: SleepingFamily, options: SessionOptions = {}): { session: Session; modem: Answering; sleeper: Sleeper } {
  const session = new Session({ ...options, client: { keepAlive: 0, ...options.client }, modem: { io: family.io, psm: PSM, ...options.modem } });
  const modem = new Answering(session, family);
  const sleeper = new Sleeper(modem, family);
  if (options.modem?.power === undefined) modem.serve();
  else pass(session, modem, 6000);
  session.mustTell("control 2");
  modem.commands.splice(0);
  return { session, modem, sleeper };
}

/** What the application has been told, without the control messages that come with it. */
function mustTell(session: Session, ...events: string[]): void {
  sameLines(session.events.splice(0).filter((event) => !event.startsWith("control")), events, "events");
}

/** Time passes, and the modem answers all the while. */
function pass(session: Session, modem: Answering, milliseconds: number): void {
  for (let left = milliseconds; left > 0; left -= 50) {
    modem.serve();
    session.pass(Math.min(50, left));
  }
  modem.serve();
}

/** The same as a session that lives on. */
function livingOn(family: SleepingFamily, options: LifeOptions = {}): { life: Life; sleeper: Sleeper } {
  let sleeper!: Sleeper;
  const life = alive({ ...family, answer: (command, modem) => (sleeper ??= new Sleeper(modem, family)).answers[command] ?? family.answer(command, modem) }, {
    keepAlive: 0, ...options, modem: { psm: PSM, ...options.modem },
  });
  return { life, sleeper };
}

for (const family of FAMILIES) describe(`${family.name}: sleep`, () => {
  it("a publish wakes it: AT until it answers, then in step, then the connection is asked for, then the publish, once", () => {
    const { session, modem, sleeper } = napping(family);
    sleeper.loses = 3;
    sleeper.prints = [family.returns];
    sleeper.sleeps(session, family.leaves);
    session.publish("hello", { QoS: 1, id: 7 });
    pass(session, modem, 1000);
    sameLines(sleeper.lost, ["AT", "AT", "AT"], "what it has lost");
    sameLines(modem.commands.slice(3).map((line) => line.replace(family.publish, "PUBLISH ").replace(/^PUBLISH .*/, "PUBLISH")), ["AT+CMEE?", family.poll, "PUBLISH"]);
    mustTell(session, "done 7");
    sameLines(modem.published, ["hello"]);
    equal(session.client.modem.statistics.wakeUps, 1, "wake-ups");
    equal(session.client.modem.statistics.restarts, 0, "restarts");
  });

  it("one that says nothing when it wakes is known by its first answer, whatever that is", () => {
    for (const first of ["OK", "ERROR", "+CME ERROR: 3"]) {
      const { session, modem, sleeper } = napping(family);
      sleeper.answers.AT = [first];
      sleeper.sleeps(session, family.leaves);
      session.publish("hello", { QoS: 1, id: 7 });
      pass(session, modem, 1000);
      sameLines(modem.commands.slice(0, 4), ["AT", "AT", "AT+CMEE?", family.poll]);
      mustTell(session, "done 7");
    }
  });

  it("a first answer that comes damaged", () => {
    const { session, modem, sleeper } = napping(family);
    sleeper.prints = ["<FF><00>K"];
    sleeper.sleeps(session, family.leaves);
    session.publish("hello", { QoS: 1, id: 7 });
    pass(session, modem, 1000);
    mustTell(session, "done 7");
    sameLines(modem.published, ["hello"]);
  });

  it("nothing is asked of it while it sleeps, and the application is told that it does", () => {
    const stages: string[] = [];
    const { session, modem, sleeper } = napping(family, { modem: { pollInterval: 60_000 }, on: { stage: (_session, stage: string) => void stages.push(stage) } });
    stages.length = 0;
    pass(session, modem, 61_000);
    sameLines(modem.commands.splice(0), [family.poll], "a poll while it is awake");
    sleeper.sleeps(session, family.leaves);
    session.pass(7_200_000);
    modem.serve();
    sameLines(modem.commands, []);
    equal(session.client.modem.statistics.seconds.asleep, 7200);
    session.publish("hello", { QoS: 1, id: 7 });
    pass(session, modem, 1000);
    sameLines(stages, ["asleep", "online"]);
    equal(session.client.modem.statistics.connections, 1, "connections");
    modem.commands.length = 0;
    pass(session, modem, 61_000);
    sameLines(modem.commands, [family.poll], "polls go on");
  });

  it("one that wakes by itself, and says so, is asked what has become of the connection", () => {
    const { session, modem, sleeper } = napping(family);
    sleeper.sleeps(session, family.leaves);
    sleeper.asleep = false;
    session.says(`\\r\\n${family.returns}\\r\\n`);
    modem.serve();
    sameLines(modem.commands, ["AT+CMEE?", family.poll]);
    mustTell(session);
  });

  it("a connection that has not outlasted the sleep is told as lost, before anything is sent over it", () => {
    const { session, modem, sleeper } = napping(family);
    sleeper.answers[family.poll] = family.gone;
    sleeper.sleeps(session, family.leaves);
    session.publish("hello", { QoS: 1, id: 7 });
    pass(session, modem, 1000);
    equal(modem.commands.some((line) => family.publish.test(line)), false, modem.commands.join());
    mustTell(session, "failed 7 LINK_LOST", "error LINK_LOST");
  });

  it("a session connects again then, and sends what waited, once", () => {
    const { life, sleeper } = livingOn(family);
    sleeper.answers[family.poll] = family.gone;
    sleeper.sleeps(life, family.leaves);
    life.publish("hello", { QoS: 1 });
    life.pass(1000);
    delete sleeper.answers[family.poll];
    life.pass(5000);
    life.mustBe("online");
    sameLines(life.modem.published, ["hello"]);
  });

  it("what it has swallowed while it went to sleep is asked once more; an application's own command is not sent again", () => {
    const { session, modem, sleeper } = napping(family, { modem: { pollInterval: 60_000 } });
    modem.deaf = /./;
    session.pass(60_000);
    modem.serve();
    sleeper.sleeps(session, family.leaves);
    modem.deaf = null;
    pass(session, modem, 30_000);
    equal(modem.commands.filter((line) => line === family.poll).length >= 1, true, modem.commands.join());
    mustTell(session);
    let code: string | undefined;
    modem.deaf = /CSQ/;
    session.client.modem.command("AT+CSQ", { timeout: 1000 }, (error) => void (code = error?.code));
    modem.serve();
    sleeper.sleeps(session, family.leaves);
    modem.deaf = null;
    pass(session, modem, 5000);
    equal(code, "COMMAND_TIMEOUT");
    equal(modem.commands.filter((line) => line === "AT+CSQ").length, 0);
  });

  it("one that says that it sleeps and answers all the same is believed to be awake", () => {
    const { session, modem } = napping(family);
    session.client.modem.command("AT+CSQ", () => {});
    session.says(`\\r\\n${family.leaves}\\r\\n`);
    modem.serve();
    session.publish("hello", { QoS: 1, id: 7 });
    modem.serve();
    equal(modem.commands.includes("AT"), false, modem.commands.join());
    mustTell(session, "done 7");
  });

  it("one that says so again and again gets its publishes all the same", () => {
    const { session, modem, sleeper } = napping(family);
    for (let id = 1; id <= 5; id++) {
      sleeper.answers = { ...sleeper.answers, [family.poll]: [family.leaves, ...family.answer(family.poll, modem) as string[], family.leaves] };
      session.says(`\\r\\n${family.leaves}\\r\\n`);
      session.publish("hello", { QoS: 1, id });
      pass(session, modem, 1000);
    }
    mustTell(session, "done 1", "done 2", "done 3", "done 4", "done 5");
  });

  it("one that goes to sleep while an acknowledgement is owed is woken at once", () => {
    const { session, modem, sleeper } = napping(family);
    const acknowledgement: string[] = [];
    const answer = modem.instead!;
    // The acknowledgement comes with the wake-up.
    const say = session.port.receive.bind(session.port);
    session.port.receive = (bytes) => {
      const text = String.fromCharCode(...bytes);
      if (/PUB(ACK)?:/.test(text) && acknowledgement.length === 0) acknowledgement.push(text);
      else say(bytes);
    };
    session.publish("hello", { QoS: 1, id: 7 });
    modem.serve();
    session.port.receive = say;
    equal(acknowledgement.length, 1);
    modem.instead = answer;
    sleeper.sleeps(session, family.leaves);
    pass(session, modem, 1000);
    sameLines(modem.commands.slice(0, 4), ["AT", "AT", "AT+CMEE?", family.poll]);
    mustTell(session);
    session.says(acknowledgement[0].replace(/\r/g, "\\r").replace(/\n/g, "\\n"));
    mustTell(session, "done 7");
    sameLines(modem.published, ["hello"]);
  });

  it("one that does not wake up is told as silent after half a minute, and its wake-up pin has been pulsed", () => {
    let pulses = 0;
    const { session, modem, sleeper } = napping(family, { modem: { wake: () => void pulses++ } });
    pulses = 0;
    sleeper.loses = 1000;
    sleeper.sleeps(session, family.leaves);
    session.publish("hello", { QoS: 1, id: 7 });
    equal(pulses, 1, "pulses");
    pass(session, modem, 3000);
    equal(sleeper.lost.length, 11, "AT in three seconds");
    equal(pulses, 2, "pulses");
    pass(session, modem, 30_000);
    mustTell(session, "failed 7 MODEM_SILENT", "error MODEM_SILENT");
    equal(sleeper.lost.every((line) => line === "AT"), true, sleeper.lost.join());
  });

  it("one that only its pin wakes", () => {
    let sleeper: Sleeper | undefined;
    const { session, modem, sleeper: made } = napping(family, { modem: { wake: () => void (sleeper !== undefined && (sleeper.asleep = false)) } });
    sleeper = made;
    made.loses = 1000;
    made.sleeps(session, family.leaves);
    session.publish("hello", { QoS: 1, id: 7 });
    pass(session, modem, 1000);
    sameLines(made.lost, []);
    mustTell(session, "done 7");
  });

  it("a session that is ended while it sleeps wakes it, and ends in good order", () => {
    const { session, modem, sleeper } = napping(family);
    sleeper.sleeps(session, family.leaves);
    session.client.write(null, { operation: 14 });
    pass(session, modem, 5000);
    mustTell(session, "close");
  });

  it("a client that is closed while it sleeps wakes it to close the connection", () => {
    const { session, modem, sleeper } = napping(family);
    sleeper.sleeps(session, family.leaves);
    session.client.close();
    pass(session, modem, 4000);
    equal(session.port.closed, true);
    equal(modem.commands.some((line) => /MTCLOSE|MQTTDISC|MQTTDEL/.test(line)), true, modem.commands.join());
  });

  it("a report of sleep in a message is a message", () => {
    const { session, modem } = napping(family);
    session.subscribe("t/#", 0, { id: 9 });
    modem.serve();
    session.events.length = modem.commands.length = 0;
    const payload = `\\r\\n${family.leaves}\\r\\n`, { length } = family.leaves;
    session.says(`${family.header("t/a", length + 4)}${payload}\\r\\n`);
    session.pass(1000);
    modem.serve();
    session.publish("hello", { QoS: 1, id: 7 });
    pass(session, modem, 1000);
    equal(modem.published.at(-1), "hello");
  });

  it("a keep-alive time that a sleep outlasts is refused, in the caller's unit", () => {
    const error = thrown(() => new Session({ client: { keepAlive: 600_000 }, modem: { io: family.io, psm: PSM } })) as ArgumentError;
    equal(error.code, "ARGUMENT_RANGE");
    equal(error.argument, "keepAlive");
    equal(/must be 0/.test(error.message) && error.message.includes("36000 s") && error.message.includes("PINGREQ"), true, error.message);
    new Session({ client: { keepAlive: 0 }, modem: { io: family.io, psm: PSM } }).client.close();
    new Session({ client: { keepAlive: 600_000 }, modem: { io: family.io, psm: { active: 10, periodic: 900 } } }).client.close();
    new Session({ client: { keepAlive: 600_000 }, modem: { io: family.io, psm: false } }).client.close();
  });

  it("what was asked for is told beside what was granted", () => {
    const { session, modem } = napping(family, { modem: { psm: { active: 65, periodic: 36_100 }, edrx: 20 } });
    let told: any;
    session.client.modem.network((_error, network) => void (told = network));
    modem.serve();
    equal(JSON.stringify(told.psm), JSON.stringify({ active: 10, periodic: 36_000 }));
    equal(JSON.stringify(told.asked), JSON.stringify({ psm: { active: 60, periodic: 39_600 }, edrx: 20.48 }));
  });
});

describe("BC35-G: a sleep in the middle of things", () => {
  const [family] = FAMILIES;

  it("a publish whose payload has not been asked for is sent once more, and is published once", () => {
    const { session, modem, sleeper } = napping(family);
    modem.deaf = /QMTPUB/;
    session.publish("hello", { QoS: 1, id: 7 });
    modem.serve();
    sleeper.sleeps(session, family.leaves);
    modem.deaf = null;
    pass(session, modem, 60_000);
    sameLines(modem.published, ["hello"]);
    mustTell(session, "done 7");
  });

  it("a publish whose payload it has taken is not sent again", () => {
    const { session, modem, sleeper } = napping(family);
    const { answer } = bc35g;
    modem.instead = (line) => {
      const reply = answer(line, modem);
      return Array.isArray(reply) ? (sleeper.asleep ? [] : sleeper.answers[line]) : ({ ...reply, then: [] } as any);
    };
    session.publish("hello", { QoS: 1, id: 7 });
    modem.serve();
    sleeper.sleeps(session, family.leaves);
    session.pass(100);
    sleeper.asleep = false;
    pass(session, modem, 60_000);
    equal(modem.published.length, 1, "published");
    equal(session.events.some((event) => event.startsWith("failed 7 ")), true, session.events.join());
  });

  it("a wake-up that prints a start's banner is no restart", () => {
    for (const cause of ["APPLICATION_RTC", "SECURITY_EXTERNAL_PIN", "SECURITY_WAKEUP_DSLEEP"]) {
      const { session, modem, sleeper } = napping(family);
      sleeper.prints = [`REBOOT_CAUSE_${cause}`, "Neul ", "OK", family.returns];
      sleeper.sleeps(session, family.leaves);
      session.publish("hello", { QoS: 1, id: 7 });
      pass(session, modem, 1000);
      mustTell(session, "done 7");
      const { wakeUps, restarts } = session.client.modem.statistics;
      equal(wakeUps, 1, "wake-ups");
      equal(restarts, 0, "restarts");
    }
  });

  it("a wake-up that it has not announced, and that has left nothing, is no restart either: it is set up anew, and the session goes on", () => {
    const { life, sleeper } = livingOn(family);
    sleeper.answers["AT+CMEE?"] = ["+CMEE: 0", "OK"];
    life.says("\\r\\nREBOOT_CAUSE_APPLICATION_RTC\\r\\nNeul[sp]\\r\\nOK\\r\\n");
    life.serve();
    sleeper.answers["AT+CMEE?"] = ["+CMEE: 1", "OK"];
    life.pass(5000);
    life.mustTell("waiting LINK_LOST", "connecting", "restoring", "online");
    const { session, modem, sleeper: other } = napping(family);
    other.answers["AT+CMEE?"] = ["+CMEE: 0", "OK"];
    session.says("\\r\\nREBOOT_CAUSE_APPLICATION_RTC\\r\\nNeul[sp]\\r\\nOK\\r\\n");
    modem.serve();
    mustTell(session, "error LINK_LOST");
    const { wakeUps, restarts } = session.client.modem.statistics;
    equal(wakeUps, 1, "wake-ups");
    equal(restarts, 0, "restarts");
  });

  it("the same while a command is on the wire: the setting is asked once that is over", () => {
    const { session, modem } = napping(family);
    session.client.modem.command("AT+CSQ", () => {});
    session.says("\\r\\nREBOOT_CAUSE_APPLICATION_RTC\\r\\nNeul[sp]\\r\\n");
    modem.serve();
    pass(session, modem, 2000);
    sameLines(modem.commands, ["AT+CSQ", "AT+CMEE?", family.poll]);
    mustTell(session);
  });

  it("a restart while it sleeps is a restart", () => {
    const { session, modem, sleeper } = napping(family);
    sleeper.sleeps(session, family.leaves);
    session.says("\\r\\nREBOOT_CAUSE_SECURITY_RESET_PIN\\r\\nNeul[sp]\\r\\nOK\\r\\n");
    modem.serve();
    mustTell(session, "error MODEM_RESTARTED");
    equal(session.client.modem.statistics.restarts, 1);
  });

  it("PSM that is not wanted is switched off again when the modem attaches again (BC28)", () => {
    const { session, modem } = napping(family, { modem: { psm: false } });
    session.says("\\r\\n+CEREG:1,1A2B,01A2D101,9,,,,\\r\\n");
    modem.serve();
    sameLines(modem.commands, [], "it was registered all the time");
    session.says("\\r\\n+CEREG:2\\r\\n\\r\\n+CEREG:5,1A2B,01A2D101,9,,,,\\r\\n");
    modem.serve();
    sameLines(modem.commands, ["AT+CPSMS=0"]);
  });

  it("the answer to a question how it is with sleep is no report", () => {
    const { session, modem, sleeper } = napping(family);
    sleeper.answers["AT+NPSMR?"] = ["+NPSMR:1,1", "OK"];
    session.client.modem.command("AT+NPSMR?", () => {});
    modem.serve();
    session.says("\\r\\n+NPSMR:1,1\\r\\n");
    session.publish("hello", { QoS: 1, id: 7 });
    modem.serve();
    mustTell(session, "done 7");
  });

  it("firmware that refuses to say when it sleeps is known by its silence", () => {
    const session = new Session({ client: { keepAlive: 0 }, modem: { io: family.io, psm: PSM } }), modem = new Answering(session, family), sleeper = new Sleeper(modem, family);
    sleeper.answers["AT+NPSMR=1"] = ["ERROR"];
    modem.serve();
    session.mustTell("control 2");
    modem.commands.length = 0;
    session.pass(11_000);
    session.publish("hello", { QoS: 1, id: 7 });
    modem.serve();
    sameLines(modem.commands.slice(0, 3), ["AT", "AT+CMEE?", family.poll]);
    mustTell(session, "done 7");
  });
});

describe("NM28, of which no report of sleep is known: sleep by silence", () => {
  const family: SleepingFamily = { ...nm28, io: NM28, leaves: "", returns: "", poll: "AT+MQTTCONN?", gone: ["OK"], publish: /^AT\+MQTTPUBEX=/ };
  const SHORT = { active: 30, periodic: 400 };
  const dozing = (registration?: string, reports?: string) => {
    const session = new Session({ client: { keepAlive: 280_000 }, modem: { io: family.io, psm: SHORT } });
    const modem = new Answering(session, family), sleeper = new Sleeper(modem, family);
    if (registration === undefined) delete sleeper.answers["AT+CEREG?"];
    else sleeper.answers["AT+CEREG?"] = [registration, "OK"];
    if (reports !== undefined) sleeper.answers["AT+CEREG=5"] = [reports];
    modem.serve();
    session.mustTell("control 2");
    modem.commands.length = 0;
    return { session, modem, sleeper };
  };

  it("it is woken after the active time that was granted, and not before", () => {
    const { session, modem, sleeper } = dozing('+CEREG: 5,1,"1A2B","01A2D101",9,,,"00001010","01000001"');
    pass(session, modem, 19_000);
    session.publish("one", { QoS: 1, id: 1 });
    modem.serve();
    equal(modem.commands.includes("AT"), false, modem.commands.join());
    modem.commands.length = 0;
    pass(session, modem, 19_900);
    equal(modem.commands.includes("AT"), false, modem.commands.join());
    modem.commands.length = 0;
    sleeper.asleep = true;
    session.pass(200);
    session.publish("two", { QoS: 1, id: 2 });
    pass(session, modem, 1000);
    sameLines(modem.commands.slice(0, 4), ["AT", "AT", "AT+CMEE?", family.poll]);
    mustTell(session, "done 1", "done 2");
  });

  it("where the granted time is not told, it is the one that was asked for; questions and polls do not keep the modem awake", () => {
    const { session, modem } = dozing(undefined, "ERROR");
    pass(session, modem, 29_000);
    modem.commands.length = 0;
    session.client.modem.command("AT+CSQ", () => {});
    modem.serve();
    equal(modem.commands[0], "AT+CSQ");
    pass(session, modem, 2100);
    modem.commands.length = 0;
    session.client.modem.command("AT+CSQ", () => {});
    modem.serve();
    equal(modem.commands[0], "AT");
  });

  it("a network that grants no sleep: it does not sleep", () => {
    const { session, modem } = dozing('+CEREG: 5,1,"1A2B","01A2D101",9,,,,');
    pass(session, modem, 100_000);
    modem.commands.length = 0;
    session.client.modem.command("AT+CSQ", () => {});
    modem.serve();
    equal(modem.commands[0], "AT+CSQ");
  });

  it("a keep-alive time is refused that no sleep of this modem can be shorter than", () => {
    const error = thrown(() => new Session({ modem: { io: family.io, psm: { active: 10, periodic: 3600 } } })) as ArgumentError;
    equal(error.argument, "modem.psm.periodic");
    equal(error.message.includes("must be at most 435 seconds"), true, error.message);
  });
});

describe("what wakes a modem", () => {
  it("is its pin, and then AT: the pin is let go of before that, and pulsed again after ten", () => {
    const board = new Board();
    const { session, modem, sleeper } = napping(FAMILIES[0], { modem: { power: { wake: { io: board.Digital, pin: 4, activeLow: true, pulse: 150 } } } });
    board.events.length = 0;
    board.onWrite = (_pin, level) => void (level === 0 && board.events.push(`${session.port.sent.length} bytes`));
    sleeper.loses = 12;
    sleeper.sleeps(session, "+NPSMR:1");
    session.publish("hello", { QoS: 1, id: 7 });
    sameLines(board.events, ["4 is 0", "0 bytes"], "the pin first");
    session.pass(100);
    equal(session.port.sent.length, 0, "nothing is sent while it is pressed");
    session.pass(50);
    equal(session.port.sent.length, 3, "AT");
    pass(session, modem, 6000);
    sameLines(board.events.filter((event) => event.startsWith("4 ")), ["4 is 0", "4 is 1", "4 is 0", "4 is 1"]);
    mustTell(session, "done 7");
  });

  it("is its pin: one that answers while it is pressed has it let go", () => {
    const board = new Board();
    const { session, modem, sleeper } = napping(FAMILIES[0], { modem: { power: { wake: { io: board.Digital, pin: 4, pulse: 5000 } } } });
    board.events.length = 0;
    sleeper.sleeps(session, "+NPSMR:1");
    session.publish("hello", { QoS: 1, id: 7 });
    session.pass(50);
    sleeper.asleep = false;
    session.says("\\r\\n+NPSMR:0\\r\\n");
    pass(session, modem, 1000);
    sameLines(board.events, ["4 is 1", "4 is 0"]);
    mustTell(session, "done 7");
  });

  it("must be a function", () => {
    const error = thrown(() => new Session({ modem: { io: BC35G, wake: 5 } })) as ArgumentError;
    equal(error.argument, "modem.wake");
  });

  it("may throw: the application hears of it, and AT wakes the modem", () => {
    let isBroken = false;
    const { session, modem, sleeper } = napping(FAMILIES[0], { modem: { wake() { if (isBroken) throw new Error("no such pin"); } } });
    isBroken = true;
    sleeper.sleeps(session, "+NPSMR:1");
    session.publish("hello", { QoS: 1, id: 7 });
    let heard = "";
    for (let i = 0; i < 40; i++) {
      try {
        pass(session, modem, 50);
      } catch (error) {
        heard = (error as Error).message;
      }
    }
    equal(heard, "no such pin");
    mustTell(session, "done 7");
  });
});
