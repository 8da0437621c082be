/// <reference path="host.d.ts" />
/** A flow with the MQTT nodes of the Node-RED MCU Edition on `device.network.mqtt`: one broker, two ways in, one out. */
import config from "mc/config";
import { configFlowID, Node } from "nodered";
import "mqttnodes";
import setup from "setup/modem-mqtt";
import Timer from "timer";

declare const RED: any;

const { host: broker, port } = config.stage;
const say = (line: string): void => trace(`${line}\n`);
const topic = (name: string): string => `${config.name}/${name}`;
const STATUS = "node-red:common.status.";
const BURST = ["1", "2", "3", "4", "5"];

/** What a debug node is in a flow: says what it is sent. */
class Sink extends Node {
  override onMessage(message: any, done: () => void): void {
    done();
    if (message.status !== undefined) return status(message.status.text.slice(STATUS.length));
    const { payload } = message;
    say(`ok received ${message.topic.slice(config.name.length)}: ${typeof payload === "string" ? payload : JSON.stringify(payload)}`);
    if (message.topic === topic("json")) say("ok now the connection goes");
    else if (payload === BURST[BURST.length - 1]) publish("json", { open: true });
    else if (payload === "again") say("done");
  }
}

/** As nodered2mcu would write them. */
const NODES: readonly [type: string, id: string, config: object][] = [
  ["mqtt-broker", "broker", {
    broker, port: String(port), clientid: config.name, keepalive: 60_000, cleansession: true, autoConnect: true, protocolVersion: 4,
    birthTopic: topic("all/birth"), birthPayload: "born", birthQos: "1", birthRetain: "false",
  }],
  ["mqtt in", "all", { broker: "broker", topic: topic("all/#"), qos: 1, datatype: "utf8", wires: [["sink"]], statuses: ["sink"] }],
  ["mqtt in", "json", { broker: "broker", topic: topic("+"), qos: 0, datatype: "json", wires: [["sink"]] }],
  ["mqtt out", "out", { broker: "broker" }],
];

let flow: any;
let connections = 0;

function publish(name: string, payload: unknown, QoS = 0): void {
  flow.getNode("out").onMessage({ topic: topic(name), payload, QoS }, () => {});
}

function status(text: string): void {
  say(`ok ${text}`);
  if (text !== "connected") return;
  connections++;
  Timer.set(() => {
    if (connections === 1) for (const payload of BURST) publish("all/burst", payload, 1);
    else publish("all/after", "again");
  }, 500);
}

setup(() => {
  RED.build({
    build(_flows: unknown, makeFlow: (id: string) => any, makeNode: (type: string, id: string, name: undefined, flow: unknown) => void) {
      const shared = makeFlow(configFlowID);
      flow = makeFlow("flow");
      for (const [type, id] of NODES) makeNode(type, id, undefined, id === "broker" ? shared : flow);
      flow.addNode(new Sink("sink", flow)); // a type cannot be registered any more: the table is in flash
      for (const [, id, settings] of NODES) (id === "broker" ? shared : flow).getNode(id).onStart(settings);
    },
  });
});
