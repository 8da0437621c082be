/**
 * What M531X and ML302 share: their MQTT clients descend from one code base (dialects.md 0.2, P11), and print the same
 * reports. How they are told what to do, and in which order they answer, is each family's own.
 */
import type { Command } from "../../at/commands/command";
import { COUNTED } from "../../at/framing/counted";
import type { Outcome, Request } from "../../at/requests/request";
import type { Fields } from "../../at/responses/fields";
import { Follow } from "../../at/responses/name-tree";
import { responses, type Line } from "../../at/responses/response-table";
import { frozen } from "../../bytes/frozen";
import { Text } from "../../bytes/text";
import { ArgumentError } from "../../errors";
import { RETURN_CODE } from "../../modem/codes";
import { commands } from "../../modem/commands";
import { linkLost } from "../../modem/failure";
import { IdsFrom } from "../../modem/family";
import type { LinkOptions } from "../../modem/family-options";
import type { Hook, HookedLink } from "../../modem/hook";
import type { DriverOptions } from "../../modem/options";
import { Does, reports } from "../../modem/reports";
import { Kind, Tolerates, type Step } from "../../modem/script";
import type { Settings } from "../../modem/settings";
import { Stage } from "../../modem/stage";
import { Acknowledgements } from "./acknowledgements";
import { Failure } from "./failures";
import type { OwnOptions } from "./own-options";
import { SubscriptionList } from "./subscription-list";

/** What both families can be told beyond what all modems can. */
export interface ChinaMobileOptions extends DriverOptions {
  /** Seconds that the modem waits for an acknowledgement, 1–60, default 10; must be less than the keep-alive. */
  ackTimeout?: number;
  /** Whether the modem shows the broker's PINGRESPs. Default false. */
  showPings?: boolean;
}

/** Seconds: what the modems have where they are told nothing else. */
const USUAL_ACK_TIMEOUT = 10;

export const OPTIONS = frozen({ ackTimeout: { from: 1, to: 60, otherwise: USUAL_ACK_TIMEOUT }, showPings: false } satisfies OwnOptions<ChinaMobileOptions>);

export interface ChinaMobileValues extends LinkOptions {
  readonly ackTimeout: number;
  readonly showPings: number;
  readonly wantsAckTimeout: boolean;
}

/** Adds what follows from these options to a link's values. */
export function settleChinaMobile<V extends { ackTimeout: number }>(values: V) {
  const { ackTimeout } = values,
    resultTimeout = ackTimeout * 1000 + 5000;
  return Object.assign(values, { resultTimeout, resultTimeoutQoS2: resultTimeout * 2, wantsAckTimeout: ackTimeout !== USUAL_ACK_TIMEOUT });
}

function check({ keepAlive }: Settings, { ackTimeout }: ChinaMobileValues): void {
  // Otherwise PINGREQ cannot notice that the network is dead (S2 1.2, S3 line 150).
  if (keepAlive !== 0 && keepAlive <= ackTimeout)
    throw new ArgumentError("ARGUMENT_RANGE", "keepAlive", keepAlive * 1000, `must be more than modem.ackTimeout, which is ${ackTimeout} s`);
}

// ---- what they say

/** What they report; some of it only one of them. */
export const enum Report {
  Open = 16,
  SubAck,
  UnsubAck,
  PubAck,
  PubRec,
  PubRel,
  PubComp,
  PingResp,
  AckTimeout,
  Reconnect,
  Disconnected,
  Stat,
  Cfg,
  SubList,
  Ping,
  Message,
  Restart,
  TLSFailed,
}

