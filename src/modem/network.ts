import type { Command } from "../at/commands/command";
import { errorNumber } from "../at/responses/error-text";
import type { Fields } from "../at/responses/fields";
import { CommonResponse, type Line } from "../at/responses/response-table";
import { frozen } from "../bytes/frozen";
import { Text } from "../bytes/text";
import { NetworkError, type MQTTModemError } from "../errors";
import { ATTACHED, REGISTERED, SIM_STATE } from "./common";
import { CME_ERRORS, meaning, type CodeText } from "../at/responses/codes";
import { refusedService, registrationDenied } from "./sim";

/** `<stat>` of `+CEREG`: 27.007 10.1.22. */
const enum Registration {
  Unknown = -1,
  None = 0,
  Home = 1,
  Searching = 2,
  Denied = 3,
  Roaming = 5,
}

const REGISTRATIONS: CodeText = `
  0 not registered, and not searching
  1 registered
  2 searching
  3 registration denied
  4 out of coverage
  5 registered, roaming
  6 registered for SMS alone; check the APN and the data plan
  7 registered for SMS alone, roaming; check the APN and the data plan
  8 emergency calls alone
`;

/** In this order, as long as none of them has said that the modem is attached. */
const QUESTIONS: readonly Command[] = frozen([ATTACHED, REGISTERED, SIM_STATE]);

/** Rounds of questions in a row. */
const enum Rounds {
  /** Firmware whose `AT+CGATT?` is late, or wrong, and whose `AT+CEREG?` says that it is registered, is believed after so many. */
  Registered = 2,
  /** A modem may be denied by one network and go on to the next: so often it must say so. */
  Denied = 2,
}

const READY = frozen(new Text("READY", "READY", 5));

/** Asks a modem for its network, round after round, until it is attached. */
export interface NetworkQuestions {
  /** Whether it is, by the answers of this round. */
  readonly attached: boolean;
  /** What keeps it from attaching for good, or null. */
  readonly failure: MQTTModemError | null;
  /** It searches for a network: whatever is done to it begins the search anew. */
  readonly isSearching: boolean;
  /** The first question of a round. */
  first(): Command;
  /** An answer to the present question. */
  answered(line: Line, fields: Fields): void;
  /**
   * The present question is over. @param code the number of the `+CME ERROR` that it was refused with, −1 for none
   * @returns the next one, or null where the round is over
   */
  next(code: number): Command | null;
  /** A report has come of the network, or, with `sim`, that the SIM cannot be used. */
  reported(sim: boolean): void;
  /** The error where it has not attached in so many seconds. */
  late(seconds: number): MQTTModemError;
}

/** What a modem says of its SIM and its network while it is to attach: which question comes next, and what the answers mean. */
export class Network implements NetworkQuestions {
  attached = false;
  failure: MQTTModemError | null = null;
  private registration: number = Registration.Unknown;
  private question = 0;
  /** Rounds in a row that have said so. */
  private registered = 0;
  private denied = 0;
  private simReady = false;
  /** What `AT+CPIN?` has said of a SIM that is not ready, and may be yet. */
  private simSaid = "";
  /** The last number that a question was refused with, or −1. */
  private refusal = -1;

  first(): Command {
    this.attached = false;
    this.registration = Registration.Unknown;
    this.question = 0;
    this.refusal = -1;
    return QUESTIONS[0];
  }

  answered(line: Line, fields: Fields): void {
    if (line.id === CommonResponse.Attach) this.attached = fields.int(0) === 1;
    else if (line.id === CommonResponse.Registration) this.registration = fields.int(1);
    else if (line.id === CommonResponse.Sim) this.sim(fields);
  }

  private sim(fields: Fields): void {
    const said = fields.string(0),
      code = errorNumber(said);
    // Nothing that attaching needs asks for the second PIN.
    this.simReady = fields.is(0, READY) || code === SecondPin.Pin || code === SecondPin.Puk;
    this.simSaid = this.simReady ? "" : said;
    if (!this.simReady) this.failure = refusedService(code, `AT+CPIN? says ${said}`);
  }

  next(code: number): Command | null {
    if (code >= 0) {
      this.refusal = code;
      this.failure = refusedService(code);
    }
    if (this.question === Question.Registration) this.countRegistration();
    if (this.attached || this.failure !== null) return null;
    this.question++;
    if (this.question === Question.Sim && this.simReady) this.question++;
    return QUESTIONS[this.question] ?? null;
  }

  private countRegistration(): void {
    const registration = this.registration;
    this.registered = registration === Registration.Home || registration === Registration.Roaming ? this.registered + 1 : 0;
    this.denied = registration === Registration.Denied ? this.denied + 1 : 0;
    if (this.registered >= Rounds.Registered) this.attached = true;
    if (this.denied >= Rounds.Denied) this.failure = registrationDenied();
  }

  get isSearching(): boolean {
    return this.registration === Registration.Searching;
  }

  /** A SIM that has said something of itself is asked again. */
  reported(sim: boolean): void {
    if (sim) this.simReady = false;
  }

  late(seconds: number): MQTTModemError {
    const { registration, refusal, simSaid } = this;
    const said = [];
    if (registration !== Registration.Unknown) said.push(`AT+CEREG? says ${registration}, ${meaning(REGISTRATIONS, registration)}`);
    if (simSaid !== "") said.push(`AT+CPIN? says ${simSaid}`);
    if (refusal >= 0) said.push(`+CME ERROR: ${refusal}, ${meaning(CME_ERRORS, refusal)}`);
    return new NetworkError(
      "NOT_ATTACHED",
      `the modem has not attached to the network within ${seconds} s${said.length > 0 ? ` (${said.join("; ")})` : ""}; check the SIM, the antenna and the coverage, or give it longer (attachTimeout)`,
      refusal >= 0 ? refusal : undefined,
    );
  }
}

/** Places in {@link QUESTIONS}. */
const enum Question {
  Registration = 1,
  Sim = 2,
}

/** Numbers of `+CME ERROR`. */
const enum SecondPin {
  Pin = 17,
  Puk = 18,
}
