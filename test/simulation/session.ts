// The application over a session, which keeps itself connected and subscribed. What is held to its promises here is the
// session: what it takes it settles once, also over a power cut; it restores its subscriptions once, in order and first; its
// queue has a bound; and it never storms.

import { MQTTClient, type ClientModem, type MQTTClientOptions, type MQTTModemError, type ReadableOptions } from "../../src/index";
import { Session, type Store } from "../../src/session/index";
import { Application, CLIENT_ID, RESUBSCRIBE, SECRET, type ApplicationOptions, type Publication, type Write } from "./application";
import { CoreTime } from "./clock";
import { firstFilter, type CallbackName, type Event } from "./plan";

/** Milliseconds. */
const REFUSED = 300_000;
const AGAIN = 2000;
const POWERED = 3000;
/** What docs/sessions.md states, with the defaults. */
const ATTEMPTS_AN_HOUR = 81;
const HOUR = 3_600_000;
const QUEUE_BYTES = 8192;
const SUBSCRIPTIONS = 8;

/** A store whose power may fail in the middle of a write. */
class FlashStore implements Store {
  readonly records = new Map<number, Uint8Array>();
  /** How much of the next record is written, from 0 to 1, before the power fails. */
  tears: number | null = null;
  torn = false;
  readonly drops: boolean;

  constructor(drops: boolean) {
    this.drops = drops;
  }

  load(each: (key: number, bytes: Uint8Array) => void): void {
    for (const [key, bytes] of [...this.records]) each(key, bytes.slice());
  }

  /** Whether there is a message with this id: one that had to make room is gone before it is told of. */
  has(id: number): boolean {
    return this.drops ? [...this.records.values()].some((bytes) => bytes[4] + 256 * bytes[5] === id) : true;
  }

  put(key: number, bytes: Uint8Array): void {
    if (this.tears !== null) {
      bytes = bytes.slice(0, Math.floor(bytes.length * this.tears));
      this.tears = null;
      this.torn = true;
    }
    this.records.set(key, bytes.slice());
  }

  remove(key: number): void {
    this.records.delete(key);
  }
}

interface Life {
  readonly session: Session;
  readonly time: CoreTime;
  readonly writes: Map<number, Write>;
  readonly subscribed: Set<string>;
  readonly retry: Map<string, number>;
  /** What the session has subscribed, in its order. */
  readonly order: string[];
  /** When connections were begun, in the last hour. */
  readonly attempts: number[];
  /** Until then no other attempt is made: the broker has refused the credentials. */
  refusedUntil: number;
  /** The filters that were restored on this connection, those that should be, and whether the modem has restored some itself. */
  restored: string[];
  /** The last command that has restored some: it is sent anew where its answer was not understood. */
  restoring: string;
  expected: readonly string[];
  interrupted: boolean;
  over: boolean;
  /** Its machine has no power: what of it still runs, because the cut came from inside, is nothing. */
  cut: boolean;
}

export class SessionApplication extends Application {
  readonly #store: FlashStore | null;
  #life: Life | null = null;
  /** The session that there was last, unless its power was cut. */
  #last: Session | null = null;
  /** What the store keeps of a session that is over, by id. */
  #kept = new Map<number, Write>();
  lastReceived = new Map<string, number>();
  /** Those that the modem has had back by itself, too. */
  connections = 0;

  constructor(options: ApplicationOptions) {
    super(options);
    this.#store = options.plan.session!.store ? new FlashStore(options.plan.session!.policy !== "refuse") : null;
  }

  get settled(): boolean {
    const life = this.#life;
    return life !== null && this.online && this.wanted.every((filter) => life.subscribed.has(filter)) && this.open === 0;
  }

  get online(): boolean {
    return this.#life?.session.state === "online";
  }

