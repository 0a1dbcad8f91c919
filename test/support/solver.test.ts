// A kept answer is used only for its own question.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { openSolver, type Solver } from "./solver.ts";

/** Whether counting up from `start` never meets 5, as Horn clauses. */
const neverFive = (start: number) => `(set-logic HORN)
(declare-fun reached (Int) Bool)
(assert (forall ((n Int)) (=> (= n ${start}) (reached n))))
(assert (forall ((n Int)) (=> (reached n) (reached (+ n 1)))))
(assert (forall ((n Int)) (=> (and (reached n) (= n 5)) false)))
(check-sat)
`;

describe("the solver", () => {
  let folder: string;
  let solver: Solver;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "sonm-solver-"));
    solver = openSolver(folder);
  });
  afterEach(() => {
    solver.close();
    rmSync(folder, { recursive: true });
  });

  it("answers a question that differs by one letter anew", async () => {
    assert.equal(await solver.answer(neverFive(6)), "sat");
    assert.equal(await solver.answer(neverFive(4)), "unsat");
    assert.equal(readdirSync(folder).length, 2);
  });

  it("takes from the folder what is kept there, and solves again what is damaged", async () => {
    await solver.answer(neverFive(6));
    await solver.answer(neverFive(4));
    const [one = "", other = ""] = readdirSync(folder).map((name) => join(folder, name));
    const kept = [one, other].map((file) => readFileSync(file, "utf8"));
    const [was = "", others = ""] = kept;
    writeFileSync(one, others);
    const answers = [await solver.answer(neverFive(6)), await solver.answer(neverFive(4))];
    assert.deepEqual(answers, [others, others], "both say now what one of them said");
    writeFileSync(one, "sa");
    await solver.answer(neverFive(6));
    await solver.answer(neverFive(4));
    assert.equal(readFileSync(one, "utf8"), was);
  });
});
