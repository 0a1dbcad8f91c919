// The events of everything that is done in the market, each with all its values.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { getAddress, padHex } from "viem";
import { listen, type Told } from "../support/events.ts";
import type { Market, Wallet, Work } from "../support/market/fixture.ts";
import {
  childrenOf,
  eight,
  inputOf,
  open,
  opening,
  openTree,
  playToLast,
  prove,
  split,
} from "../support/market/games.ts";
import { eachOnMarket } from "../support/market/suite.ts";
import { commitmentHash, HUB_STATUS, jobIdOf, SNM } from "../support/market/terms.ts";

const DAY = 86_400;
const SALT = padHex("0x05");

describe("the market tells", () => {
  let market: Market;
  let told: (act: () => Promise<unknown>) => Promise<Told[]>;
  eachOnMarket((fresh) => {
    market = fresh;
    told = listen(fresh);
  });

  const as = ({ account }: Wallet) => ({ account });
  const moved = (from: string, to: string, value: bigint): Told => ["snm", "Transfer", { from, to, value }];

  async function claimed(lies = new Map<number, number>()): Promise<Work> {
    const work = market.workOf(await market.post(), { lies });
    await market.claim(work);
    return work;
  }

  it("of stakes and their keepers", async () => {
    const { deposits, networkHelpers, government, stranger, miner } = market;
    const write = deposits.write;
    assert.deepEqual(await told(() => write.addKeeper([stranger.account.address], as(government))), [
      ["deposits", "KeeperAdded", { keeper: "stranger" }],
    ]);
    assert.deepEqual(await told(() => write.depositFor([miner.account.address, SNM], as(stranger))), [
      moved("stranger", "deposits", SNM),
      ["deposits", "Deposited", { account: "miner", from: "stranger", amount: SNM }],
    ]);
    await write.lock([miner.account.address, 10n], as(stranger));
    const slash = () => write.slash([miner.account.address, 10n, market.verifier.account.address, 4n], as(stranger));
    assert.deepEqual(await told(slash), [
      ["deposits", "Slashed", { account: "miner", amount: 10n }],
      ["deposits", "Credited", { account: "verifier", amount: 4n }],
      moved("deposits", "treasury", 6n),
    ]);
    const asked = await told(() => write.requestWithdrawal([SNM], as(miner)));
    const [, availableAt] = await deposits.read.withdrawalOf([miner.account.address]);
    assert.deepEqual(asked, [["deposits", "WithdrawalRequested", { account: "miner", amount: SNM, availableAt }]]);
    await networkHelpers.time.increaseTo(availableAt);
    assert.deepEqual(await told(() => write.withdraw(as(miner))), [
      ["deposits", "Withdrawn", { account: "miner", amount: SNM }],
      moved("deposits", "miner", SNM),
    ]);
  });

  it("of a job, from its posting to what is paid, waits and is refunded", async () => {
    const { board, hub, results, networkHelpers, buyer } = market;
    const job = await market.termsOf();
    const id = jobIdOf(job);
    const expiry = job.deadline;
    const signature = await market.quote(id, expiry);
    const [posted, ...escrowed] = await told(() => board.write.post([job, expiry, signature], as(buyer)));
    assert(posted);
    const [by, event, { job: shown, ...about }] = posted;
    assert.deepEqual([by, event, about], ["board", "JobPosted", { id, buyer: "buyer", hub: "hub" }]);
    assert.equal(jobIdOf(shown as typeof job), id);
    assert.deepEqual(escrowed, [moved("buyer", "board", 40n * SNM)]);

    const work = market.workOf(job);
    const { claim } = work;
    assert.deepEqual(await told(() => market.claim(work)), [
      ["results", "ClaimPosted", { ...claim, id: work.id, miner: "miner" }],
    ]);
    const batch = (number: number) => ({ job: id, batch: number, miner: "miner", amount: 16n * SNM, pay: 8n * SNM });
    assert.deepEqual(await told(() => results.write.confirm([job, claim], as(buyer))), [
      ["results", "ClaimSettled", { id: work.id, confirmed: true }],
      ["board", "BatchPaid", { ...batch(0), toWallet: true }],
      moved("board", "hub", 16n * SNM),
      ["hub", "Settled", { from: "board", miner: "miner", amount: 16n * SNM, pay: 8n * SNM }],
    ]);

    const late = market.workOf(job, { batch: 1 });
    await market.claim(late);
    await hub.write.setStatus([HUB_STATUS.Idle]);
    await networkHelpers.time.increaseTo(await market.settleTime(late));
    assert.deepEqual(await told(() => market.settle(late)), [
      ["results", "ClaimSettled", { id: late.id, confirmed: false }],
      ["board", "BatchPaid", { ...batch(1), toWallet: false }],
      moved("board", "miner", 8n * SNM),
    ]);
    await hub.write.setStatus([HUB_STATUS.Registered]);
    assert.deepEqual(await told(() => board.write.collect([hub.address])), [
      ["board", "Collected", { hub: "hub", amount: 8n * SNM }],
      moved("board", "hub", 8n * SNM),
      ["hub", "SettledEarlier", { from: "board", prices: 16n * SNM, remainder: 8n * SNM }],
    ]);
    await networkHelpers.time.increaseTo(job.deadline);
    assert.deepEqual(await told(() => board.write.refund([job, [2]])), [
      ["board", "BatchesRefunded", { job: id, buyer: "buyer", batches: [2], amount: 8n * SNM }],
      moved("board", "buyer", 8n * SNM),
    ]);
  });

  it("of a challenge, from its announcement to the award", async () => {
    const { bisection, networkHelpers, verifier, second, miner } = market;
    const work = await claimed(new Map([[0, 5]]));
    const { job, claim } = work;
    const truth = market.runOf(job, 0);
    const hash = commitmentHash(verifier.account.address, work.id, SALT);
    assert.deepEqual(await told(() => bisection.write.commit([hash], as(verifier))), [
      ["bisection", "Committed", { challenger: "verifier", hash, rank: 1n, stake: SNM }],
    ]);
    const later = await openTree(market, work, second);

    const opened = await told(() => bisection.write.open(opening(work, SALT, 0, truth), as(verifier)));
    const states = eight(truth, 0, 8);
    const start = truth.stateAt(0);
    const [first] = opened;
    assert(first);
    const { id, game: terms } = first[2] as { id: typeof hash; game: typeof later.game };
    assert.deepEqual(terms, {
      ...later.game,
      about: { ...later.game.about, challenger: getAddress(verifier.account.address), rank: 1n },
    });
    assert.deepEqual(opened, [
      ["bisection", "GameOpened", { id, claim: work.id, challenger: "verifier", game: terms }],
      ["bisection", "StatesPosted", { id, level: 1, segment: 0, start, states }],
    ]);

    for (const level of [2, 1]) {
      const children = childrenOf(work, level, 0);
      assert.deepEqual(await told(() => bisection.write.reveal([later.game, children], as(miner))), [
        ["bisection", "Revealed", { id: later.id, level, children }],
      ]);
      const input = inputOf(work, 0);
      const pick = () =>
        level > 1
          ? bisection.write.pick([later.game, children, 0], as(second))
          : bisection.write.pickLeaf([later.game, job, children, 0, input, states], as(second));
      // A pick above the leaves has no event: the node that the miner reveals next shows what was picked.
      const split: Told = ["bisection", "StatesPosted", { id: later.id, level: 1, segment: 0, start, states }];
      assert.deepEqual(await told(pick), level > 1 ? [] : [split]);
    }
    const played = { ...later, stored: [start, ...states] as typeof later.stored, level: 1 };
    await split(market, played, work.runs[0] ?? truth);
    assert.deepEqual(await told(() => prove(market, played, truth)), [
      ["bisection", "GameOver", { id: later.id, claim: work.id, outcome: 0 }],
      ["results", "ClaimConvicted", { id: work.id, job: jobIdOf(job), batch: 0 }],
      ["results", "WinnerChanged", { id: work.id, winner: "second", rank: 2n }],
    ]);

    const earlier = { ...played, id, game: terms, challenger: verifier, offset: 0, span: 8, level: 1 };
    earlier.stored = [start, ...states] as typeof later.stored;
    await split(market, earlier, work.runs[0] ?? truth);
    assert.deepEqual(await told(() => prove(market, earlier, truth)), [
      ["bisection", "GameOver", { id, claim: work.id, outcome: 0 }],
      ["results", "WinnerChanged", { id: work.id, winner: "verifier", rank: 1n }],
    ]);
    await networkHelpers.time.increase(DAY);
    assert.deepEqual(await told(() => bisection.write.award([job, claim, terms])), [
      ["results", "PoolAwarded", { id: work.id, winner: "verifier", amount: 50n * SNM }],
      ["deposits", "Slashed", { account: "miner", amount: 100n * SNM }],
      ["deposits", "Credited", { account: "verifier", amount: 50n * SNM }],
      moved("deposits", "treasury", 50n * SNM),
    ]);
  });

  it("of games that end without a proof, of commitments that never open, and of operators", async () => {
    const { bisection, networkHelpers, verifier, second, stranger, rival } = market;
    const work = await claimed(new Map([[0, 5]]));
    const truth = market.runOf(work.job, 0);
    const hashOf = (who: Wallet) => commitmentHash(who.account.address, work.id, SALT);
    for (const who of [rival, second]) await bisection.write.commit([hashOf(who)], as(who));

    const won = await open(market, work, 0, truth);
    const left = await open(market, work, 0, truth, second);
    await playToLast(market, won, work.runs[0] ?? truth, truth);
    await prove(market, won, truth);
    assert.deepEqual(await told(() => bisection.write.leave([left.game], as(second))), [
      ["bisection", "GameOver", { id: left.id, claim: work.id, outcome: 3 }],
    ]);
    const retract = () => bisection.write.retract([work.job, work.claim, SALT], as(second));
    assert.deepEqual(await told(retract), [
      ["bisection", "Retracted", { challenger: "second", hash: hashOf(second), stake: SNM }],
    ]);
    await networkHelpers.time.increase(2 * DAY + 1);
    const forfeit = () => bisection.write.forfeit([rival.account.address, hashOf(rival)]);
    assert.deepEqual(await told(forfeit), [
      ["bisection", "Forfeited", { challenger: "rival", hash: hashOf(rival), stake: SNM }],
      ["deposits", "Slashed", { account: "rival", amount: SNM }],
      moved("deposits", "treasury", SNM),
    ]);
    assert.deepEqual(await told(() => bisection.write.setOperator([stranger.account.address], as(verifier))), [
      ["bisection", "OperatorSet", { party: "verifier", operator: "stranger" }],
    ]);
  });

  it("of silence on either side", async () => {
    const { bisection, networkHelpers } = market;
    const truth = market.runOf(await market.termsOf(), 0);
    const honest = await claimed();
    const idle = await open(market, honest, 0, { ...truth, stateAt: () => padHex("0x01") });
    await split(market, idle, honest.runs[0] ?? truth);
    await networkHelpers.time.increase(DAY);
    const { bond } = honest.job;
    assert.deepEqual(await told(() => bisection.write.timeOut([idle.game])), [
      ["bisection", "GameOver", { id: idle.id, claim: honest.id, outcome: 2 }],
      ["deposits", "Slashed", { account: "verifier", amount: bond }],
      ["deposits", "Credited", { account: "miner", amount: bond / 2n }],
      moved("deposits", "treasury", bond - bond / 2n),
    ]);
    const silent = await claimed(new Map([[0, 5]]));
    const board = await open(market, silent, 0);
    await networkHelpers.time.increase(DAY);
    const { rank } = board.game.about;
    assert.deepEqual(await told(() => bisection.write.timeOut([board.game])), [
      ["bisection", "GameOver", { id: board.id, claim: silent.id, outcome: 1 }],
      ["results", "ClaimConvicted", { id: silent.id, job: jobIdOf(silent.job), batch: 0 }],
      ["results", "WinnerChanged", { id: silent.id, winner: "verifier", rank }],
    ]);
  });
});
