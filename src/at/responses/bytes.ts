/** The bytes that mean something between a host and a modem. */
export const enum Byte {
  LF = 0x0a,
  CR = 0x0d,
  CtrlZ = 0x1a,
  Escape = 0x1b,
  Blank = 0x20,
  Quote = 0x22,
  Hash = 0x23,
  Plus = 0x2b,
  Comma = 0x2c,
  Minus = 0x2d,
  Digit0 = 0x30,
  Digit9 = 0x39,
  Colon = 0x3a,
  Prompt = 0x3e,
}
