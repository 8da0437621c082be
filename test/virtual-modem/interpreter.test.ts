// The AT interpreter: lines, echo, forms, errors, one command at a time.

import { Bench, type BenchOptions, ERROR, OK } from "./bench";

describe("virtual modem: AT interpreter", () => {
  let bench: Bench;
  const start = (options?: BenchOptions): Bench => (bench = new Bench(options));
  afterEach(() => bench.close());

  const answers: [string, string, string][] = [
    ["a bare prefix", "AT\r", OK],
    ["lower case", "at+cgmi\r", `\r\nQuectel\r\n${OK}`],
    ["a line feed after the carriage return", "AT\r\nAT\r\n", OK + OK],
    ["noise before the prefix", "\x00\x1a\x1bAT\r", OK],
    ["blanks around arguments", 'AT+QMTCFG = "keepalive" , 0 , 60 \r', OK],
    ["several commands on one line", 'AT+QMTCFG="keepalive",0,60;+QMTCFG="keepalive",0\r', `\r\n+QMTCFG: "keepalive",60\r\n${OK}`],
    ["a result that comes later, after the line's OK", "AT+QMTDISC=0;+CGMI\r", `\r\nQuectel\r\n${OK}\r\n+QMTDISC: 0,-1\r\n`],
    ["a semicolon inside quotes", 'AT+QMTCFG="will",0,1,0,0,"a;b","c,d"\r', OK],
    ["several commands, of which one fails", "AT+CGMI;+NOSUCH;+CGMM\r", `\r\nQuectel\r\n${ERROR}`],
    ["a command that does not exist", "AT+NOSUCH\r", ERROR],
    ["a command that does not exist, with arguments", 'AT+NOSUCH="x",1\r', ERROR],
    ["something that is not a command", "AT!\r", ERROR],
    ["an unclosed quote", 'AT+QMTCFG="keepalive,0\r', ERROR],
    ["something after a closing quote", 'AT+QMTCFG="keepalive"x,0\r', ERROR],
    ["a form that the command does not have", "AT+QMTCFG?\r", ERROR],
    ["an empty line", "\r\n\rAT\r", OK],
  ];
  for (const [name, said, answer] of answers) {
    it(`answers ${name}`, async () => {
      start().say(said);
      await bench.expect(answer);
      await bench.quiet();
    });
  }

  it("ignores a line without the prefix, or answers it with ERROR (variant)", async () => {
    start().say("hello\r");
    await bench.quiet();
    bench.close();
    start({ variants: { garbage: "error" } }).say("hello\r");
    await bench.expect(ERROR);
  });

  it("answers an unknown command with a code (variant)", async () => {
    start({ variants: { unknown: "cme" } });
    await bench.exchange("AT+CMEE=1", OK);
    await bench.exchange("AT+NOSUCH", "\r\n+CME ERROR: 4\r\n");
  });

  it("gives error codes when asked to, as the family has them", async () => {
    start();
    await bench.exchange("AT+QMTCFG?", ERROR);
    await bench.exchange("AT+CMEE=?", `\r\n+CMEE:(0,1)\r\n${OK}`);
    await bench.exchange("AT+CMEE=2", ERROR);
    await bench.exchange("AT+CMEE=1", OK);
    await bench.exchange("AT+CMEE?", `\r\n+CMEE:1\r\n${OK}`);
    await bench.exchange("AT+QMTCFG?", "\r\n+CME ERROR: 4\r\n");
    await bench.exchange("AT+QMTCFG=1", "\r\n+CME ERROR: 50\r\n");
    await bench.exchange('AT+QMTSUB=0,1,"a",0', "\r\n+CME ERROR: 3\r\n");
    await bench.exchange("AT+NOSUCH", ERROR);
    await bench.exchange("AT+CMEE=0", OK);
    await bench.exchange("AT+QMTCFG?", ERROR);
  });

  it("gives errors in words, where a family has that mode", async () => {
    const { default: bc35g } = await import("../../hosts/virtual-modem/families/bc35g");
    start({ family: { ...bc35g, dialect: { ...bc35g.dialect, cmeeModes: [0, 1, 2] } } });
    await bench.exchange("AT+CMEE=2", OK);
    await bench.exchange("AT+QMTCFG=1", "\r\n+CME ERROR: Incorrect parameters\r\n");
  });

  it("echoes when told to, also at power-on", async () => {
    start({ echo: true }).say("AT\r");
    await bench.expect(`AT\r${OK}`);
    bench.say("ATE0\r");
    await bench.expect(`ATE0\r${OK}`);
    await bench.exchange("AT", OK);
    await bench.exchange("ATE1", OK);
    bench.say("ate\r");
    await bench.expect(`ate\r${OK}`);
    await bench.exchange("AT", OK);
  });

  it("keeps echo on whatever the host says (variant)", async () => {
    start({ variants: { echo: "stuck" } }).say("ATE0\r");
    await bench.expect(`ATE0\r${OK}`);
    bench.say("AT\r");
    await bench.expect(`AT\r${OK}`);
  });

  it("ends lines with two carriage returns (variant)", async () => {
    start({ variants: { lineEnd: "crcrlf" } });
    await bench.exchange("AT+CGMI", "\r\r\nQuectel\r\r\n\r\r\nOK\r\r\n");
  });

  it("writes a blank after every colon, or none (variant)", async () => {
    start({ variants: { colon: "space" } });
    await bench.exchange("AT+CFUN?", `\r\n+CFUN: 1\r\n${OK}`);
    await bench.exchange('AT+QMTCFG="keepalive",0', `\r\n+QMTCFG: "keepalive",120\r\n${OK}`);
    bench.close();
    start({ variants: { colon: "none" } });
    await bench.exchange('AT+QMTCFG="keepalive",0', `\r\n+QMTCFG:"keepalive",120\r\n${OK}`);
  });

  it("processes one command at a time: the next waits for the final result", async () => {
    start({ echo: true, latencyScale: 5 }).say("AT+CGMI\rAT+CIMI\r");
    await bench.expect(`AT+CGMI\r\r\nQuectel\r\n${OK}AT+CIMI\r\r\n460001357924680\r\n${OK}`);
  });

  it("answers after its latency, and not before", async () => {
    const started = performance.now();
    start({ latencyScale: 100 }).say("AT\r");
    await bench.quiet(400);
    await bench.expect(OK);
    if (performance.now() - started < 45) throw new Error("10 ms times 100, on a clock 20 times as fast, are 50");
  });

  it("refuses a line that is too long, and reads the next", async () => {
    start().say(`AT+QMTCFG="${"x".repeat(2000)}"\rAT\r`);
    await bench.expect(ERROR + OK);
  });

  it("refuses unknown variants and options out of range", () => {
    const wrong: [BenchOptions, string][] = [
      [{ variants: { nosuch: "x" } }, "UNKNOWN_VARIANT"],
      [{ variants: { prompt: "loud" as "bare" } }, "UNKNOWN_VARIANT"],
      [{ variants: { toString: "x" } as never }, "UNKNOWN_VARIANT"],
      [{ baud: 10 }, "BAD_OPTION"],
      [{ latencyScale: NaN }, "BAD_OPTION"],
      [{ bootTime: -1 }, "BAD_OPTION"],
      [{ faults: ["nosuch"] }, "UNKNOWN_FAULT"],
    ];
    for (const [options, code] of wrong) {
      let thrown: unknown;
      try {
        new Bench(options).close();
      } catch (error) {
        thrown = (error as { code?: string }).code;
      }
      if (thrown !== code) throw new Error(`${JSON.stringify(options)}: ${String(thrown)}`);
    }
    start();
  });
});
