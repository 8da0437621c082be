// Questions that are asked of every modem with an MQTT client, in its own words.
import type { Question, Scene, Step, Tells } from "../question";
import { AWAKE, SLEEP, SLEEP_CHANGES } from "./sleep";

/** Eight bytes with blanks and quotes. */
export const PAYLOAD = 'a "b" c!';

/** How one family connects, subscribes and publishes. */
export interface Verbs {
  readonly connect: readonly Step[];
  readonly leave: readonly Step[];
  /** Waits for the broker's answer. */
  subscribe(filter: string): readonly Step[];
  /** At QoS 0. The last step is labelled `as`, and waits for `then`. @param payload one character for each byte */
  publish(topic: string, payload: string, as: string, then: RegExp): readonly Step[];
  /** The first half of a publish with a data phase of one byte, where the family has one. */
  readonly dataPhase?: (topic: string) => readonly [prompt: Step, data: Step];
  /** Whether the modem takes a backslash in quotes for an escape, as the driver reads the documents. */
  readonly escapes?: boolean;
  /** Asks how the connection is, and what the answer is when there is one. */
  readonly state: { readonly at: string; readonly connected: RegExp };
}

/** Whether a topic that is published comes back as it was, or otherwise. */
interface TopicCase {
  readonly id: string;
  readonly asks: string;
  readonly fact: string;
  /** Behind the prefix of all topics. */
  readonly topic: string;
  readonly tells: Tells;
  readonly assumes: string;
}

const REFUSED = ["refused", /ERROR/] as const;
/** What ends the topic of a received message. */
const END = `["\\s,]`;

