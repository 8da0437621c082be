// Power saving mode: how the modem falls asleep, how it is woken, and what is left then. modem-care.md, chapters 10, 11 and 14.
import { OK, type Question, type Scene, type Step } from "../question";
import type { Recording } from "../recording";

/** Two seconds, and two minutes: a modem that nothing else wakes comes back by its own timer. */
const ASKED = 'AT+CPSMS=1,,,"10000100","00000001"';
const ASLEEP = /\+NPSMR: ?1|GOTOSLEEP|ENTER PSM/;

/** Switches a report on where the modem knows it. */
const reported = (name: string): readonly Step[] => [{ at: `AT${name}?` }, { at: `AT${name}=1`, unless: /ERROR/, as: `AT${name}=1` }];
const REPORTS: readonly string[] = ["+NPSMR", "*SLEEP", "*MATWAKEUP"];
/** The commands that have sleep reported, which also are their steps' labels. */
export const REPORT_COMMANDS: readonly string[] = REPORTS.map((name) => `AT${name}=1`);

/** The settings that {@link SLEEP} changes. */
export const SLEEP_CHANGES: readonly string[] = ["cpsms", ...REPORTS];

/** To sleep and back. */
export const SLEEP: readonly Step[] = [
  { at: "AT+CPSMS?", must: /\+CPSMS/ },
  ...REPORTS.flatMap(reported),
  { at: ASKED, must: OK },
  // Where no report comes, the network has released the connection by then (20 s are usual), and the timer is not due yet.
  { listen: 90_000, until: ASLEEP, as: "asleep" },
  { listen: 3000, as: "asleep" },
  { wake: 40, window: 300, as: "wake" },
  { wake: 180, window: 1000, as: "wake", unless: OK },
  { at: "AT+CPSMS=0", as: "wake" },
];
/** It does not fall asleep once more. */
export const AWAKE: readonly Step[] = [{ at: "AT+CPSMS=0" }];

export function sleepScenes(): readonly Scene[] {
  return [
    {
      id: "sleep",
      needs: ["network", "sleep"],
      changes: SLEEP_CHANGES,
      steps: [...SLEEP, { at: "AT+CMEE?", as: "settings" }, { listen: 3000, as: "wake" }],
      leave: AWAKE,
    },
  ];
}

const seconds = (milliseconds: number): string => `${Math.round(milliseconds / 100) / 10} s`;

/** When the modem was told to sleep, in milliseconds since the probe began. */
const toldAt = ({ events }: Recording): number => events.find(({ who, text }) => who === "sent" && text.startsWith(ASKED))?.at ?? NaN;

export function sleepQuestions(): readonly Question[] {
  return [
    {
      id: "sleepReport",
      asks: "Is it reported that the modem falls asleep?",
      fact: "modem-care.md 10",
      scene: "sleep",
      in: "asleep",
      tells: [
        ["+NPSMR", /\+NPSMR: ?1/],
        ["*GOTOSLEEP", /GOTOSLEEP/],
        ["nothing", /^/],
      ],
    },
    {
      id: "sleepAfter",
      asks: "How long does the modem need until it sleeps, with an active time of two seconds?",
      fact: "modem-care.md 10",
      scene: "sleep",
      tells: (recording) => {
        const at = recording.timeOf(ASLEEP);
        return at === undefined ? "not reported" : seconds(at - toldAt(recording));
      },
    },
    {
      id: "wakeUps",
      asks: "How many AT does a sleeping modem need until it answers?",
      fact: "modem-care.md 14 no. 4",
      scene: "sleep",
      tells: ({ notes }) => {
        const [first, second] = [...notes.matchAll(/answers (?:the AT number (\d+)|none)/g)];
        if (first === undefined) return undefined;
        return first[1] ?? (second?.[1] === undefined ? "none wakes it" : "none wakes it, but its timer does");
      },
    },
    {
      id: "wakeTime",
      asks: "How long does a sleeping modem need from the first byte to its answer?",
      fact: "modem-care.md 14 no. 4",
      scene: "sleep",
      tells: ({ notes }) => {
        const time = /answers (?:the AT number \d+, after (\d+) ms|none)/.exec(notes);
        return time === null ? undefined : time[1] === undefined ? "it does not answer" : seconds(Number(time[1]));
      },
    },
    {
      id: "wakeReport",
      asks: "What is reported of a wake-up?",
      fact: "modem-care.md B-2",
      scene: "sleep",
      in: "wake",
      tells: [
        ["+NPSMR", /\+NPSMR: ?0/],
        ["*MATWAKEUP", /\*MATWAKEUP/],
        ["*WAKEUP", /\*WAKEUP/],
        ["nothing", /^/],
      ],
    },
    {
      id: "wakeBanner",
      asks: "Does a wake-up print the banner of a start?",
      fact: "modem-care.md M-10",
      scene: "sleep",
      in: "wake",
      tells: [
        ["banner", /REBOOT_CAUSE|ATREADY|RDY|MATREADY/],
        ["nothing", /^/],
      ],
    },
    {
      id: "settingsAfterSleep",
      asks: "Are echo and AT+CMEE as before when the modem wakes from power saving mode?",
      fact: "modem-care.md 10",
      scene: "sleep",
      in: "settings",
      tells: [
        ["lost", /AT\+CMEE|\+CMEE: ?[02]/],
        ["kept", /\+CMEE: ?1/],
      ],
    },
  ];
}
