import BC35G from "../../src/care/bc35g";
import { BC35G_CARE } from "./exchanges/care.bc35g";
import { playHoweverTheyCome } from "./support/however";

playHoweverTheyCome("BC35-G/BC28 with care", BC35G_CARE, BC35G);
