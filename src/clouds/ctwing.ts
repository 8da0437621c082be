/**
 * CTWing (China Telecom's AIoT platform). Nothing is calculated: the cloud's console gives all three parts. The source is
 * the worked session of Yuge's guide for the NM28 (S4), chapter 2.1.
 */
import { flag, integer } from "../checks";
import { field, keepAlive, type CloudConnection, type CloudOptions } from "./connection";

export interface CTWingOptions extends CloudOptions {
  /** The device's id (设备ID), not its number or name. Console: the product's devices, the device's details. */
  deviceId: string;
  /** The product's id (产品ID). Console: the product's overview. */
  productId: string;
  /** The device's token (特征串), or the product's where one serves all its devices. Console: the device's details. It is the password. */
  token: string;
}

const HOST = "mqtt.ctwing.cn";

/**
 * What CTWing wants to see in CONNECT: the device's id, the product's id and the token. TLS has port 8883.
 * The cloud's limits for `keepAlive` are not known here: up to 65535 seconds are let through.
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
