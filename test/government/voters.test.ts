// Random histories of the voters and of what they govern, in both lanes, on the contracts and the model together. After each command both
// have given the same answer and look the same, and a watchman that knows only the chain has found no violation.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { type Address, zeroAddress } from "viem";
import { fuzz } from "../support/fuzz.ts";
import { OWNER_OF } from "../support/government/commands.ts";
import { openEscrow } from "../support/government/escrow.ts";
import {
  createGovernedWorld,
  type GovernedWorld,
  type Person,
  PROPOSAL_THRESHOLD,
  SNM,
} from "../support/government/fixture.ts";
import { bannedHubs, newWallet, TERMS } from "../support/government/model.ts";
import { checkInvariants, outcomeOfBoth } from "../support/government/plan.ts";
import { firstParameters, termsInForce } from "./voters-calls.ts";
import { HISTORY, HUBS, type VotersCommand } from "./voters-commands.ts";
import { FROZEN } from "./voters-frozen.ts";
import { countVotes, firstLanes, SUPPLY, stateOf, VOTERS, type VotersModel, votesOf } from "./voters-model.ts";
import { planOfVoters, type VotersHands } from "./voters-plan.ts";
import { createLook, sightOf } from "./voters-sight.ts";
import { indexOf, unfold } from "./voters-unfold.ts";
import { createWatch } from "./voters-watch.ts";

/** `v0` and `v2` together have exactly the quorum of 4 %. `v3` has just enough to propose, `v4` one wei too little. */
const START = new Map<string, bigint>([
  ["v0", (SUPPLY * 3n) / 100n],
  ["v1", (SUPPLY * 3n) / 100n],
  ["v2", SUPPLY / 100n],
  ["v3", PROPOSAL_THRESHOLD],
  ["v4", PROPOSAL_THRESHOLD - 1n],
  ["buyer", 10_000n * SNM],
  ["treasury", 100n * SNM],
]);

/** A failing history is shortened only with SONM_VERBOSE=1, because this takes minutes. */
const endOnFailure = !process.env.SONM_VERBOSE;

