import type { MQTTModemError } from "../errors";
import type { Wanted } from "./options";
import type { Rates } from "./rates";
import type { CareRows } from "./rows";
import type { Context, Operator } from "./readings";
import type { Registration } from "./registration";

/** What is wanted of a modem, and what is known of it so far. The steps of the bring-up read it, and write what they have learnt. */
export class CareState {
  readonly wanted: Wanted;
  rows: CareRows;
  /** Null where the modem's rate is not to be changed. */
  readonly rates: Rates | null;
  /** The radio is to be switched off and on, to have the network back. */
  isRadioCycled = false;
  /** `<fun>` of `+CFUN`, or −1. */
  functions = -1;
  /** The radio has been switched off to change something, and is to be switched on again. */
  isOffline = false;
  /** A change that needs the radio off was refused: told once that is on again. */
  refusal: MQTTModemError | null = null;
  /** The SIM asks for its PIN. */
  isLocked = false;
  /** The PIN has been entered, and the SIM may not be ready yet. */
  isOpened = false;
  /** The SIM has been seen to behind the others' turn, once in each start: one that takes its PIN and stays locked is not given it for ever. */
  isAskedAgain = false;
  /** How often the PIN may still be tried, or −1. */
  tries = -1;
  /** The PIN has been refused: it is not tried again, however often the modem is brought up. */
  pinRefusal: MQTTModemError | null = null;
  context: Context | null = null;
  changesContext = false;
  /** The modem is on a network that it joined with another context. */
  joinsAnew = false;
  changesBands = false;
  /** The context that MQTT uses is active. */
  isActive = false;
  operator: Operator | null = null;
  /** The modem reports its registration. */
  reports = false;
  /** What it has told of its registration last, in an answer or a report. */
  registration: Registration | null = null;
  /** It tells the granted timers of PSM with that. */
  tellsTimers = false;
  /** It says when it goes to sleep. */
  tellsSleep = false;
  /** The granted eDRX cycle, in seconds; null where it has not been told. */
  grantedCycle: number | null = null;

  constructor(wanted: Wanted, rows: CareRows, rates: Rates | null = null) {
    this.wanted = wanted;
    this.rates = rates;
    this.rows = rows;
  }

  /** The modem is brought up anew: what was known of it is not true any more. */
  begin(): void {
    this.functions = this.tries = -1;
    this.isRadioCycled =
      this.isOffline =
      this.isLocked =
      this.isOpened =
      this.changesContext =
      this.joinsAnew =
      this.isAskedAgain =
      this.changesBands =
      this.reports =
      this.tellsTimers =
      this.tellsSleep =
        false;
    this.refusal = this.context = this.operator = this.registration = this.grantedCycle = null;
  }
}
