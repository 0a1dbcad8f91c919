// A player's part in a game, the same on both sides: it says what its own run says.
import { type LeafContext, playMove, timeOutGame } from "@sonm/chain/market/challenges";
import { batchKey } from "@sonm/chain/market/events";
import type { Sight } from "@sonm/chain/market/observer";
import type { Side } from "@sonm/protocol/dispute/clock";
import type { Move } from "@sonm/protocol/dispute/next-move";
import { type GameView, turnOf } from "@sonm/protocol/dispute/view";
import type { Hex } from "@sonm/protocol/values/ids";
import type { Executor } from "../engines/machine/executor.ts";
import type { UnitRun } from "../engines/machine/tasks.ts";
import type { RoleTools } from "./open.ts";
import { reportOf } from "./report.ts";

/** What a player answers from. */
export type Ground = LeafContext & {
  readonly side: Side;
  /** the player's results of the batch, in order */
  readonly resultHashes: readonly Hex[];
  /** by position in the batch: of the units that the next move may be about */
  readonly runs: Readonly<Record<number, UnitRun>>;
};

type Tools = Pick<RoleTools<unknown>, "access" | "sent" | "emit">;

/** Makes the next move. Returns it; nothing if there is none to be made. */
export async function answerIn(
  { access, playing, sent, emit }: Tools & { readonly playing: Executor },
  view: GameView,
  sight: Sight,
  ground: Ground,
): Promise<Move | undefined> {
  const { about } = view.game;
  const { signer, deployment } = access;
  const { side, job, resultHashes, runs } = ground;
  const move = await playing.ask("nextMove", {
    batch: batchKey(about.job, about.batch),
    game: view,
    knowledge: { side, miner: about.miner, job, batch: about.batch, resultHashes, runs },
    standing: { winner: sight.claims.get(about.claim)?.winner?.about.rank },
    now: sight.now,
  });
  const transaction = playMove(signer, deployment, view, move, ground);
  if (!transaction) return undefined;
  await sent(move.kind, transaction);
  const report = reportOf(view, move, about[side]);
  if (report) emit(report);
  return move;
}

/** Ends a game in which the opponent has let its time pass. */
export async function timeOutIn({ access, sent, emit }: Tools, { id, game, phase }: GameView): Promise<void> {
  const late = turnOf(phase);
  if (!late) return;
  await sent("timeOut", timeOutGame(access.signer, access.deployment, game));
  emit({ kind: "timed-out", game: id, claim: game.about.claim, loser: game.about[late] });
}
