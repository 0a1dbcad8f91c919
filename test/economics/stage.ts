// A market on chain and its model: every call is made on both. Both must agree on its effect and on everything that can be seen
// afterwards.
import assert from "node:assert/strict";
import { type GameState, phaseNames, contentOf as storedAs } from "@sonm/protocol/dispute/game";
import type { GameId } from "@sonm/protocol/values/ids";
import { type Address, getAddress, type Hex, type Log, zeroHash } from "viem";
import { BATCH_STATUS, CLAIM_STATUS, type Claim } from "../support/market/terms.ts";
import { type Chain, openChain } from "./chain.ts";
import type { Call } from "./model/calls.ts";
import { assignmentContent } from "./model/claims.ts";
import { deadlineOf } from "./model/games.ts";
import { contentOf, type GameRecord, type Rules, type State } from "./model/state.ts";
import { step } from "./model.ts";

export const names = ["buyer", "miner", "rival", "verifier", "second", "stranger"] as const;
export type Name = (typeof names)[number];

export type MarketStage = {
  readonly chain: Chain;
  readonly addresses: Readonly<Record<Name | "treasury" | "hub" | "deposits" | "board" | "bisection", Address>>;
  /** the model's state now */
  state: State;
  /** commitments ever made, as the chain keeps them */
  readonly announced: Map<string, { challenger: Address; hash: Hex }>;
  /** The hub owner's signature, or a stranger's. */
  signQuote(job: Hex, expiry: bigint, by: "owner" | "stranger"): Promise<Hex>;
  signAssignment(claim: Claim, expiry: bigint, by: "owner" | "stranger"): Promise<Hex>;
  /** Makes the call on both sides; returns why it was refused, if it was. */
  act(call: Call, at: number): Promise<{ readonly refused: string | undefined; readonly logs: Log[] }>;
  /** Runs `play`, then returns to the moment before it. */
  branch<T>(play: () => Promise<T>): Promise<T>;
};

export async function openStage(): Promise<MarketStage> {
  const chain = await openChain();
  const { market } = chain;
  const { snm, deposits, board, results, bisection } = market;
  const observer = await market.viem.deployContract("MarketObserver", [
    snm.address,
    deposits.address,
    board.address,
    results.address,
    bisection.address,
  ]);
  const addresses = {
    ...(Object.fromEntries(names.map((name) => [name, getAddress(market[name].account.address)])) as Record<
      Name,
      Address
    >),
    treasury: getAddress(market.treasury.account.address),
    hub: getAddress(market.hub.address),
    deposits: getAddress(deposits.address),
    board: getAddress(board.address),
    bisection: getAddress(bisection.address),
  };

  // The contents that the hub has signed, by signature. Signing is deterministic, so a signature identifies one content.
  const signed = new Map<Hex, string>();
  const signatures = new Map<string, Hex>();
  const sign = async (content: string, by: string, make: () => Promise<Hex>) => {
    const known = signatures.get(`${by} ${content}`);
    if (known) return known;
    const signature = await make();
    signatures.set(`${by} ${content}`, signature);
    if (by === "owner") signed.set(signature, content);
    return signature;
  };
  const rules: Rules = {
    addresses,
    commitStake: 10n ** 18n,
    withdrawalDelay: 86_400,
    refundAfterSuspicion: 86_400,
    hubSigned: (signature, content) => signed.get(signature) === content,
  };

  const accounts = [...Object.values(addresses), getAddress(market.deployer.account.address)];
  const supply = await snm.read.totalSupply();

  const stage: MarketStage = {
    chain,
    addresses,
    announced: new Map(),
    state: {
      now: await market.now(),
      balances: Object.fromEntries(
        await Promise.all(accounts.map(async (account) => [account, await snm.read.balanceOf([account])])),
      ),
      stakes: Object.fromEntries(
        await Promise.all(
          accounts.map(async (account) => [
            account,
            { free: await deposits.read.freeOf([account]), locked: 0n, withdrawing: 0n, availableAt: 0 },
          ]),
        ),
      ),
      hub: { status: "Registered", suspectedAt: 0 },
      jobs: {},
      waiting: { remainder: 0n, prices: 0n },
      claims: {},
      commitments: {},
      commitmentsMade: 0n,
      games: {},
    },
    signQuote: (job, expiry, by) =>
      sign(contentOf("quote", job, expiry), by, () => market.quote(job, expiry, market[by])),
    signAssignment: (claim, expiry, by) =>
      sign(assignmentContent(claim, expiry), by, () => market.assign(claim, expiry, market[by])),
    act: async (call, at) => {
      const expected = step(stage.state, rules, call, at);
      const { refused, logs } = await chain.send(call, at);
      assert.equal(refused, expected.refused, `${call.name}: the chain (first) and the model must agree`);
      stage.state = expected.state;
      if (call.name === "commit" && refused === undefined)
        stage.announced.set(`${call.from} ${call.args[0]}`, { challenger: call.from, hash: call.args[0] });
      const subjects = subjectsOf(stage, accounts);
      const seen = await observer.read.look([subjects]);
      assert.deepEqual(seen, expectedOf(stage, subjects), `after ${call.name}`);
      assertInvariants(stage, seen, supply);
      return { refused, logs };
    },
    branch: (play) => {
      const { state } = stage;
      const announced = new Map(stage.announced);
      return chain.branch(async () => {
        try {
          return await play();
        } finally {
          stage.state = state;
          stage.announced.clear();
          for (const [key, value] of announced) stage.announced.set(key, value);
        }
      });
    },
  };
  return stage;
}

