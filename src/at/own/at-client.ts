import { frozen } from "../../bytes/frozen";
import { integer, known } from "../../checks";
import { ArgumentError, ModemError, StateError, wordsOf, type MQTTModemError } from "../../errors";
import { portableBytes, type Bytes, type Clock, type Port, type PortOptions, type PortReceiver } from "../../platform";
import { Timers, type TimerListener } from "../../timers";
import { Chat } from "../chat/chat";
import type { ChatListener } from "../chat/listener";
import { Slot } from "../chat/slots";
import { ownCommand } from "./own-command";
import { Match } from "../framing/subscribed";
import { checkedSettings, OwnCommands, type CommandCallback, type CommandSettings, type OwnCommandsHost } from "./own-commands";
import type { Request } from "../requests/request";
import { Byte } from "../responses/bytes";
import { Follow } from "../responses/name-tree";
import { CommonResponse, responseTable, type Line } from "../responses/response-table";
import { textBetween } from "./text";

/** What an {@link ATClient} is made with. The callbacks have the client as `this`. */
export interface ATClientOptions {
  /** The serial port's class, and that class's own options. */
  serial: PortOptions;
  clock: Clock;
  /** The host's native ones; portable ones when left out. */
  bytes?: Bytes;
  /** Bytes of the receive ring, a power of two from 64 to 65536. Default 1024. A longer line is lost. */
  receiveBuffer?: number;
  /** Bytes that a command line may have, 64–65536. Default 1024. */
  commandBuffer?: number;
  /**
   * How the lines begin that the modem prints by itself, without a colon: `"+CEREG"`, `"RING"`. They are given to `onReport` at any
   * time, and are part of an answer only where the command asks for that name (`AT+CEREG?`). At most 100, of 2 to 32 characters.
   */
  reports?: readonly string[];
  /** A line has come that answers no command. */
  onReport?(this: ATClient, line: string): void;
  /** The port has failed, and the client is closed; or the modem does not answer at all (MODEM_SILENT), and may be asked again. */
  onError?(this: ATClient, error: MQTTModemError): void;
}

const NAMES = frozen({
  serial: 1,
  clock: 1,
  bytes: 1,
  receiveBuffer: 1,
  commandBuffer: 1,
  reports: 1,
  onReport: 1,
  onError: 1,
} satisfies Record<keyof ATClientOptions, 1>);

const MOST_REPORTS = 100;

/**
 * A modem on a serial port, to which commands are given one at a time: each gets the lines of its own answer and its final. What a
 * modem does to that is dealt with: echoes, reports in between, answers that come too late, prompts, and silence.
 */
export class ATClient {
  #channel: Channel;

  /**
   * Opens the port. Nothing is sent.
   * @throws ArgumentError; what the port's class throws
   */
  constructor(options: ATClientOptions) {
    known("", options, NAMES);
    this.#channel = new Channel(this, options);
  }

  /**
   * Sends a command when those before it are over.
   * @param line the command as the modem's manual prints it, without a line's end: `AT+CSQ`
   * @param options may be left out
   * @param done called once
   * @throws ArgumentError when it is not one line that begins with AT, or would make the modem's answers unreadable (`ATE1`); StateError CLOSED or BUSY
   */
  command(line: string, options: CommandSettings | CommandCallback, done?: CommandCallback): void {
    if (typeof options === "function") this.#channel.command(line, undefined, options);
    else this.#channel.command(line, options, done);
  }

  /** Releases the port. No callback comes afterwards. */
  close(): void {
    this.#channel.close();
  }
}

/** The parts of a client: chat and commands. */
class Channel implements ChatListener, TimerListener, OwnCommandsHost {
  readonly chat: Chat;
  private readonly client: ATClient;
  private readonly table: readonly Line[];
  private readonly commands: OwnCommands;
  private readonly timers: Timers;
  private options: ATClientOptions;

