// `modem-mqtt/at`: commands without MQTT, and what a modem may do to confuse their answers.
import { ATClient, type ATClientOptions } from "../../src/at/index";
import { equal, sameLines, thrown } from "./support/check";
import { bytesOf, visible } from "./support/exchange";
import { TestPort, VirtualClock } from "./support/stage";

class Bench {
  readonly events: string[] = [];
  readonly clock = new VirtualClock();
  port!: TestPort;
  readonly client: ATClient;

  constructor(options: Partial<ATClientOptions> = {}) {
    this.client = new ATClient({
      clock: this.clock, serial: { io: TestPort, attach: (port: TestPort) => { this.port = port; } },
      onReport: (line) => void this.events.push(`report ${line}`),
      onError: (error) => void this.events.push(`error ${error.code}`),
      ...options,
    });
  }

  command(line: string, timeout?: number): this {
    const done = (error: any, lines: readonly string[]): void =>
      void this.events.push(`${line}: ${error === null ? "" : `${error.code}${error.modemCode === undefined ? "" : ` ${error.modemCode}`} `}${lines.join(" | ")}`.trimEnd());
    if (timeout === undefined) this.client.command(line, done);
    else this.client.command(line, { timeout }, done);
    return this;
  }

  says(text: string): this {
    this.port.receive(bytesOf(text));
    return this;
  }

  pass(milliseconds: number): this {
    this.clock.pass(milliseconds);
    return this;
  }

  mustSend(text: string): this {
    equal(visible(this.port.sent.splice(0)), text, "sent");
    return this;
  }

  mustTell(...events: string[]): this {
    sameLines(this.events.splice(0), events, "events");
    return this;
  }

  /** The channel is in step. */
  works(): void {
    this.command("AT+CSQ").mustSend("AT+CSQ\\r").says("\\r\\n+CSQ: 17,99\\r\\n\\r\\nOK\\r\\n").mustTell("AT+CSQ: +CSQ: 17,99");
  }
}

describe("modem-mqtt/at: a command", () => {
  it("has its lines, and its final", () => {
    const bench = new Bench();
    bench.command("ATI").mustSend("ATI\\r").says("\\r\\nQuectel\\r\\nBC35-G\\r\\nRevision:BC35GJBR01A01\\r\\n\\r\\nOK\\r\\n").mustTell("ATI: Quectel | BC35-G | Revision:BC35GJBR01A01");
    bench.command("AT+CGSN=1").mustSend("AT+CGSN=1\\r").says("\\r\\n+CGSN:490154203237511\\r\\n\\r\\nOK\\r\\n").mustTell("AT+CGSN=1: +CGSN:490154203237511");
    bench.command("AT").mustSend("AT\\r").says("OK\\r\\n").mustTell("AT:");
    bench.works();
  });

  it("is told the number of its error, and the lines before it", () => {
    const bench = new Bench();
    bench.command("AT+CPIN?").says("\\r\\n+CME ERROR: 10\\r\\n").mustTell("AT+CPIN?: COMMAND_REFUSED 10");
    bench.command("AT+X").says("\\r\\nhalf\\r\\n\\r\\nERROR\\r\\n").mustTell("AT+X: COMMAND_REFUSED half");
    bench.port.sent.splice(0);
    bench.works();
  });

  it("waits until those before it are over", () => {
    const bench = new Bench();
    bench.command("AT+CGMI").command("AT+CGMM").command("AT+CGMR").mustSend("AT+CGMI\\r");
    bench.says("\\r\\nQuectel\\r\\n\\r\\nOK\\r\\n").mustTell("AT+CGMI: Quectel").mustSend("AT+CGMM\\r");
    bench.says("\\r\\nBC35-G\\r\\n\\r\\nOK\\r\\n").mustTell("AT+CGMM: BC35-G").mustSend("AT+CGMR\\r");
    bench.says("\\r\\n1\\r\\n2\\r\\n\\r\\nOK\\r\\n").mustTell("AT+CGMR: 1 | 2").works();
  });

  it("may be asked for from the callback of another one", () => {
    const bench = new Bench();
    bench.client.command("AT", () => bench.command("AT+CSQ"));
    bench.says("OK\\r\\n").mustSend("AT\\rAT+CSQ\\r");
    bench.says("\\r\\n+CSQ: 1,99\\r\\n\\r\\nOK\\r\\n").mustTell("AT+CSQ: +CSQ: 1,99");
  });

  it("is found behind an echo of it, however its bytes come", () => {
    for (let cut = 1; cut < 36; cut++) {
      const bench = new Bench();
      const all = bytesOf("AT+CIMI\\r\\r\\n460012345678901\\r\\n\\r\\nOK\\r\\n");
      bench.command("AT+CIMI");
      bench.port.receive(all.slice(0, cut));
      bench.port.receive(all.slice(cut));
      bench.mustTell("AT+CIMI: 460012345678901");
    }
  });

  it("32 may wait, and no more", () => {
    const bench = new Bench();
    for (let i = 0; i < 33; i++) bench.command("AT");
    equal(thrown(() => bench.command("AT")).code, "BUSY");
  });
});

