// AT+QMTENAUTH, AT+QMTTENAUTH: a password from Tencent Cloud over HTTP (S1 3.2.2, dialects 2.2.2). S1 does not describe the HTTP
// request. With a URL, the modem posts the arguments there as JSON and reads `password` from the JSON that it gets. Without one, nothing
// is sent, and the answer is a computed password or the result of the fault `token`.

import { createHmac } from "node:crypto";
import type { Call, CommandSpec, Modem } from "../../engine/family";
import { post, type PostResult } from "../../http-post";

/** Results of S1 3.2.2. */
const results = { got: 0, dns: 1, socket: 2, packet: 3, send: 4, parse: 5, timeout: 6 } as const;
/** S1 3.2.2: the answer comes within 195 s. */
const timeout = 195_000;
const maximumText = 256;

function resultOf(answer: PostResult): { result: number; password?: string } {
  if (answer.kind === "failed") {
    const byReason: Readonly<Record<string, number>> = {
      dns: results.dns,
      timeout: results.timeout,
      "not-http": results.packet,
      dropped: results.send,
      "too-long": results.parse,
    };
    return { result: byReason[answer.reason] ?? results.socket };
  }
  if (answer.status !== 200) return { result: results.packet };
  let password: unknown;
  try {
    password = (JSON.parse(answer.body) as { password?: unknown } | null)?.password;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  // The password must fit between quotes on a line.
  if (typeof password !== "string" || password.length > maximumText || !/^[^"\r\n]+$/.test(password)) return { result: results.parse };
  return { result: results.got, password };
}

/** The commands, under the spelling or spellings that the variant chooses. */
export function tencentCommands(modem: Modem): CommandSpec[] {
  let password: string | undefined;
  const quoted = (text: string): string => (modem.variant("tenAuthQuotes") === "quoted" ? `"${text}"` : text);

  const finish = (outcome: { result: number; password?: string }): void => {
    if (outcome.password !== undefined) password = outcome.password;
    const value = outcome.password === undefined ? "" : `,${quoted(outcome.password)}`;
    modem.urc(`+QMTTENAUTH: ${outcome.result}${value}`);
  };

  const set = ({ args, afterOk }: Call): void => {
    args.expect(4, 6);
    const [productId, deviceName, clientId, deviceSecret] = [0, 1, 2, 3].map((index) => args.string(index, 1, maximumText));
    const expire = args.integer(4, 0, 60, 60);
    const url = args.omitted(5) ? undefined : args.string(5, 1, maximumText);
    afterOk(() => {
      const forced = modem.faults.take("token");
      if (forced !== undefined && Number(forced) !== results.got) return finish({ result: Number(forced) });
      if (!modem.attached) return finish({ result: results.socket });
      if (url === undefined) {
        const made = createHmac("sha1", deviceSecret).update(`${productId}${deviceName}${clientId}`).digest("hex");
        return finish({ result: results.got, password: made });
      }
      post({
        clock: modem.clock,
        network: modem.network,
        url,
        contentType: "application/json",
        body: JSON.stringify({ productId, deviceName, clientId, deviceSecret, expire }),
        timeout,
        done: (answer) => finish(resultOf(answer)),
      });
    });
  };

  const forms: Pick<CommandSpec, "test" | "read" | "set"> = {
    test: ["+QMTTENAUTH: <product_id>,<device_name>,<client_id>,<device_secret>,<expire>,<url>"],
    read: (call) => {
      if (password !== undefined) call.line(`+QMTTENAUTH: ${quoted(password)}`);
    },
    set,
  };
  switch (modem.variant("tenAuthName")) {
    case "one-t":
      return [{ name: "+QMTENAUTH", ...forms }];
    case "two-t":
      return [{ name: "+QMTTENAUTH", ...forms }];
    default:
      return [
        { name: "+QMTENAUTH", test: forms.test, read: forms.read },
        { name: "+QMTTENAUTH", set },
      ];
  }
}
