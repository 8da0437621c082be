/**
 * China Mobile ML302 with care. No AT manual beyond MQTT is public: what is not 27.007's here is from public drivers and the maker's
 * demo.
 */
import { frozen } from "../bytes/frozen";
import ML302 from "../modems/ml302";
import { COMMON_ROWS, type CareRows } from "./rows";
import { withCare } from "./with-care";

const ROWS: CareRows = frozen({
  ...COMMON_ROWS,
  reports: ["AT+CEREG=2", "AT+CEREG=1"], // as its successor's driver
  activates: true, // as the maker's demo
} satisfies CareRows);

const ML302_WITH_CARE = withCare(ML302, { rows: ROWS, mqtt: "+MQTT", reports: ["+CSCON", "+CTZV", "+CTZE"] });

export { ML302_WITH_CARE as ML302, ML302_WITH_CARE as default };
