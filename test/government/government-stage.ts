// Three hubs, their owners, miners, raters, and an account that speaks for the DAO: on the chain, and in the model that it is compared with.
import assert from "node:assert/strict";
import type { Address } from "viem";
import { OWNER_OF, RATERS, WALLETS } from "../support/government/commands.ts";
import { openEscrow } from "../support/government/escrow.ts";
import { createWorld, type Person, SNM, type Wallet } from "../support/government/fixture.ts";
import { balanceOf, frozen, type Model, newWallet, TERMS, walletSightOf } from "../support/government/model.ts";
import { checkInvariants, type Hands, outcomeOfBoth, type Plan } from "../support/government/plan.ts";
import { firstParameters, type Governed } from "./voters-calls.ts";
import { SUPPLY } from "./voters-model.ts";

const START = new Map<string, bigint>([
  ["r0", 200n * SNM],
  ["r1", 200n * SNM],
  ["r2", 200n * SNM],
  ["o1", 200n * SNM],
  ["buyer", 10_000n * SNM],
]);

export async function openStage() {
  const world = await createWorld({ escrow: true });
  const escrow = await openEscrow(world);
  const [o1, m1, r0, r1, r2] = world.others as [Person, Person, Person, Person, Person];
  const { holder, owner: o0, miner: m0, stranger, government, fastLane, jobBoard: buyer } = world;
  const people: Record<string, Person> = {
    ...{ holder, o0, o1, m0, m1, r0, r1, r2, stranger, government, fastLane, buyer },
  };
  const personOf = (name: string) => found(people[name], name);
  const as = (name: string) => ({ account: personOf(name).account });
  for (const [name, balance] of START) await world.snm.write.transfer([personOf(name).account.address, balance]);
  for (const name of [...RATERS, "o1"])
    await world.snm.write.approve([world.ratings.address, 2n ** 256n - 1n], as(name));
  const hubs: Record<string, Wallet> = {};
  for (const [index, name] of WALLETS.entries())
    hubs[name] = await world.createHub(personOf(OWNER_OF[name] ?? ""), BigInt(index));
  const hubOf = (name: string) => found(hubs[name], name);
  const { treasury, ratings } = world;
  const addresses: Record<string, Address> = {
    ...{ treasury: treasury.address, ratings: ratings.address, board: escrow.board.address },
  };
  for (const name of WALLETS) addresses[name] = hubOf(name).address;
  for (const [name, { account }] of Object.entries(people)) addresses[name] = account.address;
  const addressOf = (name: string) => found(addresses[name], name);
  const hands: Hands = { world, escrow, personOf, as, addressOf, hubOf };

  const lens = await world.viem.deployContract("GovernmentLens");
  const accounts = Object.keys(addresses);
  async function look() {
    const [balances, sights, frozenNow] = await lens.read.look([
      world.snm.address,
      treasury.address,
      accounts.map(addressOf),
      WALLETS.map(addressOf),
    ]);
    return {
      balances: Object.fromEntries(accounts.map((name, index) => [name, balances[index]])),
      wallets: sights.map((sight) => ({ ...sight })),
      frozen: frozenNow,
    };
  }
  const expectedLook = (model: Model) => ({
    balances: Object.fromEntries(accounts.map((name) => [name, balanceOf(model, name)])),
    wallets: WALLETS.map((name) => walletSightOf(model, name)),
    frozen: frozen(model),
  });

  const snapshot = await world.connection.networkHelpers.takeSnapshot();
  const now = BigInt(await world.time.latest()) + 1n;
  const given = [...START.values()].reduce((sum, balance) => sum + balance, 0n);

  /** Back to the beginning, on the chain and in a new model. */
  async function reset(): Promise<Governed> {
    await snapshot.restore();
    return {
      ...{ now, terms: TERMS },
      balances: new Map([...START, ["holder", SUPPLY - given]]),
      allowances: new Map(),
      wallets: new Map(WALLETS.map((name) => [name, newWallet(OWNER_OF[name] ?? "")])),
      ...{ orders: [], seizures: [], positions: [] },
      ...{ trusted: new Set(), parameters: firstParameters() },
    };
  }

  /** Executes a plan on the chain and in the model. Returns "ok" or the refusal, which must be the same on both, like the sight afterwards. */
  async function perform(model: Model, plan: Plan): Promise<string> {
    const outcome = await outcomeOfBoth(hands, model, plan);
    assert.deepEqual(await look(), expectedLook(model));
    checkInvariants(model, SUPPLY);
    return outcome;
  }

  return { world, hands, reset, perform };
}
export type GovernmentStage = Awaited<ReturnType<typeof openStage>>;

function found<Thing>(thing: Thing | undefined, name: string): Thing {
  assert(thing, name);
  return thing;
}
