import type { Command } from "../at/commands/command";

/** What a request is for. */
export const enum Kind {
  // Asked for by the client.
  Publish,
  Subscribe,
  Unsubscribe,
  /** A question of the application's. */
  Inquiry,
  /** The link asks by itself how its connection is. */
  Poll,
  // Steps of a link's scripts, from here on.
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
  /** The command may fail in any way. */
  Failure,
}

/**
 * One command of a script; the next one follows when it has ended well.
 * `V` has the values that steps name: the family's options, and the settings of the connection.
 */
export interface Step<V = any> extends Command {
  /** {@link Kind.Step} unless a result line must find the step. */
  readonly kind?: Kind;
  /** The step is left out where this value is false, 0 or null. */
  readonly when?: keyof V;
  /** The step is left out unless the modem has refused the step before it. */
  readonly otherwise?: boolean;
  /** What does not end the script. Nothing, when left out. */
  readonly tolerates?: Tolerates;
  /**
   * For a setting that most modems have anyhow: its refusal ends the script only where this value is true, which means that the
   * application has asked for another setting.
   */
  readonly needed?: keyof V;
  /** Milliseconds from the final to the result line, or the value that has them; needed where the command has a result line. */
  readonly resultTimeout?: number | keyof V;
}

/** Commands, one after the other. */
export type Script<V = any> = readonly Step<V>[];
