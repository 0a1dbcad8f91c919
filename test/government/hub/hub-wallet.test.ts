// What each function of the wallet does, on its ordinary path. The whole table of refusals is in wallet-table.test.ts.
import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "node:test";
import { createWorld, DAY, SNM, STATUS, type Wallet, type World } from "../../support/government/fixture.ts";

describe("a hub wallet", () => {
  let world: World;
  let wallet: Wallet;
  let restore: () => Promise<void>;

  before(async () => {
    world = await createWorld();
    wallet = await world.createHub(world.owner, 1n, 100n * SNM);
    const snapshot = await world.connection.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  beforeEach(() => restore());

  const asOwner = () => ({ account: world.owner.account });
  const balance = (account: `0x${string}`) => world.snm.read.balanceOf([account]);

  it("lives through a whole registration: registers, pays, closes, is taxed, withdraws", async () => {
    await wallet.write.register(asOwner());
    assert.equal(await wallet.read.status(), STATUS.Registered);
    assert.equal(await wallet.read.available(), 99n * SNM);

    await wallet.write.transfer([world.miner.account.address, 10n * SNM], asOwner());
    assert.equal(await wallet.read.locked(), 3n * SNM);
    assert.equal(await wallet.read.free(), 93n * SNM);
    assert.equal(await wallet.read.available(), 89n * SNM);
    await world.snm.write.transferFrom([wallet.address, world.miner.account.address, 7n * SNM], {
      account: world.miner.account,
    });
    assert.equal(await balance(world.miner.account.address), 7n * SNM);
    assert.equal(await wallet.read.free(), 93n * SNM);

    await world.time.increase(26n * DAY);
    await wallet.write.closePeriod(asOwner());
    await world.time.increase(4n * DAY);
    await wallet.write.payDay(asOwner());
    assert.equal(await wallet.read.status(), STATUS.Idle);
    assert.equal(await wallet.read.available(), 0n);
    assert.equal(await balance(world.treasury.address), (4n * SNM * 50n) / 10_000n);

    const free = await wallet.read.free();
    await assert.rejects(wallet.write.withdraw([0n], asOwner()), /HubWalletZeroAmount/);
    await world.viem.assertions.revertWithCustomErrorWithArgs(
      wallet.write.withdraw([free + 1n], asOwner()),
      wallet,
      "HubWalletInsufficientFunds",
      [free, free + 1n],
    );
    await wallet.write.withdraw([free], asOwner());
    assert.equal(await balance(wallet.address), 0n);
    assert.equal(await balance(world.owner.account.address), 93n * SNM - SNM / 50n);
  });

  it("takes a settlement: locks at most what the pay leaves, raises the allowance, never overwrites it", async () => {
    await wallet.write.register(asOwner());
    await world.snm.write.transfer([wallet.address, 20n * SNM]);
    const settled = (amount: bigint, pay: bigint) =>
      wallet.write.settled([world.miner.account.address, amount, pay], { account: world.jobBoard.account });
    await settled(10n * SNM, 7n * SNM);
    await settled(10n * SNM, 2n * SNM);
    assert.equal(await wallet.read.locked(), 6n * SNM);
    assert.equal(await world.snm.read.allowance([wallet.address, world.miner.account.address]), 9n * SNM);
  });

  it("takes what is left of earlier settlements: locks the share of the prices, at most the remainder, and approves nothing", async () => {
    await wallet.write.register(asOwner());
    await world.snm.write.transfer([wallet.address, 20n * SNM]);
    const settledEarlier = (prices: bigint, remainder: bigint) =>
      wallet.write.settledEarlier([prices, remainder], { account: world.jobBoard.account });
    await settledEarlier(11n, 10n);
    assert.equal(await wallet.read.locked(), 4n);
    await settledEarlier(10n * SNM, 2n * SNM);
    assert.equal(await wallet.read.locked(), 4n + 2n * SNM);
    const [received] = await wallet.getEvents.EarlierSettlementsReceived();
    assert.deepEqual(received?.args, { prices: 10n * SNM, remainder: 2n * SNM, lock: 2n * SNM });
    assert.equal(await world.snm.read.approvedBy([wallet.address]), 0n);
  });

  it("is seized by a ban after 120 days of suspicion, and swept for ever after", async () => {
    await wallet.write.register(asOwner());
    await wallet.write.transfer([world.miner.account.address, 10n * SNM], asOwner());
    await wallet.write.suspect([1], { account: world.fastLane.account });
    await world.time.increase(120n * DAY);
    await wallet.write.ban([1], { account: world.government.account });
    assert.equal(await world.treasury.read.frozen(), 93n * SNM);
    assert.equal(await world.treasury.read.available(), 0n);
    // What is approved for the miner stays the miner's.
    await world.snm.write.transferFrom([wallet.address, world.miner.account.address, 7n * SNM], {
      account: world.miner.account,
    });
    await world.snm.write.transfer([wallet.address, 5n * SNM]);
    await wallet.write.sweep({ account: world.stranger.account });
    assert.equal(await world.treasury.read.seizureCount(), 2n);
    assert.equal(await world.treasury.read.frozen(), 98n * SNM);
  });

  it("is rehabilitated by the DAO, or by anyone after 180 days, with its periods restored", async () => {
    await wallet.write.register(asOwner());
    await wallet.write.suspect([1], { account: world.fastLane.account });
    await world.time.increase(180n * DAY);
    await wallet.write.rehab([1], { account: world.stranger.account });
    assert.equal(await wallet.read.status(), STATUS.Idle);
    await wallet.write.register(asOwner());
    const { terms } = await wallet.read.registration([2]);
    assert.equal(terms.payPeriod, Number(30n * DAY));
  });
});
