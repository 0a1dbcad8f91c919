// The whole path on a real chain, with the real machine: a lie in every position is convicted, an honest claim never is.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { bisectionIn, winningGame } from "@sonm/chain/market/bisection";
import { awardPool } from "@sonm/chain/market/challenges";
import { confirmClaim, settleClaim } from "@sonm/chain/market/claims";
import { balanceOf, pullSnm } from "@sonm/chain/money/snm";
import { stakeOf } from "@sonm/chain/money/stake";
import type { RevertFailure } from "@sonm/chain/transact";
import { jobId } from "@sonm/protocol/job/job";
import type { Corruption } from "@sonm/protocol/machine/trace";
import { createResultTree } from "@sonm/protocol/result/tree";
import type { Address, GameId, Hex } from "@sonm/protocol/values/ids";
import { SUM } from "../../protocol/machine/programs.ts";
import { createWorld, type Posted, SNM, type World } from "../world.ts";
import { announce, type Board, openOn, openOnTree, playAll, playOut, step } from "./games.ts";

const UNITS = 9;
const STEPS = 8 ** 4;
/** Unit `i` sums `i + 3` bytes. */
const inputs = Array.from({ length: UNITS }, (_, i) => Uint8Array.from({ length: i + 3 }, (_, byte) => 7 * i + byte));

/** Registers of SUM, one that it never touches, and addresses. */
const [A0, T0, S1, UNUSED] = [10, 5, 9, 20];
const INPUT = 0x8000_0000;
const OUTPUT = 0xc000_0000;
const RAM = 0x4000_0000;

const register = (step: number, number: number, xor = 1n): Corruption => ({ step, change: { register: number }, xor });
const memory = (step: number, address: number): Corruption => ({ step, change: { address }, xor: 0xffn });

