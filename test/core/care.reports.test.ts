// What modems with care print by themselves, beside MQTT: lines that are no command's answer, and no noise.
import BC35G from "../../src/care/bc35g";
import M531X from "../../src/care/m531x";
import ML302 from "../../src/care/ml302";
import NM28 from "../../src/care/nm28";
import { bc35g, m531x, ml302, nm28, type Family } from "./support/answering";
import { equal, sameLines } from "./support/check";
import { inbox, stillWorks } from "./support/inbox";

/** Of every modem: 27.007 7.14, 7.41, 8.41. */
const COMMON = ["+CSCON:1", '+CTZV: +32,"20/12/04,05:53:35"', "+CTZE: +32,0"];
const NARROW = ['+CEDRXP: 5,"0010","0010","0011"', '+NPTWEDRXP:5,"0011","0010","0010","0011"', '+CTZEU: "+32",0,"2020/12/04,05:53:35"'];
const FAMILIES: readonly (readonly [family: Family, reports: readonly string[]])[] = [
  [{ ...bc35g, io: BC35G }, [...COMMON, ...NARROW, "+NGACTR:0,1,1", '+QLWEVTIND:3']],
  [{ ...m531x, io: M531X }, [...COMMON, ...NARROW, "*SMPUKBLKD", "*MSQN: 12", "+IP: 10.1.2.3"]],
  [{ ...ml302, io: ML302 }, COMMON],
  [{ ...nm28, io: NM28 }, COMMON],
];

for (const [family, reports] of FAMILIES) describe(`${family.name} with care: reports`, () => {
  it("that mean nothing to MQTT belong to no command, and are no noise", () => {
    const at = inbox(family, { pollInterval: 3_600_000 });
    const before = at.session.client.counters.unknownLines, told: string[] = [];
    for (const report of reports) {
      at.modem.deaf = /CGMR/;
      at.session.client.modem.command("AT+CGMR", (error, lines) => void told.push(error === null ? lines.join() : error.code));
      at.modem.serve();
      at.session.says(`\\r\\n${report}\\r\\n\\r\\nfirst\\r\\n\\r\\n${report}\\r\\nsecond\\r\\n\\r\\nOK\\r\\n`);
      at.session.says(`\\r\\n${report}\\r\\n`);
    }
    sameLines(told, reports.map(() => "first,second"));
    equal(at.session.client.counters.unknownLines, before, "unknown lines");
    at.modem.deaf = null;
    stillWorks(at, family, "afterwards");
  });
});
