// Every command that each family may be given, written down from the documents: what wire.ts reads with.

import type { FamilyName } from "./families";

/** A text. */
const Q = '"([^"\\x00-\\x1f\\x7f]*)"';

/** What every modem is told. */
export const common = ["AT", "ATE0", "AT\\+CMEE=1", "AT\\+CMEE\\?", "AT\\+CGATT\\?", "AT\\+CGATT=[01]", "AT\\+CEREG\\?", "AT\\+CPIN\\?", "AT\\+CFUN\\?"];

/** What a driver with care tells and asks modems of any family: 3GPP TS 27.007, and the families' own; and what the application asks itself. */
export const care: readonly (readonly [form: string, ...places: string[]])[] = [
  ["ATI"], ["AT\\+CFUN=[01]"], ["AT\\+CPINR"], [`AT\\+CPIN=${Q}`, "pin"], [`AT\\+NPIN=0,${Q}`, "pin"], ["AT\\+CGDCONT\\?"],
  [`AT\\+CGDCONT=[01],"(?:IP|IPV6|IPV4V6)",${Q}`, "APN"], [`AT\\+CGAUTH=[01],[012],${Q},${Q}`, "APN user", "APN password"],
  [`AT\\*CGDEFCONT="(?:IP|IPV6|IPV4V6)",${Q},${Q},${Q}`, "APN", "APN user", "APN password"], ["AT\\+NBAND\\?"], ["AT\\+NBAND=\\d+(?:,\\d+)*"],
  ["AT\\+COPS\\?"], ["AT\\+COPS=3,2"], ["AT\\+COPS=0"], ['AT\\+COPS=1,2,"46000"'], ["AT\\+CEREG=[125]"], ["AT\\+CREG\\?"], ["AT\\+CGACT\\?"], ["AT\\+CGACT=1,1"], ["AT\\+CGPADDR"],
  ["AT\\+CPSMS=0"], [`AT\\+CPSMS=1,,,"[01]{8}","[01]{8}"`], ["AT\\+CEDRXS=0,[45]"], [`AT\\+CEDRXS=1,[45],"[01]{4}"`], ["AT\\+NPSMR=1"], ["AT\\*SLEEP=1"], ["AT\\*MATWAKEUP=1"], ["AT\\+CEDRXRDP"], ["AT\\+CSQ"], ["AT\\+CESQ"], ["AT\\+NUESTATS"], ["AT\\*ENGINFO=0"], ["AT\\+CGMI"], ["AT\\+CGMM"], ["AT\\+CGMR"],
  ["AT\\+SWVER"], ["AT\\+CGSN(?:=1)?"], ["AT\\+GSN"], ["AT\\+CIMI"], ["AT\\+(?:N?CCID|ICCID)"], ["AT\\+CCLK\\?"], ["AT\\+QCHIPINFO=ALL"], ["AT\\+CSCON\\?"], ["AT\\+NOSUCH=1"],
];

