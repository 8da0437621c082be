// The settings of AT+MQTTCFG for each client (S4 1.1), and their defaults.

import type { QoS } from "../../mqtt-types";

export interface Settings {
  version: 3 | 4;
  /** The PDP context, 1 to 16. S4 has no command that defines one, so all of them exist. */
  pdpContext: number;
  ssl: boolean;
  /** The SSL context, 0 to 5. */
  sslContext: number;
  /** Seconds, 10 to 290. */
  keepalive: number;
  clean: boolean;
  /** Seconds, 1 to 60. */
  packetTimeout: number;
  /** 1 to 10. */
  retryTimes: number;
  timeoutNotice: boolean;
  will: { qos: QoS; retain: boolean; topic: string; payload: string } | undefined;
  /** Whether +MQTTRECV carries the message. */
  messageInReport: boolean;
  /** Whether +MQTTRECV carries the length. */
  lengthInReport: boolean;
  /** Stored, without effect. S4 does not explain it; on an ML307R it chooses buffered or direct reception (dialects 5.2.1, P19). */
  cached: boolean;
}

/**
 * S4 gives two defaults: keep-alive 120 s and three retries. S4's worked session sets nothing and needs MQTT 3.1.1 (for CTWing), no TLS
 * and context 1. The rest are defaults of the QMT set: a clean session, 5 s for a packet (the end of S4's range in 1.6 and 1.7, D-4), no
 * notices.
 */
export function defaultSettings(lengthInReport: boolean): Settings {
  return {
    version: 4,
    pdpContext: 1,
    ssl: false,
    sslContext: 0,
    keepalive: 120,
    clean: true,
    packetTimeout: 5,
    retryTimes: 3,
    timeoutNotice: false,
    will: undefined,
    messageInReport: true,
    lengthInReport,
    cached: false,
  };
}
