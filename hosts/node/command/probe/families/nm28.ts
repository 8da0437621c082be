// Yuge NM28: dialects.md, chapters 5, 12 and 14. All with client 5, which nobody else is likely to use.
import { PacketType } from "../packets";
import { within, type Kept, type Scene, type Step, type Table } from "../question";
import { FINAL } from "../wire";
import { nm28Questions } from "./nm28-questions";
import { result } from "./nm28-result";
import { PAYLOAD, verbScenes, type Verbs } from "./verbs";

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
  subscribe: (filter) => [
    { at: `AT+MQTTSUB=5,1,"${filter}",1`, final: 30_000, then: result("SUB", "1, ?[02]"), within: 30_000, must: result("SUB", "1, ?0"), as: "sub" },
  ],
  // What is published may come back while the publish waits for Ctrl-Z.
  publish: (topic, payload, as, then) => publish(topic, payload, as, then).slice(0, 3).concat({ listen: 3000, until: then, as }),
  dataPhase: (topic) => [{ prompt: `AT+MQTTPUBEX=5,2,0,0,0,"${topic}",1` }, { data: "x", final: 5000, as: "behind" }],
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
  {
    id: "not connected",
    needs: ["replace"],
    changes: ["cmee"],
    steps: [{ at: "AT+CMEE=1" }, CLOSE, { at: 'AT+MQTTSUB=5,1,"x",0', final: 15_000, as: "refused" }],
  },
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
  connected(
    "link lost",
    [{ broker: (broker) => broker.drop() }, { listen: 3000, until: /\+MQTT\w+:/, as: "loss" }, { listen: 300, as: "loss" }, open("{port}", "reopen")],
    OWN,
  ),
  {
    id: "TLS",
    ...OWN,
    steps: [CLOSE, { at: 'AT+MQTTCFG="ssl",5,1,0', must: /OK/ }, { ...open("{port}", "tls"), final: 90_000 }],
    leave: [CLOSE],
  },
  connected("version", [{ at: "AT+CTWINGPOSTVER=5", final: 30_000, then: /CTWINGPOSTVER:/, within: 30_000, as: "version" }], OWN),
  ...verbScenes(verbs).map((scene) => ({ ...scene, changes: [...CHANGES.changes, ...(scene.changes ?? [])] })),
];

const busy = { at: "AT+MQTTCONN?", when: result("CONN", "1") };

export const nm28: Table = { busy, kept, scenes, questions: nm28Questions(verbs) };
