// China Mobile ML302: dialects.md, chapters 4, 12, 13 and 14.
import type { Kept, Scene, Table } from "../question";
import { chinaMobileScenes, CONNECT, DELETE, LEAVE, PREPARE, subscribe, tryOpen, type Publish } from "./china-mobile";
import { ml302Questions } from "./ml302-questions";
import type { Verbs } from "./verbs";

const publish: Publish = (topic, payload, QoS, as, then) => [
  { prompt: `AT+MQTTPUB="${topic}",${QoS},0,0,${payload === "{payloadFill}" ? "{payloadLimit}" : payload.length}`, as },
  { data: payload, unless: /ERROR/, final: 30_000, then, within: 20_000, as },
];

const verbs: Verbs = {
  connect: CONNECT,
  leave: LEAVE,
  subscribe: (filter) => [{ ...subscribe(filter, 1, "subscribed"), must: /SUBACK/ }],
  publish: (topic, payload, as, then) => publish(topic, payload, 0, as, then),
  dataPhase: (topic) => [{ prompt: `AT+MQTTPUB="${topic}",0,0,0,1` }, { data: "x", final: 5000, as: "behind" }],
  escapes: true,
  state: { at: "AT+MQTTSTAT?", connected: /\+MQTTSTAT: ?1/ },
};

const kept: readonly Kept[] = [{ name: "MQTTREC", read: "AT+MQTTREC?", value: /\+MQTTREC: ?(\d)/, restore: ([, on]) => `AT+MQTTREC=${on}` }];
const CHANGES = kept.map(({ name }) => name);

const scenes: readonly Scene[] = [
  { id: "blanks", needs: ["replace"], steps: [DELETE, { at: "AT+CSQ" }, { at: "AT+MQTTCFG?" }] },
  {
    id: "switches",
    steps: [
      { at: "AT+MQTTREC?", as: "rec" },
      { at: "AT+MQTTTO?", as: "to" },
    ],
  },
  ...chinaMobileScenes(publish, verbs, CHANGES),
  {
    id: "refused TLS",
    needs: ["own-broker"],
    steps: [DELETE, { at: 'AT+MQTTCFG="{host}",{port},"{id}",60,"","",1,"2018-10-31",1', must: /OK/ }, tryOpen("tls"), { listen: 500, as: "tls" }],
    leave: LEAVE,
  },
  {
    id: "inline messages",
    needs: ["broker"],
    steps: [
      ...CONNECT,
      ...verbs.subscribe("{topic}"),
      { at: 'AT+MQTTPUB="{topic}",0,0,0,"a\\"b"', then: /a\\*"b/, within: 10_000, as: "text" },
      { at: 'AT+MQTTPUB="{topic}",0,0,0,"a\\b"', then: /,[a\\b]+[\r\n]/, within: 10_000, as: "backslash" },
      { at: 'AT+MQTTPUB="{topic}",0,0,0,""', then: /\+MQTTPUBLISH[^\r\n]*,0,/, within: 10_000, as: "empty" },
    ],
    leave: LEAVE,
  },
  {
    id: "reconnection",
    needs: ["own-broker"],
    changes: CHANGES,
    steps: [...CONNECT, { at: "AT+MQTTREC=1" }, { broker: (broker) => broker.drop() }, { listen: 60_000, until: /\+MQTTOPEN: ?OK|\+MQTTDISC/, as: "back" }],
    leave: LEAVE,
  },
  { id: "nothing to do", needs: ["replace"], steps: [...PREPARE, { at: "AT+MQTTDISC", as: "disc" }], leave: [DELETE] },
];

const busy = { at: "AT+MQTTCFG?", when: /\+MQTTCFG: ?"(?!\(null\)|")/ };

export const ml302: Table = { busy, kept, scenes, questions: ml302Questions(verbs) };
