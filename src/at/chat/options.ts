import type { Bytes } from "../../platform";
import type { Timers } from "../../timers";
import type { ResponseTable } from "../responses/response-table";

/** What differs from modem to modem. */
export interface ChatFamily {
  readonly responses: ResponseTable;
  /** The byte that leaves a data phase without sending, or 0 where the modem has none. */
  readonly cancel: number;
  /** The modem's acknowledgements do not say what they acknowledge: one request of a kind at a time on each connection. */
  readonly oneOfAKind?: boolean;
  /** `+CME ERROR` codes that end no command. */
  readonly unsolicitedErrors?: readonly number[];
}

export interface ChatOptions {
  /** Their owner starts and stops them, and passes on to {@link Chat.onTimer} the chat's own slots: those below `Slot.Chat`. */
  timers: Timers;
  bytes: Bytes;
  family: ChatFamily;
  /** Bytes of the ring. */
  receiveBuffer: number;
  /** Bytes at the most of a command line, and of the payloads that wait. */
  commandBuffer: number;
  payloadBuffer: number;
}
