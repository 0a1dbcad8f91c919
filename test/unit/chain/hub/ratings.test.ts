// Ratings are read a page at a time, and each stake counts for its hub, its registration and its side.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ratingsAbi } from "@sonm/chain/abi/ratings";
import { positionAt, positionsWhere, rateHub, ratingsOf, scoreOf, verdictOf, worthOf } from "@sonm/chain/hub/ratings";
import { Failure } from "@sonm/protocol/values/failure";
import { getAddress } from "viem";
import { type Answers, addressOf, deployment, logOf, ME, NOW, stubChain } from "../stub-chain.ts";

const { ratings, snm } = deployment.addresses;
/** Its letters differ in case from address to address as nodes write them. */
const HUB = getAddress("0x00000000000000000000000000000000000abcde");
const OTHER = addressOf(102);

type Raw = { hub: typeof HUB; registration: number; stake: bigint; inFavour: boolean; claimed?: number };
const raw = (one: Raw) => ({ rater: ME, age: 60, claimed: 0, ...one });
const stakeOf = (number: number): Raw => ({ hub: OTHER, registration: 1, stake: BigInt(number), inFavour: true });

/** Answers of `Ratings` with these positions. */
function holding(positions: readonly Raw[], others: Answers = {}): Answers {
  return {
    count: () => BigInt(positions.length),
    positions: ([from, limit]) => positions.slice(Number(from), Number(from) + Number(limit)).map(raw),
    ...others,
  };
}

describe("positions", () => {
  for (const count of [0, 1, 499, 500, 501, 1000]) {
    test(`all of ${count} are looked at, each once, in as few pages as there are`, async () => {
      const { reader, asked } = stubChain({ answers: holding(Array.from({ length: count }, (_, i) => stakeOf(i))) });
      const found = await positionsWhere(reader, deployment, () => true);
      assert.deepEqual(
        found.map(({ number, stake }) => [number, stake]),
        Array.from({ length: count }, (_, i) => [i, BigInt(i)]),
      );
      assert.equal(asked.length, 1 + Math.ceil(count / 500));
    });
  }

  test("only those wanted are kept", async () => {
    const { reader } = stubChain({ answers: holding([0, 1, 2, 3].map(stakeOf)) });
    const found = await positionsWhere(reader, deployment, ({ stake }) => stake % 2n === 1n);
    assert.deepEqual(
      found.map(({ number }) => number),
      [1, 3],
    );
  });

  test("one is read by its number, with what has been paid of it", async () => {
    const states = ["nothing", "stake", "all"];
    const { reader, asked } = stubChain({
      answers: holding(states.map((_, claimed) => ({ ...stakeOf(claimed), claimed }))),
    });
    for (const [number, claimed] of states.entries()) {
      const position = await positionAt(reader, deployment, number);
      assert.deepEqual([position.number, position.stake, position.claimed], [number, BigInt(number), claimed]);
    }
    assert.deepEqual(asked[1]?.args, [1n, 1n], "no more than the one is asked for");
    await assert.rejects(positionAt(reader, deployment, 3), { what: "There is no position 3" });
  });
});

describe("a score", () => {
  test("is the share of the weight that is for the hub", () => {
    assert.equal(scoreOf({ weightFor: 3n, weightAgainst: 1n, matched: 0n }), 7500);
    assert.equal(scoreOf({ weightFor: 1n, weightAgainst: 2n, matched: 0n }), 3333);
    assert.equal(scoreOf({ weightFor: 1n, weightAgainst: 0n, matched: 0n }), 10_000);
    assert.equal(scoreOf({ weightFor: 0n, weightAgainst: 1n, matched: 0n }), 0);
  });
  test("is none where nobody has rated", () => {
    assert.equal(scoreOf({ weightFor: 0n, weightAgainst: 0n, matched: 0n }), null);
  });
});