describe("a lie on the chain", () => {
  let world: World;
  let posted: Posted;
  before(async () => {
    world = await createWorld();
  });
  beforeEach(async () => {
    posted = await world.post(SUM, inputs, { price: SNM / 100n });
  });
  after(() => world.anvil.stop());

  /** Asserts that the SNM of all people and contracts here sum to the supply. */
  async function assertConserved(): Promise<void> {
    const { reader, deployment, addresses, hub } = world;
    const people = [world.holder, world.owner, world.buyer, world.miner, world.verifier, world.second, world.third];
    const all: Address[] = [...people.map(({ address }) => address), hub, ...Object.values(addresses)];
    const balances = await Promise.all([...new Set(all)].map((account) => balanceOf(reader, deployment, account)));
    assert.equal(
      balances.reduce((sum, balance) => sum + balance, 0n),
      444_000_000n * SNM,
    );
  }

  const lastUnit = UNITS - 1;
  const halted = 5 + 5 * (lastUnit + 3) + 8;
  const lies: readonly (readonly [string, number, Corruption])[] = [
    ["in the first unit", 0, register(20, A0)],
    ["in the last unit", lastUnit, register(20, A0)],
    ["in the first state", 3, register(0, UNUSED)],
    ["at the first step", 3, register(1, UNUSED)],
    ["at the last step", 3, register(STEPS, A0)],
    ["after the halt", lastUnit, register(halted + 100, A0)],
    ["in the counter of steps", 4, register(30, 32)],
    ["in the program counter", 4, register(30, 0, 4n)],
    ["in a register that makes the loop longer", 4, register(12, T0, 8n)],
    ["in an input byte", 5, memory(10, INPUT + 8)],
    ["in ram that nobody reads", 5, memory(40, RAM + 64)],
    ["in the output, before the halt", 2, memory(5 + 5 * 5 + 7, OUTPUT + 8)],
    ["in the output, after the halt", 2, memory(1000, OUTPUT + 8)],
    ["in the address of the output", 2, register(5 + 5 * 5 + 4, S1, 1n << 12n)],
    ["in a reserved word", 1, register(9, 79)],
  ];

  for (const [where, position, corruption] of lies) {
    it(`${where} is convicted`, async () => {
      const { reader, deployment, miner, verifier } = world;
      const { deposit } = posted.job;
      const stakes = () => Promise.all([miner, verifier].map(({ address }) => stakeOf(reader, deployment, address)));
      const [minerBefore, verifierBefore] = await stakes();
      const lying = world.compute(posted, 0, miner.address, new Map([[position, corruption]]));
      const honest = world.compute(posted, 0, miner.address);
      const claimed = await world.claim(miner, lying);
      const salt = await announce(world, verifier, claimed);
      const game = await openOn(world, verifier, claimed, honest, position, salt);
      const ending = await playOut(world, game, {
        miner: { signer: miner, work: lying },
        challenger: { signer: verifier, work: honest },
      });
      assert.equal(ending.outcome, "proved");
      assert.equal(ending.moves, 4, "m − 1 moves and the proof");
      const sight = await world.observer.look();
      assert.equal(sight.claims.get(claimed.id)?.status, "convicted");
      const winner = sight.claims.get(claimed.id)?.winner;
      assert.equal(winner?.challenger, verifier.address);
      const won = winningGame(bisectionIn(sight, world.addresses.bisection), winner);
      assert.equal(won?.about.challenger, verifier.address);

      await world.wait(posted.job.opening + 1);
      await awardPool(verifier, deployment, posted.job, claimed.claim, won);
      const [minerAfter, verifierAfter] = await stakes();
      assert.ok(minerBefore && minerAfter && verifierBefore && verifierAfter);
      assert.equal(minerAfter.free, minerBefore.free - deposit);
      assert.equal(verifierAfter.free, verifierBefore.free + deposit / 2n);
      assert.deepEqual([minerAfter.locked, verifierAfter.locked], [minerBefore.locked, verifierBefore.locked]);
      await assertConserved();
    });
  }

  for (const position of [0, 7, 8]) {
    it(`is convicted in unit ${position} although the leaves were withheld`, async () => {
      const { miner, verifier } = world;
      const lying = world.compute(posted, 0, miner.address, new Map([[position, register(20, A0)]]));
      const honest = world.compute(posted, 0, miner.address);
      const claimed = await world.claim(miner, lying);
      const game = await openOnTree(world, verifier, claimed, await announce(world, verifier, claimed));
      const players = { miner: { signer: miner, work: lying }, challenger: { signer: verifier, work: honest } };
      const ending = await playOut(world, game, players);
      assert.equal(ending.outcome, "proved");
      assert.equal(ending.moves, 2 * lying.tree.rounds + 4);
      await assertConserved();
    });
  }

  it("is convicted by silence where nothing hashes to the root, or it is somebody else's", async () => {
    const { miner, verifier, second } = world;
    const honest = world.compute(posted, 0, miner.address);
    const copied = createResultTree({ ...honest.tree, miner: second.address, job: claimJob(honest) }).root;
    for (const [attempt, root] of ([`0x${"11".repeat(32)}`, copied] as const).entries()) {
      const claimed = await world.claim(miner, honest, attempt, root);
      const game = await openOnTree(world, verifier, claimed, await announce(world, verifier, claimed));
      const player = { signer: miner, work: honest };
      await assert.rejects(step(world, game, "miner", player), (error: RevertFailure) => {
        return error.error === "BisectionNodeMismatch";
      });
      const players = { miner: player, challenger: { signer: verifier, work: honest } };
      const ending = await playOut(world, game, players, { side: "miner", from: 0 });
      assert.equal(ending.outcome, "minerTimedOut");
    }
    await assertConserved();
  });

  it("is convicted when the liar falls silent in the middle", async () => {
    const { miner, verifier } = world;
    const lying = world.compute(posted, 0, miner.address, new Map([[1, register(5, A0)]]));
    const honest = world.compute(posted, 0, miner.address);
    const claimed = await world.claim(miner, lying);
    const game = await openOn(world, verifier, claimed, honest, 1, await announce(world, verifier, claimed));
    const players = { miner: { signer: miner, work: lying }, challenger: { signer: verifier, work: honest } };
    const ending = await playOut(world, game, players, { side: "miner", from: 2 });
    assert.equal(ending.outcome, "minerTimedOut");
    await assertConserved();
  });

  it("of a challenger costs it the bond, and the honest claim settles and is paid", async () => {
    const { reader, deployment, miner, verifier, second, third, hub } = world;
    const honest = world.compute(posted, 0, miner.address);
    const claimed = await world.claim(miner, honest);
    const liars = [
      [verifier, 0, register(0, UNUSED)],
      [second, 4, register(30, 32)],
      [third, 8, memory(STEPS, OUTPUT)],
    ] as const;
    const before = await stakeOf(reader, deployment, miner.address);
    const boards: Board[] = [];
    const free = () => Promise.all(liars.map(([liar]) => stakeOf(reader, deployment, liar.address)));
    const stakes = await free();
    for (const [liar, position, corruption] of liars) {
      const own = world.compute(posted, 0, miner.address, new Map([[position, corruption]]));
      const game = await openOn(world, liar, claimed, own, position, await announce(world, liar, claimed));
      boards.push({
        game,
        players: { miner: { signer: miner, work: honest }, challenger: { signer: liar, work: own } },
      });
    }
    const endings = await playAll(world, boards);
    assert.deepEqual(new Set(endings.map(({ outcome }) => outcome)), new Set(["challengerTimedOut"]));
    for (const [i, stake] of (await free()).entries()) {
      assert.equal(stake.free, (stakes[i]?.free ?? 0n) - posted.job.bond);
    }
    const earned = (await stakeOf(reader, deployment, miner.address)).free - before.free;
    assert.equal(earned, (BigInt(liars.length) * posted.job.bond) / 2n);

    await world.wait(posted.job.window + posted.job.opening + 1);
    await settleClaim(world.stranger, deployment, posted.job, claimed.claim);
    const sight = await world.observer.look();
    assert.equal(sight.claims.get(claimed.id)?.status, "settled");
    const pay = claimed.claim.pay * BigInt(UNITS);
    const purse = await balanceOf(reader, deployment, miner.address);
    await pullSnm(miner, deployment, hub, pay);
    assert.equal(await balanceOf(reader, deployment, miner.address), purse + pay);
    await assertConserved();
  });

  it("does not hold up others: several games at once, the earliest committed winner takes the pool, the rest leave", async () => {
    const { reader, deployment, miner, verifier, second, third } = world;
    const job = await world.post(SUM, inputs.slice(0, 2), { batchSize: 1 });
    const lying = world.compute(job, 1, miner.address, new Map([[0, register(20, A0)]]));
    const honest = world.compute(job, 1, miner.address);
    const claimed = await world.claim(miner, lying);
    const challengers = [verifier, second, third];
    const salts: Hex[] = [];
    for (const challenger of challengers) salts.push(await announce(world, challenger, claimed));
    const games: GameId[] = [];
    for (const [i, challenger] of challengers.entries()) {
      games.push(await openOn(world, challenger, claimed, honest, 0, salts[i] ?? "0x"));
    }
    const players = (signer: typeof verifier) => ({
      miner: { signer: miner, work: lying },
      challenger: { signer, work: honest },
    });
    const [first, middle, last] = games;
    assert.ok(first && middle && last);
    const free = () => Promise.all(challengers.map((one) => stakeOf(reader, deployment, one.address)));
    assert.equal((await playOut(world, middle, players(second))).outcome, "proved");
    // The last challenger has nothing left to win; the first one has.
    assert.equal((await playOut(world, last, players(third))).outcome, "challengerLeft");
    const awardTo = async (game: GameId) => {
      const terms = bisectionIn(await world.observer.look(), world.addresses.bisection).games.get(game)?.game;
      assert(terms);
      return awardPool(second, deployment, job.job, claimed.claim, terms);
    };
    await assert.rejects(awardTo(first), { error: "BisectionWrongPhase" });
    await assert.rejects(awardTo(middle), { error: "ResultsGamesOpen" });
    assert.equal((await playOut(world, first, players(verifier))).outcome, "proved");
    const before = await free();
    await world.wait(job.job.opening + 1);
    for (const game of [middle, last]) await assert.rejects(awardTo(game), { error: "ResultsNotWinner" });
    await awardTo(first);
    const gained = (await free()).map((stake, i) => stake.free - (before[i]?.free ?? 0n));
    assert.deepEqual(gained, [job.job.deposit / 2n, 0n, 0n]);

    // The batch is free again, and the other batch is as before.
    const again = await world.claim(third, world.compute(job, 1, third.address), 1);
    await confirmClaim(world.buyer, deployment, job.job, again.claim);
    const other = await world.claim(second, world.compute(job, 0, second.address));
    await confirmClaim(world.buyer, deployment, job.job, other.claim);
    await assertConserved();
  });
});

function claimJob({ posted: { job } }: ReturnType<World["compute"]>) {
  return jobId(job);
}
