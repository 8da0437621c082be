import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import MQTTClient, { type MQTTModemError } from "modem-mqtt";
import { connect, hostClock, loadDriver, MQTTModemError as AnyError, SerialPort, type ConnectOptions, type ModemMQTTClient } from "modem-mqtt/node";
import type { VirtualModem } from "modem-mqtt/virtual-modem";
import { Inbox, pause, within } from "./conformance/bench";
import type { Facts } from "./families";

/** One virtual modem with one variant, and what the rounds need around it. */
export interface Subject {
  /** Unique: client id, and level of every topic. */
  readonly id: string;
  readonly family: string;
  readonly facts: Facts;
  readonly modem: VirtualModem;
  readonly port: number;
  readonly modemOptions: Record<string, unknown>;
  /** All that have been opened. */
  readonly clients: ModemMQTTClient[];
  /** The next message that the rest of the world receives on the topic. */
  arrival(topic: string): Promise<string>;
  publish(topic: string, payload: string): Promise<void>;
  /** The AT traffic of all clients, with times, for whoever has to find out why it failed. */
  readonly traffic: string[];
  /** The password of the last CONNECT. */
  password(): string | undefined;
}

/**
 * Blanks, quotes, and what a wrong length would make a difference to. There are ten quotes: a length that counts each of them once
 * more goes eight bytes too far with eight, which is where the `OK` of a publish ends that comes directly behind the message.
 */
const PAYLOAD = '{"on": true, "n": "x y", "m": 1, "k": 0}';

/** Connects; whoever has made the subject ends what is left of it. */
const open = (subject: Subject, options: Partial<ConnectOptions> = {}): Promise<ModemMQTTClient> => connect({
  onClient: (client) => void subject.clients.push(client),
  trace: (direction, bytes) => void subject.traffic.push(`${Math.round(performance.now()) % 1_000_000} ${direction === "sent" ? ">" : "<"} ${JSON.stringify(Buffer.from(bytes).toString("latin1"))}`),
  serial: subject.modem.path, modem: subject.family, host: "127.0.0.1", port: subject.port, clientId: subject.id, username: "u", password: "p",
  keepalive: 60, will: { topic: `out/${subject.id}/gone`, payload: "gone", qos: 1 }, modemOptions: subject.modemOptions, reconnectPeriod: 0, ...options,
});

/** Whether it is an error of the package's, and so one that a program can test. */
const refused = (error: unknown): boolean => error instanceof AnyError;

/** Refused, connected, refused to subscribe, subscribed, published, received, unsubscribed, disconnected. */
export async function round(subject: Subject): Promise<void> {
  const { id } = subject;
  await assert.rejects(open(subject, { password: "wrong" }), refused, "a wrong password");
  let client = await open(subject);
  // A modem may take the refusal for no answer at all.
  await assert.rejects(client.subscribe(`forbidden/${id}`, { qos: 1 }), (error: MQTTModemError) =>
    error.name === "BrokerError" && ["SUBSCRIPTION_REFUSED", "ACK_TIMEOUT"].includes(error.code));
  let inbox = new Inbox(client);
  const subscribe = (): Promise<unknown> => client.subscribe([`in/${id}`, `out/${id}/loop`], { qos: 1 });
  const granted = await subscribe().catch(async (error: unknown) => {
    // It may have ended the connection, which may not have been known yet.
    if (client.connected || !refused(error)) throw error;
    client = await open(subject);
    inbox = new Inbox(client);
    return subscribe();
  });
  assert.deepEqual(granted, [`in/${id}`, `out/${id}/loop`].map((topic) => ({ topic, qos: 1 })));
  for (const qos of [1, 2, 0] as const) {
    const arrived = subject.arrival(`out/${id}/${qos}`);
    await client.publish(`out/${id}/${qos}`, PAYLOAD, { qos });
    assert.equal(await within(arrived, "nothing arrives"), PAYLOAD);
  }
  for (let i = 0; i < 2; i++) {
    await subject.publish(`in/${id}`, PAYLOAD);
    const packet = await inbox.next();
    assert.deepEqual([packet.topic, packet.payload.toString()], [`in/${id}`, PAYLOAD]);
  }
  // Received in the middle of what is being sent.
  await Promise.all([1, 2, 3].map((number) => client.publish(`out/${id}/loop`, `${number}${PAYLOAD}`, { qos: 1 })));
  for (const number of [1, 2, 3]) {
    const { payload, suspect } = await inbox.next();
    // Where the length that the modem says is not the message's, what stands directly behind it may be taken for more of it.
    assert.equal(suspect ? payload.toString().slice(0, PAYLOAD.length + 1) : payload.toString(), `${number}${PAYLOAD}`);
  }
  await client.unsubscribe([`in/${id}`, `out/${id}/loop`]);
  await client.publish(`out/${id}/last`, "x", { qos: 1 });
  assert.equal(inbox.length, 0);
  await within(client.end(), "it does not end");
}

