// What a stranger sees of a hub's reputation: the score with the stakes behind it, and the age. One wei, or many stakes of one wei, must not
// deceive the stranger.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { ratingsAbi } from "@sonm/chain/abi/ratings";
import { approveSnm } from "@sonm/chain/money/snm";
import type { Address } from "@sonm/protocol/values/ids";
import { encodeFunctionData, maxUint256, parseEther } from "viem";
import { openHub } from "../../../offchain/devnet/local-chain.ts";
import { DAY, type Network, type Person, refusedWith, startNetwork } from "./network.ts";

const SNM = parseEther("1");
let network: Network;
let owner: Person;
let critic: Person;
let hub: Address;
/** Takes the chain back to before anybody has rated the hub. */
let restore: () => Promise<void>;

before(async () => {
  network = await startNetwork();
  owner = await network.person("owner", 1n);
  critic = await network.person("critic", 1_000n);
  hub = await openHub(network.devnet, owner.account, { name: "Aurora", endpoint: "", funds: 11n * SNM });
  restore = await network.remember();
});
beforeEach(() => restore());
after(() => network?.devnet.stop());

/** Three positions: 1 wei for the hub, 100 SNM against it, and 0.5 SNM for it. */
async function rate(): Promise<void> {
  assert.equal((await owner.sonm("rate", hub, "for", "0.000000000000000001")).data.position, 0);
  assert.equal((await critic.sonm("rate", hub, "against", "100")).data.position, 1);
  assert.equal((await owner.sonm("rate", hub, "for", "0.5")).data.position, 2);
}

/** The score by the contract's own view, basis points. */
function scoreOnChain(): Promise<bigint> {
  const { reader, deployment } = network.devnet;
  const at = { address: deployment.addresses.ratings, abi: ratingsAbi } as const;
  return reader.client.readContract({ ...at, functionName: "score", args: [hub] });
}

/** Score and stakes as all three verbs show them; they must agree. */
async function seen(): Promise<unknown[]> {
  const [listed, shown, rated] = await Promise.all([
    network.look("hubs"),
    network.look("hub", "status", hub),
    network.look("ratings", hub),
  ]);
  const told = [listed.data.hubs[0], shown.data, rated.data].map((one) => [
    one.score,
    one.stakedFor,
    one.stakedAgainst,
  ]);
  assert.deepEqual(told[0], told[1]);
  assert.deepEqual(told[0], told[2]);
  return told[0] as unknown[];
}

test("a hub that nobody has rated has no score", async () => {
  assert.deepEqual(await seen(), [null, "0", "0"]);
  assert.match((await network.see("hubs")).out, /Aurora +registered +not rated +0 +0 +11 /);
  assert.match((await network.see("hub", "status", hub)).out, /score +not rated\n/);
  assert.match((await network.see("ratings", hub)).out, /score +not rated\n/);
});

test("a wei for oneself makes a full score, and is seen for what it is", async () => {
  const { data } = await owner.sonm("rate", hub, "for", "0.000000000000000001");
  assert.equal(data.position, 0);
  assert.deepEqual(await seen(), [10_000, "1", "0"]);
  assert.match((await network.see("hubs")).out, /Aurora +registered +100 % +< 0\.01 +0 +11 /);
  const words = /score +100 %, with 0\.000000000000000001 SNM staked for and 0 SNM against\n/;
  assert.match((await network.see("hub", "status", hub)).out, words);
  assert.match((await network.see("ratings", hub)).out, words);
});

test("what is staked is told to the wei, and the score is the contract's", async () => {
  await rate();
  assert.deepEqual(await seen(), [Number(await scoreOnChain()), String(SNM / 2n + 1n), String(100n * SNM)]);
  refusedWith(
    await owner.sonm("rate", hub, "for", "0.5"),
    /you have 0\.499999999999999999 SNM, it takes 0\.5 SNM/,
    /stake at most 0\.499999999999999999 SNM/,
  );
});

const FLOOD = 510;

test("a flood of single wei buries no position: the largest come first", async () => {
  await rate();
  const { reader, deployment, bank } = network.devnet;
  const { ratings } = deployment.addresses;
  await approveSnm(bank, deployment, ratings, maxUint256);
  const data = encodeFunctionData({ abi: ratingsAbi, functionName: "rate", args: [hub, true, 1n] });
  const nonce = await reader.client.getTransactionCount({ address: bank.address });
  // The chain signs for its own account, so that more than a page of ratings takes only a second.
  const request = reader.client.request as (call: { method: string; params: unknown[] }) => Promise<unknown>;
  const from = bank.address;
  await request({ method: "evm_setAutomine", params: [false] });
  await Promise.all(
    Array.from({ length: FLOOD }, (_, i) =>
      request({
        method: "eth_sendTransaction",
        params: [{ from, to: ratings, data, gas: "0x40000", nonce: `0x${(nonce + i).toString(16)}` }],
      }),
    ),
  );
  await request({ method: "anvil_mine", params: ["0x10"] });
  await request({ method: "evm_setAutomine", params: [true] });

  const first = (await network.look("ratings", hub)).data;
  assert.deepEqual([first.count, first.positions.length], [FLOOD + 3, 20]);
  assert.deepEqual(
    first.positions.slice(0, 2).map(({ number, stake }: Record<string, unknown>) => [number, stake]),
    [
      [1, String(100n * SNM)],
      [2, String(SNM / 2n)],
    ],
  );
  assert.equal(first.stakedFor, String(SNM / 2n + 1n + BigInt(FLOOD)));
  const last = (await network.look("ratings", hub, "--from", String(FLOOD + 1), "--limit", "9")).data.positions;
  assert.deepEqual(
    last.map(({ number }: { number: number }) => number),
    [3, 0],
    "equal stakes: the newest first",
  );
  const { out } = await network.see("ratings", hub, "--limit", "2");
  assert.match(out, new RegExp(`1 to 2 of 513 positions; the next: sonm ratings ${hub} --from 2 --limit 2\\n`));
  assert.equal(out.match(/^\d+ +0x/gm)?.length, 2);
});

test("the age counts from the first registration, the rating from the last", async () => {
  await rate();
  const begun = (await network.look("hub", "status", hub)).data;
  assert.deepEqual(
    [begun.firstRegisteredAt, begun.since, begun.registrations],
    [begun.registeredAt, begun.registeredAt, 1],
  );
  await network.devnet.jumpTo(begun.closableFrom);
  const { payDayFrom } = (await owner.sonm("hub", "close")).data.hub;
  await network.devnet.jumpTo(payDayFrom);
  const { hub: idle } = (await owner.sonm("hub", "payday")).data;
  assert.deepEqual([idle.status, idle.since], ["idle", idle.registration.endedAt]);
  assert.equal(idle.score, Number(await scoreOnChain()), "of its last registration");
  await network.wait(10 * DAY);
  const { out } = await network.see("hub", "status", hub);
  assert.match(out, /age +40 d.*, since it was first registered at \d{4}-/);
  assert.match(out, /registrations +1, the last one since /);
  assert.match(out, /idle +\d{4}-.* UTC \(10 d( \d+ min)? ago\), when it was paid out\n/);

  const { hub: again } = (await owner.sonm("hub", "register")).data;
  assert.deepEqual([again.registrations, again.firstRegisteredAt, again.score], [2, begun.registeredAt, null]);
  assert.equal(again.since, again.registeredAt);
  assert.match((await network.see("hubs")).out, /Aurora +registered +not rated +0 +0 +10\.99 +40 d +2 +no\n/);
  assert.equal((await network.look("ratings", hub, "--registration", "1")).data.score, idle.score);
});
