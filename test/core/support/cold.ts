import BC35G from "../../../src/care/bc35g";
import M531X from "../../../src/care/m531x";
import ML302 from "../../../src/care/ml302";
import NM28 from "../../../src/care/nm28";
import { Session, type SessionOptions } from "../../../src/session/index";
import { Answering, bc35g, m531x, ml302, nm28, type Family } from "./answering";
import { bytesOf } from "./exchange";
import { TestPort, VirtualClock } from "./stage";

export const PIN = "2468";
export const APN = "meter.example";

/** What a module of this kind says of itself as a device: dialects of 27.007, written down from its documents. */
export interface ColdKind extends Family {
  /** Bits a second from the factory. */
  readonly rate: number;
  readonly banner: string;
  readonly product: readonly string[];
  /** What stands behind a colon. */
  readonly blank: string;
  readonly pin: string;
  /** The commands that set the access point, and the context that has it at first. */
  readonly context: string;
  readonly contextAsked: string;
  /** The context is only taken while the radio is off. */
  readonly offline: boolean;
  /** Nothing has an address before this. */
  readonly activate: string | null;
  /** The command that restarts it. */
  readonly restart: string;
}

const common = { product: ["Maker", "Model"], blank: " ", rate: 115_200, offline: false, activate: null } as const;

export const KINDS: readonly ColdKind[] = [
  {
    ...common, ...bc35g, io: BC35G, rate: 9600, blank: "", banner: "\\r\\nREBOOT_CAUSE_SECURITY_PMU_POWER_ON_RESET\\r\\nNeul[sp]\\r\\nOK\\r\\n", pin: `AT+NPIN=0,"${PIN}"`,
    context: `AT+CGDCONT=0,"IPV4V6","${APN}"`, contextAsked: '0,"IPV4V6","","",0,0,0,0,0,0', offline: true, restart: "AT+NRB",
  },
  {
    ...common, ...m531x, name: "M5310-A", io: M531X, rate: 9600, blank: "", banner: "\\r\\nREBOOT_CAUSE_SECURITY_RESET_PIN\\r\\nNeul[sp]\\r\\nOK\\r\\n", product: ["CMIOT", "M5310-A", "Revision:1"],
    pin: `AT+NPIN=0,"${PIN}"`, context: `AT+CGDCONT=0,"IPV4V6","${APN}"`, contextAsked: '0,"IPV4V6",,,0,0,,,,,0,0', offline: true, restart: "AT+CMRB",
  },
  {
    ...common, ...m531x, name: "M5311", io: M531X, rate: 9600, banner: "\\r\\n*ATREADY: 1\\r\\n", product: ["CMCC", "M5311", "M5311-MLVH0S00", "V1.0"],
    pin: `AT+CPIN="${PIN}"`, context: `AT*CGDEFCONT="IP","${APN}","",""`, contextAsked: '1,"IP","","",0,0', offline: true, restart: "AT+CMRB",
  },
  {
    ...common, ...ml302, io: ML302, banner: "\\r\\n+MATREADY\\r\\n", pin: `AT+CPIN="${PIN}"`, context: `AT+CGDCONT=1,"IP","${APN}"`, contextAsked: '1,"IP","","",0,0', activate: "AT+CGACT=1,1", restart: "AT+TRB",
  },
  {
    ...common, ...nm28, io: NM28, banner: "\\r\\nRDY\\r\\n", pin: `AT+CPIN="${PIN}"`, context: `AT+CGDCONT=1,"IP","${APN}"`, contextAsked: '1,"IP","","",0,0', restart: "AT+CFUN=1,1",
  },
];

/** How it comes out of its box. What is left out is as a modem that is at work has it. */
export interface Coldness {
  /** It has no power at first. */
  off?: boolean;
  /** The host opens its port at another rate than the modem's. */
  otherRate?: boolean;
  echo?: boolean;
  radioOff?: boolean;
  locked?: boolean;
  /** Milliseconds from its start in which its SIM is busy, before it asks for its PIN. */
  busy?: number;
  /** It has no access point, and the network wants one. */
  noAPN?: boolean;
  /** Milliseconds. */
  search?: number;
}

export const ALL: Coldness = { off: true, otherRate: true, echo: true, radioOff: true, locked: true, noAPN: true, search: 300_000 };

/** Milliseconds in which a card that has been opened is not ready yet. */
const CARD = 2000;

