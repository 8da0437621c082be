// The application on top: publishes, reads, and behaves as badly as it is told to. It keeps account of everything, and holds
// what it is over to its promises. client.ts and session.ts say over what.

import { MQTTModemError, StateError, type ClientModem, type ReadableOptions } from "../../src/index";
import type { Family as Driver } from "../../src/modem/family";
import type { Link } from "../../src/modem/link";
import { APN, APN_PASSWORD, APN_USER, PIN, type DeviceEvent } from "./care";
import type { Processor, SimulatedClock } from "./clock";
import type { Family } from "./families";
import { SimulatedPort, type Line } from "./line";
import { firstFilter, type CallbackName, type Event, type Plan } from "./plan";
import { Reader, type Source } from "./reader";
import type { Given } from "./wire";

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

/** What is to be published. */
export interface Publication {
  readonly topic: string;
  /** One character a byte. */
  readonly payload: string;
  readonly QoS: number;
  readonly retain: boolean;
  /** It is given to the client in so many. */
  readonly parts: number;
}

/** Who is told of what the application sees. */
export interface Watch {
  violated(promise: string, what: string): void;
  noted(what: string): void;
  done(write: Write): void;
  failed(write: Write, error: MQTTModemError): void;
  received(topic: string, payload: Buffer, suspect: boolean): void;
  /** A driver has been made. */
  driving(driver: Link): void;
  /** The client has told an error. */
  told(error: MQTTModemError): void;
  /** A command of the application's own is over, or a question about the modem. */
  answered(what: string, error: MQTTModemError | null, told: unknown): void;
}

export const SECRET = "s3cr3t-Pa55";
export const CLIENT_ID = "meter-1";
/** Milliseconds. A port that is not given back so long after the end is one that never will be: the client closes for 5 s at most. */
const RELEASE = 30_000;
/** When a filter that was refused is asked for again. */
export const RESUBSCRIBE = 5000;
/** In which a command of the application's own is over: it may wait for one that searches for an operator, which takes ten and a half. */
const ANSWERED = 15 * 60_000;

/** The driver, which tells of each link that is made with it. It is the same one for the same watch. */
export function watched(driver: Driver, watch: Watch): Driver {
  const before = drivers.get(watch);
  if (before !== undefined) return before;
  const hook: Driver["hook"] = (link) => {
    watch.driving(link as Link);
    return driver.hook?.(link) ?? {};
  };
  const told = { ...driver, hook };
  drivers.set(watch, told);
  return told;
}

const drivers = new WeakMap<Watch, Driver>();

export interface ApplicationOptions {
  readonly plan: Plan;
  readonly family: Family;
  readonly clock: SimulatedClock;
  readonly time: object;
  readonly processor: Processor;
  readonly line: Line;
  readonly random: () => number;
  readonly watch: Watch;
  /** Pulls the modem's reset pin. */
  readonly reset: () => void;
}

export abstract class Application implements Given {
  protected readonly options: ApplicationOptions;
  protected readonly reader: Reader;
  /** Filters, and the QoS that each is asked for with. */
  protected readonly filters = new Map<string, number>();
  protected stopped = false;
  readonly #armed = new Map<CallbackName, { act: string; times: number }>();
  readonly #given = new Map<string, Set<string>>();
  #mark = 0;
  /** The texts that a client is given, by the place that they may stand at; filters are added. */
  readonly texts: Readonly<Record<string, Set<string>>> = {
    host: new Set(["broker.example"]), id: new Set([CLIENT_ID]), user: new Set(["u1"]), password: new Set([SECRET]),
    filter: new Set<string>(), "will topic": new Set(["will/t", ""]), "will message": new Set(["gone", ""]),
    pin: new Set([PIN]), APN: new Set([APN]), "APN user": new Set([APN_USER, ""]), "APN password": new Set([APN_PASSWORD, ""]),
  };
  /** The SIM has refused the PIN: whoever is told so does not give it again. */
  #isPinRefused = false;
  /** Joining the network anew may give the modem an address: a session does that by itself. */
  #rejoins = false;
  /** Clients or sessions that were made, and times that the connection was disturbed. */
  lives = 0;
  disturbances = 0;
  /** Calls that were refused, for there was no connection or no room. */
  refused = 0;
  /** Publishes that were taken. */
  accepted = 0;

  constructor(options: ApplicationOptions) {
    this.options = options;
    const { processor, watch } = options;
    this.reader = new Reader({ processor, violated: watch.violated, noted: watch.noted, received: watch.received });
    this.want(firstFilter, 1);
    for (const filter of options.plan.filters) this.want(filter, 2);
  }

