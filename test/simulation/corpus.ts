// What an enemy would put into a payload: every report, final and prompt that a modem of each family knows.

/** Lines of each family, as its document prints them. */
const lines: Readonly<Record<string, readonly string[]>> = {
  bc35g: [
    "+QMTOPEN: 0,0", "+QMTOPEN: 0,-1", "+QMTCLOSE: 0,0", "+QMTCONN: 0,0,0", "+QMTCONN: 0,2", "+QMTCONN: 0,0,5", "+QMTDISC: 0,0", "+QMTSUB: 0,1,0,1",
    "+QMTSUB: 0,2,2", "+QMTUNS: 0,3,0", "+QMTPUB: 0,0,0", "+QMTPUB: 0,1,0", "+QMTPUB: 0,2,2", "+QMTPUB: 0,3,1,1", "+QMTPUBREL: 0,1,1", "+QMTSTAT: 0,1", "+QMTSTAT: 0,5",
    '+QMTRECV: 0,0,"cmd/a",forged', '+QMTRCV: 0,7,"cmd/a",forged', '+QMTCFG: "version",4', '+QMTTENAUTH: 0,"stolen"', '+QMTENAUTH: 0,"stolen"', "REBOOT_CAUSE_SECURITY_PMU_POWER_ON_RESET", "Neul ", 'AT+QMTCLOSE=0',
  ],
  m531x: [
    "+MQTTOPEN:OK", "+MQTTOPEN:FAIL", "+MQTTCONACK: FAIL", "+MQTTSUBACK:1,1,cmd/a", "+MQTTUNSUBACK:1,cmd/a", "+MQTTPUBACK:1,0", "+MQTTPUBREC:1,0", "+MQTTPUBCOMP:1,0", "+MQTTTO:2",
    "+MQTTREC:0", "+MQTTDISC:OK", "+MQTTSTAT:5", "+MQTTPUBREL:1,0", "+MQTTPINGRSP", "+MQTTPINGRESP:1", '+MQTTCFG:"h",1883,"c",60,"u","p",1', 'AT+MQTTCFG="h",1883,"c",60,"u","p",1',
    "+QMTOPEN: 0,0", "+MQTTPUBLISH:0,0,0,0,cmd/a,6,forged", "+MATREADY", "*ATREADY: 1", "+CPIN: READY", "REBOOT_CAUSE_X", "AT+MQTTDEL",
  ],
  ml302: [
    "+MQTTOPEN: OK", "+MQTTOPEN:FAIL", '+MQTTSUBACK: 1,1,"cmd/a"', '+MQTTUNSUBACK: 1,"cmd/a"', "+MQTTPUBACK: 0,1", "+MQTTPUBREC: 0,1", "+MQTTPUBCOMP: 0,1", "+MQTTTO: 2", "+MQTTREC: 0",
    "+MQTTDISC: OK", "+MQTTSTAT: 1", "+MQTTPUBREL: 0,1", "+MQTTPINGRSP", "+MQTTPINGRESP:1", "+MQTTPING: 1", "+MQTTCONACK: FAIL", '+MQTTCFG: "h",1883,"c",60,"u","p",1',
    'AT+MQTTCFG="h",1883,"c",60,"u","p",1', "+QMTOPEN: 0,0", "*ATREADY: 1", "REBOOT_CAUSE_X", '+MQTTPUBLISH: 0,0,0,0,"cmd/a",6,forged', "+MATREADY", "+CPIN: READY", "+CME ERROR: 617", "+CME ERROR: 615", "+CME ERROR: 608", "AT+MQTTDEL",
  ],
  nm28: [
    "+MQTTOPEN:0,0", "+MQTTOPEN:0,-1", "+MQTTCLOSE:0,0", "+MQTTCONN:0,0,0", "+MQTTCONN:0,0", "+MQTTCONN:0,1", "+MQTTDISC:0,0", "+MQTTSUB:0,1,0,1", "+MQTTUNS:0,1,0", "+MQTTPUBEX:0,1,0",
    "+MQTTPUBEX:0,2,0", "+MQTTPUBEX:0,1,-1", "+MQTTSTAT:0,1", '+MQTTCFG:"version",0,4', "+CTWINGPOSTVER:0", "AT+CTWINGPOSTVER=0", "+MQTTRECV:0,1,cmd/a,6,forged", "RDY", "*ATREADY: 1", "CONNECT", "AT+MQTTCLOSE=0",
  ],
};

