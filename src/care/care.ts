import type { Chat } from "../at/chat/chat";
import { Slot } from "../at/chat/slots";
import type { Command } from "../at/commands/command";
import { textCommand } from "../at/own/own-command";
import { OwnCommands, type CommandCallback, type OwnCommandsHost } from "../at/own/own-commands";
import { LinkNumber } from "../at/requests/request";
import { ModemError, NetworkError, StateError, type MQTTModemError } from "../errors";
import type { Care, CareClient, CareFamily, CareHost, CareListener, Progress } from "../modem/care";
import type { CareCallback, ClientModem } from "../modem/client-modem";
import type { LinkListener } from "../modem/link-listener";
import type { NetworkQuestions } from "../modem/network";
import type { ModemOptions } from "../modem/options";
import { Level, LEVELS } from "../modem/recovery";
import { Stage } from "../modem/stage";
import type { StatisticsView } from "../modem/told";
import type { Clock, Port } from "../platform";
import { Attachment, type AttachmentHost } from "./attachment";
import { Face, type FacedCare } from "./face";
import { CLOCK_STEPS, CONTEXT_STEPS, DATA_STEPS, OPERATOR_STEPS, RADIO_CYCLE_STEPS, RADIO_STEPS, RATE_STEPS, REPORT_STEPS } from "./network-steps";
import { wantedOf } from "./options";
import type { OwnLines } from "./own-command-of";
import { PowerPins } from "./power";
import { inquiry, type CareQuestion } from "./questions";
import { ratesOf, type Rates } from "./rates";
import { PinRouser, type RouserHost } from "./rouser";
import type { CareRows } from "./rows";
import { setupSteps } from "./setup";
import { SIM_STEPS } from "./sim-steps";
import { SleepCare, type SleepCareHost } from "./sleep-care";
import { ATTACHED_SLEEP_STEPS, SLEEP_STEPS } from "./sleep-steps";
import { CareState } from "./state";
import { Statistics } from "./statistics";
import { StepsRun, type ModemStep, type StepsHost } from "./steps";
import { RegistrationWatch, watchdogOf } from "./watchdog";

/** What the care of a family goes by. */
export interface CareAbout extends OwnLines {
  readonly rows: CareRows;
  /** Those of a module whose word stands in what `ATI` says. */
  readonly variants: readonly (readonly [word: string, rows: CareRows])[];
  /** Finds out which rows are those of this very modem. */
  readonly variant: readonly ModemStep<CareState>[];
  /** Any of its modems can be told its bands, or its bit rate. */
  readonly takesBands: boolean;
  readonly takesRate: boolean;
  /** From the factory, in bit/s. */
  readonly baud: number;
  /** What can be done to have a modem or its network back: see `CareFamily`. */
  readonly levels: CareFamily["levels"];
}

/** Milliseconds, as the modem has them: `modem.bootTimeout` and `modem.attachTimeout`. */
const enum Default {
  Boot = 30_000,
  Attach = 600_000,
}

/**
 * The care of one modem, whatever its family: the rows say what is otherwise. All that it asks and tells goes in its turn with the
 * application's own commands.
 */
export class ModemCare implements Care, OwnCommandsHost, StepsHost, AttachmentHost, FacedCare, RouserHost, SleepCareHost {
  readonly chat: Chat;
  readonly own: OwnLines;
  readonly state: CareState;
  readonly recoveries: readonly string[];
  /** Modem and host are in step, and the modem is not to be restarted. */
  private isOpen = false;
  readonly modem: CareHost;
  private readonly before: readonly ModemStep<CareState>[];
  private readonly after: readonly ModemStep<CareState>[];
  private readonly commands: OwnCommands;
  private readonly run: StepsRun<CareState>;
  private readonly attachment: Attachment;
  private readonly counts: Statistics;
  readonly pins: PowerPins | null;
  private readonly rates: Rates | null;
  /** Null where nothing is to be done about a modem that does not answer, but to wait. */
  private readonly rouser: PinRouser | null;
  private readonly watch: RegistrationWatch;
  /** Who brings the modem up. */
  private bringUp: CareListener | null = null;
  /** The radio is to be switched off and on. */
  private cyclesRadio = false;
  readonly sleep: SleepCare;
  /** The network is waited for, or what comes behind that is done. */
  private isAttaching = false;
  /** What a client that ends at this moment is told in place of answers. */
  private end: MQTTModemError | null = null;

