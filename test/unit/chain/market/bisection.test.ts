// Disputes as the events of `Bisection` tell them, one event at a time.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bisectionAbi } from "@sonm/chain/abi/bisection";
import {
  type BisectionDisputes,
  bisectionIn,
  bisectionLog,
  type ObservedGame,
  viewIn,
  winningGame,
} from "@sonm/chain/market/bisection";
import { type Game, gameId } from "@sonm/protocol/dispute/game";
import type { Address, ClaimId, Hex, JobId } from "@sonm/protocol/values/ids";
import { keccak256, numberToHex } from "viem";
import { addressOf, logOf, stubChain } from "../stub-chain.ts";

const BISECTION = addressOf(7);
const [MINER, ALICE, BOB] = [addressOf(301), addressOf(302), addressOf(303)];
const hashOf = (number: number): Hex => numberToHex(number, { size: 32 });
const hashes = (from: number) => Array.from({ length: 8 }, (_, i) => keccak256(numberToHex(from + i)));
const log = bisectionLog(BISECTION);

/** The game of the challenge with this rank. */
const gameOf = (rank: bigint, challenger: Address = ALICE, claim = 1): Game => ({
  about: {
    claim: hashOf(claim) as ClaimId,
    job: hashOf(50) as JobId,
    batch: 0,
    miner: MINER,
    challenger,
    bond: 100n,
    rank,
  },
  first: 0,
  count: 4,
  exponent: 4,
  grace: 600,
});

const emitted = (name: string, args: Readonly<Record<string, unknown>>, time = 1000) => ({
  log: logOf(bisectionAbi, name, args, BISECTION),
  time,
});
const committed = (challenger: Address, hash: number, rank: bigint, time = 1000) =>
  emitted("Committed", { challenger, hash: hashOf(hash), rank, stake: 9n }, time);
const opened = (game: Game, time = 1000) => {
  const { claim, challenger } = game.about;
  return emitted("GameOpened", { id: gameId(game), claim, challenger, game }, time);
};
const over = (game: Game, outcome: number) =>
  emitted("GameOver", { id: gameId(game), claim: game.about.claim, outcome });

const after = (...events: ReturnType<typeof emitted>[]) => log.fold(log.none, events);
const fates = ({ commitments }: BisectionDisputes) => [...commitments.values()].map(({ rank, fate }) => [rank, fate]);

describe("an announced challenge", () => {
  test("waits, with the time of its block", () => {
    const { disputes } = after(committed(ALICE, 11, 1n, 1234));
    assert.deepEqual(
      [...disputes.commitments],
      [[1n, { challenger: ALICE, hash: hashOf(11), rank: 1n, stake: 9n, committedAt: 1234, fate: "waiting" }]],
    );
  });

  for (const [event, fate] of [
    ["Retracted", "retracted"],
    ["Forfeited", "forfeited"],
  ] as const) {
    test(`is ${fate}, and neither another's with the same hash, nor another of the same challenger`, () => {
      const { disputes } = after(
        committed(ALICE, 11, 1n),
        committed(BOB, 11, 2n),
        committed(ALICE, 12, 3n),
        emitted(event, { challenger: ALICE, hash: hashOf(11), stake: 9n }),
      );
      assert.deepEqual(fates(disputes), [
        [1n, fate],
        [2n, "waiting"],
        [3n, "waiting"],
      ]);
    });
  }

  test("keeps its fate when the same is announced again and ends otherwise", () => {
    const ended = (event: string) => emitted(event, { challenger: ALICE, hash: hashOf(11), stake: 9n });
    const { disputes } = after(
      committed(ALICE, 11, 1n),
      ended("Retracted"),
      committed(ALICE, 11, 2n),
      ended("Forfeited"),
    );
    assert.deepEqual(fates(disputes), [
      [1n, "retracted"],
      [2n, "forfeited"],
    ]);
  });

  test("is opened by the game of its rank", () => {
    const { disputes } = after(committed(ALICE, 11, 1n), committed(BOB, 12, 2n), opened(gameOf(2n, BOB)));
    assert.deepEqual(fates(disputes), [
      [1n, "waiting"],
      [2n, "opened"],
    ]);
  });
});

