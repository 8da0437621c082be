/** From power-on to a modem that is ready, as all families have it. */
export const READY = `
  ! connect
  → AT\\r
  ← AT\\r\\r\\nOK\\r\\n
  → ATE0\\r
  ← ATE0\\r\\r\\nOK\\r\\n
  → AT+CMEE=1\\r
  ← \\r\\nOK\\r\\n
  → AT+CMEE?\\r
  ← \\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n
  → AT+CGATT?\\r
  ← \\r\\n+CGATT: 1\\r\\n\\r\\nOK\\r\\n
`;

/** A marker: nothing said before its answer counts. */
export const IN_STEP = `
  → AT+CMEE?\\r
  ← \\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n`;
