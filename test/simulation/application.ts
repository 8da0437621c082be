// The application on top: keeps a client connected and subscribed, with an exponential back-off of its own; publishes,
// reads, and behaves as badly as it is told to. It keeps account of everything, and holds the client to its promises.

import { MQTTClient, MQTTModemError, StateError, type ControlMessage, type ReadableOptions } from "../../src/index";
import type { DriverClass } from "../../src/modem/dialect";
import type { Driver } from "../../src/modem/driver";
import type { SimulatedClock, Processor } from "./clock";
import type { Family } from "./families";
import type { Line } from "./line";
import { SimulatedPort } from "./line";
import { Reader } from "./reader";
import { firstFilter, type CallbackName, type Event, type Plan } from "./plan";

/** What the application throws on purpose. */
export class Tantrum extends Error {}

export interface Write {
  readonly kind: "publish" | "subscribe" | "unsubscribe";
  readonly topic: string;
  readonly payload: string;
  readonly QoS: number;
  readonly at: number;
  /** All of its bytes have been given to the client. */
  complete: boolean;
}

/** Who is told of what the application sees. */
export interface Watch {
  violated(promise: string, what: string): void;
  noted(what: string): void;
  done(write: Write): void;
  failed(write: Write, error: MQTTModemError): void;
  received(topic: string, payload: Buffer, suspect: boolean): void;
  /** A driver has been made. */
  driving(driver: Driver): void;
}

export const SECRET = "s3cr3t-Pa55";
export const CLIENT_ID = "meter-1";
/** Milliseconds. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 60_000;
/** A port that is not given back so long after the end is one that never will be: the client closes for 5 s at most. */
export const RELEASE = 30_000;
export const RESUBSCRIBE = 5000;

/** The texts that a client is given, by the place that they may stand at; filters are added. */
export const knownTexts = (): Readonly<Record<string, Set<string>>> => ({
  host: new Set(["broker.example"]), id: new Set([CLIENT_ID]), user: new Set(["u1"]), password: new Set([SECRET]),
  filter: new Set<string>(), "will topic": new Set(["will/t", ""]), "will message": new Set(["gone", ""]),
});

/** The driver, which tells of itself when it is made. */
export function watched(driver: DriverClass, watch: Watch): object {
  const Concrete = driver as unknown as new (...values: any[]) => object;
  return class extends Concrete {
    constructor(...values: any[]) {
      super(...values);
      watch.driving(this as unknown as Driver);
    }
  };
}

interface Life {
  readonly client: MQTTClient;
  readonly writes: Map<number, Write>;
  readonly subscribed: Set<string>;
  /** When a filter may be asked for again. */
  readonly retry: Map<string, number>;
  online: boolean;
  over: boolean;
  nextId: number;
  onlineAt: number;
  lastReceived: Map<string, number>;
}

export interface ApplicationOptions {
  readonly plan: Plan;
  readonly family: Family;
  readonly clock: SimulatedClock;
  readonly time: object;
  readonly processor: Processor;
  readonly line: Line;
  readonly random: () => number;
  readonly watch: Watch;
}

export class Application {
  readonly #options: ApplicationOptions;
  #life: Life | null = null;
  readonly #wanted = new Map<string, number>();
  readonly #armed = new Map<CallbackName, { act: string; times: number }>();
  readonly #reader: Reader;
  #failures = 0;
  #stopped = false;
  #mark = 0;
  readonly #given = new Map<string, Set<string>>();
  readonly texts = knownTexts();
  /** Clients that were made, and times that the connection was disturbed. */
  lives = 0;
  disturbances = 0;
  refused = 0;
  /** Publishes that the client has taken. */
  accepted = 0;

  /** What a session has, and a client has not. */
  readonly left: string | null = null;
  readonly overfull: string | null = null;
  commanded(): void {}

  /** Over a client no message is sent again: each has one connection. */
  get connections(): number {
    return this.lives;
  }

  constructor(options: ApplicationOptions) {
    this.#options = options;
    const { processor, watch } = options;
    this.#reader = new Reader({ processor, violated: watch.violated, noted: watch.noted, received: watch.received });
    this.#want(firstFilter, 1);
  }

  payloads(topic: string, QoS: number, retain: number): ReadonlySet<string> {
    return this.#given.get(`${topic} ${QoS} ${retain}`) ?? new Set();
  }

