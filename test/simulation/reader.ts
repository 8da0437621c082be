// Puts the parts of received messages together, at once or when the application has time for it.

import type { ReadableOptions } from "../../src/index";
import type { Processor } from "./clock";

interface Reading {
  readonly topic: string;
  readonly parts: Buffer[];
  suspect: boolean;
}

/** Who reads: a client or a session, until it is over. */
export interface Source {
  read(buffer: Uint8Array): number | undefined;
  readonly over: boolean;
}

export interface ReaderOptions {
  readonly processor: Processor;
  violated(promise: string, what: string): void;
  noted(what: string): void;
  received(topic: string, payload: Buffer, suspect: boolean): void;
}

/** Milliseconds. */
const LATER = 1500;

export class Reader {
  readonly #options: ReaderOptions;
  #reading: Reading | null = null;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  forget(): void {
    this.#reading = null;
  }

  /** @param ignores the application does not read now */
  readable(source: Source, count: number, { topic, more, suspect }: ReadableOptions, ignores: boolean): void {
    const { noted, processor, violated } = this.#options;
    if (topic !== undefined) this.#reading = { topic, parts: [], suspect: false };
    const reading = this.#reading;
    if (reading === null) return violated("3", "a part came of a message that had not begun");
    reading.suspect ||= suspect;
    if (!ignores) return this.#read(source, reading, count, more);
    noted("onReadable ignored");
    processor.later(() => {
      if (!source.over && this.#reading === reading) this.#read(source, reading, count, more);
    }, LATER);
  }

  #read(source: Source, reading: Reading, count: number, more: boolean): void {
    const { noted, received } = this.#options;
    const bytes = Buffer.alloc(count);
    const got = count === 0 ? 0 : source.read(bytes);
    // Dropped meanwhile, for the ring was full: the client marks what comes after it, if anything does.
    if (got !== count && !more) return void (this.#reading = null);
    reading.parts.push(bytes);
    if (more) return;
    this.#reading = null;
    const payload = Buffer.concat(reading.parts);
    noted(`received ${reading.topic} ${reading.suspect ? "(suspect) " : ""}${JSON.stringify(payload.toString("latin1").slice(0, 60))}`);
    received(reading.topic, payload, reading.suspect);
  }
}
