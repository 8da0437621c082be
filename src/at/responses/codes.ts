import { frozen } from "../../bytes/frozen";

/** Numbers that modems give, with their meanings, for messages to people. Looked up only on failure. */

/** Numbers with their meanings. */
export type CodeTable = readonly (readonly [code: number, meaning: string])[];

/**
 * The same as text: a line for each, with the number, a blank, and what it means. In a device's flash a list of pairs takes five times
 * as much, so only the tables that applications can look through are such lists.
 */
export type CodeText = string;

/** The table of that text. */
export function codes(text: CodeText): CodeTable {
  return frozen(
    text
      .trim()
      .split("\n")
      .map((line) => [parseInt(line), line.trim().replace(/.+? /, "")] as const),
  );
}

/** `+CME ERROR` and `+CMS ERROR`: 27.007 9.2 and 27.005 3.2.5, as far as S1 chapter 5 lists them. */
export const CME_ERRORS = codes(`
  3 request not allowed
  4 request not supported
  5 PH-SIM PIN required
  6 PH-FSIM PIN required
  7 PH-FSIM PUK required
  10 SIM not inserted
  11 SIM PIN required
  12 SIM PUK required
  13 SIM failure
  14 SIM busy
  15 SIM wrong
  16 incorrect password
  17 SIM PIN2 required
  18 SIM PUK2 required
  23 memory failure
  30 no network service
  31 network timeout
  32 network not allowed, emergency calls only
  40 network personalization PIN required
  41 network personalization PUK required
  42 network subset personalization PIN required
  43 network subset personalization PUK required
  44 service provider personalization PIN required
  45 service provider personalization PUK required
  46 corporate personalization PIN required
  47 corporate personalization PUK required
  50 incorrect parameters
  51 command executed but currently disabled
  52 command aborted by the user
  100 unknown error
  103 illegal mobile station
  106 illegal mobile equipment
  107 GPRS services not allowed
  111 PLMN not allowed
  112 location area not allowed
  113 roaming not allowed in this location area
  133 requested service option not subscribed
  148 unspecified GPRS error
  149 PDP authentication failure
  159 uplink busy, flow control
  300 ME failure
  301 SMS service of ME reserved
  302 request not allowed
  303 request not supported
  304 invalid PDU mode parameter
  305 invalid text mode parameter
  310 USIM not inserted
  311 USIM PIN required
  312 PH-USIM PIN required
  313 USIM failure
  314 USIM busy
  315 USIM wrong
  316 USIM PUK required
  317 USIM PIN2 required
  318 USIM PUK2 required
  320 memory failure
  321 invalid memory index
  322 memory full
  330 SMSC address unknown
  331 no network service
  332 network timeout
  340 no +CNMA acknowledgement expected
  500 unknown error
`);

/** What `code` means, or that the documents do not list it. */
export function meaning(table: CodeTable | CodeText, code: number): string {
  const found = typeof table === "string" ? new RegExp(`^ *${code} (.+)$`, "m").exec(table) : table.find(([number]) => number === code);
  return found?.[1] ?? "a code that the documents do not list";
}
