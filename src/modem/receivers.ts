import type { Request } from "../at/requests/request";
import type { Fields } from "../at/responses/fields";

/** Who may take a message that begins as the one before. */
export interface Repeater {
  /** A message begins that has the same topic, QoS and flags as the one before; false when they are to be told anew. */
  onMessageAgain(): boolean;
}

/** To whom a link gives its messages. */
export interface MessageReceiver extends Repeater {
  /**
   * A message begins. The topic is field `topic` of `fields`, valid until this returns; the decoder's `message` has the rest.
   * `QoS` and the flags are −1 where the modem does not tell them.
   */
  onMessage(fields: Fields, topic: number, QoS: number, retain: number, duplicate: number): void;
  /** A message goes on. */
  onFragment(): void;
}

/** Who publishes over a link. */
export interface PublishListener {
  /** A publish has ended well. */
  onPublished(request: Request): void;
}
