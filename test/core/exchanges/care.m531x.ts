// M5311 by its AT specification v2.4 and public captures; M5310-A by public drivers, which treat it as its chip's other modules.
import type { Exchange } from "../support/exchange";
import { beforeNetwork, simFailures, simWaits, step, STEP, up, type CareScripts } from "./care";

/** A sleep of full length outlasts the keep-alive time that the exchanges have by default. */
const modem = (options: Record<string, unknown>): Pick<Exchange, "options"> => ({ options: options.psm ? { keepAlive: 0, modem: options } : { modem: options } });
const CONNECTS = "→ AT+MQTTDISC\\r";

const ATI = step("ATI", "CMCC", "M5311", "M5311-MLVH0S00", "V1.0", "OK");
const REGISTERED = step("AT+CEREG?", '+CEREG: 5,1,"1A2B","01A2D101",9,"00",,,"00000101","01000111"', "OK");
/** It is to say when it sleeps. */
const TELLS = step("AT*SLEEP=1") + step("AT*MATWAKEUP=1");
const SCRIPTS: CareScripts = {
  awake: `${ATI}${step("AT+CFUN?", "+CFUN: 1", "OK")}`,
  simReady: step("AT+CPIN?", "+CPIN: READY", "OK"),
  reports: TELLS + step("AT+CEREG=5"),
  attached: step("AT+CGATT?", "+CGATT: 1", "OK") + REGISTERED,
  data: step("AT+CGPADDR", '+CGPADDR: 1,"100.66.19.177"', "OK"),
  connects: CONNECTS,
  closes: "",
};
const { awake, simReady, reports, attached, data, connects } = SCRIPTS;
const REST = `${reports}${attached}${data}${connects}`;
const ENGINE = ['*ENGINFOSC: 3701,3,69,"27447553",-1073,-1175,-1145,290,18,11,0,0,-35', "OK"];
const LOOKS = step("AT+CSQ", "+CSQ: 16,99", "OK") + step("AT*ENGINFO=0", ...ENGINE);
const ASKS = `${step("AT+CGATT?", "+CGATT: 0", "OK")}${step("AT+CEREG?", "+CEREG: 5,2", "OK")}${simReady}${LOOKS}`;

