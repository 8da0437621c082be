/** A read or test form, and the lines that answer it: one form may stand here with several answers. */
export type Inquiry = [line: string, ...answer: string[]];

/** dialects.md 2.2. */
export const BC35G_INQUIRIES: Inquiry[] = [
  ['AT+QMTCFG="version",0', '+QMTCFG: "version",4'],
  ['AT+QMTCFG="keepalive",0', '+QMTCFG: "keepalive",3600'],
  ['AT+QMTCFG="session",0', '+QMTCFG: "session",1'],
  ['AT+QMTCFG="timeout",0', '+QMTCFG: "timeout",10,3,1'],
  ['AT+QMTCFG="will",0', '+QMTCFG: "will",0'],
  ['AT+QMTCFG="will",0', '+QMTCFG: "will",1,2,1,"dev-1/state","gone, OK"'],
  ['AT+QMTCFG="aliauth",0', '+QMTCFG: "aliauth","oyjtmPl5a5j","MQTT_TEST","wN9Y6pZSIIy7Exa5qVzcmigEGO4kAazZ"'],
  ['AT+QMTCFG="aliauth",0'],
  ["AT+QMTCFG=?", '+QMTCFG: "version",(0),(3,4)', '+QMTCFG: "keepalive",(0),(0-3600)', '+QMTCFG: "session",(0),(0,1)', '+QMTCFG: "timeout",(0),(1-60),(0-10),(0,1)',
    '+QMTCFG: "will",(0),(0,1),(0-2),(0,1),<will_topic>,<will_msg>', '+QMTCFG: "aliauth",(0),<productkey>,<devicename>,<devicesecret>'],
  ["AT+QMTENAUTH?", '+QMTTENAUTH: "fQx0Zg=="'],
  ["AT+QMTENAUTH?", "+QMTENAUTH: 0a1b2c"],
  ["AT+QMTENAUTH?"],
  ["AT+QMTENAUTH=?", "+QMTTENAUTH: <product_id>,<device_name>,<client_id>,<device_secret>,<expire>,<url>"],
  ["AT+QMTOPEN?", '+QMTOPEN: 0,"broker.example.com",1883'],
  ["AT+QMTOPEN?"],
  ["AT+QMTOPEN=?", "+QMTOPEN: (0),<host_name>,<port>"],
  ["AT+QMTCLOSE=?", "+QMTCLOSE: (0)"],
  ...[1, 2, 3, 4].map((state): Inquiry => ["AT+QMTCONN?", `+QMTCONN: 0,${state}`]),
  ["AT+QMTCONN?"],
  ["AT+QMTCONN=?", "+QMTCONN: (0),<clientID>,<username>,<password>"],
  ["AT+QMTDISC=?", "+QMTDISC: (0)"],
  ["AT+QMTSUB=?", "+QMTSUB: (0),(1-65535),<topic>,(0-2)[,<topic>,(0-2)...]"],
  ["AT+QMTUNS=?", "+QMTUNS: (0),(1-65535),<topic>[,<topic>...]"],
  ["AT+QMTPUB=?", "+QMTPUB: (0),(0-65535),(0-2),(0,1),<topic>,(1-1024)"],
];

const TOPICS = ["cmd/dev-1", "+/status", "+", "#", "OK/1", "at home", "AT/2", "a,b,1", "温度"];

/** dialects.md 3.2, and the variants B-7 and 6.6. */
export const M531X_INQUIRIES: Inquiry[] = [
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((state): Inquiry => ["AT+MQTTSTAT?", `+MQTTSTAT:${state % 2 === 0 ? " " : ""}${state}`]),
  ["AT+MQTTCFG?", 'AT+MQTTCFG:"183.230.40.39",6002,"4069959",60,"75829","*****",1,0'],
  ["AT+MQTTCFG?", '+MQTTCFG:"183.230.40.39",6002,"4069959",60,"75829",***,1'],
  ["AT+MQTTCFG?", "+MQTTCFG: broker.example.com,1883,dev-1,60,u1,*****,1,0"],
  ["AT+MQTTSUB?", "+MQTTSUB:", ...TOPICS],
  ["AT+MQTTSUB?", "+MQTTSUB:"],
  ["AT+MQTTSUB?"],
];

