// Publishes at QoS 1 over a modem that is not there, into the folder that it is given, and says of each message when it has
// been taken. Somebody ends it in the middle.
import { writeSync } from "node:fs";
import { connect, openStore } from "modem-mqtt/node";

const [serial, folder, mark] = process.argv.slice(2);
void connect({
  serial: serial, modem: "bc35g", host: "127.0.0.1", retryFirst: true, store: await openStore(folder), highWaterMark: 60_000,
  onClient(client) {
    for (let i = 0; i < 50_000; i++) {
      void client.publish("out/stored", `${mark} ${i}`, { qos: 1 }).catch(() => {});
      writeSync(1, `${i}\n`);
    }
  },
});
