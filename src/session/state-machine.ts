import { NetworkError, StateError, type MQTTModemError } from "../errors";
import { MQTTClient } from "../mqtt/client";
import type { ControlMessage } from "../mqtt/options";
import type { Progress } from "../modem/care";
import type { StageName } from "../modem/stage";
import type { Clock } from "../platform";
import { Timers, type TimerListener } from "../timers";
import { Connection, openError, type SharedModem, type ClientCallbacks } from "./connection";
import { InFlight } from "./in-flight";
import type { OptionsOfSession } from "./options";
import { Outbox } from "./outbox";
import type { Entry } from "./queue";
import { Restoring, RESTORING } from "./restoring";
import { Reconnection } from "./reconnection";
import { isLoss } from "./retry";
import { Action, Event, State, STATES, transition } from "./states";
import { Subscriptions } from "./subscriptions";
import { Notifier } from "./notifier";
import { Timer } from "./timer";

/**
 * Runs the table of states.ts: turns the client's callbacks and the timers into events, and carries out the actions with the parts of
 * the session, which meet here.
 */
export class StateMachine implements TimerListener {
  readonly subscriptions = new Subscriptions();
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly inFlight: InFlight;
  readonly #timers: Timers;
  readonly #options: OptionsOfSession;
  readonly #reconnection: Reconnection;
  readonly #restoring: Restoring;
  readonly #notifier: Notifier;

  #state: State = State.Idle;
  #reason: MQTTModemError | null = null;

