import { BrokerError } from "../../src/index";
import BC35G from "../../src/modems/bc35g";
import { nm28 } from "./support/answering";
import { equal } from "./support/check";
import { Life } from "./support/life";
import { Obedient, online, Session } from "./support/session";

describe("errors that are told of", () => {
  it("what a port tells may be no Error, and an object without words: [object Object] was no reason", () => {
    for (const [reason, words] of [
      [new Error("unplugged"), "unplugged"], ["unplugged", "unplugged"], [{ message: "unplugged" }, "unplugged"],
      [{}, "without a reason"], [undefined, "without a reason"], [null, "without a reason"], [new Error(""), "without a reason"], [5, "without a reason"],
    ] as const) {
      const told: any[] = [];
      const { session } = online({ on: { error: (_, error) => told.push(error) } });
      session.port.receiver.onError(reason as Error);
      equal(told[0].message, `the serial port has failed: ${words}`);
    }
  });

  it("are whole in a log in JSON, where an Error has neither its name nor its message", () => {
    const error = new BrokerError("CONNECTION_REFUSED", "the broker refused", 5);
    equal(JSON.stringify(error), '{"name":"BrokerError","code":"CONNECTION_REFUSED","message":"the broker refused","modemCode":5}');
    equal(JSON.stringify({ error: new BrokerError("ACK_TIMEOUT", "no answer") }), '{"error":{"name":"BrokerError","code":"ACK_TIMEOUT","message":"no answer"}}');
  });

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
