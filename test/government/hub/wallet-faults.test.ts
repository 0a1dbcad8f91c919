// The faults of SONM's first contracts, each as a test, and other things that a wallet must withstand or allow.
import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "node:test";
import { encodeFunctionData, hashMessage, parseSignature } from "viem";
import {
  createWorld,
  DAY,
  type Person,
  SNM,
  STATUS,
  saltOf,
  type Wallet,
  type World,
} from "../../support/government/fixture.ts";

describe("faults of SONM's first contracts", () => {
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

  const as = ({ account }: Person) => ({ account });
  const pay = (person: Person, amount: bigint) =>
    wallet.write.transfer([person.account.address, amount], as(world.owner));
  const pull = (person: Person, amount: bigint) =>
    world.snm.write.transferFrom([wallet.address, person.account.address, amount], as(person));
  const allowance = (person: Person) => world.snm.read.allowance([wallet.address, person.account.address]);
  const balance = (person: Person) => world.snm.read.balanceOf([person.account.address]);
  const register = () => wallet.write.register(as(world.owner));

  it("test_fault_always_false_phase_check: every function works in its phase", async () => {
    await register();
    await pay(world.miner, SNM);
    await world.time.increase(34n * DAY);
    await wallet.write.closePeriod(as(world.stranger));
    await world.time.increase(4n * DAY);
    await wallet.write.payDay(as(world.owner));
    await register();
    await wallet.write.suspect([2], as(world.fastLane));
    await wallet.write.rehab([2], as(world.government));
    assert.equal(await wallet.read.status(), STATUS.Idle);
  });

  it("test_fault_balance_read_from_the_wrong_account: only the wallet's own money counts", async () => {
    const poor = await world.createHub(world.owner, 2n, 2n * SNM);
    await poor.write.register(as(world.owner));
    await world.snm.write.transfer([world.owner.account.address, 1_000n * SNM]);
    await world.viem.assertions.revertWithCustomErrorWithArgs(
      poor.write.transfer([world.miner.account.address, 2n * SNM], as(world.owner)),
      poor,
      "HubWalletInsufficientFunds",
      [SNM, 2n * SNM],
    );
    await world.snm.write.transfer([world.holder.account.address, 1_000n * SNM], as(world.owner));
    await register();
    await pay(world.miner, 99n * SNM);
  });

  it("test_fault_approve_overwriting_an_unpulled_payment", async () => {
    await register();
    await pay(world.miner, 10n * SNM);
    await pay(world.miner, 10n * SNM);
    assert.equal(await allowance(world.miner), 14n * SNM);
    await pull(world.miner, 9n * SNM);
    await pay(world.miner, 10n * SNM);
    assert.equal(await allowance(world.miner), 12n * SNM);
    await pull(world.miner, 12n * SNM);
    assert.equal(await balance(world.miner), 21n * SNM);
  });

  it("test_fault_allowances_outrunning_the_balance_after_a_suspicion: the ban succeeds, miners are paid after it", async () => {
    await register();
    const miners = world.others.slice(0, 3);
    for (const miner of miners) await pay(miner, 33n * SNM);
    assert.equal(await wallet.read.available(), 0n);
    await pull(world.others[0] as Person, SNM);
    await wallet.write.suspect([1], as(world.fastLane));
    await pull(world.others[1] as Person, 2n * SNM);
    await world.time.increase(120n * DAY);
    await wallet.write.ban([1], as(world.government));
    assert.equal(await world.treasury.read.frozen(), 100n * SNM - (99n * SNM * 7n) / 10n);
    for (const miner of miners) await pull(miner, await allowance(miner));
    assert.equal(await world.snm.read.balanceOf([wallet.address]), 0n);
  });

  it("test_fault_pay_period_not_restored_by_rehab", async () => {
    await register();
    await wallet.write.suspect([1], as(world.fastLane));
    await world.time.increase(119n * DAY);
    await wallet.write.rehab([1], as(world.government));
    await register();
    const registeredAt = BigInt(await world.time.latest());
    await pay(world.miner, SNM);
    assert.equal(await wallet.read.suspectedAt(), 0n);
    await world.time.increaseTo(registeredAt + 26n * DAY);
    await wallet.write.closePeriod(as(world.owner));
    await world.time.increaseTo(registeredAt + 30n * DAY + 10n);
    await wallet.write.payDay(as(world.owner));
  });

  it("test_fault_permit: the owner's key cannot approve in the wallet's name", async () => {
    await register();
    const { account } = world.owner;
    const deadline = 2n ** 64n;
    const signature = await world.owner.signTypedData({
      account,
      domain: {
        name: "SONM",
        version: "1",
        chainId: await world.client.getChainId(),
        verifyingContract: world.snm.address,
      },
      types: {
        Permit: [
          { name: "owner", type: "address" },
          { name: "spender", type: "address" },
          { name: "value", type: "uint256" },
          { name: "nonce", type: "uint256" },
          { name: "deadline", type: "uint256" },
        ],
      },
      primaryType: "Permit",
      message: { owner: wallet.address, spender: account.address, value: 100n * SNM, nonce: 0n, deadline },
    });
    const { r, s, yParity } = parseSignature(signature);
    await assert.rejects(
      world.snm.write.permit([wallet.address, account.address, 100n * SNM, deadline, 27 + yParity, r, s]),
      /ERC2612InvalidSigner/,
    );
  });

  it("needs more than the reserve to register, whoever has sent it", async () => {
    const bare = await world.createHub(world.owner, 3n, SNM);
    await world.viem.assertions.revertWithCustomErrorWithArgs(
      bare.write.register(as(world.owner)),
      bare,
      "HubWalletInsufficientFunds",
      [SNM, SNM + 1n],
    );
    await world.snm.write.transfer([bare.address, 1n]);
    await bare.write.register(as(world.owner));
    assert.equal(await bare.read.available(), 1n);
  });

  it("refuses to pay nothing, itself, and more than there is", async () => {
    await register();
    const { revertWithCustomError, revertWithCustomErrorWithArgs } = world.viem.assertions;
    await revertWithCustomError(pay(world.miner, 0n), wallet, "HubWalletZeroAmount");
    await revertWithCustomError(
      wallet.write.transfer([wallet.address, SNM], as(world.owner)),
      wallet,
      "HubWalletPaysItself",
    );
    await revertWithCustomErrorWithArgs(pay(world.miner, 99n * SNM + 1n), wallet, "HubWalletInsufficientFunds", [
      99n * SNM,
      99n * SNM + 1n,
    ]);
    await assert.rejects(pay(world.miner, 2n ** 256n - 1n), /HubWalletInsufficientFunds/);
    await pay(world.miner, 99n * SNM);
    assert.equal(await wallet.read.available(), 0n);
  });

  it("INV-26: rounds locks and tax up, to the wei", async () => {
    await register();
    await pay(world.miner, 1n);
    assert.deepEqual([await wallet.read.locked(), await allowance(world.miner)], [1n, 0n]);
    await pay(world.miner, 11n);
    assert.deepEqual([await wallet.read.locked(), await allowance(world.miner)], [5n, 7n]);
    await world.time.increase(26n * DAY);
    await wallet.write.closePeriod(as(world.owner));
    await world.time.increase(4n * DAY);
    await wallet.write.payDay(as(world.owner));
    // 0.5 % of 1 SNM and 5 wei.
    assert.equal(await world.snm.read.balanceOf([world.treasury.address]), (SNM * 5n) / 1_000n + 1n);
  });

  it("keeps the parameters of its registration when the DAO changes them", async () => {
    await register();
    await world.parameters.write.set([1, 1_000n], as(world.government));
    await world.time.increase((await world.parameters.read.changeDelay()) + 1n);
    assert.equal(await world.parameters.read.get([1]), 1_000n);
    await pay(world.miner, 10n * SNM);
    assert.equal(await wallet.read.locked(), 3n * SNM);
    await wallet.write.suspect([1], as(world.fastLane));
    await wallet.write.rehab([1], as(world.government));
    await register();
    await pay(world.miner, 10n * SNM);
    assert.equal(await wallet.read.locked(), SNM);
  });

  it("signs with its owner's key, and with nobody else's", async () => {
    const message = "a quote that names the wallet";
    const hash = hashMessage(message);
    const sign = (person: Person) => person.signMessage({ account: person.account, message });
    assert.equal(await wallet.read.isValidSignature([hash, await sign(world.owner)]), "0x1626ba7e");
    assert.equal(await wallet.read.isValidSignature([hash, await sign(world.stranger)]), "0xffffffff");
    assert.equal(await wallet.read.isValidSignature([hash, "0x"]), "0xffffffff");
  });

  it("belongs to a contract as well as to an account", async () => {
    const company = await world.viem.deployContract("HubOwner", [world.stranger.account.address]);
    const perform = (target: `0x${string}`, data: `0x${string}`) =>
      company.write.perform([target, data], as(world.stranger));
    const salt = saltOf(4n);
    await perform(
      world.factory.address,
      encodeFunctionData({ abi: world.factory.abi, functionName: "createHub", args: [salt, "company", ""] }),
    );
    const address = await world.factory.read.walletOf([company.address, salt]);
    const theirs = await world.viem.getContractAt("HubWallet", address);
    await world.snm.write.transfer([address, 2n * SNM]);
    await perform(address, encodeFunctionData({ abi: theirs.abi, functionName: "register" }));
    assert.equal(await theirs.read.status(), STATUS.Registered);

    const message = "a quote";
    const signature = await world.stranger.signMessage({ account: world.stranger.account, message });
    assert.equal(await theirs.read.isValidSignature([hashMessage(message), signature]), "0x1626ba7e");
    const other = await world.owner.signMessage({ account: world.owner.account, message });
    assert.equal(await theirs.read.isValidSignature([hashMessage(message), other]), "0xffffffff");
  });

  it("serves a restaurant: guests pay in, cooks are paid, a supplier with a wallet of its own too", async () => {
    const restaurant = await world.createHub(world.owner, 5n, 2n * SNM);
    const supplier = await world.createHub(world.stranger, 5n);
    await restaurant.write.register(as(world.owner));
    await world.snm.write.transfer([restaurant.address, 50n * SNM]);
    const cook = world.miner;
    await restaurant.write.transfer([cook.account.address, 20n * SNM], as(world.owner));
    await restaurant.write.transfer([supplier.address, 10n * SNM], as(world.owner));
    await world.snm.write.transferFrom([restaurant.address, cook.account.address, 14n * SNM], as(cook));
    await supplier.write.collect([restaurant.address], as(world.miner));
    assert.equal(await supplier.read.free(), 7n * SNM);
    await world.viem.assertions.revertWithCustomError(
      supplier.write.collect([restaurant.address], as(world.miner)),
      supplier,
      "HubWalletZeroAmount",
    );
    await world.time.increase(26n * DAY);
    await restaurant.write.closePeriod(as(world.owner));
    await world.time.increase(4n * DAY);
    await restaurant.write.payDay(as(world.owner));
    const taxed = 52n * SNM - 21n * SNM - (10n * SNM * 5n) / 1_000n;
    assert.equal(await restaurant.read.free(), taxed);
  });

  it("collects only what is there of an approval larger than the payer's purse", async () => {
    await world.snm.write.transfer([world.stranger.account.address, 3n * SNM]);
    await world.snm.write.approve([wallet.address, 2n ** 256n - 1n], as(world.stranger));
    await wallet.write.collect([world.stranger.account.address], as(world.miner));
    assert.equal(await balance(world.stranger), 0n);
    assert.equal(await wallet.read.free(), 103n * SNM);
  });

  it("gives money back that came to a wallet never registered: topped up, registered, paid out", async () => {
    const forgotten = await world.createHub(world.owner, 6n, SNM / 2n);
    await world.snm.write.transfer([forgotten.address, SNM / 2n + 1n]);
    await forgotten.write.register(as(world.owner));
    await world.time.increase(26n * DAY);
    await forgotten.write.closePeriod(as(world.owner));
    await world.time.increase(4n * DAY);
    await forgotten.write.payDay(as(world.owner));
    await forgotten.write.withdraw([await forgotten.read.free()], as(world.owner));
    assert.equal(await world.snm.read.balanceOf([forgotten.address]), 0n);
    assert.equal(await balance(world.owner), SNM + 1n - SNM / 200n);
  });
});
