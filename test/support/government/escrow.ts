// A real `JobBoard` for the hubs of the government's tests. The account `jobBoard` is the buyer of every job and acts as `Results`, so
// that the test decides what is settled and when.
import assert from "node:assert/strict";
import { type Address, getAddress, zeroAddress, zeroHash } from "viem";
import { type Job, jobIdOf, TYPES } from "../market/terms.ts";
import type { Person, World } from "./fixture.ts";

/** @param world made with `escrow` */
export async function openEscrow(
  world: Pick<World, "viem" | "client" | "time" | "snm" | "parameters" | "whitelist" | "jobBoard" | "implementation">,
) {
  const { viem, client, time, snm, parameters, whitelist, jobBoard: results } = world;
  const as = { account: results.account };
  const buyer = results.account.address;
  const from = { client: { wallet: results } };
  const referee = await viem.deployContract("RefereeDouble", [], from);
  const args = [snm.address, parameters.address, whitelist.address, buyer] as const;
  const board = await viem.deployContract("JobBoard", args, from);
  assert.equal(getAddress(board.address), getAddress(await world.implementation.read.jobBoard()));
  await snm.write.approve([board.address, 2n ** 256n - 1n], as);
  const domain = {
    ...{ name: "SONM JobBoard", version: "1" },
    ...{ chainId: await client.getChainId(), verifyingContract: board.address },
  };
  let posted = 0n;
  const jobs = new Map<number, Job>();

  /**
   * Posts and claims a job of one unit at that price, which the hub's owner has quoted. The hub must be Registered.
   * @param number the job's number for `settle`; a later job with the same number replaces it
   * @param now unix time of the blocks; the chain's next times if absent
   */
  async function order(number: number, hub: Address, owner: Person, price: bigint, now?: bigint): Promise<void> {
    const at = now ?? BigInt(await time.latest());
    const job: Job = {
      ...{ buyer, hub, referee: referee.address, machine: zeroAddress },
      ...{ image: zeroHash, programRoot: zeroHash, entry: 0n, inputsRoot: zeroHash },
      ...{ units: 1, batchSize: 1, exponent: 2, price, deposit: 2n ** 128n - 1n, bond: 2n ** 128n - 1n },
      ...{ window: 3_600, opening: 600, allowance: 3_600, grace: 600 },
      ...{ deadline: at + 300n * 86_400n, salt: `0x${(++posted).toString(16).padStart(64, "0")}` },
    };
    const id = jobIdOf(job);
    const expiry = 2n ** 64n - 1n;
    const signature = await owner.signTypedData({
      ...{ account: owner.account, domain, types: TYPES, primaryType: "Quote" },
      message: { job: id, expiry },
    });
    if (now !== undefined) await time.setNextBlockTimestamp(now);
    await board.write.post([job, expiry, signature], as);
    if (now !== undefined) await time.setNextBlockTimestamp(now);
    await board.write.take([id, 0, 0], as);
    jobs.set(number, job);
  }

  /** Accepts the work of a job: its price leaves the escrow. */
  function settle(number: number, miner: Address, pay: bigint) {
    const job = jobs.get(number);
    assert(job);
    return board.write.pay([job, 0, miner, pay], as);
  }

  return { board, order, settle };
}
export type Escrow = Awaited<ReturnType<typeof openEscrow>>;
