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
  "OK", "ERROR", "+CME ERROR: 3", "+CMS ERROR: 500", "> ", ">", "+CMEE: 0", "+CMEE: 1", "+CGATT: 0", "AT", "AT+CMEE?", "ATE1", "", '"', '","', ",", ",5,", "7,hello",
];

/** Whole texts, with and without the line ends that would make them lines. */
export function hostileTexts(modem: string): string[] {
  const all = [...anyFamily, ...lines[modem]];
  return [
    ...all, ...all.map((line) => `\r\n${line}\r\n`), ...all.map((line) => `${line}\r\n`), ...all.map((line) => `x\r\n${line}\r\nOK\r\n`),
    "\x1a", "\x1b", "\x1bAT\r", "\0", "\r", "\n", "\r\n", "\r\r\n", "\x1a\r\nOK\r\n", "é中\u{1f600}", "\x80\xff\xfe", " ", "  x  ",
  ];
}

/** Lines that a modem may say at any time and that are nobody's. */
export const strangers: readonly string[] = [
  "+CEREG: 1", "+CSQ: 20,99", "RING", "+NPSMR:0", "+CSCON:1", "+CTZEU: +32,0", "%LWM2M: 1", "^SIMST: 1", "+CMTI: \"ME\",1", "Neul", "+QLWURC: 0", "+ZZZ",
];
