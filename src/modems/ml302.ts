/**
 * China Mobile ML302. The source is the ML302 MQTT AT manual, chapters 2 and 3 (S3, badly scanned), with what
 * dialects.md, chapters 4, 7.4, 12 and 13, has made of it.
 */
import { commandName, type Command } from "../at/commands/command";
import { Outcome, type Request } from "../at/requests/request";
import { Byte } from "../at/responses/bytes";
import type { Fields } from "../at/responses/fields";
import { responseTable, responses, type Line } from "../at/responses/response-table";
import { frozen } from "../bytes/frozen";
import { Text } from "../bytes/text";
import { ArgumentError, BrokerError, ModemError, NetworkError, type MQTTModemError } from "../errors";
import { meaning, type CodeText } from "../at/responses/codes";
import { commands } from "../modem/commands";
import { REATTACH, wakeUp } from "../modem/common";
import { linkLost } from "../modem/failure";
import type { FailedLink, Family } from "../modem/family";
import type { Hook, HookedLink } from "../modem/hook";
import { Level } from "../modem/recovery";
import { Kind } from "../modem/script";
import type { Settings } from "../modem/settings";
import { Stage } from "../modem/stage";
import {
  ChinaMobileHook,
  DELETE,
  family,
  LIMITS,
  LINES,
  OPEN,
  OPTIONS,
  Report,
  settleChinaMobile,
  SUBSCRIPTIONS,
  type ChinaMobileOptions,
  type ChinaMobileValues,
} from "./shared/china-mobile";
import { chinaMobileResultError, Failure } from "./shared/failures";
import type { OwnOptions } from "./shared/own-options";

/** What an ML302 can be told beyond what all modems can. */
export interface ML302Options extends ChinaMobileOptions {
  /**
   * The OneNET authentication version ("2018-10-31"), or any text, up to 128 bytes. With it MQTTCFG has nine arguments, and
   * seven without.
   */
  version?: string;
  /** TLS; it needs `version`, and as far as S3 can be read goes to OneNET alone. Default false. */
  encrypt?: boolean;
  /** Leave reconnecting to the modem: three tries. Default false, the host does it. */
  modemReconnects?: boolean;
  /**
   * "counted" (default): after a prompt, any byte. "inline": in the command, where the payload is printable ASCII without a
   * backslash; other payloads go counted all the same.
   */
  publishing?: "counted" | "inline";
}

interface ML302Values extends ChinaMobileValues {
  /** Both null where they are left out. */
  readonly version: Text | null;
  readonly encrypt: number | null;
  readonly modemReconnects: number;
  readonly publishing: number;
}

function settle(values: ML302Values, { version }: ML302Options): ML302Values {
  const text = version === undefined ? null : new Text("modem.version", version, LIMITS.credential, false, true);
  if (values.encrypt === 1 && (text === null || text.bytes.length === 0))
    throw new ArgumentError("ARGUMENT_LENGTH", "modem.version", version, "must be given, with 1 byte at least, where modem.encrypt is true");
  return Object.assign(settleChinaMobile(values), { version: text, encrypt: text === null ? null : values.encrypt });
}

const BACKSLASH = 0x5c;
/** Bytes: a longer one may come in a line that 1024 bytes do not hold. */
const LONG_TOPIC = 480;
/** Bytes between the quotes of an inline message (4.3.6). */
const INLINE = 1024;

/** What it says beyond what an M531X does. */
const OWN_LINES = LINES.concat(responses(Report.Ping, "+MQTTPING"));

// ---- what its numbers mean

/** `+MQTTSTAT`: S3, lines 225–230; other numbers than the M531X's. */
const STATES = frozen({
  name: "+MQTTSTAT",
  field: 0,
  connected: 1,
  gone: 0,
  reconnects: true,
  meanings: `
    0 not connected
    1 connected
    2 TCP socket connecting
    3 TCP connected, CONNECT being sent
    4 CONNECT sent, waiting for CONNACK
  `,
});

