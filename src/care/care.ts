import type { Chat } from "../at/chat/chat";
import { Slot } from "../at/chat/slots";
import type { Command } from "../at/commands/command";
import { textCommand } from "../at/own/own-command";
import { OwnCommands, type CommandCallback, type OwnCommandsHost } from "../at/own/own-commands";
import { ModemError, type MQTTModemError } from "../errors";
import type { Care, CareClient, CareHost, CareListener, Progress } from "../modem/care";
import type { CareOptions } from "../modem/care-options";
import type { CareCallback, ClientModem } from "../modem/client-modem";
import type { LinkListener } from "../modem/link-listener";
import type { NetworkQuestions } from "../modem/network";
import { Stage } from "../modem/stage";
import type { StatisticsView } from "../modem/told";
import type { Clock, Port } from "../platform";
import { Attachment, type AttachmentHost } from "./attachment";
import { Face, type FacedCare } from "./face";
import { CONTEXT_STEPS, DATA_STEPS, OPERATOR_STEPS, RADIO_STEPS, REPORT_STEPS } from "./network-steps";
import { wantedOf } from "./options";
import type { OwnLines } from "./own-command-of";
import { inquiry, type CareQuestion } from "./questions";
import type { CareRows } from "./rows";
import { setupSteps } from "./setup";
import { SIM_STEPS } from "./sim-steps";
import { ATTACHED_SLEEP_STEPS, SLEEP_STEPS } from "./sleep-steps";
import { CareState } from "./state";
import { Statistics } from "./statistics";
import { StepsRun, type ModemStep, type StepsHost } from "./steps";

/** What the care of a family goes by. */
export interface CareAbout extends OwnLines {
  readonly rows: CareRows;
  /** Finds out which rows are those of this very modem. */
  readonly variant: readonly ModemStep<CareState>[];
  /** Any of its modems can be told its bands. */
  readonly takesBands: boolean;
}

/**
 * The care of one modem, whatever its family: the rows say what is otherwise. All that it asks and tells goes in its turn with the
 * application's own commands.
 */
export class ModemCare implements Care, OwnCommandsHost, StepsHost, AttachmentHost, FacedCare {
  readonly chat: Chat;
  readonly own: OwnLines;
  readonly state: CareState;
  /** Modem and host are in step, and the modem is not to be restarted. */
  private isOpen = false;
  private readonly host: CareHost;
  private readonly before: readonly ModemStep<CareState>[];
  private readonly after: readonly ModemStep<CareState>[];
  private readonly commands: OwnCommands;
  private readonly run: StepsRun<CareState>;
  private readonly attachment: Attachment;
  private readonly counts: Statistics;
  /** The network is waited for, or what comes behind that is done. */
  private isAttaching = false;

  /** @throws ArgumentError */
  constructor(host: CareHost, options: CareOptions, family: CareAbout) {
    const { rows, variant, takesBands } = family,
      setup = setupSteps(family, options.setup);
    this.host = host;
    this.chat = host.chat;
    this.own = family;
    this.state = new CareState(wantedOf(options, { bands: takesBands, radio: rows.radio }), rows);
    this.before = [...variant, ...RADIO_STEPS, ...SIM_STEPS, ...CONTEXT_STEPS, ...OPERATOR_STEPS, ...setup, ...SLEEP_STEPS, ...REPORT_STEPS];
    this.after = [...ATTACHED_SLEEP_STEPS, ...DATA_STEPS];
    this.commands = new OwnCommands(this);
    this.run = new StepsRun(this, this.state);
    this.attachment = new Attachment(this);
    this.counts = new Statistics(this.clock);
  }

  get clock(): Clock {
    return this.host.timers.clock;
  }

  // ---- what is counted

  port(port: Port): Port {
    return this.counts.port(port);
  }

  listener(client: LinkListener, number: number): LinkListener {
    return this.counts.listener(client, number);
  }

  onRestart(): void {
    this.counts.onRestart();
  }

  get statistics(): StatisticsView {
    return this.counts.look(this.chat);
  }

  // ---- while the modem is brought up

  onWaking(): void {
    this.isOpen = this.isAttaching = false;
    this.run.stop();
    this.commands.lose(new ModemError("MODEM_RESTARTED", "the modem has restarted, or is looked for anew; whether the command was carried out is not known"));
    this.commands.forget(this.attachment);
    this.attachment.lose();
    this.state.begin();
  }

  prepare(listener: CareListener): void {
    this.isOpen = true;
    this.commands.pump();
    this.run.begin(this.before, (error) => {
      this.isAttaching = error === null;
      if (this.isAttaching) this.attachment.begin();
      listener.onCareDone(error);
    });
  }

  network(): NetworkQuestions {
    return this.attachment.anew();
  }

  onRound(): void {
    this.attachment.onRound();
  }

  /** The SIM wants its PIN later than it was asked: it was busy for long, or another one has been put in. */
  helps({ code }: MQTTModemError): boolean {
    const { state } = this,
      { wanted, pinRefusal, isAskedAgain } = state;
    if (code !== "PIN_REQUIRED" || wanted.pin === null || pinRefusal !== null || isAskedAgain) return false;
    return (state.isAskedAgain = true);
  }

  complete(listener: CareListener): void {
    this.run.begin(this.after, (error) => {
      this.isAttaching = false;
      listener.onCareDone(error);
    });
  }

  onTimer(): void {
    this.run.onTimer();
  }

  onFailed(error: MQTTModemError): void {
    this.isOpen = this.isAttaching = false;
    this.run.stop();
    this.commands.fail(error);
  }

  // ---- for the steps, and for the wait

  pause(milliseconds: number): void {
    this.host.timers.set(Slot.Modem, milliseconds);
  }

  ask(line: string, timeout: number, done: CommandCallback, owner: unknown = this): void {
    this.touch(line);
    this.commands.run(textCommand(line, this.own.table, timeout), done, owner);
  }

  get takesCommands(): boolean {
    return this.isOpen && !this.chat.closed;
  }

  onProgress(): void {
    if (this.isAttaching) this.host.onStage(Stage.Attaching);
  }

  /** A SIM that is told something may say that it is ready: the modem has not restarted then. */
  private touch(line: string): void {
    if (/^AT *\+(CFUN|CPIN|NPIN)=/i.test(line)) this.host.restarts.onSimTouched();
  }

  // ---- for the clients

  onStage(stage: Stage, number: number): Progress | null {
    if (number === 0) this.counts.enter(stage);
    return stage === Stage.Attaching ? this.attachment.progress : null;
  }

  face(client: CareClient): ClientModem {
    return new Face(this, client);
  }

  forget(client: CareClient): void {
    this.commands.forget(client);
  }

  command(command: Command, done: CommandCallback, client: CareClient): void {
    this.commands.mustTakeMore();
    this.touch(command.line);
    this.commands.run(command, done, client);
  }

  inquire(what: CareQuestion, done: CareCallback<unknown>, client: CareClient): void {
    this.commands.mustTakeMore();
    const { steps, told, result } = inquiry(what, this.state);
    const run = new StepsRun({ ask: (line, timeout, answered) => this.ask(line, timeout, answered, client), pause() {} }, told);
    run.begin(steps, (error) => done(error, error === null ? result() : undefined));
  }
}
