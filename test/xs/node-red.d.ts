/** Of a checkout of the Node-RED MCU Edition: see consumer-node-red.ts. */
declare module "nodered" {
  export class Node {
    constructor(id: string, flow: unknown, name?: string);
    onStart(config: object): void;
    onMessage(message: any, done: () => void): unknown;
  }
  export const configFlowID: string;
}
declare module "mqttnodes" {}
