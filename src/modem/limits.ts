/** What a dialect can carry (dialects.md 8), in bytes of UTF-8 where it is about strings. */
export interface Limits {
  readonly host: number;
  /** Client id, user name and password, each. */
  readonly credential: number;
  readonly topic: number;
  /** Topics in one subscribe or unsubscribe. */
  readonly topics: number;
  /** Whether the modem tells what was granted for each topic of a subscribe, and not for one of them. */
  readonly grantsEach: boolean;
  /** Whether the modem takes a backslash in a quoted text for an escape, so that no text may have one. Default false. */
  readonly escapes?: boolean;
  readonly willTopic: number;
  readonly willMessage: number;
  /** Payload of one publish. */
  readonly payload: number;
  /** Seconds, from and to. */
  readonly keepAlive: readonly [number, number];
  /** MQTT protocol levels: 3 is MQTT 3.1, 4 is MQTT 3.1.1. */
  readonly protocolVersions: readonly number[];
  /** Publishes that may be unacknowledged at once. */
  readonly window: number;
}
