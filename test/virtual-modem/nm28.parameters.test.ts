// The limits of the NM28's commands (dialects chapters 5 and 8): every range at both its ends.

import assert from "node:assert/strict";
import { generate, parser as createParser } from "mqtt-packet";
import { ERROR, listen, OK } from "./bench";
import { Nm28Bench, startWatchedBroker, type WatchedBroker } from "./nm28-bench";

const x = (count: number): string => "x".repeat(count);

/** What S4's query prints for one client; each value can be given. */
function dump(client: number, values: Readonly<Record<string, string | number>> = {}): string {
  const of = (name: string, fallback: string | number): string | number => values[name] ?? fallback;
  const lines = [
    `+MQTTCFG: ${client}`,
    `version:${of("version", 4)}`,
    `pdpcid:${of("pdpcid", 1)}`,
    `sslenable:${of("ssl", 0)} ssictx_id:${of("context", 0)}`,
    `keepalive:${of("keepalive", 120)}`,
    `session:${of("session", 1)}`,
    `pkt_timeout:${of("timeout", 5)}`,
    `retry_time:${of("retry", 3)}`,
    `timeout_notice:${of("notice", 0)}`,
    `will_fg:${of("will", 0)} will_qos:${of("qos", 0)}`,
    `will_retain: ${of("retain", 0)}`,
    `will_topic:"${of("topic", "")}"`,
    `will_msg:"${of("message", "")}"`,
    `msg_rcv_mode:${of("mode", 0)}`,
    `msg_len_enable:${of("length", 1)}`,
    'product_key:""device_name:""device_secret:""',
  ];
  return `\r\n${lines.join("\r\n")}\r\n`;
}

