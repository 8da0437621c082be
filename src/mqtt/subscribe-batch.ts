import type { TopicItem } from "../at/commands/command";
import type { Request } from "../at/requests/request";

/** Bytes of a command line without its topics. */
const FRAME = 40;
/** Bytes that a topic adds to its own: quotes, commas and QoS. */
const AROUND = 5;

/**
 * The topics of one SUBSCRIBE or UNSUBSCRIBE of the application. When the modem takes fewer topics in a command, several commands are
 * sent one after the other. The application gets one acknowledgement, when the last command has been acknowledged.
 */
export class SubscribeBatch {
  readonly id: number;
  /** The SUBACK codes so far, in the order of the topics. */
  readonly granted: number[] = [];
  private readonly items: readonly TopicItem[];
  private readonly alike: boolean;
  /** The next older batch that has not ended either, or null. */
  before: SubscribeBatch | null;
  private sent = 0;

  /** @param alike whether all topics of a command must have the same QoS, because the modem reports one grant for all of them */
  constructor(id: number, items: readonly TopicItem[], alike: boolean, before: SubscribeBatch | null) {
    this.id = id;
    this.items = items;
    this.alike = alike;
    this.before = before;
  }

  /** How many topics have not been sent. */
  get left(): number {
    return this.items.length - this.sent;
  }

  /** The topics of the next command: at most `most`, in a line of at most `size` bytes, but at least one. */
  next(most: number, size: number): readonly TopicItem[] {
    const { items, sent: start } = this,
      end = Math.min(items.length, start + most);
    let bytes = FRAME,
      at = start;
    do bytes += items[at++].text.bytes.length + AROUND;
    while (at < end && bytes + items[at].text.bytes.length + AROUND <= size && (!this.alike || items[at].QoS === items[start].QoS));
    this.sent = at;
    return items.slice(start, at);
  }

  /** Adds the grants of a command that has been acknowledged. */
  addGrants(request: Request): void {
    for (let i = 0; i < request.items!.length; i++) this.granted.push(request.grantOf(i));
  }
}
