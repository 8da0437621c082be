import { utf8Encode } from "../../bytes/utf8";
import { frozen } from "../../bytes/frozen";
import { ArgumentError } from "../../errors";
import { isRegistrationAnswer, isTestAnswer } from "../responses/answers";
import { Byte } from "../responses/bytes";
import { CommonResponse, type Line } from "../responses/response-table";
import { PartEnd, type Command, type CommandOptions } from "../commands/command";

/** What a command may not be, because the chat would not understand the modem afterwards. */
const CHANNEL: readonly (readonly [commands: readonly string[], why: string])[] = frozen([
  [["E1"], "switches the command echo on"],
  [["V0", "Q1"], "changes how the modem says that a command is over"],
  [["S3=", "S4=", "S5="], "changes how lines end"],
  [["Z", "&F"], "brings settings back that the client has changed"],
  [["D", "A", "O", "+CMUX="], "takes the channel away from commands"],
  [["+CMEE=", "+CMEE?"], "belongs to the client, which needs the numbers of errors"],
  [["+IPR=", "+IPREX=", "+ICF=", "+NATSPEED=", "+IPRCFG="], "changes the bit rate"],
]);

/** The one part of an own command: all is an argument but the line's end. */
const PARTS = new Uint8Array([0, PartEnd.Argument, 1, Byte.CR, PartEnd.Nothing]);

/**
 * Makes a command of a line that the application gives. It is sent as it is. All that comes before its final is its answer, except
 * lines that the modem reports by itself: those of the response table. Of these the command takes the ones of its own name, where
 * it asks for something.
 * @param name the argument's name, for errors
 * @param table what the modem reports
 * @param final milliseconds until the final at the most
 * @throws ArgumentError
 */
export function ownCommand(name: string, line: unknown, table: readonly Line[], final: number): Command {
  return textCommand(checkedLine(name, line), table, final);
}

/** The same, of a line that is known to be right. */
export function textCommand(text: string, table: readonly Line[], final: number): Command {
  const options: { -readonly [option in keyof CommandOptions]: CommandOptions[option] } = { final, text: true, own: true };
  const asking = /^AT *([+*^$%#@!]\w+) *(\?|=\?)?$/.exec(text.toUpperCase());
  if (asking !== null) {
    options.answer = table.find((each) => each.text === asking[1])?.id;
    if (asking[2] === "=?") options.takes = isTestAnswer;
    else if (options.answer === CommonResponse.Registration) options.takes = isRegistrationAnswer;
  }
  const bytes = utf8Encode(text);
  return frozen({ ...options, line: text, parts: PARTS, arguments: [(writer) => writer.copy(bytes, 0, bytes.length)], steady: 0 } satisfies Command);
}

/** The line for messages: what stands in quotes may be a secret, and so is all behind the names of the SIM's codes. */
export function withoutSecrets(line: string): string {
  return line.replace(/"[^"]*("|$)/g, '"…"').replace(/(\+(?:CPIN|NPIN|CPWD|CLCK) *=)(?! *\?).*/is, "$1…");
}

/** @throws ArgumentError */
function checkedLine(name: string, line: unknown): string {
  if (typeof line !== "string") throw new ArgumentError("ARGUMENT_TYPE", name, line, "must be a string");
  const shown = withoutSecrets(line);
  if (/\p{Surrogate}/u.test(line)) throw new ArgumentError("ARGUMENT_CHARACTER", name, shown, "must not hold half of a surrogate pair");
  for (let i = 0; i < line.length; i++) {
    const code = line.charCodeAt(i);
    if (code < Byte.Blank || code === DELETE)
      throw new ArgumentError("ARGUMENT_CHARACTER", name, shown, "must be one line without control characters; the carriage return at its end is added");
  }
  if (!/^(AT|at)/.test(line)) throw new ArgumentError("ARGUMENT_RANGE", name, shown, "must begin with AT");
  if (line.replace(/"[^"]*"/g, "").includes(";"))
    throw new ArgumentError("ARGUMENT_CHARACTER", name, shown, "must be one command: give those behind the semicolon one by one");
  for (const each of commandsIn(line)) {
    const row = CHANNEL.find(([commands]) => commands.some((command) => (/[=?]$/.test(command) ? each.startsWith(command) : each === command)));
    if (row !== undefined) throw new ArgumentError("ARGUMENT_RANGE", name, shown, `must not be a command that ${row[1]}`);
  }
  return line;
}

const DELETE = 0x7f;

/**
 * The commands in a line, in capitals: `ATE0V1&W` has three. A basic command without a number has 0, one of `D` has the rest of the
 * line. An extended command is the last one: test forms, which change nothing, are left out.
 */
function commandsIn(line: string): string[] {
  const commands: string[] = [];
  let rest = line.slice(2).replace(/ /g, "").toUpperCase();
  while (rest !== "") {
    const basic = /^(S\d+(=|\?)?\d*|(&?[A-Z])(\d*))/.exec(rest);
    if (basic === null) break;
    const [whole, , setting, letter, number] = basic;
    if (letter === undefined) commands.push(whole.replace(/=\d*/, setting ?? ""));
    else commands.push(LETTERS.includes(letter) ? letter : letter + String(Number(number)));
    rest = rest.slice(whole.length);
    if (letter === "D") return commands;
  }
  if (rest !== "" && !rest.includes("=?")) commands.push(rest);
  return commands;
}

/** Basic commands that are refused with any number. */
const LETTERS: readonly string[] = frozen(["Z", "&F", "D", "A", "O"]);
