import { command as commandOf, type Argument, type Command, type CommandOptions } from "../at/commands/command";
import { isTestAnswer } from "../at/responses/answers";
import type { Line } from "../at/responses/response-table";
import { frozen } from "../bytes/frozen";
import { ARGUMENTS } from "./arguments";
import { Kind, Tolerates, type Script, type Step } from "./script";

/** What is said of a command beside its line; all of it may be left out. */
type Manner<V> = Partial<Omit<Step<V>, Exclude<keyof Command, keyof CommandOptions>>>;

/** Milliseconds to the final of a command that the modem carries out by itself. */
const LOCAL = 2000;

/**
 * Makes the two functions with which a family writes its commands. `command` takes the line as the manual prints it, and what is
 * otherwise than with most commands:
 * - the final comes within two seconds;
 * - a question (`?`) is answered by a line of the command's own name, and a test form (`=?`) by such a line that is no report;
 * - a step that has a {@link Kind} of its own has a result line, of the command's own name too;
 * - what disconnects or closes may fail, and its result line may be missing.
 *
 * `script` makes several commands, most of which need no more than their line.
 * @param table what the family's modems report
 * @param own arguments that only this family has
 */
export function commands<V>(table: readonly Line[], own: Readonly<Record<string, Argument<any>>>) {
  const reports = table; // a parameter could be assigned, and XS would not keep in flash what refers to it
  const argumentTable = frozen({ ...ARGUMENTS, ...own });
  const command = (line: string, more?: Manner<V>): Step<V> => {
    const report = reports.find(({ text }) => line.startsWith(text, 2))?.id; // behind AT
    const manner: { -readonly [option in keyof Manner<V>]: Manner<V>[option] } & CommandOptions = { final: LOCAL };
    if (line.endsWith("?")) manner.answer = report;
    if (line.endsWith("=?")) manner.takes = isTestAnswer;
    const kind = more?.kind ?? Kind.Step;
    if (kind > Kind.Step) manner.result = report;
    if (kind >= Kind.Disconnect) {
      manner.resultOptional = true;
      manner.tolerates = Tolerates.Failure;
    }
    return commandOf(line, argumentTable, Object.assign(manner, more));
  };
  const script = (...steps: readonly (string | Step<V>)[]): Script<V> => steps.map((step) => (typeof step === "string" ? command(step) : step));
  return { command, script };
}
