// One run: a plan, carried out, and the promises checked all the while.

import type { Link } from "../../src/modem/link";
import { TrafficTrace } from "../../hosts/node/trace";
import { VirtualModemCore } from "../../hosts/virtual-modem/modem";
import { seededRandom } from "../../hosts/virtual-modem/random";
import { CLIENT_ID, SECRET, Tantrum, type Application, type Write } from "./application";
import { Broker, keyOf, matches } from "./broker";
import { APN_PASSWORD, IS_REPORTED, PIN } from "./care";
import { CareWatch } from "./care-watch";
import { ClientApplication } from "./client";
import { CoreTime, Processor, SimulatedClock } from "./clock";
import { families } from "./families";
import { Line } from "./line";
import { SimulatedNetwork } from "./network";
import { farTopics, type Event, type Plan } from "./plan";
import { SessionApplication } from "./session";
import { inPlaceOf, isNoCommand, WireChecker } from "./wire";

/** Milliseconds. What is asked for then has come in this time. */
const PROBE = 120_000;
/** In place of a message's order: one that is marked, or cut, or dropped. */
const DAMAGE = -1;
/** For how long at least a modem may look for a network undisturbed. */
const SEARCH = 590_000;
/** How often something is published once the last fault is over, where the modem sleeps. */
const BEAT = 120_000;
/** In which the modem answers a question that nothing keeps it from. */
const ANSWER = 60_000;
/** What takes the modem from the network, or restarts it. */
const LEAVES = /^AT\+(?:CGATT=0|COPS=2|CFUN=|NRB|CMRB|TRB)/;
/** How long all must have been well before. */
const SETTLED = 2000;

export interface Violation {
  /** The promise's number in issue 6. */
  readonly promise: string;
  readonly what: string;
  readonly at: number;
}

export interface Figures {
  simulated: number;
  clients: number;
  published: number;
  done: number;
  failed: number;
  refused: number;
  /** Messages that went to the modem another time. */
  sentAgain: number;
  /** Done at QoS 2, and taken by the broker for messages of an earlier connection. */
  mistaken: number;
  delivered: number;
  suspect: number;
  /** Not marked, and other bytes than were sent: the line had changed or lost some. */
  garbled: number;
  tantrums: number;
  /** Times that a session has pulled the modem's reset pin. */
  resets: number;
  bytesLost: number;
  longestWrite: number;
  longestRecovery: number;
  faults: Record<string, number>;
  /** Runs with care, those of them that began with a cold modem, and what the application has asked and been answered. */
  cared: number;
  cold: number;
  answered: number;
  /** Times that the modem has fallen asleep. */
  sleeps: number;
}

export interface Outcome {
  readonly violation: Violation | null;
  readonly figures: Figures;
  /** What happened, where it was asked for. */
  readonly trace: readonly string[];
  /** What the application was told, in order. */
  readonly account: readonly string[];
}

export function simulate(plan: Plan, tracing = false): Outcome {
  const outcome = new Simulation(plan, tracing).run();
  if (outcome.violation !== null || plan.world !== "strangers" || plan.seed % 4 !== 0) return outcome;
  // 11: how the bytes are split decides nothing.
  const other = new Simulation({ ...plan, pieces: plan.pieces === "whole" ? "bytes" : "whole" }, tracing).run();
  if (other.violation !== null) return other;
  const different = outcome.account.findIndex((line, index) => line !== other.account[index]);
  if (different < 0 && outcome.account.length === other.account.length) return outcome;
  const what = `split otherwise, the same bytes come out as ${JSON.stringify(other.account[different] ?? null)} and not as ${JSON.stringify(outcome.account[different] ?? null)}`;
  return { ...other, violation: { promise: "11", what: what.slice(0, 600), at: other.figures.simulated } };
}

