/// <reference path="host.d.ts" />
/** A session of each family: connects, subscribes, publishes, receives. Nothing may throw, or go another way. */
import { MQTTClient } from "../../src/index";
import { ascii, FAMILIES, LinkPort, serve, StillClock } from "./link";

let done = 0;
for (const family of FAMILIES) {
  const clock = new StillClock();
  const events: string[] = [];
  const client = new MQTTClient({
    host: "broker.example", id: "dev-1", keepAlive: 60_000, modem: { io: family.io, clock, serial: { io: LinkPort } as any },
    onReadable(count, { topic }) {
      events.push(`message ${topic} ${this.read(new Uint8Array(count))}`);
    },
    onControl: ({ operation }) => events.push(`control ${operation}`),
    onDone: (_id, error) => events.push(`done ${error}`),
    onError: (error) => events.push(`error ${error}`),
  });
  serve(family, clock);
  client.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic: "meter/cmd", QoS: 0 }] });
  serve(family, clock);
  const port = LinkPort.latest;
  client.write(ascii("hello"), { topic: "meter/cmd" });
  if (family.prompt !== null) port.receive(ascii(family.prompt));
  port.receive(ascii(family.published.replace("#", "00002")));
  const [before, after] = family.message("meter/cmd", 5);
  port.receive(ascii(`${before}hello${after}`));
  client.close();
  const seen = events.join("; "), expected = "control 2; control 9; done null; done null; message meter/cmd 5";
  if (seen === expected) done++;
  else trace(`${family.name}: ${seen}\n  expected: ${expected}\n`);
}
trace(`${done} families\n`);
host.exit(done === FAMILIES.length ? 0 : 1);
