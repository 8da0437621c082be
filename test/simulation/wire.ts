// An independent reader of what goes to the modem: it knows which commands each family has, which texts the application
// has given, and which payloads wait. It shares nothing with src. Whatever it cannot read is a violation.

import type { FamilyName } from "./families";
import { care, common, plain, publish, type PublishForm } from "./wire-commands";

/** What the application has given to be sent, over one link. */
export interface Given {
  /** Texts by the place that they may stand at. */
  readonly texts: Readonly<Record<string, ReadonlySet<string>>>;
  /** Payloads that were given with these, one character a byte. */
  payloads(topic: string, QoS: number, retain: number): ReadonlySet<string>;
}

/** What a modem that is given this as lines has nothing to do for, the first one behind A, AT or AT+ too. */
export function isNoCommand(payload: string): boolean {
  return !/[\x08\x1b\x7f;]|\x1a[^\x1a]|t\+|\+\+|(?:^|[\x00-\x1f])[^\x21-\x7e]*a[\x00-\x20t/]|^(?:[&/]|(?:[^][a-z0-9 ]{0,15})?[+=?])/is.test(payload);
}

/** What goes in place of a message that may be a command, where its prompt was lost; a Ctrl-Z at its end stays, or is another one's. */
export function inPlaceOf(payload: string, modem: FamilyName): string[] {
  const filler = (modem === "bc35g" ? ESC : "").padEnd(payload.length, "~");
  return payload.endsWith(CTRL_Z) ? [filler, filler.slice(0, -1) + CTRL_Z] : [filler];
}

const ESC = "\x1b";
const CTRL_Z = "\x1a";
const PROMPTS: Readonly<Record<FamilyName, RegExp | null>> = { bc35g: />/, m531x: null, ml302: />/, nm28: /CONNECT/ };

interface Command {
  readonly form: RegExp;
  readonly places: readonly string[];
  readonly given: Given;
}

type Publish = Omit<PublishForm, "form"> & { readonly form: RegExp; readonly given: Given };

export interface WireOptions {
  readonly modem: FamilyName;
  /** The port may take a part of a line at a time. */
  readonly cuts: boolean;
  /** The driver has care, and the application commands of its own. */
  readonly care?: boolean;
  readonly setup?: readonly (string | { readonly command: string })[];
  /** By the number of the link: a modem that has one client has one. */
  readonly given: readonly Given[];
  violated(what: string): void;
  /** A command line that has gone to the modem. */
  commanded?(line: string): void;
  /** A publish's command has, and all of its payload. */
  published?(topic: string, payload: string, QoS: number): void;
}

export class WireChecker {
  readonly #options: WireOptions;
  readonly #commands: Command[];
  readonly #publishes: readonly Publish[];
  #line = "";
  /** The payloads that may be going out, and how much of them has. */
  #candidates: readonly string[] = [];
  /** Those of them that were given; others take the place of one. */
  #meant: readonly string[] = [];
  #at = 0;
  /** A payload is going out, or has, that the modem may not have asked for: an empty line may end the line that it is then. */
  #unasked = false;
  /** What the client has been given to read since the last command line. */
  #heard = "";
  /** What the payload that is going out belongs to. */
  #topic = "";
  #QoS = 0;
  #empty = false;
  lines = 0;
  /** Lines that were given up half-way. */
  cut = 0;

  constructor(options: WireOptions) {
    this.#options = options;
    const { given, modem } = options;
    const formed = (form: string, link: number): RegExp => new RegExp(`^${form.replace("#", String(link))}$`);
    this.#commands = given.flatMap((each, link) => [...common.map((form) => [form] as const), ...plain[modem]].map(([form, ...places]) => ({ form: formed(form, link), places, given: each })));
    if (options.care === true) for (const [form, ...places] of care) this.#commands.push({ form: formed(form, 0), places, given: given[0] });
    for (const each of options.setup ?? []) this.#commands.push({ form: formed((typeof each === "string" ? each : each.command).replace(/[+*?]/g, "\\$&"), 0), places: [], given: given[0] });
    this.#publishes = given.flatMap((each, link) => publish[modem].map((form) => ({ ...form, form: formed(form.form, link), given: each })));
  }

