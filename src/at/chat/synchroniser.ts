import { ascii } from "../../bytes/ascii";
import { frozen } from "../../bytes/frozen";
import { Byte } from "../responses/bytes";
import { CommonResponse } from "../responses/response-table";
import { Slot } from "./slots";
import { Timeout } from "./timeouts";
import { ChatState, Sender } from "./sender";

/** Numbers about the marker. */
const enum Marker {
  /** So often it is sent at the most. */
  Tries = 5,
  /** So often in a row without any answer: one that may come late is told apart from the answer to another question. */
  Patience = 2,
  /** In place of what its answer has told: there has been none, or it tells nothing. */
  Unseen = -2,
  Untold = -1,
}

/**
 * What asks for something that no other command's answer looks like, so that what came before it is late and what follows is not;
 * and the lines that answer. The first tells of a restart as well. Firmware that refuses it knows one of the others.
 */
const MARKERS: readonly Uint8Array[] = frozen([ascii("AT+CMEE?\r"), ascii("AT+CFUN?\r"), ascii("AT+CGATT?\r")]);
const MARKER_LINES: readonly number[] = frozen([CommonResponse.Cmee, CommonResponse.Functions, CommonResponse.Attach]);

/**
 * Whether the modem and the chat agree which answer belongs to which command. Where they may not, nothing is sent but a
 * marker, and no final is trusted until that is answered; it knows which markers still owe their answers.
 */
export abstract class Synchroniser extends Sender {
  /** Finals that belonged to no command any more. */
  lateFinals = 0;

  /** A payload has been sent without a prompt since the last marker: it may be a line without an end. */
  protected blind = false;
  /** A marker has been answered that was not waited for any more: the next final is its own. */
  protected lateMarker = false;
  /** What the marker's answer has told, or `Marker.Unseen`. */
  private markerValue: number = Marker.Unseen;
  private markerTries = 0;
  /** Of {@link MARKERS}: the one to be sent, and the one that was sent last. */
  private marker = 0;
  private asked = 0;
  /** One has been answered: this modem knows it. */
  private markerKnown = false;
  /** Of each, how many were sent and not answered. */
  private readonly markersOwed = new Uint8Array(MARKERS.length);
  /** The command in whose place the marker was sent is answered as the marker is, and may be yet. */
  private contested = false;
  /** One of these two answers has come. */
  private answeredOnce = false;
  /** {@link lateFinals}, before the last marker. */
  private straysBefore = 0;

  /**
   * Trusts no final until the modem has answered the marker; then `onSynchronised`, or `onSilent` when it never does.
   */
  resync(): void {
    this.phase = ChatState.Doubt;
    this.contested = this.answeredOnce = false;
    this.markerTries = 0;
    this.mark(false);
  }

  /** The same before anything else is sent, where nothing is under way. */
  resyncWhenIdle(): void {
    if (this.phase === ChatState.Idle) this.resync();
  }

  /** Gives up what is under way, and trusts no final until the marker is answered. @param cancel the modem may be in a data phase */
  protected doubt(cancel: boolean): void {
    this.contested = this.marker !== 0 && this.current!.command!.answer === MARKER_LINES[this.marker];
    this.answeredOnce = false;
    if (this.phase === ChatState.Sending) this.blind = false; // a carriage return would have the modem do the half of a command
    this.leave();
    this.phase = ChatState.Doubt;
    this.lateMarker = false;
    // In a data phase that nothing can end, one and no more: the next ones would become part of a message (dialects.md 6.7).
    this.markerTries = cancel && this.family.cancel === 0 ? Marker.Tries : 0;
    this.mark(cancel);
  }

  /** The modem has restarted: it owes no answer. */
  protected forgetMarkers(): void {
    this.markersOwed.fill(0);
    if (this.current === null) this.phase = ChatState.Idle;
  }

