/** Where the chat is with the command that is on the wire. The order matters to the functions below. */
export const enum State {
  /** Nothing is on the wire. */
  Idle,
  /** The modem sleeps: nothing is sent but what wakes it. */
  Asleep,
  /** An answer may be on its way that belongs to no command: nothing is sent but the probe. */
  Resync,
  /** The command line is being written. */
  Sending,
  /** The modem is to ask for the payload. */
  AwaitPrompt,
  /** The same, after an `OK`: some firmware accepts the command before it asks for the payload (anchors.md 9). */
  AwaitPromptAfterOk,
  /** The payload is being written. */
  SendingPayload,
  SendingPayloadAfterOk,
  /** All has been sent: the final result code is to come. */
  AwaitFinal,
  /** The same, where the `OK` before the prompt may have been the only one. */
  AwaitFinalAfterOk,
  /** The payload has been sent. The modem may stay in its data phase until it gets a Ctrl-Z. */
  AwaitFinalOrCtrlZ,
  AwaitFinalOrCtrlZAfterOk,
  Count,
}

/** What happens to the chat. */
export const enum Event {
  /** A request waits, and its command has been written into the buffer. */
  Submit,
  /** The port has taken the command line; of a command with a payload the prompt is next. */
  LineSent,
  LineSentForPrompt,
  /** The same, of a command of the application's own, which may turn out to have a payload. */
  OwnLineSent,
  /** The modem asks for the payload. */
  Prompt,
  /** The same, of an application's own command, which has none. */
  PromptForNothing,
  /** The port has taken the payload. */
  PayloadSent,
  /** The same, of a command whose data phase may have to be ended with a Ctrl-Z. */
  PayloadSentForCtrlZ,
  Ok,
  /** `OK` and the result, or all that there is of an answer, recognised as a whole. */
  Answered,
  /** The result line. */
  Result,
  /** The modem shows that it is at work on the command. */
  Progress,
  /** `ERROR`, `+CME ERROR` or `+CMS ERROR`. */
  Error,
  /** An error, while a payload that nobody asked for may stand in the modem as a line without an end. */
  ErrorOnOpenLine,
  /** The same, in the middle of the payload's echo: the modem takes its lines for commands. */
  ErrorInEcho,
  /** No answer has come in time. */
  Timeout,
  /** The same, of a command that is sent to see whether the modem is there. */
  TimeoutOfGreeting,
  /** The same, of a command that has a result line beside its final. */
  TimeoutBeforeResult,
  /** The same, while a payload that nobody asked for may stand in the modem as a line without an end. */
  TimeoutOnOpenLine,
  /** The same, of a command during which the modem has said that it goes to sleep. */
  TimeoutAsleep,
  /** The final has been swallowed by a message whose length was wrong; the result is there. */
  FinalLost,
  /** The connection that the command belongs to is gone. */
  Abort,
  /** The modem has restarted: it owes no answer. */
  Restart,
  /** The owner wants to be certain that the next answer belongs to the next command. */
  Resync,
  /** The probe has been answered. */
  Resynced,
  /** The probe has never been answered. */
  Silent,
  /** The modem goes to sleep. */
  Sleep,
  /** It answers again, or says that it is awake. */
  Woken,
  Count,
}

/** What is done on the way from one state to the next. The request is still known; where the next state is Idle or Resync, the chat has let go of it. */
export const enum Action {
  None,
  /** Writes the command line. */
  Send,
  ExpectPrompt,
  SendPayload,
  /** Sends the payload although no prompt has come: see exchange.ts. */
  SendBlind,
  /** Releases the payload, and sets the time for the final, or until a Ctrl-Z is sent. */
  EndPayload,
  /** The same, where there is little to wait for: a result, or nothing. */
  EndPayloadAfterOk,
  SendCtrlZ,
  /** Waits a little longer: the rest must come soon. */
  Linger,
  /** Waits as long again. */
  Extend,
  /** The final ends the request, or leaves only its result to come. */
  Conclude,
  /** The request is done. */
  Finish,
  /** The result that has come before ends the request. */
  FinishByResult,
  /** The modem has given up in the middle of the payload. */
  Refuse,
  /** The modem may ask for what there is not. */
  JudgePrompt,
  /** The request ends, because the modem asks for what there is not. */
  RefusePrompt,
  /** Only the result is still to come. */
  AwaitResult,
  /** The request ends without an answer, or is sent once more. */
  GiveUp,
  /** The same, where a modem that sleeps has swallowed the command. */
  GiveUpAsleep,
  /** A sleeping modem has answered: it is told. */
  TellHeard,
  /** A final that belongs to no command is counted. */
  Stray,
  /** The same; an error's number is told. */
  Unsolicited,
  /** A final may belong to the probe. */
  JudgeFinal,
  /** Sends the probe. */
  Probe,
  TellResynced,
  TellSilent,
}

/** How a transition stands in {@link TRANSITIONS}. */
export const enum Bits {
  /** The next state stands here, and the action above it. */
  State = 15,
  Action = 4,
}

