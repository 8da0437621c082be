import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { Command } from "commander";
import { connect, loadDriver, modemNames, TrafficTrace } from "modem-mqtt/node";
import { checkInstalled, createVirtualModem } from "modem-mqtt/virtual-modem";
import { Exit, run } from "./exit";

const DEVICE = "meter-1";
const PASSWORD = "correct horse";

export function demoCommand(names: readonly string[]): Command {
  return new Command("demo")
    .description("the whole system on this machine: a broker, a virtual modem on a pseudo-terminal, and the client")
    .option("--modem <name>", `the modem: ${names.join(", ")} (default: one after the other)`)
    .action(({ modem }: { modem?: string }) => run(() => demos(modem)));
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function demos(modem: string | undefined): Promise<Exit> {
  for (const name of modem === undefined ? await modemNames() : [modem]) await demo(name);
  return Exit.Done;
}

async function demo(modem: string): Promise<void> {
  await loadDriver(modem); // reports an unknown name before anything is started
  checkInstalled("the demo", ["aedes"]);
  const { Aedes } = await import("aedes"); // loaded here, because no other command needs it
  const broker = await Aedes.createBroker();
  const server = createServer(broker.handle);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  say(`# an MQTT broker listens at 127.0.0.1:${port}`);

  const virtual = await createVirtualModem({ modem, attachTime: 0 });
  say(`# a virtual ${modem} is behind the serial port ${virtual.path}`);

  // The office is the other party, which talks to the broker directly.
  const arrived = new Promise<[string, string]>((resolve) => {
    broker.on("publish", ({ topic, payload }, from) => {
      if (from?.id === DEVICE) resolve([topic, payload.toString()]);
    });
  });

  const traffic = new TrafficTrace((line) => process.stdout.write(line), [PASSWORD]);
  const device = await connect({
    serial: virtual.path,
    modem,
    host: "127.0.0.1",
    port,
    clientId: DEVICE,
    username: "u",
    password: PASSWORD,
    will: { topic: "meter/1/gone", payload: "1", qos: 1 },
    trace: traffic.trace,
  });
  say("# connected: the broker has accepted the modem's CONNECT");

  const [granted] = await device.subscribe("meter/1/cmd", { qos: 1 });
  say(`# subscribed to ${granted.topic} with QoS ${granted.qos}`);

  const command = once(device, "message");
  await device.publish("meter/1/data", JSON.stringify({ t: 21.5 }), { qos: 1 });
  const [topic, payload] = await arrived;
  say(`# the office has received on ${topic}: ${payload}`);

  broker.publish({ cmd: "publish", topic: "meter/1/cmd", payload: JSON.stringify({ valve: "open" }), qos: 1, retain: false, dup: false }, () => {});
  const [commandTopic, commandPayload] = await command;
  traffic.flush();
  say(`# the device has received on ${commandTopic}: ${commandPayload}`);

  await device.end();
  await virtual.close();
  server.close();
  await new Promise<void>((resolve) => broker.close(() => resolve()));
  say("# disconnected; that was all");
}
