// `Bisection` from the side of a challenger: challenges that it announces and opens, its games, and its reward.
import { type BisectionDisputes, bisectionIn, winningGame } from "@sonm/chain/market/bisection";
import { awardPool, commitChallenge, openGame, openTreeGame, retractChallenge } from "@sonm/chain/market/challenges";
import { batchKey } from "@sonm/chain/market/events";
import { eventIn } from "@sonm/chain/market/receipts";
import { commitmentOf } from "@sonm/protocol/dispute/opening";
import { batchRange, type Job } from "@sonm/protocol/job/job";
import type { Claim } from "@sonm/protocol/result/claim";
import { resultTreeOf } from "@sonm/protocol/result/tree";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address, ClaimId, GameId, Hex } from "@sonm/protocol/values/ids";
import { isAddressEqual, type TransactionReceipt } from "viem";
import { traceKey } from "../../engines/machine/tasks.ts";
import type { Table } from "../../role/journal.ts";
import type { RoleTools } from "../../role/open.ts";
import { type UnitKept, unitKey, unitsIn } from "../../role/units.ts";
import type { AccusersReferee } from "../referee.ts";
import {
  type Accused,
  accusationOf,
  type BisectionDeed,
  type Challenger,
  type CommitmentView,
  dueInGames,
} from "./decide.ts";
import { actInGame, gamesOf, type PlayerTools, runOf } from "./play.ts";

/** What a challenger writes down. */
export type AccuserJournal = {
  /** results of units, by `unitKey`; each with the states that open a game about it */
  readonly units: Pick<Table<UnitKept>, "get" | "put">;
  /** salts of commitments, by claim; written before the commitment is sent */
  readonly salts: Pick<Table<Hex>, "get" | "add">;
  /** the miner's result hashes, by claim, once they fit its root */
  readonly leaves: Pick<Table<readonly Hex[]>, "get">;
  /** claims whose miner has been asked for its results */
  readonly asked: Pick<Table<ClaimId>, "get" | "put">;
  newSecret(): Hex;
};

export type AccuserTools = PlayerTools &
  Pick<RoleTools<AccuserJournal>, "journal" | "peer"> &
  Pick<Challenger, "patienceSeconds" | "commitStake">;

/** @param address of the contract */
export function createAccuser(address: Address, tools: AccuserTools): AccusersReferee {
  const { access, journal, patienceSeconds, commitStake } = tools;
  const me = access.signer.address;
  const challenger = { referee: address, me, patienceSeconds, commitStake };
  return {
    address,
    guarantee: "proved",
    due: (sight) =>
      dueInGames(address, "challenger", gamesOf(sight, address, "challenger", me, tools.guard), sight.now),
    accusation(sight, seen, job) {
      const { id, claim, status, games, claimedAt, endedAt = 0 } = seen;
      const disputes = bisectionIn(sight, address);
      const salt = journal.salts.get(id);
      const winner = seen.winner && winningGame(disputes, seen.winner);
      const hasLeaves = journal.leaves.get(id) !== undefined;
      const asked = journal.asked.get(id) !== undefined;
      const commitment = salt === undefined ? undefined : commitmentIn(disputes, me, id, salt);
      const of = { id, claim, job, status, games, claimedAt, endedAt, winner, hasLeaves, asked, commitment };
      return accusationOf(of, sight.now, challenger);
    },
    // It only gets deeds that this referee has made.
    act: (deed) => act(tools, deed as BisectionDeed),
  };
}

function commitmentIn({ commitments }: BisectionDisputes, me: Address, claim: ClaimId, salt: Hex): CommitmentView {
  const hash = commitmentOf(me, claim, salt);
  const mined = [...commitments.values()].find((one) => one.hash === hash && isAddressEqual(one.challenger, me));
  if (!mined) return { salt, mined: undefined, spent: false };
  const { rank, committedAt, fate } = mined;
  return { salt, mined: { rank, committedAt }, spent: fate !== "waiting" };
}

