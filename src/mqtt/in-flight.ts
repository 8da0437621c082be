import type { Request } from "../at/requests/request";
import { integer } from "../checks";
import { StateError } from "../errors";
import type { Link } from "../modem/link";
import { Kind } from "../modem/script";

/** Subscribes, unsubscribes and inquiries that may be in flight at once. */
const OTHERS = 2;
// Hoisted, because a literal in a function of a preloaded module allocates at every evaluation (xs-notes.md).
const ID = "id";

/** What one client has in flight: how much more there may be, and which packet ids are free. */
export class InFlight {
  private readonly link: Link;
  private lastId = 0;

  constructor(link: Link) {
    this.link = link;
  }

  hasRoomFor(kind: Kind): boolean {
    const { link } = this;
    if (kind === Kind.Publish) return link.publishing < link.limits.window;
    const { chat, number } = link;
    return chat.count(number, Kind.Subscribe) + chat.count(number, Kind.Unsubscribe) + chat.count(number, Kind.Inquiry) < OTHERS;
  }

  /** @throws StateError BUSY */
  take(kind: Kind): Request {
    const request = this.hasRoomFor(kind) ? this.link.take(kind) : null;
    if (request === null) throw new StateError("BUSY", "as much is under way as the modem can do at once; wait for onWritable");
    return request;
  }

  has(id: number): boolean {
    return this.link.chat.has(this.link.number, id);
  }

  /**
   * The id that was asked for, or the next one that is not in flight; never 0.
   * @throws ArgumentError; StateError BUSY where the one that was asked for is in flight
   */
  chooseId(asked: number | undefined): number {
    if (asked !== undefined) {
      integer(ID, asked, 1, 65535);
      if (this.has(asked)) throw new StateError("BUSY", `id ${asked} is under way; use another one, or leave it out`);
      return asked;
    }
    const { chat } = this.link;
    let id = this.lastId;
    do id = id === 65535 ? 1 : id + 1;
    while (chat.oldest !== null && this.has(id));
    return this.lastId = id;
  }
}
