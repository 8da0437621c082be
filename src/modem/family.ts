import type { ChatFamily } from "../at/chat/listener";
import type { Command } from "../at/commands/command";
import type { Request } from "../at/requests/request";
import type { Fields } from "../at/responses/fields";
import type { Match } from "../at/framing/header";
import type { Names } from "../checks";
import type { MQTTModemError } from "../errors";
import type { Limits } from "./limits";
import type { ModemOptions } from "./options";
import type { Recovery } from "./recovery";
import type { Script } from "./script";
import type { Stage } from "./stage";

/** A modem family, as data. */
export interface Family<D = any> extends ChatFamily {
  /** For messages to people. */
  readonly name: string;
  /** What the driver can be told beyond what all can, by name; nothing is refused as unknown where it is left out. */
  readonly options?: Names;
  readonly limits: Limits;
  /** Bytes of the transmit buffer for the longest command line. */
  readonly commandBuffer: number;
  /** In place of `AT` where that has had no answer: ends a data phase as well, sooner or later. */
  readonly wakeUp?: Command;
  /** Bytes that may stand behind the longest payload, to end the data phase. Default 0. */
  readonly payloadTail?: number;
  /** MQTT clients that the modem has at once. */
  readonly links: number;
  /** Asks how the connection is; of the answer the driver's `onPolled` is told. */
  readonly poll: Command<D>;
  /** The line that a restart of the modem prints. */
  readonly restart: number;
  /** A restart prints `+CPIN: READY`, and it may be all that it prints. */
  readonly readyAtStart?: boolean;
  /** A restart may print nothing: an error without a number is then a reason to ask. */
  readonly restartsSilently?: boolean;
  /** How it is brought back when a new connection does not help. */
  readonly recovery: Recovery;
  /** From an attached modem to an MQTT session. */
  readonly connect: Script<D>;
  /** From an MQTT session to a closed connection, in good order. */
  readonly disconnect: Script<D>;
  /** From anything to a closed connection. */
  readonly close: Script<D>;
  readonly subscribe: Command<D>;
  readonly unsubscribe: Command<D>;
  /** Commands that ask and change nothing: read forms and test forms. */
  readonly inquiries: readonly Command<D>[];
}

/** What every driver can be told: what belongs to the modem, and what belongs to the connection. */
export interface DriverOptions extends Partial<ModemOptions> {
  /**
   * How payloads are written on the wire, both ways, if both ends have agreed on it: "raw" (default), "hex" or "base64".
   * For modems that do not frame what they receive. What is received and is no such text is handed on as it is, suspect.
   */
  payloadEncoding?: "raw" | "hex" | "base64";
  /**
   * What is done first, where an earlier connection was lost and a new one alone has not helped: "attach" leaves the network
   * and attaches again, "restart" restarts the modem. Nothing where the family has no command for it, nor while another
   * client of the modem is online. Default "connect": neither.
   */
  recover?: "connect" | "attach" | "restart";
  /**
   * Milliseconds between looks at the connection while nothing shows that it is gone, 1000–3600000; 0: it is never asked for,
   * not even when a write has failed. Default: the keep-alive time, 120000 where there is none; NM28, which announces no
   * loss, 30000.
   */
  pollInterval?: number;
}

/** Whom a link gives its messages to. */
export interface MessageReceiver {
  /**
   * A message begins. The topic is field `topic` of `fields`, valid until this returns; the rest is told by the chat's
   * `decoder.message`. `QoS` and the flags are −1 where the modem does not tell them.
   */
  onMessage(fields: Fields, topic: number, QoS: number, retain: number, duplicate: number): void;
  /** A message begins that has the same topic, QoS and flags as the one before; false when they are to be told anew. */
  onMessageAgain(): boolean;
  /** A message goes on. */
  onFragment(): void;
}

/** The MQTT client, as a link knows it. */
export interface LinkListener {
  readonly inbox: MessageReceiver;
  /** A stage has been reached. */
  onModemStage(stage: Stage): void;
  /** The broker has accepted the connection, and `Stage.Online` has been reached. */
  onModemConnected(): void;
  /** A publish at QoS 2 has been answered with PUBREC; told once at the least where the modem tells it. */
  onModemReceived(request: Request): void;
  /** The modem's own PINGREQ has been answered. */
  onModemPinged(): void;
  /** The modem has got a connection back that it had lost; subscriptions may be gone. */
  onModemReconnected(): void;
  /** The session is over: `error` says why, or is null when it was asked for. Nothing is under way any more. */
  onModemDown(error: MQTTModemError | null): void;
  /** Whether the topic in the ring from `start` to `end` is subscribed; asked where a line can be read in several ways. */
  isSubscribed(start: number, end: number): Match;
  /** A publish, subscribe or unsubscribe has ended; `error` is null when it ended well. */
  onModemDone(request: Request, error: MQTTModemError | null): void;
  /** A publish that had failed stands in the way of the next one no more. */
  onModemSettled(): void;
  /** Received bytes were lost. */
  onModemOverflow(): void;
  /** There may be more room for a payload than there was. */
  onModemRoom(): void;
  /** How many filters are subscribed, as far as the broker has acknowledged them and they are remembered. */
  readonly subscriptions: number;
}