export const M5311_CARE: Exchange[] = [
  { name: "all is as it should be, and nothing is changed", script: up(SCRIPTS) },
  {
    name: "a radio that is off is switched on; the SIM's report behind that is no restart",
    script: `${STEP}${ATI}${step("AT+CFUN?", "+CFUN: 4", "OK")}
      → AT+CFUN=1\\r
      ← \\r\\nOK\\r\\n
      → AT+CPIN?\\r
      ← \\r\\n+CPIN: READY\\r\\n\\r\\nOK\\r\\n
      ${REST}`,
  },
  ...simFailures(SCRIPTS),
  ...simWaits(SCRIPTS),
  {
    name: "the PIN is entered; the report that the SIM is ready then is no restart",
    ...modem({ pin: "1234" }),
    script: `${STEP}${awake}${step("AT+CPIN?", "+CPIN: SIM PIN", "OK")}${step("AT+CPINR", "+CME ERROR: 4")}
      → AT+CPIN="1234"\\r
      ← \\r\\nOK\\r\\n
      → AT+CPIN?\\r
      ← \\r\\n+CPIN: READY\\r\\n\\r\\nOK\\r\\n
      ← \\r\\n+CPIN: READY\\r\\n
      ${REST}`,
  },
  {
    name: "a PIN that is refused",
    ...modem({ pin: "1234" }),
    script: `${STEP}${awake}${step("AT+CPIN?", "+CPIN: SIM PIN", "OK")}${step("AT+CPINR", "+CPINR: SIM PIN,3,3", "OK")}${step('AT+CPIN="1234"', "+CME ERROR: 16")}
      = error PIN_REFUSED 16`,
  },
  {
    name: "another APN is set as the default one, with the radio off",
    ...modem({ apn: { name: "cmiot", user: "u", password: "p" } }),
    script: `${STEP}${awake}${simReady}${step("AT+CGDCONT?", '+CGDCONT: 1,"IP","other.example","0.0.0.0",0,0', "OK")}${step("AT+CFUN=0")}${step('AT*CGDEFCONT="IP","cmiot","u","p"')}${step("AT+CFUN=1")}${REST}`,
  },
  {
    name: "an APN that the modem has is left alone",
    ...modem({ apn: "cmiot" }),
    script: `${STEP}${awake}${simReady}${step("AT+CGDCONT?", '+CGDCONT: 1,"IP","cmiot","0.0.0.0",0,0', "OK")}${REST}`,
  },
  {
    name: "the operator is asked for by its number",
    ...modem({ operator: "46000" }),
    script: `${STEP}${awake}${simReady}${step("AT+COPS=3,2")}${step("AT+COPS?", '+COPS: 0,2,"46001",9', "OK")}${step('AT+COPS=1,2,"46000"')}${REST}`,
  },
  {
    name: "bands cannot be told to an M5311",
    ...modem({ bands: [8] }),
    script: `${STEP}${ATI}
      = error COMMAND_REFUSED`,
  },
  {
    name: "PSM and eDRX",
    ...modem({ psm: { active: 10, periodic: 252_000 }, edrx: { cycle: 82 }, setup: ["AT+SM=LOCK_FOREVER"] }),
    script: `${STEP}${awake}${simReady}${step("AT+SM=LOCK_FOREVER")}${step('AT+CPSMS=1,,,"01000111","00000101"')}${step('AT+CEDRXS=1,5,"0101"')}${reports}${attached}${step("AT+CEDRXRDP", '+CEDRXRDP: 5,"0101","0101","0101"', "OK")}${data}${connects}`,
  },
  { name: "firmware without the fifth level of reports gets the second", script: `${STEP}${awake}${simReady}${TELLS}${step("AT+CEREG=5", "+CME ERROR: 50")}${step("AT+CEREG=2")}${attached}${data}${connects}` },
  {
    name: "the wait for the network is told, with the cause of a refusal that is not the last word",
    progress: true,
    script: `${beforeNetwork(SCRIPTS)}${step("AT+CGATT?", "+CGATT: 0", "OK")}${step("AT+CEREG?", '+CEREG: 5,3,"1A2B","01A2D101",9,"00",0,22', "OK")}${simReady}${LOOKS}~ 2000
      ${step("AT+CGATT?", "+CGATT: 0", "OK")}${step("AT+CEREG?", "+CEREG: 5,2", "OK")}
      = waiting seconds=2 registration=searching rssi=-114.5 rsrp=-107.3
      ${LOOKS}
      = waiting seconds=2 registration=searching rssi=-114.5 rsrp=-107.3
      ~ 2000
      ${attached}${data}${connects}`,
  },
  {
    name: "identity and SIM (the IMSI with its name, B-1)",
    script: `${beforeNetwork(SCRIPTS)}${ASKS}
      ! ask identity
      ${step("AT+CGMI", "CMCC", "OK")}${step("AT+CGMM", "M5311", "OK")}${step("AT+SWVER", "M5311-MLVH0S00", "OK")}${step("AT+CGSN=1", "+CGSN: 490154203237511", "OK")}
      = identity maker=CMCC model=M5311 firmware=M5311-MLVH0S00 imei=490154203237511
      ! ask sim
      ${simReady}${step("AT+ICCID", "+ICCID: 56979649586978380293", "OK")}${step("AT+CIMI", "+CIMI: 460012345678901", "OK")}
      = sim state=ready iccid=56979649586978380293 imsi=460012345678901`,
  },
  {
    name: "network, signal, time (the hour is local, M-1), and no supply",
    script: `${beforeNetwork(SCRIPTS)}${ASKS}
      ! ask network
      ${REGISTERED}${step("AT+COPS?", '+COPS: 0,0,"CHINA MOBILE",9', "OK")}${step("AT*ENGINFO=0", ...ENGINE)}${data}
      = network registration=registered status=1 operator=CHINA MOBILE technology=NB-IoT area=1A2B cell=01A2D101 band=18 address=100.66.19.177 psm=(active=10 periodic=252000)
      ! ask signal
      ${LOOKS}
      = signal rsrp=-107.3 rsrq=-117.5 sinr=29 rssi=-114.5 word=weak
      ! ask time
      ${step("AT+CCLK?", "+CCLK: 26/02/21,07:35:03+32", "OK")}
      = time utc=${Date.UTC(2026, 1, 20, 23, 35, 3)} zone=480
      ! ask supply
      = supply`,
  },
];

