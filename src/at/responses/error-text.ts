/**
 * The numbers of errors about SIM and network that a modem tells in words, as after `AT+CMEE=2`: 27.007 9.2.1. Some firmware has
 * no numbers at all. What `+CPIN` says of a SIM is among them. Looked up on failure alone.
 */
const WORDS = Object.freeze(
  `
  5 ph-sim pin
  5 ph-net pin
  5 ph-netsub pin
  5 ph-sp pin
  5 ph-corp pin
  6 ph-fsim pin
  7 ph-fsim puk
  7 ph-net puk
  7 ph-netsub puk
  7 ph-sp puk
  7 ph-corp puk
  10 sim not inserted
  10 not inserted
  10 sim removed
  10 no sim
  11 sim pin
  12 sim puk
  12 sim puk blocked
  13 sim failure
  13 sim failed
  14 sim busy
  14 not ready
  14 sim not ready
  15 sim wrong
  17 sim pin2
  18 sim puk2
  30 no network service
  31 network timeout
  32 network not allowed - emergency calls only
  103 illegal ms
  106 illegal me
  107 gprs services not allowed
  111 plmn not allowed
  112 location area not allowed
  113 roaming not allowed in this location area
`
    .trim()
    .split("\n")
    .map((line) => line.trim()),
);

/** The number for these words, or −1. */
export function errorNumber(text: string): number {
  const said = text
    .trim()
    .toLowerCase()
    .replace(/\(?\bu\)?sim/, "sim")
    .replace(/\bsim card\b/, "sim")
    .replace(/\bis /, "")
    .replace(/ (required|necessary)$/, "");
  for (let i = 0; i < WORDS.length; i++) {
    const blank = WORDS[i].indexOf(" ");
    if (WORDS[i].slice(blank + 1) === said) return parseInt(WORDS[i]);
  }
  return -1;
}
