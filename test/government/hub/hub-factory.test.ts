import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "node:test";
import { getAddress, zeroAddress } from "viem";
import { listen } from "../../support/events.ts";
import { createWorld, SNM, STATUS, saltOf, type World } from "../../support/government/fixture.ts";

describe("the hub factory", () => {
  let world: World;
  before(async () => {
    world = await createWorld();
  });

  it("makes a wallet at the address it has told, which may have been paid before, and tells all of it", async () => {
    const owner = world.owner.account;
    const salt = saltOf(7n);
    const predicted = await world.factory.read.walletOf([owner.address, salt]);
    await world.snm.write.transfer([predicted, 2n * SNM]);
    const wallet = await world.viem.getContractAt("HubWallet", predicted);
    const [name, endpoint] = ["Chez Nous", "/dns4/nous.example/tcp/4001"];
    const told = listen(world, { wallet });
    assert.deepEqual(await told(() => world.factory.write.createHub([salt, name, endpoint], { account: owner })), [
      ["factory", "HubCreated", { wallet: "wallet", owner: "owner", salt, name, endpoint }],
      ["whitelist", "HubAdded", { wallet: "wallet", owner: "owner" }],
      ["whitelist", "HubDescribed", { wallet: "wallet", name, endpoint }],
    ]);
    assert.equal((await wallet.read.owner()).toLowerCase(), owner.address.toLowerCase());
    assert.equal(await wallet.read.status(), STATUS.Created);
    assert.equal(await wallet.read.free(), 2n * SNM);
  });

  it("makes several wallets for one owner, but none twice", async () => {
    const one = await world.createHub(world.owner, 11n);
    const two = await world.createHub(world.owner, 12n);
    assert.notEqual(one.address, two.address);
    await assert.rejects(world.createHub(world.owner, 11n));
  });

  it("gives the same salt of another owner another address", async () => {
    const mine = await world.createHub(world.owner, 21n);
    const theirs = await world.createHub(world.stranger, 21n);
    assert.notEqual(mine.address, theirs.address);
  });

  it("leaves the implementation nobody's wallet", async () => {
    assert.equal(await world.whitelist.read.isHub([world.implementation.address]), false);
    assert.equal(await world.implementation.read.status(), STATUS.Created);
    for (const person of [world.owner, world.government, world.stranger])
      await world.viem.assertions.revertWithCustomError(
        world.implementation.write.register({ account: person.account }),
        world.implementation,
        "HubWalletNotOwner",
      );
  });
});

