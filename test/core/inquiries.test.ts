import BC35G from "../../src/modems/bc35g";
import M531X from "../../src/modems/m531x";
import ML302 from "../../src/modems/ml302";
import NM28 from "../../src/modems/nm28";
import { ONLINE as BC35G_ONLINE } from "./exchanges/bc35g";
import { BC35G_INQUIRIES, M531X_INQUIRIES, ML302_INQUIRIES, NM28_INQUIRIES, type Inquiry } from "./exchanges/inquiries";
import { ONLINE as M531X_ONLINE } from "./exchanges/m531x";
import { ONLINE as ML302_ONLINE } from "./exchanges/ml302";
import { ONLINE as NM28_ONLINE } from "./exchanges/nm28";
import { IN_STEP } from "./exchanges/ready";
import { m531x, ml302, nm28, online } from "./support/answering";
import { sameLines, thrown, equal } from "./support/check";
import type { Exchange } from "./support/exchange";
import { playHoweverTheyCome } from "./support/however";

/** Each family: a session, its inquiries, a message as it comes, and a subscription that goes well with the id 1. */
const FAMILIES: [name: string, driver: any, online: string, inquiries: Inquiry[], message: string, subscribes: string][] = [
  ["BC35-G/BC28", BC35G, BC35G_ONLINE, BC35G_INQUIRIES, '+QMTRECV: 0,0,"m",OK', '→ AT+QMTSUB=0,1,"a",1\\r\n← OK\\r\\n\n← +QMTSUB: 0,1,0,1\\r\\n'],
  ["M531X", M531X, M531X_ONLINE, M531X_INQUIRIES, "+MQTTPUBLISH:0,0,0,0,m,2,OK", '→ AT+MQTTSUB="a",1\\r\n← OK\\r\\n\n← +MQTTSUBACK:1,1,a\\r\\n'],
  ["ML302", ML302, ML302_ONLINE, ML302_INQUIRIES, '+MQTTPUBLISH: 0,0,0,0,"m",2,OK', '→ AT+MQTTSUB="a",1\\r\n← +MQTTSUBACK:1,1,a\\r\\n\n← OK\\r\\n'],
  ["NM28", NM28, NM28_ONLINE, NM28_INQUIRIES, "+MQTTRECV:0,1,m,2,OK", '→ AT+MQTTSUB=0,1,"a",1\\r\n← +MQTTSUB:0,1,0,1\\r\\n\n← OK\\r\\n'],
];

function exchanges(online: string, inquiries: readonly Inquiry[], message: string, subscribes: string): Exchange[] {
  const ask = (line: string) => `
    ! inquire ${line}
    → ${line}\\r`;
  const stillWorks = `
    ! subscribe a 1
    ${subscribes}
    = suback 1 [1]
    = done 1`;
  const forms = [...new Set(inquiries.map(([line]) => line))];
  return [
    ...inquiries.map(([line, ...answer]) => ({
      name: `${line} is answered ${answer.length === 0 ? "with nothing" : `with ${answer.length === 1 ? answer[0] : `${answer.length} lines, ${answer[0]} and so on`}`}`,
      script: `${online}${ask(line)}
        ${answer.length === 0 ? "" : `← \\r\\n${answer.join("\\r\\n")}\\r\\n`}
        ← \\r\\nOK\\r\\n
        = answer ${answer.join(" | ")}${stillWorks}`,
    })),
    {
      name: "every form is refused, with a number and without one",
      script: `${online}${forms.flatMap((line) => ["ERROR", "+CME ERROR: 4"].map((final) => `${ask(line)}
        ← \\r\\n${final}\\r\\n
        = unanswered COMMAND_REFUSED`)).join("")}${stillWorks}`,
    },
    {
      name: "no form is ever answered",
      script: `${online}${forms.map((line) => `${ask(line)}
        ~ ${line === "AT+MQTTCONN?" ? 5000 : 2000}
        = unanswered COMMAND_TIMEOUT
        ${IN_STEP}`).join("")}${stillWorks}`,
      // The polls of an NM28 would come between.
      options: { modem: { pollInterval: 3_600_000 } },
    },
    ...forms.map((line) => {
      const [, ...answer] = inquiries.find((inquiry) => inquiry[0] === line)!;
      return {
        name: `${line} is answered with messages before, between and after the lines`,
        script: `${online}${ask(line)}
          ${["", ...answer].map((text) => `${text === "" ? "" : `← \\r\\n${text}\\r\\n`}
          ← \\r\\n${message}\\r\\n
          ~ 1
          = message m OK`).join("\n")}
          ← \\r\\nOK\\r\\n
          = answer ${answer.join(" | ")}`,
      };
    }),
  ];
}

for (const [name, driver, online, inquiries, message, subscribes] of FAMILIES) {
  describe(`${name}: inquiries`, () => {
    it("all of the dialect's are here", () =>
      sameLines([...new Set(inquiries.map(([line]) => line))].sort(), driver.inquiries.map((inquiry: any) => inquiry.line).sort()));
  });
  playHoweverTheyCome(`${name}: inquiries`, exchanges(online, inquiries, message, subscribes), driver);
}

for (const family of [m531x, ml302, nm28]) describe(`${family.name}: what is no inquiry`, () => {
  for (const line of ["AT+CFUN=0", "AT+MQTTDISC", "AT+MQTTCFG?\rAT+CFUN=0", "at+mqttcfg?", ""])
    it(`${JSON.stringify(line)} is refused, and nothing is sent`, () => {
      const { session } = online(family);
      const error = thrown(() => session.client.inquire(line, () => {}));
      equal(error.code, "ARGUMENT_RANGE");
      session.mustSend("");
    });

  it("a second one at a time is refused, and so is one after the client has been closed", () => {
    const { session, modem } = online(family);
    let answers = 0;
    session.client.inquire("AT+MQTTCFG?", () => answers++);
    equal(thrown(() => session.client.inquire("AT+MQTTCFG?", () => {})).code, "BUSY");
    modem.serve();
    equal(answers, 1, "answers");
    session.client.close();
    equal(thrown(() => session.client.inquire("AT+MQTTCFG?", () => {})).code, "CLOSED");
  });
});
