import { readFile } from "node:fs/promises";
import { addAbortSignal } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import { Command } from "commander";
import type { ModemMQTTClient } from "modem-mqtt/node";
import { connectWith, mustMakeSense } from "./connection";
import { CommandError, Exit, run, statusOf, UsageError, wordsOf } from "./exit";
import { addConnectionOptions, interruption, type ConnectionFlags } from "./options";
import { Progress } from "./progress";
import type { Work } from "./rehearsal";

interface PubFlags extends ConnectionFlags {
  topic: string;
  message?: string;
  file?: string;
  stdinFile?: boolean;
  stdinLine?: boolean;
  nullMessage?: boolean;
  retain?: boolean;
}

type Send = (payload: Buffer) => Promise<void>;

/** The most lines of stdin whose acknowledgements are awaited at once. */
const AHEAD = 16;
const LF = 0x0a;

export function pubCommand(names: readonly string[]): Command {
  const command = new Command("pub");
  return addConnectionOptions(command, names, (topic, source) => command.setOptionValueWithSource("topic", topic, source))
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
  const { topic, qos, retain } = flags;
  if (/[+#]/.test(topic)) throw new UsageError(`${JSON.stringify(topic)} is no topic to publish to: + and # are for subscriptions`);
  await mustMakeSense(flags, { publish: { topic } }); // before anything is read from stdin
  const signal = interruption();
  const single = await singleMessage(flags, signal);
  const work: Work = { publish: { topic, payload: single } };
  await mustMakeSense(flags, work);
  const progress = new Progress();
  const client = await connectWith(flags, work, signal, progress, {
    reconnectPeriod: 0,
    // With -c the broker may send messages of an earlier subscription; they are ignored.
    onClient: (client) => client.on("message", () => {}),
  });
  const send: Send = (payload) => client.publish(topic, payload, { qos, retain });
  try {
    progress.waitFor(`publishing to ${topic}`);
    if (single === undefined) await sendLines(client, signal, progress, send, qos === 0 ? "sent" : "acknowledged");
    else await unlessInterrupted(send(single), signal);
  } finally {
    await client.end();
    progress.done();
  }
  return Exit.Done;
}

/** The message, or undefined when each line of stdin is one. */
async function singleMessage(flags: PubFlags, signal: AbortSignal): Promise<Buffer | undefined> {
  const { message, file, stdinFile, stdinLine, nullMessage } = flags;
  const sources = [message, file, stdinFile, stdinLine, nullMessage].filter((source) => source !== undefined);
  if (sources.length !== 1) throw new UsageError("say what to publish with exactly one of -s, -m, -f, -l and -n");
  if (file !== undefined)
    return readFile(file).catch((error: Error) => {
      throw new UsageError(`-f: ${error.message}`);
    });
  if (stdinLine) return undefined;
  if (!stdinFile) return Buffer.from(message ?? "");
  const bytes = await unlessInterrupted(buffer(addAbortSignal(signal, process.stdin)), signal);
  if (bytes.length === 0) throw new UsageError("-s: stdin was empty; -n publishes an empty message");
  return bytes;
}

/** Waits for `work` until `signal` aborts. `work` may still settle later. */
async function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const interrupted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  interrupted.catch(() => {});
  work.catch(() => {});
  return Promise.race([work, interrupted]);
}

/** Publishes each line. @throws CommandError that says which line is the first that was not published */
async function sendLines(client: ModemMQTTClient, signal: AbortSignal, progress: Progress, send: Send, done: string): Promise<void> {
  const tally = new Tally();
  const failed = new AbortController();
  const give = (error: unknown): void => failed.abort(error);
  const stop = AbortSignal.any([signal, failed.signal]);
  let last: unknown;
  client
    .on("error", (error) => {
      last = error;
    })
    .once("end", () => give(last));
  progress.done(); // from now on the command waits for stdin
  try {
    for await (const line of lines(addAbortSignal(stop, process.stdin))) {
      if (tally.add(line.length > 0, () => send(line), give) >= AHEAD) await unlessInterrupted(tally.oldest, stop);
      await setImmediate(); // by then a line that cannot be sent has failed, and the next line is not read
      if (stop.aborted) break;
    }
    progress.waitFor("waiting for the last acknowledgements");
    await unlessInterrupted(tally.all, stop);
  } catch (error) {
    const reason: unknown = stop.aborted ? stop.reason : error;
    // Lines in flight may still be acknowledged.
    await client.end();
    const status = statusOf(reason);
    if (status === undefined) throw reason;
    throw new CommandError(`${wordsOf(reason as Error)}; ${tally.report(done)}`, status, reason);
  }
}

/** Counts the lines that have been acknowledged. Line numbers begin with 1 and include blank lines, as in editors. */
class Tally {
  #read = 0;
  #done = 0;
  /** Lines that are in flight or have failed, in their order. */
  readonly #open = new Map<number, Promise<void>>();

  /** Adds a line. @param publish called when the line is a message @param failed called when that fails @returns how many lines are in flight */
  add(isMessage: boolean, publish: () => Promise<void>, failed: (error: unknown) => void): number {
    const line = ++this.#read;
    if (!isMessage) return this.#open.size;
    const sent = publish().then(() => {
      this.#open.delete(line);
      this.#done++;
    });
    sent.catch(failed);
    return this.#open.set(line, sent).size;
  }

  get oldest(): Promise<void> {
    return this.#open.values().next().value ?? Promise.resolve();
  }

  get all(): Promise<unknown> {
    return Promise.all(this.#open.values());
  }

  report(done: string): string {
    const next = this.#open.keys().next().value ?? this.#read + 1;
    return `${this.#done} line${this.#done === 1 ? " was" : "s were"} ${done}; line ${next} is the first that was not`;
  }
}

/** The lines' bytes, without their LF. */
async function* lines(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  for await (const chunk of input) {
    rest = Buffer.concat([rest, chunk]);
    let end: number;
    while ((end = rest.indexOf(LF)) >= 0) {
      yield rest.subarray(0, end);
      rest = rest.subarray(end + 1);
    }
  }
  if (rest.length > 0) yield rest;
}
