import type { MQTTModemError } from "../../../src/index";
import { Session, type SessionOptions, type Store } from "../../../src/session/index";
import { Answering, type Family } from "./answering";
import { equal, sameLines } from "./check";
import { bytesOf, visible } from "./exchange";
import { TestPort, VirtualClock } from "./stage";

/** What an NM28 prints when its connection is lost, as its relatives say it. */
export const LOST = "\\r\\n+MQTTSTAT:0,1\\r\\n";

type Callbacks = "onState" | "onDone" | "onReadable" | "onError" | "onStage";
/** What the application does in a callback, after the event has been noted. */
export type Acts = { [name in "state" | "done" | "error" | "readable"]?: (life: Life, ...values: any[]) => void };

export interface LifeOptions extends Partial<Omit<SessionOptions, Callbacks | "modem">> {
  acts?: Acts;
  modem?: Record<string, any>;
  clock?: VirtualClock;
}

/** A store that forgets nothing but what it is told to; its records may be cut short by a test. */
export class MemoryStore implements Store {
  readonly records = new Map<number, Uint8Array>();
  /** Thrown by the next `put`. */
  full: Error | null = null;
  /** Thrown by `remove`. */
  stuck: Error | null = null;

  /** Keys under which something stands that cannot be read, and why. */
  readonly unreadable = new Map<number, string>();
  /** How often it was closed. */
  closed = 0;

  close(): void {
    this.closed++;
  }

  load(each: (key: number, bytes: Uint8Array) => void, left: (key: number, why: string) => void): void {
    for (const [key, why] of this.unreadable) left(key, why);
    // The other way round: a session must not rely on the order.
    for (const [key, bytes] of [...this.records].reverse()) each(key, bytes.slice());
  }

  put(key: number, bytes: Uint8Array): void {
    if (this.full !== null) throw this.full;
    if (this.records.has(key) || key < 1 || key !== Math.floor(key)) throw new Error(`${key} is no new key`);
    this.records.set(key, bytes.slice());
  }

  remove(key: number): void {
    if (this.stuck !== null) throw this.stuck;
    this.records.delete(key);
  }
}

/** A session on test ports, one after the other, and a modem that answers. */
export class Life {
  readonly events: string[] = [];
  readonly ports: TestPort[] = [];
  readonly clock: VirtualClock;
  readonly modem: Answering;
  readonly session: Session;

  constructor(family: Family, { acts = {}, modem = {}, clock = new VirtualClock(), ...options }: LifeOptions = {}) {
    this.clock = clock;
    let topic: string | undefined;
    let message: number[] = [];
    const note = (event: string, act?: (life: Life, ...values: any[]) => void, ...values: any[]): void => {
      this.events.push(event);
      act?.(this, ...values);
    };
    const told = (error: MQTTModemError | null): string => (error === null ? "" : ` ${error.code}`);
    this.modem = new Answering(this as any, family);
    this.session = new Session({
      host: "broker.example", id: "dev-1", keepAlive: 120_000, ...options,
      modem: { io: family.io, clock, ...modem, serial: { io: TestPort, attach: (port: TestPort) => void this.ports.push(port) } },
      onState: (state, error) => note(`${state}${told(error)}`, acts.state, state, error),
      onDone: (id, error, granted) => note(`${error === null ? "done" : "failed"} ${id}${told(error)}${granted === null ? "" : ` ${granted}`}`, acts.done, id, error),
      onError: (error) => note(`error${told(error)}`, acts.error, error),
      onReadable: (count, { topic: name, more }) => {
        if (name !== undefined) {
          topic = name;
          message = [];
        }
        const bytes = new Uint8Array(count);
        if (count > 0) this.session.read(bytes);
        message.push(...bytes);
        if (!more) note(`message ${topic} ${visible(message)}`, acts.readable);
      },
    });
  }

  get port(): TestPort {
    return this.ports[this.ports.length - 1];
  }

  drain(): void {}

  serve(): void {
    if (this.ports.length > 0) this.modem.serve();
  }

  /** Time passes, and the modem answers all the while. */
  pass(milliseconds: number, step = 100): void {
    for (let left = milliseconds; left > 0; left -= step) {
      this.serve();
      this.clock.pass(Math.min(step, left));
    }
    this.serve();
  }

  says(text: string): void {
    this.port.receive(bytesOf(text));
  }

  publish(payload: string, options: Record<string, any> = {}): number {
    return this.session.publish(new Uint8Array(bytesOf(payload)), { topic: "t", ...options });
  }

  mustTell(...events: string[]): void {
    sameLines(this.events.splice(0), events, "events");
  }

  mustBe(state: string): void {
    equal(this.session.state, state, "state");
  }

  /** The commands of one kind that the modem was given. */
  given(pattern: RegExp): string[] {
    return this.modem.commands.splice(0).filter((command) => pattern.test(command));
  }
}

/** A session that is online, its beginning forgotten. */
export function alive(family: Family, options: LifeOptions = {}): Life {
  const life = new Life(family, options);
  life.serve();
  life.mustTell("restoring", "online");
  life.modem.commands.splice(0);
  return life;
}