/** A session, and a module as it comes out of its box. */
export class ColdStart {
  readonly clock = new VirtualClock();
  /** What the session has told, each once in a row. */
  readonly events: string[] = [];
  /** The registrations that progress has told, each once in a row, and the longest wait in seconds. */
  readonly registrations: string[] = [];
  longest = 0;
  readonly session: Session;
  readonly commands: string[] = [];
  /** Times that it has started, and that its PIN was given. */
  starts = 0;
  pins = 0;
  /** Commands about MQTT before there was a network to have it over. */
  tooEarly = 0;
  readonly #kind: ColdKind;
  readonly #cold: Coldness;
  readonly #hostRate: number;
  readonly #modem: Answering;
  #port!: TestPort;
  // What it is like now.
  #isOn = false;
  #echo = false;
  #radio = false;
  #opened = 0;
  #busyUntil = 0;
  #isLocked = false;
  #hasAPN: boolean;
  #isActive = false;
  #reports = false;
  /** Since when it has searched; −1: it does not. */
  #searches = -1;
  /** It has joined a network, and had the access point when it did: one that it is told of later is used the next time. */
  #joined = false;
  #joinedWithAPN = false;

  constructor(kind: ColdKind, cold: Coldness, modem: Record<string, any> = {}, options: Partial<SessionOptions> = {}) {
    this.#kind = kind;
    this.#cold = cold;
    this.#hasAPN = cold.noAPN !== true;
    this.#hostRate = cold.otherRate !== true ? kind.rate : kind.rate === 9600 ? 115_200 : 9600;
    const self = this;
    // The port of the moment, as far as the modem hears it and is heard.
    this.#modem = new Answering({ drain: () => self.#hear(), port: { sent: self.#heard, receive: (bytes: readonly number[]) => self.#say(bytes) } } as any, kind);
    this.#modem.instead = (line) => this.#command(line);
    const note = (event: string): void => {
      if (this.events.at(-1) !== event) this.events.push(event);
    };
    this.session = new Session({
      host: "broker.example", id: "dev-1", keepAlive: 120_000, random: () => 0.5, ...options,
      modem: {
        io: kind.io, clock: this.clock, ...(cold.locked === true ? { pin: PIN } : {}), ...(cold.noAPN === true ? { apn: APN } : {}), ...modem,
        serial: { io: TestPort, baud: this.#hostRate, attach: (port: TestPort) => void (this.#port = port) },
      } as any,
      onState: (state, error) => note(error === null ? state : `${state} ${error.code}`),
      onStage: (_stage, progress) => {
        if (progress === null) return;
        this.longest = Math.max(this.longest, progress.seconds);
        if (this.registrations.at(-1) !== progress.registration) this.registrations.push(progress.registration);
      },
    });
    if (cold.off !== true) this.start(false);
  }

  get published(): readonly string[] {
    return this.#modem.published;
  }

  /** Somebody presses the power key. */
  start(banner = true): void {
    this.starts++;
    this.#isOn = true;
    this.#echo = this.#cold.echo === true;
    this.#radio = this.#cold.radioOff !== true;
    this.#isLocked = this.#cold.locked === true;
    this.#opened = this.clock.now() - CARD;
    this.#busyUntil = this.clock.now() + (this.#cold.busy ?? 0);
    this.#reports = false;
    this.#leave();
    this.#heard.splice(0);
    this.#search();
    if (banner) this.#say(bytesOf(this.#kind.banner));
  }

  /** Another card is put in, which wants the same PIN. */
  changeCard(): void {
    this.#isLocked = true;
    this.#leave();
    this.#say(bytesOf("\\r\\n+CPIN: SIM PIN\\r\\n"));
  }

  /** Time passes, and the modem does what it does. */
  pass(milliseconds: number, step = 500): void {
    for (let left = milliseconds; left > 0; left -= step) {
      this.#serve();
      this.clock.pass(Math.min(step, left));
    }
    this.#serve();
  }

  // ---- the line

  readonly #heard: number[] = [];

  #serve(): void {
    if (this.#port === undefined) return;
    const before = this.isRegistered;
    this.#join();
    this.#modem.serve();
    if (before || !this.isRegistered || !this.#reports) return;
    this.#say(bytesOf(`\\r\\n+CEREG:${this.#kind.blank}1\\r\\n`));
    this.#modem.serve();
  }

  get #rate(): number {
    return this.#port.rates.at(-1) ?? this.#hostRate;
  }

  #hear(): void {
    const bytes = this.#port.sent.splice(0);
    if (bytes.length === 0 || !this.#isOn) return;
    // At another rate its UART reads frames without a stop bit, and nothing that ends a line.
    if (this.#rate === this.#kind.rate) this.#heard.push(...bytes);
  }

  #say(bytes: readonly number[]): void {
    this.#port?.receive(this.#rate === this.#kind.rate ? bytes : bytes.map(() => 0));
  }

  // ---- the device

  get isRegistered(): boolean {
    return this.#searches >= 0 && this.clock.now() - this.#searches >= (this.#cold.search ?? 0);
  }

  get #isReady(): boolean {
    return !this.#isLocked && this.clock.now() - this.#opened >= CARD;
  }

