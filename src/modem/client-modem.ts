import type { CommandCallback, CommandSettings } from "../at/own/own-commands";
import type { MQTTModemError } from "../errors";
import type { ModemIdentity, ModemSignal, NetworkState, SimState, StatisticsView, Supply, ToldTime } from "./told";

/** Receives what has been asked for, or the error in its place. */
export type CareCallback<T> = (error: MQTTModemError | null, told: T | undefined) => void;

/**
 * The modem as a device, beside MQTT: `MQTTClient.modem` of a driver with care (`modem-mqtt/care/…`). What is asked goes to the modem
 * in its turn, among all that the client does. While the modem is being looked for, or restarts, it waits.
 */
export interface ClientModem {
  /**
   * Sends an AT command of the application's own.
   * @param line as the modem's manual prints it, without a line's end: `AT+CSQ`
   * @param options may be left out
   * @param done called once, with the lines of the answer
   * @throws ArgumentError where it is not one line that begins with AT, is one of the modem's MQTT commands, or would make its answers unreadable;
   * StateError CLOSED or BUSY
   */
  command(line: string, options: CommandSettings | CommandCallback, done?: CommandCallback): void;
  /** Maker, model, firmware, IMEI. @throws StateError CLOSED or BUSY, as all that follow */
  identity(done: CareCallback<ModemIdentity>): void;
  /** The SIM's state, ICCID and IMSI. */
  sim(done: CareCallback<SimState>): void;
  /** Registration, operator, technology, cell, band, address, and what was granted for sleep. */
  network(done: CareCallback<NetworkState>): void;
  /** RSRP, RSRQ, SINR and RSSI in dBm and dB, and a word. */
  signal(done: CareCallback<ModemSignal>): void;
  /** The network's time, as milliseconds of UTC since 1970, and the zone. Undefined until the network has told it. */
  time(done: CareCallback<ToldTime>): void;
  /** Temperature and supply voltage, where the modem tells them. */
  supply(done: CareCallback<Supply>): void;
  /** What has happened since the modem's port was opened, as long as that is open. One object for all looks. */
  readonly statistics: StatisticsView;
}
