/** Of a checkout of the Moddable SDK: see consumer-mqtt-js.ts. */
declare module "mqtt/js" {
  export const connect: (url: string, options?: object) => any;
}
