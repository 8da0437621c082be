import { MQTTModemError, StateError } from "../../src/errors";
import type { MQTTClient } from "../../src/mqtt/client";

/** One thing to be done by the modem. */
export interface Job {
  /** Hands it to the core; throws BUSY when it cannot be taken yet. */
  write(core: MQTTClient, id: number): void;
  settle(error: unknown, payload: readonly number[]): void;
  /** Whether it is done a second time when the connection was lost and nobody knows what has become of the first. */
  readonly again: boolean;
  /** Whether it may wait for a connection. */
  readonly waits: boolean;
}

interface Place extends Job {
  /** Lower ones go first, also those that have to go again. */
  readonly order: number;
}

/** Ids of MQTT: 1–65535. */
const LAST_ID = 65535;

/** What waits and what is under way, in the order in which it was asked for. */
export class Queue {
  readonly #limit: number;
  readonly #waiting: Place[] = [];
  readonly #underWay = new Map<number, Place>();
  readonly #roomWanted: (() => void)[] = [];
  readonly #emptyWanted: (() => void)[] = [];
  #order = 0;
  #id = 0;

  /** @param limit how many may wait and be under way */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#waiting.length + this.#underWay.size;
  }

  /** @throws StateError BUSY when it is full */
  add(job: Job): Job {
    if (this.size >= this.#limit)
      throw new StateError("BUSY", `${this.size} operations wait already, as many as highWaterMark allows; wait for drained()`);
    return this.#insert(job, this.#order++);
  }

  /** Goes before everything else, and is not counted. */
  addFirst(job: Job): void {
    this.#insert(job, -Infinity);
  }

  #insert(job: Job, order: number): Place {
    const place = { ...job, order };
    this.#waiting.splice(this.#waiting.findLastIndex((other) => other.order <= order) + 1, 0, place);
    return place;
  }

  /** Forgets a job that has not been handed to the core. */
  withdraw(job: Job): void {
    const index = this.#waiting.indexOf(job as Place);
    if (index < 0) return;
    this.#waiting.splice(index, 1);
    this.#tell();
  }

  /** Hands over as much as the core takes. */
  pump(core: MQTTClient): void {
    while (this.#waiting.length > 0) {
      const place = this.#waiting[0]!;
      const id = this.#nextId();
      try {
        // Nothing comes back from inside `write`.
        place.write(core, id);
        this.#waiting.shift();
        this.#underWay.set(id, place);
      } catch (error) {
        if (error instanceof StateError && error.code === "BUSY") return;
        this.#waiting.shift();
        this.#settle(place, error instanceof MQTTModemError ? error : new StateError("NOT_SUPPORTED", String(error), undefined, error), []);
      }
    }
  }

  /** @param lost the error is that of a lost connection, after which another one comes */
  done(id: number, error: MQTTModemError | null, payload: readonly number[], lost: boolean): void {
    const place = this.#underWay.get(id);
    if (place === undefined) return;
    this.#underWay.delete(id);
    if (lost && place.again) this.#insert(place, place.order);
    else this.#settle(place, error, payload);
  }

  /** The connection is lost: what cannot wait for the next one fails. */
  lose(error: MQTTModemError): void {
    for (const id of [...this.#underWay.keys()]) this.done(id, error, [], true);
    for (const place of [...this.#waiting].filter(({ waits }) => !waits)) {
      this.withdraw(place);
      this.#settle(place, error, []);
    }
  }

  /** Everything fails. */
  fail(error: MQTTModemError): void {
    const places = [...this.#underWay.values(), ...this.#waiting.splice(0)];
    this.#underWay.clear();
    for (const place of places) this.#settle(place, error, []);
    this.#tell();
  }

  /** Settles when another operation would be taken. */
  drained(): Promise<void> {
    return this.size < this.#limit ? Promise.resolve() : new Promise((resolve) => this.#roomWanted.push(resolve));
  }

  /** Settles when nothing waits and nothing is under way. */
  empty(): Promise<void> {
    return this.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#emptyWanted.push(resolve));
  }

  #settle(job: Job, error: MQTTModemError | null, payload: readonly number[]): void {
    job.settle(error, payload);
    this.#tell();
  }

  #tell(): void {
    if (this.size < this.#limit) for (const resolve of this.#roomWanted.splice(0)) resolve();
    if (this.size === 0) for (const resolve of this.#emptyWanted.splice(0)) resolve();
  }

  #nextId(): number {
    do this.#id = this.#id === LAST_ID ? 1 : this.#id + 1;
    while (this.#underWay.has(this.#id));
    return this.#id;
  }
}
