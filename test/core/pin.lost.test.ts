// A PIN whose answer is lost may have been a wrong one: a SIM blocks at the third. And what else could leave a modem without its network.
import BC35G from "../../src/care/bc35g";
import M531X from "../../src/care/m531x";
import ML302 from "../../src/care/ml302";
import NM28 from "../../src/care/nm28";
import { bc35g, m531x, ml302, nm28, type Family } from "./support/answering";
import { equal, sameLines, thrown } from "./support/check";
import { Life } from "./support/life";

interface Restarting extends Family {
  readonly banner: string;
}
const FAMILIES: Restarting[] = [
  { ...bc35g, io: BC35G, banner: "REBOOT_CAUSE_SECURITY_WATCHDOG" }, { ...m531x, io: M531X, banner: "*ATREADY: 1" },
  { ...ml302, io: ML302, banner: "+MATREADY" }, { ...nm28, io: NM28, banner: "RDY" },
];
const RETRY = { first: 1000, longest: 1000, burst: 100 };
/** The SIM is locked, and the modem does not tell how often it can be tried. */
const locked = (line: string): string[] | undefined => (line === "AT+CPIN?" ? ["+CPIN: SIM PIN", "OK"] : /CPINR/.test(line) ? ["ERROR"] : undefined);

for (const family of FAMILIES) describe(`${family.name}: a PIN whose answer is lost is not sent again`, () => {
  it("with the modem, which restarts", () => {
    const life = new Life(family, { modem: { pin: "1234" }, retry: RETRY });
    life.modem.instead = (line) => (/PIN=/.test(line) ? [family.banner] : locked(line));
    life.pass(120_000);
    equal(life.given(/PIN=/).length, 1, "tries");
    equal(life.events.some((event) => event.includes("PIN_REFUSED")), true, life.events.join());
  });

  it("with the attempt, which takes too long", () => {
    const life = new Life(family, { modem: { pin: "1234" }, retry: { ...RETRY, timeout: 10_000 } });
    life.modem.instead = (line) => (/PIN=/.test(line) ? [] : locked(line));
    life.pass(120_000);
    equal(life.given(/PIN=/).length, 1, "tries");
  });

  it("with the port, which fails", () => {
    const life: Life = new Life(family, { modem: { pin: "1234" }, retry: RETRY });
    life.modem.instead = (line) => {
      if (!/PIN=/.test(line)) return locked(line);
      life.port.receiver.onError!(new Error("unplugged"));
      return [];
    };
    life.pass(60_000);
    equal(life.given(/PIN=/).length, 1, "tries");
  });

  it("but where the SIM tells that it was not refused, it is: the modem had lost its power", () => {
    const life = new Life(family, { modem: { pin: "1234" }, retry: RETRY });
    let given = 0;
    life.modem.instead = (line) => {
      if (/PIN=/.test(line)) return ++given === 1 ? [family.banner] : ["OK"];
      if (line === "AT+CPIN?") return [`+CPIN: ${given > 1 ? "READY" : "SIM PIN"}`, "OK"];
      return /CPINR/.test(line) ? ["+CPINR: SIM PIN,3,3", "OK"] : undefined;
    };
    life.pass(120_000);
    equal(given, 2, "tries");
    life.mustBe("online");
  });

  it("after an OK, while the SIM is busy for long and asks for it again", () => {
    const life = new Life(family, { modem: { pin: "1234" }, retry: RETRY });
    let given = 0, asked = 0;
    life.modem.instead = (line) => {
      if (/PIN=/.test(line)) given++;
      if (line === "AT+CGATT?") return ["+CGATT: 0", "OK"];
      return line === "AT+CPIN?" && given > 0 && ++asked < 12 ? ["+CME ERROR: 14"] : locked(line);
    };
    life.pass(300_000);
    equal(given, 1, "tries");
  });

  it("one in setup is not taken: each attempt would send it", () => {
    for (const line of ['AT+CPIN="1234"', "AT+NPIN=0,1234"]) {
      const error = thrown(() => new Life(family, { modem: { setup: [line] } }));
      equal(error instanceof Error && error.message.includes("must not enter a PIN") && !error.message.includes("1234"), true, String(error));
    }
  });
});

