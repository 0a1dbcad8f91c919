// Gas of every function of the market, compared with the committed snapshot (SONM_UPDATE_SNAPSHOTS=1 writes a new one). Every transaction has
// a fixed time, because hashes depend on it and their zero bytes change the cost of calldata. The machine is a double here: machine-gas.json
// has the additional cost of proving, and the benchmark has whole convictions by the real machine.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import { type Hex, padHex, parseSignature, toHex } from "viem";
import { createMarket, type Market, type Work } from "../support/market/fixture.ts";
import {
  type Board,
  childrenOf,
  eight,
  inputOf,
  opening,
  proving,
  rejected,
  splitting,
} from "../support/market/games.ts";
import { corruptRun, type Run } from "../support/market/runs.ts";
import { BATCH_STATUS, commitmentHash, HUB_STATUS, type Job, jobIdOf, PERMIT, SNM } from "../support/market/terms.ts";

const SNAPSHOT = new URL("../snapshots/market-gas.json", import.meta.url);
/** Later than the clock of any computer that runs this test. */
const START = Date.UTC(2030, 0, 1) / 1000;
/** Design targets. */
const AT_MOST: Record<string, number> = { "Bisection.split": 60_000 };

describe("gas of the market", () => {
  const gas: Record<string, number> = {};
  let market: Market;
  let time = START;

  /** The transaction is sent a second after the last one. */
  async function next(after = 1) {
    time += after;
    await market.nextAt(time);
  }

  async function measure(name: string, call: Promise<Hex>) {
    const { gasUsed } = await market.client.getTransactionReceipt({ hash: await call });
    gas[name] = Math.max(gas[name] ?? 0, Number(gasUsed));
  }

  const by = (who: Market["miner"]) => ({ account: who.account });

  async function post(changes: Partial<Job> = {}): Promise<Job> {
    const job = await market.termsOf({ deadline: BigInt(START + 90 * 86_400), ...changes });
    const expiry = BigInt(time + 3_600);
    const signature = await market.quote(jobIdOf(job), expiry);
    await next();
    await measure("JobBoard.post", market.board.write.post([job, expiry, signature], by(market.buyer)));
    return job;
  }

  async function claim(work: Work) {
    const expiry = BigInt(time + 3_600);
    const signature = await market.assign(work.claim, expiry);
    await next();
    await measure(
      "Results.claim",
      market.results.write.claim([work.job, work.claim, expiry, signature], by(market.miner)),
    );
    return work;
  }

  async function commit(work: Work, salt: Hex) {
    const hash = commitmentHash(market.verifier.account.address, work.id, salt);
    await next();
    await measure("Bisection.commit", market.bisection.write.commit([hash], by(market.verifier)));
    return hash;
  }

  const lieIn = (work: Work, position: number) => work.runs[position] as Run;

  /** What the last transaction has posted, as the players see it. */
  async function boardOf(work: Work, position: number, before?: Board): Promise<Board> {
    const [opened] = await market.bisection.getEvents.GameOpened();
    const [posted] = await market.bisection.getEvents.StatesPosted();
    const game = opened?.args.game ?? before?.game;
    assert(game);
    const stored = (
      posted?.args.states ? [posted.args.start, ...posted.args.states] : Array(9).fill("0x")
    ) as Board["stored"];
    const id = opened?.args.id ?? before?.id ?? "0x";
    const { level } = await market.bisection.read.stateOf([id]);
    const span = 8 ** (work.job.exponent - level);
    return { id, work, challenger: market.verifier, game, stored, offset: 0, span, level, position };
  }

  async function play(board: Board, run: Run, who: Market["miner"]): Promise<Board> {
    const segment = rejected(board, run);
    await next();
    await measure("Bisection.split", market.bisection.write.split(splitting(board, run), by(who)));
    const after = await boardOf(board.work, board.position, board);
    return { ...after, offset: board.offset + (segment - 1) * board.span };
  }

  before(async () => {
    market = await createMarket();
    await stakes();
    await games();
    await payments();
  });

  async function stakes() {
    const { deposits, snm, miner, rival, stranger, government, client } = market;
    const call = deposits.write;
    await next();
    await measure("Deposits.deposit", call.deposit([SNM], by(miner)));
    await next();
    await measure("Deposits.depositFor", call.depositFor([rival.account.address, SNM], by(miner)));
    const message = {
      owner: stranger.account.address,
      spender: deposits.address,
      value: SNM,
      nonce: 0n,
      deadline: 2n ** 64n,
    };
    const domain = { name: "SONM", version: "1", chainId: await client.getChainId(), verifyingContract: snm.address };
    const signature = await stranger.signTypedData({
      domain,
      types: { Permit: PERMIT },
      primaryType: "Permit",
      message,
    });
    const { v, r, s } = parseSignature(signature);
    await next();
    await measure(
      "Deposits.depositWithPermit",
      call.depositWithPermit([SNM, message.deadline, Number(v), r, s], by(stranger)),
    );
    await next();
    await measure("Deposits.requestWithdrawal", call.requestWithdrawal([SNM], by(miner)));
    await next(86_400);
    await measure("Deposits.withdraw", call.withdraw(by(miner)));
    await next();
    await measure("Deposits.addKeeper", call.addKeeper([stranger.account.address], by(government)));
  }

  async function games() {
    const { bisection, miner, verifier, stranger } = market;
    const job = await post({ units: 70, batchSize: 70, exponent: 4, window: 7 * 86_400, allowance: 7_200 });
    const cheated = await claim(market.workOf(job, { lies: new Map([[65, 17]]) }));
    const truth = market.runOf(job, 65);
    const salts = [1, 2, 3, 4].map((number) => padHex(toHex(number)));
    for (const salt of salts) await commit(cheated, salt);

    await next();
    const leaf = opening(cheated, salts[0] as Hex, 65, truth);
    await measure("Bisection.open", bisection.write.open(leaf, by(verifier)));
    let board = await boardOf(cheated, 65);
    await next();
    await measure("Bisection.openTree", bisection.write.openTree([job, cheated.claim, salts[1] as Hex], by(verifier)));
    const tree = await boardOf(cheated, 65);
    const picks: [number, number][] = [
      [0, 1],
      [1, 0],
      [8, 1],
    ];
    for (const [index, [node, child]] of picks.entries()) {
      const level = 3 - index;
      const children = childrenOf(cheated, level, node);
      await next();
      await measure("Bisection.reveal", bisection.write.reveal([tree.game, children], by(miner)));
      await next();
      if (level > 1) await measure("Bisection.pick", bisection.write.pick([tree.game, children, child], by(verifier)));
      else {
        const args = [tree.game, job, children, child, inputOf(cheated, 65), eight(truth, 0, 512)] as const;
        await measure("Bisection.pickLeaf", bisection.write.pickLeaf(args, by(verifier)));
      }
    }
    while (board.level < 4) {
      const mine = board.level % 2 === 1;
      board = await play(board, mine ? lieIn(cheated, 65) : truth, mine ? miner : verifier);
    }
    await next();
    await measure("Bisection.prove", bisection.write.prove(proving(board, truth), by(verifier)));
    await next();
    await measure("Bisection.leave", bisection.write.leave([tree.game], by(verifier)));
    await next();
    await measure("Bisection.retract", bisection.write.retract([job, cheated.claim, salts[2] as Hex], by(verifier)));
    await next();
    await measure("Bisection.setOperator", bisection.write.setOperator([stranger.account.address], by(verifier)));
    await next(job.opening);
    await measure("Bisection.award", bisection.write.award([job, cheated.claim, board.game], by(stranger)));

    // A miner and a challenger who fall silent.
    const honest = await claim(market.workOf(job, { attempt: 1 }));
    const [late, silent] = [padHex("0x05"), padHex("0x06")];
    for (const salt of [late, silent]) await commit(honest, salt);
    await next();
    const liar = corruptRun(market.runOf(job, 0), 9);
    await bisection.write.open(opening(honest, late, 0, liar), by(verifier));
    const answered = await boardOf(honest, 0);
    await next();
    await bisection.write.openTree([job, honest.claim, silent], by(verifier));
    const unanswered = await boardOf(honest, 0);
    await play(answered, market.runOf(job, 0), miner);
    await next(job.allowance + 1);
    await measure("Bisection.timeOut, challenger", bisection.write.timeOut([answered.game], by(stranger)));
    await next();
    await measure("Bisection.timeOut, miner", bisection.write.timeOut([unanswered.game], by(stranger)));
    await next(2 * 86_400);
    const forgotten = commitmentHash(verifier.account.address, cheated.id, salts[3] as Hex);
    await measure("Bisection.forfeit", bisection.write.forfeit([verifier.account.address, forgotten], by(stranger)));
  }

  async function payments() {
    const { results, board, hub, buyer, stranger } = market;
    const job = await post();
    const works = [0, 1].map((batch) => market.workOf(job, { batch }));
    for (const work of works) await claim(work);
    const [first, second] = works as [Work, Work];
    await next();
    await measure("Results.confirm", results.write.confirm([job, first.claim], by(buyer)));
    await next(job.window + job.opening + 1);
    await measure("Results.settle", results.write.settle([job, second.claim], by(stranger)));
    await next(90 * 86_400);
    await measure("JobBoard.refund", board.write.refund([job, [2]], by(stranger)));
    assert.equal((await board.read.batchOf([jobIdOf(job), 2]))[0], BATCH_STATUS.Refunded);

    const other = await post({ deadline: BigInt(time + 86_400) });
    const waiting = await claim(market.workOf(other));
    await next();
    await hub.write.setStatus([HUB_STATUS.Idle]);
    await next(other.window + other.opening + 1);
    await measure("Results.settle, hub not registered", results.write.settle([other, waiting.claim], by(stranger)));
    await next();
    await hub.write.setStatus([HUB_STATUS.Registered]);
    await next();
    await measure("JobBoard.collect", board.write.collect([hub.address], by(stranger)));
  }

  it("is what was committed", () => {
    const sorted = Object.fromEntries(Object.entries(gas).sort(([a], [b]) => a.localeCompare(b, "en")));
    if (process.env.SONM_UPDATE_SNAPSHOTS === "1") writeFileSync(SNAPSHOT, `${JSON.stringify(sorted, null, 2)}\n`);
    assert.deepEqual(sorted, JSON.parse(readFileSync(SNAPSHOT, "utf8")));
  });

  it("covers every function that is anybody's to call", () => {
    const closed = {
      Deposits: ["lock", "unlock", "slash"],
      JobBoard: ["take", "reopen", "pay"],
      Results: ["enter", "convict", "acquit", "dismiss", "award", "multicall"],
      Bisection: ["multicall"],
    };
    const measured = new Set(Object.keys(gas).map((name) => name.replace(/,.*/, "")));
    const { deposits, board, results, bisection } = market;
    for (const [name, { abi }] of Object.entries({
      Deposits: deposits,
      JobBoard: board,
      Results: results,
      Bisection: bisection,
    }))
      for (const entry of abi) {
        if (entry.type !== "function" || entry.stateMutability !== "nonpayable") continue;
        const internal = closed[name as keyof typeof closed].includes(entry.name);
        assert(internal || measured.has(`${name}.${entry.name}`), `${name}.${entry.name}`);
      }
  });

  for (const [name, most] of Object.entries(AT_MOST))
    it(`${name} takes at most ${most}`, () => {
      assert((gas[name] ?? Number.POSITIVE_INFINITY) <= most, `${gas[name]}`);
    });

  it("of a claim and its settlement is at most 250,000 together", () => {
    const together = (gas["Results.claim"] ?? 0) + (gas["Results.settle"] ?? 0);
    assert(together > 0 && together <= 250_000, `${together}`);
  });
});
