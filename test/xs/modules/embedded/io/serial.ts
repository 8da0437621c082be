/// <reference path="../../../host.d.ts" />
/** In C: test/xs/host/serial.c. */
export default host.Serial;