/** `+CME ERROR: <err>`: S3 2.2, as dialects.md 7.4 reads it. */
const ERRORS: CodeText = `
  600 the network, or the PDP context, is not active; check the SIM, the APN and the coverage
  601 invalid command parameters
  602 already connected to the server
  603 connecting to the server failed; check host, port, coverage, user name and password
  604 connecting to the server timed out; check host, port, coverage, user name and password
  605 the server's subscribe acknowledgement is wrong
  606 the topic is subscribed already
  607 an unknown MQTT packet was received
  608 sending a packet failed
  609 a malformed PUBLISH was received
  610 a malformed PUBREC was received
  611 a malformed PUBCOMP was received
  612 a malformed PUBACK was received
  613 the socket could not be made; reset the modem if it stays so
  614 user name, password or client id rejected; check them before trying again
  615 reconnecting to the server failed
  616 the server's acknowledgement did not come in time; whether it was done is not known
  617 the connection to the server was lost
  618 a malformed unsubscribe acknowledgement was received
  619 a malformed PUBREL was received
  620 already disconnected from the server
  621 unsubscribing failed
`;

/** Those of {@link ERRORS} that something follows from. */
const enum Code {
  NotActive = 600,
  ConnectFailed = 603,
  ConnectTimeout = 604,
  SubscribeFailed = 605,
  SocketFailed = 613,
  Credentials = 614,
  ReconnectFailed = 615,
  AckTimeout = 616,
  ConnectionLost = 617,
  UnsubAckMalformed = 618,
}

/** Which command an error ends that comes after its OK, code and kind in turn; a missing acknowledgement has its own line. */
const ENDS: readonly number[] = frozen([
  600,
  Kind.Open,
  601,
  Kind.Open,
  603,
  Kind.Open,
  604,
  Kind.Open,
  613,
  Kind.Open,
  614,
  Kind.Open,
  605,
  Kind.Subscribe,
  618,
  Kind.Unsubscribe,
  621,
  Kind.Unsubscribe,
  608,
  Kind.Publish,
  610,
  Kind.Publish,
  611,
  Kind.Publish,
  612,
  Kind.Publish,
]);

const REASONS_TO_RETRY: readonly number[] = frozen([Code.ConnectFailed, Code.ConnectTimeout, Code.SocketFailed, Code.ReconnectFailed, Code.ConnectionLost]);

/** Errors that the command itself causes. All others that end an opening mean that the broker cannot be reached, or that its packets cannot be read. */
const COMMANDS_OWN: readonly number[] = frozen([601, 605, 606, 620, 621]);

function resultError(request: Request, code: number, link: FailedLink): MQTTModemError {
  return refusal(request, code, link) ?? chinaMobileResultError(request, code, link);
}

function refusal(request: Request, code: number, { settings }: FailedLink): MQTTModemError | null {
  if (code < Code.NotActive || code > 621) return null;
  const failed = request.kind === Kind.Open ? `no connection to ${settings.host.string}:${settings.port}` : `${commandName(request.command!)} failed`;
  const text = `${failed}: ${meaning(ERRORS, code)} (+CME ERROR: ${code})`;
  if (code === Code.SubscribeFailed && request.kind === Kind.Subscribe) return new BrokerError("SUBSCRIPTION_REFUSED", text, code);
  if (code === Code.Credentials) return new BrokerError("CONNECTION_REFUSED", text, code);
  if (code === Code.AckTimeout) return new BrokerError("ACK_TIMEOUT", text, code);
  if (code === Code.NotActive) return new NetworkError("NOT_ATTACHED", text, code);
  if (request.kind === Kind.Open && !COMMANDS_OWN.includes(code)) return new NetworkError("OPEN_FAILED", text, code);
  if (REASONS_TO_RETRY.includes(code)) return new NetworkError(request.kind === Kind.Open ? "OPEN_FAILED" : "LINK_LOST", text, code);
  return new ModemError("COMMAND_REFUSED", text, code);
}

