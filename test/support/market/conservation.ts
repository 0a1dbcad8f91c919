// INV-1, INV-2 and INV-12 as assertions about a market in any state. Accounts and jobs are found in its events.
import assert from "node:assert/strict";
import type { Address } from "viem";
import type { Market } from "./fixture.ts";
import { BATCH_STATUS, jobIdOf } from "./terms.ts";

/** SNM is conserved, and both contracts that hold SNM hold exactly what they owe. */
export async function assertConserved(market: Market): Promise<void> {
  await assertSupply(market);
  await assertDeposits(market);
  await assertEscrow(market);
}

/** INV-1: the balances of all accounts that ever received SNM sum to the supply. */
async function assertSupply({ snm }: Market): Promise<void> {
  const holders = new Set<Address>();
  for (const log of await snm.getEvents.Transfer({}, { fromBlock: 0n })) if (log.args.to) holders.add(log.args.to);
  let sum = 0n;
  for (const holder of holders) sum += await snm.read.balanceOf([holder]);
  assert.equal(sum, await snm.read.totalSupply(), "INV-1");
}

/** INV-2: free, locked and withdrawing stakes. */
async function assertDeposits({ snm, deposits }: Market): Promise<void> {
  const accounts = new Set<Address>();
  for (const log of await deposits.getEvents.Deposited({}, { fromBlock: 0n }))
    if (log.args.account) accounts.add(log.args.account);
  for (const log of await deposits.getEvents.Credited({}, { fromBlock: 0n }))
    if (log.args.account) accounts.add(log.args.account);
  let owed = 0n;
  for (const account of accounts) {
    const [withdrawing] = await deposits.read.withdrawalOf([account]);
    owed += (await deposits.read.freeOf([account])) + (await deposits.read.lockedOf([account])) + withdrawing;
  }
  assert.equal(await snm.read.balanceOf([deposits.address]), owed, "INV-2");
}

/** INV-12: the price of all units that are neither paid nor refunded, and what waits for hubs. */
async function assertEscrow({ snm, board }: Market): Promise<void> {
  const hubs = new Set<Address>();
  let owed = 0n;
  for (const log of await board.getEvents.JobPosted({}, { fromBlock: 0n })) {
    const job = log.args.job;
    assert(job);
    hubs.add(job.hub);
    for (let batch = 0; batch * job.batchSize < job.units; batch++) {
      const [status] = await board.read.batchOf([jobIdOf(job), batch]);
      if (status === BATCH_STATUS.Paid || status === BATCH_STATUS.Refunded) continue;
      owed += job.price * BigInt(Math.min(job.batchSize, job.units - batch * job.batchSize));
    }
  }
  for (const hub of hubs) owed += (await board.read.waiting([hub])).remainder;
  assert.equal(await snm.read.balanceOf([board.address]), owed, "INV-12");
}
