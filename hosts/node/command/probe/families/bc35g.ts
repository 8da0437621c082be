// Quectel BC35-G and BC28: dialects.md, chapters 2, 12 and 14.
import { within, type Kept, type Scene, type Step, type Table } from "../question";
import { PacketType } from "../packets";
import { bc35gQuestions } from "./bc35g-questions";
import { PAYLOAD, verbScenes, type Verbs } from "./verbs";

const CLOSE: Step = { at: "AT+QMTCLOSE=0", then: /\+QMTCLOSE: ?0,/, within: 700 };
const OPEN: Step = { at: 'AT+QMTOPEN=0,"{host}",{port}', then: /\+QMTOPEN: ?0,-?\d/, within: 80_000, must: /\+QMTOPEN: ?0,0/, as: "open" };
const CONN: Step = { at: 'AT+QMTCONN=0,"{id}"{credentials}', then: /\+QMTCONN: ?0,(?!1\b)\d/, within: 60_000 };
const CONNECTED: Step = { ...CONN, must: /\+QMTCONN: ?0,0,0/ };
const SET: readonly Step[] = [CLOSE, { at: 'AT+QMTCFG="version",0,4' }, { at: 'AT+QMTCFG="session",0,1' }, { at: 'AT+QMTCFG="timeout",0,10,1,1' }];
const HURRIED: Step = { at: 'AT+QMTCFG="timeout",0,{ackTimeout},1,1' };
const DISC: Step = { at: "AT+QMTDISC=0", then: /\+QMTDISC: ?0,/, within: 1500, as: "disc" };

const publish = (topic: string, payload: string, as: string, then: RegExp): Step[] => [
  { prompt: `AT+QMTPUB=0,0,0,0,"${topic}",${payload === "{payloadFill}" ? "{payloadLimit}" : payload.length}`, as },
  // A refused command leads to no data phase.
  { data: payload, unless: /ERROR/, then, within: 15_000, as },
];

const verbs: Verbs = {
  connect: [...SET, OPEN, CONNECTED],
  leave: [DISC, CLOSE],
  subscribe: (filter) => [{ at: `AT+QMTSUB=0,1,"${filter}",1`, then: /\+QMTSUB: ?0,1,[02]/, within: 30_000, must: /\+QMTSUB: ?0,1,0/ }],
  publish,
  dataPhase: (topic) => [{ prompt: `AT+QMTPUB=0,0,0,0,"${topic}",1` }, { data: "x", then: /\+QMTPUB/, within: 5000, as: "behind" }],
  state: { at: "AT+QMTCONN?", connected: /\+QMTCONN: ?0,3/ },
};
const connected = within(verbs.connect, verbs.leave);
const CFG = ["version", "session", "timeout", "will"] as const;
/** How many values each setting has at the most. Without quotes, a comma may be part of the last one. */
const MOST = 5;

