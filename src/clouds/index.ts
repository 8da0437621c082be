/** Computes the settings for CONNECT from what a cloud's console shows. Pure functions, for XS and Node. */
export { alibaba } from "./alibaba";
export type { AlibabaOptions } from "./alibaba";
export type { CloudConnection, CloudOptions } from "./connection";
export { ctwing } from "./ctwing";
export type { CTWingOptions } from "./ctwing";
export { onenet } from "./onenet";
export type { OneNETOptions } from "./onenet";
export { tencent } from "./tencent";
export type { TencentOptions } from "./tencent";
// Building blocks for other clouds.
export { base64Decode, base64Encode } from "./base64";
export { hex } from "./hex";
export { hmac } from "./hmac";
export type { Hash } from "./hmac";
export { sha1 } from "./sha1";
export { sha256 } from "./sha256";