describe("virtual modem, NM28: parameters", () => {
  let broker: WatchedBroker;
  let bench: Nm28Bench;
  before(async () => (broker = await startWatchedBroker()));
  after(() => broker.close());
  beforeEach(() => void (bench = new Nm28Bench({ latencyScale: 0.1 })));
  afterEach(() => bench.close());

  const refused: Record<string, string[]> = {
    MQTTCFG: [
      "", "1", '"', '"nosuch",0,1', '"version"', '"version",0', '"version",0,2', '"version",0,5', '"version",0,"4"', '"version",0,4,1',
      '"version",6,4', '"version",-1,4', '"VERSION",0,4', "version,0,4", '"toString",0,1', '"aliauth",0,"pk","dn","ds"',
      '"pdpcid",0,0', '"pdpcid",0,17', '"ssl",0,0', '"ssl",0,2,0', '"ssl",0,1,6', '"ssl",0,1,-1', '"ssl",0,1,0,0',
      '"keepalive",0,9', '"keepalive",0,291', '"keepalive",0,0', '"keepalive",0,x', '"session",0,2', '"session",0,0,0',
      '"timeout",0,0,3,0', '"timeout",0,61,3,0', '"timeout",0,5,0,0', '"timeout",0,5,11,0', '"timeout",0,5,3,2', '"timeout",0,5,3',
      '"will",0,2', '"will",0,1', '"will",0,1,1,0,"t"', '"will",0,0,1,0,"t","m"', '"will",0,1,3,0,"t","m"', '"will",0,1,1,2,"t","m"',
      '"will",0,1,1,0,"","m"', `"will",0,1,1,0,"${x(256)}","m"`, `"will",0,1,1,0,"t","${x(256)}"`, '"will",0,1,1,0,t,"m"',
      '"recv/mode",0,0', '"recv/mode",0,2,0', '"recv/mode",0,0,2', '"recv/mode",0,0,1,1', '"cached",0,2', '"cached",0',
    ],
    MQTTOPEN: [
      "0", '6,"h",1883', '0,"h"', '0,"h",65536', '0,"h",-1', "0,h,1883", '0,"h","1883"', `0,"${x(128)}",1883`, '0,"h",1883,1',
    ],
    MQTTCLOSE: ["", "6", "-1", "0,0", '"0"'],
    MQTTCONN: [
      "0", '0,"c"', '0,"c","u"', '6,"c","",""', '0,c,"",""', '0,"c","u","p",1', '0,"c",,"p"', `0,"${x(513)}","",""`,
      `0,"c","${x(513)}",""`, `0,"c","","${x(513)}"`,
    ],
    MQTTDISC: ["", "6", "0,0"],
    MQTTSUB: [
      '0,1,"t"', '0,0,"t",0', '0,65536,"t",0', '0,1,"t",3', '0,1,"",0', `0,1,"${x(256)}",0`, '6,1,"t",0', "0,1,t,0",
      '0,1,"t",0,"u",0',
    ],
    MQTTUNS: ["0,1", '0,0,"t"', '0,65536,"t"', '0,1,""', `0,1,"${x(256)}"`, '0,1,"t",0', '6,1,"t"'],
    MQTTPUBEX: [
      '0,0,0,0,0,"t"', '6,0,0,0,0,"t",1', '0,-1,0,0,0,"t",1', '0,65536,1,0,0,"t",1', '0,0,1,0,0,"t",1', '0,0,2,0,0,"t",1',
      '0,1,3,0,0,"t",1', '0,1,1,2,0,"t",1', '0,1,1,0,3,"t",1', '0,1,1,0,0,"",1', `0,1,1,0,0,"${x(256)}",1`, "0,1,1,0,0,t,1",
      '0,1,1,0,0,"t",0', '0,1,1,0,0,"t",2049', '0,1,1,0,0,"t",', '0,1,1,0,0,"t",1,1',
    ],
    CTWINGPOSTVER: ["", "6", "0,0"],
  };
  for (const [name, all] of Object.entries(refused)) {
    it(`AT+${name} refuses what is out of range, with a bare ERROR`, async () => {
      await bench.exchange("AT+CMEE=1", OK);
      if (name !== "MQTTCFG" && name !== "MQTTOPEN" && name !== "MQTTCONN") await bench.online(broker.port);
      if (name === "MQTTCONN") await bench.open(broker.port);
      for (const args of all) await bench.exchange(`AT+${name}=${args}`, ERROR);
      await bench.quiet(100);
    });
  }

  it("uses codes for errors if a variant says so", async () => {
    bench.close();
    bench = new Nm28Bench({ variants: { mqttErrors: "cme" } });
    await bench.exchange("AT+CMEE=1", OK);
    await bench.exchange('AT+MQTTCFG="keepalive",0,5', "\r\n+CME ERROR: 50\r\n");
    await bench.exchange('AT+MQTTSUB=0,1,"t",0', "\r\n+CME ERROR: 3\r\n");
  });

  const settings: [string, number, Readonly<Record<string, string | number>>][] = [
    ['"version",0,3', 0, { version: 3 }],
    ['"version",5,3', 5, { version: 3 }],
    ['"pdpcid",1,16', 1, { pdpcid: 16 }],
    ['"ssl",2,1,5', 2, { ssl: 1, context: 5 }],
    ['"keepalive",0,10', 0, { keepalive: 10 }],
    ['"keepalive",0,290', 0, { keepalive: 290 }],
    ['"session",3,0', 3, { session: 0 }],
    ['"timeout",0,1,1,1', 0, { timeout: 1, retry: 1, notice: 1 }],
    ['"timeout",4,60,10,0', 4, { timeout: 60, retry: 10 }],
    [`"will",0,1,2,1,"${x(255)}","${x(255)}"`, 0, { will: 1, qos: 2, retain: 1, topic: x(255), message: x(255) }],
    ['"will",0,1,0,0,"t",""', 0, { will: 1, topic: "t" }],
    ['"will",0,0', 0, {}],
    ['"recv/mode",0,1,0', 0, { mode: 1, length: 0 }],
    ['"cached",0,1', 0, {}],
  ];
  for (const [set, client, values] of settings) {
    it(`AT+MQTTCFG=${set.slice(0, 40)} sets one client's, and AT+MQTTCFG? shows all`, async () => {
      await bench.exchange(`AT+MQTTCFG=${set}`, OK);
      const all = [0, 1, 2, 3, 4, 5].map((index) => dump(index, index === client ? values : {}));
      await bench.exchange("AT+MQTTCFG?", ...all, OK);
    });
  }

  it("shows the other default of recv/mode (variant)", async () => {
    bench.close();
    bench = new Nm28Bench({ variants: { recvDefault: "no-length" } });
    await bench.exchange("AT+MQTTCFG?", dump(0, { length: 0 }));
  });

  const tests: [string, string][] = [
    [
      "MQTTCFG",
      '+MQTTCFG: "version", (0-5), (3, 4)\r\n+MQTTCFG: "pdpcid", (0-5), (1-16)\r\n+MQTTCFG: "ssl", (0-5), (0, 1), (0-5)\r\n' +
        '+MQTTCFG: "keepalive", (0-5), (10-290)\r\n+MQTTCFG: "session", (0-5), (0, 1)\r\n' +
        '+MQTTCFG: "timeout", (0-5), (1-60), (1-10), (0, 1)\r\n' +
        '+MQTTCFG: "will", (0-5), (0, 1), (0-2), (0, 1), <willtopic>, <willmessage>\r\n' +
        '+MQTTCFG: "recv/mode", (0-5), (0, 1), (0, 1)\r\n+MQTTCFG: "cached", (0-5), (0, 1)',
    ],
    ["MQTTOPEN", "+MQTTOPEN: (0-5), <hostname>, (0-65535)"],
    ["MQTTCLOSE", "+MQTTCLOSE: (0-5)"],
    ["MQTTCONN", "+MQTTCONN: (0-5), (clientID), (username), (password)"],
    ["MQTTDISC", "+MQTTDISC: (0-5)"],
    ["MQTTSUB", "+MQTTSUB: (0-5),(1-65535),(topic),(0-2)"],
    ["MQTTUNS", "+MQTTUNS:(0-5),(1-65535),(topic)"],
    ["MQTTPUBEX", "+MQTTPUBEX: (0-5), (0-65535), (0-2), (0,1), (0-2), (topic), (1-2048)"],
    ["CTWINGPOSTVER", "+CTWINGPOSTVER: (0-5)"],
  ];
  for (const [name, answer] of tests) it(`AT+${name}=?`, () => bench.exchange(`AT+${name}=?`, `\r\n${answer}\r\n${OK}`));

  it("refuses what the state does not allow", async () => {
    await bench.exchange('AT+MQTTCONN=0,"c","",""', ERROR);
    await bench.exchange('AT+MQTTSUB=0,1,"t",0', ERROR);
    await bench.exchange('AT+MQTTUNS=0,1,"t"', ERROR);
    await bench.exchange('AT+MQTTPUBEX=0,0,0,0,0,"t",1', ERROR);
    await bench.exchange("AT+MQTTDISC=0", "\r\n+MQTTDISC:0,-1\r\n", ERROR);
    await bench.exchange("AT+MQTTCLOSE=0", "\r\n+MQTTCLOSE:0,-1\r\n", ERROR);
    await bench.exchange("AT+MQTTOPEN?", OK);
    await bench.exchange("AT+MQTTCONN?", OK);
    await bench.exchange("AT+MQTTSUB?", ERROR);
    await bench.open(broker.port);
    await bench.exchange('AT+MQTTSUB=0,1,"t",0', ERROR);
    await bench.done('AT+MQTTCONN=0,"c","",""', "+MQTTCONN:0,0,0");
    await bench.exchange('AT+MQTTCONN=0,"c","",""', ERROR);
  });

  it("takes the longest arguments", async () => {
    const long = x(512);
    await bench.online(broker.port, 0, `"${long}","${long}","${long}"`);
    await bench.done(`AT+MQTTSUB=0,65535,"${x(255)}",2`, "+MQTTSUB:0,65535,0,2");
    await bench.done(`AT+MQTTUNS=0,65535,"${x(255)}"`, "+MQTTUNS:0,65535,0");
    await bench.prompt(`0,65535,2,1,0,"${x(255)}",2048`);
    bench.say(x(2048));
    await bench.expect(`\r\n+MQTTPUBEX:0,65535,0\r\n${OK}`);
  });

  it("sends user name and password as they are given, and neither when both are empty", async () => {
    const cases = [
      ['"c","",""', undefined, undefined],
      ['"c","u",""', "u", undefined],
      ['"c","","p"', "", "p"],
      ['"c","u","p"', "u", "p"],
    ];
    for (const [credentials, username, password] of cases) {
      let seen: unknown;
      const peer = await listen((socket) => {
        const parser = createParser();
        parser.on("packet", (packet) => {
          if (packet.cmd !== "connect") return;
          seen = [packet.username, packet.password?.toString()];
          socket.write(generate({ cmd: "connack", returnCode: 0, sessionPresent: false }));
        });
        socket.on("data", (bytes) => parser.parse(bytes));
      });
      await bench.online(peer.port, 0, credentials);
      assert.deepEqual(seen, [username, password]);
      await bench.done("AT+MQTTCLOSE=0", "+MQTTCLOSE:0,0");
      await peer.close();
    }
  });

  it("takes an empty client id where MQTT does", async () => {
    await bench.exchange('AT+MQTTCFG="session",0,0', OK);
    await bench.open(broker.port);
    await bench.exchange('AT+MQTTCONN=0,"","",""', ERROR);
    await bench.exchange('AT+MQTTCFG="session",0,1', OK);
    await bench.done('AT+MQTTCONN=0,"","",""', "+MQTTCONN:0,0,0");
  });
});
