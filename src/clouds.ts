/** `modem-mqtt/clouds`: computes client id, user name and password for clouds. */
export * from "./clouds/index";
