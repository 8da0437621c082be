// The modem on a real pseudo-terminal, as a client with a serial port meets it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, constants, existsSync, lstatSync, openSync, readlinkSync, readSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SerialPort } from "serialport";
import bc35g from "../../hosts/virtual-modem/families/bc35g";
import m531x from "../../hosts/virtual-modem/families/m531x";
import { createVirtualModem, type VirtualModem, type VirtualModemOptions } from "../../hosts/virtual-modem/index";
import { openSerial } from "../support/serial";
import { type Broker, startBroker } from "./bench";

class Client {
  readonly port: SerialPort;
  #received = Buffer.alloc(0);

  private constructor(port: SerialPort) {
    this.port = port;
    port.on("data", (bytes: Buffer) => (this.#received = Buffer.concat([this.#received, bytes])));
  }

  static async open(path: string, baudRate = 115_200): Promise<Client> {
    return new Client(await openSerial(path, baudRate));
  }

  /** Waits until exactly this has been received. */
  async expect(text: string): Promise<void> {
    const wanted = Buffer.from(text, "latin1");
    for (let tries = 0; tries < 10_000 && this.#received.length < wanted.length; tries++) {
      await new Promise((done) => setTimeout(done, 5));
    }
    const got = this.#received.subarray(0, wanted.length).toString("latin1");
    this.#received = this.#received.subarray(wanted.length);
    assert.equal(JSON.stringify(got), JSON.stringify(text));
  }

  write(text: string): void {
    this.port.write(text, "latin1");
  }

  async close(): Promise<void> {
    await new Promise<void>((done) => this.port.close(() => done()));
  }
}

describe("virtual modem: pseudo-terminal", () => {
  let broker: Broker;
  let folder: string;
  let modem: VirtualModem | undefined;
  const start = async (options: Partial<VirtualModemOptions> = {}): Promise<VirtualModem> =>
    (modem = await createVirtualModem({ modem: bc35g, attachTime: 0, ...options }));

  before(async () => {
    broker = await startBroker();
    folder = await mkdtemp(join(tmpdir(), "virtual-modem-"));
  });
  afterEach(async () => {
    await modem?.close();
    modem = undefined;
  });
  after(async () => {
    await broker.close();
    await rm(folder, { recursive: true });
  });

  it("answers, publishes and receives every byte value through a broker", async () => {
    const { path } = await start();
    const client = await Client.open(path);
    const all = Array.from({ length: 256 }, (_, value) => String.fromCharCode(value)).join("");
    const exchanges: [string, string][] = [
      ["AT\r", "\r\nOK\r\n"],
      ["ATE0\r", "\r\nOK\r\n"],
      ['AT+QMTCFG="version",0,4\r', "\r\nOK\r\n"],
      [`AT+QMTOPEN=0,"127.0.0.1",${broker.port}\r`, "\r\nOK\r\n\r\n+QMTOPEN: 0,0\r\n"],
      ['AT+QMTCONN=0,"c"\r', "\r\nOK\r\n\r\n+QMTCONN: 0,0,0\r\n"],
      ['AT+QMTSUB=0,1,"t",0\r', "\r\nOK\r\n\r\n+QMTSUB: 0,1,0,0\r\n"],
      ['AT+QMTPUB=0,0,0,0,"t",256\r', "\r\n> "],
      [all, `\r\nOK\r\n\r\n+QMTPUB: 0,0,0\r\n\r\n+QMTRECV: 0,0,"t",${all}\r\n`],
    ];
    for (const [said, answer] of exchanges) {
      client.write(said);
      await client.expect(answer);
    }
    await client.close();
  });

  it("is raw before any client has set it, and echoes nothing back to the modem", async () => {
    const received: string[] = [];
    const { path } = await start({
      trace: ({ direction, bytes }) => direction === "rx" && received.push(Buffer.from(bytes).toString("latin1")),
    });
    modem!.inject("\r\n+QMTSTAT: 0,1\r\n");
    const settings = execFileSync("stty", ["-a", "-F", path]).toString();
    for (const off of ["-echo", "-icanon", "-opost", "-icrnl", "-inlcr", "-igncr", "-isig", "-ixon"]) {
      assert.match(settings, new RegExp(`(^|\\s)${off}(\\s|;|$)`, "m"), `${off} in ${settings}`);
    }
    // A client that knows nothing of terminals.
    const plain = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    const buffer = Buffer.alloc(100);
    const mustRead = async (text: string): Promise<void> => {
      let got = "";
      while (got.length < text.length) {
        try {
          got += buffer.toString("latin1", 0, readSync(plain, buffer));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
          await new Promise((done) => setTimeout(done, 5));
        }
      }
      assert.equal(got, text);
    };
    await mustRead("\r\n+QMTSTAT: 0,1\r\n");
    assert.deepEqual(received, []);
    writeSync(plain, "AT\r");
    await mustRead("\r\nOK\r\n");
    closeSync(plain);
  });

  it("survives clients that come and go, and keeps its state meanwhile", async () => {
    const { path } = await start();
    for (let times = 0; times < 3; times++) {
      const client = await Client.open(path);
      client.write("AT+CMEE?\r");
      await client.expect(`\r\n+CMEE:${times === 0 ? 0 : 1}\r\n\r\nOK\r\n`);
      client.write("AT+CMEE=1\r");
      await client.expect("\r\nOK\r\n");
      await client.close();
      await new Promise((done) => setTimeout(done, 20));
    }
  });

  it("paces bytes at the baud rate", async () => {
    const { path } = await start({ baud: 9600 });
    const client = await Client.open(path);
    const send = (): number => {
      client.write("AT+CGMR\r");
      return performance.now();
    };
    const answer = "\r\nSSB,V150R100C10B200SP1\r\n\r\nSECURITY_A,V150R100C20B300SP2\r\n\r\nPROTOCOL_A,V150R100C20B300SP2\r\n" +
      "\r\nAPPLICATION_A,V150R100C20B300SP2\r\n\r\nSECURITY_B,V150R100C20B300SP2\r\n\r\nRADIO,Hi2115_RF1\r\n\r\nOK\r\n";
    const least = (8 + answer.length) / 0.96;
    // Never sooner; and not much later, as soon as nothing else has the processor.
    for (let took = Infinity; took >= least * 1.5 + 50;) {
      const started = send();
      await client.expect(answer);
      took = performance.now() - started;
      assert.ok(took >= least, `${took} ms for at least ${least}`);
    }
    await client.close();
  });

  it("finds a client's rate, and speaks at another one when it is told to", async () => {
    const { path } = await start({ modem: m531x, model: "m5311", baud: 115_200, strictBaud: true, autoBaud: true });
    const client = await Client.open(path, 57_600);
    client.write("AT\r");
    await client.expect("\r\nOK\r\n");
    client.write("AT+IPR=9600\r");
    await client.expect("\r\nOK\r\n");
    // The modem changes its rate once OK is out.
    await new Promise((done) => setTimeout(done, 200));
    await new Promise<void>((done, fail) => client.port.update({ baudRate: 9600 }, (error) => (error ? fail(error) : done())));
    client.write("AT+IPR?\r");
    await client.expect("\r\n+IPR: 9600\r\n\r\nOK\r\n");
    await client.close();
  });

  it("is off until its key is pressed, and is told what is around it", async () => {
    const { path } = await start({ start: "off", bootTime: 10 });
    const client = await Client.open(path);
    client.write("AT\r");
    assert.equal(modem!.isOn, false);
    modem!.drive("power", true);
    await client.expect("\r\nREBOOT_CAUSE_SECURITY_PMU_POWER_ON_RESET\r\nNeul \r\nOK\r\n");
    modem!.drive("power", false);
    assert.deepEqual([modem!.isOn, modem!.asleep], [true, false]);
    modem!.set({ mobile: { rssi: -113 } });
    client.write("AT+CSQ\r");
    await client.expect("\r\n+CSQ:0,99\r\n\r\nOK\r\n");
    modem!.pulse("reset", 150);
    await client.expect("\r\nREBOOT_CAUSE_SECURITY_RESET_PIN\r\nNeul \r\nOK\r\n");
    await client.close();
  });

  it("makes a link, replaces an old one, removes its own, and spares what is not a link", async () => {
    const link = join(folder, "modem");
    symlinkSync("/nonexistent", link);
    const { path } = await start({ link });
    assert.equal(readlinkSync(link), path);
    const client = await Client.open(link);
    client.write("AT\r");
    await client.expect("\r\nOK\r\n");
    await client.close();
    await modem!.close();
    assert.equal(existsSync(link), false);
    writeFileSync(link, "precious");
    await assert.rejects(start({ link }), { code: "BAD_OPTION", message: /cannot link .*not a link/ });
    assert.ok(lstatSync(link).isFile());
  });

  it("refuses a seed that is no integer", async () => {
    await assert.rejects(start({ seed: 1.5 }), { code: "BAD_OPTION" });
  });

  it("can be closed twice, and at once", async () => {
    await start();
    await Promise.all([modem!.close(), modem!.close()]);
  });
});
