// AT+CTWINGPOSTVER (S4 1.10, dialects 5.2.9): the modem reports its firmware to CTWing and subscribes to the topic for upgrades.
// Topics and form are those of CTWing's page on MQTT upgrades (www.ctwing.cn/sbgl/141). Messages on the topic are reported like any
// message; the virtual modem does not upgrade itself.

import { utf8 } from "../../engine/bytes";
import { cme, CmeError } from "../../engine/errors";
import type { CommandSpec, Modem } from "../../engine/family";
import type { Client } from "./client";
import { clientOf } from "./connection";
import { replyTo } from "./reply";

const upgradeTopic = "/ota/upgrade";
const versionTopic = "/ota/inform";
const qos = 1;

/** The command. */
export function ctwingCommand(modem: Modem, clients: readonly Client[]): CommandSpec {
  return {
    name: "+CTWINGPOSTVER",
    // S4 calls this the query form, and prints no OK after it (D-11).
    test: ["+CTWINGPOSTVER: (0-5)"],
    set: (call) => {
      const client = clientOf(clients, call.args.expect(1));
      if (!client.connected) throw new CmeError(cme.notAllowed);
      const reply = replyTo(modem, call);
      // S4 does not explain <result>: 0 and -1 as elsewhere.
      const prefix = modem.variant("ctwingPrefix") === "at" ? "AT" : "";
      const end = (good: boolean): void => reply.end(`${prefix}+CTWINGPOSTVER:${good ? 0 : -1}`, good ? "done" : "failed");
      reply.begin(() => {
        if (!client.connected) return end(false);
        const [version] = modem.identity.firmware;
        // -1: there is no upgrade under way.
        const report = utf8(JSON.stringify({ taskId: -1, params: { version, module: "MODEM" } }));
        client.publish(client.ownId("publish"), qos, false, versionTopic, report, {
          done: (reported) => {
            if (!reported.acknowledged) return end(false);
            client.subscribe(client.ownId("subscribe"), upgradeTopic, qos, {
              done: ({ acknowledged, granted }) => end(acknowledged && granted[0] <= qos),
            });
          },
        });
      });
    },
  };
}
