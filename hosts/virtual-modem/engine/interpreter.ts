// The AT command interpreter, the same for every family. It finds command lines in the received bytes, gives one command at a time to
// its handler, and frames the answers. Bytes that arrive while a command is being processed wait in the input buffer until the final
// result, as in a UART. So when a host does not wait for the prompt, its bytes become data, and also a line feed after the carriage
// return of a data command.

import type { Clock, Timer } from "../clock";
import type { Faults, Place } from "../faults";
import { Args, SyntaxFault } from "./args";
import { binary } from "./bytes";
import { DataCollector } from "./data";
import { cme, cmeTexts, commandError } from "./errors";
import type { Call, CommandSpec, DataPhase, Dialect, Handler } from "./family";
import type { Output } from "./output";
import { afterPrefix, commandName, parseCommand, type ParsedCommand } from "./parse";

const carriageReturn = 13;
const lineFeed = 10;
/** Bytes that arrive while the input buffer is full are lost, as in a UART without flow control. */
const inputBufferSize = 4096;
/** Milliseconds from the final result until the command's follow-ups run. */
const pause = 10;

const prompts: Readonly<Record<string, string>> = { spaced: "\r\n> ", unspaced: "\r\n>", bare: ">" };

export interface InterpreterOptions {
  readonly commands: ReadonlyMap<string, CommandSpec>;
  readonly dialect: Dialect;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly output: Output;
  readonly variant: (name: string) => string;
  readonly scaled: (milliseconds: number) => number;
  readonly echo: boolean;
  /** A command has come to this moment of its life: injected bytes are written here. */
  readonly reached: (place: Place) => void;
  /** A command line has been read. */
  readonly heard: () => void;
  /** A command line has been answered. */
  readonly done: () => void;
}

/** One power-on to power-off of the command interpreter. */
export class Interpreter {
  /** `AT+CMEE`: 0 no codes, 1 numbers, 2 words. Set by the common commands. */
  errorMode = 0;
  readonly #options: InterpreterOptions;
  #echo: boolean;
  #input: number[] = [];
  #line: number[] = [];
  #overlong = false;
  #busy = false;
  #ignoreInput = false;
  #data: DataCollector | undefined;
  /** Ends counted data after their settle time. */
  #settling: Timer;
  /** Whether the data phase has begun and the command has not ended. */
  #inData = false;
  /** Actions of this line's commands that run after the line's final result. */
  readonly #followUps: (() => void)[] = [];
  /** Unsolicited lines that wait until the data command has ended. */
  #held: (() => void)[] = [];

  constructor(options: InterpreterOptions) {
    this.#options = options;
    this.#echo = options.echo || options.variant("echo") === "stuck";
  }

  set echo(on: boolean) {
    this.#echo = on || this.#options.variant("echo") === "stuck";
  }

  /** Whether a command is being processed, or its data are being read. */
  get busy(): boolean {
    return this.#busy || this.#inData;
  }

