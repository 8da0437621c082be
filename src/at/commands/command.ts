import { ascii } from "../../bytes/ascii";
import { frozen } from "../../bytes/frozen";
import { Text } from "../../bytes/text";
import type { Fields } from "../responses/fields";
import type { Writer } from "./writer";

/** What arguments are written from: the part of a request that goes into its line. */
export interface Sendable {
  /** What the request is for, by its link's own numbers. */
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

/** Writes one argument of a command, from the request and from what its link keeps. */
export type Argument<D> = (writer: Writer, request: Sendable, link: D) => void;

/** How a command ends. */
export interface CommandOptions {
  /** Milliseconds until the final result code at the most; 0 where the final comes with the result, and has the request's timeout. */
  final: number;
  /** The line that has the outcome, before or after the final: its id in the response table. Without it the final is the outcome. */
  result?: number;
  /** The field of that line that has the request's id, where it has one. */
  resultId?: number;
  /** The result may be missing: where it has not come in time, the command has ended well. */
  resultOptional?: boolean;
  /** The information response that the modem may give: its id in the response table. At other times a line of that id is a report. */
  answer?: number;
  /** Which lines of `answer`'s id are the command's; the others stay reports. All, when left out. */
  takes?: (fields: Fields) => boolean;
  /** Of several such lines the last one is the answer, and those before it were reports after all. */
  lastAnswers?: boolean;
  /** `+CME ERROR` codes that mean that what was wanted is so already. */
  goodErrors?: readonly number[];
  /** Where the modem has not answered for so many milliseconds after the payload, Ctrl-Z is sent to end the data phase. */
  ctrlZAfter?: number;
  /** Lines that the response table does not have are the command's answer, too. */
  text?: boolean;
  /** It is the application's own, whatever it does: it is never sent twice, and where the modem asks it for data, there is none. */
  own?: boolean;
  /** The modem asks for the payload with a prompt, after so many milliseconds at the most. */
  prompt?: number;
  /** The modem may not answer at all while it is sent: no answer leaves no doubt. */
  probe?: boolean;
}

/** What stands behind the literal of a part. */
export const enum PartEnd {
  /** The line's end. */
  Nothing,
  /** An {@link Argument}. */
  Argument,
  /** A setting, by the names that lead to it: a number, or a text in quotes. Where the setting is null, the quotes are empty. */
  Setting,
  /** The same with a comma before it; both are left out where the setting is null. */
  Optional,
  /** A number: 0 where there is no such setting, and 1 where it is no number. */
  Count,
}

/** A command as the manual prints it, made ready to be written: parts, each of a literal and what stands behind it. */
export interface Command<D = any> extends CommandOptions {
  /** The whole template. */
  readonly line: string;
  /** Each part: the literal's length, its bytes, and a {@link PartEnd}. */
  readonly parts: Uint8Array;
  /** For each part but the last one: its argument, or the names that lead to the setting. */
  readonly arguments: readonly (Argument<D> | readonly string[])[];
  /**
   * A publish: how many of its parts stand before its payload; all where the payload is not in the line. They are the same for
   * each message of the same topic, length and flags, but for the id. 0 for other commands.
   */
  readonly steady: number;
}

/** Stands where a setting is null and the command has a place for it all the same. */
export const NOTHING = frozen(new Text("nothing", "", 0));

/**
 * Makes a command of a template, which is the command line with its arguments in braces: `AT+QMTSUB=0,{id},{filter},{settings.port}`.
 * An argument is one of `argumentTable`, or else a setting, by names with dots between them. With a comma before the names the setting is
 * {@link PartEnd.Optional}, with a question mark behind them a {@link PartEnd.Count}.
 *
 * The carriage return that ends the line is added here: a line feed after it could become the first byte of a payload
 * (dialects.md 1, rule 1).
 */
export function command<D>(template: string, argumentTable: Readonly<Record<string, Argument<D>>>, options: CommandOptions): Command<D> {
  const pieces = `${template}\r`.split(/[{}]/); // literals and arguments in turn
  const parts: number[] = [],
    all: (Argument<D> | readonly string[])[] = [];
  for (let i = 0; i < pieces.length; i += 2) {
    const literal = pieces[i],
      path = pieces[i + 1];
    parts.push(literal.length, ...ascii(literal));
    const argument = path === undefined ? undefined : argumentTable[path];
    if (path === undefined) parts.push(PartEnd.Nothing);
    else if (argument !== undefined) parts.push(PartEnd.Argument);
    else parts.push(path.startsWith(",") ? PartEnd.Optional : path.endsWith("?") ? PartEnd.Count : PartEnd.Setting);
    if (path !== undefined) all.push(argument ?? path.match(/\w+/g)!);
  }
  const payload = pieces.indexOf(PAYLOAD);
  return frozen({
    ...options,
    line: template,
    parts: Uint8Array.from(parts),
    arguments: all.length === 0 ? NONE : all,
    steady: !pieces.includes(TOPIC) ? 0 : payload < 0 ? all.length + 1 : payload >> 1,
  });
}

/** What a message to people calls the command: `AT+QMTOPEN`, `AT+QMTCFG="will"`. */
export function commandName({ line }: Command): string {
  return /AT[+\w]*(="[\w/]+")?/.exec(line)![0];
}

/** Most commands share it. */
const NONE = frozen([]);

/** Names of arguments: a command that has a topic is a publish, and may have its payload in the line. */
const TOPIC = "topic",
  PAYLOAD = "payload";