  /** The modem's, for a client or a session that begins. */
  protected get modem(): Record<string, any> {
    const { family, line, plan, watch } = this.options;
    const { care, options } = plan;
    if (care === null) return { io: watched(family.driver, watch), ...options, serial: { io: SimulatedPort, line } };
    const wanted = Object.fromEntries(Object.entries(care.options).filter(([name, value]) => value !== undefined && (name !== "pin" || !this.#isPinRefused)));
    const recover = this.#rejoins && plan.session === null ? { recover: "attach" } : {};
    return {
      io: watched(family.withCare, watch), ...options, ...wanted, ...recover, serial: { io: SimulatedPort, line, ...(care.hostRate > 0 ? { baud: care.hostRate } : {}) },
    };
  }

  /** Asks the modem for something beside MQTT. @param of the client or the session that is asked, and whether it is over */
  protected asks(event: DeviceEvent & { do: "command" | "ask" }, of: { readonly face: ClientModem; readonly over: boolean }): void {
    const { clock, watch } = this.options;
    const what = event.do === "command" ? event.line : event.what;
    let answers = 0;
    const answered = (error: MQTTModemError | null, told: unknown): void => {
      if (++answers > 1) watch.violated("14", `${what} was answered ${answers} times`);
      watch.noted(`answer ${what} ${error === null ? JSON.stringify(told) : `${error.code}: ${error.message}`}`);
      if (error !== null && !(error instanceof MQTTModemError)) watch.violated("6", `an error that is not this package's: ${String(error)}`);
      watch.answered(what, error, told);
    };
    watch.noted(`ask ${what}`);
    if (!this.attempt(() => (event.do === "command" ? of.face.command(event.line, answered) : of.face[event.what](answered)))) return;
    clock.setTimer(() => {
      if (answers === 0 && !of.over) watch.violated("14", `${what} has not been answered in ${ANSWERED / 60_000} minutes`);
    }, ANSWERED);
  }

  abstract start(): void;
  abstract stop(): void;
  /** Another client or session in place of this one. */
  abstract renew(): void;
  /** Connected, and subscribed to all that is wanted, as far as it has been told; nothing is under way. */
  abstract get settled(): boolean;
  abstract get online(): boolean;
  /** Operations that are not over. */
  abstract get open(): number;
  /** How many connections to the broker there have been. */
  abstract get connections(): number;
  /** Where an order of the topic's messages is kept. */
  abstract get lastReceived(): Map<string, number>;
  /** What is wrong with what is left at the end, or with how much is under way. */
  abstract get left(): string | null;
  abstract get overfull(): string | null;
  /** A command line that has gone to the modem. */
  abstract commanded(line: string): void;
  abstract act(event: Event): void;

  /** Ends what there is: at once, or in good order. */
  protected abstract close(): void;
  protected abstract disconnect(): void;
  protected abstract send(publication: Publication): void;
  protected abstract change(kind: "subscribe" | "unsubscribe", topic: string, QoS: number): void;

  payloads(topic: string, QoS: number, retain: number): ReadonlySet<string> {
    return this.#given.get(`${topic} ${QoS} ${retain}`) ?? new Set();
  }

  get wanted(): readonly string[] {
    return [...this.filters.keys()];
  }

  /** No bad behaviour any more. */
  calm(): void {
    this.#armed.clear();
  }

  publish(topic: string, QoS: number): string {
    const payload = this.#marked("probe");
    this.send({ topic, payload, QoS, retain: false, parts: 1 });
    return payload;
  }

  // ---- for those who are over something

  /** The port must be given back; the next one is made after a pause. */
  protected succeed(what: string, pause: number): void {
    const { clock, line, processor, watch } = this.options;
    this.disturbances++;
    const made = this.lives;
    clock.setTimer(() => {
      if (line.open && this.lives === made && !processor.busy) watch.violated("6", `the port is still open ${RELEASE / 1000} s after the ${what} has ended`);
    }, RELEASE);
    if (!this.stopped) processor.later(() => this.start(), pause);
  }

  protected want(filter: string, QoS: number): void {
    this.filters.set(filter, QoS);
    this.texts.filter.add(filter);
  }

  /** From now on the modem may be given this. */
  protected give({ topic, payload, QoS, retain }: Publication): void {
    const key = `${topic} ${QoS} ${Number(retain)}`;
    if (!this.#given.has(key)) this.#given.set(key, new Set());
    this.#given.get(key)!.add(payload);
  }

  /** @returns whether it was taken */
  protected attempt(what: () => void): boolean {
    try {
      what();
      return true;
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      this.refused++;
      return false;
    }
  }

  protected checkError(error: MQTTModemError): void {
    const { watch } = this.options;
    if (!(error instanceof MQTTModemError)) return watch.violated("6", `an error that is not this package's: ${String(error)}`);
    const text = `${error.message} ${error.stack ?? ""} ${JSON.stringify(error)}`;
    if ([SECRET, PIN, APN_PASSWORD].some((secret) => text.includes(secret))) watch.violated("8", `an error shows a password: ${error.message}`);
    if (error.code === "PIN_REFUSED") this.#isPinRefused = true;
    this.#rejoins = error.code === "PDP_FAILED" || error.code === "ATTACH_FAILED";
    watch.told(error);
  }

  // ---- bad behaviour

  protected arm(name: CallbackName, act: string, times: number): void {
    this.#armed.set(name, { act, times });
  }

  protected misbehave(name: CallbackName): void {
    const armed = this.#armed.get(name);
    if (armed === undefined || armed.act === "ignore") return;
    this.#used(name, armed);
    this.options.watch.noted(`${armed.act} in ${name}`);
    switch (armed.act) {
      case "throw": throw new Tantrum(name);
      case "close": return this.close();
      case "disconnect": return this.disconnect();
      case "publish": return this.send({ topic: "out/0", payload: this.#marked("callback"), QoS: 1, retain: false, parts: 1 });
      case "subscribe": return this.change("subscribe", "cmd/b", 1);
    }
  }

  /** It reads, now or when it has time. */
  protected read(source: Source, count: number, options: ReadableOptions): void {
    const armed = this.#armed.get("onReadable");
    const ignores = armed?.act === "ignore" && count > 0;
    if (ignores) this.#used("onReadable", armed);
    this.reader.readable(source, count, options, ignores);
  }

  #used(name: CallbackName, armed: { times: number }): void {
    if (--armed.times <= 0) this.#armed.delete(name);
  }

  #marked(what: string): string {
    return `{${what} ${++this.#mark}}`;
  }
}
