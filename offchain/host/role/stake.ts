// The first stake of a role.
import { isKnown } from "@sonm/chain/clients";
import { USUAL_DEPTH } from "@sonm/chain/market/observer";
import { deposit, type Stake, stakeOf } from "@sonm/chain/money/stake";
import type { Hex } from "@sonm/protocol/values/ids";
import type { Table } from "./journal.ts";
import type { RoleTools } from "./open.ts";

/** The transaction that has deposited it, and the block that it was in. */
export type Staking = { readonly hash: Hex; readonly block: number };

/** What a role writes down about its first stake. */
export type StakeJournal = {
  readonly marks: Pick<Table<true>, "put" | "delete">;
  /** as `FIRST`, while a reorganisation may still take it away */
  readonly stakes: Pick<Table<Staking>, "get" | "put" | "delete">;
};

/** The mark of a role that has staked. */
export const STAKED = "staked";
const FIRST = "first";

/**
 * Raises the stake to `amount` (wei of SNM), only once for each journal. Stake that is lost or withdrawn later is not replaced: the
 * owner can stake again with `sonm stake deposit`.
 */
export async function stakeOnce(
  { access, journal, sent, emit }: Pick<RoleTools<StakeJournal>, "access" | "journal" | "sent" | "emit">,
  amount: bigint,
): Promise<void> {
  const { signer, deployment } = access;
  const { free, locked } = await stakeOf(signer, deployment, signer.address);
  if (free + locked < amount) {
    const receipt = await sent("deposit", deposit(signer, deployment, amount - free - locked));
    journal.stakes.put(FIRST, { hash: receipt.transactionHash, block: Number(receipt.blockNumber) });
    emit({ kind: "staked", amount: String(amount) });
  }
  journal.marks.put(STAKED, true);
}

/**
 * Notes that nothing has been staked, if a reorganisation has taken the first stake away for good: a role that believes in it would have its
 * claims refused, and challenge nobody.
 * @param amount of the first stake, wei of SNM
 * @param block up to which the role sees the chain
 */
export async function watchStake(
  { access: { signer }, journal }: Pick<RoleTools<StakeJournal>, "access" | "journal">,
  { free, locked }: Pick<Stake, "free" | "locked">,
  amount: bigint,
  block: number,
): Promise<void> {
  const staking = journal.stakes.get(FIRST);
  if (!staking) return;
  // Less than it was: lost in a dispute, withdrawn, or never deposited on this chain.
  if (free + locked < amount && !(await isKnown(signer, staking.hash))) {
    journal.marks.delete(STAKED);
    journal.stakes.delete(FIRST);
  } else if (block >= staking.block + USUAL_DEPTH) journal.stakes.delete(FIRST);
}
