import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Aedes } from "aedes";
import { createVirtualModem, type VirtualModem, type VirtualModemOptions } from "modem-mqtt/virtual-modem";
import { mask, maskFields, shown } from "../../hosts/node/command/probe/mask";
import { OwnBroker } from "../../hosts/node/command/probe/own-broker";
import { packet, PacketType, text16 } from "../../hosts/node/command/probe/packets";
import { markdown, type Report } from "../../hosts/node/command/probe/report";
import { Wire } from "../../hosts/node/command/probe/wire";
import { startAedes } from "../e2e/support/brokers";
import { modemMqtt } from "../e2e/support/process";
import { answers, probed } from "../e2e/support/probing";

// What a probe may meet: modems that fail in the middle of it, people who end it, brokers and strangers that mean it ill.

const PATIENCE = 3000;
const wholeOf = (report: Report): string => `${markdown(report)}\n${JSON.stringify(report)}`;
const factOf = (report: Report, id: string) => report.facts.find((one) => one.id === id);

/** Does something when the modem is sent this for the n-th time, or whenever. */
function when(line: string, act: () => void, number = 1): (direction: "sent" | "received", bytes: Uint8Array) => void {
  let count = 0;
  return (direction, bytes) => {
    if (direction === "sent" && Buffer.from(bytes).toString() === `${line}\r` && (++count === number || number === Infinity)) act();
  };
}

