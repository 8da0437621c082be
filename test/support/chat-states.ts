// The chat's states and events in words, and the picture of its table for docs/architecture.md.
import { Bits, Event, State, TRANSITIONS } from "../../src/at/chat/states";

/** In the order of the enumerations. */
export const STATE_NAMES: readonly string[] = [
  "Idle", "Asleep", "Resync", "Sending", "AwaitPrompt", "AwaitPromptAfterOk", "SendingPayload", "SendingPayloadAfterOk", "AwaitFinal", "AwaitFinalAfterOk",
  "AwaitFinalOrCtrlZ", "AwaitFinalOrCtrlZAfterOk",
];
export const EVENT_NAMES: readonly string[] = [
  "submit", "line sent", "line sent for prompt", "own line sent", "prompt", "prompt for nothing", "payload sent", "payload sent for Ctrl-Z", "OK", "answered", "result", "progress",
  "error", "error on open line", "error in echo", "timeout", "timeout of greeting", "timeout before result", "timeout on open line", "timeout asleep", "final lost",
  "abort", "restart", "resync", "resynced", "silent", "sleep", "woken",
];

/** A kind of another event, which does the same where it has no row of its own. */
const KIND_OF: Readonly<Record<number, Event>> = {
  [Event.ErrorOnOpenLine]: Event.Error, [Event.ErrorInEcho]: Event.ErrorOnOpenLine,
  [Event.TimeoutOfGreeting]: Event.Timeout, [Event.TimeoutBeforeResult]: Event.Timeout, [Event.TimeoutOnOpenLine]: Event.TimeoutBeforeResult,
  [Event.TimeoutAsleep]: Event.TimeoutBeforeResult,
};

export interface Row {
  readonly from: number;
  readonly event: number;
  readonly to: number;
}

/** The row that decides what an event does in a state, at `state * Event.Count + event`: its own, or that of the event that it is a kind of. */
export function rowOf(state: number, event: number): number {
  const at = state * Event.Count + event, base = KIND_OF[event];
  return base !== undefined && TRANSITIONS[at] === TRANSITIONS[state * Event.Count + base] ? rowOf(state, base) : at;
}

/** The rows of the table that say something of their own. */
export const ROWS: readonly Row[] = STATE_NAMES.flatMap((_, from) => EVENT_NAMES.flatMap((_, event) => {
  const at = from * Event.Count + event, cell = TRANSITIONS[at];
  return rowOf(from, event) === at && cell !== from ? [{ from, event, to: cell & Bits.State }] : [];
}));

/** A state diagram in mermaid's language: an arrow has all events that lead from one state to another. */
export function drawChat(): string {
  const arrows = new Map<string, string[]>();
  for (const { from, event, to } of ROWS) {
    if (from === to) continue;
    const arrow = `${STATE_NAMES[from]} --> ${STATE_NAMES[to]}`;
    arrows.set(arrow, [...(arrows.get(arrow) ?? []), EVENT_NAMES[event]]);
  }
  return ["stateDiagram-v2", `  [*] --> ${STATE_NAMES[State.Idle]}`, ...[...arrows].map(([arrow, events]) => `  ${arrow}: ${events.join(", ")}`), ""].join("\n");
}