describe("modem-mqtt/at: reports", () => {
  it("that nobody has asked for are told, known or not", () => {
    const bench = new Bench({ reports: ["+CSCON", "RDY"] });
    bench.says("\\r\\n+CSCON:1\\r\\n\\r\\nRDY\\r\\n\\r\\n+CEREG: 1\\r\\n\\r\\nwhatever it is\\r\\n").mustTell("report +CSCON:1", "report RDY", "report +CEREG: 1", "report whatever it is");
    bench.works();
  });

  it("that come in between are no part of an answer", () => {
    const bench = new Bench({ reports: ["+CSCON", "*MATWAKEUP"] });
    bench.command("AT+CGSN=1").says("\\r\\n+CSCON:0\\r\\n\\r\\n+CGSN:490154203237511\\r\\n\\r\\n+CEREG: 5\\r\\n\\r\\n*MATWAKEUP: 1\\r\\n\\r\\nOK\\r\\n");
    bench.mustTell("report +CSCON:0", "report +CEREG: 5", "report *MATWAKEUP: 1", "AT+CGSN=1: +CGSN:490154203237511");
  });

  it("are an answer where the command asks for that name, told apart where that can be", () => {
    const bench = new Bench({ reports: ["+CSCON"] });
    bench.command("AT+CSCON?").says("\\r\\n+CSCON:0,1\\r\\n\\r\\nOK\\r\\n").mustTell("AT+CSCON?: +CSCON:0,1");
    bench.command("AT+CEREG?").says('\\r\\n+CEREG: 2,"1A2B","01A2D101",9\\r\\n\\r\\n+CEREG: 2,2\\r\\n\\r\\nOK\\r\\n').mustTell('report +CEREG: 2,"1A2B","01A2D101",9', "AT+CEREG?: +CEREG: 2,2");
    bench.command("AT+CEREG=?").says("\\r\\n+CEREG: 1\\r\\n\\r\\n+CEREG: (0-5)\\r\\n\\r\\nOK\\r\\n").mustTell("report +CEREG: 1", "AT+CEREG=?: +CEREG: (0-5)");
    bench.command("AT+CSCON=1").says("\\r\\n+CSCON: 1\\r\\n\\r\\nOK\\r\\n").mustTell("report +CSCON: 1", "AT+CSCON=1:");
  });
});

