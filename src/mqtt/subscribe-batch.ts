import type { TopicItem } from "../at/commands/command";
import type { Request } from "../at/requests/request";

/** Bytes of a command line beside its topics, and beside each of them. */
const FRAME = 40;
const AROUND = 5;

/**
 * The topics of one SUBSCRIBE or UNSUBSCRIBE of the application's. A modem may take fewer topics a command: the commands then go
 * out one after the other, and the application is told of the acknowledgement once, when the last command has been acknowledged.
 */
export class SubscribeBatch {
  readonly id: number;
  /** SUBACK values, in the order of the topics. */
  readonly granted: number[] = [];
  private readonly items: readonly TopicItem[];
  private readonly alike: boolean;
  /** The batch that was asked for before this one, and has not ended either. */
  before: SubscribeBatch | null;
  private sent = 0;

  /** @param alike whether all topics of a command have the same QoS, because the modem reports one grant for all of them */
  constructor(id: number, items: readonly TopicItem[], alike: boolean, before: SubscribeBatch | null) {
    this.id = id;
    this.items = items;
    this.alike = alike;
    this.before = before;
  }

  /** Topics that have not been sent. */
  get left(): number {
    return this.items.length - this.sent;
  }

  /** The next command's topics: at most `most`, in a line of at most `size` bytes, but always one. */
  next(most: number, size: number): readonly TopicItem[] {
    const { items, sent: start } = this, end = Math.min(items.length, start + most);
    let bytes = FRAME, at = start;
    do bytes += items[at++]!.text.bytes.length + AROUND;
    while (at < end && bytes + items[at]!.text.bytes.length + AROUND <= size && (!this.alike || items[at]!.QoS === items[start]!.QoS));
    this.sent = at;
    return items.slice(start, at);
  }

  /** One command has been acknowledged. */
  addGrants(request: Request): void {
    for (let i = 0; i < request.items!.length; i++) this.granted.push(request.grantOf(i));
  }
}
