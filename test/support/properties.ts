/**
 * fast-check, with the same values in each run: a red test is red again. `PROPERTIES=17 npm test` draws others, from the seed 17.
 */
import fc from "fast-check";

const { PROPERTIES = "1" } = process.env;
const seed = Number(PROPERTIES);
if (!Number.isInteger(seed)) throw new Error(`PROPERTIES=${PROPERTIES}: must be an integer, the seed of the property tests`);
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });

export default fc;
