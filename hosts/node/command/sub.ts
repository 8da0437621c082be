import { Command } from "commander";
import type { ModemMQTTClient, Packet } from "modem-mqtt/node";
import { connectWith, mustMakeSense } from "./connection";
import { Exit, run } from "./exit";
import { addConnectionOptions, integer, interruption, type ConnectionFlags } from "./options";
import { whenGone } from "./pipes";
import { Progress } from "./progress";
import type { Work } from "./rehearsal";
import { CutWatch, endsAtLineEnd } from "./cut-watch";

interface SubFlags extends ConnectionFlags {
  topic: string[];
  count?: number;
  wait?: number;
  verbose?: boolean;
  /** False with `-N`, as commander has it: no line end after a payload. */
  eol: boolean;
}

/** Milliseconds from a loss to the first attempt to connect again, as with mosquitto_sub. */
const RECONNECT = 1000;

const another = (filter: string, before?: readonly string[]): string[] => [...(before ?? []), filter];

export function subCommand(names: readonly string[]): Command {
  const command = new Command("sub");
  return addConnectionOptions(command, names, (topic, source) =>
    command.setOptionValueWithSource("topic", another(topic, command.getOptionValue("topic")), source),
  )
    .description("print the messages of topics until -C, -W or Ctrl-C")
    .requiredOption("-t, --topic <filter>", "a topic filter; may be repeated", another)
    .option("-C, --count <n>", "end after so many messages", integer(1, 999_999_999))
    .option("-W, --wait <seconds>", "end so long after connecting, with status 27", integer(1, 999_999))
    .option("-v, --verbose", "print the topic before the payload")
    .option("-N, --no-eol", "print no newline after the payload")
    .action((flags: SubFlags) => run(() => sub(flags)));
}

async function sub(flags: SubFlags): Promise<Exit> {
  const work: Work = { subscribe: flags.topic };
  await mustMakeSense(flags, work);
  const interrupted = interruption();
  const stdoutGone = new Promise<void>((resolve) => whenGone("stdout", resolve));
  const progress = new Progress();
  const say = (text: string): void => progress.above(() => process.stderr.write(`modem-mqtt: ${text}\n`));
  let received!: () => void;
  const done = new Promise<void>((resolve) => {
    received = resolve;
  });
  let left = flags.count ?? Infinity;
  let client: ModemMQTTClient;
  let watch: CutWatch | undefined;
  try {
    client = await connectWith(flags, work, interrupted, progress, {
      reconnectPeriod: RECONNECT,
      // Listens before the connection is made: the broker may send kept messages right after its CONNACK.
      onClient: (client, modem) => {
        if (endsAtLineEnd(flags, modem)) watch = new CutWatch(client, say);
        client.on("message", (topic, payload, packet) => {
          if (left <= 0) return;
          progress.above(() => print(flags, topic, payload));
          warnIfSuspect(packet, flags, say);
          watch?.received(topic);
          if (--left === 0) received();
        });
      },
    });
  } catch (error) {
    if (interrupted.aborted) return Exit.Done;
    throw error;
  }
  // `-W` counts from here on, as with mosquitto_sub.
  const timeUp = flags.wait === undefined ? undefined : AbortSignal.timeout(flags.wait * 1000);
  const stop = timeUp === undefined ? interrupted : AbortSignal.any([interrupted, timeUp]);
  try {
    const stopped = new Promise<void>((resolve) => (stop.aborted ? resolve() : stop.addEventListener("abort", () => resolve())));
    const over = follow(client, progress, say);
    progress.waitFor(`subscribing to ${flags.topic.join(", ")}`);
    const subscribed = client.subscribe(flags.topic, { qos: flags.qos });
    subscribed.catch(() => {});
    await Promise.race([subscribed, stopped, over, done]);
    progress.done();
    await Promise.race([done, stopped, over, stdoutGone]);
  } finally {
    await client.end(stop.aborted && !client.connected);
    watch?.look();
    progress.done();
  }
  return timeUp?.aborted ? Exit.TimedOut : Exit.Done;
}

/** Reports losses, after which the client connects and subscribes again. @returns a promise that rejects when the client has ended */
function follow(client: ModemMQTTClient, progress: Progress, say: (text: string) => void): Promise<never> {
  let away = false;
  let told = "";
  let last: Error | undefined;
  client.on("error", (error) => {
    last = error;
    if (client.ended || error.message === told) return; // the same failure has been reported
    told = error.message;
    away ||= !client.connected;
    say(client.connected ? error.message : `${error.message}; connecting again`);
  });
  client.on("state", (state) => {
    if (state === "waiting") progress.waitFor("waiting to connect again");
    if (state !== "interrupted") return;
    away = true;
    say("the connection to the broker is gone; the modem is connecting again");
  });
  client.on("connect", () => {
    if (away) say("connected again");
    away = false;
    told = "";
  });
  const over = new Promise<never>((_, reject) => client.once("end", () => reject(last)));
  over.catch(() => {}); // it may reject after nobody waits for it
  return over;
}

/** Warns that a message may not be what was sent. */
function warnIfSuspect({ topic, suspect }: Packet, { payloadEncoding = "raw" }: SubFlags, say: (text: string) => void): void {
  if (!suspect) return;
  const encoding = payloadEncoding === "raw" ? "" : `, or it is no ${payloadEncoding}`;
  say(
    `the message on ${JSON.stringify(topic)} may have been cut, or have something added: bytes were lost, or the modem told a length that does not fit${encoding}`,
  );
}

function print(flags: SubFlags, topic: string, payload: Buffer): void {
  const parts: Buffer[] = [payload];
  if (flags.verbose) parts.unshift(Buffer.from(`${topic} `));
  if (flags.eol) parts.push(Buffer.from("\n"));
  process.stdout.write(Buffer.concat(parts));
}
