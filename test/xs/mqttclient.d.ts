/** Of a checkout of the Moddable SDK: see peer.ts. */
declare module "mqttclient" {
  const MQTTClient: any;
  export default MQTTClient;
}
