// Honest players: a verifier that checks every claim, and a miner that defends its own claims. They decide only with the strategies of
// offchain/protocol/dispute and always act in time, sometimes in the last second.

import { nextMove } from "@sonm/protocol/dispute/next-move";
import { nextOpening } from "@sonm/protocol/dispute/opening";
import { createResultTree } from "@sonm/protocol/result/tree";
import type { JobId } from "@sonm/protocol/values/ids";
import { type Hex, keccak256, toHex } from "viem";
import type { Work } from "../support/market/fixture.ts";
import { eight } from "../support/market/games.ts";
import type { Run } from "../support/market/runs.ts";
import { commitmentHash } from "../support/market/terms.ts";
import { type Script, viewAt } from "./commands.ts";
import type { Call } from "./model/calls.ts";
import { deadlineOf, moverOf } from "./model/games.ts";
import type { ClaimRecord, GameRecord } from "./model/state.ts";
import type { MarketStage } from "./stage.ts";
import { callOf, commitCall, openCall, openTreeCall, playerOn } from "./table.ts";

export type Agent = {
  /** What it does now; undefined for nothing. It is asked again until the answer is undefined. */
  next(): Call | undefined;
  /** Last second at which it must be asked; infinite while it has no deadline. */
  lastSecond(): number;
};

/** The true runs of a batch. */
export function truthOf({ chain }: MarketStage, work: Work): Run[] {
  return work.runs.map((_, position) => chain.market.runOf(work.job, work.firstUnit + position));
}

/** Whether a claim's root is that of these results. */
function holds({ claim, firstUnit }: Work, resultHashes: readonly Hex[]): boolean {
  const { miner, job, root } = claim;
  return createResultTree({ miner, job: job as JobId, first: firstUnit, resultHashes }).root === root;
}

/** Whether a claim is what its miner would have posted for the true results. */
export function isTrue(stage: MarketStage, work: Work): boolean {
  return holds(
    work,
    truthOf(stage, work).map((run) => run.stateAt(8 ** work.job.exponent)),
  );
}

function claimOf(stage: MarketStage, work: Work): ClaimRecord | undefined {
  return stage.state.claims[work.id];
}

/** The open games in which `party` plays that side. */
function gamesOf({ state }: MarketStage, side: "miner" | "challenger", party: string): [number, GameRecord][] {
  return Object.values(state.games)
    .map((game, number): [number, GameRecord] => [number, game])
    .filter(([, { phase, terms }]) => phase !== "over" && terms.about[side] === party);
}

function movesOf(stage: MarketStage, script: Script, side: "miner" | "challenger", party: Hex): Call[] {
  return gamesOf(stage, side, party).flatMap(([number, { terms }]) => {
    const work = [...script.works.values()].find(({ id }) => id === terms.about.claim);
    const seen = viewAt(stage, number);
    if (!work || !seen) return [];
    const standing = { winner: claimOf(stage, work)?.winner?.rank };
    const move = nextMove(seen.view, playerOn(side, work, truthOf(stage, work)), standing, stage.state.now);
    return move.kind === "none" ? [] : [callOf(work, seen.view, party, move)];
  });
}

/** Last seconds of that side's turns. */
function turnsOf(stage: MarketStage, side: "miner" | "challenger", party: Hex): number[] {
  return gamesOf(stage, side, party).flatMap(([, game]) => (moverOf(game) === side ? [deadlineOf(game)] : []));
}

/** A miner whose claims are true. */
export function honestMiner(stage: MarketStage, script: Script): Agent {
  const { miner } = stage.addresses;
  return {
    next: () => movesOf(stage, script, "miner", miner)[0],
    lastSecond: () => Math.min(...turnsOf(stage, "miner", miner), Number.POSITIVE_INFINITY),
  };
}

/** A verifier that recomputes everything. `shy`: it opens on the tree even if it has the leaves. */
export function honestVerifier(stage: MarketStage, script: Script, shy: boolean): Agent {
  const { verifier } = stage.addresses;
  const salts = new Map<Hex, Hex>();
  const known = new Map<Hex, boolean>();
  const isFalse = (work: Work) => {
    const before = known.get(work.id);
    if (before !== undefined) return before;
    const found = !isTrue(stage, work);
    known.set(work.id, found);
    return found;
  };
  const commitmentTo = (work: Work) => {
    const salt = salts.get(work.id);
    return salt && stage.state.commitments[`${verifier} ${commitmentHash(verifier, work.id, salt)}`];
  };
  const works = () => [...script.works.values()].filter((work) => claimOf(stage, work) !== undefined);
  const toAnnounce = () =>
    works().filter((work) => claimOf(stage, work)?.status === "Live" && !salts.has(work.id) && isFalse(work));

  const opening = (work: Work): Call | undefined => {
    const made = commitmentTo(work);
    const claim = claimOf(stage, work);
    const salt = salts.get(work.id);
    if (!made || !claim || !salt) return undefined;
    const winner = claim.winner?.rank;
    const how = winner === undefined ? "settled" : "convicted";
    const ended = claim.endedAt === 0 ? undefined : ({ how, at: claim.endedAt, winner: winner ?? 0n } as const);
    const challenged = { windowEnd: claim.claimedAt + work.job.window, opening: work.job.opening, ended };
    const decided = nextOpening({ rank: made.rank, committedAt: made.at }, challenged, stage.state.now);
    if (decided.kind === "none") return undefined;
    if (decided.kind === "retract") return { from: verifier, name: "retract", args: [work.job, work.claim, salt] };
    const truth = truthOf(stage, work);
    const end = 8 ** work.job.exponent;
    const position = truth.findIndex((run, i) => run.stateAt(end) !== work.ends[i]);
    const run = truth[position];
    // A copied root is not the root of its miner's leaves, so the miner has to reveal them.
    if (shy || !run || !holds(work, work.ends)) return openTreeCall(verifier, work, salt);
    return openCall(verifier, work, salt, position, eight(run, 0, end / 8));
  };

  return {
    next: () => {
      const [announced] = toAnnounce();
      if (announced) {
        const salt = keccak256(toHex(`verifier ${announced.id}`));
        salts.set(announced.id, salt);
        return commitCall(verifier, announced, salt);
      }
      for (const work of works()) {
        const call = opening(work);
        if (call) return call;
      }
      return movesOf(stage, script, "challenger", verifier)[0];
    },
    lastSecond: () =>
      Math.min(
        Number.POSITIVE_INFINITY,
        ...toAnnounce().map((work) => (claimOf(stage, work)?.claimedAt ?? 0) + work.job.window),
        ...works().flatMap((work) => {
          const made = commitmentTo(work);
          return made && claimOf(stage, work)?.endedAt === 0 ? [made.at + work.job.opening] : [];
        }),
        ...turnsOf(stage, "challenger", verifier),
      ),
  };
}