  get wanted(): readonly string[] {
    return [...this.#wanted.keys()];
  }

  /** Connected, and subscribed to all that is wanted, as far as the client has told. */
  get settled(): boolean {
    const life = this.#life;
    return life !== null && life.online && [...this.#wanted.keys()].every((filter) => life.subscribed.has(filter)) && life.writes.size === 0;
  }

  get online(): boolean {
    return this.#life?.online === true;
  }

  /** Writes that are not over. */
  get open(): number {
    return this.#life?.writes.size ?? 0;
  }

  // ---- beginning and end

  start(): void {
    const { clock, family, line, plan, processor, time, watch } = this.#options;
    if (this.#stopped || this.#life !== null) return;
    if (line.open) {
      processor.later(() => this.start(), 100);
      return;
    }
    this.lives++;
    this.#reader.forget();
    let life: Life | null = null;
    const callback = (name: CallbackName, body: (...values: any[]) => void) => function (this: MQTTClient, ...values: any[]): void {
      if (life !== null && life.over) watch.violated("6", `${name} was called after the client had ended`);
      if (life === null) return; // from inside the constructor
      body(...values);
      self.#misbehave(name, life);
    };
    const self = this;
    const client = new MQTTClient({
      host: "broker.example", id: CLIENT_ID, user: "u1", password: SECRET, ...plan.client,
      modem: { io: watched(family.driver, watch) as any, clock: time as any, ...plan.options, serial: { io: SimulatedPort, line } },
      onReadable: callback("onReadable", (count: number, options: ReadableOptions) => this.#readable(count, options)),
      onWritable: callback("onWritable", () => this.#subscribe()),
      onControl: callback("onControl", (message: ControlMessage) => this.#control(message)),
      onDone: callback("onDone", (id: number, error: MQTTModemError | null) => this.#done(id, error)),
      onStage: callback("onStage", (stage: string) => this.#staged(stage)),
      onOverflow: callback("onOverflow", () => watch.noted("overflow")),
      onClose: callback("onClose", () => this.#ended(null)),
      onError: callback("onError", (error: MQTTModemError) => this.#ended(error)),
    });
    life = {
      client, writes: new Map(), subscribed: new Set(), retry: new Map(), online: false, over: false, nextId: 0, onlineAt: clock.now(), lastReceived: new Map(),
    };
    this.#life = life;
    watch.noted("client made");
  }

  /** Where an order of the topic's messages is kept: it begins anew with each client. */
  get lastReceived(): Map<string, number> {
    return this.#life!.lastReceived;
  }

  stop(): void {
    this.#stopped = true;
    this.#close();
  }

  /** A new client in place of this one. */
  renew(): void {
    this.#close();
  }

  calm(): void {
    this.#armed.clear();
  }

  #close(): void {
    const life = this.#life;
    if (life === null || life.over) return;
    this.#options.watch.noted("close()");
    life.client.close();
    // Nothing is told any more, of writes under way neither.
    life.writes.clear();
    this.#over(life);
  }

  #ended(error: MQTTModemError | null): void {
    const { clock, watch } = this.#options;
    const life = this.#life!;
    watch.noted(error === null ? "onClose" : `onError ${error.code}: ${error.message}`);
    if (error !== null) this.#checkError(error);
    for (const write of life.writes.values())
      if (write.complete) watch.violated("1", `${write.kind} ${write.topic} ${JSON.stringify(write.payload)} was under way at the end and was never reported`);
    life.writes.clear();
    if (life.online && clock.now() - life.onlineAt > LONGEST_PAUSE) this.#failures = 0;
    this.#over(life);
  }

  /** Makes the next one after a pause, longer each time. */
  #over(life: Life): void {
    const { clock, line, processor, random, watch } = this.#options;
    life.over = true;
    this.#life = null;
    this.disturbances++;
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#failures++) * (0.5 + random() / 2);
    const made = this.lives;
    clock.setTimer(() => {
      if (line.open && this.lives === made && !processor.busy) watch.violated("6", `the port is still open ${RELEASE / 1000} s after the client has ended`);
    }, RELEASE);
    if (!this.#stopped) processor.later(() => this.start(), pause);
  }

  #checkError(error: MQTTModemError): void {
    const { watch } = this.#options;
    if (!(error instanceof MQTTModemError)) return watch.violated("6", `an error that is not this package's: ${String(error)}`);
    const shown = `${error.message} ${error.stack ?? ""} ${JSON.stringify(error)}`;
    if (shown.includes(SECRET)) watch.violated("8", `an error shows the password: ${error.message}`);
  }

  #staged(stage: string): void {
    this.#options.watch.noted(`stage ${stage}`);
    const life = this.#life!;
    if (stage === "reconnecting") {
      life.online = false;
      this.disturbances++;
    } else if (stage === "online") {
      life.online = true;
      life.onlineAt = this.#options.clock.now();
      // Restored by the client itself, one after the other.
      this.#options.processor.later(() => this.#subscribe(), RESUBSCRIBE);
    }
  }

  #control(message: ControlMessage): void {
    const life = this.#life!;
    this.#options.watch.noted(`control ${message.operation} ${message.id ?? ""} ${message.returnCode ?? ""} ${message.payload ?? ""}`);
    if (message.operation === MQTTClient.CONNACK && message.returnCode === 0) this.#subscribe();
    if (message.operation !== MQTTClient.SUBACK) return;
    const write = life.writes.get(message.id!);
    if (message.payload![0] <= 2) {
      if (write !== undefined) life.subscribed.add(write.topic);
      return;
    }
    // Refused, or refused when it was restored: then the write has long ended.
    if (write === undefined) life.subscribed.clear();
    else life.retry.set(write.topic, this.#options.clock.now() + RESUBSCRIBE);
    this.#options.processor.later(() => this.#subscribe(), RESUBSCRIBE);
  }

  #done(id: number, error: MQTTModemError | null): void {
    const { clock, processor, watch } = this.#options;
    const life = this.#life!;
    const write = life.writes.get(id);
    if (write === undefined) return watch.violated("2", `onDone of ${id}, which is not under way`);
    life.writes.delete(id);
    watch.noted(`onDone ${id} ${write.kind} ${write.topic}${error === null ? "" : ` ${error.code}: ${error.message}`}`);
    if (error === null) {
      if (write.kind === "unsubscribe") life.subscribed.delete(write.topic);
      watch.done(write);
    } else {
      this.#checkError(error);
      if (write.kind !== "publish") {
        life.subscribed.delete(write.topic);
        life.retry.set(write.topic, clock.now() + RESUBSCRIBE);
        processor.later(() => this.#subscribe(), RESUBSCRIBE);
      }
      watch.failed(write, error);
    }
    this.#subscribe();
  }

  // ---- what it does

  #misbehave(name: CallbackName, life: Life): void {
    const armed = this.#armed.get(name);
    if (armed === undefined || armed.act === "ignore") return;
    if (--armed.times <= 0) this.#armed.delete(name);
    this.#options.watch.noted(`${armed.act} in ${name}`);
    switch (armed.act) {
      case "throw": throw new Tantrum(name);
      case "close": return life.over ? life.client.close() : this.#close();
      case "disconnect": return this.#disconnect(life);
      case "publish": return life.over ? undefined : this.#publish({ topic: "out/0", payload: this.#marked("callback"), QoS: 1, retain: false, parts: 1 });
      case "subscribe": return life.over ? undefined : this.#change("subscribe", "cmd/b", 1);
    }
  }

  #marked(what: string): string {
    return `{${what} ${++this.#mark}}`;
  }

  act(event: Event): void {
    const life = this.#life;
    switch (event.do) {
      case "publish": return this.#publish(event);
      case "subscribe":
        this.#want(event.topic, event.QoS);
        return this.#subscribe();
      case "unsubscribe":
        if (event.topic === firstFilter) return;
        this.#wanted.delete(event.topic);
        return this.#change("unsubscribe", event.topic, 0);
      case "inquire":
        if (life !== null) this.#attempt(() => life.client.inquire(this.#options.family.inquiry, () => {}));
        return;
      case "close": return this.#close();
      case "disconnect":
        if (life !== null) this.#disconnect(life);
        return;
      case "at callback": return void this.#armed.set(event.name, { act: event.act, times: event.times });
    }
  }

  #want(filter: string, QoS: number): void {
    this.#wanted.set(filter, QoS);
    this.texts.filter.add(filter);
  }

  #disconnect(life: Life): void {
    if (!life.over) this.#attempt(() => life.client.write(null, { operation: MQTTClient.DISCONNECT }));
  }

  /** @returns whether the client has taken it */
  #attempt(what: () => void): boolean {
    try {
      what();
      return true;
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      this.refused++;
      return false;
    }
  }

  #track(life: Life, write: Write): number {
    const { clock, family, watch } = this.#options;
    do life.nextId = (life.nextId % 65535) + 1;
    while (life.writes.has(life.nextId));
    const id = life.nextId;
    life.writes.set(id, write);
    clock.setTimer(() => {
      if (life.writes.get(id) === write && write.complete)
        watch.violated("1", `${write.kind} ${write.topic} has not ended ${family.writeEnds / 60_000} minutes after it was written`);
    }, family.writeEnds);
    return id;
  }

