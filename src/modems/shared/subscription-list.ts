import type { Command } from "../../at/commands/command";
import { Outcome, type Request } from "../../at/requests/request";
import type { Fields } from "../../at/responses/fields";
import { Follow } from "../../at/responses/name-tree";
import type { Line } from "../../at/responses/response-table";
import { ArgumentError } from "../../errors";
import { linkLost } from "../../modem/failure";
import type { HookedLink } from "../../modem/hook";
import { Kind } from "../../modem/script";

/** Milliseconds until the list is looked at again, once all filters have been subscribed anew. */
const RECHECK = 5000;

/**
 * The modem's list of subscriptions, which it loses when it has a connection back by itself (dialects.md 3.6). So a list that is too
 * short shows a reconnection that no report has told.
 */
export class SubscriptionList {
  private readonly link: HookedLink;
  private readonly command: Command;
  private readonly lines: readonly Line[];
  /** The modem may have a connection back: its list is asked for behind each poll. */
  private readonly isAsked: boolean;
  /** How many filters the list has had. */
  private count = 0;
  /** A filter was subscribed that would read as a line of the modem's own in that list: the list is not asked for. */
  private isAmbiguous = false;
  /** The list was too short, and all was subscribed again: another time that proves nothing. */
  private wasShort = false;

  /** @param command asks for the list @param lines what the modem says otherwise */
  constructor(link: HookedLink, command: Command, lines: readonly Line[], isAsked: boolean) {
    this.link = link;
    this.command = command;
    this.lines = lines;
    this.isAsked = isAsked;
  }

  /** A session begins. */
  reset(): void {
    this.wasShort = this.isAmbiguous = false;
  }

  /** A filter is subscribed. */
  onSubscribe({ items }: Request): void {
    if (!isListable(items![0].text.string, this.lines)) this.isAmbiguous = true;
  }

  /** @throws ArgumentError for the application's question for the list, where its lines could not be told from the modem's own */
  checkInquiry(line: string): void {
    if (line === this.command.line && this.isAmbiguous)
      throw new ArgumentError(
        "ARGUMENT_RANGE",
        "inquiry",
        line,
        "must not be asked in this connection, in which a topic was subscribed that looks like a line of the modem's own: the list would have it without quotes",
      );
  }

  /** The heading, which may have the first filter. */
  onHeading(fields: Fields): void {
    if (fields.count > 0) this.count++;
    else this.count = 0;
  }

  /** A line with a filter. */
  onText(): void {
    this.count++;
  }

  /** A poll is over, or the question for the list. */
  onPollDone(command: Command, outcome: Outcome): void {
    const { link } = this;
    if (command !== this.command) {
      if (!this.isAsked || this.isAmbiguous || !this.mustHaveSome) return;
      this.count = 0;
      link.poller.ask(this.command);
    } else if (outcome !== Outcome.Done)
      return; // the list has not come, and shows nothing
    else if (this.count >= link.subscriptions) this.wasShort = false;
    else if (this.mustHaveSome && !this.wasShort) {
      this.wasShort = true;
      link.interrupt(linkLost("was gone, and no report of it has come; the modem has it back, and has not all subscriptions any more (AT+MQTTSUB?)"));
      link.restore();
      link.poller.pollIn(RECHECK);
    }
  }

  /** There are subscriptions, and none is under way. */
  private get mustHaveSome(): boolean {
    const { subscriptions, chat, number } = this.link;
    return subscriptions > 0 && chat.requests.count(number, Kind.Subscribe) === 0;
  }
}

/** Whether the topic filter can stand bare in a line, and be no other line. Blanks do not count: a modem's own may have some. */
function isListable(filter: string, lines: readonly Line[]): boolean {
  const text = filter.replace(/ /g, "");
  return !text.startsWith("AT+") && !lines.some((line) => (line.follow === Follow.End ? text === line.text : text.startsWith(line.text)));
}
