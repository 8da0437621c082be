import { At } from "../commands/writer";
import { Byte } from "../lines/bytes";
import { Patience } from "./patience";
import { Phase, Sender } from "./sender";

/** Numbers about the marker. */
const enum Marker {
  /** So often it is sent at the most. */
  Tries = 5,
  /** In place of what its answer has told. */
  Unseen = -2,
}

/** Asks for something that no other command's answer looks like, so what came before it is late and what follows is not. */
const MARKER = new Uint8Array([0x41, 0x54, 0x2b, 0x43, 0x4d, 0x45, 0x45, 0x3f, 0x0d]); // AT+CMEE?\r

/**
 * Whether the modem and the channel agree which answer belongs to which command. Where they may not, nothing is sent but a
 * marker, and no final is trusted until that is answered; it knows which markers still owe their answers.
 */
export abstract class Synchroniser extends Sender {
  /** Finals that belonged to no command any more. */
  strayFinals = 0;

  /** A payload has been sent without a prompt since the last marker: it may be a line without an end. */
  protected unasked = false;
  /** A marker has been answered that was not waited for any more: the next final is its own. */
  protected lateMarker = false;
  /** What the marker's answer has told, or `Marker.Unseen`. */
  private markerValue: number = Marker.Unseen;
  private markerTries = 0;
  /** Markers that were sent and not answered. */
  private markersOwed = 0;
  private markerDeadline = 0;

  /**
   * Trusts no final until the modem has answered the marker; then `onSynchronised`, or `onSilent` when it never does.
   */
  synchronise(): void {
    this.phase = Phase.Doubt;
    this.markerTries = 0;
    this.mark(false);
  }

  /** The same before anything else is sent, where nothing is under way. */
  resynchronise(): void {
    if (this.phase === Phase.Idle) this.synchronise();
  }

  /** Gives up what is under way, and trusts no final until the marker is answered. @param cancel the modem may be in a data phase */
  protected doubt(cancel: boolean): void {
    if (this.phase === Phase.Sending) this.unasked = false; // a carriage return would have the modem do the half of a command
    this.leave();
    this.phase = Phase.Doubt;
    this.lateMarker = false;
    // In a data phase that nothing can end, one and no more: the next ones would become part of a message (dialects.md 6.7).
    this.markerTries = cancel && this.dialect.cancel === 0 ? Marker.Tries : 0;
    this.mark(cancel);
  }

  /** The modem has restarted: it owes no answer. */
  protected forgetMarkers(): void {
    this.markersOwed = 0;
    if (this.current === null) this.phase = Phase.Idle;
  }

  /** Sends the marker. @param cancel behind the byte that leaves a data phase, where there is one */
  private mark(cancel: boolean): void {
    this.markerValue = Marker.Unseen;
    this.markerTries++;
    this.markersOwed++;
    const writer = this.writer;
    writer.begin();
    if (cancel && this.dialect.cancel !== 0) writer.byte(this.dialect.cancel);
    if (this.unasked) writer.byte(Byte.CR);
    writer.literal(MARKER);
    this.sent = At.Line;
    this.markerDeadline = this.armFor(Patience.Marker);
    if (!this.closed) this.transmitLine();
  }

  /** The line of a marker's answer. */
  protected onMarkerLine(value: number): void {
    if (this.phase !== Phase.Doubt) {
      // A marker that was sent once too often has been answered late: the final behind this line is its own.
      if (this.markersOwed > 0) {
        this.markersOwed--;
        this.lateMarker = true;
      }
      return;
    }
    // While the marker is still going out, it is the answer to one before it: another try's, or an earlier client's.
    const early = this.sent < this.writer.length;
    if (!early) this.markerValue = value;
    if (!early || this.markersOwed > 1) this.markersOwed--;
  }

  /** A final in doubt: the marker's own, or a late one. */
  protected onMarkerFinal(): void {
    if (this.markerValue === Marker.Unseen) this.strayFinals++;
    else this.synchronised();
  }

  /** An answer may be on its way that belongs to no command. */
  get inDoubt(): boolean {
    return this.phase === Phase.Doubt;
  }

  /** The marker has been answered: commands go out again. */
  private synchronised(): void {
    this.phase = Phase.Idle;
    this.unasked = false;
    this.owner.onSynchronised(this.markerValue);
    this.pump();
  }

  /** Marks again where the marker has had no answer in time, or ends it. */
  protected markAgain(): void {
    if (this.phase !== Phase.Doubt || !this.isOver(this.markerDeadline)) return;
    if (this.markerTries < Marker.Tries) return this.mark(false);
    this.phase = Phase.Idle;
    this.owner.onSilent(this.markerTries > Marker.Tries); // the only one, so what is sent may become a payload
  }

  /** Has the alarm ring when the marker's answer is late. */
  protected rearmMarker(): void {
    if (this.phase === Phase.Doubt) this.arm(this.markerDeadline);
  }
}
