import NM28 from "../../src/modems/nm28";
import { SESSIONS } from "./exchanges/nm28";
import { ENDS } from "./exchanges/nm28.ends";
import { playHoweverTheyCome } from "./support/however";

playHoweverTheyCome("NM28", [...SESSIONS, ...ENDS], NM28);
