import { bc35g, m531x, ml302, nm28 } from "./support/answering";
import { equal } from "./support/check";
import { Life } from "./support/life";

const WILL = { topic: "gone", message: "1" };
/** Of each family: a setting, and what has to be asked for to make its refusal matter. */
const SETTINGS: [family: typeof bc35g, command: string, client: object, modem?: object][] = [
  [bc35g, 'AT+QMTCFG="version"', { protocolVersion: 3 }],
  [bc35g, 'AT+QMTCFG="keepalive"', { keepAlive: 45_000 }],
  [bc35g, 'AT+QMTCFG="session"', { clean: false }],
  [bc35g, 'AT+QMTCFG="timeout"', {}, { packetTimeout: 20 }],
  [bc35g, 'AT+QMTCFG="timeout"', {}, { retries: 1 }],
  [bc35g, 'AT+QMTCFG="will"', { will: WILL }],
  [m531x, "AT+MQTTTO", {}, { ackTimeout: 20 }],
  [m531x, "AT+MQTTPING", {}, { showPings: true }],
  [ml302, "AT+MQTTTO", {}, { ackTimeout: 20 }],
  [ml302, "AT+MQTTREC", {}, { modemReconnects: true }],
  [nm28, 'AT+MQTTCFG="version"', { protocolVersion: 3 }],
  [nm28, 'AT+MQTTCFG="pdpcid"', {}, { pdpContext: 3 }],
  [nm28, 'AT+MQTTCFG="ssl"', {}, { sslContext: 0 }],
  [nm28, 'AT+MQTTCFG="keepalive"', { keepAlive: 45_000 }],
  [nm28, 'AT+MQTTCFG="session"', { clean: false }],
  [nm28, 'AT+MQTTCFG="timeout"', {}, { packetTimeout: 20 }],
  [nm28, 'AT+MQTTCFG="will"', { will: WILL }],
];

describe("a setting that the modem refuses", () => {
  const attempt = (family: typeof bc35g, command: string, refusal: string, client: object = {}, modem: object = {}): { life: Life; error: any } => {
    let error: any = null;
    const life = new Life(family, { ...client, modem, acts: { state: (_, __, told) => { error ??= told; } } });
    life.modem.instead = (line) => (line.startsWith(`${command}=`) || line.startsWith(`${command},`) ? [refusal] : undefined);
    life.serve();
    return { life, get error() { return error; } };
  };

  for (const [family, command, client, modem] of SETTINGS) for (const refusal of ["ERROR", "+CME ERROR: 50"]) {
    it(`${family.name}: ${command}, left as it is by default, does not end the attempt (${refusal})`, () => {
      const { life } = attempt(family, command, refusal);
      life.mustTell("restoring", "online");
    });

    it(`${family.name}: ${command}, asked for with ${JSON.stringify({ ...client, ...modem })}, does, and the error names it (${refusal})`, () => {
      const { error } = attempt(family, command, refusal, client, modem);
      equal(error?.code, "COMMAND_REFUSED");
      equal(error.message.includes(command), true, error.message);
    });
  }

  it("NM28: that of the form of received messages does not, which is read without a length as well", () => {
    attempt(nm28, 'AT+MQTTCFG="recv/mode"', "ERROR").life.mustTell("restoring", "online");
  });

  it("as any number of them, together", () => {
    for (const family of [bc35g, m531x, ml302, nm28]) {
      const life = new Life(family);
      life.modem.instead = (line) => (/CFG="[a-z/]+",\d|MQTTTO=|MQTTPING=|MQTTREC=/.test(line) ? ["ERROR"] : undefined);
      life.serve();
      life.mustTell("restoring", "online");
    }
  });
});
