import type { MQTTModemError } from "../../src/errors";
import type { SessionState } from "../../src/session/states";

/** What the client does when its session changes its state. */
export interface LifecycleListener {
  emit(event: "connect" | "reconnect" | "offline" | "close" | "end"): void;
  emit(event: "state", state: SessionState): void;
  /** Emits `error`. */
  onError(error: MQTTModemError): void;
  /** The session is closed; `close` and `end` follow. @param reason why, or null when the application ended it */
  onClosed(reason: MQTTModemError | null): void;
}

/** Turns the states of a session into MQTT.js's events. */
export class Lifecycle {
  readonly #listener: LifecycleListener;
  connected = false;
  /** `end` was called. */
  isEnding = false;
  /** The session is closed. */
  isOver = false;
  /** Why it is closed; null when the application ended it. */
  reason: MQTTModemError | null = null;
  #wasConnected = false;
  /** The present connection or attempt has not had its `close` yet. */
  #mustEmitClose = true;

  constructor(listener: LifecycleListener) {
    this.#listener = listener;
  }

  /** The client was connected, and is to be connected again. */
  get reconnecting(): boolean {
    return this.#wasConnected && !this.connected && !this.ended;
  }

  get ended(): boolean {
    return this.isOver || this.isEnding;
  }

  /** The session has entered a state. */
  onState(state: SessionState, error: MQTTModemError | null): void {
    const listener = this.#listener,
      was = this.connected;
    if (state === "online") this.connected = this.#wasConnected = true;
    else if (state !== "closing") this.connected = false;
    listener.emit("state", state);
    if (was && !this.connected && !this.isEnding) listener.emit("offline");
    switch (state) {
      case "connecting":
      case "recovering":
        listener.emit("reconnect");
        this.#mustEmitClose = !this.ended;
        break;
      case "online":
        // A listener of `state` may have ended the client.
        if (this.connected) listener.emit("connect");
        break;
      case "interrupted":
        // A listener of `state` or `offline` may have ended the client.
        if (!this.ended) listener.emit("reconnect");
        break;
      case "waiting":
      case "refused":
        if (!this.isEnding) listener.onError(error!);
        this.#emitClose();
        break;
      case "closed":
        this.isOver = true;
        this.reason = error;
        listener.onClosed(error);
        this.#emitClose();
        listener.emit("end");
    }
  }

  #emitClose(): void {
    if (!this.#mustEmitClose) return;
    this.#mustEmitClose = false;
    this.#listener.emit("close");
  }
}
