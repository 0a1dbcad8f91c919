// Everything that can be seen of the DAO and of what it governs, on the chain and in the model.

import { parameterNames } from "@sonm/chain/enums/parameter";
import type { Address } from "viem";
import { balanceOf, frozen, walletSightOf } from "../support/government/model.ts";
import { parameterOf } from "./voters-calls.ts";
import { HUBS } from "./voters-commands.ts";
import { type Lane, STATES, stateOf, tallyOf, VOTERS, type VotersModel, votesOf } from "./voters-model.ts";
import { idOf, laneOf, type VotersHands } from "./voters-plan.ts";

export type ProposalSight = {
  state: number;
  against: bigint;
  inFavour: bigint;
  abstain: bigint;
  snapshot: bigint;
  deadline: bigint;
  eta: bigint;
  voted: readonly boolean[];
};
export type LaneSight = {
  votingDelay: bigint;
  votingPeriod: bigint;
  proposalThreshold: bigint;
  quorumPercent: bigint;
  timelockDelay: bigint;
  nonces: readonly bigint[];
  proposals: readonly ProposalSight[];
};
export type WalletSight = ReturnType<typeof walletSightOf>;
export type Sight = {
  time: bigint;
  balances: Record<string, bigint>;
  wallets: Record<string, WalletSight>;
  trusted: readonly boolean[];
  frozen: bigint;
  votes: readonly bigint[];
  /** a second ago */
  pastVotes: readonly bigint[];
  lanes: Record<Lane, LaneSight>;
  /** all parameters: the value in force, the next value, and from when */
  parameters: { value: bigint; next: bigint; from: bigint }[];
};

const byName = <Thing>(names: readonly string[], things: readonly Thing[]) =>
  Object.fromEntries(names.map((name, index) => [name, things[index] as Thing]));

/** Makes the function that looks at the chain, with the proposals that the model knows. */
export async function createLook(hands: VotersHands, accounts: readonly string[]) {
  const { world, addressOf } = hands;
  const institutions = await world.viem.deployContract("GovernmentLens");
  const lens = await world.viem.deployContract("VotersLens");
  const voters = VOTERS.map(addressOf);
  const hubs = HUBS.map(addressOf);
  const addresses = accounts.map(addressOf);
  const { snm, treasury, parameters, whitelist } = world;
  const lookAtLane = (lane: Lane, proposals: bigint[], governor: Address = laneOf(world, lane).governor.address) =>
    lens.read.lookAtLane([governor, proposals, voters]);

  return async (model: VotersModel): Promise<Sight> => {
    const ids = (lane: Lane) =>
      model.proposals.filter((proposal) => proposal.lane === lane).map(({ body }) => idOf(hands, body));
    const [[balances, wallets, frozenNow], [votes, pastVotes], slow, fast, [time, values, next, from, trusted]] =
      await Promise.all([
        institutions.read.look([snm.address, treasury.address, addresses, hubs]),
        lens.read.lookAtVotes([snm.address, voters]),
        lookAtLane("slow", ids("slow")),
        lookAtLane("fast", ids("fast")),
        lens.read.lookAtInstitutions([parameters.address, whitelist.address, hubs]),
      ]);
    return {
      time,
      balances: byName(accounts, balances),
      wallets: byName(HUBS, wallets),
      trusted,
      frozen: frozenNow,
      votes,
      pastVotes,
      lanes: { slow, fast },
      parameters: values.map((value, index) => ({ value, next: next[index] ?? 0n, from: from[index] ?? 0n })),
    };
  };
}

/** The same of the model. */
export function sightOf(model: VotersModel, accounts: readonly string[]): Sight {
  const lane = (name: Lane): LaneSight => {
    const { quorums, nonces, ...settings } = model.lanes[name];
    return {
      ...settings,
      quorumPercent: quorums.at(-1)?.percent ?? 0n,
      nonces: VOTERS.map((voter) => nonces.get(voter) ?? 0n),
      proposals: model.proposals
        .filter((proposal) => proposal.lane === name)
        .map((proposal) => ({
          state: STATES.indexOf(stateOf(model, proposal)),
          ...tallyOf(proposal),
          snapshot: proposal.snapshot,
          deadline: proposal.deadline,
          eta: proposal.eta ?? 0n,
          voted: VOTERS.map((name) => proposal.votes.some(({ voter }) => voter === name)),
        })),
    };
  };
  return {
    time: model.now,
    balances: byName(
      accounts,
      accounts.map((name) => balanceOf(model, name)),
    ),
    wallets: byName(
      HUBS,
      HUBS.map((name) => walletSightOf(model, name)),
    ),
    trusted: HUBS.map((name) => model.trusted.has(name)),
    frozen: frozen(model),
    votes: VOTERS.map((voter) => votesOf(model, voter)),
    pastVotes: VOTERS.map((voter) => votesOf(model, voter, model.now - 1n)),
    lanes: { slow: lane("slow"), fast: lane("fast") },
    parameters: parameterNames.map((name) => {
      const { next = 0n, effectiveAt = 0n } = model.parameters.get(name) ?? {};
      return { value: parameterOf(model, name), next, from: effectiveAt };
    }),
  };
}
