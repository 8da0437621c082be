/**
 * Whose an acknowledgement is, on modems that choose the packet ids by themselves and announce none (dialects.md 6.4).
 *
 * As the vendor's examples show it the ids count up by one, over publishes, subscriptions and the ends of subscriptions. Nothing
 * depends on that until a modem has shown that it does so. From then on an id that is too low for what is under way is
 * that of something earlier: a repetition, or an acknowledgement that comes late. Until then, and for ever with firmware that
 * always prints the same id, a repetition cannot be told from an acknowledgement.
 *
 * Firmware may count each kind by itself. That ids count up within one kind therefore shows only that, and later ids are compared
 * with those of the same kind. That they count up over all kinds is shown where the id of one kind goes on from that of another.
 *
 * Firmware may count in yet another way (each QoS by itself, up to ten, in pairs), and look for a while as if it did as the others. What
 * was not believed, and nothing else came, has perhaps been right: the second time nothing is made of this modem's ids any more.
 */
import { Kind } from "../../modem/script";

/** An MQTT packet id has 16 bits and is never 0. */
export const IDS = 65535;

/** So far back an id may be that of something earlier; one that is further back shows that the modem has begun again. */
const BACK = 64;

/** So often what was not believed may have been right until nothing is made of the ids any more. */
const MISJUDGED = 2;

/** For each of the kinds that are acknowledged: {@link Kind.Publish}, {@link Kind.Subscribe}, {@link Kind.Unsubscribe}. */
const enum Each {
  /** Its place among all that have been sent and are acknowledged. */
  Order,
  /** Publishes at QoS 0 that were sent before it: firmware may count them, or not. */
  Zeros,
  /** 1 where an acknowledgement has come that was not believed. */
  Doubted,
  /** The id of the last one that was acknowledged, or 0. */
  Last,
  /** How many of this kind have been sent, and how many of them up to the one with the last id. */
  Own,
  LastOwn,
  /** Of the one with the last id: its place among all, and the publishes at QoS 0 that were sent before it. */
  LastOrder,
  LastZeros,
  /** 1 where the ids of this kind have been shown to count up. */
  Counting,
  SIZE,
}

/** What one modem has shown of its packet ids in one connection. */
export class PacketIds {
  private readonly each = new Int32Array(3 * Each.SIZE);
  /** How many have been sent that are acknowledged, and at QoS 0. */
  private order = 0;
  private zeros = 0;
  /** The last id that was believed, or 0; and the kind, the order and the zeros of what it acknowledged. */
  private last = 0;
  private lastKind: Kind = Kind.Publish;
  private lastOrder = 0;
  private lastZeros = 0;
  /** The modem has shown that it counts over all kinds; or that it does not. */
  private counting = false;
  private apart = false;
  /** Publishes that the modem has given up, and whose acknowledgements may come all the same. */
  private lost = 0;
  /** How often what was not believed was all that came. */
  private misjudged = 0;

  /** There is a connection, or another one: the modem may begin again. */
  reset(): void {
    this.last = 0;
    this.counting = this.apart = false;
    this.lost = this.misjudged = 0;
    this.each.fill(0);
  }

  /** One of these is sent. At QoS 0 nothing acknowledges it. */
  sent(kind: Kind, acknowledged: boolean): void {
    if (!acknowledged) {
      this.zeros++;
      return;
    }
    const at = kind * Each.SIZE;
    this.each[at + Each.Order] = ++this.order;
    this.each[at + Each.Own]++;
    this.each[at + Each.Zeros] = this.zeros;
    this.each[at + Each.Doubted] = 0;
  }

  /** The one of this kind under way has not been sent to the broker, as far as is known: it may have had no id. */
  unsent(kind: Kind): void {
    this.lastOrder++;
    this.each[kind * Each.SIZE + Each.LastOwn]++;
    this.each[kind * Each.SIZE + Each.LastOrder]++;
  }

  /** The modem has waited in vain for the acknowledgement of a publish. That of a subscription would tell its topic. */
  late(): void {
    this.lost++;
  }

  /** Nothing has come for the one of this kind that was believed: what was late comes no more, and what was doubted may have been its own. */
  timedOut(kind: Kind): void {
    if (kind === Kind.Publish) this.lost = 0;
    if (!this.hasDoubted(kind)) return;
    if (this.tells(kind)) this.misjudged++;
    const at = kind * Each.SIZE;
    this.last = this.each[at + Each.Last] = this.each[at + Each.Counting] = 0;
    this.counting = false;
  }

