import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { encodeAbiParameters, encodeFunctionData, keccak256, padHex, parseEventLogs, toHex } from "viem";
import type { Market, Wallet, Work } from "../../support/market/fixture.ts";
import { open, split } from "../../support/market/games.ts";
import { refuses } from "../../support/market/refusals.ts";
import { corruptRun } from "../../support/market/runs.ts";
import { eachOnMarket } from "../../support/market/suite.ts";
import { BATCH_STATUS, CLAIM_STATUS, HUB_STATUS, SNM } from "../../support/market/terms.ts";

describe("Results", () => {
  let market: Market;
  eachOnMarket((fresh) => {
    market = fresh;
  });

  async function claimAs(work: Work, by: Wallet = market.miner, expiry?: number, signature?: `0x${string}`) {
    const until = BigInt(expiry ?? (await market.now()) + 3_600);
    const signed = signature ?? (await market.assign(work.claim, until));
    return market.results.write.claim([work.job, work.claim, until, signed], { account: by.account });
  }

  const stateOf = (work: Work) => market.results.read.stateOf([work.id]);
  const lockedOf = (who: Wallet) => market.deposits.read.lockedOf([who.account.address]);
  const freeOf = (who: Wallet) => market.deposits.read.freeOf([who.account.address]);

  describe("claim", () => {
    it("locks the deposit, takes the batch and publishes all of the claim", async () => {
      const { results, board, logsOf, miner, now } = market;
      const job = await market.post();
      const work = market.workOf(job, { batch: 1 });
      const [log] = parseEventLogs({
        abi: results.abi,
        logs: await logsOf(await claimAs(work)),
        eventName: "ClaimPosted",
      });
      const { id, miner: by, ...rest } = log?.args ?? {};
      assert.equal(id, work.id);
      assert.equal(by?.toLowerCase(), miner.account.address);
      const { miner: _, ...expected } = work.claim;
      assert.deepEqual(rest, expected);
      assert.deepEqual(await stateOf(work), {
        status: CLAIM_STATUS.Live,
        games: 0,
        claimedAt: await now(),
        endedAt: 0,
        winner: 0n,
      });
      assert.equal(await lockedOf(miner), job.deposit);
      assert.deepEqual(await board.read.batchOf([work.claim.job, 1]), [BATCH_STATUS.Taken, 0]);
    });

    it("is the miner's alone", async () => {
      const { results, miner, rival } = market;
      const work = market.workOf(await market.post());
      await refuses(claimAs(work, rival), results, "ResultsNotMiner", [rival.account.address, miner.account.address]);
    });

    it("needs an assignment that still holds, this very second included", async () => {
      const { results, now, nextAt } = market;
      const work = market.workOf(await market.post());
      const expiry = (await now()) + 100;
      await nextAt(expiry + 1);
      await refuses(claimAs(work, market.miner, expiry), results, "ResultsAssignmentExpired", [expiry]);
      await nextAt(expiry + 50);
      await claimAs(work, market.miner, expiry + 50);
      assert.equal((await stateOf(work)).claimedAt, expiry + 50);
    });

    it("needs the hub's signature over exactly these terms, and for this hub's wallet", async () => {
      const { results, hub, assign, now, stranger, miner, rival } = market;
      const work = market.workOf(await market.post());
      const expiry = (await now()) + 100;
      const until = BigInt(expiry);
      const { claim } = work;
      const bad = [
        await assign(claim, until, stranger),
        await assign(claim, until + 1n),
        await assign({ ...claim, batch: 1 }, until),
        await assign({ ...claim, attempt: 1 }, until),
        await assign({ ...claim, miner: rival.account.address }, until),
        await assign({ ...claim, pay: claim.pay + 1n }, until),
        await assign({ ...claim, job: keccak256("0x") }, until),
        await assign(claim, until, market.owner, stranger.account.address),
        "0x" as const,
      ];
      for (const signature of bad)
        await refuses(claimAs(work, miner, expiry, signature), results, "ResultsBadAssignmentSignature", [hub.address]);
    });

    it("does not care for the root, which the hub has not signed", async () => {
      const { results, logsOf } = market;
      const work = market.workOf(await market.post());
      work.claim.root = padHex("0x");
      const [log] = parseEventLogs({
        abi: results.abi,
        logs: await logsOf(await claimAs(work)),
        eventName: "ClaimPosted",
      });
      assert.equal(log?.args.root, padHex("0x"));
      assert.equal((await results.read.stateOf([log?.args.id ?? "0x"])).status, CLAIM_STATUS.Live);
    });

    it("serves once (INV-14)", async () => {
      const { board } = market;
      const work = market.workOf(await market.post());
      await market.claim(work);
      await refuses(market.claim(work), board, "JobBoardBatchNot", [BATCH_STATUS.Open, 0, BATCH_STATUS.Taken]);
      await market.nextAt(await market.settleTime(work));
      await market.settle(work);
      await refuses(market.claim(work), board, "JobBoardBatchNot", [BATCH_STATUS.Open, 0, BATCH_STATUS.Paid]);
    });

    it("pays at most 70 % of the price, rounded down", async () => {
      const { results } = market;
      const price = SNM + 1n;
      const work = market.workOf(await market.post({ price, bond: 20n * SNM }));
      const most = (price * 7n) / 10n;
      work.claim.pay = most + 1n;
      await refuses(claimAs(work), results, "ResultsPayTooHigh", [most + 1n, most]);
      work.claim.pay = most;
      await claimAs(work);
      assert.equal(await lockedOf(market.miner), work.job.deposit);
    });

    it("needs the deposit", async () => {
      const { deposits, miner } = market;
      const job = await market.post({ deposit: 10_000n * SNM + 1n });
      await refuses(claimAs(market.workOf(job)), deposits, "DepositsInsufficientFree", [
        miner.account.address,
        10_000n * SNM,
        job.deposit,
      ]);
    });

    it("needs the job's true terms, and a posted job", async () => {
      const { results, board } = market;
      const job = await market.post();
      const work = market.workOf(job);
      const cheap = { ...job, deposit: 1n };
      const wrong = { ...work, job: cheap };
      await refuses(claimAs(wrong), results, "ResultsWrongJob");
      const other = market.workOf(cheap);
      await refuses(claimAs(other), board, "JobBoardUnknownJob", [other.claim.job]);
    });

    it("comes before the job's deadline", async () => {
      const { board, nextAt } = market;
      const job = await market.post();
      await nextAt(job.deadline);
      await refuses(claimAs(market.workOf(job), market.miner, Number(job.deadline)), board, "JobBoardDeadlineOver");
    });

    it("can be posted for a suspected hub: who has computed is paid", async () => {
      const work = market.workOf(await market.post());
      await market.hub.write.setStatus([HUB_STATUS.Suspected]);
      await claimAs(work);
      assert.equal((await stateOf(work)).status, CLAIM_STATUS.Live);
      await market.nextAt(await market.settleTime(work));
      await market.settle(work);
      assert.equal((await stateOf(work)).status, CLAIM_STATUS.Settled);
    });

    it("tells what a hub signs", async () => {
      const { results, client, hub, miner } = market;
      const hash = (text: string) => keccak256(toHex(text));
      const domain = keccak256(
        encodeAbiParameters(
          ["bytes32", "bytes32", "bytes32", "uint256", "address"].map((type) => ({ type })),
          [
            hash("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
            hash("SONM Results"),
            hash("1"),
            BigInt(await client.getChainId()),
            results.address,
          ],
        ),
      );
      const values = [hub.address, hash("job"), 1, 2, miner.account.address, 3n, 4n] as const;
      const struct = keccak256(
        encodeAbiParameters(
          ["bytes32", "address", "bytes32", "uint32", "uint32", "address", "uint128", "uint64"].map((type) => ({
            type,
          })),
          [
            hash(
              "Assignment(address wallet,bytes32 job,uint32 batch,uint32 attempt,address miner,uint128 pay,uint64 expiry)",
            ),
            ...values,
          ],
        ),
      );
      const digest = keccak256(`0x1901${domain.slice(2)}${struct.slice(2)}`);
      assert.equal(await results.read.assignmentDigest(values), digest);
    });
  });

  describe("settle", () => {
    it("waits for window and opening to be over, to the second", async () => {
      const { results, nextAt, settleTime, miner } = market;
      const work = market.workOf(await market.post());
      await market.claim(work);
      const from = await settleTime(work);
      await nextAt(from - 1);
      await refuses(market.settle(work), results, "ResultsNotYet", [work.id, from]);
      await nextAt(from);
      await market.settle(work);
      assert.deepEqual(
        { ...(await stateOf(work)), claimedAt: 0 },
        { status: CLAIM_STATUS.Settled, games: 0, claimedAt: 0, endedAt: from, winner: 0n },
      );
      assert.equal(await lockedOf(miner), 0n);
      assert.equal(await freeOf(miner), 10_000n * SNM);
    });

    it("happens once", async () => {
      const { results, nextAt, settleTime } = market;
      const work = market.workOf(await market.post());
      const { Live, None, Settled } = CLAIM_STATUS;
      await refuses(market.settle(work), results, "ResultsClaimNot", [Live, work.id, None]);
      await market.claim(work);
      await nextAt(await settleTime(work));
      await market.settle(work);
      await refuses(market.settle(work), results, "ResultsClaimNot", [Live, work.id, Settled]);
    });

    it("waits while a game is open, and no longer", async () => {
      const { results, bisection, nextAt, settleTime } = market;
      const work = market.workOf(await market.post({ allowance: 7_200 }));
      await market.claim(work);
      const truth = market.runOf(work.job, 0);
      const board = await open(market, work, 0, corruptRun(truth, 5));
      await split(market, board, truth);
      await nextAt(await settleTime(work));
      await refuses(market.settle(work), results, "ResultsGamesOpen", [work.id, 1]);
      const { deadline } = await bisection.read.stateOf([board.id]);
      await nextAt(deadline + 1);
      await bisection.write.timeOut([board.game]);
      await market.settle(work);
      assert.equal((await stateOf(work)).status, CLAIM_STATUS.Settled);
    });

    it("checks the terms it is brought", async () => {
      const { results, nextAt, settleTime } = market;
      const work = market.workOf(await market.post());
      await market.claim(work);
      const now = await market.now();
      const hurried = { ...work, job: { ...work.job, window: 0, opening: 0 } };
      await nextAt(now + 10);
      await refuses(market.settle(hurried), results, "ResultsWrongJob");
      const dear = { ...work, claim: { ...work.claim, pay: work.claim.pay + 1n } };
      await nextAt(await settleTime(work));
      await refuses(market.settle(dear), results, "ResultsClaimNot");
    });
  });

  describe("confirm", () => {
    it("settles at once, for the buyer", async () => {
      const { results, buyer, board } = market;
      const work = market.workOf(await market.post());
      await market.claim(work);
      await results.write.confirm([work.job, work.claim], { account: buyer.account });
      assert.equal((await stateOf(work)).status, CLAIM_STATUS.Settled);
      assert.deepEqual(await board.read.batchOf([work.claim.job, 0]), [BATCH_STATUS.Paid, 0]);
    });

    it("is the buyer's alone", async () => {
      const { results, miner, buyer } = market;
      const work = market.workOf(await market.post());
      await market.claim(work);
      await refuses(
        results.write.confirm([work.job, work.claim], { account: miner.account }),
        results,
        "ResultsNotBuyer",
        [miner.account.address, buyer.account.address],
      );
      const bought = { ...work.job, buyer: miner.account.address };
      await refuses(
        results.write.confirm([bought, work.claim], { account: miner.account }),
        results,
        "ResultsWrongJob",
      );
    });

    it("cannot cut a game short", async () => {
      const { results, buyer } = market;
      const work = market.workOf(await market.post());
      await market.claim(work);
      await open(market, work, 0, corruptRun(market.runOf(work.job, 0), 5));
      await refuses(
        results.write.confirm([work.job, work.claim], { account: buyer.account }),
        results,
        "ResultsGamesOpen",
        [work.id, 1],
      );
    });

    it("happens once", async () => {
      const { results, buyer } = market;
      const work = market.workOf(await market.post());
      const confirm = () => results.write.confirm([work.job, work.claim], { account: buyer.account });
      await refuses(confirm(), results, "ResultsClaimNot", [CLAIM_STATUS.Live, work.id, CLAIM_STATUS.None]);
      await market.claim(work);
      await confirm();
      await refuses(confirm(), results, "ResultsClaimNot", [CLAIM_STATUS.Live, work.id, CLAIM_STATUS.Settled]);
    });
  });

  it("does several things in one call", async () => {
    const { results, buyer } = market;
    const job = await market.post();
    const works = [0, 1, 2].map((batch) => market.workOf(job, { batch }));
    for (const work of works) await market.claim(work);
    const calls = works.map((work) =>
      encodeFunctionData({ abi: results.abi, functionName: "confirm", args: [work.job, work.claim] }),
    );
    await results.write.multicall([calls], { account: buyer.account });
    for (const work of works) assert.equal((await stateOf(work)).status, CLAIM_STATUS.Settled);
  });
});
