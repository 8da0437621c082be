// The network under the modem, as small as the modem needs it. The host's sockets are in
// host-network.ts; a simulation implements the same interface in virtual time.

/** Why a connection could not be made. */
export type OpenFailure = "dns" | "refused" | "unreachable" | "timeout";

/** What a connection reports. `opened` or `failed` comes first, once; nothing follows `failed` or `closed`. */
export interface ConnectionEvents {
  opened(): void;
  /** Bytes from the peer. They belong to the receiver. */
  received(bytes: Uint8Array): void;
  /** The peer closed or reset an open connection. */
  closed(): void;
  failed(reason: OpenFailure): void;
}

/** One TCP connection. After `close` or `abort` no event comes. */
export interface Connection {
  /** Sends bytes; the connection may keep the array. */
  write(bytes: Uint8Array): void;
  /** Closes in order: what was written is still delivered. */
  close(): void;
  /** Drops the connection at once, as a modem does that loses power or its radio. */
  abort(): void;
}

/** What makes connections. No event may come before `open` has returned. */
export interface Network {
  /**
   * @param host a name or an address
   * @param port 1 to 65535
   * @param secure whether to speak TLS; `opened` then comes after the handshake
   */
  open(host: string, port: number, events: ConnectionEvents, secure?: boolean): Connection;
}