// biome-ignore format: the table reads like the manual
export const LINES = responses(
  Report.Open, "+MQTTOPEN",
  "+MQTTCONACK", // the M5311's manual: `+MQTTCONACK: FAIL` (B-17)
  Report.TLSFailed, "+QMTOPEN", // a stray `+QMTOPEN: 0,-1` of the ML302's client (4.5)
  Report.SubAck, "+MQTTSUBACK", { numbers: [1, 1] },
  Report.UnsubAck, "+MQTTUNSUBACK", { numbers: [1, 1] },
  Report.PubAck, "+MQTTPUBACK",
  Report.PubRec, "+MQTTPUBREC",
  Report.PubRel, "+MQTTPUBREL",
  Report.PubComp, "+MQTTPUBCOMP",
  Report.PingResp, "+MQTTPINGRSP",
  "+MQTTPINGRESP", // B-4, C-2; what an M5310-A really sends
  Report.AckTimeout, "+MQTTTO", { numbers: [1, 1] },
  Report.Reconnect, "+MQTTREC", { numbers: [1, 2] },
  Report.Disconnected, "+MQTTDISC",
  Report.Stat, "+MQTTSTAT", { numbers: [1, 1] },
  Report.Cfg, "+MQTTCFG",
  "AT+MQTTCFG", // as S2's table prints the answer (B-7)
  Report.SubList, "+MQTTSUB",
  // What a start prints: an M5311 these, and `+CPIN: READY` (dialects.md 1, rule 10), an M5310-A what its chip family does; no document
  // has an ML302's, and the first is the one of the maker's next module.
  Report.Restart, "+MATREADY", { follow: Follow.End },
  "*ATREADY",
  "REBOOT_CAUSE_", { follow: Follow.Anything },
  Report.Message, "+MQTTPUBLISH", { framing: COUNTED, topic: 4 },
);

const REPORTS = reports(
  { on: Report.Open, does: Does.Hook },
  { on: Report.TLSFailed, does: Does.End, kind: Kind.Open, code: Failure.Open },
  { on: Report.SubAck, does: Does.Hook },
  { on: Report.UnsubAck, does: Does.Hook },
  { on: Report.PubAck, does: Does.Hook },
  { on: Report.PubRec, does: Does.Hook },
  { on: Report.PubComp, does: Does.Hook },
  { on: Report.PingResp, does: Does.Ping },
  { on: Report.AckTimeout, does: Does.Hook },
  { on: Report.Reconnect, does: Does.Hook },
  // The answer to the host's own command, the end of the attempts to connect, or the end of a connection.
  { on: Report.Disconnected, does: Does.End, kind: Kind.Disconnect, code: 0 },
  { on: Report.Disconnected, does: Does.End, kind: Kind.Open, code: Failure.GaveUp },
  { on: Report.Disconnected, does: Does.Lose, error: () => linkLost("is gone, and the modem has given up having it back (+MQTTDISC)") },
);

// ---- what they are told

const { command, script } = commands(LINES, {});

/** Retain comes before QoS here, and what is not used is sent empty. */
export const OPEN =
  "AT+MQTTOPEN={settings.user?},{settings.password?},{settings.will?},{settings.will.retain?},{settings.will.QoS?},{settings.will.topic},{settings.will.message}";

/** For ML302 in the worked session and in drivers, not in the command chapter (C-3). */
export const DELETE = command("AT+MQTTDEL", { tolerates: Tolerates.Failure });

/** After the heading, one bare topic a line (6.6). */
export const SUBSCRIPTIONS = command("AT+MQTTSUB?", { text: true });

/** What is alike in both families. @param disconnect sends an MQTT DISCONNECT */
export const family = (disconnect: Step) => ({
  check,
  cancel: 0,
  links: 1,
  numbered: false,
  oneOfAKind: true, // packet ids are the modem's and unannounced (6.4)
  packetIds: IdsFrom.Modem,
  reports: REPORTS,
  message: { QoS: 1, retain: 2, duplicate: 0 }, // `+MQTTPUBLISH: <dup>,<qos>,<retained>,<packId>,<topic>,<msg_len>,<message>`
  restart: Report.Restart,
  readyAtStart: true,
  poll: command("AT+MQTTSTAT?", { takes: (fields) => fields.areNumbers(1, 1) }),
  disconnect: script(disconnect, DELETE),
  close: script(disconnect, DELETE),
  // First without an MQTT DISCONNECT, so that the broker publishes the will; with one where the modem wants it before MQTTDEL.
  abandon: script(DELETE, disconnect, DELETE),
});

/** Bytes, and the one protocol level that both have: 3.1 in S2's text, 3.1.1 on the wire (B-11). */
export const LIMITS = frozen({ host: 128, credential: 128, topics: 1, grantsEach: true, protocolVersions: [4], window: 1 });

// ---- what no row can say

const OK = frozen(new Text("OK", "OK", 2));

