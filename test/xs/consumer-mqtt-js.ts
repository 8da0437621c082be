/// <reference path="host.d.ts" />
/** The SDK's `mqtt/js`, an MQTT.js-like client over `device.network.mqtt`, with the modem behind it. */
import config from "mc/config";
import { connect } from "mqtt/js";
import setup from "setup/modem-mqtt";
import Timer from "timer";

const { host: name, port, deaf } = config.stage;
const say = (line: string): void => trace(`${line}\n`);
const text = (data: ArrayBuffer): string => String.fromArrayBuffer(data);

setup(() => {
  const missing = connect(`mqtt://${name}:${deaf}`, { reconnectPeriod: 0 });
  missing.on("error", () => say("ok error where nobody listens"));
  missing.on("close", () => Timer.set(use, 0));
});

function use(): void {
  const options = { clientId: config.name, will: { topic: `${config.name}/will`, payload: "gone" }, reconnectPeriod: 100 };
  const client = connect(`mqtt://${name}:${port}`, options);
  const topics = ["a", "b", "c"].map((each) => `${config.name}/${each}`);
  let connects = 0, messages = 0, left = 3;
  client.subscribe(topics, { qos: 1 }, (error: unknown, granted: { topic: string; qos: number }[]) => {
    say(`${error === null ? "" : "not "}ok subscribed before it is connected: ${granted.map(({ qos }) => qos)}`);
    for (const qos of [0, 1, 2]) client.publish(topics[qos], `at ${qos}`, { qos }, () => {
      say(`ok published at ${qos}`);
      if (--left === 0 && messages === 3) again();
    });
  });
  client.on("message", (topic: string, data: ArrayBuffer) => {
    if (connects === 2) {
      say(`ok received after it has connected again: ${text(data)}`);
      return void client.end(() => say("ok ended\ndone"));
    }
    messages++;
    say(`ok received ${topic.slice(config.name.length)} ${text(data)}`);
    if (left === 0 && messages === 3) again();
  });
  client.on("connect", () => {
    connects++;
    say("ok connected");
    if (connects === 2) client.publish(topics[2], "still subscribed");
  });
  client.on("offline", () => say("ok offline"));
  function again(): void {
    say("ok now the connection goes");
  }
}