describe("games", () => {
  const [first, second, elsewhere] = [gameOf(1n), gameOf(2n, BOB), gameOf(3n, ALICE, 2)];

  test("are there from their opening on, with nothing shown", () => {
    const { disputes } = after(opened(first, 1234));
    const shown = { revealed: [], posted: [], outcome: undefined };
    assert.deepEqual(
      [...disputes.games.values()],
      [{ id: gameId(first), game: first, openedAt: 1234, shown, state: undefined }],
    );
  });

  test("show their own reveals and states, in their order, and how they ended", () => {
    const revealed = (game: Game, level: number) =>
      emitted("Revealed", { id: gameId(game), level, children: hashes(level) });
    const posted = (game: Game, level: number) =>
      emitted("StatesPosted", { id: gameId(game), level, segment: 3, start: hashOf(5), states: hashes(level) });
    const { disputes } = after(
      opened(first),
      opened(second),
      revealed(first, 2),
      revealed(first, 1),
      posted(first, 1),
      posted(first, 2),
      posted(second, 1),
      over(second, 1),
    );
    const shown = disputes.games.get(gameId(first))?.shown;
    assert.deepEqual(
      [shown?.revealed.map(({ level }) => level), shown?.posted.map(({ level }) => level), shown?.outcome],
      [[2, 1], [1, 2], undefined],
    );
    assert.deepEqual(shown?.posted[0]?.states, hashes(1));
    assert.equal(disputes.games.get(gameId(second))?.shown.outcome, "minerTimedOut");
  });

  test("that are not known show nothing", () => {
    assert.deepEqual(after(over(first, 0)).disputes, log.none);
  });

  test("are counted by claim: those opened more than ended", () => {
    const counts = (...events: ReturnType<typeof emitted>[]) => Object.fromEntries(after(...events).opened);
    const [one, two] = [first.about.claim, elsewhere.about.claim];
    assert.deepEqual(counts(opened(first), opened(second), opened(elsewhere)), { [one]: 2, [two]: 1 });
    assert.deepEqual(counts(opened(first), opened(second), over(first, 0)), { [one]: 1 });
    assert.deepEqual(counts(over(first, 0), over(second, 0)), { [one]: -2 });
    assert.deepEqual(counts(committed(ALICE, 11, 1n)), {});
  });

  test("the winner's is the one of its rank", () => {
    const { disputes } = after(opened(first), opened(second));
    assert.deepEqual(winningGame(disputes, { rank: 2n }), second);
    assert.equal(winningGame(disputes, { rank: 9n }), undefined);
  });
});

describe("what the chain stores of a game", () => {
  const [first, second, ended] = [gameOf(1n), gameOf(2n, BOB), gameOf(3n)];
  const { disputes } = after(opened(first), opened(second), opened(ended), over(ended, 0));
  const state = {
    content: hashOf(1),
    phase: 1,
    level: 2,
    position: 3,
    deadline: 500,
    minerRest: 7,
    challengerRest: 9,
  };
  const statesOf = ({ games }: BisectionDisputes) => [...games.values()].map(({ game, state: one }) => [game, one]);

  test("is read of the open games that are followed, and of no others", async () => {
    const { reader, asked } = stubChain({ answers: { stateOf: () => state } });
    const followed = await log.read(disputes, reader.client, 7n, ({ challenger }) => challenger === ALICE);
    assert.deepEqual(asked, [{ address: BISECTION, functionName: "stateOf", args: [gameId(first)] }]);
    assert.deepEqual(statesOf(followed), [
      [first, state],
      [second, undefined],
      [ended, undefined],
    ]);
    const all = await log.read(disputes, reader.client, 7n, () => true);
    assert.deepEqual(statesOf(all), [
      [first, state],
      [second, state],
      [ended, undefined],
    ]);
    assert.equal(followed.commitments, disputes.commitments);
  });

  test("makes the view that its players decide by, and there is none without it", () => {
    const game = disputes.games.get(gameId(first)) as ObservedGame;
    assert.equal(viewIn(game), undefined);
    const view = viewIn({ ...game, state });
    assert.deepEqual(view?.phase, { kind: "reveal", level: 2, index: 3 });
    assert.deepEqual(view?.clock, { deadline: 500, rest: { miner: 7, challenger: 9 } });
  });

  test("is found in a market by the referee's address", () => {
    const market = { disputes: new Map([[BISECTION, disputes]]) };
    assert.equal(bisectionIn(market, BISECTION), disputes);
    assert.deepEqual(bisectionIn(market, addressOf(8)), log.none);
  });
});