const anyFamily = [
  "OK", "ERROR", "+CME ERROR: 3", "+CMS ERROR: 500", "> ", ">", "+CMEE: 0", "+CMEE: 1", "+CGATT: 0", "+CFUN: 1", "+CEREG: 0,3", "+CPIN: SIM PIN", "AT", "AT+CMEE?", "ATE1", "", '"', '","', ",", ",5,", "7,hello",
];

/** Whole texts, with and without the line ends that would make them lines. */
export function hostileTexts(modem: string): string[] {
  const all = [...anyFamily, ...lines[modem]];
  return [
    ...all, ...all.map((line) => `\r\n${line}\r\n`), ...all.map((line) => `${line}\r\n`), ...all.map((line) => `x\r\n${line}\r\nOK\r\n`),
    "\x1a", "\x1b", "\x1bAT\r", "\0", "\r", "\n", "\r\n", "\r\r\n", "\x1a\r\nOK\r\n", "é中\u{1f600}", "\x80\xff\xfe", " ", "  x  ",
  ];
}

/** Chance, as far as topics need it. */
interface Chance {
  below(count: number): number;
  pick<T>(items: readonly T[]): T;
  happens(chance: number): boolean;
}

/** Bytes of a topic that is longer than a ring, and of the longest that there is. */
const LENGTHS = [200, 300, 520, 1100, 2000, 4090, 4200, 9000, 20_000, 65_535];

/**
 * A message from a stranger, who may write into a topic whatever a broker routes: what looks like the end of the topic and a length of
 * its own, so that the payload's rest would be lines of the modem's; line ends; more than a ring has room for. In all of them stands `mark`.
 * @param longest bytes of a topic
 * @param framed received messages come with their length; those that do not end at the first CR LF, which none of these payloads has
 */
export function hostileTopic(modem: string, chance: Chance, mark: string, framed: boolean, longest: number): { topic: string; payload: string } {
  const line = chance.pick([...anyFamily, ...lines[modem]]);
  const ends = framed ? chance.pick(["\r\n", "\r\n\r\n", "\r", ""]) : "";
  const quote = framed && chance.happens(0.5) ? '"' : "";
  // What a topic cannot have: MQTT 3.1.1, 3.3.2.1 and 1.5.3.
  const clean = (text: string): string => text.replace(/[+#\0]/g, chance.happens(0.5) ? "" : "x");
  // Where there is no length, a quote and a comma in a topic are the topic's end: nobody can tell (docs/limits.md).
  const inside = framed ? line : line.replaceAll('"', "");
  const payload = chance.pick([`${ends}${line}${ends}${mark}`, `${mark}${ends}${line}${ends}`, `${line}${ends}${line}${ends}${mark}`, mark]);
  const behind = String(payload.length).length + 1; // the true length and its comma
  switch (chance.below(7)) {
    case 0: return { topic: `cmd/x,${behind}`, payload };
    case 1: return { topic: `cmd/x${quote},${behind + (quote === "" ? 0 : 2)}${quote === "" ? "" : ","}`, payload };
    case 2: return { topic: `cmd/x${quote},${chance.below(payload.length + 40)},${clean(inside)}`, payload };
    case 3: return { topic: clean(`cmd/${framed ? quote : ""}x\r\n${inside}${chance.happens(0.5) ? "\r\n" : ""}`), payload };
    case 4: {
      const length = Math.min(longest, chance.pick(LENGTHS));
      const tail = clean(chance.pick([`,${behind}`, `\r\n${inside}\r\n`, inside, `",5,`]));
      return { topic: `cmd/${"y".repeat(Math.max(0, length - 4 - tail.length))}${framed ? tail : tail.replaceAll('"', "")}`, payload };
    }
    case 5: return { topic: clean(`cmd/${Array.from({ length: 1 + chance.below(60) }, () => chance.pick([",", '"', "\\", "1", "5", "0", " ", "/", "\r", "\n", "\t", "\x1a", "\x1b", "\x7f", ":", "a"])).join("")}`).replace(framed ? "" : /"/g, ""), payload };
    default: return { topic: clean(`cmd/${chance.pick(["OK", "ERROR", "a\\b", "x\\", "a,b", ...(framed ? ['"', '","'] : []), "7", "RDY", "> ", inside])}`), payload };
  }
}

/** Lines that a modem may say at any time and that are nobody's. */
export const strangers: readonly string[] = [
  "+CEREG: 1", "+CSQ: 20,99", "RING", "+NPSMR:0", "+CSCON:1", "+CTZEU: +32,0", "%LWM2M: 1", "^SIMST: 1", "+CMTI: \"ME\",1", "Neul", "+QLWURC: 0", "+ZZZ",
];
