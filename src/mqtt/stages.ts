/** The names of the stages, by {@link Stage}. */
export const STAGES = Object.freeze([
  "idle",
  "waking",
  "preparing",
  "recovering",
  "attaching",
  "connecting",
  "online",
  "reconnecting",
  "disconnecting",
  "closing",
] as const);
/** What the modem is doing. */
export type StageName = (typeof STAGES)[number];
