/** A port whose bit rate can be changed. */
export interface RatedPort {
  /** Whether the port goes on at another bit rate. @throws what the port's class throws */
  setRate(baud: number): boolean;
}

/** The bit rates at which the modem may answer: the application's, and the factory's, which a restart may have brought back. */
export class BitRates {
  private readonly port: RatedPort;
  private readonly own: number;
  private readonly factory: number;
  private isAtFactory = false;
  private isTried = false;

  /** @param own the application's @param factory another one */
  constructor(port: RatedPort, own: number, factory: number) {
    this.port = port;
    this.own = own;
    this.factory = factory;
  }

  /** The modem is looked for anew. */
  begin(): void {
    this.isTried = false;
  }

  /** Goes on at the other rate, once. @returns false where that has been tried, or where the port cannot */
  tryOther(): boolean {
    if (this.isTried || !this.change()) return false;
    return (this.isTried = true);
  }

  /** The modem has not answered at the other rate either: back to the one before. */
  back(): void {
    if (this.isTried) this.change();
  }

  private change(): boolean {
    if (!this.port.setRate(this.isAtFactory ? this.own : this.factory)) return false;
    this.isAtFactory = !this.isAtFactory;
    return true;
  }

  /** For messages: at which rates the modem has been looked for, where these are two. */
  get tried(): string {
    return this.isTried ? `, at ${this.own} and at ${this.factory} bit/s` : "";
  }
}
