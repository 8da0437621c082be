// Yuge NM28: dialects.md, chapters 5, 12 and 14. All with client 5, which nobody else is likely to use.
import { PacketType } from "../packets";
import { within, type Kept, type Question, type Scene, type Step, type Table } from "../question";
import { linesOf } from "../recording";
import { FINAL } from "../wire";
import { colonQuestion } from "./common";
import { PAYLOAD, verbQuestions, verbScenes, type Verbs } from "./verbs";

const N = "5, ?";
const result = (name: string, rest: string): RegExp => new RegExp(`\\+MQTT${name}: ?${N}${rest}`);

const CLOSE: Step = { at: "AT+MQTTCLOSE=5", final: 10_000, then: result("CLOSE", ""), within: 700 };
const open = (port: string, as: string): Step => ({ at: `AT+MQTTOPEN=5,"{host}",${port}`, final: 80_000, then: result("OPEN", "-?\\d"), within: 80_000, as });
const OPEN: Step = { ...open("{port}", "open"), must: result("OPEN", "0") };
const conn = (as: string): Step => ({ at: 'AT+MQTTCONN=5,"{id}","{user}","{password}"', final: 60_000, then: result("CONN", "[02]"), within: 60_000, as });
const CONN: Step = { ...conn("conn"), must: result("CONN", "0(?!, ?[1-9])") };
const timeout = (seconds: string): Step => ({ at: `AT+MQTTCFG="timeout",5,${seconds},1,1` });
const SET: readonly Step[] = [
  CLOSE,
  { at: 'AT+MQTTCFG="version",5,4' },
  { at: 'AT+MQTTCFG="session",5,1' },
  { at: 'AT+MQTTCFG="ssl",5,0,0' },
  timeout("10"),
  { at: 'AT+MQTTCFG="recv/mode",5,0,1' },
];

/** Ends a data phase that the count has not ended. */
const CTRL_Z: Step = { data: "\x1a", unless: FINAL, final: 15_000 };
const publish = (topic: string, payload: string, as: string, then: RegExp): Step[] => [
  { prompt: `AT+MQTTPUBEX=5,2,0,0,0,"${topic}",${payload === "{payloadFill}" ? "{payloadLimit}" : payload.length}`, as },
  { data: payload, unless: /ERROR/, final: 6000, as },
  { ...CTRL_Z, as },
  { listen: 15_000, until: then, unless: then, as },
];

const verbs: Verbs = {
  connect: [...SET, OPEN, CONN],
  leave: [{ at: "AT+MQTTDISC=5", final: 10_000, as: "disc" }, CLOSE],
  subscribe: (filter) => [{ at: `AT+MQTTSUB=5,1,"${filter}",1`, final: 30_000, then: result("SUB", "1, ?[02]"), within: 30_000, must: result("SUB", "1, ?0"), as: "sub" }],
  // What is published may come back while the publish waits for Ctrl-Z.
  publish: (topic, payload, as, then) => publish(topic, payload, as, then).slice(0, 3).concat({ listen: 3000, until: then, as }),
  dataPhase: (topic) => [
    { prompt: `AT+MQTTPUBEX=5,2,0,0,0,"${topic}",1` },
    { data: "x", final: 5000, as: "behind" },
  ],
  state: { at: "AT+MQTTCONN?", connected: result("CONN", "1") },
};
const connected = within(verbs.connect, verbs.leave);

/** A value in the part of AT+MQTTCFG?'s answer that is about client 5. */
const part = (...names: readonly string[]): RegExp => new RegExp(`\\+MQTTCFG: ?5\\b${names.map((name) => `[^]*?${name}: ?(\\d+)`).join("")}`);
const KEPT: readonly (readonly [name: string, ...keys: string[]])[] = [
  ["version", "version"],
  ["ssl", "sslenable", "ssictx_id"],
  ["session", "session"],
  ["timeout", "pkt_timeout", "retry_time", "timeout_notice"],
  ["recv/mode", "msg_rcv_mode", "msg_len_enable"],
];
const kept: readonly Kept[] = KEPT.map(([name, ...keys]) => ({
  name: `MQTTCFG ${name}`,
  read: "AT+MQTTCFG?",
  value: part(...keys),
  restore: ([, ...values]) => `AT+MQTTCFG="${name}",5,${values.join(",")}`,
}));
const CHANGES = { changes: kept.map(({ name }) => name) };
const OWN = { ...CHANGES, needs: ["own-broker"] } as const;
const silent = (...types: readonly PacketType[]): Step => ({ broker: (broker) => broker.behave({ silentOn: types }) });

