// The kinds of values that a setting can have. Each kind knows what it takes, and reads it from a text.

import { VirtualModemError } from "../engine/errors";

/** One setting of the virtual modem. */
export interface Setting<Value> {
  readonly fallback: Value;
  /** What it takes, for messages and for the help text: "a number from 0 to 7". */
  readonly takes: string;
  /** What it means. One line. */
  readonly about: string;
  /** Whether the setting takes this value. */
  readonly accepts: (value: unknown) => boolean;
  /** Reads the value from a text, which may be no value at all. */
  readonly read: (text: string) => unknown;
}

/** The settings of one part of the modem, by name. */
export type SettingGroup = Readonly<Record<string, Setting<unknown>>>;
/** All settings, by part. */
export type SettingsTable = Readonly<Record<string, SettingGroup>>;

/** The values that a table describes. */
export type Values<Table extends SettingsTable> = {
  -readonly [Group in keyof Table]: { -readonly [Name in keyof Table[Group]]: Table[Group][Name] extends Setting<infer Value> ? Value : never };
};

/** Some of the values, as an option. */
export type SomeValues<Table extends SettingsTable> = { readonly [Group in keyof Table]?: Partial<Readonly<Values<Table>[Group]>> };

/** Either of two. */
export function flag(fallback: boolean, about: string): Setting<boolean> {
  return {
    fallback,
    takes: "true or false",
    about,
    accepts: (value) => typeof value === "boolean",
    read: (text) => (text === "true" ? true : text === "false" ? false : text),
  };
}

/** A number within a range, both ends included. */
export function number(fallback: number, least: number, most: number, about: string): Setting<number> {
  return {
    fallback,
    takes: `a number from ${least} to ${most}`,
    about,
    accepts: (value) => typeof value === "number" && value >= least && value <= most,
    read: (text) => (text === "" ? text : Number(text)),
  };
}

/** A number within a range, or a word in its place. */
export function numberOr<Word extends string>(word: Word, fallback: number | Word, least: number, most: number, about: string): Setting<number | Word> {
  const plain = number(least, least, most, about);
  return {
    fallback,
    takes: `${plain.takes}, or ${word}`,
    about,
    accepts: (value) => value === word || plain.accepts(value),
    read: (text) => (text === word ? word : plain.read(text)),
  };
}

/** One of some words. */
export function word<const Words extends readonly string[]>(fallback: Words[number], words: Words, about: string): Setting<Words[number]> {
  return { fallback, takes: `one of ${words.join(", ")}`, about, accepts: (value) => words.includes(value as string), read: (text) => text };
}

/** A text of a certain form. @param takes the form in words */
export function text(fallback: string, form: RegExp, takes: string, about: string): Setting<string> {
  return { fallback, takes, about, accepts: (value) => typeof value === "string" && form.test(value), read: (value) => value };
}

/** The values of a table, each with its fallback. */
export function fallbacks<Table extends SettingsTable>(table: Table): Values<Table> {
  const groups = Object.entries(table).map(([group, names]) => [
    group,
    Object.fromEntries(Object.entries(names).map(([name, { fallback }]) => [name, fallback])),
  ]);
  return Object.fromEntries(groups) as Values<Table>;
}

/** @throws VirtualModemError `BAD_OPTION` for a name that the table does not have */
function find(table: SettingsTable, group: string, name: string): Setting<unknown> {
  const names = Object.hasOwn(table, group) ? table[group] : undefined;
  if (names === undefined) throw new VirtualModemError("BAD_OPTION", `no setting "${group}"; there are: ${Object.keys(table).join(", ")}`);
  if (!Object.hasOwn(names, name))
    throw new VirtualModemError(
      "BAD_OPTION",
      `no setting "${group}.${name}"; there are: ${Object.keys(names)
        .map((each) => `${group}.${each}`)
        .join(", ")}`,
    );
  return names[name];
}

/**
 * Checks values, and sets those that are given. None is set when one is wrong.
 * @returns the names of the settings that were given, as `group.name`
 * @throws VirtualModemError `BAD_OPTION`
 */
export function assign<Table extends SettingsTable>(table: Table, values: Values<Table>, given: SomeValues<Table>): string[] {
  const checked: (readonly [group: string, name: string, value: unknown])[] = [];
  for (const [group, names] of Object.entries(given as Readonly<Record<string, unknown>>)) {
    if (names === undefined) continue;
    if (typeof names !== "object" || names === null || Array.isArray(names))
      throw new VirtualModemError("BAD_OPTION", `${group} must be an object of settings`);
    for (const [name, value] of Object.entries(names)) {
      if (value === undefined) continue;
      const setting = find(table, group, name);
      if (!setting.accepts(value)) throw new VirtualModemError("BAD_OPTION", `${group}.${name} must be ${setting.takes}, not ${JSON.stringify(value)}`);
      checked.push([group, name, value]);
    }
  }
  for (const [group, name, value] of checked) (values as Record<string, Record<string, unknown>>)[group][name] = value;
  return checked.map(([group, name]) => `${group}.${name}`);
}

/**
 * Reads settings from texts, `group.name=value` each.
 * @throws VirtualModemError `BAD_OPTION`
 */
export function readSettings<Table extends SettingsTable>(table: Table, texts: readonly string[]): SomeValues<Table> {
  const result: Record<string, Record<string, unknown>> = {};
  for (const each of texts) {
    const found = /^([a-z]+)\.([a-zA-Z]+)=(.*)$/s.exec(each);
    if (!found) throw new VirtualModemError("BAD_OPTION", `a setting is written PART.NAME=VALUE, such as sim.state=pin, and not "${each}"`);
    const [, group, name, value] = found;
    (result[group] ??= {})[name] = find(table, group, name).read(value);
  }
  assign(table, fallbacks(table), result as SomeValues<Table>);
  return result as SomeValues<Table>;
}

/** A row of text for each setting. */
export function settingsHelp(table: SettingsTable): string[] {
  return Object.entries(table).flatMap(([group, names]) =>
    Object.entries(names).map(
      ([name, { about, fallback, takes }]) => `${group}.${name}: ${takes}; default ${fallback === "" ? "none" : String(fallback)}\n      ${about}`,
    ),
  );
}
