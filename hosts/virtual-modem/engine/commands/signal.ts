// The signal: 3GPP TS 27.007 8.5 and 8.69.

import type { CommandSpec } from "../family";
import type { CommonHost } from "./host";

type Level = number | "unknown";

/** Steps of `width` above `zero`, at most `most`; `unknown` where nothing was measured. */
function steps(value: Level, zero: number, width: number, most: number, unknown: number): number {
  return value === "unknown" ? unknown : Math.min(most, Math.max(0, Math.floor((value - zero) / width)));
}

export function signalCommands({ device, dialect, rows }: CommonHost): CommandSpec[] {
  const { radio, settings } = device;
  const { colon } = dialect;
  const commands: CommandSpec[] = [
    {
      name: "+CSQ",
      test: [`+CSQ${colon}(0-31,99),(99)`],
      execute: (call) => call.line(`+CSQ${colon}${radio.registered ? steps(settings.mobile.rssi, -113, 2, 31, 99) : 99},99`),
    },
  ];
  if (rows.signal === "none") return commands;
  return [
    ...commands,
    {
      name: "+CESQ",
      test: [`+CESQ${colon}(0-63,99),(99),(255),(255),(0-34,255),(0-97,255)`],
      execute: (call) => {
        const { rsrp, rsrq, rssi } = settings.mobile;
        const seen = (value: Level): Level => (radio.registered ? value : "unknown");
        const level = rows.signal === "with-level" ? steps(seen(rssi), -111, 1, 63, 99) : 99;
        call.line(`+CESQ${colon}${level},99,255,255,${steps(seen(rsrq), -20, 0.5, 34, 255)},${steps(seen(rsrp), -141, 1, 97, 255)}`);
      },
    },
  ];
}
