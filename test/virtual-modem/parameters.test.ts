// The limits of BC35-G's commands (dialects chapter 2 and 8): every range at both its ends.

import { Bench, type Broker, OK, startBroker } from "./bench";

const bad = "\r\n+CME ERROR: 50\r\n";
const x = (count: number): string => "x".repeat(count);

describe("virtual modem, BC35-G: parameters", () => {
  let broker: Broker;
  let bench: Bench;
  before(async () => (broker = await startBroker()));
  after(() => broker.close());
  beforeEach(async () => {
    bench = new Bench({ latencyScale: 0.1 });
    await bench.exchange("AT+CMEE=1", OK);
  });
  afterEach(() => bench.close());

  const refused: Record<string, string[]> = {
    QMTCFG: [
      "", "1", '"nosuch",0', '"version"', '"version",1', '"version",0,2', '"version",0,5', '"version",0,"4"', '"version",0,4,1',
      '"keepalive",0,-1', '"keepalive",0,3601', '"keepalive",0,x', '"session",0,2', '"session",1,1',
      '"timeout",0,0', '"timeout",0,61', '"timeout",0,10,11', '"timeout",0,10,3,2', '"timeout",0,10,3,1,1', '"timeout",0,,3',
      '"will",0,2', '"will",0,1', '"will",0,1,1,0,"t"', '"will",0,0,1,0,"t","m"', '"will",0,1,3,0,"t","m"', '"will",0,1,1,2,"t","m"',
      '"will",0,1,1,0,"","m"', `"will",0,1,1,0,"${x(256)}","m"`, `"will",0,1,1,0,"t","${x(256)}"`, '"will",0,1,1,0,t,"m"',
      '"aliauth",0,"pk","dn"', '"aliauth",0,"pk","dn",""', "version,0,4",
    ],
    QMTOPEN: ["0", '1,"h",1883', '0,"h"', '0,"h",65536', '0,"h",-1', '0,h,1883', '0,"h","1883"', `0,"${x(101)}",1883`, '0,"h",1883,1'],
    QMTCLOSE: ["", "1", "0,0"],
    QMTCONN: ["0", '1,"c"', '0,""', "0,c", '0,"c","u","p",1', '0,"c",,"p"'],
    QMTDISC: ["", "1", "0,0"],
    QMTSUB: ['0,1,"t"', '0,0,"t",0', '0,65536,"t",0', '0,1,"t",3', '0,1,"",0', `0,1,"${x(256)}",0`, '1,1,"t",0', "0,1,t,0", '0,1,"t",0,"u"'],
    QMTUNS: ["0,1", '0,0,"t"', '0,65536,"t"', '0,1,""', `0,1,"${x(256)}"`, '0,1,"t",0', '1,1,"t"'],
    QMTPUB: [
      "0,0,0,0", '1,0,0,0,"t",1', '0,-1,0,0,"t",1', '0,65536,1,0,"t",1', '0,0,1,0,"t",1', '0,0,2,0,"t",1', '0,1,3,0,"t",1',
      '0,1,1,2,"t",1', '0,1,1,0,"",1', `0,1,1,0,"${x(256)}",1`, '0,1,1,0,t,1', '0,1,1,0,"t",0', '0,1,1,0,"t",1025', '0,1,1,0,"t",', '0,1,1,0,"t",1,1',
    ],
    QMTTENAUTH: ['"p","d","c"', '"p","d","c",""', '"p","d","c","s",61', '"p","d","c","s",1,url', '"p","d","c","s",1,"u",1', 'p,"d","c","s"'],
  };
  for (const [name, all] of Object.entries(refused)) {
    it(`AT+${name} refuses what is out of range`, async () => {
      for (const args of all) await bench.exchange(`AT+${name}=${args}`, bad);
      await bench.quiet(100);
    });
  }

  const queries: [string, string, string][] = [
    ['"version",0,3', '"version",0', '"version",3'],
    ['"version",0,4', '"version",0', '"version",4'],
    ['"keepalive",0,0', '"keepalive",0', '"keepalive",0'],
    ['"keepalive",0,3600', '"keepalive",0', '"keepalive",3600'],
    ['"session",0,0', '"session",0', '"session",0'],
    ['"timeout",0,60,10,1', '"timeout",0', '"timeout",60,10,1'],
    ['"timeout",0,1', '"timeout",0', '"timeout",1,10,1'],
    ['"timeout",0,2,,0', '"timeout",0', '"timeout",2,10,0'],
    ['"timeout",0,1,0,0', '"TIMEOUT",0', '"timeout",1,0,0'],
    [`"will",0,1,2,1,"${x(255)}","${x(255)}"`, '"will",0', `"will",1,2,1,"${x(255)}","${x(255)}"`],
    ['"will",0,1,0,0,"t",""', '"will",0', '"will",1,0,0,"t",""'],
    ['"WILL",0,0', '"will",0', '"will",0'],
    ['"aliauth",0,"pk","dn","ds"', '"aliauth",0', '"aliauth","pk","dn","ds"'],
  ];
  it("AT+QMTCFG sets and answers every key, and keeps what was left out", async () => {
    for (const [set, query, answer] of queries) {
      await bench.exchange(`AT+QMTCFG=${set}`, OK);
      await bench.exchange(`AT+QMTCFG=${query}`, `\r\n+QMTCFG: ${answer}\r\n${OK}`);
    }
  });

  it("AT+QMTCFG begins with the defaults", async () => {
    const defaults = { version: "3", keepalive: "120", session: "1", timeout: "10,3,0", will: "0" };
    for (const [key, value] of Object.entries(defaults)) {
      await bench.exchange(`AT+QMTCFG="${key}",0`, `\r\n+QMTCFG: "${key}",${value}\r\n${OK}`);
    }
    await bench.exchange('AT+QMTCFG="aliauth",0', OK);
  });

  const tests: [string, string][] = [
    [
      "QMTCFG",
      '+QMTCFG: "version",(0),(3,4)\r\n+QMTCFG: "keepalive",(0),(0-3600)\r\n+QMTCFG: "session",(0),(0,1)\r\n' +
        '+QMTCFG: "timeout",(0),(1-60),(0-10),(0,1)\r\n+QMTCFG: "will",(0),(0,1),(0-2),(0,1),<will_topic>,<will_msg>\r\n' +
        '+QMTCFG: "aliauth",(0),<productkey>,<devicename>,<devicesecret>',
    ],
    ["QMTENAUTH", "+QMTTENAUTH: <product_id>,<device_name>,<client_id>,<device_secret>,<expire>,<url>"],
    ["QMTOPEN", "+QMTOPEN: (0),<host_name>,<port>"],
    ["QMTCLOSE", "+QMTCLOSE: (0)"],
    ["QMTCONN", "+QMTCONN: (0),<clientID>,<username>,<password>"],
    ["QMTDISC", "+QMTDISC: (0)"],
    ["QMTSUB", "+QMTSUB: (0),(1-65535),<topic>,(0-2)[,<topic>,(0-2)...]"],
    ["QMTUNS", "+QMTUNS: (0),(1-65535),<topic>[,<topic>...]"],
    ["QMTPUB", "+QMTPUB: (0),(0-65535),(0-2),(0,1),<topic>,(1-1024)"],
  ];
  for (const [name, answer] of tests) {
    it(`AT+${name}=?`, () => bench.exchange(`AT+${name}=?`, `\r\n${answer}\r\n${OK}`));
  }

  it("refuses what the state does not allow", async () => {
    const notAllowed = "\r\n+CME ERROR: 3\r\n";
    await bench.exchange('AT+QMTCONN=0,"c"', notAllowed);
    await bench.exchange('AT+QMTSUB=0,1,"t",0', notAllowed);
    await bench.exchange('AT+QMTUNS=0,1,"t"', notAllowed);
    await bench.exchange('AT+QMTPUB=0,0,0,0,"t",1', notAllowed);
    await bench.exchange("AT+QMTDISC=0", OK, "\r\n+QMTDISC: 0,-1\r\n");
    await bench.exchange("AT+QMTCLOSE=0", OK, "\r\n+QMTCLOSE: 0,-1\r\n");
    await bench.exchange("AT+QMTOPEN?", OK);
    await bench.exchange("AT+QMTCONN?", OK);
    await bench.connect(broker.port);
    await bench.exchange('AT+QMTCONN=0,"c"', notAllowed);
  });

  it("takes the longest arguments", async () => {
    await bench.connect(broker.port);
    await bench.exchange(`AT+QMTSUB=0,65535,"${x(255)}",2`, OK, "\r\n+QMTSUB: 0,65535,0,2\r\n");
    bench.say(`AT+QMTPUB=0,65535,2,1,"${x(255)}",1024\r`);
    await bench.expect("\r\n> ");
    bench.say(x(1024));
    await bench.expect(OK);
  });
});
