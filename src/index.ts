/** The core: runs on XS and on Node, and needs nothing of either. */
export { MQTTClient, MQTTClient as default, type MQTTClientOptions } from "./mqtt/client";
export type { ByteBuffer, ControlMessage, Counters, ReadableOptions, WriteOptions } from "./mqtt/options";
export type { StageName } from "./mqtt/stages";
export {
  ArgumentError, BrokerError, ModemError, MQTTModemError, NetworkError, StateError,
} from "./errors";
export type { ArgumentCode, BrokerCode, ErrorCode, ModemCode, NetworkCode, StateCode } from "./errors";
export { CME_ERRORS, CONNACK_CODES, meaning } from "./modem/codes";
export type { CodeTable } from "./modem/codes";
export type { Limits } from "./modem/limits";
// For those who write a driver.
export type { Fields } from "./at/lines/fields";
export type { Line } from "./at/lines/lexicon";
export type { Operation } from "./at/commands/operation";
export type { Text } from "./bytes/text";
export type { Dialect, DriverOptions, ModemClient } from "./modem/dialect";
export type { Driver, DriverClass } from "./modem/driver";
export type { InquiryCallback } from "./modem/inquirer";
export type { Modem } from "./modem/modem";
export type { Settings } from "./modem/settings";
export type { ModemOptions } from "./modem/options";
export { portableBytes } from "./platform";
export type { Alarm, Bytes, Clock, Port, PortOptions, PortReceiver, Ringer } from "./platform";
