// Reads the text form of a fault, and writes the help text for all of them.

import { VirtualModemError } from "../engine/errors";
import { type FaultParameter, type FaultSpec, faultTable, type FaultTarget } from "./table";

/** Checks one parameter. @returns its text, or the fallback @throws VirtualModemError `UNKNOWN_FAULT` */
function readParameter(fault: string, parameter: FaultParameter, text: string | undefined): string {
  const value = text === undefined || text === "" ? parameter.fallback : text;
  const { type } = parameter;
  const wrong = (wanted: string): never => {
    throw new VirtualModemError("UNKNOWN_FAULT", `fault ${fault}: ${parameter.name} must be ${wanted}, not "${text ?? ""}"`);
  };
  if (value === undefined) return wrong("given");
  if (type === "text") return value;
  if ("least" in type) {
    const number = Number(value);
    if (!(number >= type.least && number <= type.most)) wrong(`a number from ${type.least} to ${type.most}`);
  } else if (!type.includes(value)) {
    wrong(`one of ${type.join(", ")}`);
  }
  return value;
}

/** The target for a fault of one client. */
function clientTarget(target: FaultTarget, client: number): FaultTarget {
  return {
    ...target,
    faults: {
      arm: (name, times, value) => target.faults.arm(`${name}@${client}`, times, value),
      setChance: (...of) => target.faults.setChance(...of),
    },
    linkLost: (code) => target.linkLost(code, client),
  };
}

/**
 * Reads `name[@client][:arg[,arg]]`, and makes the fault happen or arms it.
 * @throws VirtualModemError `UNKNOWN_FAULT` for an unknown name, a client that does not exist, or a wrong argument
 */
export function applyFault(target: FaultTarget, spec: string): void {
  const colon = spec.indexOf(":");
  const [name, client] = splitOnce(colon < 0 ? spec : spec.slice(0, colon), "@");
  const fault = Object.hasOwn(faultTable, name) ? faultTable[name] : undefined;
  if (!fault) {
    throw new VirtualModemError("UNKNOWN_FAULT", `no fault "${name}"; there are: ${Object.keys(faultTable).join(", ")}`);
  }
  const { parameters } = fault;
  const texts = colon < 0 ? [] : spec.slice(colon + 1).split(",");
  // When the last parameter is a text, the rest with its commas belongs to it.
  if (parameters.at(-1)?.type === "text") texts.push(texts.splice(parameters.length - 1).join(","));
  if (texts.length > parameters.length) {
    throw new VirtualModemError("UNKNOWN_FAULT", `fault ${name} takes ${parameters.length} argument(s): ${describe(name, fault)}`);
  }
  if (client !== undefined && !(fault.perClient && /^\d$/.test(client) && Number(client) < target.clients)) {
    const wanted = fault.perClient ? `takes a client from 0 to ${target.clients - 1}, not "${client}"` : "is not for one client";
    throw new VirtualModemError("UNKNOWN_FAULT", `fault ${name} ${wanted}`);
  }
  const scope = client === undefined ? target : clientTarget(target, Number(client));
  fault.apply(scope, ...parameters.map((parameter, index) => readParameter(name, parameter, texts[index])));
}

function splitOnce(text: string, at: string): [before: string, after: string | undefined] {
  const found = text.indexOf(at);
  return found < 0 ? [text, undefined] : [text.slice(0, found), text.slice(found + at.length)];
}

/** The form of a spec, such as `late:delay,count=1`. */
function describe(name: string, { parameters }: FaultSpec): string {
  const [first, ...rest] = parameters.map(({ name, fallback }) => (fallback === undefined ? name : `${name}=${fallback}`));
  return first === undefined ? name : `${name}:${[first, ...rest].join(",")}`;
}

/** The table as help text, one entry for each fault. */
export function faultHelp(): string[] {
  return Object.entries(faultTable).map(([name, fault]) => `${describe(name, fault)}\n      ${fault.about}`);
}
