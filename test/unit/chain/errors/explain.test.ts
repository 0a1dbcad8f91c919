// For every error of the contracts there is advice on what to do, or a reason why nobody can meet it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { errorsAbi } from "@sonm/chain/abi/errors";
import { sentenceOf } from "@sonm/chain/errors/advice";
import { explain } from "@sonm/chain/errors/explain";
import { type ErrorName, rowOf } from "@sonm/chain/errors/table";
import { parseEther } from "viem";

const BUILT = "only the contracts' own construction or deployment can meet it";
const BETWEEN = "a contract asks another so; nobody outside is let in";
const COMPUTED = "computed from what the chain says, and checked before it is sent";
const GUARDED = "another guard comes first, or the values are too small for it ever to happen";
const UNUSED = "the function that raises it is not called from here";

/** Errors that users of this software cannot meet, each with the reason. */
const unreachable: Partial<Record<ErrorName, string>> = {
  BisectionChildrenCount: COMPUTED,
  BisectionNoSuchSegment: COMPUTED,
  BisectionNoSuchUnit: COMPUTED,
  BisectionNodeMismatch: COMPUTED,
  BisectionPathLength: COMPUTED,
  BisectionWrongJob: COMPUTED,
  CheckpointUnorderedInsertion: GUARDED,
  CloneArgumentsTooLong: GUARDED,
  Create2EmptyBytecode: GUARDED,
  DepositsInsufficientLocked: BETWEEN,
  DepositsNotKeeper: BETWEEN,
  DepositsShareTooLarge: BETWEEN,
  ECDSAInvalidSignature: COMPUTED,
  ECDSAInvalidSignatureLength: COMPUTED,
  ECDSAInvalidSignatureS: COMPUTED,
  ERC20ExceededCap: BUILT,
  ERC20ExceededSafeSupply: BUILT,
  ERC20InvalidCap: BUILT,
  ERC20InvalidSender: GUARDED,
  ERC5805FutureLookup: COMPUTED,
  ERC6372InconsistentClock: GUARDED,
  GovernorDisabledDeposit: UNUSED,
  GovernorInvalidProposalLength: COMPUTED,
  GovernorInvalidVoteParams: COMPUTED,
  GovernorInvalidVoteType: COMPUTED,
  GovernorProposalQueueingFailed: GUARDED,
  GovernorProposalQueueingNotRequired: GUARDED,
  HubWalletNotJobBoard: BETWEEN,
  InvalidShortString: BUILT,
  JobBoardNotResults: BETWEEN,
  ResultsNotReferee: BETWEEN,
  ResultsWrongJob: COMPUTED,
  SafeCastOverflowedUintDowncast: GUARDED,
  SafeERC20FailedOperation: GUARDED,
  StringTooLong: BUILT,
  StringsInsufficientHexLength: GUARDED,
  TimelockInsufficientDelay: GUARDED,
  TimelockInvalidOperationLength: COMPUTED,
  TimelockUnexecutedPredecessor: GUARDED,
  TreasuryNotHub: BETWEEN,
  TreasuryNotReceived: BETWEEN,
  VotesExpiredSignature: UNUSED,
  WhitelistNotFactory: BETWEEN,
};

describe("every error of the contracts", () => {
  for (const { name } of errorsAbi) {
    test(`${name} is answered, or out of reach`, () => {
      const reason = unreachable[name];
      assert.ok(rowOf(name) !== undefined || reason !== undefined, "add a row, or why nobody can meet it");
      assert.ok(rowOf(name) === undefined || reason === undefined, "it is answered and out of reach at once");
    });
  }

  test("that is answered says what each of its values is", () => {
    for (const { name, inputs } of errorsAbi) {
      const [units] = rowOf(name) ?? [];
      if (units)
        assert.deepEqual(
          Object.keys(units),
          inputs.map((input) => input.name),
          name,
        );
    }
  });

  test("that time alone stands behind has a date among its values", () => {
    const timed = errorsAbi.flatMap(({ name }) => {
      const [units, todo] = rowOf(name) ?? [];
      return typeof todo === "object" ? [[name, units?.[todo.from]]] : [];
    });
    assert.ok(timed.length >= 8);
    for (const [name, unit] of timed) assert.equal(unit, "time", String(name));
  });
});

