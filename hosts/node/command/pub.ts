import { readFile } from "node:fs/promises";
import { Command } from "commander";
import type { ModemMQTTClient } from "modem-mqtt/node";
import { Exit, run, UsageError } from "./exit";
import { addConnectionOptions, connectWith, interruption, type ConnectionFlags } from "./options";

interface PubFlags extends ConnectionFlags {
  topic: string;
  message?: string;
  file?: string;
  stdinLine?: boolean;
  nullMessage?: boolean;
  retain?: boolean;
}

/** Lines of stdin that wait for their acknowledgement at the most. */
const AHEAD = 16;
const LF = 0x0a;

export function pubCommand(): Command {
  return addConnectionOptions(new Command("pub"))
    .description("publish one message, or one for each line of stdin, and disconnect")
    .requiredOption("-t, --topic <topic>", "where to")
    .option("-m, --message <text>", "the message")
    .option("-f, --file <path>", "the message is this file's bytes")
    .option("-l, --stdin-line", "a message for each line of stdin; blank lines are left out")
    .option("-n, --null-message", "an empty message")
    .option("-r, --retain", "retained")
    .action((flags: PubFlags) => run(() => pub(flags)));
}

async function pub(flags: PubFlags): Promise<Exit> {
  const sources = [flags.message, flags.file, flags.stdinLine, flags.nullMessage].filter((source) => source !== undefined);
  if (sources.length !== 1) throw new UsageError("say what to publish with exactly one of -m, -f, -l and -n");
  const single = flags.stdinLine ? undefined : flags.file !== undefined ? await readFile(flags.file) : Buffer.from(flags.message ?? "");
  const signal = interruption();
  const client = await connectWith(flags, signal);
  signal.addEventListener("abort", () => void client.end());
  const send = (payload: Buffer): Promise<void> => client.publish(flags.topic, payload, { qos: flags.qos, retain: flags.retain });
  try {
    if (single !== undefined) await send(single);
    else await sendLines(client, signal, send);
  } finally {
    await client.end();
  }
  if (signal.aborted) throw signal.reason;
  return Exit.Done;
}

async function sendLines(client: ModemMQTTClient, signal: AbortSignal, send: (payload: Buffer) => Promise<void>): Promise<void> {
  const underWay: Promise<void>[] = [];
  let failure: unknown;
  for await (const line of lines(process.stdin)) {
    if (signal.aborted || failure !== undefined || !client.connected) break;
    const sent = send(line);
    sent.catch((error: unknown) => { failure ??= error; });
    underWay.push(sent);
    if (underWay.length >= AHEAD) await underWay.shift();
  }
  await Promise.all(underWay);
}

/** The lines' bytes, without their LF. */
async function* lines(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  for await (const chunk of input) {
    rest = Buffer.concat([rest, chunk]);
    let end: number;
    while ((end = rest.indexOf(LF)) >= 0) {
      if (end > 0) yield rest.subarray(0, end);
      rest = rest.subarray(end + 1);
    }
  }
  if (rest.length > 0) yield rest;
}