/** dialects.md 4.3, and the variants C-7, C-12 and C-17. */
export const ML302_INQUIRIES: Inquiry[] = [
  ...[0, 1, 2, 3, 4].map((state): Inquiry => ["AT+MQTTSTAT?", `+MQTTSTAT:${state % 2 === 0 ? " " : ""}${state}`]),
  ["AT+MQTTCFG?", '+MQTTCFG:"(null)",0,"(null)",0,"(null)","***",0,"",0'],
  ["AT+MQTTCFG?", '+MQTTCFG: "183.230.40.39",6002,"532337966",60,"246883","***",0,"",0'],
  ["AT+MQTTSUB?", "+MQTTSUB:", ...TOPICS],
  ["AT+MQTTSUB?", "+MQTTSUB: cmd/dev-1,1"],
  ["AT+MQTTSUB?", "+MQTTSUB:", "cmd/dev-1,1", "dev/gsm/u,2"],
  ["AT+MQTTPING?", "+MQTTPING: 1"],
  ["AT+MQTTPING?", "+MQTTPING:0"],
  ["AT+MQTTREC?", "+MQTTREC: 1,0"],
  ["AT+MQTTREC?", "+MQTTREC:0,3"],
  ["AT+MQTTTO?", "+MQTTTO: 10"],
  ["AT+MQTTTO?", "+MQTTTO:3"],
];

const dump = (client: number) => [
  `+MQTTCFG: ${client}`, "version:4", "pdpcid:1", "sslenable:0 ssictx_id:0", "keepalive:120", "session:1", "pkt_timeout:10", "retry_time:3",
  "timeout_notice:1", "will_fg:1 will_qos:1", "will_retain: 0", 'will_topic:"dev-1/state"', 'will_msg:"offline"', "msg_rcv_mode:0", "msg_len_enable:1",
  'product_key:""device_name:""device_secret:""',
];

/** dialects.md 5.2, and the variants D-8, D-11 and D-16. */
export const NM28_INQUIRIES: Inquiry[] = [
  ["AT+MQTTCFG?", ...dump(0)],
  ["AT+MQTTCFG?", ...dump(0), ...dump(5)],
  ["AT+MQTTCFG?"],
  ["AT+MQTTCFG=?", '+MQTTCFG: "version", (0-5), (3, 4)', '+MQTTCFG: "pdpcid", (0-5), (1-16)', '+MQTTCFG: "ssl", (0-5), (0, 1), (0-5)',
    '+MQTTCFG: "keepalive", (0-5), (10-290)', '+MQTTCFG: "session", (0-5), (0, 1)', '+MQTTCFG: "timeout", (0-5), (1-60), (1-10), (0, 1)',
    '+MQTTCFG: "will", (0-5), (0, 1), (0-2), (0, 1), <willtopic>, <willmessage>', '+MQTTCFG: "recv/mode", (0-5), (0, 1), (0, 1)', '+MQTTCFG: "cached", (0-5), (0, 1)'],
  ["AT+MQTTOPEN?", '+MQTTOPEN:0,"broker.example.com", 1883', '+MQTTOPEN:5,"other.example",8883'],
  ["AT+MQTTOPEN?"],
  ["AT+MQTTOPEN=?", "+MQTTOPEN: (0-5), <hostname>, (0-65535)"],
  ["AT+MQTTCLOSE=?", "+MQTTCLOSE: (0-5)"],
  ["AT+MQTTCONN?", "+MQTTCONN:0,1", "+MQTTCONN: 1, 0"],
  ["AT+MQTTCONN=?", "+MQTTCONN: (0-5), (clientID), (username), (password)"],
  ["AT+MQTTDISC=?", "+MQTTDISC: (0-5)"],
  ["AT+MQTTSUB=?", "+MQTTSUB: (0-5),(1-65535),(topic),(0-2)"],
  ["AT+MQTTUNS=?", "+MQTTUNS:(0-5),(1-65535),(topic)"],
  ["AT+MQTTPUBEX=?", "+MQTTPUBEX: (0-5), (0-65535), (0-2), (0,1), (0-2), (topic), (1-2048)"],
  ["AT+CTWINGPOSTVER=?", "+CTWINGPOSTVER: (0-5)"],
  ["AT+CTWINGPOSTVER=?", "AT+CTWINGPOSTVER: (0-5)"],
];
