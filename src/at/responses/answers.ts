import { FieldKind, type Fields } from "./fields";

/** Which lines of a command's name are its answer: the others are reports that come in between. */

/** Of `AT+CEREG?`: a report has one field, or a location in its second one (27.007 10.1.22). */
export function isRegistrationAnswer(fields: Fields): boolean {
  return fields.kind(1) === FieldKind.Integer && fields.length(1) <= 2;
}

/** Of a test form, such as `AT+CEREG=?`, which is answered with ranges and names: a line that begins with a number is a report. */
export function isTestAnswer(fields: Fields): boolean {
  return fields.kind(0) !== FieldKind.Integer;
}
