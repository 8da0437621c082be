/// <reference path="host.d.ts" />
/**
 * What a device executes: of a client over this package's port for an ESP32, in instructions where the host runs on a device's
 * instruction set (build/xs-device.mjs), in metered units elsewhere. Argument: the family's name. Prints `name value…` lines.
 */
import { MQTTClient, type MQTTClientOptions } from "../../hosts/moddable/modem-mqtt";
import type { ReadableOptions } from "../../src/index";
import { cost, FIRST, living, nothing, tell, TIMES } from "./cost";
import { ascii, FAMILIES, StillClock } from "./link";
import { Uart } from "./uart";

const UNITS = 2;
const TOPIC = "meter/cmd";
const family = FAMILIES.find(({ name }) => name === host.argument(0))!;
const payload = new Uint8Array(64).fill(0x61), buffer = new Uint8Array(1024);
const publish = { topic: TOPIC };
const [before, behind] = family.message(TOPIC, payload.length);
const message = ascii(before + "a".repeat(payload.length) + behind);
const prompt = family.prompt === null ? null : ascii(family.prompt);
/** The answer to a publish; where it has an id, its five digits begin here. */
const digits = family.published.indexOf("#");
const answer = ascii(family.published.replace("#", "00000"));
let received = 0, ended = 0;

function onReadable(this: MQTTClient, _count: number, _options: ReadableOptions): void {
  this.read(buffer);
  received++;
}
function onDone(_id: number, error: unknown): void {
  if (error !== null) throw error;
  ended++;
}
function onError(error: unknown): void {
  throw error;
}

// ---- one piece of work

const counts = new ArrayBuffer(16), now = new Int32Array(counts), depths = new ArrayBuffer(8), deep = new Int32Array(depths);
let start = 0;

function begin(): void {
  host.count(counts);
  start = now[UNITS]!;
}
function end(): number {
  host.count(counts);
  return (now[UNITS]! - start) | 0;
}

/** An answer whose id is that of the next publish. */
function prepareAnswer(): void {
  Uart.latest.sentLength = 0;
  if (digits >= 0) for (let i = 4, rest = ended + 1; i >= 0; i--, rest = (rest / 10) | 0) answer[digits + i] = 0x30 + (rest % 10);
}
function send(): void {
  client.write(payload, publish);
  Uart.latest.drain();
  if (prompt !== null) Uart.latest.receive(prompt);
  Uart.latest.receive(answer);
}
/** The longest time without a read of the port in any of the calls from outside that a publish is made of. */
function gapOfSending(): number {
  let longest = 0;
  const look = (work: () => void): void => {
    host.wireMark();
    work();
    const gap = host.wireGap();
    if (gap > longest) longest = gap;
  };
  look(() => void client.write(payload, publish));
  look(() => Uart.latest.drain());
  if (prompt !== null) look(() => Uart.latest.receive(prompt));
  look(() => Uart.latest.receive(answer));
  return longest;
}

// ---- from nothing to a subscription

const clock = new StillClock();
const options: MQTTClientOptions = {
  host: "broker.example", id: "dev-1", keepAlive: 60_000, onReadable, onWritable: nothing, onDone, onError,
  modem: { io: family.io, clock, serial: { io: Uart, baud: 9600, transmit: 17, receive: 16, port: 1 } },
};
const free = living();
begin();
end(); // what these calls make for themselves is there
host.paintStacks();
begin();
const client = new MQTTClient(options);
tell("new", end());

let connecting = 0, mostOfALine = 0, longestGap = 0, worstLine = "";

/** The modem says nothing for so long that whatever it has begun is over. */
function pause(): void {
  clock.pause();
  serve();
}

/** Answers commands until the host has nothing more to say, and counts each line by itself. */
function serve(): void {
  for (let turn = 0; turn < 100; turn++) {
    clock.settle();
    const command = Uart.latest.takeSent().replace(/\r$/, "");
    if (command === "") return;
    const answers = command === "AT+CMEE?" ? ["+CMEE: 1", "OK"] : command === "AT+CGATT?" ? ["+CGATT: 1", "OK"] : family.answer(command);
    for (const text of answers) {
      const bytes = ascii(`\r\n${text}\r\n`);
      begin();
      host.wireMark();
      Uart.latest.receive(bytes);
      const gap = host.wireGap(), spent = end();
      connecting += spent;
      if (gap > longestGap) longestGap = gap;
      if (spent <= mostOfALine) continue;
      mostOfALine = spent;
      worstLine = `${command} ${text}`;
    }
  }
  throw new Error("the host never stops sending");
}
serve();
client.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic: TOPIC, QoS: 0 }] });
serve();
tell("connecting", connecting);
tell("connectingLine", mostOfALine);
tell("connectingGap", longestGap);
trace(`connectingWorst ${worstLine.replaceAll(" ", "_")}\n`);

// ---- the first of each

begin();
host.wireMark();
Uart.latest.receive(message);
tell("firstInboundGap", host.wireGap());
tell("firstInbound", end());
// Behind a message that may go on in the next line a result is held until the modem has paused: a publish is measured without.
pause();
prepareAnswer();
begin();
send();
tell("firstOutbound", end());

// ---- and then

if (received !== 1 || ended !== 2) throw new Error(`${received} received, ${ended} ended`);
tell("inbound", ...cost(() => Uart.latest.receive(message)));
pause();
const endedBefore = ended;
tell("outbound", ...cost(send, prepareAnswer));
if (ended - endedBefore !== FIRST + TIMES) throw new Error(`${ended - endedBefore} publishes ended of ${FIRST + TIMES}`);
host.wireMark();
Uart.latest.receive(message);
tell("inboundGap", host.wireGap());
pause();
prepareAnswer();
tell("outboundGap", gapOfSending());
host.stackDepths(depths); // a collection clears what is free of the scripts' stack
tell("stack", deep[0]!, deep[1]!);
const used = living();
tell("ram", used[0]! - free[0]!, used[1]! - free[1]!);
tell("live", used[0]!);
begin();
host.collect();
tell("collection", end());

// ---- without a pause

/** Megahertz, and hundredths of a cycle that an instruction takes. */
const MACHINES: [name: string, megahertz: number, cycles: number][] = [["C3", 160, 100], ["C3", 160, 150], ["C3", 160, 200], ["ESP32", 240, 100], ["ESP32", 240, 150], ["ESP32", 240, 200]];
const MESSAGES = 200;
for (const baud of [115_200, 460_800, 921_600])
  for (const [name, megahertz, cycles] of MACHINES) {
    received = 0;
    const lost = host.wirePlay(Uart.latest, message, MESSAGES, baud, Math.round(cycles * 10_000 / megahertz));
    tell(`fifo ${baud} ${name} ${cycles / 100}`, received, lost);
    // What a lost byte has left behind is over.
    for (let i = 0; i < 3; i++) Uart.latest.receive(message);
  }
host.exit(0);
