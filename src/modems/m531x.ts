/**
 * China Mobile M5310-A, M5311, M5312 and M5313. The source is "M531X MQTT commands", revision 1.4 (S2), with what
 * dialects.md, chapters 3 and 12, has found out about its gaps.
 */
import { Byte } from "../at/bytes";
import { command, type Argument, type Command } from "../at/command";
import { lexicon } from "../at/lexicon";
import type { Operation } from "../at/operation";
import { frozen } from "../bytes/frozen";
import { ArgumentError } from "../errors";
import { ARGUMENTS as SHARED_ARGUMENTS, ChinaMobile, LINES, Say, type ChinaMobileOptions, type States } from "./shared/china-mobile";
import { codes } from "../modem/codes";
import { ATTACH, DETACH } from "../modem/common";
import type { Dialect, ModemClient } from "../modem/dialect";
import type { Limits } from "../modem/limits";
import type { Modem } from "../modem/modem";
import type { Recovery } from "../modem/recovery";
import { Kind, Tolerates, type Script } from "../modem/script";
import { choice, flag } from "../mqtt/arguments";

/** What an M531X can be told beyond what all modems can. */
export interface M531XOptions extends ChinaMobileOptions {
  /** Which module it is; the M5310-A has no encryption. Default "M5311". */
  model?: "M5310-A" | "M5311" | "M5312" | "M5313";
  /** TLS. The CA must be in the modem's flash already. Left out of the command where this is left out. */
  encrypt?: boolean;
}

const ARGUMENTS: Readonly<Record<string, Argument<M531X>>> = frozen({
  ...(SHARED_ARGUMENTS as Record<string, Argument<M531X>>),
  encrypt: (writer, _, modem) => {
    if (modem.encrypt === null) return;
    writer.byte(Byte.Comma);
    writer.int(modem.encrypt);
  },
  payload: (writer, operation, modem) => {
    if (operation.length > 0) writer.hex(modem.channel.operations.payloads, operation.offset, operation.length);
  },
});

// S2 gives no times; these are dialects.md 9's.
const say = (template: string, final: number, more: object = {}) => command<M531X>(template, ARGUMENTS, { final, ...more });
const asks = (answer: Say, line: string, more: object = {}) => say(line, 2000, { answer, ...more });

const CONFIGURE = say("AT+MQTTCFG={settings.host},{settings.port},{settings.id},{settings.keepAlive},{settings.user},{settings.password},{settings.clean}{encrypt}", 2000);
const ACK_TIMEOUT = say("AT+MQTTTO={ackTimeout}", 2000);
const SHOW_PINGS = say("AT+MQTTPING={showPings}", 2000);
const OPEN = say("AT+MQTTOPEN={userFlag},{passwordFlag},{will}", 5000, { result: Say.Open });
const SUBSCRIBE = say("AT+MQTTSUB={filter},{filterQoS}", 5000, { result: Say.SubAck });
const UNSUBSCRIBE = say("AT+MQTTUNSUB={filter}", 5000, { result: Say.UnsubAck });
// Always as a hex string with its byte count: binary-safe, and nothing needs an escape (3.3). dup is the modem's.
const PUBLISH = say('AT+MQTTPUB={topic},{QoS},{retain},0,{length},"{payload}"', 5000);
const PUBLISH_ACKNOWLEDGED = say('AT+MQTTPUB={topic},{QoS},{retain},0,{length},"{payload}"', 5000, { result: Say.PubAck });
const DISCONNECT = say("AT+MQTTDISC", 2000, { result: Say.Disconnected, resultOptional: true });
const DELETE = say("AT+MQTTDEL", 2000);

const POLL = asks(Say.Stat, "AT+MQTTSTAT?");
// After the heading, one bare topic a line (6.6).
const SUBSCRIPTIONS = asks(Say.SubList, "AT+MQTTSUB?", { text: true });

const INQUIRIES: readonly Command<M531X>[] = frozen([POLL, asks(Say.Cfg, "AT+MQTTCFG?"), SUBSCRIPTIONS]);


