// Everything about the modem as a device that a user can set: its SIM card, the mobile network around it, its sleep, its pins. Each row
// is an option at start (`sim: { state: "pin" }`, `--set sim.state=pin`), and can be set while the modem runs.

import { fallbacks, flag, number, numberOr, type SomeValues, text, type Values, word } from "./setting";

const day = 86_400_000;
const octet = /^([01]{8})?$/;
const bits = "eight bits such as 00100100, or nothing";

export const settingsTable = {
  sim: {
    state: word(
      "ready",
      ["ready", "absent", "pin", "puk", "blocked", "failure"],
      "the card: pin asks for the PIN after every start, puk has used up its PIN tries, blocked its PUK tries too; setting it puts another card in",
    ),
    pin: text("1234", /^\d{4,8}$/, "4 to 8 digits", "the PIN that opens the card"),
    puk: text("12345678", /^\d{8}$/, "8 digits", "the PUK that opens it once the PIN is blocked"),
    tries: number(3, 1, 3, "how often a wrong PIN may still be given"),
    pukTries: number(10, 1, 10, "how often a wrong PUK may still be given"),
    busyTime: number(0, 0, day, "milliseconds after a start in which the card cannot be used yet"),
  },
  radio: {
    on: flag(true, "whether the radio is on (AT+CFUN? is 1) when the modem starts"),
    switchTime: number(100, 0, 600_000, "milliseconds that AT+CFUN takes"),
  },
  mobile: {
    coverage: flag(true, "whether there is a network at all"),
    uncovered: word("4", ["0", "2", "4"], "the registration when a search has found nothing: 4 out of coverage, 0 not searching, 2 searching on"),
    searchTime: numberOr("attachTime", "attachTime", 0, day, "milliseconds until a search has found the network"),
    denied: number(0, 0, 255, "the cause with which the network denies the registration, such as 15 (3GPP TS 24.301); 0: it does not"),
    roaming: flag(false, "whether the network is another than the SIM's: registration 5 in place of 1"),
    operator: text("46000", /^\d{5,6}$/, "5 or 6 digits", "country and network code of the operator"),
    operatorName: text("", /^[\x20-\x7e]{0,16}$/, "up to 16 characters, or nothing", "the operator's name, where the modem prints names; nothing: the code"),
    technology: numberOr("family", "family", 0, 13, "access technology of the cell, as in +CEREG: 7 LTE, 9 NB-IoT, 11 5G"),
    area: text("213D", /^[0-9A-F]{4,6}$/, "4 or 6 hexadecimal digits", "tracking area code"),
    cell: text("0318886E", /^[0-9A-F]{8,9}$/, "8 or 9 hexadecimal digits", "cell identity"),
    band: number(8, 1, 128, "the cell's band; a modem whose bands are set finds it only among them"),
    apn: text(
      "",
      /^[\x21\x23-\x7e]{0,63}$/,
      "up to 63 characters, or nothing",
      "the APN that the network wants; nothing: it takes any, and gives one where none is set",
    ),
    user: text("", /^[\x21\x23-\x7e]{0,60}$/, "up to 60 characters, or nothing", "the user that the network wants with its APN; nothing: none"),
    password: text("", /^[\x21\x23-\x7e]{0,60}$/, "up to 60 characters, or nothing", "the password that goes with the user"),
    wrongApn: word(
      "no-address",
      ["no-address", "sms-only", "denied"],
      "with another APN: registered without an address, registered for SMS only (6 or 7), or the registration is denied",
    ),
    address: text("10.169.241.248", /^\d{1,3}(\.\d{1,3}){3}$/, "an IPv4 address", "the address that the network gives"),
    rssi: numberOr("unknown", -67, -150, 0, "received power in dBm: AT+CSQ"),
    rsrp: numberOr("unknown", -84.2, -150, 0, "reference signal's power in dBm"),
    rsrq: numberOr("unknown", -10.8, -40, 0, "reference signal's quality in dB"),
    sinr: numberOr("unknown", 22.6, -30, 50, "signal to noise and interference in dB"),
    time: flag(true, "whether the network tells the time when the modem registers"),
    zone: numberOr("none", 0, -96, 96, "the time zone that it tells, in quarters of an hour; none: it tells none"),
    psm: flag(true, "whether the network grants power saving mode"),
    activeTime: text("", octet, bits, "the active time that it grants (T3324, GPRS timer 2); nothing: what was asked for"),
    periodicTime: text("", octet, bits, "the periodic update that it grants (T3412 extended, GPRS timer 3); nothing: what was asked for"),
    edrx: text("", /^([01]{4})?$/, "four bits, or nothing", "the eDRX cycle that it grants; nothing: what was asked for"),
    pagingWindow: text("0101", /^[01]{4}$/, "four bits", "the paging time window that it grants"),
  },
  sleep: {
    factory: flag(false, "whether power saving mode is on from the factory, and comes back on after each attach"),
    factoryEdrx: flag(false, "whether eDRX is on from the factory"),
    activeTime: text("00000101", /^[01]{8}$/, "eight bits", "active time where none was asked for (T3324, GPRS timer 2)"),
    periodicTime: text("01000001", /^[01]{8}$/, "eight bits", "periodic update where none was asked for (T3412 extended, GPRS timer 3)"),
    idleTime: number(20_000, 0, day, "milliseconds without traffic until the network releases the connection; the active time begins then"),
    wakeTime: number(300, 0, 60_000, "milliseconds from the first byte, or the wake-up pin, until the modem is awake; what is written meanwhile is lost"),
    lostCharacters: number(1, 0, 4096, "at least so many characters that are written to a sleeping modem are lost"),
    wakesBy: word("both", ["both", "uart", "pin"], "what wakes the modem: bytes, the wake-up pin, or either; its timer always does"),
    keeps: word("session", ["session", "settings", "nothing"], "what a sleep leaves: the MQTT session, the AT settings without it, or the registration alone"),
    banner: word("none", ["none", "reboot-cause"], "what a wake-up prints: nothing, or a start's banner as XY1100 firmware does"),
    wakeReport: word("MATWAKEUP", ["MATWAKEUP", "WAKEUP"], "M5311: the report of a wake-up, as in the specification's examples or in its table"),
  },
  power: {
    keyTime: numberOr("family", "family", 0, 60_000, "milliseconds that the power key is held to switch the modem on"),
    offTime: numberOr("family", "family", 0, 60_000, "milliseconds that the power key is held to switch it off; 0: a press never does"),
    resetTime: number(100, 0, 60_000, "milliseconds that the reset pin is held"),
    stopTime: number(1000, 0, 120_000, "milliseconds from being switched off to being off"),
  },
  supply: {
    temperature: number(30, -60, 150, "degrees Celsius"),
    voltage: number(3816, 0, 20_000, "millivolts"),
  },
} as const;

/** The values of all settings. */
export type Settings = Values<typeof settingsTable>;
/** Some settings: those of a part are an object with its name. */
export type SomeSettings = SomeValues<typeof settingsTable>;

export const defaultSettings = (): Settings => fallbacks(settingsTable);