  /** Sends the marker. @param cancel behind the byte that leaves a data phase, where there is one */
  private mark(cancel: boolean): void {
    this.markerValue = Marker.Unseen;
    this.markerTries++;
    this.asked = this.marker;
    this.markersOwed[this.asked]!++;
    this.straysBefore = this.lateFinals;
    const writer = this.writer;
    this.cache.clear();
    writer.begin();
    if (cancel && this.family.cancel !== 0) writer.byte(this.family.cancel);
    if (this.blind) writer.byte(Byte.CR);
    const marker = MARKERS[this.asked]!;
    writer.copy(marker, 0, marker.length);
    this.sent = 0;
    this.timers.set(Slot.Probe, Timeout.Probe);
    if (!this.closed) this.transmitLine();
  }

  /**
   * A line that answers a marker. @param id the line's
   * @param value what it tells
   * @returns false where it is no marker's
   */
  protected onMarkerLine(id: number, value: number): boolean {
    const which = MARKER_LINES.indexOf(id), owed = this.markersOwed;
    if (this.phase !== ChatState.Doubt || which !== this.asked) {
      if (owed[which] === 0) return which === 0;
      // A marker that was sent once too often has been answered late: the final behind this line is its own.
      owed[which]!--;
      if (this.phase !== ChatState.Doubt) this.lateMarker = true;
      // It was late, and is known: the next one is of this kind.
      this.marker = which;
      this.markerKnown = true;
      return true;
    }
    // While the marker is still going out, it is the answer to one before it: another try's, or an earlier client's.
    const early = this.sent < this.writer.length || this.isOlder;
    if (!early) {
      this.markerValue = which === 0 ? value : Marker.Untold;
      this.markerKnown = true;
    }
    if ((!early || owed[which]! > 1) && owed[which]! > 0) owed[which]!--;
    return true;
  }

  /** A final in doubt: the marker's own, or a late one, or the refusal of a marker that the modem does not know. */
  protected onMarkerFinal(): void {
    if (this.markerValue === Marker.Unseen) {
      this.lateFinals++;
      if (!this.markerKnown) this.timers.setBy(Slot.Probe, Timeout.ProbeRefused);
    } else if (this.contested) {
      // The answer to the command, or to the marker: if to the command, the other one follows.
      this.contested = false;
      this.answeredOnce = true;
      this.markerValue = Marker.Unseen;
      this.timers.set(Slot.Probe, Timeout.Probe);
    } else this.synchronised();
  }

  /** An answer may be on its way that belongs to no command. */
  get inDoubt(): boolean {
    return this.phase === ChatState.Doubt;
  }

  /** The marker has been answered: commands go out again. */
  private synchronised(): void {
    this.phase = ChatState.Idle;
    this.blind = this.contested = this.answeredOnce = false;
    this.listener.onResynced(this.markerValue);
    this.pump();
  }

  /** Marks again where the marker has had no answer in time, or ends it. */
  protected markAgain(): void {
    if (this.phase !== ChatState.Doubt) return;
    if (this.isHearing) return this.timers.set(Slot.Probe, Timeout.Grace);
    if (this.answeredOnce) {
      this.markerValue = Marker.Untold;
      return this.synchronised();
    }
    const speaks = !this.markerKnown && this.lateFinals !== this.straysBefore;
    // Firmware that knows no such question may answer it with words of its own, or not at all.
    if (speaks || (!this.markerKnown && this.markerTries > Marker.Patience)) this.marker = (this.asked + 1) % MARKERS.length;
    if (this.markerTries < Marker.Tries) return this.mark(false);
    this.phase = ChatState.Idle;
    this.listener.onSilent(this.markerTries > Marker.Tries, speaks); // the only one, so what is sent may become a payload
  }

  /** The marker's answer may be among lines that were not believed. It is sent anew, and not counted, but in a data phase that nothing can end. */
  protected markAnew(): void {
    if (this.phase !== ChatState.Doubt || this.markerTries > Marker.Tries || this.sent < this.writer.length) return;
    this.markerTries--;
    this.mark(false);
  }
}
