import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";

export interface Finished {
  status: number | null;
  stdout: Buffer;
  stderr: string;
}

/** A process under test, with what it has printed so far. */
export class Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly finished: Promise<Finished>;
  readonly #stdout: Buffer[] = [];
  #stderr = "";

  constructor(command: string, args: readonly string[]) {
    this.child = spawn(command, args);
    this.child.stdout.on("data", (chunk: Buffer) => this.#stdout.push(chunk));
    this.child.stderr.on("data", (chunk: Buffer) => { this.#stderr += chunk; });
    this.child.stdin.on("error", () => {}); // a process that ends before it has read everything
    this.finished = new Promise((resolve, reject) => {
      this.child.once("error", reject);
      this.child.once("close", (status) => resolve({ status, stdout: this.stdout, stderr: this.#stderr }));
    });
  }

  get stdout(): Buffer {
    return Buffer.concat(this.#stdout);
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Waits until what the process has printed fits. */
  async until(fits: (running: Running) => boolean, patience = 300_000): Promise<void> {
    const deadline = Date.now() + patience;
    while (!fits(this)) {
      if (this.child.exitCode !== null || Date.now() > deadline)
        throw new Error(`it never came: stdout ${JSON.stringify(this.stdout.toString())}, stderr ${JSON.stringify(this.#stderr)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<Finished> {
    this.child.kill(signal);
    return this.finished;
  }
}

export const COMMAND = new URL("../command.js", import.meta.resolve("modem-mqtt/package.json").replace("package.json", "dist/test/")).pathname;

/** Starts `modem-mqtt …` as it is installed. */
export function start(...args: string[]): Running {
  return new Running(process.execPath, [COMMAND, ...args]);
}

/** Runs `modem-mqtt …` to its end, `input` on its stdin. */
export async function modemMqtt(args: readonly string[], input?: string | Buffer): Promise<Finished> {
  const running = start(...args);
  running.child.stdin.end(input);
  return running.finished;
}

/** Starts `modem-mqtt virtual-modem …` and waits until it is ready. */
export async function virtualModem(...args: string[]): Promise<{ path: string; running: Running }> {
  const running = start("virtual-modem", ...args);
  await running.until(() => running.stdout.includes("\n"));
  const path = /^listening (.*)\n/.exec(running.stdout.toString())?.[1];
  if (path === undefined) throw new Error(`not ready: ${running.stdout}`);
  return { path, running };
}
