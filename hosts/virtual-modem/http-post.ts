// One HTTP/1.0 request over the modem's network, for families that fetch a cloud password by HTTP. No TLS: the modems' documents
// have none for it.

import { concat, utf8 } from "./engine/bytes";
import type { Clock } from "./clock";
import type { Connection, Network, OpenFailure } from "./network";

/** How a request ended. */
export type PostResult =
  | { readonly kind: "answer"; readonly status: number; readonly body: string }
  | { readonly kind: "failed"; readonly reason: OpenFailure | "url" | "not-http" | "dropped" | "too-long" };

export interface PostOptions {
  readonly clock: Clock;
  readonly network: Network;
  /** `http://host[:port]/path` */
  readonly url: string;
  readonly contentType: string;
  readonly body: string;
  /** Milliseconds. */
  readonly timeout: number;
  /** Called once, never before `post` has returned. */
  readonly done: (result: PostResult) => void;
}

/** The most bytes of an answer that are read: an answer with a password has some hundred bytes. */
const LONGEST_ANSWER = 16_384;

/**
 * Sends a POST request and reads the whole answer. With HTTP/1.0 the server ends it by closing the connection. `timeout` is for the
 * whole request, however slowly the answer comes.
 */
export function post({ clock, network, url, contentType, body, timeout, done }: PostOptions): void {
  const parts = /^http:\/\/([^/:?#]+)(?::(\d{1,5}))?(\/[^#]*)?$/i.exec(url);
  if (!parts) {
    clock.setTimer(() => done({ kind: "failed", reason: "url" }), 0);
    return;
  }
  const [, host, port = "80", path = "/"] = parts;
  let answer: Uint8Array = new Uint8Array(0);
  let over = false;
  let connection: Connection | undefined;
  const end = (result: PostResult): void => {
    if (over) return;
    over = true;
    clock.clearTimer(timer);
    connection?.close();
    done(result);
  };
  const timer = clock.setTimer(() => end({ kind: "failed", reason: "timeout" }), timeout);
  connection = network.open(host, Number(port), {
    opened: () => {
      const length = utf8(body).length;
      connection?.write(
        concat(
          `POST ${path} HTTP/1.0\r\nHost: ${host}:${port}\r\nContent-Type: ${contentType}\r\nContent-Length: ${length}\r\n`,
          "Connection: close\r\n\r\n",
          body,
        ),
      );
    },
    received: (bytes) => {
      if (answer.length + bytes.length > LONGEST_ANSWER) return end({ kind: "failed", reason: "too-long" });
      answer = concat(answer, bytes);
    },
    failed: (reason) => end({ kind: "failed", reason }),
    closed: () => {
      if (answer.length === 0) return end({ kind: "failed", reason: "dropped" });
      const text = new TextDecoder().decode(answer);
      const head = /^HTTP\/1\.[01] (\d{3})[^]*?\r\n\r\n/.exec(text);
      if (!head) return end({ kind: "failed", reason: "not-http" });
      end({ kind: "answer", status: Number(head[1]), body: text.slice(head[0].length) });
    },
  });
}
