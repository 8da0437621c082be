// What must compile, and what must not, of the core, the drivers, the clouds and the virtual modem: see node.ts.
import MQTTClient, {
  ArgumentError, CME_ERRORS, type Clock, type ControlMessage, type DigitalPinClass, type ErrorCode, meaning, type ModemSignal, MQTTModemError, type MQTTClientOptions, portableBytes, type Port,
  type PortOptions, type Progress,
} from "modem-mqtt";
import ATClient from "modem-mqtt/at";
import BC35GWithCare, { BC35G as NamedWithCare } from "modem-mqtt/care/bc35g";
import M531XWithCare from "modem-mqtt/care/m531x";
import ML302WithCare from "modem-mqtt/care/ml302";
import NM28WithCare from "modem-mqtt/care/nm28";
import { alibaba } from "modem-mqtt/clouds";
import BC35G, { BC35G as Named } from "modem-mqtt/modems/bc35g";
import M531X from "modem-mqtt/modems/m531x";
import ML302 from "modem-mqtt/modems/ml302";
import NM28 from "modem-mqtt/modems/nm28";
import { createVirtualModem, type VirtualModem } from "modem-mqtt/virtual-modem";

/** Compiles if both are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_is: Same<A, B>): void => {};

declare const clock: Clock;
declare const Pin: DigitalPinClass;
declare const SerialPort: new (options: PortOptions & { path: string }) => Port;

export function constructing(): void {
  same<typeof BC35G, typeof Named>(true);
  for (const io of [BC35G, M531X, ML302, NM28]) {
    const client = new MQTTClient({
      host: "broker.example", port: 1883, id: "meter-1", user: "u", password: new Uint8Array(1), keepAlive: 120_000, clean: true,
      will: { topic: "gone", message: "1", QoS: 1, retain: true },
      modem: { io, clock, serial: { io: SerialPort, path: "/dev/ttyUSB0" } },
      onReadable(count, { topic, QoS, byteLength, more }) {
        same<typeof topic, string | undefined>(true);
        same<typeof more, boolean>(true);
        void [QoS, byteLength, this.read(count), this.read(new Uint8Array(count))];
      },
      onWritable(count) { same<typeof count, number>(true); },
      onControl(message) { same<typeof message, ControlMessage>(true); },
      onError(error) {
        same<typeof error, MQTTModemError>(true);
        same<typeof error.code, ErrorCode>(true);
      },
      onClose() { this.close(); },
    });
    same<ReturnType<typeof client.write>, number>(true);
    client.write(new ArrayBuffer(1), { topic: "t", QoS: 2, retain: true, id: 7, byteLength: 1, duplicate: false });
    client.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic: "t", QoS: 1 }] });
    client.close();
  }
  for (const io of [BC35GWithCare, NamedWithCare, M531XWithCare, ML302WithCare, NM28WithCare]) {
    const { modem } = new MQTTClient({
      host: "broker.example",
      modem: {
        io, clock, serial: { io: SerialPort, path: "/dev/ttyUSB0" }, apn: { name: "internet", user: "u", password: "p", authentication: "chap", type: "IP" }, pin: "1234",
        operator: "auto", bands: [8], roaming: false, radio: true, psm: { active: 10, periodic: 3600 }, edrx: false, setup: ["AT", { command: "AT", optional: true, timeout: 500 }],
        power: { key: { io: Pin, pin: 4, pulse: 500, off: 2100 }, reset: { io: Pin, pin: 5, activeLow: true, mode: 9 }, status: { io: Pin, pin: 6 }, wake: { io: Pin, pin: 7 } },
        changeBaud: 115_200, watchdog: { answer: 20, registration: 1200 }, systemClock: { set(seconds) { same<typeof seconds, number>(true); } }, recover: "power",
      },
      onStage(_stage, progress) { same<typeof progress, Progress | null>(true); },
    });
    modem.command("AT+CSQ", { timeout: 1000 }, (error, lines) => {
      same<typeof error, MQTTModemError | null>(true);
      same<typeof lines, readonly string[]>(true);
    });
    modem.command("AT", () => {});
    modem.signal((_error, told) => same<typeof told, ModemSignal | undefined>(true));
    same<typeof modem.statistics.failures.LINK_LOST, number | undefined>(true);
    same<typeof modem.statistics.recoveries.power, number>(true);
  }
  const at = new ATClient({ clock, serial: { io: SerialPort, path: "/dev/ttyUSB0" }, reports: ["+CEREG"], onReport(line) { same<typeof line, string>(true); } });
  at.command("AT+CSQ", (_error, lines) => void lines[0]);
  at.close();
  // @ts-expect-error a pin that is read is not pressed
  new MQTTClient({ host: "broker.example", modem: { io: BC35GWithCare, clock, serial: { io: SerialPort, path: "x" }, power: { status: { io: Pin, pin: 4, pulse: 5 } } } });
  // @ts-expect-error a PIN may begin with 0
  new MQTTClient({ host: "broker.example", modem: { io: BC35GWithCare, clock, serial: { io: SerialPort, path: "x" }, pin: 1234 } });
  // @ts-expect-error nobody is told
  at.command("AT");
  // @ts-expect-error a modem has to be given
  new MQTTClient({ host: "broker.example" });
  // @ts-expect-error nobody knows where to connect to
  new MQTTClient({ modem: { io: BC35G, clock, serial: { io: SerialPort } } });
  same<MQTTClientOptions["port"], number | string | undefined>(true);
}

export function hidden(client: MQTTClient): void {
  // @ts-expect-error what a client is made of is its own affair
  void client.driver;
  // @ts-expect-error
  void client.callbacks;
  // @ts-expect-error
  void client.subscribing;
  // @ts-expect-error
  client.tellWritable();
}

export function tables(error: ArgumentError): void {
  same<typeof error.argument, string>(true);
  const text: string = meaning(CME_ERRORS, 50);
  portableBytes.copy(new Uint8Array(1), 0, new Uint8Array(1), 0, text.length);
}

export function clouds(): void {
  const { user, password } = alibaba({ productKey: "k", deviceName: "d", deviceSecret: "s" });
  void [user, password];
  // @ts-expect-error a device has a secret
  alibaba({ productKey: "k", deviceName: "d" });
}

export async function virtual(): Promise<void> {
  const modem = await createVirtualModem({ modem: "bc35g", attachTime: 0 });
  same<typeof modem, VirtualModem>(true);
  same<typeof modem.path, string>(true);
  modem.fault("silence:1000");
  await modem.close();
}