const M5310A_ATI = step("ATI", "CMCC", "M5310-A", "OK");
const M5310A: CareScripts = {
  awake: `${M5310A_ATI}${step("AT+CFUN?", "+CFUN:1", "OK")}`,
  simReady: step("AT+CPIN?", "+CPIN:READY", "OK"),
  reports: step("AT+NPSMR=1") + step("AT+CEREG=5"),
  attached: step("AT+CGATT?", "+CGATT:1", "OK") + step("AT+CEREG?", "+CEREG:5,1,213D,0318886E,9,,,,", "OK"),
  data: step("AT+CGPADDR", "+CGPADDR:0,10.1.2.3", "OK"),
  connects: CONNECTS,
  closes: "",
};
const M5310A_ASKS = `${step("AT+CGATT?", "+CGATT:0", "OK")}${step("AT+CEREG?", "+CEREG:5,2", "OK")}${M5310A.simReady}${step("AT+CSQ", "+CSQ:16,99", "OK")}${step("AT+NUESTATS", "Signal power:-842", "OK")}`;

export const M5310A_CARE: Exchange[] = [
  { name: "all is as it should be, and nothing is changed", script: up(M5310A) },
  {
    name: "APN and bands as a BC35-G has them",
    ...modem({ apn: "cmiot", bands: [8] }),
    script: beforeNetwork(M5310A, step("AT+CGDCONT?", '+CGDCONT:0,"IP","other"', "OK") + step("AT+NBAND?", "+NBAND:5,8", "OK") + step("AT+CFUN=0") + step('AT+CGDCONT=0,"IP","cmiot"') + step("AT+NBAND=8") + step("AT+CFUN=1")) + M5310A.attached + M5310A.data + M5310A.connects,
  },
  {
    name: "the PIN as a BC35-G has it",
    ...modem({ pin: "12345678" }),
    script: `${STEP}${M5310A.awake}${step("AT+CPIN?", "+CPIN:SIM PIN", "OK")}${step("AT+CPINR", "+CPINR:SIM PIN,3,3", "OK")}${step('AT+NPIN=0,"12345678"', "+NPIN:OK", "OK")}${M5310A.simReady}${M5310A.reports}${M5310A.attached}${M5310A.data}${M5310A.connects}`,
  },
  {
    name: "the time: the hour is UTC (M-1)",
    script: `${beforeNetwork(M5310A)}${M5310A_ASKS}
      ! ask time
      ${step("AT+CCLK?", "+CCLK:26/02/21,07:35:03+32", "OK")}
      = time utc=${Date.UTC(2026, 1, 21, 7, 35, 3)} zone=480`,
  },
];

const M5313: CareScripts = { ...SCRIPTS, reports: step("AT+CEREG=5"), awake: `${step("ATI", "CMCC", "M5313", "OK")}${step("AT+CFUN?", "+CFUN: 1", "OK")}`, data: "" };

export const M5313_CARE: Exchange[] = [
  { name: "a module of which no document is public gets what 27.007 says", script: up(M5313) },
  { name: "so does one that does not know ATI", script: up({ ...M5313, awake: `${step("ATI", "ERROR")}${step("AT+CFUN?", "+CFUN: 1", "OK")}` }) },
];
