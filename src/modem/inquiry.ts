import type { Chat } from "../at/chat/chat";
import type { Request } from "../at/requests/request";
import type { Fields } from "../at/responses/fields";
import type { Line } from "../at/responses/response-table";
import { utf8Decode } from "../bytes/utf8";
import { ArgumentError, StateError, type MQTTModemError } from "../errors";
import type { Family } from "./family";
import type { Hook } from "./hook";
import { Kind } from "./script";
import { Stage } from "./stage";

/** Receives the lines of the answer, or the error in its place. */
export type InquiryCallback = (error: MQTTModemError | null, lines: readonly string[]) => void;

/** On whose connection the modem is asked: a link. */
export interface InquiryHost {
  readonly chat: Chat;
  readonly stage: Stage;
  readonly family: Family;
  readonly hook: Hook | null;
  take(kind: Kind): Request | null;
}

/** One question of the application's, and the lines of its answer. */
export class Inquiry {
  private readonly host: InquiryHost;
  /** Null while nothing is asked. */
  private done: InquiryCallback | null = null;
  private lines: string[] = [];
  /** How often the question had been sent again when the last line came. */
  private retries = 0;

  constructor(host: InquiryHost) {
    this.host = host;
  }

  /**
   * Asks the modem something that changes nothing.
   * @param line one of the family's inquiries, as the manual prints it: `AT+QMTCONN?`
   * @throws ArgumentError for any other line; StateError BUSY while another inquiry is under way
   */
  ask(line: string, done: InquiryCallback): void {
    const { host } = this,
      { inquiries } = host.family;
    host.hook?.checkInquiry?.(line);
    const command = inquiries.find((inquiry) => inquiry.line === line);
    if (command === undefined)
      throw new ArgumentError("ARGUMENT_RANGE", "inquiry", line, `must be one of ${inquiries.map((inquiry) => inquiry.line).join(", ")}`);
    if (host.stage < Stage.Connecting || host.stage > Stage.Reconnecting) throw new StateError("NOT_CONNECTED", "the modem is not ready to be asked");
    const request = this.done === null ? host.take(Kind.Inquiry) : null;
    if (request === null) throw new StateError("BUSY", "another inquiry, or too much else, is under way");
    this.done = done;
    this.lines = [];
    this.retries = 0;
    request.resultTimeout = 0;
    host.chat.submit(request, command);
  }

  /** A line of the answer that the response table has. */
  onAnswer(request: Request, line: Line, fields: Fields): void {
    const { chat, hook } = this.host,
      { lineStart, lineEnd } = chat.decoder;
    if (request.command!.lastAnswers === true) this.lines.length = 0;
    this.keep(request, lineStart, lineEnd);
    hook?.onInquiryAnswer?.(line, fields);
  }

  /** Keeps a line of the answer, which is in the ring from `start` to `end`. */
  keep({ retries }: Request, start: number, end: number): void {
    if (this.done === null) return;
    if (this.retries !== retries) this.lines.length = 0; // the question was sent again, because the answer was not whole
    this.retries = retries;
    const bytes = new Uint8Array((end - start) | 0);
    const { ring } = this.host.chat;
    ring.copy(start, bytes, 0, bytes.length);
    this.lines.push(utf8Decode(bytes, ring.native));
  }

  /** The question has been answered, or has failed. */
  onDone(error: MQTTModemError | null): void {
    const { done, lines, host } = this;
    this.forget();
    host.hook?.onInquiryDone?.(error === null);
    try {
      done?.(error, lines);
    } catch (thrown) {
      host.chat.thrown.keep(thrown);
    }
  }

  /** The application does not want to know any more. */
  forget(): void {
    this.done = null;
    this.lines = [];
  }
}
