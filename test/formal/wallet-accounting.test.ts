// Proves INV-20 for all amounts and all sequences. This also proves a part of INV-22: no settlement, tax or ban fails because money is
// missing (it says nothing about allowances). The prover is solc's SMTChecker (constrained Horn clauses) with z3 from npm: solc writes its
// questions in one run, z3 answers them, and a second run of solc reads the answers. The proof is about HubWalletAccounting.sol;
// wallet-binding.test.ts compares that contract with the wallet.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { openSolver } from "../support/solver.ts";

type Message = { errorCode?: string; message: string; formattedMessage?: string };
type Output = { errors?: Message[]; auxiliaryInputRequested?: { smtlib2queries?: Record<string, string> } };
const solc: { compile(input: string): string } = createRequire(import.meta.url)("solc");

const SOURCE = readFileSync(new URL("../doubles/HubWalletAccounting.sol", import.meta.url), "utf8");
/** Folder of z3's answers, kept for the same questions: z3 takes a minute to answer them. */
const ANSWERS = fileURLToPath(new URL("../../node_modules/.sonm/z3", import.meta.url));
/** solc's message for a target that holds in every sequence. */
const SAFE = /^CHC: .* check is safe!/;

describe("the wallet's accounting, by the solver", () => {
  const solver = openSolver(ANSWERS);
  after(() => solver.close());

  function compile(source: string, targets: string[], smtlib2responses: Record<string, string>): Output {
    return JSON.parse(
      solc.compile(
        JSON.stringify({
          language: "Solidity",
          sources: { "HubWalletAccounting.sol": { content: source } },
          auxiliaryInput: { smtlib2responses },
          settings: {
            modelChecker: {
              engine: "chc",
              solvers: ["smtlib2"],
              targets,
              showProvedSafe: true,
              showUnproved: true,
              timeout: 300_000,
            },
          },
        }),
      ),
    );
  }

  /** What solc says of each target, after z3 has answered. */
  async function verdicts(source: string, targets: string[]): Promise<string[]> {
    const queries = compile(source, targets, {}).auxiliaryInputRequested?.smtlib2queries ?? {};
    assert.ok(Object.keys(queries).length > 0, "solc has asked nothing");
    const responses: Record<string, string> = {};
    for (const [key, query] of Object.entries(queries)) responses[key] = `${await solver.answer(query)}\n`;
    const { errors = [] } = compile(source, targets, responses);
    return errors.map(({ message }) => message.split("\n")[0] ?? "").filter((message) => message.startsWith("CHC:"));
  }

  it("never locks or approves more than there is: nothing asserted fails, nothing underflows", async () => {
    const said = await verdicts(SOURCE, ["assert", "underflow"]);
    assert.deepEqual(
      said.filter((message) => !SAFE.test(message)),
      [],
    );
    assert.equal(said.filter((message) => message.includes("Assertion")).length, 5);
  });

  for (const [where, right, wrong] of [
    [
      "at a settlement",
      "locked += share < remainder ? share : remainder;",
      "locked += share <= amount ? share : remainder;",
    ],
    ["when what waited comes in", "locked += remainder < share ? remainder : share;", "locked += share;"],
  ] as const)
    it(`finds the fault when the lock may exceed what the pay leaves ${where}`, async () => {
      const broken = SOURCE.replace(right, wrong);
      assert.notEqual(broken, SOURCE);
      const said = await verdicts(broken, ["assert"]);
      assert.ok(said.some((message) => !SAFE.test(message)));
    });
});
