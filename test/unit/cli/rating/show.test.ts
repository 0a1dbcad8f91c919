// What a rating has come to, for people, and which ratings come first.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Position, Worth } from "@sonm/chain/hub/ratings";
import { largestFirst, showWorth } from "../../../../offchain/cli/rating/show.ts";

const SNM = 10n ** 18n;
/** 2027-01-15 08:00:00 UTC */
const NOW = 1_800_000_000;
const LATER = NOW + 3600;
const position = (claimed: Position["claimed"]) => ({ number: 7, claimed }) as Position;
const worth = (winnings: bigint, winningsFrom = 0): Worth => ({
  stake: 5n * SNM,
  winnings: winnings * SNM,
  winningsFrom,
});

describe("a position", () => {
  const shown = (claimed: Position["claimed"], given?: Worth) => showWorth(position(claimed), given, NOW);

  test("is undecided, or paid", () => {
    assert.equal(shown("nothing"), "undecided");
    assert.equal(shown("all", worth(2n)), "paid");
    assert.equal(shown("all"), "paid");
  });

  test("is worth its stake and what it has won", () => {
    assert.equal(shown("nothing", worth(0n)), "5 SNM");
    assert.equal(shown("nothing", worth(2n)), "5 SNM + 2 SNM");
    assert.equal(shown("stake", worth(2n)), "2 SNM");
  });

  test("says from when its winnings are paid, if they have to wait", () => {
    const wait = ", the winnings from 2027-01-15 09:00:00 UTC (in 1 h)";
    assert.equal(shown("nothing", worth(2n, LATER)), `5 SNM + 2 SNM${wait}`);
    assert.equal(shown("stake", worth(2n, LATER)), `2 SNM${wait}`);
    assert.equal(shown("nothing", worth(2n, NOW)), "5 SNM + 2 SNM");
    assert.equal(shown("nothing", worth(0n, LATER)), "5 SNM", "there are none");
  });
});

test("the largest stake comes first, and of equal ones the latest", () => {
  const of = (number: number, stake: bigint) => ({ number, stake }) as Position;
  const sorted = [of(0, 1n), of(1, 5n), of(2, 1n), of(3, 9n), of(4, 5n)].sort(largestFirst);
  assert.deepEqual(
    sorted.map(({ number }) => number),
    [3, 4, 1, 2, 0],
  );
});
