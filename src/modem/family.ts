import type { ChatFamily } from "../at/chat/options";
import type { Command } from "../at/commands/command";
import type { Request } from "../at/requests/request";
import { ArgumentError, type MQTTModemError } from "../errors";
import type { CodeText } from "../at/responses/codes";
import type { CareFamily } from "./care";
import type { LinkOptions, OptionRows } from "./family-options";
import type { Hook, HookedLink } from "./hook";
import type { Limits } from "./limits";
import type { Recovery } from "./recovery";
import type { Reports } from "./reports";
import type { Script } from "./script";
import type { Settings } from "./settings";

/** Who chooses the packet ids, and which id a publish's result repeats. */
export const enum IdsFrom {
  /** The host; the result repeats the id. */
  Host,
  /** The host, and 0 at QoS 0. */
  HostButZero,
  /** The modem, which does not announce the ids. */
  Modem,
}

/** The fields of a received message, of which a modem tells not all. The topic's field stands in the response table. */
export interface MessageRow {
  readonly QoS?: number;
  readonly retain?: number;
  readonly duplicate?: number;
  /** In place of the QoS: the packet id, which is 0 at QoS 0. 1 stands for QoS 1 and 2 then. */
  readonly packetId?: number;
}

/** What the answer to the family's poll means. */
export interface StateRow {
  /** The report's name and the field with the state. */
  readonly name: string;
  readonly field: number;
  readonly connected: number;
  /** Up to this one there is no connection, and none is being made. */
  readonly gone: number;
  /** Above that one, the modem has lost the connection and tries to have it back. */
  readonly reconnects?: boolean;
  readonly meanings: CodeText;
}

/** What the errors of a family's results are made from. */
export interface FailedLink<O = any> {
  readonly settings: Settings;
  readonly options: O;
}

/**
 * A modem family, as data: what its modems say, what they are told, and what both mean.
 * `O` has the values of the family's options. Commands and scripts name them and the settings.
 */
export interface Family<O extends LinkOptions = any> extends ChatFamily {
  /** What it is exported as. */
  readonly name: string;
  /** Its modules, for messages to people. */
  readonly title: string;
  /** Bit/s of the UART from the factory. */
  readonly baud: number;
  /** What the application can tell this family, beyond what it can tell all. Nothing is refused as unknown where it is left out. */
  readonly options?: OptionRows;
  /** Makes the link's values from the checked options. @throws ArgumentError for options that do not fit each other */
  readonly settle: (values: any, options: any) => O;
  /** Refuses settings that do not fit the options. @throws ArgumentError */
  readonly check?: (settings: Settings, options: O) => void;
  readonly limits: Limits;
  /** Milliseconds, where the application names none. Default 0: no keep-alive. */
  readonly keepAlive?: number;
  /** Milliseconds between polls, where the application names none. Default: the keep-alive time. */
  readonly pollInterval?: number;
  /** Why an empty payload is refused, where the modem cannot send one. */
  readonly emptyPayload?: string;
  /** Bytes of the transmit buffer for the longest command line. */
  readonly commandBuffer: number;
  /** Bytes that may stand behind the longest payload, to end the data phase. Default 0. */
  readonly payloadTail?: number;
  /** MQTT clients that the modem has at once. */
  readonly links: number;
  /** Reports begin with the number of the client that they are about; those that the hook interprets may not. */
  readonly numbered: boolean;
  readonly packetIds: IdsFrom;

  // ---- what its modems are told

  /** In place of `AT` where that has had no answer: ends a data phase as well, sooner or later. */
  readonly wakeUp?: Command;
  /** How a modem is brought back when a new connection does not help. */
  readonly recovery: Recovery;
  /** From an attached modem to an MQTT session. */
  readonly connect: Script<O & Settings>;
  /** From an MQTT session to a closed connection, in good order. */
  readonly disconnect: Script<O & Settings>;
  /** From anything to a closed connection. */
  readonly close: Script<O & Settings>;
  /** The same from a session, so that the broker publishes the will. Default: `close`. */
  readonly abandon?: Script<O & Settings>;
  readonly subscribe: Command;
  readonly unsubscribe: Command;
  /** Sends a publish; not needed where the hook chooses the command. */
  readonly publish?: Command;
  /** The same at QoS 0, where that is another command. */
  readonly publishQoS0?: Command;
  /** Asks how the connection is. */
  readonly poll: Command;
  /** Commands that ask and change nothing: read forms and test forms. */
  readonly inquiries: readonly Command[];

  // ---- what its modems say

  readonly reports: Reports;
  readonly message: MessageRow;
  readonly states: StateRow;
  /** The report that a restart of the modem prints. */
  readonly restart: number;
  /** A restart prints `+CPIN: READY`, and it may be all that it prints. */
  readonly readyAtStart?: boolean;
  /** A restart may print nothing: an error without a number is then a reason to ask. */
  readonly restartsSilently?: boolean;
  /** The error for the code of a result line. */
  readonly resultError: (request: Request, code: number, link: FailedLink<O>) => MQTTModemError;
  /** The error for a refusal that means something in this family, or null for the common meaning. @param code of `+CME ERROR`, or −1 */
  readonly refusal?: (request: Request, code: number, link: FailedLink<O>) => MQTTModemError | null;

  /** The modem as a device, beside MQTT: with care alone (`modem-mqtt/care/…`). */
  readonly care?: CareFamily;
  /** What no row can say. */
  readonly hook?: (link: HookedLink<O>) => Hook;
}

/** Whether it is a family, as far as JavaScript shows. */
export function isFamily(value: unknown): value is Family {
  const { connect, limits } = (value ?? {}) as Partial<Family>;
  return typeof connect === "object" && typeof limits === "object";
}

/** Refuses what an application gives as `modem.io` in place of a family. @throws ArgumentError */
export function checkFamily(io: unknown): void {
  if (!isFamily(io)) throw new ArgumentError("ARGUMENT_TYPE", "modem.io", io, "must be a driver: BC35G, M531X, ML302 or NM28");
}
