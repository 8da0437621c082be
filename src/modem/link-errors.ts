import { commandName } from "../at/commands/command";
import { failure } from "../at/failure";
import { Missing, Outcome, type Request } from "../at/requests/request";
import { BrokerError, NetworkError, StateError, type MQTTModemError } from "../errors";
import type { FailedLink, Family } from "./family";
import { Kind } from "./script";
import { refusedService } from "./sim";

/** `+CME ERROR` for a command that does not fit the modem's state: 27.007 9.2.1. */
const NOT_ALLOWED = 3;
/** Milliseconds: a final that may take so long waits for the broker itself. */
const FINAL_WAITS = 30_000;

/** Whose request has failed: a link. */
export interface FailingLink extends FailedLink {
  readonly family: Family;
  /** Why the session has ended, if it has. */
  readonly reason: MQTTModemError | null;
}

/** The error for a request that did not end well. */
export function errorOf(link: FailingLink, request: Request, outcome: Outcome, code: number): MQTTModemError {
  const { family } = link,
    name = commandName(request.command!);
  switch (outcome) {
    case Outcome.Failed:
      return family.resultError(request, code, link);
    case Outcome.Refused:
      return family.refusal?.(request, code, link) ?? refusedStep(link, request, code) ?? failure(name, outcome, code);
    case Outcome.Aborted:
      return link.reason ?? new StateError("CLOSED", "the session was ended before this was done; whether it was done is not known");
    case Outcome.TimedOut:
      return unansweredStep(link, request, code) ?? failure(name, outcome, code);
    default:
      return failure(name, outcome, code);
  }
}

/** The error for a step of a script that was refused because of the SIM, or that was to make the connection and was refused without a reason. */
function refusedStep(link: FailingLink, request: Request, code: number): MQTTModemError | null {
  if (request.kind < Kind.Step) return null;
  // Where the TCP connection is gone again, CONNECT is not allowed.
  if (code >= 0 && !(code === NOT_ALLOWED && request.kind === Kind.Connect)) return refusedService(code);
  // Some firmware says no more where the broker cannot be reached (ML302: C-10), or has closed the TCP connection at once.
  return noConnection(link, request, "and the modem does not say why");
}

/**
 * The error for a step that was to make the connection, and of whose outcome the modem has said nothing: the modem waits for the
 * broker. A modem that has not even accepted the command does not work.
 */
function unansweredStep(link: FailingLink, request: Request, missing: Missing): MQTTModemError | null {
  const waits = missing === Missing.Result || request.command!.final >= FINAL_WAITS;
  return waits ? noConnection(link, request, "and the modem has not said in time what came of it") : null;
}

/** The error for a step that was to make the connection; null for another step. */
function noConnection({ settings: { host, port } }: FailingLink, { kind }: Request, why: string): MQTTModemError | null {
  if (kind === Kind.Open)
    return new NetworkError("OPEN_FAILED", `no connection to ${host.string}:${port}, ${why}; check host, port, coverage, user name and password`);
  return kind !== Kind.Connect
    ? null
    : new BrokerError(
        "CONNECT_FAILED",
        `the broker at ${host.string}:${port} has not accepted the connection, ${why}; check that an MQTT broker listens there`,
      );
}