// ---- what it is told

// S3 gives no times; these are dialects.md 9's. Results come before the final here, so the final waits for them.
const { command, script } = commands<ML302Values & Settings>(OWN_LINES, {
  payload: (writer, request, { chat }: HookedLink) => {
    const payloads = chat.payloads.bytes;
    writer.byte(Byte.Quote);
    for (let i = request.offset; i < request.offset + request.length; i++) {
      const byte = payloads[i];
      if (byte === Byte.Quote) writer.byte(BACKSLASH);
      writer.byte(byte);
    }
    writer.byte(Byte.Quote);
  },
});

/** The final waits for the acknowledgement, so it has the result's timeout. */
const ACKNOWLEDGED = 0;

// A bare number is the count of bytes that follow the prompt (4.3.6). dup is the modem's.
/** Unsubscribes what may be subscribed: no matter what its result is. */
const FORGET = command("AT+MQTTUNSUB={filter}", { final: ACKNOWLEDGED });
const PUBLISH = command("AT+MQTTPUB={topic},{QoS},{retain},0,{length}", { final: ACKNOWLEDGED, prompt: 5000 });
const PUBLISH_ACKNOWLEDGED = frozen({ ...PUBLISH, result: Report.PubAck });
const PUBLISH_INLINE = command("AT+MQTTPUB={topic},{QoS},{retain},0,{payload}", { final: ACKNOWLEDGED });
const PUBLISH_INLINE_ACKNOWLEDGED = frozen({ ...PUBLISH_INLINE, result: Report.PubAck });

const ASK_ACK_TIMEOUT = command("AT+MQTTTO?", { takes: (fields) => fields.areNumbers(1, 1), lastAnswers: true });

const DISCONNECT = command("AT+MQTTDISC", { kind: Kind.Disconnect, final: 10_000, goodErrors: [620], resultTimeout: "resultTimeout" });
const RESPONSES = responseTable(OWN_LINES);
const CHINA_MOBILE = family(DISCONNECT);

/** The family of ML302. */
export const ML302: Family<ML302Values> = frozen({
  ...CHINA_MOBILE,
  name: "ML302",
  title: "ML302",
  baud: 115_200, // as public drivers open it
  options: {
    ...OPTIONS,
    version: null,
    encrypt: false,
    modemReconnects: false,
    publishing: { choices: ["counted", "inline"], otherwise: 0 },
  } satisfies OwnOptions<ML302Options>,
  settle,
  responses: RESPONSES,
  states: STATES,
  resultError,
  refusal,
  limits: {
    ...LIMITS,
    topic: 512,
    escapes: true, // as its inline messages have it (4.3.6), and its reports of topics
    willTopic: 512,
    willMessage: 512,
    payload: 1024,
    keepAlive: [0, 43200], // what the maker's demo accepts
  },
  commandBuffer: 1600, // the longest topic, and 1024 bytes inline
  wakeUp: wakeUp(""),
  restartsSilently: true, // no document has what it prints
  unsolicitedErrors: [609, 615, 619],
  connect: script(
    DISCONNECT, // what an earlier run of the host may have left open
    DELETE,
    // Seven arguments or nine, never eight (C-11).
    "AT+MQTTCFG={settings.host},{settings.port},{settings.id},{settings.keepAlive},{settings.user},{settings.password},{settings.clean}{,options.version}{,options.encrypt}",
    command("AT+MQTTTO={options.ackTimeout}", { needed: "wantsAckTimeout" }),
    command("AT+MQTTREC={options.modemReconnects}", { needed: "modemReconnects" }),
    command(OPEN, { kind: Kind.Open, final: 150_000, goodErrors: [602], resultTimeout: 150_000 }),
    command("AT+MQTTPING={options.showPings}", { when: "showPings" }), // only after MQTTOPEN (4.3.7)
  ),
  subscribe: command("AT+MQTTSUB={filter},{filterQoS}", { final: ACKNOWLEDGED, result: Report.SubAck, goodErrors: [606] }),
  unsubscribe: command("AT+MQTTUNSUB={filter}", { final: ACKNOWLEDGED, result: Report.UnsubAck }),
  inquiries: script(
    CHINA_MOBILE.poll,
    "AT+MQTTCFG?",
    SUBSCRIPTIONS,
    "AT+MQTTPING?", // which the M531X has not
    // The report of a try has one field, and older firmware's answer too (6.5).
    command("AT+MQTTREC?", { takes: (fields) => fields.areNumbers(1, 2), lastAnswers: true }),
    ASK_ACK_TIMEOUT,
  ),
  recovery: {
    attach: REATTACH,
    // In a public driver, which waits for OK; what comes then is in no document.
    restart: script(command("AT+TRB", { final: 10_000, probe: true })),
    // The socket could not be made. That may pass; a modem that has none left is restarted in the end.
    causes: [["OPEN_FAILED", 613, Level.Connect]],
  },
  hook: (link) => new ML302Hook(link),
});