const DISCONNECT_STEP = frozen({ command: DISCONNECT, kind: Kind.Disconnect, tolerates: Tolerates.Failure, patience: 10_000 });
const DELETE_STEP = frozen({ command: DELETE, tolerates: Tolerates.Failure });
const DISCONNECT_SCRIPT: Script<M531X> = frozen([DISCONNECT_STEP, DELETE_STEP]);
// First without an MQTT DISCONNECT, so that the broker publishes the will; with one where the modem wants it before MQTTDEL.
const CLOSE_SCRIPT: Script<M531X> = frozen([{ ...DELETE_STEP, when: (modem) => modem.inSession }, DISCONNECT_STEP, DELETE_STEP]);

const CONNECT_SCRIPT: Script<M531X> = frozen([
  DISCONNECT_STEP, // what an earlier run of the host may have left open
  DELETE_STEP,
  { command: CONFIGURE },
  // After MQTTCFG, which resets both (dialects.md 10).
  { command: ACK_TIMEOUT },
  { command: SHOW_PINGS },
  { command: OPEN, kind: Kind.Open, patience: 60_000 }, // covers the modem's own three tries
]);

const LIMITS: Limits = frozen({
  host: 128,
  credential: 128,
  topic: 255,
  topics: 1,
  grantsEach: true,
  willTopic: 255,
  willMessage: 255,
  payload: 512, // 1024 hex digits, the string buffer of the sibling SDK (3.3)
  protocolVersions: [4], // fixed; 3.1 in S2's text, 3.1.1 on the wire (B-11)
  keepAlive: [0, 65535],
  window: 1,
});

/** M5311 (its AT specification v2.4, 3.5.2.3), and taken to hold for M5312 and M5313: OK, then REBOOTING. */
const REBOOT = say("AT+CMRB", 10_000, { probe: true });
/** M5310-A, whose chip is a BC35-G's: no OK (public drivers). */
const REBOOT_M5310A = say("AT+NRB", 10_000, { probe: true });

const RECOVERY: Recovery = frozen({ attach: [DETACH, ATTACH], restart: [REBOOT, REBOOT_M5310A], causes: [] });

const DIALECT: Dialect<M531X> = frozen({
  name: "M531X",
  lexicon: lexicon(LINES),
  limits: LIMITS,
  commandBuffer: 1408, // 1024 hex digits and the longest topic
  cancel: 0,
  links: 1,
  oneOfAKind: true, // packet ids are the modem's and unannounced (6.4)
  restart: Say.Restart,
  poll: POLL,
  connect: CONNECT_SCRIPT,
  disconnect: DISCONNECT_SCRIPT,
  close: CLOSE_SCRIPT,
  subscribe: SUBSCRIBE,
  unsubscribe: UNSUBSCRIBE,
  inquiries: INQUIRIES,
  recovery: RECOVERY,
});

// ---- what its numbers mean

/** `+MQTTSTAT`: S2 1.3; 7 from a public header. */
const STATES: States = frozen({
  connected: 5,
  gone: 2,
  meanings: codes(`
    0 not initialised
    1 initialised
    2 disconnected
    3 CONNECT has been sent
    4 reconnecting
    5 connected
    6 TCP socket connecting
    7 TCP socket connected
  `),
});

export class M531X extends ChinaMobile {
  static readonly dialect: Dialect = DIALECT;
  /** Bit/s from the factory; S2 does not say, a public driver opens an M5310-A so. */
  static readonly baud = 9600;

  /** 0 or 1, or null to leave it out. */
  readonly encrypt: number | null;

  constructor(modem: Modem, link: number, options: M531XOptions, client: ModemClient) {
    super(modem, link, options, client);
    const model = choice("modem.model", options.model ?? "M5311", MODELS);
    const encrypt = options.encrypt === undefined ? null : flag("modem.encrypt", options.encrypt);
    if (encrypt === 1 && model === "M5310-A")
      throw new ArgumentError("ARGUMENT_RANGE", "modem.encrypt", options.encrypt, "must be left out for an M5310-A, which has no encryption");
    this.encrypt = model === "M5310-A" ? null : encrypt;
  }

  protected get states(): States {
    return STATES;
  }

  /** It always reconnects. */
  protected get listing(): Command {
    return SUBSCRIPTIONS;
  }

  protected publish(operation: Operation): boolean {
    operation.wire = -1;
    operation.patience = operation.QoS === 2 ? this.ackPatience * 2 : this.ackPatience;
    this.channel.submit(operation, operation.QoS === 0 ? PUBLISH : PUBLISH_ACKNOWLEDGED);
    return true;
  }
}

const MODELS = Object.freeze(["M5310-A", "M5311", "M5312", "M5313"]);

export default M531X;
