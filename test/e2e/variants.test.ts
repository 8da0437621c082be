import { connectAsync, type MqttClient } from "mqtt";
import { commonVariants, createVirtualModem, loadFamily } from "modem-mqtt/virtual-modem";
import { startAedes, type Broker } from "./support/brokers";
import { families, type Facts } from "./support/families";
import { Lives } from "./support/lives";
import { MORE, round, type Subject } from "./support/variants";

// The driver takes whatever the documents say that a modem may do: each value of each variant of each virtual modem,
// one at a time, with a short life of connecting, subscribing, publishing, receiving and disconnecting.

/** What the driver must be told about the variant. */
const TOLD: Readonly<Record<string, Record<string, unknown>>> = {
  "recvQuotes=quoted": { payloadQuotes: "strip" },
  "downgrade=timeout": { ackTimeout: 1 },
};

const tables = await Promise.all(families.map(async ([name, facts]) => ({ name, facts, variants: { ...commonVariants, ...(await loadFamily(name)).variants } })));

/** Variants that the documents have only together with another one. */
const WITH: Readonly<Record<string, Record<string, string>>> = {
  // C-5 has the topic in quotes; without them the length could be its end.
  "publishComma=missing": { topicQuotes: "quoted" },
};

describe("every variant of every virtual modem", function () {
  let broker: Broker;
  let other: MqttClient;
  const waiting = new Map<string, (payload: string) => void>();
  const passwords = new Map<string, string | undefined>();
  const lives = new Lives();
  const life = (...what: Parameters<typeof live>) => lives.add(() => live(...what));

  async function live(family: string, facts: Facts, variant: string, value: string): Promise<void> {
    const plain = variant === "every modem";
    const modem = await createVirtualModem({
      modem: family, attachTime: 0, bootTime: 100, latencyScale: 0.1, variants: plain ? {} : { [variant]: value, ...WITH[`${variant}=${value}`] },
    });
    const id = `${family}-${variant}-${value}`.replaceAll(" ", "-");
    const subject: Subject = {
      id, family, facts, modem, port: broker.port, modemOptions: TOLD[`${variant}=${value}`] ?? {}, clients: [], traffic: [],
      arrival: (topic) => new Promise((resolve) => waiting.set(topic, resolve)),
      publish: async (topic, payload) => void (await other.publishAsync(topic, payload, { qos: 1 })),
      password: () => passwords.get(id),
    };
    try {
      await round(subject);
      for (const more of MORE[variant] ?? []) {
        modem.clearFaults();
        await more(subject);
      }
    } catch (error) {
      if (error instanceof Error) error.message += `\n${subject.traffic.slice(-25).join("\n")}`;
      throw error;
    } finally {
      await Promise.all(subject.clients.map((client) => client.end(true)));
      await modem.close();
    }
  }

  before(async () => {
    broker = await startAedes((aedes) => {
      aedes.authenticate = (client, _user, password, done) => {
        passwords.set(client.id, password?.toString());
        if (password?.toString() === "wrong") done(Object.assign(new Error("refused"), { returnCode: 4 }) as never, null);
        else done(null, true);
      };
      aedes.authorizeSubscribe = (_client, subscription, done) => done(null, subscription.topic.startsWith("forbidden") ? null : subscription);
    });
    other = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
    await other.subscribeAsync("out/#", { qos: 2 });
    other.on("message", (topic, payload) => {
      const resolve = waiting.get(topic);
      waiting.delete(topic);
      resolve?.(payload.toString());
    });
    lives.start();
  });

  after(async () => {
    await other.endAsync();
    await broker.stop();
  });

  for (const { name, facts, variants } of tables) {
    describe(name, () => {
      it("as it is by default", life(name, facts, "every modem", ""));
      for (const [variant, { values }] of Object.entries(variants)) {
        // The first value is the default, and needs a life of its own only where there is more to it than the round.
        for (const value of variant in MORE ? values : values.slice(1)) it(`${variant}: ${value}`, life(name, facts, variant, value));
      }
    });
  }
});
