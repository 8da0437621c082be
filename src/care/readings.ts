import { fieldsOf, hasName, lineOf, numberOf, unquoted } from "./fields";

/** A PDP context as `+CGDCONT` defines it: 27.007 10.1.1. */
export interface Context {
  readonly cid: number;
  /** `IP`, `IPV6`, `IPV4V6` and others. */
  readonly type: string;
  readonly apn: string;
}

/** The definition of context `cid` among these lines, or null. */
export function contextOf(lines: readonly string[], cid: number): Context | null {
  for (const line of lines) {
    if (!hasName(line, "+CGDCONT")) continue;
    const fields = fieldsOf(line);
    if (numberOf(fields[0]) !== cid) continue;
    const type = unquoted(fields[1]).toUpperCase();
    // It goes into the command that sets the context: what a disturbed line made of it must not.
    return { cid, type: /^(IP|IPV6|IPV4V6|NON-?IP|PPP)$/.test(type) ? type : "", apn: unquoted(fields[2]) };
  }
  return null;
}

/** Whether the context is active by `+CGACT: <cid>,<state>`; undefined where no line tells it. */
export function isActive(lines: readonly string[], cid: number): boolean | undefined {
  const fields = lines.filter((line) => hasName(line, "+CGACT")).map(fieldsOf);
  const found = fields.find((each) => numberOf(each[0]) === cid);
  return found === undefined ? undefined : numberOf(found[1]) === 1;
}

/** The first IP address in lines `+CGPADDR: <cid>[,<address>…]`; IPv6 in either of its forms. Undefined where there is none yet. */
export function addressOf(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    if (!hasName(line, "+CGPADDR")) continue;
    const address = fieldsOf(line)
      .slice(1)
      .map(unquoted)
      .find((text) => text !== "" && !/^[0.:]+$/.test(text));
    if (address !== undefined) return ipv6(address);
  }
  return undefined;
}

/** Sixteen decimal bytes with dots between them are an IPv6 address: 27.007 10.1.1. */
function ipv6(address: string): string {
  const bytes = address.split(".").map(Number);
  if (bytes.length !== 16) return address;
  const groups = [];
  for (let i = 0; i < 16; i += 2) groups.push((bytes[i] * 256 + bytes[i + 1]).toString(16));
  return groups.join(":");
}

/** What `+COPS: <mode>[,<format>,<oper>[,<AcT>]]` tells: 27.007 7.3. */
export interface Operator {
  /** 0 where the modem chooses by itself. */
  readonly mode: number;
  /** 2 where the name is MCC and MNC; −1 where no operator is told. */
  readonly format: number;
  readonly name: string;
  /** `<AcT>`, or −1. */
  readonly technology: number;
}

/** The operator among these lines, or null where there is none. */
export function operatorOf(lines: readonly string[]): Operator | null {
  const line = lineOf(lines, "+COPS");
  if (line === undefined) return null;
  const [mode, format, name, technology] = fieldsOf(line);
  return { mode: orNone(mode), format: orNone(format), name: unquoted(name), technology: orNone(technology) };
}

function orNone(field: string | undefined): number {
  const number = numberOf(field);
  return number >= 0 ? number : -1;
}

/** The first number of the line of that name, or −1. */
export function firstNumber(lines: readonly string[], name: string): number {
  const line = lineOf(lines, name);
  return line === undefined ? -1 : orNone(fieldsOf(line)[0]);
}

/** The numbers of the line of that name: `+NBAND:5,8,3`. */
export function numbersOf(lines: readonly string[], name: string): number[] {
  const line = lineOf(lines, name);
  return line === undefined
    ? []
    : fieldsOf(line)
        .map(numberOf)
        .filter((number) => number >= 0);
}

/** The first line that is the answer to the command of that name: what a modem reports of itself meanwhile has another name. */
export function textOf(lines: readonly string[], name: string): string | undefined {
  const line = lines.find((each) => hasName(each, name) || !/^([+*^$%#@!]\w|RING$)/.test(each));
  return line === undefined || !hasName(line, name) ? line : line.slice(name.length).replace(/^ ?: */, "");
}

/** How often the PIN may still be tried, by `+CPINR: SIM PIN,<retries>[,<default>]` (27.007 8.65), or −1. */
export function triesOf(lines: readonly string[]): number {
  for (const line of lines) {
    const fields = hasName(line, "+CPINR") ? fieldsOf(line) : [];
    if (unquoted(fields[0]).toUpperCase() === "SIM PIN") return orNone(fields[1]);
  }
  return -1;
}

/** The number behind a word, whatever stands between them: `+NUESTATS: Signal power:-683`, `+QCHIPINFO:VBAT,3547`. NaN where there is none. */
export function numberBehind(lines: readonly string[], word: string): number {
  for (const line of lines) {
    const at = line.indexOf(word);
    const found = at < 0 ? null : /^[^\w-]*(-?\d+)/.exec(line.slice(at + word.length));
    if (found !== null) return Number(found[1]);
  }
  return NaN;
}
