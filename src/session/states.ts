import { frozen } from "../bytes/frozen";

/** The states of a session. */
export const enum State {
  Idle,
  /** The client brings the modem up and connects to the broker. */
  Connecting,
  /** As Connecting, but first the modem leaves and joins the network, is restarted, or is reset. */
  Recovering,
  /** Connected; the session subscribes again, and sends nothing else. */
  Restoring,
  Online,
  /** The modem has lost the connection and is reconnecting by itself. */
  Interrupted,
  /** The pause before the next attempt. */
  Waiting,
  /** The broker has refused the credentials: a long pause before the next attempt. */
  Refused,
  /** The application has called `close`. */
  Closing,
  Closed,
}

/** The names of the states, which `onState` gets. */
export const STATES = Object.freeze([
  "idle",
  "connecting",
  "recovering",
  "restoring",
  "online",
  "interrupted",
  "waiting",
  "refused",
  "closing",
  "closed",
] as const);
export type SessionState = (typeof STATES)[number];

export const enum Event {
  Start,
  /** The pause has ended, and a new connection is tried. */
  Due,
  /** The pause has ended, and more than a new connection is tried. */
  Escalate,
  /** The broker has accepted the connection. */
  Connected,
  /** All filters are subscribed again. */
  Restored,
  /** The modem has begun to reconnect by itself. */
  Interrupted,
  /** The modem is connected again. */
  Resumed,
  /** The connection, or the attempt to make one, has failed for a reason that may pass. */
  Lost,
  /** The broker has refused the credentials. */
  Refused,
  /** The connection or the attempt has failed, and no other attempt follows. */
  Failed,
  /** The application has called `close()`. */
  Close,
  /** The application has called `close(true)`. */
  Abort,
  /** No operation waits or is in flight any more. */
  Drained,
  /** The connection is closed, as the session asked. */
  Ended,
}

/** The names of the events, for the diagram in docs/sessions.md. */
export const EVENTS = Object.freeze([
  "start",
  "due",
  "escalate",
  "connected",
  "restored",
  "interrupted",
  "resumed",
  "lost",
  "refused",
  "failed",
  "close",
  "abort",
  "drained",
  "ended",
] as const);

/** What the state machine does after a transition. */
export const enum Action {
  None,
  /** Makes a client. */
  Open,
  /** Subscribes to the filters that are not yet subscribed on this connection. */
  Restore,
  /** Sends the operations that wait. */
  Send,
  /** Stops sending. */
  Hold,
  /** Sets the timer for the next attempt. */
  Pause,
  /** Sets the timer for the next attempt after refused credentials. */
  LongPause,
  /** Sends the operations that wait; `Drained` follows. */
  Drain,
  /** Sends DISCONNECT; `Ended` follows. */
  Disconnect,
  /** Closes the client without a DISCONNECT; `Ended` follows. */
  Abandon,
  /** Reports the operations that are left. */
  Finish,
}

export type Transition = readonly [from: State, event: Event, to: State, action: Action];

/** The state machine's table. An event that has no row for the present state is ignored. */
export const TRANSITIONS: readonly Transition[] = frozen([
  [State.Idle, Event.Start, State.Connecting, Action.Open],

  [State.Connecting, Event.Connected, State.Restoring, Action.Restore],
  [State.Connecting, Event.Lost, State.Waiting, Action.Pause],
  [State.Connecting, Event.Refused, State.Refused, Action.LongPause],
  [State.Connecting, Event.Failed, State.Closed, Action.Finish],
  [State.Connecting, Event.Close, State.Closing, Action.Abandon],
  [State.Connecting, Event.Abort, State.Closing, Action.Abandon],

  [State.Recovering, Event.Connected, State.Restoring, Action.Restore],
  [State.Recovering, Event.Lost, State.Waiting, Action.Pause],
  [State.Recovering, Event.Refused, State.Refused, Action.LongPause],
  [State.Recovering, Event.Failed, State.Closed, Action.Finish],
  [State.Recovering, Event.Close, State.Closing, Action.Abandon],
  [State.Recovering, Event.Abort, State.Closing, Action.Abandon],

  [State.Restoring, Event.Restored, State.Online, Action.Send],
  [State.Restoring, Event.Interrupted, State.Interrupted, Action.Hold],
  [State.Restoring, Event.Lost, State.Waiting, Action.Pause],
  [State.Restoring, Event.Failed, State.Closed, Action.Finish],
  // The application may call `close` in `onState`, before the first filter is subscribed again.
  [State.Restoring, Event.Close, State.Closing, Action.Restore],
  [State.Restoring, Event.Abort, State.Closing, Action.Abandon],

  [State.Online, Event.Interrupted, State.Interrupted, Action.Hold],
  [State.Online, Event.Lost, State.Waiting, Action.Pause],
  [State.Online, Event.Failed, State.Closed, Action.Finish],
  [State.Online, Event.Close, State.Closing, Action.Drain],
  [State.Online, Event.Abort, State.Closing, Action.Abandon],

  [State.Interrupted, Event.Resumed, State.Restoring, Action.Restore],
  [State.Interrupted, Event.Lost, State.Waiting, Action.Pause],
  [State.Interrupted, Event.Failed, State.Closed, Action.Finish],
  [State.Interrupted, Event.Close, State.Closing, Action.None],
  [State.Interrupted, Event.Abort, State.Closing, Action.Abandon],

  [State.Waiting, Event.Due, State.Connecting, Action.Open],
  [State.Waiting, Event.Escalate, State.Recovering, Action.Open],
  [State.Waiting, Event.Failed, State.Closed, Action.Finish],
  [State.Waiting, Event.Close, State.Closing, Action.Abandon],
  [State.Waiting, Event.Abort, State.Closing, Action.Abandon],

  [State.Refused, Event.Due, State.Connecting, Action.Open],
  [State.Refused, Event.Escalate, State.Recovering, Action.Open],
  [State.Refused, Event.Close, State.Closing, Action.Abandon],
  [State.Refused, Event.Abort, State.Closing, Action.Abandon],

  // Operations from before `close` are still completed while there is a connection.
  [State.Closing, Event.Interrupted, State.Closing, Action.Hold],
  [State.Closing, Event.Resumed, State.Closing, Action.Restore],
  [State.Closing, Event.Restored, State.Closing, Action.Drain],
  [State.Closing, Event.Drained, State.Closing, Action.Disconnect],
  [State.Closing, Event.Abort, State.Closing, Action.Abandon],
  [State.Closing, Event.Lost, State.Closed, Action.Finish],
  [State.Closing, Event.Refused, State.Closed, Action.Finish],
  [State.Closing, Event.Failed, State.Closed, Action.Finish],
  [State.Closing, Event.Ended, State.Closed, Action.Finish],
]);

/** The table's row for an event in a state, or null. */
export function transition(state: State, event: Event): Transition | null {
  for (let i = 0; i < TRANSITIONS.length; i++) {
    const row = TRANSITIONS[i];
    if (row[0] === state && row[1] === event) return row;
  }
  return null;
}
