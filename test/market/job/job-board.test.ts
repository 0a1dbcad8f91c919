import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { encodeAbiParameters, keccak256, padHex, parseEventLogs, toHex } from "viem";
import type { Market } from "../../support/market/fixture.ts";
import { refuses } from "../../support/market/refusals.ts";
import { eachOnMarket } from "../../support/market/suite.ts";
import { BATCH_STATUS, HUB_STATUS, type Job, jobIdOf, SNM } from "../../support/market/terms.ts";

const DAY = 86_400;

describe("JobBoard", () => {
  let market: Market;
  eachOnMarket((fresh) => {
    market = fresh;
  });

  async function as(address: `0x${string}`) {
    await market.networkHelpers.impersonateAccount(address);
    await market.networkHelpers.setBalance(address, 10n ** 18n);
    return { account: address };
  }

  async function postAs(job: Job, by = market.buyer, expiry?: bigint, signature?: `0x${string}`) {
    const until = expiry ?? BigInt((await market.now()) + 3_600);
    const signed = signature ?? (await market.quote(jobIdOf(job), until));
    return market.board.write.post([job, until, signed], { account: by.account });
  }

  describe("post", () => {
    it("escrows the price of all units and publishes the job", async () => {
      const { board, snm, buyer, hub, logsOf } = market;
      const before = await snm.read.balanceOf([buyer.account.address]);
      const job = await market.termsOf();
      const logs = parseEventLogs({ abi: board.abi, logs: await logsOf(await postAs(job)), eventName: "JobPosted" });
      assert.equal(logs[0]?.args.id, jobIdOf(job));
      assert.equal(jobIdOf(logs[0]?.args.job as Job), jobIdOf(job));
      assert.equal(logs[0]?.args.hub.toLowerCase(), hub.address.toLowerCase());
      assert.equal(await snm.read.balanceOf([buyer.account.address]), before - 40n * SNM);
      assert.equal(await snm.read.balanceOf([board.address]), 40n * SNM);
      assert.equal(await board.read.isPosted([jobIdOf(job)]), true);
      assert.deepEqual(await board.read.batchOf([jobIdOf(job), 2]), [BATCH_STATUS.Open, 0]);
    });

    it("works once for a job (INV-14)", async () => {
      const job = await market.post();
      await refuses(postAs(job), market.board, "JobBoardAlreadyPosted", [jobIdOf(job)]);
    });

    it("is the buyer's alone: nobody spends another's approval", async () => {
      const { board, stranger, buyer } = market;
      const job = await market.termsOf();
      await refuses(postAs(job, stranger), board, "JobBoardNotBuyer", [
        stranger.account.address,
        buyer.account.address,
      ]);
    });

    it("needs a quote that still holds, this very second included", async () => {
      const { board, now, nextAt } = market;
      const job = await market.termsOf();
      const expiry = BigInt((await now()) + 100);
      await nextAt(expiry + 1n);
      await refuses(postAs(job, market.buyer, expiry), board, "JobBoardQuoteExpired", [expiry]);
      const later = expiry + 100n;
      await nextAt(later);
      await postAs(job, market.buyer, later);
    });

    it("needs the hub's own signature over this job and this expiry", async () => {
      const { board, hub, quote, stranger, buyer, now } = market;
      const job = await market.termsOf();
      const expiry = BigInt((await now()) + 100);
      const bad = [
        await quote(jobIdOf(job), expiry, stranger),
        await quote(jobIdOf(job), expiry + 1n),
        await quote(jobIdOf({ ...job, price: 2n * SNM }), expiry),
        "0x" as const,
        padHex("0x01", { size: 65 }),
      ];
      for (const signature of bad)
        await refuses(postAs(job, buyer, expiry, signature), board, "JobBoardBadQuoteSignature", [hub.address]);
    });

    it("needs a wallet of the registry, and one that is Registered", async () => {
      const { board, hub, owner } = market;
      const job = await market.termsOf({ hub: owner.account.address });
      await refuses(postAs(job), board, "JobBoardUnknownHub", [owner.account.address]);
      for (const status of [HUB_STATUS.Created, HUB_STATUS.Idle, HUB_STATUS.Suspected, HUB_STATUS.Punished]) {
        await hub.write.setStatus([status]);
        await refuses(market.post(), board, "JobBoardHubNotRegistered", [hub.address, status]);
      }
    });

    it("needs the buyer's SNM", async () => {
      const { snm, board, buyer } = market;
      await snm.write.approve([board.address, 40n * SNM - 1n], { account: buyer.account });
      await refuses(market.post(), snm, "ERC20InsufficientAllowance");
      await snm.write.approve([board.address, 40n * SNM], { account: buyer.account });
      await market.post();
    });

    it("tells what a hub signs", async () => {
      const { board, client } = market;
      const hash = (text: string) => keccak256(toHex(text));
      const domain = keccak256(
        encodeAbiParameters(
          ["bytes32", "bytes32", "bytes32", "uint256", "address"].map((type) => ({ type })),
          [
            hash("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
            hash("SONM JobBoard"),
            hash("1"),
            BigInt(await client.getChainId()),
            board.address,
          ],
        ),
      );
      const job = keccak256("0x01");
      const struct = keccak256(
        encodeAbiParameters(
          ["bytes32", "bytes32", "uint64"].map((type) => ({ type })),
          [hash("Quote(bytes32 job,uint64 expiry)"), job, 5n],
        ),
      );
      const digest = keccak256(`0x1901${domain.slice(2)}${struct.slice(2)}`);
      assert.equal(await board.read.quoteDigest([job, 5n]), digest);
    });
  });

  describe("refund", () => {
    const refund = (job: Job, batches: number[]) =>
      market.board.write.refund([job, batches], { account: market.stranger.account });

    it("pays the buyer for open batches from the deadline on, at that very second, whoever calls", async () => {
      const { board, snm, buyer, nextAt } = market;
      const job = await market.post();
      const before = await snm.read.balanceOf([buyer.account.address]);
      await nextAt(job.deadline - 1n);
      await refuses(refund(job, [0]), board, "JobBoardNotRefundable", [jobIdOf(job), job.deadline]);
      await nextAt(job.deadline);
      await refund(job, [0, 2]);
      // Batch 2 holds the last 8 of the 40 units.
      assert.equal(await snm.read.balanceOf([buyer.account.address]), before + 24n * SNM);
      assert.deepEqual(await board.read.batchOf([jobIdOf(job), 0]), [BATCH_STATUS.Refunded, 0]);
      assert.deepEqual(await board.read.batchOf([jobIdOf(job), 1]), [BATCH_STATUS.Open, 0]);
    });

    it("pays a batch once", async () => {
      const { board, nextAt } = market;
      const job = await market.post();
      await nextAt(job.deadline);
      const again = [BATCH_STATUS.Open, 1, BATCH_STATUS.Refunded];
      await refuses(refund(job, [1, 1]), board, "JobBoardBatchNot", again);
      await refund(job, [1]);
      await refuses(refund(job, [0, 1]), board, "JobBoardBatchNot", again);
    });

    it("knows only batches of posted jobs", async () => {
      const { board, nextAt } = market;
      const job = await market.post();
      await nextAt(job.deadline);
      await refuses(refund(job, [3]), board, "JobBoardNoSuchBatch", [3, 3]);
      const changed = { ...job, price: 1_000n * SNM };
      await refuses(refund(changed, [0]), board, "JobBoardUnknownJob", [jobIdOf(changed)]);
    });

    it("leaves what is taken", async () => {
      const { board, nextAt } = market;
      const job = await market.post();
      await market.claim(market.workOf(job));
      await nextAt(job.deadline);
      await refuses(refund(job, [0]), board, "JobBoardBatchNot", [BATCH_STATUS.Open, 0, BATCH_STATUS.Taken]);
      await refund(job, [1, 2]);
    });

    it("pays a day after the hub has been suspected, at that very second", async () => {
      const { board, hub, nextAt } = market;
      const job = await market.post();
      await hub.write.setStatus([HUB_STATUS.Suspected]);
      const suspectedAt = await hub.read.suspectedAt();
      await nextAt(suspectedAt + BigInt(DAY) - 1n);
      await refuses(refund(job, [0]), board, "JobBoardNotRefundable");
      await nextAt(suspectedAt + BigInt(DAY));
      await refund(job, [0]);
    });

    it("waits for the deadline again once the hub is rehabilitated", async () => {
      const { board, hub, nextAt } = market;
      const job = await market.post();
      await hub.write.setStatus([HUB_STATUS.Suspected]);
      const suspectedAt = await hub.read.suspectedAt();
      await hub.write.setStatus([HUB_STATUS.Idle]);
      await nextAt(suspectedAt + BigInt(2 * DAY));
      await refuses(refund(job, [0]), board, "JobBoardNotRefundable");
    });

    it("pays at once when the hub is punished", async () => {
      const job = await market.post();
      await market.hub.write.setStatus([HUB_STATUS.Punished]);
      await refund(job, [0, 1, 2]);
      assert.equal(await market.snm.read.balanceOf([market.board.address]), 0n);
    });
  });

  describe("a batch", () => {
    it("is taken, reopened and paid by Results only", async () => {
      const { board, miner, bisection, government } = market;
      const job = await market.post();
      for (const by of [miner.account.address, government.account.address, bisection.address]) {
        const caller = await as(by);
        await refuses(board.write.take([jobIdOf(job), 0, 0], caller), board, "JobBoardNotResults", [by]);
        await refuses(board.write.reopen([jobIdOf(job), 0], caller), board, "JobBoardNotResults", [by]);
        await refuses(board.write.pay([job, 0, by, 1n], caller), board, "JobBoardNotResults", [by]);
      }
    });

    it("goes through its states as the table in PROTOCOL.md says, and no other way", async () => {
      const { board, results, miner } = market;
      const job = await market.post();
      const id = jobIdOf(job);
      const caller = await as(results.address);
      const { Open, Taken, Paid } = BATCH_STATUS;
      const payee = miner.account.address;
      const take = (attempt: number) => board.write.take([id, 0, attempt], caller);
      const reopen = () => board.write.reopen([id, 0], caller);
      const pay = () => board.write.pay([job, 0, payee, 1n], caller);

      await refuses(reopen(), board, "JobBoardBatchNot", [Taken, 0, Open]);
      await refuses(pay(), board, "JobBoardBatchNot", [Taken, 0, Open]);
      await refuses(take(1), board, "JobBoardWrongAttempt", [1, 0]);
      await take(0);
      await refuses(take(0), board, "JobBoardBatchNot", [Open, 0, Taken]);
      await reopen();
      assert.deepEqual(await board.read.batchOf([id, 0]), [Open, 1]);
      await refuses(take(0), board, "JobBoardWrongAttempt", [0, 1]);
      await take(1);
      await pay();
      assert.deepEqual(await board.read.batchOf([id, 0]), [Paid, 1]);
      for (const call of [() => take(1), reopen, pay]) await refuses(call(), board, "JobBoardBatchNot");
    });

    it("is as it was, whatever becomes of its neighbours", async () => {
      const { board, results } = market;
      const { Open, Taken, Paid } = BATCH_STATUS;
      const job = await market.post({ units: 24, batchSize: 1 });
      const id = jobIdOf(job);
      const caller = await as(results.address);
      const expected: [number, number][] = Array.from({ length: 24 }, () => [Open, 0]);
      const check = async () => {
        const seen = await Promise.all(expected.map((_, number) => board.read.batchOf([id, number])));
        assert.deepEqual(seen, expected);
        assert.ok(await board.read.isPosted([id]));
      };
      // Batches on both sides of the edges of storage slots.
      for (const number of [0, 4, 5, 12, 13, 23]) {
        await board.write.take([id, number, 0], caller);
        expected[number] = [Taken, 0];
        await check();
        await board.write.reopen([id, number], caller);
        expected[number] = [Open, 1];
        await check();
      }
      for (const number of [4, 13]) {
        await board.write.take([id, number, 1], caller);
        await board.write.pay([job, number, market.miner.account.address, 1n], caller);
        expected[number] = [Paid, 1];
      }
      await check();
      await refuses(board.write.take([id, 24, 0], caller), board, "JobBoardNoSuchBatch", [24, 24]);
    });

    it("can be taken until the last second before the deadline", async () => {
      const { board, results, nextAt } = market;
      const caller = await as(results.address);
      // The second time the deadline has more than 32 bits.
      for (const from of [(await market.now()) + 1, 2 ** 32]) {
        await market.networkHelpers.time.increaseTo(from);
        const job = await market.post();
        await nextAt(job.deadline - 1n);
        await board.write.take([jobIdOf(job), 0, 0], caller);
        await nextAt(job.deadline);
        await refuses(board.write.take([jobIdOf(job), 1, 0], caller), board, "JobBoardDeadlineOver", [job.deadline]);
      }
    });

    it("exists only within a posted job", async () => {
      const { board, results } = market;
      const job = await market.post();
      const caller = await as(results.address);
      await refuses(board.write.take([jobIdOf(job), 3, 0], caller), board, "JobBoardNoSuchBatch", [3, 3]);
      const other = keccak256("0x00");
      await refuses(board.write.take([other, 0, 0], caller), board, "JobBoardUnknownJob", [other]);
    });
  });

  describe("money of a settlement", () => {
    it("enters a Registered wallet whole, which is told what the miner has earned", async () => {
      const { board, snm, hub, miner, results } = market;
      const job = await market.post();
      const caller = await as(results.address);
      await board.write.take([jobIdOf(job), 2, 0], caller);
      await board.write.pay([job, 2, miner.account.address, SNM / 4n], caller);
      assert.equal(await snm.read.balanceOf([hub.address]), 8n * SNM);
      const [settled] = await hub.getEvents.Settled();
      assert.deepEqual([settled?.args.amount, settled?.args.pay], [8n * SNM, 2n * SNM]);
      assert.equal(settled?.args.from?.toLowerCase(), board.address.toLowerCase());
      assert.equal(settled?.args.miner?.toLowerCase(), miner.account.address.toLowerCase());
      assert.deepEqual(await board.read.waiting([hub.address]), { remainder: 0n, prices: 0n });
    });

    for (const status of ["Idle", "Suspected", "Punished"] as const) {
      it(`goes to the miner directly when the wallet is ${status}, and the remainder waits`, async () => {
        const { board, snm, hub, miner } = market;
        const job = await market.post();
        const work = market.workOf(job);
        await market.claim(work);
        await hub.write.setStatus([HUB_STATUS[status]]);
        const before = await snm.read.balanceOf([miner.account.address]);
        await market.nextAt(await market.settleTime(work));
        await market.settle(work);
        assert.equal(await snm.read.balanceOf([miner.account.address]), before + 8n * SNM);
        assert.equal(await snm.read.balanceOf([hub.address]), 0n);
        assert.deepEqual(await board.read.waiting([hub.address]), { remainder: 8n * SNM, prices: 16n * SNM });
        assert.deepEqual(await hub.getEvents.Settled({}, { fromBlock: 0n }), []);
      });
    }

    it("that waits is collected by anyone once the wallet is Registered again or Punished, and once", async () => {
      const { board, snm, hub, stranger, networkHelpers } = market;
      const by = { account: stranger.account };
      const job = await market.post();
      const work = market.workOf(job);
      await market.claim(work);
      await refuses(board.write.collect([hub.address], by), board, "JobBoardNothingWaiting", [hub.address]);
      await hub.write.setStatus([HUB_STATUS.Idle]);
      await market.nextAt(await market.settleTime(work));
      await market.settle(work);
      for (const status of [HUB_STATUS.Idle, HUB_STATUS.Suspected]) {
        await hub.write.setStatus([status]);
        await refuses(board.write.collect([hub.address], by), board, "JobBoardHubNotRegistered", [hub.address, status]);
      }
      const waiting = await networkHelpers.takeSnapshot();
      for (const status of [HUB_STATUS.Registered, HUB_STATUS.Punished]) {
        await hub.write.setStatus([status]);
        await board.write.collect([hub.address], by);
        assert.equal(await snm.read.balanceOf([hub.address]), 8n * SNM);
        // A Registered wallet learns the amounts from which it computes its lock. A Punished wallet locks nothing any more.
        const told = (await hub.getEvents.SettledEarlier()).map(({ args: { prices, remainder } }) => [
          prices,
          remainder,
        ]);
        assert.deepEqual(told, status === HUB_STATUS.Registered ? [[16n * SNM, 8n * SNM]] : []);
        assert.deepEqual(await board.read.waiting([hub.address]), { remainder: 0n, prices: 0n });
        await refuses(board.write.collect([hub.address], by), board, "JobBoardNothingWaiting", [hub.address]);
        await waiting.restore();
      }
    });
  });
});
