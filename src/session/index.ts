/** `modem-mqtt/session`: a session that outlives its connections. Runs on XS and on Node. */
export { Session, Session as default, type SessionOptions } from "./session";
export type { QueueOptions, SessionPublishOptions } from "./options";
export type { RetryOptions } from "./retry";
export type { SessionState } from "./states";
export type { Filter } from "./queue";
export type { Store } from "./store";
