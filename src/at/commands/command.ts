import { ascii } from "../../bytes/ascii";
import { frozen } from "../../bytes/frozen";
import { Text } from "../../bytes/text";
import { Byte } from "../responses/bytes";
import type { Fields } from "../responses/fields";
import type { Writer } from "./writer";

/** What a command's arguments may be: the part of an request that goes into its line. */
export interface Sendable {
  /** What it is for, by the driver's own numbers. */
  readonly kind: number;
  /** The id that the result line will carry. */
  readonly wireId: number;
  readonly QoS: number;
  readonly retain: number;
  /** Publish: the topic, and the payload's place and length in bytes. */
  readonly topic: Text | null;
  readonly offset: number;
  readonly length: number;
  /** Subscribe and unsubscribe: the topics. */
  readonly items: readonly TopicItem[] | null;
}

/** What is asked to be subscribed or unsubscribed; kept by reference until the request ends. */
export interface TopicItem {
  text: Text;
  QoS: number;
  /** The id of the write that asked for it. */
  id: number;
}

/** Writes one argument of a command, from the request and from what its driver keeps. */
export type Argument<D> = (writer: Writer, request: Sendable, driver: D) => void;

/** How a command ends. */
export interface CommandOptions {
  /** Milliseconds until the final result code at the most; 0 where it waits for the result, and so has the request's patience. */
  final: number;
  /**
   * The line (its id in the response table) that tells the outcome, before or after the final. Without it the final is the
   * outcome.
   */
  result?: number;
  /** The field of that line that has the request's id, where it has one. */
  resultId?: number;
  /** The result may be missing: it counts as good when it has not come in time. */
  resultOptional?: boolean;
  /** The information response that the command may take; a line of that id is otherwise a URC. */
  answer?: number;
  /** Of the lines with `answer`'s id, those that are this command's; the others stay URCs. All, when left out. */
  takes?: (fields: Fields) => boolean;
  /** Of several such lines the last is the answer, and those before it were URCs after all. */
  lastAnswers?: boolean;
  /** `+CME ERROR` codes that mean that what was wanted is so already. */
  goodErrors?: readonly number[];
  /** Sent after the payload when the modem has not answered for this long, in milliseconds, to end the data phase. */
  nudge?: number;
  /** Lines without a known beginning are the command's answer too. */
  text?: boolean;
  /** The modem asks for the payload with a prompt; milliseconds until it does, at the most. */
  prompt?: number;
  /** Sent while the modem may not answer at all: silence is not doubt. */
  probe?: boolean;
}

/** A command as the manual prints it, made ready to be written: literal bytes and arguments in turn. */
export interface Command<D = any> extends CommandOptions {
  /** For messages: `AT+QMTOPEN`, `AT+QMTCFG="will"`. */
  readonly name: string;
  /** The whole template. */
  readonly line: string;
  readonly literals: readonly Uint8Array[];
  readonly arguments: readonly Argument<D>[];
  /**
   * A publish: how many of its literals, with their arguments, stand before its payload; all where that is not in the
   * line. They are the same for each message of the same topic, length and flags, but for the id. 0 for other commands.
   */
  readonly steady: number;
}

/** For what is not given where the command has a place for it all the same. */
export const NOTHING = frozen(new Text("nothing", "", 0));

// Hoisted, because a literal in a function of a preloaded module allocates at every evaluation (xs-notes.md).
const NUMBER = "number";

/**
 * Writes what the driver keeps under these names, with dots between them: a number, or a text, in quotes, with nothing in them
 * where there is none. With a comma before the names it is an optional argument, left out with its comma where there is none;
 * with a question mark behind them a number that is 0 where there is none, and 1 for what is no number.
 */
function setting(path: string): Argument<any> {
  const names = frozen(path.match(/\w+/g)!), optional = path.startsWith(","), counted = path.endsWith("?");
  return (writer, _, driver) => {
    let value = driver;
    for (let i = 0; i < names.length && value !== null; i++) value = value[names[i]!];
    if (optional) {
      if (value === null) return;
      writer.byte(Byte.Comma);
    }
    if (typeof value === NUMBER) writer.int(value);
    else if (counted) writer.int(value === null ? 0 : 1);
    else writer.quoted(value ?? NOTHING);
  };
}

/**
 * `template` is the command line with its arguments in braces, as in `AT+QMTSUB=0,{id},{filter},{settings.port}`: one of
 * `argumentTable`, or else what the driver keeps under that name. The carriage return that ends the line is added here: a
 * line feed after it could become the first byte of a payload (dialects.md 1, rule 1).
 */
export function command<D>(template: string, argumentTable: Readonly<Record<string, Argument<D>>>, options: CommandOptions): Command<D> {
  const parts = `${template}\r`.split(/[{}]/); // literals and names in turn
  const literals: Uint8Array[] = [];
  const names: Argument<D>[] = [];
  parts.forEach((part, index) => {
    if (index % 2 === 0) literals.push(part === "," ? COMMA : ascii(part));
    else names.push(argumentTable[part] ?? setting(part));
  });
  const payload = parts.indexOf(PAYLOAD);
  return frozen({ ...options, name: /AT[+\w]*(="[\w/]+")?/.exec(template)![0], line: template, literals, arguments: names, steady: !parts.includes(TOPIC) ? 0 : payload < 0 ? literals.length : payload >> 1 });
}

/** Names of arguments: a command that has a topic is a publish, and may have its payload in the line. */
const TOPIC = "topic", PAYLOAD = "payload";

/** What stands between most arguments: written without a copy. */
export const COMMA = ascii(",");