describe("the whitelist", () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });

  it("lists hubs in pages, with what their wallets say now", async () => {
    const wallets = [];
    for (let salt = 0n; salt < 5n; salt++) wallets.push(await world.createHub(world.owner, salt, 3n * SNM));
    await wallets[2]?.write.register({ account: world.owner.account });
    assert.equal(await world.whitelist.read.count(), 5n);
    const pages = [
      await world.whitelist.read.page([0n, 2n]),
      await world.whitelist.read.page([2n, 2n]),
      await world.whitelist.read.page([4n, 2n]),
    ];
    assert.deepEqual(
      pages.map((page) => page.length),
      [2, 2, 1],
    );
    assert.deepEqual(
      pages.flat().map((hub) => hub.wallet.toLowerCase()),
      wallets.map((wallet) => wallet.address.toLowerCase()),
    );
    assert.deepEqual(
      pages.flat().map((hub) => hub.status),
      [0, 0, STATUS.Registered, 0, 0],
    );
    assert.deepEqual(await world.whitelist.read.page([5n, 2n]), []);
    assert.deepEqual(await world.whitelist.read.page([2n ** 256n - 1n, 2n ** 256n - 1n]), []);
  });

  it("test_fault_factory_check_assigned_instead_of_compared: only the factory adds", async () => {
    for (const person of [world.owner, world.government, world.holder])
      await world.viem.assertions.revertWithCustomError(
        world.whitelist.write.add([person.account.address, person.account.address, "x", "y"], {
          account: person.account,
        }),
        world.whitelist,
        "WhitelistNotFactory",
      );
    assert.equal(await world.whitelist.read.factory(), getAddress(world.factory.address));
    assert.equal(await world.whitelist.read.isHub([world.owner.account.address]), false);
    assert.equal(await world.whitelist.read.isHub([zeroAddress]), false);
  });

  it("test_fault_registration_open_to_any_caller: only hubs report, only their owner registers them", async () => {
    const wallet = await world.createHub(world.owner, 31n, 3n * SNM);
    await world.viem.assertions.revertWithCustomError(
      world.whitelist.write.report([STATUS.Registered], { account: world.stranger.account }),
      world.whitelist,
      "WhitelistNotHub",
    );
    for (const person of [world.stranger, world.government, world.jobBoard])
      await world.viem.assertions.revertWithCustomError(
        wallet.write.register({ account: person.account }),
        wallet,
        "HubWalletNotOwner",
      );
  });

  it("lets the owner, and nobody else, change name and endpoint, within bounds", async () => {
    const wallet = await world.createHub(world.owner, 41n);
    const describeAs = (person: World["owner"], name: string, endpoint: string) =>
      world.whitelist.write.describe([wallet.address, name, endpoint], { account: person.account });
    const told = listen(world, { wallet });
    assert.deepEqual(await told(() => describeAs(world.owner, "new", "/ip4/10.0.0.1/udp/1")), [
      ["whitelist", "HubDescribed", { wallet: "wallet", name: "new", endpoint: "/ip4/10.0.0.1/udp/1" }],
    ]);
    const hub = await world.whitelist.read.hub([wallet.address]);
    assert.deepEqual([hub.name, hub.endpoint], ["new", "/ip4/10.0.0.1/udp/1"]);
    const { revertWithCustomError, revertWithCustomErrorWithArgs } = world.viem.assertions;
    await revertWithCustomError(describeAs(world.stranger, "a", "b"), world.whitelist, "WhitelistNotOwner");
    await describeAs(world.owner, "a".repeat(64), "b".repeat(256));
    await revertWithCustomErrorWithArgs(
      describeAs(world.owner, "a".repeat(65), "b"),
      world.whitelist,
      "WhitelistTextTooLong",
      [65n, 64n],
    );
    await revertWithCustomErrorWithArgs(
      describeAs(world.owner, "a", "b".repeat(257)),
      world.whitelist,
      "WhitelistTextTooLong",
      [257n, 256n],
    );
  });

  it("keeps the DAO's trusted mark until a ban", async () => {
    const wallet = await world.createHub(world.owner, 51n, 3n * SNM);
    const trusted = async () => (await world.whitelist.read.hub([wallet.address])).trusted;
    await world.viem.assertions.revertWithCustomError(
      world.whitelist.write.setTrusted([wallet.address, true], { account: world.owner.account }),
      world.whitelist,
      "WhitelistNotGovernment",
    );
    await world.viem.assertions.revertWithCustomError(
      world.whitelist.write.setTrusted([world.stranger.account.address, true], { account: world.government.account }),
      world.whitelist,
      "WhitelistNotHub",
    );
    const told = listen(world, { wallet });
    const mark = (to: boolean) =>
      told(() => world.whitelist.write.setTrusted([wallet.address, to], { account: world.government.account }));
    for (const to of [true, false, true]) {
      assert.deepEqual(await mark(to), [["whitelist", "HubTrustChanged", { wallet: "wallet", trusted: to }]]);
      assert.equal(await trusted(), to);
    }
    await wallet.write.register({ account: world.owner.account });
    await wallet.write.suspect([1], { account: world.fastLane.account });
    assert.equal(await trusted(), true);
    await world.time.increase(120n * 86_400n);
    const events = await told(() => wallet.write.ban([1], { account: world.government.account }));
    assert.deepEqual(events.slice(0, 2), [
      ["whitelist", "HubStatusChanged", { wallet: "wallet", status: STATUS.Punished }],
      ["whitelist", "HubTrustChanged", { wallet: "wallet", trusted: false }],
    ]);
    assert.equal(await trusted(), false);
    for (const mark of [true, false])
      await world.viem.assertions.revertWithCustomErrorWithArgs(
        world.whitelist.write.setTrusted([wallet.address, mark], { account: world.government.account }),
        world.whitelist,
        "WhitelistHubPunished",
        [getAddress(wallet.address)],
      );
  });
});
