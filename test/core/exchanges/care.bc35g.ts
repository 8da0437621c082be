// BC35-G and BC28: lines as their AT manual and captures of a BC28-CNV have them; most have no blank behind the colon.
import type { Exchange } from "../support/exchange";
import { beforeNetwork, simFailures, simWaits, step, STEP, up, type CareScripts } from "./care";

const REGISTERED = step("AT+CEREG?", "+CEREG:5,1,213D,0318886E,9,,,00010000,00111000", "OK");
const SCRIPTS: CareScripts = {
  awake: step("AT+CFUN?", "+CFUN:1", "OK"),
  simReady: step("AT+CPIN?", "+CPIN: READY", "OK"),
  reports: step("AT+NPSMR=1") + step("AT+CEREG=5"),
  attached: step("AT+CGATT?", "+CGATT:1", "OK") + REGISTERED,
  data: step("AT+CGPADDR", "+CGPADDR:0,101.43.5.1", "OK"),
  connects: "→ AT+QMTCLOSE=0\\r",
  closes: "",
};
const { awake, simReady, reports, attached, data, connects } = SCRIPTS;
const REST = `${reports}${attached}${data}${connects}`;
const LOCKED = step("AT+CPIN?", "+CPIN: SIM PIN", "OK");
const SEARCHING = step("AT+CGATT?", "+CGATT:0", "OK") + step("AT+CEREG?", "+CEREG:5,2", "OK");
const NUESTATS = ["Signal power:-842", "Total power:-780", "TX power:-32768", "TX time:0", "RX time:1", "Cell ID:27447553", "ECL:0", "SNR:226", "EARFCN:3734", "PCI:105", "RSRQ:-108", "OPERATOR MODE:0", "CURRENT BAND:8"];
const LOOKS = step("AT+CSQ", "+CSQ:16,99", "OK") + step("AT+NUESTATS", ...NUESTATS, "OK");
const NO_LOOKS = step("AT+CSQ", "+CSQ:99,99", "OK") + step("AT+NUESTATS", "Signal power:-32768", "Total power:-32768", "OK");
const ASKS = step("AT+CGATT?", "+CGATT:0", "OK") + step("AT+CEREG?", "+CEREG:5,2", "OK") + step("AT+CPIN?", "+CPIN: READY", "OK") + LOOKS;
/** A sleep of full length outlasts the keep-alive time that the exchanges have by default. */
const modem = (options: Record<string, unknown>): Pick<Exchange, "options"> => ({ options: options.psm ? { keepAlive: 0, modem: options } : { modem: options } });

