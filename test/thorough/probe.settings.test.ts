import assert from "node:assert/strict";
import type { VirtualModem, VirtualModemOptions } from "modem-mqtt/virtual-modem";
import { settingsTable } from "../../hosts/virtual-modem/device/settings";
import { markdown } from "../../hosts/node/command/probe/report";
import { Lives } from "../e2e/support/lives";
import { answers, probed } from "../e2e/support/probing";

// The probe tells how the virtual modems are set as devices: each setting of docs/virtual-modem.md by a question, or it says why none can.

/** Settings that no exchange shows. */
const NOT_TOLD: Readonly<Record<string, string>> = {
  "sim.pin": "no PIN is entered", "sim.puk": "no PUK is entered",
  "radio.switchTime": "a time that the exchange has", "mobile.operatorName": "the driver has digits told",
  "mobile.apn": "the network does not tell which it wants", "mobile.user": "as the APN", "mobile.password": "as the APN",
  "power.keyTime": "pins are a person's", "power.offTime": "pins are a person's", "power.resetTime": "pins are a person's", "power.stopTime": "pins are a person's",
};

type Expected = string | ((found: string) => boolean);

interface Case {
  readonly of: string;
  readonly options: VirtualModemOptions & { modem: string };
  /** What the questions find. */
  readonly told: Readonly<Record<string, Expected>>;
  /** Texts that must not be in the report. */
  readonly hidden?: readonly string[];
  readonly after?: (modem: VirtualModem) => Promise<void>;
  readonly attachTimeout?: number;
}

const atLeast = (seconds: number) => (found: string): boolean => /^[\d.]+ s$/.test(found) && parseFloat(found) >= seconds;
/** An APN that the modem has not. */
const ANOTHER = { apn: "private.example" } as const;

const CASES: readonly Case[] = [
  {
    of: "a network and its grants, of a BC35-G",
    options: {
      modem: "bc35g", sim: { tries: 2, pukTries: 9 }, supply: { temperature: -7, voltage: 3300 },
      mobile: {
        operator: "26201", roaming: true, technology: 7, area: "ABCD", cell: "0BADCAFE", band: 20, rssi: -71, rsrp: -101.5, rsrq: -12, sinr: 3, zone: 8, address: "10.77.66.55",
        edrx: "0101", pagingWindow: "0011", activeTime: "00100001", periodicTime: "00000001",
      },
    },
    told: {
      registrationState: "registered, roaming", technology: "LTE", operator: "0,2,'26201'", statisticsForm: "Signal power:", clock: "UTC", clockQuotes: "bare",
      "care signal: AT+CSQ": "rssi -71 dBm", "care signal: AT+NUESTATS": "rsrp -101.5 dBm, rsrq -12 dB, sinr 3 dB, rssi -71 dBm", "care cell: AT+NUESTATS": "band 20",
      "care supply: AT+QCHIPINFO=ALL": "temperature -7 degrees Celsius, voltage 3300 mV", pinTries: "SIM PIN,2,3; SIM PUK,9,10",
      edrxGranted: "0101, window 0011", psmGranted: "00100001, 00000001", addressForm: "bare", "care cid": "0", "care radio": "LTE", "care hour": "utc",
    },
    hidden: ["ABCD", "0BADCAFE", String(0x0badcafe), "10.77.66.55"],
  },
  {
    of: "a network and a sleep, of an M5311",
    options: {
      modem: "m531x", model: "m5311", sim: { tries: 2 }, sleep: { wakeReport: "WAKEUP" },
      mobile: { operator: "26201", area: "ABCD", cell: "0BADCAFE", band: 5, rssi: -71, rsrp: -101.5, rsrq: -12, sinr: 3, zone: 8, address: "10.77.66.55" },
    },
    told: {
      "care variants": "M5311", operator: "0,2,'26201',9", cesq: "told, with the level", statisticsForm: "*ENGINFOSC:", clock: "local", addressForm: "quoted", "care cid": "1",
      "care signal: AT*ENGINFO=0": "rsrp -101.5 dBm, rsrq -12 dB, rssi -71 dBm, sinr 3 dB", "care cell: AT*ENGINFO=0": "band 5",
      pinTries: '"SIM PIN",2,3; "SIM PUK",10,10', cereg5: "quoted area, cell, technology and routing area", sleepReport: "*GOTOSLEEP", wakeReport: "*WAKEUP", "care sleepReports": "AT*SLEEP=1, AT*MATWAKEUP=1",
    },
    hidden: ["ABCD", "0BADCAFE", String(0xabcd), "10.77.66.55"],
  },
  {
    of: "a BC28, which saves power from the factory",
    options: { modem: "bc35g", model: "bc28", sleep: { idleTime: 20_000 } },
    told: {
      cpsmsRead: "1,,,01000001,00000101", edrxRead: "5,'0101'", "care psmReturns": "yes", statisticsForm: "+NUESTATS:", edrxOff: "with its type", imei: "AT+CGSN=1", "care type": "IPV4V6",
    },
  },
  {
    of: "the defaults of power saving",
    options: { modem: "bc35g", sleep: { activeTime: "00000011", periodicTime: "01000010", factory: false, factoryEdrx: true } },
    told: { cpsmsRead: "0,,,01000010,00000011", edrxRead: "5,'0101'", "care psmReturns": "no" },
  },
  ...([["pin", "SIM PIN"], ["puk", "SIM PUK"], ["blocked", "SIM PUK BLOCKED"], ["absent", "310"], ["failure", "313"]] as const).map(([state, found]): Case => ({
    of: `a SIM: ${state}`, options: { modem: "bc35g", sim: { state } }, told: { simState: found, simBusy: "at once" }, attachTimeout: 0,
  })),
  { of: "a SIM that is busy first", options: { modem: "bc35g", sim: { busyTime: 8000 } }, told: { simBusy: "busy; ready later", "care iccid": "AT+NCCID" } },
  {
    of: "a radio that is off at the start, which is switched on and off again",
    options: { modem: "bc35g", radio: { on: false } },
    told: { radioAtStart: "off", registrationState: "registered" },
    after: async ({ path }) => assert.match((await answers(path, ["AT+CFUN?"]))[0], /\+CFUN:0/),
  },
  { of: "a search that takes its time", options: { modem: "m531x", mobile: { searchTime: 60_000 } }, told: { radioAtStart: "on", attachTime: atLeast(4), registrationReport: "bare area and cell" }, attachTimeout: 30_000 },
  ...([["4", "out of coverage"], ["0", "not registered"], ["2", "searching"]] as const).map(([uncovered, found]): Case => ({
    of: `no coverage, told as ${uncovered}`, options: { modem: "bc35g", mobile: { coverage: false, uncovered } }, told: { registrationState: found, technology: "none" }, attachTimeout: 0,
  })),
  { of: "a registration that is denied", options: { modem: "bc35g", mobile: { denied: 15 } }, told: { registrationState: "denied: no suitable cell in this tracking area (cause 15)" }, attachTimeout: 0 },
  { of: "another APN: no address", options: { modem: "bc35g", mobile: { ...ANOTHER, wrongApn: "no-address" } }, told: { addressForm: "no address", "care cid": "none" } },
  { of: "another APN: SMS only", options: { modem: "bc35g", mobile: { ...ANOTHER, wrongApn: "sms-only" } }, told: { registrationState: "SMS only" } },
  { of: "another APN: denied", options: { modem: "bc35g", mobile: { ...ANOTHER, wrongApn: "denied" } }, told: { registrationState: (found) => found.startsWith("denied: ") }, attachTimeout: 0 },
  { of: "a network that tells no time and grants no sleep", options: { modem: "nm28", mobile: { time: false, psm: false } }, told: { clock: "no time told", psmGranted: "nothing" } },
  {
    of: "a modem that keeps its session in its sleep", options: { modem: "bc35g", sleep: { keeps: "session", idleTime: 2000, wakeTime: 0, lostCharacters: 20 } },
    told: { sessionAfterSleep: "kept", settingsAfterSleep: "kept", wakeBanner: "nothing", sleepReport: "+NPSMR", wakeReport: "+NPSMR", sleepAfter: atLeast(3.5), wakeUps: (found) => Number(found) > 5 },
  },
  {
    of: "a modem that keeps its settings alone, and needs time", options: { modem: "bc35g", sleep: { keeps: "settings", wakeTime: 1500 } },
    told: { sessionAfterSleep: "lost", settingsAfterSleep: "kept", wakeTime: atLeast(1.4), wakeUps: (found) => Number(found) > 3 },
  },
  {
    of: "a modem that keeps nothing, and prints a banner", options: { modem: "bc35g", sleep: { keeps: "nothing", banner: "reboot-cause" } },
    told: { sessionAfterSleep: "lost", settingsAfterSleep: "lost", wakeBanner: "banner", "care wakes": "REBOOT_CAUSE_SECURITY_EXTERNAL_PIN" },
  },
  {
    of: "a modem that its pin wakes, or its timer", options: { modem: "bc35g", sleep: { wakesBy: "pin", idleTime: 2000 }, mobile: { periodicTime: "01101100" } },
    told: { wakeUps: "none wakes it, but its timer does", wakeTime: "it does not answer" },
  },
];