async function act(tools: AccuserTools, deed: BisectionDeed): Promise<void> {
  if ("game" in deed) return actInGame(tools, "challenger", deed);
  const { access, peer, journal, sent, emit } = tools;
  const { signer, deployment } = access;
  const { id, job, claim } = deed.of;
  switch (deed.kind) {
    case "commit": {
      await prepare(tools, deed.of);
      if (!(await isChallengeable(tools, deed.of))) return;
      // On disk first: without its salt a commitment is a lost stake.
      journal.salts.add(id, journal.newSecret());
      const hash = commitmentOf(signer.address, id, saltOf(journal, id));
      const receipt = await sent("commit", commitChallenge(signer, deployment, hash));
      return emit({ kind: "committed", claim: id, rank: Number(eventIn(receipt, "Committed")?.rank ?? 0) });
    }
    case "ask":
      await peer.send(claim.miner, { kind: "ask-results", claim: id });
      return journal.asked.put(id, id);
    case "open":
      return open(tools, deed);
    case "retract":
      await sent("retract", retractChallenge(signer, deployment, job, claim, saltOf(journal, id)));
      return emit({ kind: "retracted", claim: id });
    case "award": {
      const receipt = await sent("award", awardPool(signer, deployment, job, claim, deed.winner));
      return emit({ kind: "awarded", claim: id, amount: String(eventIn(receipt, "PoolAwarded")?.amount ?? 0n) });
    }
  }
}

function saltOf(journal: AccuserJournal, claim: ClaimId): Hex {
  const salt = journal.salts.get(claim);
  if (!salt)
    throw new Failure("The commitment cannot be used", "its salt is not in the journal", "restore the journal");
  return salt;
}

/** Does what takes long before a challenge is announced, when nothing is at stake yet. */
async function prepare(tools: AccuserTools, { job, claim }: Accused): Promise<void> {
  const { count } = batchRange(job, claim.batch);
  for (let position = 0; position < count; position++) await openingStates(tools, job, claim, position);
}

/** Whether the claim is still as it was when the challenge was decided: preparing may have taken long. */
async function isChallengeable({ access }: AccuserTools, { id, job, claimedAt }: Accused): Promise<boolean> {
  const { claims, now } = await access.observer.look();
  return claims.get(id)?.status === "live" && now <= claimedAt + job.window;
}

/** The states that open a game about a unit. They come with its result; else they are computed, once. */
async function openingStates(tools: AccuserTools, job: Job, claim: Claim, position: number): Promise<readonly Hex[]> {
  const { journal, engine } = tools;
  const unit = batchRange(job, claim.batch).first + position;
  const place = unitKey(claim.job, unit);
  const kept = journal.units.get(place);
  // Only the engine that this referee knows has written them.
  if (kept?.opening !== undefined) return kept.opening as readonly Hex[];
  const run = await runOf(tools, { id: claim.job, job }, unit);
  const states = await engine.play("openingStates", { key: traceKey(batchKey(claim.job, claim.batch), position), run });
  if (kept) journal.units.put(place, { ...kept, opening: states });
  return states;
}

/** Opens the announced game: on the first unit that differs if the miner has shown its results, else on the whole batch. */
async function open(tools: AccuserTools, { of, withLeaves }: BisectionDeed & { kind: "open" }): Promise<void> {
  const { access, journal, engine, sent, emit } = tools;
  const { signer, deployment } = access;
  const { id, job, claim } = of;
  const challenge = [job, claim, saltOf(journal, id)] as const;
  const batch = { id: claim.job, job, batch: claim.batch };
  const { first } = batchRange(job, claim.batch);
  const shown = withLeaves ? journal.leaves.get(id) : undefined;
  const own = unitsIn(tools, batch).map(({ resultHash }) => resultHash);
  const position = shown ? own.findIndex((hash, i) => hash !== shown[i]) : -1;
  const resultHash = shown?.[position];
  if (!shown || resultHash === undefined) {
    const receipt = await sent("openTree", openTreeGame(signer, deployment, ...challenge));
    return emit({ kind: "opened", game: openedIn(receipt), claim: id, unit: null });
  }
  const { path } = resultTreeOf(job, claim, shown);
  const states = await openingStates(tools, job, claim, position);
  const unit = { position, resultHash, path: path(position) };
  const input = await engine.openInput(job, first + position);
  const receipt = await sent("open", openGame(signer, deployment, ...challenge, unit, input, states));
  emit({ kind: "opened", game: openedIn(receipt), claim: id, unit: first + position });
}

function openedIn(receipt: TransactionReceipt): GameId {
  const opened = eventIn(receipt, "GameOpened");
  return opened?.id as GameId;
}
