// What every modem is asked as a device, beside MQTT: SIM, radio, network, signal, sleep. 3GPP TS 27.007, and modem-care.md, chapters 1
// to 11, 13 and 14. The questions are in device-questions.ts; what the driver's care takes for granted is in care-questions.ts.
import type { CareRows } from "../../../../../src/care/rows";
import { OK, type Kept, type Scene, type Table } from "../question";
import { ASKED, CYCLE, deviceQuestions, FORMS, NUMBERS } from "./device-questions";
import { sleepScenes } from "./sleep";

/** Seconds until it is worth asking again what the network has granted. */
const GRANT = 10_000;
const switchOf = (name: string): Kept => ({
  name,
  read: `AT${name}?`,
  value: new RegExp(`${name.replace(/^./, "\\$&")}: ?(\\d)`),
  restore: ([, mode]) => `AT${name}=${mode}`,
  ifKnown: true,
});

function keptSettings({ edrx }: CareRows): readonly Kept[] {
  return [
    { name: "radio", read: "AT+CFUN?", value: /\+CFUN: ?(\d)/, restore: ([, level]) => `AT+CFUN=${level}`, final: 90_000 },
    { name: "operator's format", read: "AT+COPS?", value: /\+COPS: ?\d,(\d)/, restore: ([, format]) => `AT+COPS=3,${format}` },
    {
      name: "cedrxs",
      read: "AT+CEDRXS?",
      value: /\+CEDRXS: ?(\d)(?:,"?([01]{4})"?)?|(?:^|[\r\n])OK/,
      restore: ([, type, cycle]) => (cycle === undefined ? `AT+CEDRXS=0,${edrx}` : `AT+CEDRXS=1,${type},"${cycle}"`),
      ifKnown: true,
    },
    ...["+NPSMR", "*SLEEP", "*MATWAKEUP"].map(switchOf),
  ];
}

function deviceScenes({ edrx, numericOperator }: CareRows): readonly Scene[] {
  return [
    { id: "numbers of device and SIM", isPrivate: true, steps: NUMBERS.map((at) => ({ at, as: at })) },
    { id: "test forms", steps: FORMS.map((name) => ({ at: `AT${name}=?`, as: name })) },
    { id: "PIN counters", steps: [{ at: "AT+CPINR", as: "tries" }] },
    {
      id: "registration modes",
      changes: ["cereg"],
      steps: [1, 2, 3, 4, 5].map((mode) => ({ at: `AT+CEREG=${mode}`, as: `mode ${mode}` })),
    },
    {
      id: "network",
      needs: ["waited"],
      changes: ["cereg"],
      steps: [
        { at: "AT+CEREG=5" },
        { at: "AT+CEREG=4", unless: OK },
        { at: "AT+CEREG=2", unless: OK },
        { at: "AT+CEREG?", as: "registration" },
        { at: "AT+CGATT?", as: "attached" },
        { at: "AT+COPS?", as: "operator" },
        { at: "AT+CSQ", as: "rssi" },
        { at: "AT+CESQ", as: "quality" },
        { at: "AT+NUESTATS", as: "statistics" },
        { at: "AT*ENGINFO=0", as: "statistics" },
      ],
    },
    {
      id: "contexts",
      needs: ["network"],
      isPrivate: true,
      steps: [
        { at: "AT+CGDCONT?", as: "contexts" },
        { at: "AT+CGACT?", as: "active" },
        { at: "AT+CGPADDR", as: "addresses" },
      ],
    },
    ...(numericOperator === null
      ? []
      : [
          {
            id: "operator in digits",
            needs: ["network"] as const,
            changes: ["operator's format"],
            steps: [
              { at: numericOperator, must: OK },
              { at: "AT+COPS?", as: "operator" },
            ],
          },
        ]),
    {
      id: "eDRX",
      changes: ["cedrxs"],
      steps: [
        { at: "AT+CEDRXS=?", as: "types" },
        { at: "AT+CEDRXS?", must: OK, as: "read" },
        { at: `AT+CEDRXS=0,${edrx}`, as: "off with its type" },
        { at: "AT+CEDRXS=0", as: "off" },
      ],
    },
    {
      id: "granted eDRX",
      needs: ["network"],
      changes: ["cedrxs"],
      steps: [
        { at: `AT+CEDRXS=1,${edrx},"${CYCLE}"`, must: OK },
        { again: "AT+CEDRXRDP", until: /RDP: ?\d,"?[01]{4}"?,"?[01]{4}|ERROR/, within: GRANT, pause: 2000, as: "granted" },
      ],
      leave: [{ at: `AT+CEDRXS=0,${edrx}` }],
    },
    {
      id: "granted PSM",
      needs: ["network", "sleep"],
      changes: ["cpsms", "cereg"],
      steps: [
        { at: "AT+CPSMS?", must: /\+CPSMS/ },
        { at: "AT+CEREG=5" },
        { at: "AT+CEREG=4", unless: OK },
        { at: `AT+CPSMS=1,,,"${ASKED.periodic}","${ASKED.active}"`, must: OK },
        { again: "AT+CEREG?", until: /,"?[01]{8}"?,"?[01]{8}/, within: GRANT, pause: 2000, as: "granted" },
      ],
      leave: [{ at: "AT+CPSMS=0" }],
    },
    ...sleepScenes(),
  ];
}

/** @param rows of this very modem */
export function deviceTable(rows: CareRows): Table {
  return { kept: keptSettings(rows), scenes: deviceScenes(rows), questions: deviceQuestions() };
}
