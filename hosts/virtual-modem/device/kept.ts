// What the modem keeps without power.

import { Contexts } from "./contexts";

/** What a family has from the factory. */
export interface Factory {
  readonly firstContext: number;
  readonly contextType: string;
  readonly contexts?: Readonly<Record<number, { readonly type: string; readonly apn: string }>>;
  readonly bands: readonly number[];
}

/** The modem's non-volatile memory. */
export class Kept {
  readonly contexts: Contexts;
  /** The bands in which it looks for a network. */
  bands: readonly number[];
  /** The functionality at the next start (AT+CFUN), where a command has stored one. */
  functionality: number | undefined;
  /** Whether sleep is forbidden for ever: M5311, AT+SM=LOCK_FOREVER. */
  sleepLocked = false;
  /** Settings of the family's own commands, by name. */
  readonly values = new Map<string, string>();
  readonly #atStart: (() => void)[] = [];

  constructor({ firstContext, contextType, contexts, bands }: Factory) {
    this.contexts = new Contexts(firstContext, contextType, contexts);
    this.bands = bands;
  }

  /** Makes a change at the next start. */
  atStart(change: () => void): void {
    this.#atStart.push(change);
  }

  /** The modem starts. */
  start(): void {
    for (const change of this.#atStart.splice(0)) change();
  }

  /** Whether the modem switches its radio on and attaches by itself: BC35-G, `AUTOCONNECT`. */
  get connectsByItself(): boolean {
    return this.values.get("AUTOCONNECT") !== "FALSE";
  }
}
