import { command, type Argument, type Command, type CommandOptions } from "../at/commands/command";
import { FieldKind, type Fields } from "../at/responses/fields";
import type { Line } from "../at/responses/response-table";
import { frozen } from "../bytes/frozen";
import { ARGUMENTS } from "./arguments";
import { Kind, Tolerates, type Step } from "./script";

/** What is said of a command beside its line; all of it may be left out. */
type Manner<D> = Partial<Omit<Step<D>, Exclude<keyof Command, keyof CommandOptions>>>;

/** A test form is answered with ranges and names: a line of that name that begins with a number is a report. */
function isForm(fields: Fields): boolean {
  return fields.kind(0) !== FieldKind.Integer;
}

/** Milliseconds to the final of what stays in the modem. */
const LOCAL = 2000;

/**
 * What a family makes its commands with. Of each it gives the line, as its manual prints it, and what is not as it is with most:
 * - the final comes within two seconds;
 * - what ends with a question mark is answered by a line of the command's own name, a test form by one that is no report;
 * - a step that has a {@link Kind} of its own has a result line, of the command's own name too;
 * - what disconnects or closes may fail, and its result line may be missing.
 *
 * @param reports what the family's modems say
 * @param own arguments that other families have not, or not so
 */
export function tables<D>(reports: readonly Line[], own: Readonly<Record<string, Argument<D>>>) {
  const lines = reports, list = frozen({ ...(ARGUMENTS as Record<string, Argument<D>>), ...own });
  /** One command, which may be a step of a script. */
  const say = (line: string, more?: Manner<D>): Step<D> => {
    const report = lines.find(({ text }) => line.startsWith(text, 2))?.id; // behind AT
    const manner: { -readonly [option in keyof Manner<D>]: Manner<D>[option] } & CommandOptions = { final: LOCAL };
    if (line.endsWith("?")) manner.answer = report;
    if (line.endsWith("=?")) manner.takes = isForm;
    const kind = more?.kind ?? Kind.Step;
    if (kind > Kind.Step) manner.result = report;
    if (kind >= Kind.Disconnect) {
      manner.resultOptional = true;
      manner.tolerates = Tolerates.Failure;
    }
    return command(line, list, Object.assign(manner, more));
  };
  /** Commands one after the other; of most there is nothing more to be said. */
  const all = (...steps: readonly (string | Step<D>)[]): readonly Step<D>[] => steps.map((step) => (typeof step === "string" ? say(step) : step));
  return { say, all };
}
