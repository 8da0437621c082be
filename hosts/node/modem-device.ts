import { NetworkError, StateError, type MQTTModemError } from "../../src/errors";
import type { ClientModem } from "../../src/modem/client-modem";
import type { ModemIdentity, ModemSignal, NetworkState, SimState, StatisticsView, Supply, ToldTime } from "../../src/modem/told";
import type { Session } from "../../src/session/session";
import type { SessionState } from "../../src/session/states";
import { check, integer, signal as isSignal, type Shape } from "./options";
import { Totals } from "./statistics";

export interface QuestionOptions {
  /** Aborting rejects the promise with the signal's reason. What is asked may be asked all the same. */
  signal?: AbortSignal;
}

export interface CommandOptions extends QuestionOptions {
  /** Milliseconds until the final at the most, 100–3600000. Default 10000. */
  timeout?: number;
}

/** Whose modem it is: a client. */
export interface ModemUser {
  /** Undefined while it is being made. */
  readonly session: Session | undefined;
  readonly ended: boolean;
  /** Whether its driver has care. */
  readonly cares: boolean;
}

type Done = (error: MQTTModemError | null, told: any) => void;

const QUESTION: Shape<QuestionOptions> = { signal: isSignal };
const COMMAND: Shape<CommandOptions> = { ...QUESTION, timeout: integer(100, 3_600_000) };

/** The states in which nothing is under way with the modem. */
const IDLE: readonly SessionState[] = ["idle", "waiting", "refused", "closed"];

/**
 * The modem as a device, beside MQTT: the property `modem` of a client. What is asked goes to the modem in its turn, among all that the
 * client does, while it is connected and while it connects. While the modem is being looked for, or restarts, it waits.
 *
 * Each promise is rejected with ArgumentError; StateError NOT_CONNECTED, BUSY or CLOSED; ModemError; or NetworkError OUTCOME_UNKNOWN, when the
 * connection was lost before the modem had answered.
 */
export class ModemDevice {
  readonly #user: ModemUser;
  readonly #totals = new Totals();
  /** Rejects each promise that is not settled yet. */
  readonly #pending = new Set<(error: MQTTModemError) => void>();

  /** @internal */
  constructor(user: ModemUser) {
    this.#user = user;
  }

  /**
   * Sends an AT command of the application's own.
   * @param line as the modem's manual prints it, without a line's end: `AT+CSQ`. Not one of the modem's MQTT commands, which are the client's
   * @returns the lines of the answer, without the final; rejected with COMMAND_REFUSED or COMMAND_TIMEOUT where that is not OK
   */
  command(line: string, options: CommandOptions = {}): Promise<readonly string[]> {
    return this.#ask(options, COMMAND, (face, done) => face.command(line, { timeout: options.timeout }, done));
  }

  /** Maker, model, firmware, IMEI. */
  identity(options?: QuestionOptions): Promise<ModemIdentity> {
    return this.#ask(options, QUESTION, (face, done) => face.identity(done));
  }

  /** The SIM's state, ICCID and IMSI. */
  sim(options?: QuestionOptions): Promise<SimState> {
    return this.#ask(options, QUESTION, (face, done) => face.sim(done));
  }

  /** Registration, operator, technology, cell, band, address, and what was granted for sleep. */
  network(options?: QuestionOptions): Promise<NetworkState> {
    return this.#ask(options, QUESTION, (face, done) => face.network(done));
  }

  /** RSRP, RSRQ, SINR and RSSI in dBm and dB, and a word. */
  signal(options?: QuestionOptions): Promise<ModemSignal> {
    return this.#ask(options, QUESTION, (face, done) => face.signal(done));
  }

  /** The network's time, as milliseconds of UTC since 1970, and the zone in minutes. Undefined until the network has told it. */
  time(options?: QuestionOptions): Promise<ToldTime | undefined> {
    return this.#ask(options, QUESTION, (face, done) => face.time(done));
  }

  /** Temperature in degrees Celsius and supply voltage in millivolts, where the modem tells them. */
  supply(options?: QuestionOptions): Promise<Supply> {
    return this.#ask(options, QUESTION, (face, done) => face.supply(done));
  }

  /**
   * What has happened since the client was made, over all its connections, as a new object each time.
   * @throws StateError NOT_CONNECTED before the first attempt to connect, NOT_SUPPORTED where a driver of your own has no care
   */
  get statistics(): StatisticsView {
    const client = this.#user.session?.client ?? null;
    if (client === null) throw notConnected();
    this.#totals.follow(client.modem);
    return this.#totals.all;
  }

  /** @internal There may be a new connection, whose counts begin anew. */
  onStage(): void {
    const { session, cares } = this.#user;
    if (cares && session?.client) this.#totals.follow(session.client.modem);
  }

  /** @internal The session has entered a state: when its connection is gone, no answer comes any more. */
  onState(state: SessionState, error: MQTTModemError | null): void {
    if (!IDLE.includes(state) || this.#pending.size === 0) return;
    const reason = this.#user.ended || state === "closed" ? ended(error) : lost(error);
    for (const reject of [...this.#pending]) reject(reason);
  }

  #ask<T>(options: QuestionOptions = {}, shape: Shape<any>, begin: (face: ClientModem, done: Done) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      check("", options, shape);
      const { signal } = options;
      signal?.throwIfAborted();
      const face = this.#face;
      const settle = (): void => {
        this.#pending.delete(fail);
        signal?.removeEventListener("abort", abort);
      };
      const fail = (error: unknown): void => {
        settle();
        reject(error);
      };
      const abort = (): void => fail(signal!.reason);
      this.#pending.add(fail);
      signal?.addEventListener("abort", abort, { once: true });
      try {
        begin(face, (error, told) => {
          settle();
          if (error === null) resolve(told);
          else reject(error);
        });
      } catch (error) {
        fail(error);
      }
    });
  }

  /** @throws StateError CLOSED or NOT_CONNECTED */
  get #face(): ClientModem {
    const { session, ended: isOver } = this.#user;
    if (isOver) throw new StateError("CLOSED", "this client has ended; connect again");
    if (session === undefined || session.client === null || IDLE.includes(session.state)) throw notConnected();
    return session.client.modem;
  }
}

function notConnected(): StateError {
  return new StateError("NOT_CONNECTED", "there is no connection to the modem at the moment; wait for the event stage, or connect");
}

function ended(reason: MQTTModemError | null): StateError {
  return new StateError("CLOSED", "the client has ended before the modem had answered", undefined, reason ?? undefined);
}

function lost(reason: MQTTModemError | null): NetworkError {
  return new NetworkError(
    "OUTCOME_UNKNOWN",
    `the connection was lost before the modem had answered; whether the command was carried out is not known${reason === null ? "" : ` (${reason.message})`}`,
    undefined,
    reason ?? undefined,
  );
}
