/**
 * OneNET (China Mobile), authentication by token. The rules are those of "token 算法",
 * https://onenet.hk.chinamobile.com/doc/mqtt/book/manual/auth/token.html, and of the platform's development guide for MQTT.
 */
import { frozen } from "../bytes/frozen";
import { utf8Encode } from "../bytes/utf8";
import { choice, flag, integer } from "../checks";
import { base64Decode, base64Encode } from "./base64";
import { expirySeconds, field, keepAlive, type CloudConnection, type CloudOptions } from "./connection";
import { hmac } from "./hmac";
import { sha1 } from "./sha1";
import { sha256 } from "./sha256";

export interface OneNETOptions extends CloudOptions {
  /** The product's id (产品ID). Console: the product's details. */
  productId: string;
  /** The device's name (设备名称), not its number. Console: the device's details. */
  deviceName: string;
  /** The device's own key (设备密钥), in Base64, not the product's access key. Console: the device's details. Never sent. */
  deviceKey: string;
  /** When the token expires, in seconds since 1970. A device that does not know the time can give a date in the far future. */
  expiry: number;
  /**
   * Default `sha256`. With `sha1` the token is about 20 bytes shorter, so that it fits modems that take a password of at most 128 bytes.
   * The cloud's `md5` is not offered: it would save only another 3 bytes.
   */
  method?: "sha256" | "sha1";
}

const METHODS = frozen(["sha256", "sha1"]);
const VERSION = "2018-10-31";
const HOST = "mqtts.heclouds.com";
const TLS_HOST = "mqttstls.heclouds.com";

/**
 * The settings for CONNECT to OneNET: the device's name, the product's id and the token.
 * `keepAlive` may be from 10 to 1800 seconds. TLS has another address, with port 8883.
 * @throws ArgumentError
 */
export function onenet(options: OneNETOptions): CloudConnection {
  const productId = field("productId", options.productId, { separators: "/" });
  const deviceName = field("deviceName", options.deviceName, { separators: "/" });
  const key = base64Decode(field("deviceKey", options.deviceKey, { secret: true }), "deviceKey", true);
  const expiry = expirySeconds(options.expiry);
  const method = choice("method", options.method ?? "sha256", METHODS);
  const tls = flag("tls", options.tls ?? false) === 1;

  const resource = `products/${productId}/devices/${deviceName}`;
  // The signed text: the values of et, method, res and version, in this order.
  const signed = utf8Encode(`${expiry}\n${method}\n${resource}\n${VERSION}`);
  const sign = base64Encode(hmac(method === "sha1" ? sha1 : sha256, key, signed));
  return {
    host: field("host", options.host ?? (tls ? TLS_HOST : HOST)),
    port: integer("port", options.port ?? (tls ? 8883 : 1883), 1, 65535),
    id: deviceName,
    user: productId,
    password: `version=${VERSION}&res=${encodeURIComponent(resource)}&et=${expiry}&method=${method}&sign=${encodeURIComponent(sign)}`,
    keepAlive: keepAlive(options.keepAlive, 10, 1800),
  };
}
