import { MQTTClient } from "../../src/index";
import { bc35g, m531x, ml302, nm28, type Family } from "./support/answering";
import { equal, thrown } from "./support/check";
import { TestPort, VirtualClock } from "./support/stage";

/** What a client of this family throws, with these options of the modem, and whether it has opened the port. */
function refusal({ io }: Family, modem: object, options: object = {}): any {
  let opened = false;
  const error = thrown(() => new MQTTClient({
    host: "h", keepAlive: 120_000, ...options,
    modem: { io, clock: new VirtualClock(), serial: { io: TestPort, attach: () => { opened = true; } }, ...modem },
  }));
  equal(error.name, "ArgumentError", `class of ${error.message}`);
  equal(opened, false, "port opened");
  return error;
}

function refuses(family: Family, modem: object, argument: string, code: string, said?: string): void {
  const error = refusal(family, modem);
  equal(`${error.argument} ${error.code}`, `${argument} ${code}`, "argument and code");
  if (said !== undefined) equal(error.message, said, "message");
}

for (const family of [bc35g, m531x, ml302, nm28]) describe(`${family.name}: what is not known within modem is refused`, () => {
  it("with the nearest name, whatever its value, which is not shown", () => {
    refuses(family, { recieveBuffer: "secret" }, "modem.recieveBuffer", "ARGUMENT_UNKNOWN", "modem.recieveBuffer is not known; did you mean modem.receiveBuffer?");
    refuses(family, { ATTACHTIMEOUT: 1 }, "modem.ATTACHTIMEOUT", "ARGUMENT_UNKNOWN", "modem.ATTACHTIMEOUT is not known; did you mean modem.attachTimeout?");
    refuses(family, { tls: true }, "modem.tls", "ARGUMENT_UNKNOWN");
    refuses(family, { constructor: 1 }, "modem.constructor", "ARGUMENT_UNKNOWN");
  });

  it("among its limits too, and limits that are none", () => {
    refuses(family, { limits: { payloads: 5 } }, "modem.limits.payloads", "ARGUMENT_UNKNOWN", "modem.limits.payloads is not known; did you mean modem.limits.payload?");
    for (const limits of [null, 5, "x"]) refuses(family, { limits }, "modem.limits", "ARGUMENT_TYPE");
    for (const payload of [-5, 0, 1.5, NaN, Infinity]) refuses(family, { limits: { payload } }, "modem.limits.payload", "ARGUMENT_RANGE");
    refuses(family, { limits: { topic: "9" } }, "modem.limits.topic", "ARGUMENT_TYPE");
    refuses(family, { limits: { keepAlive: 5 } }, "modem.limits.keepAlive", "ARGUMENT_TYPE");
    refuses(family, { limits: { keepAlive: [9, 5] } }, "modem.limits.keepAlive[1]", "ARGUMENT_RANGE");
  });

  it("but not what is undefined", () => {
    new MQTTClient({
      host: "h", keepAlive: 120_000,
      modem: { io: family.io, clock: new VirtualClock(), serial: { io: TestPort }, tls: undefined, limits: { payload: undefined } } as any,
    }).close();
  });
});

describe("arguments that do not fit each other", () => {
  it("BC35-G: what a cloud is told is checked as well", () => {
    refuses(bc35g, { alibaba: { productkey: "k", deviceName: "n", deviceSecret: "s" } }, "modem.alibaba.productkey", "ARGUMENT_UNKNOWN",
      "modem.alibaba.productkey is not known; did you mean modem.alibaba.productKey?");
    refuses(bc35g, { alibaba: {} }, "modem.alibaba.productKey", "ARGUMENT_TYPE");
    for (const cloud of ["alibaba", "tencent"]) for (const value of [null, 5, "x"]) refuses(bc35g, { [cloud]: value }, `modem.${cloud}`, "ARGUMENT_TYPE");
    refuses(bc35g, { tencent: { productId: "p", deviceName: "n", deviceSecret: "s", expires: 1 } }, "modem.tencent.expires", "ARGUMENT_UNKNOWN");
  });

  it("an option of one family is not known to another", () => {
    refuses(m531x, { packetTimeout: 5 }, "modem.packetTimeout", "ARGUMENT_UNKNOWN");
    refuses(bc35g, { encrypt: true }, "modem.encrypt", "ARGUMENT_UNKNOWN");
  });

  it("a session that is to be kept needs a client id", () => {
    for (const family of [bc35g, m531x, ml302, nm28]) for (const id of [undefined, ""]) equal(refusal(family, {}, { clean: false, id }).argument, "id", family.name);
  });
});
