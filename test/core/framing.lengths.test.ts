import { equal, sameLines } from "./support/check";
import { m531x, ml302, nm28, type Family } from "./support/answering";
import { bytesOf, visible } from "./support/exchange";
import { inbox, stillWorks, type Inbox } from "./support/inbox";
import { positions } from "./support/positions";

/** What the modem says, then what must have been received once it has been silent. */
type Case = [name: string, says: string, ...received: string[]];

const CASES: [family: Family, cases: Case[]][] = [
  [m531x, [
    ["a bare topic with a comma", "+MQTTPUBLISH:0,0,0,0,a,b,5,hello\\r\\n", "a,b: hello"],
    ["a bare topic with a number in it", "+MQTTPUBLISH:0,0,0,0,a,5,5,hello\\r\\n", "a,5: hello"],
    ["a bare topic with many numbers in it", "+MQTTPUBLISH:0,0,0,0,1,2,3,4,5,hello\\r\\n", "1,2,3,4: hello"],
    ["a bare topic that begins with a number", "+MQTTPUBLISH:0,0,0,0,5,5,hello\\r\\n", "5: hello"],
    ["a bare topic with a blank in it, and blanks after commas", "+MQTTPUBLISH: 0, 0, 0, 0, a b, 5,hello\\r\\n", "a b: hello"],
    ["a quoted topic with commas and numbers in it", '+MQTTPUBLISH:0,0,0,0,"a,5,b",5,hello\\r\\n', "a,5,b: hello"],
    ["a topic with quotes in the middle", '+MQTTPUBLISH:0,0,0,0,a"b,5,hello\\r\\n', 'a"b: hello'],
    ["the payload on the next line, as ancestor firmware does", '\\r\\n+MQTTPUBLISH: 0,0,0,0,"t",5\\r\\nhello\\r\\n', "t: hello"],
    ["the payload on the next line, after a bare topic", "+MQTTPUBLISH:0,0,0,0,t,5\\r\\nhello\\r\\n", "t: hello"],
    ["the payload on the next line, with an OK in it", '+MQTTPUBLISH:0,0,0,0,"t",7\\r\\na\\r\\nOK\\r\\n\\r\\n', "suspect t: a\\r\\nOK\\r\\n"],
    ["an empty payload on the next line", '+MQTTPUBLISH:0,0,0,0,"t",0\\r\\n\\r\\n+MQTTPUBLISH:0,0,0,0,u,1,x\\r\\n', "suspect t:", "suspect u: x"],
    ["no end of line (guide revision 1.0), then a final", "+MQTTPUBLISH:0,0,0,0,t,5,helloOK\\r\\n", "suspect t: hello"],
    ["no end of line, then a report", "+MQTTPUBLISH:0,0,0,0,t,5,hello+MQTTPINGRSP:OK\\r\\n", "suspect t: hello"],
    ["no end of line, then the next message", "+MQTTPUBLISH:0,0,0,0,t,5,hello+MQTTPUBLISH:0,0,0,0,u,5,again", "suspect t: hello", "suspect u: again"],
    ["no end of line, then an error", "+MQTTPUBLISH:0,0,0,0,t,5,hello+CME ERROR: 3\\r\\n", "suspect t: hello"],
    ["a captured line", '+MQTTPUBLISH: 0,0,0,0,$creq/4fc1,14,{"abc": "efg"}\\r\\n', '$creq/4fc1: {"abc": "efg"}'],
    ["a length too long, then silence", "+MQTTPUBLISH:0,0,0,0,t,9,hello\\r\\n", "suspect t: hello"],
    ["a length too long, then a report", "+MQTTPUBLISH:0,0,0,0,t,40,hello\\r\\n+MQTTPINGRSP:OK\\r\\n", "suspect t: hello"],
    ["a length too short, then silence", "+MQTTPUBLISH:0,0,0,0,t,3,hello\\r\\n", "suspect t: hello"],
    ["a length too short, two lines", "+MQTTPUBLISH:0,0,0,0,t,3,hello\\r\\nworld\\r\\n\\r\\n+MQTTPINGRSP:OK\\r\\n", "suspect t: hello\\r\\nworld"],
    ["a length too short by one, and the payload begins with a blank", "+MQTTPUBLISH:0,0,0,0,t,4, hello\\r\\n", "suspect t:  hello"],
    ["no length at all", "+MQTTPUBLISH:0,0,0,0,t,hello\\r\\n+MQTTPINGRSP:OK\\r\\n", "suspect t: hello"],
    ["bytes lost inside the payload, then a message", "+MQTTPUBLISH:0,0,0,0,t,20,hello world\\r\\n+MQTTPUBLISH:0,0,0,0,u,5,again\\r\\n", "suspect t: hello world", "suspect u: again"],
    ["bytes lost with the end of the line", "+MQTTPUBLISH:0,0,0,0,t,20,hello", "suspect t: hello"],
    ["a length of 65537", "+MQTTPUBLISH:0,0,0,0,t,65537,hello\\r\\n+MQTTPINGRSP:OK\\r\\n", "suspect t: 65537,hello"],
    ["a length of thirty digits", `+MQTTPUBLISH:0,0,0,0,"t",${"9".repeat(30)},hello\\r\\n+MQTTPINGRSP:OK\\r\\n`, `suspect t: ${"9".repeat(30)},hello`],
    ["a negative length", '+MQTTPUBLISH:0,0,0,0,"t",-5,hello\\r\\n+MQTTPINGRSP:OK\\r\\n', "suspect t: -5,hello"],
    ["a length that the ring cannot hold, and that lies", "+MQTTPUBLISH:0,0,0,0,t,5000,hello\\r\\n", "suspect t: hello"],
    ["a bare topic with such a number in it", "+MQTTPUBLISH:0,0,0,0,t,60000,5,hello\\r\\n", "suspect t: 5,hello"],
    ["a header that ends in the topic", "+MQTTPUBLISH:0,0,0,0,t\\r\\n+MQTTPUBLISH:0,0,0,0,u,5,hello\\r\\n", "suspect u: hello"],
    ["a header that ends before the topic", "+MQTTPUBLISH:0,0,0\\r\\n+MQTTPUBLISH:0,0,0,0,u,5,hello\\r\\n", "u: hello"],
  ]],
  [ml302, [
    ["S3's first example, whose length is wrong (C-6)", '+MQTTPUBLISH: 0,0,0,0,"test",14,abc"xxxx"abc\\r\\n', 'suspect test: abc"xxxx"abc'],
    ["S3's second example, without a comma (C-5), whose length is wrong", '+MQTTPUBLISH: 0,1,0,1,"test" 14,abxxxxabc\\r\\n', "suspect test: abxxxxabc"],
    ["the same with the right length", '+MQTTPUBLISH: 0,1,0,1,"test" 9,abxxxxabc\\r\\n', "test: abxxxxabc"],
    ["several blanks in place of the comma", '+MQTTPUBLISH: 0,1,0,1,"test"   9,abxxxxabc\\r\\n', "test: abxxxxabc"],
    ["a wrong length, then a final", '+MQTTPUBLISH: 0,1,0,1,"test",14,abxxxxabc\\r\\n\\r\\n+MQTTPUBREL: 0,1\\r\\n', "suspect test: abxxxxabc"],
    ["a quoted topic with a quote in it", '+MQTTPUBLISH: 0,0,0,0,"a"b",5,hello\\r\\n', 'a"b: hello'],
    ["a bare topic", "+MQTTPUBLISH:0,1,0,1,pyr,3,abc\\r\\n", "pyr: abc"],
    ["a report whose name has a blank in it behind the message", '+MQTTPUBLISH: 0,2,0,1,"test",5,hello\\r\\n+MQTT PUBREL: 0,1\\r\\n', "test: hello"],
    ["a line-up of messages", '+MQTTPUBLISH: 0,0,0,0,"a",1,x\\r\\n+MQTTPUBLISH: 0,0,0,0,"b",2,xy\\r\\n\\r\\n+MQTTPUBLISH: 0,0,0,0,"c",0,\\r\\n', "a: x", "b: xy", "c:"],
  ]],
  [nm28, [
    ["S4's first example, with a blank before the payload", '+MQTTRECV:0, 1, TESTDOWN, 39, {"taskId":41,"payload":{"TESTINT1":10}}\\r\\n', 'TESTDOWN: {"taskId":41,"payload":{"TESTINT1":10}}'],
    ["the same as it goes on the wire", '+MQTTRECV:0,1,TESTDOWN,39,{"taskId":41,"payload":{"TESTINT1":10}}\\r\\n', 'TESTDOWN: {"taskId":41,"payload":{"TESTINT1":10}}'],
    ["S4's second example as printed (D-9)", '+MQTTRECV: 0,1, valve_onoff_cmd, 40, {"taskId":5, "payload":{"valve_onoff":1}}\\r\\n', 'suspect valve_onoff_cmd: {"taskId":5, "payload":{"valve_onoff":1}}'],
    ["a payload that begins with a blank of its own", "+MQTTRECV:0,1,t,6, hello\\r\\n", "t:  hello"],
    ["a payload on the next line, and a carriage return alone before it, which may be the topic's", "+MQTTRECV:0,1,t,5\\rhello\\r\\n", "suspect t: hello"],
    ["a blank, and no end of line", "+MQTTRECV:0,1,t,5, hello", "t: hello"],
    ["a blank, and a payload that ends in a line end of its own", "+MQTTRECV:0,1,t,7, hello\\r\\n\\r\\n", "t: hello\\r\\n"],
    ["a bare topic with a number in it", "+MQTTRECV:0,1,a,5,5,hello\\r\\n", "a,5: hello"],
    ["a quoted topic", '+MQTTRECV:0,1,"a,5",5,hello\\r\\n', "a,5: hello"],
    ["no length, which the modem can be told to leave out", "+MQTTRECV:0,1,cmd/dev-1,hello\\r\\n", "suspect cmd/dev-1: hello"],
    ["no length, and commas in the payload", "+MQTTRECV:0,1,cmd/dev-1,a,b,c\\r\\n", "suspect cmd/dev-1: a,b,c"],
    ["a client that is not there", "+MQTTRECV:4,1,t,5,hello\\r\\n+MQTTRECV:0,1,t,5,there\\r\\n", "t: there"],
    ["a client that cannot be", "+MQTTRECV:9,1,t,5,hello\\r\\n+MQTTRECV:x,1,t,5,hello\\r\\n+MQTTRECV:0,1,t,5,there\\r\\n", "t: there"],
  ]],
];