describe("a probe that is attacked", () => {
  describe("by its modem", () => {
    /** Probes with `act` in the middle of the registration's modes. */
    async function inTheMiddle(options: VirtualModemOptions & { modem: string }, act: (modem: VirtualModem) => void, number = 1) {
      let modem!: VirtualModem;
      return probed(options, {
        withBroker: false, only: ["registrationModes", "iccid", "pinTries"], trace: when("AT+CEREG=3", () => act(modem), number), onModem: (one) => { modem = one; },
        patience: PATIENCE,
      });
    }

    it("which stops answering for good: the report says where, and what is not put back", async () => {
      const { report, error } = await inTheMiddle({ modem: "bc35g" }, (modem) => modem.fault("silence:6000000"));
      assert.equal((error as { code?: string }).code, "MODEM_SILENT");
      assert.match(report.ended, /has stopped answering in the exchange "registration modes"/);
      assert.ok(report.putBack.some(({ name, isDone }) => name === "cereg" && !isDone));
      assert.match(markdown(report), /- cereg: `AT\+CEREG=0`, which was \*\*not\*\* done/);
    });

    it("which answers again after a while: it is asked again", async () => {
      const { report, error } = await inTheMiddle({ modem: "bc35g" }, (modem) => modem.fault("silence:16000"));
      assert.equal(error, undefined);
      assert.equal(factOf(report, "registrationModes")?.found, "1, 2, 3, 4, 5");
    });

    for (const [name, options] of [["with a banner", { modem: "bc35g" }], ["without one", { modem: "ml302", variants: { banner: "silent" } }]] as const)
      it(`which restarts in the middle, ${name}: the exchange is repeated, echo and numbers are as they have to be`, async () => {
        const { report, error } = await inTheMiddle({ ...options, echo: true }, (modem) => modem.fault("restart"));
        assert.equal(error, undefined);
        assert.equal(factOf(report, "registrationModes")?.found, "1, 2, 3, 4, 5");
        assert.ok(report.exchanges.some(({ id }) => id === "registration modes, first attempt"));
        const { lines } = report.exchanges.at(-1)!;
        assert.ok(!lines.some(({ who, text }) => who === "received" && text.startsWith("AT")), JSON.stringify(lines));
        for (const { isDone, command } of report.putBack) assert.ok(isDone, command);
      });

    it("which restarts whenever it is asked something: that is what the report says", async () => {
      const { report, error } = await inTheMiddle({ modem: "bc35g", echo: true }, (modem) => modem.fault("restart"), Infinity);
      assert.equal(error, undefined);
      assert.equal(factOf(report, "registrationModes")?.why, "the modem restarts in the middle of it");
      assert.equal(factOf(report, "iccid")?.found, "AT+NCCID");
    });

    it("whose port vanishes: there is a report, and it says what is not put back", async () => {
      const { report, error } = await inTheMiddle({ modem: "bc35g" }, (modem) => void modem.close());
      assert.equal((error as { code?: string }).code, "PORT_FAILED");
      assert.match(report.ended, /^the serial port has failed/);
      assert.ok(report.putBack.some(({ name, isDone }) => name === "cereg" && !isDone));
      assert.equal(factOf(report, "registrationModes")?.why, "it was interrupted");
    });

    it("which never stops writing: the report stays small", async () => {
      let noise: ReturnType<typeof setInterval> | undefined;
      try {
        const { report, error } = await probed({ modem: "bc35g" }, {
          withBroker: false, only: ["registrationModes", "garbage"],
          onModem: (modem) => { noise = setInterval(() => modem.inject(Buffer.from("+NOISE: 1\r\n".repeat(100))), 20); },
        });
        assert.equal(error, undefined);
        assert.equal(factOf(report, "registrationModes")?.found, "1, 2, 3, 4, 5");
        assert.deepEqual(report.unknownLines.filter((line) => line !== "+NOISE: 1").length <= 1, true); // a line may be cut where the exchange begins
        assert.ok(markdown(report).length < 1_000_000, String(markdown(report).length));
      } finally {
        clearInterval(noise);
      }
    });

    it("which writes secrets in lines that nobody knows: their form is shown, and nothing else", async () => {
      const { report } = await probed({ modem: "bc35g" }, {
        withBroker: false, only: ["cmee", "pinTries", "iccid"],
        onModem: async (modem) => modem.fault('inject:before-answer,\\r\\n+XOWNER: "Mary Smith",Lisbon,3,"+351912345"\\r\\n^XKEY=hunter2,17\\r\\n'),
      });
      for (const secret of ["Mary", "Smith", "Lisbon", "351912345", "hunter2"]) assert.ok(!wholeOf(report).includes(secret), secret);
    });
  });

  describe("what is hidden by its shape, whatever the line is", () => {
    const SECRETS: Readonly<Record<string, readonly [line: string, ...secrets: string[]]>> = {
      "an IMEI with hyphens": ["SN 49-015420-323751-1", "015420", "323751"],
      "a SIM's number with letters": ["+XSIM: 898604B21920C0123456", "8604B2", "C01234"],
      "a telephone number": ["call +351912345 now", "351912345"],
      "a telephone number in groups": ["call 0351 912 345 678", "912 345"],
      "a password by its name": ["wifi password: hunter2", "hunter2"],
      "a user in quotes by its name": ['user="mary smith",x', "mary", "smith"],
      "a PIN by its name": ["SIM PIN: 4711", "4711"],
      "user and password of a URL": ["GET http://mary:hunter2@broker/x", "mary", "hunter2"],
      "a mail address": ["owner mary.smith@mail.example", "mary", "mail.example"],
      "an address": ["peer 10.77.66.55:1883", "10.77.66.55"],
      "an IPv6 address": ["peer 2001:db8:1:2:3:4:5:6", "2001:db8", "3:4:5:6"],
      "an IPv6 address that is shortened": ["peer 2001:db8::77:1", "2001:db8", "77:1"],
      "an IPv6 address as 27.007 writes it": ['"32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1"', "32.1.13"],
      "a MAC address": ["mac 00:1A:2B:3C:4D:5E", "1A:2B", "3C:4D"],
      "a token": ["Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjMifQ", "eyJhbGci", "eyJzdWIi"],
      "area and cell": ['+CEREG: 5,1,"213D","0318886E",9', "213D", "0318886E"],
      "the cell of an M5311": ['*ENGINFOSC: 3701,3,69,"27447553",-1073,-1175,-1145,290,18,7733,0,0,-35', "27447553", "7733"],
    };
    for (const [what, [line, ...secrets]] of Object.entries(SECRETS))
      it(what, () => {
        for (const secret of secrets) assert.ok(!shown(mask(`\r\n${line}\r\n`)).includes(secret), shown(mask(line)));
      });

    it("nothing of what a report is for", () => {
      for (const line of [
        "+CEREG: 0,1", "+CEREG:5,5", '+CPSMS: 1,,,"01000001","00000101"', '+CCLK: "26/11/30,17:05:09+32"', "+CSQ: 31,99", "Signal power:-842", "NUESTATS:CELL,3734,105,1,-842,-108,-780,226",
        "SSB,V150R100C10B200SP1", "Revision:M5310-A_V150R100C10B300", "M5311-MLVH0S00", "REBOOT_CAUSE_SECURITY_PMU_POWER_ON_RESET", '+QMTRECV: 0,0,"modem-mqtt/probe/0123abcd","x"',
        "+CPIN: READY", "+CME ERROR: 310", "+CESQ: 24,99,255,255,26,87", "+NATSPEED:9600,2,1,0,0", '+COPS: 0,2,"46000",9',
      ]) assert.equal(mask(line), line);
      for (const line of ["+CEREG: 0,1", "+CPIN: READY", '+CGDCONT:0,"IPV4V6",,,0,0', "OK", "+CME ERROR: 4"]) assert.equal(maskFields(line), line);
    });
  });

  describe("by another client", () => {
    it("whose connection the modem has: its messages are in no report, and it goes on", async () => {
      let aedes!: Aedes, path = "";
      const broker = await startAedes((one) => { aedes = one; });
      try {
        const { report, error } = await probed({ modem: "bc35g" }, {
          withBroker: false, consent: async (kind) => kind !== "replace" && kind !== "restart" && kind !== "sleep",
          only: ["registrationModes", "cmee", "iccid", "operator", "echo", "addressForm"],
          onModem: async (modem) => {
            path = modem.path;
            const subscribed = once(aedes, "subscribe");
            await answers(path, [`AT+QMTOPEN=0,"127.0.0.1",${broker.port}`]);
            while (!/\+QMTOPEN/.test((await answers(path, ["AT+QMTOPEN?"]))[0]));
            await answers(path, ['AT+QMTCONN=0,"meter-9"']);
            while (!/\+QMTCONN: ?0,3/.test((await answers(path, ["AT+QMTCONN?"]))[0]));
            await answers(path, ['AT+QMTSUB=0,1,"home/alarm",1']);
            await subscribed;
          },
          trace: (direction) => {
            if (direction !== "sent") return;
            const payload = "the door's code is 4711\r\nand mary is out";
            aedes.publish({ cmd: "publish", topic: "home/alarm", payload, qos: 0, retain: false, dup: false }, () => {});
          },
          beforeEnd: async () => assert.match((await answers(path, ["AT+QMTCONN?"]))[0], /\+QMTCONN: ?0,3/),
        });
        assert.equal(error, undefined);
        const text = wholeOf(report);
        assert.match(text, /\+QMTRECV/);
        for (const secret of ["home/alarm", "door", "4711", "mary", "meter-9"]) assert.ok(!text.includes(secret), secret);
      } finally {
        await broker.stop();
      }
    });

    it("which holds the port: the error says so, and an older report is still there", async () => {
      const modem = await createVirtualModem({ modem: "bc35g", attachTime: 0 });
      const folder = await mkdtemp(join(tmpdir(), "modem-mqtt-"));
      const file = join(folder, "report.md");
      const other = new Wire({ path: modem.path, baudRate: 9600, signal: new AbortController().signal });
      try {
        await other.open();
        await writeFile(file, "an older one");
        const { status, stderr } = await modemMqtt(["probe", "--serial", modem.path, "--modem", "bc35g", "--baud", "9600", "-o", file, "--only", "cmee"]);
        assert.equal(status, 1);
        assert.match(stderr, /^modem-mqtt: .*(?:in use|another|lock)/i);
        assert.equal(await readFile(file, "utf8"), "an older one");
      } finally {
        await other.close();
        await modem.close();
        await rm(folder, { recursive: true });
      }
    });
  });

  it("by Ctrl-C while its modem is asleep: the modem is woken, and what was changed is put back", async () => {
    const controller = new AbortController();
    let after: string[] = [], path = "";
    const { report } = await probed({ modem: "bc35g" }, {
      withBroker: false, consent: async (kind) => kind !== "hands", only: ["sleepReport"], signal: controller.signal,
      trace: (direction, bytes) => { if (direction === "received" && Buffer.from(bytes).includes("+NPSMR:1\r")) controller.abort(new Error("interrupted")); },
      onModem: (modem) => { path = modem.path; },
      beforeEnd: async () => { after = await answers(path, ["AT+CPSMS?", "AT+NPSMR?", "AT+CMEE?"]); },
    });
    assert.equal(report.ended, "interrupted");
    for (const { isDone, command } of report.putBack) assert.ok(isDone, command);
    assert.match(after.join(), /\+CPSMS:0,[^]*\+NPSMR:0[^]*\+CMEE:0/);
  });

  describe("by the place of its report", () => {
    let modem: VirtualModem;
    beforeEach(async () => {
      modem = await createVirtualModem({ modem: "bc35g", attachTime: 0 });
    });
    afterEach(() => modem.close());
    const command = (file: string) => ["probe", "--serial", modem.path, "--modem", "bc35g", "--baud", "9600", "--json", "--only", "cmee", "-o", file];

    (existsSync("/dev/full") ? it : it.skip)("which is a full disk: the report goes to stdout", async () => {
      const { status, stdout, stderr } = await modemMqtt(command("/dev/full"));
      assert.equal(status, 1);
      assert.match(stderr, /^modem-mqtt: the report could not be written to \/dev\/full, and is on stdout: ENOSPC/m);
      assert.equal((JSON.parse(stdout.toString()) as Report).facts[0].found, "known");
    });

    it("to which nothing comes, for want of a modem: no empty report is left behind", async () => {
      modem.fault("silence:600000");
      const file = join(tmpdir(), `modem-mqtt-${process.pid}-none.json`);
      const { status } = await modemMqtt([...command(file), "--boot-timeout", "1"]);
      assert.equal(status, 1);
      assert.ok(!existsSync(file));
    });

    it("which does not exist: that is told before the modem is asked anything", async () => {
      const { status, stdout, stderr } = await modemMqtt([...command(join(tmpdir(), "no such folder", "report.json")), "-d"]);
      assert.deepEqual({ status, stdout: stdout.toString() }, { status: 1, stdout: "" });
      assert.match(stderr, /^modem-mqtt: ENOENT.*no such folder/);
      assert.ok(!stderr.includes("→ AT"));
    });
  });

  describe("by a broker", () => {
    it("which sends answers of a modem, and Markdown, as messages", async () => {
      const evil = "\r\nOK\r\n+CME ERROR: 4\r\n```\r\n# Injected\r\n| a | b |\r\n<script>";
      const broker = await startAedes((aedes) => {
        aedes.on("subscribe", ([{ topic }]) => aedes.publish({ cmd: "publish", topic: topic.replace("/#", "/x"), payload: evil, qos: 0, retain: false, dup: false }, () => {}));
      });
      try {
        const { report, error } = await probed({ modem: "bc35g" }, {
          withBroker: false, broker: { host: "127.0.0.1", port: broker.port }, only: ["recvSpace", "longTopic", "payloadLimit", "cmee"],
        });
        assert.equal(error, undefined);
        assert.equal(factOf(report, "cmee")?.found, "known");
        const text = markdown(report);
        assert.ok(!/^(?:# Injected|\| a \| b \|)/m.test(text), text);
        assert.equal(text.split("\n").filter((line) => line.startsWith("```")).length % 2, 0);
      } finally {
        await broker.stop();
      }
    });

    it("which accepts connections and never says a word", async () => {
      const sockets: Socket[] = [];
      const server = createServer((socket) => void sockets.push(socket.on("error", () => {})));
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      try {
        const { report, error } = await probed({ modem: "m531x" }, {
          withBroker: false, broker: { host: "127.0.0.1", port: (server.address() as AddressInfo).port }, only: ["binaryPayload", "cmee"],
        });
        assert.equal(error, undefined);
        assert.equal(factOf(report, "binaryPayload")?.verdict, "not tried");
        assert.equal(factOf(report, "cmee")?.found, "known");
      } finally {
        for (const socket of sockets) socket.destroy();
        server.close();
      }
    });
  });

  describe("by strangers at its own broker", () => {
    const own = new OwnBroker();
    const notes: string[] = [];
    let port = 0;
    before(async () => {
      own.client = "mmq-1234";
      own.note = (text) => void notes.push(text);
      port = await own.listen(0, "127.0.0.1");
    });
    after(() => own.close());

    const hello = (id: string) => packet(PacketType.Connect, [...text16("MQTT"), 4, 2, 0, 60, ...text16(id)]);
    /** Sends it. @returns what comes back until the broker ends the connection, or `enough` bytes are there */
    async function sent(bytes: Uint8Array, enough = Infinity): Promise<Buffer> {
      const socket = connect(port, "127.0.0.1");
      let received = Buffer.alloc(0);
      socket.on("error", () => {});
      socket.write(bytes);
      await new Promise<void>((resolve) => {
        socket.on("data", (chunk) => {
          received = Buffer.concat([received, chunk]);
          if (received.length >= enough) resolve();
        });
        socket.on("close", () => resolve());
      });
      socket.destroy();
      return received;
    }

    const STRANGERS: Readonly<Record<string, Uint8Array>> = {
      "another client's CONNECT": hello("scanner"),
      "a publish without CONNECT": packet(PacketType.Publish, [...text16("modem-mqtt/probe/x"), 1, 2, 3]),
      "a CONNECT that is cut": packet(PacketType.Connect, [0, 4, 77]),
      "a CONNECT with lengths that lie": packet(PacketType.Connect, [...text16("MQTT"), 4, 2, 0, 60, 0xff, 0xff, 1]),
      "a length without end": Uint8Array.from([0x10, 0xff, 0xff, 0xff, 0xff, 0xff, ...new Array<number>(70_000).fill(0)]),
      "a packet without end": Uint8Array.from([0x10, 0xff, 0xff, 0xff, 0x7f, ...new Array<number>(70_000).fill(0)]),
      "the beginning of TLS": Uint8Array.from([0x16, 3, 1, 2, 0, 1]),
      "an HTTP request without end": Buffer.from(`GET /${"x".repeat(70_000)}`),
      "nothing that anybody knows": Buffer.from("\x00\x01\x02 hello"),
    };
    for (const [what, bytes] of Object.entries(STRANGERS))
      it(what, async () => {
        assert.equal((await sent(bytes)).length, 0);
        assert.equal((await sent(hello("mmq-1234"), 4)).toString("hex"), "20020000", "the modem is served as before");
      });

    it("a packet that is cut, from the modem itself", async () => {
      await sent(Buffer.concat([hello("mmq-1234"), packet(PacketType.Publish, [0])]));
      assert.ok(notes.some((note) => /cannot be read/.test(note)), notes.join());
    });
  });
});
