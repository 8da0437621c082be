/** `modem-mqtt/at`: AT commands on a serial port, without MQTT. It runs on XS and on Node. */
export { ATClient, ATClient as default, type ATClientOptions } from "./own/at-client";
export type { CommandCallback, CommandSettings } from "./own/own-commands";
export { CME_ERRORS, meaning, type CodeTable, type CodeText } from "./responses/codes";
export { ArgumentError, ModemError, MQTTModemError, StateError, type ErrorCode } from "../errors";
export type { Alarm, AlarmListener, Bytes, Clock, Port, PortOptions, PortReceiver } from "../platform";
