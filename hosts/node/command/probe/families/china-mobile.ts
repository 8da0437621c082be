// What M531X and ML302 are both asked: dialects.md, chapters 3, 4, 12 and 14.
import { PacketType } from "../packets";
import type { Question, Scene, Step } from "../question";
import { linesOf, type Recording } from "../recording";
import { PAYLOAD, verbQuestions, verbScenes, type Verbs } from "./verbs";

export const DELETE: Step = { at: "AT+MQTTDEL" };
export const CONFIGURE: Step = { at: 'AT+MQTTCFG="{host}",{port},"{id}",{keepAlive},"{user}","{password}",1' };
const OPEN_LINE = 'AT+MQTTOPEN={hasUser},{hasPassword},0,0,0,"",""';
const TIMEOUT: Step = { at: "AT+MQTTTO={ackTimeout}" };
export const DISC: Step = { at: "AT+MQTTDISC", final: 15_000, then: /\+MQTTDISC: ?OK/, within: 15_000 };

/** MQTTOPEN, whatever comes of it. */
export const tryOpen = (as: string): Step => ({ at: OPEN_LINE, final: 90_000, then: /\+MQTT(?:OPEN: ?\w|CONACK|DISC)/, within: 90_000, as });
export const OPEN: Step = { ...tryOpen("open"), must: /\+MQTTOPEN: ?(?:OK|0,)/ };
/** From any state to a configured client. */
export const PREPARE: readonly Step[] = [DELETE, CONFIGURE, TIMEOUT];
export const CONNECT: readonly Step[] = [...PREPARE, OPEN];
export const LEAVE: readonly Step[] = [DISC, DELETE];

export const subscribe = (topic: string, QoS: number, as: string): Step => ({
  at: `AT+MQTTSUB="${topic}",${QoS}`,
  final: 30_000,
  then: /\+MQTTSUBACK: ?[^\r\n]*[\r\n]/,
  within: 30_000,
  as,
});

/** How a family publishes at any QoS, waiting for what `then` says. */
export type Publish = (topic: string, payload: string, QoS: number, as: string, then: RegExp) => readonly Step[];

/** Everything about a received message: it is told with its length. */
const P = String.raw`\+MQTTPUBLISH: ?[01],[012],[01],\d+,`;
const TOPIC = String.raw`"?modem-mqtt/probe/[\w/]+"?`;

const heads = (recording: Recording): Map<string, boolean> =>
  new Map(
    linesOf(recording.received()).flatMap((line) => [...line.matchAll(/^\+MQTT([A-Z]+):( ?)/g)].map(([, name, blank]) => [name, blank === " "] as const)),
  );

/** How many line feeds stand directly before, or behind, a place in the text. */
const feedsBefore = (text: string, at: number): number => /[\r\n]*$/.exec(text.slice(0, at))![0].split("\n").length - 1;
const feedsBehind = (text: string, at: number): number => /^[\r\n]*/.exec(text.slice(at))![0].split("\n").length - 1;

const acknowledged = (recording: Recording, label: string): [number, number] | undefined => {
  const found = /\+MQTTPUBACK: ?(\d+),(\d+)/.exec(recording.received(label));
  return found === null ? undefined : [Number(found[1]), Number(found[2])];
};
const numberIn = (pattern: RegExp, text: string): number | undefined => {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
};

function packetIds(recording: Recording): string | undefined {
  const first = numberIn(/\+MQTTSUBACK: ?(\d+)/, recording.received("sub")),
    last = numberIn(/\+MQTTUNSUBACK: ?(\d+)/, recording.received("unsub"));
  const [one, two] = ["ack1", "ack2"].map((label) => Math.max(...(acknowledged(recording, label) ?? [-1])));
  if (first === undefined || last === undefined || one < 0 || two < 0) return undefined;
  if (one === two) return "same";
  return last > two ? "one-counter" : "per-kind";
}

function lengthTold(recording: Recording): string | undefined {
  const told = numberIn(new RegExp(`${P}${TOPIC}[, ]\\s?(\\d+)[,\\r\\n]`), recording.received());
  if (told === undefined) return undefined;
  const quotes = PAYLOAD.split('"').length - 1;
  return { [PAYLOAD.length]: "exact", [PAYLOAD.length + quotes]: "escaped" }[told] ?? (told > PAYLOAD.length ? "long" : "short");
}

function messageStart(recording: Recording): string | undefined {
  const text = recording.received(),
    at = text.search(/\+MQTTPUBLISH: ?\d/);
  if (at < 0) return undefined;
  return feedsBefore(text, at) >= 2 ? "crlf" : "none";
}

function messageEnd(recording: Recording): string | undefined {
  const text = recording.received("message"),
    at = text.indexOf(PAYLOAD, Math.max(0, text.search(/\+MQTTPUBLISH/)));
  if (at < 0) return undefined;
  const end = at + PAYLOAD.length,
    feeds = feedsBehind(text, end);
  const isLast = text.slice(end).trim() === "";
  return feeds >= (isLast ? 1 : 2) ? "crlf" : "none";
}

