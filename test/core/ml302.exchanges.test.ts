import ML302 from "../../src/modems/ml302";
import { SESSIONS } from "./exchanges/ml302";
import { ACKNOWLEDGEMENTS } from "./exchanges/ml302.acks";
import { ENDS } from "./exchanges/ml302.ends";
import { playHoweverTheyCome } from "./support/however";

playHoweverTheyCome("ML302", [...SESSIONS, ...ACKNOWLEDGEMENTS, ...ENDS], ML302);
