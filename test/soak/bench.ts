// One family for as long as it is told: mosquitto, a virtual modem on a pseudo-terminal, `connect()`, and MQTT.js on the
// other side. Everything that is sent is looked for, one fault follows another, and the connection must come back by itself.

import { setTimeout as pause } from "node:timers/promises";
import { connectAsync, type MqttClient } from "mqtt";
import { connect, type ModemMQTTClient, type MQTTModemError, type QoS } from "modem-mqtt/node";
import { createVirtualModem, seededRandom, type VirtualModem } from "modem-mqtt/virtual-modem";
import { hostileTexts } from "../simulation/corpus";
import type { FamilyName } from "../simulation/families";
import { inPlaceOf, isNoCommand } from "../simulation/wire";
import { Mosquitto } from "./broker";
import { faults } from "./faults";
import { Ledger, type Entry } from "./ledger";

interface Family {
  readonly longestOut: number;
  readonly longestIn: number;
  /** A received message comes with its length. */
  readonly framed: boolean;
}

const minutes = 60_000;
export const families: Readonly<Record<FamilyName, Family>> = {
  bc35g: { longestOut: 1024, longestIn: 900, framed: false },
  m531x: { longestOut: 512, longestIn: 2000, framed: true },
  ml302: { longestOut: 1024, longestIn: 2000, framed: true },
  nm28: { longestOut: 2048, longestIn: 2000, framed: true },
};

/** Milliseconds. */
const BETWEEN = 700;
/** A publish that has not ended by then never will. */
const PUBLISH_ENDS = 10 * minutes;
/** After the last fault all is well again in that time: docs/simulation.md. */
const RECOVERS = 15 * minutes;
/** How long after it was sent a message is given up: an NM28's loss is told of 45 s later at the latest (docs/limits.md). */
const ARRIVES = 60_000;
/** So long before and after a fault nobody knows what was under way. */
const MARGIN = 10_000;
const CALM = [10_000, 30_000] as const;
/** In each direction. */
const MOST_OPEN = 50;

export class Bench {
  readonly modem: FamilyName;
  readonly #family: Family;
  readonly #random: () => number;
  readonly violations: string[] = [];
  readonly counts: Record<string, number> = {};
  readonly faults: Record<string, number> = {};
  longestRecovery = 0;
  longestPublish = 0;
  readonly #out = new Ledger();
  readonly #in = new Ledger();
  readonly #texts: readonly string[];
  #broker!: Mosquitto;
  #virtual!: VirtualModem;
  #client!: ModemMQTTClient;
  #peer!: MqttClient;
  /** Until then nothing is certain. */
  #disturbedUntil = 0;
  #stopping = false;
  #open = 0;

  constructor(modem: FamilyName, seed: number) {
    this.modem = modem;
    this.#family = families[modem];
    this.#random = seededRandom(seed);
    this.#texts = hostileTexts(modem);
  }