// ---- what no row can say

/** What an ML302 does otherwise than an M531X: inline payloads, answers and errors that may be reports, and a list that it does not empty. */
class ML302Hook implements Hook {
  private readonly link: HookedLink<ML302Values>;
  private readonly common: ChinaMobileHook;
  /** A line that answers the question under way, or that was a report after all when another one follows (6.5): its id, and its number or −1. */
  private answerLine: Report = Report.AckTimeout;
  private answerValue = -1;

  constructor(link: HookedLink<ML302Values>) {
    this.link = link;
    this.common = new ChinaMobileHook(link, RESPONSES.responses, link.options.modemReconnects === 1);
  }

  publish(request: Request): Command {
    // An empty payload has no count: it can only be inline.
    const inline = request.length === 0 || (this.link.options.publishing === 1 && this.isPlain(request));
    if (request.QoS === 0) return inline ? PUBLISH_INLINE : PUBLISH;
    return inline ? PUBLISH_INLINE_ACKNOWLEDGED : PUBLISH_ACKNOWLEDGED;
  }

  /** Printable ASCII without a backslash, whose escape is not defined, and short enough with its quotes escaped. */
  private isPlain(request: Request): boolean {
    const bytes = this.link.chat.payloads.bytes;
    let length = request.length;
    for (let i = request.offset; i < request.offset + request.length; i++) {
      const byte = bytes[i];
      if (byte < 0x20 || byte > 0x7e || byte === BACKSLASH || (byte === Byte.Quote && ++length > INLINE)) return false;
    }
    return true;
  }

  /** The acknowledgement, and each message, repeat the topic, it may be with an escape for each of its bytes. */
  onSubscribe(request: Request): void {
    if (request.items![0].text.bytes.length > LONG_TOPIC) this.link.chat.ring.enlarge(2048);
    this.common.onSubscribe(request);
  }

  onReport(line: Line, fields: Fields): void {
    const { link } = this;
    // Its ancestor answers AT+MQTTTO? with the wrong name (4.3.7).
    if (line.id === Report.Reconnect && fields.count === 1 && fields.int(0) === link.options.ackTimeout) {
      const inquiry = link.pending(Kind.Inquiry);
      if (inquiry !== null && inquiry.command === ASK_ACK_TIMEOUT) return link.onAnswer(inquiry, line, fields);
      if (link.stage === Stage.Online) return; // too late; attempts begin with 0
    }
    this.common.onReport(line, fields);
  }

  onInquiryAnswer(line: Line, fields: Fields): void {
    if (line.id !== Report.AckTimeout && line.id !== Report.Reconnect) return;
    const value = fields.count === 1 ? fields.int(0) : -1;
    this.wasReport();
    this.answerLine = line.id;
    this.answerValue = line.id === Report.Reconnect && value === this.link.options.ackTimeout ? -1 : value;
  }

