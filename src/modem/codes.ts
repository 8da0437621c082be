import { codes } from "../at/responses/codes";

/** CONNACK return codes: MQTT 3.1.1 3.2.2.3, S1 3.2.5. */
export const CONNACK_CODES = codes(`
  0 connection accepted
  1 unacceptable protocol version
  2 client identifier rejected
  3 server unavailable
  4 bad user name or password
  5 not authorised
`);

/** Above what a modem's own result can be: a CONNACK return code is added to this one. */
export const RETURN_CODE = 256;
