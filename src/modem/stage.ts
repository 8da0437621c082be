/** Where an MQTT connection is on its way. */
export const enum Stage {
  /** Nothing is wanted. */
  Idle,
  /** Waiting until the modem answers at all. */
  Waking,
  /** Echo off, error numbers on, and both ends in step. */
  Preparing,
  /** Leaving the network to attach to it again, or restarting. */
  Recovering,
  /** Waiting for the network. */
  Attaching,
  /** Opening the connection to the broker. */
  Connecting,
  Online,
  /** The modem has lost the connection, and tries by itself to have it back. */
  Reconnecting,
  Disconnecting,
  /** The application has gone; only the connection is still to be closed. */
  Closing,
  /** Online, as far as is known: the modem sleeps. Clients are told so; no link is in this stage. */
  Asleep,
}

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
  "asleep",
] as const);
/** What the modem is doing. */
export type StageName = (typeof STAGES)[number];
