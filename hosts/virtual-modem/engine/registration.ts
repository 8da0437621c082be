// The fields of +CEREG, +CGREG and +CREG: 3GPP TS 27.007 10.1.22.

/** How a family prints them. */
export interface RegistrationForm {
  /** Texts in quotes. */
  readonly quoted: boolean;
  /** In modes 4 and 5, empty fields at the end too. */
  readonly trailing: boolean;
  /** A routing area code after the access technology: of +CGREG, and in modes 4 and 5 of +CEREG. */
  readonly routingArea: boolean;
}

/** What they tell. */
export interface Registration {
  readonly stat: number;
  readonly area: string;
  readonly cell: string;
  readonly technology: number;
  /** EMM cause of a denial; 0: none. */
  readonly cause: number;
  /** The timers that the network has granted, eight bits each. */
  readonly granted?: { readonly active: string; readonly periodic: string };
}

/** Registered at home, as a guest, and for SMS only. */
const registered: readonly number[] = [1, 5, 6, 7];

/** The fields from the status on. @param mode the command's `<n>` */
export function registrationFields(name: string, mode: number, form: RegistrationForm, registration: Registration): string {
  const { area, cause, cell, granted, stat, technology } = registration;
  const isRegistered = registered.includes(stat);
  if (mode < 2 || (!isRegistered && (cause === 0 || mode === 2 || mode === 4))) return String(stat);
  const text = (value: string | undefined): string => (value === undefined ? "" : form.quoted ? `"${value}"` : value);
  const fields: string[] = isRegistered ? [text(area), text(cell), String(technology)] : ["", "", ""];
  if (form.routingArea && (mode >= 4 || name === "+CGREG")) fields.push(isRegistered ? text("00") : "");
  if (mode === 3 || mode === 5) fields.push(...(cause === 0 ? ["", ""] : ["0", String(cause)]));
  if (mode === 4) fields.push("", "");
  if (mode >= 4) fields.push(text(granted?.active), text(granted?.periodic));
  if (!form.trailing || mode < 4) while (fields.at(-1) === "") fields.pop();
  return [stat, ...fields].join(",");
}
