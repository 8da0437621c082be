// Several clients on one NM28 and one port, each of another cloud, in virtual time from one seed: what is one's must not
// become another's, and each must come back by itself.

import { VirtualModemCore } from "../../hosts/virtual-modem/modem";
import { seededRandom } from "../../hosts/virtual-modem/random";
import { alibaba, ctwing, onenet, tencent } from "../../src/clouds/index";
import { MQTTClient, StateError, type MQTTModemError, type ReadableOptions } from "../../src/index";
import { Broker, keyOf } from "./broker";
import { CoreTime, Processor, SimulatedClock } from "./clock";
import { hostileTexts } from "./corpus";
import { families } from "./families";
import { Line, SimulatedPort } from "./line";
import { SimulatedNetwork } from "./network";
import { WireChecker, type Given } from "./wire";

const { driver: NM28, modem: nm28, recovers, writeEnds } = families.nm28;
const KEY = Buffer.from("a device's own key").toString("base64");
/** Milliseconds. */
const FAULTY = 600_000;

/** What each one connects with: what the clouds' helpers make, and two without a cloud. */
const connections: readonly { id: string; user?: string; password?: string }[] = [
  { id: "plain-0", user: "u", password: "p" },
  alibaba({ productKey: "pk", deviceName: "dn", deviceSecret: "ds" }),
  tencent({ productId: "PI", deviceName: "dn", deviceSecret: KEY, connectionId: "c1234", expiry: 1_900_000_000 }),
  onenet({ productId: "pid", deviceName: "dn-3", deviceKey: KEY, expiry: 1_900_000_000 }),
  ctwing({ deviceId: "d4", productId: "p4", token: "t4" }),
  { id: "plain-5" },
];

export interface SeveralFigures {
  clients: number;
  published: number;
  done: number;
  failed: number;
  delivered: number;
  faults: number;
  /** Lines that the wire's checker has read. */
  commands: number;
  /** Milliseconds. */
  simulated: number;
}

/** @returns what is wrong, or null, and what it was */
export function simulateSeveral(seed: number): { readonly wrong: string | null; readonly figures: SeveralFigures } {
  return new Several(seed).run();
}

class Several {
  readonly clock = new SimulatedClock();
  readonly broker = new Broker(this.clock);
  readonly random: () => number;
  readonly figures: SeveralFigures = { clients: 0, published: 0, done: 0, failed: 0, delivered: 0, faults: 0, commands: 0, simulated: 0 };
  readonly texts = hostileTexts("nm28");
  readonly time: CoreTime;
  readonly processor: Processor;
  readonly line: Line;
  /** The last client that was made: others join its modem. */
  latest: MQTTClient | null = null;
  stopped = false;
  #wrong: string | null = null;
  readonly #network = new SimulatedNetwork(this.clock, this.broker);
  readonly #modem: VirtualModemCore;
  readonly #devices: readonly Device[];
  /** Whatever is written over one's link must be that one's. */
  readonly #wire: WireChecker;

  constructor(seed: number) {
    this.random = seededRandom(seed * 7 + 3);
    const count = 2 + Math.floor(this.random() * 5);
    this.processor = new Processor(this.clock, (what) => this.guard(what));
    this.time = new CoreTime(this.clock, this.processor, this.random() < 0.3 ? 0x7fffffff - 60_000 : 0);
    this.line = new Line({
      clock: this.clock, processor: this.processor, baud: 115_200, fifo: Infinity, toModem: (bytes) => this.#modem.receive(bytes),
      wrote: (bytes) => this.#wire.wrote(bytes), read: (bytes) => this.#wire.read(bytes), opened: () => this.#wire.begin(), overflowed: () => {},
    });
    this.#modem = new VirtualModemCore(
      nm28, { clock: this.clock, network: this.#network, random: seededRandom(seed), port: { write: (bytes) => this.line.fromModem(bytes) } },
      { baud: 115_200, echo: this.random() < 0.2, attachTime: 500 },
    );
    this.broker.onConnect = (id, user, password) => this.#connected(id, user, password);
    this.#devices = Array.from({ length: count }, (_, number) => new Device(this, number));
    this.#wire = new WireChecker({ modem: "nm28", cuts: true, given: this.#devices, violated: (what) => this.violated(what) });
  }