  /** @throws ArgumentError */
  constructor(session: unknown, options: OptionsOfSession, clock: Clock, sharedModem: SharedModem) {
    this.#timers = new Timers(clock, this, Timer.Count);
    const family = options.modem.io,
      queue = options.queue ?? {},
      random = options.random ?? (() => 0);
    this.#options = options;
    this.#reconnection = new Reconnection(options, clock, random);
    this.#notifier = new Notifier(session, options, this.#timers);
    this.outbox = new Outbox(queue, { ...family.limits, ...options.modem.limits }.payload, random, this.#notifier, this.#timers);
    this.connection = new Connection(options, sharedModem, this.callbacks(session, options));
    this.#restoring = new Restoring(this.connection, this.subscriptions, this.#notifier);
    this.inFlight = new InFlight(
      this.connection,
      this.outbox,
      this.subscriptions,
      this.#timers,
      this.#reconnection.isEnabled,
      queue.QoSZero ?? true,
      options.modem.pollInterval !== 0,
    );
  }

  /** Loads the store and begins to connect. @throws what the store throws; what the client's constructor throws when there is no second attempt */
  start(): void {
    this.#timers.start();
    try {
      this.outbox.load();
      this.begin();
    } catch (error) {
      this.#timers.stop();
      this.outbox.closeStore();
      throw error;
    }
  }

  private begin(): void {
    this.#state = transition(State.Idle, Event.Start)![2];
    try {
      this.connect();
    } catch (error) {
      if (!this.#reconnection.retriesFirst(error)) throw error;
      this.#reason = openError(error);
      this.#timers.set(Timer.Notify, 0);
    }
  }

  get state(): State {
    return this.#state;
  }

  /** Why the session makes no further attempt; null while it may. */
  get reason(): MQTTModemError | null {
    return this.#reason;
  }

  // ---- what the application asks

  close(immediate: boolean): void {
    this.dispatch(immediate ? Event.Abort : Event.Close);
  }

  /** Sends what waits: an operation has been added. */
  pump(): void {
    this.inFlight.pump();
    this.checkDrained();
  }

  /** As {@link pump}, for a message that was just added with the application's `bytes` as its payload. */
  pumpNew(entry: Entry, bytes: Uint8Array): void {
    this.inFlight.pumpNew(entry, bytes);
    this.checkDrained();
  }

  /** An operation was withdrawn. If it was the last one that `close` waited for, a timer ends the session. */
  onWithdrawn(): void {
    if (this.#state === State.Closing) this.#timers.set(Timer.Notify, 0);
  }

  // ---- states

  private dispatch(event: Event, error: MQTTModemError | null = null): void {
    const row = transition(this.#state, event);
    if (row === null) return;
    const to = row[2],
      action = row[3];
    if (action === Action.Finish) return this.finish(error);
    if (to !== this.#state) {
      this.#state = to;
      this.#notifier.state(STATES[to], error);
    }
    // The application may have closed the session in `onState`.
    if (this.#state === to) this.perform(action);
  }

  private perform(action: Action): void {
    switch (action) {
      case Action.Open:
        return this.open();
      case Action.Restore:
        return this.restore();
      case Action.Send:
      case Action.Drain:
        this.inFlight.isOpen = true;
        return this.pump();
      case Action.Hold:
        return this.holdBack();
      case Action.Pause:
        return this.#timers.set(Timer.Retry, this.#reconnection.pause());
      case Action.LongPause:
        return this.#timers.set(Timer.Retry, this.#reconnection.retry.refused);
      case Action.Disconnect:
        return this.disconnect();
      case Action.Abandon:
        return this.abandon();
    }
  }

  private open(): void {
    try {
      this.connect();
    } catch (error) {
      this.onLost(openError(error));
    }
  }

  /** @throws what the client's constructor throws */
  private connect(): void {
    this.subscriptions.rewind();
    if (this.#options.resubscribe === false) this.subscriptions.clear();
    const { timeout } = this.#reconnection.retry;
    if (timeout > 0) this.#timers.set(Timer.Attempt, timeout);
    this.connection.open(this.#reconnection.level);
  }

  private restore(): void {
    let whole: boolean;
    try {
      whole = this.#restoring.next();
    } catch (error) {
      return this.giveUp(error as MQTTModemError);
    }
    if (whole) this.dispatch(Event.Restored);
  }

  private holdBack(): void {
    this.inFlight.stop();
    this.connection.room = 0;
    this.#restoring.stop();
  }

  private disconnect(): void {
    try {
      this.connection.disconnect();
    } catch {
      this.abandon();
    }
  }

  private abandon(): void {
    this.holdBack();
    this.#timers.clear(Timer.Retry);
    this.#timers.clear(Timer.Attempt);
    this.connection.close();
    this.connection.isEnding = true;
    this.#timers.set(Timer.Notify, 0);
  }

  /** Enters the state Closed after every operation has been reported. */
  private finish(reason: MQTTModemError | null): void {
    this.#state = State.Closed;
    this.holdBack();
    this.#timers.stop();
    this.outbox.report();
    this.inFlight.returnAll(reason ?? new StateError("CLOSED", "the session was closed"));
    this.outbox.close(reason);
    this.#notifier.state(STATES[State.Closed], reason);
    this.#notifier.rethrow();
  }

  // ---- the client's callbacks

  private callbacks(session: unknown, { onReadable, onOverflow }: OptionsOfSession): ClientCallbacks {
    const stateMachine = this;
    return {
      // Called without `Notifier`: when it throws, the message stays to be read.
      onReadable:
        onReadable &&
        function (count, options) {
          onReadable.call(session, count, options);
        },
      onWritable(count) {
        stateMachine.onWritable(count);
      },
      onControl(message) {
        stateMachine.onControl(message);
      },
      onDone(id, error) {
        stateMachine.onDone(id, error);
      },
      onStage(stage, progress) {
        stateMachine.onStage(stage, progress);
      },
      onOverflow:
        onOverflow &&
        function () {
          onOverflow.call(session);
        },
      onClose() {
        stateMachine.dispatch(Event.Ended);
      },
      onError(error) {
        stateMachine.onLost(error);
      },
    };
  }

  private onStage(stage: StageName, progress: Progress | null): void {
    this.connection.stage = stage;
    this.#notifier.stage(stage, progress);
    if (stage === "reconnecting") {
      this.holdBack();
      this.dispatch(Event.Interrupted, new NetworkError("LINK_LOST", "the connection to the broker is gone; the modem tries to have it back"));
    } else if (stage === "online") this.dispatch(Event.Resumed);
  }

  private onControl({ operation, returnCode, payload, topics }: ControlMessage): void {
    if (operation === MQTTClient.CONNACK && returnCode === 0) {
      this.#timers.clear(Timer.Attempt);
      this.#timers.set(Timer.Lasting, this.#reconnection.retry.lasting);
      this.#reconnection.onConnected();
      this.dispatch(Event.Connected);
    } else if (operation === MQTTClient.SUBACK) {
      if (topics === undefined) this.connection.grantedCodes = payload!;
      // The modem has reconnected and subscribed again by itself.
      else for (let i = 0; i < topics.length; i++) if (payload![i] > 2) this.#restoring.onRefused(topics[i]);
    }
  }

  private onWritable(count: number): void {
    this.connection.room = count;
    if (this.#state === State.Closing && !this.inFlight.isOpen) this.dispatch(Event.Resumed);
    else if (this.#state === State.Restoring) this.restore();
    else this.pump();
  }

  private onDone(id: number, error: MQTTModemError | null): void {
    if (id === RESTORING) return this.onRestored(error);
    this.inFlight.done(id, error);
    this.checkDrained();
  }

  private onRestored(error: MQTTModemError | null): void {
    if (!this.#restoring.isInFlight) return;
    if (error === null) {
      this.#restoring.onGranted();
      if (this.#state === State.Restoring || this.#state === State.Closing) this.restore();
    } else {
      this.#restoring.stop();
      if (!isLoss(error)) this.giveUp(error);
    }
  }

  /** Continues `close` when all operations have ended. */
  private checkDrained(): void {
    if (this.#state === State.Closing && this.inFlight.isEmpty && !this.connection.isEnding) this.dispatch(Event.Drained);
  }

  /** Closes a client that still works: the attempt took too long, or the subscriptions could not be restored. */
  private giveUp(error: MQTTModemError): void {
    this.connection.close();
    this.onLost(error, true);
  }

  /** The connection, or the attempt to make one, has ended. @param working the modem and its network did work */
  private onLost(error: MQTTModemError, working = false): void {
    if (this.#state === State.Closed) return;
    this.holdBack();
    this.#timers.clear(Timer.Attempt);
    this.#timers.clear(Timer.Lasting);
    this.inFlight.returnAll(error);
    if (error.code === "PIN_REFUSED") this.connection.isPINRefused = true;
    const event = this.#reconnection.onLost(error, working);
    if (event === Event.Failed) this.#reason = error;
    this.dispatch(event, error);
  }

  // ---- time

  /** @internal */
  onTimer(timer: Timer): void {
    switch (timer) {
      case Timer.Notify:
        this.notify();
        break;
      case Timer.WriteAgain:
        if (this.inFlight.isOpen) this.onWritable(this.connection.client!.writable);
        break;
      case Timer.ConfirmRefusal:
        this.confirmRefused();
        break;
      case Timer.Lasting:
        this.#reconnection.onLasted();
        break;
      case Timer.Attempt:
        this.giveUp(
          new NetworkError(
            "OPEN_FAILED",
            `not connected within ${this.#reconnection.retry.timeout} ms; it was ${this.connection.stage}; check the modem and the coverage, or wait longer`,
          ),
        );
        break;
      case Timer.Retry:
        this.dispatch(this.#reconnection.attempt);
    }
    this.#notifier.rethrow();
  }

  private confirmRefused(): void {
    this.inFlight.confirmRefused();
    this.checkDrained();
  }

  private notify(): void {
    this.outbox.report();
    if (this.connection.client === null && this.#state === State.Connecting) this.onLost(this.#reason!);
    if (this.#state !== State.Closing) return;
    if (this.connection.isClosed)
      this.dispatch(Event.Ended); // after a DISCONNECT the client's onClose does this
    else this.pump();
  }
}
