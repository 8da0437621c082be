import type { Request } from "../at/requests/request";
import { integer } from "../checks";
import { StateError } from "../errors";
import type { Link } from "../modem/link";
import { Kind } from "../modem/script";

/** How many may be in flight at once. */
export const enum Most {
  /** Subscribes, unsubscribes and inquiries together. */
  Others = 2,
  /** SUBSCRIBE and UNSUBSCRIBE batches of the application: with so many, nothing new can be written. */
  Batches = 2,
}

// Hoisted, because a literal in a function of a preloaded module allocates at every evaluation (xs-notes.md).
const ID = "id";

/** The requests that one client has in flight: how many more it may have, and which packet ids are free. */
export class InFlight {
  /** How many of the application's SUBSCRIBE and UNSUBSCRIBE batches have not ended. */
  batches = 0;
  private readonly link: Link;
  private lastId = 0;

  constructor(link: Link) {
    this.link = link;
  }

  /** Whether a subscribe, unsubscribe or inquiry may be sent. */
  get hasRoomForOther(): boolean {
    const {
      chat: { requests },
      number,
    } = this.link;
    return requests.count(number, Kind.Subscribe) + requests.count(number, Kind.Unsubscribe) + requests.count(number, Kind.Inquiry) < Most.Others;
  }

  /**
   * Takes a request for a publish. @param asked its id, or undefined for the next one that is free
   * @throws ArgumentError; StateError BUSY when the client has as many in flight as it may
   */
  takePublish(asked: number | undefined): Request {
    const link = this.link,
      id = this.chooseId(asked);
    const request = link.window > 0 ? link.chat.requests.take(link, Kind.Publish, id) : null;
    if (request === null) throw busy();
    request.inWindow = true;
    link.window--;
    return request;
  }

  /** The same for a subscribe or an unsubscribe. */
  take(kind: Kind.Subscribe | Kind.Unsubscribe, asked: number | undefined): Request {
    const { link } = this,
      id = this.chooseId(asked);
    const request = this.hasRoomForOther ? link.chat.requests.take(link, kind, id) : null;
    if (request === null) throw busy();
    return request;
  }

  has(id: number): boolean {
    return this.link.chat.requests.has(this.link.number, id);
  }

  /**
   * `asked`, or when it is undefined the next id that is not in flight; never 0.
   * @throws ArgumentError; StateError BUSY when `asked` is in flight
   */
  chooseId(asked: number | undefined): number {
    if (asked !== undefined) {
      integer(ID, asked, 1, 65535);
      if (this.has(asked)) throw new StateError("BUSY", `id ${asked} is under way; use another one, or leave it out`);
      return asked;
    }
    const requests = this.link.chat.requests;
    let id = this.lastId;
    do id = id === 65535 ? 1 : id + 1;
    while (requests.first !== null && this.has(id));
    return (this.lastId = id);
  }
}

function busy(): StateError {
  return new StateError("BUSY", "as much is under way as the modem can do at once; wait for onWritable");
}
