/**
 * CTWing (China Telecom's AIoT platform). Nothing is computed: the cloud's console shows all three parts. The source is
 * the worked session of Yuge's guide for the NM28 (S4), chapter 2.1.
 */
import { flag, integer } from "../checks";
import { field, keepAlive, type CloudConnection, type CloudOptions } from "./connection";

export interface CTWingOptions extends CloudOptions {
  /** The device's id (设备ID), not its number or name. Console: the product's devices, the device's details. */
  deviceId: string;
  /** The product's id (产品ID). Console: the product's overview. */
  productId: string;
  /** The password: the device's token (特征串), or the product's when it has one for all devices. Console: the device's details. */
  token: string;
}

const HOST = "mqtt.ctwing.cn";

/**
 * The settings for CONNECT to CTWing: the device's id, the product's id and the token. The port for TLS is 8883.
 * The cloud's limits for `keepAlive` are not known; up to 65535 seconds are accepted.
 * @throws ArgumentError
 */
export function ctwing(options: CTWingOptions): CloudConnection {
  const tls = flag("tls", options.tls ?? false) === 1;
  return {
    host: field("host", options.host ?? HOST),
    port: integer("port", options.port ?? (tls ? 8883 : 1883), 1, 65535),
    id: field("deviceId", options.deviceId),
    user: field("productId", options.productId),
    password: field("token", options.token, { secret: true }),
    keepAlive: keepAlive(options.keepAlive, 0, 65535),
  };
}