  /** It looks for a network as soon as it can. */
  #search(): void {
    if (this.#searches < 0 && this.#radio && !this.#isLocked) this.#searches = Math.max(this.clock.now(), this.#opened + CARD);
  }

  /** It is not on a network, and does not look for one. */
  #leave(): void {
    this.#searches = -1;
    this.#joined = this.#isActive = false;
  }

  #join(): void {
    if (this.#joined || !this.isRegistered) return;
    this.#joined = true;
    this.#joinedWithAPN = this.#hasAPN;
  }

  /** What the network gives to one that has said the right access point when it came. */
  get #hasAddress(): boolean {
    return this.isRegistered && (this.#kind.activate === null ? this.#joinedWithAPN : this.#isActive);
  }

  #command(line: string): string[] | undefined {
    const { blank, contextAsked, product } = this.#kind;
    this.commands.push(line);
    this.#join();
    if (this.#echo) this.#say(bytesOf(`${line}\\r`));
    const answer = (text: string): string[] => [text.replace(":", `:${blank}`), "OK"];
    switch (line) {
      case "ATE0":
        this.#echo = false;
        return ["OK"];
      case "ATI": return [...product, "OK"];
      case "AT+CMEE?": return answer("+CMEE:1");
      case "AT+CFUN?": return answer(`+CFUN:${Number(this.#radio)}`);
      case "AT+CFUN=0":
        this.#radio = false;
        this.#leave();
        return ["OK"];
      case "AT+CFUN=1":
        this.#radio = true;
        this.#search();
        return ["OK"];
      case "AT+CGATT=0":
        this.#leave();
        return ["OK"];
      case "AT+CGATT=1":
        this.#search();
        return ["OK"];
      case "AT+CPIN?":
        if (!this.#radio) return ["+CME ERROR: 3"];
        if (this.clock.now() < this.#busyUntil) return ["+CME ERROR: 14"];
        return this.#isLocked ? ["+CPIN: SIM PIN", "OK"] : this.#isReady ? ["+CPIN: READY", "OK"] : ["+CME ERROR: 14"];
      case "AT+CPINR": return ["+CPINR: SIM PIN,3,3", "+CPINR: SIM PUK,10,10", "OK"];
      case "AT+CGDCONT?": return answer(`+CGDCONT:${this.#hasAPN ? contextAsked.replace('"",', `"${APN}",`) : contextAsked}`);
      case "AT+CGATT?": return answer(`+CGATT:${Number(this.isRegistered)}`);
      case "AT+CEREG?": return answer(`+CEREG:${Number(this.#reports)},${this.isRegistered ? 1 : this.#searches < 0 ? 0 : 2}`);
      case "AT+CGPADDR": return answer(`+CGPADDR:0${this.#hasAddress ? ",101.43.5.1" : ""}`);
      case "AT+CGACT?": return answer(`+CGACT:1,${Number(this.#isActive)}`);
      case this.#kind.pin: return this.#enter();
      case this.#kind.context: return this.#define();
      case this.#kind.activate: return this.#activate();
      case this.#kind.restart:
        this.start();
        return [];
    }
    if (/^AT\+CEREG=\d$/.test(line)) this.#reports = true;
    else if (/PIN=/.test(line)) throw new Error(`not the PIN: ${line}`);
    else if (/^AT\+(QMT|MQTT)(OPEN|CONN|CFG)=/.test(line) && !this.#hasAddress) this.tooEarly++;
    return undefined;
  }

  #enter(): string[] {
    this.pins++;
    if (!this.#isLocked) return ["+CME ERROR: 3"];
    this.#isLocked = false;
    this.#opened = this.clock.now();
    this.#search();
    return this.#kind.pin.startsWith("AT+NPIN") ? ["+NPIN:OK", "OK"] : ["OK"];
  }

  #define(): string[] {
    if (this.#kind.offline && this.#radio) return ["+CME ERROR: 3"];
    this.#hasAPN = true;
    return ["OK"];
  }

  #activate(): string[] {
    if (!this.isRegistered || !this.#hasAPN) return ["+CME ERROR: 148"];
    this.#isActive = true;
    return ["OK"];
  }
}