  read(bytes: Uint8Array): void {
    if (this.#candidates.length > 0) this.#heard += Buffer.from(bytes).toString("latin1");
  }

  wrote(bytes: Uint8Array): void {
    for (const byte of bytes) this.#byte(String.fromCharCode(byte));
  }

  /** The client has been replaced by another one: it may have left anything behind. */
  begin(): void {
    this.#candidates = [];
    this.#line = "";
    this.#unasked = false;
  }

  #byte(character: string): void {
    // What comes before the prompt is a payload only if it is no command, or takes such a one's place; it has to be a line otherwise.
    if (this.#candidates.length > 0 && this.#at === 0) {
      const unasked = this.#candidates.flatMap((payload) => isNoCommand(payload) ? [payload] : inPlaceOf(payload, this.#options.modem));
      this.#candidates = (this.#asked ? this.#candidates.concat(unasked) : unasked).filter((payload) => payload[0] === character);
      this.#unasked ||= this.#candidates.some((payload) => unasked.includes(payload));
    }
    if (this.#candidates.length > 0) {
      const left = this.#candidates.filter((payload) => payload[this.#at] === character);
      if (left.length > 0) return this.#payload(left);
      // Given up: what has been taken for the payload's last bytes was the beginning of a line.
      const before = this.#candidates[0].slice(0, this.#at);
      this.#candidates = [];
      this.#line = this.#unasked && character === "\r" ? "" : beginning(before);
    }
    if (this.#unasked && character === "\r" && this.#line === "") return;
    const { modem, violated } = this.#options;
    if (this.#line === "" && ((character === ESC && modem === "bc35g") || (character === CTRL_Z && modem === "nm28"))) return;
    if (character !== "\r") {
      this.#line += character;
      if (this.#line.length > 4000) violated(`no command is as long as ${JSON.stringify(this.#line.slice(0, 100))}…`);
      return;
    }
    const line = Buffer.from(this.#line, "latin1").toString("utf8");
    this.#line = "";
    this.lines++;
    this.#command(line);
  }

  get #asked(): boolean {
    return PROMPTS[this.#options.modem]?.test(this.#heard) === true;
  }

  #payload(left: readonly string[]): void {
    this.#candidates = left;
    this.#at++;
    const whole = left.find((payload) => payload.length === this.#at);
    if (whole === undefined) return;
    this.#candidates = [];
    if (this.#meant.includes(whole)) this.#options.published?.(this.#topic, this.#empty ? "" : whole, this.#QoS);
  }

  #command(line: string): void {
    const { commanded, cuts, violated } = this.#options;
    commanded?.(line);
    for (const { form, given, places } of this.#commands) {
      const found = form.exec(line);
      if (found === null) continue;
      places.forEach((place, index) => {
        // Of several filters, those that there are.
        if (found[index + 1] === undefined && places.indexOf(place) < index) return;
        // What is empty may be left out.
        if (!given.texts[place].has(found[index + 1] ?? "")) violated(`${place} ${JSON.stringify(found[index + 1])} was not given: ${JSON.stringify(line)}`);
      });
      return;
    }
    for (const form of this.#publishes) {
      const found = form.form.exec(line);
      if (found !== null) return this.#publish(form, found);
    }
    // Given up while the port had taken a part of it: the marker follows at once, for a carriage return before it would have
    // the modem do the half of a command. What the modem gets is no command, for no argument ends so.
    if (cuts && line.startsWith("AT+") && line.endsWith("AT+CMEE?")) return void this.cut++;
    violated(`no such command: ${JSON.stringify(line)}`);
  }

  #publish({ topic, QoS, retain, length, hex, empty, given }: Publish, found: RegExpExecArray): void {
    const { published, violated } = this.#options;
    const payloads = given.payloads(found[topic], Number(found[QoS]), Number(found[retain]));
    this.#topic = found[topic];
    this.#QoS = Number(found[QoS]);
    this.#empty = empty !== undefined;
    this.#heard = "";
    this.#at = 0;
    if (hex !== undefined) {
      const payload = Buffer.from(found[hex], "hex").toString("latin1");
      if (!payloads.has(payload) || payload.length !== Number(found[hex - 1])) violated(`a payload that was not given: ${JSON.stringify(found[0])}`);
      return published?.(this.#topic, payload, this.#QoS);
    }
    const wanted = [...payloads].filter((payload) => payload.length === (length === undefined ? 0 : Number(found[length])));
    if (wanted.length === 0) violated(`a publish that was not given: ${JSON.stringify(found[0])}`);
    if (length !== undefined) this.#candidates = wanted;
    else if (empty !== "") this.#candidates = [empty!];
    else published?.(this.#topic, "", this.#QoS);
    this.#meant = this.#candidates;
  }
}

const starts = [`${ESC}AT+CMEE?\r`, "AT+CMEE?\r", "AT\r"];

/** The longest end of this that may begin one of the lines that interrupt a payload; ESC is not part of the line. */
function beginning(text: string): string {
  for (let length = Math.min(text.length, 10); length > 0; length--) {
    const end = text.slice(-length);
    if (starts.some((start) => start.startsWith(end))) return end.replace(ESC, "");
  }
  return "";
}
