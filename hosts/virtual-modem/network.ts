// The modem's network. host-network.ts implements it with sockets of this machine; a simulation implements it in virtual time.

/** Why a connection could not be made. */
export type OpenFailure = "dns" | "refused" | "unreachable" | "timeout";

/** The reports of a connection. The first one is `opened` or `failed`. No report follows `failed` or `closed`. */
export interface ConnectionEvents {
  opened(): void;
  /** Bytes from the peer, which then belong to the callee. */
  received(bytes: Uint8Array): void;
  /** The peer closed or reset an open connection. */
  closed(): void;
  failed(reason: OpenFailure): void;
}

/** One TCP connection. No report follows `close` or `abort`. */
export interface Connection {
  /** Sends bytes. The array then belongs to the connection. */
  write(bytes: Uint8Array): void;
  /** Closes in order: bytes that were written before are still delivered. */
  close(): void;
  /** Drops the connection at once, as when the modem loses power or its radio. */
  abort(): void;
}

/** Makes connections. No report may come before `open` has returned. */
export interface Network {
  /**
   * @param host a name or an address
   * @param port 1 to 65535
   * @param secure whether to use TLS; `opened` then comes after the handshake
   */
  open(host: string, port: number, events: ConnectionEvents, secure?: boolean): Connection;
}
