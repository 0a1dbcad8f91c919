// Money that buyers paid while a hub was not Registered waits in `JobBoard`. In whichever way it enters the wallet, the owner can take no more
// of it before pay-day than of settlements while Registered (INV-21).
import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "node:test";
import { type Escrow, openEscrow } from "../../support/government/escrow.ts";
import {
  createWorld,
  DAY,
  type Person,
  SNM,
  STATUS,
  type Wallet,
  type World,
} from "../../support/government/fixture.ts";

describe("what was settled while the hub was not Registered", () => {
  let world: World;
  let escrow: Escrow;
  let wallet: Wallet;
  let restore: () => Promise<void>;

  const as = ({ account }: Person) => ({ account });
  const balance = (person: Person) => world.snm.read.balanceOf([person.account.address]);
  const register = () => wallet.write.register(as(world.owner));
  const collect = (by = world.stranger) => escrow.board.write.collect([wallet.address], as(by));

  before(async () => {
    world = await createWorld({ escrow: true });
    escrow = await openEscrow(world);
    await world.snm.write.transfer([world.jobBoard.account.address, 10_000n * SNM]);
    wallet = await world.createHub(world.owner, 1n, 10n * SNM);
    await register();
    const snapshot = await world.connection.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  beforeEach(() => restore());

  async function reachPayDay() {
    await world.time.increase(26n * DAY);
    await wallet.write.closePeriod(as(world.owner));
    await world.time.increase(4n * DAY);
    await wallet.write.payDay(as(world.owner));
  }

  /** All that its owner can get out of the wallet without waiting for pay-day. */
  async function carryOff() {
    const available = await wallet.read.available();
    if (available > 0n) await wallet.write.transfer([world.miner.account.address, available], as(world.owner));
    const allowance = await world.snm.read.allowance([wallet.address, world.miner.account.address]);
    await world.snm.write.transferFrom([wallet.address, world.miner.account.address, allowance], as(world.miner));
  }

  for (const status of ["Idle", "Suspected"] as const)
    it(`cannot be carried off by an owner that is its own miner, settles while ${status} and registers again`, async () => {
      const price = 100n * SNM;
      await escrow.order(0, wallet.address, world.owner, price);
      if (status === "Idle") await reachPayDay();
      else await wallet.write.suspect([await wallet.read.registrations()], as(world.fastLane));
      await escrow.settle(0, world.miner.account.address, 70n * SNM);
      assert.equal(await balance(world.miner), 70n * SNM);
      if (status === "Suspected") await wallet.write.rehab([await wallet.read.registrations()], as(world.government));
      // Afterwards only the waiting money can be taken.
      await wallet.write.withdraw([(await wallet.read.free()) - SNM - 1n], as(world.owner));
      await register();
      const before = await balance(world.owner);
      await collect(world.owner);
      await carryOff();
      const carriedOff = (await balance(world.miner)) + (await balance(world.owner)) - before;
      assert.equal(carriedOff, 70n * SNM);
      assert.ok((await wallet.read.locked()) >= 30n * SNM);
      await reachPayDay();
      assert.equal(await wallet.read.status(), STATUS.Idle);
      assert.ok((await wallet.read.free()) > 30n * SNM);
    });

  /** Settles these prices and pays while the hub is Idle. */
  async function settleWhileIdle(...settled: [price: bigint, pay: bigint][]) {
    for (const [number, [price]] of settled.entries()) await escrow.order(number, wallet.address, world.owner, price);
    await reachPayDay();
    for (const [number, [, pay]] of settled.entries()) await escrow.settle(number, world.miner.account.address, pay);
  }

  it("is locked by the prices, not by what is left of them: as much as if it had been settled now, up to the wei", async () => {
    // A pay of 0 and one of 70 %, and prices whose shares are no whole numbers.
    await settleWhileIdle([1n, 0n], [11n, 7n], [5n * SNM + 1n, 2n * SNM], [7n * SNM, (49n * SNM) / 10n]);
    const prices = 12n * SNM + 13n;
    const remainder = prices - 7n - 2n * SNM - (49n * SNM) / 10n;
    assert.deepEqual(await escrow.board.read.waiting([wallet.address]), { remainder, prices });
    await register();
    await collect();
    const lock = (prices * 3_000n + 9_999n) / 10_000n;
    assert.equal(await wallet.read.locked(), lock);
    const [received] = await wallet.getEvents.EarlierSettlementsReceived();
    assert.deepEqual(received?.args, { prices, remainder, lock });
    assert.deepEqual(await escrow.board.read.waiting([wallet.address]), { remainder: 0n, prices: 0n });
  });

  it("counts once: what waits later begins anew", async () => {
    await settleWhileIdle([10n * SNM, 5n * SNM]);
    await register();
    await collect();
    await escrow.order(0, wallet.address, world.owner, 20n * SNM);
    await wallet.write.suspect([await wallet.read.registrations()], as(world.fastLane));
    await escrow.settle(0, world.miner.account.address, 14n * SNM);
    await wallet.write.rehab([await wallet.read.registrations()], as(world.government));
    await register();
    assert.equal(await wallet.read.locked(), 0n);
    await collect();
    assert.equal(await wallet.read.locked(), 6n * SNM);
  });

  it("is locked by the share of the registration into which it enters, however the DAO has changed it", async () => {
    await settleWhileIdle([10n * SNM, 7n * SNM]);
    await world.parameters.write.set([1, 1_000n], as(world.government));
    await world.time.increase((await world.parameters.read.changeDelay()) + 1n);
    const waits = await world.connection.networkHelpers.takeSnapshot();
    await register();
    await collect();
    assert.equal(await wallet.read.locked(), SNM);
    await waits.restore();
    // A registration that began before the next change keeps its share.
    await register();
    await world.parameters.write.set([1, 3_000n], as(world.government));
    await world.time.increase((await world.parameters.read.changeDelay()) + 1n);
    await collect();
    assert.equal(await wallet.read.locked(), SNM);
  });

  it("has been within the DAO's reach for a whole pay period when the locks fall, also if it enters in the last second", async () => {
    await settleWhileIdle([100n * SNM, 70n * SNM]);
    await register();
    const registeredAt = BigInt(await world.time.latest());
    await world.time.setNextBlockTimestamp(registeredAt + 26n * DAY);
    await wallet.write.closePeriod(as(world.owner));
    await world.time.setNextBlockTimestamp(registeredAt + 30n * DAY - 1n);
    await collect(world.owner);
    assert.equal(await wallet.read.available(), (await wallet.read.free()) - 31n * SNM);
    const { takeSnapshot } = world.connection.networkHelpers;
    const entered = await takeSnapshot();
    const before = await world.snm.read.balanceOf([world.treasury.address]);
    await world.time.setNextBlockTimestamp(registeredAt + 30n * DAY);
    await wallet.write.payDay(as(world.owner));
    // This lock is taxed like any other.
    assert.equal((await world.snm.read.balanceOf([world.treasury.address])) - before, (31n * SNM * 50n) / 10_000n);
    await entered.restore();
    await wallet.write.suspect([await wallet.read.registrations()], as(world.fastLane));
    await world.time.increase(120n * DAY);
    await wallet.write.ban([await wallet.read.registrations()], as(world.government));
    assert.ok((await world.treasury.read.frozen()) >= 30n * SNM);
  });

  it("goes to a Punished wallet with nothing locked, and from there to the Treasury", async () => {
    await escrow.order(0, wallet.address, world.owner, 10n * SNM);
    await wallet.write.suspect([await wallet.read.registrations()], as(world.fastLane));
    await escrow.settle(0, world.miner.account.address, 7n * SNM);
    await world.time.increase(120n * DAY);
    await wallet.write.ban([await wallet.read.registrations()], as(world.government));
    await collect();
    assert.equal(await wallet.read.locked(), 0n);
    await wallet.write.sweep(as(world.stranger));
    assert.equal(await world.treasury.read.frozen(), 13n * SNM);
  });

  it("fails no settlement and no collection though the prices come to more than there is SNM", async () => {
    await world.snm.write.transfer([world.jobBoard.account.address, 440_000_000n * SNM]);
    const settled: bigint[] = [];
    // The miner's pay is used to pay for the next job.
    for (let price = 400_000_000n * SNM; settled.length < 3; price = (price * 7n) / 10n) {
      await escrow.order(0, wallet.address, world.owner, price);
      await wallet.write.suspect([await wallet.read.registrations()], as(world.fastLane));
      const pay = (price * 7n) / 10n;
      await escrow.settle(0, world.miner.account.address, pay);
      await world.snm.write.transfer([world.jobBoard.account.address, pay], as(world.miner));
      await wallet.write.rehab([await wallet.read.registrations()], as(world.government));
      await register();
      settled.push(price);
    }
    const prices = settled.reduce((sum, price) => sum + price, 0n);
    assert.ok(prices > (await world.snm.read.totalSupply()));
    await collect();
    assert.equal(await wallet.read.locked(), (prices * 3n) / 10n);
  });
});