  onInquiryDone(answered: boolean): void {
    if (answered) this.answerValue = -1;
    else this.wasReport();
  }

  /** What was taken for the answer is none. */
  private wasReport(): void {
    const value = this.answerValue;
    this.answerValue = -1;
    if (value >= 0) this.common.progress(this.answerLine, value);
  }

  /**
   * 615 ends the modem's own reconnecting, or an opening; 617 reports the loss that begins it; 609 and 619 report a packet
   * that was dropped.
   */
  onUnsolicitedError(code: number): void {
    const { link } = this;
    // An error that comes after the OK of the command that it ends.
    for (let i = 0; i < ENDS.length; i += 2) {
      const request = ENDS[i] === code ? link.pending(ENDS[i + 1]) : null;
      if (request !== null) return link.chat.resolve(request, code);
    }
    if (code !== Code.ReconnectFailed && code !== Code.ConnectionLost) return;
    const opening = link.pending(Kind.Open);
    if (opening !== null) {
      if (code === Code.ReconnectFailed) link.chat.resolve(opening, Failure.GaveUp);
      return;
    }
    if (link.stage !== Stage.Online && link.stage !== Stage.Reconnecting) return; // of an earlier run's connection
    const error = linkLost(`is gone: ${meaning(ERRORS, code)} (+CME ERROR: ${code})`, code);
    if (code === Code.ConnectionLost && link.options.modemReconnects === 1) link.interrupt(error);
    else link.lose(error);
  }

  /**
   * A modem that prints no numbers says `ERROR` in place of 606, for ever, where it has the topic in its list although the client has
   * not: the acknowledgement was lost. The topic is unsubscribed and subscribed once more, before the refusal is believed.
   */
  beforeDone(request: Request, outcome: Outcome, code: number): boolean {
    if (request.kind !== Kind.Subscribe || request.reported) return false;
    const { subscribe } = ML302,
      forgets = request.command === FORGET;
    if (forgets) request.command = subscribe; // an error names the command that was asked for
    if (
      forgets
        ? outcome === Outcome.Aborted || outcome === Outcome.TimedOut
        : outcome !== Outcome.Refused || code >= 0 || this.link.modem.tellsReasons || request.retries > 0
    )
      return false;
    request.retries++;
    this.link.chat.submit(request, forgets ? subscribe : FORGET);
    return true;
  }

  /**
   * 617 as a command's final is the loss of the connection as well (6.5). After 618 the modem would answer 606 to the
   * subscription for ever, and send nothing to the broker (4.3.4); only a new connection empties its list.
   */
  afterDone(request: Request, outcome: Outcome, code: number): void {
    const { link } = this;
    this.common.afterDone(request, outcome, code);
    if (outcome === Outcome.Done) return;
    if (outcome === Outcome.Refused && code === Code.ConnectionLost) this.onUnsolicitedError(code);
    else if (code === Code.UnsubAckMalformed && request.kind === Kind.Unsubscribe && link.stage === Stage.Online)
      link.lose(
        new NetworkError(
          "LINK_LOST",
          `the broker has ended a subscription, and the modem has it in its list still, so that it could not be made again (606); the connection is given up (+CME ERROR: ${code})`,
          code,
        ),
      );
  }

  // ---- as an M531X

  onOnline(again: boolean): void {
    this.common.onOnline(again);
  }

  onSending(request: Request): void {
    this.common.onSending(request);
  }

  onPollAnswer(line: Line, fields: Fields): void {
    this.common.onPollAnswer(line, fields);
  }

  onPollText(): void {
    this.common.onPollText();
  }

  onPollDone(command: Command, outcome: Outcome): void {
    this.common.onPollDone(command, outcome);
  }

  checkInquiry(line: string): void {
    this.common.checkInquiry(line);
  }
}

export default ML302;
