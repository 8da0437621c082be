/** `modem-mqtt/session`: a session that outlives its connections. Runs on XS and on Node. */
export { Session, Session as default } from "./session";
export type { QueueOptions, SessionOptions, SessionPublishOptions } from "./options";
export type { RetryOptions } from "./retry";
export type { SessionState } from "./states";
export type { Filter } from "./queue";
export type { Store } from "./store";
