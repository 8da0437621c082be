import { frozen } from "../bytes/frozen";

/** Where a session is. */
export const enum State {
  Idle,
  /** A client is on its way: the modem is brought up, then the connection made. */
  Connecting,
  /** The same, after more than a new connection: the network left and joined again, the modem restarted or reset. */
  Recovering,
  /** Connected; what was subscribed is subscribed again, and nothing else goes out. */
  Restoring,
  Online,
  /** The modem has lost the connection, and tries by itself to have it back. */
  Interrupted,
  /** Until the next attempt. */
  Waiting,
  /** The broker does not take these credentials: a long time until the next attempt. */
  Refused,
  /** The application has asked for the end. */
  Closing,
  Closed,
}

/** The same, in words: what `onState` is given. */
export const STATES = Object.freeze([
  "idle", "connecting", "recovering", "restoring", "online", "interrupted", "waiting", "refused", "closing", "closed",
] as const);
export type SessionState = (typeof STATES)[number];

export const enum Event {
  Start,
  /** The pause is over: a new connection is to be tried, or more than that. */
  Due,
  Escalate,
  /** The broker has accepted the connection. */
  Connected,
  /** Everything is subscribed again. */
  Restored,
  /** The modem has begun to have the connection back, and has it back. */
  Interrupted,
  Resumed,
  /** The connection, or the attempt at one, has failed for a reason that may pass. */
  Lost,
  /** The broker has refused the credentials. */
  Refused,
  /** It has failed, and there is to be no other attempt. */
  Failed,
  /** The application closes it: in good order, or at once. */
  Close,
  Abort,
  /** Nothing waits any more, and nothing is under way. */
  Drained,
  /** The connection is closed, as was asked. */
  Ended,
}

/** The same, in words, for the picture in docs/sessions.md. */
export const EVENTS = Object.freeze([
  "start", "due", "escalate", "connected", "restored", "interrupted", "resumed", "lost", "refused", "failed", "close", "abort", "drained", "ended",
] as const);

/** What is done when a state is entered so. */
export const enum Action {
  None,
  /** Makes a client. */
  Open,
  /** Subscribes to what is not subscribed on this connection. */
  Restore,
  /** Sends what waits. */
  Send,
  /** Sends nothing. */
  Hold,
  Pause,
  LongPause,
  /** Sends what waits; `Drained` follows. */
  Drain,
  /** Says goodbye to the broker; `Ended` follows. */
  Disconnect,
  /** Lets go of the client; `Ended` follows. */
  Abandon,
  /** Reports what is left. */
  Finish,
}

export type Transition = readonly [from: State, event: Event, to: State, action: Action];

/** All that can happen; what is not here changes nothing. */
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
  // The application may close it when it is told of this state, before anything is subscribed again.
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

  // What was asked for before is still done, as far as there is a connection to do it with.
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

export function transition(state: State, event: Event): Transition | null {
  for (let i = 0; i < TRANSITIONS.length; i++) {
    const row = TRANSITIONS[i]!;
    if (row[0] === state && row[1] === event) return row;
  }
  return null;
}