  /** Bytes from the host. */
  receive(bytes: Uint8Array): void {
    if (this.#ignoreInput) return;
    for (const byte of bytes) if (this.#input.length < inputBufferSize) this.#input.push(byte);
    this.#read();
  }

  /** Writes something unsolicited, now or after the data command, as the variant `urcInData` says. */
  unsolicited(write: () => void): void {
    if (this.#options.variant("urcInData") === "held" && this.#inData) this.#held.push(write);
    else write();
  }

  #read(): void {
    const read: number[] = [];
    const { length } = this.#input;
    let used = 0;
    while (!this.#busy && used < length) {
      if (this.#data) used += this.#readData(this.#data, this.#input.slice(used), read);
      else this.#readByte(this.#input[used++], read);
    }
    this.#input.splice(0, used);
    // All answers come later, so the echo comes first.
    if (this.#echo && read.length > 0) this.#options.output.raw(Uint8Array.from(read));
  }

  #readByte(byte: number, read: number[]): void {
    if (byte === lineFeed) return;
    read.push(byte);
    if (byte !== carriageReturn) {
      if (this.#line.length < this.#options.dialect.maximumLine) this.#line.push(byte);
      else this.#overlong = true;
      return;
    }
    const line = binary(this.#line);
    const overlong = this.#overlong;
    this.#line = [];
    this.#overlong = false;
    this.#begin(line, overlong);
  }

  #begin(line: string, overlong: boolean): void {
    const commands = afterPrefix(line);
    if (commands === undefined) {
      if (line.trim() !== "" && this.#options.variant("garbage") === "error") this.#later(10, () => this.#fail());
      return;
    }
    this.#options.heard();
    if (overlong) this.#later(10, () => this.#fail(this.#options.dialect.parameterError));
    else if (commands === "") this.#later(10, () => this.#succeed());
    else this.#next(commands);
  }

  /** Processes the first command of a list. The others follow if it succeeds. */
  #next(text: string): void {
    const { commands, variant } = this.#options;
    let parsed: { command: ParsedCommand; rest: string } | undefined;
    try {
      parsed = parseCommand(text, (name) => commands.get(name)?.escapes ?? false);
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error;
      const code = this.#parameterError(commands.get(commandName(text) ?? ""));
      return this.#later(10, () => this.#fail(code === "plain" ? undefined : code));
    }
    const spec = parsed && commands.get(parsed.command.name);
    if (this.#options.faults.refuses(text)) return this.#later(10, () => this.#fail());
    if (!parsed || !spec) {
      const code = variant("unknown") === "cme" ? cme.notSupported : undefined;
      return this.#later(10, () => this.#fail(code));
    }
    const { command, rest } = parsed;
    const latency = typeof spec.latency === "object" ? spec.latency[command.form] : spec.latency;
    this.#later(latency ?? 10, () => this.#run(spec, command, rest));
  }

  #later(latency: number, action: () => void): void {
    const { clock, faults, scaled } = this.#options;
    this.#busy = true;
    const late = Number(faults.take("late") ?? 0);
    clock.setTimer(() => {
      this.#options.reached("before-answer");
      action();
    }, scaled(latency) + late);
  }

  #run(spec: CommandSpec, command: ParsedCommand, rest: string): void {
    const form = spec[command.form];
    if (form === undefined) return this.#fail(cme.notSupported);
    const handler: Handler = typeof form === "function" ? form : (call) => call.line(...form);
    const { output } = this.#options;
    let isOpen = true;
    let deferred = false;
    const followUps: (() => void)[] = [];
    const end = (finish: () => void): void => {
      if (!isOpen) throw new Error(`${spec.name} was ended twice`);
      isOpen = false;
      finish();
    };
    const call: Call = {
      args: new Args(command.args, this.#parameterError(spec)),
      line: (...lines) => output.lines(lines),
      ok: () =>
        end(() => {
          this.#followUps.push(...followUps);
          if (rest.trim() === "") this.#succeed();
          else this.#next(rest);
        }),
      fail: (code) => end(() => this.#fail(code)),
      defer: () => (deferred = true),
      afterOk: (action) => followUps.push(action),
      data: (phase) => {
        deferred = true;
        this.#prompt(phase);
      },
    };
    try {
      handler(call);
      if (!deferred && isOpen) call.ok();
    } catch (error) {
      const ended = commandError(error);
      if (!ended) throw error;
      call.fail(ended.code);
    }
  }

  #prompt(phase: DataPhase): void {
    const { faults, output, reached, variant } = this.#options;
    reached("before-prompt");
    if (faults.take("no-prompt") === undefined) output.text(phase.prompt ?? prompts[variant("prompt")]);
    this.#data = new DataCollector(phase);
    this.#inData = true;
    reached("after-prompt");
    this.#busy = false;
    this.#read();
  }

  /** Reads data. @returns how many bytes of `input` belong to it */
  #readData(data: DataCollector, input: readonly number[], read: number[]): number {
    const { used, done } = data.take(input);
    read.push(...input.slice(0, used));
    const { clock, scaled } = this.#options;
    clock.clearTimer(this.#settling);
    const { settle = Infinity } = data.phase;
    if (done) this.#endData(data);
    else if (data.settling && settle < Infinity) this.#settling = clock.setTimer(() => this.#endData(data), scaled(settle));
    return used;
  }

  #endData(data: DataCollector): void {
    this.#data = undefined;
    this.#later(20, () => {
      if (data.surplusIgnored) this.#input = [];
      if (data.cancelled) data.phase.cancelled();
      else data.phase.received(data.bytes, data.surplus);
    });
  }

  #succeed(): void {
    this.#final("OK");
  }

  #parameterError(spec: CommandSpec | undefined): number | "plain" {
    return spec?.parameterError ?? this.#options.dialect.parameterError;
  }

  #fail(code?: number | string): void {
    if (typeof code === "string" && this.errorMode > 0) this.#final(code);
    else if (typeof code === "string" || code === undefined || this.errorMode === 0) this.#final("ERROR");
    else this.#final(`+CME ERROR: ${this.errorMode === 2 ? (cmeTexts[code] ?? code) : code}`);
  }

  #final(text: string): void {
    const { clock, faults, output, reached, scaled } = this.#options;
    reached("before-final");
    if (faults.take("no-final") === undefined) output.lines([text]);
    reached("after-final");
    this.#busy = false;
    this.#inData = false;
    for (const action of this.#followUps.splice(0)) clock.setTimer(action, scaled(pause));
    for (const write of this.#held.splice(0)) write();
    this.#options.done();
    this.#read();
  }

  /** Ignores all further input. */
  powerOff(): void {
    this.#ignoreInput = true;
    this.#input = [];
  }
}
