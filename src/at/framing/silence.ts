import { frozen } from "../../bytes/frozen";
import { LINE_END } from "./line-end";
import { Found, type Ending, type Message } from "./message";

/** A payload without a length that can be trusted: ends with an end of line that a known line or silence follows. */
export const BY_SILENCE: Ending = frozen({
  find: (message: Message) => LINE_END.find(message, false),

  silence(message: Message): Found {
    const found = LINE_END.find(message, false);
    if (found !== Found.Nothing) return found;
    // A pause in the middle of a line does not end a message, unless the length was wrong.
    if (!message.suspect && LINE_END.beforeEnding(message) === message.ring.tail) return Found.Nothing;
    return LINE_END.takeAll(message);
  },

  /** The message goes on for longer than the ring: what there is of it is taken. */
  overflow: (message: Message): Found => BY_SILENCE.silence(message),

  waits: () => true,
});
