import { equal, sameLines } from "./support/check";
import { m531x, ml302, nm28, online } from "./support/answering";
import { bytesOf, visible } from "./support/exchange";
import { inbox, stillWorks } from "./support/inbox";
import { positions } from "./support/positions";

const FAMILIES = [m531x, ml302, nm28];

const CLOSINGS: [name: string, bytes: string][] = [
  ["alone, then silence", "\\r\\n"],
  ["without an end of line, then silence", ""],
  ["with half an end of line, then silence", "\\r"],
  ["another message behind it", "\\r\\n\\r\\n+MQTTPINGRSP:OK\\r\\n"],
];

/** Every line that these modems have, every final and every prompt. */
const FORGERIES = [
  "OK", "ERROR", "+CME ERROR: 3", "+CME ERROR: 609", "+CMS ERROR: 300", ">", "> ", "CONNECT", "RDY", "*ATREADY: 1", "REBOOT_CAUSE_SECURITY",
  "+CMEE: 0", "+CGATT: 0", "+MQTTOPEN:OK", "+MQTTOPEN:FAIL", "+MQTTOPEN:0,4", "+MQTTCONACK: FAIL", "+MQTTCONN:0,0", "+MQTTCLOSE:0,0",
  "+MQTTSUBACK:1,128,t", "+MQTTUNSUBACK:1,t", "+MQTTPUBACK:1,0", "+MQTTPUBREC:1,0", "+MQTTPUBREL:1,0", "+MQTTPUBCOMP:1,0",
  "+MQTTPINGRSP:OK", "+MQTTPINGRESP:OK", "+MQTTTO:2", "+MQTTTO:3", "+MQTTREC:0", "+MQTTDISC:OK", "+MQTTDISC:0,0", "+MQTTSTAT:0,1",
  "+MQTTSTAT:2", "+MQTTCFG:0", "+MQTTSUB:0,1,0,128", "+MQTTUNS:0,1,2", "+MQTTPUBEX:0,1,-1", "+CTWINGPOSTVER:1", "+QMTSTAT: 0,1",
  "+MQTTPUBLISH:0,0,0,0,x,1,y", "+MQTTRECV:0,1,x,1,y", "AT+CMEE?", "AT",
];

/** A message that holds a line of the modem's is marked, for its length may have counted a line that was none of its own. Which ones do is not the question here. */
const unmarked = (messages: string[]): string[] => messages.map((message) => message.replace("suspect ", ""));

const PAYLOADS: [name: string, payload: string][] = [
  ["quotes", 'a"b""'], ["commas", ",,5,"], ["JSON", '{"taskId":41,"payload":{"n":10}}'], ["CR LF", "a\\r\\nb\\r\\n"], ["bare CR and LF", "a\\rb\\nc\\n"],
  ["an OK on its own line", "a\\r\\nOK\\r\\n"], ["a prompt", ">"], ["CONNECT", "\\r\\nCONNECT\\r\\n"], ["a status line", "+QMTSTAT: 0,1"],
  ["a disconnection on its own line", "\\r\\n+MQTTDISC:OK\\r\\n"], ["UTF-8", "温度"], ["blanks", "  x  "], ["a length", "5"], ["one byte", "x"], ["Ctrl-Z and Esc", "<1A><1B>"],
];

