import { Command } from "commander";
import type { ModemMQTTClient } from "modem-mqtt/node";
import { Exit, run } from "./exit";
import { addConnectionOptions, connectWith, integer, interruption, type ConnectionFlags } from "./options";

interface SubFlags extends ConnectionFlags {
  topic: string[];
  count?: number;
  wait?: number;
  verbose?: boolean;
  /** commander's name for `-N`, which takes the end of line away. */
  eol: boolean;
}

export function subCommand(): Command {
  return addConnectionOptions(new Command("sub"))
    .description("print the messages of topics until -C, -W or Ctrl-C")
    .requiredOption("-t, --topic <filter>", "a topic filter; may be repeated", (filter: string, before?: string[]) => [...(before ?? []), filter])
    .option("-C, --count <n>", "end after so many messages", integer(1, 999_999_999))
    .option("-W, --wait <seconds>", "end after so long, with status 27", integer(1, 999_999))
    .option("-v, --verbose", "print the topic before the payload")
    .option("-N, --no-eol", "print no newline after the payload")
    .action((flags: SubFlags) => run(() => sub(flags)));
}

async function sub(flags: SubFlags): Promise<Exit> {
  const interrupted = interruption();
  const timeUp = flags.wait === undefined ? undefined : AbortSignal.timeout(flags.wait * 1000);
  const stop = timeUp === undefined ? interrupted : AbortSignal.any([interrupted, timeUp]);
  const outcome = (): Exit => (timeUp?.aborted ? Exit.TimedOut : Exit.Done);
  const stdoutGone = new Promise<void>((resolve) => process.stdout.once("error", () => resolve()));
  let client: ModemMQTTClient;
  try {
    client = await connectWith(flags, stop);
  } catch (error) {
    if (stop.aborted) return outcome();
    throw error;
  }
  try {
    const done = new Promise<void>((resolve) => {
      let left = flags.count ?? Infinity;
      client.on("message", (topic, payload) => {
        if (left <= 0) return;
        print(flags, topic, payload);
        if (--left === 0) resolve();
      });
    });
    const stopped = new Promise<void>((resolve) => (stop.aborted ? resolve() : stop.addEventListener("abort", () => resolve())));
    const lost = new Promise<never>((_, reject) => client.once("error", reject));
    lost.catch(() => {}); // once the race is over, nobody waits for it
    await Promise.race([client.subscribe(flags.topic, { qos: flags.qos }), stopped, lost]);
    await Promise.race([done, stopped, lost, stdoutGone]);
  } finally {
    await client.end();
  }
  return outcome();
}

function print(flags: SubFlags, topic: string, payload: Buffer): void {
  const parts: Buffer[] = [payload];
  if (flags.verbose) parts.unshift(Buffer.from(`${topic} `));
  if (flags.eol) parts.push(Buffer.from("\n"));
  process.stdout.write(Buffer.concat(parts));
}