/** The command and its payload have been sent whole. */
export function isSent(state: State): boolean {
  return state >= State.AwaitFinal;
}

/** The modem may take what is sent for a payload. */
export function isInData(state: State): boolean {
  return state >= State.AwaitPrompt && state < State.AwaitFinal;
}

/** An `OK` has come before the prompt. */
export function isAfterOk(state: State): boolean {
  return (
    state === State.AwaitPromptAfterOk || state === State.SendingPayloadAfterOk || state === State.AwaitFinalAfterOk || state === State.AwaitFinalOrCtrlZAfterOk
  );
}

/**
 * For each event in each state, at `state * Event.Count + event`: the next state and the action. It is built when the module is
 * loaded, which on a device is when the app is linked.
 */
export const TRANSITIONS: Uint16Array = (() => {
  const table = new Uint16Array(State.Count * Event.Count);
  const on = (state: State, event: Event, to: State, action: Action): void => {
    table[state * Event.Count + event] = (action << Bits.Action) | to;
  };

  /** `special` is a kind of `event`: without a row of its own it does the same. */
  const inherit = (special: Event, event: Event): void => {
    for (let at = 0; at < table.length; at += Event.Count) if (table[at + special] === at / Event.Count) table[at + special] = table[at + event];
  };

  // An event without a row changes nothing.
  for (let at = 0; at < table.length; at++) table[at] = (at / Event.Count) | 0;

  on(State.Idle, Event.Submit, State.Sending, Action.Send);
  on(State.Idle, Event.Ok, State.Idle, Action.Stray);
  on(State.Idle, Event.Error, State.Idle, Action.Unsolicited);
  on(State.Idle, Event.Resync, State.Resync, Action.Probe);
  on(State.Idle, Event.Sleep, State.Asleep, Action.None);

  on(State.Asleep, Event.Ok, State.Asleep, Action.TellHeard);
  on(State.Asleep, Event.Error, State.Asleep, Action.TellHeard);
  on(State.Asleep, Event.Woken, State.Resync, Action.Probe);
  on(State.Asleep, Event.Restart, State.Idle, Action.None);

  on(State.Sending, Event.LineSent, State.AwaitFinal, Action.None);
  on(State.Sending, Event.LineSentForPrompt, State.AwaitPrompt, Action.ExpectPrompt);
  on(State.Sending, Event.OwnLineSent, State.AwaitFinal, Action.ExpectPrompt);
  on(State.Sending, Event.Ok, State.Sending, Action.Stray);
  on(State.Sending, Event.Error, State.Sending, Action.Stray);
  on(State.Sending, Event.Result, State.Sending, Action.Linger);
  on(State.Sending, Event.Timeout, State.Resync, Action.GiveUp);
  on(State.Sending, Event.TimeoutOfGreeting, State.Idle, Action.GiveUp);
  on(State.Sending, Event.TimeoutAsleep, State.Asleep, Action.GiveUpAsleep);
  on(State.Sending, Event.Abort, State.Resync, Action.None);
  on(State.Sending, Event.Restart, State.Idle, Action.None);

  // A connection that goes does not end a data phase: the modem takes what comes next for the payload, so it gets the payload.
  on(State.AwaitPrompt, Event.Prompt, State.SendingPayload, Action.SendPayload);
  on(State.AwaitPrompt, Event.Ok, State.AwaitPromptAfterOk, Action.None);
  on(State.AwaitPrompt, Event.Error, State.Idle, Action.Conclude);
  on(State.AwaitPrompt, Event.ErrorOnOpenLine, State.Resync, Action.Conclude);
  on(State.AwaitPrompt, Event.Result, State.AwaitPrompt, Action.Linger);
  on(State.AwaitPrompt, Event.Timeout, State.SendingPayload, Action.SendBlind);
  on(State.AwaitPrompt, Event.TimeoutAsleep, State.Asleep, Action.GiveUpAsleep);
  on(State.AwaitPrompt, Event.Restart, State.Idle, Action.None);

  on(State.AwaitPromptAfterOk, Event.Prompt, State.SendingPayloadAfterOk, Action.SendPayload);
  on(State.AwaitPromptAfterOk, Event.Error, State.Idle, Action.Conclude);
  on(State.AwaitPromptAfterOk, Event.ErrorOnOpenLine, State.Resync, Action.Conclude);
  on(State.AwaitPromptAfterOk, Event.Result, State.AwaitPromptAfterOk, Action.Linger);
  on(State.AwaitPromptAfterOk, Event.Timeout, State.SendingPayloadAfterOk, Action.SendBlind);
  on(State.AwaitPromptAfterOk, Event.Restart, State.Idle, Action.None);

  on(State.SendingPayload, Event.PayloadSent, State.AwaitFinal, Action.EndPayload);
  on(State.SendingPayload, Event.PayloadSentForCtrlZ, State.AwaitFinalOrCtrlZ, Action.EndPayload);
  on(State.SendingPayload, Event.Ok, State.SendingPayload, Action.Stray);
  on(State.SendingPayload, Event.Error, State.Resync, Action.Refuse);
  on(State.SendingPayload, Event.Result, State.SendingPayload, Action.Linger);
  on(State.SendingPayload, Event.Timeout, State.Resync, Action.GiveUp);
  on(State.SendingPayload, Event.Restart, State.Idle, Action.None);

  on(State.SendingPayloadAfterOk, Event.PayloadSent, State.AwaitFinalAfterOk, Action.EndPayloadAfterOk);
  on(State.SendingPayloadAfterOk, Event.PayloadSentForCtrlZ, State.AwaitFinalOrCtrlZAfterOk, Action.EndPayloadAfterOk);
  on(State.SendingPayloadAfterOk, Event.Ok, State.SendingPayloadAfterOk, Action.Stray);
  on(State.SendingPayloadAfterOk, Event.Error, State.Resync, Action.Refuse);
  on(State.SendingPayloadAfterOk, Event.Result, State.SendingPayloadAfterOk, Action.Linger);
  on(State.SendingPayloadAfterOk, Event.Timeout, State.Resync, Action.GiveUp);
  on(State.SendingPayloadAfterOk, Event.Restart, State.Idle, Action.None);

  for (let state = State.AwaitFinal; state < State.Count; state++) {
    on(state, Event.Ok, State.Idle, Action.Conclude);
    on(state, Event.Error, State.Idle, Action.Conclude);
    on(state, Event.ErrorOnOpenLine, State.Resync, Action.Conclude);
    on(state, Event.FinalLost, State.Resync, Action.AwaitResult);
    on(state, Event.Abort, State.Resync, Action.None);
    on(state, Event.Restart, State.Idle, Action.None);
  }

  on(State.AwaitFinal, Event.Prompt, State.AwaitFinal, Action.JudgePrompt);
  on(State.AwaitFinal, Event.PromptForNothing, State.Resync, Action.RefusePrompt);
  on(State.AwaitFinal, Event.Answered, State.Idle, Action.Finish);
  on(State.AwaitFinal, Event.Result, State.AwaitFinal, Action.Linger);
  on(State.AwaitFinal, Event.Progress, State.AwaitFinal, Action.Extend);
  on(State.AwaitFinal, Event.ErrorInEcho, State.AwaitFinal, Action.Linger);
  on(State.AwaitFinal, Event.Timeout, State.Resync, Action.GiveUp);
  on(State.AwaitFinal, Event.TimeoutOfGreeting, State.Idle, Action.GiveUp);
  on(State.AwaitFinal, Event.TimeoutAsleep, State.Asleep, Action.GiveUpAsleep);

  on(State.AwaitFinalAfterOk, Event.Result, State.Idle, Action.FinishByResult);
  on(State.AwaitFinalAfterOk, Event.ErrorInEcho, State.AwaitFinalAfterOk, Action.Linger);
  on(State.AwaitFinalAfterOk, Event.Timeout, State.Resync, Action.GiveUp);
  on(State.AwaitFinalAfterOk, Event.TimeoutBeforeResult, State.Idle, Action.AwaitResult);
  on(State.AwaitFinalAfterOk, Event.TimeoutOnOpenLine, State.Resync, Action.AwaitResult);

  on(State.AwaitFinalOrCtrlZ, Event.Answered, State.Idle, Action.Finish);
  on(State.AwaitFinalOrCtrlZ, Event.Result, State.AwaitFinal, Action.Linger);
  on(State.AwaitFinalOrCtrlZ, Event.ErrorInEcho, State.AwaitFinal, Action.Linger);
  on(State.AwaitFinalOrCtrlZ, Event.Timeout, State.AwaitFinal, Action.SendCtrlZ);

  on(State.AwaitFinalOrCtrlZAfterOk, Event.Result, State.Idle, Action.FinishByResult);
  on(State.AwaitFinalOrCtrlZAfterOk, Event.ErrorInEcho, State.AwaitFinalAfterOk, Action.Linger);
  on(State.AwaitFinalOrCtrlZAfterOk, Event.Timeout, State.AwaitFinalAfterOk, Action.SendCtrlZ);

  on(State.Resync, Event.Ok, State.Resync, Action.JudgeFinal);
  on(State.Resync, Event.Error, State.Resync, Action.JudgeFinal);
  on(State.Resync, Event.Resync, State.Resync, Action.Probe);
  on(State.Resync, Event.Resynced, State.Idle, Action.TellResynced);
  on(State.Resync, Event.Silent, State.Idle, Action.TellSilent);
  on(State.Resync, Event.Restart, State.Idle, Action.None);

  inherit(Event.ErrorOnOpenLine, Event.Error);
  inherit(Event.ErrorInEcho, Event.ErrorOnOpenLine);
  inherit(Event.TimeoutOfGreeting, Event.Timeout);
  inherit(Event.TimeoutBeforeResult, Event.Timeout);
  inherit(Event.TimeoutOnOpenLine, Event.TimeoutBeforeResult);
  inherit(Event.TimeoutAsleep, Event.TimeoutBeforeResult);
  return table;
})();