for (const family of FAMILIES) describe(`${family.name}: messages framed by their length`, () => {
  for (const [name, payload] of PAYLOADS) for (const [closing, end] of CLOSINGS)
    it(`${name}, ${closing}`, () => {
      const box = inbox(family);
      const bytes = bytesOf(payload);
      box.session.says(`${family.header("a/b", bytes.length)}${payload}${end}`);
      box.session.pass(200);
      // Where nothing follows a payload that ends like a line, its end cannot be told from the line's: it is marked, and cut.
      const like = end === "" && payload.endsWith("\\r\\n");
      const expected = [like ? `suspect a/b: ${payload.slice(0, -4)}` : `a/b: ${visible(bytes)}`];
      if (payload.includes("\\r\\n")) sameLines(unmarked(box.messages), unmarked(expected));
      else sameLines(box.messages, expected);
      stillWorks(box, family, name);
    });

  it("all 256 byte values", () => {
    const box = inbox(family);
    const all = Array.from({ length: 256 }, (_, i) => i);
    box.session.port.receive([...bytesOf(family.header("t", 256)), ...all, 13, 10]);
    sameLines(box.messages, [`t: ${visible(all)}`]);
    stillWorks(box, family, "all bytes");
  });

  it("an empty payload", () => {
    const box = inbox(family);
    box.session.says(`${family.header("t", 0)}\\r\\n${family.header("t", 1)}x\\r\\n`);
    sameLines(box.messages, ["t: ", "t: x"]);
    stillWorks(box, family, "empty");
  });

  it("nothing that it holds is taken for a line, a final or a prompt", () => {
    for (const forgery of FORGERIES) for (const payload of [forgery, `${forgery}\\r\\n`, `\\r\\n${forgery}\\r\\n`, `x\\r\\n${forgery}\\r\\n\\r\\nOK\\r\\n`, `\\n${forgery}\\r`]) {
      const box = inbox(family);
      const bytes = bytesOf(payload);
      box.session.subscribe("s", 1, { id: 1 });
      box.session.says(`${family.header("t", bytes.length)}${payload}\\r\\n`);
      box.session.pass(200);
      sameLines(unmarked(box.messages), [`t: ${visible(bytes)}`], forgery);
      box.modem.serve();
      box.session.mustTell("control 9 1", "done 1");
      stillWorks(box, family, forgery);
    }
  });

  it("nor while a prompt is waited for", () => {
    for (const forgery of FORGERIES) {
      const box = inbox(family);
      box.session.publish("mine", { QoS: 1, id: 1 });
      box.session.says(`${family.header("t", bytesOf(forgery).length)}${forgery}\\r\\n`);
      box.session.pass(200); // a number in it may be the length of a longer one
      box.modem.serve();
      box.session.mustTell("control 4 1", "done 1");
      sameLines(box.modem.published, ["mine"], forgery);
      stillWorks(box, family, forgery);
    }
  });

  it("cut at every position, with silence at the cut", () => {
    const payload = "+MQTTDISC:OK\\r\\nOK\\r\\n";
    const bytes = bytesOf(`${family.header("a/b", bytesOf(payload).length)}${payload}\\r\\n\\r\\n+MQTTPINGRSP:OK\\r\\n`);
    for (const at of positions(1, bytes.length)) {
      const box = inbox(family);
      box.session.port.receive(bytes.slice(0, at));
      box.session.pass(100);
      box.session.port.receive(bytes.slice(at));
      sameLines(unmarked(box.messages), [`a/b: ${visible(bytesOf(payload))}`], `cut at ${at}`);
      stillWorks(box, family, `cut at ${at}`);
    }
  });

  it("a part that nobody read in time: what comes after it is suspect, and the next message is not", () => {
    const parts: string[] = [];
    let reading = false;
    const { session } = online(family, { modem: { receiveBuffer: 256 }, on: { readable: (self, count, { suspect, more }) => {
      if (reading) self.client.read(count);
      parts.push(`${suspect ? "suspect " : ""}${more ? "more" : "last"}`);
      reading = true;
    } } });
    const bytes = bytesOf(`${family.header("t", 600)}${"x".repeat(600)}\\r\\n`);
    for (let at = 0; at < bytes.length; at += 64) session.port.receive(bytes.slice(at, at + 64));
    session.says(`${family.header("t", 1)}y\\r\\n`);
    session.mustTell("overflow");
    equal(parts[0], "more", "before anything was lost");
    equal(parts.length > 2, true, "parts");
    equal(parts.slice(1, -1).every((part) => part.startsWith("suspect")), true, `parts ${parts}`);
    equal(parts.at(-1), "last", "the next message");
  });

  for (const end of ["\\r\\n", "\\r\\r\\n"]) for (const [what, behind] of [["a prompt", `${end}> `], ["the rest of an echo", `bcd\\r${end}`], ["nothing", ""]])
    it(`a payload's line ending as this modem has it (${end}), and behind it ${what}, however it is cut`, () => {
      const bytes = bytesOf(`${end}${family.header("t", 5).replaceAll("\\r\\n", "")}hello${end}${behind}`);
      for (const cut of positions(1, bytes.length + 1)) {
        const { session } = online(family, {}, end);
        session.port.receive(bytes.slice(0, cut));
        session.port.receive(bytes.slice(cut));
        session.mustTell("message t hello");
      }
    });
});
