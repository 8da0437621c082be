// The forms that questions about the driver's care have.
import type { Question as Reading } from "../../../../src/care/rows";
import { SETTINGS } from "./care-scenes";
import { OK, type Question } from "./question";
import { answerOf } from "./recording";

export const care = (row: string, asks: string, rest: Omit<Question, "id" | "asks" | "fact">): Question => ({
  id: `care ${row}`,
  asks,
  fact: "the tables of the driver's care",
  ...rest,
});
export const untried = (row: string, asks: string, assumes: string, why: string): Question =>
  care(row, asks, { scene: "none", untried: why, tells: [], assumes });

/** Whether the command that sets something is known, by its test form. */
export const setter = (row: string, asks: string, name: string | undefined): Question[] =>
  name === undefined
    ? []
    : [
        care(row, asks, {
          scene: SETTINGS,
          in: `${name}=?`,
          tells: [
            [name, OK],
            ["its test form is refused", /ERROR/],
          ],
          assumes: name,
        }),
      ];

/** What the driver reads in the answer to its question. */
export const reading = <S extends object>(row: string, scene: string, { ask, read }: Reading<S>, units: Readonly<Record<string, string>>): Question =>
  care(`${row}: ${ask}`, `What does the driver read in the answer to ${ask}?`, {
    scene,
    in: ask,
    tells: (recording) => {
      const text = recording.received(ask);
      if (!OK.test(text)) return /ERROR/.test(text) ? "refused" : undefined;
      const told = {} as S;
      read(answerOf(text), told);
      const known = Object.entries(told).filter(([, value]) => value !== undefined);
      return known.map(([name, value]) => `${name} ${value}${units[name] ?? ""}`).join(", ") || "nothing";
    },
    assumes: "what it asks for",
    fits: (found) => found !== "refused" && found !== "nothing",
  });
