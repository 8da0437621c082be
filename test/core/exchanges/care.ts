import type { Exchange } from "../support/exchange";

/** From power-on to a modem with which the host is in step. */
export const STEP = `
  ! connect
  → AT\\r
  ← AT\\r\\r\\nOK\\r\\n
  → ATE0\\r
  ← ATE0\\r\\r\\nOK\\r\\n
  → AT+CMEE=1\\r
  ← \\r\\nOK\\r\\n
  → AT+CMEE?\\r
  ← \\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n
`;

/** A command and its answer, with the blank that a family puts behind a colon. */
export const step = (line: string, ...answers: string[]): string => `
  → ${line}\\r
  ${answers.length === 0 ? "← \\r\\nOK\\r\\n" : answers.map((answer) => `← \\r\\n${answer}\\r\\n`).join("\n  ")}
`;

/** What a family's bring-up has in common. */
export interface CareScripts {
  /** Behind {@link STEP}: which module it is, its radio, its SIM. */
  readonly awake: string;
  readonly simReady: string;
  /** Registration is reported from now on. */
  readonly reports: string;
  /** It is attached, and registered. */
  readonly attached: string;
  /** It has an address, or its context is active. */
  readonly data: string;
  /** The first command that makes the connection to the broker, and its refusal. */
  readonly connects: string;
  /** How the client, which fails then, closes what may be open. */
  readonly closes: string;
}

/** Up to the moment at which MQTT begins. */
export const up = ({ awake, simReady, reports, attached, data, connects }: CareScripts): string => `${STEP}${awake}${simReady}${reports}${attached}${data}${connects}`;

/** Up to the moment at which the network is waited for. */
export const beforeNetwork = ({ awake, simReady, reports }: CareScripts, between = ""): string => `${STEP}${awake}${simReady}${between}${reports}`;

/** What can go wrong with any SIM, by what `AT+CPIN?` says of it. */
export const simFailures = ({ awake }: CareScripts, closes = ""): Exchange[] =>
  ([
    ["+CME ERROR: 10", "NO_SIM 10"], ["+CME ERROR: 13", "SIM_FAILED 13"], ["+CME ERROR: 15", "SIM_FAILED 15"], ["+CME ERROR: 12", "PUK_REQUIRED 12"], ["+CME ERROR: 11", "PIN_REQUIRED 11"],
    ["+CPIN: SIM PUK", "PUK_REQUIRED 12"], ["+CPIN: SIM PIN", "PIN_REQUIRED 11"], ["+CPIN:SIM PIN", "PIN_REQUIRED 11"], ["+CPIN: PH-SIM PIN", "PIN_REQUIRED 5"],
  ] as const).map(([said, error]) => ({
    name: `${said}: ${error}`,
    script: `${STEP}${awake}${said.startsWith("+CME") ? step("AT+CPIN?", said) : step("AT+CPIN?", said, "OK")}
      = error ${error}
      ${closes}`,
  }));

/** A SIM that is busy is waited for, and firmware that does not know `AT+CPIN?` is worked with. */
export const simWaits = (scripts: CareScripts): Exchange[] => [
  {
    name: "a SIM that is busy is asked again after a second",
    script: `${STEP}${scripts.awake}${step("AT+CPIN?", "+CME ERROR: 14")}~ 1000${step("AT+CPIN?", "+CME ERROR: 14")}~ 1000${scripts.simReady}${scripts.reports}${scripts.attached}${scripts.data}${scripts.connects}`,
  },
  ...["ERROR", "+CME ERROR: 4", "+CME ERROR: 100"].map((refusal) => ({
    name: `firmware that does not know AT+CPIN? (${refusal}) is worked with`,
    script: `${STEP}${scripts.awake}${step("AT+CPIN?", refusal)}${scripts.reports}${scripts.attached}${scripts.data}${scripts.connects}`,
  })),
];
