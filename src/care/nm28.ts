/** Yuge NM28 with care. Nothing public is known of it beside MQTT: this is 27.007. */
import NM28 from "../modems/nm28";
import { COMMON_ROWS } from "./rows";
import { withCare } from "./with-care";

const NM28_WITH_CARE = withCare(NM28, { rows: COMMON_ROWS, mqtt: "+MQTT", reports: ["+CSCON", "+CTZV", "+CTZE"] });

export { NM28_WITH_CARE as NM28, NM28_WITH_CARE as default };