describe("modem-mqtt/at: what could confuse the channel", () => {
  it("a final that comes too late ends no other command", () => {
    const bench = new Bench();
    bench.command("AT+COPS=?", 1000).command("AT+CIMI").pass(1000).mustTell("AT+COPS=?: COMMAND_TIMEOUT");
    bench.mustSend("AT+COPS=?\\rAT+CMEE?\\r");
    bench.says('\\r\\n+COPS: (2,"x")\\r\\n\\r\\nOK\\r\\n').mustTell('report +COPS: (2,"x")').mustSend("");
    bench.says("\\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n").mustSend("AT+CIMI\\r");
    bench.says("\\r\\n460012345678901\\r\\n\\r\\nOK\\r\\n").mustTell("AT+CIMI: 460012345678901").works();
  });

  it("a final that nobody waits for is nobody's", () => {
    const bench = new Bench();
    bench.says("\\r\\nOK\\r\\n\\r\\nERROR\\r\\n\\r\\n+CME ERROR: 3\\r\\n").mustTell().works();
  });

  for (const prompt of [">", "\\r\\n>", "\\r\\n> ", "\\r\\n>[sp]"])
    it(`a prompt ${prompt}: the modem is told that there is no data, and the command is refused`, () => {
      const bench = new Bench();
      bench.command('AT+CMGS="123"').command("AT").mustSend('AT+CMGS="123"\\r');
      bench.says(prompt).mustTell('AT+CMGS="123": COMMAND_REFUSED').mustSend("<1B>AT+CMEE?\\r");
      bench.says("\\r\\nOK\\r\\n").mustSend("");
      bench.says("\\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n").mustSend("AT\\r").says("\\r\\nOK\\r\\n").mustTell("AT:").works();
    });

  it("a prompt that comes later, to nobody, is nothing", () => {
    const bench = new Bench();
    bench.says("\\r\\n> \\r\\n").mustTell("report > ");
    bench.works();
  });

  it("an answer that has a greater-than sign in the middle of a line is an answer", () => {
    const bench = new Bench();
    bench.command("AT+X").mustSend("AT+X\\r").says("\\r\\na > b\\r\\n\\r\\nOK\\r\\n").mustTell("AT+X: a > b").works();
  });

  it("data that is counted swallows the probes, and the channel is in step when it is full", () => {
    const bench = new Bench();
    bench.command("AT+QISEND=0,20").says("\\r\\n> ").mustTell("AT+QISEND=0,20: COMMAND_REFUSED");
    bench.pass(2000).pass(2000).pass(2000).mustSend("AT+QISEND=0,20\\r<1B>AT+CMEE?\\rAT+CMEE?\\rAT+CMEE?\\rAT+CFUN?\\r");
    bench.says("\\r\\nSEND OK\\r\\n").mustTell("report SEND OK");
    bench.says("\\r\\n+CFUN: 1\\r\\n\\r\\nOK\\r\\n").works();
  });

  it("silence: the command fails, and so do those that wait; then the modem is asked again", () => {
    const bench = new Bench();
    bench.command("AT").pass(10_000).mustTell("AT: COMMAND_TIMEOUT");
    bench.command("AT+CIMI").pass(10_000).mustTell("error MODEM_SILENT");
    bench.mustSend("AT\\rAT+CMEE?\\rAT+CMEE?\\rAT+CMEE?\\rAT+CFUN?\\rAT+CGATT?\\rAT+CIMI\\r");
    bench.says("\\r\\n460012345678901\\r\\n\\r\\nOK\\r\\n").mustTell("AT+CIMI: 460012345678901").works();
  });

  it("a question that the probe asks as well: the two answers are told apart", () => {
    for (const [line, answer] of [["AT+CFUN?", "+CFUN: 1"], ["AT+CGATT?", "+CGATT: 1"]]) {
      const bench = new Bench();
      bench.command(line).says(`\\r\\n${answer}\\r\\n\\r\\nOK\\r\\n`).mustTell(`${line}: ${answer}`);
      bench.command(line, 1000).pass(1000).mustTell(`${line}: COMMAND_TIMEOUT`);
      bench.says(`\\r\\n${answer}\\r\\n\\r\\nOK\\r\\n`).says("\\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n");
      bench.events.splice(0);
      bench.port.sent.splice(0);
      bench.works();
    }
  });

  it("an exception of a callback reaches the host, and the channel goes on", () => {
    const bench = new Bench();
    bench.client.command("AT", () => { throw new Error("mine"); });
    equal(thrown(() => bench.says("OK\\r\\n")).message, "mine");
    bench.port.sent.splice(0);
    bench.works();
  });
});

