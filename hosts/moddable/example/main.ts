/**
 * Connects, subscribes to a topic for commands, and publishes a reading every minute: how long this has been running,
 * and the memory that it uses. When the connection fails it says why, and tries again after a pause.
 * What it talks to, and through which pins, is in the manifest.
 */
import Instrumentation from "instrumentation";
import config from "mc/config";
import { MQTTClient, type MQTTModemError } from "modem-mqtt";
import BC35G from "modem-mqtt/modems/bc35g"; // the one driver that goes into the image
import TextDecoder from "text/decoder";
import Time from "time";
import Timer from "timer";

const SLOTS = Instrumentation.map("XS Slot Heap Used");
const CHUNKS = Instrumentation.map("XS Chunk Heap Used");
const COLLECTIONS = Instrumentation.map("XS Garbage Collection Count");

const started = Time.ticks;
const decoder = new TextDecoder();
let client: MQTTClient | undefined;
let clock: Timer | undefined;

function connect(): void {
  try {
    client = new MQTTClient({
      ...config.mqtt,
      modem: { io: BC35G, serial: config.serial },
      onStage(stage) {
        trace(`modem: ${stage}\n`);
      },
      onControl(message) {
        if (message.operation === MQTTClient.CONNACK && message.returnCode === 0)
          this.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic: config.commands, QoS: 1 }] });
        else if (message.operation === MQTTClient.SUBACK) {
          trace(`subscribed to ${config.commands}: ${message.payload}\n`);
          publish();
          clock = Timer.repeat(publish, config.interval);
        } else if (message.operation === MQTTClient.PUBACK) trace(`the broker has reading ${message.id}\n`);
      },
      onReadable(_count, { topic, more }) {
        if (topic !== undefined) trace(`${topic}: `);
        trace(decoder.decode(this.read(), { stream: more }), more ? "" : "\n");
      },
      onClose() {
        retry("disconnected");
      },
      onError(error) {
        retry(explained(error));
      },
    });
  } catch (error) {
    retry(explained(error));
  }
}

function publish(): void {
  const reading = {
    seconds: Math.idiv((Time.ticks - started) >>> 0, 1000), // starts again after 49 days
    slots: Instrumentation.get(SLOTS),
    chunks: Instrumentation.get(CHUNKS),
    collections: Instrumentation.get(COLLECTIONS),
  };
  const text = JSON.stringify(reading);
  try {
    client!.write(ArrayBuffer.fromString(text), { topic: config.readings, QoS: 1 });
    trace(`${config.readings}: ${text}\n`);
  } catch (error) {
    trace(`no reading this time: ${explained(error)}\n`); // BUSY: the broker has not acknowledged the ones before
  }
}

function retry(reason: string): void {
  trace(`${reason}; again in ${config.pause / 1000} s\n`);
  Timer.clear(clock);
  clock = undefined;
  client = undefined;
  // Not at once: the modem and the serial port need up to five seconds to let go (see MQTTClient).
  Timer.set(connect, config.pause);
}

function explained(error: unknown): string {
  const { code, message } = error as MQTTModemError;
  return `${code ?? "error"}: ${message}`;
}

connect();