describe("the probe tells every setting of the virtual modems", function () {
  const lives = new Lives(6);

  for (const { of, options, told, hidden = [], after, attachTimeout = 5000 } of CASES)
    it(of, lives.add(async () => {
      let modem: VirtualModem | undefined;
      const { report, error } = await probed(options, {
        only: Object.keys(told), attachTimeout, consent: async (kind) => kind !== "hands",
        onModem: (one) => { modem = one; },
        beforeEnd: async () => after?.(modem!),
      });
      assert.equal(error, undefined);
      for (const [id, expected] of Object.entries(told)) {
        const fact = report.facts.find((one) => one.id === id);
        const shown = () => JSON.stringify({ id, fact, exchange: report.exchanges.find((one) => one.id === fact?.exchange) }, null, 1);
        assert.ok(fact !== undefined && fact.found !== null, shown());
        if (typeof expected === "string") assert.equal(fact.found, expected, shown());
        else assert.ok(expected(fact.found), shown());
      }
      for (const { command, isDone } of report.putBack) assert.ok(isDone, command);
      const text = `${markdown(report)}${JSON.stringify(report)}`;
      for (const secret of hidden) assert.ok(!text.includes(secret), `the report has ${secret}`);
    }));

  it("no setting is left out", () => {
    const set = new Set(CASES.flatMap(({ options }) => Object.entries(options).flatMap(([group, names]) => (typeof names === "object" ? Object.keys(names).map((name) => `${group}.${name}`) : []))));
    const all = Object.entries(settingsTable).flatMap(([group, names]) => Object.keys(names).map((name) => `${group}.${name}`));
    assert.deepEqual(all.filter((name) => !set.has(name) && NOT_TOLD[name] === undefined), []);
  });

  before(() => lives.start());
});