class Simulation {
  readonly #plan: Plan;
  readonly #clock = new SimulatedClock();
  readonly #broker = new Broker(this.#clock);
  readonly #network = new SimulatedNetwork(this.#clock, this.#broker);
  readonly #processor = new Processor(this.#clock, (what) => this.#guard(what));
  readonly #line: Line;
  readonly #modem: VirtualModemCore;
  readonly #application: Application;
  readonly #wire: WireChecker;
  /** 8: what people are shown of the traffic, which has the password in it, and is echoed in pieces. */
  readonly #traffic = new TrafficTrace((line) => {
    if ([SECRET, PIN, APN_PASSWORD].some((secret) => line.includes(secret))) this.#violated("8", `the trace shows a password: ${line}`);
  }, [SECRET, PIN, APN_PASSWORD]);
  /** Of a run with care. */
  readonly #care: CareWatch | null;
  readonly #tracing: boolean;
  readonly #trace: string[] = [];
  #violation: Violation | null = null;
  #driver: Link | null = null;
  /** What the driver had when it was made. */
  #sizes = { operations: 0, ring: 0 };
  /** Power cuts and deaf modems, each of which may have left a modem waiting for a payload that does not come any more. */
  #payloadsLost = 0;
  /** By key: how often the application has received it. */
  readonly #received = new Map<string, number>();
  /** By key: how often the modem was given it, and over which connection last. */
  readonly #handed = new Map<string, { times: number; connection: number }>();
  /** That of the last command. The modem may have another one before it takes the message that the command is about. */
  #connection = 0;
  #probed = new Set<string>();
  readonly #account: string[] = [];
  /** Disturbances until the first connection. */
  #before: number | null = null;
  /** What the application was told of messages, in turn: the place of a whole one that was sent once, in the order in which the broker sent them, or `DAMAGE`. */
  readonly #arrivals: number[] = [];
  #sleeps = false;
  /** Times that the client has left the network before its first connection. */
  #left = 0;
  /** What was answered last to what the application has asked. */
  readonly #answers = new Map<string, unknown>();
  /** Since when the modem has had no network. */
  #unattached = 0;
  readonly #figures: Figures = {
    simulated: 0, clients: 0, published: 0, done: 0, failed: 0, refused: 0, sentAgain: 0, mistaken: 0, delivered: 0, suspect: 0, garbled: 0, tantrums: 0, resets: 0, bytesLost: 0,
    longestWrite: 0, longestRecovery: 0, faults: {}, cared: 0, cold: 0, answered: 0, sleeps: 0,
  };

  constructor(plan: Plan, tracing: boolean) {
    this.#plan = plan;
    this.#tracing = tracing;
    const { baud, care, fifo, modem: name } = plan;
    const family = families[name];
    const clock = this.#clock, hostRate = care?.hostRate ?? 0;
    this.#care = care === null ? null : new CareWatch({ plan, care, now: () => clock.now(), violated: (promise, what) => this.#violated(promise, what) });
    this.#line = new Line({
      clock, processor: this.#processor, baud, fifo, pieces: plan.pieces, holdsInsideLines: plan.world === "strangers", hostRate,
      toModem: (bytes, rate) => this.#modem.receive(bytes, rate),
      wrote: (bytes) => {
        this.#say(`→ ${shown(bytes)}`);
        this.#wire.wrote(bytes);
        this.#traffic.trace("sent", bytes);
      },
      read: (bytes) => {
        if (bytes.length > 0) this.#say(`← ${shown(bytes)}`);
        this.#wire.read(bytes);
        this.#care?.read(bytes);
        this.#traffic.trace("received", bytes);
      },
      opened: () => this.#wire.begin(),
      overflowed: (bytes) => void (this.#figures.bytesLost += bytes),
    });
    this.#modem = new VirtualModemCore(
      family.modem,
      { clock, network: this.#network, random: seededRandom(plan.seed + 1), port: { write: (bytes, rate) => this.#line.fromModem(bytes, rate) } },
      { baud, echo: plan.echo, variants: plan.variants, bootTime: plan.bootTime, attachTime: plan.attachTime, start: plan.bootTime > 0 ? "booting" : "running", ...care?.device },
    );
    const Tested = plan.session === null ? ClientApplication : SessionApplication;
    this.#application = new Tested({
      plan, family, clock, processor: this.#processor, line: this.#line, random: seededRandom(plan.seed + 2),
      time: new CoreTime(clock, this.#processor, plan.clock),
      reset: () => {
        this.#say("reset pin");
        this.#leaves("the reset pin is pulled");
        this.#figures.resets++;
        this.#modem.restart("pin");
      },
      watch: {
        violated: (promise, what) => this.#violated(promise, what),
        noted: (what) => {
          if (what === "overflow") this.#arrivals.push(DAMAGE);
          this.#say(what);
        },
        done: (write) => this.#done(write),
        failed: (write) => this.#failed(write),
        received: (topic, payload, suspect) => this.#delivered(topic, payload, suspect),
        driving: (driver) => this.#driving(driver),
        told: (error) => this.#care?.told(error),
        answered: (what, error, told) => {
          this.#answers.set(what, error === null ? told : error);
          this.#care?.answered(what, error, told);
        },
      },
    });
    this.#broker.gluing = plan.glued;
    // An M531X or ML302 does not ping while messages come (hosts/virtual-modem/keep-alive.ts), and a broker may end the connection for it.
    this.#broker.patient = plan.world === "strangers";
    this.#broker.onPublish = (topic, payload, QoS, retain, times) => this.#published(topic, payload, QoS, times, this.#application.payloads(topic, QoS, retain));
    this.#wire = new WireChecker({
      modem: name, cuts: baud > 0, care: care !== null, setup: care?.options.setup, given: [this.#application], violated: (what) => this.#violated("7", what),
      commanded: (line) => this.#commanded(line), published: (topic, payload, QoS) => this.#handedOver(topic, payload, QoS),
    });
  }

  run(): Outcome {
    const { calm, events } = this.#plan;
    this.#processor.later(() => this.#application.start());
    for (const event of events) this.#clock.setTimer(() => this.#happens(event), event.at);
    this.#pass(calm);
    if (this.#violation === null) this.#undisturbed();
    if (this.#violation === null) this.#slept();
    if (this.#violation === null) this.#recover();
    if (this.#violation === null) this.#end();
    this.#traffic.flush();
    this.#figures.simulated = this.#clock.now();
    this.#figures.clients = this.#application.lives;
    this.#figures.published = this.#application.accepted;
    this.#figures.refused = this.#application.refused;
    this.#figures.mistaken = this.#broker.mistaken.size;
    this.#figures.cared = Number(this.#care !== null);
    this.#figures.cold = Number(this.#plan.world === "cold");
    this.#figures.answered = this.#care?.answers ?? 0;
    return { violation: this.#violation, figures: this.#figures, trace: this.#trace, account: this.#account };
  }

  // ---- time

  #pass(until: number, enough: () => boolean = () => false): void {
    while (this.#violation === null && !enough()) {
      try {
        if (!this.#clock.step(until)) return;
      } catch (error) {
        // Not from the client, whose calls are guarded: the model of the world itself is wrong.
        this.#violated("modem", `the virtual modem or the broker threw: ${error instanceof Error ? error.stack : String(error)}`);
      }
      this.#checkMemory();
      if (this.#modem.asleep !== this.#sleeps) {
        this.#sleeps = !this.#sleeps;
        if (this.#sleeps) this.#figures.sleeps++;
        this.#say(this.#sleeps ? "—— the modem sleeps" : "—— the modem is awake");
      }
      if (this.#modem.registration === 1 || this.#modem.registration === 5) this.#unattached = this.#clock.now();
      if (this.#before === null && this.#application.online) this.#before = this.#application.disturbances;
    }
  }

  /** Whatever reaches the client: only the application's own exceptions may come back. */
  #guard(what: () => void): void {
    try {
      what();
    } catch (error) {
      if (error instanceof Tantrum) this.#figures.tantrums++;
      else this.#violated("6", `an exception came out of the client: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }

  #recover(): void {
    const calm = this.#clock.now();
    const { exact, modem } = this.#plan;
    const { recovers } = families[modem];
    this.#say("—— the last fault is over");
    this.#modem.clearFaults();
    this.#network.heal();
    this.#broker.heal();
    this.#application.calm();
    this.#mend();
    // What was subscribed over a line that changes bytes may be anything.
    if (!exact) this.#guard(() => this.#application.renew());
    this.#beat();
    const wanted = (): boolean => this.#application.settled && this.#application.wanted.every((filter) => this.#broker.serves(CLIENT_ID, filter));
    while (this.#violation === null) {
      this.#pass(calm + recovers, wanted);
      if (!wanted()) return this.#violated("4", `not connected and subscribed again ${recovers / 60_000} minutes after the last fault`);
      const { disturbances } = this.#application;
      const recovered = this.#clock.now() - calm;
      this.#pass(this.#clock.now() + SETTLED);
      if (this.#application.disturbances !== disturbances || !wanted()) continue;
      if (this.#probe(disturbances)) {
        this.#figures.longestRecovery = recovered;
        return this.#set();
      }
    }
  }

  /** A modem that sleeps tells nobody that its connection is gone: what is published wakes it, and shows that. */
  #beat(): void {
    if (this.#plan.world !== "sleep" || this.#probed.size > 0) return;
    if (this.#modem.asleep) this.#processor.now(() => this.#application.publish("beat", 0));
    this.#clock.setTimer(() => this.#beat(), BEAT);
  }

  /** Somebody sees to the modem and its card. */
  #mend(): void {
    const { care, exact } = this.#plan;
    if (care === null) return;
    this.#care?.mustBeTold();
    this.#modem.set(care.mended);
    // The line may have changed the PIN, which is not given again then.
    if (!exact) this.#modem.set({ sim: { state: "ready" } });
    if (!this.#modem.isOn) this.#modem.pulse("power", 700);
  }

  /** 14: what the application's setup has set is set, whatever restarts there have been. */
  #set(): void {
    if (this.#care?.reports !== true || !this.#plan.exact) return;
    this.#answers.delete(IS_REPORTED);
    this.#processor.now(() => this.#application.act({ at: 0, do: "command", line: IS_REPORTED }));
    this.#pass(this.#clock.now() + ANSWER, () => this.#answers.has(IS_REPORTED));
    const answer = this.#answers.get(IS_REPORTED);
    if (!Array.isArray(answer) || !/^\+CSCON: ?1/.test(answer[0])) this.#violated("14", `setup had the modem report its connection, and ${IS_REPORTED} is answered ${answer instanceof Error ? answer.message : JSON.stringify(answer)}`);
  }

  /** Messages in both directions must get through now. @returns false when the connection was disturbed meanwhile */
  #probe(disturbances: number): boolean {
    const application = this.#application;
    const expected = new Map<string, string>();
    let number = 0;
    for (const filter of application.wanted)
      for (const QoS of [0, 1, 2] as const) {
        const topic = farTopics.find((each) => matches(filter, each))!;
        const payload = Buffer.from(`{far probe ${++number}}`);
        expected.set(keyOf(topic, payload), `${topic} ${payload}`);
        this.#broker.publish(topic, payload, QoS);
      }
    this.#probed = new Set(expected.keys());
    const written: string[] = [];
    const publishing = [0, 1, 2];
    const over = (): boolean => {
      if (application.disturbances !== disturbances) return true;
      if (application.open === 0 && publishing.length > 0) this.#processor.now(() => {
        const [QoS] = publishing;
        const { accepted } = application;
        const payload = application.publish(`probe/${QoS}`, QoS);
        if (application.accepted === accepted) return; // it cannot take it yet
        publishing.shift();
        written.push(keyOf(`probe/${QoS}`, Buffer.from(payload)));
      });
      return publishing.length === 0 && application.open === 0 && this.#probed.size === 0 && written.every((key) => this.#broker.received.has(key) || this.#mistaken(key));
    };
    this.#pass(this.#clock.now() + PROBE, over);
    if (this.#violation !== null || application.disturbances !== disturbances) return false;
    if (this.#probed.size > 0) this.#violated("3", `nothing is wrong any more, and ${[...this.#probed].map((key) => expected.get(key)).join("; ")} did not come`);
    else if (!over()) this.#violated("1", "nothing is wrong any more, and a publish was not done");
    for (const key of written) if (!this.#mistaken(key) && (this.#broker.received.get(key)?.times ?? 0) !== 1) this.#violated("2", `the broker has ${key} ${this.#broker.received.get(key)?.times ?? 0} times`);
    return true;
  }

  #end(): void {
    this.#guard(() => this.#application.stop());
    this.#pass(this.#clock.now() + 60_000, () => !this.#line.open);
    if (this.#line.open) this.#violated("6", "the port is not released");
    if (this.#application.left !== null) this.#violated("2", this.#application.left);
    this.#modem.close();
  }

  // ---- events

  #happens(event: Event): void {
    const { faults } = this.#figures;
    const count = (kind: string): void => void (faults[kind] = (faults[kind] ?? 0) + 1);
    const clock = this.#clock;
    if (!("topic" in event)) this.#say(`!! ${JSON.stringify(event)}`);
    switch (event.do) {
      case "modem":
        count(`modem: ${event.fault.split(":")[0]}`);
        if (event.fault.startsWith("silence")) this.#payloadsLost++;
        return this.#modem.fault(event.fault);
      case "slow modem":
        count("modem: slow");
        this.#modem.fault(`slow:${event.factor}`);
        clock.setTimer(() => this.#modem.fault("slow:1"), event.duration);
        return;
      case "noise":
        count(`line: bytes ${event.kind === "lose" ? "lost" : event.kind === "change" ? "changed" : "doubled"}`);
        this.#modem.fault(`${event.kind}:${event.probability},${event.way}`);
        clock.setTimer(() => this.#modem.fault(`${event.kind}:0,${event.way}`), event.duration);
        return;
      case "hold the line":
        count("line: delayed and merged");
        return this.#line.hold(event.duration);
      case "busy":
        count("application: slow");
        return this.#processor.occupy(event.duration);
      case "network":
        count(`network: ${event.how}`);
        if (event.how === "reset") this.#network.reset();
        else if (event.how === "hole") this.#network.hole(event.duration);
        else if (event.how === "slow") this.#network.slow(3000, event.duration);
        else this.#network.fail(event.how, event.duration);
        return;
      case "broker":
        count(`broker: ${event.how}`);
        return this.#disturbBroker(event.how, event.value, event.duration);
      case "far":
        this.#say(`far ${event.topic} QoS ${event.QoS} ${JSON.stringify(event.payload.slice(0, 60))}`);
        return this.#broker.publish(event.topic, Buffer.from(event.payload, "latin1"), event.QoS as 0, event.retain);
      case "at callback":
        count(`application: ${event.act} in ${event.name}`);
        break;
      case "power cut":
        this.#payloadsLost++;
        count(`power cut${event.torn === null ? "" : " in the middle of a write"}`);
        break;
      case "close":
      case "disconnect":
        count(`application: ${event.do}`);
        break;
      case "power key":
        return this.#modem.pulse("power", event.duration);
      case "device":
        count(`device: ${Object.values(event.set).flatMap((part) => Object.keys(part)).join(" ")}`);
        return this.#modem.set(event.set);
    }
    this.#processor.now(() => this.#application.act(event));
  }

  #disturbBroker(how: string, value: number, duration: number): void {
    const broker = this.#broker;
    const forAWhile = (begin: () => void, end: () => void): void => {
      begin();
      this.#clock.setTimer(end, duration);
    };
    switch (how) {
      case "restart":
      case "forget": return broker.restart(duration, how === "forget");
      case "refuse": return forAWhile(() => (broker.refusing = value), () => (broker.refusing = 0));
      case "slow": return forAWhile(() => (broker.thinking = value * 3000), () => (broker.thinking = 0));
      case "mute": return forAWhile(() => (broker.mute = true), () => (broker.mute = false));
      case "duplicate": return forAWhile(() => (broker.duplicating = true), () => (broker.duplicating = false));
      case "forbid": return forAWhile(() => (broker.forbidding = true), () => (broker.forbidding = false));
    }
  }

  // ---- promises

  #violated(promise: string, what: string): void {
    this.#say(`** promise ${promise}: ${what}`);
    this.#violation ??= { promise, what, at: this.#clock.now() };
  }

  /** 1: what is reported done was acknowledged by the broker. */
  #done(write: Write): void {
    const figures = this.#figures;
    figures.longestWrite = Math.max(figures.longestWrite, this.#clock.now() - write.at);
    this.#account.push(`done ${write.kind} ${write.topic} ${write.payload}`);
    if (write.kind !== "publish") return;
    figures.done++;
    if (write.QoS === 0 || !this.#plan.exact) return;
    const key = keyOf(write.topic, Buffer.from(write.payload, "latin1"));
    const known = this.#broker.received.get(key);
    if ((known !== undefined && known.acknowledged > 0) || this.#mistaken(key)) return;
    this.#violated("1", `${write.topic} ${JSON.stringify(write.payload)} at QoS ${write.QoS} was reported done, and the broker ${known === undefined ? "does not know it" : "has not acknowledged it"}`);
  }

  /** A broker that keeps the session keeps packet ids that the modem, or the next client, uses again (docs/limits.md). */
  #mistaken(key: string): boolean {
    return this.#plan.client.clean === false && this.#broker.mistaken.has(key);
  }

  /** 2: what is published is what the application has given, or takes the place of what a modem must not be sent without its prompt. */
  #published(topic: string, payload: string, QoS: number, times: number, given: ReadonlySet<string>): void {
    if (!this.#plan.exact) return;
    if (given.has(payload)) return this.#counted(topic, payload, QoS, times);
    if ([...given].some((each) => !isNoCommand(each) && inPlaceOf(each, this.#plan.modem).includes(payload))) return;
    if (this.#payloadsLost > 0) this.#payloadsLost--;
    else this.#violated("2", `${JSON.stringify(payload)} was published by nobody`);
  }

  /** 2: subscribers have a message no more often than the modem had it; at QoS 1 the modem itself may send it again. */
  #counted(topic: string, payload: string, QoS: number, times: number): void {
    const handed = this.#handed.get(keyOf(topic, Buffer.from(payload, "latin1")))?.times ?? 0;
    if (QoS !== 1 && times > handed) this.#violated("2", `the broker has ${topic} ${JSON.stringify(payload)} at QoS ${QoS} ${times} times, and the modem was given it ${handed} times`);
  }

  /** 9: what strangers publish, or a broker that is away, never costs the network; and a scan is never cut short. */
  #leaves(what: string, line = ""): void {
    const { care, variants, world } = this.#plan;
    // Care switches the radio on. Before there is a connection it leaves the network once, to join it with another access point.
    if (care !== null && this.#before === null && (line === "AT+CFUN=1" || line === "AT+CGATT=1" || (/^AT\+(?:CFUN|CGATT)=0$/.test(line) && this.#left++ === 0))) return;
    if (world === "strangers" || world === "away") this.#violated("9", `${world === "away" ? "the broker is away" : "a stranger has published"}, and ${what}`);
    else if ((world === "network" || world === "cold") && variants.registration !== "unknown" && !this.#plan.events.some(isAboutSim) && this.#modem.registration === 2 && this.#clock.now() - this.#unattached < SEARCH) this.#violated("9", `the modem looks for a network, and ${what}`);
  }

  /** 9 and 10: where strangers publish and nothing else is wrong, the connection stays, and nothing that the modem has got is lost. */
  #undisturbed(): void {
    if (this.#plan.world !== "strangers") return;
    const { disturbances, lives } = this.#application;
    this.#pass(this.#clock.now() + PROBE);
    if (this.#violation !== null) return;
    if (this.#before === null) return this.#violated("4", "nothing is wrong, and no connection was made");
    if (lives > 1 || disturbances > this.#before) return this.#violated("9", "a stranger has published, and the connection was lost");
    for (const [key, { order }] of this.#broker.sent)
      if (!this.#received.has(key) && (families[this.#plan.modem].framed || !/[\r\n].*\0/s.test(key)) && !this.#isToldOf(order))
        return this.#violated("10", `a message did not come, and nothing that came around it was marked, or dropped and told of: ${JSON.stringify(key.slice(0, 200))}`);
  }

  /** 15: a sleep that leaves the connection costs nothing. */
  #slept(): void {
    const { care, events, world } = this.#plan;
    if (world !== "sleep" || care!.device.sleep?.keeps !== "session" || events.some(({ do: kind }) => !["far", "publish", "subscribe", "command", "ask"].includes(kind))) return;
    const { disturbances, lives } = this.#application;
    if (this.#before === null) return this.#violated("4", "nothing is wrong, and no connection was made");
    if (lives > 1 || disturbances > this.#before) this.#violated("15", "the modem has slept, which its connection has outlasted, and the client has given that up");
    else if (this.#figures.failed > 0) this.#violated("15", `the modem has slept, which its connection has outlasted, and ${this.#figures.failed} publishes have failed`);
  }

  /** Whether something was marked, or dropped, between the whole messages that were sent before the one with this place and behind it. */
  #isToldOf(order: number): boolean {
    const arrivals = this.#arrivals;
    const before = arrivals.findLastIndex((each) => each !== DAMAGE && each < order);
    const found = arrivals.findIndex((each) => each > order), behind = found < 0 ? arrivals.length : found;
    return arrivals.slice(Math.max(0, Math.min(before, behind)), Math.max(before, behind) + 1).includes(DAMAGE);
  }

  #commanded(line: string): void {
    if (LEAVES.test(line)) this.#leaves(`the client sends ${line}`, line);
    this.#care?.commanded(line, this.#application.lives);
    this.#connection = this.#application.connections;
    this.#application.commanded(line);
  }

  /** 2: the modem is given a message once, and again only over another connection, and not at QoS 0. */
  #handedOver(topic: string, payload: string, QoS: number): void {
    if (!this.#plan.exact) return;
    const key = keyOf(topic, Buffer.from(payload, "latin1"));
    const handed = this.#handed.get(key);
    if (handed !== undefined && (QoS === 0 || handed.connection === this.#connection))
      this.#violated("2", `the modem was given ${topic} ${JSON.stringify(payload)} at QoS ${QoS} again${QoS === 0 ? "" : " over one connection"}`);
    this.#handed.set(key, { times: (handed?.times ?? 0) + 1, connection: this.#connection });
    if (handed !== undefined) this.#figures.sentAgain++;
  }

  #failed(write: Write): void {
    this.#account.push(`failed ${write.kind} ${write.topic} ${write.payload}`);
    this.#figures.longestWrite = Math.max(this.#figures.longestWrite, this.#clock.now() - write.at);
    if (write.kind === "publish") this.#figures.failed++;
  }

  /** 3: what is received is what was published, in order, or is marked. */
  #delivered(topic: string, payload: Buffer, suspect: boolean): void {
    this.#figures.delivered++;
    this.#account.push(`${suspect ? "suspect" : "received"} ${topic} ${payload.toString("latin1")}`);
    if (suspect) {
      this.#figures.suspect++;
      this.#arrivals.push(DAMAGE);
      return;
    }
    const key = keyOf(topic, payload);
    this.#probed.delete(key);
    const sent = this.#broker.sent.get(key);
    const shownAs = `${topic} ${JSON.stringify(payload.toString("latin1"))}`;
    if (sent === undefined) {
      this.#figures.garbled++;
      this.#arrivals.push(DAMAGE);
      // An earlier client's message, before this one has seen how the modem ends its lines.
      const unknownEnd = !this.#application.online && this.#plan.variants.lineEnd === "crcrlf" && !families[this.#plan.modem].framed;
      if (this.#plan.exact && !unknownEnd) this.#violated("3", `${shownAs} was received and never sent`);
      return;
    }
    const times = (this.#received.get(key) ?? 0) + 1;
    if (sent.times === 1) this.#arrivals.push(sent.order);
    if (!this.#plan.exact) return;
    this.#received.set(key, times);
    if (times > sent.times) this.#violated("3", `${shownAs} was received ${times} times and sent ${sent.times} times`);
    const last = this.#application.lastReceived;
    const before = last.get(topic) ?? -1;
    if (sent.order < before && sent.times === 1) this.#violated("3", `${shownAs} was overtaken by another message of its topic`);
    last.set(topic, Math.max(before, sent.order));
  }

  /** 5: nothing grows beyond what it may have. */
  #driving(driver: Link): void {
    this.#driver = driver;
    this.#sizes = { operations: 0, ring: driver.chat.ring.bytes.length };
  }

  #checkMemory(): void {
    if (this.#application.overfull !== null) this.#violated("5", this.#application.overfull);
    const driver = this.#driver;
    if (driver === null) return;
    const { chat: channel, limits, window } = driver,
      publishing = limits.window - window;
    if (this.#sizes.operations === 0) this.#sizes.operations = channel.requests.capacity;
    if (channel.requests.capacity !== this.#sizes.operations) this.#violated("5", `${channel.requests.capacity} operations, and there were ${this.#sizes.operations}`);
    if (publishing < 0 || publishing > families[this.#plan.modem].window) this.#violated("5", `${publishing} publishes are under way`);
    if (channel.ring.bytes.length !== this.#sizes.ring) this.#violated("5", "the ring has grown");
    if (channel.writer.buffer.length > driver.family.commandBuffer) this.#violated("5", `the command line's buffer has ${channel.writer.buffer.length} bytes`);
    if (channel.payloads.bytes.length > driver.limits.payload + 1) this.#violated("5", `the payloads' buffer has ${channel.payloads.bytes.length} bytes`);
  }

  #say(what: string): void {
    if (this.#tracing) this.#trace.push(`${(this.#clock.now() / 1000).toFixed(3).padStart(9)} ${what}`);
  }
}

/** A SIM that failed may work after a restart; one that was put in begins another search. */
function isAboutSim(event: Event): boolean {
  return (event.do === "modem" && event.fault.startsWith("sim")) || (event.do === "device" && event.set.sim !== undefined);
}

function shown(bytes: Uint8Array): string {
  const text = JSON.stringify(Buffer.from(bytes).toString("latin1"));
  return text.length > 200 ? `${text.slice(0, 200)}… (${bytes.length} bytes)` : text;
}

