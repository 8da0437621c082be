/** What the modem's timers are for. Where the times of several have come, they are told in this order. */
export const enum Slot {
  /** The decoder looks at the rest of what has come: bytes come first, for they may be what the others wait for. */
  Resume,
  /** The modem has paused in the middle of a message. */
  Silence,
  /** The probe has had no answer in time. */
  Probe,
  /** A request has had no answer in time. */
  Request,
  /** How many the chat has; those that follow are its owner's. */
  Chat,
  /** What the modem does by itself: its bring-up, and telling its clients of room. */
  Modem = Chat,
  /** The modem is knocked at once more, or has been silent for so long that it sleeps: of a modem with care. */
  Sleep,
  /** The first link's; the others follow. */
  Link,
}
