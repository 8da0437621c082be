// The flags for the modem as a device: options of `connect` that stand beside `serial`.
import { InvalidArgumentError, Option, type Command } from "commander";
import type { APNOptions, CareOfModem } from "modem-mqtt/node";
import { UsageError } from "./exit";

export interface DeviceFlags {
  apn?: string;
  apnUser?: string;
  apnPassword?: string;
  apnAuth?: APNOptions["authentication"];
  apnType?: APNOptions["type"];
  pin?: string;
  operator?: string;
  bands?: number[];
  /** False with `--no-roaming`, as commander has it. */
  roaming: boolean;
  psm?: false | { active: number; periodic: number };
  edrx?: false | number;
  setup?: NonNullable<CareOfModem["setup"]>[number][];
}

/** What stands for false. */
const OFF = "off";
/** Before a command of `--setup` that the modem may refuse. */
const OPTIONAL = "?";

export function addDeviceOptions(command: Command): Command {
  return command
    .option("--apn <name>", "the network's access point")
    .option("--apn-user <name>", "its user")
    .addOption(new Option("--apn-password <password>", "its password; others on this machine can see it here").env("MODEM_MQTT_APN_PASSWORD"))
    .addOption(new Option("--apn-auth <how>", "how they are checked (default: pap, where there is a user)").choices(["none", "pap", "chap"]))
    .addOption(new Option("--apn-type <type>", "the IP version").choices(["IP", "IPV6", "IPV4V6"]))
    .addOption(new Option("--pin <digits>", "the SIM's PIN; others on this machine can see it here").env("MODEM_MQTT_PIN"))
    .option("--operator <name>", "the network, as MCC and MNC (46000); auto: the modem chooses")
    .option("--bands <list>", "frequency bands, such as 5,8", bands)
    .option("--no-roaming", "a foreign network is not good enough")
    .option("--psm <active,periodic>", "power saving mode: seconds awake, and seconds until it wakes at the latest; off", psm)
    .option("--edrx <seconds>", "the eDRX cycle; off", edrx)
    .option("--setup <command>", "an AT command that the modem is told before; may be repeated; with ? before it, it may be refused", setup);
}

/** The options of `connect`. @throws UsageError */
export function deviceOptionsOf(flags: DeviceFlags): CareOfModem {
  const { apn, pin, operator, bands: some, roaming, psm: saving, edrx: cycle, setup: commands } = flags;
  return {
    apn: apnOf(flags, apn),
    pin,
    operator,
    bands: some,
    roaming: roaming ? undefined : false,
    psm: saving,
    edrx: cycle,
    setup: commands,
  };
}

function apnOf({ apnUser, apnPassword, apnAuth, apnType }: DeviceFlags, name: string | undefined): CareOfModem["apn"] {
  if (apnUser === undefined && apnPassword === undefined && apnAuth === undefined && apnType === undefined) return name;
  if (name === undefined) throw new UsageError("the access point's user, password, authentication and type need its name: --apn");
  if (apnPassword !== undefined && apnUser === undefined) throw new UsageError("the access point's password needs its user: --apn-user");
  return { name, user: apnUser, password: apnPassword, authentication: apnAuth, type: apnType };
}

function bands(text: string): number[] {
  if (!/^\d{1,3}(,\d{1,3})*$/.test(text)) throw new InvalidArgumentError("It must be numbers with commas between them, such as 5,8.");
  return text.split(",").map(Number);
}

function psm(text: string): DeviceFlags["psm"] {
  if (text === OFF) return false;
  const found = /^(\d{1,9}),(\d{1,9})$/.exec(text);
  if (found === null) throw new InvalidArgumentError("It must be two numbers of seconds, such as 10,86400, or off.");
  return { active: Number(found[1]), periodic: Number(found[2]) };
}

function edrx(text: string): DeviceFlags["edrx"] {
  if (text === OFF) return false;
  if (!/^\d{1,6}(\.\d{1,2})?$/.test(text)) throw new InvalidArgumentError("It must be a number of seconds, such as 20.48, or off.");
  return Number(text);
}

function setup(text: string, before: DeviceFlags["setup"] = []): DeviceFlags["setup"] {
  return [...before, text.startsWith(OPTIONAL) ? { command: text.slice(OPTIONAL.length), optional: true } : text];
}
