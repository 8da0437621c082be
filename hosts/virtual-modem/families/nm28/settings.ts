// What AT+MQTTCFG holds for each client (S4 1.1), and what it begins with.

import type { QoS } from "../../mqtt-types";

export interface Settings {
  version: 3 | 4;
  /** The PDP context, 1 to 16. S4 has no command that defines one: each is taken to be there. */
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
  /** Not explained in S4; on ML307R buffered against direct reception (dialects 5.2.1, P19). Kept, without effect. */
  cached: boolean;
}

/**
 * S4 gives two defaults, keep-alive 120 s and three retries. The rest is what S4's session, which sets nothing, works
 * with: MQTT 3.1.1 as CTWing asks for, no TLS, context 1; and what the QMT set begins with: a clean session, 5 s for a
 * packet (S4's own range in 1.6 and 1.7, D-4, ends there), no notices.
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
