/** `modem-mqtt/node`: a client with MQTT.js's words, over a serial port. */
export { connect, connect as connectAsync } from "./connect";
export type { ConnectOptions } from "./connect-options";
export { ModemMQTTClient } from "./client";
export type {
  ClientEvents,
  ClientSettings,
  DoneCallback,
  EndOptions,
  OperationOptions,
  PublishCallback,
  PublishOptions,
  SubscribeCallback,
  SubscribeOptions,
} from "./client-types";
export type { Callback } from "./callback";
export { SharedModem as Carrier } from "./shared-modem";
export type { CareOfModem } from "./care-options";
export { ModemDevice, type CommandOptions, type QuestionOptions } from "./modem-device";
export type { Packet, QoS } from "./packet";
export type { Granted, Topics } from "./topics";
export { hostClock } from "./clock";
export { loadDriver, modemNames } from "./drivers";
export { findBaud, findModem, readModemInfo, type FindOptions, type FoundModem, type InfoOptions, type ModemReport } from "./modem/ask";
export type { ModemInfo } from "./modem/inquiries";
export type { MoreInfo } from "./modem/told";
export { listPorts } from "./ports";
export { openStore } from "./store";
export { SerialPort, type Direction, type SerialPortOptions } from "./serial-port";
export { TrafficTrace, visible } from "./trace";
export { ArgumentError, BrokerError, ModemError, MQTTModemError, NetworkError, StateError } from "../../src/errors";
export type { ErrorCode } from "../../src/errors";
export type { Progress } from "../../src/modem/care";
export type { APNOptions, CareOptions, SetupCommand } from "../../src/modem/care-options";
export type { StageName } from "../../src/modem/stage";
export type { ModemIdentity, ModemSignal, NetworkState, SignalWord, SimState, StatisticsView, Supply, ToldTime } from "../../src/modem/told";
export type { RetryOptions } from "../../src/session/retry";
export type { QueueOptions } from "../../src/session/options";
export type { SessionState } from "../../src/session/states";
export type { Store } from "../../src/session/store";
export type { Counters } from "../../src/mqtt/options";
