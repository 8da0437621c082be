import { Match } from "../../src/at/framing/subscribed";
import { Ring } from "../../src/bytes/ring";
import { ResponseCache } from "../../src/at/commands/response-cache";
import { Writer } from "../../src/at/commands/writer";
import { LINE } from "../../src/at/framing/line";
import { Follow } from "../../src/at/responses/name-tree";
import { responseTable } from "../../src/at/responses/response-table";
import { Decoder } from "../../src/at/decoder/decoder";
import type { DecoderListener } from "../../src/at/decoder/listener";
import { portableBytes } from "../../src/platform";
import { equal, sameLines } from "./support/check";
import { bytesOf, visible } from "./support/exchange";

const TABLE = responseTable([
  { id: 16, text: "+STAT", follow: Follow.Fields },
  { id: 17, text: "+STATUS", follow: Follow.Fields },
  { id: 18, text: "+MSG", follow: Follow.Fields, framing: LINE, topic: 1 },
  { id: 19, text: "BOOT_", follow: Follow.Anything },
]);

/** Notes what the decoder finds, as text. */
class Recorder implements DecoderListener {
  readonly notes: string[] = [];
  readonly ring: Ring;
  readonly decoder: Decoder;
  #message = "";

  constructor(size = 256, start = 0) {
    this.ring = new Ring(size, portableBytes);
    this.ring.head = this.ring.tail = start | 0;
    this.decoder = new Decoder(this.ring, TABLE, new ResponseCache(new Writer(256, portableBytes)), this);
  }

  #text(start: number, end: number): string {
    const bytes = new Uint8Array((end - start) | 0);
    this.ring.copy(start, bytes, 0, bytes.length);
    return visible([...bytes]);
  }

  onExpected(): void {}
  onAllExpected(): boolean { return false; }
  onResponse(line: { text: string }): void {
    const { fields } = this.decoder;
    const shown: string[] = [];
    for (let i = 0; i < Math.min(fields.count, 12); i++) shown.push(`${"E#B'"[fields.kind(i)]}${fields.string(i)}${fields.int(i, -9) === -9 ? "" : `=${fields.int(i)}`}`);
    this.notes.push([line.text, ...shown, ...(fields.count > 12 ? [`of ${fields.count}`] : [])].join(" "));
  }
  onText(start: number, end: number): void {
    this.notes.push(`text ${this.#text(start, end)}`);
  }
  onDoubtfulResponse(): void {}
  onDoubtfulText(): void {}
  onCertain(): void {}
  onPrompt(): void {
    this.notes.push("prompt");
  }
  onHeader(): void {}
  onMessage(): void {
    this.#message = `message ${this.decoder.message.fields.string(1)} `;
    this.onFragment();
  }
  onFragment(): void {
    const { available, more } = this.decoder.message;
    const bytes = new Uint8Array(available);
    equal(this.decoder.read(bytes, 0, available), available, "read");
    this.#message += visible([...bytes]);
    if (!more) this.notes.push(this.#message);
  }
  isSubscribed(): Match {
    return Match.None;
  }
  onOverflow(): void {
    this.notes.push("overflow");
  }

  feed(bytes: number[]): void {
    const port = {
      read: (target: Uint8Array, offset: number, length: number) => {
        const part = bytes.splice(0, length);
        target.set(part, offset);
        return part.length;
      },
      write: () => 0,
      close() {},
    };
    for (let more = true; more;) {
      more = this.ring.fill(port);
      this.decoder.scan();
    }
  }
}