describe("how hubs are rated", () => {
  const positions: readonly Raw[] = [
    { hub: HUB, registration: 2, stake: 5n, inFavour: true },
    { hub: HUB, registration: 1, stake: 100n, inFavour: true },
    { hub: HUB.toLowerCase() as typeof HUB, registration: 2, stake: 7n, inFavour: false },
    { hub: OTHER, registration: 2, stake: 1000n, inFavour: true },
    { hub: HUB, registration: 2, stake: 30n, inFavour: true },
  ];
  const tally = ([hub, registration]: readonly unknown[]) =>
    hub === HUB && registration === 2 ? { weightFor: 4n, weightAgainst: 1n } : { weightFor: 0n, weightAgainst: 0n };

  test("the stakes on both sides of the registration named are summed up, in the order of the hubs", async () => {
    const { reader } = stubChain({ answers: holding(positions, { tally }) });
    const rated = await ratingsOf(reader, deployment, [
      { wallet: addressOf(103), registrations: 1 },
      { wallet: HUB, registrations: 2 },
    ]);
    assert.deepEqual(rated, [
      { score: null, stakedFor: 0n, stakedAgainst: 0n },
      { score: 8000, stakedFor: 35n, stakedAgainst: 7n },
    ]);
  });

  test("no position is read where no hub is rated, all are where one is", async () => {
    for (const [registrations, pages] of [
      [1, 0],
      [2, 1],
    ] as const) {
      const { reader, asked } = stubChain({ answers: holding(positions, { tally }) });
      await ratingsOf(reader, deployment, [{ wallet: HUB, registrations }]);
      assert.equal(asked.filter(({ functionName }) => functionName === "positions").length, pages);
    }
  });
});

test("verdicts have the names that PROTOCOL.md gives them", async () => {
  for (const [number, name] of ["open", "for wins", "against wins", "refund"].entries()) {
    const { reader, asked } = stubChain({ answers: { verdict: () => number } });
    assert.equal(await verdictOf(reader, deployment, HUB, 2), name);
    assert.deepEqual(asked, [{ address: ratings, functionName: "verdict", args: [HUB, 2] }]);
  }
});

test("a number that this version has no name for counts as the first of the names", async () => {
  const answers = holding([{ ...stakeOf(1), claimed: 9 }], { verdict: () => 9 });
  const { reader } = stubChain({ answers });
  assert.equal(await verdictOf(reader, deployment, HUB, 2), "open");
  assert.equal((await positionAt(reader, deployment, 0)).claimed, "nothing");
});

test("what a position is worth has a date as a number", async () => {
  const { reader } = stubChain({ answers: { worth: () => ({ stake: 3n, winnings: 4n, winningsFrom: BigInt(NOW) }) } });
  assert.deepEqual(await worthOf(reader, deployment, 7), { stake: 3n, winnings: 4n, winningsFrom: NOW });
});

describe("rating a hub", () => {
  const taken = logOf(
    ratingsAbi,
    "Rated",
    { position: 9n, rater: ME, hub: HUB, registration: 1, inFavour: true, stake: 10n, age: 60 },
    ratings,
  );
  const rate = { address: ratings, functionName: "rate", args: [HUB, true, 10n] };

  test("approves the stake where too little is approved, and only there", async () => {
    for (const [allowed, calls] of [
      [9n, [{ address: snm, functionName: "approve", args: [ratings, 10n] }, rate]],
      [10n, [rate]],
    ] as const) {
      const { signer, asked, sent } = stubChain({ answers: { allowance: () => allowed }, logs: [taken] });
      assert.equal((await rateHub(signer, deployment, HUB, true, 10n)).position, 9);
      assert.deepEqual(asked[0]?.args, [ME, ratings]);
      assert.deepEqual(sent, calls);
    }
  });

  test("is a failure where the transaction shows no position", async () => {
    const { signer } = stubChain({ answers: { allowance: () => 10n } });
    await assert.rejects(rateHub(signer, deployment, HUB, true, 10n), (error: Failure) => {
      return error instanceof Failure && error.what === "Nothing was rated";
    });
  });
});
