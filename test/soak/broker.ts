// mosquitto with sessions that outlive it, so that a restart loses nothing that it has acknowledged.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../e2e/support/brokers";

export class Mosquitto {
  readonly port: number;
  readonly #folder: string;
  #process: ChildProcess | null = null;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
  }

  static async start(): Promise<Mosquitto> {
    const broker = new Mosquitto(await freePort(), await mkdtemp(join(tmpdir(), "modem-mqtt-soak-")));
    await writeFile(broker.#configuration, [
      `listener ${broker.port} 127.0.0.1`, "allow_anonymous true", "persistence true", `persistence_location ${broker.#folder}/`,
      "max_queued_messages 0", "user root", "",
    ].join("\n"));
    await broker.begin();
    return broker;
  }

  get #configuration(): string {
    return join(this.#folder, "mosquitto.conf");
  }

  async begin(): Promise<void> {
    this.#process = spawn("mosquitto", ["-c", this.#configuration], { stdio: "ignore" });
    for (let tries = 0; tries < 200; tries++) {
      const socket = connect(this.port, "127.0.0.1");
      const connected = await new Promise<boolean>((resolve) => {
        socket.once("connect", () => resolve(true));
        socket.once("error", () => resolve(false));
      });
      socket.destroy();
      if (connected) return;
      await pause(50);
    }
    throw new Error(`mosquitto does not listen at ${this.port}`);
  }

  /** Ends it; it writes down what it knows first. */
  async halt(): Promise<void> {
    const running = this.#process;
    if (running === null) return;
    this.#process = null;
    running.kill("SIGTERM");
    if (running.exitCode === null && running.signalCode === null) await once(running, "exit");
  }

  async stop(): Promise<void> {
    await this.halt();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
