/**
 * An app of the SDK's older module `mqtt`, in the situations that the SDK's own tests of it have. A client is closed before
 * the next one is made, for a modem may have one only; so a will is looked for as a retained message.
 */

import { bytes, pause, playAll, text, until, type Situation, type Surroundings } from "./situations";

export interface Stage extends Surroundings {
  /** The class. */
  Client: new (dictionary: any) => any;
}

/** One client, and what it has told. */
class Life {
  readonly events: string[] = [];
  readonly client: any;

  constructor(readonly stage: Stage, dictionary: object = {}, react: (life: Life, event: string) => void = () => {}) {
    const tell = (event: string): void => {
      this.events.push(event);
      react(this, event);
    };
    this.client = new stage.Client({ host: stage.host, port: stage.port, id: `${stage.name}-1`, timeout: 60_000, ...dictionary });
    this.client.onReady = () => tell("ready");
    this.client.onMessage = (topic: string, data: ArrayBuffer) => tell(`${topic.slice(stage.name.length)} ${text(data)}`);
    this.client.onClose = () => tell("closed");
  }

  until(event: string): Promise<void> {
    return until(this.stage, this.events, event);
  }

  seen(): string {
    this.client.close();
    return this.events.join(", ");
  }
}

/** It never comes to a connection: `onClose` alone. */
const fails = (name: string, dictionary: (stage: Stage) => object): Situation<Stage> => ({
  name: `${name}: onClose, no onReady`,
  seen: "closed",
  async play(stage) {
    const life = new Life(stage, dictionary(stage));
    await life.until("closed");
    await pause(stage, 200);
    return life.seen();
  },
});

/** Does something when it is connected. */
const onceReady = (act: (life: Life) => void) => (life: Life, event: string): void => { if (event === "ready") act(life); };

export const SITUATIONS: readonly Situation<Stage>[] = [
  {
    name: "echo, of a text, of bytes and of a number",
    seen: "ready, /value text, /value bytes, /value 21.5",
    async play(stage) {
      const life = new Life(stage, {}, onceReady(({ client }) => {
        client.subscribe(`${stage.name}/#`);
        for (const value of ["text", bytes("bytes"), 21.5]) client.publish(`${stage.name}/value`, value);
      }));
      await life.until("/value 21.5");
      return life.seen();
    },
  },
  {
    name: "QoS and retain as flags",
    seen: "ready, /kept for you",
    async play(stage) {
      const first = new Life(stage, {}, onceReady(({ client }) => client.publish(`${stage.name}/kept`, "for you", { quality: 1, retain: true })));
      await first.until("ready");
      first.client.close(); // what waits is sent first
      const life = new Life(stage, {}, onceReady(({ client }) => client.subscribe(`${stage.name}/kept`)));
      await life.until("/kept for you");
      return life.seen();
    },
  },
  {
    name: "user and password, accepted",
    seen: "ready",
    async play(stage) {
      const life = new Life(stage, { user: stage.user, password: bytes(stage.password) });
      await life.until("ready");
      return life.seen();
    },
  },
  fails("user and password, refused", ({ user, password }) => ({ user, password: `${password}-x` })),
  fails("nobody listens", ({ deaf }) => ({ port: deaf })),
  fails("no such host", () => ({ host: "no-such-host.invalid" })),
  {
    name: "unsubscribe",
    seen: "ready, /a 1, /b 3",
    async play(stage) {
      const life = new Life(stage, {}, ({ client }, event) => {
        if (event === "ready") {
          client.subscribe(`${stage.name}/a`);
          client.subscribe(`${stage.name}/b`);
          client.publish(`${stage.name}/a`, "1");
        } else if (event === "/a 1") {
          client.unsubscribe(`${stage.name}/a`);
          client.publish(`${stage.name}/a`, "2");
          client.publish(`${stage.name}/b`, "3");
        }
      });
      await life.until("/b 3");
      await pause(stage, 200);
      return life.seen();
    },
  },
  {
    name: "the will is published after close(true)",
    seen: "ready, /will disconnected!",
    async play(stage) {
      const first = new Life(stage, { will: { topic: `${stage.name}/will`, message: "disconnected!", retain: true, quality: 0 } });
      await first.until("ready");
      first.client.close(true);
      await pause(stage, 500);
      const life = new Life(stage, {}, onceReady(({ client }) => client.subscribe(`${stage.name}/will`)));
      await life.until("/will disconnected!");
      return life.seen();
    },
  },
  {
    name: "the will is not published after close()",
    seen: "ready, /not marker",
    async play(stage) {
      const first = new Life(stage, { will: { topic: `${stage.name}/not`, message: "this", retain: true } });
      await first.until("ready");
      first.client.close();
      await pause(stage, 500);
      const life = new Life(stage, {}, onceReady(({ client }) => {
        client.subscribe(`${stage.name}/not`);
        client.publish(`${stage.name}/not`, "marker");
      }));
      await life.until("/not marker");
      return life.seen();
    },
  },
  ...[false, true].map((immediate) => ({
    name: `nothing is called after close(${immediate}) at once`,
    seen: "",
    async play(stage: Stage) {
      const life = new Life(stage);
      life.client.close(immediate);
      await pause(stage, 1000);
      return life.seen();
    },
  })),
  {
    name: "nothing is called after close() in onReady, after subscribing and publishing",
    seen: "ready",
    async play(stage) {
      const life = new Life(stage, {}, onceReady(({ client }) => {
        client.subscribe(`${stage.name}/#`);
        client.publish(`${stage.name}/value`, "x");
        client.close();
      }));
      await life.until("ready");
      await pause(stage, 1000);
      return life.seen();
    },
  },
  {
    name: "nothing is called after close() in onMessage, with other messages on their way",
    seen: "ready, /value a, /value b",
    async play(stage) {
      const life = new Life(stage, {}, ({ client }, event) => {
        if (event === "/value b") client.close();
        if (event !== "ready") return;
        client.subscribe(`${stage.name}/#`);
        for (const value of ["a", "b", "c", "d", "e"]) client.publish(`${stage.name}/value`, value);
      });
      await life.until("/value b");
      await pause(stage, 1000);
      return life.seen();
    },
  },
  {
    name: "publishing before onReady and after close() throws",
    seen: "threw twice",
    async play(stage) {
      const life = new Life(stage);
      let times = 0;
      for (const close of [false, true]) {
        if (close) life.client.close();
        try {
          life.client.publish("a", "b");
        } catch {
          times++;
        }
      }
      return times === 2 ? "threw twice" : `threw ${times}`;
    },
  },
];

/** Plays all situations, each with topics of its own, and says a line for each. */
export const playOlder = (stage: Stage, say: (line: string) => void): Promise<void> =>
  playAll(SITUATIONS, (index) => ({ ...stage, name: `${stage.name}/${index}` }), say);