/** The modem is whole after all that, or will be soon: what is lost may have to be found out, or got back by the modem. */
async function works(subject: Subject, client?: ModemMQTTClient): Promise<void> {
  const arrived = subject.arrival(`out/${subject.id}/works`);
  for (const deadline = Date.now() + 100_000;; await pause(100)) {
    if (!client?.connected) {
      await client?.end(true);
      client = await open(subject);
    }
    try {
      await client.publish(`out/${subject.id}/works`, "yes", { qos: 1 });
      break;
    } catch (error) {
      if (!refused(error) || Date.now() > deadline) throw error;
    }
  }
  assert.equal(await within(arrived, "nothing arrives"), "yes");
  await client.end();
}

const ended = (client: ModemMQTTClient): Promise<MQTTModemError> => within(new Promise((resolve) => client.once("error", resolve)), "no error");

/** The link goes, the client is told, and connects again. */
async function loss(subject: Subject): Promise<void> {
  const { modemOptions, then } = subject.facts.linkLoss[0];
  const client = await open(subject, { modemOptions: { ...subject.modemOptions, ...modemOptions } });
  const error = ended(client);
  subject.modem.fault("link-loss:1");
  if (then === "back") subject.modem.fault("refused:3"); // it would come back by itself
  assert.equal((await error).code, "LINK_LOST");
  await works(subject, client);
}

/** The modem restarts. A publish meanwhile shows it where the modem says nothing. */
async function restart(subject: Subject): Promise<void> {
  const client = await open(subject);
  const error = ended(client);
  subject.modem.restart();
  await pause(300);
  await assert.rejects(client.publish("out/x", "x", { qos: 1 }), refused);
  assert.equal((await error).code, "MODEM_RESTARTED");
  await works(subject, client);
}

/** The broker's acknowledgement of a publish does not come. */
async function unanswered(subject: Subject): Promise<void> {
  const client = await open(subject, { modemOptions: { ...subject.modemOptions, ...subject.facts.failures.modemOptions } });
  subject.modem.fault("drop-in:puback,0");
  await assert.rejects(client.publish(`out/${subject.id}/x`, "x", { qos: 1 }), refused);
  subject.modem.clearFaults();
  await pause(100);
  await works(subject, client);
}

/** PUBCOMP is lost once: PUBREL goes out again. */
async function releasedTwice(subject: Subject): Promise<void> {
  const client = await open(subject, { modemOptions: { ...subject.modemOptions, packetTimeout: 1 } });
  subject.modem.fault("drop-in:pubcomp");
  await client.publish(`out/${subject.id}/x`, "x", { qos: 2 });
  await works(subject, client);
}

/** Nobody listens, whatever the modem tries. */
async function openFails(subject: Subject): Promise<void> {
  subject.modem.fault("refused:0");
  await assert.rejects(open(subject), { name: "NetworkError", code: "OPEN_FAILED" });
  subject.modem.clearFaults();
  await works(subject);
}

/** TLS is asked for, and fails. */
const tlsFails = (options: Record<string, unknown>) => async (subject: Subject): Promise<void> => {
  await assert.rejects(open(subject, { modemOptions: { ...subject.modemOptions, ...options } }), { name: "NetworkError", code: "OPEN_FAILED" });
  await works(subject);
};

/** The broker grants less than was asked for. */
async function downgraded(subject: Subject): Promise<void> {
  const client = await open(subject, { modemOptions: { ...subject.modemOptions, ackTimeout: 1 } });
  subject.modem.fault("suback:1,0");
  await client.subscribe(`in/${subject.id}`, { qos: 1 }).then(
    (granted) => assert.deepEqual(granted, [{ topic: `in/${subject.id}`, qos: 0 }]),
    (error: unknown) => assert.ok(refused(error), String(error)));
  await pause(100);
  await works(subject, client);
}

/** The prompt does not come, and the message may be a command, so the driver cancels. */
async function cancelled(subject: Subject): Promise<void> {
  const client = await open(subject);
  subject.modem.fault("no-prompt");
  await assert.rejects(client.publish(`out/${subject.id}/x`, "AT", { qos: 1 }), refused);
  await works(subject, client);
}

async function emptyMessage(subject: Subject): Promise<void> {
  const client = await open(subject);
  const arrived = subject.arrival(`out/${subject.id}/empty`);
  await client.publish(`out/${subject.id}/empty`, "", { qos: 1 }).then(
    async () => assert.equal(await within(arrived, "nothing arrives"), ""),
    (error: unknown) => assert.ok(refused(error), String(error)));
  await works(subject, client);
}

