// The market as its events tell it: what each of them changes, and what it leaves as it is.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bisectionAbi } from "@sonm/chain/abi/bisection";
import { jobBoardAbi } from "@sonm/chain/abi/job-board";
import { resultsAbi } from "@sonm/chain/abi/results";
import { batchIn, emptyMarket, type Market, withLogs } from "@sonm/chain/market/events";
import { eventIn } from "@sonm/chain/market/receipts";
import type { ClaimId, JobId } from "@sonm/protocol/values/ids";
import { getAddress, type TransactionReceipt } from "viem";
import { hashOf, job } from "../../agents/fixtures.ts";
import { addressOf, deployment, logOf } from "../stub-chain.ts";

const { jobBoard, results, bisection } = deployment.addresses;
const JOB = hashOf(7) as JobId;
const [first, second] = [hashOf(1), hashOf(2)] as ClaimId[] as [ClaimId, ClaimId];
const MINER = addressOf(301);

const onBoard = (name: string, args: Readonly<Record<string, unknown>>, time = 1000, block = 1) => ({
  log: logOf(jobBoardAbi, name, args, jobBoard, block),
  time,
});
const onResults = (name: string, args: Readonly<Record<string, unknown>>, time = 1000, block = 1) => ({
  log: logOf(resultsAbi, name, args, results, block),
  time,
});
const claimed = (id: ClaimId, batch: number, attempt = 0, time = 1000, block = 1) =>
  onResults("ClaimPosted", { id, job: JOB, miner: MINER, batch, attempt, pay: 7n, root: hashOf(5) }, time, block);
const convicted = (id: ClaimId, batch: number, time = 1000) =>
  onResults("ClaimConvicted", { id, job: JOB, batch }, time);

const after = (...logs: ReturnType<typeof onBoard>[]) => withLogs(emptyMarket, logs, []);
const batchOf = (market: Market, batch: number) => {
  const { status, attempt, claim } = batchIn(market, JOB, batch);
  return [status, attempt, claim];
};

test("a job is known with its time and its block", () => {
  const { buyer, hub } = job;
  const market = after(onBoard("JobPosted", { id: JOB, buyer, hub, job }, 1234, 9));
  const [known] = market.jobs.values();
  assert.deepEqual([known?.id, known?.postedAt, known?.block], [JOB, 1234, 9]);
  assert.deepEqual(known?.job, { ...job, buyer: getAddress(buyer), hub: getAddress(hub) });
});

describe("a batch", () => {
  test("is open before anything happens to it", () => {
    assert.deepEqual(batchIn(emptyMarket, JOB, 3), {
      job: JOB,
      batch: 3,
      status: "open",
      attempt: 0,
      claim: undefined,
    });
  });

  test("is taken by a claim, paid to it, and others are not touched", () => {
    const taken = after(claimed(first, 0, 2));
    assert.deepEqual(
      [batchOf(taken, 0), batchOf(taken, 1)],
      [
        ["taken", 2, first],
        ["open", 0, undefined],
      ],
    );
    const args = { job: JOB, batch: 0, miner: MINER, amount: 9n, pay: 7n, toWallet: true };
    assert.deepEqual(batchOf(withLogs(taken, [onBoard("BatchPaid", args)], []), 0), ["paid", 2, first]);
    assert.deepEqual(batchOf(taken, 0), ["taken", 2, first], "the market before is left as it is");
  });

  test("is open again once its claim is convicted, for the next attempt", () => {
    assert.deepEqual(batchOf(after(claimed(first, 0, 2), convicted(first, 0)), 0), ["open", 3, undefined]);
  });

  test("is refunded with all that are named", () => {
    const market = after(onBoard("BatchesRefunded", { job: JOB, buyer: MINER, batches: [1, 3], amount: 9n }));
    assert.deepEqual(
      [0, 1, 2, 3].map((batch) => batchIn(market, JOB, batch).status),
      ["open", "refunded", "open", "refunded"],
    );
  });
});

describe("a claim", () => {
  const claimIn = (market: Market, id = first) => {
    const { status, claimedAt, endedAt, winner } = market.claims.get(id) ?? {};
    return [status, claimedAt, endedAt, winner];
  };

  test("is live from its block on, without games", () => {
    const [known] = after(claimed(first, 0, 0, 1234, 9)).claims.values();
    assert.deepEqual(known, {
      id: first,
      claim: { job: JOB, batch: 0, attempt: 0, miner: MINER, pay: 7n, root: hashOf(5) },
      status: "live",
      games: 0,
      claimedAt: 1234,
      endedAt: undefined,
      winner: undefined,
      block: 9,
    });
  });

  test("is settled at a time, and no other one with it", () => {
    const market = after(
      claimed(first, 0),
      claimed(second, 1),
      onResults("ClaimSettled", { id: first, confirmed: true }, 2000),
    );
    assert.deepEqual(claimIn(market), ["settled", 1000, 2000, undefined]);
    assert.deepEqual(claimIn(market, second), ["live", 1000, undefined, undefined]);
  });

  test("is convicted, has its latest winner, and is awarded", () => {
    const won = (rank: bigint) => onResults("WinnerChanged", { id: first, winner: addressOf(302), rank });
    const lost = after(claimed(first, 0), convicted(first, 0, 2000), won(5n), won(3n));
    const winner = { challenger: addressOf(302), rank: 3n };
    assert.deepEqual(claimIn(lost), ["convicted", 1000, 2000, winner]);
    const awarded = withLogs(
      lost,
      [onResults("PoolAwarded", { id: first, winner: winner.challenger, amount: 1n })],
      [],
    );
    assert.deepEqual(claimIn(awarded), ["awarded", 1000, 2000, winner]);
  });

  test("that is not known is not made up", () => {
    assert.equal(after(onResults("ClaimSettled", { id: first, confirmed: false })).claims.size, 0);
  });
});

test("of a receipt, the event of the name asked for is read, if there is one", () => {
  const hash = hashOf(4);
  const logs = [
    claimed(first, 0).log,
    logOf(bisectionAbi, "Committed", { challenger: MINER, hash, rank: 6n, stake: 1n }, bisection),
  ];
  const receipt = { logs } as unknown as TransactionReceipt;
  assert.deepEqual(eventIn(receipt, "Committed"), { challenger: MINER, hash, rank: 6n, stake: 1n });
  assert.equal(eventIn(receipt, "ClaimPosted")?.id, first);
  assert.equal(eventIn(receipt, "ClaimSettled"), undefined);
});
