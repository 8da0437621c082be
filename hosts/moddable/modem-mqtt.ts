/** `modem-mqtt` on Moddable: the core, with this platform's timer, serial port and native bytes already bound. */
import { MQTTClient as Client, type MQTTClientOptions as ClientOptions, type DriverClass } from "modem-mqtt/index";
import { bytes } from "modem-mqtt/host/bytes";
import { clock } from "modem-mqtt/host/clock";
import { portOptions, type SerialOptions } from "modem-mqtt/host/board-port";

// One by one: to XS before version 14 (SDK 4) a class of this module is ambiguous if `*` has one of its name.
export {
  ArgumentError,
  BrokerError,
  CME_ERRORS,
  CONNACK_CODES,
  meaning,
  ModemError,
  MQTTModemError,
  NetworkError,
  portableBytes,
  StateError,
} from "modem-mqtt/index";
export type * from "modem-mqtt/index";

/** The options of {@link MQTTClient}: ECMA-419's, with a modem in place of `dns` and `socket`. */
export interface MQTTClientOptions extends Omit<ClientOptions, "modem"> {
  modem: {
    /** The driver. */
    io: DriverClass;
    /**
     * The serial port: `io` is the class, `device.io.Serial` if left out, and the rest is that class's own. On ESP32
     * `transmit`, `receive` (pins), `port` (the UART's number) and `baud`; in a simulator `device` and `baud`. Where none of
     * these but `baud` is given, it is the board's own port, `device.Serial.default`, if there is one.
     */
    serial: SerialOptions;
  } & Record<string, any>;
}

/**
 * ECMA-419's MQTT client class pattern over a modem. Options may be frozen; those that are not known are ignored.
 *
 * The serial port stays taken for a moment after `onError`, `onClose` or `close()`, up to five seconds while the modem
 * is told to close its connection. The next client waits for that if it names this one as `modem.shared`, as those of
 * `modem-mqtt/provider` do; otherwise make it from a timer.
 */
export class MQTTClient extends Client {
  /**
   * Opens the port and begins to connect; `onWritable` follows, or `onError`.
   * @throws ArgumentError before anything is sent; what the serial port's class throws
   */
  constructor(options: MQTTClientOptions) {
    const { modem } = options;
    super({ ...options, modem: { clock, bytes, ...modem, serial: portOptions(modem?.serial) } } as ClientOptions);
  }
}

export default MQTTClient;
