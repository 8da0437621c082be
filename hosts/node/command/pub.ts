import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { addAbortSignal } from "node:stream";
import { Command } from "commander";
import type { ModemMQTTClient } from "modem-mqtt/node";
import { Exit, run, UsageError } from "./exit";
import { addConnectionOptions, connectWith, interruption, type ConnectionFlags } from "./options";
import { Progress } from "./progress";

interface PubFlags extends ConnectionFlags {
  topic: string;
  message?: string;
  file?: string;
  stdinFile?: boolean;
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
    .option("-s, --stdin-file", "the message is all of stdin")
    .option("-l, --stdin-line", "a message for each line of stdin; blank lines are left out")
    .option("-n, --null-message", "an empty message")
    .option("-r, --retain", "retained")
    .action((flags: PubFlags) => run(() => pub(flags)));
}

async function pub(flags: PubFlags): Promise<Exit> {
  if (/[+#]/.test(flags.topic)) throw new UsageError(`${JSON.stringify(flags.topic)} is no topic to publish to: + and # are for subscriptions`);
  const signal = interruption();
  const single = await singleMessage(flags, signal);
  const progress = new Progress();
  const client = await connectWith(flags, signal, progress);
  const send = (payload: Buffer): Promise<void> => client.publish(flags.topic, payload, { qos: flags.qos, retain: flags.retain });
  try {
    progress.waitFor(`publishing to ${flags.topic}`);
    const sent = single === undefined ? sendLines(client, signal, progress, send) : send(single);
    await unlessInterrupted(sent, signal);
  } finally {
    await client.end();
    progress.done();
  }
  return Exit.Done;
}

/** The message, unless it is one for each line. */
async function singleMessage(flags: PubFlags, signal: AbortSignal): Promise<Buffer | undefined> {
  const { message, file, stdinFile, stdinLine, nullMessage } = flags;
  const sources = [message, file, stdinFile, stdinLine, nullMessage].filter((source) => source !== undefined);
  if (sources.length !== 1) throw new UsageError("say what to publish with exactly one of -s, -m, -f, -l and -n");
  if (file !== undefined) return readFile(file);
  if (stdinLine) return undefined;
  if (!stdinFile) return Buffer.from(message ?? "");
  const bytes = await unlessInterrupted(buffer(addAbortSignal(signal, process.stdin)), signal);
  if (bytes.length === 0) throw new UsageError("-s: stdin was empty; -n publishes an empty message");
  return bytes;
}

/** What is under way may still be settled, but nobody waits for it. */
async function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const interrupted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  interrupted.catch(() => {});
  work.catch(() => {});
  return Promise.race([work, interrupted]);
}

async function sendLines(client: ModemMQTTClient, signal: AbortSignal, progress: Progress, send: (payload: Buffer) => Promise<void>): Promise<void> {
  const underWay: Promise<void>[] = [];
  const failed = new AbortController();
  const give = (error: unknown): void => failed.abort(error);
  client.once("error", give);
  progress.done(); // what it waits for now is stdin
  try {
    for await (const line of lines(addAbortSignal(AbortSignal.any([signal, failed.signal]), process.stdin))) {
      const sent = send(line);
      sent.catch(give);
      underWay.push(sent);
      if (underWay.length >= AHEAD) await underWay.shift();
    }
  } catch (error) {
    failed.signal.throwIfAborted();
    signal.throwIfAborted();
    throw error;
  }
  progress.waitFor("waiting for the last acknowledgements");
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
