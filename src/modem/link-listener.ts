import type { Match } from "../at/framing/subscribed";
import type { Request } from "../at/requests/request";
import type { MQTTModemError } from "../errors";
import type { MessageReceiver, PublishListener } from "./receivers";
import type { Stage } from "./stage";

/** For whom a link works: the MQTT client. */
export interface LinkListener {
  readonly inbox: MessageReceiver;
  readonly publisher: PublishListener;
  /** A stage has been reached. */
  onModemStage(stage: Stage): void;
  /** The broker has accepted the connection, and `Stage.Online` has been reached. */
  onModemConnected(): void;
  /** A publish at QoS 2 has been answered with PUBREC; told once at the least where the modem tells it. */
  onModemReceived(request: Request): void;
  /** The modem's own PINGREQ has been answered. */
  onModemPinged(): void;
  /** The modem has the connection back that it had lost; subscriptions may be gone. */
  onModemReconnected(): void;
  /** The session is over: `error` says why, or is null when the application has ended it. Nothing is under way any more. */
  onModemDown(error: MQTTModemError | null): void;
  /** Whether the topic in the ring from `start` to `end` is subscribed; asked where a line can be read in several ways. */
  isSubscribed(start: number, end: number): Match;
  /** A publish, subscribe or unsubscribe has ended; `error` is null when it ended well. Of a publish that did, its {@link PublishListener} may be told instead. */
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
