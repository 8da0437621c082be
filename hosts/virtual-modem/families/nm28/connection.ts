// MQTTOPEN, MQTTCLOSE, MQTTCONN and MQTTDISC (S4 1.2 to 1.5, dialects 5.2.2 to 5.2.5). The page with MQTTDISC's table is
// missing in S4: the answer is its session's, the rest the QMT set's.

import type { Args } from "../../engine/args";
import { cme, CmeError } from "../../engine/errors";
import type { CommandSpec, Modem } from "../../engine/family";
import { type Client, openResults } from "./client";
import { type Ending, replyTo, resultLine } from "./reply";

/** S4 1.2. */
const maximumHost = 127;
/** S4 has no limit for client id, user name and password; no token is longer. */
const maximumCredential = 512;
/** `<result>` of MQTTCONN: S4 1.4. */
const sent = { answered: 0, again: 1, failed: 2 } as const;
/** The `<ret_code>` when the broker did not answer, for the variant that always prints one: "server unavailable". */
const noAnswer = 3;

/** Argument 0 of every command but MQTTCFG. */
export function clientOf(clients: readonly Client[], args: Args): Client {
  return clients[args.integer(0, 0, clients.length - 1)];
}

/** The connection's commands. */
export function connectionCommands(modem: Modem, clients: readonly Client[]): CommandSpec[] {
  const done = (good: boolean): { result: number; ending: Ending } => (good ? { result: 0, ending: "done" } : { result: -1, ending: "failed" });

  const connResult = (code: number | undefined): { values: (number | undefined)[]; ending: Ending } => {
    const ending = code === undefined ? "failed" : code === 0 ? "done" : "refused";
    switch (modem.variant("connRetCode")) {
      case "absent":
        return { values: [code === 0 ? sent.answered : sent.failed], ending };
      case "always":
        return { values: [code === undefined ? sent.failed : sent.answered, code ?? noAnswer], ending };
      default:
        return { values: [code === undefined ? sent.failed : sent.answered, code], ending };
    }
  };

  return [
    {
      name: "+MQTTOPEN",
      test: ["+MQTTOPEN: (0-5), <hostname>, (0-65535)"],
      read: (call) => {
        for (const { index, peer } of clients) {
          // The blank before the port is S4's.
          if (peer) call.line(`+MQTTOPEN:${index},"${peer.host}", ${peer.port}`);
        }
      },
      set: (call) => {
        const { args } = call;
        const client = clientOf(clients, args.expect(3));
        const host = args.string(1, 0, maximumHost);
        const port = args.integer(2, 0, 65535);
        const reply = replyTo(modem, call);
        reply.begin(() =>
          client.connectTcp(host, port, (result) => {
            const ending = result === openResults.opened ? "done" : "failed";
            reply.end(resultLine(modem, "+MQTTOPEN", client.index, result), ending);
          }),
        );
      },
    },
    {
      name: "+MQTTCLOSE",
      test: ["+MQTTCLOSE: (0-5)"],
      set: (call) => {
        const client = clientOf(clients, call.args.expect(1));
        const reply = replyTo(modem, call);
        reply.begin(() => {
          const { result, ending } = done(client.close());
          reply.end(resultLine(modem, "+MQTTCLOSE", client.index, result), ending);
        });
      },
    },
    {
      name: "+MQTTCONN",
      test: ["+MQTTCONN: (0-5), (clientID), (username), (password)"],
      read: (call) => {
        for (const { index, inUse, connected } of clients) {
          if (inUse || modem.variant("connQuery") === "all") {
            call.line(resultLine(modem, "+MQTTCONN", index, connected ? 1 : 0));
          }
        }
      },
      set: (call) => {
        const { args } = call;
        const client = clientOf(clients, args.expect(4));
        const { version, clean, timeoutNotice } = client.settings;
        // MQTT 3.1.1, 3.1.3.1: an empty client id only with a clean session; MQTT 3.1 has none.
        const clientId = args.string(1, version === 4 && clean ? 0 : 1, maximumCredential);
        // 1.4 has all four arguments in its set form. An empty user name or password is left out of CONNECT; but a password needs a
        // user name, even an empty one (MQTT 3.1.1, 3.1.2.9).
        const [username, password] = [2, 3].map((index) => args.string(index, 0, maximumCredential));
        if (!client.open) throw new CmeError(cme.notAllowed);
        const credentials = {
          clientId,
          username: username === "" && password === "" ? undefined : username,
          password: password === "" ? undefined : password,
        };
        const reply = replyTo(modem, call);
        reply.begin(() => {
          // The link may have been lost since OK.
          if (!client.open) return reply.end(resultLine(modem, "+MQTTCONN", client.index, sent.failed), "failed");
          client.connect(credentials, {
            again: () => timeoutNotice && reply.notice(resultLine(modem, "+MQTTCONN", client.index, sent.again)),
            done: ({ code }) => {
              const { values, ending } = connResult(code);
              reply.end(resultLine(modem, "+MQTTCONN", client.index, ...values), ending);
            },
          });
        });
      },
    },
    {
      name: "+MQTTDISC",
      test: ["+MQTTDISC: (0-5)"],
      set: (call) => {
        const client = clientOf(clients, call.args.expect(1));
        const reply = replyTo(modem, call);
        reply.begin(() => {
          const { result, ending } = done(client.disconnect());
          reply.end(resultLine(modem, "+MQTTDISC", client.index, result), ending);
        });
      },
    },
  ];
}
