/**
 * Tencent Cloud IoT Hub and IoT Explorer, authentication by key. The rules are those of "MQTT-Based Device Connection
 * over TCP", https://www.tencentcloud.com/document/product/1105/41824 (Hub) and
 * https://cloud.tencent.com/document/product/1081/102803 (Explorer).
 */
import { frozen } from "../bytes/frozen";
import { utf8Encode } from "../bytes/utf8";
import { choice, flag, integer } from "../checks";
import { base64Decode } from "./base64";
import { expirySeconds, field, keepAlive, label, type CloudConnection, type CloudOptions } from "./connection";
import { hex } from "./hex";
import { hmac } from "./hmac";
import { sha1 } from "./sha1";
import { sha256 } from "./sha256";

export interface TencentOptions extends CloudOptions {
  /** The product's id, ten letters and digits. Console: the product's details, ProductID. */
  productId: string;
  /** The device's name within its product. Console: the device's details. */
  deviceName: string;
  /** The device's key, in Base64, as the console shows it: the device's details, device key (PSK). Never sent. */
  deviceSecret: string;
  /**
   * When the password expires, in seconds since 1970. A device that does not know the time can give a date in the far future: the cloud
   * allows it.
   */
  expiry: number;
  /**
   * A random string for each connection, of letters and digits; the cloud's own examples have five characters. With it the connection
   * can be found in the cloud's log.
   */
  connectionId: string;
  /** Default `hmacsha256`. */
  signMethod?: "hmacsha256" | "hmacsha1";
}

const SIGN_METHODS = frozen(["hmacsha256", "hmacsha1"]);
/** The application id for devices without Tencent's SDK; the same for all. */
const SDK_APP_ID = "12010126";

/**
 * The settings for CONNECT to Tencent Cloud. A BC35-G can fetch a password by itself: its option `tencent`.
 * `keepAlive` may be up to 900 seconds. The port for TLS is 8883. `host` is needed for regions other than Guangzhou.
 * The cloud accepts no will, no retained message and no QoS 2.
 * @throws ArgumentError
 */
export function tencent(options: TencentOptions): CloudConnection {
  const productId = label("productId", options.productId);
  const deviceName = field("deviceName", options.deviceName, { separators: ";" });
  const key = base64Decode(field("deviceSecret", options.deviceSecret, { secret: true }), "deviceSecret", true);
  const connectionId = field("connectionId", options.connectionId, { separators: ";" });
  const expiry = expirySeconds(options.expiry);
  const signMethod = choice("signMethod", options.signMethod ?? "hmacsha256", SIGN_METHODS);

  const id = productId + deviceName;
  const user = `${id};${SDK_APP_ID};${connectionId};${expiry}`;
  return {
    host: field("host", options.host ?? `${productId}.iotcloud.tencentdevices.com`),
    port: integer("port", options.port ?? (flag("tls", options.tls ?? false) === 1 ? 8883 : 1883), 1, 65535),
    id,
    user,
    password: `${hex(hmac(signMethod === "hmacsha1" ? sha1 : sha256, key, utf8Encode(user)))};${signMethod}`,
    keepAlive: keepAlive(options.keepAlive, 0, 900),
  };
}
