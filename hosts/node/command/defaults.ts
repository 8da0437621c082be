// Options from files, in the format of mosquitto's option files. (commander reads those from the environment.)
import type { EventEmitter } from "node:events";
import { readFileSync, statSync, type Stats } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { InvalidArgumentError, type Command, type Option } from "commander";
import { UsageError } from "./exit";

const OTHERS_MAY_READ = 0o044;
/** What a file holds with these options, and others should not read. */
const SECRETS: Readonly<Record<string, string>> = { pw: "a password", url: "a password", apnPassword: "a password", pin: "a PIN" };

interface File {
  path: string;
  text: string;
  mode: number;
}

/**
 * Sets a command's options from the option files; the environment and the command line override them. The file `modem-mqtt` is for all
 * commands, and each command skips the options that only others have. The file `modem-mqtt_pub` is for `pub`. Without both, `pub` and
 * `sub` read the files of mosquitto_pub and mosquitto_sub.
 * @param others commands whose options may be in the common file
 * @throws UsageError that names file and line
 */
export function applyOptionFiles(command: Command, others: readonly Command[]): void {
  const name = command.name();
  const common = read("modem-mqtt"),
    own = read(`modem-mqtt_${name}`);
  if (common !== undefined) apply(common, command, others);
  if (own !== undefined) apply(own, command, []);
  if (common !== undefined || own !== undefined) return;
  const mosquitto = read(`mosquitto_${name}`);
  if (mosquitto === undefined) return;
  try {
    apply(mosquitto, command, []);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${error.message}; a file modem-mqtt_${name} beside it, which may be empty, is read in its place`);
  }
}

/** Errors for a file that does not exist for this user. EACCES: the folder may belong to another user, when a process of root has given up its rights. */
const NOT_THERE: readonly string[] = ["ENOENT", "ENOTDIR", "EACCES"];

function look(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if (NOT_THERE.includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

/** Some editors write it at the beginning of a file. */
const BYTE_ORDER_MARK = /^\uFEFF/;

function read(name: string): File | undefined {
  const { XDG_CONFIG_HOME } = process.env;
  const path = join(XDG_CONFIG_HOME || join(homedir(), ".config"), name);
  try {
    const found = look(path);
    return found?.isFile() ? { path, text: readFileSync(path, "utf8").replace(BYTE_ORDER_MARK, ""), mode: found.mode } : undefined;
  } catch (error) {
    throw new UsageError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function apply({ path, text, mode }: File, command: Command, others: readonly Command[]): void {
  let secret: string | undefined;
  text.split("\n").forEach((line, index) => {
    // As mosquitto's commands read it: the option, one blank, and the value up to the line's end, with its blanks and quotes.
    const [, flag, value] = /^ *([^ ]+)(?: (.*))?$/.exec(line.replace(/\r+$/, "")) ?? [];
    if (flag === undefined || line.startsWith("#")) return;
    const where = `${path}, line ${index + 1}`;
    const option = optionOf(command, flag);
    if (option !== undefined) set(command, option, flag, value, where);
    else if (!others.some((other) => optionOf(other, flag) !== undefined)) throw new UsageError(`${where}: there is no option ${JSON.stringify(flag)}`);
    for (const one of others.concat(command)) secret ??= SECRETS[optionOf(one, flag)?.attributeName() ?? ""];
  });
  if (secret !== undefined && (mode & OTHERS_MAY_READ) !== 0 && process.platform !== "win32")
    process.stderr.write(`modem-mqtt: warning: ${path} holds ${secret}, and others than its owner may read it; chmod 600 changes that\n`);
}

function optionOf(command: Command, flag: string): Option | undefined {
  return command.options.find(({ short, long }) => flag === short || flag === long);
}

function set(command: Command, option: Option, flag: string, value: string | undefined, where: string): void {
  const takes = option.required || option.optional;
  if (takes && value === undefined && option.required) throw new UsageError(`${where}: ${flag} needs a value`);
  if (!takes && value !== undefined) throw new UsageError(`${where}: ${flag} takes no value`);
  const name = option.attributeName();
  try {
    const parsed = !takes ? !option.negate : option.parseArg === undefined ? value : option.parseArg(value!, command.getOptionValue(name));
    command.setOptionValueWithSource(name, parsed, "config");
    (command as unknown as EventEmitter).emit(`config:${option.name()}`, parsed); // commander's types do not have it
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new UsageError(`${where}: ${flag}: ${error.message}`);
  }
}
