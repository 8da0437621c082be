import { BrokerError } from "../../src/index";
import BC35G from "../../src/modems/bc35g";
import { nm28 } from "./support/answering";
import { equal } from "./support/check";
import { Life } from "./support/life";
import { Obedient, Session } from "./support/session";

describe("errors that are told of", () => {
  it("a broker's refusal has its return code, and a broker that does not answer has none", () => {
    for (const [answer, code, returnCode] of [
      ["+MQTTCONN:0,0,5", "CONNECTION_REFUSED", 5], ["+MQTTCONN:0,0,1", "CONNECTION_REFUSED", 1], ["+MQTTCONN:0,2", "CONNECT_FAILED", -1],
    ] as const) {
      const told: unknown[] = [];
      const life = new Life(nm28, { acts: { state: (_, __, error) => told.push(error) } });
      life.modem.instead = (command) => (command.startsWith("AT+MQTTCONN=") ? [answer, returnCode < 0 ? "ERROR" : "OK"] : undefined);
      life.serve();
      const error = told.find((each) => each !== null);
      equal(error instanceof BrokerError, true, answer);
      equal((error as BrokerError).code, code, answer);
      equal((error as BrokerError).returnCode, returnCode, answer);
    }
  });

  it("a command that is too long for the transmit buffer, with texts that are each short enough, is not sent", () => {
    const errors: any[] = [];
    const text = (length: number): string => "x".repeat(length);
    const session = new Session({
      modem: { io: BC35G, tencent: { productId: text(127), deviceName: text(128), deviceSecret: text(256), url: text(256) } },
      client: { password: undefined }, on: { error: (_, error) => errors.push(error) },
    });
    const modem = new Obedient(session);
    modem.serve();
    session.pass(0);
    modem.serve();
    equal(errors.length, 1);
    equal(errors[0].code, "COMMAND_REFUSED");
    equal(/longer than the transmit buffer; nothing was sent/.test(errors[0].message), true, errors[0].message);
    equal(modem.commands.some((command) => command.includes("ENAUTH")), false);
  });
});