describe("the voters against their model", () => {
  let world: GovernedWorld;
  let restore: () => Promise<void>;
  let start: bigint;
  let people: Record<string, Person>;
  let hands: VotersHands;
  let accounts: string[];
  let look: Awaited<ReturnType<typeof createLook>>;
  /** How often each outcome has occurred: SONM_VERBOSE=1 prints it. */
  const seen = new Map<string, number>();

  before(async () => {
    world = await createGovernedWorld({ escrow: true });
    const escrow = await openEscrow(world);
    const [o1, v0, v1, v2, v3, v4] = world.others as [Person, Person, Person, Person, Person, Person];
    const { holder, owner: o0, miner: m0, stranger, jobBoard: buyer } = world;
    people = { holder, o0, o1, m0, v0, v1, v2, v3, v4, stranger, buyer };
    const hubs = new Map<string, Awaited<ReturnType<GovernedWorld["createHub"]>>>();
    for (const [index, name] of HUBS.entries())
      hubs.set(name, await world.createHub(personOf(OWNER_OF[name]), BigInt(index)));
    const { treasury, ratings } = world;
    const addresses: Record<string, Address> = {
      ...{ treasury: treasury.address, ratings: ratings.address, board: escrow.board.address },
    };
    for (const [name, { address }] of hubs) addresses[name] = address;
    for (const [name, { account }] of Object.entries(people)) addresses[name] = account.address;
    accounts = Object.keys(addresses);
    const found = <Thing>(thing: Thing | undefined): Thing => {
      assert(thing);
      return thing;
    };
    hands = {
      world,
      escrow,
      personOf,
      as: (name) => ({ account: personOf(name).account }),
      addressOf: (name) => (name === "nobody" ? zeroAddress : found(addresses[name])),
      hubOf: (name) => found(hubs.get(name)),
      chainId: await world.client.getChainId(),
    };
    for (const [name, balance] of START) await world.snm.write.transfer([hands.addressOf(name), balance]);
    for (const name of VOTERS.slice(1)) {
      await world.snm.write.delegate([hands.addressOf(name)], hands.as(name));
      await world.snm.write.approve([world.ratings.address, 2n ** 256n - 1n], hands.as(name));
    }
    look = await createLook(hands, accounts);
    await world.time.increase(10n);
    start = BigInt(await world.time.latest()) + 1n;
    const snapshot = await world.connection.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  after(() => {
    if (process.env.SONM_VERBOSE) console.table([...seen].sort());
  });

  function personOf(name: string | undefined): Person {
    const person = people[name ?? ""];
    assert(person, name);
    return person;
  }

  function initial(): VotersModel {
    const given = [...START.values()].reduce((sum, balance) => sum + balance, 0n);
    const model: VotersModel = {
      now: start - 10n,
      terms: TERMS,
      balances: new Map([...START, ["holder", SUPPLY - given]]),
      allowances: new Map(),
      wallets: new Map(HUBS.map((name) => [name, newWallet(OWNER_OF[name] ?? "")])),
      orders: [],
      seizures: [],
      positions: [],
      delegates: new Map(VOTERS.slice(1).map((name) => [name, name])),
      votes: [],
      lanes: firstLanes(),
      proposals: [],
      ballots: [],
      trusted: new Set(),
      parameters: firstParameters(),
    };
    countVotes(model);
    model.now = start;
    return model;
  }

  /** @returns the outcomes that have occurred */
  async function play(commands: VotersCommand[]): Promise<Set<string>> {
    await restore();
    const model = initial();
    const watch = createWatch(await look(model));
    const reached = new Set<string>();
    const opening = HUBS.flatMap((wallet): VotersCommand[] => [
      { kind: "fund", wallet, amount: 100n * SNM },
      { kind: "register", wallet, by: "owner" },
    ]);
    for (const command of [...opening, ...commands])
      for (const one of unfold(model, command))
        for (const what of await step(model, watch, one).catch(failedAt(one))) {
          reached.add(what);
          seen.set(what, (seen.get(what) ?? 0) + 1);
        }
    return reached;
  }

  const failedAt = (command: VotersCommand) => (cause: unknown) => {
    throw new Error(`failed at ${inspect(command, { breakLength: Number.POSITIVE_INFINITY })}`, { cause });
  };

  async function step(model: VotersModel, watch: ReturnType<typeof createWatch>, command: VotersCommand) {
    if (command.kind === "jump") {
      model.now += command.seconds;
      return [];
    }
    if (command.kind === "edge" || command.kind === "carry" || command.kind === "business")
      throw new Error(`${command.kind} is unfolded first`);
    model.terms = termsInForce(model);
    const outcome = await outcomeOfBoth(hands, model, planOfVoters(hands, model, command));
    if (outcome === "ok") countVotes(model);
    else {
      // A refused command may have made no block, but what is seen depends on the block's time.
      await world.time.setNextBlockTimestamp(model.now);
      await world.connection.networkHelpers.mine();
    }
    const sight = await look(model);
    assert.deepEqual(sight, sightOf(model, accounts));
    checkInvariants(model, SUPPLY);
    watch(command, outcome, sight);
    return whatCameAbout(model, command, outcome);
  }

  function whatCameAbout(model: VotersModel, command: VotersCommand, outcome: string): string[] {
    const states = model.proposals.map((proposal) => `${proposal.lane} ${stateOf(model, proposal)}`);
    const deeds = [`${command.kind}: ${outcome}`, ...states];
    if (command.kind === "execute" && outcome === "HubWalletWrongRegistration")
      for (const { kind } of model.proposals[indexOf(model, command.which)]?.body.calls ?? [])
        deeds.push(`${kind} of another registration`);
    if (command.kind === "claim" && outcome === "ok" && bannedHubs(model).some(({ won, seized }) => won === seized))
      deeds.push("won as much as was seized");
    if (outcome !== "ok" || !("which" in command)) return deeds;
    const proposal = model.proposals[indexOf(model, command.which)];
    assert(proposal);
    if (command.kind === "execute" || command.kind === "carryOut")
      for (const call of proposal.body.calls) deeds.push(`did ${call.kind === "tune" ? call.setting : call.kind}`);
    const last = proposal.votes.at(-1);
    if (command.kind === "vote" && last && last.weight < votesOf(model, last.voter)) deeds.push("borrowed votes");
    return deeds;
  }

  for (const { title, commands, reached } of FROZEN)
    it(title, async () => {
      const cameAbout = await play(commands.flat());
      for (const what of reached) assert.ok(cameAbout.has(what), what);
    });

  it("does what the model does, whatever they try", async () => {
    await fc.assert(
      fc.asyncProperty(HISTORY, (commands) => play(commands).then(() => undefined)),
      { ...fuzz(8), endOnFailure },
    );
  });
});