const CASES: [says: string, notes: string[], prompt?: boolean][] = [
  ["\\r\\nOK\\r\\n", ["OK"]],
  ["OK\\nOK\\rOK \\r\\r\\n\\nOK\\0\\r\\n", ["OK", "OK", "OK", "text OK<00>"]],
  ["OKAY\\r\\nO\\r\\nOK:\\r\\nok\\r\\n", ["text OKAY", "text O", "text OK:", "text ok"]],
  ["+STAT: 1\\r\\n", ["+STAT #1=1"]],
  ["+STAT:1,-2,\"a,b\",x y ,,\"\"\\r\\n", ["+STAT #1=1 #-2=-2 'a,b Bx y E '"]],
  ["+STAT:\\r\\n+STAT: \\r\\n+STAT:,\\r\\n", ["+STAT", "+STAT", "+STAT E E"]],
  ["+STAT: 1 , 2 ,\"a\" , b\\r\\n", ["+STAT #1 =1 #2 =2 'a Bb"]],
  ["+STAT: 1a,--1,-,1-,999999999,1234567890\\r\\n", ["+STAT B1a B--1 B- B1- #999999999=999999999 B1234567890"]],
  ["+STAT: \"a\"b\",\"\"\",\"open\\r\\n", ["+STAT 'a\"b '\" Bopen"]],
  ["+STATUS: 1\\r\\n+STATUES: 1\\r\\n+STA: 1\\r\\n+STAT 1\\r\\n", ["+STATUS #1=1", "text +STATUES: 1", "text +STA: 1", "text +STAT 1"]],
  ["+S TAT : 1\\r\\n+CME ERROR: 50\\r\\n+CME ERROR\\r\\n", ["+STAT #1=1", "+CMEERROR #50=50", "+CMEERROR"]],
  [`+STAT: ${Array.from({ length: 20 }, (_, i) => i).join()}\\r\\n`, [`+STAT ${Array.from({ length: 12 }, (_, i) => `#${i}=${i}`).join(" ")} of 20`]],
  ["BOOT_OK\\r\\nOK\\r\\nBOOT\\r\\n", ["BOOT_", "OK", "text BOOT"]],
  ["> OK\\r\\n", ["text > OK"]],
  ["> OK\\r\\n> \\r\\n", ["prompt", "OK", "text > "], true],
  ["x> \\r\\n>", ["text x> ", "prompt"], true],
  ["+MSG: 0,\"t\",pay,\"load\"\\r\\nOK\\r\\n", ["message t pay,\"load\"", "OK"]],
  ["+MSG: 0,\"t\",\\r\\n+MSG: 0,t,\\r\\n+MSG: 0,t\\r\\nOK\\r\\n", ["message t ", "message t ", "overflow"]],
  ["+MSG: 0, \"t\",  x\\r\\n+MSG: 0,\"t\", x\\r\\n", ["message t  x", "message t  x"]],
  ["\\0\\0+MSG: 0,\"t\",a\\nb\\rc\\r\\n", ["message t a\\nb\\rc"]],
];

describe("Decoder", () => {
  for (const [says, notes, prompt] of CASES)
    it(says.slice(0, 60), () => {
      const bytes = bytesOf(says);
      for (let cut = 0; cut <= bytes.length; cut++) {
        const recorder = new Recorder(256, 0x7fffffff - 10);
        recorder.decoder.promptExpected = prompt === true;
        recorder.feed(bytes.slice(0, cut));
        recorder.feed(bytes.slice(cut));
        sameLines(recorder.notes, notes, `cut at ${cut}`);
      }
      const recorder = new Recorder(256, -3);
      recorder.decoder.promptExpected = prompt === true;
      for (const byte of bytes) recorder.feed([byte]);
      sameLines(recorder.notes, notes, "byte by byte");
    });

  it("reads a text behind a negative number once, though the minus sign came by itself", () => {
    const recorder = new Recorder();
    recorder.feed(bytesOf("+STAT: -"));
    recorder.feed(bytesOf("2,x,3\\r\\n"));
    sameLines(recorder.notes, ["+STAT #-2=-2 Bx #3=3"], "the fields");
  });

  it("learns from finals how lines end, and only while it is told to", () => {
    for (const end of ["\\n", "\\r\\n", "\\r\\r\\n"]) {
      const recorder = new Recorder();
      recorder.decoder.learning = true;
      recorder.feed(bytesOf(`${end}OK${end}`));
      recorder.feed(bytesOf(`${end}+STAT: 1${end}`));
      recorder.decoder.learning = false;
      recorder.feed(bytesOf("OK\\n"));
      recorder.feed(bytesOf(`${end}+MSG: 0,t,x${end}OK${end}`));
      sameLines(recorder.notes, ["OK", "+STAT #1=1", "OK", "message t x", "OK"], end);
    }
  });

  it("learns from the first line end alone where several finals come in one piece, as late ones do", () => {
    for (const end of ["\\n", "\\r\\n", "\\r\\r\\n"]) {
      const recorder = new Recorder();
      recorder.decoder.learning = true;
      recorder.feed(bytesOf(`${end}OK${end}${end}OK${end}${end}+STAT: 1${end}`));
      recorder.decoder.learning = false;
      recorder.feed(bytesOf(`${end}+MSG: 0,t,x${end}`));
      sameLines(recorder.notes, ["OK", "OK", "+STAT #1=1", "message t x"], end);
    }
  });

  it("a line of exactly the ring's size, one less, one more", () => {
    for (const [length, notes] of [[62, ["text"]], [63, ["text"]], [64, ["overflow"]], [65, ["overflow"]], [640, ["overflow"]]] as [number, string[]][])
      for (const start of [0, 33, 0x7fffffff - 5]) {
        const recorder = new Recorder(64, start);
        recorder.feed(bytesOf(`\\r\\n${"x".repeat(length)}\\r\\nOK\\r\\n`));
        sameLines(recorder.notes.map((note) => note.split(" ")[0]), [...notes, "OK"], `${length} from ${start}`);
      }
  });

  it("the tail of a line that was dropped is not a line", () => {
    for (let pad = 0; pad < 64; pad++) {
      const recorder = new Recorder(64);
      recorder.decoder.promptExpected = true;
      recorder.feed(bytesOf(`${"x".repeat(64 + pad)}OK+STAT: 1>OK\\rOK\\r\\n`));
      sameLines(recorder.notes, ["overflow", "OK"], `pad ${pad}`);
    }
  });

  it("takes one pair of quotes away where it is told to, from a message that the ring holds whole", () => {
    for (const length of [0, 1, 30]) {
      const recorder = new Recorder(64);
      recorder.decoder.message.stripQuotes = true;
      recorder.feed(bytesOf(`+MSG: 0,t,"${"x".repeat(length)}"\\r\\n+MSG: 0,t,"\\r\\n+MSG: 0,t,a"\\r\\n`));
      sameLines(recorder.notes, [`message t ${"x".repeat(length)}`, 'message t "', 'message t a"'], `length ${length}`);
    }
  });

  it("reset forgets a line, a message, a prompt and an echo", () => {
    for (const half of ["+STA", "+STAT: 1,", "text", '+MSG: 0,"t",half', "OK", `${"x".repeat(70)}`]) {
      const recorder = new Recorder(64);
      recorder.decoder.promptExpected = true;
      recorder.decoder.expectEcho(new Uint8Array([1, 2, 3]), 0, 3);
      recorder.feed(bytesOf(half));
      recorder.decoder.reset();
      recorder.notes.length = 0;
      recorder.feed(bytesOf(">\\r\\nOK\\r\\n"));
      sameLines(recorder.notes, ["text >", "OK"], half);
    }
  });
});
