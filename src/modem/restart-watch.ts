import type { Chat } from "../at/chat/chat";
import type { Fields } from "../at/responses/fields";
import { frozen } from "../bytes/frozen";
import { Text } from "../bytes/text";
import type { Family } from "./family";

const READY = frozen(new Text("READY", "READY", 5));

/** To whom a restart is told: the modem. */
export interface RestartListener {
  readonly chat: Chat;
  readonly family: Family;
  /** The modem has restarted. */
  onRestart(): void;
}

/** Finds out that the modem has restarted: by what it reports when it starts, and by a setting that it has lost. */
export class RestartWatch {
  private readonly listener: RestartListener;
  /** The CMEE setting that the modem has really taken; −1 until it is known. */
  private cmee = -1;
  /** The modem has reported that its SIM cannot be used; or it may be so, because of what the modem was told. */
  private isSimGone = false;

  constructor(listener: RestartListener) {
    this.listener = listener;
  }

  /** Whether the modem says by a number why it refuses something. */
  get tellsReasons(): boolean {
    return this.cmee > 0;
  }

  /** The modem is looked for. */
  begin(): void {
    this.isSimGone = false;
  }

  /** The SIM is told something after which it may report that it is ready. */
  onSimTouched(): void {
    this.isSimGone = true;
  }

  /** The modem has been set up. @param cmee its setting, or −1 where it has not been told */
  onPrepared(cmee: number): void {
    this.cmee = cmee;
  }

  /**
   * The modem has told its setting. It falls back to 0 when the modem restarts (27.007 9.1), and everything else that was set with it.
   * @param isPrepared the modem has been set up since it was looked for
   */
  onCmee(cmee: number, isPrepared: boolean): void {
    if (this.cmee < 0)
      this.cmee = cmee; // until now the modem was asked something else
    else if (cmee === 0 && this.cmee !== 0 && isPrepared && !this.listener.chat.mayBeForged()) this.listener.onRestart();
  }

  /** The line that a restart prints. */
  onReport(): void {
    if (!this.listener.chat.mayBeForged()) this.listener.onRestart();
  }

  /**
   * `+CPIN: READY` belongs to a start, unless the SIM had been gone meanwhile; other states of the SIM do not.
   * @returns whether the SIM can be used
   */
  onSim(fields: Fields): boolean {
    const { chat, family } = this.listener,
      isReady = fields.is(0, READY),
      isBack = this.isSimGone;
    this.isSimGone = !isReady;
    if (isReady && family.readyAtStart === true && !chat.mayBeForged()) {
      if (!isBack && !chat.inDoubt) this.listener.onRestart();
      // CMEE tells: at once, or when what is under way is not answered.
      else if (chat.idle) chat.resync();
    }
    return isReady;
  }
}
