import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "node:test";
import { getAddress } from "viem";
import { listen } from "../support/events.ts";
import { createWorld, DAY, type Person, SNM, type Wallet, type World } from "../support/government/fixture.ts";

describe("the Treasury", () => {
  let world: World;
  let wallet: Wallet;
  let told: ReturnType<typeof listen>;
  let restore: () => Promise<void>;

  before(async () => {
    world = await createWorld();
    wallet = await world.createHub(world.owner, 1n, 100n * SNM);
    told = listen(world, { wallet });
    await wallet.write.register({ account: world.owner.account });
    const snapshot = await world.connection.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  beforeEach(() => restore());

  const as = ({ account }: Person) => ({ account });
  const spend = (amount: bigint, by: Person = world.government) =>
    world.treasury.write.spend([world.stranger.account.address, amount], as(by));
  async function ban() {
    await wallet.write.suspect([1], as(world.fastLane));
    await world.time.increase(120n * DAY);
    await wallet.write.ban([1], as(world.government));
    return BigInt(await world.time.latest());
  }

  it("lets the DAO spend what is not frozen, and nobody else", async () => {
    await world.snm.write.transfer([world.treasury.address, 10n * SNM]);
    for (const person of [world.owner, world.fastLane, world.jobBoard])
      await assert.rejects(spend(1n, person), /TreasuryNotGovernment/);
    assert.deepEqual(await told(() => spend(10n * SNM)), [
      ["treasury", "Spent", { to: "stranger", amount: 10n * SNM }],
      ["snm", "Transfer", { from: "treasury", to: "stranger", value: 10n * SNM }],
    ]);
    assert.equal(await world.snm.read.balanceOf([world.stranger.account.address]), 10n * SNM);
  });

  it("INV-24: freezes each seizure for its own time, to the second", async () => {
    await world.snm.write.transfer([world.treasury.address, 10n * SNM]);
    const bannedAt = await ban();
    await world.viem.assertions.revertWithCustomErrorWithArgs(
      spend(10n * SNM + 1n),
      world.treasury,
      "TreasuryInsufficientFunds",
      [10n * SNM, 10n * SNM + 1n],
    );
    await world.time.increase(60n * DAY);
    await world.snm.write.transfer([wallet.address, 5n * SNM]);
    const swept = await told(() => wallet.write.sweep(as(world.stranger)));
    const sweptAt = BigInt(await world.time.latest());
    assert.deepEqual(swept.at(-1), [
      "treasury",
      "Seized",
      { seizure: 1n, hub: "wallet", amount: 5n * SNM, releaseAt: sweptAt + 120n * DAY },
    ]);

    await world.time.increaseTo(bannedAt + 120n * DAY - 1n);
    await world.time.setNextBlockTimestamp(bannedAt + 120n * DAY - 1n);
    await world.viem.assertions.revertWithCustomErrorWithArgs(
      world.treasury.write.release([0n], as(world.stranger)),
      world.treasury,
      "TreasuryTooEarly",
      [bannedAt + 120n * DAY],
    );
    await world.time.setNextBlockTimestamp(bannedAt + 120n * DAY);
    assert.deepEqual(await told(() => world.treasury.write.release([0n], as(world.stranger))), [
      ["treasury", "Released", { seizure: 0n, amount: 100n * SNM }],
    ]);
    assert.equal(await world.treasury.read.available(), 110n * SNM);
    await assert.rejects(world.treasury.write.release([0n], as(world.stranger)), /TreasuryAlreadyReleased/);
    await assert.rejects(world.treasury.write.release([1n], as(world.stranger)), /TreasuryTooEarly/);
    await assert.rejects(world.treasury.write.release([2n], as(world.stranger)), /TreasuryUnknownSeizure/);
    await assert.rejects(spend(110n * SNM + 1n), /TreasuryInsufficientFunds/);
    await spend(110n * SNM);

    const seizures = await world.treasury.read.seizures([0n, 10n]);
    assert.deepEqual(seizures, [
      { hub: getAddress(wallet.address), amount: 100n * SNM, releaseAt: bannedAt + 120n * DAY, released: true },
      { hub: getAddress(wallet.address), amount: 5n * SNM, releaseAt: sweptAt + 120n * DAY, released: false },
    ]);
    assert.deepEqual(await world.treasury.read.seizures([0n, 1n]), seizures.slice(0, 1));
    assert.deepEqual(await world.treasury.read.seizures([1n, 10n]), seizures.slice(1));
    assert.equal((await world.treasury.read.seizures([2n, 10n])).length, 0);
  });

  it("takes seizures from hub wallets only, and only what has arrived", async () => {
    for (const person of [world.owner, world.government, world.jobBoard])
      await assert.rejects(world.treasury.write.seized([1n, 0n], as(person)), /TreasuryNotHub/);
    await world.connection.networkHelpers.impersonateAccount(wallet.address);
    await world.connection.networkHelpers.setBalance(wallet.address, 10n ** 18n);
    await assert.rejects(world.treasury.write.seized([1n, 0n], { account: wallet.address }), /TreasuryNotReceived/);
  });

  it("collects what it has been approved, as a hub that pays it with `transfer` does", async () => {
    await wallet.write.transfer([world.treasury.address, 10n * SNM], as(world.owner));
    assert.deepEqual(await told(() => world.treasury.write.collect([wallet.address], as(world.stranger))), [
      ["treasury", "Collected", { payer: "wallet", amount: 7n * SNM }],
      ["snm", "Transfer", { from: "wallet", to: "treasury", value: 7n * SNM }],
    ]);
    assert.equal(await world.treasury.read.available(), 7n * SNM);
    await assert.rejects(
      world.treasury.write.collect([wallet.address], as(world.stranger)),
      /TreasuryNothingToCollect/,
    );
  });
});