for (const [family, cases] of CASES) describe(`${family.name}: topics and lengths as firmware writes them`, () => {
  for (const [name, says, ...received] of cases) it(name, () => {
    const bytes = bytesOf(says);
    // Whole, byte by byte, and cut everywhere.
    for (const at of [0, ...positions(1, bytes.length + 1)]) {
      const box = inbox(family);
      if (at === 0) for (const byte of bytes) box.session.port.receive([byte]);
      else {
        box.session.port.receive(bytes.slice(0, at));
        box.session.port.receive(bytes.slice(at));
      }
      box.session.pass(200);
      sameLines(box.messages.map((message) => message.trimEnd()), received, `cut at ${at}`);
      stillWorks(box, family, `cut at ${at}`);
    }
  });
});

/** A message of `length` bytes, of which only the first `sent` come. */
function long(box: Inbox, family: Family, length: number, sent: number, end: string): number[] {
  const bytes = Array.from({ length: sent }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
  box.session.says(family.header("long", length));
  for (let at = 0; at < sent; at += 500) box.session.port.receive(bytes.slice(at, at + 500));
  box.session.says(end);
  return bytes;
}

for (const family of [m531x, ml302, nm28]) describe(`${family.name}: messages longer than the ring`, () => {
  for (const length of [2040, 2048, 4096, 65_536]) it(`${length} bytes, byte for byte`, () => {
    const box = inbox(family);
    const bytes = long(box, family, length, length, "\\r\\n");
    sameLines(box.messages, [`long: ${visible(bytes)}`]);
    stillWorks(box, family, "afterwards");
  });

  for (const [name, sent, end] of [["all but one byte", 3999, "\\r\\n"], ["the half of it", 2000, "\\r\\n"], ["the half of it and no end of line", 2000, ""], ["nothing", 0, ""]] as const)
    it(`of which ${name} comes`, () => {
      const box = inbox(family);
      const bytes = long(box, family, 4000, sent, end);
      box.session.pass(200);
      const got = visible(bytes);
      equal(box.messages.length, 1, "messages");
      equal(box.messages[0].replace("suspect ", ""), `long: ${got}`, "message");
      equal(box.messages[0].startsWith("suspect"), true, "marked");
      stillWorks(box, family, "afterwards");
    });

  it("of which some are lost while a command waits for its answer", () => {
    const box = inbox(family);
    box.session.subscribe("s", 1, { id: 1 });
    long(box, family, 4000, 3000, "");
    box.session.pass(200);
    box.modem.serve();
    box.session.mustTell("control 9 1", "done 1");
    stillWorks(box, family, "afterwards");
  });
});

describe("wrong lengths never put the channel out of step", () => {
  for (const family of [m531x, ml302, nm28]) it(family.name, () => {
    for (const payload of ["hello", "a,b,7,c", "", '{"x":1}', "12"]) for (const wrong of positions(-7, 61)) {
      const length = payload.length + wrong;
      if (length < 0) continue;
      const box = inbox(family);
      box.session.subscribe("s", 1, { id: 1 });
      box.session.says(`${family.header("t", length)}${payload}\\r\\n`);
      box.session.pass(200);
      box.modem.serve();
      box.session.mustTell("control 9 1", "done 1");
      equal(box.messages.length, 1, `messages with a length of ${length} for ${payload}`);
      stillWorks(box, family, `a length of ${length} for ${payload}`);
    }
  });

  // Where the length happens to end at a line's beginning, what is behind cannot be told from a message's end.
  for (const family of [m531x, ml302, nm28]) it(`${family.name}: an answer directly behind`, () => {
    for (let wrong = -5; wrong <= 40; wrong++) {
      const box = inbox(family);
      box.session.subscribe("s", 1, { id: 1 });
      const answers = family === m531x ? ["OK", "+MQTTSUBACK:1,1,s"] : family === ml302 ? ["+MQTTSUBACK:1,1,s", "OK"] : ["+MQTTSUB:0,1,0,1", "OK"];
      const behind = answers.map((answer) => `\\r\\n${answer}\\r\\n`).join("");
      const rest = bytesOf(`hello\\r\\n${behind}`);
      const next = visible(rest.slice(5 + wrong));
      const undecidable = wrong === 0 || /^(\\r\\n|\+MQTT|OK\\r|\\r)/.test(next) || next === "";
      box.session.says(`${family.header("t", 5 + wrong)}hello\\r\\n${behind}`);
      box.session.pass(200);
      if (!undecidable) {
        sameLines(box.messages, ["suspect t: hello"], `${wrong} too many, then ${next}`);
        // The answer may be a part of the message: it is not believed, and the channel is in step again once it has given up.
        for (let i = 0; i < 150; i++) {
          box.session.pass(500);
          box.modem.serve();
        }
        const told = box.session.events.splice(0);
        equal(told.filter((event) => /^(done|failed) 1/.test(event)).length, 1, `told ${told}`);
        stillWorks(box, family, `${wrong} too many`);
      }
    }
  });
});