  run(): { wrong: string | null; figures: SeveralFigures } {
    for (const device of this.#devices) this.processor.later(() => device.start(), this.random() * 5000);
    for (let at = 60_000 * this.random(); at < FAULTY; at += 120_000 * this.random()) this.clock.setTimer(() => this.#disturb(), at);
    this.#pass(FAULTY);
    this.#modem.clearFaults();
    this.#network.heal();
    this.broker.heal();
    const well = (): boolean => this.#devices.every((device) => device.settled);
    this.#pass(recovers, well);
    if (!well()) this.violated(`not all are connected and subscribed ${recovers / 60_000} minutes after the last fault: ${this.#devices.map(({ settled }) => settled)}`);
    this.#probe();
    this.stopped = true;
    for (const device of this.#devices) this.guard(() => device.stop());
    this.#pass(60_000, () => !this.line.open);
    if (this.line.open) this.violated("the port is not released with the last client");
    this.#modem.close();
    this.figures.simulated = this.clock.now();
    this.figures.commands = this.#wire.lines;
    return { wrong: this.#wrong, figures: this.figures };
  }

  violated(what: string): void {
    this.#wrong ??= `${(this.clock.now() / 1000).toFixed(3)} s: ${what}`;
  }

  guard(what: () => void): void {
    try {
      what();
    } catch (error) {
      this.violated(`an exception came out of the client: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }

  /** A payload that no other message has. */
  payload(mark: string): string {
    const text = Buffer.from(this.texts[Math.floor(this.random() * this.texts.length)]).toString("latin1");
    return this.random() < 0.5 ? `${mark}${text}` : `${text}${mark}`;
  }

  #pass(milliseconds: number, enough: () => boolean = () => false): void {
    const end = this.clock.now() + milliseconds;
    while (this.#wrong === null && !enough() && this.clock.step(end));
  }

  #connected(id: string, user: string | undefined, password: string | undefined): void {
    const wanted = connections.find((each) => each.id === id);
    if (wanted === undefined) return this.violated(`a client connects with an id that was not given: ${JSON.stringify(id)}`);
    if ((user ?? "") !== (wanted.user ?? "") || (password ?? "") !== (wanted.password ?? "")) this.violated(`${id} connects with another one's name or password`);
  }

  #disturb(): void {
    const { random } = this;
    const upTo = (most: number): number => Math.round(most * random()) + 1;
    const client = Math.floor(random() * this.#devices.length);
    const faults: (() => void)[] = [
      ...[`link-loss@${client}:1`, `drop-in@${client}:puback,1`, `drop-out@${client}:publish,1`, `send@${client}:1`, `connack@${client}:${upTo(4)}`, `refused@${client}:2`, `suback@${client}:1`,
        "link-loss:1", `late:${upTo(30_000)},1`, "no-final:1", "no-prompt:1", `silence:${upTo(30_000)}`, `detach:${upTo(60_000)}`, "restart:0,watchdog", "restart:0,power"]
        .map((fault) => () => this.#modem.fault(fault)),
      () => this.broker.restart(upTo(60_000), random() < 0.3),
      () => this.#network.reset(),
      () => this.processor.occupy(upTo(20_000)),
      () => this.line.hold(upTo(3000)),
      () => this.processor.now(() => this.#devices[client].stop()),
    ];
    this.figures.faults++;
    faults[Math.floor(random() * faults.length)]();
  }

  /** Each is sent a message, and sends one; again and again, for a loss may be noticed only now. */
  #probe(): void {
    const end = this.clock.now() + recovers;
    const over = (): boolean => this.#devices.every(({ number, probed }) => probed && this.broker.received.has(keyOf(`from/${number}`, Buffer.from(`{probe from ${number}}`))));
    while (this.#wrong === null && !over()) {
      if (this.clock.now() > end) return this.violated("nothing is wrong any more, and not every message came");
      for (const device of this.#devices) {
        if (!device.probed) this.broker.publish(`to/${device.number}`, Buffer.from(`{probe ${device.number}}`), 1);
        this.processor.now(() => device.publish(1, `{probe from ${device.number}}`));
      }
      this.#pass(30_000, over);
    }
  }
}

/** One client after the other with the same id: made anew when it has ended. */
class Device implements Given {
  readonly number: number;
  readonly texts: Given["texts"];
  readonly #given = new Map<number, Set<string>>([0, 1, 2].map((QoS) => [QoS, new Set<string>()]));
  /** The last message has come. */
  probed = false;
  readonly #world: Several;
  #client: MQTTClient | null = null;
  #online = false;
  #subscribed = false;
  #pause = 1000;
  #mark = 0;
  #id = 0;
  #writes = new Map<number, { payload: string | null; QoS: number }>();
  #reading: { topic: string; parts: Buffer[]; suspect: boolean } | null = null;

  constructor(world: Several, number: number) {
    this.#world = world;
    this.number = number;
    const { id, user = "", password = "" } = connections[number];
    this.texts = {
      host: new Set(["broker.example"]), id: new Set([id]), user: new Set([user]), password: new Set([password]), filter: new Set([`to/${number}`]),
      "will topic": new Set([""]), "will message": new Set([""]),
    };
    this.#beat();
  }

  payloads(topic: string, QoS: number, retain: number): ReadonlySet<string> {
    return topic === `from/${this.number}` && retain === 0 ? this.#given.get(QoS)! : new Set();
  }

  get settled(): boolean {
    return this.#online && this.#subscribed;
  }

  start(): void {
    const world = this.#world;
    if (this.#client !== null || world.stopped) return;
    const { line } = world;
    let made: MQTTClient | null = null;
    const mine = (what: (...values: any[]) => void) => (...values: any[]): void => {
      if (made !== null && made !== this.#client) world.violated(`client ${this.number} was told of something after its end`);
      else what(...values);
    };
    const shared = world.latest ?? undefined;
    try {
      made = new MQTTClient({
        host: "broker.example", port: 1883, keepAlive: 60_000, clean: this.number % 2 === 0, ...pick(connections[this.number]),
        modem: { io: NM28 as any, clock: world.time, shared, link: this.number, serial: { io: SimulatedPort as any, line } },
        onReadable: mine((count: number, options: ReadableOptions) => this.#read(count, options)),
        onControl: mine(({ operation, returnCode }) => {
          if (operation === MQTTClient.CONNACK && returnCode === 0) this.#connected();
        }),
        onDone: mine((id: number, error: MQTTModemError | null) => this.#done(id, error)),
        onStage: mine((stage: string) => { this.#online = stage === "online" || (stage !== "reconnecting" && this.#online); }),
        onClose: mine(() => this.#over()),
        onError: mine(() => this.#over()),
      });
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      // The one before has not left yet.
      return void world.processor.later(() => this.start(), 1000);
    }
    this.#client = world.latest = made;
    world.figures.clients++;
  }

  stop(): void {
    const client = this.#client;
    if (client === null) return;
    client.close();
    this.#writes.clear();
    this.#over();
  }

  publish(QoS: number, payload: string): void {
    const { figures } = this.#world;
    const id = this.#nextId();
    this.#given.get(QoS)!.add(payload);
    try {
      this.#client?.write(Buffer.from(payload, "latin1"), { topic: `from/${this.number}`, QoS, id });
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      return;
    }
    if (this.#client === null) return;
    figures.published++;
    this.#track(id, { payload, QoS });
  }

  #nextId(): number {
    do this.#id = (this.#id % 65535) + 1;
    while (this.#writes.has(this.#id));
    return this.#id;
  }

  #track(id: number, write: { payload: string | null; QoS: number }): void {
    const world = this.#world;
    this.#writes.set(id, write);
    world.clock.setTimer(() => {
      if (this.#writes.get(id) === write) world.violated(`a write of client ${this.number} has not ended ${writeEnds / 60_000} minutes after it was written`);
    }, writeEnds * connections.length);
  }

  #beat(): void {
    const world = this.#world;
    world.processor.later(() => {
      if (world.stopped) return;
      if (this.#online && this.#writes.size === 0) this.publish(Math.floor(world.random() * 3), world.payload(`{from ${this.number} ${++this.#mark}}`));
      world.broker.publish(`to/${this.number}`, Buffer.from(world.payload(`{to ${this.number} ${++this.#mark}}`), "latin1"), Math.floor(world.random() * 3) as 0);
      this.#beat();
    }, 10_000 + 20_000 * world.random());
  }

  #connected(): void {
    this.#online = true;
    this.#pause = 1000;
    this.#subscribe();
  }

  #subscribe(): void {
    if (!this.#online || this.#subscribed || this.#client === null) return;
    const id = this.#nextId();
    try {
      this.#client.write(null, { operation: MQTTClient.SUBSCRIBE, id, items: [{ topic: `to/${this.number}`, QoS: 1 }] });
      this.#track(id, { payload: null, QoS: 1 });
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      this.#world.processor.later(() => this.#subscribe(), 2000);
    }
  }

  #done(id: number, error: MQTTModemError | null): void {
    const world = this.#world;
    const write = this.#writes.get(id);
    if (write === undefined) return world.violated(`client ${this.number} was told of the end of ${id}, which is not under way`);
    this.#writes.delete(id);
    if (write.payload === null) {
      this.#subscribed = error === null && world.broker.serves(connections[this.number].id, `to/${this.number}`);
      if (!this.#subscribed) world.processor.later(() => this.#subscribe(), 5000);
      return;
    }
    if (error !== null) return void world.figures.failed++;
    world.figures.done++;
    const known = world.broker.received.get(keyOf(`from/${this.number}`, Buffer.from(write.payload, "latin1")));
    if (write.QoS > 0 && (known === undefined || known.acknowledged === 0)) world.violated(`client ${this.number} was told that ${JSON.stringify(write.payload)} was done, and the broker has not acknowledged it`);
  }

  #over(): void {
    const world = this.#world;
    if (this.#writes.size > 0 && !world.stopped) world.violated(`client ${this.number} has ended and was not told of ${this.#writes.size} of its writes`);
    this.#writes.clear();
    this.#client = null;
    this.#online = this.#subscribed = false;
    this.#reading = null;
    this.#pause = Math.min(30_000, this.#pause * 2);
    world.processor.later(() => this.start(), this.#pause * (0.5 + world.random() / 2));
  }

  #read(count: number, { topic, more, suspect }: ReadableOptions): void {
    const world = this.#world;
    if (topic !== undefined) this.#reading = { topic, parts: [], suspect: false };
    const reading = this.#reading!;
    const bytes = Buffer.alloc(count);
    if (count > 0) this.#client?.read(bytes);
    reading.parts.push(bytes);
    reading.suspect ||= suspect;
    if (more || reading.suspect) return;
    world.figures.delivered++;
    const payload = Buffer.concat(reading.parts);
    if (reading.topic !== `to/${this.number}`) return world.violated(`client ${this.number} was given a message to ${reading.topic}`);
    if (!world.broker.sent.has(keyOf(reading.topic, payload))) return world.violated(`client ${this.number} was given ${JSON.stringify(payload.toString("latin1"))}, which was never sent`);
    if (payload.toString() === `{probe ${this.number}}`) this.probed = true;
  }
}

const pick = ({ id, user, password }: { id: string; user?: string; password?: string }): object => ({ id, user, password });
