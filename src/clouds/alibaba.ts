/**
 * Alibaba Cloud IoT Platform, one secret for each device. The rules are those of "Establish MQTT connections over TCP",
 * https://www.alibabacloud.com/help/doc-detail/73742.htm, and of "How do I obtain MQTT parameters for authentication?",
 * https://www.alibabacloud.com/help/en/iot/user-guide/how-do-i-obtain-mqtt-parameters-for-authentication.
 */
import { frozen } from "../bytes/frozen";
import { utf8Encode } from "../bytes/utf8";
import { choice, flag, integer } from "../checks";
import { field, keepAlive, label, type CloudConnection, type CloudOptions } from "./connection";
import { hex } from "./hex";
import { hmac } from "./hmac";
import { sha1 } from "./sha1";
import { sha256 } from "./sha256";

export interface AlibabaOptions extends Omit<CloudOptions, "host"> {
  /** The product's key, eleven letters and digits. Console: Devices, the device, Device Information, ProductKey. */
  productKey: string;
  /** The device's name within its product. Console: as above, DeviceName. */
  deviceName: string;
  /** The device's secret. Console: as above, DeviceSecret. It is only calculated with, never sent. */
  deviceSecret: string;
  /** Where a public instance runs: `cn-shanghai` (default), `ap-southeast-1`, … Not needed with `instanceHost`. */
  region?: string;
  /**
   * The address of an instance of one's own, `….mqtt.iothub.aliyuncs.com`. Console: Instance Details, View Endpoint.
   * Without it the public instance of `region` is taken.
   */
  instanceHost?: string;
  /** Up to 64 bytes without `|`; default `productKey.deviceName`, as the console's own. */
  clientId?: string;
  /** Milliseconds since 1970, 0 or more. The cloud does not need it; without it none is sent. */
  timestamp?: number;
  /** Default `hmacsha256`. */
  signMethod?: "hmacsha256" | "hmacsha1";
}

const SIGN_METHODS = frozen(["hmacsha256", "hmacsha1"]);
const REGION = "cn-shanghai";
/** The cloud has one port, with and without TLS. */
const PORT = 1883;

/**
 * What Alibaba Cloud wants to see in CONNECT. A BC35-G can calculate it by itself: its option `alibaba`.
 * `keepAlive` may be from 30 to 1200 seconds.
 * @throws ArgumentError
 */
export function alibaba(options: AlibabaOptions): CloudConnection {
  const productKey = label("productKey", options.productKey);
  const deviceName = field("deviceName", options.deviceName, { separators: "&|" });
  const deviceSecret = field("deviceSecret", options.deviceSecret, { secret: true });
  const clientId = field("clientId", options.clientId ?? `${productKey}.${deviceName}`, { most: 64, separators: "|" });
  const signMethod = choice("signMethod", options.signMethod ?? "hmacsha256", SIGN_METHODS);
  const region = label("region", options.region ?? REGION);
  const secureMode = flag("tls", options.tls ?? false) === 1 ? 2 : 3;

  // The parameters in the order of their names, each name followed by its value, without anything between.
  let signed = `clientId${clientId}deviceName${deviceName}productKey${productKey}`;
  let extended = `securemode=${secureMode},signmethod=${signMethod}`;
  if (options.timestamp !== undefined) {
    const timestamp = integer("timestamp", options.timestamp, 0, Number.MAX_SAFE_INTEGER);
    signed += `timestamp${timestamp}`;
    extended += `,timestamp=${timestamp}`;
  }
  return {
    host: options.instanceHost === undefined
      ? `${productKey}.iot-as-mqtt.${region}.aliyuncs.com`
      : field("instanceHost", options.instanceHost),
    port: integer("port", options.port ?? PORT, 1, 65535),
    id: `${clientId}|${extended}|`,
    user: `${deviceName}&${productKey}`,
    password: hex(hmac(signMethod === "hmacsha1" ? sha1 : sha256, utf8Encode(deviceSecret), utf8Encode(signed))),
    keepAlive: keepAlive(options.keepAlive, 30, 1200),
  };
}
