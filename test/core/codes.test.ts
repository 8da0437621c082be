import { CME_ERRORS, CONNACK_CODES, meaning } from "../../src/index";
import { equal } from "./support/check";

describe("the tables of codes", () => {
  it("an application can look through them", () => {
    equal(CME_ERRORS.find(([code]) => code === 10)![1], "SIM not inserted");
    equal(CONNACK_CODES.map(([code]) => code).join(), "0,1,2,3,4,5");
    equal(CME_ERRORS.every(([code, words]) => code === (code | 0) && words.trim() === words && words !== ""), true);
  });

  it("a code has its meaning, in lists and in a family's text", () => {
    equal(meaning(CME_ERRORS, 10), "SIM not inserted");
    equal(meaning(CME_ERRORS, 1), "a code that the documents do not list");
    equal(meaning("\n  1 one\n  10 ten\n  -1 less\n", 10), "ten");
    equal(meaning("\n  1 one\n  10 ten\n  -1 less\n", -1), "less");
    equal(meaning("\n  10 ten\n", 0), "a code that the documents do not list");
  });
});
