import type { Request } from "../at/requests/request";
import type { Fields } from "../at/responses/fields";
import type { Line } from "../at/responses/response-table";
import { utf8Decode } from "../bytes/utf8";
import { ArgumentError, StateError, type MQTTModemError } from "../errors";
import { Kind } from "./script";
import { Stage } from "./stage";
import { Poller } from "./poller";

/** What {@link Inquiries.inquire} calls: the lines of the answer, or the error in its place. */
export type InquiryCallback = (error: MQTTModemError | null, lines: readonly string[]) => void;

/** Asks the modem what the application wants to know of it. */
export abstract class Inquiries extends Poller {
  private inquiry: { lines: string[]; done: InquiryCallback; repeats: number } | null = null;

  /**
   * Asks the modem something that changes nothing.
   * @param line one of the family's inquiries, as the manual prints it: `AT+QMTCONN?`
   * @throws ArgumentError for any other line; StateError BUSY while another inquiry is under way
   */
  inquire(line: string, done: InquiryCallback): void {
    const command = this.family.inquiries.find((inquiry) => inquiry.line === line);
    if (command === undefined)
      throw new ArgumentError("ARGUMENT_RANGE", "inquiry", line, `must be one of ${this.family.inquiries.map((inquiry) => inquiry.line).join(", ")}`);
    if (this.stage < Stage.Connecting || this.stage > Stage.Reconnecting)
      throw new StateError("NOT_CONNECTED", "the modem is not ready to be asked");
    const request = this.inquiry === null ? this.take(Kind.Inquiry) : null;
    if (request === null) throw new StateError("BUSY", "another inquiry, or too much else, is under way");
    this.inquiry = { lines: [], done, repeats: 0 };
    request.resultTimeout = 0;
    this.chat.submit(request, command);
  }

  /** A line of the response table that answers it. */
  protected answered(request: Request, line: Line, fields: Fields): void {
    if (request.command!.lastAnswers === true && this.inquiry !== null) this.inquiry.lines.length = 0;
    const { lineStart, lineEnd } = this.chat.decoder;
    this.keepLine(request, lineStart, lineEnd);
    this.onInquiryAnswer(line, fields);
  }

  /** A line of the answer, in the ring from `start` to `end`. */
  protected keepLine({ retries: repeats }: Request, start: number, end: number): void {
    const inquiry = this.inquiry;
    if (inquiry === null) return;
    // It has been asked anew: what was answered before is not whole.
    if (inquiry.repeats !== repeats) inquiry.lines.length = 0;
    inquiry.repeats = repeats;
    const bytes = new Uint8Array((end - start) | 0);
    this.chat.ring.copy(start, bytes, 0, bytes.length);
    inquiry.lines.push(utf8Decode(bytes));
  }

  /** A family may want to know what an inquiry has found. */
  protected onInquiryAnswer(_line: Line, _fields: Fields): void {}

  /** The inquiry is over; where it has been answered, its last line was the answer. */
  protected onInquired(_answered: boolean): void {}

  protected inquired(error: MQTTModemError | null): void {
    const inquiry = this.inquiry;
    this.inquiry = null;
    this.onInquired(error === null);
    try {
      inquiry?.done(error, inquiry.lines);
    } catch (thrown) {
      this.chat.keepError(thrown);
    }
  }

  /** Nobody wants to know any more. */
  protected forgetInquiry(): void {
    this.inquiry = null;
  }
}