describe("the words", () => {
  const NOW = Date.UTC(2026, 0, 5, 12) / 1000;
  const explained = (name: ErrorName, ...args: unknown[]) => {
    const { inputs } = errorsAbi.find((error) => error.name === name) ?? { inputs: [] };
    const { advice, ...explained } = explain({ name, inputs, args }, NOW);
    return { ...explained, advice, todo: sentenceOf(advice) };
  };

  test("amounts are in SNM, grouped", () => {
    assert.equal(
      explained("TreasuryInsufficientFunds", parseEther("1.5"), parseEther("12000")).why,
      "treasury insufficient funds (available 1.5 SNM, needed 12,000 SNM)",
    );
    assert.match(
      explained("GovernorInsufficientProposerVotes", "0x1", 0n, parseEther("10000")).why,
      /threshold 10,000 SNM/,
    );
  });

  test("where time is the reason, they say when, and how long that is", () => {
    const { why, todo, possibleFrom } = explained("DepositsNotYet", BigInt(NOW + 90_000));
    assert.equal(why, "deposits not yet (available at 2026-01-06 13:00:00 UTC)".replace("available at", "availableAt"));
    assert.equal(todo, "it is possible from 2026-01-06 13:00:00 UTC (in 1 d 1 h)");
    assert.equal(possibleFrom, NOW + 90_000);
    const never = explained("JobBoardNotRefundable", "0x1", 0n);
    assert.equal(never.possibleFrom, undefined, "no date, no promise");
    assert.match(never.why, /deadline never/);
    assert.equal(never.advice.id, "wait-for-date");
  });

  test("durations, states and parameters have their names", () => {
    assert.match(explained("TermsWindow", 60, 3600n, 604_800n).why, /given 1 min, min 1 h, max 7 d/);
    assert.match(explained("HubWalletWrongStatus", 3).why, /status suspected/);
    assert.equal(explained("GovernorUnexpectedProposalState", 7n, 1, "0x10").why.endsWith("current active)"), true);
    assert.match(explained("ResultsClaimNot", 1, "0x1", 4).why, /needed live, claim 0x1, status awarded/);
    assert.match(explained("BisectionWrongPhase", "0x1", 2, 1).why, /phase pick, level 1/);
    assert.match(
      explained("TermsDeadline", BigInt(NOW), 2n ** 63n, 0n).why,
      /given 2026-01-05 .*, min 9223372036854775808, max 1970/,
    );
    assert.match(explained("ParametersOutOfBounds", 2, 501n, 0n, 500n).why, /parameter TaxShareBps, value 501/);
  });

  test("what to do is what the table says, where time is not the reason", () => {
    for (const { name, inputs } of errorsAbi) {
      const [, todo] = rowOf(name) ?? [];
      const args = inputs.map(({ type }) => (type.startsWith("uint") ? 1n : `0x${"00".repeat(20)}`));
      if (typeof todo === "string") assert.equal(explained(name, ...args).advice.id, todo, name);
    }
  });

  test("a time that is no real date is a number, and nothing is promised from it", () => {
    const last = 1e11;
    const real = explained("DepositsNotYet", BigInt(last - 1));
    assert.deepEqual([real.possibleFrom, /availableAt 5138-11-16/.test(real.why)], [last - 1, true]);
    const none = explained("DepositsNotYet", BigInt(last));
    assert.deepEqual([none.possibleFrom, none.advice.id], [undefined, "wait-for-date"]);
    assert.match(none.why, /availableAt 100000000000\)/);
    assert.deepEqual(explained("DepositsNotYet").advice.id, "wait-for-date", "the date is missing");
  });

  test("where the chain's clock is not known, the date stands alone", () => {
    const { inputs } = errorsAbi.find(({ name }) => name === "DepositsNotYet") ?? { inputs: [] };
    const { advice } = explain({ name: "DepositsNotYet", inputs, args: [BigInt(NOW)] });
    assert.equal(sentenceOf(advice), "it is possible from 2026-01-05 12:00:00 UTC");
  });

  test("an error without values is its words alone, a state without a name its number", () => {
    const { why } = explain({ name: "OtherThingFailed", inputs: [], args: [] });
    assert.equal(why, "other thing failed");
    assert.match(explained("HubWalletWrongStatus", 9).why, /status 9/);
  });

  test("a value without a name has its number", () => {
    const { why } = explain({ name: "OtherThingFailed", inputs: [{ name: "count" }, {}], args: [3n, 4n] });
    assert.equal(why, "other thing failed (count 3, 1 4)");
  });

  test("an error of a foreign contract keeps its name and values", () => {
    const { why, advice } = explain({ name: "OtherThingFailed", inputs: [{ name: "count" }], args: [3n] });
    assert.deepEqual(
      [why, sentenceOf(advice)],
      ["other thing failed (count 3)", "the contracts answered OtherThingFailed: look it up in contracts/"],
    );
  });
});
