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
  /** The device's secret. Console: as above, DeviceSecret. The password is computed from it; it is never sent. */
  deviceSecret: string;
  /** The region of a public instance: `cn-shanghai` (default), `ap-southeast-1`, … Not needed with `instanceHost`. */
  region?: string;
  /**
   * The address of an Enterprise instance, `….mqtt.iothub.aliyuncs.com`. Console: Instance Details, View Endpoint.
   * Default: the public instance of `region`.
   */
  instanceHost?: string;
  /** Up to 64 bytes without `|`; default `productKey.deviceName`, as the console has it. */
  clientId?: string;
  /** Milliseconds since 1970, 0 or more. Optional: the cloud does not need it. */
  timestamp?: number;
  /** Default `hmacsha256`. */
  signMethod?: "hmacsha256" | "hmacsha1";
}

const SIGN_METHODS = frozen(["hmacsha256", "hmacsha1"]);
const REGION = "cn-shanghai";
/** The same port with and without TLS. */
const PORT = 1883;

/**
 * The settings for CONNECT to Alibaba Cloud. A BC35-G can compute them by itself: its option `alibaba`.
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

  // The signed text: the parameters in alphabetical order, each name followed by its value, without separators.
  let signed = `clientId${clientId}deviceName${deviceName}productKey${productKey}`;
  let extended = `securemode=${secureMode},signmethod=${signMethod}`;
  if (options.timestamp !== undefined) {
    const timestamp = integer("timestamp", options.timestamp, 0, Number.MAX_SAFE_INTEGER);
    signed += `timestamp${timestamp}`;
    extended += `,timestamp=${timestamp}`;
  }
  return {
    host: options.instanceHost === undefined ? `${productKey}.iot-as-mqtt.${region}.aliyuncs.com` : field("instanceHost", options.instanceHost),
    port: integer("port", options.port ?? PORT, 1, 65535),
    id: `${clientId}|${extended}|`,
    user: `${deviceName}&${productKey}`,
    password: hex(hmac(signMethod === "hmacsha1" ? sha1 : sha256, utf8Encode(deviceSecret), utf8Encode(signed))),
    keepAlive: keepAlive(options.keepAlive, 30, 1200),
  };
}
