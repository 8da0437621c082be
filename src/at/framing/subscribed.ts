/** How a topic is subscribed. */
export const enum Match {
  None,
  /** By a filter with wildcards. */
  Wildcard,
  Name,
}

/** Knows what is subscribed. */
export interface Subscribed {
  /** How the topic is subscribed that is in the ring from `start` to `end`. The line's fields before the topic have been read. */
  isSubscribed(start: number, end: number): Match;
}