/** Commands that carry no text of the application's, but for those in Q: host, client id and so on, by place. # is the number of a client's link. */
export const plain: Readonly<Record<FamilyName, readonly (readonly [form: string, ...places: string[]])[]>> = {
  bc35g: [
    ['AT\\+QMTCFG="version",0,[34]'], ['AT\\+QMTCFG="keepalive",0,\\d+'], ['AT\\+QMTCFG="session",0,[01]'], ['AT\\+QMTCFG="timeout",0,\\d+,\\d+,1'], ['AT\\+QMTCFG="will",0,0'],
    [`AT\\+QMTCFG="will",0,1,[012],[01],${Q},${Q}`, "will topic", "will message"], [`AT\\+QMTOPEN=0,${Q},1883`, "host"],
    [`AT\\+QMTCONN=0,${Q}(?:,${Q}(?:,${Q})?)?`, "id", "user", "password"], ["AT\\+QMTDISC=0"], ["AT\\+QMTCLOSE=0"], ["AT\\+QMTCONN\\?"], ["AT\\+NRB"],
    [`AT\\+QMTSUB=0,\\d+,${Q},[012]${`(?:,${Q},[012])?`.repeat(4)}`, ...Array.from({ length: 5 }, () => "filter")], [`AT\\+QMTUNS=0,\\d+,${Q}`, "filter"],
    [`AT\\+QMTCFG="aliauth",0,${Q},${Q},${Q}`, "product", "device", "secret"],
    [`AT\\+QMTT?ENAUTH=${Q},${Q},${Q},${Q}(?:,\\d+(?:,${Q})?)?`, "product", "device", "client", "secret", "url"],
  ],
  m531x: [
    [`AT\\+MQTTCFG=${Q},1883,${Q},\\d+,${Q},${Q},[01]`, "host", "id", "user", "password"], ["AT\\+MQTTTO=\\d+"], ["AT\\+MQTTPING=[01]"],
    [`AT\\+MQTTOPEN=[01],[01],[01],[01],[012],${Q},${Q}`, "will topic", "will message"], ["AT\\+MQTTDISC"], ["AT\\+MQTTDEL"], ["AT\\+MQTTSTAT\\?"], ["AT\\+CMRB"], ["AT\\+NRB"],
    ["AT\\+MQTTSUB\\?"], [`AT\\+MQTTSUB=${Q},[012]`, "filter"], [`AT\\+MQTTUNSUB=${Q}`, "filter"],
  ],
  ml302: [
    [`AT\\+MQTTCFG=${Q},1883,${Q},\\d+,${Q},${Q},[01]`, "host", "id", "user", "password"],
    [`AT\\+MQTTCFG=${Q},1883,${Q},\\d+,${Q},${Q},[01],${Q},[01]`, "host", "id", "user", "password", "version"], ["AT\\+MQTTTO=\\d+"], ["AT\\+MQTTREC=[01]"], ["AT\\+TRB"],
    [`AT\\+MQTTOPEN=[01],[01],[01],[01],[012],${Q},${Q}`, "will topic", "will message"], ["AT\\+MQTTDISC"], ["AT\\+MQTTDEL"], ["AT\\+MQTTSTAT\\?"],
    ["AT\\+MQTTSUB\\?"], [`AT\\+MQTTSUB=${Q},[012]`, "filter"], [`AT\\+MQTTUNSUB=${Q}`, "filter"],
  ],
  nm28: [
    ['AT\\+MQTTCFG="version",#,[34]'], ['AT\\+MQTTCFG="pdpcid",#,\\d+'], ['AT\\+MQTTCFG="ssl",#,0,0'], ['AT\\+MQTTCFG="keepalive",#,\\d+'], ['AT\\+MQTTCFG="session",#,[01]'],
    ['AT\\+MQTTCFG="timeout",#,\\d+,\\d+,1'], ['AT\\+MQTTCFG="will",#,0'], [`AT\\+MQTTCFG="will",#,1,[012],[01],${Q},${Q}`, "will topic", "will message"],
    ['AT\\+MQTTCFG="recv/mode",#,0,1'], ['AT\\+MQTTCFG="cached",#,0'], [`AT\\+MQTTOPEN=#,${Q},1883`, "host"], [`AT\\+MQTTCONN=#,${Q},${Q},${Q}`, "id", "user", "password"],
    ["AT\\+MQTTDISC=#"], ["AT\\+MQTTCLOSE=#"], ["AT\\+CFUN=1,1"], ["AT\\+MQTTCONN\\?"], [`AT\\+MQTTSUB=#,\\d+,${Q},[012]`, "filter"], [`AT\\+MQTTUNS=#,\\d+,${Q}`, "filter"],
  ],
};

export interface PublishForm {
  readonly form: string;
  /** Which group is which. */
  readonly topic: number;
  readonly QoS: number;
  readonly retain: number;
  /** The bytes follow, so many of them; or stand in the line. */
  readonly length?: number;
  readonly hex?: number;
  /** Nothing is in it, and what follows is this. */
  readonly empty?: string;
}

export const publish: Readonly<Record<FamilyName, readonly PublishForm[]>> = {
  bc35g: [
    { form: `AT\\+QMTPUB=0,\\d+,([012]),([01]),${Q},(\\d+)`, QoS: 1, retain: 2, topic: 3, length: 4 },
    { form: `AT\\+QMTPUB=0,\\d+,([012]),([01]),${Q}`, QoS: 1, retain: 2, topic: 3, empty: "\x1a" },
  ],
  m531x: [{ form: `AT\\+MQTTPUB=${Q},([012]),([01]),0,(\\d+),"([0-9A-F]*)"`, topic: 1, QoS: 2, retain: 3, hex: 5 }],
  ml302: [
    { form: `AT\\+MQTTPUB=${Q},([012]),([01]),0,(\\d+)`, topic: 1, QoS: 2, retain: 3, length: 4 },
    { form: `AT\\+MQTTPUB=${Q},([012]),([01]),0,""`, topic: 1, QoS: 2, retain: 3, empty: "" },
  ],
  nm28: [{ form: `AT\\+MQTTPUBEX=#,\\d+,([012]),([01]),0,${Q},(\\d+)`, QoS: 1, retain: 2, topic: 3, length: 4 }],
};
