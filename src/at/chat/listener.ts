import type { Port, PortReceiver } from "../../platform";
import type { CompletionListener } from "./completion";
import type { ExchangeListener } from "./exchange";
import type { LinesListener } from "./lines";

/** Whom the chat works for. All of this is called with the chat ready for the next call. */
export interface ChatListener extends LinesListener, ExchangeListener, CompletionListener {
  /** @throws what the port's class throws */
  openPort(receiver: PortReceiver): Port;
  onPortError(error: unknown): void;
}
