// What a role reports about its transactions that are in no block yet.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sonm/protocol/values/failure";
import { parseGwei } from "viem";
import { statusAfter } from "../../../../offchain/host/role/status.ts";
import { delayOf } from "../../../../offchain/host/role/transaction.ts";

const delay = { nonce: 7, call: "claim", hash: `0x${"6".repeat(64)}`, price: parseGwei("3") } as const;

test("U7: a higher fee is reported as what is offered now", () => {
  assert.deepEqual(delayOf(delay), { ...delay, kind: "raised", price: "3000000000" });
});

test("U7: what is held back by the limit is a failure in the status, with what to do", () => {
  const held = new Failure("Transaction 7 (claim) is in no block yet", "it offers all", "allow more");
  const status = statusAfter(
    {
      pid: 1,
      startedAt: 1,
      endedAt: null,
      at: 1,
      doing: null,
      inHand: [],
      failures: [],
      aside: { count: 0, latest: [] },
    },
    { role: "miner", name: "m", at: 2, ...delayOf({ ...delay, held }) },
  );
  const [shown] = status.failures;
  assert.deepEqual(
    [shown?.action, shown?.what, shown?.why, shown?.todo],
    ["transaction 7", held.what, held.why, held.todo],
  );
});
