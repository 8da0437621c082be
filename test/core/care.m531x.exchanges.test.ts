import M531X from "../../src/care/m531x";
import { M5310A_CARE, M5311_CARE, M5313_CARE } from "./exchanges/care.m531x";
import { playHoweverTheyCome } from "./support/however";

playHoweverTheyCome("M5311 with care", M5311_CARE, M531X);
playHoweverTheyCome("M5310-A with care", M5310A_CARE, M531X);
playHoweverTheyCome("M5313 with care", M5313_CARE, M531X);
