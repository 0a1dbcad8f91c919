// A claim's pay by the command line: during the window, when it is owed, and when it is taken. Also the hub's part while the hub is idle.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { latest } from "@sonm/chain/clients";
import { closeHubPeriod, payDayOfHub } from "@sonm/chain/hub/wallet";
import { settleClaim } from "@sonm/chain/market/claims";
import type { Signer } from "@sonm/chain/signer";
import { bytesToHex, zeroAddress } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { writeDeployment } from "../../../offchain/host/access/deployment-file.ts";
import { createKeystore } from "../../../offchain/host/access/keystore.ts";
import { rememberMoment } from "../../support/moment.ts";
import { runVerb } from "../../support/verb.ts";
import { createWorld, MNEMONIC, SNM, type World } from "../chain/world.ts";
import { SUM } from "../protocol/machine/programs.ts";
import { DAY, type Printed, refusedWith } from "./network.ts";
import { folderForTest } from "./sonm.ts";

const folder = folderForTest();
let world: World;
/** Takes the chain back to before the first claim. */
let restore: () => Promise<void>;

async function run(name: "owner" | "miner", ...args: string[]): Promise<Printed> {
  const env = {
    SONM_RPC: world.anvil.url,
    SONM_DEPLOYMENT: join(folder, "deployment.json"),
    SONM_KEYSTORE: join(folder, `${name}.json`),
    SONM_PASSWORD: "secret",
  };
  const { code, out } = await runVerb([...args, "--json"], env);
  return { code, data: JSON.parse(out) };
}

async function keep(name: string, { address }: Signer): Promise<void> {
  for (let addressIndex = 0; addressIndex < 10; addressIndex++) {
    const one = mnemonicToAccount(MNEMONIC, { addressIndex });
    const key = one.getHdKey().privateKey;
    if (one.address === address && key) {
      await createKeystore(join(folder, `${name}.json`), "secret", bytesToHex(key), 2 ** 10);
    }
  }
}

before(async () => {
  world = await createWorld();
  writeDeployment(join(folder, "deployment.json"), world.deployment);
  await keep("owner", world.owner);
  await keep("miner", world.miner);
  restore = await rememberMoment(world.anvil.url, [world.owner, world.buyer, world.miner]);
});
beforeEach(() => restore());
after(() => world?.anvil.stop());

/** Seconds left before a claim settles. The chain's clock continues while commands run, which may take long on a slow computer. */
const SOON = 1800;
const units = 4;
const inputs = Array.from({ length: units }, (_, i) => Uint8Array.of(i));

async function claimed() {
  const posted = await world.post(SUM, inputs);
  const work = world.compute(posted, 0, world.miner.address);
  return { job: posted.job, ...(await world.claim(world.miner, work)) };
}

test("the pay of an open claim is shown, and when it comes; then it is owed, and pulled", async () => {
  const { job, claim, id } = await claimed();
  const amount = claim.pay * BigInt(units);
  const { data } = await run("miner", "earnings");
  assert.equal(data.total, "0");
  const [coming] = data.coming;
  assert.deepEqual([coming.claim, coming.hub, coming.amount, coming.disputed], [id, world.hub, String(amount), false]);
  const early = await run("miner", "earnings", "pull");
  assert.match(early.data.error.why, /2 SNM are in the window of claim/);
  assert.equal(early.data.error.possibleFrom, coming.settlesFrom);

  const { now } = await latest(world.reader);
  await world.wait(coming.settlesFrom - now - SOON);
  const unsettled = await run("miner", "earnings", "settle");
  assert.equal(unsettled.data.error.possibleFrom, coming.settlesFrom);
  await assert.rejects(settleClaim(world.miner, world.deployment, job, claim), /not yet/);
  await world.wait(SOON);
  refusedWith(await run("miner", "earnings", "pull"), /are in the window/, /sonm earnings settle/);
  const settled = (await run("miner", "earnings", "settle")).data;
  assert.deepEqual([settled.total, settled.settled[0].claim], [String(amount), id]);
  refusedWith(await run("miner", "earnings", "settle"), /no claim of yours is open/, /sonm earnings/);
  const owed = (await run("miner", "earnings")).data;
  assert.deepEqual([owed.total, owed.coming], [String(amount), []]);
  assert.equal((await run("miner", "earnings", "pull", world.hub)).data.total, String(amount));
});

test("what was settled while the hub was idle waits for it, and is collected when it is registered again", async () => {
  const { job, claim } = await claimed();
  await world.wait(30 * DAY);
  await closeHubPeriod(world.owner, world.hub);
  await world.wait(4 * DAY);
  await payDayOfHub(world.owner, world.hub);
  await settleClaim(world.miner, world.deployment, job, claim);
  const waiting = String((job.price - claim.pay) * BigInt(units));
  const lock = String((job.price * BigInt(units) * 3n) / 10n);
  assert.equal((await run("owner", "hub", "status")).data.waiting, waiting);
  refusedWith(await run("owner", "hub", "collect"), /the hub is idle/, /sonm hub register/);
  assert.equal((await run("owner", "hub", "register")).code, 0);
  assert.equal((await run("owner", "hub", "status")).data.waitingLock, lock);
  const collected = (await run("owner", "hub", "collect")).data;
  assert.deepEqual([collected.amount, collected.waiting, collected.hub.waiting], [waiting, waiting, "0"]);
  assert.deepEqual([collected.lock, collected.hub.locked], [lock, lock]);
  refusedWith(await run("owner", "hub", "collect"), /nothing waits for it/, /do nothing/);
});

test("a stake comes home in two steps, and not what is locked", async () => {
  await claimed();
  const { free, locked } = (await run("miner", "stake")).data;
  assert.ok(BigInt(locked) > 0n && BigInt(free) > 0n);
  refusedWith(await run("miner", "stake", "take"), /have not asked/, /sonm stake withdraw all/);
  refusedWith(await run("miner", "stake", "withdraw", "1000000"), /are locked in claims and games/, /withdraw less/);
  refusedWith(await run("owner", "stake", "withdraw", "all"), /no free stake/, /sonm stake/);
  const asked = (await run("miner", "stake", "withdraw", "all")).data;
  assert.deepEqual([asked.amount, asked.free, asked.withdrawing.amount], [free, "0", free]);
  const early = (await run("miner", "stake", "take")).data.error;
  assert.equal(early.possibleFrom, asked.withdrawing.availableAt);
  await world.wait(early.possibleFrom - (await world.now()));
  assert.equal((await run("miner", "stake", "take")).data.amount, free);
  refusedWith(await run("miner", "stake", "deposit", "1000000000"), /you have /, /stake less/);
  assert.equal((await run("miner", "stake", "deposit", "5")).data.free, String(5n * SNM));
});

test("SNM are sent to people, and not where nobody could reach them", async () => {
  const { address } = world.stranger;
  const sent = (await run("miner", "send", address, "2.5")).data;
  assert.deepEqual([sent.to, sent.amount], [address, String((5n * SNM) / 2n)]);
  const seen = (await run("owner", "balance", address)).data;
  assert.deepEqual([seen.snm, seen.delegate], [String((5n * SNM) / 2n), zeroAddress]);
  assert.equal((await run("miner", "balance")).data.snm, sent.left);
  refusedWith(await run("miner", "send", world.addresses.jobBoard, "1"), /never give it back/, /stake deposit/);
  refusedWith(await run("miner", "send", address, "1000000000"), /you have .* SNM, it takes/, /send less/);
  refusedWith(await run("miner", "send", address, "0"), /the amount is 0/, /above 0/);
});