  get open(): number {
    return (this.#life?.writes.size ?? 0) + this.#kept.size;
  }

  // ---- beginning and end

  start(): void {
    const { clock, line, plan, processor, random, reset, watch } = this.options;
    if (this.stopped || this.#life !== null) return;
    if (line.open) return void processor.later(() => this.start(), 100);
    this.lives++;
    this.reader.forget();
    const { count, escalate, policy, reset: hasReset } = plan.session!;
    const time = new CoreTime(clock, processor, plan.clock);
    let life: Life | null = null;
    const callback = (name: CallbackName, body: (...values: any[]) => void) => (...values: any[]): void => {
      if (life === null) return watch.violated("6", `${name} was called from inside the constructor`);
      if (life.cut) return;
      if (life.over) return watch.violated("6", `${name} was called after the session had ended`);
      body(...values);
      this.misbehave(name);
    };
    const attempts: number[] = [];
    const session = new Session({
      host: "broker.example", id: CLIENT_ID, user: "u1", password: SECRET, ...plan.client, random, subscriptions: SUBSCRIPTIONS,
      modem: { ...this.modem, clock: time } as any,
      queue: { count, bytes: QUEUE_BYTES, policy, store: this.#store ?? undefined },
      retry: { refused: REFUSED, escalate }, reset: hasReset ? reset : undefined,
      open: (options) => this.#open(attempts, options),
      onReadable: callback("onReadable", (count: number, options: ReadableOptions) => this.#readable(life!, count, options)),
      onState: callback("onControl", (state: string, error: MQTTModemError | null) => this.#entered(life!, state, error)),
      onDone: callback("onDone", (id: number, error: MQTTModemError | null, granted: readonly number[] | null) => this.#done(life!, id, error, granted)),
      onStage: callback("onStage", (stage: string) => {
        if (stage === "online") this.connections++;
        watch.noted(`stage ${stage}`);
      }),
      onOverflow: callback("onOverflow", () => watch.noted("overflow")),
      onError: callback("onError", (error: MQTTModemError) => this.#failed(life!, error)),
    });
    life = {
      session, time, writes: this.#kept, attempts, subscribed: new Set(), retry: new Map(), order: [], restored: [], restoring: "", expected: [], refusedUntil: 0, interrupted: false, over: false, cut: false,
    };
    this.#kept = new Map();
    this.#life = life;
    this.#last = session;
    watch.noted(`session made, ${session.queued} stored messages`);
    if (session.queued !== life.writes.size) watch.violated("2", `${session.queued} messages are in the store, and ${life.writes.size} should be`);
    this.#subscribe();
  }

  #open(attempts: number[], options: MQTTClientOptions): MQTTClient {
    const { clock, watch } = this.options;
    attempts.push(clock.now());
    while (attempts[0] <= clock.now() - HOUR) attempts.shift();
    if (attempts.length > ATTEMPTS_AN_HOUR) watch.violated("4", `${attempts.length} attempts in an hour`);
    return new MQTTClient(options);
  }

  renew(): void {
    this.close();
  }

  stop(): void {
    this.stopped = true;
    this.disconnect();
  }

  override calm(): void {
    super.calm();
    if (this.#store !== null) this.#store.tears = null;
  }

  get left(): string | null {
    const { writes } = this.#life ?? { writes: new Map<number, Write>() };
    return writes.size === 0 ? null : `${writes.size} operations were never settled: ${[...writes.values()].map(({ kind, topic }) => `${kind} ${topic}`).join(", ")}`;
  }

  #over(life: Life, pause: number): void {
    life.over = true;
    this.#life = null;
    this.succeed("session", pause);
  }

  /** The machine that runs the session has no power for a moment: nothing of it is left but the store. */
  powerCut(): void {
    const { line, processor, watch } = this.options;
    const life = this.#life;
    if (this.#store !== null) this.#store.tears = null;
    if (life === null) return;
    watch.noted("—— power cut");
    life.cut = true;
    this.#last = null;
    life.time.stop();
    line.cut();
    processor.later(() => line.cut()); // the cut came from inside: what was still running may have opened the port
    for (const [id, write] of life.writes) if (this.#isKept(write) && this.#store!.has(id)) this.#kept.set(id, write);
    this.#over(life, POWERED);
  }

  #isKept(write: Write): boolean {
    return this.#store !== null && write.kind === "publish" && write.QoS > 0;
  }

  // ---- what the session tells

  #entered(life: Life, state: string, error: MQTTModemError | null): void {
    const { clock, processor, watch } = this.options;
    watch.noted(`state ${state}${error === null ? "" : ` ${error.code}: ${error.message}`}`);
    if (error !== null) this.checkError(error);
    switch (state) {
      case "connecting":
      case "recovering":
        if (clock.now() < life.refusedUntil) watch.violated("4", "the credentials were refused, and are tried again");
        life.interrupted = false;
        break;
      case "refused":
        life.refusedUntil = Math.floor(clock.now()) + REFUSED; // the core has whole milliseconds
        this.disturbances++;
        break;
      case "restoring":
        life.restored = [];
        life.restoring = "";
        life.expected = [...life.order];
        this.lastReceived = new Map();
        break;
      case "online":
        if (!life.interrupted && life.restored.join("\0") !== life.expected.join("\0"))
          watch.violated("4", `subscribed again to ${JSON.stringify(life.restored)}, and not to ${JSON.stringify(life.expected)}`);
        processor.later(() => this.#subscribe(), RESUBSCRIBE);
        break;
      case "closed":
        for (const [id, write] of life.writes) watch.violated("2", `${write.kind} ${write.topic} with the id ${id} was never settled`);
        return this.#over(life, AGAIN);
      default:
        life.interrupted ||= state === "interrupted";
        this.disturbances++;
    }
  }

  #done(life: Life, id: number, error: MQTTModemError | null, granted: readonly number[] | null): void {
    const { processor, watch } = this.options;
    const write = life.writes.get(id);
    if (write === undefined) return watch.violated("2", `onDone of ${id}, which is not under way`);
    life.writes.delete(id);
    watch.noted(`onDone ${id} ${write.kind} ${write.topic}${error === null ? "" : ` ${error.code}: ${error.message}`}`);
    if (error?.code === "KEPT") {
      if (!this.#isKept(write)) watch.violated("2", `${write.kind} ${write.topic} is said to be kept`);
      return void this.#kept.set(id, write);
    }
    if (error !== null) {
      this.checkError(error);
      watch.failed(write, error);
    } else watch.done(write);
    if (write.kind === "subscribe") this.#subscribed(life, write, error === null, granted);
    else if (write.kind === "unsubscribe" && error === null) this.#unsubscribed(life, write.topic);
    else if (error === null && write.QoS > 0 && this.#store !== null && this.#store.records.size > life.writes.size) watch.violated("2", "the store keeps what is over");
    processor.later(() => this.#subscribe(), RESUBSCRIBE);
  }

  /** One that has failed leaves what was subscribed as it was, as far as the session knows. */
  #subscribed(life: Life, { topic }: Write, done: boolean, granted: readonly number[] | null): void {
    if (done && granted![0] <= 2) {
      life.subscribed.add(topic);
      if (!life.order.includes(topic)) life.order.push(topic);
      return;
    }
    life.retry.set(topic, this.options.clock.now() + RESUBSCRIBE);
    if (done) this.#unsubscribed(life, topic);
    else life.subscribed.delete(topic);
  }

  #unsubscribed(life: Life, topic: string): void {
    life.subscribed.delete(topic);
    if (life.order.includes(topic)) life.order.splice(life.order.indexOf(topic), 1);
  }

  #failed(life: Life, error: MQTTModemError): void {
    const { clock, watch } = this.options;
    watch.noted(`onError ${error.code}: ${error.message}`);
    this.checkError(error);
    const topic = /subscription to (".*?") now/.exec(error.message)?.[1];
    if (topic === undefined) return;
    const filter = JSON.parse(topic) as string;
    life.retry.set(filter, clock.now() + RESUBSCRIBE);
    this.#unsubscribed(life, filter);
  }

  /** A command line that has gone to the modem. */
  commanded(line: string): void {
    const { watch } = this.options;
    const life = this.#life;
    if (life === null || life.session.state !== "restoring") return;
    if (/^AT\+(?:QMT|MQTT)PUB/.test(line)) watch.violated("2", `before all is subscribed again: ${line}`);
    else if (/^AT\+(?:QMT|MQTT)SUB=/.test(line) && line !== life.restoring) {
      life.restoring = line;
      for (const [, filter] of line.matchAll(/"([^"]*)",[012]/g)) life.restored.push(filter);
    }
  }

  /** 5: the queue has its bound. */
  get overfull(): string | null {
    const queued = this.#life?.session.queued ?? 0;
    return queued > this.options.plan.session!.count ? `${queued} operations are in the queue` : null;
  }

  // ---- what it does

  protected close(): void {
    this.#last?.close(true);
  }

  protected disconnect(): void {
    this.#last?.close();
  }

  act(event: Event): void {
    const life = this.#life, session = life?.session;
    switch (event.do) {
      case "publish": return this.send(event);
      case "subscribe":
        this.want(event.topic, event.QoS);
        return this.change("subscribe", event.topic, event.QoS);
      case "unsubscribe":
        if (event.topic === firstFilter) return;
        this.filters.delete(event.topic);
        return this.change("unsubscribe", event.topic, 0);
      case "inquire": return void this.attempt(() => session?.client?.inquire(this.options.family.inquiry, () => {}));
      case "close": return this.close();
      case "disconnect": return this.disconnect();
      case "power cut":
        if (this.#store === null || event.torn === null) return this.powerCut();
        this.#store.tears = event.torn;
        return;
      case "at callback": return this.arm(event.name, event.act, event.times);
      case "command":
      case "ask":
        if (life !== null) this.#ask(life, event);
    }
  }

  /** Before the first connection there is nobody to be asked. */
  #ask(life: Life, event: Event & { do: "command" | "ask" }): void {
    let face: ClientModem | null = null;
    if (this.attempt(() => void (face = life.session.modem))) this.asks(event, { face: face!, get over() { return life.over; } });
  }

  protected send(publication: Publication): void {
    const { topic, payload, QoS, retain } = publication;
    const { clock, processor, watch } = this.options;
    const life = this.#life;
    if (life === null) return void this.refused++;
    this.give(publication);
    let id = 0;
    if (!this.attempt(() => { id = life.session.publish(Buffer.from(payload, "latin1"), { topic, QoS, retain }); })) return;
    watch.noted(`publish ${id} ${topic} QoS ${QoS} ${JSON.stringify(payload.slice(0, 60))}`);
    if (this.#store?.torn === true) {
      // It was never taken: the power failed in the middle of it.
      this.#store.torn = false;
      return processor.now(() => this.powerCut());
    }
    this.accepted++;
    this.#track(life, id, { kind: "publish", topic, payload, QoS, at: clock.now(), complete: true });
  }

  #track(life: Life, id: number, write: Write): void {
    const { watch } = this.options;
    if (id === 0 || life.writes.has(id)) watch.violated("2", `the id ${id} is another operation's`);
    life.writes.set(id, write);
  }

  protected change(kind: "subscribe" | "unsubscribe", topic: string, QoS: number): void {
    const { clock, watch } = this.options;
    const life = this.#life;
    if (life === null) return;
    this.texts.filter.add(topic);
    let id = 0;
    if (!this.attempt(() => { id = kind === "subscribe" ? life.session.subscribe([{ topic, QoS }]) : life.session.unsubscribe([{ topic }]); })) return;
    watch.noted(`${kind} ${id} ${topic}`);
    this.#track(life, id, { kind, topic, payload: "", QoS, at: clock.now(), complete: true });
  }

  /** Asks for what is wanted and not there. */
  #subscribe(): void {
    const life = this.#life;
    if (life === null || life.over || this.stopped) return;
    for (const [filter, QoS] of this.filters) {
      if (life.subscribed.has(filter) || (life.retry.get(filter) ?? 0) > this.options.clock.now()) continue;
      if ([...life.writes.values()].some((write) => write.kind !== "publish" && write.topic === filter)) continue;
      this.change("subscribe", filter, QoS);
    }
  }

  #readable(life: Life, count: number, options: ReadableOptions): void {
    this.read({ read: (bytes) => life.session.read(bytes), get over() { return life.over; } }, count, options);
  }
}
