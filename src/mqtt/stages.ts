/** By {@link Stage}. */
export const STAGES = Object.freeze(["idle", "waking", "preparing", "recovering", "attaching", "connecting", "online", "reconnecting", "disconnecting", "closing"] as const);
/** What is being done, for people. */
export type StageName = (typeof STAGES)[number];