function subjectsOf({ state, announced, addresses }: MarketStage, accounts: readonly Address[]) {
  return {
    accounts,
    hub: addresses.hub,
    batches: Object.entries(state.jobs).flatMap(([job, { batches }]) =>
      batches.map((_, number) => ({ job: job as Hex, number })),
    ),
    claims: Object.keys(state.claims) as Hex[],
    commitments: [...announced.values()],
    games: Object.keys(state.games) as Hex[],
  };
}

type Subjects = ReturnType<typeof subjectsOf>;
type Seen = Awaited<ReturnType<typeof expectedOf>>;

/** What the chain must show, according to the model. */
function expectedOf({ state }: MarketStage, { accounts, batches, claims, commitments, games }: Subjects) {
  return {
    accounts: accounts.map((account) => {
      const { free, locked, withdrawing, availableAt } = state.stakes[account] ?? nothing;
      const balance = state.balances[account] ?? 0n;
      return { balance, free, locked, withdrawing, availableAt: BigInt(availableAt) };
    }),
    waiting: state.waiting,
    batches: batches.map(({ job, number }) => {
      const batch = state.jobs[job]?.batches[number];
      assert(batch);
      return { status: BATCH_STATUS[batch.status] as number, attempt: batch.attempt };
    }),
    claims: claims.map((id) => {
      const claim = state.claims[id];
      assert(claim);
      const { status, games, claimedAt, endedAt, winner } = claim;
      return { status: CLAIM_STATUS[status] as number, games, claimedAt, endedAt, winner: winner?.rank ?? 0n };
    }),
    commitments: commitments.map(({ challenger, hash }) => {
      const commitment = state.commitments[`${challenger} ${hash}`];
      if (!commitment) return { announced: false, committedAt: 0, rank: 0n, stake: 0n };
      return { announced: true, committedAt: commitment.at, rank: commitment.rank, stake: commitment.stake };
    }),
    games: games.map((id) => {
      const game = state.games[id];
      assert(game);
      return gameStateOf(id as GameId, game);
    }),
  };
}

const nothing = { free: 0n, locked: 0n, withdrawing: 0n, availableAt: 0 };

/** All that the chain stores of a game. */
export function gameStateOf(id: GameId, game: GameRecord): GameState {
  const phase = phaseNames.indexOf(game.phase);
  if (game.phase === "over")
    return { content: zeroHash, phase, level: 0, position: 0, deadline: 0, minerRest: 0, challengerRest: 0 };
  const { level, position, values, rest } = game;
  const content = game.phase === "reveal" ? (values[0] ?? zeroHash) : storedAs(id, level, values);
  return {
    content,
    phase,
    level,
    position,
    deadline: deadlineOf(game),
    minerRest: rest.miner,
    challengerRest: rest.challenger,
  };
}

/** INV-1, INV-2 and INV-12 as the chain shows them. */
function assertInvariants(
  { state, addresses }: MarketStage,
  { accounts, waiting, batches }: Seen,
  supply: bigint,
): void {
  const sum = (amounts: bigint[]) => amounts.reduce((a, b) => a + b, 0n);
  assert.equal(sum(accounts.map(({ balance }) => balance)), supply, "INV-1");
  const owed = sum(accounts.map(({ free, locked, withdrawing }) => free + locked + withdrawing));
  const balanceOf = (account: Address) => accounts[Object.values(addresses).indexOf(account)]?.balance;
  assert.equal(balanceOf(addresses.deposits), owed, "INV-2");
  const units = Object.values(state.jobs).flatMap(({ job, batches }) =>
    batches.map((_, number) => job.price * BigInt(Math.min(job.batchSize, job.units - number * job.batchSize))),
  );
  const unpaid = batches.map(({ status }, i) => (status <= BATCH_STATUS.Taken ? (units[i] ?? 0n) : 0n));
  assert.equal(balanceOf(addresses.board), sum(unpaid) + waiting.remainder, "INV-12");
}
