// ML302 by public drivers and its maker's demo; NM28 by 27.007 alone.
import type { Exchange } from "../support/exchange";
import { beforeNetwork, simFailures, simWaits, step, STEP, up, type CareScripts } from "./care";

/** A sleep of full length outlasts the keep-alive time that the exchanges have by default. */
const modem = (options: Record<string, unknown>): Pick<Exchange, "options"> => ({ options: options.psm ? { keepAlive: 0, modem: options } : { modem: options } });
const LOOKS = step("AT+CSQ", "+CSQ: 24,0", "OK") + step("AT+CESQ", "+CESQ: 24,99,255,255,26,87", "OK");

const ML302: CareScripts = {
  awake: step("AT+CFUN?", "+CFUN: 1", "OK"),
  simReady: step("AT+CPIN?", "+CPIN: READY", "OK"),
  reports: step("AT+CEREG=2"),
  attached: step("AT+CGATT?", "+CGATT: 1", "OK") + step("AT+CEREG?", '+CEREG: 2,1,"1A2B","01A2D101",7', "OK"),
  data: step("AT+CGACT?", "+CGACT: 1,1", "OK"),
  connects: "→ AT+MQTTDISC\\r",
  closes: "",
};
/** A modem that is on no network yet may be told another APN at any time. */
const NOT_JOINED = step("AT+CGATT?", "+CGATT: 0", "OK");
const ASKS = (scripts: CareScripts): string => `${step("AT+CGATT?", "+CGATT: 0", "OK")}${step("AT+CEREG?", "+CEREG: 2,2", "OK")}${scripts.simReady}${LOOKS}`;
const REST = `${ML302.reports}${ML302.attached}${ML302.data}${ML302.connects}`;

export const ML302_CARE: Exchange[] = [
  { name: "all is as it should be, and nothing is changed", script: up(ML302) },
  ...simFailures(ML302),
  ...simWaits(ML302),
  { name: "a context that is not active is activated", script: `${beforeNetwork(ML302)}${ML302.attached}${step("AT+CGACT?", "+CGACT: 1,0", "OK")}${step("AT+CGACT=1,1")}${ML302.connects}` },
  {
    name: "a context that cannot be activated is told with its APN",
    ...modem({ apn: "wrong" }),
    script: `${beforeNetwork(ML302, step("AT+CGDCONT?", '+CGDCONT: 1,"IP","wrong","",0,0', "OK"))}${ML302.attached}${step("AT+CGACT?", "OK")}${step("AT+CGACT=1,1", "+CME ERROR: 149")}
      = error PDP_FAILED 149`,
  },
  {
    name: "APN, user and password, without a pause of the radio",
    ...modem({ apn: { name: "CMNET", user: "u", password: "p" } }),
    script: `${beforeNetwork(ML302, step("AT+CGDCONT?", "OK") + step('AT+CGDCONT=1,"IP","CMNET"') + step('AT+CGAUTH=1,1,"u","p"') + NOT_JOINED)}${ML302.attached}${ML302.data}${ML302.connects}`,
  },
  {
    name: "the PIN",
    ...modem({ pin: "1234" }),
    script: `${STEP}${ML302.awake}${step("AT+CPIN?", "+CPIN: SIM PIN", "OK")}${step("AT+CPINR", "ERROR")}${step('AT+CPIN="1234"')}${ML302.simReady}${REST}`,
  },
  { name: "PSM is written as 27.007 has it, eDRX for LTE", ...modem({ psm: { active: 60, periodic: 3600 }, edrx: 10 }), script: `${beforeNetwork(ML302, step('AT+CPSMS=1,,,"00000110","00011110"') + step('AT+CEDRXS=1,4,"0001"'))}${ML302.attached}${step("AT+CEDRXRDP", "ERROR")}${ML302.data}${ML302.connects}` },
  {
    name: "identity, and a signal without CESQ",
    script: `${beforeNetwork(ML302)}${ASKS(ML302)}
      ! ask identity
      ${step("AT+CGMI", "CMCC", "OK")}${step("AT+CGMM", "ML302", "OK")}${step("AT+CGMR", "+CGMR: ML302_V1", "OK")}${step("AT+CGSN=1", "+CGSN: 490154203237511", "OK")}
      = identity maker=CMCC model=ML302 firmware=ML302_V1 imei=490154203237511
      ! ask signal
      ${step("AT+CSQ", "+CSQ: 17,99", "OK")}${step("AT+CESQ", "ERROR")}
      = signal rssi=-79 word=good`,
  },
];