/** The scenes of both. */
export function chinaMobileScenes(publish: Publish, verbs: Verbs, keptNames: readonly string[]): readonly Scene[] {
  const own = (id: string, steps: readonly Step[]): Scene => ({ id, needs: ["own-broker"], changes: keptNames, steps, leave: LEAVE });
  const ACK = /\+MQTTPUBACK: ?\d+,\d+/;
  return [
    {
      id: "settings",
      needs: ["replace"],
      changes: keptNames,
      steps: [
        DELETE,
        { at: "AT+MQTTSTAT?", as: "unconfigured" },
        { at: "AT+MQTTCFG?", as: "empty" },
        { ...CONFIGURE, must: /OK/ },
        { at: "AT+MQTTCFG?", as: "settings" },
        { ...CONFIGURE, as: "again" },
        { at: "AT+MQTTDISC", as: "idle" },
      ],
      leave: [DELETE],
    },
    {
      id: "loop",
      needs: ["broker"],
      changes: keptNames,
      steps: [
        ...CONNECT,
        subscribe("{topic}", 1, "sub"),
        { at: "AT+MQTTSUB?", as: "list" },
        ...publish("{topic}", PAYLOAD, 0, "message", /a "b" c!/),
        { listen: 500, as: "message" },
        ...publish("{topic}", "1", 1, "ack1", ACK),
        { listen: 500 },
        ...publish("{topic}", "2", 1, "ack2", ACK),
        { listen: 500 },
        { at: 'AT+MQTTUNSUB="{topic}"', final: 30_000, then: /\+MQTTUNSUBACK/, within: 30_000, as: "unsub" },
        { ...DISC, as: "disc" },
        { at: "AT+MQTTSTAT?", as: "behind" },
      ],
      leave: [DELETE],
    },
    {
      id: "QoS 2",
      needs: ["broker"],
      changes: keptNames,
      steps: [
        ...CONNECT,
        subscribe("{topic}", 2, "sub"),
        ...publish("{topic}", "2", 2, "QoS 2", /\+MQTTPUBCOMP/),
        { listen: 5000, until: /\+MQTTPUBREL/, as: "QoS 2" },
      ],
      leave: LEAVE,
    },
    {
      id: "pings",
      needs: ["broker"],
      changes: keptNames,
      steps: [...CONNECT, { at: "AT+MQTTPING=1" }, { listen: 60_000, until: /(?:\+MQTTPINGR[^]*){2}/, as: "pings" }],
      leave: LEAVE,
    },
    own("refused connection", [...PREPARE, { broker: (broker) => broker.behave({ connack: 5 }) }, tryOpen("refused"), { listen: 300, as: "refused" }]),
    own("failing connection", [...PREPARE, { broker: (broker) => broker.behave({ connack: 3 }) }, tryOpen("failing")]),
    own("refused subscription", [...CONNECT, { broker: (broker) => broker.behave({ grants: "refused" }) }, subscribe("{topic}", 1, "refused")]),
    own("less granted", [
      ...CONNECT,
      { broker: (broker) => broker.behave({ grants: "0" }) },
      { ...subscribe("{topic}", 1, "less"), then: /\+MQTT(?:SUBACK|TO)/ },
    ]),
    own("acknowledged twice", [...CONNECT, ...publish("{topic}", "1", 1, "ack1", ACK), { broker: (broker) => broker.repeat() }, { listen: 1500, as: "twice" }]),
    own("no acknowledgement", [
      ...CONNECT,
      { broker: (broker) => broker.behave({ silentOn: [PacketType.Publish] }) },
      ...publish("{topic}", "1", 1, "unacknowledged", /\+MQTTTO/),
      { listen: 7000, until: /\+MQTTREC: ?\d|\+MQTTDISC/, as: "then" },
    ]),
    own("broker gone", [
      ...CONNECT,
      {
        broker: (broker) => {
          broker.behave({ isAway: true });
          broker.drop();
        },
      },
      { listen: 120_000, until: /\+MQTTDISC: ?OK/, as: "gone" },
    ]),
    ...verbScenes(verbs).map((scene) => ({ ...scene, changes: [...keptNames, ...(scene.changes ?? [])] })),
  ];
}

/** What each of the two takes for granted, by the question's id. */
export type Assumed = Readonly<Record<string, string>>;

