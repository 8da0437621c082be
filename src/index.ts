/** The core: runs on XS and on Node, and needs nothing of either. */
export { MQTTClient, MQTTClient as default, type MQTTClientOptions } from "./mqtt/client";
export type { ByteBuffer, ControlMessage, Counters, ReadableOptions, WriteOptions } from "./mqtt/options";
export type { StageName } from "./modem/stage";
export type { CommandCallback, CommandSettings } from "./at/own/own-commands";
export type { Progress } from "./modem/care";
export type { CareCallback, ClientModem } from "./modem/client-modem";
export type { APNOptions, CareOptions, SetupCommand, SystemClock, WatchdogOptions } from "./modem/care-options";
export type { DigitalPin, DigitalPinClass, KeyOptions, PinOptions, PowerOptions, PulseOptions } from "./modem/power-options";
export type { ModemIdentity, ModemSignal, NetworkState, Signal, SignalWord, SimState, StatisticsView, Supply, ToldTime } from "./modem/told";
export {
  ArgumentError,
  BrokerError,
  ModemError,
  MQTTModemError,
  NetworkError,
  StateError,
} from "./errors";
export type { ArgumentCode, BrokerCode, ErrorCode, ModemCode, NetworkCode, StateCode } from "./errors";
export { CME_ERRORS, meaning } from "./at/responses/codes";
export type { CodeTable, CodeText } from "./at/responses/codes";
export { CONNACK_CODES } from "./modem/codes";
export type { Limits } from "./modem/limits";
// For those who write a driver.
export type { Fields } from "./at/responses/fields";
export type { Line } from "./at/responses/response-table";
export type { Request as Operation } from "./at/requests/request";
export type { Text } from "./bytes/text";
export type { Family, Family as Dialect, Family as DriverClass } from "./modem/family";
export type { Hook, HookedLink } from "./modem/hook";
export type { Link as Driver } from "./modem/link";
export type { LinkListener as ModemClient } from "./modem/link-listener";
export type { InquiryCallback } from "./modem/inquiry";
export type { Modem } from "./modem/modem";
export type { Settings } from "./modem/settings";
export type { DriverOptions, ModemOptions } from "./modem/options";
export { portableBytes } from "./platform";
export type { Alarm, Bytes, Clock, Port, PortOptions, PortReceiver, AlarmListener as Ringer } from "./platform";