/** The values of an answer as a command wants them: texts in quotes, whether the answer has them or not. */
function quoted(values: string): string {
  const fields = values.match(/"[^"]*"|[^,]+/g) ?? [];
  if (fields.length > MOST) fields.splice(MOST - 1, fields.length, fields.slice(MOST - 1).join(","));
  return fields.map((field) => (/^(?:-?\d+|"[^"]*")$/.test(field) ? field : `"${field}"`)).join(",");
}

const kept: readonly Kept[] = CFG.map((name) => ({
  name: `QMTCFG ${name}`,
  read: `AT+QMTCFG="${name}",0`,
  value: new RegExp(`\\+QMTCFG: ?"${name}",([^\\r\\n]*)`),
  restore: ([, values]) => `AT+QMTCFG="${name}",0,${quoted(values)}`,
}));
const CHANGES = { changes: kept.map(({ name }) => name) };
const OWN = { ...CHANGES, needs: ["own-broker"] } as const;

/** Publishes so many messages at QoS 1; the last step is labelled. */
const publishes = (count: number): Step[] =>
  Array.from({ length: count }, (_, index): Step[] => [
    { prompt: `AT+QMTPUB=0,${11 + index},1,0,"{topic}/window",1`, as: index === count - 1 ? "last" : undefined },
    // The carriage return ends the line where there is no data phase.
    { data: "x\r", unless: /ERROR/, final: 3000 },
  ]).flat();

const scenes: readonly Scene[] = [
  { id: "blanks", steps: [{ at: "AT+CSQ" }, { at: "AT+QMTCONN=?" }, { at: "AT+QMTDISC=?" }] },
  {
    id: "strings of settings",
    changes: ["QMTCFG will"],
    steps: [
      { at: 'AT+QMTCFG="will",0,1,0,0,"probe/will","gone"', must: /OK/ },
      { at: 'AT+QMTCFG="will",0', as: "will" },
    ],
    leave: [{ at: 'AT+QMTCFG="will",0,0' }],
  },
  {
    id: "spelling of the password's command",
    steps: [
      { at: "AT+QMTENAUTH=?", as: "one" },
      { at: "AT+QMTTENAUTH=?", as: "two" },
      { at: "AT+QMTTENAUTH=", as: "set" },
    ],
  },
  connected(
    "loop",
    [
      ...verbs.subscribe("{topic}"),
      ...publish("{topic}", PAYLOAD, "message", /\+QMTRE?CV:[^\r\n]+[\r\n]/),
      { at: 'AT+QMTUNS=0,5,"{topic}"', then: /\+QMTUNS: ?0,5,0/, within: 30_000 },
    ],
    CHANGES,
  ),
  connected(
    "several topics",
    [{ at: 'AT+QMTSUB=0,2,"{topic}/1",0,"{topic}/2",1', then: /\+QMTSUB: ?0,2,[^\r\n]*[\r\n]/, within: 30_000, as: "several" }],
    CHANGES,
  ),
  connected("escape", [{ prompt: 'AT+QMTPUB=0,0,0,0,"{topic}"' }, { data: "x\x1b", unless: /ERROR/, final: 3000, as: "escape" }], CHANGES),
  connected(
    "empty message",
    [{ prompt: 'AT+QMTPUB=0,0,0,0,"{topic}"' }, { data: "\x1a", unless: /ERROR/, then: /\+QMTPUB/, within: 5000, as: "empty" }],
    CHANGES,
  ),
  {
    id: "goodbye",
    needs: ["broker"],
    ...CHANGES,
    steps: [...verbs.connect, { ...DISC, as: "goodbye" }, { listen: 3500, until: /\+QMTSTAT: ?0,\d/, as: "goodbye" }],
    leave: [CLOSE],
  },
  connected("window", [{ broker: (broker) => broker.behave({ silentOn: [PacketType.Publish] }) }, ...publishes(6)], OWN),
  {
    id: "no acknowledgement",
    ...OWN,
    steps: [
      ...SET,
      HURRIED,
      OPEN,
      CONNECTED,
      { broker: (broker) => broker.behave({ silentOn: [PacketType.Publish] }) },
      ...publishes(1),
      { listen: 15_000, until: /\+QMTSTAT: ?0,\d/, as: "unacknowledged" },
      { ...CLOSE, as: "close" },
    ],
    leave: [CLOSE],
  },
  {
    id: "PUBREL again",
    ...OWN,
    steps: [
      ...SET,
      HURRIED,
      OPEN,
      CONNECTED,
      { broker: (broker) => broker.behave({ silentOn: [PacketType.Pubrel] }) },
      { prompt: 'AT+QMTPUB=0,21,2,0,"{topic}",1' },
      { data: "x\r", final: 3000 },
      { listen: 15_000, until: /\+QMTSTAT: ?0,\d/, as: "pubrel" },
    ],
    leave: [CLOSE],
  },
  {
    id: "refused connection",
    ...OWN,
    steps: [
      ...SET,
      { broker: (broker) => broker.behave({ connack: 5 }) },
      OPEN,
      { ...CONN, as: "refused" },
      { listen: 2000, until: /\+QMTSTAT: ?0,\d/, as: "refused" },
    ],
    leave: [CLOSE],
  },
  {
    id: "fetched password",
    needs: ["own-broker"],
    steps: ["AT+QMTTENAUTH", "AT+QMTENAUTH"].map((name, index) => ({
      at: `${name}="probe","probe","probe@probe","probe",60,"http://{host}:{port}/"`,
      then: /ENAUTH: ?-?\d/,
      within: 60_000,
      as: "password",
      unless: index === 1 ? /OK/ : undefined,
    })),
  },
  ...verbScenes(verbs).map((scene) => ({ ...scene, changes: [...CHANGES.changes, ...(scene.changes ?? [])] })),
];

/** An open connection, or one that is being made. */
const busy = { at: "AT+QMTCONN?", when: /\+QMTCONN: ?0,\d/ };

export const bc35g: Table = { busy, kept, scenes, questions: bc35gQuestions(verbs) };
