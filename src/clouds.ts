/** `modem-mqtt/clouds`: what the clouds want as user name and password, computed. */
export * from "./clouds/index";