/** The questions of both. */
export function chinaMobileQuestions(verbs: Verbs, assumed: Assumed): readonly Question[] {
  const loop = (id: string, asks: string, fact: string, tells: Question["tells"], label?: string): Question => ({
    id,
    asks,
    fact,
    scene: "loop",
    in: label,
    tells,
  });
  const questions: Question[] = [
    loop(
      "okOrder",
      "Does OK come before the report of the outcome, or behind it?",
      "dialects.md 3.1, 4.1",
      [
        ["before", /OK[\r\n][^]*SUBACK/],
        ["after", /SUBACK[^]*[\r\n]OK/],
      ],
      "sub",
    ),
    loop("topicQuotes", "Does the topic of a message stand in quotes?", "dialects.md 3.5, 4.4", [
      ["quoted", new RegExp(`${P}"`)],
      ["bare", new RegExp(`${P}[^"]`)],
    ]),
    loop("ackOrder", "Which comes first in +MQTTPUBACK, the packet id or the dup flag?", "dialects.md 6.3", (recording) => {
      const fields = acknowledged(recording, "ack2") ?? acknowledged(recording, "ack1");
      return fields === undefined ? undefined : fields[0] > 0 ? "id-first" : "dup-first";
    }),
    loop(
      "unsubackTopic",
      "How does +MQTTUNSUBACK tell the topic?",
      "dialects.md 3.5, 4.3.5",
      [
        ["quoted", /UNSUBACK: ?\d+, ?"/],
        ["bare", /UNSUBACK: ?\d+, ?\w/],
        ["absent", /UNSUBACK: ?\d+ *[\r\n]/],
      ],
      "unsub",
    ),
    loop("publishStart", "Does a line end come before +MQTTPUBLISH?", "dialects.md 1, rule 2", messageStart),
    loop("publishEnd", "Does a line end follow a message?", "dialects.md 1, rule 2", messageEnd),
    loop("publishComma", "Does a comma stand between topic and length?", "dialects.md C-5", [
      ["present", new RegExp(`${P}${TOPIC},`)],
      ["missing", new RegExp(`${P}${TOPIC} `)],
    ]),
    loop("publishLength", "Does the length of a message count its bytes?", "dialects.md C-6", lengthTold),
    loop("payloadPlace", "Does the payload follow a comma, or stand on the next line?", "dialects.md 3.5", [
      ["next-line", /\d+[\r\n]+a "b" c!/],
      ["line", /,a "b" c!/],
    ]),
    loop(
      "subackGranted",
      "Is the granted QoS decimal?",
      "dialects.md 3.5",
      [
        ["hex", /SUBACK: ?\d+, ?0x0\d/],
        ["decimal", /SUBACK: ?\d+, ?\d,/],
      ],
      "sub",
    ),
    loop("packetIds", "Do all packets take their ids from one counter?", "dialects.md B-13", packetIds),
    {
      id: "qos2Steps",
      asks: "Which steps of QoS 2 are reported, for a message out and one in?",
      fact: "dialects.md 3.5, 4.3.6",
      scene: "QoS 2",
      in: "QoS 2",
      tells: (recording) => ["PUBREC", "PUBCOMP", "PUBREL"].filter((step) => recording.received("QoS 2").includes(`+MQTT${step}:`)).join(", ") || undefined,
    },
    {
      id: "subackRefused",
      asks: "How is a refused subscription spelled?",
      fact: "dialects.md 3.5",
      scene: "refused subscription",
      in: "refused",
      tells: [
        ["0x80", /SUBACK: ?\d+, ?0x80/],
        ["80", /SUBACK: ?\d+, ?80\b/],
        ["128", /SUBACK: ?\d+, ?128/],
      ],
    },
    {
      id: "strayAcks",
      asks: "Is an acknowledgement printed for which nothing waits?",
      fact: "not documented",
      scene: "acknowledged twice",
      in: "twice",
      tells: [
        ["printed", /PUBACK/],
        ["silent", /^/],
      ],
    },
    {
      id: "ackTimeout",
      asks: "Does the modem connect again when an acknowledgement does not come?",
      fact: "dialects.md 3.6",
      scene: "no acknowledgement",
      in: "then",
      tells: [
        ["reconnects", /MQTTREC|MQTTDISC|MQTTOPEN/],
        ["stays", /^/],
      ],
    },
    {
      id: "reconfigure",
      asks: "Is AT+MQTTCFG taken a second time, without AT+MQTTDEL?",
      fact: "dialects.md 3.2",
      scene: "settings",
      in: "again",
      tells: [
        ["allowed", /OK/],
        ["refused", /ERROR/],
      ],
    },
    {
      id: "pingWord",
      asks: "How is the report of a ping spelled?",
      fact: "dialects.md 3.5, 4.4",
      scene: "pings",
      tells: [
        ["PINGRESP", /PINGRESP/],
        ["PINGRSP", /PINGRSP/],
      ],
    },
  ];
  return [...questions, ...verbQuestions(verbs)].map((question) => ({ ...question, assumes: assumed[question.id] ?? question.assumes }));
}

/** Whether these reports have a blank behind the colon; undefined where one of them has not come. */
export function blanksOf(recording: Recording, ...names: readonly string[]): boolean[] | undefined {
  const seen = heads(recording);
  const blanks = names.map((name) => seen.get(name));
  return blanks.includes(undefined) ? undefined : (blanks as boolean[]);
}
