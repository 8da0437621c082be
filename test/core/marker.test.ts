import { bc35g, m531x, ml302, nm28, online } from "./support/answering";
import { equal, sameLines } from "./support/check";
import { Life } from "./support/life";

const FAMILIES = [bc35g, m531x, ml302, nm28];
/** How firmware answers a question that it does not know. */
const REFUSALS = [["ERROR"], ["+CME ERROR: 4"], ["OK"]];

/** A modem that knows none of these, and its family's own commands. */
const without = (unknown: RegExp, refusal: string[]) => (command: string): string[] | undefined =>
  unknown.test(command) ? refusal : command === "AT+CFUN?" ? ["+CFUN: 1", "OK"] : undefined;

for (const family of FAMILIES) describe(`${family.name}: firmware that does not know AT+CMEE?`, () => {
  for (const refusal of REFUSALS) for (const [name, unknown] of [["knows AT+CFUN?", /CMEE\?/], ["knows AT+CGATT? alone", /CMEE\?|CFUN\?/]] as const)
    it(`answers it with ${refusal[0]}, and ${name}: it was called silent after 11 s`, () => {
      const life = new Life(family);
      life.modem.instead = without(unknown, refusal);
      life.pass(3000);
      life.mustTell("restoring", "online");
      life.publish("x", { QoS: 1 });
      life.serve();
      life.mustTell("done 1");
      // The next time the one that is known is taken at once.
      life.modem.commands.splice(0);
      life.modem.deaf = /SUB/;
      life.session.subscribe([{ topic: "a" }], 7);
      life.pass(200);
      life.pass(100_000, 1000);
      life.modem.deaf = null;
      equal(life.given(/CMEE\?/).length, 0, "questions that are not known");
    });

  it("an answer that comes late is never the next command's", () => {
    for (const unknown of [/CMEE\?/, /CMEE\?|CFUN\?/]) {
      const { session, modem } = ((): ReturnType<typeof online> => {
        const life = new Life(family);
        life.modem.instead = without(unknown, ["ERROR"]);
        life.pass(3000);
        life.mustTell("restoring", "online");
        return { session: life as any, modem: life.modem };
      })();
      const life = session as unknown as Life;
      modem.deaf = /./;
      const inquiry = { "BC35-G": "AT+QMTCONN?", M531X: "AT+MQTTSTAT?", ML302: "AT+MQTTSTAT?", NM28: "AT+MQTTOPEN?" }[family.name]!;
      const told: string[] = [];
      const ask = (): void => life.session.client!.inquire(inquiry, (error, lines) => told.push(error?.code ?? lines.join("|")));
      modem.commands.splice(0);
      ask();
      life.serve();
      life.clock.pass(2100);
      life.serve();
      life.clock.pass(3000);
      sameLines(told, ["COMMAND_TIMEOUT"]);
      // Everything that is owed comes at once: the late answer, and the markers'.
      life.serve();
      const [first, ...markers] = modem.commands.splice(0);
      equal(first, inquiry);
      equal(markers.length > 0 && markers.every((line) => /^AT\+(CFUN|CGATT)\?$/.test(line)), true, markers.join());
      ask();
      life.says("\\r\\nERROR\\r\\n");
      for (const marker of markers) life.says(marker === "AT+CFUN?" ? "\\r\\n+CFUN: 1\\r\\n\\r\\nOK\\r\\n" : "\\r\\n+CGATT: 1\\r\\n\\r\\nOK\\r\\n");
      sameLines(told, ["COMMAND_TIMEOUT"]);
      life.serve();
      sameLines(modem.commands.splice(0), [inquiry]);
      life.says("\\r\\n+CME ERROR: 3\\r\\n");
      sameLines(told, ["COMMAND_TIMEOUT", "COMMAND_REFUSED"]);
    }
  });

  it("a late answer to AT+CGATT? is not taken for the marker's, where the marker is AT+CGATT?", () => {
    for (const comes of [true, false]) {
      const life = new Life(family);
      let asked = 0;
      life.modem.instead = without(/CMEE\?|CFUN\?/, ["ERROR"]);
      const refuse = life.modem.instead;
      life.modem.instead = (command) => (command === "AT+CGATT?" ? (++asked, asked === 1 ? ["+CGATT: 0", "OK"] : []) : refuse(command));
      life.pass(1600);
      equal(asked, 2, "the marker, and the question");
      life.pass(2100);
      equal(asked, 3, "the marker in the question's place");
      life.modem.commands.splice(0);
      life.says("\\r\\n+CGATT: 0\\r\\n\\r\\nOK\\r\\n");
      life.serve();
      sameLines(life.modem.commands, [], "sent before it is certain");
      life.modem.instead = refuse;
      if (comes) life.says("\\r\\n+CGATT: 0\\r\\n\\r\\nOK\\r\\n");
      else life.clock.pass(2100);
      life.pass(10_000);
      life.mustTell("restoring", "online");
    }
  });

  it("and none of the others either: it is said that it answers, and not that it is silent", () => {
    const life = new Life(family);
    life.modem.instead = without(/CMEE\?|CFUN\?|CGATT\?/, ["ERROR"]);
    life.pass(6000);
    equal(life.events[0], "waiting COMMAND_REFUSED");
  });

  for (const [what, answer] of [["silence", []], ["words of its own", ["COMMAND NOT SUPPORT"]]] as const)
    it(`${what} in the place of an answer was called a modem that does not answer any more`, () => {
      for (const unknown of [/CMEE\?/, /CMEE\?|CFUN\?/]) {
        const life = new Life(family);
        life.modem.instead = without(unknown, [...answer]);
        life.pass(12_000);
        life.mustTell("restoring", "online");
        life.publish("x", { QoS: 1 });
        life.serve();
        life.mustTell("done 1");
      }
    });

  it("a modem that knows it, and is slow, is asked the same again", () => {
    const life = new Life(family);
    life.modem.deaf = /CMEE\?/;
    life.pass(4500);
    sameLines(life.given(/\?/), ["AT+CMEE?", "AT+CMEE?", "AT+CMEE?"]);
    for (let i = 0; i < 3; i++) life.says("\\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n");
    life.modem.deaf = null;
    life.pass(3000);
    life.mustTell("restoring", "online");
  });
});