/** A publish that waits for its acknowledgement: no Ctrl-Z, which would be part of the next command. */
const unacknowledged: readonly Step[] = [
  { prompt: 'AT+MQTTPUBEX=5,31,1,0,0,"{topic}",1', as: "again" },
  { data: "1", unless: /ERROR/, final: 20_000, then: result("PUBEX", "31, ?-1"), within: 20_000, as: "again" },
];

const scenes: readonly Scene[] = [
  { id: "blanks", steps: [{ at: "AT+CSQ" }, { at: "AT+MQTTUNS=?" }] },
  { id: "defaults", isPrivate: true, steps: [{ at: "AT+MQTTCFG?", as: "settings" }] },
  { id: "not connected", needs: ["replace"], changes: ["cmee"], steps: [{ at: "AT+CMEE=1" }, CLOSE, { at: 'AT+MQTTSUB=5,1,"x",0', final: 15_000, as: "refused" }] },
  connected(
    "loop",
    [
      { at: "AT+MQTTCONN?", as: "query" },
      ...verbs.subscribe("{topic}"),
      { prompt: `AT+MQTTPUBEX=5,2,0,0,0,"{topic}",${PAYLOAD.length}`, as: "publish" },
      { data: PAYLOAD, final: 6000, as: "counted" },
      { ...CTRL_Z, as: "publish" },
      { listen: 10_000, until: /a "b" c!/, unless: /a "b" c!/ },
      { listen: 300 },
      { at: 'AT+MQTTUNS=5,3,"{topic}"', final: 30_000, then: result("UNS", "3"), within: 30_000, as: "uns" },
    ],
    CHANGES,
  ),
  connected("Ctrl-Z inside", [...verbs.subscribe("{topic}"), ...publish("{topic}", "a\x1ab", "inside", /a\x1ab|ERROR|PUBEX: ?5, ?2, ?-1/)], CHANGES),
  {
    id: "failures",
    ...OWN,
    steps: [
      ...SET,
      { ...open("{closedPort}", "failed"), final: 90_000 },
      CLOSE,
      { broker: (broker) => broker.behave({ connack: 5 }) },
      OPEN,
      { ...conn("refused"), then: result("CONN", "\\d") },
      CLOSE,
      timeout("{ackTimeout}"),
      silent(PacketType.Connect),
      OPEN,
      { ...conn("silent"), then: result("CONN", "2") },
    ],
    leave: [CLOSE],
  },
  { id: "closed port", needs: ["broker"], ...CHANGES, steps: [...SET, open("{closedPort}", "failed")], leave: [CLOSE] },
  {
    id: "no acknowledgement",
    ...OWN,
    steps: [...SET, timeout("{ackTimeout}"), OPEN, CONN, silent(PacketType.Publish), ...unacknowledged, { at: "AT+MQTTCONN?", as: "after" }],
    leave: verbs.leave,
  },
  connected("link lost", [{ broker: (broker) => broker.drop() }, { listen: 3000, until: /\+MQTT\w+:/, as: "loss" }, { listen: 300, as: "loss" }, open("{port}", "reopen")], OWN),
  {
    id: "TLS",
    ...OWN,
    steps: [CLOSE, { at: 'AT+MQTTCFG="ssl",5,1,0', must: /OK/ }, { ...open("{port}", "tls"), final: 90_000 }],
    leave: [CLOSE],
  },
  connected("version", [{ at: "AT+CTWINGPOSTVER=5", final: 30_000, then: /CTWINGPOSTVER:/, within: 30_000, as: "version" }], OWN),
  ...verbScenes(verbs).map((scene) => ({ ...scene, changes: [...CHANGES.changes, ...(scene.changes ?? [])] })),
];

