// Sleep as the families report it: BC35-G AT manual V1.0 (NPSMR), XY1100 sources (the banner), M5311 AT specification v2.4.
import type { Exchange } from "../support/exchange";
import { ONLINE as BC35G_ONLINE } from "./bc35g";
import { step, STEP } from "./care";
import { ONLINE as M531X_ONLINE } from "./m531x";
import { READY } from "./ready";

/** A bring-up with care in place of the plain one. */
const withCare = (online: string, care: string): string => `${STEP}${care}${online.slice(READY.length)}`;
const REGISTERED = '+CEREG: 5,1,"1A2B","01A2D101",9,,,"00000101","01000001"';
const ATTACHED = step("AT+CGATT?", "+CGATT: 1", "OK") + step("AT+CEREG?", REGISTERED, "OK");

const BC35G = withCare(
  BC35G_ONLINE,
  step("AT+CFUN?", "+CFUN:1", "OK") + step("AT+CPIN?", "+CPIN: READY", "OK") + step("AT+NPSMR=1") + step("AT+CEREG=5") + ATTACHED + step("AT+CGPADDR", "+CGPADDR:0,101.43.5.1", "OK"),
);
const M5311 = withCare(
  M531X_ONLINE,
  step("ATI", "CMCC", "M5311", "OK") + step("AT+CFUN?", "+CFUN: 1", "OK") + step("AT+CPIN?", "+CPIN: READY", "OK") + step("AT*SLEEP=1") + step("AT*MATWAKEUP=1") + step("AT+CEREG=5") + ATTACHED + step("AT+CGPADDR", '+CGPADDR: 1,"100.66.19.177"', "OK"),
);

const IN_STEP = step("AT+CMEE?", "+CMEE: 1", "OK");
const PUBLISH = "! publish t/a qos=1 id=7 : hello";
/** What comes of that once the modem is awake. */
const BC35G_PUBLISHED = `
  → AT+QMTPUB=0,7,1,0,"t/a",5\\r
  ← \\r\\n>
  → hello
  ← \\r\\nOK\\r\\n
  ← \\r\\n+QMTPUB: 0,7,0\\r\\n
  = puback 7
  = done 7`;
const STILL_THERE = step("AT+QMTCONN?", "+QMTCONN: 0,3", "OK");

export const BC35G_SLEEP: Exchange[] = [
  {
    name: "a BC28 that loses what wakes it",
    script: `${BC35G}
      ← \\r\\n+NPSMR:1\\r\\n
      ${PUBLISH}
      → AT\\r
      ~ 100
      → AT\\r
      ~ 300
      → AT\\r
      ← \\r\\n+NPSMR:0\\r\\n
      ${IN_STEP}${STILL_THERE}${BC35G_PUBLISHED}`,
  },
  {
    name: "late answers to what has woken it are not the next command's",
    script: `${BC35G}
      ← \\r\\n+NPSMR:1\\r\\n
      ${PUBLISH}
      → AT\\r
      ~ 100
      → AT\\r
      ← \\r\\nOK\\r\\n
      → AT+CMEE?\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n
      ${STILL_THERE}${BC35G_PUBLISHED}`,
  },
  {
    name: "a wake-up that prints a start's banner (XY1100), whose OK answers nothing",
    script: `${BC35G}
      ← \\r\\n+NPSMR:1\\r\\n
      ${PUBLISH}
      → AT\\r
      ← \\r\\nREBOOT_CAUSE_SECURITY_EXTERNAL_PIN\\r\\n
      → AT+CMEE?\\r
      ← Neul[sp]\\r\\nOK\\r\\n
      ← \\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n
      ${STILL_THERE}${BC35G_PUBLISHED}`,
  },
  {
    name: "a wake-up that has left nothing",
    script: `${BC35G}
      ← \\r\\n+NPSMR:1\\r\\n
      ← \\r\\nREBOOT_CAUSE_APPLICATION_RTC\\r\\n
      → AT+CMEE?\\r
      ← Neul[sp]\\r\\nOK\\r\\n
      ← AT+CMEE?\\r\\r\\n+CMEE: 0\\r\\n\\r\\nOK\\r\\n
      = error LINK_LOST`,
  },
  {
    name: "a restart while it sleeps",
    script: `${BC35G}
      ← \\r\\n+NPSMR:1\\r\\n
      ← \\r\\nREBOOT_CAUSE_SECURITY_RESET_PIN\\r\\n
      = error MODEM_RESTARTED`,
  },
  {
    name: "a connection that is gone after the sleep",
    script: `${BC35G}
      ← \\r\\n+NPSMR:1\\r\\n
      ${PUBLISH}
      → AT\\r
      ← \\r\\nOK\\r\\n
      ${IN_STEP}${step("AT+QMTCONN?", "OK")}${step("AT+QMTCONN?", "OK")}${step("AT+QMTCONN?", "OK")}
      = failed 7 LINK_LOST
      = error LINK_LOST
      → AT+QMTCLOSE=0\\r
      ← \\r\\nERROR\\r\\n`,
  },
  {
    name: "messages and reports in between do not wake the host",
    script: `${BC35G}
      ← \\r\\n+NPSMR:1\\r\\n
      ← \\r\\n+CSCON:0\\r\\n
      ← \\r\\n+CEREG:1,213D,0318886E,9,,,,\\r\\n
      ~ 3600000
      ← \\r\\n+NPSMR:0\\r\\n
      ${IN_STEP}${STILL_THERE}`,
  },
];

const M5311_STAT = step("AT+MQTTSTAT?", "+MQTTSTAT:5", "OK");
export const M5311_SLEEP: Exchange[] = [
  {
    name: "an M5311 that is woken",
    script: `${M5311}
      ← \\r\\n*GOTOSLEEP\\r\\n
      ! publish t/a qos=1 id=7 : hello
      → AT\\r
      ← \\r\\n*MATWAKEUP\\r\\n
      → AT+CMEE?\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n
      ${M5311_STAT}
      → AT+MQTTPUB="t/a",1,0,0,5,"68656C6C6F"\\r
      ← \\r\\nOK\\r\\n
      ← \\r\\n+MQTTPUBACK:1,0\\r\\n
      = puback 7
      = done 7`,
  },
  {
    name: "one that wakes by itself, with the other report (B-2)",
    script: `${M5311}
      ← \\r\\n*GOTOSLEEP\\r\\n
      ~ 36000000
      ← \\r\\n*WAKEUP\\r\\n
      ${IN_STEP}${M5311_STAT}`,
  },
  {
    name: "a restart while it sleeps: a wake-up does not print *ATREADY",
    script: `${M5311}
      ← \\r\\n*GOTOSLEEP\\r\\n
      ← \\r\\n*ATREADY: 1\\r\\n
      = error MODEM_RESTARTED`,
  },
];
