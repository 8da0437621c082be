import { checkedSettings, type CommandCallback, type CommandSettings } from "../at/own-commands";
import { ArgumentError, StateError } from "../errors";
import type { CareCallback, CareQuestion } from "../modem/care";
import type { Device } from "../modem/device";
import type { Family } from "../modem/family";
import { ownCommandOf } from "../modem/own-command-of";
import type { StatisticsView } from "../modem/counts";
import type { ModemIdentity, ModemSignal, NetworkState, SimState, Supply, ToldTime } from "../modem/told";

/** Whose modem it is: a connection. */
export interface FacedConnection {
  readonly family: Family;
  /** The modem as a device. @throws StateError CLOSED */
  readonly device: Device;
  /** Null where the driver has no care. */
  readonly statistics: StatisticsView | null;
}

/**
 * The modem as a device, beside MQTT: {@link MQTTClient.modem}. What is asked goes to the modem in its turn, among all that the client
 * does. While the modem is being looked for, or restarts, it waits. All but `command` needs the driver with care (`modem-mqtt/care/…`).
 */
export class ClientModem {
  #connection: FacedConnection;

  /** @internal */
  constructor(connection: FacedConnection) {
    this.#connection = connection;
  }

  /**
   * Sends an AT command of the application's own.
   * @param line as the modem's manual prints it, without a line's end: `AT+CSQ`
   * @param options may be left out
   * @param done called once, with the lines of the answer
   * @throws ArgumentError where it is not one line that begins with AT, is one of the modem's MQTT commands, or would make its answers unreadable;
   * StateError CLOSED or BUSY
   */
  command(line: string, options: CommandSettings | CommandCallback, done?: CommandCallback): void {
    const { family, device } = this.#connection,
      isCallback = typeof options === "function",
      callback = isCallback ? options : done;
    if (typeof callback !== "function") throw new ArgumentError("ARGUMENT_TYPE", "done", callback, "must be a function");
    const command = ownCommandOf(family, "line", line, checkedSettings("", isCallback ? undefined : options));
    device.command(command, callback, this);
  }

  /** Maker, model, firmware, IMEI. @throws StateError NOT_SUPPORTED, CLOSED or BUSY, as all that follow */
  identity(done: CareCallback<ModemIdentity>): void {
    this.#inquire("identity", done);
  }

  /** The SIM's state, ICCID and IMSI. */
  sim(done: CareCallback<SimState>): void {
    this.#inquire("sim", done);
  }

  /** Registration, operator, technology, cell, band, address, and what was granted for sleep. */
  network(done: CareCallback<NetworkState>): void {
    this.#inquire("network", done);
  }

  /** RSRP, RSRQ, SINR and RSSI in dBm and dB, and a word. */
  signal(done: CareCallback<ModemSignal>): void {
    this.#inquire("signal", done);
  }

  /** The network's time, as milliseconds of UTC since 1970, and the zone. Undefined until the network has told it. */
  time(done: CareCallback<ToldTime>): void {
    this.#inquire("time", done);
  }

  /** Temperature and supply voltage, where the modem tells them. */
  supply(done: CareCallback<Supply>): void {
    this.#inquire("supply", done);
  }

  /**
   * What has happened since the modem's port was opened, as long as that is open. One object for all looks.
   * @throws StateError NOT_SUPPORTED
   */
  get statistics(): StatisticsView {
    const { family, statistics } = this.#connection;
    if (statistics === null) throw withoutCare(family);
    return statistics;
  }

  #inquire(what: CareQuestion, done: CareCallback<any>): void {
    const { family, device } = this.#connection,
      { care } = device;
    if (care === null) throw withoutCare(family);
    if (typeof done !== "function") throw new ArgumentError("ARGUMENT_TYPE", "done", done, "must be a function");
    device.commands.mustTakeMore();
    care.inquire(what, done, this);
  }
}

function withoutCare({ name }: Family): StateError {
  const driver = name.toLowerCase();
  return new StateError("NOT_SUPPORTED", `this needs the driver with care: import modem-mqtt/care/${driver} in place of modem-mqtt/modems/${driver}`);
}
