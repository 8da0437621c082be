/**
 * An app of the SDK's older module `mqtt`, in the situations that the SDK's own tests of it have. A client is closed before
 * the next one is made, for a modem may have one only; so a will is looked for as a retained message.
 */

export interface Stage {
  /** The class. */
  Client: new (dictionary: any) => any;
  host: string;
  port: number;
  deaf: number;
  name: string;
  user: string;
  password: string;
  later(callback: () => void, milliseconds: number): unknown;
}

const bytes = (text: string): ArrayBuffer => Uint8Array.from([...text].map((each) => each.charCodeAt(0))).buffer;
const text = (data: ArrayBuffer): string => String.fromCharCode(...new Uint8Array(data));
const pause = (stage: Stage, milliseconds: number): Promise<void> => new Promise((resolve) => void stage.later(() => resolve(), milliseconds));

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

  async until(event: string): Promise<void> {
    for (let waited = 0; !this.events.includes(event); waited += 20) {
      if (waited > 20_000) throw new Error(`waited for ${event}; there was: ${this.events.join(", ")}`);
      await pause(this.stage, 20);
    }
  }

  seen(): string {
    this.client.close();
    return this.events.join(", ");
  }
}

export const SITUATIONS: readonly { name: string; seen: string; play(stage: Stage): Promise<string> }[] = [
  {
    name: "echo, of a text, of bytes and of a number",
    seen: "ready, /value text, /value bytes, /value 21.5",
    async play(stage) {
      const life = new Life(stage, {}, ({ client }, event) => {
        if (event !== "ready") return;
        client.subscribe(`${stage.name}/#`);
        for (const value of ["text", bytes("bytes"), 21.5]) client.publish(`${stage.name}/value`, value);
      });
      await life.until("/value 21.5");
      return life.seen();
    },
  },
  {
    name: "QoS and retain as flags",
    seen: "ready, /kept for you",
    async play(stage) {
      const first = new Life(stage, {}, ({ client }, event) => {
        if (event === "ready") client.publish(`${stage.name}/kept`, "for you", { quality: 1, retain: true });
      });
      await first.until("ready");
      first.client.close(); // what waits is sent first
      const life = new Life(stage, {}, ({ client }, event) => { if (event === "ready") client.subscribe(`${stage.name}/kept`); });
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
  {
    name: "user and password, refused: onClose, no onReady",
    seen: "closed",
    async play(stage) {
      const life = new Life(stage, { user: stage.user, password: `${stage.password}-x` });
      await life.until("closed");
      await pause(stage, 200);
      return life.seen();
    },
  },
  {
    name: "nobody listens: onClose, no onReady",
    seen: "closed",
    async play(stage) {
      const life = new Life(stage, { port: stage.deaf });
      await life.until("closed");
      await pause(stage, 200);
      return life.seen();
    },
  },
  {
    name: "no such host: onClose, no onReady",
    seen: "closed",
    async play(stage) {
      const life = new Life(stage, { host: "no-such-host.invalid" });
      await life.until("closed");
      await pause(stage, 200);
      return life.seen();
    },
  },
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
      const life = new Life(stage, {}, ({ client }, event) => { if (event === "ready") client.subscribe(`${stage.name}/will`); });
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
      const life = new Life(stage, {}, ({ client }, event) => {
        if (event !== "ready") return;
        client.subscribe(`${stage.name}/not`);
        client.publish(`${stage.name}/not`, "marker");
      });
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
      const life = new Life(stage, {}, ({ client }, event) => {
        if (event !== "ready") return;
        client.subscribe(`${stage.name}/#`);
        client.publish(`${stage.name}/value`, "x");
        client.close();
      });
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

/** Plays all situations, and says a line for each. */
export async function playOlder(stage: Stage, say: (line: string) => void): Promise<void> {
  for (const { name, seen, play } of SITUATIONS) {
    let got: string;
    try {
      got = await play({ ...stage, name: `${stage.name}/${SITUATIONS.findIndex((each) => each.name === name)}` });
    } catch (error) {
      got = String(error);
    }
    say(got === seen ? `ok ${name}` : `not ok ${name}: ${JSON.stringify(got)}, not ${JSON.stringify(seen)}`);
  }
  say("done");
}