/** Pings are shown, and the connection lives on them. */
async function pings(subject: Subject): Promise<void> {
  const client = await open(subject, { keepalive: 6, modemOptions: { ...subject.modemOptions, ackTimeout: 1, showPings: true } });
  await pause(9500); // the broker waits for nine seconds
  assert.equal(client.connected, true);
  await works(subject, client);
}

/** The modem is asked again and again whether there is a connection. */
async function polled(subject: Subject): Promise<void> {
  const client = await open(subject, { modemOptions: { ...subject.modemOptions, pollInterval: 1000 } });
  await pause(2500);
  assert.equal(client.connected, true);
  await works(subject, client);
}

async function fetchedPassword(subject: Subject): Promise<void> {
  const [productId, deviceName, deviceSecret] = ["prod", "dev-1", "secret"];
  const client = await open(subject, { password: undefined, modemOptions: { ...subject.modemOptions, tencent: { productId, deviceName, deviceSecret } } });
  assert.equal(subject.password(), createHmac("sha1", deviceSecret).update(`${productId}${deviceName}${productId}@${deviceName}`).digest("hex"));
  await client.end();
}

async function reportsVersion(subject: Subject): Promise<void> {
  await works(subject, await open(subject, { modemOptions: { ...subject.modemOptions, reportVersion: true } }));
}

/** Every read form and test form that the driver has is answered, and taken for what it is. */
async function inquiries(subject: Subject): Promise<void> {
  const driver = await loadDriver(subject.family);
  let connected!: () => void, subscribed = (): void => {}, failed!: (error: unknown) => void;
  const ready = new Promise<void>((resolve, reject) => { connected = resolve; failed = reject; });
  let onClosed!: () => void;
  const released = new Promise<void>((resolve) => { onClosed = resolve; });
  const client = new MQTTClient({
    host: "127.0.0.1", port: subject.port, id: subject.id, user: "u", password: "p", keepAlive: 60_000,
    modem: { io: driver, clock: hostClock, serial: { io: SerialPort, path: subject.modem.path, baudRate: driver.baud, onClosed } },
    onControl: ({ operation }) => {
      if (operation === MQTTClient.CONNACK) connected();
      if (operation === MQTTClient.SUBACK) subscribed();
    },
    onError: failed,
  });
  try {
    await within(ready, "not connected");
    await within(new Promise<void>((resolve) => { client.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic: "+/in", QoS: 1 }] }); subscribed = resolve; }), "subscribe");
    for (const { line } of driver.inquiries) {
      const lines = await within(new Promise<readonly string[]>((resolve, reject) =>
        client.inquire(line, (error, lines) => (error === null ? resolve(lines) : reject(error)))), line);
      // What nothing has been set or fetched for has no line.
      if (!/aliauth|QMTENAUTH\?/.test(line)) assert.notEqual(lines.length, 0, line);
      if (line === "AT+MQTTSUB?") assert.match(lines.join("\n"), /\+\/in/);
    }
    assert.equal(client.counters.unknownLines, 0);
  } finally {
    client.close();
    await released;
  }
}

/** What beside the round a variant makes a difference to. */
export const MORE: Readonly<Record<string, readonly ((subject: Subject) => Promise<void>)[]>> = {
  "every modem": [loss, restart],
  lineEnd: [restart, inquiries],
  colon: [inquiries],
  echo: [inquiries],
  unknown: [inquiries],
  // bc35g
  closeAfterStat: [loss],
  cfgQuotes: [inquiries],
  escapeAnswer: [cancelled],
  emptyPublish: [emptyMessage],
  pubrelNotice: [releasedTwice],
  tenAuthName: [fetchedPassword],
  tenAuthQuotes: [fetchedPassword],
  // m531x, ml302
  model: [restart, inquiries, pings],
  spacing: [loss, inquiries, unanswered],
  okOrder: [unanswered],
  okPause: [unanswered],
  openResult: [openFails],
  openFail: [openFails],
  openError: [openFails],
  openRetry: [openFails],
  cfgRead: [inquiries],
  subList: [inquiries],
  toQuery: [inquiries],
  pingWord: [pings],
  pingInterval: [pings],
  downgrade: [downgraded],
  ackTimeoutFinal: [unanswered],
  ackTimeout: [unanswered],
  giveUpError: [loss],
  tlsFailure: [tlsFails({ encrypt: true, version: "2018-10-31" })],
  // nm28
  failedFinal: [openFails],
  mqttErrors: [openFails],
  resultOrder: [openFails, loss, inquiries],
  resultSpace: [loss, inquiries],
  connQuery: [polled, inquiries],
  linkLoss: [loss],
  afterUnanswered: [unanswered],
  openAfterLoss: [loss],
  openFailure: [openFails],
  tls: [tlsFails({ sslContext: 1 })],
  ctwingPrefix: [reportsVersion, inquiries],
  banner: [restart],
};
