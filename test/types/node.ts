// What must compile, and what must not, with the declarations that a user of the package gets: test/e2e/package.test.ts.
import {
  ArgumentError, BrokerError, connect, connectAsync, type ConnectOptions, type ErrorCode, type Granted, type ModemMQTTClient, MQTTModemError, type ModemReport,
  type ModemSignal, type Packet, type Progress, type QoS, readModemInfo, type SimState, type StatisticsView, type ToldTime,
} from "modem-mqtt/node";
import NM28 from "modem-mqtt/modems/nm28";

/** Compiles if both are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_is: Same<A, B>): void => {};

export async function connecting(): Promise<void> {
  const client = await connect({
    serial: "/dev/ttyUSB0", modem: "bc35g", host: "broker.example",
    reconnectPeriod: 500, connectTimeout: 60_000, resubscribe: false, queueQoSZero: false, highWaterMark: 10,
    signal: AbortSignal.timeout(1000),
    will: { topic: "gone", payload: new Uint8Array(1), qos: 1, retain: true },
  });
  same<typeof client, ModemMQTTClient>(true);
  await connect({ modem: client, host: "broker.example" });
  await connect({ modem: NM28, serial: "COM3", host: "broker.example" });
  // @ts-expect-error a modem has to be named
  await connect({ serial: "/dev/ttyUSB0", host: "broker.example" });
  // @ts-expect-error nobody knows where to connect to
  await connect({ serial: "/dev/ttyUSB0", modem: "bc35g" });
  // @ts-expect-error QoS ends at 2
  await connect({ serial: "/dev/ttyUSB0", modem: "bc35g", host: "h", will: { topic: "t", payload: "", qos: 3 } });
  // @ts-expect-error MQTT 5 is no modem's
  await connect({ serial: "/dev/ttyUSB0", modem: "bc35g", host: "h", protocolVersion: 5 });
  await connectAsync({ serial: "/dev/ttyUSB0", modem: "bc35g", host: "h", protocol: "mqtt", protocolVersion: 3, heldMessages: 5 });
  // @ts-expect-error nothing goes out in clear text where TLS is asked for
  await connect({ serial: "/dev/ttyUSB0", modem: "bc35g", host: "h", protocol: "mqtts" });
  // @ts-expect-error misspelt
  await connect({ serial: "/dev/ttyUSB0", modem: "bc35g", host: "h", reconnectperiod: 1 });
  same<ConnectOptions["reconnectPeriod"], number | undefined>(true);
}

export async function device(client: ModemMQTTClient): Promise<void> {
  const where = { serial: "/dev/ttyUSB0", modem: "bc35g", host: "h" };
  await connect({ ...where, apn: "a", pin: "1234", operator: "auto", bands: [5, 8], roaming: false, radio: true, psm: false, edrx: 20.48, changeBaud: 115_200, watchdog: { registration: 1200 } });
  await connect({ ...where, apn: { name: "a", user: "u", password: "p", authentication: "chap", type: "IPV4V6" }, psm: { active: 10, periodic: 3600 } });
  await connect({ ...where, setup: ["AT+CSQ", { command: "AT+QREGSWT=2", optional: true, timeout: 5000 }] });
  // @ts-expect-error digits, for a PIN may begin with 0
  await connect({ ...where, pin: 1234 });
  // @ts-expect-error an access point has a name
  await connect({ ...where, apn: { user: "u" } });
  const { modem } = client,
    { signal } = new AbortController();
  same<Awaited<ReturnType<typeof modem.command>>, readonly string[]>(true);
  await modem.command("AT+CSQ", { timeout: 1000, signal });
  same<Awaited<ReturnType<typeof modem.signal>>, ModemSignal>(true);
  same<Awaited<ReturnType<typeof modem.sim>>, SimState>(true);
  same<Awaited<ReturnType<typeof modem.time>>, ToldTime | undefined>(true);
  same<typeof modem.statistics, StatisticsView>(true);
  // @ts-expect-error a question has no timeout
  await modem.identity({ timeout: 5 });
  const report = await readModemInfo({ serial: "/dev/ttyUSB0", pin: "1234" });
  same<typeof report, ModemReport>(true);
  same<typeof report.rsrp, number | null>(true);
}

export async function using(options: ConnectOptions): Promise<void> {
  await using client = await connect(options);
  same<typeof client.connected, boolean>(true);
}

export async function operations(client: ModemMQTTClient, bytes: Uint8Array): Promise<void> {
  const { signal } = new AbortController();
  same<Awaited<ReturnType<typeof client.publish>>, void>(true);
  await client.publish("t", "text", { qos: 2, retain: true, signal });
  await client.publish("t", bytes);
  await client.publish("t");
  const granted = await client.subscribe({ a: { qos: 1 }, b: { qos: 2 } });
  same<typeof granted, Granted[]>(true);
  same<Granted["qos"], QoS>(true);
  const topics = ["a", "b"] as const;
  await client.subscribe(topics, { qos: 1, signal });
  await client.unsubscribe(topics, { signal });
  await client.drained();
  await client.end(true);
  // @ts-expect-error numbers are no payloads
  await client.publish("t", 21.5);
  // @ts-expect-error QoS ends at 2
  await client.publish("t", "", { qos: 3 });
  // @ts-expect-error a subscription has no retain flag
  await client.subscribe("t", { retain: true });
  // @ts-expect-error each topic of an object has its QoS
  await client.subscribe({ a: {} });
  // MQTT.js's callbacks, and its other names.
  await client.publish("t", "", (error, packet) => { same<typeof error, Error | null>(true); same<typeof packet, Packet | undefined>(true); });
  await client.publish("t", "", { qos: 1, dup: false }, () => {});
  await client.subscribe("t", (_error, granted) => same<typeof granted, Granted[] | undefined>(true));
  await client.subscribe("t", { qos: 1 }, () => {});
  await client.unsubscribe("t", (error) => same<typeof error, Error | null>(true));
  await client.end(() => {});
  await client.end(false, {}, () => {});
  await client.publishAsync("t", "", { qos: 1 });
  same<Awaited<ReturnType<typeof client.subscribeAsync>>, Granted[]>(true);
  await client.unsubscribeAsync(["t"]);
  await client.endAsync(true);
  // @ts-expect-error the modem sets it
  await client.publish("t", "", { dup: true });
  // @ts-expect-error there is no MQTT 5
  await client.end(false, { reasonCode: 4 });
}

export function events(client: ModemMQTTClient): void {
  client.on("message", (topic, payload, packet) => {
    same<typeof topic, string>(true);
    same<typeof payload, Buffer>(true);
    same<typeof packet, Packet>(true);
    same<typeof packet.qos, QoS | undefined>(true);
  });
  client.once("error", (error) => {
    same<typeof error, MQTTModemError>(true);
    same<typeof error.code, ErrorCode>(true);
    same<typeof error.modemCode, number | undefined>(true);
    same<typeof error.cause, unknown>(true);
    // @ts-expect-error there is no such code
    return error.code === "LINK_LOOSE";
  });
  for (const name of ["connect", "reconnect", "offline", "close", "end"] as const) client.on(name, () => {});
  client.on("stage", (stage, progress) => { same<typeof progress, Progress | null>(true); return stage === "attaching" && progress!.registration; });
  // @ts-expect-error no such event
  client.on("packetreceive", () => {});
  // @ts-expect-error connect tells nothing
  client.on("connect", (packet: Packet) => packet.topic);
  // @ts-expect-error there is no such stage
  client.on("stage", (stage) => stage === "flying");
}

export async function messages(client: ModemMQTTClient): Promise<void> {
  for await (const message of client) same<typeof message, Packet>(true);
}

export function errors(error: unknown): void {
  if (error instanceof ArgumentError) same<typeof error.argument, string>(true);
  if (error instanceof BrokerError) same<typeof error.returnCode, number>(true);
  // @ts-expect-error only an ArgumentError names an argument
  if (error instanceof MQTTModemError) error.argument;
}
