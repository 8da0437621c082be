// The PDP contexts: 3GPP TS 27.007 10.1.1, 10.1.10, 10.1.14 and 10.1.31.

import type { Args } from "../args";
import { cme, CmeError } from "../errors";
import type { Call, CommandSpec } from "../family";
import type { CommonHost } from "./host";

/** Quectel AT manual 2.16 and 2.30. */
const maximumApn = 63;
const maximumCredential = 60;

export function contextCommands({ device, dialect, rows }: CommonHost): CommandSpec[] {
  const { kept, radio, settings } = device;
  const { contexts } = kept;
  const { colon } = dialect;
  const [least, most] = rows.contextNumbers;
  const number = (args: Args, index: number): number => args.integer(index, least, most);
  const quoted = (text: string): string => (rows.addressQuoted ? `"${text}"` : text);
  const address = (wanted?: number) => (call: Call) => {
    for (const [cid] of contexts.all) {
      if (wanted !== undefined && cid !== wanted) continue;
      if (contexts.isActive(cid)) call.line(`+CGPADDR${colon}${cid},${quoted(settings.mobile.address)}`);
      // A registered modem that has no address tells so with a line without one.
      else if (radio.registered && !radio.active) call.line(`+CGPADDR${colon}${cid}`);
    }
  };
  return [
    {
      name: "+CGDCONT",
      test: [`+CGDCONT${colon}(${least}-${most}),(${rows.contextTypes.map((type) => `"${type}"`).join(",")})${rows.contextTest}`],
      read: (call) => {
        for (const [cid, { apn, type }] of contexts.all) call.line(`+CGDCONT${colon}${cid},${rows.contextLine(type, apn)}`);
      },
      set: ({ args }) => {
        const cid = number(args.expect(1, 15), 0);
        if (args.count === 1) return contexts.undefine(cid);
        const type = args.string(1, 1, 8).toUpperCase();
        const known = rows.contextTypes.find((each) => each.toUpperCase() === type) ?? args.refuse();
        contexts.define(cid, { type: known, apn: args.omitted(2) ? "" : args.string(2, 0, maximumApn) });
      },
    },
    {
      name: "+CGAUTH",
      test: [`+CGAUTH${colon}(${least}-${most}),(0,1,2),(0-${maximumCredential}),(0-${maximumCredential})`],
      read: (call) => {
        for (const [cid, { authentication }] of contexts.all)
          if (authentication) {
            const { password, protocol, user } = authentication;
            call.line(`+CGAUTH${colon}${cid},${protocol},"${user}","${password}"`);
          }
      },
      set: ({ args }) => {
        const cid = number(args.expect(1, 4), 0);
        const protocol = args.integer(1, 0, 2, 0);
        if (protocol === 0) return contexts.define(cid, { authentication: undefined });
        const user = args.string(2, 0, maximumCredential);
        const password = args.omitted(3) ? "" : args.string(3, 0, maximumCredential);
        contexts.define(cid, { authentication: { protocol, user, password } });
      },
    },
    {
      name: "+CGACT",
      test: [`+CGACT${colon}(0,1)`],
      read: (call) => {
        for (const [cid] of contexts.all) call.line(`+CGACT${colon}${cid},${contexts.isActive(cid) ? 1 : 0}`);
      },
      latency: 50,
      set: ({ args }) => {
        const activate = args.expect(1, 2).integer(0, 0, 1) === 1;
        // One context exists from the start, number 0 on BC35-G: manual 2.14, remark 1.
        const cid = args.integer(1, least, most, contexts.first);
        if (contexts.get(cid) === undefined) args.refuse();
        if (!radio.attached) throw new CmeError(cme.noNetwork);
        if (!activate) radio.deactivate(cid);
        else if (!radio.activate(cid)) throw new CmeError(rows.contextRefused);
      },
    },
    {
      name: "+CGPADDR",
      test: (call) => call.line(`+CGPADDR${colon}(${contexts.all.map(([cid]) => cid).join(",")})`),
      execute: address(),
      set: (call) => address(call.args.expect(1).integer(0, least, most))(call),
      read: address(),
    },
  ];
}
