import type { Chat } from "../at/chat/chat";
import type { Fields } from "../at/responses/fields";
import type { Line } from "../at/responses/response-table";
import type { Names } from "../checks";
import type { MQTTModemError } from "../errors";
import type { Port } from "../platform";
import type { Timers } from "../timers";
import type { ClientModem } from "./client-modem";
import type { CareOptions } from "./care-options";
import type { Limits } from "./limits";
import type { LinkListener } from "./link-listener";
import type { NetworkQuestions } from "./network";
import type { ModemOptions } from "./options";
import type { Level } from "./recovery";
import type { Settings } from "./settings";
import type { Stage } from "./stage";

/**
 * The door to all that a modem is beside MQTT. A family with care (`modem-mqtt/care/…`) makes a {@link Care} for each of its modems;
 * a plain driver has none, and the core calls nothing then. What is made of it is in src/care, which nothing here imports.
 */

/** What is known while the modem is waited for. One object serves all reports, so copy what must outlive the callback. */
export interface Progress {
  /** Since the wait for the network began. */
  readonly seconds: number;
  /** In words: "searching", "denied", "registered"; "unknown" until the modem has told it. */
  readonly registration: string;
  /** Why the network has refused the modem, in words. */
  readonly cause: string | undefined;
  /** MCC and MNC, or a name. */
  readonly operator: string | undefined;
  /** In dBm. */
  readonly rssi: number | undefined;
  readonly rsrp: number | undefined;
}

/** What the care of a modem works with: the modem. */
export interface CareHost {
  readonly chat: Chat;
  readonly timers: Timers;
  readonly restarts: { onSimTouched(): void };
  /** The modem is up: nothing is done to it but what its clients want. */
  readonly isUp: boolean;
  onStage(stage: Stage): void;
  /** The modem sleeps; or it has been woken, and what has become of its connections is to be asked. */
  onSleep(isAsleep: boolean): void;
  /** The modem cannot be worked with, and is sent nothing any more. */
  fail(error: MQTTModemError): void;
}

/** A modem's sleep: nothing is sent to it meanwhile, and it is woken first. */
export interface CareSleep {
  /** It sleeps, or has slept and is not in step yet. */
  readonly isOn: boolean;
  /** Refuses what does not go together with the sleep that is asked for. @throws ArgumentError */
  check(settings: Settings, limits: Limits): void;
  /** The modem is up. */
  onUp(): void;
  /** A line that MQTT does not know. */
  onReport(line: Line, fields: Fields): void;
  onRegistration(): void;
  /** The line that a start prints. @returns whether it tells that the modem has only woken up */
  onStart(): boolean;
  /** What the modem is told while it sleeps waits: `Chat.sleep`. */
  onSleeping(): void;
  onWanted(): void;
  onHeard(): void;
  /** Host and modem are in step again. */
  onInStep(): void;
  onTimer(): void;
}

/** Who brings the modem up. */
export interface CareListener {
  /** Care has done its part, or has failed in it. */
  onCareDone(error: MQTTModemError | null): void;
  /** What is to be done once the modem answers. Care takes from it what needs no answer. */
  wanted: Level;
  /** The modem is looked for anew. */
  wake(): void;
  /** Something is done to a modem that answers, to have its network back: a level below `Reset`. */
  climb(level: Level): void;
  fail(error: MQTTModemError, forgotten: boolean): void;
}

/** Whose application asks: a connection. */
export interface CareClient {
  /** @throws StateError CLOSED */
  mustBeOpen(): void;
}

/** The care of one modem. */
export interface Care {
  /** What {@link DriverOptions.recover} may be. */
  readonly recoveries: readonly string[];

  // ---- what stands before the parts that do the work
  port(port: Port): Port;
  /** Before a client. */
  listener(client: LinkListener, number: number): LinkListener;

  // ---- while the modem is brought up
  /** The modem is looked for anew: what was known of it is not true any more. */
  onWaking(): void;
  /** The modem has forgotten everything. @returns whether it has only slept */
  onRestart(): boolean;
  readonly sleep: CareSleep;
  /** The modem cannot be worked with. */
  onFailed(error: MQTTModemError): void;
  /** The modem is looked for. @returns whether something is done before it is asked: with its pins, or the host's bit rate */
  rouses(listener: CareListener): boolean;
  /** That is being done: {@link onTimer} goes on with it. */
  readonly isRousing: boolean;
  /** The modem has not said OK to `AT`. @param silent it has said nothing at all @returns whether care does something about that */
  onMute(silent: boolean): boolean;
  /** Something is done to the modem, to have it or its network back. */
  onRecovery(level: Level): void;
  /** Does what comes before the network is waited for. */
  prepare(listener: CareListener): void;
  /** Asks the modem for its network, with `plain` and in its place. */
  network(plain: NetworkQuestions): NetworkQuestions;
  /** A round of these questions is over, and the modem is not attached. */
  onRound(): void;
  /** Whether care can do something about what keeps the modem from its network: then it is to prepare the modem again. */
  helps(failure: MQTTModemError): boolean;
  /** The modem is attached: does what comes before MQTT. */
  complete(listener: CareListener): void;
  /** A pause of care's own is over. */
  onTimer(): void;

  // ---- for the clients
  /** A client has reached a stage. @returns what is told with it */
  onStage(stage: Stage, number: number): Progress | null;
  face(client: CareClient): ClientModem;
  /** The client has been closed: nothing is told to it any more, and what waits for it is not sent. */
  forget(client: CareClient): void;
  /** The client's connection has ended: what it has asked, and has not been answered, is answered with that. @param error null where it had disconnected */
  onEnded(client: CareClient, error: MQTTModemError | null): void;
}

/** What a family has to have its modems cared for. */
export interface CareFamily {
  /** What its care goes by, for those who know src/care: a host that asks a modem without a client. */
  readonly about: object;
  /** The names of the family's own options, and of those that care has. */
  readonly names: Names;
  /** @throws ArgumentError */
  make(host: CareHost, options: ModemOptions): Care;
  /** What can be done to have the modem or its network back, ascending. @param resets the application can pull the modem's reset pin itself */
  levels(options: CareOptions, resets: boolean): readonly Level[];
}
