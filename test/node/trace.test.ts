import assert from "node:assert/strict";
import { TrafficTrace, visible, type Direction } from "modem-mqtt/node";

/** What is shown of the traffic, without the times. */
function shown(secrets: readonly string[], ...traffic: readonly (readonly [direction: Direction, ...pieces: (string | Uint8Array)[]])[]): string[] {
  const lines: string[] = [];
  const trace = new TrafficTrace((line) => lines.push(line), secrets);
  for (const [direction, ...pieces] of traffic) for (const piece of pieces) trace.trace(direction, Buffer.from(piece));
  trace.flush();
  return lines.map((line) => /^ +\d+\.\d{3} (.*)\n$/.exec(line)![1]!);
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("the trace of the AT traffic", () => {
  it("shows time, direction, and control bytes, and no blank line before an answer", () => {
    const lines: string[] = [];
    const trace = new TrafficTrace((line) => lines.push(line), []);
    trace.trace("sent", Buffer.from("AT\r"));
    trace.trace("received", Buffer.from("\r\nOK\r\n\r\n> "));
    trace.trace("sent", Buffer.from("\x00x\x1a"));
    trace.flush();
    assert.deepEqual(lines.map((line) => line.replace(/^ +\d+\.\d{3}/, "T")), ["T → AT\\r\n", "T ← OK\\r\\n\n", "T ← > \n", "T → <00>x<1A>\n"]);
    assert.equal(visible("\x7f\x85é"), "<7F><85>é");
  });

  it("shows no time before that of the line above, though a line that may carry a secret is held back meanwhile", async () => {
    const lines: string[] = [];
    const trace = new TrafficTrace((line) => lines.push(line), []);
    trace.trace("received", Buffer.from("+QMTC"));
    await pause(30);
    trace.trace("sent", Buffer.from("AT\r"));
    trace.trace("received", Buffer.from("LOSE: 0,0\r\n"));
    trace.flush();
    const times = lines.map((line) => Number(line.slice(0, 9)));
    assert.deepEqual(lines.map((line) => line.slice(9)), ["→ AT\\r\n", "← +QMTCLOSE: 0,0\\r\\n\n"]);
    assert.ok(times[0]! >= 0.025 && times[1]! >= times[0]!, String(times));
  });

  it("shows a line that does not end, such as a prompt, after a while", async () => {
    const lines: string[] = [];
    const trace = new TrafficTrace((line) => lines.push(line), ["secret"]);
    trace.trace("received", Buffer.from("\r\n> "));
    await pause(120);
    assert.match(lines.join(""), /← > \n$/);
  });

  const POSITIONS: readonly (readonly [line: string, shown: string])[] = [
    ['AT+QMTCONN=0,"id","user","p,1"\r', 'AT+QMTCONN=0,"id","user","***"\\r'],
    ['AT+QMTCONN=0,"id"\r', 'AT+QMTCONN=0,"id"\\r'],
    ['AT+QMTCONN=0,"id","user",""\r', 'AT+QMTCONN=0,"id","user",""\\r'],
    ['AT+MQTTCONN=2,"id","user","x"\r', 'AT+MQTTCONN=2,"id","user","***"\\r'],
    ['AT+MQTTCFG="host",1883,"id",60,"user","x",1\r', 'AT+MQTTCFG="host",1883,"id",60,"user","***",1\\r'],
    ['AT+MQTTCFG="will",0,1,1,0,"meter/1/gone","1"\r', 'AT+MQTTCFG="will",0,1,1,0,"meter/1/gone","1"\\r'],
    ['AT+QMTCFG="aliauth",0,"product","device","x"\r', 'AT+QMTCFG="aliauth",0,"product","device","***"\\r'],
    ['AT+QMTTENAUTH="product","device","id","x"\r', 'AT+QMTTENAUTH="product","device","id","***"\\r'],
    ['AT+QMTENAUTH="product","device","id","x",30\r', 'AT+QMTENAUTH="product","device","id","***",30\\r'],
  ];
  for (const [line, expected] of POSITIONS)
    it(`knows where ${expected.replace(/=.*/, "")} carries a secret, though nobody has named it: ${expected}`, () => {
      assert.deepEqual(shown([], ["sent", line]), [`→ ${expected}`]);
    });

  const ANSWERS: readonly (readonly [line: string, shown: string])[] = [
    ["+QMTTENAUTH: 0,abcdef0123\r\n", "+QMTTENAUTH: 0,***\\r\\n"],
    ["+QMTTENAUTH: 6\r\n", "+QMTTENAUTH: 6\\r\\n"],
    ["+QMTTENAUTH: abcdef0123\r\n", "+QMTTENAUTH: ***\\r\\n"],
    ['+QMTCFG: "aliauth",product,device,x\r\n', '+QMTCFG: "aliauth",product,device,***\\r\\n'],
    ['+MQTTCFG: "host",1883,"id",60,"user","x",1,0\r\n', '+MQTTCFG: "host",1883,"id",60,"user","***",1,0\\r\\n'],
    ['AT+QMTCONN=0,"id","user","x"\r\r\n', 'AT+QMTCONN=0,"id","user","***"\\r\\r\\n'],
  ];
  for (const [line, expected] of ANSWERS)
    it(`masks what the modem repeats: ${expected}`, () => {
      assert.deepEqual(shown([], ["received", line]), [`← ${expected}`]);
    });

  it("masks a secret that comes in pieces, wherever it is cut, however long the pause, named or not", async () => {
    const carrier = 'AT+QMTCONN=0,"id","user","pa55wörd"\r';
    for (const [line, secrets] of [[carrier, ["pa55wörd"]], ["user=pa55wörd\r", ["pa55wörd"]], [carrier, []]] as const) {
      const bytes = Buffer.from(line);
      await Promise.all(Array.from({ length: bytes.length - 1 }, async (_, index) => {
        const lines: string[] = [];
        const trace = new TrafficTrace((text) => lines.push(text), secrets);
        trace.trace("sent", bytes.subarray(0, index + 1));
        trace.trace("received", Buffer.from("+QMTSTAT: 0,1\r\n"));
        await pause(70);
        trace.trace("sent", bytes.subarray(index + 1));
        trace.flush();
        const all = lines.map((text) => text.slice(11)).join("");
        assert.doesNotMatch(all, /pa5|5wö|w.?rd/u, `cut after ${index + 1}: ${all}`);
        assert.match(all, /\*\*\*/);
      }));
    }
  });

  it("shows a secret's first letters when they are something else's", async () => {
    assert.deepEqual(shown(["secret"], ["sent", "se", "ven\r"]), ["→ seven\\r"]);
    assert.deepEqual(shown(["secret"], ["sent", "sec"]), ["→ ***"]);
  });

  it("masks a short secret in quotes alone, and leaves payloads, wills and their hexadecimal digits as they are", () => {
    assert.deepEqual(shown(["31"], ["sent", 'AT+MQTTPUB="t",1,0,0,2,"3131"\r', 'AT+MQTTOPEN=1,1,1,0,1,"gone","31"\r', "at 31\r"]),
      ['→ AT+MQTTPUB="t",1,0,0,2,"3131"\\r', '→ AT+MQTTOPEN=1,1,1,0,1,"gone","***"\\r', "→ at 31\\r"]);
  });
});
