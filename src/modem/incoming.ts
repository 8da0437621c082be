import type { Decoder } from "../at/decoder/decoder";
import type { Message } from "../at/framing/message";
import type { Fields } from "../at/responses/fields";
import type { Line } from "../at/responses/response-table";
import { Encoding } from "../bytes/encoding";
import { frozen } from "../bytes/frozen";
import type { MessageRow } from "./family";
import type { MessageReceiver, Repeater } from "./receivers";

const NOBODY: Repeater = frozen({ onMessageAgain: () => false });

/** Messages that come in for one link: reads what their fields mean, and hands them to the client, or skips them when the client has gone. */
export class Incoming {
  /** Who takes a message that begins as the one before: nobody where each has to be read, or when the client has gone. */
  repeater: Repeater;
  /** Null when the client has gone. */
  private receiver: MessageReceiver | null;
  private readonly encoding: Encoding;
  private readonly decoder: Decoder;
  private readonly row: MessageRow;

  constructor(decoder: Decoder, row: MessageRow, encoding: Encoding, receiver: MessageReceiver) {
    this.receiver = receiver;
    this.repeater = encoding === Encoding.Raw ? receiver : NOBODY;
    this.encoding = encoding;
    this.decoder = decoder;
    this.row = row;
  }

  /** The client has gone. */
  close(): void {
    this.receiver = null;
    this.repeater = NOBODY;
  }

  onMessage(line: Line, message: Message): void {
    const receiver = this.receiver,
      encoding = this.encoding;
    if (encoding !== Encoding.Raw) message.decode(encoding);
    if (receiver === null) return this.decoder.skip();
    if (message.sameHeader) message.addTopic();
    const { packetId, QoS, retain, duplicate } = this.row,
      fields = message.fields;
    receiver.onMessage(
      fields,
      line.topic!,
      packetId === undefined ? upTo(2, fields, QoS) : fields.int(packetId, 0) === 0 ? 0 : 1,
      upTo(1, fields, retain),
      upTo(1, fields, duplicate),
    );
  }

  onFragment(): void {
    const { receiver } = this;
    if (receiver === null) this.decoder.skip();
    else receiver.onFragment();
  }
}

/** The field's number where it is at most `most`; −1 for one that is damaged, as for one that the modem does not tell. */
function upTo(most: number, fields: Fields, field: number | undefined): number {
  const value = field === undefined ? -1 : fields.int(field);
  return value > most ? -1 : value;
}