/** `+MQTTTO: <type>`: what was not acknowledged in time (S2 1.14). */
const enum TimedOut {
  Connect = 1,
  Publish = 2,
  Subscribe = 3,
  Unsubscribe = 4,
  Ping = 5,
}

/** Whose an acknowledgement is, and what becomes of a connection that the modem tries to have back by itself. */
export class ChinaMobileHook implements Hook {
  private readonly link: HookedLink<ChinaMobileValues>;
  private readonly acknowledgements: Acknowledgements;
  private readonly list: SubscriptionList;

  /** @param lines what the modem says @param reconnects the modem may have a connection back by itself */
  constructor(link: HookedLink<ChinaMobileValues>, lines: readonly Line[], reconnects: boolean) {
    this.link = link;
    this.acknowledgements = new Acknowledgements(link);
    this.list = new SubscriptionList(link, SUBSCRIPTIONS, lines, reconnects);
  }

  onOnline(again: boolean): void {
    if (!again) this.list.reset();
    this.acknowledgements.ids.reset();
  }

  onSubscribe(request: Request): void {
    if (request.kind === Kind.Subscribe) this.list.onSubscribe(request);
  }

  onSending({ kind, QoS }: Request): void {
    this.acknowledgements.ids.sent(kind, kind !== Kind.Publish || QoS > 0);
  }

  afterDone(request: Request, outcome: Outcome, code: number): void {
    this.acknowledgements.onDone(request, outcome, code);
  }

  onReport(line: Line, fields: Fields): void {
    const { acknowledgements } = this;
    switch (line.id) {
      case Report.PubAck:
        return acknowledgements.published(fields, 1);
      case Report.PubComp:
        return acknowledgements.published(fields, 2);
      case Report.PubRec:
        return acknowledgements.received(fields);
      case Report.SubAck:
        return acknowledgements.subscribed(fields);
      case Report.UnsubAck:
        return acknowledgements.unsubscribed(fields);
      case Report.Open:
        return this.opened(fields);
      default:
        return fields.count > 1 ? undefined : this.progress(line.id, fields.int(0)); // two fields are a late answer to AT+MQTTREC? (6.5)
    }
  }

  /** `+MQTTTO: <type>`, or `+MQTTREC:<n>`: the modem begins its n-th attempt to connect, counted from 0. */
  progress(report: Report, value: number): void {
    const { link, acknowledgements } = this;
    if (report === Report.Reconnect) {
      const opening = link.pending(Kind.Open);
      if (opening !== null) link.chat.extend(opening);
      else link.interrupt(linkLost(`is gone; the modem tries to have it back (+MQTTREC ${value})`));
    } else if (value === TimedOut.Publish) acknowledgements.timedOut(Kind.Publish);
    else if (value === TimedOut.Subscribe) acknowledgements.timedOut(Kind.Subscribe);
    else if (value === TimedOut.Unsubscribe) acknowledgements.timedOut(Kind.Unsubscribe);
  }

  /** `+MQTTOPEN:OK`, `+MQTTOPEN:FAIL`, `+MQTTOPEN: <connack_rc>,<sessionPresent>`, `+MQTTCONACK: FAIL`. */
  private opened(fields: Fields): void {
    const { link } = this,
      returnCode = fields.int(0);
    const good = returnCode === 0 || fields.is(0, OK);
    const opening = link.pending(Kind.Open);
    if (opening !== null) link.chat.resolve(opening, good ? 0 : returnCode > 0 ? RETURN_CODE + returnCode : Failure.Open);
    // Nobody asked: the modem has connected again by itself, and forgotten the subscriptions (3.6).
    else if (good) {
      // Its report of the loss may have been lost itself: what was under way has failed all the same.
      if (link.stage === Stage.Online) link.interrupt(linkLost("was gone; the modem has it back (+MQTTOPEN)"));
      if (link.stage === Stage.Reconnecting) link.restore();
    }
  }

  // ---- a reconnection that no report has told

  onPollAnswer(_line: Line, fields: Fields): void {
    this.list.onHeading(fields);
  }

  onPollText(): void {
    this.list.onText();
  }

  onPollDone(command: Command, outcome: Outcome): void {
    this.list.onPollDone(command, outcome);
  }

  checkInquiry(line: string): void {
    this.list.checkInquiry(line);
  }
}
