/**
 * An app that knows ECMA-419's MQTT Client Class Pattern and nothing else: it runs on whatever `device.network.mqtt`
 * gives. A client is closed before the next one is made, for a modem may have one only.
 */

import { bytes, pause, playAll, text, until, type Situation as AnySituation, type Surroundings } from "./situations";

export interface Stage extends Surroundings {
  /** `device.network.mqtt`. */
  mqtt: { io: any; [option: string]: unknown };
}

type Situation = AnySituation<Stage>;

/** One client, and what it has told, a line each. */
class Life {
  /** What a situation that has failed has left. */
  static latest: Life | undefined;
  readonly events: string[] = [];
  readonly client: any;
  /** What `onWritable` and `write` have said last. */
  room = 0;
  /** Whether callbacks have had the client as `this`. */
  self = true;
  #parts = "";
  #writable = false;

  constructor(readonly stage: Stage, options: object = {}, readonly react: (life: Life, event: string) => void = () => {}) {
    const life = (Life.latest = this);
    this.client = new stage.mqtt.io(Object.freeze({
      ...stage.mqtt, host: stage.host, port: stage.port, id: `${stage.name}-1`, keepalive: 60_000, will: null, nothing: "known",
      onWritable(this: unknown, count: number) {
        life.self &&= this === life.client;
        life.room = count;
        if (life.#writable) return life.react(life, "more");
        life.#writable = true;
        life.tell("writable");
      },
      onControl(this: unknown, message: { operation: number; id?: number; payload?: number[] }) {
        life.self &&= this === life.client;
        const { operation, id, payload } = message;
        life.tell(`control ${operation}${id === undefined ? "" : ` ${id}`}${payload === undefined ? "" : ` [${payload}]`}`);
      },
      onReadable(this: unknown, count: number, { topic, more }: { topic?: string; more: boolean }) {
        life.self &&= this === life.client;
        if (topic !== undefined) life.#parts = `${topic.slice(stage.name.length)} `;
        life.#parts += life.read(count);
        if (!more) life.tell(life.#parts);
      },
      onError() { life.tell("error"); },
      onClose() {},
      ...options,
    }));
  }

  /** How the bytes of a message are read. */
  read(count: number): string {
    return text(this.client.read(count));
  }

  tell(event: string): void {
    this.events.push(event);
    this.react(this, event);
  }

  write(data: ArrayBuffer | ArrayBufferView | null, options?: object): void {
    this.room = this.client.write(data, options);
  }

  publish(topic: string, payload: string, options: object = {}): void {
    this.write(bytes(payload), { topic: this.stage.name + topic, ...options });
  }

  subscribe(topics: [topic: string, QoS?: number][], id: number): void {
    this.write(null, { operation: this.stage.mqtt.io.SUBSCRIBE, id, items: topics.map(([topic, QoS]) => ({ topic: this.stage.name + topic, QoS })) });
  }

  /** Waits until so many events have come, or until one is there. */
  until(event: string | number): Promise<void> {
    return until(this.stage, this.events, event);
  }

  take(): string {
    return this.events.splice(0).join(", ");
  }
}

/** A client that is connected, and subscribed to `topics`. */
async function connected(stage: Stage, topics: [topic: string, QoS?: number][] = [], options: object = {}, react?: (life: Life, event: string) => void): Promise<Life> {
  const life = new Life(stage, options, react);
  await life.until("writable");
  life.take();
  if (topics.length === 0) return life;
  life.subscribe(topics, 1000);
  await life.until(1);
  life.take();
  return life;
}

export const SITUATIONS: readonly Situation[] = [
  {
    name: "connects: CONNACK, then onWritable; the client is `this`; writing before it throws",
    seen: "threw, control 2, writable, true true",
    async play(stage) {
      const life = new Life(stage);
      try {
        life.publish("/a", "too soon");
      } catch {
        life.tell("threw");
      }
      await life.until("writable");
      const told = `${life.room > 0} ${life.self}`;
      life.client.close();
      return `${life.take()}, ${told}`;
    },
  },
  {
    name: "subscribes to several topics, and is told what was granted for each",
    seen: "control 9 77 [0,1,0], control 11 78",
    async play(stage) {
      const life = await connected(stage);
      life.subscribe([["/a"], ["/b/+", 1], ["/c/#", 0]], 77);
      await life.until(1);
      life.write(null, { operation: stage.mqtt.io.UNSUBSCRIBE, id: 78, items: ["/a", "/b/+"].map((topic) => ({ topic: stage.name + topic })) });
      await life.until(2);
      life.client.close();
      return life.take();
    },
  },
  ...[0, 1, 2].map((QoS): Situation => ({
    name: `publishes at QoS ${QoS}, is told of the acknowledgements by the message's id, and receives it`,
    seen: [...(["", "control 4 9", "control 5 9, control 7 9"][QoS] || "nothing").split(", "), "/echo hello"].sort().join(", "),
    async play(stage) {
      const life = await connected(stage, [["/echo", 0]]);
      life.publish("/echo", "hello", { QoS, id: 9 });
      if (QoS === 0) life.events.push("nothing");
      await life.until(QoS === 2 ? 3 : 2);
      life.client.close();
      return life.events.sort().join(", ");
    },
  })),
  {
    name: "writes a message in parts, each when onWritable says so",
    seen: "/parts one, two, three.",
    async play(stage) {
      const parts = ["one, ", "two, ", "three."];
      const life = await connected(stage, [["/parts"]], {}, (self, event) => {
        if (event === "more" && parts.length > 0 && parts.length < 3) self.write(new DataView(bytes(parts.shift()!)));
      });
      life.publish("/parts", parts.shift()!, { byteLength: 16 });
      await life.until(1);
      life.client.close();
      return life.take();
    },
  },
  {
    name: "takes a topic as bytes, and bytes in any view",
    seen: "/views bcd",
    async play(stage) {
      const life = await connected(stage, [["/views"]]);
      life.write(new Uint8Array(bytes("abcde"), 1, 3), { topic: bytes(`${stage.name}/views`) });
      await life.until(1);
      life.client.close();
      return life.take();
    },
  },
  {
    name: "reads a message in pieces, into a buffer, and the rest; the next message comes when it has been read",
    seen: "/pieces 3:abc 4:defg 2:hi undefined, /pieces 3:ABC 4:DEFG 2:HI undefined",
    async play(stage) {
      const life = await connected(stage, [["/pieces"]]);
      life.read = (): string => {
        const piece = life.client.read(3) as ArrayBuffer, buffer = new Uint8Array(4);
        const count = life.client.read(buffer) as number, rest = life.client.read(100) as ArrayBuffer;
        return `${piece.byteLength}:${text(piece)} ${count}:${text(buffer)} ${rest.byteLength}:${text(rest)} ${life.client.read()}`;
      };
      life.publish("/pieces", "abcdefghi");
      await life.until(1);
      life.publish("/pieces", "ABCDEFGHI");
      await life.until(2);
      life.client.close();
      return life.take();
    },
  },
  {
    name: "reads later than in onReadable",
    seen: "there were 5 bytes: later",
    async play(stage) {
      const life = await connected(stage, [["/later"]]);
      let waiting = 0;
      life.read = (count) => (waiting = count, "");
      life.publish("/later", "later");
      await life.until(1);
      await pause(stage, 50);
      const data = life.client.read() as ArrayBuffer;
      life.client.close();
      return `there were ${waiting} bytes: ${text(data)}`;
    },
  },
  {
    name: "receives nothing more of what it has unsubscribed from",
    seen: "/b 3",
    async play(stage) {
      const life = await connected(stage, [["/a"], ["/b"]]);
      life.write(null, { operation: stage.mqtt.io.UNSUBSCRIBE, id: 78, items: [{ topic: `${stage.name}/a` }] });
      await life.until(1);
      life.take();
      life.publish("/a", "2", { QoS: 1, id: 2 });
      await life.until("control 4 2");
      life.take();
      life.publish("/b", "3");
      await life.until(1);
      life.client.close();
      return life.take();
    },
  },
  {
    name: "makes ids where none are given: not 0, and not twice",
    seen: "3 ids",
    async play(stage) {
      const ids = new Set<string>();
      const life = await connected(stage);
      for (let i = 0; i < 3; i++) {
        life.publish("/ids", "x", { QoS: 1 });
        await life.until(1);
        ids.add(life.take());
      }
      life.client.close();
      return `${ids.has("control 4 0") ? 0 : ids.size} ids`;
    },
  },
  {
    name: "calls nothing after close() at once, which may be called twice",
    seen: "",
    async play(stage) {
      const life = new Life(stage);
      life.client.close();
      life.client.close();
      await pause(stage, 1000);
      return life.take();
    },
  },
  {
    name: "calls nothing after close() in the first onWritable, after subscribing and publishing",
    seen: "control 2, writable",
    async play(stage) {
      const life = new Life(stage, {}, (self, event) => {
        if (event !== "writable") return;
        self.subscribe([["/gone"]], 5);
        self.publish("/gone", "x");
        self.client.close();
      });
      await life.until("writable");
      await pause(stage, 1000);
      return life.take();
    },
  },
  {
    name: "calls nothing after close() in the middle of the messages",
    seen: "/many 0, /many 1, /many 2",
    async play(stage) {
      let sent = 5;
      const send = (self: Life) => {
        // As many as there is room for, and the rest when there is more.
        while (sent < 5 && self.room > stage.name.length + 20) self.publish("/many", String(sent++));
      };
      const life = await connected(stage, [["/many"]], {}, (self, event) => {
        if (event === "/many 2") self.client.close();
        else if (event === "more") send(self);
      });
      sent = 0;
      send(life);
      await life.until("/many 2");
      await pause(stage, 1000);
      return life.take();
    },
  },
  {
    name: "has its will published after close()",
    seen: "/will farewell",
    async play(stage) {
      const first = await connected(stage, [], { will: { topic: `${stage.name}/will`, message: bytes("farewell"), QoS: 1, retain: true } });
      first.client.close();
      return retained(stage, "/will");
    },
  },
  {
    name: "has no will published after DISCONNECT and close(), and what was written before arrives",
    seen: "/last words",
    async play(stage) {
      const first = await connected(stage, [], { will: { topic: `${stage.name}/last`, message: "no words", QoS: 0, retain: true } });
      first.publish("/last", "words", { retain: true });
      first.write(null, { operation: stage.mqtt.io.DISCONNECT });
      first.client.close();
      return retained(stage, "/last");
    },
  },
  {
    name: "gives user and password",
    seen: "control 2, writable",
    async play(stage) {
      const life = new Life(stage, { user: stage.user, password: bytes(stage.password) });
      await life.until("writable");
      life.client.close();
      return life.take();
    },
  },
  {
    name: "is told by onError alone that the broker has refused it",
    seen: "error",
    async play(stage) {
      const life = new Life(stage, { user: stage.user, password: `not ${stage.password}` });
      await life.until(1);
      await pause(stage, 200);
      return life.take();
    },
  },
  {
    name: "is told by onError that nobody listens, may close and make the next client there, which connects",
    seen: "error, control 2, writable",
    async play(stage) {
      let next: Life | undefined;
      const life = new Life(stage, { port: stage.deaf }, (self, event) => {
        if (event !== "error") return;
        self.client.close();
        next = new Life(stage);
      });
      await life.until("error");
      await next!.until("writable");
      next!.client.close();
      return `${life.take()}, ${next!.take()}`;
    },
  },
];

/** The first message that a new client receives: a retained one. */
async function retained(stage: Stage, topic: string): Promise<string> {
  // The broker may have to learn first that the connection is gone.
  await pause(stage, 500);
  const life = await connected(stage);
  life.subscribe([[topic]], 1000);
  await life.until(2);
  life.client.close();
  return life.events.filter((event) => !event.startsWith("control")).join(", ");
}

/** Plays all situations, and says a line for each. */
export const consume = (stage: Stage, say: (line: string) => void): Promise<void> =>
  playAll(SITUATIONS, () => stage, say, () => Life.latest?.client?.close());
