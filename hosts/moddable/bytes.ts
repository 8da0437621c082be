import type { Bytes } from "modem-mqtt/platform";

/** Moddable's word for a function in C ("XS in C", Native); here those of bytes.c. */
declare function native(name: string): (...values: any[]) => any;

export const bytes: Bytes = Object.freeze({
  copy: native("xs_modem_mqtt_copy"),
  same: native("xs_modem_mqtt_same"),
  find: native("xs_modem_mqtt_find"),
  hex: native("xs_modem_mqtt_hex"),
  encode: native("xs_modem_mqtt_encode"),
  decode: native("xs_modem_mqtt_decode"),
  name: native("xs_modem_mqtt_name"),
  fields: native("xs_modem_mqtt_fields"),
  upTo: native("xs_modem_mqtt_upTo"),
});
