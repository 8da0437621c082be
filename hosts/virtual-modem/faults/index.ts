// Faults on demand. A fault happens at once, or is armed until the modem gets to the point that it concerns.

export { Faults } from "./armed";
export { type Place, places } from "./places";
export { applyFault, faultHelp } from "./spec";
export { type FaultSpec, faultTable, type FaultTarget } from "./table";
