// The modem's clock, and the time zone that the network tells: 3GPP TS 27.007 8.15, 8.40 and 8.41.

import type { CommandSpec } from "../family";
import type { CommonHost } from "./host";

const quarter = 15 * 60_000;
const twoDigits = (value: number): string => String(value).padStart(2, "0");

/** `yy/MM/dd,hh:mm:ss`, or with the year's four digits. */
function timeText(time: number, fullYear: boolean): string {
  const date = new Date(time);
  const year = fullYear ? date.getUTCFullYear() : date.getUTCFullYear() % 100;
  const day = [year, date.getUTCMonth() + 1, date.getUTCDate()].map(twoDigits).join("/");
  return `${day},${[date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(twoDigits).join(":")}`;
}

/** `±zz`, in quarters of an hour. */
function zoneText(zone: number): string {
  return `${zone < 0 ? "-" : "+"}${twoDigits(Math.abs(zone))}`;
}

/** The lines that report the time zone, as AT+CTZR has asked for them. */
export function zoneReport({ device, dialect, now, rows }: CommonHost): string | undefined {
  const { zone, time } = device.settings.mobile;
  if (!time || zone === "none") return undefined;
  const { colon } = dialect;
  const text = (value: string): string => (rows.clockQuoted ? `"${value}"` : value);
  const own = now() + device.clockOffset;
  switch (device.watched.zone) {
    case 1:
      return `+CTZV${colon}${text(zoneText(zone))}`;
    case 2:
      return `+CTZE${colon}${text(zoneText(zone))},0,${text(timeText(own + zone * quarter, true))}`;
    case 3:
      return `+CTZEU${colon}${text(zoneText(zone))},0,${text(timeText(own, true))}`;
    default:
      return undefined;
  }
}

/** `yy/MM/dd,hh:mm:ss`, with a zone or without. */
const written = /^(\d\d)\/(\d\d)\/(\d\d),(\d\d):(\d\d):(\d\d)([+-]\d\d)?$/;

export function clockCommands(host: CommonHost): CommandSpec[] {
  const { device, dialect, now, rows } = host;
  const { kept, radio, settings, watched } = device;
  const { colon } = dialect;
  const zone = (): number => (settings.mobile.zone === "none" ? 0 : settings.mobile.zone);
  const commands: CommandSpec[] = [
    {
      name: "+CCLK",
      test: (call) => call.ok(),
      read: (call) => {
        // Quectel AT manual 2.19, remark 2: no answer before the network has given the time.
        if (!radio.timeGiven) return;
        const time = now() + device.clockOffset + (rows.clockUtc ? 0 : zone() * quarter);
        const text = timeText(time, false) + (settings.mobile.zone === "none" ? "" : zoneText(zone()));
        call.line(`+CCLK${colon}${rows.clockQuoted ? `"${text}"` : text}`);
      },
      set: ({ args }) => {
        const found = written.exec(args.expect(1).string(0, 17, 20)) ?? args.refuse();
        const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
        const given = Date.UTC(2000 + year, month - 1, day, hour, minute, second);
        device.clockOffset = given - (rows.clockUtc ? 0 : zone() * quarter) - now();
        radio.timeGiven = true;
      },
    },
    {
      name: "+CTZR",
      test: [`+CTZR${colon}(${rows.zoneModes.join(",")})`],
      read: (call) => call.line(`+CTZR${colon}${watched.zone}`),
      set: ({ args }) => void (watched.zone = args.expect(1).integer(0, 0, rows.zoneModes.length - 1)),
    },
  ];
  if (!rows.zoneUpdate) return commands;
  return [
    ...commands,
    {
      name: "+CTZU",
      test: [`+CTZU${colon}(0,1)`],
      read: (call) => call.line(`+CTZU${colon}${kept.values.get("+CTZU") ?? 1}`),
      set: ({ args }) => void kept.values.set("+CTZU", String(args.expect(1).integer(0, 0, 1))),
    },
  ];
}
