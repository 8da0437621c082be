import { ascii } from "../../bytes/ascii";
import { frozen } from "../../bytes/frozen";
import type { Timers } from "../../timers";
import type { ResponseCache } from "../commands/response-cache";
import type { Writer } from "../commands/writer";
import type { Decoder } from "../decoder/decoder";
import type { Pipe } from "../pipe";
import { Byte } from "../responses/bytes";
import { CommonResponse } from "../responses/response-table";
import { Slot } from "./slots";
import { Timeout } from "./timeouts";

/** Numbers about the probe. */
const enum Probe {
  /** So often it is sent at the most. */
  Most = 5,
  /** So often it is sent in a row without any answer before another question is tried. Not at once: a late answer must not be taken for one to the other question. */
  Same = 2,
  /** In place of what its answer has told: there has been none, or it tells nothing. */
  Unanswered = -2,
  Untold = -1,
  /** Bits of a count in {@link Resync.owed}, and the most that it counts. */
  OwedBits = 8,
  OwedMost = 0xff,
}

/**
 * Questions whose answers look like no other command's: what comes before the answer is late, and what follows it is not. The first
 * one's answer also shows whether the modem has restarted. Firmware that refuses it knows one of the others.
 */
const PROBES: readonly Uint8Array[] = frozen([ascii("AT+CMEE?\r"), ascii("AT+CFUN?\r"), ascii("AT+CGATT?\r")]);
/** What wakes a modem: a line to which it answers at once. */
const KNOCK = frozen(ascii("AT\r"));
const PROBE_ANSWERS: readonly number[] = frozen([CommonResponse.Cmee, CommonResponse.Functions, CommonResponse.Attach]);

/** What has become of a probe that was not answered in time. */
export const enum Verdict {
  /** It has been sent once more. */
  Asked,
  /** It has been answered after all. */
  Answered,
  /** There will be no answer. */
  Silent,
}

/**
 * Brings modem and chat into step again after an answer was missing: sends a probe, and tells its answer from late answers
 * to earlier commands. It knows which probes still owe an answer.
 */
export class Resync {
  /** Finals that belonged to no command any more. */
  lateFinals = 0;
  /** A payload has been sent without a prompt since the last probe was answered: in the modem it may stand as a line without an end. */
  isLineOpen = false;
  /** The modem has asked for data that an application's own command has not: it is told that there is none (27.005 3.5.1). */
  isPrompted = false;
  /** A probe has been answered that nobody waited for any more: the next final is its own. */
  owesFinal = false;
  /** What the last probe's answer has told, the modem's CMEE setting or `Probe.Untold`. */
  value: number = Probe.Untold;
  /** The modem answers, but refuses all probes, as far as is known. */
  isRefused = false;

  private readonly writer: Writer;
  private readonly cache: ResponseCache;
  private readonly decoder: Decoder;
  private readonly pipe: Pipe;
  private readonly timers: Timers;
  /** The byte that leaves a data phase, or 0. */
  private readonly cancel: number;
  private sent = 0;
  /** Of {@link PROBES}: the one to be sent next, and the one that was sent last. */
  private next = 0;
  private asked = 0;
  /** A probe has been answered: this modem knows it. */
  private isKnown = false;
  /** For each probe, in `Probe.OwedBits` bits, how often it was sent and not answered. */
  private owed = 0;
  /** The command in whose place the probe was sent is answered by the same line, and may still be. */
  private isContested = false;
  /** One of these two answers has come. */
  private answeredOnce = false;
  /** {@link lateFinals}, before the last probe was sent. */
  private finalsBefore = 0;

  constructor(writer: Writer, cache: ResponseCache, decoder: Decoder, pipe: Pipe, timers: Timers, cancel: number) {
    this.writer = writer;
    this.cache = cache;
    this.decoder = decoder;
    this.pipe = pipe;
    this.timers = timers;
    this.cancel = cancel;
  }

  /**
   * Sends the probe, for the first time.
   * @param inData the modem may be in a data phase, and take it for a message
   * @param answer the line that answers the command that is given up, if there is one
   */
  begin(inData: boolean, answer: number | undefined): void {
    this.isContested = answer === PROBE_ANSWERS[this.next];
    this.answeredOnce = this.owesFinal = false;
    // In a data phase that nothing can end, one and no more: the next ones would become part of a message (dialects.md 6.7).
    this.sent = inData && this.cancel === 0 ? Probe.Most : 0;
    this.ask(this.isPrompted ? Byte.Escape : inData ? this.cancel : 0);
    this.isPrompted = false;
  }

