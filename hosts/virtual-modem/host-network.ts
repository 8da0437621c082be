// The modem's network, with TCP sockets of this machine.

import { connect, isIP } from "node:net";
import { connect as connectSecurely } from "node:tls";
import type { Connection, ConnectionEvents, Network, OpenFailure } from "./network";

const failures: Readonly<Record<string, OpenFailure>> = {
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EAI_FAIL: "dns",
  EAI_NODATA: "dns",
  EAI_NONAME: "dns",
  ECONNREFUSED: "refused",
  ECONNRESET: "refused",
  ETIMEDOUT: "timeout",
};

function failureOf(error: NodeJS.ErrnoException): OpenFailure {
  // When a name has several addresses, Node's error has the code of the first one.
  return failures[error.code ?? ""] ?? "unreachable";
}

/** Sockets of this machine. */
export const hostNetwork: Network = {
  open(host: string, port: number, events: ConnectionEvents, secure = false): Connection {
    // As a modem's TLS without authentication: the peer's certificate is not checked.
    const tls = { rejectUnauthorized: false, servername: isIP(host) ? undefined : host };
    const socket = secure ? connectSecurely({ host, port, ...tls }) : connect({ host, port });
    socket.setNoDelay(true);
    let open = false;
    let over = false;
    socket.on(secure ? "secureConnect" : "connect", () => {
      if (over) return;
      open = true;
      events.opened();
    });
    socket.on("data", (bytes: Buffer) => {
      if (!over) events.received(bytes);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      // After an error of an open connection `close` follows; to the modem a reset is a close.
      if (over || open) return;
      over = true;
      events.failed(failureOf(error));
    });
    socket.on("close", () => {
      if (over) return;
      over = true;
      events.closed();
    });
    return {
      write(bytes: Uint8Array): void {
        if (!over) socket.write(bytes);
      },
      close(): void {
        over = true;
        // Sends what is queued, and then closes, even when the peer keeps its half open.
        socket.destroySoon();
      },
      abort(): void {
        over = true;
        socket.destroy();
      },
    };
  },
};
