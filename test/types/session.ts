// What must compile, and what must not, of sessions: see node.ts.
import type { Clock, ErrorCode, MQTTModemError, Port, PortOptions } from "modem-mqtt";
import MQTTClient, { type ReadableOptions, type StageName } from "modem-mqtt";
import BC35G from "modem-mqtt/modems/bc35g";
import NM28 from "modem-mqtt/modems/nm28";
import { connect, openStore, type Store as NodeStore } from "modem-mqtt/node";
import Session, {
  Session as Named, type Filter, type QueueOptions, type RetryOptions, type SessionOptions, type SessionPublishOptions, type SessionState, type Store,
} from "modem-mqtt/session";

/** Compiles if both are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_is: Same<A, B>): void => {};

declare const clock: Clock;
declare const SerialPort: new (options: PortOptions & { path: string }) => Port;
declare const store: Store;

const modem = { io: BC35G, clock, serial: { io: SerialPort, path: "/dev/ttyUSB0" } };
const retry: RetryOptions = {
  first: 1000, longest: 60_000, jitter: 0.5, burst: 20, every: 60_000, refused: 3_600_000, initially: true, timeout: 0, escalate: 3, lasting: 600_000,
};
const queue: QueueOptions = { count: 32, bytes: 4096, policy: "drop oldest", QoSZero: true, store, keepQoSZero: false };

export function constructing(): void {
  same<typeof Session, typeof Named>(true);
  const session = new Session({
    host: "broker.example", port: 8883, id: "meter-1", user: "u", password: new Uint8Array(1), keepAlive: 120_000, clean: false,
    will: { topic: "gone", message: "1", QoS: 1, retain: true },
    modem, retry, queue, subscriptions: 8, resubscribe: true, random: Math.random,
    reset() {},
    open: (options) => new MQTTClient(options),
    onState(state, error) {
      same<typeof state, SessionState>(true);
      same<typeof error, MQTTModemError | null>(true);
      this.close();
    },
    onReadable(count, options) {
      same<typeof options, ReadableOptions>(true);
      void [this.read(count), this.read(new Uint8Array(count))];
    },
    onDone(id, error, granted) {
      same<typeof id, number>(true);
      same<typeof granted, readonly number[] | null>(true);
      if (error !== null) same<typeof error.code, ErrorCode>(true);
    },
    onError(error) { same<typeof error, MQTTModemError>(true); },
    onStage(stage) { same<typeof stage, StageName>(true); },
    onOverflow() { this.close(true); },
  });
  // Several on one modem.
  new Session({ host: "h", modem: { ...modem, io: NM28, shared: session, link: 1 } });
  new Session({ host: "h", modem: { ...modem, io: NM28, shared: new MQTTClient({ host: "h", modem: { ...modem, io: NM28 } }) } });
  // @ts-expect-error a modem has to be given
  new Session({ host: "broker.example" });
  // @ts-expect-error a driver has to be given
  new Session({ host: "broker.example", modem: { clock, serial: { io: SerialPort } } });
  // @ts-expect-error nobody knows where to connect to
  new Session({ modem });
  // @ts-expect-error there is no such policy
  new Session({ host: "h", modem, queue: { policy: "drop" } });
  // @ts-expect-error the session has no use for it: it is told what has ended
  new Session({ host: "h", modem, onWritable() {} });
  // @ts-expect-error a session that ends says so with its state
  new Session({ host: "h", modem, onClose() {} });
  // @ts-expect-error misspelt
  new Session({ host: "h", modem, retry: { burts: 1 } });
  same<SessionOptions["retry"], RetryOptions | undefined>(true);
}

export function operations(session: Session, payload: ArrayBuffer): void {
  same<typeof session.state, SessionState>(true);
  same<typeof session.queued, number>(true);
  same<typeof session.client, MQTTClient | null>(true);
  same<typeof session.limits.payload, number>(true);
  const options: SessionPublishOptions = { topic: "t", QoS: 2, retain: true, id: 7 };
  same<ReturnType<typeof session.publish>, number>(true);
  session.publish(payload, options);
  session.publish(null, { topic: "t" });
  const filters: readonly Filter[] = [{ topic: "a", QoS: 1 }];
  same<ReturnType<typeof session.subscribe>, number>(true);
  session.subscribe(filters, 8);
  session.subscribe([{ topic: "b" }]);
  session.unsubscribe([{ topic: "b" }]);
  same<ReturnType<typeof session.withdraw>, boolean>(true);
  session.withdraw(7);
  // @ts-expect-error a message has a topic
  session.publish(payload, { QoS: 1 });
  // @ts-expect-error text is made bytes by whoever knows its encoding
  session.publish("21.5", options);
  // @ts-expect-error filters are a list
  session.subscribe("a");
  // @ts-expect-error what it has is not to be written
  session.state = "online";
  // @ts-expect-error nobody else's
  session.happens(0);
}

export const states: Record<SessionState, true> = {
  idle: true, connecting: true, recovering: true, restoring: true, online: true, interrupted: true, waiting: true, refused: true, closing: true, closed: true,
};

/** A device's own store, and the one that Node has: the same interface. */
export class Kept implements Store {
  load(each: (key: number, bytes: Uint8Array) => void): void { each(1, new Uint8Array(1)); }
  put(_key: number, _bytes: Uint8Array): void {}
  remove(_key: number): void {}
}

export async function desktop(): Promise<void> {
  same<Store, NodeStore>(true);
  const client = await connect({ serial: "/dev/ttyUSB0", modem: "bc35g", host: "h", retryFirst: true, refusedPeriod: 3_600_000, store: await openStore("/tmp/meter-1") });
  client.on("state", (state) => same<typeof state, SessionState>(true));
  new Session({ host: "h", modem, queue: { store: await openStore("/tmp/meter-2") } });
  // @ts-expect-error a promise is no store
  new Session({ host: "h", modem, queue: { store: openStore("/tmp/meter-2") } });
}