const NM28: CareScripts = {
  ...ML302,
  reports: step("AT+CEREG=5", "ERROR") + step("AT+CEREG=2"),
  attached: step("AT+CGATT?", "+CGATT: 1", "OK") + step("AT+CEREG?", '+CEREG: 2,1,"1A2B","01A2D101",11', "OK"),
  data: "",
  connects: "→ AT+MQTTCLOSE=0\\r",
};

export const NM28_CARE: Exchange[] = [
  { name: "all is as it should be, and nothing is changed", script: up(NM28) },
  ...simFailures(NM28),
  ...simWaits(NM28),
  { name: "another APN", ...modem({ apn: { name: "CMIOT", type: "IPV4V6" } }), script: `${beforeNetwork(NM28, step("AT+CGDCONT?", '+CGDCONT: 1,"IP","CMIOT"', "OK") + step('AT+CGDCONT=1,"IPV4V6","CMIOT"') + NOT_JOINED)}${NM28.attached}${step("AT+CGACT?", "+CGACT: 1,0", "OK")}${step("AT+CGACT=1,1")}${NM28.connects}` },
  { name: "another APN whose context the modem has activated by itself", ...modem({ apn: { name: "CMIOT", type: "IPV4V6" } }), script: `${beforeNetwork(NM28, step("AT+CGDCONT?", '+CGDCONT: 1,"IP","CMIOT"', "OK") + step('AT+CGDCONT=1,"IPV4V6","CMIOT"') + NOT_JOINED)}${NM28.attached}${step("AT+CGACT?", "+CGACT: 1,1", "OK")}${NM28.connects}` },
  {
    name: "another APN on a network that the modem has joined already: it is left, and joined with the new one",
    ...modem({ apn: "CMIOT" }),
    script: `${beforeNetwork(NM28, step("AT+CGDCONT?", '+CGDCONT: 1,"IP",""', "OK") + step('AT+CGDCONT=1,"IP","CMIOT"') + step("AT+CGATT?", "+CGATT: 1", "OK") + step("AT+CGATT=0") + step("AT+CGATT=1"))}${NM28.attached}${step("AT+CGACT?", "+CGACT: 1,1", "OK")}${NM28.connects}`,
  },
  {
    name: "firmware that knows CREG alone: it is told how that is",
    progress: true,
    script: `${beforeNetwork(NM28)}${step("AT+CGATT?", "+CGATT: 0", "OK")}${step("AT+CEREG?", "ERROR")}${NM28.simReady}${LOOKS}${step("AT+CREG?", "+CREG: 0,2", "OK")}~ 2000
      ${step("AT+CGATT?", "+CGATT: 0", "OK")}${step("AT+CEREG?", "ERROR")}
      = waiting seconds=2 registration=searching rssi=-65 rsrp=-54
      ${step("AT+CSQ", "+CSQ: 24,0", "OK")}${step("AT+CESQ", "+CESQ: 24,99,255,255,26,87", "OK")}${step("AT+CREG?", "+CREG: 0,2", "OK")}
      = waiting seconds=2 registration=searching rssi=-65 rsrp=-54
      ~ 2000
      ${step("AT+CGATT?", "+CGATT: 1", "OK")}${step("AT+CEREG?", "ERROR")}${NM28.connects}`,
  },
  {
    name: "network, signal and time",
    script: `${beforeNetwork(NM28)}${ASKS(NM28)}
      ! ask network
      ${step("AT+CEREG?", '+CEREG: 2,5,"1A2B","01A2D101",11', "OK")}${step("AT+COPS?", '+COPS: 0,0,"CHINA MOBILE CMCC",11', "OK")}${step("AT+CGPADDR", '+CGPADDR: 1,"32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1"', "OK")}
      = network registration=registered, roaming status=5 operator=CHINA MOBILE CMCC technology=5G area=1A2B cell=01A2D101 address=2001:db8:0:0:0:0:0:1
      ! ask signal
      ${LOOKS}
      = signal rsrp=-54 rsrq=-7 rssi=-65 word=excellent
      ! ask time
      ${step("AT+CCLK?", '+CCLK: "26/01/01,02:14:36+08"', "OK")}
      = time utc=${Date.UTC(2026, 0, 1, 0, 14, 36)} zone=120`,
  },
];
