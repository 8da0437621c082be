// What BC35-G and BC28 is asked: dialects.md, chapters 2, 12 and 14.
import type { Question } from "../question";
import { colonQuestion } from "./common";
import { verbQuestions, type Verbs } from "./verbs";

/** @param verbs those of the family */
export const bc35gQuestions = (verbs: Verbs): readonly Question[] => [
  colonQuestion("blanks"),
  ...verbQuestions(verbs),
  {
    id: "prompt",
    asks: "What does the prompt of a data phase look like?",
    fact: "dialects.md 2.4, 14 no. 1",
    scene: "loop",
    in: "message",
    tells: [
      ["spaced", /[\r\n]> /],
      ["unspaced", /[\r\n]>/],
      ["bare", />/],
    ],
    assumes: "spaced",
  },
  {
    id: "okBeforePrompt",
    asks: "Does OK come before the prompt?",
    fact: "dialects.md 14 no. 1",
    scene: "loop",
    in: "message",
    tells: [
      ["yes", /^[^>]*OK[^>]*>/],
      ["no", />/],
    ],
    assumes: "no",
  },
  {
    id: "recvName",
    asks: "How is the report of a message spelled?",
    fact: "dialects.md A-3",
    scene: "loop",
    in: "message",
    tells: [
      ["QMTRECV", /\+QMTRECV:/],
      ["QMTRCV", /\+QMTRCV:/],
    ],
    assumes: "QMTRECV",
  },
  {
    id: "recvSpace",
    asks: "Does a blank stand before topic and payload?",
    fact: "dialects.md 2.3",
    scene: "loop",
    in: "message",
    tells: [
      ["spaced", /\+QMTRE?CV: ?0,\d+, "/],
      ["none", /\+QMTRE?CV: ?0,\d+,"/],
    ],
    assumes: "none",
  },
  {
    id: "recvQuotes",
    asks: "Does a received payload stand in quotes?",
    fact: "dialects.md A-2, 14 no. 1",
    scene: "loop",
    in: "message",
    tells: [
      ["quoted", /", ?"a "b" c!"[\r\n]/],
      ["raw", /", ?a "b" c![\r\n]/],
    ],
    assumes: "raw",
    option: "payloadQuotes",
    advice: { quoted: 'payloadQuotes: "strip"' },
  },
  {
    id: "subValues",
    asks: "What is told of several topics in one subscribe?",
    fact: "dialects.md A-12",
    scene: "several topics",
    in: "several",
    tells: [
      ["list", /\+QMTSUB: ?0,2,0, ?\d+, ?\d/],
      ["one", /\+QMTSUB: ?0,2,0, ?\d+ *[\r\n]/],
    ],
    assumes: "one",
  },
  {
    id: "escapeAnswer",
    asks: "What answers ESC in a data phase without a length?",
    fact: "dialects.md 2.4, 14 no. 1",
    scene: "escape",
    in: "escape",
    tells: [
      ["ok", /OK/],
      ["error", /ERROR/],
      ["nothing", /^/],
    ],
    assumes: "ok",
  },
  {
    id: "emptyPublish",
    asks: "Is an empty message sent when Ctrl-Z follows the prompt at once?",
    fact: "dialects.md 2.4, 14 no. 1",
    scene: "empty message",
    in: "empty",
    tells: [
      ["sent", /\+QMTPUB: ?0,0,0/],
      ["error", /ERROR/],
    ],
    assumes: "sent",
  },
  {
    id: "discResult",
    asks: "Does +QMTDISC follow AT+QMTDISC?",
    fact: "dialects.md A-7, 14 no. 2",
    scene: "goodbye",
    in: "goodbye",
    tells: [
      ["present", /\+QMTDISC: ?0,/],
      ["absent", /OK/],
    ],
    assumes: "present",
  },
  {
    id: "discStat",
    asks: "Does +QMTSTAT: 0,5 follow AT+QMTDISC?",
    fact: "dialects.md 2.2.6, 14 no. 2",
    scene: "goodbye",
    in: "goodbye",
    tells: [
      ["present", /\+QMTSTAT: ?0,5/],
      ["absent", /OK/],
    ],
    assumes: "present",
  },
  {
    id: "windowFull",
    asks: "How is a sixth publish refused while five are not acknowledged?",
    fact: "dialects.md 2.2.9",
    scene: "window",
    in: "last",
    tells: [
      ["cme", /\+CME ERROR/],
      ["error", /ERROR/],
      ["it is not refused", />/],
    ],
    assumes: "cme",
  },
  {
    id: "retransmissionNotice",
    asks: "Is it reported that a publish is sent again?",
    fact: "dialects.md 2.3",
    scene: "no acknowledgement",
    in: "unacknowledged",
    tells: [
      ["present", /\+QMTPUB: ?0,11,1/],
      ["absent", /\+QMT(?:PUB: ?0,11,2|STAT)/],
    ],
    assumes: "present",
  },
  {
    id: "closeAfterStat",
    asks: "What answers AT+QMTCLOSE after +QMTSTAT?",
    fact: "dialects.md 16.1",
    scene: "no acknowledgement",
    in: "close",
    tells: [
      ["done", /\+QMTCLOSE: ?0,0/],
      ["failed", /\+QMTCLOSE: ?0,-1/],
      ["error", /ERROR/],
    ],
    assumes: "done",
  },
  {
    id: "refusedStat",
    asks: "Does +QMTSTAT: 0,1 follow a refused CONNECT?",
    fact: "dialects.md 2.2.5",
    scene: "refused connection",
    in: "refused",
    tells: [
      ["present", /\+QMTSTAT: ?0,\d/],
      ["absent", /\+QMTCONN: ?0,0,5/],
    ],
    assumes: "absent",
  },
  {
    id: "pubrelNotice",
    asks: "Is it reported that PUBREL is sent again?",
    fact: "dialects.md A-3, 2.3",
    scene: "PUBREL again",
    in: "pubrel",
    tells: [
      ["present", /\+QMTPUBREL:/],
      ["absent", /\+QMT(?:STAT|PUB)/],
    ],
    assumes: "present",
  },
  {
    id: "cfgQuotes",
    asks: "Do strings stand in quotes in the answers of AT+QMTCFG?",
    fact: "dialects.md 2.2.1",
    scene: "strings of settings",
    in: "will",
    tells: [
      ["quoted", /,"probe\/will"/],
      ["raw", /,probe\/will/],
    ],
    assumes: "quoted",
  },
  {
    id: "tenAuthName",
    asks: "How is the command spelled that fetches a password?",
    fact: "dialects.md A-1",
    scene: "spelling of the password's command",
    tells: (recording) => {
      const [one, two] = ["one", "two"].map((label) => /OK/.test(recording.received(label)));
      if (!one) return two ? "two-t" : "neither is known";
      return /\+CME ERROR: ?(?!4\b)\d/.test(recording.received("set")) ? "documented" : "one-t";
    },
    assumes: "documented",
  },
  {
    id: "tenAuthQuotes",
    asks: "Does a fetched password stand in quotes?",
    fact: "dialects.md 2.2.2",
    scene: "fetched password",
    in: "password",
    tells: [
      ["quoted", /ENAUTH: ?0,"/],
      ["raw", /ENAUTH: ?0,[^"]/],
    ],
    assumes: "quoted",
  },
];
