import BC35G from "../../src/care/bc35g";
import M531X from "../../src/care/m531x";
import { BC35G_SLEEP, M5311_SLEEP } from "./exchanges/care.sleep";
import { playHoweverTheyCome } from "./support/however";

playHoweverTheyCome("BC35-G/BC28 asleep", BC35G_SLEEP, BC35G);
playHoweverTheyCome("M5311 asleep", M5311_SLEEP, M531X);