export const BC35G_CARE: Exchange[] = [
  { name: "all is as it should be, and nothing is changed", script: up(SCRIPTS) },
  {
    name: "a radio that is off is switched on (cold start)",
    script: `${STEP}${step("AT+CFUN?", "+CFUN:0", "OK")}${step("AT+CFUN=1")}${simReady}${REST}`,
  },
  { name: "a radio that is off stays so where the application wants that", ...modem({ radio: false }), script: `${STEP}${step("AT+CFUN?", "+CFUN:0", "OK")}${simReady}${REST}` },
  ...simFailures(SCRIPTS),
  ...simWaits(SCRIPTS),
  {
    name: "the PIN is entered with NPIN, after its tries have been counted",
    ...modem({ pin: "1234" }),
    script: `${STEP}${awake}${LOCKED}${step("AT+CPINR", "+CPINR: SIM PIN,3,3", "+CPINR: SIM PUK,10,10", "OK")}${step('AT+NPIN=0,"1234"', "+NPIN:OK", "OK")}
      ${step("AT+CPIN?", "+CME ERROR: 14")}~ 1000${simReady}${REST}`,
  },
  {
    name: "a PIN that is refused is told with the tries that are left, and not tried again",
    ...modem({ pin: "1234" }),
    script: `${STEP}${awake}${LOCKED}${step("AT+CPINR", "+CPINR: SIM PIN,3,3", "OK")}${step('AT+NPIN=0,"1234"', "+NPIN:ERROR wrong PIN 2", "OK")}
      = error PIN_REFUSED`,
  },
  {
    name: "the same told behind the OK: the PIN was tried a second time",
    ...modem({ pin: "1234" }),
    script: `${STEP}${awake}${LOCKED}${step("AT+CPINR", "+CPINR: SIM PIN,3,3", "OK")}${step('AT+NPIN=0,"1234"')}${step("AT+CPIN?", "+NPIN:ERROR wrong PIN 2", "+CPIN: SIM PIN", "OK")}
      = error PIN_REFUSED`,
  },
  {
    name: "a SIM that goes on asking for its PIN has refused it, whatever the modem has said: the PIN was tried a second time",
    ...modem({ pin: "1234" }),
    script: `${STEP}${awake}${LOCKED}${step("AT+CPINR", "+CPINR: SIM PIN,3,3", "OK")}${step('AT+NPIN=0,"1234"')}${`${LOCKED}~ 1000`.repeat(9)}${LOCKED}
      = error PIN_REFUSED`,
  },
  {
    name: "the same with an error in place of the line",
    ...modem({ pin: "1234" }),
    script: `${STEP}${awake}${LOCKED}${step("AT+CPINR", "ERROR")}${step('AT+NPIN=0,"1234"', "+CME ERROR: 16")}
      = error PIN_REFUSED 16`,
  },
  {
    name: "a PIN that can be tried once more is not tried",
    ...modem({ pin: "1234" }),
    script: `${STEP}${awake}${LOCKED}${step("AT+CPINR", "+CPINR: SIM PIN,1,3", "OK")}
      = error PIN_REFUSED`,
  },
  { name: "a PIN that the SIM does not want is not entered", ...modem({ pin: "1234" }), script: up(SCRIPTS) },
  {
    name: "an APN that the modem has is left alone, the stale context of a BC28-CNV too",
    ...modem({ apn: "cmnbiot" }),
    script: beforeNetwork(SCRIPTS, step("AT+CGDCONT?", '+CGDCONT:0,"IPV4V6","CMNBIOT","",0,0,0,0,0,0', '+CGDCONT:1,"IP","HUAWEI.COM","",0,0,0,0,0,0', "OK")) + attached + data + connects,
  },
  {
    name: "another APN is set with the radio off, for the context that MQTT uses",
    ...modem({ apn: "private.example" }),
    script: beforeNetwork(SCRIPTS, step("AT+CGDCONT?", '+CGDCONT:0,"IPV4V6",,,0,0,,,,,0,0', "OK") + step("AT+CFUN=0") + step('AT+CGDCONT=0,"IPV4V6","private.example"') + step("AT+CFUN=1")) + attached + data + connects,
  },
  {
    name: "an APN with user and password, of another IP version",
    ...modem({ apn: { name: "private.example", user: "u", password: "p", authentication: "chap", type: "IP" } }),
    script: beforeNetwork(SCRIPTS, step("AT+CGDCONT?", '+CGDCONT:0,"IPV4V6","private.example","",0,0,0,0,0,0', "OK") + step("AT+CFUN=0") + step('AT+CGDCONT=0,"IP","private.example"') + step('AT+CGAUTH=0,2,"u","p"') + step("AT+CFUN=1")) + attached + data + connects,
  },
  {
    name: "an APN that is refused three times is told with its name",
    ...modem({ apn: "private.example" }),
    script: `${STEP}${awake}${simReady}${step("AT+CGDCONT?", "OK")}${step("AT+CFUN=0")}${step('AT+CGDCONT=0,"IPV4V6","private.example"', "ERROR")}~ 3000
      ${step('AT+CGDCONT=0,"IPV4V6","private.example"', "ERROR")}~ 3000${step('AT+CGDCONT=0,"IPV4V6","private.example"', "+CME ERROR: 50")}${step("AT+CFUN=1")}
      = error PDP_FAILED 50`,
  },
  { name: "bands that the modem has, in another order, are left alone", ...modem({ bands: [8, 5] }), script: beforeNetwork(SCRIPTS, step("AT+NBAND?", "+NBAND:5,8", "OK")) + attached + data + connects },
  {
    name: "other bands are set with the radio off",
    ...modem({ bands: [8, 5] }),
    script: beforeNetwork(SCRIPTS, step("AT+NBAND?", "+NBAND:5,8,3,28,20,1", "OK") + step("AT+CFUN=0") + step("AT+NBAND=8,5") + step("AT+CFUN=1")) + attached + data + connects,
  },
  { name: "the operator that the modem has is left alone", ...modem({ operator: "46000" }), script: beforeNetwork(SCRIPTS, step("AT+COPS?", '+COPS:1,2,"46000"', "OK")) + attached + data + connects },
  { name: "another operator is chosen", ...modem({ operator: "46000" }), script: beforeNetwork(SCRIPTS, step("AT+COPS?", "+COPS:0", "OK") + step('AT+COPS=1,2,"46000"')) + attached + data + connects },
  { name: "the choice is left to the modem again", ...modem({ operator: "auto" }), script: beforeNetwork(SCRIPTS, step("AT+COPS?", '+COPS:1,2,"46000"', "OK") + step("AT+COPS=0")) + attached + data + connects },
  {
    name: "an operator that is not there",
    ...modem({ operator: "46099" }),
    script: `${STEP}${awake}${simReady}${step("AT+COPS?", "+COPS:0", "OK")}${step('AT+COPS=1,2,"46099"', "+CME ERROR: 30")}
      = error NO_COVERAGE 30`,
  },
  {
    name: "setup comes behind the APN, and before sleep and registration",
    ...modem({ apn: "cmnbiot", setup: ["AT+QREGSWT=2"], psm: false }),
    script: `${STEP}${awake}${simReady}${step("AT+CGDCONT?", '+CGDCONT:0,"IPV4V6","cmnbiot","",0,0,0,0,0,0', "OK")}${step("AT+QREGSWT=2")}${step("AT+CPSMS=0")}${reports}${attached}${step("AT+CPSMS=0")}${data}${connects}`,
  },
  { name: "PSM and eDRX that are not wanted are switched off, PSM again when the modem has attached (BC28-CNV)", ...modem({ psm: false, edrx: false }), script: beforeNetwork(SCRIPTS, step("AT+CPSMS=0") + step("AT+CEDRXS=0,5")) + attached + step("AT+CPSMS=0") + data + connects },
  { name: "what is to be switched off may be unknown", ...modem({ psm: false, edrx: false }), script: beforeNetwork(SCRIPTS, step("AT+CPSMS=0", "ERROR") + step("AT+CEDRXS=0,5", "+CME ERROR: 4")) + attached + step("AT+CPSMS=0", "ERROR") + data + connects },
  {
    name: "PSM and eDRX that are wanted, in seconds",
    ...modem({ psm: { active: 32, periodic: 86_400 }, edrx: 20 }),
    script: beforeNetwork(SCRIPTS, step('AT+CPSMS=1,,,"00111000","00010000"') + step('AT+CEDRXS=1,5,"0010"')) + attached + step("AT+CEDRXRDP", '+CEDRXRDP:5,"0010","1110","0101"', "OK") + data + connects,
  },
  {
    name: "PSM that is refused",
    ...modem({ psm: { active: 32, periodic: 86_400 } }),
    script: `${STEP}${awake}${simReady}${step('AT+CPSMS=1,,,"00111000","00010000"', "+CME ERROR: 4")}
      = error COMMAND_REFUSED 4`,
  },
  {
    name: "the wait for the network is told: reports as they come, the signal, the seconds",
    progress: true,
    script: `${beforeNetwork(SCRIPTS)}${SEARCHING}${simReady}${LOOKS}~ 2000
      ${SEARCHING}
      = waiting seconds=2 registration=searching rssi=-78 rsrp=-84.2
      ${NO_LOOKS}
      = waiting seconds=2 registration=searching
      ~ 500
      ← \\r\\n+CEREG:1,213D,0318886E,9,,,,\\r\\n
      ~ 0
      ${attached}${data}${connects}`,
  },
  {
    name: "a registration that is denied twice is told with its cause",
    script: `${beforeNetwork(SCRIPTS)}${step("AT+CGATT?", "+CGATT:0", "OK")}${step("AT+CEREG?", "+CEREG:5,3,,,,0,15", "OK")}${simReady}${LOOKS}~ 2000
      ${step("AT+CGATT?", "+CGATT:0", "OK")}${step("AT+CEREG?", "+CEREG:5,3,,,,0,15", "OK")}
      = error REGISTRATION_DENIED 15`,
  },
  {
    name: "no coverage for all the time that was given",
    ...modem({ attachTimeout: 3000 }),
    script: `${beforeNetwork(SCRIPTS)}${SEARCHING}${simReady}${NO_LOOKS}~ 2000
      ${SEARCHING}${NO_LOOKS}~ 2000
      ${SEARCHING}
      = error NO_COVERAGE`,
  },
  {
    name: "registered, and never attached",
    ...modem({ attachTimeout: 1000 }),
    script: `${beforeNetwork(SCRIPTS)}${step("AT+CGATT?", "+CGATT:0", "OK")}${step("AT+CEREG?", "+CEREG:5,6,213D,0318886E,9,,,,", "OK")}${simReady}${NO_LOOKS}~ 2000
      ${step("AT+CGATT?", "+CGATT:0", "OK")}${step("AT+CEREG?", "+CEREG:5,6,213D,0318886E,9,,,,", "OK")}
      = error ATTACH_FAILED`,
  },
  {
    name: "attached, and no address for a minute",
    ...modem({ apn: "cmnbiot" }),
    script: `${beforeNetwork(SCRIPTS, step("AT+CGDCONT?", '+CGDCONT:0,"IPV4V6","cmnbiot","",0,0,0,0,0,0', "OK"))}${attached}${`${step("AT+CGPADDR", "+CGPADDR:0", "OK")}~ 2000`.repeat(29)}${step("AT+CGPADDR", "+CGPADDR:0", "OK")}
      = error PDP_FAILED`,
  },
  { name: "an address that comes late", script: `${beforeNetwork(SCRIPTS)}${attached}${step("AT+CGPADDR", "+CGPADDR:0", "OK")}~ 2000${data}${connects}` },
  { name: "firmware that tells no addresses is worked with", script: `${beforeNetwork(SCRIPTS)}${attached}${step("AT+CGPADDR", "ERROR")}${connects}` },
  {
    name: "a foreign network is not good enough where roaming is not wanted",
    ...modem({ roaming: false, attachTimeout: 1000 }),
    script: `${beforeNetwork(SCRIPTS)}${step("AT+CGATT?", "+CGATT:1", "OK")}${step("AT+CEREG?", "+CEREG:5,5,213D,0318886E,9,,,,", "OK")}${LOOKS}${step("AT+COPS?", '+COPS:0,2,"46001"', "OK")}~ 2000
      ${step("AT+CGATT?", "+CGATT:1", "OK")}${step("AT+CEREG?", "+CEREG:5,5,213D,0318886E,9,,,,", "OK")}
      = error NOT_ATTACHED`,
  },
  {
    name: "it is otherwise, for roaming is good enough where nothing is said",
    script: `${beforeNetwork(SCRIPTS)}${step("AT+CGATT?", "+CGATT:1", "OK")}${step("AT+CEREG?", "+CEREG:5,5,213D,0318886E,9,,,,", "OK")}${data}${connects}`,
  },
  {
    name: "identity",
    script: `${beforeNetwork(SCRIPTS)}${ASKS}
      ! ask identity
      ${step("AT+CGMI", "Quectel", "OK")}${step("AT+CGMM", "BC35GJB-02-STD", "OK")}${step("ATI", "Quectel", "BC35-G", "Revision:BC35GJBR01A01", "OK")}${step("AT+CGSN=1", "+CGSN:490154203237511", "OK")}
      = identity maker=Quectel model=BC35GJB-02-STD firmware=BC35GJBR01A01 imei=490154203237511`,
  },
  {
    name: "an identity that is told by halves: the serial number of CGSN is no IMEI",
    script: `${beforeNetwork(SCRIPTS)}${ASKS}
      ! ask identity
      ${step("AT+CGMI", "ERROR")}${step("AT+CGMM", "Quectel_BC28-CNV", "OK")}${step("ATI", "Quectel", "BC28", "Revision: BC28CNVBAR02A03", "OK")}${step("AT+CGSN=1", "ERROR")}${step("AT+GSN", "ERROR")}${step("AT+CGSN", "MPD22I8A1B2C3D4E5", "OK")}
      = identity model=Quectel_BC28-CNV firmware=BC28CNVBAR02A03`,
  },
  {
    name: "the SIM",
    script: `${beforeNetwork(SCRIPTS)}${ASKS}
      ! ask sim
      ${simReady}${step("AT+NCCID", "+NCCID:44123456789012345678", "OK")}${step("AT+CIMI", "460012345678901", "OK")}
      = sim state=ready iccid=44123456789012345678 imsi=460012345678901
      ! ask sim
      ${step("AT+CPIN?", "+CME ERROR: 10")}${step("AT+NCCID", "ERROR")}${step("AT+CIMI", "ERROR")}
      = sim state=absent`,
  },
  {
    name: "the network",
    script: `${beforeNetwork(SCRIPTS)}${ASKS}
      ! ask network
      ${REGISTERED}${step("AT+COPS?", '+COPS:0,2,"46000"', "OK")}${step("AT+NUESTATS", ...NUESTATS, "OK")}${data}
      = network registration=registered status=1 operator=46000 technology=NB-IoT area=213D cell=0318886E band=8 address=101.43.5.1 psm=(active=32 periodic=86400)`,
  },
  {
    name: "the signal, as the manual prints it and as a BC28-CNV does (M-6)",
    script: `${beforeNetwork(SCRIPTS)}${ASKS}
      ! ask signal
      ${step("AT+CSQ", "+CSQ:28,99", "OK")}${step("AT+NUESTATS", "+NUESTATS: Signal power:-683", "+NUESTATS: Total power:-570", "+NUESTATS: SNR:120", "+NUESTATS: RSRQ:-108", "OK")}
      = signal rsrp=-68.3 rsrq=-10.8 sinr=12 rssi=-57 word=excellent
      ! ask signal
      ${step("AT+CSQ", "+CSQ:99,99", "OK")}${step("AT+NUESTATS", "Signal power:-32768", "Total power:-32768", "SNR:-32768", "RSRQ:-32768", "OK")}
      = signal word=none`,
  },
  {
    name: "the time: the hour is UTC, and the zone is information (M-1); none before the network has told it",
    script: `${beforeNetwork(SCRIPTS)}${ASKS}
      ! ask time
      ${step("AT+CCLK?", "+CCLK:20/12/04,05:53:35+32", "OK")}
      = time utc=${Date.UTC(2020, 11, 4, 5, 53, 35)} zone=480
      ! ask time
      ${step("AT+CCLK?", "OK")}
      = time nothing`,
  },
  {
    name: "temperature and supply",
    script: `${beforeNetwork(SCRIPTS)}${ASKS}
      ! ask supply
      ${step("AT+QCHIPINFO=ALL", "+QCHIPINFO:TEMP,21", "+QCHIPINFO:VBAT,3547", "OK")}
      = supply temperature=21 voltage=3547`,
  },
  {
    name: "temperature and supply that the modem does not tell",
    script: `${beforeNetwork(SCRIPTS)}${ASKS}
      ! ask supply
      ${step("AT+QCHIPINFO=ALL", "+QCHIPINFO:CPU,1", "OK")}
      = supply`,
  },
];
