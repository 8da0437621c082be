import M531X from "../../src/modems/m531x";
import { SESSIONS } from "./exchanges/m531x";
import { ACKNOWLEDGEMENTS } from "./exchanges/m531x.acks";
import { ENDS } from "./exchanges/m531x.ends";
import { playHoweverTheyCome } from "./support/however";

playHoweverTheyCome("M531X", [...SESSIONS, ...ACKNOWLEDGEMENTS, ...ENDS], M531X);
