// The form of the tables: exchanges with a modem, and the questions that they answer.
import type { OwnBroker } from "./own-broker";
import type { Recording } from "./recording";

/** What an exchange needs beside an answering modem. */
export type Need =
  /** A SIM that can be used. */
  | "sim"
  /** A SIM that is missing or locked. */
  | "no-sim"
  /** The modem has had time to attach; whether it has does not matter. */
  | "waited"
  /** The modem is attached to the network. */
  | "network"
  /** A broker that the modem reaches, and leave to send data. */
  | "broker"
  /** A broker that misbehaves when it is asked to: this program's own. */
  | "own-broker"
  /** Leave to restart the modem. */
  | "restart"
  /** Leave to have the modem sleep. */
  | "sleep"
  /** Leave to replace an MQTT configuration that was there. */
  | "replace"
  /** A person who does something with the module. */
  | "hands";

/** What is asked before it is done. */
export type Consent = "radio" | "data" | "restart" | "sleep" | "replace" | "hands";

interface Common {
  /** Keeps what the modem writes during this step under this name, for the judgement. */
  readonly as?: string;
  /** Without it in the step's answer the exchange ends here, and its questions are not tried. */
  readonly must?: RegExp;
  /** The step is left out where the answer to the step before it fits. */
  readonly unless?: RegExp;
}

/** One step. Texts have settings in braces, such as `{topic}`. Times are milliseconds. */
export type Step = Common &
  (
    | {
        /** A command line, which is sent with a carriage return, and whose final is waited for. */
        readonly at: string;
        /** How long for the final. Default 5000. */
        readonly final?: number;
        /** What is waited for beside the final. */
        readonly then?: RegExp;
        /** How long for that, from the command on. */
        readonly within?: number;
      }
    /** A command line behind which the modem asks for data, or refuses. */
    | { readonly prompt: string }
    /** Bytes as they are. The final is waited for, or only what `then` says where `final` is 0. */
    | { readonly data: string; readonly final?: number; readonly then?: RegExp; readonly within?: number }
    /** Listens, until something comes or for so long. */
    | { readonly listen: number; readonly until?: RegExp }
    /** Sends AT until the modem answers, so many times at the most, `window` milliseconds each. */
    | { readonly wake: number; readonly window: number }
    /** Sends the command again and again, every `pause` and for `within` at the most, until its answer fits. */
    | { readonly again: string; readonly until: RegExp; readonly within: number; readonly pause: number }
    /** Tells the broker what to do. */
    | { readonly broker: (broker: OwnBroker, settings: Settings) => void }
    /** Asks a person to do something, and listens. */
    | { readonly hands: string; readonly listen: number; readonly until?: RegExp }
  );

/** The values that steps have in braces. */
export type Settings = Readonly<Record<string, string>>;

/** An exchange, which answers one question or several. */
export interface Scene {
  readonly id: string;
  readonly needs?: readonly Need[];
  /** The names of the {@link Kept} settings that it changes. */
  readonly changes?: readonly string[];
  readonly steps: readonly Step[];
  /** Follow however the steps have ended. */
  readonly leave?: readonly Step[];
  /** The answers may hold what a user has set before: texts are masked. */
  readonly isPrivate?: boolean;
}

/** How to find the value: the first pattern that fits wins. */
export type Tells = readonly (readonly [value: string, pattern: RegExp])[] | ((recording: Recording, settings: Settings) => string | undefined);

export interface Question {
  /** Unique in its family's table and the common one. */
  readonly id: string;
  readonly asks: string;
  /** Where the fact comes from. */
  readonly fact: string;
  /** The exchange that answers it. */
  readonly scene: string;
  /** Why no exchange does. */
  readonly untried?: string;
  /** The step whose answer the patterns look at, or the steps. Default: all that the modem wrote. */
  readonly in?: string | readonly string[];
  readonly tells: Tells;
  /** The value that driver or document takes for granted; several, where the driver takes either; none: any value is as expected. */
  readonly assumes?: string;
  /** Whether what was found is as good as what is assumed. Default: it is the same. */
  readonly fits?: (found: string) => boolean;
  /** The driver's option that it is about. */
  readonly option?: string;
  /** What to tell the driver, by value. */
  readonly advice?: Readonly<Record<string, string>>;
}

/** A setting that is read before it is changed, and written back in the end. */
export interface Kept {
  readonly name: string;
  readonly read: string;
  /** Finds the value in the answer. */
  readonly value: RegExp;
  /** The command that sets it. */
  readonly restore: (found: RegExpExecArray) => string;
  /** Milliseconds until the command that sets it has ended. Default 5000. */
  readonly final?: number;
  /** Sets it where it could not be read. */
  readonly otherwise?: string;
  /** A modem that refuses to tell it does not have it: the steps that set it see to that. */
  readonly ifKnown?: boolean;
}

/** How a command ends that was taken. */
export const OK = /(?:^|[\r\n])OK *(?=[\r\n])/;

/** All that is known of one family's open questions. */
export interface Table {
  /** Whether the MQTT client is in use, or set up: the answer to `at` fits `when` then. */
  readonly busy?: { readonly at: string; readonly when: RegExp };
  readonly kept: readonly Kept[];
  readonly scenes: readonly Scene[];
  readonly questions: readonly Question[];
}

/** Makes a scene that connects first and leaves in the end. */
export function within(connect: readonly Step[], leave: readonly Step[]) {
  return (id: string, steps: readonly Step[], more: Partial<Scene> = {}): Scene => ({
    id,
    needs: ["broker"],
    steps: [...connect, ...steps],
    leave,
    ...more,
  });
}
