import { ModemError, MQTTClient } from "../../src/index";
import { bc35g, m531x, ml302, nm28 } from "./support/answering";
import { equal, sameLines, thrown } from "./support/check";
import { alive, Life, LOST } from "./support/life";

describe("Session: tries again", () => {
  const failing = (options: object = {}): Life => {
    const life = new Life(nm28, { modem: { bootTimeout: 1000 }, ...options });
    life.modem.instead = (command) => (command.startsWith("AT+MQTTOPEN=") ? ["+MQTTOPEN:0,5", "ERROR"] : undefined);
    return life;
  };
  /** Pauses between attempts, as far as they are told. */
  const pauses = (life: Life, duration: number): number[] => {
    const found: number[] = [];
    let since = -1;
    for (let time = 0; time < duration; time += 100) {
      life.pass(100);
      for (const event of life.events.splice(0)) {
        if (event.startsWith("waiting")) since = time;
        else if (/^(connecting|recovering)/.test(event)) found.push(Math.round((time - since) / 500) * 500);
      }
    }
    return found;
  };

  it("after pauses that grow twofold up to the longest", () => {
    const found = pauses(failing({ retry: { first: 1000, longest: 8000, burst: 100 } }), 60_000);
    sameLines(found.slice(0, 7).map(String), ["1000", "2000", "4000", "8000", "8000", "8000", "8000"]);
  });

  it("after pauses that are longer by chance, and never shorter", () => {
    for (const [chance, expected] of [[0, 4000], [0.5, 5000], [0.9999, 6000]] as const)
      equal(pauses(failing({ retry: { first: 4000, burst: 100 }, random: () => chance }), 10_000)[0], expected, `${chance}`);
  });

  it("and never storms: however short the pauses, so many attempts in an hour, and no more", () => {
    for (const flapping of [false, true]) {
      const life = failing({ retry: { first: 100, longest: 100, burst: 5, every: 60_000, escalate: 100 } });
      if (flapping) life.modem.instead = null;
      let attempts = 0;
      for (let time = 0; time < 3_600_000; time += 100) {
        life.pass(100);
        if (life.session.state === "online") life.says(LOST);
        for (const event of life.events.splice(0)) if (event.startsWith("connecting")) attempts++;
      }
      equal(attempts >= 60 && attempts <= 65, true, `${attempts} attempts, ${flapping ? "each of them lost at once" : "each in vain"}:`);
    }
  });

  it("with more each time: the network left, the modem restarted, the reset pin, and then the least again", () => {
    let resets = 0;
    const life = failing({ retry: { first: 1000, longest: 1000, burst: 100, escalate: 2 }, reset: () => { resets++; } });
    life.modem.instead = (command) => (command.startsWith("AT+MQTTOPEN=") ? ["+CME ERROR: 3"] : undefined);
    const tried: string[] = [];
    for (let i = 0; i < 1200; i++) {
      const before = resets;
      life.pass(100);
      if (resets > before) tried.push("reset");
      tried.push(...life.given(/CGATT=0|CFUN=|OPEN=/).map((command) => command.replace(/=.*/, "")));
    }
    const level = (what: string): string[] => [what, "AT+MQTTOPEN", what, "AT+MQTTOPEN"];
    sameLines(tried.slice(0, 16), ["AT+MQTTOPEN", "AT+MQTTOPEN", ...level("AT+CGATT"), ...level("AT+CFUN"), ...level("reset"), "AT+MQTTOPEN", "AT+MQTTOPEN"]);
  });

  it("with the network at once where there is none, and with the least again once a connection has lasted", () => {
    const life = new Life(nm28, { modem: { attachTimeout: 3000 } });
    const levels = (): string[] => life.given(/CGATT=|CFUN=|OPEN=/).map((command) => command.replace(/=.*/, ""));
    life.modem.instead = (command) => (command === "AT+CGATT?" ? ["+CGATT: 0", "OK"] : undefined);
    life.pass(6000);
    life.mustTell("waiting NOT_ATTACHED", "recovering");
    life.modem.instead = null;
    life.pass(10_000);
    life.mustTell("restoring", "online");
    sameLines(levels(), ["AT+CGATT", "AT+MQTTOPEN"]);
    life.says(LOST);
    life.pass(2000);
    sameLines(levels(), ["AT+MQTTOPEN"], "the broker has gone, not the network");
    life.events.splice(0);
    life.says(LOST);
    life.pass(3000);
    life.mustTell("waiting LINK_LOST", "connecting", "restoring", "online");
    sameLines(levels(), ["AT+MQTTOPEN"]);
  });

  it("an hour later where the broker refuses the credentials, sooner where it has no time, and not at all if told so", () => {
    const refused = (code: number, retry: object): Life => {
      const life = new Life(nm28, { retry });
      life.modem.instead = (command) => (command.startsWith("AT+MQTTCONN=") ? [`+MQTTCONN:0,0,${code}`, "OK"] : undefined);
      life.serve();
      return life;
    };
    for (const code of [1, 2, 4, 5]) {
      const life = refused(code, {});
      life.mustTell("refused CONNECTION_REFUSED");
      life.pass(3_599_000, 1000);
      life.mustTell();
      life.modem.instead = null;
      life.pass(2000);
      life.mustTell("connecting", "restoring", "online");
    }
    refused(3, {}).mustTell("waiting CONNECTION_REFUSED");
    const life = refused(5, { refused: 0 });
    life.mustTell("closed CONNECTION_REFUSED");
    life.pass(10_000);
    equal(life.port.closed, true, "port closed");
    const error = thrown(() => life.publish("x"));
    equal(error.code, "CLOSED");
    equal(error.cause.code, "CONNECTION_REFUSED");
  });

  it("an hour later with each family that tells that the broker refuses the credentials", () => {
    for (const [family, command, answer] of [
      [bc35g, "AT+QMTCONN=", ["OK", "+QMTCONN: 0,0,4"]], [nm28, "AT+MQTTCONN=", ["+MQTTCONN:0,0,4", "OK"]], [ml302, "AT+MQTTOPEN=", ["+CME ERROR: 614"]],
    ] as const) {
      const life = new Life(family);
      life.modem.instead = (line) => (line.startsWith(command) ? [...answer] : undefined);
      life.serve();
      life.mustTell("refused CONNECTION_REFUSED");
      life.modem.commands.splice(0);
      life.pass(3_599_000, 1000);
      life.mustTell();
      sameLines(life.modem.commands, [], family.name);
      life.modem.instead = null;
      life.pass(10_000);
      life.mustTell("connecting", "restoring", "online");
    }
  });

  it("not at all with first: 0, nor at first with initially: false", () => {
    for (const retry of [{ first: 0 }, { initially: false }]) {
      const life = failing({ retry });
      life.serve();
      life.mustTell("closed OPEN_FAILED");
    }
    const life = alive(nm28, { retry: { initially: false } });
    life.says(LOST);
    life.mustTell("waiting LINK_LOST");
  });

  it("when an attempt takes longer than it may", () => {
    const life = new Life(nm28, { retry: { timeout: 5000 } });
    life.modem.deaf = /OPEN=/;
    life.pass(4900);
    life.mustTell();
    life.pass(200);
    life.mustTell("waiting OPEN_FAILED");
    life.modem.deaf = null;
    life.pass(60_000);
    life.mustTell("connecting", "restoring", "online");
  });

  it("when the port cannot be opened, at first or later", () => {
    let broken = true;
    const modem = { limits: {} };
    const life = new Life(nm28, { modem, open: (options) => {
      if (broken) throw new Error("in use");
      return new MQTTClient(options);
    } });
    life.mustTell();
    life.pass(5000);
    life.mustTell("waiting PORT_FAILED", "connecting", "waiting PORT_FAILED", "connecting", "waiting PORT_FAILED");
    broken = false;
    life.pass(5000);
    life.mustTell("connecting", "restoring", "online");
  });

  it("when the port's class throws whatever it likes; what is published meanwhile is checked, and waits", () => {
    for (const [thrown, cause] of [[new Error("in use"), true], ["in use", true], [new ModemError("PORT_FAILED", "in use"), false]] as const) {
      let broken = true;
      const told: any[] = [];
      const life = new Life(nm28, { acts: { state: (_, __, error) => told.push(error) }, open: (options) => {
        if (broken) throw thrown;
        return new MQTTClient(options);
      } });
      equal(life.session.limits.payload, 2048);
      life.publish("waits", { QoS: 1 });
      life.publish("x".repeat(2049), { QoS: 1 });
      life.pass(500);
      life.mustTell("waiting PORT_FAILED");
      equal(told[0].message.includes("in use"), true, told[0].message);
      equal(told[0].cause === thrown, cause, "cause");
      broken = false;
      life.pass(5000);
      life.mustTell("connecting", "restoring", "online", "done 1", "failed 2 ARGUMENT_LENGTH");
    }
  });

  it("with first: 0 fails what was under way, although the modem itself has the connection back", () => {
    const life = alive(m531x, { retry: { first: 0 } });
    life.modem.deaf = /PUB/;
    life.publish("one", { QoS: 1 });
    life.serve();
    life.modem.deaf = null;
    life.says("\\r\\n+MQTTREC:0\\r\\n");
    life.mustTell("failed 1 LINK_LOST", "interrupted LINK_LOST");
    life.pass(5000);
    life.says("\\r\\n+MQTTOPEN:OK\\r\\n");
    life.publish("two", { QoS: 1 });
    life.pass(5000);
    life.mustTell("restoring", "online", "done 2");
  });
});
