const DIGITS = "0123456789abcdef";

/** Two lower-case digits for each byte. */
export function hex(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i++) text += DIGITS[bytes[i] >> 4] + DIGITS[bytes[i] & 15];
  return text;
}
