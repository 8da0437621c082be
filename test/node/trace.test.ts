import assert from "node:assert/strict";
import { TrafficTrace, visible, type Direction } from "modem-mqtt/node";

/** What is shown of the traffic, without the times. */
function shown(secrets: readonly string[], ...traffic: readonly (readonly [direction: Direction, ...pieces: (string | Uint8Array)[]])[]): string[] {
  const lines: string[] = [];
  const trace = new TrafficTrace((line) => lines.push(line), secrets);
  for (const [direction, ...pieces] of traffic) for (const piece of pieces) trace.trace(direction, Buffer.from(piece));
  trace.flush();
  return lines.map((line) => /^ +\d+\.\d{3} (.*)\n$/.exec(line)![1]);
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
    assert.ok(times[0] >= 0.025 && times[1] >= times[0], String(times));
  });

  it("shows a line that does not end, such as a prompt, after a while", async () => {
    const lines: string[] = [];
    const trace = new TrafficTrace((line) => lines.push(line), ["secret"]);
    trace.trace("received", Buffer.from("\r\n> "));
    await pause(120);
    assert.match(lines.join(""), /← > \n$/);
  });

  it("a secret that begins with another one was masked up to that one's end", () => {
    for (const secrets of [["abcdef", "abcdefghij"], ["abcdefghij", "abcdef"]]) assert.deepEqual(shown(secrets, ["sent", "x abcdefghij\r"]), ["→ x ***\\r"]);
  });

  it("a secret's forms in JSON and in a URL were shown", () => {
    assert.deepEqual(shown(['p@ss"wörd'], ["sent", '{"pw":"p@ss\\"wörd"}\r'], ["sent", "GET /?pw=p%40ss%22w%C3%B6rd\r"]), ['→ {"pw":"***"}\\r', "→ GET /?pw=***\\r"]);
  });

  it("the rest of a secret behind a carriage return in its echo was shown", () => {
    for (let at = 2; at < 9; at++)
      assert.deepEqual(shown([], ["sent", 'AT+QMTCONN=0,"id","u","hunter2pw"\r'], ["received", `AT+QMTCONN=0,"id","u","${"hunter2pw".slice(0, at)}\r${"hunter2pw".slice(at)}"\r\r\n`]).join("").match(/hun|er2|2pw/), null, String(at));
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
    ['at+qmtconn = 0 , "id" , "user" , "x"\r', 'at+qmtconn = 0 , "id" , "user" , "***"\\r'],
    ['AT+QMTCFG = "aliauth" , 0, "product","device", "x"\r', 'AT+QMTCFG = "aliauth" , 0, "product","device", "***"\\r'],
    ['AT+MQTTCFG = "host", 1883, "id", 60, "user", "x", 1\r', 'AT+MQTTCFG = "host", 1883, "id", 60, "user", "***", 1\\r'],
    ['AT+CPIN="1234"\r', 'AT+CPIN="***"\\r'],
    ["AT+CPIN=1234\r", "AT+CPIN=***\\r"],
    ['AT+CPIN="12345678","1234"\r', 'AT+CPIN="***","***"\\r'],
    ['AT+NPIN=0,"1234"\r', 'AT+NPIN=0,"***"\\r'],
    ['AT+NPIN=1,"1234","5678"\r', 'AT+NPIN=1,"***","***"\\r'],
    ['AT+CLCK="SC",1,"1234"\r', 'AT+CLCK="SC",1,"***"\\r'],
    ['AT+CPWD="SC","1234","5678"\r', 'AT+CPWD="SC","***","***"\\r'],
    ['AT+CGAUTH=1,1,"user","x"\r', 'AT+CGAUTH=1,1,"user","***"\\r'],
    ['AT*CGDEFCONT="IP","apn","user","x"\r', 'AT*CGDEFCONT="IP","apn","user","***"\\r'],
    ['AT+CSTT="apn","user","x"\r', 'AT+CSTT="apn","user","***"\\r'],
    ["AT+CPIN?\r", "AT+CPIN?\\r"],
    ["AT+CPIN=?\r", "AT+CPIN=?\\r"],
    ['\x1bAT+CFUN?;+QMTCONN=0,"id","user","x"\r', '<1B>AT+CFUN?;+QMTCONN=0,"id","user","***"\\r'],
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
    ["+CPIN: SIM PIN\r\n", "+CPIN: SIM PIN\\r\\n"],
    ['AT+CPIN="1234"\r\r\n', 'AT+CPIN="***"\\r\\r\\n'],
    ['+CGAUTH: 1,1,"user","x"\r\n', '+CGAUTH: 1,1,"user","***"\\r\\n'],
    ['*CGDEFCONT: "IP","apn","user","x"\r\n', '*CGDEFCONT: "IP","apn","user","***"\\r\\n'],
    ['AT+QMTCONN=0,"id","user","x"\r\r\n', 'AT+QMTCONN=0,"id","user","***"\\r\\r\\n'],
  ];
  for (const [line, expected] of ANSWERS)
    it(`masks what the modem repeats: ${expected}`, () => {
      assert.deepEqual(shown([], ["received", line]), [`← ${expected}`]);
    });

  it("a PIN is told by no number that has the same digits in it", () => {
    assert.deepEqual(shown([], ["sent", 'AT+CPIN="1234"\r'], ["received", "490154201234511\r\n"], ["received", '+X: "1234"\r\n']).slice(1), ["← 490154201234511\\r\\n", "← +X: ***\\r\\n"]);
  });

  it("the rest of a PIN behind a report in its echo was shown", () => {
    for (let at = 1; at < 6; at++) {
      const all = shown([], ["sent", 'AT+NPIN=0,"8642"\r'], ["received", `AT+NPIN=0,${'"8642"'.slice(0, at)}\r\n+CSCON:1\r\n${'"8642"'.slice(at)}\r\r\n`]).join(" ");
      assert.doesNotMatch(all, /86|64|42/, all);
    }
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

  const PASSWORD = 'pa55\\w0rd+/é';
  /** How a password goes over the wire, by family. */
  const CARRYING: Readonly<Record<string, (password: string) => string>> = {
    bc35g: (password) => `AT+QMTCONN=0,"id","user","${password}"\r`,
    m531x: (password) => `AT+MQTTCFG="host",1883,"id",60,"user","${password}",1\r`,
    ml302: (password) => `AT+MQTTCFG="goodwill",1883,"id",60,"user","${password}",1\r`,
    nm28: (password) => `AT+MQTTCONN=0,"id","user","${password}"\r`,
  };
  const REPORTS = ["\r\n+QMTSTAT: 0,1\r\n", "\r\n+MQTTRECV:0,1,\"t\",2,on\r\n", "+QMTSTAT: 0,1\r\n", "\r\nOK\r\n"];
  /** The longest piece of the password's bytes that stands in a text, in UTF-8. */
  const longestPiece = (text: string, password: string): string => {
    for (let length = password.length; length > 0; length--)
      for (let at = 0; at + length <= password.length; at++) if (text.includes(password.slice(at, at + length))) return password.slice(at, at + length);
    return "";
  };

  for (const [family, carrying] of Object.entries(CARRYING)) for (const named of [true, false])
    it(`${family}: a password that is echoed with a report in the middle of it was shown${named ? "" : ", where nobody had named it"}`, () => {
      const command = carrying(PASSWORD);
      const begin = Buffer.byteLength(command.slice(0, command.indexOf(PASSWORD))), bytes = Buffer.from(command), size = Buffer.byteLength(PASSWORD);
      for (let at = 0; at <= bytes.length; at++) for (const report of REPORTS) for (const further of [0, 2, 3]) {
        const echo = [bytes.subarray(0, at), report, bytes.subarray(at, at + further), ...(further > 0 ? [report] : []), bytes.subarray(at + further), "\r\n"];
        for (const pieces of [echo, [Buffer.concat(echo.map((piece) => Buffer.from(piece)))], [...Buffer.concat(echo.map((piece) => Buffer.from(piece)))].map((byte) => Uint8Array.of(byte))]) {
          const text = shown(named ? [PASSWORD] : [], ["sent", command], ["received", ...pieces]).join("\n");
          const piece = longestPiece(text, PASSWORD);
          // A letter by itself is everywhere.
          assert.ok(piece.length < 3, `cut at ${at} of ${begin}–${begin + size}, ${JSON.stringify(report)}: ${piece} in\n${text}`);
        }
      }
    });

  it("a password is masked where the host has the name of a setting, or one that ends so", () => {
    for (const host of ["will", "goodwill", "will.example", "broker.will", "a,will", "ssl", "version", "my session"])
      for (const begin of ["AT+MQTTCFG=", "+MQTTCFG: ", "> AT+MQTTCFG="])
        assert.deepEqual(shown([], ["sent", `${begin}"${host}",1883,"id",60,"user","s3cr3t",1\r`]), [`→ ${begin}"${host}",1883,"id",60,"user","***",1\\r`]);
  });

  it("a password is masked behind noise, and behind another command in the line, however the line comes", async () => {
    for (const line of ['\x1bAT+QMTCONN=0,"id","u","s3cr3t"\r', 'AT+CMEE=1;+QMTCONN=0,"id","u","s3cr3t"\r', '> at+mqttcfg="h",1883,"id",60,"u","s3cr3t",1\r'])
      await Promise.all(Array.from({ length: line.length }, async (_, at) => {
        const lines: string[] = [];
        const trace = new TrafficTrace((text) => lines.push(text));
        trace.trace("sent", Buffer.from(line.slice(0, at)));
        await pause(70);
        trace.trace("sent", Buffer.from(line.slice(at)));
        trace.flush();
        const all = lines.map((text) => text.slice(11)).join("");
        assert.doesNotMatch(all, /s3c|cr3|3t/, `cut at ${at}: ${all}`);
      }));
  });

  it("a backslash before a quote does not move the fields, whichever way the modem reads it", () => {
    for (const [line, secret] of [['AT+QMTCONN=0,"id\\","user","s3cr3t"\r', "s3cr3t"], ['AT+MQTTCFG="h",1883,"i\\"d",60,"user","s3cr3t",1\r', "s3cr3t"]] as const)
      assert.ok(!shown([], ["sent", line]).join().includes(secret), line);
  });

  it("a password was shown in hexadecimal and in Base64, wherever in the encoded text", () => {
    const secret = "s3cr3t-Pa55";
    for (const before of ["", "a", "ab", "abc"]) for (const encoding of ["hex", "base64"] as const) for (const direction of ["sent", "received"] as const) {
      const text = Buffer.from(`${before}${secret}xyz`).toString(encoding);
      for (const line of encoding === "hex" ? [text, text.toUpperCase()] : [text]) {
        const [all] = shown([secret], [direction, `AT+MQTTPUB="t",1,0,0,9,"${line}"\r\n`]);
        const left = longestPiece(all, line.slice(before.length * 2, -6));
        assert.match(all, /\*\*\*/, `${encoding} behind ${before}`);
        assert.ok(left.length < 5, `${left} in ${all}`);
      }
    }
  });

  it("what only looks like the beginning of a password leaves the lines as they are", () => {
    assert.deepEqual(shown(["OK computer"], ["received", "\r\nOK\r\n", "\r\n+CSQ: 20,99\r\n", "\r\nOK\r\n"]), ["← OK\\r\\n", "← +CSQ: 20,99\\r\\n", "← OK\\r\\n"]);
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
