import type { Command } from "../at/commands/command";
import { checkedSettings, type CommandCallback, type CommandSettings } from "../at/own/own-commands";
import { ArgumentError } from "../errors";
import type { CareClient } from "../modem/care";
import type { CareCallback, ClientModem } from "../modem/client-modem";
import type { ModemIdentity, ModemSignal, NetworkState, SimState, StatisticsView, Supply, ToldTime } from "../modem/told";
import { ownCommandOf, type OwnLines } from "./own-command-of";
import type { CareQuestion } from "./questions";

/** Whose face it is: the care of a modem. */
export interface FacedCare {
  readonly own: OwnLines;
  readonly statistics: StatisticsView;
  /** Sends a command of the application's own. @param client for whom @throws StateError BUSY */
  command(command: Command, done: CommandCallback, client: CareClient): void;
  /** Asks one of the things that can be asked. @throws StateError BUSY */
  inquire(what: CareQuestion, done: CareCallback<any>, client: CareClient): void;
}

/** The modem as a device, for one client. */
export class Face implements ClientModem {
  // Private, so that an application that inspects it sees no password of the client's.
  #care: FacedCare;
  #client: CareClient;

  constructor(care: FacedCare, client: CareClient) {
    this.#care = care;
    this.#client = client;
  }

  command(line: string, options: CommandSettings | CommandCallback, done?: CommandCallback): void {
    const isCallback = typeof options === "function",
      callback = isCallback ? options : done;
    this.#check(callback);
    const command = ownCommandOf(this.#care.own, "line", line, checkedSettings("", isCallback ? undefined : options));
    this.#care.command(command, callback!, this.#client);
  }

  identity(done: CareCallback<ModemIdentity>): void {
    this.#inquire("identity", done);
  }

  sim(done: CareCallback<SimState>): void {
    this.#inquire("sim", done);
  }

  network(done: CareCallback<NetworkState>): void {
    this.#inquire("network", done);
  }

  signal(done: CareCallback<ModemSignal>): void {
    this.#inquire("signal", done);
  }

  time(done: CareCallback<ToldTime>): void {
    this.#inquire("time", done);
  }

  supply(done: CareCallback<Supply>): void {
    this.#inquire("supply", done);
  }

  get statistics(): StatisticsView {
    return this.#care.statistics;
  }

  #inquire(what: CareQuestion, done: CareCallback<any>): void {
    this.#check(done);
    this.#care.inquire(what, done, this.#client);
  }

  /** @throws StateError CLOSED; ArgumentError */
  #check(done: unknown): void {
    this.#client.mustBeOpen();
    if (typeof done !== "function") throw new ArgumentError("ARGUMENT_TYPE", "done", done, "must be a function");
  }
}