  async start(): Promise<void> {
    this.#broker = await Mosquitto.start();
    this.#virtual = await createVirtualModem({ modem: this.modem, baud: 115_200, bootTime: 1000, attachTime: 500 });
    this.#peer = await connectAsync(`mqtt://127.0.0.1:${this.#broker.port}`, { clientId: "peer", clean: false, reconnectPeriod: 200 });
    this.#peer.on("error", () => {}); // while the broker is down
    this.#peer.on("message", (_topic, payload) => this.#arrived(this.#out, payload, "sent"));
    await this.#peer.subscribeAsync("from/#", { qos: 2 });
    this.#client = await connect({
      serial: this.#virtual.path, baud: 115_200, modem: this.modem, host: "127.0.0.1", port: this.#broker.port, clientId: "meter", username: "u", password: "p",
      keepalive: 30, clean: false,
    });
    this.#client.on("offline", () => {
      this.#count("connections lost");
      this.#disturb();
    });
    this.#client.on("connect", () => this.#disturb());
    this.#client.on("end", () => {
      if (!this.#stopping) this.violations.push("the client has ended by itself");
    });
    this.#client.on("message", (_topic, payload, { suspect }) => this.#arrived(this.#in, payload, "received", suspect));
    for (const qos of [0, 1, 2] as const) await this.#client.subscribe(`to/${qos}`, { qos });
  }

  /** Until `end`, as performance.now() has it. */
  async run(end: number): Promise<void> {
    await Promise.all([this.#publishing(end), this.#feeding(end), this.#disturbing(end), this.#judging(end)]);
    await this.#settle();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#client?.end();
    await this.#peer?.endAsync(true);
    await this.#virtual?.close();
    await this.#broker?.stop();
  }

  /** What it keeps by itself. */
  get remembered(): number {
    return this.#in.size + this.#out.size;
  }

  // ---- traffic

  async #publishing(end: number): Promise<void> {
    for (; performance.now() < end; await this.#pause()) if (this.#open < MOST_OPEN) void this.#publish();
  }

  async #publish(): Promise<Entry> {
    const QoS = Math.floor(this.#random() * 3) as QoS;
    const entry = this.#out.add((mark) => this.#payload(mark, this.#family.longestOut, true), QoS, this.#disturbed);
    this.#open++;
    this.#count(`published at QoS ${QoS}`);
    try {
      await this.#client.publish(`from/${QoS}`, entry.payload, { qos: QoS });
      entry.doneAt = performance.now();
      this.longestPublish = Math.max(this.longestPublish, entry.doneAt - entry.at);
    } catch (error) {
      entry.failed = true;
      const { code } = error as MQTTModemError;
      this.#count(`failed with ${code}`);
      this.#disturb();
    }
    this.#open--;
    return entry;
  }

  async #feeding(end: number): Promise<void> {
    for (; performance.now() < end; await this.#pause()) {
      if (!this.#peer.connected) continue;
      const QoS = Math.floor(this.#random() * 3) as QoS;
      const entry = this.#in.add((mark) => this.#payload(mark, this.#family.longestIn, this.#family.framed), QoS, this.#disturbed || !this.#client.connected);
      this.#count(`sent to it at QoS ${QoS}`);
      this.#peer.publish(`to/${QoS}`, entry.payload, { qos: QoS }, (error) => {
        if (error instanceof Error) entry.failed = true;
        else entry.doneAt = performance.now();
      });
    }
  }

  #pause(): Promise<void> {
    return pause(BETWEEN * (0.5 + this.#random()));
  }

  /** Hostile as often as not. A BC35-G's messages end at their first CR LF. */
  #payload(mark: string, longest: number, anything: boolean): Buffer {
    const kind = this.#random();
    const content = kind < 0.4 ? Buffer.from(this.#texts[Math.floor(this.#random() * this.#texts.length)])
      : Buffer.from(Array.from({ length: Math.floor((kind < 0.9 ? 100 : longest - 20) * this.#random()) }, () => Math.floor(this.#random() * 256)));
    const payload = Buffer.concat([Buffer.from(mark), content]).subarray(0, longest);
    return anything ? payload : Buffer.from(payload.toString("latin1").replaceAll("\r\n", "\r "), "latin1");
  }

  #arrived(ledger: Ledger, payload: Buffer, verb: string, suspect = false): void {
    this.#count(`${verb} messages that arrived`);
    const entry = ledger.find(payload);
    if (suspect) {
      this.#count("received messages that were marked suspect");
      if (entry !== undefined) entry.over = true;
      return;
    }
    if (entry === undefined && ledger === this.#out && this.#isFilling(payload)) return this.#count("messages in place of one that may be a command");
    if (entry === undefined) return void this.violations.push(`what was never ${verb} arrived: ${shown(payload)}`);
    if (!entry.payload.equals(payload)) return void this.violations.push(`${shown(entry.payload)} was ${verb}, and ${shown(payload)} arrived`);
    entry.arrived++;
    entry.disturbed ||= this.#disturbed;
    if (entry.arrived > 1) {
      this.#count(`${verb} messages that arrived again`);
      if (!entry.disturbed) this.violations.push(`${shown(payload)} arrived ${entry.arrived} times, and nothing was wrong`);
    }
  }

  /** What goes in place of a message that may be a command, where its prompt was lost (docs/limits.md). */
  #isFilling(payload: Buffer): boolean {
    const text = payload.toString("latin1");
    const filled = this.#out.first((entry) => {
      const meant = entry.payload.toString("latin1");
      return entry.disturbed && !entry.filled && !isNoCommand(meant) && inPlaceOf(meant, this.modem).includes(text);
    });
    if (filled !== undefined) filled.filled = true;
    return filled !== undefined;
  }

  // ---- what becomes of it

  async #judging(end: number): Promise<void> {
    for (; performance.now() < end; await pause(1000)) this.#judge(performance.now());
  }

  #judge(now: number): void {
    const disturbed = this.#disturbed;
    for (const entry of this.#out.open()) {
      entry.disturbed ||= disturbed;
      if (entry.doneAt === null && !entry.failed) {
        if (now - entry.at > PUBLISH_ENDS) {
          entry.over = true;
          this.violations.push(`a publish has not ended: ${shown(entry.payload)}`);
        }
        continue;
      }
      if (entry.failed || entry.arrived > 0) entry.over = true;
      else if (now - entry.doneAt! > ARRIVES) {
        entry.over = true;
        if (entry.QoS === 0 && entry.disturbed) this.#count("lost at QoS 0 near a fault");
        else this.violations.push(`${shown(entry.payload)} at QoS ${entry.QoS} was reported done and has not arrived`);
      }
    }
    for (const entry of this.#in.open()) {
      entry.disturbed ||= disturbed;
      if (entry.failed || entry.arrived > 0) entry.over = true;
      else if (now - entry.at > ARRIVES && entry.disturbed) {
        // The modem may have acknowledged it and lost it.
        entry.over = true;
        this.#count("sent to it near a fault, and not received");
      } else if (now - entry.at > ARRIVES) {
        entry.over = true;
        this.violations.push(`${shown(entry.payload)} at QoS ${entry.QoS} was sent to it and has not arrived, and nothing was wrong`);
      }
    }
  }

  // ---- faults

  get #disturbed(): boolean {
    return performance.now() < this.#disturbedUntil;
  }

  #disturb(): void {
    const until = performance.now() + MARGIN;
    this.#disturbedUntil = Math.max(this.#disturbedUntil, until);
    // What was sent a little before counts as well.
    for (const ledger of [this.#in, this.#out]) for (const entry of ledger.open()) entry.disturbed = true;
  }

  async #disturbing(end: number): Promise<void> {
    for (;;) {
      await pause(CALM[0] + (CALM[1] - CALM[0]) * this.#random());
      if (performance.now() > end - minutes) return;
      const fault = faults[Math.floor(this.#random() * faults.length)];
      this.faults[fault.name] = (this.faults[fault.name] ?? 0) + 1;
      this.#disturb();
      await fault.begin(this.#virtual, this.#broker, this.#random);
      await pause(2000);
      await this.#recover(fault.name);
    }
  }

  /** All is well when a message has made its way in each direction. */
  async #recover(fault: string): Promise<void> {
    const began = performance.now();
    for (;;) {
      this.#disturb();
      if (this.#client.connected && this.#peer.connected) {
        const entry = await this.#publish();
        if (!entry.failed && await this.#echo()) break;
      }
      await pause(500);
      if (performance.now() - began > RECOVERS) {
        this.violations.push(`not well again ${RECOVERS / minutes} minutes after: ${fault}`);
        return;
      }
      if (this.#client.ended) return;
    }
    this.longestRecovery = Math.max(this.longestRecovery, performance.now() - began);
  }

  async #echo(): Promise<boolean> {
    if (!this.#peer.connected) return false;
    const entry = this.#in.add((mark) => Buffer.from(`${mark}echo`), 1, true);
    this.#peer.publish("to/1", entry.payload, { qos: 1 }, (error) => {
      if (error instanceof Error) entry.failed = true;
    });
    for (let i = 0; i < 50 && entry.arrived === 0; i++) await pause(100);
    return entry.arrived > 0;
  }

  /** The end: what is under way is awaited, and everything is judged. */
  async #settle(): Promise<void> {
    this.#virtual.clearFaults();
    for (let i = 0; i < 600 && this.#open > 0; i++) await pause(1000);
    if (this.#open > 0) this.violations.push(`${this.#open} publishes have not ended`);
    await pause(ARRIVES / 2);
    this.#judge(performance.now() + PUBLISH_ENDS);
  }

  #count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }
}

function shown(payload: Buffer): string {
  const text = JSON.stringify(payload.subarray(0, 80).toString("latin1"));
  return payload.length > 80 ? `${text}… (${payload.length} bytes)` : text;
}