describe("what an application gives a modem with care", () => {
  it("a system clock that throws keeps no modem from being connected", () => {
    const life = new Life(FAMILIES[2], { modem: { systemClock: { set() { throw new Error("no such clock"); } } } });
    life.modem.instead = (line) => (line === "AT+CCLK?" ? ['+CCLK: "26/11/30,20:00:00+00"', "OK"] : undefined);
    equal((thrown(() => life.pass(1000)) as Error).message, "no such clock");
    life.pass(1000);
    life.mustBe("online");
  });

  it("a radio that was on is on again once the access point is set, although none is to be switched on", () => {
    const life = new Life(FAMILIES[0], { modem: { apn: "private.example", radio: false } });
    life.modem.instead = (line) => (line === "AT+CFUN?" ? ["+CFUN:1", "OK"] : undefined);
    life.pass(2000);
    sameLines(life.given(/CFUN|CGDCONT=/), ["AT+CFUN?", "AT+CFUN=0", 'AT+CGDCONT=0,"IPV4V6","private.example"', "AT+CFUN=1"]);
  });

  it("an access point that the modem shows with its operator's identifier is not set again", () => {
    const life = new Life(FAMILIES[0], { modem: { apn: "cmnbiot" } });
    life.modem.instead = (line) => (line === "AT+CGDCONT?" ? ['+CGDCONT:0,"IP","CMNBIOT.MNC008.MCC460.GPRS",,0,0', "OK"] : undefined);
    life.pass(2000);
    sameLines(life.given(/CFUN=|CGDCONT=|CGATT=/), []);
  });

  it("an MQTT command behind a basic one is the client's all the same", () => {
    const life = new Life(FAMILIES[2]);
    life.pass(1000);
    equal(String(thrown(() => life.session.client!.modem.command("ATE0+MQTTDISC", () => {}))).includes("MQTT commands"), true);
  });

  it("a radio that was switched off to set an access point is on again where that was refused", () => {
    const life = new Life(FAMILIES[0], { modem: { apn: "private.example" }, retry: { first: 0 } });
    life.modem.instead = (line) => (line === "AT+CFUN?" ? ["+CFUN:1", "OK"] : /CGDCONT=/.test(line) ? ["+CME ERROR: 50"] : undefined);
    life.pass(30_000);
    sameLines(life.given(/CFUN/), ["AT+CFUN?", "AT+CFUN=0", "AT+CFUN=1"]);
    life.mustTell("closed PDP_FAILED");
  });

  for (const [what, cereg] of [["no AT+CEREG?", ["ERROR"]], ["another network there", ["+CEREG: 0,0", "OK"]]] as const)
    for (const [status, state] of [[5, "connecting"], [1, "online"]] as const)
      it(`without roaming, ${what}, and AT+CREG? says ${status}: ${state}`, () => {
        const life = new Life(FAMILIES[2], { modem: { roaming: false } });
        life.modem.instead = (line) => (line === "AT+CEREG?" ? [...cereg] : line === "AT+CREG?" ? [`+CREG: 0,${status}`, "OK"] : undefined);
        life.pass(60_000);
        life.mustBe(state);
      });

  it("without roaming, and with firmware that knows no registration at all, is connected", () => {
    const life = new Life(FAMILIES[2], { modem: { roaming: false } });
    life.modem.instead = (line) => (/CE?REG/.test(line) ? ["ERROR"] : undefined);
    life.pass(60_000);
    life.mustBe("online");
  });

  it("what a modem reports meanwhile is neither its maker nor its model nor its firmware", () => {
    const life = new Life(FAMILIES[2]);
    life.pass(1000);
    life.modem.instead = (line) => ({ "AT+CGMI": ["+CREG: 2", "CMCC", "OK"], "AT+CGMM": ["RING", "ML302", "OK"], "AT+CGMR": ["^DSCI: 1", "V1", "OK"] })[line];
    let found = "";
    life.session.client!.modem.identity((_error, told) => { found = `${told!.maker} ${told!.model} ${told!.firmware}`; });
    life.pass(100);
    equal(found, "CMCC ML302 V1");
  });

  it("no error of an application's own command shows what may be a secret", () => {
    const life = new Life(FAMILIES[2]), errors: unknown[] = [];
    life.pass(1000);
    const { modem } = life.session.client!;
    for (const line of ['AT+CGAUTH=1,1,"u","secret";+CSQ', 'AT+CGAUTH=1,1,"u","secret', 'AT+CGAUTH=1,1,"u","secret\n"', 'AT+MQTTCFG="h",1,"id",60,"u","secret"', "AT+CPIN=1234;+CSQ"])
      try {
        modem.command(line, () => {});
      } catch (error) {
        errors.push(error);
      }
    life.modem.instead = (line) => (/CPIN=/.test(line) ? ["+CME ERROR: 16"] : undefined);
    modem.command("AT+CPIN=1234", (error) => void errors.push(error));
    life.pass(100);
    equal(errors.length >= 5, true, `${errors.length} errors`);
    for (const error of errors) equal(/secret|1234/.test(String(error)), false, String(error));
  });
});