  constructor(client: ATClient, options: ATClientOptions) {
    const { serial, clock, receiveBuffer = 1024, commandBuffer = 1024 } = options;
    if (typeof serial?.io !== "function") throw new ArgumentError("ARGUMENT_TYPE", "serial.io", serial?.io, "must be the class of a serial port");
    if (typeof clock?.now !== "function") throw new ArgumentError("ARGUMENT_TYPE", "clock", clock, "must be a clock");
    const responses = responseTable(reportLines(options.reports));
    this.client = client;
    this.options = options;
    this.table = responses.responses;
    this.timers = new Timers(clock, this, Slot.Chat);
    this.chat = new Chat(this, {
      timers: this.timers,
      bytes: options.bytes ?? portableBytes,
      family: { responses, cancel: Byte.Escape },
      receiveBuffer,
      commandBuffer: integer("commandBuffer", commandBuffer, 64, 0x10000),
      payloadBuffer: 0,
    });
    this.chat.allow(2);
    this.commands = new OwnCommands(this);
    this.timers.start();
    this.chat.open();
  }

  command(line: string, settings: CommandSettings | undefined, done: CommandCallback | undefined): void {
    if (this.chat.closed) throw new StateError("CLOSED", "this client has been closed; make a new one");
    if (typeof done !== "function") throw new ArgumentError("ARGUMENT_TYPE", "done", done, "must be a function");
    this.commands.mustTakeMore();
    this.commands.run(ownCommand("line", line, this.table, checkedSettings("", settings)), done, this);
  }

  close(): void {
    if (this.chat.closed) return;
    this.commands.forget(this);
    this.timers.stop();
    this.chat.close();
  }

  // ---- the chat's listener

  readonly takesCommands = true;

  openPort(receiver: PortReceiver): Port {
    const { io, ...own } = this.options.serial;
    return new io({ ...own, receiver });
  }

  onPortError(error: unknown): void {
    const failure = new ModemError("PORT_FAILED", `the serial port has failed: ${wordsOf(error)}`, undefined, error);
    this.commands.fail(failure);
    this.tell(failure);
    this.close();
  }

  onTimer(slot: number): void {
    this.chat.onTimer(slot);
    this.chat.thrown.rethrow();
  }

  onAnswer(request: Request): void {
    this.commands.onAnswer(request);
  }

  onText(request: Request, start: number, end: number): void {
    this.commands.onText(request, start, end);
  }

  onUrc(): void {
    const { lineStart, lineEnd } = this.chat.decoder;
    this.onStray(lineStart, lineEnd);
  }

  onStray(start: number, end: number): void {
    const { onReport } = this.options;
    if (onReport !== undefined) this.call(() => onReport.call(this.client, textBetween(this.chat.ring, start, end)));
  }

  onSilent(): void {
    this.tell(new ModemError("MODEM_SILENT", "the modem does not answer; check its power, its wiring and the baud rate"));
  }

  private tell(error: MQTTModemError): void {
    const { onError } = this.options;
    if (onError !== undefined) this.call(() => onError.call(this.client, error));
  }

  private call(callback: () => void): void {
    try {
      callback();
    } catch (thrown) {
      this.chat.thrown.keep(thrown);
    }
  }

  // All requests are those of commands. Without MQTT there are no messages, and nothing that could be mistaken for one.
  onDone(): void {}
  onResynced(): void {}
  onUnsolicitedError(): void {}
  onDoubt(): void {}
  onMessage(): void {}
  onFragment(): void {}
  onOverflow(): void {}
  isSubscribed(): Match {
    return Match.None;
  }
}

/** @throws ArgumentError */
function reportLines(names: unknown = []): readonly Line[] {
  if (!Array.isArray(names)) throw new ArgumentError("ARGUMENT_TYPE", "reports", names, "must be an array of names");
  integer("reports.length", names.length, 0, MOST_REPORTS);
  const { responses: common } = responseTable([]),
    lines: Line[] = [];
  names.forEach((name, index) => {
    if (typeof name !== "string" || !/^[+*^$%#@!\w][\w ]{1,31}$/.test(name))
      throw new ArgumentError(
        "ARGUMENT_RANGE",
        `reports[${index}]`,
        name,
        "must be the beginning of a line up to its colon, such as +CEREG, or a whole line, such as RDY",
      );
    const text = name.startsWith("+") ? name.replace(/ /g, "") : name; // as the name tree has them
    if (common.some((line) => line.text === text)) return; // is known anyhow
    lines.push({ id: CommonResponse.Family + index, text, follow: /^\w/.test(text) ? Follow.End : Follow.Fields });
  });
  return lines;
}
