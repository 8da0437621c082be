import { Command } from "commander";
import type { ModemMQTTClient } from "modem-mqtt/node";
import { Exit, run } from "./exit";
import { addConnectionOptions, connectWith, integer, interruption, type ConnectionFlags } from "./options";
import { Progress } from "./progress";

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
    .option("-W, --wait <seconds>", "end so long after connecting, with status 27", integer(1, 999_999))
    .option("-v, --verbose", "print the topic before the payload")
    .option("-N, --no-eol", "print no newline after the payload")
    .action((flags: SubFlags) => run(() => sub(flags)));
}

async function sub(flags: SubFlags): Promise<Exit> {
  const interrupted = interruption();
  const stdoutGone = new Promise<void>((resolve) => process.stdout.on("error", () => resolve()));
  const progress = new Progress();
  let client: ModemMQTTClient;
  try {
    client = await connectWith(flags, interrupted, progress);
  } catch (error) {
    if (interrupted.aborted) return Exit.Done;
    throw error;
  }
  // From here on, as with mosquitto_sub.
  const timeUp = flags.wait === undefined ? undefined : AbortSignal.timeout(flags.wait * 1000);
  const stop = timeUp === undefined ? interrupted : AbortSignal.any([interrupted, timeUp]);
  try {
    const done = new Promise<void>((resolve) => {
      let left = flags.count ?? Infinity;
      client.on("message", (topic, payload) => {
        if (left <= 0) return;
        progress.above(() => print(flags, topic, payload));
        if (--left === 0) resolve();
      });
    });
    const stopped = new Promise<void>((resolve) => (stop.aborted ? resolve() : stop.addEventListener("abort", () => resolve())));
    const lost = new Promise<never>((_, reject) => client.once("error", reject));
    lost.catch(() => {}); // once the race is over, nobody waits for it
    progress.waitFor(`subscribing to ${flags.topic.join(", ")}`);
    const subscribed = client.subscribe(flags.topic, { qos: flags.qos });
    subscribed.catch(() => {});
    await Promise.race([subscribed, stopped, lost]);
    progress.done();
    await Promise.race([done, stopped, lost, stdoutGone]);
  } finally {
    await client.end();
    progress.done();
  }
  return timeUp?.aborted ? Exit.TimedOut : Exit.Done;
}

function print(flags: SubFlags, topic: string, payload: Buffer): void {
  const parts: Buffer[] = [payload];
  if (flags.verbose) parts.unshift(Buffer.from(`${topic} `));
  if (flags.eol) parts.push(Buffer.from("\n"));
  process.stdout.write(Buffer.concat(parts));
}
