// Faults that games of other systems have had in production. Each must be impossible here.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Hex, keccak256, padHex, toHex } from "viem";
import type { Market, Wallet, Work } from "../../support/market/fixture.ts";
import {
  type Board,
  childrenOf,
  commit,
  descend,
  eight,
  inputOf,
  open,
  opening,
  openTree,
  playToLast,
  prove,
  proving,
  split,
  splitting,
} from "../../support/market/games.ts";
import { refuses } from "../../support/market/refusals.ts";
import { corruptRun, inputsOf, type Run } from "../../support/market/runs.ts";
import { eachOnMarket } from "../../support/market/suite.ts";
import { BATCH_STATUS, CLAIM_STATUS, claimIdOf, type Job, SNM } from "../../support/market/terms.ts";

const ZERO = padHex("0x");
const YEAR = 365 * 86_400;

describe("a fault known of games elsewhere", () => {
  let market: Market;
  const clean = eachOnMarket((fresh) => {
    market = fresh;
  });

  const by = (wallet: Wallet) => ({ account: wallet.account });
  const stateOf = (board: Board) => market.bisection.read.stateOf([board.id]);
  const statusOf = async (work: Work) => (await market.results.read.stateOf([work.id])).status;
  const timeOut = (board: Board) => market.bisection.write.timeOut([board.game], by(market.stranger));

  /** A claim with a lie in unit 0, and the two runs its game is about. */
  async function lie(changes: Partial<Job> = {}) {
    const work = market.workOf(await market.post(changes), { lies: new Map([[0, 5]]) });
    await market.claim(work);
    return { work, truth: market.runOf(work.job, 0), lied: work.runs[0] as Run };
  }

  it("fault 1: content that is all zero does not make a claim or a game disappear", async () => {
    const work = market.workOf(await market.post());
    work.claim.root = ZERO;
    const zero = { ...work, id: keccak256("0x") };
    await market.claim(work);
    zero.id = claimIdOf(work.claim);
    const board = await openTree(market, zero);
    assert.equal((await stateOf(board)).content, ZERO);
    await refuses(market.settle(zero), market.results, "ResultsGamesOpen");
    await market.nextAt((await stateOf(board)).deadline + 1);
    await timeOut(board);
    assert.equal(await statusOf(zero), CLAIM_STATUS.Convicted);
  });

  it("fault 1: a game over states that are all zero goes on", async () => {
    const { work, lied, truth } = await lie();
    const salt = await commit(market, work);
    const nothing = Array(8).fill(ZERO) as ReturnType<typeof eight>;
    const [job, claim, , result, input] = opening(work, salt, 0, truth);
    await market.bisection.write.open([job, claim, salt, result, input, nothing], by(market.verifier));
    const [log] = await market.bisection.getEvents.GameOpened();
    assert(log?.args.game && log.args.id);
    const stored = [truth.stateAt(0), ...nothing] as Board["stored"];
    await market.bisection.write.split([log.args.game, stored, 1, eight(lied, 0, 1)], by(market.miner));
    assert.equal((await market.bisection.read.stateOf([log.args.id])).level, 2);
  });

  it("fault 2: a time-out that comes years late is still a time-out", async () => {
    const { work } = await lie();
    const board = await open(market, work, 0);
    await market.nextAt((await stateOf(board)).deadline + 10 * YEAR);
    await timeOut(board);
    assert.equal(await statusOf(work), CLAIM_STATUS.Convicted);
  });

  it("fault 2: so is the challenger's, and it costs nobody else", async () => {
    const work = market.workOf(await market.post());
    await market.claim(work);
    const truth = market.runOf(work.job, 0);
    const board = await open(market, work, 0, corruptRun(truth, 5));
    await split(market, board, truth);
    await market.nextAt((await stateOf(board)).deadline + 10 * YEAR);
    await timeOut(board);
    await market.settle(work);
    assert.equal(await statusOf(work), CLAIM_STATUS.Settled);
  });

  it("fault 5: proving and timing out are never both possible, nor both impossible", async () => {
    const { work, truth, lied } = await lie();
    const board = await open(market, work, 0, truth);
    await playToLast(market, board, lied, truth);
    const { deadline } = await stateOf(board);
    const before = await market.networkHelpers.takeSnapshot();
    for (const [second, proves] of [
      [deadline - 1, true],
      [deadline, true],
      [deadline + 1, false],
      [deadline + 2, false],
    ] as const) {
      await market.nextAt(second);
      if (proves) await refuses(timeOut(board), market.bisection, "BisectionTooEarly");
      else await refuses(prove(market, board, truth), market.bisection, "BisectionTooLate");
      await (proves ? prove(market, board, truth) : timeOut(board));
      assert.equal(await statusOf(work), proves ? CLAIM_STATUS.Convicted : CLAIM_STATUS.Live);
      await before.restore();
    }
  });

  it("fault 5: no move gives spent time back", async () => {
    const { work, truth, lied } = await lie({ exponent: 4 });
    const board = await open(market, work, 0, truth);
    let rests = [work.job.allowance, work.job.allowance];
    while (board.level < 4) {
      await market.nextAt((await market.now()) + 500);
      await split(market, board, board.level % 2 === 1 ? lied : truth);
      const { minerRest, challengerRest, deadline } = await stateOf(board);
      assert(minerRest <= (rests[0] ?? 0) && challengerRest <= (rests[1] ?? 0));
      assert(deadline <= (await market.now()) + work.job.allowance);
      rests = [minerRest, challengerRest];
    }
    assert.deepEqual(rests, [work.job.allowance - 1_000, work.job.allowance - 500]);
  });

  it("fault 8: a move in the last second gives the other its whole time, and games share no clock", async () => {
    const { second } = market;
    const { work, truth, lied } = await lie({ exponent: 4, allowance: 7_200, window: 7_200 });
    const slow = await open(market, work, 0, truth);
    await market.nextAt((await market.now()) + 3_000);
    const fresh = await open(market, work, 0, truth, second);
    const before = await stateOf(fresh);
    assert.equal(before.deadline, (await market.now()) + 7_200);
    await market.nextAt((await stateOf(slow)).deadline);
    await split(market, slow, lied);
    assert.equal((await stateOf(slow)).deadline, (await market.now()) + 7_200);
    assert.deepEqual(await stateOf(fresh), before);
  });

  it("fault 9: nothing can be done in a game that is over", async () => {
    const { bisection, miner, verifier } = market;
    const { work, truth, lied } = await lie();
    const board = await open(market, work, 0, truth);
    const answer = splitting(board, lied);
    await split(market, board, lied);
    const late = [answer, proving(board, truth)] as const;
    await prove(market, board, truth);
    const over = ["BisectionWrongPhase", [board.id, 4, 0]] as const;
    const { game } = board;
    await refuses(bisection.write.split(late[0], by(miner)), bisection, ...over);
    await refuses(bisection.write.prove(late[1], by(verifier)), bisection, ...over);
    await refuses(bisection.write.timeOut([game]), bisection, ...over);
    await refuses(bisection.write.leave([game], by(verifier)), bisection, ...over);
    await refuses(bisection.write.reveal([game, []], by(miner)), bisection, ...over);
    await refuses(bisection.write.pick([game, [], 0], by(verifier)), bisection, ...over);
    const pickLeaf = [game, work.job, [], 0, inputOf(work, 0), eight(truth, 0, 8)] as const;
    await refuses(bisection.write.pickLeaf(pickLeaf, by(verifier)), bisection, ...over);
  });

  it("fault 9: a conviction costs the same however many games are open", async () => {
    const { client, second, rival } = market;
    const costs: bigint[] = [];
    for (const crowd of [0, 12]) {
      await clean.restore();
      const { work, truth, lied } = await lie();
      const board = await open(market, work, 0, truth);
      for (let i = 0; i < crowd; i++) await open(market, work, 0, truth, i % 2 === 0 ? second : rival);
      await playToLast(market, board, lied, truth);
      const hash = await prove(market, board, truth);
      costs.push((await client.getTransactionReceipt({ hash })).gasUsed);
    }
    // The two counts differ in one byte of calldata, and a zero byte is cheaper.
    assert(Math.abs(Number((costs[1] ?? 0n) - (costs[0] ?? 0n))) < 100);
  });

  it("fault 10: starved of gas, a call fails whole: it never decides otherwise", async () => {
    const { results, board: jobs } = market;
    const { work, truth, lied } = await lie();
    const board = await open(market, work, 0, truth);
    await playToLast(market, board, lied, truth);
    const before = await market.networkHelpers.takeSnapshot();
    const outcomes = new Set<number>();
    for (let gas = 50_000n; gas <= 250_000n; gas += 8_000n) {
      const call = market.bisection.write.prove(proving(board, truth), { ...by(market.verifier), gas });
      await call.catch(() => undefined);
      const { phase } = await stateOf(board);
      assert.equal(await statusOf(work), phase === 4 ? CLAIM_STATUS.Convicted : CLAIM_STATUS.Live);
      outcomes.add(phase);
      await before.restore();
    }
    assert.deepEqual(outcomes, new Set([3, 4]));

    const honest = market.workOf(work.job, { batch: 1 });
    await market.claim(honest);
    await market.nextAt(await market.settleTime(honest));
    await market.networkHelpers.mine();
    const settled = await market.networkHelpers.takeSnapshot();
    const endings = new Set<number>();
    for (let gas = 50_000n; gas <= 200_000n; gas += 8_000n) {
      await results.write.settle([honest.job, honest.claim], { gas }).catch(() => undefined);
      const [status] = await jobs.read.batchOf([honest.claim.job, 1]);
      const ended = await statusOf(honest);
      assert.equal(status, ended === CLAIM_STATUS.Settled ? BATCH_STATUS.Paid : BATCH_STATUS.Taken);
      const paid = (await market.hub.getEvents.Settled({}, { fromBlock: 0n })).length;
      assert.equal(paid, ended === CLAIM_STATUS.Settled ? 1 : 0);
      endings.add(ended);
      await settled.restore();
    }
    assert.deepEqual(endings, new Set([CLAIM_STATUS.Live, CLAIM_STATUS.Settled]));
  });

  it("fault 11: a move answers what its sender has seen, or nothing", async () => {
    const { bisection, miner, networkHelpers } = market;
    const { work, truth, lied } = await lie({ exponent: 4 });
    const salt = await commit(market, work);
    const fork = await networkHelpers.takeSnapshot();
    const openWith = async (run: Run) => {
      await bisection.write.open(opening(work, salt, 0, run), by(market.verifier));
      const [log] = await bisection.getEvents.StatesPosted();
      const [opened] = await bisection.getEvents.GameOpened();
      assert(log?.args.states && log.args.start && opened?.args.game);
      return { game: opened.args.game, stored: [log.args.start, ...log.args.states] as Board["stored"] };
    };
    const seen = await openWith(truth);
    const answer = [seen.game, seen.stored, 1, eight(lied, 0, 64)] as const;
    await fork.restore();
    // After a reorganization the same game begins with other states.
    await openWith(market.runOf(work.job, 7));
    await refuses(bisection.write.split(answer, by(miner)), bisection, "BisectionContentMismatch");
    await fork.restore();
    // Or it is another game, because somebody else was first.
    await bisection.write.commit([keccak256("0x01")], by(market.second));
    await openWith(truth);
    await bisection.write.split(answer, by(miner));
    await fork.restore();
    await bisection.write.commit([keccak256("0x02")], by(market.verifier));
    const unknown = { ...seen.game, about: { ...seen.game.about, rank: 2n } };
    await refuses(
      bisection.write.split([unknown, seen.stored, 1, eight(lied, 0, 64)], by(miner)),
      bisection,
      "BisectionWrongPhase",
    );
  });

  it("fault 13: the largest batch and the longest run are played with no integer cut", async () => {
    const last = 32_767;
    const deposit = 50_000n * SNM;
    await market.deposits.write.deposit([deposit], by(market.miner));
    const job = await market.post({
      units: last + 1,
      batchSize: last + 1,
      exponent: 16,
      deposit,
      programRoot: padHex(toHex(2n ** 47n)),
      window: 7 * 86_400,
      opening: 86_400,
      allowance: 7 * 86_400,
      grace: 86_400,
      inputsRoot: inputsOf(last + 1).root,
    });
    const work = market.workOf(job, { lies: new Map([[last, 2 ** 46 + 12_345]]) });
    await market.claim(work);
    const board = await openTree(market, work);
    assert.equal(board.level, 5);
    const truth = market.runOf(job, last);
    await descend(market, board, last, truth);
    assert.equal((await stateOf(board)).position, last);
    await playToLast(market, board, work.runs[last] as Run, truth);
    assert.equal(board.offset, Math.floor((2 ** 46 + 12_344) / 8) * 8);
    await prove(market, board, truth);
    assert.equal(await statusOf(work), CLAIM_STATUS.Convicted);
  });

  it("fault 13: no terms are accepted that later calls could not bear", async () => {
    const { board } = market;
    const most = 2 ** 32 - 1;
    await refuses(market.post({ window: most }), board, "TermsWindow");
    await refuses(market.post({ opening: most }), board, "TermsOpening");
    await refuses(market.post({ allowance: most }), board, "TermsAllowance");
    await refuses(market.post({ grace: most }), board, "TermsGrace");
    await refuses(market.post({ exponent: 255 }), board, "TermsExponent");
    await refuses(market.post({ batchSize: most, deposit: 2n ** 127n }), board, "TermsBatchSize");
    await refuses(market.post({ deadline: 2n ** 64n - 1n }), board, "TermsDeadline");
    // The buyer cannot pay the price of all units, but the price is computed without losing bits.
    const price = 2n ** 127n;
    const dear = market.post({ price, units: most, deposit: 2n ** 128n - 1n, bond: 2n ** 128n - 1n, batchSize: 1 });
    await refuses(dear, board, "TermsBond");
  });

  it("fault 15: a node is not a leaf, a path has its one length, and sides count", async () => {
    const { bisection, verifier } = market;
    const { work, truth } = await lie();
    const salt = await commit(market, work);
    const [job, claim, , result, input, states] = opening(work, salt, 0, truth);
    const call = (changed: Partial<typeof result>, changedInput: Partial<typeof input> = {}) =>
      bisection.write.open(
        [job, claim, salt, { ...result, ...changed }, { ...input, ...changedInput }, states],
        by(verifier),
      );
    // An inner node in place of a result, with the path from that node to the root.
    const above = { resultHash: work.tree.node(1, 0), path: result.path.slice(1) };
    await refuses(call(above), bisection, "BisectionPathLength", [5, 6]);
    await refuses(call({ ...above, path: [...above.path, ZERO] }), bisection, "BisectionNodeMismatch");
    // The leaf itself in place of the result that it is the hash of.
    await refuses(call({ resultHash: work.tree.node(0, 0) }), bisection, "BisectionNodeMismatch");
    // The neighbour's leaf with the same set of siblings: only their order distinguishes the two.
    const [sibling] = result.path;
    assert(sibling);
    await refuses(call({ resultHash: work.ends[1] as Hex }), bisection, "BisectionNodeMismatch");
    // A position beyond the tree that has the same low bits.
    await refuses(call({ position: 64 }), bisection, "BisectionNoSuchUnit", [64, 16]);
    // The same holds for the tree of inputs.
    await refuses(call({}, { path: input.path.slice(1) }), bisection, "BisectionPathLength", [5, 6]);
    await refuses(call({}, { path: [...input.path].reverse() }), bisection, "BisectionNodeMismatch");
    await call({});
  });

  it("fault 15: a root copied from somebody else is worth nothing to whoever copies it", async () => {
    const { rival } = market;
    const job = await market.post();
    const original = market.workOf(job);
    const copy = market.workOf(job, { by: rival });
    copy.claim.root = original.claim.root;
    copy.id = claimIdOf(copy.claim);
    await market.claim(copy);
    const board = await openTree(market, copy);
    // The results are right, but leaves contain the miner's address, here the copier's: no children that it can show hash to its root.
    const reveal = (children: Hex[]) => market.bisection.write.reveal([board.game, children], by(rival));
    await refuses(reveal(childrenOf(copy, 2, 0)), market.bisection, "BisectionNodeMismatch");
    await reveal(childrenOf(original, 2, 0));
    const leaves = original.ends.slice(0, 8);
    await market.bisection.write.pick([board.game, childrenOf(original, 2, 0), 0], by(market.verifier));
    await refuses(reveal(leaves), market.bisection, "BisectionNodeMismatch");
  });
});
