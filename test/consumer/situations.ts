/** What the apps of this folder have in common: their surroundings, waiting, and how they are played. */

/** What an app has of its surroundings. */
export interface Surroundings {
  host: string;
  port: number;
  /** A port where nobody listens. */
  deaf: number;
  /** Begins all topics and client ids. */
  name: string;
  /** A user with a password, which the broker asks for where a user is named. */
  user: string;
  password: string;
  /** Calls back once, after so many milliseconds. */
  later(callback: () => void, milliseconds: number): unknown;
}

/** A situation: what is to be seen in it, and how it comes about. */
export interface Situation<Stage> {
  name: string;
  seen: string;
  play(stage: Stage): Promise<string>;
}

/** Milliseconds that an event may take, and between two looks. */
const PATIENCE = 300_000, LOOK = 20;

export const bytes = (text: string): ArrayBuffer => Uint8Array.from([...text].map((each) => each.charCodeAt(0))).buffer;
export const text = (data: ArrayBuffer | Uint8Array): string => String.fromCharCode(...new Uint8Array(data as ArrayBuffer));

export const pause = (stage: Surroundings, milliseconds: number): Promise<void> => new Promise((resolve) => void stage.later(() => resolve(), milliseconds));

/** Waits until so many events have come, or until one is there. */
export async function until(stage: Surroundings, events: readonly string[], event: string | number): Promise<void> {
  for (let waited = 0; typeof event === "number" ? events.length < event : !events.includes(event); waited += LOOK) {
    if (waited > PATIENCE) throw new Error(`waited for ${event}; there was: ${events.join(", ")}`);
    await pause(stage, LOOK);
  }
}

/** Plays all situations, and says a line for each. `after` puts away what one has left that has failed. */
export async function playAll<Stage>(situations: readonly Situation<Stage>[], stageOf: (index: number) => Stage, say: (line: string) => void, after = (): void => {}): Promise<void> {
  for (const [index, { name, seen, play }] of situations.entries()) {
    let got: string;
    try {
      got = await play(stageOf(index));
    } catch (error) {
      got = String(error);
      after();
    }
    say(got === seen ? `ok ${name}` : `not ok ${name}: ${JSON.stringify(got)}, not ${JSON.stringify(seen)}`);
  }
  say("done");
}