  /** @throws ArgumentError */
  constructor(host: CareHost, options: ModemOptions, family: CareAbout) {
    const { rows, variant, takesBands } = family,
      { power, bootTimeout = Default.Boot, attachTimeout = Default.Attach } = options,
      setup = setupSteps(family, options.setup),
      levels = family.levels(options, false),
      watchdog = watchdogOf(options, bootTimeout, attachTimeout);
    this.modem = host;
    this.chat = host.chat;
    this.own = family;
    this.rates = ratesOf(host.chat, options, family);
    this.pins = power === undefined ? null : new PowerPins(power, rows.pulses);
    this.rouser = this.pins === null && this.rates === null ? null : new PinRouser(this, this.pins, this.rates, { boot: bootTimeout, mute: watchdog.answer });
    this.recoveries = levels.map((level) => LEVELS[level]);
    this.state = new CareState(wantedOf(options, { bands: takesBands, radio: rows.radio }), rows, this.rates);
    this.before = [
      ...variant,
      ...RADIO_CYCLE_STEPS,
      ...RATE_STEPS,
      ...RADIO_STEPS,
      ...SIM_STEPS,
      ...CONTEXT_STEPS,
      ...OPERATOR_STEPS,
      ...setup,
      ...SLEEP_STEPS,
      ...REPORT_STEPS,
    ];
    this.after = [...ATTACHED_SLEEP_STEPS, ...DATA_STEPS, ...CLOCK_STEPS];
    this.commands = new OwnCommands(this);
    this.run = new StepsRun(this, this.state);
    this.attachment = new Attachment(this);
    this.counts = new Statistics(this.clock);
    this.watch = new RegistrationWatch(this.clock, watchdog.registration, levels.slice(1));
    this.sleep = new SleepCare(this);
  }

  get clock(): Clock {
    return this.modem.timers.clock;
  }

  // ---- what is counted

  port(port: Port): Port {
    try {
      this.pins?.open();
    } catch (error) {
      port.close();
      throw error;
    }
    if (this.rates !== null) this.rates.isFree = port.setRate !== undefined;
    return this.counts.port(port, this.pins);
  }

  listener(client: LinkListener, number: number): LinkListener {
    return this.counts.listener(client, number);
  }

  onRestart(): boolean {
    if (this.sleep.isOn) return true;
    this.counts.onRestart();
    return false;
  }

  get trafficAt(): number {
    return this.counts.trafficAt;
  }

  onWakeUp(): void {
    this.counts.onWakeUp();
  }

  onSwitchedOn(): void {
    this.counts.onSwitchedOn();
  }

  onRecovery(level: Level): void {
    this.counts.onRecovery(level);
    this.cyclesRadio = level === Level.Radio;
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
    this.sleep.begin();
  }

  rouses(listener: CareListener): boolean {
    const { wanted } = listener;
    this.bringUp = listener;
    if (this.rouser === null) return false;
    if (wanted >= Level.Reset) listener.wanted = Level.Connect;
    return this.rouser.begin(wanted);
  }

  get isRousing(): boolean {
    return this.rouser !== null && this.rouser.isBusy;
  }

  onMute(silent: boolean): boolean {
    if (this.rouser === null) return false;
    this.rouser.onMute(silent);
    return true;
  }

  /** Nothing has helped. */
  onSilent(seconds: number, tried: string): void {
    this.bringUp!.fail(
      new ModemError(
        "MODEM_SILENT",
        `no modem answers AT on this port after ${seconds} s${tried}; check wiring, power, that the port is the right one, and the bit rate`,
      ),
      false,
    );
  }

  prepare(listener: CareListener): void {
    this.isOpen = true;
    this.rouser?.onAnswer();
    this.state.isRadioCycled = this.cyclesRadio;
    this.cyclesRadio = false;
    this.commands.pump();
    this.run.begin(this.before, (error) => {
      this.isAttaching = error === null;
      if (this.isAttaching) this.attachment.begin();
      this.watch.begin();
      listener.onCareDone(error);
    });
  }

