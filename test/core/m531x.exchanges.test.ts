import M531X from "../../src/modems/m531x";
import { EXCHANGES } from "./exchanges/m531x";
import { playHoweverTheyCome } from "./support/however";

playHoweverTheyCome("M531X", EXCHANGES, M531X);