const loop = (id: string, asks: string, fact: string, tells: Question["tells"], assumes: string, label?: string): Question => ({ id, asks, fact, scene: "loop", in: label, tells, assumes });

const questions: readonly Question[] = [
  colonQuestion("blanks"),
  loop("resultOrder", "Does the result come before OK?", "dialects.md 5.1", [["before", /\+MQTTSUB:[^]*[\r\n]OK/], ["after", /OK[\r\n][^]*\+MQTTSUB:/]], "before", "sub"),
  {
    id: "failedFinal",
    asks: "Which final follows a bad result?",
    fact: "dialects.md 5.1, 14 no. 5",
    scene: "failures",
    tells: (recording) => {
      const ends = (label: string): boolean => /(?:^|[\r\n])(?:ERROR|\+CME ERROR)/.test(recording.received(label));
      if (!recording.has("refused")) return undefined;
      return ends("failed") ? (ends("refused") ? "error" : "by-result") : "ok";
    },
    assumes: "by-result",
  },
  {
    id: "mqttErrors",
    asks: "Are the errors of MQTT commands as AT+CMEE says?",
    fact: "dialects.md 5.2, 14 no. 5",
    scene: "not connected",
    in: "refused",
    tells: [["cme", /\+CME ERROR/], ["plain", /[\r\n]ERROR/]],
    assumes: "plain",
  },
  loop("resultSpace", "Does a blank follow the commas of a result?", "dialects.md 5.2", [["spaced", /\+MQTTOPEN: ?5, \d/], ["none", /\+MQTTOPEN: ?5,\d/]], "none", "open"),
  loop("recvSpace", "Do blanks stand in +MQTTRECV?", "dialects.md 5.3", [["none", /\+MQTTRECV:5,\d/], ["session", /\+MQTTRECV: 5,\d/], ["table", /\+MQTTRECV: 5, \d/]], "none"),
  loop("recvTopic", "Does the topic of a message stand in quotes?", "dialects.md 5.3", [["quoted", /\+MQTTRECV: ?5, ?\d+, ?"/], ["bare", /\+MQTTRECV: ?5, ?\d+, ?[^"\s]/]], "bare"),
  loop("recvLength", "Does the length of a message count its blanks?", "dialects.md 5.3", [["exact", /, ?8, ?a "b" c!/], ["blanks-uncounted", /, ?6, ?a "b" c!/]], "exact"),
  loop("recvId", "Which packet id has a message at QoS 0?", "dialects.md 5.3", [["zero", /\+MQTTRECV: ?5, ?0,/], ["positive", /\+MQTTRECV: ?5, ?\d/]], "positive"),
  {
    id: "recvDefault",
    asks: 'What is the default of "recv/mode"?',
    fact: "dialects.md 14 no. 5",
    scene: "defaults",
    in: "settings",
    tells: [["length", /\+MQTTCFG: ?5\b[^]*?msg_len_enable: ?1/], ["no-length", /\+MQTTCFG: ?5\b[^]*?msg_len_enable: ?0/]],
  },
  {
    id: "connRetCode",
    asks: "When has +MQTTCONN a return code?",
    fact: "dialects.md 5.2.4",
    scene: "failures",
    tells: (recording) => {
      if (!result("CONN", "").test(recording.received("silent"))) return undefined;
      if (!result("CONN", "\\d, ?\\d").test(recording.received("refused"))) return "absent";
      return result("CONN", "2, ?\\d").test(recording.received("silent")) ? "always" : "answered";
    },
    assumes: "answered",
  },
  loop("connQuery", "For which clients has AT+MQTTCONN? a line?", "not documented", (recording) => {
    const count = linesOf(recording.received("query")).filter((line) => line.startsWith("+MQTTCONN:")).length;
    return count === 0 ? undefined : count > 5 ? "all" : "opened";
  }, "opened"),
  loop("subValue", "Does +MQTTSUB tell the granted QoS?", "dialects.md 5.2.6", [["present", result("SUB", "1, ?0, ?\\d")], ["absent", result("SUB", "1, ?0")]], "present", "sub"),
  loop("unsValue", "Has +MQTTUNS a value behind its result?", "dialects.md 5.2.7", [["present", result("UNS", "3, ?0, ?\\d")], ["absent", result("UNS", "3, ?0")]], "absent", "uns"),
  loop("pubValue", "Has +MQTTPUBEX a value behind its result?", "dialects.md 5.2.8", [["present", result("PUBEX", "2, ?0, ?\\d")], ["absent", result("PUBEX", "2, ?0")]], "absent"),
  {
    id: "pubNotice",
    asks: "How is it reported that a publish is sent again?",
    fact: "dialects.md 5.2.8",
    scene: "no acknowledgement",
    in: "again",
    tells: [["result", result("PUBEX", "31, ?1, ?\\d")], ["value", result("PUBEX", "31, ?, ?, ?\\d")], ["none", result("PUBEX", "31")]],
    assumes: "none",
  },
  {
    ...loop("ctrlZ", "Must Ctrl-Z follow the counted data?", "dialects.md 5.4, 14 no. 5", [["optional", FINAL], ["needed", /^/]], "optional", "counted"),
    option: "ctrlZ",
    advice: { needed: 'ctrlZ: "always"' },
  },
  {
    id: "ctrlZInside",
    asks: "Does a Ctrl-Z inside the data end them?",
    fact: "dialects.md 5.4, 14 no. 5",
    scene: "Ctrl-Z inside",
    in: "inside",
    tells: [["ends", /ERROR|PUBEX: ?5, ?2, ?-1/], ["data", /a\x1ab/]],
    assumes: "data",
  },
  {
    id: "linkLoss",
    asks: "Is a lost link reported?",
    fact: "dialects.md 5.3, 14 no. 5",
    scene: "link lost",
    in: "loss",
    tells: [["stat", /\+MQTTSTAT:/], ["disc", /\+MQTTDISC:/], ["conn", /\+MQTTCONN:/], ["close", /\+MQTTCLOSE:/], ["silent", /^/]],
    assumes: "silent",
  },
  {
    id: "afterUnanswered",
    asks: "Is the connection still open after a publish that nobody acknowledged?",
    fact: "not documented",
    scene: "no acknowledgement",
    in: "after",
    tells: [["open", verbs.state.connected], ["closed", /OK/]],
    assumes: "closed",
  },
  {
    id: "openAfterLoss",
    asks: "May AT+MQTTOPEN follow a lost link without AT+MQTTCLOSE?",
    fact: "not documented",
    scene: "link lost",
    in: "reopen",
    tells: [["allowed", result("OPEN", "0")], ["in-use", result("OPEN", "2")]],
    assumes: "allowed",
  },
  {
    id: "openFailure",
    asks: "Which result has a connection that fails other than by its name?",
    fact: "dialects.md 5.2.2",
    scene: "closed port",
    in: "failed",
    tells: [["connection", result("OPEN", "5")], ["general", result("OPEN", "-1")]],
    assumes: "connection",
  },
  {
    id: "tls",
    asks: 'Does "ssl" with 1 make a TLS connection without further settings?',
    fact: "dialects.md 5.2.1",
    scene: "TLS",
    tells: (recording) =>
      recording.notes.includes("the beginning of TLS") ? "connects" : result("OPEN", "-1").test(recording.received("tls")) ? "no-context" : undefined,
    assumes: "connects",
  },
  {
    id: "ctwingPrefix",
    asks: "How is the report of AT+CTWINGPOSTVER spelled?",
    fact: "dialects.md D-11, 14 no. 5",
    scene: "version",
    in: "version",
    tells: [["at", /(?:^|[\r\n])AT\+CTWINGPOSTVER:/], ["plus", /(?:^|[\r\n])\+CTWINGPOSTVER:/]],
    assumes: "plus",
  },
  {
    id: "banner",
    asks: "What is the first line after a start?",
    fact: "not documented",
    scene: "restart",
    in: "restart",
    tells: [["rdy", /[\r\n]RDY/], ["atready", /\*ATREADY/], ["nothing known", /^/]],
    assumes: "rdy",
  },
  ...verbQuestions(verbs),
];

const busy = { at: "AT+MQTTCONN?", when: result("CONN", "1") };

export const nm28: Table = { busy, kept, scenes, questions };
