import { frozen } from "../../bytes/frozen";
import { Ring } from "../../bytes/ring";
import type { Port, PortReceiver } from "../../platform";
import type { Timers } from "../../timers";
import type { Decoder } from "../decoder/decoder";
import type { ChatOptions, ChatListener } from "./listener";
import { Timeout } from "./timeouts";
import { Slot } from "./slots";

/** In place of what a callback has thrown. */
const NOTHING = frozen({});
/** Before {@link Intake.open}. */
const NO_PORT: Port = frozen({ read: () => 0, write: () => 0, close() {} });

/**
 * The port, and what comes in through it: takes all that there is, has the decoder look at it, and goes on from the timer
 * where that was broken off, or where a message ends with silence. It keeps what an application's callback has thrown for
 * the host. Of lines and commands it knows nothing.
 */
export abstract class Intake implements PortReceiver {
  /** It tells the {@link Channel} what it has found. */
  abstract readonly decoder: Decoder;
  readonly ring: Ring;
  readonly timers: Timers;
  protected readonly listener: ChatListener;
  protected port: Port = NO_PORT;
  /** Set by {@link close} alone. */
  closed = false;

  /** When it will have been silent for long enough, since the last bytes from the middle of a message. */
  private silenceDeadline = 0;
  /** How often in a row something was waited for because the modem was in the middle of a message. */
  private hearing = 0;
  /** It has been silent for long enough, as far as the host has heard. */
  private silent = false;
  /** What a callback has thrown, for the host. */
  private thrown: unknown = NOTHING;

  constructor(owner: ChatListener, options: ChatOptions) {
    this.timers = options.timers;
    this.listener = owner;
    this.ring = new Ring(options.receiveBuffer, options.bytes);
  }

  get isOpen(): boolean {
    return this.port !== NO_PORT;
  }

  /** Opens the port. @throws what the port's class throws */
  open(): void {
    if (this.port !== NO_PORT || this.closed) return;
    this.port = this.listener.openPort(this);
  }

  /** Whether the port goes on at another bit rate. @throws what the port's class throws */
  setRate(baud: number): boolean {
    if (this.closed || this.port.setRate === undefined) return false;
    this.port.setRate(baud);
    return true;
  }

  /** Releases the port. Nothing is called afterwards; what was under way is forgotten. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.port.close();
    this.decoder.reset();
  }

  // ---- bytes from the port

  abstract onWritable(): void;

  onReadable(): void {
    this.receive();
    if (this.thrown !== NOTHING) this.rethrow();
  }

  onError(error: unknown): void {
    if (this.closed) return;
    this.listener.onPortError(error);
    this.rethrow();
  }

  /** Takes everything that the port has, and looks at it. */
  private receive(): void {
    if (this.closed) return;
    try {
      this.decoder.makeRoom();
      let more: boolean;
      do {
        more = this.ring.fill(this.port);
        this.decoder.scan();
      } while (more && this.ring.free !== 0 && !this.closed); // a message that fills it is to be read first
    } catch (thrown) {
      // What onReadable throws goes to the host at once; the rest is taken up from the timer.
      this.decoder.breakOff();
      this.resume();
      throw thrown;
    }
    const decoder = this.decoder;
    if (!decoder.isInside || this.closed) return;
    this.silent = false;
    this.silenceDeadline = (this.timers.clock.now() + Timeout.Silence) | 0;
    if (decoder.waitsForSilence) this.timers.set(Slot.Silence, Timeout.Silence);
  }

  /** The modem is in the middle of a message: what is waited for can only come behind that. Not for ever. */
  protected get isHearing(): boolean {
    if (!this.decoder.isInside || this.timers.hasCome(this.silenceDeadline)) {
      this.hearing = 0;
      return false;
    }
    return this.hearing < Timeout.Hearings && ++this.hearing > 0;
  }

  /** A reader has read: goes on, from the timer where the decoder is not at work already. */
  released(): void {
    if (this.decoder.scanning || !this.decoder.held || this.decoder.message.available > 0) return;
    this.resume();
  }

  // ---- from the timer

  /** Looks at the rest from the timer. */
  private resume(): void {
    if (this.closed) return;
    this.timers.set(Slot.Resume, 0);
  }

  /** Looks at the rest, and at what has come meanwhile. */
  protected goOn(): void {
    this.decoder.scan();
    this.receive();
  }

  /** Tells the decoder of a silence that it waits for, once it has lasted and the host has looked at its port again. */
  protected listen(): void {
    if (!this.decoder.waitsForSilence || !this.timers.hasCome(this.silenceDeadline)) return;
    if (this.silent) this.decoder.silence();
    this.silent = !this.silent;
    this.silenceDeadline = (this.timers.clock.now() + Timeout.Listening) | 0;
  }

  /** Has the timer set while the decoder waits for silence. */
  protected awaitSilence(): void {
    if (this.decoder.waitsForSilence) this.timers.set(Slot.Silence, (this.silenceDeadline - this.timers.clock.now()) | 0);
  }

  // ---- what callbacks throw

  /**
   * An application's callback has thrown. What the chat is at is done to its end, so that nothing is left between two
   * states; then the host is given the exception, the first one where there are several.
   */
  keepError(error: unknown): void {
    if (this.thrown === NOTHING) this.thrown = error;
  }

  /** Gives the host what has been thrown, if anything has. */
  rethrow(): void {
    const thrown = this.thrown;
    this.thrown = NOTHING;
    if (thrown !== NOTHING) throw thrown;
  }
}
