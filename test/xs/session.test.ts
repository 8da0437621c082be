/// <reference path="host.d.ts" />
import { Session } from "../../src/session/session";
import { bytes } from "../../hosts/moddable/bytes";
import { equal } from "../core/support/check";
import { cost, nothing } from "./cost";
import { ascii, FAMILIES, LinkPort, serve, StillClock } from "./link";

describe("a message through a session", () => {
  for (const family of FAMILIES)
    for (const QoS of [0, 1])
      it(`${family.name}, QoS ${QoS}: nothing is allocated where it goes out at once, and a view of its payload where it had to wait`, () => {
        if (QoS === 1 && family.name !== "BC35-G") return; // their acknowledgements have other forms
        const clock = new StillClock();
        let done = 0;
        const session = new Session({
          host: "broker.example", id: "dev-1", keepAlive: 60_000, modem: { io: family.io, clock, bytes, serial: { io: LinkPort } as any },
          onDone(_id, error) { if (error === null) done++; },
        });
        serve(family, clock);
        const port = LinkPort.latest;
        const data = ascii("twenty bytes of data"), options = { topic: "meter/data", QoS, id: 7 }, second = { topic: "meter/data", QoS, id: 8 };
        const prompt = family.prompt === null ? null : ascii(family.prompt);
        const answers = [7, 8].map((id) => ascii(family.published.replace("#", `0000${id}`).replace("0,0,0", QoS === 0 ? "0,0,0" : `0,${id},0`)));
        const answer = (which: number): void => {
          if (prompt !== null) port.receive(prompt);
          port.receive(answers[which]!);
          clock.settle();
          port.sentLength = 0;
        };
        const [slots, chunks] = cost(() => {
          session.publish(data, options);
          answer(0);
        }, nothing);
        equal(`${slots} slots, ${chunks} bytes`, "0 slots, 0 bytes", "at once");
        equal(done > 0, true, "done");
        if (family.name === "BC35-G") return; // takes five at once
        const [waited] = cost(() => {
          session.publish(data, options);
          session.publish(data, second);
          answer(0);
          answer(1);
        }, nothing);
        equal(waited, 4, "slots where one of two had to wait");
      });
});
