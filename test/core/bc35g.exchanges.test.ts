import BC35G from "../../src/modems/bc35g";
import { EXCHANGES } from "./exchanges/bc35g";
import { playHoweverTheyCome } from "./support/however";

playHoweverTheyCome("BC35-G/BC28", EXCHANGES, BC35G);
