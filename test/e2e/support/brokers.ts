import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, connect as open, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Aedes } from "aedes";

export interface Broker {
  port: number;
  stop(): Promise<void>;
}

/** An MQTT broker in this process. */
export async function startAedes(prepare: (broker: Aedes) => void = () => {}): Promise<Broker> {
  const broker = await Aedes.createBroker();
  prepare(broker);
  const server = createServer(broker.handle);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.close();
      await new Promise<void>((resolve) => broker.close(() => resolve()));
    },
  };
}

/** Whether this machine has mosquitto and its clients (Debian: mosquitto, mosquitto-clients). */
export const hasMosquitto = ["mosquitto", "mosquitto_pub", "mosquitto_sub"].every((command) => {
  try {
    execFileSync("sh", ["-c", `command -v ${command}`]);
    return true;
  } catch {
    return false;
  }
});

/** mosquitto on a loopback port, a free one unless it is given; user `meter` with password `secret` may do anything but read `forbidden/#`. */
export async function startMosquitto(port?: number): Promise<Broker> {
  const folder = await mkdtemp(join(tmpdir(), "modem-mqtt-"));
  port ??= await freePort();
  await writeFile(join(folder, "passwords"), "");
  execFileSync("mosquitto_passwd", ["-b", join(folder, "passwords"), "meter", "secret"]);
  await writeFile(join(folder, "acl"), "topic readwrite #\nuser meter\ntopic readwrite #\ntopic deny forbidden/#\n");
  await writeFile(join(folder, "mosquitto.conf"), [
    `listener ${port} 127.0.0.1`, "allow_anonymous true", `password_file ${join(folder, "passwords")}`,
    `acl_file ${join(folder, "acl")}`, "persistence false", "user root", "",
  ].join("\n"));
  const broker = spawn("mosquitto", ["-c", join(folder, "mosquitto.conf")], { stdio: "ignore" });
  await answers(port);
  return {
    port,
    async stop() {
      broker.kill();
      await once(broker, "exit");
      await rm(folder, { recursive: true });
    },
  };
}

export async function freePort(): Promise<number> {
  const server: Server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function answers(port: number): Promise<void> {
  for (let tries = 0; tries < 2000; tries++) {
    const socket = open(port, "127.0.0.1");
    const connected = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    socket.destroy();
    if (connected) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`mosquitto does not listen at ${port}`);
}
