// The application over a client alone: it keeps one connected and subscribed, with an exponential back-off of its own.

import { MQTTClient, MQTTModemError, type ControlMessage, type ReadableOptions } from "../../src/index";
import { Application, CLIENT_ID, RESUBSCRIBE, SECRET, type Publication, type Write } from "./application";
import { firstFilter, type CallbackName, type Event } from "./plan";

/** Milliseconds. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 60_000;

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

export class ClientApplication extends Application {
  #life: Life | null = null;
  /** The client that there was last. */
  #last: MQTTClient | null = null;
  #failures = 0;

  // What a session has, and a client has not.
  readonly left: string | null = null;
  readonly overfull: string | null = null;
  commanded(): void {}

  /** No message is sent again: each client has one connection. */
  get connections(): number {
    return this.lives;
  }

  get settled(): boolean {
    const life = this.#life;
    return life !== null && life.online && this.wanted.every((filter) => life.subscribed.has(filter)) && life.writes.size === 0;
  }

  get online(): boolean {
    return this.#life?.online === true;
  }

  get open(): number {
    return this.#life?.writes.size ?? 0;
  }

  // ---- beginning and end

  start(): void {
    const { clock, line, plan, processor, time, watch } = this.options;
    if (this.stopped || this.#life !== null) return;
    if (line.open) {
      processor.later(() => this.start(), 100);
      return;
    }
    this.lives++;
    this.reader.forget();
    let life: Life | null = null;
    const callback = (name: CallbackName, body: (...values: any[]) => void) => function (this: MQTTClient, ...values: any[]): void {
      if (life !== null && life.over) watch.violated("6", `${name} was called after the client had ended`);
      if (life === null) return; // from inside the constructor
      body(...values);
      self.misbehave(name);
    };
    const self = this;
    const client = new MQTTClient({
      host: "broker.example", id: CLIENT_ID, user: "u1", password: SECRET, ...plan.client,
      modem: { ...this.modem, clock: time } as any,
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
    this.#last = client;
    watch.noted("client made");
  }

  /** Where an order of the topic's messages is kept: it begins anew with each client. */
  get lastReceived(): Map<string, number> {
    return this.#life!.lastReceived;
  }

  stop(): void {
    this.stopped = true;
    this.close();
  }

  /** A new client in place of this one. */
  renew(): void {
    this.close();
  }

  protected close(): void {
    const life = this.#life;
    if (life === null) return this.#last?.close(); // once more, after its end
    this.options.watch.noted("close()");
    life.client.close();
    // Nothing is told any more, of writes under way neither.
    life.writes.clear();
    this.#over(life);
  }

  #ended(error: MQTTModemError | null): void {
    const { clock, watch } = this.options;
    const life = this.#life!;
    watch.noted(error === null ? "onClose" : `onError ${error.code}: ${error.message}`);
    if (error !== null) this.checkError(error);
    for (const write of life.writes.values())
      if (write.complete) watch.violated("1", `${write.kind} ${write.topic} ${JSON.stringify(write.payload)} was under way at the end and was never reported`);
    life.writes.clear();
    if (life.online && clock.now() - life.onlineAt > LONGEST_PAUSE) this.#failures = 0;
    this.#over(life);
  }

  /** Makes the next one after a pause, longer each time. */
  #over(life: Life): void {
    life.over = true;
    this.#life = null;
    this.succeed("client", Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#failures++) * (0.5 + this.options.random() / 2));
  }

  #staged(stage: string): void {
    this.options.watch.noted(`stage ${stage}`);
    const life = this.#life!;
    if (stage === "reconnecting") {
      life.online = false;
      this.disturbances++;
    } else if (stage === "online") {
      life.online = true;
      life.onlineAt = this.options.clock.now();
      // Restored by the client itself, one after the other.
      this.options.processor.later(() => this.#subscribe(), RESUBSCRIBE);
    }
  }

  #control(message: ControlMessage): void {
    const life = this.#life!;
    this.options.watch.noted(`control ${message.operation} ${message.id ?? ""} ${message.returnCode ?? ""} ${message.payload ?? ""}`);
    if (message.operation === MQTTClient.CONNACK && message.returnCode === 0) this.#subscribe();
    if (message.operation !== MQTTClient.SUBACK) return;
    const write = life.writes.get(message.id!);
    if (message.payload![0] <= 2) {
      if (write !== undefined) life.subscribed.add(write.topic);
      return;
    }
    // Refused, or refused when it was restored: then the write has long ended.
    if (write === undefined) life.subscribed.clear();
    else life.retry.set(write.topic, this.options.clock.now() + RESUBSCRIBE);
    this.options.processor.later(() => this.#subscribe(), RESUBSCRIBE);
  }

  #done(id: number, error: MQTTModemError | null): void {
    const { clock, processor, watch } = this.options;
    const life = this.#life!;
    const write = life.writes.get(id);
    if (write === undefined) return watch.violated("2", `onDone of ${id}, which is not under way`);
    life.writes.delete(id);
    watch.noted(`onDone ${id} ${write.kind} ${write.topic}${error === null ? "" : ` ${error.code}: ${error.message}`}`);
    if (error === null) {
      if (write.kind === "unsubscribe") life.subscribed.delete(write.topic);
      watch.done(write);
    } else {
      this.checkError(error);
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

  act(event: Event): void {
    const life = this.#life;
    switch (event.do) {
      case "publish": return this.send(event);
      case "subscribe":
        this.want(event.topic, event.QoS);
        return this.#subscribe();
      case "unsubscribe":
        if (event.topic === firstFilter) return;
        this.filters.delete(event.topic);
        return this.change("unsubscribe", event.topic, 0);
      case "inquire":
        if (life !== null) this.attempt(() => life.client.inquire(this.options.family.inquiry, () => {}));
        return;
      case "close": return this.close();
      case "disconnect":
        return this.disconnect();
      case "at callback": return this.arm(event.name, event.act, event.times);
      case "command":
      case "ask":
        if (life !== null) this.asks(event, { face: life.client.modem, get over() { return life.over; } });
    }
  }

  protected disconnect(): void {
    const life = this.#life;
    if (life !== null) this.attempt(() => life.client.write(null, { operation: MQTTClient.DISCONNECT }));
  }

  #track(life: Life, write: Write): number {
    const { clock, family, watch } = this.options;
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

  protected send(publication: Publication): void {
    const { topic, payload, QoS, retain, parts } = publication;
    const { clock, processor, watch } = this.options;
    const life = this.#life;
    if (life === null) {
      this.refused++;
      return;
    }
    this.give(publication);
    const bytes = Buffer.from(payload, "latin1");
    const size = Math.ceil(bytes.length / parts);
    const write: Write = { kind: "publish", topic, payload, QoS, at: clock.now(), complete: size >= bytes.length };
    const id = this.#track(life, write);
    const options = { topic, QoS, retain, id, ...(parts > 1 ? { byteLength: bytes.length } : {}) };
    if (!this.attempt(() => life.client.write(bytes.subarray(0, size), options))) return void life.writes.delete(id);
    this.accepted++;
    watch.noted(`write ${id} ${topic} QoS ${QoS} ${JSON.stringify(payload.slice(0, 60))}`);
    const rest = (from: number): void => {
      if (life.over || life.writes.get(id) !== write) return;
      if (from + size >= bytes.length) write.complete = true;
      if (this.attempt(() => life.client.write(bytes.subarray(from, from + size)))) {
        if (from + size < bytes.length) processor.later(() => rest(from + size), 700);
      } else write.complete = false; // the connection has gone meanwhile
    };
    if (!write.complete) processor.later(() => rest(size), 700);
  }

  protected change(kind: "subscribe" | "unsubscribe", topic: string, QoS: number): void {
    const life = this.#life;
    if (life === null || !life.online && kind === "unsubscribe") return;
    this.texts.filter.add(topic);
    const id = this.#track(life, { kind, topic, payload: "", QoS, at: this.options.clock.now(), complete: true });
    const operation = kind === "subscribe" ? MQTTClient.SUBSCRIBE : MQTTClient.UNSUBSCRIBE;
    if (!this.attempt(() => life.client.write(null, { operation, id, items: [{ topic, QoS }] }))) life.writes.delete(id);
    else this.options.watch.noted(`write ${id} ${kind} ${topic}`);
  }

  /** Asks for what is wanted and not there. */
  #subscribe(): void {
    const life = this.#life;
    if (life === null || life.over || !life.online) return;
    for (const [filter, QoS] of this.filters) {
      if (life.subscribed.has(filter) || (life.retry.get(filter) ?? 0) > this.options.clock.now()) continue;
      if ([...life.writes.values()].some((write) => write.topic === filter)) continue;
      this.change("subscribe", filter, QoS);
      if (life.over) return;
    }
  }

  // ---- what it reads

  #readable(count: number, options: ReadableOptions): void {
    const life = this.#life!;
    this.read({ read: (bytes) => life.client.read(bytes), get over() { return life.over; } }, count, options);
  }
}
