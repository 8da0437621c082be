/// <reference path="host.d.ts" />
/** The consumer on Moddable's own client over TCP, which the SDK has as an example: module `mqttclient`. */
import config from "mc/config";
import MQTTClient from "mqttclient";
import Timer from "timer";
import { consume } from "../consumer/consumer";

const BUFFER = 1024;
const PAUSE = 2;

interface Options {
  port: number;
  onReadable?(count: number): void;
  onWritable?(count: number): void;
  onError?(error?: unknown): void;
}

/** The SDK's `embedded:io/socket/tcp`, as far as the client uses it, over a socket of this machine that is asked again and again. */
class TCP {
  format = "buffer";
  readonly #socket: number;
  readonly #options: Options;
  readonly #timer: Timer;
  #waiting = new Uint8Array(0);
  #connected = false;

  constructor(options: Options) {
    this.#options = options;
    this.#socket = host.tcpOpen(options.port);
    this.#timer = Timer.repeat(() => this.#look(), PAUSE);
  }

  #look(): void {
    const piece = new Uint8Array(BUFFER), count = host.tcpRead(this.#socket, piece);
    if (count === undefined) return; // it is not connected yet
    if (count < 0) {
      Timer.clear(this.#timer);
      return this.#options.onError?.call(this);
    }
    if (!this.#connected) {
      this.#connected = true;
      this.#options.onWritable?.call(this, BUFFER);
    }
    if (count === 0) return;
    const all = new Uint8Array(this.#waiting.length + count);
    all.set(this.#waiting);
    all.set(piece.subarray(0, count), this.#waiting.length);
    this.#waiting = all;
    this.#options.onReadable?.call(this, all.length);
  }

  read(wanted?: number | ArrayBuffer | ArrayBufferView): unknown {
    if (this.format === "number") {
      const byte = this.#waiting[0];
      this.#waiting = this.#waiting.slice(1);
      return byte;
    }
    const most = typeof wanted === "number" ? wanted : wanted?.byteLength ?? this.#waiting.length;
    const taken = this.#waiting.slice(0, most);
    this.#waiting = this.#waiting.slice(taken.length);
    if (taken.length === 0) return undefined;
    if (typeof wanted !== "object") return taken.buffer;
    (ArrayBuffer.isView(wanted) ? new Uint8Array(wanted.buffer, wanted.byteOffset, wanted.byteLength) : new Uint8Array(wanted)).set(taken);
    return taken.length;
  }

  write(data: ArrayBuffer | ArrayBufferView): number {
    host.tcpWrite(this.#socket, ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data));
    Timer.set(() => { if (this.#connected) this.#options.onWritable?.call(this, BUFFER); });
    return BUFFER;
  }

  close(): void {
    Timer.clear(this.#timer);
    this.#connected = false;
    host.tcpClose(this.#socket);
  }
}

class Names {
  resolve({ host, onResolved }: { host: string; onResolved(host: string, address: string): void }): void {
    onResolved(host, "127.0.0.1");
  }
}

const mqtt = { io: MQTTClient, dns: { io: Names }, socket: { io: TCP } };
void consume({ ...config.stage, name: config.name, mqtt, later: Timer.set }, (line) => trace(`${line}\n`));
