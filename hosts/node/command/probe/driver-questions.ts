// What a driver's own tables lead to: its inquiries, and its restart.
import type { Family } from "../../../../src/modem/family";
import type { Question, Scene, Step } from "./question";
import type { Recording } from "./recording";

/** The scene that asks everything which a driver may ask, and changes nothing. */
export const INQUIRIES = "the driver's inquiries";
export const RESTART = "restart";

/** How a modem is that has just started, until it has an address. Each step is left out where the one before it has led to nothing. */
const AT_START: readonly Step[] = [
  { at: "AT+CEREG?" },
  { at: "AT+CEREG=2", unless: /ERROR/ },
  { at: "AT+CFUN?", as: "radio at start" },
  { again: "AT+CPIN?", until: /READY|SIM P|ERROR: ?(?:10|13|31[03])\b/, within: 20_000, pause: 1000 },
  { again: "AT+CGATT?", until: /\+CGATT: ?1/, within: 300_000, pause: 1000, as: "attached at start", unless: /SIM P|ERROR/ },
  { at: "AT+CGACT?", as: "active at start", unless: /SIM P|ERROR|CGATT: ?0/ },
  { again: "AT+CGPADDR", until: /\+CGPADDR: ?\d+,"?[\dA-F]*[.:]/i, within: 60_000, pause: 1000, unless: /SIM P|ERROR|CGATT: ?0|^(?![^]*\+CGACT: ?\d+,1)/ },
  { at: "AT+CPSMS?", as: "power saving at start" },
];

/** Scenes that the driver's tables lead to. */
export function driverScenes({ inquiries, recovery: { restart } }: Family): Scene[] {
  const steps = restart.map(
    ({ line }, index): Step => ({
      at: line,
      // A modem that restarts at once may have no final.
      final: 0,
      then: /OK|ERROR|REBOOT/,
      within: 10_000,
      as: line,
      unless: index > 0 ? /OK|REBOOT/ : undefined,
    }),
  );
  return [
    { id: INQUIRIES, isPrivate: true, steps: inquiries.map(({ line }) => ({ at: line, as: line })) },
    ...(steps.length === 0
      ? []
      : [
          {
            id: RESTART,
            needs: ["restart"] as const,
            changes: ["cpsms", "cereg, if known"],
            steps: [
              { at: "AT+CPSMS?" },
              { at: "AT+CPSMS=0", unless: /ERROR/ },
              ...steps,
              { listen: 2000, as: "restart" },
              { wake: 90, window: 1000, as: "restart" },
              { listen: 2000, as: "restart" },
              ...AT_START,
            ],
          },
        ]),
  ];
}

/** From the first answer to AT to that of AT+CGATT?. */
function attachTime(recording: Recording): string {
  const [first] = recording.timesOf(/^the modem answers the AT number/),
    [attached] = recording.timesOf(/^AT\+CGATT\? is answered so/);
  if (attached !== undefined) return `${Math.round((attached - first) / 100) / 10} s`;
  return recording.has("attached at start") ? "it does not attach" : "there is no SIM that can be used, or the radio is off";
}

/** Questions that the driver's tables lead to. */
export function driverQuestions(family: Family): Question[] {
  const { inquiries, responses, restart, recovery } = family;
  const banners = responses.responses.filter(({ id }) => id === restart).map(({ text }) => text);
  return [
    ...inquiries.map(
      ({ line }): Question => ({
        id: line,
        asks: `Does the modem know ${line}?`,
        fact: "the driver's inquiries",
        scene: INQUIRIES,
        in: line,
        tells: [
          ["answered", /(?:^|[\r\n])OK/],
          ["refused", /ERROR/],
        ],
        assumes: "answered",
      }),
    ),
    ...(recovery.restart.length === 0
      ? []
      : [
          {
            id: "restartCommand",
            asks: `Which command restarts the modem: ${recovery.restart.map(({ line }) => line).join(", ")}?`,
            fact: "the driver's restart",
            scene: RESTART,
            tells: (recording: Recording) => recovery.restart.find(({ line }) => /OK|REBOOT/.test(recording.received(line)))?.line ?? "none of them",
            assumes: recovery.restart.length === 1 ? recovery.restart[0].line : undefined,
          },
          {
            id: "restartLine",
            asks: `Does a restart print ${banners.join(" or ")}?`,
            fact: "the driver's restart",
            scene: RESTART,
            tells: (recording: Recording) => (banners.some((text) => recording.received().includes(text)) ? "yes" : "no"),
            assumes: "yes",
          },
          {
            id: "radioAtStart",
            asks: "Is the radio on after a start?",
            fact: "modem-care.md 2.3 and 3.2",
            scene: RESTART,
            in: "radio at start",
            tells: [
              ["on", /\+CFUN: ?1/],
              ["off", /\+CFUN: ?\d/],
              ["not told", /OK|ERROR/],
            ],
          } satisfies Question,
          {
            id: "registrationReport",
            asks: "How is it reported that the modem has registered?",
            fact: "modem-care.md 1.3, 14 no. 6",
            scene: RESTART,
            tells: [
              ["quoted area and cell", /\+CEREG: ?\d,"[\dA-F]{4}/i],
              ["bare area and cell", /\+CEREG: ?\d,[\dA-F]{4}/i],
              ["nothing, or the modem registers too soon", /^/],
            ],
          } satisfies Question,
          {
            id: "attachTime",
            asks: "How long does the modem need from its first answer until it is attached?",
            fact: "modem-care.md 2.11",
            scene: RESTART,
            tells: attachTime,
          } satisfies Question,
        ]),
  ];
}
