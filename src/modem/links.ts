import { integer } from "../checks";
import { StateError } from "../errors";
import { Stage } from "./stage";

/** A link that has a place on the modem, or waits for one. */
export interface PlacedLink<L> {
  /** The modem's own number for the link, which is its place. */
  readonly number: number;
  readonly stage: Stage;
  /** Has nothing to do any more but to release its place. */
  readonly isLeaving: boolean;
  /** Who takes the place next. */
  successor: L | null;
}

/** The places of a modem's links, one for each MQTT client that the modem has. */
export class Links<L extends PlacedLink<L>> {
  /** By their numbers. Only this class writes it. */
  readonly all: (L | null)[];
  /** How many places are taken. */
  count = 0;

  constructor(count: number) {
    this.all = new Array<L | null>(count).fill(null);
  }

  /**
   * A place for one more link.
   * @param wanted its number, or undefined for any
   * @param before a link that this one takes over from, if that has ended
   * @param title the family's
   * @throws StateError BUSY when there is none; ArgumentError when there is no such number
   */
  choose(wanted: number | undefined, before: L | null, title: string): number {
    const { all } = this,
      most = all.length;
    if (wanted !== undefined) {
      integer("modem.link", wanted, 0, most - 1);
      if (this.isFree(wanted)) return wanted;
      throw new StateError("BUSY", `client ${wanted} of this modem is in use`);
    }
    if (before !== null && before.isLeaving && this.isFree(before.number)) return before.number;
    for (let number = 0; number < most; number++) if (all[number] === null) return number;
    for (let number = 0; number < most; number++) if (this.isFree(number)) return number;
    throw new StateError("BUSY", `a ${title} has ${most === 1 ? "one MQTT client" : `${most} MQTT clients`}, and all are in use`);
  }

  /** The place is empty, or its link only has to release it, and nobody waits for it. */
  private isFree(number: number): boolean {
    const link = this.all[number]!;
    return link === null || (link.isLeaving && link.successor === null);
  }

  /** Gives the link its place, or has it wait until the place is released. @returns whether it has its place */
  put(link: L): boolean {
    const present = this.all[link.number]!;
    if (present !== null) present.successor = link;
    else {
      this.all[link.number] = link;
      this.count++;
    }
    return present === null;
  }

  /** Takes the link out of its place, or out of the wait for it. @returns whether it had its place */
  remove(link: L): boolean {
    const present = this.all[link.number]!;
    if (present !== link) {
      if (present !== null && present.successor === link) present.successor = null;
      return false;
    }
    this.all[link.number] = null;
    this.count--;
    return true;
  }

  has(link: L): boolean {
    return this.all[link.number] === link;
  }

  /** Whether another link has a connection, or is making one. Then it is not the modem that has to be brought back. */
  isAnotherUp(link: L): boolean {
    return this.all.some((other) => other !== null && other !== link && other.stage >= Stage.Connecting);
  }

  isAlone(link: L): boolean {
    return this.count === (this.has(link) ? 1 : 0);
  }
}
