const INDEX = "5, ?";

/** A result line of client 5, which the probe uses. @param rest a pattern for what follows the client's number */
export const result = (name: string, rest: string): RegExp => new RegExp(`\\+MQTT${name}: ?${INDEX}${rest}`);