  /** What has come for the one of this kind is not believed. */
  doubt(kind: Kind): void {
    this.each[kind * Each.SIZE + Each.Doubted] = 1;
  }

  /** Whether this modem's ids show whose a report is. */
  tells(kind: Kind): boolean {
    return this.misjudged < MISJUDGED && ((this.counting && this.last !== 0) || this.each[kind * Each.SIZE + Each.Counting] === 1);
  }

  /** Whether the last one of this kind had this id; 0 where it had none. */
  isLast(kind: Kind, id: number): boolean {
    return this.each[kind * Each.SIZE + Each.Last] === id;
  }

  /** Whether something has come for the one of this kind that was not believed. */
  hasDoubted(kind: Kind): boolean {
    return this.each[kind * Each.SIZE + Each.Doubted] === 1;
  }

  /**
   * Whether a report may be about the one of this kind that is under way, as far as its id goes. Subscriptions, whose reports
   * have their topics too, need only not be what has come already.
   * @param id 0 where the modem tells none
   */
  mayBe(kind: Kind, id: number): boolean {
    if (!this.tells(kind)) return true;
    const each = this.each,
      at = kind * Each.SIZE;
    const over = this.counting && this.last !== 0;
    const more = over ? this.more(kind, id) : this.moreOfKind(kind, id);
    if (kind !== Kind.Publish) return more >= 0 || id !== each[at + Each.Last];
    return id !== 0 && (more >= 0 || more < -BACK);
  }

  /** Whether the acknowledgement is that of the one of this kind that is under way. @param id 0 where the modem tells none */
  isOf(kind: Kind, id: number): boolean {
    const at = kind * Each.SIZE,
      each = this.each;
    if (id !== 0) this.learn(kind, id);
    const late = kind === Kind.Publish && this.lost > 0 && (this.misjudged >= MISJUDGED || (!this.counting && each[at + Each.Counting] === 0));
    if (late || !this.mayBe(kind, id)) {
      this.doubt(kind);
      if (!late) return false;
      this.lost--; // it is that one's or the late one's, which nothing tells
    } else if (kind === Kind.Publish) this.lost = 0;
    if (id === 0) return !late;
    const ofKind = distance(id, each[at + Each.Last]);
    if (each[at + Each.Counting] === 0 || each[at + Each.Last] === 0 || ofKind > 0 || ofKind < -BACK) {
      each[at + Each.LastOwn] = each[at + Each.Own];
      each[at + Each.LastOrder] = each[at + Each.Order];
      each[at + Each.LastZeros] = each[at + Each.Zeros];
    }
    each[at + Each.Last] = id;
    const over = distance(id, this.last);
    if (!this.counting || this.last === 0 || over > 0 || over < -BACK) {
      this.last = id;
      this.lastKind = kind;
      this.lastOrder = each[at + Each.Order];
      this.lastZeros = each[at + Each.Zeros];
    }
    return !late;
  }

  /** What an id shows of how this modem counts. */
  private learn(kind: Kind, id: number): void {
    const each = this.each,
      at = kind * Each.SIZE;
    if (each[at + Each.Counting] === 0 && each[at + Each.Last] !== 0) {
      const more = this.moreOfKind(kind, id);
      // Firmware that counts over all kinds has counted the others between these two.
      const others = each[at + Each.Order] - each[at + Each.LastOrder] - each[at + Each.Own] + each[at + Each.LastOwn];
      if (more >= 0 && more <= others + each[at + Each.Zeros] - each[at + Each.LastZeros]) each[at + Each.Counting] = 1;
    }
    if (this.counting || this.apart || this.last === 0 || this.lastKind === kind) return;
    const more = this.more(kind, id);
    if (more >= 0 && more <= each[at + Each.Zeros] - this.lastZeros) this.counting = true;
    else if (more < 0 && more >= -BACK) this.apart = true;
  }

  /** How much more an id is than it is at the least, counted over all kinds. */
  private more(kind: Kind, id: number): number {
    return distance(id, this.last) - this.each[kind * Each.SIZE + Each.Order] + this.lastOrder;
  }

  /** The same, counted over this kind alone. */
  private moreOfKind(kind: Kind, id: number): number {
    const each = this.each,
      at = kind * Each.SIZE;
    return distance(id, each[at + Each.Last]) - each[at + Each.Own] + each[at + Each.LastOwn];
  }
}

/** How much more than the `last` one an id is; less than 0 for one before it. */
function distance(id: number, last: number): number {
  let distance = (id - last) % IDS;
  if (distance < 0) distance += IDS;
  return distance > IDS >> 1 ? distance - IDS : distance;
}
