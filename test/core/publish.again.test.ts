import { m531x, ml302, nm28, online, type Answering } from "./support/answering";
import { equal } from "./support/check";
import { online as bc35gOnline, Session, type Obedient, type SessionOptions } from "./support/session";

type Connect = (options?: SessionOptions) => { session: Session; modem: Answering | Obedient };

const FAMILIES: [name: string, connect: Connect][] = [
  ["BC35-G", bc35gOnline],
  ...[m531x, ml302, nm28].map((family): [string, Connect] => [family.name, (options) => online(family, options)]),
];

type Publish = [payload: string, options?: Record<string, any>];

interface Case {
  name: string;
  publishes: readonly Publish[];
  /** Done before the last of them. */
  between?: (session: Session, modem: Answering | Obedient) => void;
  modem?: Record<string, any>;
}

const same = (...all: Record<string, any>[]): Publish[] => all.map((options) => ["hello", options]);

/** A command that is not answered, so that a marker goes out. */
function silence(session: Session, modem: Answering | Obedient): void {
  const command = session.client.limits.window === 5 ? "AT+QMTSUB" : /SUB/; // BC35-G's modem takes a string
  modem.deaf = command as any;
  session.subscribe("a/b");
  for (let second = 0; second < 46; second++) {
    modem.serve();
    session.pass(1000);
  }
  modem.deaf = null;
}

// What the transmit buffer still has of the last publish is not written again.
const CASES: Case[] = [
  { name: "of the same payload", publishes: [["hello"], ["hello"]] },
  { name: "of another payload of the same length", publishes: [["hello"], ["world"]] },
  { name: "of another length", publishes: [["hello"], ["hello, world"], ["hello"]] },
  { name: "on another topic of the same length", publishes: same({ topic: "t/1" }, { topic: "t/2" }) },
  { name: "on the topic before the last one", publishes: same({ topic: "t/1" }, { topic: "t/2" }, { topic: "t/1" }) },
  { name: "at a higher QoS", publishes: same({ QoS: 0 }, { QoS: 1 }) },
  { name: "at a lower QoS", publishes: same({ QoS: 1 }, { QoS: 0 }) },
  { name: "to be retained", publishes: same({ retain: false }, { retain: true }) },
  { name: "not to be retained", publishes: same({ retain: true }, { retain: false }) },
  { name: "at a QoS that is twice the retain flag before", publishes: same({ QoS: 1, retain: false }, { QoS: 0, retain: true }) },
  ...[[1, 2], [9, 10], [10, 9], [99, 100], [1009, 1010], [1010, 1100], [9999, 10_000], [65_535, 1], [20_000, 10_000], [12_345, 54_321], [5, 5]].flatMap((ids) =>
    [0, 1].map((QoS) => ({ name: `with id ${ids[1]} after id ${ids[0]}, QoS ${QoS}`, publishes: same(...ids.map((id) => ({ QoS, id }))) }))),
  { name: "after a subscription", publishes: [["hello"], ["hello"]], between: (session) => void session.subscribe("a/b") },
  { name: "after a marker", publishes: [["hello"], ["hello"]], between: silence },
  { name: "in hex", publishes: [["hello"], ["world"]], modem: { payloadEncoding: "hex" } },
  { name: "as it is after one in parts", publishes: [["hello"], ["hello"]], between: (session) => {
    session.publish("he", { byteLength: 5 });
    session.client.write(new Uint8Array(3));
  } },
];

for (const [family, connect] of FAMILIES) describe(`${family}: a publish after others`, () => {
  for (const { name, publishes, between, modem: options } of CASES)
    it(`${name} is sent as a new client would send it`, () => {
      const sent = (each: readonly Publish[], meanwhile?: Case["between"]): string => {
        const { session, modem } = connect({ modem: { pollInterval: 3_600_000, ...options } });
        each.forEach(([payload, options], index) => {
          if (index > 0 && index === each.length - 1) {
            meanwhile?.(session, modem);
            modem.serve();
          }
          session.publish(payload, { id: 100, ...options });
          modem.serve();
          equal(session.events.pop(), `done ${options?.id ?? 100}`, "the last event");
        });
        return `${modem.commands.at(-1)} ${modem.published.at(-1)}`;
      };
      equal(sent(publishes, between), sent(publishes.slice(-1)));
    });
});