describe("modem-mqtt/at: what is refused before anything is sent", () => {
  for (const line of ["", "A", "+CSQ", "CSQ", "At+CSQ", " AT", "+++", "A/"]) it(`${JSON.stringify(line)} does not begin with AT`, () => {
    equal(thrown(() => new Bench().command(line)).code, "ARGUMENT_RANGE");
  });
  for (const line of ["AT\r", "AT\rAT", "AT+CSQ\n", "AT\x1a", "AT\x00", "AT\x1b", "AT\x7f", "AT\ud800", "AT+CSQ;+CMEE=0", "AT+A;+B"])
    it(`${JSON.stringify(line)} is not one line, or not one command`, () => equal(thrown(() => new Bench().command(line)).code, "ARGUMENT_CHARACTER"));
  for (const line of ["ATE1", "ate1", "AT E1", "ATV0", "ATV", "ATQ1", "ATE0V0", "AT&F", "ATZ", "ATZ0", "ATS3=10", "ATE0S4=13", "ATD123", "ATA", "ATO", "AT+CMEE=0", "AT+CMEE?", "at+cmee=2", "AT+IPR=9600", "AT+NATSPEED=115200,30,1,0", "AT+CMUX=0", "AT&F&W", "ATE0+CMEE=0"])
    it(`${line} would make the modem's answers unreadable`, () => equal(thrown(() => new Bench().command(line)).code, "ARGUMENT_RANGE"));
  for (const line of ["ATE0", "ATE", "ATE0&W", "ATV1", "ATQ0", "ATS3?", "AT&V", "ATI", "ATI9", "AT+CMEE=?", "AT+IPR?", "AT+IPR=?", "AT+CFUN=1,1", 'AT+X="a;b"', "AT*SLEEP=1", "AT^SYSINFO", "at+csq", "ATS0=1"])
    it(`${line} is sent as it is`, () => {
      new Bench().command(line).mustSend(`${line}\\r`);
    });
  it("what else is wrong is refused with its name", () => {
    const bench = new Bench();
    equal(thrown(() => bench.client.command(5 as any, () => {})).argument, "line");
    equal(thrown(() => bench.client.command("AT", { timeout: 5 }, () => {})).argument, "timeout");
    equal(thrown(() => bench.client.command("AT", { timeOut: 500 } as any, () => {})).message.includes("did you mean timeout?"), true);
    equal(thrown(() => bench.client.command("AT", {} as any)).argument, "done");
    for (const reports of [["+CEREG:"], [""], ["a"], [5], "x", ["\r\n"]] as any[]) equal(/^reports/.test(thrown(() => new Bench({ reports })).argument), true);
    equal(thrown(() => new Bench({ serial: {} as any })).argument, "serial.io");
    equal(thrown(() => new Bench({ clock: {} as any })).argument, "clock");
    equal(thrown(() => new Bench({ sreial: 1 } as any)).argument, "sreial");
    bench.mustSend("");
  });
  it("a line that the buffer does not hold is refused when its turn has come", () => {
    const bench = new Bench({ commandBuffer: 64 });
    bench.command(`AT+X="${"x".repeat(60)}"`).pass(1).mustSend("").mustTell(`AT+X="${"x".repeat(60)}": COMMAND_REFUSED`).works();
  });
});

describe("modem-mqtt/at: the end", () => {
  it("after close() nothing is told, and nothing taken", () => {
    const bench = new Bench();
    bench.command("AT").command("AT+CSQ");
    bench.client.close();
    bench.client.close();
    equal(bench.port.closed, true);
    bench.says("OK\\r\\n").pass(60_000).mustTell();
    equal(thrown(() => bench.command("AT")).code, "CLOSED");
  });
  it("a port that fails is told, and every command that waits fails", () => {
    const bench = new Bench();
    bench.command("AT").command("AT+CSQ");
    bench.port.receiver.onError(new Error("unplugged"));
    bench.mustTell("AT: PORT_FAILED", "AT+CSQ: PORT_FAILED", "error PORT_FAILED");
    equal(bench.port.closed, true);
  });
});
