import ML302 from "../../src/care/ml302";
import NM28 from "../../src/care/nm28";
import { ML302_CARE, NM28_CARE } from "./exchanges/care.others";
import { playHoweverTheyCome } from "./support/however";

playHoweverTheyCome("ML302 with care", ML302_CARE, ML302);
playHoweverTheyCome("NM28 with care", NM28_CARE, NM28);
