import type { Chat } from "../at/chat/chat";
import { Slot } from "../at/chat/slots";
import type { Command } from "../at/commands/command";
import { textCommand } from "../at/commands/own-command";
import { OwnCommands, type CommandCallback, type OwnCommandsHost } from "../at/own-commands";
import { ModemError, type MQTTModemError } from "../errors";
import type { Clock } from "../platform";
import type { Timers } from "../timers";
import type { Care, CareHost } from "./care";
import type { Family } from "./family";
import type { ModemOptions } from "./options";
import { Kind } from "./script";
import { setupSteps } from "./setup";
import { StepsRun, type ModemStep, type StepsHost } from "./steps";

/** Of which modem: see `Modem`. */
export interface DeviceHost extends OwnCommandsHost {
  readonly family: Family;
  readonly timers: Timers;
  /** The SIM is told something after which it may say that it is ready: it has not restarted then. */
  onSimTouched(): void;
  /** There is something new in {@link Care.progress}. */
  onProgress(): void;
}

type Done = (error: MQTTModemError | null) => void;

/**
 * The modem as a device, beside MQTT: commands of the application's own, those of its `setup`, and, where the family has it, its
 * care. A modem of which nobody wants anything like that has none.
 */
export class Device implements StepsHost, CareHost {
  readonly chat: Chat;
  readonly commands: OwnCommands;
  readonly care: Care | null;
  private readonly host: DeviceHost;
  private readonly before: readonly ModemStep[];
  private readonly run: StepsRun<unknown>;

  /** @throws ArgumentError */
  constructor(host: DeviceHost, options: Partial<ModemOptions>) {
    const { family, chat } = host,
      setup = setupSteps(family, options.setup);
    this.host = host;
    this.chat = chat;
    this.commands = new OwnCommands(host, Kind.Inquiry);
    this.care = family.care === undefined ? null : family.care.make(this, options, setup);
    this.before = this.care === null ? setup : this.care.before;
    this.run = new StepsRun(this, this.care === null ? null : this.care.state);
  }

  // ---- while the modem is brought up

  /** The modem is looked for anew. */
  onWaking(): void {
    this.run.stop();
    this.commands.lose(new ModemError("MODEM_RESTARTED", "the modem has restarted, or is looked for anew; whether the command was carried out is not known"));
    this.care?.onWaking();
  }

  /** Does what comes before the network is waited for. @param done called once, unless {@link stop} is */
  prepare(done: Done): void {
    this.run.begin(this.before, done);
  }

  /** The same once the modem is attached. */
  complete(done: Done): void {
    this.run.begin(this.care === null ? [] : this.care.after, done);
  }

  /** Nobody waits for the end of that any more. */
  stop(): void {
    this.run.stop();
  }

  /** The modem cannot be worked with. */
  fail(error: MQTTModemError): void {
    this.run.stop();
    this.commands.fail(error);
  }

  onTimer(): void {
    this.run.onTimer();
  }

  // ---- for the application

  /** Sends a command of the application's own. @throws StateError BUSY */
  command(command: Command, done: CommandCallback, owner: unknown): void {
    this.commands.mustTakeMore();
    this.touch(command.line);
    this.commands.run(command, done, owner);
  }

  // ---- for the steps, and for care

  get clock(): Clock {
    return this.host.timers.clock;
  }

  pause(milliseconds: number): void {
    this.host.timers.set(Slot.Modem, milliseconds);
  }

  ask(line: string, timeout: number, done: CommandCallback, owner: unknown = this): void {
    this.touch(line);
    this.commands.run(textCommand(line, this.host.family.responses.responses, timeout), done, owner);
  }

  forget(owner: unknown): void {
    this.commands.forget(owner);
  }

  onProgress(): void {
    this.host.onProgress();
  }

  private touch(line: string): void {
    if (/^AT *\+(CFUN|CPIN|NPIN)=/i.test(line)) this.host.onSimTouched();
  }
}