const TOPICS: readonly TopicCase[] = [
  {
    id: "longTopic",
    asks: "Is a topic carried that is as long as the driver allows?",
    fact: "dialects.md 8",
    topic: "/{topicFill}",
    tells: [["carried", new RegExp(`x{20}${END}[^]*come back`)], REFUSED, ["cut", /x{5,}[^]*come back/]],
    assumes: "carried",
  },
  {
    id: "longerTopic",
    asks: "Is a topic refused that is one byte longer than the driver allows?",
    fact: "dialects.md 8",
    topic: "/{topicFill}x",
    tells: [["carried", new RegExp(`x{20}${END}[^]*come back`)], REFUSED],
    assumes: "refused",
  },
  {
    id: "backslashInTopic",
    asks: "Does a backslash in a topic come through as it is?",
    fact: "dialects.md 1, rule 8",
    topic: "/a\\b",
    tells: [["kept", new RegExp(`/a\\\\b${END}`)], ["doubled", /\/a\\\\b/], ["lost", new RegExp(`/ab${END}[^]*come back`)], REFUSED],
    assumes: "kept",
  },
  {
    id: "quoteInTopic",
    asks: "Is a backslash before a quote in a topic an escape?",
    fact: "dialects.md 1, rule 8; 14 no. 3",
    topic: '/a\\"b',
    tells: [["escape", /\/a"b/], ["kept", /\/a\\"b[^]*come back/], ["ends the topic", /\/a\\?["\s,][^]*come back/], REFUSED],
    assumes: "refused",
  },
  {
    id: "otherLettersInTopic",
    asks: "Does UTF-8 in a topic come through as it is?",
    fact: "dialects.md 14 no. 6",
    topic: "/\xe6\xb8\xa9",
    tells: [["kept", /\/\xe6\xb8\xa9[^]*come back/], REFUSED, ["changed", /come back/]],
    assumes: "kept",
  },
];

/** Scenes that any family's verbs can perform. */
export function verbScenes(verbs: Verbs): readonly Scene[] {
  const { connect, leave, subscribe, publish, dataPhase, state } = verbs;
  const scene = (id: string, steps: readonly Step[], more: Partial<Scene> = {}): Scene => ({
    id,
    needs: ["broker"],
    steps: [...connect, ...steps],
    leave,
    ...more,
  });
  const topics = TOPICS.map(({ id, topic }) =>
    scene(id, [...subscribe("{topic}/#"), ...publish(`{topic}${topic}`, "come back", id, /come back/), { listen: 500, as: id }]),
  );
  const phase = dataPhase?.("{topic}/phase");
  return [
    ...topics,
    scene("state", [{ at: state.at, as: "state" }]),
    scene("long payload", [...subscribe("{topic}/long"), ...publish("{topic}/long", "{payloadFill}", "long", /y{300,}/), { listen: 1500, as: "long" }]),
    scene("binary payload", [
      ...subscribe("{topic}/binary"),
      ...publish("{topic}/binary", "a\x1bb\x1ac\x00d\xffe", "binary", /c\x00d\xffe/),
      { listen: 500, as: "binary" },
    ]),
    ...(phase === undefined
      ? []
      : [
          scene(
            "report in the data phase",
            [
              ...subscribe("{topic}"),
              phase[0],
              { broker: (broker, { topic }) => broker.publish(topic, "early") },
              { listen: 2000, until: /early/, as: "during" },
              phase[1],
              { listen: 3000, until: /early/, as: "behind" },
            ],
            { needs: ["own-broker"] },
          ),
        ]),
    scene("sleep with a session", [...SLEEP, { at: state.at, as: "after sleep" }], {
      needs: ["broker", "sleep"],
      changes: SLEEP_CHANGES,
      leave: [...AWAKE, ...leave],
    }),
  ];
}

/** The questions that these scenes answer. */
export function verbQuestions({ dataPhase, state, escapes = false }: Verbs): readonly Question[] {
  const assumed: Readonly<Record<string, string>> = escapes ? { backslashInTopic: "lost", quoteInTopic: "escape" } : {};
  return [
    ...TOPICS.map(({ id, asks, fact, tells, assumes }) => ({ id, asks, fact, scene: id, in: id, tells, assumes: assumed[id] ?? assumes })),
    {
      id: "connectedState",
      asks: `Does ${state.at} tell the state that stands for a connection?`,
      fact: "dialects.md 7.2",
      scene: "state",
      in: "state",
      tells: [
        ["yes", state.connected],
        ["no", /OK|ERROR/],
      ],
      assumes: "yes",
    },
    {
      id: "payloadLimit",
      asks: "Is a payload carried that is as long as the driver allows?",
      fact: "dialects.md 8",
      scene: "long payload",
      tells: (recording, { payloadLimit }) => {
        const text = recording.received("long"),
          longest = Math.max(0, ...[...text.matchAll(/y+/g)].map(([run]) => run.length));
        return longest === Number(payloadLimit) ? "carried" : /ERROR/.test(text) ? "refused" : longest > 0 ? `cut to ${longest} bytes` : undefined;
      },
      assumes: "carried",
    },
    {
      id: "binaryPayload",
      asks: "Do ESC, Ctrl-Z, NUL and 0xFF pass in a payload?",
      fact: "dialects.md 14 nos. 1, 4 and 5",
      scene: "binary payload",
      in: "binary",
      tells: [["carried", /a\x1bb\x1ac\x00d\xffe/], REFUSED, ["changed", /a\x1b|b\x1a|\x00d|\xffe/]],
      assumes: "carried",
    },
    ...(dataPhase === undefined
      ? []
      : [
          {
            id: "urcInData",
            asks: "Is a message reported in the middle of a data phase, or behind it?",
            fact: "dialects.md 14 no. 6",
            scene: "report in the data phase",
            tells: (recording) => (recording.received("during").includes("early") ? "at-once" : /early/.test(recording.received()) ? "held" : undefined),
            assumes: "at-once",
          } satisfies Question,
        ]),
    {
      id: "sessionAfterSleep",
      asks: "Is the MQTT session still there when the modem wakes from power saving mode?",
      fact: "modem-care.md 14 no. 1",
      scene: "sleep with a session",
      in: "after sleep",
      tells: [
        ["kept", state.connected],
        ["lost", /OK|ERROR/],
      ],
    },
  ];
}