  network(plain: NetworkQuestions): NetworkQuestions {
    return this.attachment.about(plain);
  }

  onRound(): void {
    const level = this.watch.due();
    if (level === Level.Connect) this.attachment.onRound();
    else this.climb(level);
  }

  /** The watchdog has waited for long enough. */
  private climb(level: Level): void {
    const { modem, chat } = this,
      bringUp = this.bringUp!;
    modem.timers.clear(Slot.Modem);
    if (level < Level.Reset) {
      modem.onStage(Stage.Recovering);
      if (!chat.closed) bringUp.climb(level);
    } else {
      chat.abort(LinkNumber.All, true);
      bringUp.wanted = level;
      bringUp.wake();
    }
  }

  lookAnew(): void {
    this.bringUp!.wake();
  }

  /** The SIM wants its PIN later than it was asked: it was busy for long, or another one has been put in. */
  helps({ code }: MQTTModemError): boolean {
    const { state } = this,
      { wanted, pinRefusal, isAskedAgain } = state;
    if (code !== "PIN_REQUIRED" || wanted.pin === null || pinRefusal !== null || isAskedAgain) return false;
    return (state.isAskedAgain = true);
  }

  complete(listener: CareListener): void {
    this.watch.end();
    this.state.wanted.pinMemory.isInDoubt = false; // no network takes a modem whose SIM is locked
    this.run.begin(this.after, (error) => {
      this.isAttaching = false;
      listener.onCareDone(error);
    });
  }

  onTimer(): void {
    if (this.isRousing) this.rouser!.goOn();
    else this.run.onTimer();
  }

  onFailed(error: MQTTModemError): void {
    this.isOpen = this.isAttaching = false;
    this.run.stop();
    this.watch.end();
    this.rouser?.stop();
    this.sleep.onFailed();
    this.commands.fail(error);
  }

  // ---- for the steps, and for the wait

  pause(milliseconds: number): void {
    this.modem.timers.set(Slot.Modem, milliseconds);
  }

  ask(line: string, timeout: number, done: CommandCallback, owner: unknown = this): void {
    this.touch(line);
    this.commands.run(textCommand(line, this.own.table, timeout), done, owner);
  }

  get takesCommands(): boolean {
    return this.isOpen && !this.chat.closed;
  }

  onProgress(): void {
    if (this.isAttaching) this.modem.onStage(Stage.Attaching);
  }

  /** A SIM that is told something may say that it is ready: the modem has not restarted then. */
  private touch(line: string): void {
    if (/^AT *\+(CFUN|CPIN|NPIN)=/i.test(line)) this.modem.restarts.onSimTouched();
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

  onEnded(client: CareClient, error: MQTTModemError | null): void {
    this.end =
      error === null
        ? new StateError("CLOSED", "the client has disconnected before the modem had answered")
        : new NetworkError(
            "OUTCOME_UNKNOWN",
            `the connection has ended before the modem had answered; whether the command was carried out is not known (${error.message})`,
            error.modemCode,
            error,
          );
    this.commands.leave(client, this.end);
    this.end = null;
  }

  command(command: Command, done: CommandCallback, client: CareClient): void {
    this.commands.mustTakeMore();
    this.touch(command.line);
    this.commands.run(command, done, client);
  }

  inquire(what: CareQuestion, done: CareCallback<unknown>, client: CareClient): void {
    this.commands.mustTakeMore();
    const { steps, told, result } = inquiry(what, this.state);
    const ask = (line: string, timeout: number, answered: CommandCallback): void =>
      this.ask(
        line,
        timeout,
        (error, lines) => {
          if (error === null || error !== this.end) return answered(error, lines);
          run.stop(); // the other steps would be asked for in vain
          done(error, undefined);
        },
        client,
      );
    const run = new StepsRun({ ask, pause() {} }, told);
    run.begin(steps, (error) => done(error, error === null ? result() : undefined));
  }
}