  publish(topic: string, QoS: number): string {
    const payload = this.#marked("probe");
    this.#publish({ topic, payload, QoS, retain: false, parts: 1 });
    return payload;
  }

  #publish({ topic, payload, QoS, retain, parts }: { topic: string; payload: string; QoS: number; retain: boolean; parts: number }): void {
    const { clock, processor, watch } = this.#options;
    const life = this.#life;
    if (life === null) {
      this.refused++;
      return;
    }
    const key = `${topic} ${QoS} ${Number(retain)}`;
    if (!this.#given.has(key)) this.#given.set(key, new Set());
    this.#given.get(key)!.add(payload);
    const bytes = Buffer.from(payload, "latin1");
    const size = Math.ceil(bytes.length / parts);
    const write: Write = { kind: "publish", topic, payload, QoS, at: clock.now(), complete: size >= bytes.length };
    const id = this.#track(life, write);
    const options = { topic, QoS, retain, id, ...(parts > 1 ? { byteLength: bytes.length } : {}) };
    if (!this.#attempt(() => life.client.write(bytes.subarray(0, size), options))) return void life.writes.delete(id);
    this.accepted++;
    watch.noted(`write ${id} ${topic} QoS ${QoS} ${JSON.stringify(payload.slice(0, 60))}`);
    const rest = (from: number): void => {
      if (life.over || life.writes.get(id) !== write) return;
      if (from + size >= bytes.length) write.complete = true;
      if (this.#attempt(() => life.client.write(bytes.subarray(from, from + size)))) {
        if (from + size < bytes.length) processor.later(() => rest(from + size), 700);
      } else write.complete = false; // the connection has gone meanwhile
    };
    if (!write.complete) processor.later(() => rest(size), 700);
  }

  #change(kind: "subscribe" | "unsubscribe", topic: string, QoS: number): void {
    const life = this.#life;
    if (life === null || !life.online && kind === "unsubscribe") return;
    this.texts.filter.add(topic);
    const id = this.#track(life, { kind, topic, payload: "", QoS, at: this.#options.clock.now(), complete: true });
    const operation = kind === "subscribe" ? MQTTClient.SUBSCRIBE : MQTTClient.UNSUBSCRIBE;
    if (!this.#attempt(() => life.client.write(null, { operation, id, items: [{ topic, QoS }] }))) life.writes.delete(id);
    else this.#options.watch.noted(`write ${id} ${kind} ${topic}`);
  }

  /** Asks for what is wanted and not there. */
  #subscribe(): void {
    const life = this.#life;
    if (life === null || life.over || !life.online) return;
    for (const [filter, QoS] of this.#wanted) {
      if (life.subscribed.has(filter) || (life.retry.get(filter) ?? 0) > this.#options.clock.now()) continue;
      if ([...life.writes.values()].some((write) => write.topic === filter)) continue;
      this.#change("subscribe", filter, QoS);
      if (life.over) return;
    }
  }

  // ---- what it reads

  #readable(count: number, options: ReadableOptions): void {
    const life = this.#life!;
    const armed = this.#armed.get("onReadable");
    // It reads when it has time.
    const ignores = armed?.act === "ignore" && count > 0;
    if (ignores && --armed.times <= 0) this.#armed.delete("onReadable");
    this.#reader.readable({ read: (bytes) => life.client.read(bytes), get over() { return life.over; } }, count, options, ignores);
  }
}
