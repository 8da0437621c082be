/** What the benchmark must know of each family, beside the driver and the virtual modem. */
import type { DriverClass } from "modem-mqtt";
import BC35G from "modem-mqtt/modems/bc35g";
import M531X from "modem-mqtt/modems/m531x";
import ML302 from "modem-mqtt/modems/ml302";
import NM28 from "modem-mqtt/modems/nm28";
import type { Family as Emulated } from "../../hosts/virtual-modem/engine/family";
import bc35g from "../../hosts/virtual-modem/families/bc35g";
import m531x from "../../hosts/virtual-modem/families/m531x";
import ml302 from "../../hosts/virtual-modem/families/ml302";
import nm28 from "../../hosts/virtual-modem/families/nm28";

export interface Family {
  name: string;
  driver: DriverClass;
  emulated: Emulated;
  /** Bytes of payload that one publish can carry. */
  longest: number;
  /** What stands before a message's payload; CR LF ends it. */
  header(topic: string, length: number): string;
  /** Other lines that come unasked, or that nothing waits for any more. */
  reports: readonly string[];
}

export const FAMILIES: readonly Family[] = [
  {
    name: "bc35g", driver: BC35G, emulated: bc35g, longest: 1024,
    header: (topic) => `+QMTRECV: 0,0,"${topic}",`,
    reports: ["+QMTPUB: 0,77,1", "+QMTPUBREL: 0,77", "+QMTSUB: 0,77,0,0", "+QMTUNS: 0,78,0"],
  },
  {
    name: "m531x", driver: M531X, emulated: m531x, longest: 512,
    header: (topic, length) => `+MQTTPUBLISH:0,1,0,4711,${topic},${length},`,
    reports: ["+MQTTPINGRESP:OK", "+MQTTPUBACK:7,0", "+MQTTPUBREC:8,0", "+MQTTSUBACK:9,1,a/b"],
  },
  {
    name: "ml302", driver: ML302, emulated: ml302, longest: 1024,
    header: (topic, length) => `+MQTTPUBLISH: 0,1,0,4711,"${topic}",${length},`,
    reports: ["+MQTTPINGRESP:OK", "+MQTTPUBACK: 0,7", "+MQTTPUBREC: 0,8", '+MQTTSUBACK: 9,1,"a/b"'],
  },
  {
    name: "nm28", driver: NM28, emulated: nm28, longest: 2048,
    header: (topic, length) => `+MQTTRECV:0,1,${topic},${length},`,
    reports: ["+MQTTPUBEX:0,77,1", "+MQTTSUB:0,77,0", "+MQTTUNS:0,78,0", "+MQTTPUBEX:0,79,0"],
  },
];
