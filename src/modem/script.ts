import type { Command } from "../at/commands/command";

/** What an request is for. */
export const enum Kind {
  // Asked for by the client.
  Publish,
  Subscribe,
  Unsubscribe,
  /** The application, or the driver, asks something. */
  Inquiry,
  /** The driver asks by itself how things are. */
  Poll,
  // Steps of the driver's own scripts, from here on.
  Step,
  Authorise,
  Open,
  Connect,
  // The ends, from here on.
  Disconnect,
  Close,
}

/** What does not end a script. */
export const enum Tolerates {
  Nothing,
  /** The modem may refuse the command itself. */
  Refusal,
  /** It may fail in any way. */
  Failure,
}

/** One command of a script; the next one follows when it has ended well. */
export interface Step<D = any> extends Command<D> {
  /** {@link Kind.Step} unless a result line must find it. */
  readonly kind?: Kind;
  /** Left out where the driver keeps nothing, or false, under this name. */
  readonly when?: keyof D;
  /** What does not end the script. Nothing, when left out. */
  readonly tolerates?: Tolerates;
  /**
   * For a setting that is often as the modem has it anyhow: its refusal ends the script only where the driver keeps something
   * true under this name, which is that the application has asked for another one.
   */
  readonly needed?: keyof D;
  /** Milliseconds until the result line, after the final, or what the driver keeps them under; needed where the command has one. */
  readonly patience?: number | keyof D;
}

/** Commands, one after the other. */
export type Script<D = any> = readonly Step<D>[];
