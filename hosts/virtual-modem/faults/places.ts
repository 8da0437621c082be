// Where bytes can be injected.

/** The moments in a command's life at which bytes can be injected; `now` needs no command. */
export const places = ["now", "before-answer", "before-final", "after-final", "before-prompt", "after-prompt"] as const;
export type Place = (typeof places)[number];
