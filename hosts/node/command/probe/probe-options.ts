import type { Family } from "../../../../src/modem/family";
import type { AskConsent } from "./consents";
import type { OwnBroker } from "./own-broker";
import type { Table } from "./question";
import type { Report } from "./report";
import type { BrokerAddress, Paces } from "./settings";

export interface ProbeOptions {
  readonly serial: string;
  /** Bit/s. */
  readonly baud: number;
  /** The driver's name, and the driver. */
  readonly modem: string;
  readonly family: Family;
  readonly table: Table;
  readonly version: string;
  /** Ends the probe; what was changed is put back. */
  readonly signal: AbortSignal;
  readonly trace?: (direction: "sent" | "received", bytes: Uint8Array) => void;
  /** The broker as the modem reaches it; none: what needs one is not tried. */
  readonly broker?: BrokerAddress;
  /** This program's own broker, where `broker` leads to it. */
  readonly own?: OwnBroker;
  /** Asks a person. */
  readonly consent: AskConsent;
  /** Only these questions. */
  readonly only?: readonly string[];
  /** Milliseconds after which no further exchange begins. */
  readonly within: number;
  /** Milliseconds that the modem may take until it is attached. */
  readonly attachTimeout: number;
  readonly paces?: Paces;
  /** Milliseconds that a modem which has fallen silent may take to come back. Default a minute. */
  readonly patience?: number;
  /** Tells what is being done. */
  readonly onProgress?: (what: string) => void;
}

/** A probe's report, and the error that ended it too early. */
export interface Probed {
  readonly report: Report;
  readonly error: unknown;
}
