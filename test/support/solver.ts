// z3's answers on Horn clauses, kept on disk: the same z3 gives the same answer to the same question, and may need minutes for it.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { init, Z3_error_code, Z3_lbool } from "z3-solver";

export type Solver = {
  /** @param question a whole SMT-LIB text */
  answer(question: string): Promise<"sat" | "unsat" | "unknown">;
  /** Ends z3's threads, which keep the process alive. */
  close(): void;
};

const { version }: { version: string } = createRequire(import.meta.url)("z3-solver/package.json");
const LOGIC = "HORN";

/** @param folder where answers are kept */
export function openSolver(folder: string): Solver {
  let z3: ReturnType<typeof init> | undefined;
  let started: Awaited<ReturnType<typeof init>> | undefined;

  /** Reads the question before the solver's thread begins. `eval_smtlib2_string` would pass that thread a text which is already freed when
   * a busy computer starts it. */
  async function solve(question: string): Promise<"sat" | "unsat" | "unknown"> {
    z3 ??= init();
    started = await z3;
    const { Z3 } = started;
    const config = Z3.mk_config();
    const context = Z3.mk_context(config);
    const solver = Z3.mk_solver_for_logic(context, Z3.mk_string_symbol(context, LOGIC));
    Z3.solver_inc_ref(context, solver);
    Z3.solver_from_string(context, solver, question);
    assert.equal(Z3.get_error_code(context), Z3_error_code.Z3_OK, "z3 cannot read the question");
    const said = await Z3.solver_check(context, solver);
    Z3.solver_dec_ref(context, solver);
    Z3.del_context(context);
    Z3.del_config(config);
    return said === Z3_lbool.Z3_L_TRUE ? "sat" : said === Z3_lbool.Z3_L_FALSE ? "unsat" : "unknown";
  }

  return {
    async answer(question) {
      // The key covers all that the answer depends on: another z3, another logic or one other character gives another file.
      const key = createHash("sha256").update(`z3-solver ${version}\0${LOGIC}\0${question}`).digest("hex");
      const file = join(folder, key);
      const kept = read(file);
      if (kept !== undefined) return kept;
      const said = await solve(question);
      // An "unknown" is not kept: z3 may find the answer with more time.
      if (said !== "unknown") keep(file, said);
      return said;
    },
    close() {
      started?.em.PThread.terminateAllThreads();
    },
  };

  function keep(file: string, said: string): void {
    mkdirSync(folder, { recursive: true });
    // The file appears complete or not at all, even if another process writes it too.
    const part = `${file}.${process.pid}`;
    writeFileSync(part, said);
    renameSync(part, file);
  }
}

function read(file: string): "sat" | "unsat" | undefined {
  try {
    const said = readFileSync(file, "utf8");
    return said === "sat" || said === "unsat" ? said : undefined;
  } catch {
    return undefined;
  }
}