  /** @param leave the byte that leaves a data phase in which the modem may be, or 0 */
  private ask(leave: number): void {
    this.value = Probe.Unanswered;
    this.sent++;
    this.asked = this.next;
    if (this.owes(this.asked) < Probe.OwedMost) this.owe(this.asked, 1);
    this.finalsBefore = this.lateFinals;
    const writer = this.writer,
      probe = PROBES[this.asked];
    this.cache.clear();
    writer.begin();
    if (leave !== 0) writer.byte(leave);
    if (this.isLineOpen) writer.byte(Byte.CR);
    writer.copy(probe, 0, probe.length);
    this.timers.set(Slot.Probe, Timeout.Probe);
    if (this.pipe.write(writer.buffer, 0, writer.length)) this.onWritten();
  }

  /** Sends what wakes the modem, unless the port has not taken the last of it yet. */
  knock(): void {
    if (this.pipe.left === 0) this.pipe.write(KNOCK, 0, KNOCK.length);
  }

  /** The port has taken the probe. */
  onWritten(): void {
    this.decoder.answersFrom = this.pipe.ring.tail;
  }

  /** The modem has restarted: it owes no answer. */
  forget(): void {
    this.owed = 0;
  }

  /** How many answers to a probe are still to come. */
  private owes(which: number): number {
    return (this.owed >> (which * Probe.OwedBits)) & Probe.OwedMost;
  }

  private owe(which: number, more: 1 | -1): void {
    this.owed += more << (which * Probe.OwedBits);
  }

  /**
   * A line that answers a probe.
   * @param id the line's
   * @param value what it tells
   * @param isAwaited the chat waits for the probe's answer
   * @param isOlder it came before the last probe was sent
   * @returns false where it answers no probe
   */
  onAnswer(id: number, value: number, isAwaited: boolean, isOlder: boolean): boolean {
    const which = PROBE_ANSWERS.indexOf(id),
      owed = this.owes(which);
    if (!isAwaited || which !== this.asked) {
      if (owed === 0) return which === 0;
      this.owe(which, -1);
      // The probe was sent once too often, and is answered late: the final behind this line is its own.
      if (!isAwaited) this.owesFinal = true;
      this.next = which;
      this.isKnown = true;
      return true;
    }
    // What comes while the probe is still being written answers one before it: an earlier one of these, or an earlier client's.
    const early = isOlder || this.pipe.left > 0;
    if (!early) {
      this.value = which === 0 ? value : Probe.Untold;
      this.isKnown = true;
    }
    if (owed > (early ? 1 : 0)) this.owe(which, -1);
    return true;
  }

  /** A final has come: the probe's own, a late one, or the refusal of a probe that the modem does not know. @returns whether modem and chat are in step */
  onFinal(): boolean {
    if (this.value === Probe.Unanswered) {
      this.lateFinals++;
      if (!this.isKnown) this.timers.setBy(Slot.Probe, Timeout.ProbeRefused);
      return false;
    }
    if (!this.isContested) return this.end();
    // The line answered the command, or the probe: if the command, the probe's own answer follows.
    this.isContested = false;
    this.answeredOnce = true;
    this.value = Probe.Unanswered;
    this.timers.set(Slot.Probe, Timeout.Probe);
    return false;
  }

  private end(): boolean {
    this.isLineOpen = this.isContested = this.answeredOnce = false;
    this.timers.clear(Slot.Probe);
    return true;
  }

  /** The probe's answer has not come in time. */
  onTimeout(): Verdict {
    if (this.answeredOnce) {
      this.value = Probe.Untold;
      this.end();
      return Verdict.Answered;
    }
    const isRefused = (this.isRefused = !this.isKnown && this.lateFinals !== this.finalsBefore);
    // Firmware that does not know the question may answer it with words of its own, or not at all.
    if (isRefused || (!this.isKnown && this.sent > Probe.Same)) this.next = (this.asked + 1) % PROBES.length;
    if (this.sent >= Probe.Most) return Verdict.Silent;
    this.ask(0);
    return Verdict.Asked;
  }

  /** The only probe that was sent may have become part of a message, and so may what is sent next. */
  get isSwallowed(): boolean {
    return this.sent > Probe.Most;
  }

  /** The probe's answer may be among lines that were not believed. It is sent anew, and not counted, but in a data phase that nothing can end. */
  askAnew(): void {
    if (this.isSwallowed || this.pipe.left > 0) return;
    this.sent--;
    this.ask(0);
  }
}
