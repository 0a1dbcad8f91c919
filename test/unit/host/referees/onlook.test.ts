// Those whose money waits for the end of a game end it, if both of its players have abandoned it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { BisectionDisputes, ObservedGame } from "@sonm/chain/market/bisection";
import { phaseNames } from "@sonm/protocol/dispute/game";
import { decide as decideBuyer } from "../../../../offchain/agents/buyer/decide.ts";
import { createActor as createHub } from "../../../../offchain/agents/hub/act.ts";
import { decide as decideHub, keyOf } from "../../../../offchain/agents/hub/decide.ts";
import { openHubJournal } from "../../../../offchain/agents/hub/journal.ts";
import { createObserve } from "../../../../offchain/agents/hub/observe.ts";
import { dueToOthers } from "../../../../offchain/host/referees/bisection/onlook.ts";
import { refereesOfOnlooker } from "../../../../offchain/host/referees/referees.ts";
import { addressOf, claim, gameOf, hashOf, job, sightOf } from "../../agents/fixtures.ts";
import { idleEngine, stubTools } from "../../agents/stub-tools.ts";

const REFEREE = addressOf(9);
const PATIENCE = 600;
const DEADLINE = 1_000_000;
/** first second in which an onlooker ends a game */
const FROM = DEADLINE + 1 + PATIENCE;

describe("an onlooker", () => {
  for (const turn of ["miner", "challenger"] as const) {
    test(`ends a game in which the ${turn} is late, after the winner has had its time for that`, () => {
      const game = gameOf(turn, DEADLINE);
      const at = (now: number) => dueToOthers(REFEREE, [game], now, PATIENCE);
      assert.deepEqual(at(DEADLINE + 1), { actions: [], wakeAt: FROM });
      assert.deepEqual(at(FROM - 1), { actions: [], wakeAt: FROM });
      assert.deepEqual(at(FROM), {
        actions: [{ referee: REFEREE, kind: "timeOut", key: `timeOut ${game.id}`, game }],
        wakeAt: null,
      });
    });
  }

  test("has nothing to do about a game that is over", () => {
    const over = { ...gameOf("miner", DEADLINE), phase: { kind: "over", outcome: undefined } } as const;
    assert.deepEqual(dueToOthers(REFEREE, [over], FROM, PATIENCE), { actions: [], wakeAt: null });
  });
});

/** A game of the job's claim, in which the miner has to show its leaves and is late. */
const abandoned: ObservedGame = {
  id: hashOf(9) as ObservedGame["id"],
  game: gameOf("miner", DEADLINE).game,
  openedAt: DEADLINE - 3600,
  shown: { revealed: [], posted: [], outcome: undefined },
  state: {
    content: hashOf(1),
    phase: phaseNames.indexOf("reveal"),
    level: 1,
    position: 0,
    deadline: DEADLINE,
    minerRest: 0,
    challengerRest: 0,
  },
};

test("S1: a batch that a miner and its accomplice lock by a game that neither goes on with is freed by the hub", async () => {
  const { tools, set, done } = stubTools(openHubJournal);
  set.reads = {
    status: () => 2,
    suspectedAt: () => 0n,
    owner: () => addressOf(2),
    free: () => 30n,
    get: () => 10n,
    freeOf: () => 0n,
    lockedOf: () => 0n,
    withdrawalOf: () => [0n, 0n],
    waiting: () => ({ remainder: 0n, prices: 0n }),
  };
  const referees = refereesOfOnlooker({ ...tools, patienceSeconds: PATIENCE });
  const policy = { funds: 0n, workSeconds: 60, answerSeconds: 60, payBps: 7000n, settleAfterSeconds: PATIENCE };
  const observe = await createObserve({ ...tools, referees }, policy, job.hub);
  const identity = { salt: hashOf(0), name: "hub", endpoint: "" };
  const terms = { minPrice: 0n, maxExponent: 16, quoteSeconds: 60 };
  const act = createHub({ ...tools, engine: idleEngine, referees, wallet: job.hub, identity, terms });

  async function next(now: number, game = abandoned) {
    const disputes: BisectionDisputes = { commitments: new Map(), games: new Map([[game.id, game]]) };
    const { bisection } = tools.access.deployment.addresses;
    const sight = { ...sightOf({ claim, games: 1 }), now, disputes: new Map([[bisection, disputes]]) };
    const { actions, wakeAt } = decideHub(await observe(sight));
    return { deeds: actions.filter(({ kind }) => kind === "dispute"), wakeAt };
  }

  assert.deepEqual(await next(FROM - 1), { deeds: [], wakeAt: FROM });
  const { deeds } = await next(FROM);
  assert.deepEqual(deeds.map(keyOf), [`timeOut ${abandoned.id}`]);
  for (const deed of deeds) await act(deed);
  assert.deepEqual(
    done.calls.map(({ functionName, args }) => [functionName, args]),
    [["timeOut", [abandoned.game]]],
  );
  assert.deepEqual(done.happenings, [
    { kind: "timed-out", game: abandoned.id, claim: abandoned.game.about.claim, loser: claim.miner },
  ]);

  assert.deepEqual((await next(FROM, { ...abandoned, state: undefined })).deeds, [], "a game of another hub's job");
  const over = { ...abandoned, shown: { ...abandoned.shown, outcome: "minerTimedOut" } } as const;
  assert.deepEqual((await next(FROM, over)).deeds, [], "it is over");
});

test("a buyer does the same for its job, and waits for the moment", () => {
  const disputes = dueToOthers(REFEREE, [gameOf("miner", DEADLINE)], FROM, PATIENCE);
  const view = { now: FROM, policy: { askAgainSeconds: 60 }, orders: [], disputes };
  assert.deepEqual(decideBuyer(view), {
    actions: [{ kind: "dispute", deed: disputes.actions[0] }],
    wakeAt: null,
  });
  assert.equal(decideBuyer({ ...view, disputes: { actions: [], wakeAt: FROM } }).wakeAt, FROM);
});
